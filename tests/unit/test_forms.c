/* test_forms.c: tests of common/forms.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include "common/segment/format.h"
#include "common/codec/forms.h"

static struct nidx_bytes text(const char *s)
{
    return (struct nidx_bytes){(const uint8_t *)s, strlen(s)};
}

static void assert_bytes(struct nidx_bytes b, const char *s)
{
    assert_int_equal(b.len, strlen(s));
    assert_memory_equal(b.data, s, b.len);
}

static void a_key_holds_the_folded_spelling_and_the_form(void **state)
{
    (void)state;
    struct nidx_buf b = {0};
    struct nidx_bytes folded, form;

    nidx_form_key(&b, NIDX_FIELD_TITLE, text("cafe"), text("caf\xc3\xa9"));
    assert_int_equal(b.data[0], NIDX_KIND_FORM);
    assert_int_equal(b.data[1], NIDX_FIELD_TITLE);
    nidx_form_key_split((struct nidx_bytes){b.data + 2, b.len - 2}, &folded,
                        &form);
    assert_bytes(folded, "cafe");
    assert_bytes(form, "caf\xc3\xa9");
    nidx_buf_done(&b);
}

static void a_form_that_is_folded_already_stands_once(void **state)
{
    (void)state;
    struct nidx_buf b = {0};
    struct nidx_bytes folded, form;

    nidx_form_key(&b, NIDX_FIELD_ALL, text("cafe"), text("cafe"));
    assert_int_equal(b.len, 6);
    nidx_form_key_split((struct nidx_bytes){b.data + 2, b.len - 2}, &folded,
                        &form);
    assert_bytes(folded, "cafe");
    assert_bytes(form, "cafe");
    nidx_form_key_split((struct nidx_bytes){NULL, 0}, &folded, &form);
    assert_int_equal(folded.len + form.len, 0);
    nidx_buf_done(&b);
}

static void terms_of_a_value_come_back(void **state)
{
    (void)state;
    struct nidx_buf b = {0};
    struct nidx_form_term t;

    nidx_form_value_add(&b, text("marines"), text("marin"), 2, 7, 1ull << 40);
    nidx_form_value_add(&b, text("marines"), text("marini"), 0, 1, 1);
    nidx_form_value_add(&b, text("marines"), text("sea"), 0, 3, 4);
    struct nidx_reader r = nidx_reader_of(b.data, b.len);
    assert_true(nidx_form_value_next(&r, 7, &t));
    assert_int_equal(t.lcp, 5);
    assert_int_equal(t.rest.len, 0);
    assert_int_equal(t.number, 2);
    assert_int_equal(t.df, 7);
    assert_true(t.cf == 1ull << 40);
    assert_true(nidx_form_value_next(&r, 7, &t));
    assert_int_equal(t.lcp, 5);
    assert_bytes(t.rest, "i");
    assert_true(nidx_form_value_next(&r, 7, &t));
    assert_int_equal(t.lcp, 0);
    assert_bytes(t.rest, "sea");
    assert_false(nidx_form_value_next(&r, 7, &t));
    assert_false(r.bad);
    nidx_buf_done(&b);
}

static void common_forms_take_a_byte_and_any_lengths_come_back(void **state)
{
    (void)state;
    struct nidx_buf b = {0};
    struct nidx_form_term t;
    static const char folded[] = "abcdefghijklmnop", other[] = "zyxwvutsrqponm";

    nidx_form_value_add(&b, text("marines"), text("marin"), 0, 1, 1);
    assert_int_equal(b.len, 1);
    for (size_t same = 0; same <= 16; same++) {
        for (size_t rest = 0; rest <= 14; rest++) {
            uint8_t term[32];
            memcpy(term, folded, same);
            memcpy(term + same, other, rest);
            b.len = 0;
            nidx_form_value_add(&b, text(folded),
                                (struct nidx_bytes){term, same + rest},
                                (uint32_t)same, (uint32_t)rest, rest);
            struct nidx_reader r = nidx_reader_of(b.data, b.len);
            assert_true(nidx_form_value_next(&r, 16, &t));
            assert_int_equal(t.lcp, same);
            assert_int_equal(t.rest.len, rest);
            assert_memory_equal(t.rest.data, other, rest);
            assert_int_equal(t.number, same);
            assert_int_equal(t.df, rest);
            assert_int_equal(t.cf, rest);
            assert_int_equal(nidx_reader_left(&r), 0);
        }
    }
    nidx_buf_done(&b);
}

static void a_value_cut_short_is_bad(void **state)
{
    (void)state;
    struct nidx_buf b = {0};
    struct nidx_form_term t;

    nidx_form_value_add(&b, text("marines"), text("marini"), 300, 1, 1);
    for (size_t n = 1; n < b.len; n++) {
        struct nidx_reader r = nidx_reader_of(b.data, n);
        assert_false(nidx_form_value_next(&r, 7, &t));
        assert_true(r.bad);
        assert_false(nidx_form_value_next(&r, 7, &t));
    }
    nidx_buf_done(&b);
}

static void a_term_may_not_share_more_than_there_is(void **state)
{
    (void)state;
    struct nidx_buf b = {0};
    struct nidx_form_term t;

    nidx_form_value_add(&b, text("marines"), text("marin"), 0, 1, 1);
    struct nidx_reader r = nidx_reader_of(b.data, b.len);
    assert_false(nidx_form_value_next(&r, 1, &t));
    assert_true(r.bad);
    nidx_buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_holds_the_folded_spelling_and_the_form),
        cmocka_unit_test(a_form_that_is_folded_already_stands_once),
        cmocka_unit_test(terms_of_a_value_come_back),
        cmocka_unit_test(common_forms_take_a_byte_and_any_lengths_come_back),
        cmocka_unit_test(a_value_cut_short_is_bad),
        cmocka_unit_test(a_term_may_not_share_more_than_there_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
