/* store_env.c: the table of open index files, and how one is opened.
 *
 * LMDB must not open a file twice in one process (closing either drops the
 * POSIX locks of both), so handles of one file share an environment.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/store/store_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define READERS    1024
#define MAP_FIRST  (UINT64_C(1) << 40)
#define MAP_LEAST  (UINT64_C(1) << 16)
#define OPEN_TRIES 16

_Static_assert(sizeof(size_t) == 8, "the format is that of 64-bit LMDB");

static struct {
    pthread_mutex_t mutex;
    struct nidx_env *first;
    struct nidx_env *parents; /* of the process that this one is a fork of */
    atomic_uint forks;
} table = {.mutex = PTHREAD_MUTEX_INITIALIZER};

void nidx_table_lock(void)
{
    pthread_mutex_lock(&table.mutex);
}

void nidx_table_unlock(void)
{
    pthread_mutex_unlock(&table.mutex);
}

unsigned nidx_fork_count(void)
{
    return atomic_load_explicit(&table.forks, memory_order_relaxed);
}

enum nidx_status nidx_fail_forked(struct nidx_error *err)
{
    return nidx_fail(err, NIDX_ERR_INVALID,
                     "an index that was opened before fork cannot be used "
                     "after it; open it again in this process");
}

/* The child keeps nothing open: our locks live as long as any copy of the
 * descriptor, and LMDB's slots are those of the parent. */
static void forget_parents(void)
{
    atomic_fetch_add(&table.forks, 1);
    struct nidx_env **end = &table.parents;
    while (*end)
        end = &(*end)->next;
    for (struct nidx_env *e = table.first; e; e = e->next) {
        if (e->fd >= 0)
            close(e->fd);
    }
    *end = table.first;
    table.first = NULL;
    pthread_mutex_unlock(&table.mutex);
}

static void watch_forks(void)
{
    pthread_atfork(nidx_table_lock, nidx_table_unlock, forget_parents);
}

/* ------------------------------------------------------- what went wrong */

enum nidx_status nidx_env_damage(const struct nidx_env *e, const char *what,
                                 uint64_t page, struct nidx_error *err)
{
    char text[400];

    snprintf(text, sizeof(text), "%.250s, page %llu: %s", e->path,
             (unsigned long long)page, what);
    return nidx_corrupt(err, text);
}

enum nidx_status nidx_env_fail(const struct nidx_env *e, int rc,
                               const char *what, struct nidx_error *err)
{
    switch (rc) {
    case ENOMEM:
        return nidx_nomem(err);
    case MDB_MAP_FULL:
    case MDB_MAP_RESIZED:
        return nidx_fail(err, NIDX_ERR_BUSY,
                         "%s: cannot %s: the file outgrew its map of %zu "
                         "bytes; close open snapshots and repeat",
                         e->path, what, e->map_size);
    case MDB_READERS_FULL:
        return nidx_fail(err, NIDX_ERR_BUSY,
                         "%s: cannot %s: all slots for snapshots are taken; "
                         "close some",
                         e->path, what);
    case MDB_INVALID:
        return nidx_fail(err, NIDX_ERR_VERSION,
                         "%s: not an index, or its lock file is not one's",
                         e->path);
    case MDB_VERSION_MISMATCH:
        return nidx_fail(err, NIDX_ERR_VERSION,
                         "%s: the file, or a program that has it open, is of "
                         "another version of LMDB (this is " MDB_VERSION_STRING
                         ")",
                         e->path);
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_PAGE_FULL:
    case MDB_CURSOR_FULL:
        return nidx_env_damage(e, mdb_strerror(rc), 0, err);
    default:
        if (rc > 0)
            return nidx_fail_errno(err, rc, "%s: cannot %s", e->path, what);
        return nidx_fail(err, NIDX_ERR_IO, "%s: cannot %s: %s", e->path, what,
                         mdb_strerror(rc));
    }
}

/* --------------------------------------------------------- the file's head */

/* The meta page of one slot, whose place needs the page size for slot 1. */
static enum nidx_meta_state read_meta(int fd, unsigned slot, uint32_t page_size,
                                      struct nidx_meta *out)
{
    uint8_t head[NIDX_META_SIZE];

    if (pread(fd, head, sizeof(head), (off_t)slot * page_size) !=
        (ssize_t)sizeof(head))
        return slot == 0 ? NIDX_META_FOREIGN : NIDX_META_DAMAGED;
    return nidx_meta_parse(head, slot, out);
}

