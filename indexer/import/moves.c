/* moves.c: whether a new file is one that the index knows under another path.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/import/moves.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "indexer/write/grow.h"

/** Bytes of the table for a document: two fingerprints, half of it free. */
#define PER_DOC (4 * sizeof(struct nidx_moves_slot))
#define ROWS    1024
/** Files of one fingerprint that are remembered: a table of copies would be one
 * long chain. */
#define EQUAL_MOST 16
/** A slot whose file was found. */
#define TAKEN UINT32_MAX

/* ------------------------------------------------------------------ a path */

static bool is_missing(const char *path, struct stat *st)
{
    return lstat(path, st) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

bool nidx_path_is_gone(const char *path)
{
    struct stat st;
    bool gone = is_missing(path, &st);
    char *copy = gone ? strdup(path) : NULL;

    if (!copy)
        return false;
    /* The innermost folder that is there must be one, and no link: that may
     * lead to a disk that comes back. */
    for (char *slash = strrchr(copy, '/'); slash && slash > copy;
         slash = strrchr(copy, '/')) {
        *slash = 0;
        if (is_missing(copy, &st))
            continue;
        gone = lstat(copy, &st) == 0 && !S_ISLNK(st.st_mode);
        break;
    }
    free(copy);
    return gone;
}

/* ------------------------------------------------------------------- table */

static void insert(struct nidx_moves *m, uint64_t hash, uint32_t what)
{
    const uint32_t tag = (uint32_t)(hash >> 32);
    size_t at = (size_t)hash & m->mask;
    unsigned n_equal = 0;

    if (hash == 0)
        return;
    for (; m->slots[at].what != 0; at = (at + 1) & m->mask) {
        n_equal += m->slots[at].tag == tag;
        if (n_equal == EQUAL_MOST)
            return;
    }
    m->slots[at] = (struct nidx_moves_slot){tag, what};
}

static enum nidx_status insert_column(struct nidx_moves *m,
                                      const struct nidx_segment *s,
                                      enum nidx_column_id column, uint32_t base,
                                      struct nidx_error *err)
{
    uint64_t rows[ROWS];

    for (uint32_t doc = 0; doc < s->n_docs; doc += ROWS) {
        const uint32_t n = s->n_docs - doc < ROWS ? s->n_docs - doc : ROWS;
        enum nidx_status status =
            nidx_column_read64(&s->columns[column], doc, n, rows, err);
        if (status != NIDX_OK)
            return status;
        for (uint32_t i = 0; i < n; i++) {
            if (!nidx_segment_is_deleted(s, doc + i))
                insert(m, rows[i], base + doc + i + 1);
        }
    }
    return NIDX_OK;
}

static enum nidx_status insert_docs(struct nidx_moves *m,
                                    const struct nidx_catalog *c,
                                    struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;
    uint32_t base = 0;

    for (uint32_t i = 0; i < c->manifest.n_segments && status == NIDX_OK; i++) {
        const struct nidx_segment *s = c->segments[i];
        status = insert_column(m, s, NIDX_COLUMN_STAT, base, err);
        if (status == NIDX_OK)
            status = insert_column(m, s, NIDX_COLUMN_CONTENT, base, err);
        base += s->n_docs;
    }
    return status;
}

static enum nidx_status take_entry(void *context, struct nidx_bytes path,
                                   const struct nidx_file *file,
                                   struct nidx_error *err)
{
    struct nidx_moves *m = context;

    if (file->kind == NIDX_FILE_TOUCHED)
        return NIDX_OK;
    if (!nidx_grow(&m->entries, &m->cap_entries, (uint64_t)m->n_entries + 1,
                   sizeof(*m->entries)))
        return nidx_nomem(err);
    m->entries[m->n_entries++] =
        (struct nidx_moves_entry){*file, m->paths.len, path.len};
    nidx_buf_put(&m->paths, path.data, path.len);
    nidx_buf_u8(&m->paths, 0);
    return m->paths.oom ? nidx_nomem(err) : NIDX_OK;
}

static enum nidx_status build(struct nidx_moves *m, struct nidx_known *k,
                              size_t memory, struct nidx_error *err)
{
    enum nidx_status status = nidx_known_open(k, err);

    if (status != NIDX_OK)
        return status;
    m->built = true;
    if (k->catalog->n_docs == 0 || k->catalog->n_docs > memory / PER_DOC ||
        k->catalog->n_docs > UINT32_MAX / 4)
        return NIDX_OK;
    m->n_docs = (uint32_t)k->catalog->n_docs;
    status = nidx_file_each(k->catalog->view, take_entry, m, err);
    if (status != NIDX_OK)
        return status;
    size_t n = 64;
    while (n < 4 * ((size_t)m->n_docs + m->n_entries))
        n *= 2;
    m->slots = calloc(n, sizeof(*m->slots));
    if (!m->slots)
        return nidx_nomem(err);
    m->mask = n - 1;
    for (uint32_t i = 0; i < m->n_entries; i++) {
        insert(m, m->entries[i].file.stat, m->n_docs + i + 1);
        insert(m, m->entries[i].file.content, m->n_docs + i + 1);
    }
    return insert_docs(m, k->catalog, err);
}

void nidx_moves_clear(struct nidx_moves *m)
{
    free(m->slots);
    free(m->entries);
    nidx_buf_done(&m->paths);
    nidx_buf_done(&m->key);
    *m = (struct nidx_moves){.built = false};
}

/* ------------------------------------------------------------------ asking */

static bool has_print(const struct nidx_moves_request *r, uint64_t stat,
                      uint64_t content)
{
    return r->stat ? stat == r->stat : content == r->content;
}

/** The segment and document of a number of the table. */
static enum nidx_status read_doc(struct nidx_moves *m,
                                 const struct nidx_catalog *c, uint32_t n,
                                 const struct nidx_moves_request *r, bool *fits,
                                 struct nidx_error *err)
{
    uint32_t i = 0;
    uint64_t stat = 0, content = 0;

    while (n >= c->segments[i]->n_docs)
        n -= c->segments[i++]->n_docs;
    const struct nidx_segment *s = c->segments[i];
    enum nidx_status status =
        nidx_column_get(&s->columns[NIDX_COLUMN_STAT], n, &stat, err);
    if (status == NIDX_OK)
        status =
            nidx_column_get(&s->columns[NIDX_COLUMN_CONTENT], n, &content, err);
    *fits = status == NIDX_OK && content != 0 && has_print(r, stat, content);
    return *fits ? nidx_segment_doc_key(s, n, &m->key, err) : status;
}

/** Whether what is the file asked for; its path goes to m->key. */
static enum nidx_status try(struct nidx_moves *m, const struct nidx_known *k,
                            uint32_t what, const struct nidx_moves_request *r,
                            bool *fits, struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;

    *fits = false;
    m->key.len = 0;
    if ((what > m->n_docs) != r->records)
        return NIDX_OK;
    if (!r->records) {
        status = read_doc(m, k->catalog, what - 1, r, fits, err);
    } else {
        const struct nidx_moves_entry *e = &m->entries[what - m->n_docs - 1];
        *fits = has_print(r, e->file.stat, e->file.content);
        nidx_buf_put(&m->key, m->paths.data + e->path, e->len);
    }
    if (status != NIDX_OK || !*fits)
        return status;
    nidx_buf_u8(&m->key, 0);
    if (m->key.oom)
        return nidx_nomem(err);
    const char *path = (const char *)m->key.data;
    *fits =
        strlen(path) == m->key.len - 1 && path[0] == '/' &&
        m->key.len > r->root.len &&
        (r->root.len == 0 || memcmp(path, r->root.data, r->root.len) == 0) &&
        nidx_path_is_gone(path);
    m->key.len--;
    return NIDX_OK;
}

enum nidx_status nidx_moves_find(struct nidx_moves *m, struct nidx_known *k,
                                 const struct nidx_moves_request *r,
                                 bool *found, struct nidx_file *file,
                                 struct nidx_error *err)
{
    const uint64_t hash = r->stat ? r->stat : r->content;
    enum nidx_status status = NIDX_OK;

    *found = false;
    if (!m->built)
        status = build(m, k, r->memory, err);
    if (status != NIDX_OK || !m->slots || hash == 0)
        return status;
    for (size_t at = (size_t)hash & m->mask; m->slots[at].what != 0;
         at = (at + 1) & m->mask) {
        struct nidx_moves_slot *s = &m->slots[at];
        if (s->what == TAKEN || s->tag != (uint32_t)(hash >> 32))
            continue;
        status = try(m, k, s->what, r, found, err);
        if (status != NIDX_OK)
            return status;
        if (!*found)
            continue;
        *file = (struct nidx_file){.kind = NIDX_FILE_NONE};
        if (r->records)
            *file = m->entries[s->what - m->n_docs - 1].file;
        s->what = TAKEN;
        return NIDX_OK;
    }
    return NIDX_OK;
}
