/* test_parser.c: tests of query/parse/parser and query/parse/tree: text to tree.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/limits.h"
#include "query/parse/parser.h"
#include "query/parse/range.h"
#include "tests/support/equal_tree.h"

/* A query, its tree as printed, and a piece of each note, `|` between. */
struct row {
    const char *text, *tree, *notes;
};

static const struct row rows[] = {
    /* words and operators */
    {"putin letter", "putin AND letter", ""},
    {"putin AND letter", "putin AND letter", ""},
    {"putin && letter", "putin AND letter", ""},
    {"putin OR letter", "putin OR letter", ""},
    {"putin || letter", "putin OR letter", ""},
    {"putin or letter and not a near b",
     "putin AND or AND letter AND and AND not AND a AND near AND b", ""},
    {"a b OR c", "(a AND b) OR c", ""},
    {"a OR b c", "a OR (b AND c)", ""},
    {"(a OR b) c", "(a OR b) AND c", ""},
    {"a NOT b", "a AND NOT b", ""},
    {"a -b", "a AND NOT b", ""},
    {"a AND NOT b", "a AND NOT b", ""},
    {"NOT b", "NOT b", ""},
    {"-b -c", "NOT b AND NOT c", ""},
    {"NOT NOT b", "b", ""},
    {"a OR NOT b", "a OR (NOT b)", ""},
    {"NOT a OR b", "(NOT a) OR b", ""},
    {"+putin", "putin", ""},
    {"a OR +b", "a OR +b", ""},
    {"+a OR +b", "a AND b", ""},
    {"-(a OR b) c", "NOT (a OR b) AND c", ""},
    {"((a))", "a", ""},
    {"*", "*", ""},
    {"* -a", "* AND NOT a", ""},
    {"(*)", "*", ""},
    /* NEAR */
    {"putin NEAR/5 letter", "putin NEAR/5 letter", ""},
    {"putin NEAR letter", "putin NEAR/10 letter", ""},
    {"putin near/5 letter", "putin NEAR/5 letter", ""},
    {"putin BEFORE/5 letter", "putin BEFORE/5 letter", ""},
    {"putin w/5 letter", "putin NEAR/5 letter", ""},
    {"putin pre/5 letter", "putin BEFORE/5 letter", ""},
    {"a NEAR/3 b NEAR/4 c", "a NEAR/3 b NEAR/4 c", ""},
    {"a NEAR/3 (b NEAR/4 c)", "a NEAR/3 (b NEAR/4 c)", ""},
    {"a b NEAR/3 c d", "a AND b NEAR/3 c AND d", ""},
    {"(a OR b) NEAR/3 \"c d\"", "(a OR b) NEAR/3 \"c d\"", ""},
    {"(a b) NEAR/3 c", "(a AND b) NEAR/3 c", ""},
    {"a NOT NEAR/3 b", "a AND NOT (a NEAR/3 b)", ""},
    {"a NEAR/0 b", "a NEAR/1 b", "distance is read as 1"},
    {"a SENTENCE b", "a SENTENCE b", ""},
    {"a /s b", "a SENTENCE b", ""},
    {"a /p b PARAGRAPH c", "a PARAGRAPH b PARAGRAPH c", ""},
    {"a /s (b NEAR/2 c)", "a SENTENCE (b NEAR/2 c)", ""},
    {"a NOT /s b", "a AND NOT (a SENTENCE b)", ""},
    {"a SENTENCE date:2018-08-08", "a AND date:2018-08-08", "has no place"},
    {"a SENTENCE", "a", "at the end"},
    {"a NEAR/3 NOT b", "a AND NOT b", "nothing is near a NOT"},
    {"a NEAR/3 -b", "a AND NOT b", "nothing is near a NOT"},
    {"NOT a NEAR/3 b", "NOT (a NEAR/3 b)", "read as one of all of `a NEAR/3"},
    {"NOT (a NEAR/3 b)", "NOT (a NEAR/3 b)", ""},
    {"a NEAR/3 date:2018", "a AND date:2018-01-01..2018-12-31",
     "has no place in the text"},
    {"a NEAR/3 (b -c)", "a AND (b AND NOT c)", "has no place"},
    {"a NEAR/x b", "a AND NEAR/x AND b", "a distance is a number"},
    {"a before/ b", "a AND before/ AND b", "a distance is a number"},
    {"a NEAR/3 date:2018 NEAR/4 b", "a AND date:2018-01-01..2018-12-31 AND b",
     "`NEAR/3` is read as AND|`NEAR/4` is read as AND"},
    /* phrases */
    {"\"putin letter\"", "\"putin letter\"", ""},
    {"\xe2\x80\x9cputin letter\xe2\x80\x9d", "\"putin letter\"", ""},
    {"\xe2\x80\x9eputin letter\xe2\x80\x9c", "\"putin letter\"", ""},
    {"\xc2\xabputin letter\xc2\xbb", "\"putin letter\"", ""},
    {"\"putin letter\"~3", "\"putin letter\"~3", ""},
    {"\"putin letter\"~3^2", "\"putin letter\"~3^2", ""},
    {"\"putin\"", "putin", ""},
    {"\" putin   letter \"", "\"putin letter\"", ""},
    {"\"vladimir pu* letter\"", "\"vladimir pu* letter\"", ""},
    {"\"(new OR new york) times\"", "\"(new OR new york) times\"", ""},
    {"\"(new OR (new york)) times\"", "\"(new OR new york) times\"", ""},
    {"\"a (b c) d\"", "\"a (b c) d\"", ""},
    {"\"a (b) c\"", "\"a b c\"", ""},
    {"\"(a NEAR/3 b) c\"", "\"(a NEAR/3 b) c\"", ""},
    {"\"(a b NEAR/3 c) d\"", "\"(a (b NEAR/3 c)) d\"", ""},
    {"\"(a AND b) c\"", "\"(a AND b) c\"", ""},
    {"\"a OR b AND NOT -c\"", "\"a OR b AND NOT -c\"", ""},
    {"\"(a NOT b) c\"", "(a AND NOT b) AND c", "phrase is read as AND"},
    {"\"title:putin said\"", "\"title:putin said\"", ""},
    {"\"AND\"", "\"AND\"", ""},
    {"\"-b\"", "\"-b\"", ""},
    {"\"a\"\"b c\"", "a AND \"b c\"", ""},
    {"say\"hello world\"", "say AND \"hello world\"", ""},
    {"\"putin - letter & more\"", "\"putin - letter & more\"", ""},
    {"\"photo(s) here\"", "\"photo(s) here\"", ""},
    {"\"a\"~2", "a", "`~2` is ignored"},
    {"\"a b\" ~3", "\"a b\"~3", "read as the slop"},
    {"\"a b\" ~3^2 c", "\"a b\"~3^2 AND c", "read as the slop"},
    {"\"a\" ~3", "a", "read as the slop|`~3` is ignored"},
    {"\"a b\" ~3x", "\"a b\" AND ~3x", "stands right behind"},
    {"a ~2", "a AND ~2", "`~2` is searched as text"},
    {"\"a b\"~", "\"a b\"", "has no number"},
    /* broken quotes */
    {"\"putin letter", "\"putin letter\"", "not closed"},
    {"putin letter\"", "putin AND letter", "no other quotation mark"},
    {"5\" pipe", "5 AND pipe", "no other quotation mark"},
    {"12\" or 14\" pipe", "12 AND or AND 14 AND pipe", "no other|no other"},
    {"\"\" a", "a", "hold no word"},
    {"\"--\" a", "a", "hold no word"},
    {"\"", "", "no other quotation|finds nothing"},
    /* broken operators */
    {"putin AND", "putin", "the `AND` at the end is ignored"},
    {"OR putin", "putin", "the `OR` at the beginning is ignored"},
    {"AND AND putin", "putin", "at the beginning|without a word"},
    {"a AND AND b", "a AND b", "without a word on both"},
    {"a OR AND b", "a OR b", "`AND` without a word"},
    {"a AND OR b", "a OR b", "`AND` without a word"},
    {"a OR", "a", "`OR` at the end"},
    {"a NOT", "a", "`NOT` is ignored: there is nothing"},
    {"near(a b)", "near AND (a AND b)", "operators stand between words"},
    {"c Before(a,b)", "c AND Before(a,b)", "operators stand between words"},
    {"river | bridge", "river OR bridge", "is read as OR"},
    {"\"(a | b) c\"", "\"(a OR b) c\"", "is read as OR"},
    {"\"a | b\"", "\"a | b\"", ""},
    {"a|b", "a|b", ""},
    {"a OR b| c", "a OR (b| AND c)", "is OR between blanks"},
    {"a~10", "a~10", "with at most 2"},
    {"~a", "~a", "stands right behind"},
    {"a~b", "a~b", ""},
    {"a |", "a", "is read as OR|at the end"},
    {"NEAR/3 a", "a", "`NEAR/3` at the beginning"},
    {"a NEAR/3", "a", "`NEAR/3` at the end"},
    {"a NEAR/3 AND b", "a NEAR/3 b", "`AND` without a word"},
    {"NOT", "", "`NOT` is ignored|finds nothing"},
    {"", "", "finds nothing"},
    {"()", "", "hold nothing|finds nothing"},
    {"a () b", "a AND b", "hold nothing"},
    {"(a b", "a AND b", "not closed"},
    {"a b)", "a AND b", "no parenthesis is open"},
    {"a)*", "a", "no parenthesis is open|holds no letter"},
    {"a )) b", "a AND b", "no parenthesis|no parenthesis"},
    {"a - b", "a AND b", "`-` is ignored"},
    {"a \xe2\x80\x94 b", "a AND b", "is ignored"},
    {"AT & T", "AT AND T", "`&` is ignored"},
    {"AND(a OR b)", "a OR b", "at the beginning"},
    {"a NOT(b OR c)", "a AND NOT (b OR c)", ""},
    /* ordinary text */
    {"o'brien", "o'brien", ""},
    {"AT&T", "AT&T", ""},
    {"co-workers", "co-workers", ""},
    {"$1,000", "$1,000", ""},
    {"1:2", "1:2", ""},
    {"12:54", "12:54", ""},
    {"C++", "C++", ""},
    {"C:\\news", "C:\\news", ""},
    {"http://thehill.com/a?b=c*d", "http://thehill.com/a?b=c*d", ""},
    {"Did Putin write a letter?", "Did AND Putin AND write AND a AND letter?",
     ""},
    {"NSUN/NSUN", "NSUN/NSUN", ""},
    {"photo(s)", "photo(s)", ""},
    {"f(x y)", "f AND (x AND y)", ""},
    {"--foo", "--foo", ""},
    {"and/or", "and/or", ""},
    {"02091-C-71", "02091-C-71", ""},
    {"Putin: a letter", "Putin: AND a AND letter", ""},
    {"'putin letter'", "'putin AND letter'", ""},
    {"a\xc2\xa0"
     "b",
     "a AND b", ""},
    {"\xff\xfe", "\xff\xfe", ""},
    /* fields */
    {"title:putin", "title:putin", ""},
    {"Title:putin", "title:putin", ""},
    {"title:(putin OR trump) x", "(title:putin OR title:trump) AND x", ""},
    {"title:\"putin letter\"", "title:\"putin letter\"", ""},
    {"title:(a author:b)", "title:a AND author:b", ""},
    {"-title:opinion x", "NOT title:opinion AND x", ""},
    {"title:AND", "title:\"AND\"", ""},
    {"title: putin", "title:putin", "without the blank"},
    {"title:", "title", "nothing follows the field"},
    {"title: AND b", "title AND b", "nothing follows the field"},
    {"title:author:x", "author:x", "`title:` is ignored"},
    {"title:*", "*", "every document, with or without"},
    {"titel:putin", "titel:putin", "nearest field is `title:`"},
    {"titel: putin", "titel: AND putin", "nearest field is `title:`"},
    {"foo:bar", "foo:bar", "fields are title, body"},
    {"path:bar", "path:bar", "fields are title, body"},
    {"Headline:bar", "Headline:bar", "nearest field is `title:`"},
    {"since:2018", "since:2018", "nearest field is `date:`"},
    {"tags:politics", "tags:politics", ""},
    {"tags:(a OR \"b c\")", "tags:a OR tags:\"b c\"", ""},
    {"source:\"The Hill\"", "source:\"The Hill\"", ""},
    {"url:https://thehill.com/a?b=c", "url:\"https://thehill.com/a?b=c\"", ""},
    {"url:https://thehill.com/*", "url:https://thehill.com/*", ""},
    {"url:=//*", "url:=//*", ""},
    {"url:date:x", "url:date:x", ""},
    {"language:german", "language:german", ""},
    {"date:2018-08-08", "date:2018-08-08", ""},
    {"date:2018-02", "date:2018-02-01..2018-02-28", ""},
    {"date:2016-02", "date:2016-02-01..2016-02-29", ""},
    {"date:2018", "date:2018-01-01..2018-12-31", ""},
    {"date:2018-08..2018-09", "date:2018-08-01..2018-09-30", ""},
    {"date:2018..", "date:2018-01-01..", ""},
    {"date:..2018", "date:..2018-12-31", ""},
    {"date:>=2018", "date:2018-01-01..", ""},
    {"date:>2018", "date:2019-01-01..", ""},
    {"date:<2018", "date:..2017-12-31", ""},
    {"date:<=2018", "date:..2018-12-31", ""},
    {"date:\"2018-08-08\"", "date:2018-08-08", ""},
    {"date:(2018 OR 2019-01-01)",
     "date:2018-01-01..2018-12-31 OR date:2019-01-01", ""},
    {"date:*", "date:*", ""},
    {"date:2019..2018", "date:2018-01-01..2019-12-31", "other way round"},
    {"date:yesterday", "yesterday", "`yesterday` is no date"},
    {"date:2018-13-01", "2018-13-01", "is no date"},
    {"date:2018-02-30", "2018-02-30", "is no date"},
    {"date:\"last week\"", "\"last week\"", "is no date"},
    {"date:today", "today",
     "2018, 2018-08, 2018-08-31, 2018-08-31T10:17, a..b"},
    {"date:2026-11-25T10:17", "date:2026-11-25T10:17:00Z..2026-11-25T10:17:59Z",
     ""},
    {"date:2026-11-25T10:17:01Z", "date:2026-11-25T10:17:01Z", ""},
    {"date:2026-11-25T00:00:00Z", "date:2026-11-25..2026-11-25T00:00:00Z", ""},
    {"date:2026-11-25T10:17..", "date:2026-11-25T10:17:00Z..", ""},
    {"date:..2026-11-25T10:17Z", "date:..2026-11-25T10:17:59Z", ""},
    {"date:>2026-11-25T23:59", "date:2026-11-26..", ""},
    {"date:1960-11-25T10:17:01", "date:1960-11-25T10:17:01Z", ""},
    {"date:2018-08-31T24:00", "2018-08-31T24:00", "is no date"},
    {"date:2018-08-31T10:60", "2018-08-31T10:60", "is no date"},
    {"date:2018-08-31T10:17:60", "2018-08-31T10:17:60", "is no date"},
    {"date:2018-08-31T10", "2018-08-31T10", "is no date"},
    {"date:2018-08-31T10:17x01", "2018-08-31T10:17x01", "is no date"},
    {"date>2018", "date:2019-01-01..", "`date>2018` is read as `date:>2018`"},
    {"Date<=2018 a", "date:..2018-12-31 AND a", "is read as `date:<=2018`"},
    {"date=2018-08-08", "date:2018-08-08", "is read as `date:2018-08-08`"},
    {"words>500", "words:501..", "is read as `words:>500`"},
    {"\"words>500\"", "\"words>500\"", ""},
    {"words=deeds", "words=deeds", "name ends with a colon"},
    {"a title=putin", "a AND title=putin", "name ends with a colon"},
    {"words=", "words=", ""},
    {"date >2018", "date AND >2018", "ranges are written"},
    {"words:>500", "words:501..", ""},
    {"words:<500", "words:..499", ""},
    {"words:100..200", "words:100..200", ""},
    {"words:500", "words:500", ""},
    {"words:000", "words:0", ""},
    {"words:>=0", "words:0..", ""},
    {"words:many", "many", "is no number"},
    /* patterns */
    {"lett*", "lett*", ""},
    {"title:lett*", "title:lett*", ""},
    {"=letter", "=letter", ""},
    {"=\"Putin letters\"", "\"=Putin =letters\"", ""},
    {"\"a =letters\"", "\"a =letters\"", ""},
    {"=lett*", "lett*", "the `=` is ignored"},
    {"l?tter", "l?tter", ""},
    {"*etter", "*etter", ""},
    {"*ette*", "*ette*", ""},
    {"le*er", "le*er", ""},
    {"title:l?tter^2", "title:l?tter^2", ""},
    {"=l?tter", "l?tter", "the `=` is ignored"},
    {"\"a l?tter /b+/\"", "\"a l?tter /b+/\"", ""},
    {"letter~", "letter~", ""},
    {"letter~2", "letter~2", ""},
    {"letter~0", "letter~0", ""},
    {"letter~3", "letter~2", "read with 2 edits"},
    {"le*er~", "le*er~", "the wildcards in it are ignored"},
    {"letter~ NEAR/3 *etter", "letter~ NEAR/3 *etter", ""},
    {"/lett?ers?/", "/lett?ers?/", ""},
    {"/(a|b)+/ c", "/(a|b)+/ AND c", ""},
    {"/le(t/", "\"/le(t/\"", "no regular expression and is searched as a word"},
    {"/(/ a", "a", "`/(/` is ignored: it is no regular expression"},
    {"/a)/^2 b", "\"/a)/\"^2 AND b", "parentheses are not in pairs"},
    {"(a /b)/ c", "(a AND /b) AND c", "`/` is ignored"},
    {"\"x /le(t/ y\"", "\"x /le(t/ y\"", "parentheses are not in pairs"},
    {"/[a/", "\"/[a/\"", "a [ is not closed"},
    {"/a{3,2}/", "\"/a{3,2}/\"", "ends before it begins"},
    {"/usr/bin", "/usr/bin", ""},
    {"a* b*", "a* AND b*", ""},
    {"**", "", "holds no letter|finds nothing"},
    /* boosts */
    {"letter^2", "letter^2", ""},
    {"letter^0.5 x", "letter^0.5 AND x", ""},
    {"\"a b\"^2.25", "\"a b\"^2.25", ""},
    {"(a OR b)^3 c", "(a OR b)^3 AND c", ""},
    {"(a^2)^3", "a^6", ""},
    {"(a NEAR/2 b)^3", "(a NEAR/2 b)^3", ""},
    {"lett*^2", "lett*^2", ""},
    {"title:letter^2", "title:letter^2", ""},
    {"a^200", "a^100", "read as the largest"},
    {"a^-2", "a", "a boost is not negative"},
    {"x^y", "x^y", "`x^y` is searched as text: a boost is a number"},
    {"river^", "river^", "a boost is a number"},
    {"\"x^y\"", "x^y", ""},
    {"a (b)^c", "a AND b AND ^c", "a boost is a number"},
    {"http://a.b/^c", "http://a.b/^c", ""},
    {"a^0", "a^0", ""},
    {") ^2 a", "^2 AND a", "no parenthesis|a boost is a number"},
};

