/* segment.c: a segment: reading its chunks.
 *
 * A chunk is looked up in the store once; afterwards its address stands in an
 * array. The arrays are made at the first look-up, when the meta part, which
 * says how long they are, is read.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/segment/segment.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "common/codec/filter.h"
#include "common/segment/manifest_impl.h"
#include "common/segment/segment_impl.h"

/* A chunk: data is NULL until it was looked up; len is stored before data. */
struct slot {
    _Atomic(const uint8_t *) data;
    _Atomic size_t len;
};

/* Slots of all parts, one array; chunk c of part p is slots[first[p] + c]. */
struct directory {
    struct nidx_segment_meta meta;
    uint32_t n[NIDX_PART_COUNT]; /* slots of each part */
    size_t first[NIDX_PART_COUNT];
    uint32_t column_chunks; /* chunks of one column */
    struct slot slots[];
};

struct cache {
    _Atomic(struct directory *) directory;
};

/* ------------------------------------------------------------- meta part */

void nidx_segment_meta_write(struct nidx_buf *out,
                             const struct nidx_segment_meta *m)
{
    nidx_segment_info_write(out, &m->info);
    nidx_buf_u32(out, NIDX_PART_COUNT - 1);
    for (unsigned p = 1; p < NIDX_PART_COUNT; p++) {
        nidx_buf_u32(out, m->chunks[p]);
        nidx_buf_u64(out, m->bytes[p]);
    }
}

bool nidx_segment_meta_read(struct nidx_bytes b, struct nidx_segment_meta *m)
{
    struct nidx_reader r = nidx_reader_of(b.data, b.len);

    *m = (struct nidx_segment_meta){0};
    nidx_segment_info_read(&r, &m->info);
    uint32_t n = nidx_read_u32(&r);
    for (unsigned p = 1; p < NIDX_PART_COUNT; p++) {
        m->chunks[p] = nidx_read_u32(&r);
        m->bytes[p] = nidx_read_u64(&r);
    }
    return !r.bad && n == NIDX_PART_COUNT - 1 && nidx_reader_left(&r) == 0;
}

const char *nidx_part_name(unsigned part)
{
    static const char *const names[NIDX_PART_COUNT] = {"?",
                                                       "meta",
                                                       "terms",
                                                       "top index of terms",
                                                       "postings",
                                                       "positions",
                                                       "dense",
                                                       "keys",
                                                       "top index of keys",
                                                       "filter",
                                                       "columns",
                                                       "text",
                                                       "index of text",
                                                       "dictionaries of text"};

    return names[part < NIDX_PART_COUNT ? part : 0];
}

static enum nidx_status damaged(const struct nidx_segment *s, unsigned part,
                                uint32_t chunk, const char *what,
                                struct nidx_error *err)
{
    return nidx_fail(err, NIDX_ERR_CORRUPT,
                     "corrupt: segment %u, %s, chunk %u: %s", s->info.id,
                     nidx_part_name(part), chunk, what);
}

/* ------------------------------------------------------------- directory */

static enum nidx_status fetch(const struct nidx_segment *s, enum nidx_part part,
                              uint32_t chunk, bool verify,
                              struct nidx_bytes *out, struct nidx_error *err)
{
    uint8_t key[NIDX_PART_KEY];

    nidx_part_key(key, s->info.id, part, chunk);
    enum nidx_status status = nidx_view_get(
        s->view, (struct nidx_bytes){key, sizeof(key)}, verify, out, err);
    if (status == NIDX_ERR_NOTFOUND)
        return damaged(s, part, chunk, "it is not there", err);
    if (status == NIDX_ERR_CORRUPT && verify)
        return damaged(s, part, chunk,
                       "it cannot be read, or its checksum "
                       "is wrong",
                       err);
    return status;
}

/* Every chunk has a byte at least, so more chunks than bytes are a lie. */
static bool is_possible(const struct nidx_segment *s,
                        const struct nidx_segment_meta *m)
{
    uint64_t bytes = 0;

    for (unsigned p = 1; p < NIDX_PART_COUNT; p++) {
        if (m->chunks[p] > m->bytes[p] || m->bytes[p] > s->info.bytes)
            return false;
        bytes += m->bytes[p];
    }
    return bytes == s->info.bytes && bytes <= nidx_view_bytes(s->view) &&
           m->info.n_docs == s->n_docs && s->n_docs <= m->bytes[NIDX_PART_KEYS];
}

static enum nidx_status make_directory(const struct nidx_segment *s,
                                       struct directory **out,
                                       struct nidx_error *err)
{
    struct nidx_bytes b;
    struct nidx_segment_meta meta;
    enum nidx_status status = fetch(s, NIDX_PART_META, 0, true, &b, err);

    if (status != NIDX_OK)
        return status;
    if (!nidx_segment_meta_read(b, &meta) || !is_possible(s, &meta))
        return damaged(s, NIDX_PART_META, 0, "it does not fit the manifest",
                       err);
    size_t n = 1;
    for (unsigned p = 1; p < NIDX_PART_COUNT; p++)
        n += meta.chunks[p];
    /* Columns have slots whether they are present or not. */
    const uint32_t per_column = (s->n_docs - 1) / NIDX_COLUMN_ROWS + 1;
    n += (size_t)per_column * NIDX_COLUMN_COUNT;
    struct directory *d = calloc(1, sizeof(*d) + n * sizeof(struct slot));
    if (!d)
        return nidx_nomem(err);
    d->meta = meta;
    d->column_chunks = per_column;
    size_t first = 0;
    for (unsigned p = 1; p < NIDX_PART_COUNT; p++) {
        d->first[p] = first;
        d->n[p] = meta.chunks[p];
        if (p == NIDX_PART_COLUMN)
            d->n[p] = per_column * NIDX_COLUMN_COUNT;
        first += d->n[p];
    }
    *out = d;
    return NIDX_OK;
}

