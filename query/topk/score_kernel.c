/* score_kernel.c: scoring many documents an instruction.
 *
 * Every kernel has a portable twin that does the same operations in the same
 * order, so that results are equal to the bit.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/topk/score_kernel.h"

#include <stdbool.h>

#if defined(__x86_64__)
#include <immintrin.h>
#define AVX2 __attribute__((target("avx2,popcnt,bmi2")))
#define AVX512 \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,popcnt,bmi2")))
#endif

/* ---------------------------------------------------------- portable */

void nidx_score_invs_portable(const uint32_t *lens, uint32_t n, float k1,
                              float b, float avglen, float *out)
{
    for (uint32_t i = 0; i < n; i++)
        out[i] = nidx_score_inv(k1, b, (float)(int32_t)lens[i], avglen);
}

void nidx_score_block_portable(const uint32_t *docs, const uint32_t *freqs,
                               uint32_t n, const float *inv, float w,
                               uint32_t *scores)
{
    for (uint32_t i = 0; i < n; i++)
        scores[i] = nidx_score_leaf(w, freqs[i], inv[docs[i]]);
}

uint32_t nidx_score_select_portable(const uint32_t *docs,
                                    const uint32_t *scores, uint32_t n,
                                    uint32_t limit, uint32_t *out_docs,
                                    uint32_t *out_scores)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < n; i++) {
        uint32_t doc = docs[i], score = scores[i];
        out_docs[kept] = doc;
        out_scores[kept] = score;
        kept += score >= limit;
    }
    return kept;
}

uint32_t nidx_score_drain_portable(uint32_t *sums, uint32_t n, uint32_t limit,
                                   uint32_t base, uint32_t *out_docs,
                                   uint32_t *out_scores)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < n; i++) {
        uint32_t score = sums[i];
        sums[i] = 0;
        if (score < limit)
            continue;
        out_docs[kept] = base + i;
        out_scores[kept++] = score;
    }
    return kept;
}

void nidx_score_bounds_portable(const uint8_t *impacts, uint32_t n_blocks,
                                const float *freqs, const float *invs, float *x)
{
    for (uint32_t i = 0; i < n_blocks; i++, impacts += 8) {
        float best = freqs[impacts[0]] * invs[impacts[1]];
        for (int k = 2; k < 8; k += 2) {
            float one = freqs[impacts[k]] * invs[impacts[k + 1]];
            best = one > best ? one : best;
        }
        x[i] = best;
    }
}

uint32_t nidx_score_most_portable(const uint32_t *values, uint32_t n)
{
    uint32_t most = 0;

    for (uint32_t i = 0; i < n; i++)
        most = values[i] > most ? values[i] : most;
    return most;
}

#if defined(__x86_64__)
/* -------------------------------------------------------------- AVX2 */

AVX2 static inline __m256i tail_mask(uint32_t left)
{
    const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);

    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)left), lanes);
}

AVX2 void nidx_score_invs_avx2(const uint32_t *lens, uint32_t n, float k1,
                               float b, float avglen, float *out)
{
    const __m256 vk1 = _mm256_set1_ps(k1), vb = _mm256_set1_ps(b);
    const __m256 vavg = _mm256_set1_ps(avglen), one = _mm256_set1_ps(1.0f);
    const __m256 rest = _mm256_set1_ps(1.0f - b);
    uint32_t i = 0;

    for (; i + 8 <= n; i += 8) {
        __m256 len = _mm256_cvtepi32_ps(
            _mm256_loadu_si256((const __m256i *)(const void *)(lens + i)));
        __m256 norm =
            _mm256_add_ps(rest, _mm256_div_ps(_mm256_mul_ps(vb, len), vavg));
        _mm256_storeu_ps(out + i, _mm256_div_ps(one, _mm256_mul_ps(vk1, norm)));
    }
    nidx_score_invs_portable(lens + i, n - i, k1, b, avglen, out + i);
}

AVX2 void nidx_score_block_avx2(const uint32_t *docs, const uint32_t *freqs,
                                uint32_t n, const float *inv, float w,
                                uint32_t *scores)
{
    const __m256 vw = _mm256_set1_ps(w), one = _mm256_set1_ps(1.0f);

    for (uint32_t i = 0; i < n; i += 8) {
        __m256i mask = tail_mask(n - i);
        __m256i doc = _mm256_maskload_epi32((const int *)docs + i, mask);
        __m256i freq = _mm256_maskload_epi32((const int *)freqs + i, mask);
        __m256 x =
            _mm256_mul_ps(_mm256_cvtepi32_ps(freq),
                          _mm256_mask_i32gather_ps(
                              one, inv, doc, _mm256_castsi256_ps(mask), 4));
        __m256 s = _mm256_sub_ps(vw, _mm256_div_ps(vw, _mm256_add_ps(one, x)));
        _mm256_storeu_si256(
            (__m256i *)(void *)(scores + i),
            _mm256_max_epi32(_mm256_cvtps_epi32(s), _mm256_set1_epi32(1)));
    }
}

