/* postings_pos.c: positions of single postings of a block.
 *
 * The grammar stands in postings_impl.h. Where a posting's positions begin is
 * the sum of the frequencies before it, made once a block; which groups hold
 * them is then known, and only those are touched.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/codec/postings_impl.h"

#include <stdlib.h>

/* Bits that some value has: of every second one in each half. */
static uint64_t union_of_bits(const uint32_t *values, uint32_t n)
{
    uint64_t a = 0, b = 0, pair;
    uint32_t i = 0;

    for (; i + 4 <= n; i += 4) {
        memcpy(&pair, values + i, sizeof(pair));
        a |= pair;
        memcpy(&pair, values + i + 2, sizeof(pair));
        b |= pair;
    }
    for (; i < n; i++)
        a |= values[i];
    return a | b;
}

/* Where headline counts are above frequencies, differences are negative. Sums
 * of damaged frequencies may still wrap: what a posting's are is checked as
 * they are used. */
static bool find_ends(struct nidx_postings *p)
{
    const uint64_t signs = UINT64_C(0x8000000080000000);

    if (!p->titles_at) {
        nidx_pack_read_gaps(p->freqs_at, p->n, 1, p->pos_ends);
        return true;
    }
    nidx_pack_read(p->freqs_at, p->n, p->pos_ends);
    nidx_pack_add_scaled(p->titles_at, p->n, 1 - p->info.title_weight,
                         p->pos_ends);
    if (union_of_bits(p->pos_ends, p->n) & signs)
        return false;
    nidx_pack_sum(p->n, 1, p->pos_ends);
    return true;
}

static uint32_t load_offset(const uint8_t *at, bool wide)
{
    return wide ? nidx_load32(at) : nidx_load16(at);
}

/* A stream whose offsets begin at r->p. */
static bool open_stream(struct nidx_reader r, uint32_t n, bool wide,
                        struct nidx_pos_stream *s)
{
    size_t n_index = (n - 1) / NIDX_BLOCK;

    s->index = nidx_read_bytes(&r, n_index * (wide ? 4 : 2));
    s->groups = r.p;
    s->avail = nidx_reader_left(&r);
    s->n = n;
    s->wide = wide;
    return !r.bad;
}

/* A stream whose offset from the flags stands at r->p. */
static bool open_far_stream(struct nidx_reader *r, const uint8_t *flags,
                            uint32_t n, bool wide, struct nidx_pos_stream *s)
{
    const uint8_t *at = nidx_read_bytes(r, wide ? 4 : 2);

    if (!at)
        return false;
    size_t offset = load_offset(at, wide);
    if (offset > (size_t)(r->end - flags))
        return false;
    struct nidx_reader far = {flags + offset, r->end, false};
    return open_stream(far, n, wide, s);
}

static bool open_streams(struct nidx_postings *p, struct nidx_bytes bytes)
{
    struct nidx_reader r = nidx_reader_of(bytes.data, bytes.len);
    uint32_t n = p->pos_ends[p->n - 1];
    if (n == 0)
        return false;
    uint8_t flags = nidx_read_u8(&r);
    bool wide = flags & POS_WIDE;

    p->pos_lens.groups = p->pos_forms.groups = NULL;
    if ((flags & POS_LENS) &&
        !open_far_stream(&r, bytes.data, n, wide, &p->pos_lens))
        return false;
    if ((flags & POS_FORMS) &&
        !open_far_stream(&r, bytes.data, n, wide, &p->pos_forms))
        return false;
    return !r.bad && open_stream(r, n, wide, &p->pos_values);
}

/* The bytes from the block's positions to the end of their chunk. */
static bool find_bytes(struct nidx_postings *p, struct nidx_bytes *bytes)
{
    if (!p->pos_offsets) {
        const uint8_t *end = p->run_bytes.data + p->run_bytes.len;
        *bytes = (struct nidx_bytes){p->behind, (size_t)(end - p->behind)};
        return true;
    }
    uint32_t at = nidx_load32(p->pos_offsets + 4 * (size_t)p->block);
    p->status = p->source->get(p->source, NIDX_PART_POS,
                               p->pos_chunk + (at >> 16), bytes, NULL);
    if (p->status != NIDX_OK || (at & 0xffff) >= bytes->len)
        return false;
    bytes->data += at & 0xffff;
    bytes->len -= at & 0xffff;
    return true;
}

