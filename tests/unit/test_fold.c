/* test_fold.c: tests of common/analysis/fold and common/utf8.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include "common/analysis/fold.h"
#include "common/analysis/utf8.h"

struct row {
    const char *from, *to;
};

static void assert_folds(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct nidx_buf out = {0};

        nidx_fold_diacritics(rows[i].from, strlen(rows[i].from), &out);
        nidx_buf_u8(&out, 0);
        assert_false(out.oom);
        assert_string_equal((const char *)out.data, rows[i].to);
        nidx_buf_done(&out);
    }
}
#define ASSERT_FOLDS(rows) assert_folds(rows, sizeof(rows) / sizeof(*(rows)))

static void latin_letters_lose_their_marks(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"", ""},
        {"plain", "plain"},
        {"erdoğan", "erdogan"},
        {"café", "cafe"},
        {"cafe\u0301", "cafe"},
        {"x\u030C\u0301y", "xy"},
        {"straße", "strasse"},
        {"søren", "soren"},
        {"łódź", "lodz"},
        {"đorđe", "dorde"},
        {"æsop", "aesop"},
        {"œuvre", "oeuvre"},
        {"ısparta", "isparta"},
        {"i\u0307stanbul", "istanbul"},
        {"þór", "thor"},
        {"việt", "viet"},
        {"người", "nguoi"},
        {"ñandú", "nandu"},
        {"šš", "ss"},
        {"\u0180\u2C66", "bt"},
    };
    ASSERT_FOLDS(rows);
}

static void greek_loses_its_accents_and_cyrillic_its_yo(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"αθήνα", "αθηνα"}, {"μαΐου", "μαιου"},       {"ἀρχή", "αρχη"},
        {"ёлка", "елка"},   {"пу\u0301тин", "путин"},
    };
    ASSERT_FOLDS(rows);
}

static void other_marks_are_letters_and_stay(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"йод", "йод"},         {"їжак", "їжак"}, {"हिन्दी", "हिन्दी"},
        {"ที่นี่", "ที่นี่"},           {"が", "が"},     {"ガギ", "ガギ"},
        {"한국", "한국"},       {"שָׁלוֹם", "שָׁלוֹם"}, {"\u0301x", "\u0301x"},
        {"1\u0301", "1\u0301"},
    };
    ASSERT_FOLDS(rows);
}

static void bad_bytes_are_told_from_replacement_characters(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        unsigned len;
        uint32_t cp;
    } rows[] = {
        {"A", 1, 'A'},
        {"\xC3\xA9", 2, 0xE9},
        {"\xE2\x82\xAC", 3, 0x20AC},
        {"\xF4\x8F\xBF\xBF", 4, 0x10FFFF},
        {"\xEF\xBF\xBD", 3, NIDX_REPLACEMENT},
        {"\xFF", 1, NIDX_REPLACEMENT | NIDX_UTF8_BAD},
        {"\x80", 1, NIDX_REPLACEMENT | NIDX_UTF8_BAD},
        {"\xC0\x80", 1, NIDX_REPLACEMENT | NIDX_UTF8_BAD},
        {"\xC3", 1, NIDX_REPLACEMENT | NIDX_UTF8_BAD},
        {"\xE0\x80\x80", 1, NIDX_REPLACEMENT | NIDX_UTF8_BAD},
        {"\xED\xA0\x80", 1, NIDX_REPLACEMENT | NIDX_UTF8_BAD},
        {"\xE2\x82", 2, NIDX_REPLACEMENT | NIDX_UTF8_BAD},
        {"\xF0\x80\x80\x80", 1, NIDX_REPLACEMENT | NIDX_UTF8_BAD},
        {"\xF0\x9F\x98", 3, NIDX_REPLACEMENT | NIDX_UTF8_BAD},
        {"\xF4\x90\x80\x80", 1, NIDX_REPLACEMENT | NIDX_UTF8_BAD},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const uint8_t *p = (const uint8_t *)rows[i].bytes;
        uint32_t cp = 0;

        assert_int_equal(nidx_utf8_decode(p, p + strlen(rows[i].bytes), &cp),
                         rows[i].len);
        assert_int_equal(cp, rows[i].cp);
    }
}

static void every_code_point_is_written_as_it_is_read(void **state)
{
    (void)state;

    for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
        if (cp >= 0xD800 && cp < 0xE000)
            continue;
        uint8_t bytes[8];
        struct nidx_buf out = {bytes, 0, sizeof(bytes), false};
        uint32_t read = 0;

        nidx_utf8_put(&out, cp);
        assert_int_equal(nidx_utf8_decode(bytes, bytes + out.len, &read),
                         out.len);
        assert_int_equal(read, cp);
    }
}

static void a_cut_never_splits_a_character(void **state)
{
    (void)state;
    const uint8_t *p = (const uint8_t *)"a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80";
    static const size_t floors[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10};

    for (size_t n = 0; n < sizeof(floors) / sizeof(*floors); n++)
        assert_int_equal(nidx_utf8_floor(p, n), floors[n]);
    assert_int_equal(nidx_utf8_floor((const uint8_t *)"\x80\x80\x80\x80", 4),
                     4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(latin_letters_lose_their_marks),
        cmocka_unit_test(greek_loses_its_accents_and_cyrillic_its_yo),
        cmocka_unit_test(other_marks_are_letters_and_stay),
        cmocka_unit_test(bad_bytes_are_told_from_replacement_characters),
        cmocka_unit_test(every_code_point_is_written_as_it_is_read),
        cmocka_unit_test(a_cut_never_splits_a_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
