/* impact.h: pairs of frequency and length that bound a block's scores.
 *
 * Four pairs of one byte each, frequency rounded up, length rounded down. For
 * every posting (f, len) of the block there is a pair with f' >= f and
 * len' <= len; so the greatest score of the pairs bounds the block's for any
 * k1 and b (Ding and Suel, SIGIR 2011; pairs as Lucene's impacts). Both the
 * weighted (headline occurrences times W) and the plain (W = 1) frequency and
 * length of each posting are covered.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_IMPACT_H
#define NIDX_COMMON_IMPACT_H

#include <stdint.h>

/** Little-endian: byte 2i is the frequency code, 2i + 1 the length code. */
typedef uint64_t nidx_impacts;

/** The frontier of a block under construction. */
struct nidx_impact_builder {
    uint8_t freq[256]; /**< greatest frequency code by length code */
    uint32_t used[8];  /**< which length codes occur */
};

void nidx_impact_reset(struct nidx_impact_builder *b);
void nidx_impact_add(struct nidx_impact_builder *b, uint32_t freq,
                     uint32_t len);
/** Four pairs; where the frontier has more, neighbours are joined. */
nidx_impacts nidx_impact_finish(const struct nidx_impact_builder *b);
/** A bound of both: the frontier of the union. */
nidx_impacts nidx_impact_merge(nidx_impacts a, nidx_impacts b);

/** Monotone codes; the decoded value is >= for frequencies, <= for lengths. */
uint8_t nidx_impact_freq_code(uint32_t freq);
uint8_t nidx_impact_len_code(uint32_t len);
extern const uint32_t nidx_impact_freq_of[256];
extern const uint32_t nidx_impact_len_of[256];

/** As nidx_impact_add, of a length's code. */
static inline void nidx_impact_add_code(struct nidx_impact_builder *b,
                                        uint32_t freq, uint8_t len)
{
    const uint8_t code =
        freq < 16 ? (uint8_t)freq : nidx_impact_freq_code(freq);
    const uint32_t bit = 1u << len % 32, used = b->used[len / 32];
    const uint8_t before = used & bit ? b->freq[len] : 0;

    b->used[len / 32] = used | bit;
    b->freq[len] = before > code ? before : code;
}

#endif
