/* io_fault.c: a disk that fails when a test wants it to.
 *
 * A shared object for LD_PRELOAD. It counts the calls that change files whose
 * name holds NIDX_FAULT_FILES, and lets one of them fail:
 *
 *   NIDX_FAULT=KIND:N   KIND is enospc, eio, edquot (the call fails so), short
 *                       (half is written and that said), full (half is written,
 *                       then ENOSPC for ever), abort (the process dies instead
 *                       of the call), torn (half is written, then it dies),
 *                       power (the process dies before the call, and some of
 *                       what was written and not synced is lost: which, N says)
 *   NIDX_FAULT_LOG=FILE each call is appended to it as a line: name of the
 *                       call, offset, bytes, name of the file
 *
 *   NIDX_FAULT_REMOTE   where it is set, every file system is NFS
 *
 * N counts from 1; 0 counts alone. Failures go on for `full` only.
 * SPDX-License-Identifier: BSD-2-Clause */
#undef _FILE_OFFSET_BITS /* each name of a call is defined below, as it is */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static long calls, wanted = -1;
static char kind[16];
static const char *files;
static int log_fd = -1;
static bool full;

static void start(void)
{
    const char *fault = getenv("NIDX_FAULT"), *log = getenv("NIDX_FAULT_LOG");

    files = getenv("NIDX_FAULT_FILES");
    wanted = 0;
    if (fault && sscanf(fault, "%15[a-z]:%ld", kind, &wanted) != 2)
        _exit(120);
    if (log)
        log_fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static bool is_watched(int fd, char *name, size_t cap)
{
    char link[64];

    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, name, cap - 1);
    if (n < 0)
        return false;
    name[n] = '\0';
    return files && strstr(name, files) && fd != log_fd;
}

static void note(const char *call, long long offset, size_t len,
                 const char *name)
{
    char line[600];

    if (log_fd < 0)
        return;
    int n = snprintf(line, sizeof(line), "%s %lld %zu %s\n", call, offset, len,
                     name);
    syscall(SYS_write, log_fd, line, (size_t)n);
}

/* ------------------------------------------------- what a power cut loses */

/** A write that no sync has followed. */
struct unsynced {
    struct unsynced *next; /* the one before it */
    int fd;
    off_t at;
    size_t len, old_len;
    uint8_t old[];
};
static struct unsynced *unsynced;

static void forget_all(void)
{
    while (unsynced) {
        struct unsynced *u = unsynced;
        unsynced = u->next;
        close(u->fd);
        free(u);
    }
}

/* Keeps what stands where a write is about to go, unless it syncs itself. */
static void keep(int fd, off_t at, size_t len)
{
    if (strcmp(kind, "power") != 0 || (fcntl(fd, F_GETFL) & O_DSYNC))
        return;
    struct unsynced *u = malloc(sizeof(*u) + len);
    char name[64];
    snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
    int own = open(name, O_RDWR | O_CLOEXEC);
    if (!u || own < 0)
        _exit(123);
    ssize_t n = pread(own, u->old, len, at);
    u->fd = own;
    u->at = at;
    u->len = len;
    u->old_len = n > 0 ? (size_t)n : 0;
    memset(u->old + u->old_len, 0, len - u->old_len);
    u->next = unsynced;
    unsynced = u;
}

/* The newest first, so that what is left is a state of the disk. */
static void lose_power(long seed)
{
    uint64_t random = (uint64_t)seed * 0x9E3779B97F4A7C15u;

    for (struct unsynced *u = unsynced; u; u = u->next) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        if (random >> 40 & 1)
            syscall(SYS_pwrite64, u->fd, u->old, u->len, u->at);
    }
    raise(SIGKILL);
}

/* The kind of the failure that this call is to have, or "". */
static const char *meet(const char *call, long long offset, size_t len,
                        const char *name)
{
    const char *met = "";

    pthread_mutex_lock(&mutex);
    if (wanted < 0)
        start();
    note(call, offset, len, name);
    if (++calls == wanted)
        met = kind;
    if (full)
        met = "enospc";
    full = full || strcmp(met, "full") == 0;
    pthread_mutex_unlock(&mutex);
    if (strcmp(met, "abort") == 0)
        raise(SIGKILL);
    if (strcmp(met, "power") == 0)
        lose_power(wanted);
    return met;
}

