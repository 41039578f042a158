/* pack.c: patched bit-packing of up to 128 numbers.
 *
 * The grammar stands in pack.h. Readers take the group apart here; what costs
 * time (freeing bits, summing) is done by the kernels of the machine's level.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/codec/pack.h"
#include "common/codec/pack_kernel.h"

#include <assert.h>
#include <stdatomic.h>

/* ------------------------------------------------------------- writing */

static inline uint32_t bits_of(uint32_t v)
{
    return v ? 32 - (uint32_t)__builtin_clz(v) : 0;
}

static size_t bytes_of(uint32_t n, uint32_t b)
{
    return ((size_t)n * b + 7) / 8;
}

/* As nidx_count_above_avx512. */
static void above_portable(const uint32_t *values, uint32_t n, uint32_t top,
                           uint8_t *above)
{
    /* Four counters of each width: like values follow like values, and one
     * counter would have to wait for itself. */
    uint8_t count[33][4];
    uint32_t e = 0;

    memset(count, 0, 4 * ((size_t)top + 1));
    for (uint32_t i = 0; i < n; i++)
        count[bits_of(values[i])][i % 4]++;
    for (uint32_t b = top; b-- > 0;) {
        const uint8_t *of = count[b + 1];
        e += (uint32_t)of[0] + of[1] + of[2] + of[3];
        above[b] = (uint8_t)e;
    }
}

/* Appends the low b bits of each value; to has 8 spare bytes. */
static uint8_t *put_bits(uint8_t *to, const uint32_t *values, uint32_t n,
                         uint32_t b)
{
    const uint32_t mask = b == 32 ? UINT32_MAX : (1u << b) - 1;
    uint64_t hold = 0;
    uint32_t held = 0;

    for (uint32_t i = 0; i < n; i++) {
        hold |= (uint64_t)(values[i] & mask) << held;
        held += b;
        if (held >= 32) {
            nidx_store32(to, (uint32_t)hold);
            to += 4;
            hold >>= 32;
            held -= 32;
        }
    }
    for (; held > 0; held = held > 8 ? held - 8 : 0, hold >>= 8)
        *to++ = (uint8_t)hold;
    return to;
}

/* ------------------------------------------------------------ checking */

size_t nidx_pack_size(const uint8_t *p, size_t avail, uint32_t n)
{
    if (avail < 2 || n - 1 >= NIDX_BLOCK)
        return 0;
    uint32_t b = p[0], e = p[1];
    size_t size = 2 + bytes_of(n, b);
    if (b > 32 || e > n || size > avail)
        return 0;
    if (e == 0)
        return size;
    size += e;
    if (size >= avail)
        return 0;
    uint32_t h = p[size];
    size += 1 + bytes_of(e, h);
    return h > 0 && b + h <= 32 && size <= avail ? size : 0;
}

size_t nidx_pack_check(const uint8_t *p, size_t avail, uint32_t n)
{
    size_t size = nidx_pack_size(p, avail, n);

    if (size == 0)
        return 0;
    const uint8_t *index = p + 2 + bytes_of(n, p[0]);
    for (uint32_t k = 0; k < p[1]; k++)
        if (index[k] >= n || (k > 0 && index[k] <= index[k - 1]))
            return 0;
    return size;
}

/* ------------------------------------------------------------- reading */

/* Value i of b bits: 57 bits or more of the load are its own and later. */
static inline uint32_t bits_at(const uint8_t *bits, uint32_t b, uint32_t i)
{
    size_t at = (size_t)i * b;
    uint64_t v = nidx_load64(bits + at / 8) >> at % 8;
    return (uint32_t)(v & ((UINT64_C(1) << b) - 1));
}

static void unpack_portable(const uint8_t *bits, uint32_t b, uint32_t n,
                            uint32_t more, uint32_t *out)
{
    const uint64_t mask = (UINT64_C(1) << b) - 1;

    for (uint32_t i = 0, at = 0; i < n; i++, at += b)
        out[i] = (uint32_t)(nidx_load64(bits + at / 8) >> at % 8 & mask) + more;
}

static void unpack_sum_portable(const uint8_t *bits, uint32_t b, uint32_t n,
                                uint32_t base, uint32_t *out)
{
    const uint64_t mask = (UINT64_C(1) << b) - 1;
    uint32_t sum = base - 1;

    for (uint32_t i = 0, at = 0; i < n; i++, at += b) {
        uint64_t v = nidx_load64(bits + at / 8) >> at % 8;
        out[i] = sum += (uint32_t)(v & mask) + 1;
    }
}

static void range_portable(const uint8_t *bits, uint32_t b, uint32_t first,
                           uint32_t n, uint32_t *out)
{
    for (uint32_t i = 0; i < n; i++)
        out[i] = bits_at(bits, b, first + i);
}

