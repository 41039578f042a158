/* strtab_write.c: string tables: writing them.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "common/base/limits.h"
#include "common/codec/strtab_impl.h"

struct nidx_strtab_writer {
    struct nidx_part_sink *sink;
    enum nidx_part part, top;
    struct nidx_buf entries; /* of the open chunk */
    struct nidx_buf offsets; /* u32 each: of its blocks, in entries */
    uint32_t n;              /* entries of the open chunk */
    uint64_t n_entries;
    uint32_t n_chunks;
    struct nidx_buf before; /* the key before */
    struct nidx_buf out;    /* a chunk being put together */
    struct nidx_buf tops;   /* for each chunk: u64 ordinal, varint, key */
    struct nidx_buf places; /* u64 each: of the above, in tops */
};

enum nidx_status nidx_strtab_writer_new(struct nidx_part_sink *sink,
                                        enum nidx_part part, enum nidx_part top,
                                        struct nidx_strtab_writer **out,
                                        struct nidx_error *err)
{
    *out = NULL;
    struct nidx_strtab_writer *w = calloc(1, sizeof(*w));
    if (!w)
        return nidx_nomem(err);
    w->sink = sink;
    w->part = part;
    w->top = top;
    *out = w;
    return NIDX_OK;
}

void nidx_strtab_writer_free(struct nidx_strtab_writer *w)
{
    if (!w)
        return;
    nidx_buf_done(&w->entries);
    nidx_buf_done(&w->offsets);
    nidx_buf_done(&w->before);
    nidx_buf_done(&w->out);
    nidx_buf_done(&w->tops);
    nidx_buf_done(&w->places);
    free(w);
}

/* Puts the open chunk and begins another. */
static enum nidx_status put_chunk(struct nidx_strtab_writer *w,
                                  struct nidx_error *err)
{
    const uint32_t head = (uint32_t)(4 + w->offsets.len);

    w->out.len = 0;
    nidx_buf_u32(&w->out, w->n);
    for (size_t i = 0; i < w->offsets.len; i += 4)
        nidx_buf_u32(&w->out, head + nidx_load32(w->offsets.data + i));
    nidx_buf_put(&w->out, w->entries.data, w->entries.len);
    if (w->out.oom || w->entries.oom || w->offsets.oom)
        return nidx_nomem(err);
    enum nidx_status status =
        w->sink->put(w->sink, w->part, w->n_chunks,
                     (struct nidx_bytes){w->out.data, w->out.len}, err);
    w->n_chunks++;
    w->n = 0;
    w->entries.len = 0;
    w->offsets.len = 0;
    return status;
}

static size_t shared(const struct nidx_buf *before, struct nidx_bytes key)
{
    size_t n = before->len < key.len ? before->len : key.len, i = 0;

    while (i < n && before->data[i] == key.data[i])
        i++;
    return i;
}

/* Notes the separator of a chunk that begins with key. */
static void note_chunk(struct nidx_strtab_writer *w, struct nidx_bytes key,
                       size_t same)
{
    size_t n = w->n_entries == 0 ? 0 : same + 1;

    nidx_buf_u64(&w->places, w->tops.len);
    nidx_buf_u64(&w->tops, w->n_entries);
    nidx_buf_varint(&w->tops, n);
    nidx_buf_put(&w->tops, key.data, n);
}

static size_t least(size_t length)
{
    return length < NIDX_STRTAB_MORE ? length : NIDX_STRTAB_MORE;
}

static void append_entry(struct nidx_strtab_writer *w, struct nidx_bytes key,
                         struct nidx_bytes value, size_t same)
{
    if (w->n % NIDX_STRTAB_BLOCK == 0) {
        nidx_buf_u32(&w->offsets, (uint32_t)w->entries.len);
        same = 0;
    }
    const size_t rest = key.len - same;
    nidx_buf_u8(&w->entries, (uint8_t)(least(same) | least(rest) << 4));
    if (same >= NIDX_STRTAB_MORE)
        nidx_buf_varint(&w->entries, same - NIDX_STRTAB_MORE);
    if (rest >= NIDX_STRTAB_MORE)
        nidx_buf_varint(&w->entries, rest - NIDX_STRTAB_MORE);
    nidx_buf_varint(&w->entries, value.len);
    nidx_buf_put(&w->entries, key.data + same, rest);
    nidx_buf_put(&w->entries, value.data, value.len);
    w->n++;
    w->n_entries++;
    w->before.len = 0;
    nidx_buf_put(&w->before, key.data, key.len);
}

