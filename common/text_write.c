/* text_write.c: stored documents: writing the stream.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <zstd.h>

#include "common/limits.h"
#include "common/text_impl.h"

/* A record that does not fit goes into a block of its own, rather than in two
 * blocks, where the open one is this full. */
#define FULL_ENOUGH (NIDX_TEXT_BLOCK / 4 * 3)

/* A block this short is not copied as it is, lest merges gather crumbs. */
#define WORTH_COPYING (NIDX_TEXT_BLOCK / 2)

/* So many whole blocks in a row make up for closing the open one early. */
#define LONG_RUN 4

struct nidx_text_writer {
    struct nidx_part_sink *sink;
    int level;
    ZSTD_CCtx *zstd;
    struct nidx_buf raw;   /* the open block */
    struct nidx_buf chunk; /* compressed blocks */
    struct nidx_buf top;   /* rows of the open chunk of the index */
    uint64_t n_bytes;      /* of the stream, pending ones included */
    uint64_t n_closed;     /* of the stream, in closed blocks */
    uint32_t n_chunks, n_tops, n_blocks;
    const struct nidx_text *from; /* of a pending copy, or NULL */
    uint64_t from_start, from_end;
    struct nidx_text_cache cache;
};

enum nidx_status nidx_text_writer_new(struct nidx_part_sink *sink, int level,
                                      struct nidx_text_writer **out,
                                      struct nidx_error *err)
{
    *out = NULL;
    struct nidx_text_writer *w = calloc(1, sizeof(*w));
    if (!w)
        return nidx_nomem(err);
    w->sink = sink;
    w->level = level;
    w->zstd = ZSTD_createCCtx();
    if (!w->zstd) {
        nidx_text_writer_free(w);
        return nidx_nomem(err);
    }
    *out = w;
    return NIDX_OK;
}

void nidx_text_writer_free(struct nidx_text_writer *w)
{
    if (!w)
        return;
    ZSTD_freeCCtx(w->zstd);
    nidx_buf_done(&w->raw);
    nidx_buf_done(&w->chunk);
    nidx_buf_done(&w->top);
    nidx_text_cache_done(&w->cache);
    free(w);
}

/* --------------------------------------------------------- blocks, chunks */

static enum nidx_status put_buf(struct nidx_text_writer *w, enum nidx_part part,
                                uint32_t *number, struct nidx_buf *b,
                                struct nidx_error *err)
{
    if (b->oom)
        return nidx_nomem(err);
    if (b->len == 0)
        return NIDX_OK;
    enum nidx_status status = w->sink->put(
        w->sink, part, *number, (struct nidx_bytes){b->data, b->len}, err);
    ++*number;
    b->len = 0;
    return status;
}

/* Appends a compressed block of raw_len bytes. */
static enum nidx_status append_block(struct nidx_text_writer *w,
                                     struct nidx_bytes block, size_t raw_len,
                                     struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;

    if (w->chunk.len + NIDX_TEXT_BLOCK_HEAD + block.len > NIDX_CHUNK_MAX)
        status = put_buf(w, NIDX_PART_TEXT, &w->n_chunks, &w->chunk, err);
    if (status == NIDX_OK && w->n_blocks > 0 &&
        w->n_blocks % NIDX_TEXT_TOP_ROWS == 0)
        status = put_buf(w, NIDX_PART_TEXT_TOP, &w->n_tops, &w->top, err);
    if (status != NIDX_OK)
        return status;
    if (w->n_blocks == UINT32_MAX)
        return nidx_fail(err, NIDX_ERR_LIMIT, "too much text in a segment");
    nidx_buf_u64(&w->top, w->n_closed);
    nidx_buf_u32(&w->top, w->n_chunks);
    nidx_buf_u32(&w->top, (uint32_t)w->chunk.len);
    nidx_buf_u32(&w->chunk, (uint32_t)block.len);
    nidx_buf_u32(&w->chunk, (uint32_t)raw_len);
    nidx_buf_put(&w->chunk, block.data, block.len);
    w->n_closed += raw_len;
    w->n_blocks++;
    return w->top.oom || w->chunk.oom ? nidx_nomem(err) : NIDX_OK;
}

static enum nidx_status close_block(struct nidx_text_writer *w,
                                    struct nidx_error *err)
{
    uint8_t out[ZSTD_COMPRESSBOUND(NIDX_TEXT_BLOCK)];

    if (w->raw.oom)
        return nidx_nomem(err);
    if (w->raw.len == 0)
        return NIDX_OK;
    size_t n = ZSTD_compressCCtx(w->zstd, out, sizeof(out), w->raw.data,
                                 w->raw.len, w->level);
    if (ZSTD_isError(n))
        return nidx_fail(err, NIDX_ERR_NOMEM, "cannot compress: %s",
                         ZSTD_getErrorName(n));
    size_t raw_len = w->raw.len;
    w->raw.len = 0;
    return append_block(w, (struct nidx_bytes){out, n}, raw_len, err);
}

