/* store_txn.c: the writer's lock, and write transactions.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/store/store_impl.h"

#include <errno.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#define KEY_MAX  511
#define NAP_LAST 50 /* ms between two looks at a busy lock, at most */

struct nidx_txn {
    struct nidx_store *store;
    struct MDB_txn *mdb;
    MDB_dbi dbi;
    size_t bytes;
    uint64_t n_puts;
    struct nidx_view base;   /* the commit below it; holds no transaction */
    struct nidx_error error; /* of the first step that failed */
};

/* ------------------------------------------------------ the writer's lock */

static enum nidx_status check_may_write(const struct nidx_store *s,
                                        struct nidx_error *err)
{
    struct stat st;

    if (s->readonly)
        return nidx_fail(err, NIDX_ERR_READONLY, "%s: opened for reading only",
                         s->path);
    if (!s->env->writable)
        return nidx_fail(err, NIDX_ERR_READONLY,
                         "%s: no permission to write it or its lock file",
                         s->path);
    /* Another name has another lock file: its readers would not be seen. */
    if (fstat(s->env->fd, &st) == 0 && st.st_nlink > 1)
        return nidx_fail(err, NIDX_ERR_INVALID,
                         "%s: the file has %lu names (hard links), and cannot "
                         "be written safely; make a copy of its own",
                         s->path, (unsigned long)st.st_nlink);
    return NIDX_OK;
}

/* BUSY with the holder's name in text, or the lock. */
static enum nidx_status try_lock(struct nidx_store *s, char *text, size_t cap,
                                 struct nidx_error *err)
{
    struct nidx_env *e = s->env;

    if (e->writer == s)
        return nidx_fail(err, NIDX_ERR_INVALID,
                         "%s: the writer's lock is held already", s->path);
    if (e->writer) {
        snprintf(text, cap, "this process");
        return NIDX_ERR_BUSY;
    }
    enum nidx_status status = nidx_env_ensure(e, err);
    if (status == NIDX_OK)
        status = check_may_write(s, err);
    if (status != NIDX_OK)
        return status == NIDX_ERR_BUSY ? NIDX_ERR_IO : status;
    int code = nidx_lock_writer(e->fd);
    if (code == EAGAIN) {
        nidx_lock_holder(e->fd, text, cap);
        return NIDX_ERR_BUSY;
    }
    if (code != 0)
        return nidx_fail_errno(err, code, "%s: cannot lock", s->path);
    e->writer = s;
    int dead = 0;
    mdb_reader_check(e->mdb, &dead);
    return NIDX_OK;
}

static uint64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void nap(uint64_t ms)
{
    struct timespec t = {.tv_sec = (time_t)(ms / 1000),
                         .tv_nsec = (long)(ms % 1000) * 1000000};
    nanosleep(&t, NULL);
}

enum nidx_status nidx_store_lock_writer(struct nidx_store *s, uint32_t wait_ms,
                                        void (*waiting)(void *context,
                                                        const char *holder),
                                        void *context, struct nidx_error *err)
{
    char holder[200];
    uint64_t began = now_ms();

    if (s->born != nidx_fork_count())
        return nidx_fail_forked(err);
    for (uint64_t ms = 1;; ms = ms * 2 > NAP_LAST ? NAP_LAST : ms * 2) {
        nidx_table_lock();
        enum nidx_status status = try_lock(s, holder, sizeof(holder), err);
        nidx_table_unlock();
        if (status != NIDX_ERR_BUSY)
            return status;
        uint64_t passed = now_ms() - began;
        if (wait_ms != UINT32_MAX && passed >= wait_ms)
            return nidx_fail(err, NIDX_ERR_BUSY, "%s: being written by %s",
                             s->path, holder);
        if (waiting)
            waiting(context, holder);
        waiting = NULL;
        if (wait_ms != UINT32_MAX && ms > wait_ms - passed)
            ms = wait_ms - passed;
        nap(ms);
    }
}

void nidx_store_unlock_writer(struct nidx_store *s)
{
    if (!s || s->born != nidx_fork_count())
        return;
    nidx_table_lock();
    if (s->env->writer == s) {
        nidx_unlock_writer(s->env->fd);
        s->env->writer = NULL;
    }
    nidx_table_unlock();
}

/* ----------------------------------------------------------- transactions */

static enum nidx_status grow(struct nidx_env *e, struct nidx_error *err)
{
    if (e->n_views > 0)
        return nidx_env_fail(e, MDB_MAP_FULL, "write", err);
    enum nidx_status status = nidx_env_remap(e, e->map_size * 2, err);
    if (status == NIDX_OK)
        e->want_grow = false;
    return status;
}