static void read_query(const char *text, size_t len, bool any,
                       struct nidx_tree *tree)
{
    struct nidx_error err = {0};
    const struct nidx_parse_options options = {.any = any};

    *tree = (struct nidx_tree){0};
    if (nidx_query_read(text, len, &options, tree, &err) != NIDX_OK)
        fail_msg("`%s`: %s", text, err.message);
}

static void print_tree(const struct nidx_tree *tree, struct nidx_buf *out)
{
    out->len = 0;
    nidx_tree_print(tree->root, out);
    nidx_buf_u8(out, 0);
    assert_false(out->oom);
}

/* All that is wrong is told, not only the first row. */
static unsigned n_wrong;
#define WRONG(...) (n_wrong++, print_error(__VA_ARGS__))

static void check_notes(const struct row *row, const struct nidx_tree *tree)
{
    char expected[256];
    uint32_t n = 0;

    snprintf(expected, sizeof(expected), "%s", row->notes);
    for (char *piece = strtok(expected, "|"); piece; piece = strtok(NULL, "|"))
        if (n >= tree->n_notes || !strstr(tree->notes[n++].text, piece))
            WRONG("`%s`: note %u is not `%s` but `%s`\n", row->text, n, piece,
                  n > 0 && n <= tree->n_notes ? tree->notes[n - 1].text
                                              : "none");
    if (n < tree->n_notes)
        WRONG("`%s`: one note more: %s\n", row->text, tree->notes[n].text);
    for (uint32_t i = 0; i < tree->n_notes; i++) {
        assert_true(tree->notes[i].start <= tree->notes[i].end);
        assert_true(tree->notes[i].end <= tree->query.len);
    }
}