/* Both. A commit that was cut off within its meta page, or whose meta page
 * could not be written and was put back by LMDB, leaves that page with the
 * number of the commit before the last (a new file's are both 0, and page 0
 * counts), so it does not matter. */
static enum nidx_meta_state read_metas(int fd, struct nidx_meta meta[2])
{
    enum nidx_meta_state first = read_meta(fd, 0, 0, &meta[0]);

    if (first == NIDX_META_FOREIGN || first == NIDX_META_VERSION)
        return first;
    enum nidx_meta_state second = read_meta(fd, 1, meta[0].page_size, &meta[1]);
    if (first == NIDX_META_FINE && second == NIDX_META_FINE)
        return NIDX_META_FINE;
    if (first == NIDX_META_FINE && second == NIDX_META_DAMAGED &&
        meta[1].commit <= meta[0].commit &&
        meta[1].page_size == meta[0].page_size)
        return NIDX_META_FINE;
    if (first == NIDX_META_DAMAGED && second == NIDX_META_FINE &&
        meta[0].commit < meta[1].commit &&
        meta[0].page_size == meta[1].page_size)
        return NIDX_META_FINE;
    return NIDX_META_DAMAGED;
}

enum nidx_status nidx_env_probe(const char *path, int fd, struct nidx_meta *out,
                                struct nidx_error *err)
{
    struct nidx_meta meta[2] = {{0}, {0}};
    enum nidx_meta_state state = NIDX_META_DAMAGED;

    /* A writer may be in the middle of a meta page: look again. */
    for (int i = 0; i < 10 && state == NIDX_META_DAMAGED; i++)
        state = read_metas(fd, meta);
    switch (state) {
    case NIDX_META_FINE:
        break;
    case NIDX_META_FOREIGN:
        return nidx_fail(err, NIDX_ERR_VERSION, "%s: not an index", path);
    case NIDX_META_VERSION:
        return nidx_fail(err, NIDX_ERR_VERSION,
                         "%s: written in another format of LMDB than that of "
                         "LMDB 0.9; made by a newer nidx?",
                         path);
    case NIDX_META_DAMAGED:
    default:
        return nidx_fail(err, NIDX_ERR_CORRUPT,
                         "corrupt: %s: its first pages are damaged; restore "
                         "it from a copy or index again",
                         path);
    }
    *out = meta[meta[1].commit > meta[0].commit];
    return NIDX_OK;
}

static enum nidx_status check_size(const char *path, int fd,
                                   const struct nidx_meta *m,
                                   struct nidx_error *err)
{
    struct stat st;

    if (fstat(fd, &st) != 0)
        return nidx_fail_errno(err, errno, "%s: cannot stat", path);
    uint64_t want = (m->last_page + 1) * m->page_size;
    if ((uint64_t)st.st_size < want)
        return nidx_fail(err, NIDX_ERR_CORRUPT,
                         "corrupt: %s: cut short: it has %llu bytes of %llu; "
                         "restore it from a copy or index again",
                         path, (unsigned long long)st.st_size,
                         (unsigned long long)want);
    return NIDX_OK;
}

/* -------------------------------------------------------------- the maps */

static uint64_t first_map_size(const struct nidx_env *e)
{
    uint64_t size = MAP_FIRST;
    struct rlimit r;

    /* Two maps, and as much again for everything else. */
    if (getrlimit(RLIMIT_AS, &r) == 0 && r.rlim_cur != RLIM_INFINITY) {
        while (size > r.rlim_cur / 4 && size > MAP_LEAST)
            size /= 2;
    }
    if (e->map_max && size > e->map_max)
        size = e->map_max & ~(MAP_LEAST - 1);
    return size < MAP_LEAST ? MAP_LEAST : size;
}

/* A map keeps the description alive that it was made from, in children too:
 * it must not be the one that carries our locks. */
static bool map_own(struct nidx_env *e, uint64_t size)
{
    int fd = -1;

    mdb_env_get_fd(e->mdb, &fd);
    void *map = mmap(NULL, size, PROT_READ, MAP_SHARED | MAP_NORESERVE, fd, 0);
    if (map == MAP_FAILED)
        return false;
    if (e->map)
        munmap(e->map, e->map_size);
    e->map = map;
    e->map_size = size;
    return true;
}

enum nidx_status nidx_env_remap(struct nidx_env *e, uint64_t size,
                                struct nidx_error *err)
{
    uint64_t want = e->map_size;

