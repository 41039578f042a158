/* test_automaton.c: patterns against texts, and edits against their count.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#include "common/analysis/utf8.h"
#include "query/expand/automaton.h"

static struct nidx_bytes bytes_of(const char *text)
{
    return (struct nidx_bytes){(const uint8_t *)text, strlen(text)};
}

static uint32_t match(struct nidx_automaton *a, const char *text)
{
    const uint8_t *p = (const uint8_t *)text, *end = p + strlen(text);
    uint32_t state = NIDX_START;

    while (p < end) {
        uint32_t c;
        p += nidx_utf8_decode(p, end, &c);
        state = nidx_automaton_step(a, state, c);
    }
    return nidx_automaton_accepts(a, state);
}

static const struct {
    const char *pattern, *text;
    bool matches;
} wildcards[] =
    {
        {"l?tter", "letter", true},    {"l?tter", "ltter", false},
        {"l?tter", "leetter", false},  {"*etter", "etter", true},
        {"*etter", "letter", true},    {"*etter", "letters", false},
        {"le*er", "leer", true},       {"le*er", "letterer", true},
        {"le*er", "lette", false},     {"?", "\xc3\xa9", true},
        {"??", "\xc3\xa9", false},     {"*a*b*a*", "xaxbxax", true},
        {"*a*b*a*", "xaxaxbx", false}, {"", "", true},
},
  regexes[] = {
      {"lett?ers?", "leters", true},
      {"lett?ers?", "letter", true},
      {"lett?ers?", "lettters", false},
      {"lett?ers?", "xletters", false},
      {"a|b|", "", true},
      {"a|b|", "b", true},
      {"a|b|", "ab", false},
      {"(ab)+", "abab", true},
      {"(ab)+", "aba", false},
      {"(ab)*c", "c", true},
      {"[a-cx]+", "abcx", true},
      {"[a-cx]+", "abd", false},
      {"[^a-c]", "d", true},
      {"[^a-c]", "b", false},
      {"[^a-c]", "\xc3\xa9", true},
      {"[]a]", "]", true},
      {"[a-]", "-", true},
      {"a{2,3}", "a", false},
      {"a{2,3}", "aaa", true},
      {"a{2,3}", "aaaa", false},
      {"a{2,}", "aaaaaa", true},
      {"a{2,}", "a", false},
      {"a{3}", "aaa", true},
      {"a{0}b", "b", true},
      {"(a{2}){2}", "aaaa", true},
      {"(a{2}){2}", "aaa", false},
      {"(a|b{2})*", "abba", true},
      {"(a|b{2})*", "aba", false},
      {"\\.x\\d{2}", ".x42", true},
      {"\\.x\\d{2}", "ax42", false},
      {".", "\xd1\x8f", true},
      {"[\\d_]+", "4_2", true},
      {"[\xd0\xb0-\xd1\x8f]+", "\xd0\xb6\xd1\x8e", true},
      {"(a*)*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac", false},
      {"(a?){30}a{30}", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true},
      {"a**", "aaa", true},
      {"(a+)?", "", true},
};

static void check_rows(bool regex)
{
    const size_t n = regex ? sizeof(regexes) / sizeof(*regexes)
                           : sizeof(wildcards) / sizeof(*wildcards);
    unsigned bad = 0;

    for (size_t i = 0; i < n; i++) {
        const char *pattern = regex ? regexes[i].pattern : wildcards[i].pattern;
        const char *text = regex ? regexes[i].text : wildcards[i].text;
        const bool expected = regex ? regexes[i].matches : wildcards[i].matches;
        struct nidx_automaton *a;
        struct nidx_error err = {0};
        if ((regex ? nidx_automaton_regex(bytes_of(pattern), &a, &err)
                   : nidx_automaton_wildcard(bytes_of(pattern), &a, &err)) !=
            NIDX_OK)
            fail_msg("%s: %s", pattern, err.message);
        if ((match(a, text) > 0) != expected) {
            print_error("`%s` and `%s`\n", pattern, text);
            bad++;
        }
        assert_int_equal(nidx_automaton_status(a), NIDX_OK);
        nidx_automaton_free(a);
    }
    assert_int_equal(bad, 0);
}

static void wildcards_match_what_they_say(void **state)
{
    (void)state;
    check_rows(false);
}

static void regular_expressions_match_whole_texts(void **state)
{
    (void)state;
    check_rows(true);
}

static void what_is_no_expression_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "(a",  "a)",   "[a",    "[",       "[^",    "*a",     "+",
        "?",   "{2}",  "a{",    "a{2",     "a{,2}", "a{3,2}", "a{x}",
        "a\\", "[a\\", "[z-a]", "a{2000}", "a|*",   "(*)"};
    struct nidx_automaton *a;
    struct nidx_error err;
    char deep[200];

    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        if (nidx_automaton_regex(bytes_of(wrong[i]), &a, &err) !=
            NIDX_ERR_SYNTAX)
            fail_msg("%s", wrong[i]);
        assert_null(a);
    }
    memset(deep, '(', sizeof(deep) - 1);
    deep[sizeof(deep) - 1] = 0;
    assert_int_equal(nidx_automaton_regex(bytes_of(deep), &a, &err),
                     NIDX_ERR_SYNTAX);
    assert_int_equal(
        nidx_automaton_regex(bytes_of("((a{99}){99}){99}"), &a, &err),
        NIDX_ERR_LIMIT);
    assert_null(a);
}

static void costly_expressions_end_in_a_limit(void **state)
{
    (void)state;
    struct nidx_automaton *a;
    struct nidx_error err;
    uint64_t seed = 1;
    uint32_t at = NIDX_START;

    /* Its deterministic automaton has 2^100 states. */
    assert_int_equal(
        nidx_automaton_regex(bytes_of("(a|b)*a(a|b){100}"), &a, &err), NIDX_OK);
    for (int i = 0; i < 100000 && at != NIDX_DEAD; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        at = nidx_automaton_step(a, at, seed >> 40 & 1 ? 'a' : 'b');
    }
    assert_int_equal(at, NIDX_DEAD);
    assert_int_equal(nidx_automaton_status(a), NIDX_ERR_LIMIT);
    nidx_automaton_free(a);
}