/* LMDB's transaction, with maps that fit the file. The table is unlocked while
 * LMDB takes its own lock, under which views ask for the table; e->txn keeps
 * the environment in place meanwhile. */
static enum nidx_status begin_write(struct nidx_txn *t, struct nidx_error *err)
{
    struct nidx_env *e = t->store->env;
    int rc = 0;

    for (int i = 0; i < 4; i++) {
        enum nidx_status status = nidx_env_ensure(e, err);
        if (status == NIDX_OK && e->want_grow)
            status = grow(e, err);
        if (status != NIDX_OK)
            return status;
        e->txn = t;
        nidx_table_unlock();
        rc = mdb_txn_begin(e->mdb, NULL, 0, &t->mdb);
        nidx_table_lock();
        if (rc == 0)
            return NIDX_OK;
        e->txn = NULL;
        t->mdb = NULL;
        if (rc == MDB_PANIC)
            e->broken = true;
        else if (rc == MDB_MAP_RESIZED)
            e->want_grow = true;
        else
            break;
    }
    return nidx_env_fail(e, rc, "write", err);
}

static enum nidx_status begin(struct nidx_txn *t, struct nidx_error *err)
{
    struct nidx_store *s = t->store;
    struct nidx_env *e = s->env;

    if (e->writer != s)
        return nidx_fail(err, NIDX_ERR_INVALID,
                         "%s: the writer's lock is not held", s->path);
    if (e->txn)
        return nidx_fail(err, NIDX_ERR_INVALID,
                         "%s: a transaction is open already", s->path);
    enum nidx_status status = begin_write(t, err);
    if (status != NIDX_OK)
        return status;
    t->base.env = e;
    t->base.born = s->born;
    int rc = mdb_dbi_open(t->mdb, NULL, 0, &t->dbi);
    if (rc != 0)
        status = nidx_env_fail(e, rc, "write", err);
    else if (!nidx_view_fill(&t->base, mdb_txn_id(t->mdb) - 1))
        status = nidx_env_damage(
            e, "the newest commit is not the one that the lock file tells of",
            0, err);
    else
        status = nidx_view_check_extent(&t->base, err);
    if (status != NIDX_OK) {
        mdb_txn_abort(t->mdb);
        e->txn = NULL;
        return status;
    }
    e->refs++;
    return NIDX_OK;
}

static void finish(struct nidx_txn *t)
{
    nidx_table_lock();
    t->store->env->txn = NULL;
    nidx_env_release(t->store->env);
    nidx_table_unlock();
    free(t);
}

enum nidx_status nidx_txn_begin(struct nidx_store *s, struct nidx_txn **out,
                                struct nidx_error *err)
{
    *out = NULL;
    if (s->born != nidx_fork_count())
        return nidx_fail_forked(err);
    struct nidx_txn *t = calloc(1, sizeof(*t));
    if (!t)
        return nidx_nomem(err);
    t->store = s;
    nidx_table_lock();
    enum nidx_status status = begin(t, err);
    nidx_table_unlock();
    if (status != NIDX_OK) {
        free(t);
        return status;
    }
    /* LMDB is about to walk these trees and trusts them: look first. */
    if (s->env->checked != t->base.commit)
        status = nidx_view_check_trees(&t->base, err);
    if (status != NIDX_OK) {
        nidx_txn_abort(t);
        return status;
    }
    s->env->checked = t->base.commit;
    *out = t;
    return NIDX_OK;
}

/* Remembers the first failure, whose words commit repeats. */
static enum nidx_status spoil(struct nidx_txn *t, struct nidx_error *err)
{
    if (err)
        *err = t->error;
    return t->error.status;
}

static enum nidx_status spoil_mdb(struct nidx_txn *t, int rc,
                                  struct nidx_error *err)
{
    if (rc == MDB_MAP_FULL)
        t->store->env->want_grow = true;
    if (rc == MDB_TXN_FULL)
        nidx_fail(&t->error, NIDX_ERR_LIMIT,
                  "%s: the transaction is too large; commit more often",
                  t->store->path);
    else
        nidx_env_fail(t->store->env, rc, "write", &t->error);
    return spoil(t, err);
}