/* The directory; of two threads that make it at once one throws its own away. */
static enum nidx_status directory_of(const struct nidx_segment *s,
                                     struct directory **out,
                                     struct nidx_error *err)
{
    struct cache *cache = s->chunks;
    struct directory *made,
        *there = atomic_load_explicit(&cache->directory, memory_order_acquire);

    *out = there;
    if (there)
        return NIDX_OK;
    enum nidx_status status = make_directory(s, &made, err);
    if (status != NIDX_OK)
        return status;
    *out = made;
    if (!atomic_compare_exchange_strong(&cache->directory, &there, made)) {
        free(made);
        *out = there;
    }
    return NIDX_OK;
}

enum nidx_status nidx_segment_meta_of(const struct nidx_segment *s,
                                      const struct nidx_segment_meta **out,
                                      struct nidx_error *err)
{
    struct directory *d;
    enum nidx_status status = directory_of(s, &d, err);

    if (status == NIDX_OK)
        *out = &d->meta;
    return status;
}

/* Posting lists are large, are read in bits and pieces, and their readers
 * survive any bytes; everything else is verified when first touched. */
static bool is_verified(const struct nidx_segment *s, enum nidx_part part)
{
    return s->verify || (part != NIDX_PART_DOCS && part != NIDX_PART_POS &&
                         part != NIDX_PART_DENSE);
}

static enum nidx_status fill_slot(const struct nidx_segment *s,
                                  struct slot *slot, enum nidx_part part,
                                  uint32_t chunk, struct nidx_bytes *out,
                                  struct nidx_error *err)
{
    enum nidx_status status =
        fetch(s, part, chunk, is_verified(s, part), out, err);

    if (status != NIDX_OK)
        return status;
    atomic_store_explicit(&slot->len, out->len, memory_order_relaxed);
    atomic_store_explicit(&slot->data, out->data, memory_order_release);
    return NIDX_OK;
}

static enum nidx_status get(struct nidx_part_source *source,
                            enum nidx_part part, uint32_t chunk,
                            struct nidx_bytes *out, struct nidx_error *err)
{
    const struct nidx_segment *s = (const struct nidx_segment *)source;
    struct directory *d;
    enum nidx_status status = directory_of(s, &d, err);
    uint32_t at = chunk;

    if (status != NIDX_OK)
        return status;
    if (part == NIDX_PART_COLUMN) {
        at = (chunk >> 20) * d->column_chunks + (chunk & 0xfffff);
        if ((chunk & 0xfffff) >= d->column_chunks)
            at = UINT32_MAX;
    }
    if (at >= d->n[part])
        return damaged(s, part, chunk, "it is named, but cannot be", err);
    struct slot *slot = &d->slots[d->first[part] + at];
    out->data = atomic_load_explicit(&slot->data, memory_order_acquire);
    out->len = atomic_load_explicit(&slot->len, memory_order_relaxed);
    if (out->data)
        return NIDX_OK;
    return fill_slot(s, slot, part, chunk, out, err);
}

/* --------------------------------------------------------------- opening */

static void set_up(struct nidx_segment *s)
{
    s->source.get = get;
    s->n_docs = s->info.n_docs;
    s->terms = (struct nidx_strtab){.source = &s->source,
                                    .part = NIDX_PART_TERMS,
                                    .top = NIDX_PART_TERMS_TOP,
                                    .n_chunks = s->info.n_terms_chunks,
                                    .n_entries = s->info.n_terms};
    s->keys = (struct nidx_strtab){.source = &s->source,
                                   .part = NIDX_PART_KEYS,
                                   .top = NIDX_PART_KEYS_TOP,
                                   .n_chunks = s->info.n_keys_chunks,
                                   .n_entries = s->info.n_keys};
    s->text = (struct nidx_text){.source = &s->source,
                                 .n_bytes = s->info.n_text,
                                 .n_blocks = s->info.n_text_blocks};
    for (unsigned i = 0; i < NIDX_COLUMN_COUNT; i++)
        s->columns[i] =
            (struct nidx_column){.source = &s->source,
                                 .column = (enum nidx_column_id)i,
                                 .n_docs = s->n_docs,
                                 .present = s->info.present >> i & 1};
}

enum nidx_status nidx_segment_open(struct nidx_view *v,
                                   const struct nidx_segment_info *info,
                                   struct nidx_segment **out,
                                   struct nidx_error *err)
{
    uint64_t *deleted = NULL;

    *out = NULL;
    struct nidx_segment *s = calloc(1, sizeof(*s));
    if (!s)
        return nidx_nomem(err);
    s->view = v;
    s->info = *info;
    s->chunks = calloc(1, sizeof(struct cache));
    enum nidx_status status = NIDX_OK;
    if (!s->chunks)
        status = nidx_nomem(err);
    else if (info->n_docs == 0 || info->n_docs > nidx_view_bytes(v))
        status = nidx_corrupt(err, "manifest: a segment with no documents, or "
                                   "more than bytes");
    else
        status = nidx_deletions_read(v, info, &deleted, err);
    s->deleted = deleted;
    if (status != NIDX_OK) {
        nidx_segment_close(s);
        return status;
    }
    set_up(s);
    *out = s;
    return NIDX_OK;
}

void nidx_segment_close(struct nidx_segment *s)
{
    if (!s)
        return;
    struct cache *cache = s->chunks;
    if (cache)
        free(atomic_load(&cache->directory));
    free(cache);
    free((void *)(uintptr_t)s->deleted);
    free(s);
}