/* -------------------------------------------------------------- edits */

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Optimal string alignment, by its table. */
static unsigned distance(const char *a, const char *b)
{
    unsigned t[12][12];
    const size_t n = strlen(a), m = strlen(b);

    for (size_t i = 0; i <= n; i++) {
        for (size_t k = 0; k <= m; k++) {
            if (i == 0 || k == 0) {
                t[i][k] = (unsigned)(i + k);
                continue;
            }
            t[i][k] = least(least(t[i - 1][k], t[i][k - 1]) + 1,
                            t[i - 1][k - 1] + (a[i - 1] != b[k - 1]));
            if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
                t[i][k] = least(t[i][k], t[i - 2][k - 2] + 1);
        }
    }
    return t[n][m];
}

static void draw(uint64_t *seed, char *out)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    const size_t n = (*seed >> 33) % 9;

    for (size_t i = 0; i < n; i++) {
        *seed = *seed * 6364136223846793005u + 1442695040888963407u;
        out[i] = (char)('a' + (*seed >> 40) % 3);
    }
    out[n] = 0;
}

static void edits_are_counted_as_by_the_table(void **state)
{
    (void)state;
    uint64_t seed = 7;

    for (int i = 0; i < 3000; i++) {
        char word[12], text[12];
        struct nidx_automaton *a;
        const unsigned most = (unsigned)i % 3;
        draw(&seed, word);
        assert_int_equal(nidx_automaton_edits(bytes_of(word), most, &a, NULL),
                         NIDX_OK);
        for (int k = 0; k < 20; k++) {
            draw(&seed, text);
            const unsigned d = distance(word, text);
            const uint32_t expected = d <= most ? d + 1 : 0;
            if (match(a, text) != expected)
                fail_msg("%s, %s: %u edits", word, text, d);
        }
        nidx_automaton_free(a);
    }
}

static void the_next_living_character_is_the_least(void **state)
{
    (void)state;
    struct nidx_automaton *a;
    uint32_t c;

    assert_int_equal(nidx_automaton_regex(bytes_of("[cx]a"), &a, NULL),
                     NIDX_OK);
    assert_true(nidx_automaton_live(a, NIDX_START, 'a', &c));
    assert_int_equal(c, 'c');
    assert_true(nidx_automaton_live(a, NIDX_START, 'd', &c));
    assert_int_equal(c, 'x');
    assert_true(nidx_automaton_live(a, NIDX_START, 'x', &c));
    assert_int_equal(c, 'x');
    assert_false(nidx_automaton_live(a, NIDX_START, 'y', &c));
    assert_false(nidx_automaton_live(a, NIDX_START, 0x110000, &c));
    assert_false(nidx_automaton_live(a, NIDX_DEAD, 0, &c));
    nidx_automaton_free(a);
}

static void too_long_patterns_are_refused(void **state)
{
    (void)state;
    char text[2000];
    struct nidx_automaton *a;

    memset(text, 'a', sizeof(text) - 1);
    text[sizeof(text) - 1] = 0;
    assert_int_equal(nidx_automaton_wildcard(bytes_of(text), &a, NULL),
                     NIDX_ERR_LIMIT);
    assert_int_equal(nidx_automaton_edits(bytes_of(text), 2, &a, NULL),
                     NIDX_ERR_LIMIT);
    assert_int_equal(nidx_automaton_regex(bytes_of(text), &a, NULL),
                     NIDX_ERR_LIMIT);
    assert_null(a);
    nidx_automaton_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wildcards_match_what_they_say),
        cmocka_unit_test(regular_expressions_match_whole_texts),
        cmocka_unit_test(what_is_no_expression_is_refused),
        cmocka_unit_test(costly_expressions_end_in_a_limit),
        cmocka_unit_test(edits_are_counted_as_by_the_table),
        cmocka_unit_test(the_next_living_character_is_the_least),
        cmocka_unit_test(too_long_patterns_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
