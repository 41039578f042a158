/* deletions.c: which documents of a segment are deleted; and sweeping away
 * what no manifest names.
 *
 * Value: u32 documents, u32 deleted ones, u8 form; form 0: a bitmap of
 * ceil(n / 64) x u64, form 1: a varint for each deleted document, its distance
 * from the one before, less one (few deletions in a large segment).
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "common/segment/manifest.h"

#define HEAD 9

enum {
    FORM_BITMAP = 0,
    FORM_GAPS = 1
};

/* Key: 0, 2, segment. */
#define KEY_BYTES 6
static void make_key(uint8_t key[KEY_BYTES], uint32_t segment)
{
    key[0] = 0;
    key[1] = 2;
    for (unsigned i = 0; i < 4; i++)
        key[2 + i] = (uint8_t)(segment >> (24 - 8 * i));
}

static size_t words_of(uint32_t n_docs)
{
    return ((size_t)n_docs + 63) / 64;
}

/* -------------------------------------------------------------- writing */

static uint32_t count_bits(const uint64_t *words, size_t n)
{
    uint32_t count = 0;

    for (size_t i = 0; i < n; i++)
        count += (uint32_t)__builtin_popcountll(words[i]);
    return count;
}

static void put_gaps(struct nidx_buf *b, const uint64_t *words, size_t n)
{
    uint64_t next = 0;

    for (size_t i = 0; i < n; i++) {
        for (uint64_t w = words[i]; w; w &= w - 1) {
            uint64_t doc = 64 * i + (unsigned)__builtin_ctzll(w);
            nidx_buf_varint(b, doc - next);
            next = doc + 1;
        }
    }
}

enum nidx_status nidx_deletions_write(struct nidx_txn *t, uint32_t segment,
                                      uint32_t n_docs, const uint64_t *words,
                                      struct nidx_error *err)
{
    const size_t n = words_of(n_docs);
    const uint32_t n_deleted = count_bits(words, n);
    /* A gap takes four bytes at most in all but absurd cases. */
    const bool few = n_deleted < n_docs / 32;
    uint8_t key[KEY_BYTES];
    struct nidx_buf b = {0};
    enum nidx_status status;

    nidx_buf_u32(&b, n_docs);
    nidx_buf_u32(&b, n_deleted);
    nidx_buf_u8(&b, few ? FORM_GAPS : FORM_BITMAP);
    if (few)
        put_gaps(&b, words, n);
    else
        for (size_t i = 0; i < n; i++)
            nidx_buf_u64(&b, words[i]);
    make_key(key, segment);
    if (b.oom)
        status = nidx_nomem(err);
    else
        status = nidx_txn_put(t, (struct nidx_bytes){key, sizeof(key)},
                              (struct nidx_bytes){b.data, b.len}, err);
    nidx_buf_done(&b);
    return status;
}

enum nidx_status nidx_deletions_drop(struct nidx_txn *t, uint32_t segment,
                                     struct nidx_error *err)
{
    uint8_t key[KEY_BYTES];

    make_key(key, segment);
    return nidx_txn_delete(t, (struct nidx_bytes){key, sizeof(key)}, err);
}

/* -------------------------------------------------------------- reading */

static bool read_gaps(struct nidx_reader *r, uint32_t n_docs,
                      uint32_t n_deleted, uint64_t *words)
{
    uint64_t next = 0;

    for (uint32_t i = 0; i < n_deleted; i++) {
        uint32_t gap = nidx_read_varint32(r);
        if (r->bad || next + gap >= n_docs)
            return false;
        next += gap;
        words[next / 64] |= UINT64_C(1) << (next % 64);
        next++;
    }
    return nidx_reader_left(r) == 0;
}

static bool read_bitmap(struct nidx_reader *r, uint32_t n_docs,
                        uint32_t n_deleted, uint64_t *words)
{
    const size_t n = words_of(n_docs);

    if (nidx_reader_left(r) != 8 * n)
        return false;
    for (size_t i = 0; i < n; i++)
        words[i] = nidx_read_u64(r);
    if (n_docs % 64 != 0 && words[n - 1] >> (n_docs % 64) != 0)
        return false;
    return count_bits(words, n) == n_deleted;
}