static void texts_are_read_as_stated(void **state)
{
    (void)state;
    struct nidx_buf out = {0};
    struct nidx_tree tree;

    n_wrong = 0;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        read_query(rows[i].text, strlen(rows[i].text), false, &tree);
        print_tree(&tree, &out);
        if (strcmp((const char *)out.data, rows[i].tree) != 0)
            WRONG("`%s` is read as `%s`, not as `%s`\n", rows[i].text,
                  (const char *)out.data, rows[i].tree);
        check_notes(&rows[i], &tree);
        nidx_tree_done(&tree);
    }
    nidx_buf_done(&out);
    assert_int_equal(n_wrong, 0);
}

static void what_is_printed_is_read_as_an_equal_tree(void **state)
{
    (void)state;
    struct nidx_buf out = {0};
    struct nidx_tree tree, again;

    n_wrong = 0;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        read_query(rows[i].text, strlen(rows[i].text), false, &tree);
        print_tree(&tree, &out);
        read_query((const char *)out.data, out.len - 1, false, &again);
        if (!equal_tree(tree.root, again.root))
            WRONG("`%s` is printed as `%s`, which is another tree\n",
                  rows[i].text, (const char *)out.data);
        nidx_tree_done(&tree);
        nidx_tree_done(&again);
    }
    nidx_buf_done(&out);
    assert_int_equal(n_wrong, 0);
}