enum nidx_status nidx_strtab_add(struct nidx_strtab_writer *w,
                                 struct nidx_bytes key, struct nidx_bytes value,
                                 struct nidx_error *err)
{
    const struct nidx_bytes before = {w->before.data, w->before.len};
    const size_t head = 4 + w->offsets.len + 4 + 16;

    if (w->n_entries > 0 && nidx_bytes_compare(before, key) >= 0)
        return nidx_fail(err, NIDX_ERR_INVALID,
                         "keys of a string table must rise");
    if (key.len > UINT32_MAX / 4 || value.len > UINT32_MAX / 4)
        return nidx_fail(err, NIDX_ERR_LIMIT,
                         "a key or value of a string table is too long");
    size_t same = shared(&w->before, key);
    /* What the entry takes if it begins a block: never too little. */
    if (w->n > 0 &&
        w->entries.len + head + key.len + value.len > NIDX_CHUNK_MAX) {
        enum nidx_status status = put_chunk(w, err);
        if (status != NIDX_OK)
            return status;
    }
    if (w->n == 0)
        note_chunk(w, key, same);
    append_entry(w, key, value, same);
    if (w->entries.oom || w->offsets.oom || w->before.oom || w->tops.oom ||
        w->places.oom)
        return nidx_nomem(err);
    return NIDX_OK;
}

/* ------------------------------------------------------------ top index */

static uint64_t place_of(const struct nidx_strtab_writer *w, uint32_t chunk)
{
    return chunk == w->n_chunks ? w->tops.len
                                : nidx_load64(w->places.data + 8 * chunk);
}

/* How many chunks, from first on, the next top chunk tells of. */
static uint32_t count_for_top(const struct nidx_strtab_writer *w,
                              uint32_t first)
{
    uint32_t n = 1;

    while (first + n < w->n_chunks &&
           NIDX_STRTAB_TOP_HEAD + 4 * (uint64_t)(n + 1) +
                   place_of(w, first + n + 1) - place_of(w, first) <=
               NIDX_CHUNK_MAX)
        n++;
    return n;
}

static enum nidx_status put_top(struct nidx_strtab_writer *w, uint32_t number,
                                uint32_t n_tops, uint32_t first, uint32_t n,
                                struct nidx_error *err)
{
    const uint64_t from = place_of(w, first), to = place_of(w, first + n);
    const uint32_t head = NIDX_STRTAB_TOP_HEAD + 4 * n;

    w->out.len = 0;
    nidx_buf_u32(&w->out, n_tops);
    nidx_buf_u32(&w->out, first);
    nidx_buf_u32(&w->out, n);
    for (uint32_t i = 0; i < n; i++)
        nidx_buf_u32(&w->out, head + (uint32_t)(place_of(w, first + i) - from));
    nidx_buf_put(&w->out, w->tops.data + from, to - from);
    if (w->out.oom)
        return nidx_nomem(err);
    return w->sink->put(w->sink, w->top, number,
                        (struct nidx_bytes){w->out.data, w->out.len}, err);
}

static enum nidx_status put_tops(struct nidx_strtab_writer *w,
                                 struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;
    uint32_t n_tops = 0, number = 0;

    for (uint32_t at = 0; at < w->n_chunks; at += count_for_top(w, at))
        n_tops++;
    for (uint32_t at = 0; at < w->n_chunks && status == NIDX_OK; number++) {
        uint32_t n = count_for_top(w, at);
        status = put_top(w, number, n_tops, at, n, err);
        at += n;
    }
    return status;
}

enum nidx_status nidx_strtab_finish(struct nidx_strtab_writer *w,
                                    uint64_t *n_entries, struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;

    if (w->n > 0)
        status = put_chunk(w, err);
    if (status == NIDX_OK)
        status = put_tops(w, err);
    if (status == NIDX_OK)
        *n_entries = w->n_entries;
    return status;
}