static void sum_portable(uint32_t n, uint32_t base, uint32_t *values)
{
    uint32_t sum = base - 1;

    for (uint32_t i = 0; i < n; i++)
        values[i] = sum += values[i] + 1;
}

struct kernels {
    void (*unpack)(const uint8_t *bits, uint32_t b, uint32_t n, uint32_t more,
                   uint32_t *out);
    void (*unpack_sum)(const uint8_t *bits, uint32_t b, uint32_t n,
                       uint32_t base, uint32_t *out);
    void (*sum)(uint32_t n, uint32_t base, uint32_t *values);
    void (*range)(const uint8_t *bits, uint32_t b, uint32_t first, uint32_t n,
                  uint32_t *out);
    uint32_t bits; /* widest values of unpack, unpack_sum and range */
    void (*above)(const uint32_t *values, uint32_t n, uint32_t top,
                  uint8_t *above);
    uint8_t *(*put)(uint8_t *to, const uint32_t *values, uint32_t n,
                    uint32_t b);
    uint32_t put_bits; /* widest values of put */
};

static const struct kernels portable = {.unpack = unpack_portable,
                                        .unpack_sum = unpack_sum_portable,
                                        .sum = sum_portable,
                                        .range = range_portable,
                                        .bits = 32,
                                        .above = above_portable,
                                        .put = put_bits,
                                        .put_bits = 32};
#if defined(__x86_64__)
static const struct kernels avx2 = {.unpack = nidx_unpack_avx2,
                                    .unpack_sum = nidx_unpack_sum_avx2,
                                    .sum = nidx_sum_avx2,
                                    .range = range_portable,
                                    .bits = NIDX_PACK_VECTOR_BITS,
                                    .above = above_portable,
                                    .put = nidx_put_bits_avx2,
                                    .put_bits = NIDX_PACK_PUT_BITS};
static const struct kernels avx512 = {.unpack = nidx_unpack_avx512,
                                      .unpack_sum = nidx_unpack_sum_avx512,
                                      .sum = nidx_sum_avx512,
                                      .range = nidx_unpack_range_avx512,
                                      .bits = NIDX_PACK_VECTOR_BITS,
                                      .above = nidx_count_above_avx512,
                                      .put = nidx_put_bits_avx2,
                                      .put_bits = NIDX_PACK_PUT_BITS};
static const struct kernels *const kernels_of[] = {&portable, &avx2, &avx512};
#else
static const struct kernels *const kernels_of[] = {&portable, &portable,
                                                   &portable};
#endif

/* NULL until first used. Threads that race store the same pointer. */
static _Atomic(const struct kernels *) in_use;

void nidx_pack_use(enum nidx_cpu level)
{
    atomic_store_explicit(&in_use, kernels_of[level], memory_order_relaxed);
}

static inline const struct kernels *kernels_now(void)
{
    const struct kernels *k =
        atomic_load_explicit(&in_use, memory_order_relaxed);

    if (k)
        return k;
    k = kernels_of[nidx_cpu_level()];
    atomic_store_explicit(&in_use, k, memory_order_relaxed);
    return k;
}

/* The width that takes the fewest bytes; of equals the greatest, because
 * exceptions cost time. */
static uint32_t best_width(const struct kernels *k, const uint32_t *values,
                           uint32_t n, uint32_t *most)
{
    uint8_t above[32];
    uint32_t all = 0;

    for (uint32_t i = 0; i < n; i++)
        all |= values[i];
    const uint32_t top = bits_of(all);
    *most = top;
    k->above(values, n, top, above);
    uint32_t best = top;
    size_t least = bytes_of(n, top);
    for (uint32_t b = top; b-- > 0;) {
        const uint32_t e = above[b];
        size_t size = bytes_of(n, b) + e + 1 + bytes_of(e, top - b);
        if (size < least) {
            least = size;
            best = b;
        }
    }
    return best;
}

static uint8_t *put(const struct kernels *k, uint8_t *to,
                    const uint32_t *values, uint32_t n, uint32_t b)
{
    return b <= k->put_bits ? k->put(to, values, n, b)
                            : put_bits(to, values, n, b);
}

