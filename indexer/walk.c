/* walk.c: the files below a path, in order of their names.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/bytes.h"
#include "indexer/grow.h"

/** Folders within folders: file systems have no such trees, loops of links
 * may. */
#define DEPTH_MAX 256

/** A folder that is being read, and those around it. */
struct folder {
    const struct folder *parent;
    dev_t device;
    ino_t inode;
    unsigned depth;
};

struct names {
    char **items;
    uint32_t n, cap;
};

static void free_names(struct names *names)
{
    for (uint32_t i = 0; i < names->n; i++)
        free(names->items[i]);
    free(names->items);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/** The names in a folder, sorted; consumes fd. */
static enum nidx_status read_names(int fd, struct names *names,
                                   struct nidx_error *err)
{
    DIR *dir = fdopendir(fd);
    const struct dirent *e;

    if (!dir) {
        const int code = errno;
        close(fd);
        return nidx_fail_errno(err, code, "cannot read the folder");
    }
    errno = 0;
    while ((e = readdir(dir)) != NULL) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        char *name = strdup(e->d_name);
        if (!name || !nidx_grow(&names->items, &names->cap,
                                (uint64_t)names->n + 1, sizeof(char *))) {
            free(name);
            closedir(dir);
            return nidx_nomem(err);
        }
        names->items[names->n++] = name;
        errno = 0;
    }
    const int code = errno;
    closedir(dir);
    if (code != 0)
        return nidx_fail_errno(err, code, "cannot read the folder");
    if (names->n > 1)
        qsort(names->items, names->n, sizeof(char *), by_name);
    return NIDX_OK;
}

static enum nidx_status skip(const struct nidx_walk *w,
                             const struct nidx_buf *path, enum nidx_skip why,
                             const char *message, struct nidx_error *err)
{
    return w->skipped(w->context, (const char *)path->data, why, message, err);
}

static enum nidx_status walk_entry(const struct nidx_walk *w,
                                   struct nidx_buf *path,
                                   const struct folder *parent, bool named,
                                   struct nidx_error *err);

/** Walks the entries of the folder at path, one after another. */
static enum nidx_status walk_names(const struct nidx_walk *w,
                                   struct nidx_buf *path,
                                   const struct folder *self,
                                   const struct names *names,
                                   struct nidx_error *err)
{
    const size_t len = path->len;
    enum nidx_status status = NIDX_OK;

    for (uint32_t i = 0; i < names->n && status == NIDX_OK; i++) {
        const char *name = names->items[i];
        path->len = len - 1; /* without its zero */
        if (path->len == 0 || path->data[path->len - 1] != '/')
            nidx_buf_u8(path, '/');
        nidx_buf_put(path, name, strlen(name) + 1);
        if (path->oom)
            return nidx_nomem(err);
        if (name[0] == '.')
            status = skip(w, path, NIDX_SKIP_HIDDEN, "it is hidden", err);
        else
            status = walk_entry(w, path, self, false, err);
    }
    path->len = len;
    path->data[len - 1] = '\0';
    return status;
}

static bool is_loop(const struct folder *parent, const struct stat *st)
{
    for (; parent; parent = parent->parent) {
        if (parent->device == st->st_dev && parent->inode == st->st_ino)
            return true;
    }
    return false;
}

static enum nidx_status walk_folder(const struct nidx_walk *w,
                                    struct nidx_buf *path, int fd,
                                    const struct stat *st,
                                    const struct folder *parent, bool named,
                                    struct nidx_error *err)
{
    const struct folder self = {.parent = parent,
                                .device = st->st_dev,
                                .inode = st->st_ino,
                                .depth = parent ? parent->depth + 1 : 0};
    struct names names = {0};
    struct nidx_error why = {0};

    if (is_loop(parent, st) || self.depth > DEPTH_MAX) {
        close(fd);
        return skip(w, path, NIDX_SKIP_SPECIAL, "the folder holds itself", err);
    }
    enum nidx_status status = read_names(fd, &names, &why);
    if (status == NIDX_OK) {
        status = walk_names(w, path, &self, &names, err);
    } else if (named || status == NIDX_ERR_NOMEM) {
        status = nidx_fail(err, status, "%s: %s", (const char *)path->data,
                           why.message);
    } else {
        status = skip(w, path, NIDX_SKIP_UNREADABLE, why.message, err);
    }
    free_names(&names);
    return status;
}

/** What cannot be opened is skipped; the path that was named must be there. */
static enum nidx_status cannot(const struct nidx_walk *w,
                               const struct nidx_buf *path, int code,
                               bool named, struct nidx_error *err)
{
    char text[128];

    if (named)
        return nidx_fail_errno(err, code, "%s", (const char *)path->data);
    return skip(w, path, NIDX_SKIP_UNREADABLE,
                strerror_r(code, text, sizeof(text)), err);
}

static enum nidx_status walk_entry(const struct nidx_walk *w,
                                   struct nidx_buf *path,
                                   const struct folder *parent, bool named,
                                   struct nidx_error *err)
{
    const char *name = (const char *)path->data;
    struct stat st;

    /* A pipe must not be opened: that waits for its writer. */
    if (stat(name, &st) != 0)
        return cannot(w, path, errno, named, err);
    if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
        return skip(w, path, NIDX_SKIP_SPECIAL, "it is no file and no folder",
                    err);
    const int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return cannot(w, path, errno, named, err);
    if (fstat(fd, &st) != 0) {
        const int code = errno;
        close(fd);
        return cannot(w, path, code, named, err);
    }
    if (S_ISDIR(st.st_mode))
        return walk_folder(w, path, fd, &st, parent, named, err);
    enum nidx_status status =
        S_ISREG(st.st_mode)
            ? w->file(w->context, name, fd, &st, err)
            : skip(w, path, NIDX_SKIP_SPECIAL, "it is no file", err);
    close(fd);
    return status;
}

/** The absolute path, without points and double slashes; links stay. */
static bool absolute(const char *path, struct nidx_buf *out)
{
    if (path[0] != '/') {
        char *here = getcwd(NULL, 0);
        if (!here)
            return false;
        if (strcmp(here, "/") != 0)
            nidx_buf_put(out, here, strlen(here));
        free(here);
    }
    for (const char *p = path; *p;) {
        const size_t n = strcspn(p, "/");
        if (n == 2 && memcmp(p, "..", 2) == 0) {
            while (out->len > 0 && out->data[--out->len] != '/')
                ;
        } else if (n > 0 && !(n == 1 && *p == '.')) {
            nidx_buf_u8(out, '/');
            nidx_buf_put(out, p, n);
        }
        p += n + (p[n] == '/');
    }
    if (out->len == 0)
        nidx_buf_u8(out, '/');
    nidx_buf_u8(out, 0);
    return !out->oom;
}

enum nidx_status nidx_walk_path(const struct nidx_walk *w, const char *path,
                                struct nidx_error *err)
{
    struct nidx_buf buf = {0};

    if (!absolute(path, &buf)) {
        const bool oom = buf.oom;
        const int code = errno;
        nidx_buf_done(&buf);
        return oom ? nidx_nomem(err)
                   : nidx_fail_errno(err, code, "cannot tell where %s is",
                                     path);
    }
    enum nidx_status status = walk_entry(w, &buf, NULL, true, err);
    nidx_buf_done(&buf);
    return status;
}