static void strict_makes_the_first_note_an_error(void **state)
{
    (void)state;
    const struct nidx_parse_options strict = {.strict = true};

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct nidx_error err = {0};
        struct nidx_tree tree = {0}, strict_tree = {0};
        read_query(rows[i].text, strlen(rows[i].text), false, &tree);
        const enum nidx_status status = nidx_query_read(
            rows[i].text, strlen(rows[i].text), &strict, &strict_tree, &err);
        if (tree.n_notes == 0) {
            assert_int_equal(status, NIDX_OK);
        } else {
            assert_int_equal(status, NIDX_ERR_SYNTAX);
            assert_int_equal(err.offset, tree.notes[0].start);
            assert_string_equal(err.message, tree.notes[0].text);
            assert_null(strict_tree.arena);
        }
        nidx_tree_done(&tree);
        nidx_tree_done(&strict_tree);
    }
}

static void any_joins_words_with_or(void **state)
{
    (void)state;
    static const struct row any_rows[] = {
        {"a b", "a OR b", ""},
        {"a b AND c", "a OR (b AND c)", ""},
        {"a b -c", "(a OR b) AND NOT c", ""},
        {"a b +c", "a OR b OR +c", ""},
        {"a b +c -d", "(a OR b OR +c) AND NOT d", ""},
        {"a OR NOT b", "a OR (NOT b)", ""},
        {"\"a b\" c", "\"a b\" OR c", ""},
        {"-a", "NOT a", ""},
    };
    struct nidx_buf out = {0};
    struct nidx_tree tree, again;

    for (size_t i = 0; i < sizeof(any_rows) / sizeof(*any_rows); i++) {
        read_query(any_rows[i].text, strlen(any_rows[i].text), true, &tree);
        print_tree(&tree, &out);
        assert_string_equal((const char *)out.data, any_rows[i].tree);
        read_query((const char *)out.data, out.len - 1, false, &again);
        assert_true(equal_tree(tree.root, again.root));
        nidx_tree_done(&tree);
        nidx_tree_done(&again);
    }
    nidx_buf_done(&out);
}

