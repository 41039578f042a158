/* import_prune.c: removing what is no more.
 *
 * A document goes only where its path is certainly gone: the system says so,
 * no folder above it failed to be read, and the nearest folder above it that
 * is still there holds something (a disk that is away leaves an empty one).
 * SPDX-License-Identifier: BSD-2-Clause */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "indexer/import/import.h"

enum nidx_status nidx_import_remove(struct nidx_import *m,
                                    struct nidx_bytes key,
                                    struct nidx_error *err)
{
    enum nidx_status status =
        nidx_writer_delete(m->writer, (const char *)key.data, key.len, err);

    if (status == NIDX_OK)
        m->n_removals++;
    return status;
}

/* ------------------------------------------------------------------ records */

/** What all records of a file begin with. */
static enum nidx_status record_prefix(struct nidx_import *m,
                                      struct nidx_bytes path,
                                      struct nidx_bytes *prefix,
                                      struct nidx_error *err)
{
    m->key.len = 0;
    nidx_buf_put(&m->key, path.data, path.len);
    nidx_buf_u8(&m->key, '#');
    if (m->key.oom) {
        m->key.oom = false;
        return nidx_nomem(err);
    }
    *prefix = (struct nidx_bytes){m->key.data, m->key.len};
    return NIDX_OK;
}

enum nidx_status nidx_import_has_records(struct nidx_import *m,
                                         struct nidx_bytes path, bool *any,
                                         struct nidx_error *err)
{
    struct nidx_bytes prefix;
    enum nidx_status status = record_prefix(m, path, &prefix, err);

    return status == NIDX_OK ? nidx_known_any(&m->known, prefix, any, err)
                             : status;
}

