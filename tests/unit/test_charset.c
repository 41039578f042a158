/* test_charset.c: tests of common/analysis/charset and common/utf8_valid.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include "common/analysis/charset.h"

/* Bytes of a literal, zeros included. */
#define B(literal) literal, sizeof(literal) - 1

static void expect(const char *data, size_t len, const char *declared,
                   const char *name, uint64_t bad, const char *text)
{
    struct nidx_buf out = {0};
    uint64_t n_bad = 0;
    const char *used = NULL;

    assert_int_equal(
        nidx_charset_to_utf8(data, len, declared, &out, &n_bad, &used, NULL),
        NIDX_OK);
    nidx_buf_u8(&out, 0);
    assert_string_equal((const char *)out.data, text);
    assert_int_equal(out.len, strlen(text) + 1);
    assert_int_equal(n_bad, bad);
    assert_string_equal(used, name);
    nidx_buf_done(&out);
}

static void utf8_stays_as_it_is(void **state)
{
    (void)state;
    expect(B("plain"), NULL, "UTF-8", 0, "plain");
    expect(B(""), NULL, "UTF-8", 0, "");
    expect(B("Erdo\xc4\x9f"
             "an"),
           "latin1", "UTF-8", 0, "Erdoğan");
    expect(B("\xef\xbb\xbfmark"), NULL, "UTF-8", 0, "mark");
}

static void utf16_is_known_by_its_mark(void **state)
{
    (void)state;
    expect(B("\xff\xfe\x1f\x01\x61\0"), NULL, "UTF-16LE", 0, "ğa");
    expect(B("\xfe\xff\x01\x1f\0\x61"), NULL, "UTF-16BE", 0, "ğa");
    expect(B("\xfe\xff\xd8\x3d\xde\0"), NULL, "UTF-16BE", 0, "😀");
}

static void utf16_is_known_by_its_zeros(void **state)
{
    (void)state;
    expect(B("P\0u\0t\0i\0n\0"), NULL, "UTF-16LE", 0, "Putin");
    expect(B("\0P\0u\0t\0i\0n"), NULL, "UTF-16BE", 0, "Putin");
}

static void a_few_zeros_are_ordinary_bytes(void **state)
{
    (void)state;
    struct nidx_buf out = {0};

    nidx_charset_to_utf8(B("a\0b\0"), NULL, &out, NULL, NULL, NULL);
    nidx_charset_to_utf8(B("some words\0some words"), NULL, &out, NULL, NULL,
                         NULL);
    nidx_charset_to_utf8(B("ab\0cdefg"), NULL, &out, NULL, NULL, NULL);
    assert_int_equal(out.len, 4 + 21 + 8);
    assert_memory_equal(out.data, "a\0b\0some words\0", 15);
    nidx_buf_done(&out);
}

static void utf16_that_is_broken_is_replaced(void **state)
{
    (void)state;
    expect(B("\xff\xfe\x3d\xd8\x61\0"), NULL, "UTF-16LE", 1, "\ufffda");
    expect(B("\xff\xfe\x00\xde\x61\0"), NULL, "UTF-16LE", 1, "\ufffda");
    expect(B("\xff\xfe\x3d\xd8"), NULL, "UTF-16LE", 1, "\ufffd");
    expect(B("\xff\xfe\x61\0\x62"), NULL, "UTF-16LE", 1, "a\ufffd");
}

static void utf32_is_known_by_its_mark(void **state)
{
    (void)state;
    expect(B("\xff\xfe\0\0\x1f\x01\0\0"), NULL, "UTF-32LE", 0, "ğ");
    expect(B("\0\0\xfe\xff\0\0\x01\x1f\0"), NULL, "UTF-32BE", 1, "ğ\ufffd");
    expect(B("\0\0\xfe\xff\0\x11\0\0"), NULL, "UTF-32BE", 1, "\ufffd");
}

