/* store.c: handles of the index file, and reading it.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/store/store_impl.h"

#include <errno.h>
#include <lmdb.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>

#define BEGIN_TRIES 1000

enum nidx_status nidx_store_open(const char *path,
                                 const struct nidx_store_options *options,
                                 struct nidx_store **out,
                                 struct nidx_error *err)
{
    static const struct nidx_store_options none;

    *out = NULL;
    if (!path || !*path)
        return nidx_fail(err, NIDX_ERR_INVALID, "no path of an index given");
    if (!options)
        options = &none;
    struct nidx_store *s = calloc(1, sizeof(*s));
    if (!s)
        return nidx_nomem(err);
    s->path = strdup(path);
    s->readonly = options->readonly || options->no_lock;
    if (!s->path) {
        free(s);
        return nidx_nomem(err);
    }
    nidx_table_lock();
    enum nidx_status status = nidx_env_get(path, options, &s->env, err);
    s->born = nidx_fork_count();
    nidx_table_unlock();
    if (status != NIDX_OK) {
        free(s->path);
        free(s);
        return status;
    }
    *out = s;
    return NIDX_OK;
}

void nidx_store_close(struct nidx_store *s)
{
    if (!s)
        return;
    if (s->born == nidx_fork_count()) {
        nidx_store_unlock_writer(s);
        nidx_table_lock();
        nidx_env_release(s->env);
        nidx_table_unlock();
    }
    free(s->path);
    free(s);
}

const char *nidx_store_path(const struct nidx_store *s)
{
    return s->path;
}

bool nidx_store_is_remote(const struct nidx_store *s)
{
    /* Magic numbers of statfs(2): NFS, SMB, CIFS, SMB2, 9P, AFS, Ceph, Coda,
     * Lustre, GPFS. FUSE may be local, and is not among them. */
    static const uint32_t remote[] = {
        0x6969,     0x517B,     0xFF534D42, 0xFE534D42, 0x01021997,
        0x5346414F, 0x00C36400, 0x73757245, 0x0BD00BD0, 0x47504653};
    struct statfs fs;

    if (statfs(s->env->path, &fs) != 0)
        return false;
    for (size_t i = 0; i < sizeof(remote) / sizeof(*remote); i++) {
        if ((uint32_t)fs.f_type == remote[i])
            return true;
    }
    return false;
}

uint64_t nidx_store_commit_now(struct nidx_store *s)
{
    struct nidx_meta meta;
    uint64_t commit = 0;

    if (s->born != nidx_fork_count())
        return 0;
    nidx_table_lock();
    if (nidx_env_ensure(s->env, NULL) == NIDX_OK &&
        nidx_env_probe(s->path, s->env->fd, &meta, NULL) == NIDX_OK)
        commit = meta.commit;
    nidx_table_unlock();
    return commit;
}

/* ---------------------------------------------------------------- views */

bool nidx_view_fill(struct nidx_view *v, uint64_t id)
{
    const struct nidx_env *e = v->env;
    uint8_t head[NIDX_META_SIZE];
    struct nidx_meta meta;
    const uint8_t *page = e->map + (id & 1) * e->page_size;

    memcpy(head, page, sizeof(head));
    atomic_thread_fence(memory_order_acquire);
    uint64_t commit = nidx_load64(page + NIDX_META_SIZE - 8);
    if (nidx_meta_parse(head, (unsigned)(id & 1), &meta) != NIDX_META_FINE ||
        meta.commit != id || commit != id || meta.page_size != e->page_size)
        return false;
    v->commit = id;
    v->file_pages = meta.last_page + 1;
    v->main = (struct nidx_tree){.base = e->map,
                                 .page_end = meta.last_page + 1,
                                 .page_size = e->page_size,
                                 .meta = meta.main};
    v->free = v->main;
    v->free.numbers = true;
    v->free.meta = meta.free;
    return true;
}

