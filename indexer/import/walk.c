/* walk.c: the files below a path, in order of their names.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/import/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "indexer/import/names.h"

/** Folders within folders: file systems have no such trees, loops of links
 * may. Each has a descriptor open while it is read. */
#define DEPTH_MAX 256

/** A folder that is being read, and those around it. */
struct folder {
    const struct folder *parent;
    dev_t device;
    ino_t inode;
    unsigned depth;
    int fd;
    const struct nidx_ignore *ignore; /**< what holds in it; NULL: nothing */
};

/** What is at hand: the path, which ends in a zero, and where its last name
 * begins. */
struct spot {
    struct nidx_buf path;
    size_t name;
};

static const char *path_of(const struct spot *s)
{
    return (const char *)s->path.data;
}

static const char *name_of(const struct spot *s)
{
    return path_of(s) + s->name;
}

static enum nidx_status skip(const struct nidx_walk *w, const struct spot *s,
                             enum nidx_skip why, const char *message,
                             struct nidx_error *err)
{
    return w->skipped(w->context, path_of(s), why, message, err);
}

int nidx_walk_open(const struct nidx_walk_file *f, struct stat *st)
{
    const int fd =
        openat(f->dirfd, f->name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0)
        return -1;
    int code = fstat(fd, st) != 0 ? errno : 0;
    if (code == 0 && !S_ISREG(st->st_mode))
        code = ESTALE;
    if (code == 0)
        return fd;
    close(fd);
    errno = code;
    return -1;
}

/* -------------------------------------------------------- what is left out */

/** Whether an entry is to be passed over; says so then. */
static enum nidx_status is_left_out(const struct nidx_walk *w,
                                    const struct spot *s,
                                    const struct folder *parent, bool folder,
                                    bool *out, struct nidx_error *err)
{
    const size_t len = s->path.len - 1;
    const char *name = name_of(s);
    const enum nidx_ignore_verdict asked =
        w->globs ? nidx_ignore_ask(w->globs, path_of(s), len, folder)
                 : NIDX_IGNORE_NONE;

    /* A glob of the command line is a rule turned round: what it fits is
     * wanted. */
    *out = true;
    if (asked == NIDX_IGNORE_IN)
        return skip(w, s, NIDX_SKIP_IGNORED, "a glob leaves it out", err);
    *out = false;
    if (asked == NIDX_IGNORE_OUT)
        return NIDX_OK;
    *out = true;
    if (name[0] == '.' && !w->hidden)
        return skip(w, s, NIDX_SKIP_HIDDEN, "it is hidden", err);
    if (!w->no_ignore && strcmp(name, ".git") == 0)
        return skip(w, s, NIDX_SKIP_IGNORED, "git's own", err);
    if (nidx_ignore_ask(parent->ignore, path_of(s), len, folder) ==
        NIDX_IGNORE_OUT)
        return skip(w, s, NIDX_SKIP_IGNORED, "an ignore file leaves it out",
                    err);
    if (w->only && !folder)
        return skip(w, s, NIDX_SKIP_IGNORED, "no glob asks for it", err);
    *out = false;
    return NIDX_OK;
}

/** The rules of the folder at hand. */
static enum nidx_status load_rules(const struct nidx_walk *w, int fd,
                                   struct nidx_ignore *g,
                                   struct nidx_error *err)
{
    if (w->no_ignore)
        return NIDX_OK;
    enum nidx_status status = nidx_ignore_load(g, fd, ".gitignore", err);
    if (status == NIDX_OK)
        status = nidx_ignore_load(g, fd, ".nidxignore", err);
    return status;
}

/* ----------------------------------------------------------------- folders */

static bool is_loop(const struct folder *f, const struct stat *st)
{
    for (; f; f = f->parent) {
        if (f->device == st->st_dev && f->inode == st->st_ino)
            return true;
    }
    return false;
}

static enum nidx_status walk_entry(const struct nidx_walk *w, struct spot *s,
                                   const struct folder *parent, bool named,
                                   struct nidx_error *err);

