/* text_write.c: stored documents: writing the stream.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <xxhash.h>
#include <zstd.h>

#include "common/base/limits.h"
#include "common/codec/text_impl.h"

/* A record that does not fit goes into a block of its own, rather than in two
 * blocks, where the open one is this full. */
#define FULL_ENOUGH (NIDX_TEXT_BLOCK / 4 * 3)

/* A block this short is not copied as it is, lest merges gather crumbs. */
#define WORTH_COPYING (NIDX_TEXT_BLOCK / 2)

/* So many whole blocks in a row make up for closing the open one early. */
#define LONG_RUN 4

/* With a dictionary: a table large enough for both, and matches worth their
 * while. Measured on articles: 9 % smaller than without, in as much time. */
#define DICT_HASH_LOG  15
#define DICT_MIN_MATCH 6

struct nidx_text_writer {
    struct nidx_part_sink *sink;
    int level;
    ZSTD_CCtx *zstd;
    struct nidx_buf raw;  /* the open block */
    bool sampling;        /* full blocks wait until there is a dictionary */
    struct nidx_buf wait; /* their raw bytes */
    struct nidx_buf ends; /* u32 each: where they end */
    uint32_t dict;        /* what blocks are compressed with; 0 is none */
    uint32_t n_dicts;     /* of the segment */
    XXH128_hash_t dicts[NIDX_TEXT_DICTS];
    struct nidx_buf chunk; /* compressed blocks */
    struct nidx_buf top;   /* rows of the open chunk of the index */
    uint64_t n_bytes;      /* of the stream, pending ones included */
    uint64_t n_closed;     /* of the stream, in closed blocks */
    uint32_t n_chunks, n_tops, n_blocks;
    const struct nidx_text *from; /* of a pending copy, or NULL */
    uint64_t from_start, from_end;
    uint32_t own[NIDX_TEXT_DICTS]; /* what its dictionaries are here, or 0 */
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
    w->sampling = true;
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
    nidx_buf_done(&w->wait);
    nidx_buf_done(&w->ends);
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

/* Appends the bytes of a frame, which may lie in two chunks. */
static enum nidx_status append_frame(struct nidx_text_writer *w,
                                     struct nidx_bytes frame,
                                     struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;
    size_t n = NIDX_CHUNK_MAX - w->chunk.len;

    if (n > frame.len)
        n = frame.len;
    nidx_buf_put(&w->chunk, frame.data, n);
    if (n < frame.len) {
        status = put_buf(w, NIDX_PART_TEXT, &w->n_chunks, &w->chunk, err);
        nidx_buf_put(&w->chunk, frame.data + n, frame.len - n);
    }
    return status;
}

/* Appends a compressed block of raw_len bytes. */
static enum nidx_status append_block(struct nidx_text_writer *w,
                                     struct nidx_bytes frame, size_t raw_len,
                                     uint32_t dict, struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;

    if (w->chunk.len + NIDX_TEXT_BLOCK_HEAD > NIDX_CHUNK_MAX)
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
    nidx_buf_u32(&w->chunk, (uint32_t)frame.len);
    nidx_buf_u16(&w->chunk, (uint16_t)raw_len);
    nidx_buf_u16(&w->chunk, (uint16_t)dict);
    status = append_frame(w, frame, err);
    w->n_closed += raw_len;
    w->n_blocks++;
    if (status != NIDX_OK)
        return status;
    return w->top.oom || w->chunk.oom ? nidx_nomem(err) : NIDX_OK;
}

static enum nidx_status compress(struct nidx_text_writer *w,
                                 struct nidx_bytes raw, struct nidx_error *err)
{
    uint8_t out[ZSTD_COMPRESSBOUND(NIDX_TEXT_BLOCK)];
    size_t n;

    if (w->dict)
        n = ZSTD_compress2(w->zstd, out, sizeof(out), raw.data, raw.len);
    else
        n = ZSTD_compressCCtx(w->zstd, out, sizeof(out), raw.data, raw.len,
                              w->level);
    if (ZSTD_isError(n))
        return nidx_fail(err, NIDX_ERR_NOMEM, "cannot compress: %s",
                         ZSTD_getErrorName(n));
    return append_block(w, (struct nidx_bytes){out, n}, raw.len, w->dict, err);
}

/* ------------------------------------------------------------ dictionaries */

/* Makes zstd compress with a dictionary from now on. */
static enum nidx_status use_dict(struct nidx_text_writer *w,
                                 struct nidx_bytes dict, uint32_t number,
                                 struct nidx_error *err)
{
    static const struct {
        ZSTD_cParameter what;
        int value;
    } settings[] = {{ZSTD_c_strategy, ZSTD_fast},
                    {ZSTD_c_hashLog, DICT_HASH_LOG},
                    {ZSTD_c_minMatch, DICT_MIN_MATCH}};
    size_t code =
        ZSTD_CCtx_setParameter(w->zstd, ZSTD_c_compressionLevel, w->level);

    for (size_t i = 0; i < 3 && !ZSTD_isError(code); i++)
        code = ZSTD_CCtx_setParameter(w->zstd, settings[i].what,
                                      settings[i].value);
    if (!ZSTD_isError(code))
        code = ZSTD_CCtx_loadDictionary(w->zstd, dict.data, dict.len);
    if (ZSTD_isError(code))
        return nidx_fail(err, NIDX_ERR_NOMEM, "cannot compress: %s",
                         ZSTD_getErrorName(code));
    w->dict = number;
    return NIDX_OK;
}

/* The number of a dictionary, which is put where it is new; 0: no room. The
 * first is the one that is compressed with. */
static enum nidx_status number_dict(struct nidx_text_writer *w,
                                    struct nidx_bytes dict, uint32_t *number,
                                    struct nidx_error *err)
{
    const XXH128_hash_t hash = XXH3_128bits(dict.data, dict.len);