static bool is(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

/* The errno of a call that fails as a whole, or 0. */
static int error_of(const char *met)
{
    return is(met, "enospc") || is(met, "full") ? ENOSPC
           : is(met, "eio")                     ? EIO
           : is(met, "edquot")                  ? EDQUOT
                                                : 0;
}

static bool watch(int fd, char *name, size_t cap)
{
    int saved = errno;

    pthread_mutex_lock(&mutex);
    if (wanted < 0)
        start();
    pthread_mutex_unlock(&mutex);
    bool watched = is_watched(fd, name, cap);
    errno = saved;
    return watched;
}

static ssize_t write_some(int fd, const void *data, size_t len, off_t at)
{
    return at < 0 ? syscall(SYS_write, fd, data, len)
                  : syscall(SYS_pwrite64, fd, data, len, at);
}

/* Every way to write ends here; at is -1 for the file's own offset. */
static ssize_t put(const char *call, int fd, const void *data, size_t len,
                   off_t at)
{
    char name[500];

    if (!watch(fd, name, sizeof(name)))
        return write_some(fd, data, len, at);
    long long offset = at < 0 ? lseek(fd, 0, SEEK_CUR) : at;
    const char *met = meet(call, offset, len, name);
    if (is(met, "short") || is(met, "full") || is(met, "torn")) {
        ssize_t n = write_some(fd, data, len / 2, at);
        if (is(met, "torn"))
            raise(SIGKILL);
        return n;
    }
    if (error_of(met) != 0) {
        errno = error_of(met);
        return -1;
    }
    keep(fd, (off_t)offset, len);
    return write_some(fd, data, len, at);
}

static ssize_t put_vector(const char *call, int fd, const struct iovec *v,
                          int n, off_t at)
{
    char name[500];
    size_t len = 0, used = 0;

    if (!watch(fd, name, sizeof(name)))
        return at < 0 ? syscall(SYS_writev, fd, v, n)
                      : syscall(SYS_pwritev, fd, v, n, at, 0L);
    for (int i = 0; i < n; i++)
        len += v[i].iov_len;
    uint8_t *all = malloc(len + 1);
    if (!all)
        _exit(122);
    for (int i = 0; i < n; i++) {
        memcpy(all + used, v[i].iov_base, v[i].iov_len);
        used += v[i].iov_len;
    }
    ssize_t done = put(call, fd, all, len, at);
    int saved = errno;
    free(all);
    errno = saved;
    return done;
}

/* Calls without data: whether it fails, with errno set. */
static bool fails(const char *call, int fd)
{
    char name[500];

    if (!watch(fd, name, sizeof(name)))
        return false;
    int code = error_of(meet(call, 0, 0, name));
    if (code != 0)
        errno = code;
    else if (strstr(call, "sync"))
        forget_all();
    return code != 0;
}

ssize_t write(int fd, const void *data, size_t len)
{
    return put("write", fd, data, len, -1);
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t at)
{
    return put("pwrite", fd, data, len, at);
}

ssize_t writev(int fd, const struct iovec *v, int n)
{
    return put_vector("writev", fd, v, n, -1);
}

ssize_t pwritev(int fd, const struct iovec *v, int n, off_t at)
{
    return put_vector("pwritev", fd, v, n, at);
}

int fsync(int fd)
{
    return fails("fsync", fd) ? -1 : (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    return fails("fdatasync", fd) ? -1 : (int)syscall(SYS_fdatasync, fd);
}

int ftruncate(int fd, off_t len)
{
    return fails("ftruncate", fd) ? -1 : (int)syscall(SYS_ftruncate, fd, len);
}

ssize_t pwrite64(int fd, const void *data, size_t len, off64_t at)
{
    return put("pwrite", fd, data, len, at);
}

ssize_t pwritev64(int fd, const struct iovec *v, int n, off64_t at)
{
    return put_vector("pwritev", fd, v, n, at);
}

int ftruncate64(int fd, off64_t len)
{
    return ftruncate(fd, len);
}

int msync(void *at, size_t len, int flags)
{
    const char *met = meet("msync", 0, len, "");

    if (error_of(met) != 0) {
        errno = error_of(met);
        return -1;
    }
    return (int)syscall(SYS_msync, at, len, flags);
}

int rename(const char *from, const char *to)
{
    int fd = open(from, O_PATH | O_CLOEXEC);
    bool failed = fd >= 0 && fails("rename", fd);
    int saved = errno;

    if (fd >= 0)
        close(fd);
    errno = saved;
    return failed ? -1
                  : (int)syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
}

int statfs64(const char *path, struct statfs64 *out)
{
    int rc = (int)syscall(SYS_statfs, path, out);

    if (rc == 0 && getenv("NIDX_FAULT_REMOTE"))
        out->f_type = 0x6969;
    return rc;
}