/* Whether the transaction may go on with key. */
static enum nidx_status check_step(struct nidx_txn *t, struct nidx_bytes key,
                                   struct nidx_error *err)
{
    if (t->store->born != nidx_fork_count())
        return nidx_fail_forked(err);
    if (t->error.status != NIDX_OK)
        return spoil(t, err);
    if (key.len > KEY_MAX)
        return nidx_fail(err, NIDX_ERR_INVALID,
                         "a key of %zu bytes; at most %d are possible", key.len,
                         KEY_MAX);
    return NIDX_OK;
}

/* LMDB frees the pages of a value as their header says, which the check of
 * the trees has not looked at: look at those of the keys with this prefix. */
static enum nidx_status check_freed(struct nidx_txn *t,
                                    struct nidx_bytes prefix, bool whole_key,
                                    struct nidx_error *err)
{
    struct nidx_walk w = {.tree = &t->base.main};
    struct nidx_entry entry;

    for (bool on = nidx_walk_seek(&w, prefix); on; on = nidx_walk_next(&w)) {
        if (!nidx_walk_entry(&w, &entry))
            break;
        if (entry.key.len < prefix.len ||
            (prefix.len > 0 &&
             memcmp(entry.key.data, prefix.data, prefix.len) != 0) ||
            (whole_key && entry.key.len != prefix.len))
            break;
    }
    if (!w.bad)
        return NIDX_OK;
    nidx_env_damage(t->store->env, w.bad, w.bad_page, &t->error);
    return spoil(t, err);
}

enum nidx_status nidx_txn_put(struct nidx_txn *t, struct nidx_bytes key,
                              struct nidx_bytes payload, struct nidx_error *err)
{
    enum nidx_status status = check_step(t, key, err);

    if (status != NIDX_OK)
        return status;
    if (key.len == 0 || payload.len > UINT32_MAX - NIDX_TRAILER)
        return nidx_fail(err, NIDX_ERR_INVALID,
                         "an empty key, or a value of 4 GiB");
    status = check_freed(t, key, true, err);
    if (status != NIDX_OK)
        return status;
    MDB_val k = {key.len, (void *)(uintptr_t)key.data};
    MDB_val v = {payload.len + NIDX_TRAILER, NULL};
    int rc = mdb_put(t->mdb, t->dbi, &k, &v, MDB_RESERVE);
    if (rc != 0)
        return spoil_mdb(t, rc, err);
    if (payload.len > 0)
        memcpy(v.mv_data, payload.data, payload.len);
    nidx_trailer_write(key, payload, (uint8_t *)v.mv_data + payload.len);
    t->bytes += payload.len;
    t->n_puts++;
    return NIDX_OK;
}

static int delete_prefix(MDB_cursor *c, struct nidx_bytes prefix)
{
    for (;;) {
        MDB_val k = {prefix.len, (void *)(uintptr_t)prefix.data}, v;
        int rc = prefix.len == 0 ? mdb_cursor_get(c, &k, &v, MDB_FIRST)
                                 : mdb_cursor_get(c, &k, &v, MDB_SET_RANGE);
        if (rc != 0)
            return rc == MDB_NOTFOUND ? 0 : rc;
        if (k.mv_size < prefix.len ||
            (prefix.len && memcmp(k.mv_data, prefix.data, prefix.len) != 0))
            return 0;
        rc = mdb_cursor_del(c, 0);
        if (rc != 0)
            return rc;
    }
}

enum nidx_status nidx_txn_delete(struct nidx_txn *t, struct nidx_bytes prefix,
                                 struct nidx_error *err)
{
    MDB_cursor *c = NULL;
    enum nidx_status status = check_step(t, prefix, err);

    if (status == NIDX_OK)
        status = check_freed(t, prefix, false, err);
    if (status != NIDX_OK)
        return status;
    int rc = mdb_cursor_open(t->mdb, t->dbi, &c);
    if (rc == 0)
        rc = delete_prefix(c, prefix);
    if (c)
        mdb_cursor_close(c);
    return rc == 0 ? NIDX_OK : spoil_mdb(t, rc, err);
}

enum nidx_status nidx_txn_get(struct nidx_txn *t, struct nidx_bytes key,
                              struct nidx_bytes *value, struct nidx_error *err)
{
    enum nidx_status status = check_step(t, key, err);

    if (status != NIDX_OK)
        return status;
    if (key.len == 0)
        return NIDX_ERR_NOTFOUND;
    MDB_val k = {key.len, (void *)(uintptr_t)key.data}, v;
    int rc = mdb_get(t->mdb, t->dbi, &k, &v);
    if (rc == MDB_NOTFOUND)
        return NIDX_ERR_NOTFOUND;
    if (rc != 0)
        return nidx_env_fail(t->store->env, rc, "read", err);
    struct nidx_bytes stored = {v.mv_data, v.mv_size};
    if (stored.len < NIDX_TRAILER || !nidx_trailer_matches(key, stored))
        return nidx_env_damage(t->store->env, "a value's checksum is wrong", 0,
                               err);
    *value = (struct nidx_bytes){stored.data, stored.len - NIDX_TRAILER};
    return NIDX_OK;
}

