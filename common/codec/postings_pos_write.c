/* postings_pos_write.c: the positions of a block, on their way to the file.
 *
 * The grammar stands in postings_impl.h.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/codec/postings_impl.h"

#include <stdlib.h>

void nidx_pos_block_done(struct pos_block_writer *w)
{
    free(w->values);
    free(w->lens);
    free(w->forms);
    nidx_buf_done(&w->index);
    for (uint32_t i = 0; i < 3; i++)
        nidx_buf_done(&w->groups[i]);
}

static bool grow_array(uint32_t **array, size_t cap)
{
    uint32_t *grown = realloc(*array, nidx_mul_size(cap, sizeof(**array)));

    if (!grown)
        return false;
    *array = grown;
    return true;
}

static bool make_room(struct pos_block_writer *w, size_t n)
{
    if (w->cap - w->n >= n)
        return true;
    size_t cap = w->cap ? w->cap : 1024;
    while (cap - w->n < n)
        cap += cap / 2;
    if (!grow_array(&w->values, cap) || !grow_array(&w->lens, cap) ||
        !grow_array(&w->forms, cap))
        return false;
    w->cap = cap;
    return true;
}

/* Appends n values of a stream that has zeros before its first other value. */
static void add_values(uint32_t *to, size_t at, bool *any, const uint32_t *from,
                       uint32_t n)
{
    uint32_t all = 0;

    for (uint32_t i = 0; i < n; i++)
        all |= from[i];
    if (!*any && all == 0)
        return;
    if (!*any)
        memset(to, 0, at * sizeof(*to));
    *any = true;
    memcpy(to + at, from, n * sizeof(*to));
}

bool nidx_pos_block_add(struct pos_block_writer *w,
                        const struct nidx_posting_batch *b, uint32_t first,
                        uint32_t n)
{
    if (!make_room(w, n))
        return false;
    memcpy(w->values + w->n, b->deltas + first, n * sizeof(*w->values));
    if (b->any_lens)
        add_values(w->lens, w->n, &w->any_lens, b->lens + first, n);
    else if (w->any_lens)
        memset(w->lens + w->n, 0, n * sizeof(*w->lens));
    if (b->any_forms)
        add_values(w->forms, w->n, &w->any_forms, b->forms + first, n);
    else if (w->any_forms)
        memset(w->forms + w->n, 0, n * sizeof(*w->forms));
    w->n += n;
    return true;
}

/* Packs values into groups; index receives u32 offsets of all but the first. */
static void pack_stream(const uint32_t *values, size_t n,
                        struct nidx_buf *index, struct nidx_buf *groups)
{
    groups->len = 0;
    for (size_t i = 0; i < n; i += NIDX_BLOCK) {
        if (i > 0)
            nidx_buf_u32(index, (uint32_t)groups->len);
        size_t left = n - i;
        nidx_pack_write(groups, values + i,
                        left < NIDX_BLOCK ? (uint32_t)left : NIDX_BLOCK);
    }
}

static void put_offset(struct nidx_buf *out, size_t offset, bool wide)
{
    if (wide)
        nidx_buf_u32(out, (uint32_t)offset);
    else
        nidx_buf_u16(out, (uint16_t)offset);
}

/* The offsets of the second and third stream, then all streams. */
static void put_streams(struct pos_block_writer *w, uint32_t n_streams,
                        bool wide, struct nidx_buf *out)
{
    size_t width = wide ? 4 : 2, n_index = (w->n - 1) / NIDX_BLOCK;
    size_t at = 1 + (n_streams - 1) * width;

    for (uint32_t i = 0; i + 1 < n_streams; i++) {
        at += n_index * width + w->groups[i].len;
        put_offset(out, at, wide);
    }
    for (uint32_t i = 0; i < n_streams; i++) {
        for (size_t k = i * n_index; k < (i + 1) * n_index; k++)
            put_offset(out, nidx_load32(w->index.data + 4 * k), wide);
        nidx_buf_put(out, w->groups[i].data, w->groups[i].len);
    }
}

void nidx_pos_block_write(struct pos_block_writer *w, struct nidx_buf *out)
{
    uint32_t n = 0;
    size_t total = 1;

    w->index.len = 0;
    pack_stream(w->values, w->n, &w->index, &w->groups[n++]);
    if (w->any_lens)
        pack_stream(w->lens, w->n, &w->index, &w->groups[n++]);
    if (w->any_forms)
        pack_stream(w->forms, w->n, &w->index, &w->groups[n++]);
    out->oom |= w->index.oom;
    for (uint32_t i = 0; i < n; i++) {
        total += w->groups[i].len;
        out->oom |= w->groups[i].oom;
    }
    total += w->index.len / 2 + 2 * (n - 1);
    bool wide = total > UINT16_MAX;
    if (!out->oom) {
        nidx_buf_u8(out, (uint8_t)((w->any_lens ? POS_LENS : 0) |
                                   (w->any_forms ? POS_FORMS : 0) |
                                   (wide ? POS_WIDE : 0)));
        put_streams(w, n, wide, out);
    }
    w->n = 0;
    w->any_lens = w->any_forms = false;
}
