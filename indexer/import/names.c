/* names.c: the names in a folder, sorted.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/import/names.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/** Appends the names of dir; an errno, or 0. */
static int read_all(DIR *dir, struct nidx_names *names)
{
    const struct dirent *e;

    errno = 0;
    while ((e = readdir(dir)) != NULL) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        nidx_buf_put(&names->bytes, e->d_name, strlen(e->d_name) + 1);
        if (names->bytes.oom || names->n == UINT32_MAX)
            return ENOMEM;
        names->n++;
        errno = 0;
    }
    return errno;
}

enum nidx_status nidx_names_read(int fd, struct nidx_names *names,
                                 struct nidx_error *err)
{
    /* closedir closes what it was given. */
    const int own = openat(fd, ".", O_RDONLY | O_CLOEXEC | O_DIRECTORY);
    DIR *dir = own >= 0 ? fdopendir(own) : NULL;

    *names = (struct nidx_names){0};
    if (!dir) {
        const int code = errno;
        if (own >= 0)
            close(own);
        return nidx_fail_errno(err, code, "cannot read the folder");
    }
    const int code = read_all(dir, names);
    closedir(dir);
    if (code == ENOMEM)
        return nidx_nomem(err);
    if (code != 0)
        return nidx_fail_errno(err, code, "cannot read the folder");
    names->items = calloc((size_t)names->n + 1, sizeof(char *));
    if (!names->items)
        return nidx_nomem(err);
    const char *p = (const char *)names->bytes.data;
    for (uint32_t i = 0; i < names->n; i++) {
        names->items[i] = p;
        p += strlen(p) + 1;
    }
    if (names->n > 1)
        qsort(names->items, names->n, sizeof(char *), by_name);
    return NIDX_OK;
}

void nidx_names_done(struct nidx_names *names)
{
    nidx_buf_done(&names->bytes);
    free(names->items);
    *names = (struct nidx_names){0};
}