/** Walks the entries of a folder, one after another. */
static enum nidx_status walk_names(const struct nidx_walk *w, struct spot *s,
                                   const struct folder *self,
                                   const struct nidx_names *names,
                                   struct nidx_error *err)
{
    struct nidx_buf *path = &s->path;
    const size_t len = path->len;
    enum nidx_status status = NIDX_OK;

    for (uint32_t i = 0; i < names->n && status == NIDX_OK; i++) {
        path->len = len - 1; /* without its zero */
        if (path->data[path->len - 1] != '/')
            nidx_buf_u8(path, '/');
        s->name = path->len;
        nidx_buf_put(path, names->items[i], strlen(names->items[i]) + 1);
        if (path->oom)
            return nidx_nomem(err);
        status = walk_entry(w, s, self, false, err);
    }
    path->len = len;
    path->data[len - 1] = 0;
    return status;
}

/** What cannot be opened is skipped; the path that was named must be there. */
static enum nidx_status cannot(const struct nidx_walk *w, const struct spot *s,
                               int code, bool named, struct nidx_error *err)
{
    char text[128];

    if (named)
        return nidx_fail_errno(err, code, "%s", path_of(s));
    return skip(w, s, NIDX_SKIP_UNREADABLE,
                strerror_r(code, text, sizeof(text)), err);
}

static enum nidx_status tell_folder(const struct nidx_walk *w,
                                    const struct spot *s, int64_t n,
                                    struct nidx_error *err)
{
    return w->folder ? w->folder(w->context, path_of(s), n, err) : NIDX_OK;
}

/** Walks the folder that self has open. */
static enum nidx_status walk_open_folder(const struct nidx_walk *w,
                                         struct spot *s, struct folder *self,
                                         bool named, struct nidx_error *err)
{
    /* Behind the slash; the root of all has its own already. */
    struct nidx_ignore rules = {.outer = self->ignore,
                                .base = s->path.len > 2 ? s->path.len : 1};
    struct nidx_names names = {0};
    struct nidx_error why = {0};

    enum nidx_status status = nidx_names_read(self->fd, &names, &why);
    if (status == NIDX_ERR_NOMEM || (status != NIDX_OK && named)) {
        status = nidx_fail(err, status, "%s: %s", path_of(s), why.message);
    } else if (status != NIDX_OK) {
        status = tell_folder(w, s, -1, err);
        if (status == NIDX_OK)
            status = skip(w, s, NIDX_SKIP_UNREADABLE, why.message, err);
    } else {
        status = tell_folder(w, s, names.n, err);
        if (status == NIDX_OK)
            status = load_rules(w, self->fd, &rules, err);
        if (rules.n > 0)
            self->ignore = &rules;
        if (status == NIDX_OK)
            status = walk_names(w, s, self, &names, err);
    }
    nidx_ignore_done(&rules);
    nidx_names_done(&names);
    return status;
}

static enum nidx_status walk_folder(const struct nidx_walk *w, struct spot *s,
                                    const struct stat *st,
                                    const struct folder *parent, bool named,
                                    struct nidx_error *err)
{
    struct folder self = {.parent = parent->depth > 0 ? parent : NULL,
                          .device = st->st_dev,
                          .inode = st->st_ino,
                          .depth = parent->depth + 1,
                          .ignore = parent->ignore};

    if (is_loop(self.parent, st) || self.depth > DEPTH_MAX)
        return skip(w, s, NIDX_SKIP_SPECIAL, "the folder holds itself", err);
    self.fd = openat(parent->fd, name_of(s),
                     O_RDONLY | O_CLOEXEC | O_DIRECTORY | O_NONBLOCK);
    if (self.fd < 0) {
        const int code = errno;
        enum nidx_status status = named ? NIDX_OK : tell_folder(w, s, -1, err);
        return status == NIDX_OK ? cannot(w, s, code, named, err) : status;
    }
    enum nidx_status status = walk_open_folder(w, s, &self, named, err);
    close(self.fd);
    return status;
}