void nidx_pack_write(struct nidx_buf *out, const uint32_t *values, uint32_t n)
{
    assert(n > 0 && n <= NIDX_BLOCK);
    uint8_t *start = nidx_buf_reserve(out, 16 + (4 + 1 + 4) * NIDX_BLOCK);
    if (!start)
        return;
    uint32_t most = 0, e = 0;
    const struct kernels *k = kernels_now();
    uint32_t b = best_width(k, values, n, &most);
    uint32_t high[NIDX_BLOCK];
    uint8_t *to = put(k, start + 2, values, n, b);
    if (b < most)
        for (uint32_t i = 0; i < n; i++)
            if (values[i] >> b) {
                high[e++] = values[i] >> b;
                *to++ = (uint8_t)i;
            }
    start[0] = (uint8_t)b;
    start[1] = (uint8_t)e;
    if (e > 0) {
        *to++ = (uint8_t)(most - b);
        to = put(k, to, high, e, most - b);
    }
    out->len += (size_t)(to - start);
}

/* Rounds of a fixed length, which a compiler makes vectors of. */
static void fill(uint32_t n, uint32_t value, uint32_t *out)
{
    for (uint32_t i = 0; i < n; i += 16)
        for (uint32_t k = 0; k < 16; k++)
            out[i + k] = value;
}

static void unpack(const struct kernels *k, const uint8_t *p, uint32_t n,
                   uint32_t more, uint32_t *out)
{
    uint32_t b = p[0];

    if (b == 0)
        fill(n, more, out);
    else if (b <= k->bits)
        k->unpack(p + 2, b, n, more, out);
    else
        unpack_portable(p + 2, b, n, more, out);
}

/* Adds the high parts of the exceptions. A damaged index stays in bounds. */
static void patch(const uint8_t *p, uint32_t n, uint32_t *out)
{
    uint32_t b = p[0], e = p[1];
    const uint8_t *index = p + 2 + bytes_of(n, b);
    uint32_t h = index[e];
    const uint8_t *bits = index + e + 1;

    for (uint32_t k = 0; k < e; k++)
        out[index[k] % NIDX_BLOCK] += bits_at(bits, h, k) << b;
}

void nidx_pack_read_more(const uint8_t *p, uint32_t n, uint32_t more,
                         uint32_t *out)
{
    unpack(kernels_now(), p, n, more, out);
    if (p[1] > 0)
        patch(p, n, out);
}

void nidx_pack_read(const uint8_t *p, uint32_t n, uint32_t *out)
{
    nidx_pack_read_more(p, n, 0, out);
}

void nidx_pack_read_gaps(const uint8_t *p, uint32_t n, uint32_t base,
                         uint32_t *out)
{
    const struct kernels *k = kernels_now();
    uint32_t b = p[0];

    if (p[1] == 0 && b - 1 < k->bits) {
        k->unpack_sum(p + 2, b, n, base, out);
        return;
    }
    nidx_pack_read(p, n, out);
    k->sum(n, base, out);
}

void nidx_pack_sum(uint32_t n, uint32_t base, uint32_t *values)
{
    kernels_now()->sum(n, base, values);
}

void nidx_pack_add_scaled(const uint8_t *p, uint32_t n, uint32_t factor,
                          uint32_t *out)
{
    uint32_t values[NIDX_PACK_SLOTS];
    uint32_t b = p[0], e = p[1];

    if (b == 0) {
        for (uint32_t k = 0; k < e; k++)
            out[p[2 + k] % NIDX_BLOCK] +=
                factor * bits_at(p + 3 + e, p[2 + e], k);
        return;
    }
    nidx_pack_read(p, n, values);
    for (uint32_t i = 0; i < n; i++)
        out[i] += factor * values[i];
}

uint32_t nidx_pack_at(const uint8_t *p, uint32_t n, uint32_t i)
{
    uint32_t b = p[0], e = p[1];
    uint32_t v = bits_at(p + 2, b, i);
    const uint8_t *index = p + 2 + bytes_of(n, b);

    for (uint32_t k = 0; k < e && index[k] <= i; k++)
        if (index[k] == i)
            return v + (bits_at(index + e + 1, index[e], k) << b);
    return v;
}

static void patch_range(const uint8_t *p, uint32_t n, uint32_t first,
                        uint32_t count, uint32_t *out)
{
    uint32_t b = p[0], e = p[1];
    const uint8_t *index = p + 2 + bytes_of(n, b);

    for (uint32_t k = 0; k < e && index[k] < first + count; k++)
        if (index[k] >= first)
            out[index[k] - first] += bits_at(index + e + 1, index[e], k) << b;
}

void nidx_pack_range(const uint8_t *p, uint32_t n, uint32_t first,
                     uint32_t count, uint32_t *out)
{
    enum {
        MANY = 6
    };
    const struct kernels *k = kernels_now();
    uint32_t b = p[0];

    if (count >= MANY && b - 1 < k->bits)
        k->range(p + 2, b, first, count, out);
    else
        range_portable(p + 2, b, first, count, out);
    if (p[1] > 0)
        patch_range(p, n, first, count, out);
}
