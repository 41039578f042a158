/* probe_kernel.c: documents looked up in a bitmap, and their ranks.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/topk/probe_kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "common/codec/pack.h"
#include "common/codec/postings.h"

/* The same text twice: the compiler uses the popcnt instruction in one. Most
 * documents are not there, and most groups are asked for one or two. */
#define PROBE_GROUP                                                            \
    uint32_t kept = 0;                                                         \
    for (uint32_t i = from; i < end; i++) {                                    \
        uint32_t bit = docs[i] % NIDX_DENSE_GROUP;                             \
        at[kept] = i;                                                          \
        kept += group[4 + bit / 8] >> bit % 8 & 1;                             \
    }                                                                          \
    if (!ranks || kept == 0)                                                   \
        return kept;                                                           \
    uint32_t before[NIDX_DENSE_GROUP / 64], sum = nidx_load32(group);          \
    uint32_t top = docs[at[kept - 1]] % NIDX_DENSE_GROUP / 64;                 \
    for (uint32_t k = 0; k <= top; k++) {                                      \
        before[k] = sum;                                                       \
        sum += (uint32_t)__builtin_popcountll(nidx_load64(group + 4 + 8 * k)); \
    }                                                                          \
    for (uint32_t i = 0; i < kept; i++) {                                      \
        uint32_t bit = docs[at[i]] % NIDX_DENSE_GROUP;                         \
        uint64_t word = nidx_load64(group + 4 + 8 * (bit / 64));               \
        uint64_t low = word & ((UINT64_C(1) << bit % 64) - 1);                 \
        ranks[i] = before[bit / 64] + (uint32_t)__builtin_popcountll(low);     \
    }                                                                          \
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
/* The greatest documents of the block's sixteens are one register; it says in
 * which sixteen a document would be. */
__attribute__((target("avx512f,avx512bw,avx512vl,bmi,popcnt"))) static uint32_t
probe_block_avx512(const uint32_t *own, uint32_t n, const uint32_t *docs,
                   uint32_t from, uint32_t end, uint32_t *at, uint32_t *indexes)
{
    const uint32_t last = (n - 1) / 16;
    const uint32_t in_last = (uint32_t)0xffff >> (16 * last + 15 - (n - 1));
    uint32_t tops[8], kept = 0;

    for (uint32_t k = 0; k < 8; k++)
        tops[k] = own[16 * k + 15 < n ? 16 * k + 15 : n - 1];
    const __m256i top = _mm256_loadu_si256((const __m256i *)(void *)tops);
    for (uint32_t i = from; i < end; i++) {
        const int doc = (int)docs[i];
        uint32_t k = (uint32_t)__builtin_popcount(
            _mm256_cmplt_epu32_mask(top, _mm256_set1_epi32(doc)));
        k = k < last ? k : last;
        uint32_t same = _mm512_cmpeq_epi32_mask(
            _mm512_loadu_si512(own + 16 * k), _mm512_set1_epi32(doc));
        same &= k == last ? in_last : 0xffff;
        at[kept] = i;
        indexes[kept] = 16 * k + _tzcnt_u32(same);
        kept += same != 0;
    }
    return kept;
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
