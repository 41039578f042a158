/* probe_kernel.c: documents looked up in a bitmap, and their ranks.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/probe_kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "common/pack.h"
#include "common/postings.h"

/* The same text twice: the compiler uses the popcnt instruction in one. */
#define PROBE_GROUP                                                       \
    uint64_t words[NIDX_DENSE_GROUP / 64];                                \
    uint32_t before[NIDX_DENSE_GROUP / 64], kept = 0;                     \
    uint32_t rank = nidx_load32(group);                                   \
    for (uint32_t k = 0; k < NIDX_DENSE_GROUP / 64; k++) {                \
        words[k] = nidx_load64(group + 4 + 8 * k);                        \
        before[k] = rank;                                                 \
        rank += (uint32_t)__builtin_popcountll(words[k]);                 \
    }                                                                     \
    for (uint32_t i = from; i < end; i++) {                               \
        uint32_t bit = docs[i] % 64, k = docs[i] % NIDX_DENSE_GROUP / 64; \
        uint64_t low = words[k] & ((UINT64_C(1) << bit) - 1);             \
        at[kept] = i;                                                     \
        ranks[kept] = before[k] + (uint32_t)__builtin_popcountll(low);    \
        kept += words[k] >> bit & 1;                                      \
    }                                                                     \
    return kept

uint32_t nidx_probe_group_portable(const uint8_t *group, const uint32_t *docs,
                                   uint32_t from, uint32_t end, uint32_t *at,
                                   uint32_t *ranks)
{
    PROBE_GROUP;
}

#if defined(__x86_64__)
__attribute__((target("popcnt,bmi,bmi2"))) static uint32_t probe_group_popcnt(
    const uint8_t *group, const uint32_t *docs, uint32_t from, uint32_t end,
    uint32_t *at, uint32_t *ranks)
{
    PROBE_GROUP;
}
#endif

uint32_t nidx_probe_group(const uint8_t *group, const uint32_t *docs,
                          uint32_t from, uint32_t end, uint32_t *at,
                          uint32_t *ranks)
{
#if defined(__x86_64__)
    if (nidx_cpu_level() != NIDX_CPU_PORTABLE)
        return probe_group_popcnt(group, docs, from, end, at, ranks);
#endif
    return nidx_probe_group_portable(group, docs, from, end, at, ranks);
}

/* ------------------------------------------------------- sparse blocks */

uint32_t nidx_probe_block_portable(const uint32_t *own, uint32_t n,
                                   const uint32_t *docs, uint32_t from,
                                   uint32_t end, uint32_t *at,
                                   uint32_t *indexes)
{
    uint32_t kept = 0, start = 0;

    for (uint32_t i = from; i < end; i++) {
        uint32_t low = start, left = n - start;
        while (left > 1) {
            uint32_t half = left / 2;
            low += own[low + half - 1] < docs[i] ? half : 0;
            left -= half;
        }
        start = low;
        at[kept] = i;
        indexes[kept] = low;
        kept += own[low] == docs[i];
    }
    return kept;
}

#if defined(__x86_64__)
/* The block stays in eight registers; each document is compared with all. */
__attribute__((target("avx512f,avx512bw,bmi"))) static uint32_t
probe_block_avx512(const uint32_t *own, uint32_t n, const uint32_t *docs,
                   uint32_t from, uint32_t end, uint32_t *at, uint32_t *indexes)
{
    const uint64_t low_in = n >= 64 ? UINT64_MAX : (UINT64_C(1) << n) - 1;
    const uint64_t high_in = n >= 128  ? UINT64_MAX
                             : n <= 64 ? 0
                                       : (UINT64_C(1) << (n - 64)) - 1;
    uint32_t kept = 0;

#define PART(k) const __m512i v##k = _mm512_loadu_si512(own + 16 * k)
    PART(0);
    PART(1);
    PART(2);
    PART(3);
    PART(4);
    PART(5);
    PART(6);
    PART(7);
    for (uint32_t i = from; i < end; i++) {
        __m512i doc = _mm512_set1_epi32((int)docs[i]);
#define SAME(k) (uint64_t) _cvtmask16_u32(_mm512_cmpeq_epi32_mask(v##k, doc))
        uint64_t low = SAME(0) | SAME(1) << 16 | SAME(2) << 32 | SAME(3) << 48;
        uint64_t high = SAME(4) | SAME(5) << 16 | SAME(6) << 32 | SAME(7) << 48;
        low &= low_in;
        high &= high_in;
        at[kept] = i;
        indexes[kept] = low ? (uint32_t)__builtin_ctzll(low)
                            : 64 + (uint32_t)_tzcnt_u64(high);
        kept += (low | high) != 0;
    }
    return kept;
#undef PART
#undef SAME
}
#endif

uint32_t nidx_probe_block(const uint32_t *own, uint32_t n, const uint32_t *docs,
                          uint32_t from, uint32_t end, uint32_t *at,
                          uint32_t *indexes)
{
#if defined(__x86_64__)
    if (nidx_cpu_level() == NIDX_CPU_AVX512)
        return probe_block_avx512(own, n, docs, from, end, at, indexes);
#endif
    return nidx_probe_block_portable(own, n, docs, from, end, at, indexes);
}