static enum nidx_status parse(struct nidx_bytes b,
                              const struct nidx_segment_info *s,
                              uint64_t **words, struct nidx_error *err)
{
    struct nidx_reader r = nidx_reader_of(b.data, b.len);
    uint32_t n_docs = nidx_read_u32(&r), n_deleted = nidx_read_u32(&r);
    uint8_t form = nidx_read_u8(&r);
    bool fits = false;

    if (r.bad || n_docs != s->n_docs || n_deleted != s->n_deleted ||
        form > FORM_GAPS)
        return nidx_fail(err, NIDX_ERR_CORRUPT,
                         "corrupt: deletions of segment %u: they do not fit "
                         "the manifest",
                         s->id);
    *words = calloc(words_of(n_docs), sizeof(**words));
    if (!*words)
        return nidx_nomem(err);
    if (form == FORM_GAPS)
        fits = read_gaps(&r, n_docs, n_deleted, *words);
    else
        fits = read_bitmap(&r, n_docs, n_deleted, *words);
    if (fits)
        return NIDX_OK;
    free(*words);
    *words = NULL;
    return nidx_fail(err, NIDX_ERR_CORRUPT,
                     "corrupt: deletions of segment %u: bad documents", s->id);
}

enum nidx_status nidx_deletions_read(struct nidx_view *v,
                                     const struct nidx_segment_info *s,
                                     uint64_t **words, struct nidx_error *err)
{
    uint8_t key[KEY_BYTES];
    struct nidx_bytes b;

    *words = NULL;
    if (s->n_deleted == 0)
        return NIDX_OK;
    make_key(key, s->id);
    enum nidx_status status =
        nidx_view_get(v, (struct nidx_bytes){key, sizeof(key)}, true, &b, err);
    if (status == NIDX_ERR_NOTFOUND)
        return nidx_fail(err, NIDX_ERR_CORRUPT,
                         "corrupt: deletions of segment %u are not there",
                         s->id);
    if (status != NIDX_OK)
        return status;
    return parse(b, s, words, err);
}

/* ------------------------------------------------------------- sweeping */

/* Ids met in the store that the manifest does not name, each once. */
struct strays {
    const struct nidx_manifest *m;
    uint32_t last;
    bool any;
    struct nidx_buf ids; /* u32 each */
};

static bool is_named(const struct nidx_manifest *m, uint32_t id)
{
    for (uint32_t i = 0; i < m->n_segments; i++) {
        if (m->segments[i].id == id)
            return true;
    }
    return false;
}

/* Keys come in order, so those of one segment stand together. */
static int note_stray(void *context, struct nidx_bytes key, size_t len)
{
    struct strays *s = context;

    (void)len;
    if (key.len < KEY_BYTES)
        return 0;
    const uint8_t *p = key.data + (key.data[0] == 0 ? 2 : 1);
    uint32_t id = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
                  (uint32_t)p[2] << 8 | p[3];
    if (s->any && id == s->last)
        return 0;
    s->any = true;
    s->last = id;
    if (!is_named(s->m, id))
        nidx_buf_u32(&s->ids, id);
    return 0;
}

static enum nidx_status find_strays(struct nidx_store *store,
                                    struct strays *found, size_t *n_parts,
                                    struct nidx_error *err)
{
    static const uint8_t parts[] = {1}, deletions[] = {0, 2};
    struct nidx_view *v;
    enum nidx_status status = nidx_view_open(store, &v, err);

    if (status != NIDX_OK)
        return status;
    status = nidx_view_each(v, (struct nidx_bytes){parts, sizeof(parts)},
                            note_stray, found, err);
    *n_parts = found->ids.len / 4;
    found->any = false;
    if (status == NIDX_OK)
        status =
            nidx_view_each(v, (struct nidx_bytes){deletions, sizeof(deletions)},
                           note_stray, found, err);
    nidx_view_close(v);
    return found->ids.oom ? nidx_nomem(err) : status;
}

static enum nidx_status drop_strays(struct nidx_store *store,
                                    const struct strays *found,
                                    struct nidx_error *err)
{
    struct nidx_txn *t;
    enum nidx_status status = nidx_txn_begin(store, &t, err);

    if (status != NIDX_OK)
        return status;
    for (size_t i = 0; i < found->ids.len && status == NIDX_OK; i += 4) {
        uint32_t id = nidx_load32(found->ids.data + i);
        uint8_t key[NIDX_SEGMENT_KEY];
        nidx_segment_key(key, id);
        status = nidx_txn_delete(t, (struct nidx_bytes){key, sizeof(key)}, err);
        if (status == NIDX_OK)
            status = nidx_deletions_drop(t, id, err);
    }
    if (status == NIDX_OK)
        return nidx_txn_commit(t, err);
    nidx_txn_abort(t);
    return status;
}

enum nidx_status nidx_manifest_sweep(struct nidx_store *s,
                                     const struct nidx_manifest *m,
                                     uint32_t *n_dropped,
                                     struct nidx_error *err)
{
    struct strays found = {.m = m};
    size_t n_parts = 0;
    enum nidx_status status = find_strays(s, &found, &n_parts, err);

    if (status == NIDX_OK && found.ids.len > 0)
        status = drop_strays(s, &found, err);
    if (status == NIDX_OK && n_dropped)
        *n_dropped = (uint32_t)n_parts;
    nidx_buf_done(&found.ids);
    return status;
}