static void notes_name_the_bytes_that_they_are_about(void **state)
{
    (void)state;
    struct nidx_tree tree;

    read_query("putin AND", 9, false, &tree);
    assert_int_equal(tree.n_notes, 1);
    assert_int_equal(tree.notes[0].start, 6);
    assert_int_equal(tree.notes[0].end, 9);
    nidx_tree_done(&tree);
}

static void nodes_name_the_bytes_that_they_come_from(void **state)
{
    (void)state;
    struct nidx_tree tree;

    read_query("a title:\"b c\"", 13, false, &tree);
    assert_int_equal(tree.root->n_children, 2);
    assert_int_equal(tree.root->children[0]->end, 1);
    assert_int_equal(tree.root->children[1]->start, 2);
    assert_int_equal(tree.root->children[1]->end, 13);
    nidx_tree_done(&tree);
}

/* n times unit, then rest. */
static char *repeat(const char *unit, size_t n, const char *rest, size_t *len)
{
    const size_t unit_len = strlen(unit), rest_len = strlen(rest);
    char *text = malloc(unit_len * n + rest_len + 1);

    assert_non_null(text);
    for (size_t i = 0; i < n; i++)
        memcpy(text + i * unit_len, unit, unit_len);
    memcpy(text + n * unit_len, rest, rest_len + 1);
    *len = unit_len * n + rest_len;
    return text;
}