bool nidx_postings_pos_open(struct nidx_postings *p)
{
    struct nidx_bytes bytes;

    if (p->pos_ready)
        return true;
    p->pos_ready =
        find_bytes(p, &bytes) && find_ends(p) && open_streams(p, bytes);
    if (!p->pos_ready)
        nidx_postings_damaged(p);
    return p->pos_ready;
}

/* Values first .. first + n - 1 of group g. */
static inline bool read_group(const struct nidx_pos_stream *s, uint32_t g,
                              uint32_t first, uint32_t n, uint32_t *out)
{
    size_t offset = 0;
    uint32_t left = s->n - g * NIDX_BLOCK;
    uint32_t of_group = left < NIDX_BLOCK ? left : NIDX_BLOCK;

    if (g > 0)
        offset = s->wide ? nidx_load32(s->index + 4 * ((size_t)g - 1))
                         : nidx_load16(s->index + 2 * ((size_t)g - 1));
    if (offset > s->avail)
        return false;
    const uint8_t *group = s->groups + offset;
    if (nidx_pack_size(group, s->avail - offset, of_group) == 0)
        return false;
    nidx_pack_range(group, of_group, first, n, out);
    return true;
}

bool nidx_pos_stream_read_all(const struct nidx_pos_stream *s, uint32_t *out)
{
    size_t offset = 0;

    for (uint32_t g = 0, at = 0; at < s->n; g++, at += NIDX_BLOCK) {
        const uint32_t left = s->n - at;
        const uint32_t of_group = left < NIDX_BLOCK ? left : NIDX_BLOCK;
        if (g > 0)
            offset = s->wide ? nidx_load32(s->index + 4 * ((size_t)g - 1))
                             : nidx_load16(s->index + 2 * ((size_t)g - 1));
        if (offset > s->avail ||
            nidx_pack_size(s->groups + offset, s->avail - offset, of_group) ==
                0)
            return false;
        nidx_pack_read(s->groups + offset, of_group, out + at);
    }
    return true;
}

bool nidx_pos_stream_read(const struct nidx_pos_stream *s, uint32_t first,
                          uint32_t n, uint32_t *out)
{
    uint32_t g = first / NIDX_BLOCK, in_group = first % NIDX_BLOCK;

    while (n > 0) {
        uint32_t part = NIDX_BLOCK - in_group;
        if (part > n)
            part = n;
        if (!read_group(s, g, in_group, part, out))
            return false;
        out += part;
        n -= part;
        in_group = 0;
        g++;
    }
    return true;
}

/* Deltas become positions; false where they leave room for no length. */
static inline bool sum_positions(uint32_t *values, uint32_t n)
{
    uint64_t pos = 0;

    for (uint32_t i = 0; i < n; i++)
        values[i] = (uint32_t)(pos += values[i]);
    return pos <= POS_LIMIT;
}

static uint32_t start_of(const struct nidx_postings *p, uint32_t i)
{
    return i > 0 ? p->pos_ends[i - 1] : 0;
}

static const struct nidx_occurrence *entry_items(const struct nidx_postings *p,
                                                 uint32_t i)
{
    const struct nidx_occurrence *items = p->entry.items;

    for (uint32_t d = 0; d < i; d++)
        items += p->entry.n[d];
    return items;
}

uint32_t nidx_postings_n_positions(struct nidx_postings *p, uint32_t i)
{
    if (i >= p->n)
        return 0;
    if (p->info.in_entry)
        return p->entry.n[i];
    if (!nidx_postings_pos_open(p))
        return 0;
    uint32_t start = start_of(p, i), end = p->pos_ends[i];
    if (start < end && end <= p->pos_values.n)
        return end - start;
    nidx_postings_damaged(p);
    return 0;
}

bool nidx_postings_has_lens(struct nidx_postings *p, uint32_t i)
{
    uint32_t lens[NIDX_BLOCK], n = nidx_postings_n_positions(p, i), any = 0;

    if (n == 0 || p->info.in_entry)
        return n == 0 || p->info.marked;
    if (!p->pos_lens.groups)
        return false;
    for (uint32_t at = start_of(p, i), part; n > 0; at += part, n -= part) {
        part = n < NIDX_BLOCK ? n : NIDX_BLOCK;
        if (!nidx_pos_stream_read(&p->pos_lens, at, part, lens))
            return true;
        for (uint32_t k = 0; k < part; k++)
            any |= lens[k];
    }
    return any != 0;
}