enum nidx_status nidx_view_check_extent(const struct nidx_view *v,
                                        struct nidx_error *err)
{
    const struct nidx_env *e = v->env;
    struct stat st;
    uint64_t size = v->file_pages * e->page_size;

    if (fstat(e->fd, &st) != 0)
        return nidx_fail_errno(err, errno, "%s: cannot stat", e->path);
    if ((uint64_t)st.st_size < size)
        return nidx_fail(err, NIDX_ERR_CORRUPT,
                         "corrupt: %s: cut short: it has %llu bytes of %llu; "
                         "restore it from a copy or index again",
                         e->path, (unsigned long long)st.st_size,
                         (unsigned long long)size);
    if (size > e->map_size)
        return nidx_env_fail(e, MDB_MAP_RESIZED, "open a snapshot", err);
    return NIDX_OK;
}

/* Another process made the file larger than our map. */
static enum nidx_status follow_growth(struct nidx_env *e,
                                      struct nidx_error *err)
{
    struct nidx_meta now;

    if (e->n_views > 0 || e->txn)
        return nidx_env_fail(e, MDB_MAP_RESIZED, "open a snapshot", err);
    enum nidx_status status = nidx_env_probe(e->path, e->fd, &now, err);
    if (status != NIDX_OK)
        return status;
    return nidx_env_remap(e, (now.last_page + 1) * now.page_size, err);
}

/* Slots of processes that were killed are given back. */
static bool free_slots(struct nidx_env *e)
{
    int dead = 0;

    return mdb_reader_check(e->mdb, &dead) == 0 && dead > 0;
}

static enum nidx_status begin_read(struct nidx_view *v, struct nidx_error *err)
{
    struct nidx_env *e = v->env;

    for (int i = 0; i < BEGIN_TRIES; i++) {
        int rc = mdb_txn_begin(e->mdb, NULL, MDB_RDONLY, &v->mdb);
        enum nidx_status status = NIDX_OK;
        if (rc == MDB_MAP_RESIZED) {
            status = follow_growth(e, err);
        } else if (rc == MDB_PANIC && i == 0) {
            e->broken = true;
            status = nidx_env_ensure(e, err);
        } else if (rc == MDB_READERS_FULL && free_slots(e)) {
            status = NIDX_OK;
        } else if (rc != 0) {
            return nidx_env_fail(e, rc, "open a snapshot", err);
        } else if (nidx_view_fill(v, mdb_txn_id(v->mdb))) {
            return NIDX_OK;
        } else {
            mdb_txn_abort(v->mdb);
        }
        v->mdb = NULL;
        if (status != NIDX_OK)
            return status;
    }
    return nidx_env_damage(
        e, "the newest commit is not the one that the lock file tells of", 0,
        err);
}

static enum nidx_status view_begin(struct nidx_view *v, struct nidx_error *err)
{
    struct nidx_env *e = v->env;

    enum nidx_status status = nidx_env_ensure(e, err);
    if (status != NIDX_OK)
        return status;
    if (e->shy && e->n_views == 0) {
        int code = nidx_lock_out_writers(e->fd);
        if (code == EAGAIN)
            return nidx_fail(err, NIDX_ERR_BUSY,
                             "%s: being written, and its lock file does not "
                             "let us read beside that",
                             e->path);
        if (code != 0)
            return nidx_fail_errno(err, code, "%s: cannot lock", e->path);
    }
    status = begin_read(v, err);
    if (status == NIDX_OK)
        status = nidx_view_check_extent(v, err);
    if (status == NIDX_OK)
        return NIDX_OK;
    if (v->mdb)
        mdb_txn_abort(v->mdb);
    if (e->shy && e->n_views == 0)
        nidx_unlock_writer(e->fd);
    return status;
}