    while (want < size && want < UINT64_C(1) << 46)
        want *= 2;
    if (e->map_max && want > e->map_max && size <= e->map_max)
        want = e->map_max & ~(MAP_LEAST - 1);
    if (want < size || (e->map_max && want > e->map_max) || !map_own(e, want))
        return nidx_fail(err, NIDX_ERR_FULL,
                         "%s: the map of %zu bytes is full, and cannot grow; "
                         "raise the limit of the address space",
                         e->path, e->map_size);
    int rc = mdb_env_set_mapsize(e->mdb, want);
    if (rc != 0) {
        e->broken = true;
        return nidx_env_fail(e, rc, "grow the map", err);
    }
    return NIDX_OK;
}

/* --------------------------------------------------- opening and closing */

static enum nidx_status open_mdb(struct nidx_env *e, unsigned mode,
                                 uint64_t size, int *rc)
{
    unsigned flags = MDB_NOSUBDIR | MDB_NOTLS;

    if (!e->writable)
        flags |= MDB_RDONLY;
    if (e->no_lock || e->shy)
        flags |= MDB_NOLOCK;
    MDB_env *mdb = NULL;
    *rc = mdb_env_create(&mdb);
    if (*rc == 0)
        *rc = mdb_env_set_maxreaders(mdb, READERS);
    if (*rc == 0)
        *rc = mdb_env_set_mapsize(mdb, size);
    if (*rc == 0)
        *rc = mdb_env_open(mdb, e->path, flags, (mdb_mode_t)mode);
    if (*rc != 0) {
        mdb_env_close(mdb);
        return NIDX_ERR_IO;
    }
    e->mdb = mdb;
    return NIDX_OK;
}

static bool is_refusal(int code)
{
    return code == EACCES || code == EPERM || code == EROFS;
}

/* LMDB reads without its lock file there, and tells nobody: a writer may have
 * the file through another mount. */
static bool on_readonly_system(const struct nidx_env *e)
{
    struct statvfs fs;

    return !e->writable && statvfs(e->path, &fs) == 0 &&
           (fs.f_flag & ST_RDONLY);
}

/* Both maps, halved until they fit, and LMDB's environment. Where the lock
 * file cannot be written, reading goes without it and keeps writers out. */
static enum nidx_status open_maps(struct nidx_env *e, unsigned mode,
                                  uint64_t least, struct nidx_error *err)
{
    int rc = ENOMEM;

    e->shy = !e->no_lock && on_readonly_system(e);
    for (uint64_t size = first_map_size(e); size >= MAP_LEAST; size /= 2) {
        enum nidx_status status = open_mdb(e, mode, size, &rc);
        if (status != NIDX_OK && is_refusal(rc) && !e->shy && !e->no_lock &&
            least > 0) {
            e->writable = false;
            e->shy = true;
            status = open_mdb(e, mode, size, &rc);
        }
        if (status == NIDX_OK && map_own(e, size))
            return NIDX_OK;
        if (status == NIDX_OK) {
            rc = errno;
            mdb_env_close(e->mdb);
            e->mdb = NULL;
        }
        /* Where the address space is crowded (under valgrind after a few
         * files) mmap says EINVAL. */
        if ((rc != ENOMEM && rc != EINVAL) || size / 2 < least)
            break;
    }
    return nidx_env_fail(e, rc, "open", err);
}