static enum nidx_status walk_entry(const struct nidx_walk *w, struct spot *s,
                                   const struct folder *parent, bool named,
                                   struct nidx_error *err)
{
    struct stat st;
    bool out = false;

    if (fstatat(parent->fd, name_of(s), &st, 0) != 0) {
        const int code = errno;
        enum nidx_status status =
            named ? NIDX_OK : is_left_out(w, s, parent, false, &out, err);
        if (status != NIDX_OK || out)
            return status;
        return cannot(w, s, code, named, err);
    }
    if (!named) {
        enum nidx_status status =
            is_left_out(w, s, parent, S_ISDIR(st.st_mode), &out, err);
        if (status != NIDX_OK || out)
            return status;
    }
    if (S_ISDIR(st.st_mode))
        return walk_folder(w, s, &st, parent, named, err);
    if (!S_ISREG(st.st_mode))
        return skip(w, s, NIDX_SKIP_SPECIAL, "it is no file and no folder",
                    err);
    const struct nidx_walk_file file = {.path = path_of(s),
                                        .len = s->path.len - 1,
                                        .dirfd = parent->fd,
                                        .name = name_of(s),
                                        .st = &st};
    return w->file(w->context, &file, err);
}

/* -------------------------------------------------------------------- roots */

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

enum nidx_status nidx_walk_absolute(const char *path, struct nidx_buf *out,
                                    struct nidx_error *err)
{
    if (absolute(path, out))
        return NIDX_OK;
    return out->oom
               ? nidx_nomem(err)
               : nidx_fail_errno(err, errno, "cannot tell where %s is", path);
}

/** Folders above the root that are in one work tree of git with it, the
 * outermost first. */
struct above {
    struct nidx_ignore rules[64];
    unsigned n;
};

/** Reads the ignore files between the top of a work tree and the root. */
static enum nidx_status load_above(const struct nidx_walk *w,
                                   const struct nidx_buf *path, struct above *a,
                                   struct nidx_error *err)
{
    char *copy = strdup((const char *)path->data);
    size_t ends[64], len = strlen((const char *)path->data);
    unsigned n = 0;
    bool found = false;
    enum nidx_status status = NIDX_OK;

    if (!copy)
        return nidx_nomem(err);
    while (!w->no_ignore && !found && n < 64 && len > 1) {
        while (len > 1 && copy[--len] != '/')
            ;
        copy[len > 1 ? len : 1] = 0;
        ends[n++] = len > 1 ? len : 1;
        const int fd = open(copy, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
        struct stat st;
        found = fd >= 0 && fstatat(fd, ".git", &st, 0) == 0;
        if (fd >= 0)
            close(fd);
    }
    for (unsigned i = found ? n : 0; i-- > 0 && status == NIDX_OK;) {
        struct nidx_ignore *g = &a->rules[a->n];
        memcpy(copy, path->data, path->len);
        copy[ends[i]] = 0;
        *g = (struct nidx_ignore){.outer = a->n > 0 ? g - 1 : NULL,
                                  .base = ends[i] > 1 ? ends[i] + 1 : 1};
        a->n++;
        const int fd = open(copy, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
        if (fd >= 0) {
            status = load_rules(w, fd, g, err);
            close(fd);
        }
    }
    free(copy);
    return status;
}

enum nidx_status nidx_walk_path(const struct nidx_walk *w, const char *path,
                                struct nidx_error *err)
{
    struct spot s = {0};
    struct above above = {.n = 0};

    enum nidx_status status = nidx_walk_absolute(path, &s.path, err);
    if (status == NIDX_OK)
        status = load_above(w, &s.path, &above, err);
    if (status == NIDX_OK) {
        const struct folder around = {
            .fd = AT_FDCWD,
            .ignore = above.n > 0 ? &above.rules[above.n - 1] : NULL};
        status = walk_entry(w, &s, &around, true, err);
    }
    for (unsigned i = 0; i < above.n; i++)
        nidx_ignore_done(&above.rules[i]);
    nidx_buf_done(&s.path);
    return status;
}