/* Unsigned a >= b; scores are below 2^31 only where a single leaf is meant. */
AVX2 static inline uint32_t at_least(__m256i a, __m256i b)
{
    __m256i ge = _mm256_cmpeq_epi32(_mm256_max_epu32(a, b), a);

    return (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(ge));
}

/* The lanes of mask move to the front (left packing by pdep and pext). */
AVX2 static inline __m256i front_order(uint32_t mask)
{
    uint64_t wide = _pdep_u64(mask, UINT64_C(0x0101010101010101)) * 0xff;
    uint64_t lanes = _pext_u64(UINT64_C(0x0706050403020100), wide);

    return _mm256_cvtepu8_epi32(_mm_cvtsi64_si128((long long)lanes));
}

AVX2 static inline void store_packed(uint32_t *to, __m256i v, __m256i order)
{
    _mm256_storeu_si256((__m256i *)(void *)to,
                        _mm256_permutevar8x32_epi32(v, order));
}

AVX2 uint32_t nidx_score_select_avx2(const uint32_t *docs,
                                     const uint32_t *scores, uint32_t n,
                                     uint32_t limit, uint32_t *out_docs,
                                     uint32_t *out_scores)
{
    const __m256i vlimit = _mm256_set1_epi32((int)limit);
    uint32_t kept = 0;

    for (uint32_t i = 0; i < n; i += 8) {
        __m256i in = tail_mask(n - i);
        __m256i doc = _mm256_maskload_epi32((const int *)docs + i, in);
        __m256i score = _mm256_maskload_epi32((const int *)scores + i, in);
        uint32_t mask = at_least(score, vlimit) &
                        (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(in));
        if (!mask)
            continue;
        __m256i order = front_order(mask);
        store_packed(out_docs + kept, doc, order);
        store_packed(out_scores + kept, score, order);
        kept += (uint32_t)__builtin_popcount(mask);
    }
    return kept;
}

AVX2 uint32_t nidx_score_drain_avx2(uint32_t *sums, uint32_t n, uint32_t limit,
                                    uint32_t base, uint32_t *out_docs,
                                    uint32_t *out_scores)
{
    const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    const __m256i vlimit = _mm256_set1_epi32((int)limit);
    uint32_t kept = 0;

    for (uint32_t i = 0; i < n; i += 8) {
        __m256i *at = (__m256i *)(void *)(sums + i);
        __m256i score = _mm256_loadu_si256(at);
        uint32_t mask = at_least(score, vlimit);
        _mm256_storeu_si256(at, _mm256_setzero_si256());
        if (!mask)
            continue;
        __m256i doc =
            _mm256_add_epi32(_mm256_set1_epi32((int)(base + i)), lanes);
        __m256i order = front_order(mask);
        store_packed(out_docs + kept, doc, order);
        store_packed(out_scores + kept, score, order);
        kept += (uint32_t)__builtin_popcount(mask);
    }
    return kept;
}

AVX2 uint32_t nidx_score_most_avx2(const uint32_t *values, uint32_t n)
{
    __m256i most = _mm256_setzero_si256();
    uint32_t lanes[8], i = 0;

    for (; i + 8 <= n; i += 8)
        most = _mm256_max_epu32(
            most,
            _mm256_loadu_si256((const __m256i *)(const void *)(values + i)));
    _mm256_storeu_si256((__m256i *)(void *)lanes, most);
    uint32_t a = nidx_score_most_portable(lanes, 8);
    uint32_t b = nidx_score_most_portable(values + i, n - i);
    return a > b ? a : b;
}

/* ------------------------------------------------------------ AVX-512 */

AVX512 void nidx_score_block_avx512(const uint32_t *docs, const uint32_t *freqs,
                                    uint32_t n, const float *inv, float w,
                                    uint32_t *scores)
{
    const __m512 vw = _mm512_set1_ps(w), one = _mm512_set1_ps(1.0f);

    for (uint32_t i = 0; i < n; i += 16) {
        __mmask16 in = (__mmask16)(n - i >= 16 ? 0xffffu : (1u << (n - i)) - 1);
        __m512i doc = _mm512_maskz_loadu_epi32(in, docs + i);
        __m512i freq = _mm512_maskz_loadu_epi32(in, freqs + i);
        __m512 x =
            _mm512_mul_ps(_mm512_cvtepi32_ps(freq),
                          _mm512_mask_i32gather_ps(one, in, doc, inv, 4));
        __m512 s = _mm512_sub_ps(vw, _mm512_div_ps(vw, _mm512_add_ps(one, x)));
        _mm512_storeu_si512(scores + i, _mm512_max_epi32(_mm512_cvtps_epi32(s),
                                                         _mm512_set1_epi32(1)));
    }
}