static int open_data(struct nidx_env *e)
{
    if (e->spare_fd >= 0) {
        e->fd = e->spare_fd;
        e->spare_fd = -1;
        return 0;
    }
    e->writable = !e->no_lock;
    if (e->writable)
        e->fd = open(e->path, O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (!e->writable || (e->fd < 0 && is_refusal(errno))) {
        e->writable = false;
        e->fd = open(e->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    }
    return e->fd < 0 ? errno : 0;
}

/* Opens the file that the path names and marks it as open, so that nobody
 * swaps it from now on; if it was swapped just before, opens the other. */
static enum nidx_status open_present(struct nidx_env *e, struct stat *st,
                                     struct nidx_error *err)
{
    for (int i = 0; i < OPEN_TRIES; i++) {
        struct stat named;
        int code = open_data(e);
        if (code == 0) {
            code = nidx_lock_presence(e->fd);
            if (e->no_lock)
                code = 0;
        }
        if (code != 0 || fstat(e->fd, st) != 0 || stat(e->path, &named) != 0)
            return nidx_fail_errno(err, code ? code : errno, "%s: cannot open",
                                   e->path);
        if (named.st_dev == st->st_dev && named.st_ino == st->st_ino)
            return NIDX_OK;
        close(e->fd);
        e->fd = -1;
    }
    return nidx_fail(err, NIDX_ERR_BUSY, "%s: replaced again and again",
                     e->path);
}

void nidx_sync_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash && slash != path
                       ? strndup(path, (size_t)(slash - path))
                       : strdup(slash ? "/" : ".");

    if (!folder)
        return;
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    free(folder);
}

/* LMDB opened the file by name: it must be the one that we locked. */
static enum nidx_status finish_start(struct nidx_env *e, bool created,
                                     struct nidx_error *err)
{
    struct nidx_meta meta;
    struct stat st;
    int mdb_fd = -1;

    enum nidx_status status = nidx_env_probe(e->path, e->fd, &meta, err);
    if (status == NIDX_OK)
        status = check_size(e->path, e->fd, &meta, err);
    if (status != NIDX_OK)
        return status;
    mdb_env_get_fd(e->mdb, &mdb_fd);
    if (fstat(mdb_fd, &st) != 0 || st.st_dev != e->device ||
        st.st_ino != e->inode)
        return nidx_fail(err, NIDX_ERR_BUSY,
                         "%s: replaced while it was "
                         "opened; try again",
                         e->path);
    e->page_size = meta.page_size;
    if (created) {
        fsync(e->fd);
        nidx_sync_folder(e->path);
    }
    if (e->writer && nidx_lock_writer(e->fd) != 0)
        return nidx_fail(err, NIDX_ERR_BUSY,
                         "%s: replaced by a file that another writes", e->path);
    return NIDX_OK;
}

/* Cut off while it was made: a first page that has seen no commit, and not
 * two. */
static bool is_unfinished(const struct nidx_env *e)
{
    struct nidx_meta meta;
    struct stat st;

    return fstat(e->fd, &st) == 0 && st.st_size > 0 &&
           read_meta(e->fd, 0, 0, &meta) == NIDX_META_FINE &&
           meta.commit == 0 && (uint64_t)st.st_size < 2 * meta.page_size;
}

/* Empties such a file, unless it is being made at this moment. */
static bool forget_unfinished(struct nidx_env *e)
{
    char who[160];

    if (!is_unfinished(e) || !nidx_lock_alone(e->fd, who, sizeof(who)))
        return false;
    bool forgotten = is_unfinished(e) && ftruncate(e->fd, 0) == 0;
    nidx_lock_not_alone(e->fd);
    return forgotten;
}

static enum nidx_status start(struct nidx_env *e, unsigned mode, bool create,
                              struct nidx_error *err)
{
    struct stat st;
    struct nidx_meta meta = {0};

    enum nidx_status status = open_present(e, &st, err);
    if (status != NIDX_OK)
        return status;
    bool empty = st.st_size == 0;
    if (create && e->writable && forget_unfinished(e))
        empty = true;
    if (!S_ISREG(st.st_mode))
        return nidx_fail(err, NIDX_ERR_INVALID,
                         "%s: not a regular file; name the index file itself",
                         e->path);
    if (empty && !(create && e->writable))
        return nidx_fail(err, NIDX_ERR_VERSION,
                         "%s: empty, so not an index; open it for writing to "
                         "make it one",
                         e->path);
    if (!empty)
        status = nidx_env_probe(e->path, e->fd, &meta, err);
    if (!empty && status == NIDX_OK)
        status = check_size(e->path, e->fd, &meta, err);
    if (status != NIDX_OK)
        return status;
    e->device = st.st_dev;
    e->inode = st.st_ino;
    e->checked = NIDX_NO_PAGE;
    status = open_maps(e, mode ? mode : st.st_mode & 0666,
                       (meta.last_page + 1) * meta.page_size, err);
    if (status != NIDX_OK)
        return status;
    return finish_start(e, empty, err);
}

void nidx_env_stop(struct nidx_env *e)
{
    if (e->mdb)
        mdb_env_close(e->mdb);
    if (e->map)
        munmap(e->map, e->map_size);
    if (e->fd >= 0)
        close(e->fd);
    e->mdb = NULL;
    e->map = NULL;
    e->map_size = 0;
    e->fd = -1;
    e->broken = false;
    e->want_grow = false;
    e->shy = false;
}

enum nidx_status nidx_env_start(struct nidx_env *e, unsigned mode, bool create,
                                struct nidx_error *err)
{
    enum nidx_status status = start(e, mode, create, err);

    if (status != NIDX_OK)
        nidx_env_stop(e);
    return status;
}

/* Another name of the file that e's path names now, open already. */
static bool open_elsewhere(const struct nidx_env *e, const struct stat *st)
{
    for (const struct nidx_env *o = table.first; o; o = o->next) {
        if (o != e && o->mdb && o->device == st->st_dev &&
            o->inode == st->st_ino)
            return true;
    }
    return false;
}

enum nidx_status nidx_env_ensure(struct nidx_env *e, struct nidx_error *err)
{
    struct stat st;

    if (stat(e->path, &st) != 0)
        return nidx_fail_errno(err, errno, "%s: the index is gone", e->path);
    if (e->mdb && !e->broken && st.st_dev == e->device && st.st_ino == e->inode)
        return NIDX_OK;
    if (e->n_views > 0 || e->txn)
        return nidx_fail(err, NIDX_ERR_BUSY,
                         "%s: must be opened anew (%s), but %u snapshots are "
                         "open in this process; close them",
                         e->path, e->broken ? "a write failed" : "replaced",
                         e->n_views);
    if (open_elsewhere(e, &st))
        return nidx_fail(err, NIDX_ERR_BUSY,
                         "%s: replaced by a file that is open in this process "
                         "under another name",
                         e->path);
    nidx_env_stop(e);
    return nidx_env_start(e, 0, false, err);
}

/* -------------------------------------------------------------- the table */

static struct nidx_env *find(const char *path, const struct stat *st)
{
    for (struct nidx_env *e = table.first; e; e = e->next) {
        if (strcmp(e->path, path) == 0 ||
            (e->mdb && e->device == st->st_dev && e->inode == st->st_ino))
            return e;
    }
    return NULL;
}

/* Absolute, without links, of a file that is there (made if asked for). */
static enum nidx_status resolve(const char *path,
                                const struct nidx_store_options *options,
                                char **out, struct stat *st,
                                struct nidx_error *err)
{
    if (stat(path, st) != 0 && errno == ENOENT && options->create) {
        int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY,
                      options->mode ? options->mode : 0600);
        if (fd < 0)
            return nidx_fail_errno(err, errno, "%s: cannot create", path);
        close(fd);
    }
    if (stat(path, st) != 0)
        return nidx_fail_errno(err, errno, "%s: cannot open", path);
    if (S_ISDIR(st->st_mode))
        return nidx_fail(err, NIDX_ERR_INVALID,
                         "%s: a folder; name an index file in it", path);
    if (!S_ISREG(st->st_mode))
        return nidx_fail(err, NIDX_ERR_INVALID, "%s: not a regular file", path);
    *out = realpath(path, NULL);
    if (!*out)
        return nidx_fail_errno(err, errno, "%s: cannot open", path);
    return NIDX_OK;
}