uint32_t nidx_postings_positions(struct nidx_postings *p, uint32_t i,
                                 nidx_pos *out, uint32_t cap)
{
    uint32_t n = nidx_postings_n_positions(p, i);

    if (n == 0 || n > cap)
        return 0;
    if (p->info.in_entry) {
        for (uint32_t k = 0; k < n; k++)
            out[k] = entry_items(p, i)[k].pos;
        return n;
    }
    if (nidx_pos_stream_read(&p->pos_values, start_of(p, i), n, out) &&
        sum_positions(out, n))
        return n;
    nidx_postings_damaged(p);
    return 0;
}

/* --------------------------------------------------------- occurrences */

void nidx_occurrences_done(struct nidx_occurrences *o)
{
    free(o->items);
    *o = (struct nidx_occurrences){0};
}

static bool make_room(struct nidx_occurrences *o, uint32_t n)
{
    if (o->cap >= n)
        return true;
    struct nidx_occurrence *items =
        realloc(o->items, nidx_mul_size(n, sizeof(*items)));
    if (!items)
        return false;
    o->items = items;
    o->cap = n;
    return true;
}

/* Occurrences [at, at + n) of the block, n at most NIDX_BLOCK; pos carries
 * the position before them. */
static bool read_some(const struct nidx_postings *p, uint32_t at, uint32_t n,
                      bool with_forms, uint64_t *pos,
                      struct nidx_occurrence *items)
{
    uint32_t values[NIDX_BLOCK], lens[NIDX_BLOCK], forms[NIDX_BLOCK];
    bool any_lens = p->pos_lens.groups != NULL;
    bool any_forms = with_forms && p->pos_forms.groups;

    if (!nidx_pos_stream_read(&p->pos_values, at, n, values) ||
        (any_lens && !nidx_pos_stream_read(&p->pos_lens, at, n, lens)) ||
        (any_forms && !nidx_pos_stream_read(&p->pos_forms, at, n, forms)))
        return false;
    for (uint32_t i = 0; i < n; i++) {
        *pos += values[i];
        uint32_t len = any_lens ? lens[i] : 0;
        uint32_t form = any_forms ? forms[i] : 0;
        if (*pos > POS_LIMIT || len >= UINT16_MAX || form > UINT16_MAX ||
            form >= p->info.n_forms)
            return false;
        items[i].pos = (nidx_pos)*pos;
        items[i].len = (uint16_t)(len + 1);
        items[i].form = (uint16_t)form;
    }
    return true;
}

static void copy_entry(const struct nidx_postings *p, uint32_t i,
                       bool with_forms, struct nidx_occurrences *out)
{
    for (uint32_t k = 0; k < out->n; k++) {
        out->items[k] = entry_items(p, i)[k];
        if (!with_forms)
            out->items[k].form = 0;
    }
}

enum nidx_status nidx_postings_occurrences(struct nidx_postings *p, uint32_t i,
                                           bool with_forms,
                                           struct nidx_occurrences *out,
                                           struct nidx_error *err)
{
    uint64_t pos = 0;
    uint32_t n = nidx_postings_n_positions(p, i);

    out->n = 0;
    if (n == 0)
        return nidx_corrupt(err, "positions of a posting list");
    if (!make_room(out, n))
        return nidx_nomem(err);
    out->n = n;
    if (p->info.in_entry) {
        copy_entry(p, i, with_forms, out);
        return NIDX_OK;
    }
    uint32_t at = start_of(p, i);
    for (uint32_t done = 0; done < n; done += NIDX_BLOCK) {
        uint32_t part = n - done < NIDX_BLOCK ? n - done : NIDX_BLOCK;
        if (!read_some(p, at + done, part, with_forms, &pos,
                       out->items + done)) {
            out->n = 0;
            nidx_postings_damaged(p);
            return nidx_corrupt(err, "positions of a posting list");
        }
    }
    return NIDX_OK;
}
