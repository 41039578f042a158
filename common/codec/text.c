/* text.c: stored documents: reading the stream.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <zstd.h>

#include "common/base/limits.h"
#include "common/codec/text_impl.h"

static enum nidx_status damaged(const char *what, uint32_t block,
                                struct nidx_error *err)
{
    return nidx_fail(err, NIDX_ERR_CORRUPT, "corrupt: text: %s (block %u)",
                     what, block);
}

/* ------------------------------------------------------------- the index */

/* The row of a block (below n_blocks). */
static enum nidx_status row_of(const struct nidx_text *t, uint32_t block,
                               const uint8_t **row, struct nidx_error *err)
{
    struct nidx_bytes b;
    const size_t at = (size_t)(block % NIDX_TEXT_TOP_ROWS) * NIDX_TEXT_TOP_ROW;
    enum nidx_status status = t->source->get(
        t->source, NIDX_PART_TEXT_TOP, block / NIDX_TEXT_TOP_ROWS, &b, err);

    if (status != NIDX_OK)
        return status;
    if (b.len < at + NIDX_TEXT_TOP_ROW)
        return damaged("its index is cut short", block, err);
    *row = b.data + at;
    return NIDX_OK;
}

enum nidx_status nidx_text_block_at(const struct nidx_text *t, uint64_t offset,
                                    uint32_t *block, struct nidx_error *err)
{
    uint32_t lo = 0, hi = t->n_blocks;

    if (offset >= t->n_bytes || t->n_blocks == 0)
        return nidx_corrupt(err, "stored text is asked for beyond its end");
    while (hi - lo > 1) {
        uint32_t mid = lo + (hi - lo) / 2;
        const uint8_t *row;
        enum nidx_status status = row_of(t, mid, &row, err);
        if (status != NIDX_OK)
            return status;
        if (nidx_load64(row) <= offset)
            lo = mid;
        else
            hi = mid;
    }
    *block = lo;
    return NIDX_OK;
}

/* Raw offsets of a block, from its row and the next. */
static enum nidx_status extent_of(const struct nidx_text *t, uint32_t block,
                                  struct nidx_text_block *out, uint32_t *chunk,
                                  uint32_t *offset, struct nidx_error *err)
{
    const uint8_t *row, *next;
    enum nidx_status status = row_of(t, block, &row, err);

    if (status != NIDX_OK)
        return status;
    out->start = nidx_load64(row);
    out->end = t->n_bytes;
    *chunk = nidx_load32(row + 8);
    *offset = nidx_load32(row + 12);
    if (block + 1 < t->n_blocks) {
        status = row_of(t, block + 1, &next, err);
        if (status != NIDX_OK)
            return status;
        out->end = nidx_load64(next);
    }
    if (out->end <= out->start || out->end - out->start > NIDX_TEXT_BLOCK ||
        out->end > t->n_bytes)
        return damaged("bad offsets", block, err);
    return NIDX_OK;
}

/* The n bytes of a frame, of which r holds the first. */
static enum nidx_status frame_of(const struct nidx_text *t, uint32_t chunk,
                                 struct nidx_reader *r, size_t n,
                                 struct nidx_buf *joined,
                                 struct nidx_bytes *frame,
                                 struct nidx_error *err)
{
    struct nidx_bytes next;
    const size_t here = nidx_reader_left(r);

    *frame = (struct nidx_bytes){r->p, n};
    if (n <= here)
        return NIDX_OK;
    enum nidx_status status =
        t->source->get(t->source, NIDX_PART_TEXT, chunk + 1, &next, err);
    if (status != NIDX_OK)
        return status;
    if (n - here > next.len)
        return nidx_corrupt(err, "text: a block is cut short");
    joined->len = 0;
    nidx_buf_put(joined, r->p, here);
    nidx_buf_put(joined, next.data, n - here);
    *frame = (struct nidx_bytes){joined->data, joined->len};
    return joined->oom ? nidx_nomem(err) : NIDX_OK;
}

enum nidx_status nidx_text_block_open(const struct nidx_text *t, uint32_t block,
                                      struct nidx_buf *joined,
                                      struct nidx_text_block *out,
                                      struct nidx_error *err)
{
    struct nidx_bytes b;
    uint32_t chunk, offset;

    if (block >= t->n_blocks)
        return nidx_corrupt(err, "stored text is asked for beyond its end");
    enum nidx_status status = extent_of(t, block, out, &chunk, &offset, err);
    if (status == NIDX_OK)
        status = t->source->get(t->source, NIDX_PART_TEXT, chunk, &b, err);
    if (status != NIDX_OK)
        return status;
    if (offset > b.len)
        return damaged("it lies outside its chunk", block, err);
    struct nidx_reader r = nidx_reader_of(b.data + offset, b.len - offset);
    const size_t packed_len = nidx_read_u32(&r);
    const uint32_t raw_len = nidx_read_u16(&r);
    out->dict = nidx_read_u16(&r);
    if (r.bad || packed_len > ZSTD_COMPRESSBOUND(NIDX_TEXT_BLOCK))
        return damaged("it is cut short", block, err);
    if (raw_len != out->end - out->start)
        return damaged("its length is another than in the index", block, err);
    return frame_of(t, chunk, &r, packed_len, joined, &out->packed, err);
}

/* --------------------------------------------------------------- inflating */

void nidx_text_cache_done(struct nidx_text_cache *c)
{
    ZSTD_freeDCtx(c->context);
    nidx_buf_done(&c->raw);
    nidx_buf_done(&c->joined);
    *c = (struct nidx_text_cache){0};
}