static struct nidx_env *env_new(char *path,
                                const struct nidx_store_options *options)
{
    struct nidx_env *e = calloc(1, sizeof(*e));

    if (!e)
        return NULL;
    e->path = path;
    e->fd = -1;
    e->spare_fd = -1;
    e->no_lock = options->no_lock;
    e->map_max = options->map_max;
    return e;
}

static enum nidx_status share(struct nidx_env *e,
                              const struct nidx_store_options *options,
                              struct nidx_env **out, struct nidx_error *err)
{
    if (e->no_lock && !options->no_lock)
        return nidx_fail(err, NIDX_ERR_BUSY,
                         "%s: open without locks in this process", e->path);
    enum nidx_status status = nidx_env_ensure(e, err);
    if (status != NIDX_OK)
        return status;
    e->refs++;
    *out = e;
    return NIDX_OK;
}

enum nidx_status nidx_env_get(const char *path,
                              const struct nidx_store_options *options,
                              struct nidx_env **out, struct nidx_error *err)
{
    static bool watching;
    char *real = NULL;
    struct stat st;

    if (!watching)
        watch_forks();
    watching = true;
    enum nidx_status status = resolve(path, options, &real, &st, err);
    if (status != NIDX_OK)
        return status;
    struct nidx_env *e = find(real, &st);
    if (e) {
        free(real);
        return share(e, options, out, err);
    }
    e = env_new(real, options);
    if (!e) {
        free(real);
        return nidx_nomem(err);
    }
    status = nidx_env_start(e, options->create ? options->mode : 0,
                            options->create, err);
    if (status != NIDX_OK) {
        free(e->path);
        free(e);
        return status;
    }
    e->refs = 1;
    e->next = table.first;
    table.first = e;
    *out = e;
    return NIDX_OK;
}

void nidx_env_release(struct nidx_env *e)
{
    if (--e->refs > 0)
        return;
    for (struct nidx_env **p = &table.first; *p; p = &(*p)->next) {
        if (*p == e) {
            *p = e->next;
            break;
        }
    }
    nidx_env_stop(e);
    free(e->path);
    free(e);
}
