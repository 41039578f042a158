/* test_analyze_ends.c: tests of the ends of sentences and paragraphs.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <string.h>

#include "common/analysis/sentence.h"
#include "tests/support/tokens.h"

#define COUNT(rows) (sizeof(rows) / sizeof(*(rows)))

/* The sentences of text: ends behind the words, as `2 5^` for a sentence end
 * at position 2, and one at 5 that ends a paragraph too. */
static void ends_of(const char *text, struct nidx_buf *out)
{
    struct nidx_vocab *v = NULL;

    out->len = 0;
    assert_int_equal(nidx_vocab_new(&v, NULL), NIDX_OK);
    struct tokens t =
        tokens_of(v, text, strlen(text), "en", NIDX_ANALYZE_INDEX, 0);
    for (size_t i = 0; i < t.n; i++) {
        if (t.items[i].form == NIDX_FORM_PARAGRAPH)
            nidx_buf_u8(out, '^');
        if (t.items[i].form != NIDX_FORM_SENTENCE)
            continue;
        if (out->len)
            nidx_buf_u8(out, ' ');
        if (t.items[i].pos >= 10)
            nidx_buf_u8(out, (uint8_t)('0' + t.items[i].pos / 10));
        nidx_buf_u8(out, (uint8_t)('0' + t.items[i].pos % 10));
    }
    nidx_buf_u8(out, 0);
    tokens_free(&t);
    nidx_vocab_free(v);
}

static void sentences_and_paragraphs_end_here(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"He said so. Then he left.", "3 6^"},
        {"Who? Me! Yes...", "1 2 3^"},
        {"no mark at the end", "5^"},
        {"GOP Sen. Rand Paul (Ky.) said on Wednesday", "8^"},
        {"Mr. Trump met Dr. Smith. He left.", "5 7^"},
        {"Russian lawmakers to Washington, D.C.\nHe also met", "5 8^"},
        {"the U.S. Senate and the U.S. The end", "6 8^"},
        {"at 12:54 p.m. on Monday", "6^"},
        {"at 5 p.m. Then it ended", "3 6^"},
        {"e.g. Putin, i.e. Him", "4^"},
        {"by J. K. Rowling and J.R.R. Tolkien", "7^"},
        {"No. 5 and Aug. 8 and no. Then", "7 8^"},
        {"Acme Inc. said. Acme Inc. The end.", "3 5 7^"},
        {"he asked \"Why?\" and left. \"So.\" He said", "5 6 8^"},
        {"\"Stop!\" he cried. (Really.) Yes", "3 4 5^"},
        {"One.\n\nTwo\nthree\r\n\r\nFour", "1^ 3^ 4^"},
        {"One\n  \n  Two", "1^ 2^"},
        {"a mistake.MORE said", "2 4^"},
        {"the Senate.But he", "2 4^"},
        {"see thehill.com now. And www.CNN.com too", "4 9^"},
        {"version 3.5 is out. 2018 began.", "4 6^"},
        {"he said.\"But she did", "2 5^"},
        {"wait... what. Well", "2 3^"},
        {"普京访问。他说", "4 6^"},
        {"ok.\u201D \u201CNo.\u201D", "1 2^"},
        {"floor\n\n\u2014Updated at", "1^ 3^"},
        {"\n\n.\n\n", ""},
        {"a\rb\r\rc", "2^ 3^"},
        {"a\u2029b\u2028c", "1^ 3^"},
    };
    struct nidx_buf out = {0};

    for (size_t i = 0; i < COUNT(rows); i++) {
        ends_of(rows[i][0], &out);
        if (strcmp((const char *)out.data, rows[i][1]) != 0)
            fail_msg("%s\n  got %s\n  wanted %s", rows[i][0],
                     (const char *)out.data, rows[i][1]);
    }
    nidx_buf_done(&out);
}

