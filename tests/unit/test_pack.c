/* test_pack.c: tests of common/codec/pack and of its kernels, level by level.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include "common/codec/pack.h"
#include "common/codec/pack_kernel.h"

#include <stdlib.h>

static uint64_t seed = 1;

static uint32_t random32(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 16);
}

static void set_level(enum nidx_cpu level)
{
    nidx_cpu_force(level);
}

/* Values of at most bits bits, one in eight of at most more. */
static void fill(uint32_t *values, uint32_t n, uint32_t bits, uint32_t more)
{
    for (uint32_t i = 0; i < n; i++) {
        uint32_t width = random32() % 8 == 0 ? more : bits;
        values[i] = width == 0 ? 0 : random32() >> (32 - width);
    }
}

/* A copy with exactly NIDX_PAD bytes behind it, so that ASan sees more. */
static uint8_t *tight_copy(const struct nidx_buf *b)
{
    uint8_t *p = malloc(b->len + NIDX_PAD);
    assert_non_null(p);
    memcpy(p, b->data, b->len);
    memset(p + b->len, 0xa5, NIDX_PAD);
    return p;
}

/* Every level writes the bytes that the portable one writes. */
static void check_bytes(const struct nidx_buf *written, const uint32_t *values,
                        uint32_t n)
{
    const enum nidx_cpu level = nidx_cpu_level();
    struct nidx_buf b = {0};

    set_level(NIDX_CPU_PORTABLE);
    nidx_pack_write(&b, values, n);
    set_level(level);
    assert_int_equal(b.len, written->len);
    assert_memory_equal(b.data, written->data, b.len);
    nidx_buf_done(&b);
}

static void check_group(const uint32_t *values, uint32_t n)
{
    struct nidx_buf b = {0};
    uint32_t out[NIDX_PACK_SLOTS];

    nidx_pack_write(&b, values, n);
    check_bytes(&b, values, n);
    uint8_t *p = tight_copy(&b);
    assert_int_equal(nidx_pack_size(p, b.len, n), b.len);
    assert_int_equal(nidx_pack_check(p, b.len, n), b.len);
    for (size_t cut = 0; cut < b.len; cut++)
        assert_int_equal(nidx_pack_size(p, cut, n), 0);
    nidx_pack_read(p, n, out);
    assert_memory_equal(out, values, n * sizeof(*out));
    nidx_pack_read_more(p, n, 3, out);
    for (uint32_t i = 0; i < n; i++)
        assert_int_equal(out[i], values[i] + 3);
    nidx_pack_add_scaled(p, n, 5, out);
    for (uint32_t i = 0; i < n; i++)
        assert_int_equal(out[i], 6 * values[i] + 3);
    memcpy(out, values, n * sizeof(*out));
    nidx_pack_sum(n, 7, out);
    uint32_t last = out[n - 1];
    nidx_pack_read_gaps(p, n, 7, out);
    assert_int_equal(out[n - 1], last);
    uint32_t sum = 7, all = 0;
    for (uint32_t i = 0; i < n; i++) {
        sum += values[i];
        all |= values[i];
        assert_int_equal(out[i], sum + i);
        assert_int_equal(nidx_pack_at(p, n, i), values[i]);
    }
    uint32_t bits = nidx_pack_bits(p, n);
    assert_true(bits == 32 || all >> bits == 0);
    uint32_t first = random32() % n, count = random32() % (n - first + 1);
    nidx_pack_range(p, n, first, count, out);
    assert_memory_equal(out, values + first, count * sizeof(*out));
    free(p);
    nidx_buf_done(&b);
}

static void every_width_and_length_comes_back_at_every_level(void **state)
{
    (void)state;
    uint32_t values[NIDX_BLOCK];

    for (int level = NIDX_CPU_PORTABLE; level <= NIDX_CPU_AVX512; level++) {
        set_level((enum nidx_cpu)level);
        for (uint32_t bits = 0; bits <= 32; bits++)
            for (uint32_t n = 1; n <= NIDX_BLOCK; n += n < 36 ? 1 : 23) {
                fill(values, n, bits, bits);
                check_group(values, n);
                fill(values, n, bits, bits + random32() % (33 - bits));
                check_group(values, n);
            }
    }
    set_level(NIDX_CPU_AVX512);
}