static uint32_t height_of(const struct nidx_node *node)
{
    uint32_t most = 0;

    for (uint32_t i = 0; i < node->n_children; i++) {
        const uint32_t h = height_of(node->children[i]);
        most = h > most ? h : most;
    }
    return most + 1;
}

static void long_and_deep_queries_are_bounded(void **state)
{
    (void)state;
    static const char *const units[] = {"(",         ")",      "(a ",
                                        "a NEAR/3 ", "NOT ",   "-",
                                        "a OR (b ",  "title:", "\"",
                                        "\"a ",      "a(",     "a(b",
                                        "^2",        "a^2",    "a^2^",
                                        "?",         "a?",     "*",
                                        "~",         "/",      "&",
                                        "& ",        "a~",     "\"(a OR ",
                                        "date:2 ",   "url:",   "a NOT NEAR/3 (",
                                        "AND ",      "+",      "=",
                                        "=\"",       "x:",     "foo:b ",
                                        "(a) ",      "a b) "};

    for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
        size_t len;
        struct nidx_tree tree;
        char *text = repeat(units[i], NIDX_QUERY_BYTES / (strlen(units[i]) + 1),
                            "z", &len);
        read_query(text, len, false, &tree);
        assert_non_null(tree.root);
        assert_true(height_of(tree.root) <= 4 * NIDX_QUERY_DEPTH);
        assert_true(tree.n_notes <= 60);
        nidx_tree_done(&tree);
        free(text);
    }
}

