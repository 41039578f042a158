/* test_lexer.c: tests of query/parse/lexer: text to lexemes.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#include "query/parse/lexer.h"

static const char *const names[] = {
    [NIDX_LEX_END] = "END",       [NIDX_LEX_WORD] = "word",
    [NIDX_LEX_PREFIX] = "prefix", [NIDX_LEX_WILDCARD] = "wild",
    [NIDX_LEX_FUZZY] = "fuzzy",   [NIDX_LEX_REGEX] = "regex",
    [NIDX_LEX_RAW] = "raw",       [NIDX_LEX_STAR] = "star",
    [NIDX_LEX_PUNCT] = "punct",   [NIDX_LEX_PHRASE] = "phrase",
    [NIDX_LEX_QUOTE] = "quote",   [NIDX_LEX_OPEN] = "(",
    [NIDX_LEX_CLOSE] = ")",       [NIDX_LEX_AND] = "AND",
    [NIDX_LEX_OR] = "OR",         [NIDX_LEX_NOT] = "NOT",
    [NIDX_LEX_PLUS] = "+",        [NIDX_LEX_MINUS] = "-",
    [NIDX_LEX_NEAR] = "NEAR",     [NIDX_LEX_BEFORE] = "BEFORE",
    [NIDX_LEX_SENTENCE] = "SENT", [NIDX_LEX_PARAGRAPH] = "PARA",
    [NIDX_LEX_FIELD] = "field",   [NIDX_LEX_BOOST] = "boost",
};

/* Lexemes of words are shown with their text, others with their number. */
static void show(struct nidx_lexer *lx, char *out, size_t room)
{
    size_t n = 0;

    *out = 0;
    for (;;) {
        const struct nidx_lexeme t = nidx_lexer_next(lx);
        if (t.type == NIDX_LEX_END)
            return;
        n += (size_t)snprintf(out + n, room - n, "%s%s%s", n ? " " : "",
                              t.exact ? "=" : "", names[t.type]);
        if (t.text_end > t.text_start && t.type >= NIDX_LEX_WORD &&
            t.type <= NIDX_LEX_PHRASE && t.type != NIDX_LEX_STAR)
            n += (size_t)snprintf(out + n, room - n, "<%.*s>",
                                  (int)(t.text_end - t.text_start),
                                  lx->text + t.text_start);
        if (t.number)
            n += (size_t)snprintf(out + n, room - n, "%s%u",
                                  t.negative ? "-" : "", t.number);
        assert_true(n < room);
    }
}

static const struct {
    const char *text, *lexemes;
} rows[] = {
    {"", ""},
    {" \t\n", ""},
    {"putin letter", "word<putin> word<letter>"},
    {"AND OR NOT and or not", "AND OR NOT word<and> word<or> word<not>"},
    {"&& || & |", "AND OR punct<&> OR"},
    {"NEAR NEAR/3 near/3 w/3 W/3", "NEAR10 NEAR3 NEAR3 NEAR3 NEAR3"},
    {"BEFORE BEFORE/3 pre/3", "BEFORE10 BEFORE3 BEFORE3"},
    {"NEAR/ NEAR/x NEAR/3x w/o", "word<NEAR/> word<NEAR/x> word<NEAR/3x> "
                                 "word<w/o>"},
    {"NEAR/99999999999", "NEAR1000000000"},
    {"/s /p SENTENCE PARAGRAPH /S", "SENT PARA SENT PARA word</S>"},
    {"(a)", "( word<a> )"},
    {"a(b)", "word<a(b)>"},
    {"a(b c)", "word<a> ( word<b> word<c> )"},
    {"a(b", "word<a> ( word<b>"},
    {"AND(a)", "AND ( word<a> )"},
    {"a)*", "word<a> ) punct<*>"},
    {"-a +b a-b --c a- -", "- word<a> + word<b> word<a-b> word<--c> word<a-> "
                           "punct<->"},
    {"-(a) -\"b c\"", "- ( word<a> ) - phrase<b c>"},
    {"(-a)", "( - word<a> )"},
    {"-)", "punct<-> )"},
    {"\"a b\"", "phrase<a b>"},
    {"\"a b\"~3 \"a\"~", "phrase<a b>3 phrase<a>"},
    {"\xe2\x80\x9c"
     "a\xe2\x80\x9d \xc2\xab"
     "b\xc2\xbb",
     "phrase<a> phrase<b>"},
    {"\xef\xbc\x82"
     "a\"",
     "phrase<a>"},
    {"\"a", "phrase<a>"},
    {"a\"", "word<a> quote"},
    {"5\" b", "word<5> quote word<b>"},
    {"a\"b c\"", "word<a> phrase<b c>"},
    {"a\"b", "word<a> quote word<b>"},
    {"\"\"", "phrase"},
    {"=a =\"a b\" = =- a=b", "=word<a> =phrase<a b> punct<=> punct<=-> "
                             "word<a=b>"},
    {"* (*) a *", "star ( star ) word<a> star"},
    {"a* *a a*b a? a?b ?a", "prefix<a> wild<*a> wild<a*b> word<a?> wild<a?b> "
                            "wild<?a>"},
    {"a~ a~2 a~10 ~a a~b", "fuzzy<a>1 fuzzy<a>2 word<a~10> word<~a> "
                           "word<a~b>"},
    {"/a.b/ /a /a/b /a b/", "regex<a.b> word</a> word</a/b> word</a> "
                            "word<b/>"},
    {"(/a(b)/)", "( regex<a(b)> )"},
    {"a^2 a^0.5 \"a\"^1.25 (a)^3", "word<a> boost2000 word<a> boost500 "
                                   "phrase<a> boost1250 ( word<a> ) boost3000"},
    {"a^ a^b ^2 a^-2 a^2^3", "word<a^> word<a^b> word<^2> word<a> boost-2000 "
                             "word<a> boost2000 boost3000"},
    {"title:a Title:a titles:a", "field word<a> field word<a> word<titles:a>"},
    {"date>2 words<=5 date=2 date>x", "field raw<>2> field raw<<=5> field "
                                      "raw<2> word<date>x>"},
    {"/(/ /a(/ /a)/^2 (/b)/", "punct</(/> regex<a(> regex<a)> boost2000 ( "
                              "word</b> ) punct</>"},
    {"title:AND title: AND", "field word<AND> field AND"},
    {"title:-a", "field word<-a>"},
    {"tags:a* date:>=2018", "field raw<a*> field raw<>=2018>"},
    {"tags:a^2 tags:(a b)", "field raw<a> boost2000 field ( word<a> word<b> )"},
    {"tags:\"a b\" tags: a", "field phrase<a b> field raw<a>"},
    {"url:http://a/b?c=*d)", "field raw<http://a/b?c=*d> )"},
    {"http://a/b?c=*d title://x", "word<http://a/b?c=*d> word<title://x>"},
    {"a\xe2\x80\x89"
     "b\xe3\x80\x80"
     "c\xc2\xa0"
     "d",
     "word<a> word<b> word<c> word<d>"},
    {"\xe2\x80\x94 \xe2\x80\xa6 \xc2\xa7", "punct<\xe2\x80\x94> "
                                           "punct<\xe2\x80\xa6> "
                                           "punct<\xc2\xa7>"},
    {"\xc3\xa9 \xff \xc2", "word<\xc3\xa9> word<\xff> word<\xc2>"},
};