    for (*number = 1; *number <= w->n_dicts; ++*number)
        if (XXH128_isEqual(hash, w->dicts[*number - 1]))
            return NIDX_OK;
    *number = 0;
    if (w->n_dicts == NIDX_TEXT_DICTS)
        return NIDX_OK;
    enum nidx_status status =
        w->sink->put(w->sink, NIDX_PART_TEXT_DICT, w->n_dicts, dict, err);
    if (status != NIDX_OK)
        return status;
    w->dicts[w->n_dicts++] = hash;
    *number = w->n_dicts;
    return w->dict ? NIDX_OK : use_dict(w, dict, *number, err);
}

/* Compresses the blocks that waited. */
static enum nidx_status end_sampling(struct nidx_text_writer *w,
                                     struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;
    size_t at = 0;

    w->sampling = false;
    if (w->wait.oom || w->ends.oom)
        return nidx_nomem(err);
    for (size_t i = 0; i < w->ends.len && status == NIDX_OK; i += 4) {
        const size_t end = nidx_load32(w->ends.data + i);
        status =
            compress(w, (struct nidx_bytes){w->wait.data + at, end - at}, err);
        at = end;
    }
    nidx_buf_done(&w->wait);
    nidx_buf_done(&w->ends);
    return status;
}

static enum nidx_status make_dict(struct nidx_text_writer *w,
                                  struct nidx_error *err)
{
    struct nidx_buf dict = {0};
    enum nidx_status status = NIDX_OK;
    uint32_t number;

    nidx_text_make_dict((struct nidx_bytes){w->wait.data, w->wait.len}, &dict);
    if (dict.oom)
        status = nidx_nomem(err);
    else if (dict.len > 0)
        status = number_dict(w, (struct nidx_bytes){dict.data, dict.len},
                             &number, err);
    nidx_buf_done(&dict);
    return status == NIDX_OK ? end_sampling(w, err) : status;
}

static enum nidx_status close_block(struct nidx_text_writer *w,
                                    struct nidx_error *err)
{
    const struct nidx_bytes raw = {w->raw.data, w->raw.len};

    if (w->raw.oom)
        return nidx_nomem(err);
    if (raw.len == 0)
        return NIDX_OK;
    w->raw.len = 0;
    if (!w->sampling)
        return compress(w, raw, err);
    nidx_buf_put(&w->wait, raw.data, raw.len);
    nidx_buf_u32(&w->ends, (uint32_t)w->wait.len);
    if (w->wait.oom || w->ends.oom)
        return nidx_nomem(err);
    return w->wait.len < NIDX_TEXT_SAMPLE ? NIDX_OK : make_dict(w, err);
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
    if (b->dict == 0 && (w->sampling || w->dict > 0))
        return false; /* a dictionary makes it smaller, once and for all */
    return w->raw.len == 0 || w->raw.len >= WORTH_COPYING ||
           to - at >= (uint64_t)LONG_RUN * NIDX_TEXT_BLOCK;
}

/* The number here of a dictionary of the text that is copied from; 0 where
 * there is no room for it. */
static enum nidx_status own_dict(struct nidx_text_writer *w, uint32_t dict,
                                 uint32_t *number, struct nidx_error *err)
{
    struct nidx_part_source *source = w->from->source;
    struct nidx_bytes b;

    *number = 0;
    if (dict > NIDX_TEXT_DICTS)
        return nidx_corrupt(err, "text: there cannot be such a dictionary");
    if (w->own[dict - 1] == 0) {
        enum nidx_status status =
            source->get(source, NIDX_PART_TEXT_DICT, dict - 1, &b, err);
        if (status == NIDX_OK)
            status = number_dict(w, b, &w->own[dict - 1], err);
        if (status != NIDX_OK)
            return status;
    }
    *number = w->own[dict - 1];
    return NIDX_OK;
}

/* Copies a block as it is, or its text where its dictionary has no room. */
static enum nidx_status copy_block(struct nidx_text_writer *w,
                                   const struct nidx_text_block *b,
                                   uint64_t *at, struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;
    uint32_t dict = 0;

    if (b->dict > 0)
        status = own_dict(w, b->dict, &dict, err);
    if (status == NIDX_OK && b->dict > 0 && dict == 0)
        return copy_raw(w, b, at, b->end, err);
    if (status == NIDX_OK)
        status = close_block(w, err);
    if (status == NIDX_OK && w->sampling)
        status = end_sampling(w, err);
    if (status != NIDX_OK)
        return status;
    *at = b->end;
    return append_block(w, b->packed, (size_t)(b->end - b->start), dict, err);
}

static enum nidx_status copy_pending(struct nidx_text_writer *w,
                                     struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;
    uint64_t at = w->from_start;
    uint32_t n = 0;

    if (!w->from)
        return NIDX_OK;
    memset(w->own, 0, sizeof(w->own));
    if (at < w->from_end)
        status = nidx_text_block_at(w->from, at, &n, err);
    while (status == NIDX_OK && at < w->from_end) {
        struct nidx_text_block b;
        status = nidx_text_block_open(w->from, n++, &w->cache.joined, &b, err);
        if (status != NIDX_OK)
            break;
        if (!copies_whole(w, &b, at, w->from_end))
            status = copy_raw(w, &b, &at, w->from_end, err);
        else
            status = copy_block(w, &b, &at, err);
    }
    w->from = NULL;
    /* The cache knows a text by its address, which another may have soon. */
    w->cache.text = w->cache.dict_text = NULL;
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
    if (status == NIDX_OK && w->sampling)
        status = end_sampling(w, err);
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
