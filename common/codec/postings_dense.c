/* postings_dense.c: lists whose documents are a bitmap.
 *
 * The grammar stands in postings_impl.h.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/codec/dense_kernel.h"
#include "common/codec/postings_impl.h"

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

/* Words first .. last of the bitmap, eight a group; false on damage. */
static bool read_words(struct nidx_postings *p, uint32_t first, uint32_t last,
                       uint64_t *out)
{
    for (uint32_t w = first; w <= last;) {
        const uint8_t *group = nidx_postings_dense_group(p, w / 8);
        uint32_t end = (w | 7) < last ? (w | 7) : last;
        if (!group)
            return false;
        for (; w <= end; w++)
            *out++ = nidx_load64(group + 4 + 8 * (size_t)(w % 8));
    }
    return true;
}

bool nidx_postings_dense_docs(struct nidx_postings *p, nidx_docid *docs)
{
    enum {
        WORDS = 32
    };
    uint64_t words[WORDS];
    uint32_t n = 0, first = p->first / 64, end = p->last / 64;

    for (uint32_t w = first; w <= end; w += WORDS) {
        uint32_t count = end - w < WORDS ? end - w + 1 : WORDS;
        if (!read_words(p, w, w + count - 1, words))
            return false;
        if (w == first)
            words[0] &= UINT64_MAX << p->first % 64;
        if (w + count > end)
            words[count - 1] &= UINT64_MAX >> (63 - p->last % 64);
        uint32_t room = p->n - n;
        uint32_t found = nidx_dense_list(words, count, 64 * w, room, docs + n);
        if (found > room)
            return false;
        n += found;
    }
    return n == p->n && docs[n - 1] == p->last;
}

enum nidx_status nidx_postings_bits(struct nidx_postings *p, nidx_docid first,
                                    uint32_t n, uint64_t *out)
{
    if (n == 0)
        return NIDX_OK;
    uint64_t behind = (uint64_t)first + n;
    uint32_t words = (n + 63) / 64, have = 0;
    if (behind > p->n_docs)
        behind = p->n_docs;
    if (first < behind) {
        have = ((uint32_t)(behind - 1) - first) / 64 + 1;
        if (!read_words(p, first / 64, first / 64 + have - 1, out))
            return p->status;
        if (behind % 64 != 0)
            out[have - 1] &= UINT64_MAX >> (64 - behind % 64);
    }
    memset(out + have, 0, (words - have) * sizeof(*out));
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

bool nidx_postings_find_dense(struct nidx_postings *p, nidx_docid doc,
                              uint32_t *i)
{
    if (p->n == 0)
        return false;
    const uint8_t *group = nidx_postings_dense_group(p, doc / NIDX_DENSE_GROUP);
    uint32_t bit = doc % NIDX_DENSE_GROUP;
    if (!group || !(group[4 + bit / 8] >> bit % 8 & 1))
        return false;
    return nidx_postings_find_rank(p, doc, rank_of(group, doc), i);
}
