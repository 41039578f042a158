/* dense_kernel.c: the documents of a bitmap's words.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/codec/dense_kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "common/codec/pack.h"

/* The same text twice: the compiler uses better instructions in one. */
#define LIST_WORD(word, base, room, n, out)                          \
    do {                                                             \
        uint64_t left = (word);                                      \
        if ((uint32_t)__builtin_popcountll(left) > (room) - (n))     \
            return (room) + 1;                                       \
        for (; left; left &= left - 1)                               \
            (out)[(n)++] = (base) + (uint32_t)__builtin_ctzll(left); \
    } while (0)

uint32_t nidx_dense_list_portable(const uint64_t *words, uint32_t n,
                                  uint32_t base, uint32_t room, uint32_t *out)
{
    uint32_t found = 0;

    for (uint32_t k = 0; k < n; k++, base += 64)
        LIST_WORD(words[k], base, room, found, out);
    return found;
}

#if defined(__x86_64__)
__attribute__((target("popcnt,bmi,bmi2"))) static uint32_t list_popcnt(
    const uint64_t *words, uint32_t n, uint32_t base, uint32_t room,
    uint32_t *out)
{
    uint32_t found = 0;

    for (uint32_t k = 0; k < n; k++, base += 64)
        LIST_WORD(words[k], base, room, found, out);
    return found;
}

/* Sixteen documents a step where a word has many, one by one otherwise. */
__attribute__((target("avx512f,popcnt,bmi,bmi2"))) static uint32_t list_avx512(
    const uint64_t *words, uint32_t n, uint32_t base, uint32_t room,
    uint32_t *out)
{
    enum {
        MANY = 7
    };
    const __m512i lanes =
        _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    uint32_t found = 0;

    for (uint32_t k = 0; k < n; k++, base += 64) {
        uint32_t bits = (uint32_t)__builtin_popcountll(words[k]);
        if (bits < MANY) {
            LIST_WORD(words[k], base, room, found, out);
            continue;
        }
        if (bits > room - found)
            return room + 1;
        for (uint32_t part = 0; part < 64; part += 16) {
            __mmask16 mask = (__mmask16)(words[k] >> part);
            __m512i docs =
                _mm512_add_epi32(_mm512_set1_epi32((int)(base + part)), lanes);
            _mm512_storeu_si512(out + found,
                                _mm512_maskz_compress_epi32(mask, docs));
            found += (uint32_t)__builtin_popcount(mask);
        }
    }
    return found;
}
#endif

uint32_t nidx_dense_list(const uint64_t *words, uint32_t n, uint32_t base,
                         uint32_t room, uint32_t *out)
{
#if defined(__x86_64__)
    if (nidx_cpu_level() == NIDX_CPU_AVX512)
        return list_avx512(words, n, base, room, out);
    if (nidx_cpu_level() == NIDX_CPU_AVX2)
        return list_popcnt(words, n, base, room, out);
#endif
    return nidx_dense_list_portable(words, n, base, room, out);
}
