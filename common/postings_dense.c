/* postings_dense.c: lists whose documents are a bitmap.
 *
 * The grammar stands in postings_impl.h.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/postings_impl.h"

/* Bits set; the base instruction set has none for it. */
static inline uint32_t count_bits(uint64_t v)
{
    v -= v >> 1 & UINT64_C(0x5555555555555555);
    v = (v & UINT64_C(0x3333333333333333)) +
        (v >> 2 & UINT64_C(0x3333333333333333));
    v = (v + (v >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (uint32_t)(v * UINT64_C(0x0101010101010101) >> 56);
}

/* Makes chunk index, from the list's first, the current one. */
static bool fetch_chunk(struct nidx_postings *p, uint32_t index)
{
    struct nidx_bytes bytes;
    enum nidx_status status = p->source->get(
        p->source, NIDX_PART_DENSE, p->info.dense_chunk + index, &bytes, NULL);

    if (status != NIDX_OK)
        p->status = status;
    size_t offset = index == 0 ? p->info.dense_offset : 0;
    if (status != NIDX_OK || offset > bytes.len) {
        nidx_postings_damaged(p);
        return false;
    }
    p->dense_bytes.data = bytes.data + offset;
    p->dense_bytes.len = bytes.len - offset;
    p->dense_index = index;
    return true;
}

const uint8_t *nidx_postings_dense_group(struct nidx_postings *p, uint32_t g)
{
    uint32_t index = g / DENSE_PER_CHUNK;
    size_t at = (size_t)(g % DENSE_PER_CHUNK) * NIDX_DENSE_GROUP_BYTES;

    if (index != p->dense_index && !fetch_chunk(p, index))
        return NULL;
    if (p->dense_bytes.len < NIDX_DENSE_GROUP_BYTES ||
        at > p->dense_bytes.len - NIDX_DENSE_GROUP_BYTES) {
        nidx_postings_damaged(p);
        return NULL;
    }
    return p->dense_bytes.data + at;
}

/* Bits of [from, to] of a group's word k, which begins at document base. */
static uint64_t word_between(const uint8_t *group, uint32_t k, uint32_t base,
                             nidx_docid from, nidx_docid to)
{
    uint64_t word = nidx_load64(group + 4 + 8 * (size_t)k);

    if (from > base)
        word &= UINT64_MAX << (from - base);
    if (to - base < 63)
        word &= UINT64_MAX >> (63 - (to - base));
    return word;
}

bool nidx_postings_dense_docs(struct nidx_postings *p, nidx_docid *docs)
{
    const uint8_t *group = NULL;
    uint32_t n = 0, want = p->n;
    nidx_docid first = p->first, last = p->last;

    for (uint32_t w = first / 64; w <= last / 64; w++) {
        if (!group || w % 8 == 0)
            group = nidx_postings_dense_group(p, w / 8);
        if (!group)
            return false;
        uint64_t word = word_between(group, w % 8, 64 * w, first, last);
        if (n + count_bits(word) > want)
            return false;
        for (; word; word &= word - 1)
            docs[n++] = 64 * w + (uint32_t)__builtin_ctzll(word);
    }
    return n == want && docs[n - 1] == last;
}

enum nidx_status nidx_postings_bits(struct nidx_postings *p, nidx_docid first,
                                    uint32_t n, uint64_t *out)
{
    const uint8_t *group = NULL;

    if (n == 0)
        return NIDX_OK;
    nidx_docid last = first + (n - 1);
    for (uint32_t w = first / 64; w <= last / 64; w++) {
        uint64_t *to = out + (w - first / 64);
        *to = 0;
        if (64 * (uint64_t)w >= p->n_docs)
            continue;
        if (!group || w % 8 == 0)
            group = nidx_postings_dense_group(p, w / 8);
        if (!group)
            return p->status;
        nidx_docid end = last < p->n_docs ? last : p->n_docs - 1;
        *to = word_between(group, w % 8, 64 * w, first, end);
    }
    return NIDX_OK;
}

/* Postings before doc, whose group this is. */
static uint32_t rank_of(const uint8_t *group, nidx_docid doc)
{
    uint32_t rank = nidx_load32(group), bit = doc % NIDX_DENSE_GROUP;
    const uint8_t *words = group + 4;

    for (uint32_t k = 0; k < bit / 64; k++)
        rank += count_bits(nidx_load64(words + 8 * (size_t)k));
    uint64_t word = nidx_load64(words + 8 * (size_t)(bit / 64));
    return rank + count_bits(word & ((UINT64_C(1) << bit % 64) - 1));
}

/* Moves to the block of posting rank, which is doc's. */
static bool move_to(struct nidx_postings *p, nidx_docid doc, uint32_t rank)
{
    uint32_t b = rank / NIDX_BLOCK - p->first_block;

    if (b == p->block && doc <= p->last)
        return true;
    if (b < p->n_blocks && b > p->block)
        return nidx_postings_enter(p, b);
    return nidx_postings_seek(p, doc) &&
           rank / NIDX_BLOCK - p->first_block == p->block;
}

bool nidx_postings_find_dense(struct nidx_postings *p, nidx_docid doc,
                              uint32_t *i)
{
    if (p->n == 0)
        return false;
    const uint8_t *group = nidx_postings_dense_group(p, doc / NIDX_DENSE_GROUP);
    uint32_t bit = doc % NIDX_DENSE_GROUP;
    if (!group || !(group[4 + bit / 8] >> bit % 8 & 1))
        return false;
    uint32_t rank = rank_of(group, doc);
    *i = rank % NIDX_BLOCK;
    if (rank < p->info.df && move_to(p, doc, rank) && *i < p->n &&
        doc >= p->first && doc <= p->last)
        return true;
    nidx_postings_damaged(p);
    return false;
}