static void too_long_a_query_is_refused_by_name(void **state)
{
    (void)state;
    size_t len;
    struct nidx_error err = {0};
    struct nidx_tree tree = {0};
    char *text = repeat("a", NIDX_QUERY_BYTES, "z", &len);

    assert_int_equal(nidx_query_read(text, len, NULL, &tree, &err),
                     NIDX_ERR_LIMIT);
    assert_non_null(strstr(err.message, "bytes"));
    assert_null(tree.arena);
    free(text);
}

static void too_many_words_are_noted(void **state)
{
    (void)state;
    size_t len;
    struct nidx_tree tree;
    char *text = repeat("a ", NIDX_QUERY_LEAVES + 10, "", &len);

    read_query(text, len, false, &tree);
    assert_int_equal(tree.root->n_children, NIDX_QUERY_LEAVES);
    assert_int_equal(tree.n_notes, 1);
    assert_non_null(strstr(tree.notes[0].text, "more than 16384 words"));
    nidx_tree_done(&tree);
    free(text);
}

static void dates_are_days_of_utc(void **state)
{
    (void)state;
    struct nidx_range r;

    assert_true(nidx_range_read(NIDX_FIELD_DATE, "1970-01-01", 10, &r));
    assert_true(r.lo == NIDX_DATE_ZERO);
    assert_true(r.hi == NIDX_DATE_ZERO + 86399);
    assert_true(nidx_range_read(NIDX_FIELD_DATE, "2018-08-08", 10, &r));
    assert_true(r.lo == NIDX_DATE_ZERO + 1533686400);
    assert_true(nidx_range_read(NIDX_FIELD_DATE, "..1969", 6, &r));
    assert_true(r.lo == 1 && r.hi == NIDX_DATE_ZERO - 1);
    assert_false(nidx_range_read(NIDX_FIELD_DATE, "..", 2, &r));
    assert_false(nidx_range_read(NIDX_FIELD_DATE, "0000", 4, &r));
    assert_false(nidx_range_read(NIDX_FIELD_DATE, ">=", 2, &r));
    assert_false(nidx_range_read(NIDX_FIELD_WORDS, "<0", 2, &r));
}

