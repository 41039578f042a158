/* test_impact.c: tests of common/impact.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include "common/codec/impact.h"

#include <stdbool.h>

static uint64_t seed = 1;

static uint32_t random32(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 16);
}

static void codes_bound_from_their_side(void **state)
{
    (void)state;
    for (int round = 0; round < 200000; round++) {
        uint32_t v = random32() >> random32() % 32;
        assert_true(nidx_impact_freq_of[nidx_impact_freq_code(v)] >= v);
        assert_true(nidx_impact_len_of[nidx_impact_len_code(v)] <= v);
    }
    assert_int_equal(nidx_impact_freq_of[nidx_impact_freq_code(UINT32_MAX)],
                     UINT32_MAX);
}

static void codes_are_inverse_and_monotone(void **state)
{
    (void)state;
    for (uint32_t c = 0; c < 256; c++) {
        assert_int_equal(nidx_impact_freq_code(nidx_impact_freq_of[c]), c);
        assert_int_equal(nidx_impact_len_code(nidx_impact_len_of[c]), c);
        if (c > 0) {
            assert_true(nidx_impact_freq_of[c] > nidx_impact_freq_of[c - 1]);
            assert_true(nidx_impact_len_of[c] > nidx_impact_len_of[c - 1]);
        }
    }
}

static void small_numbers_are_exact(void **state)
{
    (void)state;
    for (uint32_t v = 0; v < 32; v++) {
        assert_int_equal(nidx_impact_freq_of[nidx_impact_freq_code(v)], v);
        assert_int_equal(nidx_impact_len_of[nidx_impact_len_code(v)], v);
    }
}

static bool covers(nidx_impacts pairs, uint32_t freq, uint32_t len)
{
    for (uint32_t i = 0; i < 4; i++)
        if (nidx_impact_freq_of[pairs >> 16 * i & 0xff] >= freq &&
            nidx_impact_len_of[pairs >> (16 * i + 8) & 0xff] <= len)
            return true;
    return false;
}

struct posting {
    uint32_t freq, len;
};

static nidx_impacts random_block(struct posting *postings, uint32_t n)
{
    struct nidx_impact_builder b;

    nidx_impact_reset(&b);
    for (uint32_t i = 0; i < n; i++) {
        postings[i].freq = 1 + (random32() >> (20 + random32() % 12));
        postings[i].len = postings[i].freq + (random32() >> random32() % 32);
        nidx_impact_add(&b, postings[i].freq, postings[i].len);
    }
    return nidx_impact_finish(&b);
}

static void every_posting_is_covered_also_after_merging(void **state)
{
    (void)state;
    struct posting a[128], b[128];

    for (int round = 0; round < 2000; round++) {
        uint32_t n_a = 1 + random32() % 128, n_b = 1 + random32() % 128;
        nidx_impacts of_a = random_block(a, n_a), of_b = random_block(b, n_b);
        nidx_impacts both = nidx_impact_merge(of_a, of_b);
        for (uint32_t i = 0; i < n_a; i++) {
            assert_true(covers(of_a, a[i].freq, a[i].len));
            assert_true(covers(both, a[i].freq, a[i].len));
        }
        for (uint32_t i = 0; i < n_b; i++)
            assert_true(covers(both, b[i].freq, b[i].len));
    }
}

static void few_postings_are_kept_exactly(void **state)
{
    (void)state;
    struct nidx_impact_builder b;

    nidx_impact_reset(&b);
    nidx_impact_add(&b, 3, 20);
    nidx_impact_add(&b, 2, 10);
    nidx_impact_add(&b, 1, 30);
    nidx_impact_add(&b, 1, 10);
    nidx_impacts pairs = nidx_impact_finish(&b);
    assert_true(pairs == UINT64_C(0x1403140314030a02));
    assert_true(nidx_impact_merge(pairs, pairs) == pairs);
}

static void nothing_is_the_neutral_element(void **state)
{
    (void)state;
    struct nidx_impact_builder b;

    nidx_impact_reset(&b);
    assert_true(nidx_impact_finish(&b) == 0);
    assert_true(nidx_impact_merge(0, 0x0101010101010101) == 0x0101010101010101);
    assert_true(nidx_impact_merge(0x0101010101010101, 0) == 0x0101010101010101);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_bound_from_their_side),
        cmocka_unit_test(codes_are_inverse_and_monotone),
        cmocka_unit_test(small_numbers_are_exact),
        cmocka_unit_test(every_posting_is_covered_also_after_merging),
        cmocka_unit_test(few_postings_are_kept_exactly),
        cmocka_unit_test(nothing_is_the_neutral_element),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
