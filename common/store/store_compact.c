/* store_compact.c: the live pages copied to a new file, put in place.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/store/store_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SWAP_TRIES 200
#define SWAP_NAP   10 /* ms: readers come and go for two seconds */

static enum nidx_status fail_in_the_way(const struct nidx_store *s,
                                        const char *who, struct nidx_error *err)
{
    return nidx_fail(err, NIDX_ERR_BUSY,
                     "%s: cannot be replaced by its compacted copy: open in "
                     "%s",
                     s->path, who);
}

static enum nidx_status check_may_compact(struct nidx_store *s,
                                          struct nidx_error *err)
{
    struct nidx_env *e = s->env;
    char who[160];

    if (e->writer != s || e->txn)
        return nidx_fail(err, NIDX_ERR_INVALID,
                         "%s: compacting needs the writer's lock, and no "
                         "transaction",
                         s->path);
    enum nidx_status status = nidx_env_ensure(e, err);
    if (status != NIDX_OK)
        return status;
    if (e->n_views > 0)
        return fail_in_the_way(s, "this process (a snapshot)", err);
    if (!nidx_lock_alone(e->fd, who, sizeof(who)))
        return fail_in_the_way(s, who, err);
    nidx_lock_not_alone(e->fd);
    return NIDX_OK;
}

static char *copy_name(const struct nidx_env *e)
{
    size_t cap = strlen(e->path) + sizeof("-compact");
    char *name = malloc(cap);

    if (name)
        snprintf(name, cap, "%s-compact", e->path);
    return name;
}

/* LMDB numbers the commit of a copy 1, in meta page 1; numbers must go on
 * rising, and that page's are odd. */
static int number_copy(const struct nidx_env *e, int fd, uint64_t commit)
{
    uint8_t bytes[8];
    uint64_t next = (commit + 1) | 1;

    for (size_t i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(next >> 8 * i);
    if (pwrite(fd, bytes, 8, (off_t)e->page_size + NIDX_META_SIZE - 8) != 8)
        return errno ? errno : EIO;
    return 0;
}

static enum nidx_status copy(struct nidx_env *e, const char *name,
                             uint64_t commit, int *out, struct nidx_error *err)
{
    struct stat st;

    unlink(name);
    int fd = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return nidx_fail_errno(err, errno, "%s: cannot create", name);
    int rc = mdb_env_copyfd2(e->mdb, fd, MDB_CP_COMPACT);
    if (rc == 0)
        rc = number_copy(e, fd, commit);
    if (rc == 0 && fstat(e->fd, &st) != 0)
        rc = errno;
    /* Owner first: changing it may clear bits of the mode. */
    if (rc == 0 && (fchown(fd, st.st_uid, st.st_gid) != 0) && errno != EPERM)
        rc = errno;
    if (rc == 0 && fchmod(fd, st.st_mode & 07777) != 0)
        rc = errno;
    if (rc == 0 && fsync(fd) != 0)
        rc = errno;
    if (rc != 0) {
        close(fd);
        unlink(name);
        return nidx_env_fail(e, rc, "copy", err);
    }
    *out = fd;
    return NIDX_OK;
}

/* The table is locked and we are alone with the file. */
static enum nidx_status swap(struct nidx_store *s, const char *name, int fd,
                             struct nidx_error *err)
{
    struct nidx_env *e = s->env;

    nidx_lock_writer(fd);
    /* Nobody may have LMDB's lock file open while the data file changes: its
     * numbers belong to the old one. The next to open it begins afresh. */
    mdb_env_close(e->mdb);
    e->mdb = NULL;
    if (rename(name, e->path) != 0) {
        int code = errno;
        close(fd);
        unlink(name);
        /* Opened anew, so that nobody is kept out any longer. */
        nidx_env_stop(e);
        nidx_env_start(e, 0, false, NULL);
        return nidx_fail_errno(err, code, "%s: cannot replace", e->path);
    }
    nidx_sync_folder(e->path);
    nidx_env_stop(e);
    e->spare_fd = fd;
    return nidx_env_start(e, 0, false, err);
}

static enum nidx_status swap_when_alone(struct nidx_store *s, const char *name,
                                        int fd, struct nidx_error *err)
{
    struct timespec t = {.tv_nsec = SWAP_NAP * 1000000};
    char who[160] = "";

    for (int i = 0; i < SWAP_TRIES; i++) {
        enum nidx_status status = NIDX_ERR_BUSY;
        nidx_table_lock();
        if (s->env->n_views > 0) {
            snprintf(who, sizeof(who), "this process (a snapshot)");
        } else if (nidx_lock_alone(s->env->fd, who, sizeof(who))) {
            status = swap(s, name, fd, err);
            nidx_table_unlock();
            return status;
        }
        nidx_table_unlock();
        nanosleep(&t, NULL);
    }
    close(fd);
    unlink(name);
    return fail_in_the_way(s, who, err);
}

static enum nidx_status make_copy(struct nidx_store *s, const char *name,
                                  int *fd, uint64_t *before,
                                  struct nidx_error *err)
{
    struct nidx_view *v = NULL;

    enum nidx_status status = nidx_view_open(s, &v, err);
    if (status != NIDX_OK)
        return status;
    *before = v->file_pages * v->env->page_size;
    /* LMDB follows the headers of values here, and a copy of damage would
     * replace the last file that can be looked at. */
    status = nidx_view_check_values(v, NULL, NULL, err);
    if (status == NIDX_OK)
        status = copy(s->env, name, v->commit, fd, err);
    nidx_view_close(v);
    return status;
}

enum nidx_status nidx_store_compact(struct nidx_store *s, uint64_t *saved,
                                    struct nidx_error *err)
{
    uint64_t before = 0;
    struct stat st;
    int fd = -1;

    if (s->born != nidx_fork_count())
        return nidx_fail_forked(err);
    nidx_table_lock();
    enum nidx_status status = check_may_compact(s, err);
    nidx_table_unlock();
    if (status != NIDX_OK)
        return status;
    char *name = copy_name(s->env);
    if (!name)
        return nidx_nomem(err);
    status = make_copy(s, name, &fd, &before, err);
    if (status == NIDX_OK)
        status = swap_when_alone(s, name, fd, err);
    free(name);
    if (status != NIDX_OK)
        return status;
    uint64_t after = stat(s->env->path, &st) == 0 ? (uint64_t)st.st_size : 0;
    *saved = before > after ? before - after : 0;
    return NIDX_OK;
}
