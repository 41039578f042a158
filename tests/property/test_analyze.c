/* test_analyze.c: the analyzer on random text, hostile bytes and long tokens.
 *
 * Whatever the bytes: tokens rise in position, lie within the text and the
 * words' end; analysis that starts again at a restart point gives the same
 * tokens from there on; positions do not depend on the mode; and the short
 * way of plain words agrees with the long one.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/base/limits.h"
#include "tests/support/tokens.h"

static const char *const languages[] = {"en", "fr", "tr", "", "de", "ru"};
#define N_LANGUAGES (sizeof(languages) / sizeof(*languages))

/* What texts are made of: every mark that means something, and words of every
 * kind. */
static const char *const marks[] = {
    " ",      " ",        " ",        " ",      " ",      "\n",
    "\n\n",   "\r\n",     ".",        ". ",     ",",      ", ",
    "-",      "-",        "-\n",      "-\n  ",  "'",      "\u2019",
    "\u2018", "@",        "#",        "&",      "/",      ":",
    "://",    "_",        "__",       "++",     "+",      "(",
    ")",      "\"",       "\u201D",   "!",      "?",      "\u2026",
    "\u2014", "\u00AD",   "\u00AD\n", "\u2011", "\u200D", "\u0301",
    "\xFF",   "\xE2\x80", "\xC3",     "\u3002", "\u05F4", "\U0001F600",
};
static const char *const words[] = {
    "a",           "I",           "s",
    "t",           "US",          "U",
    "S",           "U.S",         "D.C.",
    "the",         "The",         "bi",
    "partisan",    "week",        "long",
    "e",           "mail",        "l",
    "d",           "l'a",         "d\u2019Amato",
    "L'Oréal",     "O'Brien",     "don't",
    "www",         "http",        "a@b",
    "PaulRandal",  "McConnell",   "Sen",
    "Mr",          "Inc",         "Ph.D",
    "1",           "000",         "1,000",
    "12",          "2018",        "F16",
    "C++",         "élection",    "Erdoğan",
    "PaulErdoğan", "Türkiye'nin", "nin",
    "путин",       "ё",           "普",
    "京",          "カ",          "ｶﾞ",
    "ที่",           "한국어",      "שלום",
    "ﬁ",           "\u115F",      "letter",
    "Paul",        "Putin's",     "He",
    "said",
};
#define N_MARKS (sizeof(marks) / sizeof(*marks))
#define N_WORDS (sizeof(words) / sizeof(*words))

static uint64_t seed;

static uint32_t random_below(uint32_t n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((seed >> 33) % n);
}

/* Few marks and words a text, so that they meet in every order. */
static void random_text(struct nidx_buf *out, unsigned n)
{
    const char *chosen[8];

    for (size_t i = 0; i < 4; i++) {
        chosen[i] = marks[random_below(N_MARKS)];
        chosen[i + 4] = words[random_below(N_WORDS)];
    }
    out->len = 0;
    while (n--) {
        const char *bit = chosen[random_below(8)];
        nidx_buf_put(out, bit, strlen(bit));
    }
}

static bool is_end(const struct nidx_token *t)
{
    return t->form == NIDX_FORM_SENTENCE || t->form == NIDX_FORM_PARAGRAPH;
}

static void assert_sane(const struct tokens *t, size_t len, uint64_t from)
{
    uint32_t pos = 0;

    for (size_t i = 0; i < t->n; i++) {
        const struct nidx_token *k = &t->items[i];
        bool sane = k->pos >= pos && k->start <= k->end && k->end <= len &&
                    (is_end(k) ? k->len == 0 && k->pos <= t->pos
                               : k->len > 0 && k->start < k->end &&
                                     k->pos + k->len <= t->pos &&
                                     k->form < nidx_vocab_n_forms(t->vocab));
        if (!sane)
            fail_msg("seed %llu: token %zu is not sane",
                     (unsigned long long)from, i);
        pos = k->pos;
    }
}

