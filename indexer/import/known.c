/* known.c: what the last commit knows of files: one walk over all keys.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/import/known.h"

#include <stdlib.h>
#include <string.h>

/** Farther keys are looked up rather than walked to. */
#define STEPS 48
/** Ends a walk that has found what it looked for. */
#define ENOUGH NIDX_ERR_STOPPED

/* ------------------------------------------------------------- open, close */

static enum nidx_status open_cursors(struct nidx_known *k,
                                     struct nidx_error *err)
{
    const uint32_t n = k->catalog->manifest.n_segments;

    k->cursors = calloc((size_t)n + 1, sizeof(*k->cursors));
    k->seen = calloc((size_t)n + 1, sizeof(uint64_t *));
    if (!k->cursors || !k->seen)
        return nidx_nomem(err);
    for (uint32_t i = 0; i < n; i++) {
        const struct nidx_segment *s = k->catalog->segments[i];
        nidx_strtab_cursor_init(&k->cursors[i], &s->keys);
        k->seen[i] = calloc((size_t)s->n_docs / 64 + 1, sizeof(uint64_t));
        if (!k->seen[i])
            return nidx_nomem(err);
        enum nidx_status status =
            nidx_strtab_seek_ordinal(&k->cursors[i], 0, err);
        if (status != NIDX_OK)
            return status;
    }
    return NIDX_OK;
}

enum nidx_status nidx_known_open(struct nidx_known *k, struct nidx_error *err)
{
    if (k->catalog)
        return NIDX_OK;
    enum nidx_status status = nidx_catalog_open(k->store, &k->catalog, err);
    if (status == NIDX_OK)
        status = open_cursors(k, err);
    if (status != NIDX_OK)
        nidx_known_close(k);
    return status;
}

void nidx_known_close(struct nidx_known *k)
{
    for (uint32_t i = 0; k->catalog && i < k->catalog->manifest.n_segments;
         i++) {
        if (k->cursors)
            nidx_strtab_cursor_done(&k->cursors[i]);
        if (k->seen)
            free(k->seen[i]);
    }
    free(k->cursors);
    free(k->seen);
    nidx_buf_done(&k->last);
    nidx_catalog_close(k->catalog);
    *k = (struct nidx_known){.store = k->store};
}

/* ---------------------------------------------------------------- look-ups */

static int compare(const struct nidx_strtab_cursor *c, struct nidx_bytes key)
{
    const struct nidx_bytes at = {c->key.data, c->key.len};

    return nidx_bytes_compare(at, key);
}

/** Moves a cursor that stands before key, or on it, to the first key that is
 * at least key. */
static enum nidx_status step_to(struct nidx_strtab_cursor *c,
                                struct nidx_bytes key, struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;
    unsigned steps = 0;

    while (status == NIDX_OK && !c->at_end && compare(c, key) < 0) {
        if (steps++ == STEPS)
            return nidx_strtab_seek(c, key, err);
        status = nidx_strtab_next(c, err);
    }
    return status;
}

/** Takes the request down; rising where no cursor can be past it. */
static enum nidx_status note_request(struct nidx_known *k,
                                     struct nidx_bytes key, bool *rising,
                                     struct nidx_error *err)
{
    const struct nidx_bytes last = {k->last.data, k->last.len};

    *rising = last.len == 0 || nidx_bytes_compare(last, key) <= 0;
    k->last.len = 0;
    nidx_buf_put(&k->last, key.data, key.len);
    return k->last.oom ? nidx_nomem(err) : NIDX_OK;
}

/** The document of the key that a cursor of segment i stands on; found: it
 * lives. */
static enum nidx_status doc_at(const struct nidx_known *k, uint32_t i,
                               const struct nidx_strtab_cursor *c,
                               struct nidx_known_doc *out,
                               struct nidx_error *err)
{
    const struct nidx_segment *s = k->catalog->segments[i];
    const struct nidx_bytes value = c->value;
    struct nidx_reader r = nidx_reader_of(value.data, value.len);