static void one_large_value_does_not_widen_the_others(void **state)
{
    (void)state;
    uint32_t values[NIDX_BLOCK] = {0};
    struct nidx_buf b = {0};

    values[77] = UINT32_MAX;
    nidx_pack_write(&b, values, NIDX_BLOCK);
    assert_true(b.len <= 8);
    nidx_buf_done(&b);
    check_group(values, NIDX_BLOCK);
}

static void zeros_take_two_bytes(void **state)
{
    (void)state;
    uint32_t values[NIDX_BLOCK] = {0};
    struct nidx_buf b = {0};

    nidx_pack_write(&b, values, NIDX_BLOCK);
    assert_int_equal(b.len, 2);
    nidx_buf_done(&b);
}

static void malformed_groups_have_no_size(void **state)
{
    (void)state;
    uint8_t wide[600] = {33, 0};
    uint8_t many[600] = {1, 5};
    uint8_t no_high[16] = {0, 1, 3, 0};
    uint8_t high_too_wide[16] = {2, 1, 0xff, 3, 31};

    assert_int_equal(nidx_pack_size(wide, sizeof(wide), 4), 0);
    assert_int_equal(nidx_pack_size(many, sizeof(many), 4), 0);
    assert_int_equal(nidx_pack_size(no_high, sizeof(no_high), 4), 0);
    assert_int_equal(nidx_pack_size(high_too_wide, 16, 4), 0);
    assert_int_equal(nidx_pack_size(many, sizeof(many), 0), 0);
    assert_int_equal(nidx_pack_size(many, sizeof(many), 129), 0);
    assert_int_equal(nidx_pack_size(many, 1, 5), 0);
}

static void exceptions_out_of_order_fail_the_check_only(void **state)
{
    (void)state;
    uint8_t twice[64] = {0, 2, 3, 3, 1, 3};
    uint8_t beyond[64] = {0, 1, 4, 1, 1};
    uint32_t out[NIDX_PACK_SLOTS];

    assert_int_equal(nidx_pack_size(twice, sizeof(twice), 4), 6);
    assert_int_equal(nidx_pack_check(twice, sizeof(twice), 4), 0);
    assert_int_equal(nidx_pack_size(beyond, sizeof(beyond), 4), 5);
    assert_int_equal(nidx_pack_check(beyond, sizeof(beyond), 4), 0);
    beyond[2] = 255;
    nidx_pack_read(beyond, 4, out);
    assert_int_equal(nidx_pack_at(beyond, 4, 3), 0);
}

/* Whatever the bytes are, readers stay in bounds (ASan looks on). */
static void random_bytes_are_read_safely(void **state)
{
    (void)state;
    uint32_t out[NIDX_PACK_SLOTS];
    uint8_t *p = malloc(700 + NIDX_PAD);
    assert_non_null(p);

    for (int round = 0; round < 20000; round++) {
        for (uint32_t i = 0; i < 700 + NIDX_PAD; i++)
            p[i] = (uint8_t)(i < 2 ? random32() % 40 : random32());
        uint32_t n = 1 + random32() % NIDX_BLOCK;
        if (p[1] > 0 && random32() % 2)
            p[2 + (n * p[0] + 7) / 8 + p[1]] = (uint8_t)(random32() % 34);
        size_t size = nidx_pack_size(p, 700, n);
        if (size == 0)
            continue;
        uint8_t *tight = malloc(size + NIDX_PAD);
        assert_non_null(tight);
        memcpy(tight, p, size + NIDX_PAD);
        nidx_pack_read(tight, n, out);
        nidx_pack_read_gaps(tight, n, 0, out);
        (void)nidx_pack_at(tight, n, n - 1);
        nidx_pack_range(tight, n, n / 2, n - n / 2, out);
        free(tight);
    }
    free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_width_and_length_comes_back_at_every_level),
        cmocka_unit_test(one_large_value_does_not_widen_the_others),
        cmocka_unit_test(zeros_take_two_bytes),
        cmocka_unit_test(malformed_groups_have_no_size),
        cmocka_unit_test(exceptions_out_of_order_fail_the_check_only),
        cmocka_unit_test(random_bytes_are_read_safely),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