static void every_date_is_printed_as_it_was_read(void **state)
{
    (void)state;
    struct nidx_range r;
    struct nidx_buf out = {0};

    for (uint64_t day = 0; day < 150000; day += 1) {
        const uint64_t lo = NIDX_DATE_ZERO - 40000ull * 86400 + day * 86400;
        out.len = 0;
        nidx_range_print(NIDX_FIELD_DATE, lo, lo + 86399, &out);
        assert_true(nidx_range_read(NIDX_FIELD_DATE, (const char *)out.data,
                                    out.len, &r));
        assert_true(r.lo == lo && r.hi == lo + 86399);
    }
    nidx_buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_read_as_stated),
        cmocka_unit_test(what_is_printed_is_read_as_an_equal_tree),
        cmocka_unit_test(strict_makes_the_first_note_an_error),
        cmocka_unit_test(any_joins_words_with_or),
        cmocka_unit_test(notes_name_the_bytes_that_they_are_about),
        cmocka_unit_test(nodes_name_the_bytes_that_they_come_from),
        cmocka_unit_test(long_and_deep_queries_are_bounded),
        cmocka_unit_test(too_long_a_query_is_refused_by_name),
        cmocka_unit_test(too_many_words_are_noted),
        cmocka_unit_test(dates_are_days_of_utc),
        cmocka_unit_test(every_date_is_printed_as_it_was_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
