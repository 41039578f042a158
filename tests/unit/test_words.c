/* test_words.c: tests of common/words.
 *
 * The conformance test reads WordBreakTest.txt of Debian's unicode-data, and
 * skips where it is not installed.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/analysis/words.h"

#define CONFORMANCE "/usr/share/unicode/auxiliary/WordBreakTest.txt"

/* Marks each end of a segment in text with a bar. */
static void segment(const char *text, enum nidx_word_rules rules,
                    struct nidx_buf *out)
{
    const uint8_t *p = (const uint8_t *)text, *end = p + strlen(text);

    out->len = 0;
    while (p < end) {
        const uint8_t *q = nidx_word_end(p, end, rules);
        assert_true(q > p && q <= end);
        nidx_buf_put(out, p, (size_t)(q - p));
        nidx_buf_put(out, "|", 1);
        p = q;
    }
    nidx_buf_u8(out, 0);
    assert_false(out->oom);
}

static void words_are_found_by_the_annex(void **state)
{
    (void)state;
    static const char *const rows[][3] = {
        {"Paul said so.", "Paul| |said| |so|.|", "Paul| |said| |so|.|"},
        {"l'eau", "l'eau|", "l|'|eau|"},
        {"U.S.", "U.S|.|", "U|.|S|.|"},
        {"1,000.5", "1,000.5|", "1|,|000|.|5|"},
        {"a_b", "a_b|", "a|_|b|"},
        {"F16s", "F16s|", "F16s|"},
        {"a  b", "a|  |b|", "a|  |b|"},
        {"a\r\n\nb", "a|\r\n|\n|b|", "a|\r\n|\n|b|"},
        {"cafe\u0301s", "cafe\u0301s|", "cafe\u0301s|"},
        {"普京", "普|京|", "普|京|"},
        {"カタカナ", "カタカナ|", "カタカナ|"},
        {"한국어", "한국어|", "한국어|"},
    };
    struct nidx_buf out = {0};

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        segment(rows[i][0], NIDX_WORDS_UAX29, &out);
        assert_string_equal((const char *)out.data, rows[i][1]);
        segment(rows[i][0], NIDX_WORDS_PLAIN, &out);
        assert_string_equal((const char *)out.data, rows[i][2]);
    }
    nidx_buf_done(&out);
}

/* One line of the file: hexadecimal code points between marks of what is a
 * break (U+00F7) and what is none (U+00D7). */
static void check_line(char *line, unsigned number)
{
    uint8_t text[256];
    struct nidx_buf buf = {text, 0, sizeof(text), false};
    size_t breaks[64], n = 0, found = 0;
    char *save = NULL;

    for (char *t = strtok_r(line, " \t\n", &save); t && *t != '#';
         t = strtok_r(NULL, " \t\n", &save)) {
        if (strcmp(t, "\u00F7") == 0)
            breaks[n++] = buf.len;
        else if (strcmp(t, "\u00D7") != 0)
            nidx_utf8_put(&buf, (uint32_t)strtoul(t, NULL, 16));
        assert_true(n < 64 && buf.len < sizeof(text) - 8);
    }
    for (const uint8_t *p = text; p < text + buf.len; found++) {
        p = nidx_word_end(p, text + buf.len, NIDX_WORDS_UAX29);
        if (found + 1 >= n || (size_t)(p - text) != breaks[found + 1])
            fail_msg("line %u: wrong break at byte %zu", number,
                     (size_t)(p - text));
    }
    assert_int_equal(found + 1, n);
}

static void all_of_the_unicode_conformance_test_passes(void **state)
{
    (void)state;
    FILE *f = fopen(CONFORMANCE, "r");
    char line[2048];
    unsigned number = 0, checked = 0;

    if (!f) {
        print_message("# skipped: no %s\n", CONFORMANCE);
        return;
    }
    while (fgets(line, sizeof(line), f)) {
        number++;
        if (line[0] == '#' && strstr(line, "WordBreakTest-") &&
            !strstr(line, NIDX_UNICODE_VERSION)) {
            print_message("# skipped: another version of Unicode\n");
            fclose(f);
            return;
        }
        if (line[0] == '#')
            continue;
        check_line(line, number);
        checked++;
    }
    fclose(f);
    assert_true(checked > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_found_by_the_annex),
        cmocka_unit_test(all_of_the_unicode_conformance_test_passes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