/* Makes zstd know the dictionary of a block, or none. */
static enum nidx_status load_dict(const struct nidx_text *t,
                                  struct nidx_text_cache *cache, uint32_t dict,
                                  struct nidx_error *err)
{
    struct nidx_bytes b = {0};
    enum nidx_status status = NIDX_OK;

    if (cache->dict == dict && (dict == 0 || cache->dict_text == t))
        return NIDX_OK;
    if (dict > 0)
        status =
            t->source->get(t->source, NIDX_PART_TEXT_DICT, dict - 1, &b, err);
    if (status != NIDX_OK)
        return status;
    cache->dict = UINT32_MAX;
    size_t code = ZSTD_DCtx_loadDictionary(cache->context, b.data, b.len);
    if (ZSTD_isError(code))
        return nidx_fail(err, NIDX_ERR_CORRUPT, "corrupt: text: dictionary: %s",
                         ZSTD_getErrorName(code));
    cache->dict = dict;
    cache->dict_text = t;
    return NIDX_OK;
}

enum nidx_status nidx_text_inflate(const struct nidx_text *t,
                                   struct nidx_text_cache *cache,
                                   const struct nidx_text_block *b,
                                   struct nidx_error *err)
{
    const size_t n = (size_t)(b->end - b->start);

    if (cache->text == t && cache->block_start == b->start &&
        cache->block_end == b->end)
        return NIDX_OK;
    if (!cache->context)
        cache->context = ZSTD_createDCtx();
    cache->text = NULL;
    cache->raw.len = 0;
    uint8_t *to = nidx_buf_reserve(&cache->raw, NIDX_TEXT_BLOCK);
    if (!to || !cache->context)
        return nidx_nomem(err);
    enum nidx_status status = load_dict(t, cache, b->dict, err);
    if (status != NIDX_OK)
        return status;
    size_t got = ZSTD_decompressDCtx(cache->context, to, n, b->packed.data,
                                     b->packed.len);
    if (ZSTD_isError(got) || got != n)
        return nidx_fail(err, NIDX_ERR_CORRUPT,
                         "corrupt: text: a block does not inflate: %s",
                         ZSTD_isError(got) ? ZSTD_getErrorName(got)
                                           : "it is too short");
    cache->raw.len = n;
    cache->text = t;
    cache->block_start = b->start;
    cache->block_end = b->end;
    return NIDX_OK;
}

/* The block that holds offset, into the cache. */
static enum nidx_status load_block(const struct nidx_text *t,
                                   struct nidx_text_cache *cache,
                                   uint64_t offset, struct nidx_error *err)
{
    struct nidx_text_block b;
    uint32_t n;

    if (cache->text == t && cache->block_start <= offset &&
        offset < cache->block_end)
        return NIDX_OK;
    enum nidx_status status = nidx_text_block_at(t, offset, &n, err);
    if (status == NIDX_OK)
        status = nidx_text_block_open(t, n, &cache->joined, &b, err);
    if (status != NIDX_OK)
        return status;
    if (offset < b.start || offset >= b.end)
        return damaged("its index is out of order", n, err);
    return nidx_text_inflate(t, cache, &b, err);
}

enum nidx_status nidx_text_read(const struct nidx_text *t,
                                struct nidx_text_cache *cache, uint64_t offset,
                                uint64_t len, struct nidx_buf *out,
                                struct nidx_error *err)
{
    if (offset > t->n_bytes || len > t->n_bytes - offset)
        return nidx_corrupt(err, "stored text is asked for beyond its end");
    while (len > 0) {
        enum nidx_status status = load_block(t, cache, offset, err);
        if (status != NIDX_OK)
            return status;
        uint64_t n = cache->block_end - offset;
        if (n > len)
            n = len;
        nidx_buf_put(out, cache->raw.data + (offset - cache->block_start),
                     (size_t)n);
        if (out->oom)
            return nidx_nomem(err);
        offset += n;
        len -= n;
    }
    return NIDX_OK;
}

/* The bounds of a walk: blocks follow each other in chunks without gaps. */
static enum nidx_status check_place(const struct nidx_text *t, uint32_t block,
                                    const struct nidx_text_block *b,
                                    uint64_t expected, struct nidx_error *err)
{
    const uint8_t *row;
    struct nidx_bytes top;

    if (b->start != expected)
        return damaged("it does not begin where the one before ends", block,
                       err);
    if ((block + 1) % NIDX_TEXT_TOP_ROWS != 0 && block + 1 != t->n_blocks)
        return NIDX_OK;
    enum nidx_status status = row_of(t, block, &row, err);
    if (status == NIDX_OK)
        status = t->source->get(t->source, NIDX_PART_TEXT_TOP,
                                block / NIDX_TEXT_TOP_ROWS, &top, err);
    if (status != NIDX_OK)
        return status;
    if (row + NIDX_TEXT_TOP_ROW != top.data + top.len)
        return damaged("bytes lie behind a chunk of the index", block, err);
    return NIDX_OK;
}

enum nidx_status nidx_text_check(const struct nidx_text *t,
                                 struct nidx_error *err)
{
    struct nidx_text_cache cache = {0};
    enum nidx_status status = NIDX_OK;
    uint64_t expected = 0;

    if (t->n_blocks == 0 && t->n_bytes > 0)
        return nidx_corrupt(err, "text: bytes without blocks");
    for (uint32_t i = 0; i < t->n_blocks && status == NIDX_OK; i++) {
        struct nidx_text_block b;
        status = nidx_text_block_open(t, i, &cache.joined, &b, err);
        if (status == NIDX_OK)
            status = check_place(t, i, &b, expected, err);
        if (status == NIDX_OK)
            status = nidx_text_inflate(t, &cache, &b, err);
        if (status == NIDX_OK)
            expected = b.end;
    }
    nidx_text_cache_done(&cache);
    return status;
}
