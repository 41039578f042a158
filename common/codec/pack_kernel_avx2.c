/* pack_kernel_avx2.c: unpacking and running sums, eight values at a time.
 *
 * Eight values of b bits begin and end at a byte. Each half of a register is
 * loaded from where its four values begin, one shuffle brings to every lane
 * the four bytes that hold its value, one shift and one mask free it.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/codec/pack_kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

/* Byte numbers, within its half, of the window of lane j. */
#define WINDOW(b, j) \
    (((j) * (b) / 8 - ((j) < 4 ? 0 : 4 * (b) / 8)) * 0x01010101u + 0x03020100u)
#define WINDOWS(b)                                                            \
    {                                                                         \
        WINDOW(b, 0), WINDOW(b, 1), WINDOW(b, 2), WINDOW(b, 3), WINDOW(b, 4), \
            WINDOW(b, 5), WINDOW(b, 6), WINDOW(b, 7)                          \
    }

static const uint32_t windows[NIDX_PACK_VECTOR_BITS + 1][8] = {
    WINDOWS(0u),  WINDOWS(1u),  WINDOWS(2u),  WINDOWS(3u),  WINDOWS(4u),
    WINDOWS(5u),  WINDOWS(6u),  WINDOWS(7u),  WINDOWS(8u),  WINDOWS(9u),
    WINDOWS(10u), WINDOWS(11u), WINDOWS(12u), WINDOWS(13u), WINDOWS(14u),
    WINDOWS(15u), WINDOWS(16u), WINDOWS(17u), WINDOWS(18u), WINDOWS(19u),
    WINDOWS(20u), WINDOWS(21u), WINDOWS(22u), WINDOWS(23u), WINDOWS(24u),
    WINDOWS(25u)};

/* What stays the same over a group. */
struct plan {
    __m256i window, shift, mask;
    size_t half; /* bytes from the lower half's load to the upper's */
};

AVX2 static inline struct plan plan_of(uint32_t b)
{
    __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    __m256i bit = _mm256_mullo_epi32(lane, _mm256_set1_epi32((int)b));
    struct plan p = {
        .window = _mm256_loadu_si256((const __m256i *)(const void *)windows[b]),
        .shift = _mm256_and_si256(bit, _mm256_set1_epi32(7)),
        .mask = _mm256_set1_epi32((int)((1u << b) - 1)),
        .half = b / 2,
    };
    return p;
}

AVX2 static inline __m256i load_eight(const struct plan *p, const uint8_t *bits)
{
    __m128i low = _mm_loadu_si128((const __m128i *)(const void *)bits);
    __m128i high =
        _mm_loadu_si128((const __m128i *)(const void *)(bits + p->half));
    __m256i bytes =
        _mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1);
    __m256i v = _mm256_shuffle_epi8(bytes, p->window);
    return _mm256_and_si256(_mm256_srlv_epi32(v, p->shift), p->mask);
}

AVX2 static inline void store_eight(uint32_t *out, __m256i v)
{
    _mm256_storeu_si256((__m256i *)(void *)out, v);
}

/* v[i] becomes v[0] + .. + v[i]. */
AVX2 static inline __m256i sum_eight(__m256i v)
{
    v = _mm256_add_epi32(v, _mm256_slli_si256(v, 4));
    v = _mm256_add_epi32(v, _mm256_slli_si256(v, 8));
    __m256i low = _mm256_permute2x128_si256(v, v, 0x08);
    return _mm256_add_epi32(v, _mm256_shuffle_epi32(low, 0xff));
}

AVX2 static inline __m256i last_of_eight(__m256i v)
{
    return _mm256_permutevar8x32_epi32(v, _mm256_set1_epi32(7));
}

AVX2 void nidx_unpack_avx2(const uint8_t *bits, uint32_t b, uint32_t n,
                           uint32_t more, uint32_t *out)
{
    const struct plan p = plan_of(b);
    const __m256i add = _mm256_set1_epi32((int)more);

    for (uint32_t i = 0; i < n; i += 8, bits += b)
        store_eight(out + i, _mm256_add_epi32(load_eight(&p, bits), add));
}