    *out = (struct nidx_known_doc){.segment = i, .doc = nidx_read_varint32(&r)};
    if (r.bad || out->doc >= s->n_docs)
        return nidx_corrupt(err, "a key's document number");
    if (nidx_segment_is_deleted(s, out->doc))
        return NIDX_OK;
    out->found = true;
    enum nidx_status status = nidx_column_get(&s->columns[NIDX_COLUMN_STAT],
                                              out->doc, &out->stat, err);
    if (status == NIDX_OK)
        status = nidx_column_get(&s->columns[NIDX_COLUMN_CONTENT], out->doc,
                                 &out->content, err);
    return status;
}

static uint64_t *seen_word(const struct nidx_known *k,
                           const struct nidx_known_doc *d)
{
    return &k->seen[d->segment][d->doc >> 6];
}

enum nidx_status nidx_known_find(struct nidx_known *k, struct nidx_bytes key,
                                 struct nidx_known_doc *out,
                                 struct nidx_error *err)
{
    bool rising = false;

    *out = (struct nidx_known_doc){.found = false};
    enum nidx_status status = nidx_known_open(k, err);
    if (status == NIDX_OK)
        status = note_request(k, key, &rising, err);
    for (uint32_t i = 0;
         status == NIDX_OK && i < k->catalog->manifest.n_segments; i++) {
        struct nidx_strtab_cursor *c = &k->cursors[i];
        status = rising ? step_to(c, key, err) : nidx_strtab_seek(c, key, err);
        if (status == NIDX_OK && !out->found && !c->at_end &&
            compare(c, key) == 0)
            status = doc_at(k, i, c, out, err);
    }
    if (status == NIDX_OK && out->found)
        *seen_word(k, out) |= UINT64_C(1) << (out->doc & 63);
    return status;
}

enum nidx_status nidx_known_file(struct nidx_known *k, struct nidx_bytes path,
                                 struct nidx_file *out, struct nidx_error *err)
{
    enum nidx_status status = nidx_known_open(k, err);

    return status == NIDX_OK ? nidx_file_get(k->catalog->view, path, out, err)
                             : status;
}

/* ------------------------------------------------------------------- walks */

static bool begins_with(const struct nidx_buf *key, struct nidx_bytes prefix)
{
    return key->len >= prefix.len &&
           (prefix.len == 0 || memcmp(key->data, prefix.data, prefix.len) == 0);
}

/** A walk over the keys of segment i. */
static enum nidx_status each_of(const struct nidx_known *k, uint32_t i,
                                struct nidx_bytes prefix, bool unseen,
                                nidx_known_fn each, void *context,
                                struct nidx_error *err)
{
    struct nidx_strtab_cursor c;
    struct nidx_known_doc d;

    nidx_strtab_cursor_init(&c, &k->catalog->segments[i]->keys);
    enum nidx_status status = nidx_strtab_seek(&c, prefix, err);
    while (status == NIDX_OK && !c.at_end && begins_with(&c.key, prefix)) {
        const struct nidx_bytes key = {c.key.data, c.key.len};
        status = doc_at(k, i, &c, &d, err);
        const bool wanted =
            status == NIDX_OK && d.found &&
            !(unseen && (*seen_word(k, &d) >> (d.doc & 63) & 1));
        if (wanted)
            status = each(context, key, &d, err);
        if (status == NIDX_OK)
            status = nidx_strtab_next(&c, err);
    }
    nidx_strtab_cursor_done(&c);
    return status;
}

enum nidx_status nidx_known_each(struct nidx_known *k, struct nidx_bytes prefix,
                                 bool unseen, nidx_known_fn each, void *context,
                                 struct nidx_error *err)
{
    enum nidx_status status = nidx_known_open(k, err);

    for (uint32_t i = 0;
         status == NIDX_OK && i < k->catalog->manifest.n_segments; i++)
        status = each_of(k, i, prefix, unseen, each, context, err);
    return status;
}

static enum nidx_status note_any(void *context, struct nidx_bytes key,
                                 const struct nidx_known_doc *doc,
                                 struct nidx_error *err)
{
    bool *any = context;

    (void)key;
    (void)doc;
    (void)err;
    *any = true;
    return ENOUGH;
}

enum nidx_status nidx_known_any(struct nidx_known *k, struct nidx_bytes prefix,
                                bool *any, struct nidx_error *err)
{
    *any = false;
    enum nidx_status status =
        nidx_known_each(k, prefix, false, note_any, any, err);

    return status == ENOUGH && *any ? NIDX_OK : status;
}