/* Appends raw bytes, closing blocks as they fill. */
static enum nidx_status append_raw(struct nidx_text_writer *w,
                                   struct nidx_bytes b, struct nidx_error *err)
{
    if (w->raw.len >= FULL_ENOUGH && b.len <= NIDX_TEXT_BLOCK &&
        b.len > NIDX_TEXT_BLOCK - w->raw.len) {
        enum nidx_status status = close_block(w, err);
        if (status != NIDX_OK)
            return status;
    }
    while (b.len > 0) {
        size_t n = NIDX_TEXT_BLOCK - w->raw.len;
        if (n > b.len)
            n = b.len;
        nidx_buf_put(&w->raw, b.data, n);
        b.data += n;
        b.len -= n;
        if (w->raw.oom || w->raw.len == NIDX_TEXT_BLOCK) {
            enum nidx_status status = close_block(w, err);
            if (status != NIDX_OK)
                return status;
        }
    }
    return NIDX_OK;
}

/* --------------------------------------------------------------- copying */

/* Inflates one block's part of [at, to) and appends it; at moves on. */
static enum nidx_status copy_raw(struct nidx_text_writer *w,
                                 const struct nidx_text_block *b, uint64_t *at,
                                 uint64_t to, struct nidx_error *err)
{
    enum nidx_status status = nidx_text_inflate(w->from, &w->cache, b, err);

    if (status != NIDX_OK)
        return status;
    uint64_t end = b->end < to ? b->end : to;
    struct nidx_bytes part = {w->cache.raw.data + (*at - b->start),
                              (size_t)(end - *at)};
    *at = end;
    return append_raw(w, part, err);
}

/* Whether the block, which lies in [at, to), is better copied as it is. */
static bool copies_whole(const struct nidx_text_writer *w,
                         const struct nidx_text_block *b, uint64_t at,
                         uint64_t to)
{
    if (b->start != at || b->end > to || b->end - b->start < WORTH_COPYING)
        return false;
    return w->raw.len == 0 || w->raw.len >= WORTH_COPYING ||
           to - at >= (uint64_t)LONG_RUN * NIDX_TEXT_BLOCK;
}

static enum nidx_status copy_pending(struct nidx_text_writer *w,
                                     struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;
    uint64_t at = w->from_start;
    uint32_t n = 0;

    if (!w->from)
        return NIDX_OK;
    if (at < w->from_end)
        status = nidx_text_block_at(w->from, at, &n, err);
    while (status == NIDX_OK && at < w->from_end) {
        struct nidx_text_block b;
        status = nidx_text_block_open(w->from, n++, &b, err);
        if (status != NIDX_OK)
            break;
        if (!copies_whole(w, &b, at, w->from_end)) {
            status = copy_raw(w, &b, &at, w->from_end, err);
            continue;
        }
        status = close_block(w, err);
        if (status == NIDX_OK)
            status = append_block(w, b.packed, (size_t)(b.end - b.start), err);
        at = b.end;
    }
    w->from = NULL;
    return status;
}

enum nidx_status nidx_text_copy(struct nidx_text_writer *w,
                                const struct nidx_text *text, uint64_t from,
                                uint64_t to, uint64_t *offset,
                                struct nidx_error *err)
{
    if (from > to || to > text->n_bytes)
        return nidx_corrupt(err, "stored text is asked for beyond its end");
    if (w->from != text || w->from_end != from) {
        enum nidx_status status = copy_pending(w, err);
        if (status != NIDX_OK)
            return status;
        w->from = text;
        w->from_start = from;
    }
    w->from_end = to;
    if (offset)
        *offset = w->n_bytes;
    w->n_bytes += to - from;
    return NIDX_OK;
}

enum nidx_status nidx_text_add(struct nidx_text_writer *w,
                               struct nidx_bytes record, uint64_t *offset,
                               struct nidx_error *err)
{
    enum nidx_status status = copy_pending(w, err);

    if (status == NIDX_OK)
        status = append_raw(w, record, err);
    if (status != NIDX_OK)
        return status;
    if (offset)
        *offset = w->n_bytes;
    w->n_bytes += record.len;
    return NIDX_OK;
}

enum nidx_status nidx_text_finish(struct nidx_text_writer *w, uint64_t *n_bytes,
                                  uint32_t *n_blocks, struct nidx_error *err)
{
    enum nidx_status status = copy_pending(w, err);

    if (status == NIDX_OK)
        status = close_block(w, err);
    if (status == NIDX_OK)
        status = put_buf(w, NIDX_PART_TEXT, &w->n_chunks, &w->chunk, err);
    if (status == NIDX_OK)
        status = put_buf(w, NIDX_PART_TEXT_TOP, &w->n_tops, &w->top, err);
    if (status != NIDX_OK)
        return status;
    *n_bytes = w->n_bytes;
    *n_blocks = w->n_blocks;
    return NIDX_OK;
}