/* Starting again at token i of t gives the rest of t. */
static void assert_restarts(const struct tokens *t, const char *text,
                            size_t len, const char *language, size_t i,
                            uint64_t from)
{
    const uint32_t at = t->items[i].start;
    struct tokens r = tokens_of(t->vocab, text + at, len - at, language,
                                NIDX_ANALYZE_INDEX, t->items[i].pos);
    bool same = r.n == t->n - i && r.pos == t->pos;

    for (size_t k = 0; same && k < r.n; k++) {
        struct nidx_token a = r.items[k];
        const struct nidx_token *b = &t->items[i + k];
        a.start += at;
        a.end += at;
        same = memcmp(&a, b, sizeof(a)) == 0;
        if (!same)
            print_message("# token %zu: bytes %u to %u, flags %u; %u to %u, "
                          "%u\n",
                          i + k, a.start, a.end, a.flags, b->start, b->end,
                          b->flags);
    }
    if (!same) {
        struct nidx_buf whole = {0}, rest = {0};
        fail_msg("seed %llu: restart at byte %u\n%.*s\n%s\n%s",
                 (unsigned long long)from, at, (int)len, text,
                 tokens_text(t, &whole), tokens_text(&r, &rest));
    }
    tokens_free(&r);
}

static void check(struct nidx_vocab *v, const struct nidx_buf *text,
                  const char *language, uint64_t from)
{
    const char *p = (const char *)text->data;
    struct tokens t =
        tokens_of(v, p, text->len, language, NIDX_ANALYZE_INDEX, 5);
    struct tokens q =
        tokens_of(v, p, text->len, language, NIDX_ANALYZE_QUERY, 5);

    assert_sane(&t, text->len, from);
    assert_sane(&q, text->len, from);
    if (t.pos != q.pos || t.bad_bytes != q.bad_bytes)
        fail_msg("seed %llu: positions differ", (unsigned long long)from);
    for (size_t i = 0; i < t.n; i++)
        if (t.items[i].flags & NIDX_TOKEN_RESTART)
            assert_restarts(&t, p, text->len, language, i, from);
    tokens_free(&t);
    tokens_free(&q);
}

static void random_text_restarts_anywhere(void **state)
{
    (void)state;
    struct nidx_buf text = {0};
    struct nidx_vocab *v = NULL;
    assert_int_equal(nidx_vocab_new(&v, NULL), NIDX_OK);

    for (unsigned round = 0; round < 3000; round++) {
        seed = round;
        random_text(&text, 1 + random_below(30));
        check(v, &text, languages[round % N_LANGUAGES], round);
    }
    nidx_buf_done(&text);
    nidx_vocab_free(v);
}

static void random_bytes_do_no_harm(void **state)
{
    (void)state;
    struct nidx_buf text = {0};
    struct nidx_vocab *v = NULL;
    assert_int_equal(nidx_vocab_new(&v, NULL), NIDX_OK);

    for (unsigned round = 0; round < 150; round++) {
        seed = 1000 + round;
        text.len = 0;
        for (unsigned n = random_below(120); n > 0; n--)
            nidx_buf_u8(&text, (uint8_t)random_below(256));
        check(v, &text, languages[round % N_LANGUAGES], 1000 + round);
    }
    nidx_buf_done(&text);
    nidx_vocab_free(v);
}

/* A word in the middle of a chunk takes the long way, between blanks the
 * short one: the same form, and the second time from the cache. */
static void the_short_way_agrees_with_the_long_one(void **state)
{
    (void)state;
    struct nidx_vocab *v = NULL;
    assert_int_equal(nidx_vocab_new(&v, NULL), NIDX_OK);

    for (size_t i = 0; i < N_WORDS; i++) {
        char text[256];
        size_t n = (size_t)snprintf(text, sizeof(text), "x %s x %s x\u201C",
                                    words[i], words[i]);
        struct tokens t = tokens_of(v, text, n, "en", NIDX_ANALYZE_INDEX, 0);
        struct tokens u = tokens_of(v, text, n, "en", NIDX_ANALYZE_INDEX, 0);
        assert_int_equal(t.n, u.n);
        for (size_t k = 0; k < t.n; k++)
            assert_memory_equal(&t.items[k], &u.items[k], sizeof(*t.items));
        tokens_free(&t);
        tokens_free(&u);
    }
    nidx_vocab_free(v);
}