static void an_end_lies_behind_its_mark_and_takes_no_position(void **state)
{
    (void)state;
    static const char text[] = "He said \"so.\"  Then.";
    struct nidx_vocab *v = NULL;
    assert_int_equal(nidx_vocab_new(&v, NULL), NIDX_OK);

    struct tokens t =
        tokens_of(v, text, sizeof(text) - 1, "en", NIDX_ANALYZE_INDEX, 100);
    assert_int_equal(t.n, 7);
    assert_int_equal(t.items[3].form, NIDX_FORM_SENTENCE);
    assert_int_equal(t.items[3].pos, 103);
    assert_int_equal(t.items[3].len, 0);
    assert_int_equal(t.items[3].start, 13);
    assert_int_equal(t.items[3].end, 13);
    assert_int_equal(t.items[4].pos, 103);
    assert_int_equal(t.items[6].form, NIDX_FORM_PARAGRAPH);
    assert_int_equal(t.items[6].pos, 104);
    assert_int_equal(t.items[6].start, 20);
    assert_int_equal(t.pos, 104);
    tokens_free(&t);
    nidx_vocab_free(v);
}

/* Sentences of the article that nidx was made for. */
static void the_first_witness_is_cut_in_its_sentences(void **state)
{
    (void)state;
    static const char letter[] =
        "Paul has emerged as one of Trump's most vocal allies on Russia, even "
        "as the president's warmer rhetoric, including trying to cast doubt "
        "on Moscow's 2016 election interference, has sparked bipartisan "
        "backlash on Capitol Hill. \n"
        "In addition to delivering the letter, Paul met this week with "
        "Konstantin Kosachev, the chairman of the Russian Federation Council "
        "Committee on Foreign Relations, and invited Russian lawmakers to "
        "Washington, D.C.\n"
        "He also met with former Soviet Union leader Mikhail Gorbachev.";
    uint32_t start = 0, end = 0, kosachev = 0;
    struct nidx_buf out = {0};

    ends_of(letter, &out);
    assert_string_equal((const char *)out.data, "35 66 76^");
    nidx_buf_done(&out);
    /* Kosachev NEAR/10 "Foreign Relations" holds, NEAR/9 does not: nine words
     * lie between. */
    assert_true(tokens_find(letter, "kosachev", "en", NULL, &kosachev));
    assert_true(tokens_find(letter, "Foreign Relations", "en", &start, &end));
    assert_int_equal(start - kosachev, 9);
}

static void a_dot_ends_a_sentence_or_abbreviates(void **state)
{
    (void)state;
    static const struct {
        const char *word, *next;
        int line, ends;
    } rows[] = {
        {"said", "Then", 0, 1},
        {"Sen", "Paul", 0, 0},
        {"Sen", "Paul", 1, 0},
        {"Inc", "Paul", 0, 0},
        {"Inc", "The", 0, 1},
        {"Inc", "Paul", 1, 1},
        {"No", "5", 0, 0},
        {"No", "He", 0, 1},
        {"J", "Smith", 0, 0},
        {"J", "The", 0, 1},
        {"U.S", "Senate", 0, 0},
        {"U.S", "He", 0, 1},
        {"U.S", "Senate", 1, 1},
        {"p.m", "Monday", 0, 1},
        {"e.g", "Monday", 0, 0},
        {"Erdoğan", "The", 0, 1},
        {"", "The", 0, 1},
        {"x", "", 0, 1},
        {"averyveryverylongword", "The", 0, 1},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct nidx_bytes word = {(const uint8_t *)rows[i].word,
                                  strlen(rows[i].word)};
        struct nidx_bytes next = {(const uint8_t *)rows[i].next,
                                  strlen(rows[i].next)};
        if (nidx_sentence_ends(word, next, rows[i].line) != rows[i].ends)
            fail_msg("%s. %s", rows[i].word, rows[i].next);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sentences_and_paragraphs_end_here),
        cmocka_unit_test(an_end_lies_behind_its_mark_and_takes_no_position),
        cmocka_unit_test(the_first_witness_is_cut_in_its_sentences),
        cmocka_unit_test(a_dot_ends_a_sentence_or_abbreviates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