static int by_number(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

/** Records that stay. */
struct kept {
    struct nidx_import *m;
    const uint64_t *hashes;
    size_t n;
};

static enum nidx_status remove_record(void *context, struct nidx_bytes key,
                                      const struct nidx_known_doc *doc,
                                      struct nidx_error *err)
{
    const struct kept *k = context;
    const uint64_t hash = XXH3_64bits(key.data, key.len);

    /* A whole file may be called like a record. */
    if (doc->content != 0)
        return NIDX_OK;
    if (k->n > 0 && bsearch(&hash, k->hashes, k->n, sizeof(hash), by_number))
        return NIDX_OK;
    return nidx_import_remove(k->m, key, err);
}

enum nidx_status nidx_import_remove_records(struct nidx_import *m,
                                            struct nidx_bytes path, bool all,
                                            struct nidx_error *err)
{
    struct kept kept = {.m = m};
    struct nidx_bytes prefix;
    uint64_t *hashes = NULL;

    if (!all && m->keys.len > 0) {
        kept.n = m->keys.len / sizeof(*hashes);
        hashes = malloc(m->keys.len);
        if (!hashes)
            return nidx_nomem(err);
        memcpy(hashes, m->keys.data, m->keys.len);
        qsort(hashes, kept.n, sizeof(*hashes), by_number);
        kept.hashes = hashes;
    }
    enum nidx_status status = record_prefix(m, path, &prefix, err);
    if (status == NIDX_OK)
        status = nidx_known_each(&m->known, prefix, false, remove_record, &kept,
                                 err);
    free(hashes);
    return status;
}

/* -------------------------------------------------------------- whole files */

/** What seems to have vanished from the root. */
struct vanished {
    struct nidx_import *m;
    struct nidx_buf paths; /**< each: u8 kind, path, zero */
    struct nidx_buf path;  /**< at hand */
    struct nidx_buf empty; /**< the last folder found empty; zero behind it */
    uint64_t n, n_kept;
};

static bool is_below_failed(const struct nidx_import *m, const char *path)
{
    const char *p = (const char *)m->root.failed.data;
    const char *end = p + m->root.failed.len;

    for (; p < end; p += strlen(p) + 1) {
        if (strncmp(path, p, strlen(p)) == 0)
            return true;
    }
    return false;
}

static void notice(const struct nidx_import *m, const char *path,
                   const char *text)
{
    if (m->options.notice)
        m->options.notice(m->options.context, path, text);
}

/** Whether a folder is there, and whether it holds nothing. */
static bool is_folder(const char *path, bool *empty)
{
    DIR *dir = opendir(path);
    const struct dirent *e;

    if (!dir)
        return false;
    *empty = true;
    while (*empty && (e = readdir(dir)) != NULL)
        *empty = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
    closedir(dir);
    return true;
}

/** Whether the nearest folder above a path that is gone is there and empty:
 * then all of it may be on a disk that is away. It is said once. */
static bool is_below_empty(struct vanished *v, const char *path,
                           struct nidx_error *err, enum nidx_status *status)
{
    char *above = strdup(path);
    bool empty = false, there = false;

    *status = above ? NIDX_OK : nidx_nomem(err);
    for (char *slash; above && !there &&
                      (slash = strrchr(above, '/')) != NULL &&
                      slash != above;) {
        *slash = '\0';
        there = is_folder(above, &empty);
    }
    empty = there && empty;
    if (empty &&
        (!v->empty.data || strcmp((const char *)v->empty.data, above) != 0)) {
        v->empty.len = 0;
        nidx_buf_put(&v->empty, above, strlen(above) + 1);
        if (v->empty.oom)
            *status = nidx_nomem(err);
        else
            notice(v->m, above,
                   "nothing below it was pruned: the folder is empty, as that "
                   "of a disk that is away; remove the folder, or use nidx rm");
    }
    free(above);
    return empty;
}

static enum nidx_status take(struct vanished *v, struct nidx_bytes path,
                             enum nidx_file_kind kind, struct nidx_error *err)
{
    v->path.len = 0;
    nidx_buf_put(&v->path, path.data, path.len);
    nidx_buf_u8(&v->path, 0);
    if (v->path.oom)
        return nidx_nomem(err);
    const char *name = (const char *)v->path.data;
    if (strlen(name) != path.len || !nidx_path_is_gone(name))
        return NIDX_OK;
    if (is_below_failed(v->m, name)) {
        v->n_kept++;
        return NIDX_OK;
    }
    enum nidx_status status;
    if (is_below_empty(v, name, err, &status) || status != NIDX_OK)
        return status;
    v->n++;
    nidx_buf_u8(&v->paths, (uint8_t)kind);
    nidx_buf_put(&v->paths, name, path.len + 1);
    return v->paths.oom ? nidx_nomem(err) : NIDX_OK;
}

static enum nidx_status take_document(void *context, struct nidx_bytes key,
                                      const struct nidx_known_doc *doc,
                                      struct nidx_error *err)
{
    /* Records, and what programs added themselves, are no files. */
    return doc->content != 0 ? take(context, key, NIDX_FILE_NONE, err)
                             : NIDX_OK;
}

static enum nidx_status take_records(void *context, struct nidx_bytes path,
                                     const struct nidx_file *file,
                                     struct nidx_error *err)
{
    struct vanished *v = context;
    const struct nidx_buf *root = &v->m->root.path;

    if (file->kind == NIDX_FILE_TOUCHED || path.len <= root->len ||
        memcmp(path.data, root->data, root->len) != 0)
        return NIDX_OK;
    return take(v, path, file->kind, err);
}

/** Says what is kept, and why. */
static void tell_kept(const struct vanished *v)
{
    const struct nidx_import *m = v->m;
    const char *p = (const char *)m->root.failed.data;
    const char *end = p + m->root.failed.len;

    for (; v->n_kept > 0 && p < end; p += strlen(p) + 1)
        notice(m, p,
               "nothing below it was pruned: the folder could not be read");
}

/** Removes what vanished, one path after another. */
static enum nidx_status remove_all(struct vanished *v, struct nidx_error *err)
{
    const struct nidx_file none = {.kind = NIDX_FILE_NONE};
    struct nidx_import *m = v->m;
    enum nidx_status status = NIDX_OK;

    for (size_t at = 0; at < v->paths.len && status == NIDX_OK;) {
        const enum nidx_file_kind kind =
            (enum nidx_file_kind)v->paths.data[at++];
        const char *name = (const char *)v->paths.data + at;
        const struct nidx_bytes path = {v->paths.data + at, strlen(name)};
        at += path.len + 1;
        if (kind == NIDX_FILE_NONE)
            status = nidx_import_remove(m, path, err);
        else if (kind == NIDX_FILE_RECORDS)
            status = nidx_import_remove_records(m, path, true, err);
        else
            notice(m, name,
                   "it is gone, but its records stay: their keys do not say "
                   "where they come from");
        if (status == NIDX_OK)
            status = nidx_notes_add(&m->writer->notes, path, &none, err);
    }
    return status;
}

enum nidx_status nidx_import_prune(struct nidx_import *m,
                                   struct nidx_error *err)
{
    struct vanished v = {.m = m};
    const struct nidx_bytes root = {m->root.path.data, m->root.path.len};

    enum nidx_status status =
        nidx_known_each(&m->known, root, true, take_document, &v, err);
    if (status == NIDX_OK)
        status = nidx_file_each(m->known.catalog->view, take_records, &v, err);
    if (status == NIDX_OK) {
        tell_kept(&v);
        status = remove_all(&v, err);
    }
    nidx_buf_done(&v.paths);
    nidx_buf_done(&v.path);
    nidx_buf_done(&v.empty);
    return status;
}
