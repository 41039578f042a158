/* test_filter.c: tests of common/filter.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <stdio.h>

#include "common/codec/filter.h"
#include "common/base/limits.h"
#include "tests/support/memory_part.h"

static struct nidx_bytes key_of(char *buf, size_t cap, unsigned i)
{
    int n = snprintf(buf, cap, "key %u", i);

    return (struct nidx_bytes){(const uint8_t *)buf, (size_t)n};
}

static void make(struct memory_part *m, uint32_t n)
{
    struct nidx_filter_writer w = {0};
    char buf[32];

    memory_part_init(m);
    assert_int_equal(nidx_filter_begin(&w, n, NULL), NIDX_OK);
    for (uint32_t i = 0; i < n; i++)
        nidx_filter_add(&w, key_of(buf, sizeof(buf), i));
    assert_int_equal(nidx_filter_finish(&w, &m->sink, NULL), NIDX_OK);
    nidx_filter_done(&w);
}

static bool ask(struct memory_part *m, uint32_t n, unsigned i)
{
    char buf[32];
    bool maybe = false;

    assert_int_equal(nidx_filter_ask(&m->source, n, key_of(buf, sizeof(buf), i),
                                     &maybe, NULL),
                     NIDX_OK);
    return maybe;
}

static void keys_pass_and_few_others_do(void **state)
{
    (void)state;
    static const uint32_t counts[] = {1, 50, 52, 1000, 200000};

    for (size_t k = 0; k < sizeof(counts) / sizeof(*counts); k++) {
        struct memory_part m = {0};
        uint32_t n = counts[k], passed = 0;
        make(&m, n);
        assert_int_equal(m.parts[NIDX_PART_FILTER].n, nidx_filter_n_chunks(n));
        for (uint32_t i = 0; i < n; i++)
            assert_true(ask(&m, n, i));
        for (uint32_t i = 0; i < 20000; i++)
            passed += ask(&m, n, 1000000 + i);
        assert_true(passed < 20000 / 40);
        memory_part_done(&m);
    }
}

static void chunks_fit_a_value(void **state)
{
    (void)state;
    struct memory_part m = {0};

    make(&m, 200000);
    for (size_t i = 0; i < m.parts[NIDX_PART_FILTER].n; i++)
        assert_true(m.parts[NIDX_PART_FILTER].items[i].len <= NIDX_CHUNK_MAX);
    memory_part_done(&m);
}

static void nothing_is_in_an_empty_filter(void **state)
{
    (void)state;
    struct memory_part m = {0};

    make(&m, 0);
    assert_int_equal(memory_part_bytes(&m, 0), 0);
    assert_false(ask(&m, 0, 1));
    memory_part_done(&m);
}

static void damage_and_a_full_sink_are_passed_on(void **state)
{
    (void)state;
    struct memory_part m = {0};
    struct nidx_filter_writer w = {0};
    bool maybe;

    make(&m, 10);
    memory_part_resize(memory_part_find(&m, NIDX_PART_FILTER, 0), 63);
    assert_int_equal(nidx_filter_ask(&m.source, 10,
                                     (struct nidx_bytes){NULL, 0}, &maybe,
                                     NULL),
                     NIDX_ERR_CORRUPT);
    memory_part_drop(&m, NIDX_PART_FILTER, 0);
    assert_int_equal(nidx_filter_ask(&m.source, 10,
                                     (struct nidx_bytes){NULL, 0}, &maybe,
                                     NULL),
                     NIDX_ERR_CORRUPT);
    m.puts_left = 0;
    assert_int_equal(nidx_filter_begin(&w, 10, NULL), NIDX_OK);
    assert_int_equal(nidx_filter_finish(&w, &m.sink, NULL), NIDX_ERR_FULL);
    nidx_filter_done(&w);
    memory_part_done(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_pass_and_few_others_do),
        cmocka_unit_test(chunks_fit_a_value),
        cmocka_unit_test(nothing_is_in_an_empty_filter),
        cmocka_unit_test(damage_and_a_full_sink_are_passed_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