enum nidx_status nidx_view_open(struct nidx_store *s, struct nidx_view **out,
                                struct nidx_error *err)
{
    *out = NULL;
    if (s->born != nidx_fork_count())
        return nidx_fail_forked(err);
    struct nidx_view *v = calloc(1, sizeof(*v));
    if (!v)
        return nidx_nomem(err);
    v->env = s->env;
    v->born = s->born;
    nidx_table_lock();
    enum nidx_status status = view_begin(v, err);
    if (status == NIDX_OK) {
        v->env->n_views++;
        v->env->refs++;
    }
    nidx_table_unlock();
    if (status != NIDX_OK) {
        free(v);
        return status;
    }
    *out = v;
    return NIDX_OK;
}

void nidx_view_close(struct nidx_view *v)
{
    if (!v)
        return;
    if (v->born == nidx_fork_count()) {
        nidx_table_lock();
        mdb_txn_abort(v->mdb);
        if (--v->env->n_views == 0 && v->env->shy)
            nidx_unlock_writer(v->env->fd);
        nidx_env_release(v->env);
        nidx_table_unlock();
    }
    free(v);
}

uint64_t nidx_view_commit(const struct nidx_view *v)
{
    return v->commit;
}

uint64_t nidx_view_bytes(const struct nidx_view *v)
{
    return v->file_pages * v->env->page_size;
}

enum nidx_status nidx_view_get(struct nidx_view *v, struct nidx_bytes key,
                               bool verify, struct nidx_bytes *value,
                               struct nidx_error *err)
{
    struct nidx_walk w = {.tree = &v->main};
    struct nidx_entry entry;

    if (v->born != nidx_fork_count())
        return nidx_fail_forked(err);
    bool found = nidx_walk_seek(&w, key) && nidx_walk_entry(&w, &entry) &&
                 nidx_bytes_compare(entry.key, key) == 0;
    if (w.bad)
        return nidx_env_damage(v->env, w.bad, w.bad_page, err);
    if (!found)
        return NIDX_ERR_NOTFOUND;
    if (entry.value.len < NIDX_TRAILER)
        return nidx_env_damage(v->env, "a value is too short", entry.page, err);
    if (verify && !nidx_trailer_matches(key, entry.value))
        return nidx_env_damage(v->env, "a value's checksum is wrong",
                               entry.page, err);
    *value =
        (struct nidx_bytes){entry.value.data, entry.value.len - NIDX_TRAILER};
    return NIDX_OK;
}

static bool begins_with(struct nidx_bytes key, struct nidx_bytes prefix)
{
    return key.len >= prefix.len &&
           (prefix.len == 0 || memcmp(key.data, prefix.data, prefix.len) == 0);
}

enum nidx_status nidx_view_each(struct nidx_view *v, struct nidx_bytes prefix,
                                int (*each)(void *context,
                                            struct nidx_bytes key, size_t len),
                                void *context, struct nidx_error *err)
{
    /* Overflow pages are not touched: a listing reads no values. */
    struct nidx_walk w = {.tree = &v->main, .lazy = true};
    struct nidx_entry entry;
    struct nidx_bytes last = {NULL, 0};

    if (v->born != nidx_fork_count())
        return nidx_fail_forked(err);
    for (bool on = nidx_walk_seek(&w, prefix); on; on = nidx_walk_next(&w)) {
        if (!nidx_walk_entry(&w, &entry) || !begins_with(entry.key, prefix))
            break;
        if (last.data && nidx_bytes_compare(last, entry.key) >= 0)
            return nidx_env_damage(v->env, "keys are out of order", entry.page,
                                   err);
        if (entry.value.len < NIDX_TRAILER)
            return nidx_env_damage(v->env, "a value is too short", entry.page,
                                   err);
        int rc = each(context, entry.key, entry.value.len - NIDX_TRAILER);
        if (rc != 0)
            return (enum nidx_status)rc;
        last = entry.key;
    }
    if (w.bad)
        return nidx_env_damage(v->env, w.bad, w.bad_page, err);
    return NIDX_OK;
}
