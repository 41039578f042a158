/* bits_kernel.c: sets of documents as bits, many words an instruction.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/topk/bits_kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define AVX2     __attribute__((target("avx2,popcnt")))
#define AVX512   __attribute__((target("avx512f,avx512bw")))
#define COUNT512 __attribute__((target("avx512f,avx512bw,avx512vpopcntdq")))
#endif

#include "common/codec/pack.h"

#define JOIN_PORTABLE(name, operation)                           \
    void name(uint64_t *bits, const uint64_t *other, uint32_t n) \
    {                                                            \
        for (uint32_t i = 0; i < n; i++)                         \
            bits[i] = bits[i] operation other[i];                \
    }

JOIN_PORTABLE(nidx_bits_or_portable, |)
JOIN_PORTABLE(nidx_bits_and_portable, &)
JOIN_PORTABLE(nidx_bits_except_portable, &~)

uint64_t nidx_bits_count_portable(const uint64_t *bits, uint32_t n)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < n; i++)
        sum += (uint64_t)__builtin_popcountll(bits[i]);
    return sum;
}

#if defined(__x86_64__)
#define JOIN_AVX2(name, combine, rest)                                        \
    AVX2 static void name(uint64_t *bits, const uint64_t *other, uint32_t n)  \
    {                                                                         \
        uint32_t i = 0;                                                       \
        for (; i + 4 <= n; i += 4) {                                          \
            __m256i *to = (__m256i *)(void *)(bits + i);                      \
            const __m256i *from = (const __m256i *)(const void *)(other + i); \
            _mm256_storeu_si256(to, combine(_mm256_loadu_si256(from),         \
                                            _mm256_loadu_si256(to)));         \
        }                                                                     \
        rest(bits + i, other + i, n - i);                                     \
    }

JOIN_AVX2(or_avx2, _mm256_or_si256, nidx_bits_or_portable)
JOIN_AVX2(and_avx2, _mm256_and_si256, nidx_bits_and_portable)
JOIN_AVX2(except_avx2, _mm256_andnot_si256, nidx_bits_except_portable)

#define JOIN_AVX512(name, combine)                                             \
    AVX512 static void name(uint64_t *bits, const uint64_t *other, uint32_t n) \
    {                                                                          \
        for (uint32_t i = 0; i < n; i += 8) {                                  \
            __mmask8 in =                                                      \
                (__mmask8)(n - i >= 8 ? 0xffu : (1u << (n - i)) - 1);          \
            __m512i joined = combine(_mm512_maskz_loadu_epi64(in, other + i),  \
                                     _mm512_maskz_loadu_epi64(in, bits + i));  \
            _mm512_mask_storeu_epi64(bits + i, in, joined);                    \
        }                                                                      \
    }

JOIN_AVX512(or_avx512, _mm512_or_si512)
JOIN_AVX512(and_avx512, _mm512_and_si512)
JOIN_AVX512(except_avx512, _mm512_andnot_si512)

/* Any machine with AVX2 has popcnt. */
AVX2 static uint64_t count_popcnt(const uint64_t *bits, uint32_t n)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < n; i++)
        sum += (uint64_t)__builtin_popcountll(bits[i]);
    return sum;
}

COUNT512 static uint64_t count_avx512(const uint64_t *bits, uint32_t n)
{
    __m512i sum = _mm512_setzero_si512();

    for (uint32_t i = 0; i < n; i += 8) {
        __mmask8 in = (__mmask8)(n - i >= 8 ? 0xffu : (1u << (n - i)) - 1);
        sum = _mm512_add_epi64(
            sum, _mm512_popcnt_epi64(_mm512_maskz_loadu_epi64(in, bits + i)));
    }
    return (uint64_t)_mm512_reduce_add_epi64(sum);
}

/* Not every machine of the level has it. */
static bool counts_vectors(void)
{
    return nidx_cpu_level() == NIDX_CPU_AVX512 &&
           __builtin_cpu_supports("avx512vpopcntdq");
}
#endif

/* ---------------------------------------------------------- dispatch */

#if defined(__x86_64__)
#define JOIN(name)                                                           \
    void nidx_bits_##name(uint64_t *bits, const uint64_t *other, uint32_t n) \
    {                                                                        \
        enum nidx_cpu level = nidx_cpu_level();                              \
        if (level == NIDX_CPU_AVX512)                                        \
            name##_avx512(bits, other, n);                                   \
        else if (level == NIDX_CPU_AVX2)                                     \
            name##_avx2(bits, other, n);                                     \
        else                                                                 \
            nidx_bits_##name##_portable(bits, other, n);                     \
    }
#else
#define JOIN(name)                                                           \
    void nidx_bits_##name(uint64_t *bits, const uint64_t *other, uint32_t n) \
    {                                                                        \
        nidx_bits_##name##_portable(bits, other, n);                         \
    }
#endif

JOIN(or)
JOIN(and)
JOIN(except)

uint64_t nidx_bits_count(const uint64_t *bits, uint32_t n)
{
#if defined(__x86_64__)
    if (counts_vectors())
        return count_avx512(bits, n);
    if (nidx_cpu_level() != NIDX_CPU_PORTABLE)
        return count_popcnt(bits, n);
#endif
    return nidx_bits_count_portable(bits, n);
}
