/* pack_kernel_avx512.c: unpacking and running sums, sixteen values at a time.
 *
 * As pack_kernel_avx2.c, but VBMI's byte permutation crosses the whole
 * register, so sixteen values (2 * b bytes) come with one masked load.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/codec/pack_kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX512             \
    __attribute__((target( \
        "avx512f,avx512bw,avx512cd,avx512vl,avx512vbmi,avx2,bmi2,popcnt")))

#define WINDOW(b, j) ((j) * (b) / 8 * 0x01010101u + 0x03020100u)
#define WINDOWS(b)                                                            \
    {                                                                         \
        WINDOW(b, 0), WINDOW(b, 1), WINDOW(b, 2), WINDOW(b, 3), WINDOW(b, 4), \
            WINDOW(b, 5), WINDOW(b, 6), WINDOW(b, 7), WINDOW(b, 8),           \
            WINDOW(b, 9), WINDOW(b, 10), WINDOW(b, 11), WINDOW(b, 12),        \
            WINDOW(b, 13), WINDOW(b, 14), WINDOW(b, 15)                       \
    }

static const uint32_t windows[NIDX_PACK_VECTOR_BITS + 1][16] = {
    WINDOWS(0u),  WINDOWS(1u),  WINDOWS(2u),  WINDOWS(3u),  WINDOWS(4u),
    WINDOWS(5u),  WINDOWS(6u),  WINDOWS(7u),  WINDOWS(8u),  WINDOWS(9u),
    WINDOWS(10u), WINDOWS(11u), WINDOWS(12u), WINDOWS(13u), WINDOWS(14u),
    WINDOWS(15u), WINDOWS(16u), WINDOWS(17u), WINDOWS(18u), WINDOWS(19u),
    WINDOWS(20u), WINDOWS(21u), WINDOWS(22u), WINDOWS(23u), WINDOWS(24u),
    WINDOWS(25u)};

struct plan {
    __m512i window, shift, mask;
    __mmask64 bytes;
};

AVX512 static inline struct plan plan_of(uint32_t b)
{
    __m512i lane =
        _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    __m512i bit = _mm512_mullo_epi32(lane, _mm512_set1_epi32((int)b));
    struct plan p = {
        .window = _mm512_loadu_si512(windows[b]),
        .shift = _mm512_and_si512(bit, _mm512_set1_epi32(7)),
        .mask = _mm512_set1_epi32((int)((1u << b) - 1)),
        .bytes = (UINT64_C(1) << 2 * b) - 1,
    };
    return p;
}

AVX512 static inline __m512i load_sixteen(const struct plan *p,
                                          const uint8_t *bits)
{
    __m512i bytes = _mm512_maskz_loadu_epi8(p->bytes, bits);
    __m512i v = _mm512_permutexvar_epi8(p->window, bytes);
    return _mm512_and_si512(_mm512_srlv_epi32(v, p->shift), p->mask);
}

/* v[i] becomes v[0] + .. + v[i]. The first two steps stay within quarters,
 * which costs less than crossing them. */
AVX512 static inline __m512i sum_sixteen(__m512i v)
{
    const __m512i quarter_before =
        _mm512_setr_epi32(0, 0, 0, 0, 3, 3, 3, 3, 7, 7, 7, 7, 11, 11, 11, 11);
    const __m512i half_before = _mm512_set1_epi32(7);

    v = _mm512_add_epi32(v, _mm512_slli_epi64(v, 32));
    v = _mm512_add_epi32(
        v, _mm512_maskz_shuffle_epi32(0xcccc, v, (_MM_PERM_ENUM)0x50));
    __m512i w = _mm512_add_epi32(
        v, _mm512_maskz_permutexvar_epi32(0xf0f0, quarter_before, v));
    return _mm512_add_epi32(
        w, _mm512_maskz_permutexvar_epi32(0xff00, half_before, w));
}

AVX512 static inline __m512i last_of_sixteen(__m512i v)
{
    return _mm512_permutexvar_epi32(_mm512_set1_epi32(15), v);
}

AVX512 void nidx_unpack_avx512(const uint8_t *bits, uint32_t b, uint32_t n,
                               uint32_t more, uint32_t *out)
{
    const struct plan p = plan_of(b);
    const __m512i add = _mm512_set1_epi32((int)more);

    for (uint32_t i = 0; i < n; i += 16, bits += 2 * b)
        _mm512_storeu_si512(out + i,
                            _mm512_add_epi32(load_sixteen(&p, bits), add));
}