size_t nidx_txn_bytes(const struct nidx_txn *t)
{
    return t->bytes;
}

/* LMDB tells of a write cut short as EIO; what did it want in room? */
static bool lacks_room(const struct nidx_env *e, size_t bytes)
{
    struct statvfs fs;
    struct rlimit r;
    struct stat st;

    if (fstatvfs(e->fd, &fs) == 0 && fs.f_bavail * fs.f_frsize < bytes)
        return true;
    return getrlimit(RLIMIT_FSIZE, &r) == 0 && r.rlim_cur != RLIM_INFINITY &&
           fstat(e->fd, &st) == 0 && (uint64_t)st.st_size + bytes > r.rlim_cur;
}

static enum nidx_status fail_commit(struct nidx_txn *t, int rc,
                                    struct nidx_error *err)
{
    struct nidx_env *e = t->store->env;

    if (rc == ENOSPC || rc == EDQUOT || rc == EFBIG ||
        (rc == EIO && lacks_room(e, t->bytes + t->bytes / 8 + 65536)))
        return nidx_fail(err, NIDX_ERR_FULL,
                         "%s: no room on the disk for %zu bytes; what was "
                         "committed before stands",
                         e->path, t->bytes);
    if (rc == MDB_MAP_FULL)
        e->want_grow = true;
    return nidx_env_fail(e, rc, "commit", err);
}

/*
 * LMDB never writes a page that it took from the end of the file and freed in
 * the same transaction, so the file may end before its last page, and would
 * be taken for one that was cut. It is made long enough before the commit (an
 * upper bound: what was put, every page of the trees, the free list) and
 * given its exact size behind it.
 */
static void lengthen(const struct nidx_txn *t)
{
    const struct nidx_env *e = t->store->env;
    MDB_stat main, free_list;
    struct stat st;

    if (mdb_stat(t->mdb, t->dbi, &main) != 0 ||
        mdb_stat(t->mdb, 0, &free_list) != 0 || fstat(e->fd, &st) != 0)
        return;
    uint64_t pages = t->base.file_pages + t->base.file_pages / 256;
    pages += t->bytes / e->page_size + 3 * t->n_puts + 64;
    pages += main.ms_branch_pages + main.ms_leaf_pages;
    pages += free_list.ms_branch_pages + free_list.ms_leaf_pages +
             free_list.ms_overflow_pages;
    uint64_t size = pages * e->page_size;
    struct rlimit r;
    /* Beyond this limit there is a signal. */
    if (getrlimit(RLIMIT_FSIZE, &r) == 0 && r.rlim_cur != RLIM_INFINITY &&
        size > r.rlim_cur)
        size = r.rlim_cur;
    /* Where that fails the commit says why. */
    if ((uint64_t)st.st_size < size)
        (void)!ftruncate(e->fd, (off_t)size);
}

static void fit_length(const struct nidx_view *v)
{
    (void)!ftruncate(v->env->fd, (off_t)(v->file_pages * v->env->page_size));
}

enum nidx_status nidx_txn_commit(struct nidx_txn *t, struct nidx_error *err)
{
    struct nidx_env *e = t->store->env;

    if (t->store->born != nidx_fork_count()) {
        free(t);
        return nidx_fail_forked(err);
    }
    if (t->error.status != NIDX_OK) {
        enum nidx_status status = spoil(t, err);
        nidx_txn_abort(t);
        return status;
    }
    uint64_t id = mdb_txn_id(t->mdb);
    lengthen(t);
    int rc = mdb_txn_commit(t->mdb);
    enum nidx_status status = rc == 0 ? NIDX_OK : fail_commit(t, rc, err);
    /* An empty transaction leaves the commit before it the newest. */
    if (rc == 0 && nidx_view_fill(&t->base, id)) {
        e->checked = id;
        fit_length(&t->base);
    }
    finish(t);
    return status;
}

void nidx_txn_abort(struct nidx_txn *t)
{
    if (!t)
        return;
    if (t->store->born != nidx_fork_count()) {
        free(t);
        return;
    }
    mdb_txn_abort(t->mdb);
    finish(t);
}
