/* probe_kernel.c: documents looked up in a bitmap, and their ranks.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/probe_kernel.h"

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
