/* score.h: BM25 to the last bit, and the kernels that compute it in bulk.
 *
 * ARCHITECTURE.md, "Scores", has the formula and every rounding. Robertson et
 * al., TREC-3, 1994; idf with + 1 so that it is never negative.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_QUERY_SCORE_H
#define NIDX_QUERY_SCORE_H

#include <math.h>

#include "common/codec/pack.h"

/** No leaf scores more, so that 31 bits hold it. */
#define NIDX_SCORE_MAX 1073741824.0f

/** ln(1 + (n - df + 0.5) / (df + 0.5)); n is at least df. */
double nidx_score_idf(uint64_t n, uint64_t df);
/** w: boost * idf * 2^20, cut to NIDX_SCORE_MAX. */
float nidx_score_weight(float boost, float idf);
/** The length factor. */
float nidx_score_inv(float k1, float b, float len, float avglen);

/** A matching leaf's score; at least 1. f * inv is what grows with both. */
static inline uint32_t nidx_score_x(float w, float x)
{
    long score = lrintf(w - w / (1.0f + x));

    return score < 1 ? 1 : (uint32_t)score;
}

static inline uint32_t nidx_score_leaf(float w, uint32_t freq, float inv)
{
    return nidx_score_x(w, (float)freq * inv);
}

/** An x such that it and all below score less than limit; negative where
 * even 0 does not. */
float nidx_score_x_below(float w, uint64_t limit);

/* Kernels. Arrays that are written have room for n rounded up to 16. */

/** Length factors of n lengths. */
void nidx_score_invs(const uint32_t *lens, uint32_t n, float k1, float b,
                     float avglen, float *out);

/** Scores of n documents of a block; inv is indexed by document. */
void nidx_score_block(const uint32_t *docs, const uint32_t *freqs, uint32_t n,
                      const float *inv, float w, uint32_t *scores);

/**
 * The documents whose score is at least limit, with their scores, in order;
 * returns how many. The outputs may be the inputs.
 */
uint32_t nidx_score_select(const uint32_t *docs, const uint32_t *scores,
                           uint32_t n, uint32_t limit, uint32_t *out_docs,
                           uint32_t *out_scores);

/**
 * The same over a window of sums, one a document from base on (n a multiple
 * of 16, limit at least 1); all sums become 0.
 */
uint32_t nidx_score_drain(uint32_t *sums, uint32_t n, uint32_t limit,
                          uint32_t base, uint32_t *out_docs,
                          uint32_t *out_scores);

/** The greatest of the four products frequency * inv of a block's impacts;
 * the tables have 256 elements, by code. Blocks of 8 bytes each into x. */
void nidx_score_bounds(const uint8_t *impacts, uint32_t n_blocks,
                       const float *freqs, const float *invs, float *x);

/** The greatest of n numbers; 0 where n is 0. */
uint32_t nidx_score_most(const uint32_t *values, uint32_t n);

#endif
