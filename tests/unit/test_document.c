/* test_document.c: tests of indexer/document.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include "common/base/limits.h"
#include "indexer/source/document.h"

static int make(void **state)
{
    *state = nidx_document_new();
    return *state ? 0 : -1;
}

static int drop(void **state)
{
    nidx_document_free(*state);
    return 0;
}

static void expect(const struct nidx_document *d, uint32_t i, uint8_t field,
                   const char *text)
{
    assert_true(i < d->n_values);
    assert_int_equal(d->values[i].field, field);
    assert_int_equal(d->values[i].len, strlen(text));
    assert_memory_equal(d->bytes.data + d->values[i].offset, text,
                        strlen(text));
}

static enum nidx_status add(struct nidx_document *d, const char *name,
                            const char *value, struct nidx_error *err)
{
    return nidx_document_add_field(d, name, value, strlen(value), err);
}

static void fields_are_kept_in_order(void **state)
{
    struct nidx_document *d = *state;

    assert_int_equal(add(d, "title", "Putin letter", NULL), NIDX_OK);
    assert_int_equal(add(d, "tags", "russia", NULL), NIDX_OK);
    assert_int_equal(add(d, "tags", "senate", NULL), NIDX_OK);
    assert_int_equal(add(d, "language", "en", NULL), NIDX_OK);
    assert_int_equal(d->n_values, 4);
    expect(d, 0, NIDX_FIELD_TITLE, "Putin letter");
    expect(d, 1, NIDX_FIELD_TAGS, "russia");
    expect(d, 2, NIDX_FIELD_TAGS, "senate");
    expect(d, 3, NIDX_FIELD_LANGUAGE, "en");
}

static void a_key_has_a_length_within_limits(void **state)
{
    struct nidx_document *d = *state;
    static char key[NIDX_KEY_MAX + 1];
    struct nidx_error err;

    assert_int_equal(nidx_document_set_key(d, "", 0, &err), NIDX_ERR_INVALID);
    assert_int_equal(nidx_document_set_key(d, key, sizeof(key), NULL),
                     NIDX_ERR_INVALID);
    assert_int_equal(nidx_document_set_key(d, key, NIDX_KEY_MAX, NULL),
                     NIDX_OK);
    assert_int_equal(nidx_document_set_key(d, "a\0b", 3, NULL), NIDX_OK);
    assert_int_equal(d->key.len, 3);
    assert_memory_equal(d->key.data, "a\0b", 3);
}

static void an_unknown_field_is_not_found(void **state)
{
    struct nidx_document *d = *state;
    struct nidx_error err;

    assert_int_equal(add(d, "colour", "red", &err), NIDX_ERR_NOTFOUND);
    assert_string_equal(err.message, "there is no field colour");
    assert_int_equal(add(d, "words", "12", NULL), NIDX_ERR_NOTFOUND);
    assert_int_equal(nidx_document_field_number("title", 4), 0);
}

static void a_date_is_a_number_and_no_value(void **state)
{
    struct nidx_document *d = *state;

    assert_int_equal(add(d, "date", "2018-08-08", NULL), NIDX_OK);
    assert_int_equal(d->n_values, 0);
    assert_int_equal(d->date_rule, NIDX_DATE_FIELD);
    assert_true(d->date == 1533686400);
    assert_int_equal(add(d, "date", "soon", NULL), NIDX_ERR_INVALID);
    assert_true(d->date == 1533686400);
}

static void a_source_may_add_a_date_that_is_none(void **state)
{
    struct nidx_document *d = *state;

    assert_int_equal(
        nidx_document_add(d, NIDX_FIELD_DATE, "soon", 4, NULL, NULL), NIDX_OK);
    assert_int_equal(d->date_rule, NIDX_DATE_NONE);
    assert_int_equal(d->bytes.len, 0);
}

static void bytes_of_any_charset_become_utf8(void **state)
{
    struct nidx_document *d = *state;

    assert_int_equal(add(d, "title", "caf\xe9", NULL), NIDX_OK);
    expect(d, 0, NIDX_FIELD_TITLE, "café");
    assert_int_equal(
        nidx_document_add(d, NIDX_FIELD_BODY, "\xef\xd2", 2, "koi8-r", NULL),
        NIDX_OK);
    expect(d, 1, NIDX_FIELD_BODY, "Ор");
    assert_int_equal(add(d, "body", "M\xc3\xbcnchen \xff", NULL), NIDX_OK);
    expect(d, 2, NIDX_FIELD_BODY, "München \ufffd");
    assert_int_equal(d->bad_bytes, 1);
}

static void an_empty_value_is_none(void **state)
{
    struct nidx_document *d = *state;

    assert_int_equal(add(d, "title", "", NULL), NIDX_OK);
    assert_int_equal(d->n_values, 0);
}

static void clearing_leaves_nothing(void **state)
{
    struct nidx_document *d = *state;
    static char body[3 << 20];

    memset(body, 'a', sizeof(body));
    nidx_document_set_key(d, "k", 1, NULL);
    add(d, "date", "2018", NULL);
    nidx_document_add_field(d, "body", body, sizeof(body), NULL);
    d->stat = d->content = d->bad_bytes = 1;
    nidx_document_clear(d);
    assert_int_equal(d->key.len + d->bytes.len + d->n_values, 0);
    assert_int_equal(d->date_rule, NIDX_DATE_NONE);
    assert_int_equal(d->stat + d->content + d->bad_bytes, 0);
    assert_true(d->bytes.cap <= 1 << 20);
    nidx_document_free(NULL);
}

static void many_values_fit(void **state)
{
    struct nidx_document *d = *state;

    for (int i = 0; i < 1000; i++)
        assert_int_equal(add(d, "tags", i % 2 ? "odd" : "even", NULL), NIDX_OK);
    assert_int_equal(d->n_values, 1000);
    expect(d, 999, NIDX_FIELD_TAGS, "odd");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, make, drop)
    const struct CMUnitTest tests[] = {
        TEST(fields_are_kept_in_order),
        TEST(a_key_has_a_length_within_limits),
        TEST(an_unknown_field_is_not_found),
        TEST(a_date_is_a_number_and_no_value),
        TEST(a_source_may_add_a_date_that_is_none),
        TEST(bytes_of_any_charset_become_utf8),
        TEST(an_empty_value_is_none),
        TEST(clearing_leaves_nothing),
        TEST(many_values_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