/* Analyses text and returns the seconds that it took. */
static double timed(const struct nidx_buf *text, size_t *n, unsigned *cut)
{
    struct nidx_vocab *v = NULL;
    clock_t before = clock();

    assert_int_equal(nidx_vocab_new(&v, NULL), NIDX_OK);
    struct tokens t = tokens_of(v, (const char *)text->data, text->len, "en",
                                NIDX_ANALYZE_INDEX, 0);
    assert_sane(&t, text->len, 0);
    *n = t.n;
    *cut = 0;
    for (size_t i = 0; i < t.n; i++)
        *cut += (t.items[i].flags & NIDX_TOKEN_CUT) != 0;
    for (size_t i = 0; i < t.n; i++)
        if (!is_end(&t.items[i]))
            assert_true(nidx_vocab_form_text(v, t.items[i].form).len <=
                        NIDX_TOKEN_MAX);
    tokens_free(&t);
    nidx_vocab_free(v);
    return (double)(clock() - before) / CLOCKS_PER_SEC;
}

/* A megabyte of each bit and of each pair of some takes linear time: well
 * below a second, where quadratic time would be hours. */
static void long_tokens_and_lines_take_linear_time(void **state)
{
    (void)state;
    static const char *const units[] = {
        "a",      "1",       "aB",  "a.",       "a-",      "a'",     "1,",
        "1.",     "a_",      "a@",  "a/",       "é",       "\u0301", "a\u0301",
        "\u00AD", "a\u00AD", "普",  "ที่",        "\u200D",  ".",      "-",
        "'",      "#",       "@",   "#a",       "@a",      "\xFF",   "\xE2\x80",
        " ",      "\n",      "-\n", "a-\n",     "http://", "U.",     "US ",
        "bi ",    "a\u2019", "שׁ\"", "普\u0301", "Aé",      "ǅ",      "\u115F",
        "+",      "C++",     "_",   "a://",     "\u3002",  "a. ",    "ﷺ",
    };
    struct nidx_buf text = {0};

    for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
        size_t n;
        unsigned cut;
        text.len = 0;
        while (text.len < 300000)
            nidx_buf_put(&text, units[i], strlen(units[i]));
        double seconds = timed(&text, &n, &cut);
        if (seconds > 3)
            fail_msg("300 kB of \"%s\" took %.1f s", units[i], seconds);
    }
    nidx_buf_done(&text);
}

static void a_long_word_is_cut_and_says_so(void **state)
{
    (void)state;
    struct nidx_buf text = {0};
    size_t n;
    unsigned cut;

    for (unsigned i = 0; i < 256; i++)
        nidx_buf_u8(&text, 'x');
    text.len = 255;
    timed(&text, &n, &cut);
    assert_int_equal(cut, 0);
    text.len = 256;
    timed(&text, &n, &cut);
    assert_int_equal(cut, 1);
    text.len = 254;
    nidx_buf_put(&text, "é", 2);
    timed(&text, &n, &cut);
    assert_int_equal(cut, 1);
    nidx_buf_done(&text);
}

/* The text of a real file, when it is there. */
static void real_text_restarts_anywhere(void **state)
{
    (void)state;
    FILE *f = fopen("../shared/seed/putin-letter.txt", "rb");
    struct nidx_buf text = {0};
    struct nidx_vocab *v = NULL;

    if (!f) {
        print_message("# skipped: no ../shared/seed\n");
        return;
    }
    uint8_t *room = nidx_buf_reserve(&text, 8192);
    assert_non_null(room);
    text.len = fread(room, 1, 8192, f);
    fclose(f);
    assert_int_equal(nidx_vocab_new(&v, NULL), NIDX_OK);
    check(v, &text, "en", 0);
    nidx_vocab_free(v);
    nidx_buf_done(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_text_restarts_anywhere),
        cmocka_unit_test(random_bytes_do_no_harm),
        cmocka_unit_test(the_short_way_agrees_with_the_long_one),
        cmocka_unit_test(long_tokens_and_lines_take_linear_time),
        cmocka_unit_test(a_long_word_is_cut_and_says_so),
        cmocka_unit_test(real_text_restarts_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
