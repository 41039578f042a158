/* store_lock.c: who has the index open, and who writes it.
 *
 * Locks are open-file-description locks on the data file, in ranges far
 * behind any byte it can have. What a holder is known by stands in the place
 * of its locks, so nothing is written, nothing can be stale, and a lock dies
 * with its process:
 *
 *   WRITER            one byte: the writer
 *   WRITER_PID + pid  one byte, beside it: its process
 *   SINCE + seconds   one byte, beside it: when it took the lock (since 1970)
 *   OPEN + pid        shared: this process has the file open; all of them
 *                     exclusively: the file is being swapped
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/store/store_impl.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PIDS       (INT64_C(1) << 32)
#define SECONDS    (INT64_C(1) << 40)
#define WRITER     (INT64_C(1) << 62)
#define WRITER_PID (WRITER + PIDS)
#define OPEN       (WRITER + 2 * PIDS)
#define SINCE      (WRITER + SECONDS)

static int lock_range(int fd, int command, short type, int64_t start,
                      int64_t len)
{
    struct flock l = {
        .l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = len};
    int rc;

    do
        rc = fcntl(fd, command, &l);
    while (rc != 0 && errno == EINTR);
    if (rc == 0)
        return 0;
    return errno == EACCES ? EAGAIN : errno;
}

/* Where in the range somebody else's lock begins, from its start; or -1. */
static int64_t find_other(int fd, int64_t start, int64_t len)
{
    struct flock l = {.l_type = F_WRLCK,
                      .l_whence = SEEK_SET,
                      .l_start = start,
                      .l_len = len};

    if (fcntl(fd, F_OFD_GETLK, &l) != 0 || l.l_type == F_UNLCK)
        return -1;
    return l.l_start < start ? 0 : l.l_start - start;
}

int nidx_lock_presence(int fd)
{
    return lock_range(fd, F_OFD_SETLKW, F_RDLCK, OPEN + getpid(), 1);
}

/* The command line of a process, printable, or what is known instead. */
static void append_process(char *text, size_t cap, int64_t pid)
{
    char line[81], name[64];
    ssize_t n = 0;

    snprintf(name, sizeof(name), "/proc/%lld/cmdline", (long long)pid);
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        n = read(fd, line, sizeof(line) - 1);
        close(fd);
    }
    while (n > 0 && line[n - 1] == '\0')
        n--;
    for (ssize_t i = 0; i < n; i++) {
        if (line[i] == '\0')
            line[i] = ' ';
        else if (!isprint((unsigned char)line[i]))
            line[i] = '?';
    }
    line[n > 0 ? n : 0] = '\0';
    snprintf(text, cap, "process %lld%s%s%s", (long long)pid, n > 0 ? " (" : "",
             line, n > 0 ? ")" : "");
}

bool nidx_lock_alone(int fd, char *text, size_t cap)
{
    if (lock_range(fd, F_OFD_SETLK, F_WRLCK, OPEN, PIDS) == 0)
        return true;
    int64_t pid = find_other(fd, OPEN, PIDS);
    if (pid < 0)
        snprintf(text, cap, "another process");
    else
        append_process(text, cap, pid);
    return false;
}

void nidx_lock_not_alone(int fd)
{
    int64_t own = OPEN + getpid();

    lock_range(fd, F_OFD_SETLK, F_RDLCK, own, 1);
    lock_range(fd, F_OFD_SETLK, F_UNLCK, OPEN, own - OPEN);
    lock_range(fd, F_OFD_SETLK, F_UNLCK, own + 1, OPEN + PIDS - own - 1);
}

int nidx_lock_writer(int fd)
{
    int code = lock_range(fd, F_OFD_SETLK, F_WRLCK, WRITER, 1);

    if (code != 0)
        return code;
    lock_range(fd, F_OFD_SETLK, F_WRLCK, WRITER_PID + getpid(), 1);
    lock_range(fd, F_OFD_SETLK, F_WRLCK, SINCE + (int64_t)time(NULL), 1);
    return 0;
}

void nidx_unlock_writer(int fd)
{
    lock_range(fd, F_OFD_SETLK, F_UNLCK, SINCE, SECONDS);
    lock_range(fd, F_OFD_SETLK, F_UNLCK, WRITER_PID, PIDS);
    lock_range(fd, F_OFD_SETLK, F_UNLCK, WRITER, 1);
}

int nidx_lock_out_writers(int fd)
{
    return lock_range(fd, F_OFD_SETLK, F_RDLCK, WRITER, 1);
}

void nidx_lock_holder(int fd, char *text, size_t cap)
{
    int64_t pid = find_other(fd, WRITER_PID, PIDS);
    int64_t since = find_other(fd, SINCE, SECONDS);

    if (pid < 0)
        snprintf(text, cap, "another process");
    else
        append_process(text, cap, pid);
    if (since <= 0)
        return;
    time_t t = (time_t)since;
    struct tm tm;
    char when[32];
    if (localtime_r(&t, &tm) &&
        strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", &tm) > 0) {
        size_t used = strlen(text);
        snprintf(text + used, cap - used, " since %s", when);
    }
}