static void windows_1252_is_the_last_resort(void **state)
{
    (void)state;
    expect(B("caf\xe9 \x93ok\x94 \x80"), NULL, "windows-1252", 0,
           "café “ok” €");
    expect(B("caf\xe9"), "iso-8859-1", "windows-1252", 0, "café");
    expect(B("a\x81z\xe9"), NULL, "windows-1252", 1, "a\ufffdzé");
    expect(B("caf\xe9"), "no-such-charset", "windows-1252", 0, "café");
    expect(B("caf\xe9"), "latin1//TRANSLIT", "windows-1252", 0, "café");
}

static void a_declared_charset_is_believed(void **state)
{
    (void)state;
    expect(B("\xef\xd2\xc5\xcc"), "koi8-r", "declared", 0, "Орел");
    expect(B("\x82\xa0\x82"), "shift_jis", "declared", 1, "あ\ufffd");
    expect(B("caf\xe9"), "utf-8", "UTF-8", 1, "caf\ufffd");
}

static void a_declared_charset_of_long_text_is_converted_whole(void **state)
{
    (void)state;
    struct nidx_buf in = {0};
    struct nidx_buf out = {0};

    for (int i = 0; i < 5000; i++)
        nidx_buf_put(&in, "\xa4\xa2", 2);
    assert_int_equal(
        nidx_charset_to_utf8(in.data, in.len, "euc-jp", &out, NULL, NULL, NULL),
        NIDX_OK);
    assert_int_equal(out.len, 15000);
    assert_memory_equal(out.data + 14997, "あ", 3);
    nidx_buf_done(&in);
    nidx_buf_done(&out);
}

static void some_damage_leaves_utf8(void **state)
{
    (void)state;
    expect(B("Erdo\xc4\x9f"
             "an \xff M\xc3\xbcnchen"),
           NULL, "UTF-8", 1, "Erdoğan \ufffd München");
    expect(B("M\xc3\xbcnchen \xe2\x82"), NULL, "UTF-8", 1, "München \ufffd");
}

static void validity_follows_the_unicode_table(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "\x80",         "\xc0\x80",         "\xc1\xbf",
        "\xc3",         "\xe0\x9f\xbf",     "\xed\xa0\x80",
        "\xe2\x82",     "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
        "\xf5\x80\x80", "\xf1\x80\x80",     "\xc3\x28"};
    static const char *const good[] = {"",
                                       "\x7f",
                                       "\xc2\x80",
                                       "\xe0\xa0\x80",
                                       "\xed\x9f\xbf",
                                       "\xee\x80\x80",
                                       "\xf0\x90\x80\x80",
                                       "\xf4\x8f\xbf\xbf"};

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_false(nidx_utf8_valid(bad[i], strlen(bad[i])));
    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
        assert_true(nidx_utf8_valid(good[i], strlen(good[i])));
}

static void the_valid_prefix_ends_at_the_bad_byte(void **state)
{
    (void)state;
    char text[200];

    for (size_t at = 0; at < sizeof(text); at++) {
        memset(text, 'a', sizeof(text));
        text[at] = '\xff';
        assert_int_equal(nidx_utf8_valid_prefix(text, sizeof(text)), at);
        assert_int_equal(nidx_utf8_valid_prefix(text, at), at);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_stays_as_it_is),
        cmocka_unit_test(utf16_is_known_by_its_mark),
        cmocka_unit_test(utf16_is_known_by_its_zeros),
        cmocka_unit_test(a_few_zeros_are_ordinary_bytes),
        cmocka_unit_test(utf16_that_is_broken_is_replaced),
        cmocka_unit_test(utf32_is_known_by_its_mark),
        cmocka_unit_test(windows_1252_is_the_last_resort),
        cmocka_unit_test(a_declared_charset_is_believed),
        cmocka_unit_test(a_declared_charset_of_long_text_is_converted_whole),
        cmocka_unit_test(some_damage_leaves_utf8),
        cmocka_unit_test(validity_follows_the_unicode_table),
        cmocka_unit_test(the_valid_prefix_ends_at_the_bad_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