static void texts_are_cut_as_stated(void **state)
{
    (void)state;
    unsigned n_wrong = 0;

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct nidx_lexer lx;
        char shown[512];
        nidx_lexer_init(&lx, rows[i].text, 0, (uint32_t)strlen(rows[i].text),
                        false);
        show(&lx, shown, sizeof(shown));
        if (strcmp(shown, rows[i].lexemes) != 0) {
            n_wrong++;
            print_error("`%s` is cut into `%s`, not `%s`\n", rows[i].text,
                        shown, rows[i].lexemes);
        }
    }
    assert_int_equal(n_wrong, 0);
}

static const struct {
    const char *text, *lexemes;
} quoted_rows[] = {
    {"a AND -b +c d^2 title:e", "word<a> word<AND> word<-b> word<+c> "
                                "word<d^2> word<title:e>"},
    {"(a OR b) OR c", "( word<a> OR word<b> ) word<OR> word<c>"},
    {"pu* =a - *", "prefix<pu> =word<a> punct<-> punct<*>"},
};

static void within_quotes_there_are_words_and_groups_alone(void **state)
{
    (void)state;

    for (size_t i = 0; i < sizeof(quoted_rows) / sizeof(*quoted_rows); i++) {
        struct nidx_lexer lx;
        char shown[512];
        nidx_lexer_init(&lx, quoted_rows[i].text, 0,
                        (uint32_t)strlen(quoted_rows[i].text), true);
        show(&lx, shown, sizeof(shown));
        assert_string_equal(shown, quoted_rows[i].lexemes);
    }
}

static void lexemes_stand_side_by_side_in_the_text(void **state)
{
    (void)state;
    static const char text[] = "-a title:\"b c\"~2^3 (d* OR =e) x\" /f/";
    struct nidx_lexer lx;
    struct nidx_lexeme t;
    uint32_t at = 0;

    nidx_lexer_init(&lx, text, 0, sizeof(text) - 1, false);
    while ((t = nidx_lexer_next(&lx)).type != NIDX_LEX_END) {
        assert_true(t.start >= at);
        for (uint32_t i = at; i < t.start; i++)
            assert_int_equal(text[i], ' ');
        assert_true(t.start <= t.text_start && t.text_start <= t.text_end &&
                    t.text_end <= t.end);
        at = t.end;
    }
    assert_int_equal(at, sizeof(text) - 1);
    assert_int_equal(nidx_lexer_next(&lx).type, NIDX_LEX_END);
}

static void glued_lexemes_have_no_blank_before_them(void **state)
{
    (void)state;
    struct nidx_lexer lx;

    nidx_lexer_init(&lx, "title:a title: a", 0, 16, false);
    nidx_lexer_next(&lx);
    assert_true(nidx_lexer_next(&lx).glued);
    assert_false(nidx_lexer_next(&lx).glued);
    assert_false(nidx_lexer_next(&lx).glued);
}

static void quotes_say_what_they_lack(void **state)
{
    (void)state;
    struct nidx_lexer lx;
    struct nidx_lexeme t;

    nidx_lexer_init(&lx, "\"a\"~ \"b", 0, 7, false);
    t = nidx_lexer_next(&lx);
    assert_true(t.bare_tilde && !t.unclosed);
    t = nidx_lexer_next(&lx);
    assert_true(!t.bare_tilde && t.unclosed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_cut_as_stated),
        cmocka_unit_test(within_quotes_there_are_words_and_groups_alone),
        cmocka_unit_test(lexemes_stand_side_by_side_in_the_text),
        cmocka_unit_test(glued_lexemes_have_no_blank_before_them),
        cmocka_unit_test(quotes_say_what_they_lack),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
