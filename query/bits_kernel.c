/* bits_kernel.c: sets of documents as bits, many words an instruction.
 *
 * Joining is left to the compiler: memory bounds it. Counting wants the
 * instruction for it.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/bits_kernel.h"

#include "common/pack.h"

void nidx_bits_or(uint64_t *bits, const uint64_t *other, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        bits[i] |= other[i];
}

void nidx_bits_and(uint64_t *bits, const uint64_t *other, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        bits[i] &= other[i];
}

void nidx_bits_except(uint64_t *bits, const uint64_t *other, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        bits[i] &= ~other[i];
}

uint64_t nidx_bits_count_portable(const uint64_t *bits, uint32_t n)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < n; i++)
        sum += (uint64_t)__builtin_popcountll(bits[i]);
    return sum;
}

#if defined(__x86_64__)
/* Any machine with AVX2 has popcnt. */
__attribute__((target("popcnt"))) static uint64_t count_popcnt(
    const uint64_t *bits, uint32_t n)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < n; i++)
        sum += (uint64_t)__builtin_popcountll(bits[i]);
    return sum;
}
#endif

uint64_t nidx_bits_count(const uint64_t *bits, uint32_t n)
{
#if defined(__x86_64__)
    if (nidx_cpu_level() != NIDX_CPU_PORTABLE)
        return count_popcnt(bits, n);
#endif
    return nidx_bits_count_portable(bits, n);
}
