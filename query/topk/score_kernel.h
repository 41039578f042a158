/* score_kernel.h: the kernels of score.h one by one, for tests.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_QUERY_SCORE_KERNEL_H
#define NIDX_QUERY_SCORE_KERNEL_H

#include "query/topk/score.h"

void nidx_score_invs_portable(const uint32_t *lens, uint32_t n, float k1,
                              float b, float avglen, float *out);
void nidx_score_block_portable(const uint32_t *docs, const uint32_t *freqs,
                               uint32_t n, const float *inv, float w,
                               uint32_t *scores);
uint32_t nidx_score_select_portable(const uint32_t *docs,
                                    const uint32_t *scores, uint32_t n,
                                    uint32_t limit, uint32_t *out_docs,
                                    uint32_t *out_scores);
uint32_t nidx_score_drain_portable(uint32_t *sums, uint32_t n, uint32_t limit,
                                   uint32_t base, uint32_t *out_docs,
                                   uint32_t *out_scores);
void nidx_score_bounds_portable(const uint8_t *impacts, uint32_t n_blocks,
                                const float *freqs, const float *invs,
                                float *x);
uint32_t nidx_score_most_portable(const uint32_t *values, uint32_t n);

#if defined(__x86_64__)
uint32_t nidx_score_most_avx2(const uint32_t *values, uint32_t n);
void nidx_score_invs_avx2(const uint32_t *lens, uint32_t n, float k1, float b,
                          float avglen, float *out);
void nidx_score_block_avx2(const uint32_t *docs, const uint32_t *freqs,
                           uint32_t n, const float *inv, float w,
                           uint32_t *scores);
uint32_t nidx_score_select_avx2(const uint32_t *docs, const uint32_t *scores,
                                uint32_t n, uint32_t limit, uint32_t *out_docs,
                                uint32_t *out_scores);
uint32_t nidx_score_drain_avx2(uint32_t *sums, uint32_t n, uint32_t limit,
                               uint32_t base, uint32_t *out_docs,
                               uint32_t *out_scores);
void nidx_score_block_avx512(const uint32_t *docs, const uint32_t *freqs,
                             uint32_t n, const float *inv, float w,
                             uint32_t *scores);
uint32_t nidx_score_select_avx512(const uint32_t *docs, const uint32_t *scores,
                                  uint32_t n, uint32_t limit,
                                  uint32_t *out_docs, uint32_t *out_scores);
uint32_t nidx_score_drain_avx512(uint32_t *sums, uint32_t n, uint32_t limit,
                                 uint32_t base, uint32_t *out_docs,
                                 uint32_t *out_scores);
#endif

#endif
