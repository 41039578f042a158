/* test_bytes.c: tests of common/bytes.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include "common/base/bytes.h"

static void what_is_written_is_read_back(void **state)
{
    (void)state;
    static const uint64_t values[] = {0,       1,          127,       128,
                                      16383,   16384,      UINT32_MAX,
                                      1ull << 32, UINT64_MAX};
    struct nidx_buf b = {0};

    for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
        nidx_buf_varint(&b, values[i]);
        nidx_buf_u64(&b, values[i]);
    }
    assert_false(b.oom);
    struct nidx_reader r = nidx_reader_of(b.data, b.len);
    for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
        assert_true(nidx_read_varint(&r) == values[i]);
        assert_true(nidx_read_u64(&r) == values[i]);
    }
    assert_false(r.bad);
    assert_int_equal(nidx_reader_left(&r), 0);
    nidx_buf_done(&b);
}

static void reading_past_the_end_gives_zero_and_bad(void **state)
{
    (void)state;
    struct nidx_reader r = nidx_reader_of("\x01\x02\x03", 3);

    assert_int_equal(nidx_read_u32(&r), 0);
    assert_true(r.bad);
    assert_int_equal(nidx_read_u8(&r), 0);
}

static void a_varint_that_overflows_is_bad(void **state)
{
    (void)state;
    struct nidx_reader r = nidx_reader_of(
        "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10);

    nidx_read_varint(&r);
    assert_true(r.bad);
    r = nidx_reader_of("\xff\xff\xff\xff\x10", 5);
    nidx_read_varint32(&r);
    assert_true(r.bad);
}

static void bytes_compare_like_words_in_a_dictionary(void **state)
{
    (void)state;
    struct nidx_bytes a = {(const uint8_t *)"ab", 2};
    struct nidx_bytes b = {(const uint8_t *)"abc", 3};
    struct nidx_bytes c = {(const uint8_t *)"b", 1};

    assert_true(nidx_bytes_compare(a, b) < 0);
    assert_true(nidx_bytes_compare(c, b) > 0);
    assert_int_equal(nidx_bytes_compare(a, a), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(reading_past_the_end_gives_zero_and_bad),
        cmocka_unit_test(a_varint_that_overflows_is_bad),
        cmocka_unit_test(bytes_compare_like_words_in_a_dictionary),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