AVX2 void nidx_unpack_sum_avx2(const uint8_t *bits, uint32_t b, uint32_t n,
                               uint32_t base, uint32_t *out)
{
    const struct plan p = plan_of(b);
    const __m256i one = _mm256_set1_epi32(1);
    __m256i sum = _mm256_set1_epi32((int)(base - 1));

    /* The sums of eight do not wait for the eight before: only one addition
     * is carried from turn to turn. */
    for (uint32_t i = 0; i < n; i += 8, bits += b) {
        __m256i v = sum_eight(_mm256_add_epi32(load_eight(&p, bits), one));
        store_eight(out + i, _mm256_add_epi32(v, sum));
        sum = _mm256_add_epi32(sum, last_of_eight(v));
    }
}

AVX2 void nidx_sum_avx2(uint32_t n, uint32_t base, uint32_t *values)
{
    const __m256i one = _mm256_set1_epi32(1);
    __m256i sum = _mm256_set1_epi32((int)(base - 1));

    for (uint32_t i = 0; i < n; i += 8) {
        __m256i v =
            _mm256_loadu_si256((const __m256i *)(const void *)(values + i));
        v = sum_eight(_mm256_add_epi32(v, one));
        store_eight(values + i, _mm256_add_epi32(v, sum));
        sum = _mm256_add_epi32(sum, last_of_eight(v));
    }
}
#define BMI2 __attribute__((target("avx2,bmi2")))

/* The low bytes of eight values. */
BMI2 static inline uint64_t low_bytes(__m256i v)
{
    const __m256i pick = _mm256_setr_epi8(
        0, 4, 8, 12, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 4, 8,
        12, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1);
    const __m256i bytes = _mm256_shuffle_epi8(v, pick);
    const uint64_t low =
        (uint32_t)_mm_cvtsi128_si32(_mm256_castsi256_si128(bytes));
    const uint64_t high =
        (uint32_t)_mm_cvtsi128_si32(_mm256_extracti128_si256(bytes, 1));

    return low | high << 32;
}

/* The low halves of four values each. */
BMI2 static inline void low_halves(__m256i v, uint64_t half[2])
{
    const __m256i pick = _mm256_setr_epi8(
        0, 1, 4, 5, 8, 9, 12, 13, -1, -1, -1, -1, -1, -1, -1, -1, 0, 1, 4, 5, 8,
        9, 12, 13, -1, -1, -1, -1, -1, -1, -1, -1);
    const __m256i bytes = _mm256_shuffle_epi8(v, pick);

    half[0] = (uint64_t)_mm_cvtsi128_si64(_mm256_castsi256_si128(bytes));
    half[1] = (uint64_t)_mm_cvtsi128_si64(_mm256_extracti128_si256(bytes, 1));
}

/* Eight values of b bits, which are b bytes. */
BMI2 static inline void put_eight(uint8_t *to, const uint32_t *values,
                                  uint32_t b)
{
    const __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)values);
    uint64_t out[2] = {0, 0};

    if (b <= 8) {
        out[0] = _pext_u64(low_bytes(v),
                           ((UINT64_C(1) << b) - 1) * 0x0101010101010101u);
    } else {
        const uint64_t mask = ((UINT64_C(1) << b) - 1) * 0x0001000100010001u;
        uint64_t half[2];
        low_halves(v, half);
        out[0] = _pext_u64(half[0], mask);
        out[1] = _pext_u64(half[1], mask);
        if (b < 16) {
            out[0] |= out[1] << 4 * b;
            out[1] >>= 64 - 4 * b;
        }
    }
    memcpy(to, out, sizeof(out));
}

BMI2 uint8_t *nidx_put_bits_avx2(uint8_t *to, const uint32_t *values,
                                 uint32_t n, uint32_t b)
{
    uint32_t rest[8] = {0}, i = 0;
    uint8_t *end = to + ((size_t)n * b + 7) / 8;

    for (; i + 8 <= n; i += 8, to += b)
        put_eight(to, values + i, b);
    if (i < n) {
        memcpy(rest, values + i, (n - i) * sizeof(*rest));
        put_eight(to, rest, b);
    }
    return end;
}

#endif