AVX512 void nidx_unpack_sum_avx512(const uint8_t *bits, uint32_t b, uint32_t n,
                                   uint32_t base, uint32_t *out)
{
    const struct plan p = plan_of(b);
    const __m512i one = _mm512_set1_epi32(1);
    __m512i sum = _mm512_set1_epi32((int)(base - 1));

    for (uint32_t i = 0; i < n; i += 16, bits += 2 * b) {
        __m512i v = sum_sixteen(_mm512_add_epi32(load_sixteen(&p, bits), one));
        _mm512_storeu_si512(out + i, _mm512_add_epi32(v, sum));
        sum = _mm512_add_epi32(sum, last_of_sixteen(v));
    }
}

AVX512 void nidx_sum_avx512(uint32_t n, uint32_t base, uint32_t *values)
{
    const __m512i one = _mm512_set1_epi32(1);
    __m512i sum = _mm512_set1_epi32((int)(base - 1));

    for (uint32_t i = 0; i < n; i += 16) {
        __m512i v = _mm512_loadu_si512(values + i);
        v = sum_sixteen(_mm512_add_epi32(v, one));
        _mm512_storeu_si512(values + i, _mm512_add_epi32(v, sum));
        sum = _mm512_add_epi32(sum, last_of_sixteen(v));
    }
}

/* Widths as bytes: two registers hold those of a group. */
AVX512 void nidx_count_above_avx512(const uint32_t *values, uint32_t n,
                                    uint32_t top, uint8_t *above)
{
    uint8_t widths[NIDX_BLOCK] = {0};
    const __m512i most = _mm512_set1_epi32(32);

    for (uint32_t i = 0; i < n; i += 16) {
        const uint32_t left = n - i;
        const __mmask16 lanes =
            (__mmask16)(left < 16 ? (1u << left) - 1 : UINT16_MAX);
        const __m512i v = _mm512_maskz_loadu_epi32(lanes, values + i);
        const __m512i width = _mm512_sub_epi32(most, _mm512_lzcnt_epi32(v));
        _mm_storeu_si128((__m128i *)(void *)(widths + i),
                         _mm512_cvtepi32_epi8(width));
    }
    const __m512i low = _mm512_loadu_si512(widths);
    const __m512i high = _mm512_loadu_si512(widths + 64);
    for (uint32_t b = 0; b < top; b++) {
        const __m512i limit = _mm512_set1_epi8((char)b);
        const uint64_t x = _mm512_cmpgt_epu8_mask(low, limit);
        const uint64_t y = _mm512_cmpgt_epu8_mask(high, limit);
        above[b] = (uint8_t)(__builtin_popcountll(x) + __builtin_popcountll(y));
    }
}

/* Sixteen values are 2 * b bytes, so all steps begin at the same bit. */
AVX512 void nidx_unpack_range_avx512(const uint8_t *bits, uint32_t b,
                                     uint32_t first, uint32_t n, uint32_t *out)
{
    const __m512i lane =
        _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const uint32_t from = first * b % 8;
    const __m512i bit =
        _mm512_add_epi32(_mm512_mullo_epi32(lane, _mm512_set1_epi32((int)b)),
                         _mm512_set1_epi32((int)from));
    const __m512i window =
        _mm512_add_epi32(_mm512_mullo_epi32(_mm512_srli_epi32(bit, 3),
                                            _mm512_set1_epi32(0x01010101)),
                         _mm512_set1_epi32(0x03020100));
    const __m512i shift = _mm512_and_si512(bit, _mm512_set1_epi32(7));
    const __m512i mask = _mm512_set1_epi32((int)((1u << b) - 1));

    bits += (size_t)first * b / 8;
    for (uint32_t i = 0; i < n; i += 16, bits += 2 * b) {
        uint32_t count = n - i < 16 ? n - i : 16;
        uint32_t size = (from + count * b + 7) / 8;
        __m512i v = _mm512_maskz_loadu_epi8((UINT64_C(1) << size) - 1, bits);
        v = _mm512_srlv_epi32(_mm512_permutexvar_epi8(window, v), shift);
        _mm512_mask_storeu_epi32(out + i, (__mmask16)((1u << count) - 1),
                                 _mm512_and_si512(v, mask));
    }
}
#endif