AVX512 uint32_t nidx_score_select_avx512(const uint32_t *docs,
                                         const uint32_t *scores, uint32_t n,
                                         uint32_t limit, uint32_t *out_docs,
                                         uint32_t *out_scores)
{
    const __m512i vlimit = _mm512_set1_epi32((int)limit);
    uint32_t kept = 0;

    for (uint32_t i = 0; i < n; i += 16) {
        __mmask16 in = (__mmask16)(n - i >= 16 ? 0xffffu : (1u << (n - i)) - 1);
        __m512i score = _mm512_maskz_loadu_epi32(in, scores + i);
        __mmask16 mask = _mm512_mask_cmpge_epu32_mask(in, score, vlimit);
        if (!mask)
            continue;
        __m512i doc = _mm512_maskz_loadu_epi32(in, docs + i);
        _mm512_storeu_si512(out_docs + kept,
                            _mm512_maskz_compress_epi32(mask, doc));
        _mm512_storeu_si512(out_scores + kept,
                            _mm512_maskz_compress_epi32(mask, score));
        kept += (uint32_t)__builtin_popcount(mask);
    }
    return kept;
}

AVX512 uint32_t nidx_score_drain_avx512(uint32_t *sums, uint32_t n,
                                        uint32_t limit, uint32_t base,
                                        uint32_t *out_docs,
                                        uint32_t *out_scores)
{
    const __m512i lanes =
        _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m512i vlimit = _mm512_set1_epi32((int)limit);
    uint32_t kept = 0;

    for (uint32_t i = 0; i < n; i += 16) {
        __m512i score = _mm512_loadu_si512(sums + i);
        __mmask16 mask = _mm512_cmpge_epu32_mask(score, vlimit);
        _mm512_storeu_si512(sums + i, _mm512_setzero_si512());
        if (!mask)
            continue;
        __m512i doc =
            _mm512_add_epi32(_mm512_set1_epi32((int)(base + i)), lanes);
        _mm512_storeu_si512(out_docs + kept,
                            _mm512_maskz_compress_epi32(mask, doc));
        _mm512_storeu_si512(out_scores + kept,
                            _mm512_maskz_compress_epi32(mask, score));
        kept += (uint32_t)__builtin_popcount(mask);
    }
    return kept;
}
#endif

/* ---------------------------------------------------------- dispatch */

#if defined(__x86_64__)
#define LEVEL(call512, call2, portable) \
    switch (nidx_cpu_level()) {         \
    case NIDX_CPU_AVX512:               \
        return call512;                 \
    case NIDX_CPU_AVX2:                 \
        return call2;                   \
    case NIDX_CPU_PORTABLE:             \
    default:                            \
        return portable;                \
    }
#else
#define LEVEL(call512, call2, portable) return portable
#endif

void nidx_score_invs(const uint32_t *lens, uint32_t n, float k1, float b,
                     float avglen, float *out)
{
#if defined(__x86_64__)
    if (nidx_cpu_level() != NIDX_CPU_PORTABLE) {
        nidx_score_invs_avx2(lens, n, k1, b, avglen, out);
        return;
    }
#endif
    nidx_score_invs_portable(lens, n, k1, b, avglen, out);
}

void nidx_score_block(const uint32_t *docs, const uint32_t *freqs, uint32_t n,
                      const float *inv, float w, uint32_t *scores)
{
#if defined(__x86_64__)
    if (nidx_cpu_level() == NIDX_CPU_AVX512) {
        nidx_score_block_avx512(docs, freqs, n, inv, w, scores);
        return;
    }
    if (nidx_cpu_level() == NIDX_CPU_AVX2) {
        nidx_score_block_avx2(docs, freqs, n, inv, w, scores);
        return;
    }
#endif
    nidx_score_block_portable(docs, freqs, n, inv, w, scores);
}

uint32_t nidx_score_select(const uint32_t *docs, const uint32_t *scores,
                           uint32_t n, uint32_t limit, uint32_t *out_docs,
                           uint32_t *out_scores)
{
    LEVEL(
        nidx_score_select_avx512(docs, scores, n, limit, out_docs, out_scores),
        nidx_score_select_avx2(docs, scores, n, limit, out_docs, out_scores),
        nidx_score_select_portable(docs, scores, n, limit, out_docs,
                                   out_scores));
}

uint32_t nidx_score_drain(uint32_t *sums, uint32_t n, uint32_t limit,
                          uint32_t base, uint32_t *out_docs,
                          uint32_t *out_scores)
{
    LEVEL(
        nidx_score_drain_avx512(sums, n, limit, base, out_docs, out_scores),
        nidx_score_drain_avx2(sums, n, limit, base, out_docs, out_scores),
        nidx_score_drain_portable(sums, n, limit, base, out_docs, out_scores));
}

void nidx_score_bounds(const uint8_t *impacts, uint32_t n_blocks,
                       const float *freqs, const float *invs, float *x)
{
    nidx_score_bounds_portable(impacts, n_blocks, freqs, invs, x);
}

uint32_t nidx_score_most(const uint32_t *values, uint32_t n)
{
#if defined(__x86_64__)
    if (nidx_cpu_level() != NIDX_CPU_PORTABLE)
        return nidx_score_most_avx2(values, n);
#endif
    return nidx_score_most_portable(values, n);
}
