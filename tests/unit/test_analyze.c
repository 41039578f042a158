/* test_analyze.c: tests of common/analysis/analyze: tokens, and who finds what.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#include "tests/support/tokens.h"

#define COUNT(rows) (sizeof(rows) / sizeof(*(rows)))

struct row {
    const char *text, *tokens;
};

static void assert_rows(const struct row *rows, size_t n,
                        enum nidx_analysis_mode mode)
{
    for (size_t i = 0; i < n; i++) {
        const char *got = tokens_in(rows[i].text, mode);
        if (strcmp(got, rows[i].tokens) != 0)
            fail_msg("%s:\n  got    %s\n  wanted %s", rows[i].text, got,
                     rows[i].tokens);
    }
}

static void words_are_indexed_as_these_tokens(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"", ""},
        {" .,!\n\n", ""},
        {"Paul said", "paul@0 said@1 .@2 ^@2"},
        {"Putin's Paul\u2019s", "putin@0 paul@1 .@2 ^@2"},
        {"Straße ﬁnance", "strasse@0 finance@1 .@2 ^@2"},
        {"Rand PaulRandal", "rand@0 paulrandal@1 paul@1i randal@1i .@2 ^@2"},
        {"PaulErdoğan", "paulerdoğan@0 paul@0i erdoğan@0i .@1 ^@1"},
        {"McConnell iPhone YouTube", "mcconnell@0 iphone@1 youtube@2 .@3 ^@3"},
        {"PaulMcConnell", "paulmcconnell@0 paul@0i mcconnell@0i .@1 ^@1"},
        {"the U.S. Senate", "the@0 u.s.@1 senate@2 .@3 ^@3"},
        {"D.C.", "d.c.@0 dc@0 .@1 ^@1"},
        {"US troops", "us@0 u.s.@0 troops@1 .@2 ^@2"},
        {"LET US PRAY", "let@0 us@1 pray@2 .@3 ^@3"},
        {"bi-partisan", "bi@0 bipartisan@0+2 partisan@1 .@2 ^@2"},
        {"bi partisan", "bi@0 bipartisan@0+2 partisan@1 .@2 ^@2"},
        {"presi-\n  dent", "presi@0 president@0+2 dent@1 .@2 ^@2"},
        {"presi\u00ADdent", "president@0 presi@0i dent@0i .@1 ^@1"},
        {"presi\u00AD\ndent", "presi@0 president@0+2 dent@1 .@2 ^@2"},
        {"presi-\n\ndent", "presi@0 .@1 ^@1 dent@1 .@2 ^@2"},
        {"mistake.MORE", "mistake@0 mistake.more@0+2 .@1 more@1 .@2 ^@2"},
        {"thehill.com", "thehill@0 thehill.com@0+2 com@1 .@2 ^@2"},
        {"a@b.org", "a@0 a@b.org@0+3 b@1 org@2 .@3 ^@3"},
        {"@user #tag", "@user@0 user@0i #tag@1 tag@1i .@2 ^@2"},
        {"#a_b c", "#a_b@0+2 a@0i a_b@0+2i b@1i c@2 .@3 ^@3"},
        {"(I-Vt.)", "i@0 ivt@0+2 vt@1 .@2 ^@2"},
        {"AT&T's", "at@0 at&t@0+2 t@1 .@2 ^@2"},
        {"F-16", "f@0 f16@0+2 16@1 .@2 ^@2"},
        {"9/11", "9@0 9/11@0+2 11@1 .@2 ^@2"},
        {"C++ C# F", "c++@0 c#@1 f@2 .@3 ^@3"},
        {"Notepad++", "notepad++@0 notepad@0i .@1 ^@1"},
        {"12:54 p.m.", "12@0 12:54@0+2 54@1 p.m.@2 pm@2 .@3 ^@3"},
        {"1,000,000", "1,000,000@0 1000000@0 .@1 ^@1"},
        {"1'000.5", "1'000.5@0 1000.5@0 .@1 ^@1"},
        {"1.000.000,50", "1.000.000,50@0 1000000.50@0 .@1 ^@1"},
        {"3.5", "3.5@0 .@1 ^@1"},
        {"1.2.3", "1@0 1.2.3@0+3 2@1 3@2 .@3 ^@3"},
        {"1,2", "1@0 1,2@0+2 2@1 .@2 ^@2"},
        {"2018-08-08", "2018@0 2018-08-08@0+3 08@1 08@2 .@3 ^@3"},
        {"l'élection l'Oréal", "élection@0 oréal@1 .@2 ^@2"},
        {"L'Oréal D\u2019Amato",
         "l'oréal@0 loréal@0 oréal@0i d'amato@1 damato@1 amato@1i .@2 ^@2"},
        {"O\u2019Brien don't", "o'brien@0 obrien@0 don't@1 .@2 ^@2"},
        {"Türkiye'nin", "türkiye@0 türkiye'nin@0 türkiyenin@0 .@1 ^@1"},
        {"U.S.-led", "u.s.@0 usled@0+2 led@1 .@2 ^@2"},
        {"U.S.'s U.S.\u2019s", "u.s.@0 u.s.@1 .@2 ^@2"},
        {"J.K.Rowling", "j.k.@0 jk@0 j.k.rowling@0+2 rowling@1 .@2 ^@2"},
        {"Ph.D. x.y.org", "ph.d.@0 phd@0 x@1 x.y.org@1+3 y@2 org@3 .@4 ^@4"},
        {"https://a.org/x?q=1",
         "https@0 https://a.org/x?q=1@0+6 a@1 org@2 x@3 q@4 1@5 .@6 ^@6"},
        {"www.a.b.", "www@0 www.a.b@0+3 a@1 b@2 .@3 ^@3"},
        {"snake_case __x__", "snake@0 snake_case@0+2 case@1 x@2 .@3 ^@3"},
        {"a--b a - b", "a@0 b@1 a@2 b@3 .@4 ^@4"},
        {"普京访", "普@0 普京@0+2 京@1 京访@1+2 访@2 .@3 ^@3"},
        {"a普b", "a@0 普@1 b@2 .@3 ^@3"},
        {"ที่นี่", "ที่@0 ที่นี่@0+2 นี่@1 .@2 ^@2"},
        {"ｶﾞカ", "ガ@0 ガカ@0+2 カ@1 .@2 ^@2"},
        {"한국어 책", "한국어@0 책@1 .@2 ^@2"},
        {"a\xFF\xC3(b", "a@0 b@1 .@2 ^@2"},
    };
    assert_rows(rows, COUNT(rows), NIDX_ANALYZE_INDEX);
}

static void queries_ask_for_these_tokens(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"PaulRandal", "paulrandal@0 .@1 ^@1"},
        {"US", "us@0 u.s.@0 .@1 ^@1"},
        {"US SENATE", "us@0 u.s.@0 senate@1 .@2 ^@2"},
        {"us", "us@0 .@1 ^@1"},
        {"U.S.", "u.s.@0 .@1 ^@1"},
        {"dc", "dc@0 .@1 ^@1"},
        {"@user", "@user@0 .@1 ^@1"},
        {"presi\u00ADdent", "president@0 .@1 ^@1"},
        {"普京", "普京@0+2 .@2 ^@2"},
        {"普京访", "普京@0+2 访@2 .@3 ^@3"},
        {"普", "普@0 .@1 ^@1"},
        {"“o’brien”", "o'brien@0 obrien@0 .@1 ^@1"},
    };
    assert_rows(rows, COUNT(rows), NIDX_ANALYZE_QUERY);
}

static bool finds(const char *text, const char *query)
{
    return tokens_find(text, query, "en", NULL, NULL);
}

static bool finds_in_phrase(const char *text, const char *query)
{
    char t[256], q[256];

    snprintf(t, sizeof(t), "then alpha %s omega now", text);
    snprintf(q, sizeof(q), "alpha %s omega", query);
    return finds(t, q);
}

/* alpha NEAR/2 query: at most one word lies between. */
static bool finds_near(const char *text, const char *query)
{
    char t[256];
    uint32_t start = 0, end = 0, alpha = 0;

    snprintf(t, sizeof(t), "once more %s one alpha", text);
    bool found = tokens_find(t, query, "en", &start, &end) &&
                 tokens_find(t, "alpha", "en", &alpha, NULL);
    return found && alpha - end <= 1;
}

/* Each text, and the queries that find it: alone, in a phrase of three, and
 * within NEAR; and, where the row says so, the other way round. */
static const struct {
    const char *text;
    const char *queries[6];
    bool both; /* each query as a text is found by text as a query */
} found[] = {
    {"Putin's", {"putin", "Putin's", "putin\u2019s", "PUTIN"}, true},
    {"Paul\u2019s", {"paul", "Paul's", "paul\u2019s"}, true},
    {"Erdoğan", {"erdogan", "Erdoğan", "ERDOĞAN"}, true},
    {"café", {"cafe", "café", "CAFE\u0301"}, true},
    {"Straße", {"strasse", "straße", "STRASSE"}, true},
    {"ﬁnance", {"finance", "ﬁnance"}, true},
    {"Ёлка", {"елка", "ёлка", "ЕЛКА"}, true},
    {"łódź", {"lodz"}, true},
    {"İstanbul", {"istanbul", "Istanbul"}, true},
    {"Ελλάδα", {"ελλαδα", "ΕΛΛΑΔΑ"}, true},
    {"PaulRandal", {"PaulRandal", "paulrandal", "paul", "randal"}, false},
    {"TrumpFive", {"trump", "five", "trumpfive"}, false},
    {"PaulErdoğan", {"erdogan", "Erdoğan", "paul"}, false},
    {"Rand PaulRandal", {"Rand Paul", "Rand PaulRandal", "rand randal"}, false},
    {"McConnell", {"mcconnell", "McConnell"}, true},
    {"DeSantis\u2019s", {"desantis"}, true},
    {"iPhone", {"iphone", "iPhones"}, true},
    {"U.S.", {"U.S.", "US", "u.s.", "U.S"}, true},
    {"D.C.", {"D.C.", "dc", "DC"}, true},
    {"bi-partisan", {"bipartisan", "bi partisan", "bi-partisan"}, true},
    {"bipartisan", {"bipartisan", "bi partisan", "bi-partisan"}, true},
    {"bi partisan", {"bipartisan", "bi partisan", "bi-partisan"}, true},
    {"e-mail", {"email", "e mail", "emails", "e-mails"}, true},
    {"week-long", {"weeklong", "week long", "week-long"}, true},
    {"weeklong", {"weeklong", "week long", "week-long"}, true},
    {"week long", {"weeklong", "week long", "week-long"}, true},
    {"presi-\ndent", {"president", "presidents", "presi", "dent"}, false},
    {"presi\u00ADdent", {"president", "presi", "dent"}, false},
    {"mistake.MORE",
     {"mistake", "more", "mistake more", "mistake.MORE"},
     false},
    {"Senate.But", {"senate", "but", "senate but", "senate.but"}, false},
    {"thehill.com", {"thehill", "com", "thehill com", "thehill.com"}, false},
    {"a@b.org", {"a@b.org", "b.org", "a b org"}, false},
    {"@user", {"user", "@user", "@USER"}, false},
    {"#tag", {"tag", "#tag"}, false},
    {"I-Vt.", {"I-Vt.", "i-vt", "vt"}, false},
    {"AT&T", {"AT&T", "at&t", "at t"}, false},
    {"R&D", {"R&D", "r&d"}, true},
    {"F-16", {"F-16", "F16", "f 16", "16"}, false},
    {"F16", {"F-16", "F16"}, true},
    {"COVID-19", {"COVID-19", "covid", "covid19", "covid 19"}, false},
    {"9/11", {"9/11", "9 11", "11"}, false},
    {"C++", {"C++", "c++"}, true},
    {"C#", {"C#", "c#"}, true},
    {"12:54", {"12:54", "12 54", "54"}, false},
    {"1,000,000", {"1000000", "1,000,000"}, true},
    {"$1,000", {"1000", "$1,000", "1,000"}, true},
    {"3.5", {"3.5"}, true},
    {"2018-08-08", {"2018-08-08", "2018", "2018 08 08"}, false},
    {"l'élection",
     {"election", "élection", "l'élection", "l\u2019election"},
     true},
    {"Türkiye'nin", {"türkiye", "turkiye", "Türkiye'nin"}, true},
    {"O'Brien", {"o'brien", "O\u2019Brien", "obrien"}, true},
    {"普京访问", {"普京", "京访", "访问", "普", "普京访问"}, false},
    {"モスクワ", {"モスクワ", "スクワ"}, false},
    {"สวัสดีครับ", {"สวัสดี", "ครับ"}, false},
    {"weeks", {"week"}, true},
};

static void assert_found(const char *text, const char *query, bool phrase)
{
    if (!finds(text, query))
        fail_msg("\"%s\" is not found by \"%s\"", text, query);
    if (phrase && !finds_near(text, query))
        fail_msg("\"%s\" is not found by NEAR \"%s\"", text, query);
}

static void what_is_in_the_text_is_found_by_these_queries(void **state)
{
    (void)state;

    for (size_t i = 0; i < COUNT(found); i++)
        for (size_t k = 0; k < 6 && found[i].queries[k]; k++)
            assert_found(found[i].text, found[i].queries[k], false);
}

static void and_the_other_way_round(void **state)
{
    (void)state;

    for (size_t i = 0; i < COUNT(found); i++)
        for (size_t k = 0; k < 6 && found[i].queries[k] && found[i].both; k++)
            assert_found(found[i].queries[k], found[i].text, true);
}

static void and_inside_phrases_and_near(void **state)
{
    (void)state;

    for (size_t i = 0; i < COUNT(found); i++) {
        for (size_t k = 0; k < 6 && found[i].queries[k]; k++) {
            if (!found[i].both)
                continue;
            assert_found(found[i].text, found[i].queries[k], true);
            if (!finds_in_phrase(found[i].text, found[i].queries[k]) ||
                !finds_in_phrase(found[i].queries[k], found[i].text))
                fail_msg("\"%s\" and \"%s\" differ in a phrase", found[i].text,
                         found[i].queries[k]);
        }
        /* A text is always found by itself, wherever it stands. */
        if (!finds_in_phrase(found[i].text, found[i].text) ||
            !finds_near(found[i].text, found[i].text))
            fail_msg("\"%s\" does not find itself", found[i].text);
    }
    assert_true(finds_in_phrase("PaulRandal", "randal"));
    assert_true(finds_in_phrase("@user", "user"));
    assert_true(finds_in_phrase("presi\u00ADdent", "president"));
    assert_true(finds_in_phrase("presi-\ndent", "president"));
    assert_true(finds_in_phrase("普京", "普京"));
}

static void what_is_not_said_is_not_found(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"Putin's", "puti"},
        {"Rand PaulRandal (Rand)", "Paul Randal"},
        {"President TrumpFive takeaways", "Trump Five"},
        {"McConnell", "connell"},
        {"DeSantis", "santis"},
        {"give us peace", "U.S."},
        {"who is it", "W.H.O."},
        {"C++ and C#", "C"},
        {"paul", "PaulRandal"},
        {"user", "@user"},
        {"йод", "иод"},
        {"が", "か"},
        {"U.S. troops", "us"},
        {"京普", "普京"},
        {"O'Brien", "brien"},
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        if (finds(rows[i][0], rows[i][1]))
            fail_msg("\"%s\" is found by \"%s\"", rows[i][0], rows[i][1]);
}

static void exact_forms_keep_their_accents(void **state)
{
    (void)state;

    assert_true(tokens_have_form("le café", "café"));
    assert_false(tokens_have_form("le café", "cafe"));
    assert_true(tokens_have_form("Erdoğan", "erdoğan"));
}

/* What a token's bytes are is what a passage lights up. */
static void tokens_carry_the_bytes_that_are_lit(void **state)
{
    (void)state;
    static const struct {
        const char *text, *form, *lit;
    } rows[] = {
        {"says PaulRandal so", "randal", "Randal"},
        {"a PaulErdoğan b", "erdoğan", "Erdoğan"},
        {"the bi-partisan deal", "bipartisan", "bi-partisan"},
        {"the bi-partisan deal", "partisan", "partisan"},
        {"in Putin’s hand", "putin", "Putin"},
        {"the U.S. is", "u.s.", "U.S."},
        {"see thehill.com.", "thehill.com", "thehill.com"},
        {"a presi-\ndent", "president", "presi-\ndent"},
        {"l'élection", "élection", "élection"},
        {"by @user:", "@user", "@user"},
        {"in C++, too", "c++", "C++"},
        {"x 普京", "普京", "普京"},
        {"1,000,000.", "1000000", "1,000,000"},
    };
    struct nidx_vocab *v = NULL;
    assert_int_equal(nidx_vocab_new(&v, NULL), NIDX_OK);

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct tokens t = tokens_of(v, rows[i].text, strlen(rows[i].text), "en",
                                    NIDX_ANALYZE_INDEX, 0);
        size_t k = 0;
        struct nidx_bytes form = {0};
        for (; k < t.n; k++) {
            if (t.items[k].form >= nidx_vocab_n_forms(v))
                continue;
            form = nidx_vocab_form_text(v, t.items[k].form);
            if (form.len == strlen(rows[i].form) &&
                memcmp(form.data, rows[i].form, form.len) == 0)
                break;
        }
        assert_true(k < t.n);
        assert_int_equal(t.items[k].end - t.items[k].start,
                         strlen(rows[i].lit));
        assert_memory_equal(rows[i].text + t.items[k].start, rows[i].lit,
                            strlen(rows[i].lit));
        tokens_free(&t);
    }
    nidx_vocab_free(v);
}

static void positions_are_the_same_in_index_and_query(void **state)
{
    (void)state;
    struct nidx_vocab *v = NULL;
    assert_int_equal(nidx_vocab_new(&v, NULL), NIDX_OK);

    for (size_t i = 0; i < COUNT(found); i++) {
        const char *text = found[i].text;
        struct tokens a =
            tokens_of(v, text, strlen(text), "en", NIDX_ANALYZE_INDEX, 7);
        struct tokens b =
            tokens_of(v, text, strlen(text), "en", NIDX_ANALYZE_QUERY, 7);
        assert_int_equal(a.pos, b.pos);
        assert_true(a.pos > 7);
        tokens_free(&a);
        tokens_free(&b);
    }
    nidx_vocab_free(v);
}

static void neighbours_that_are_one_word_join(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b, *joined;
    } rows[] = {
        {"bi", "partisan", "bipartisan"},
        {"Bi", "partisan", "bipartisan"},
        {"week", "long", "weeklong"},
        {"e", "mail", "email"},
        {"health", "care", "healthcare"},
        {"UN", "troops", NULL},
        {"paul", "long", NULL},
        {"week", "short", NULL},
        {"anti", "us", NULL},
        {"", "x", NULL},
        {"non", "été", NULL},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct nidx_buf out = {0};
        bool joins = nidx_analyze_joins(rows[i].a, strlen(rows[i].a), rows[i].b,
                                        strlen(rows[i].b), &out);
        assert_int_equal(joins, rows[i].joined != NULL);
        if (joins) {
            assert_int_equal(out.len, strlen(rows[i].joined));
            assert_memory_equal(out.data, rows[i].joined, out.len);
        }
        nidx_buf_done(&out);
    }
}

static void text_is_normalised_as_forms_are(void **state)
{
    (void)state;
    static const char *const rows[][3] = {
        {"Plain 12", "plain 12", "plain 12"},
        {"CAFÉ", "café", "cafe"},
        {"ＡＢＣ", "abc", "abc"},
        {"O’Neill “x”", "o'neill \"x\"", "o'neill \"x\""},
        {"Straße", "strasse", "strasse"},
        {"a\u00ADb\u2011c", "ab-c", "ab-c"},
        {"É\xFF", "é\uFFFD", "e\uFFFD"},
        {"ὈΔΥΣΣΕΎΣ", "ὀδυσσεύσ", "οδυσσευσ"},
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        for (int fold = 0; fold < 2; fold++) {
            struct nidx_buf out = {0};
            nidx_analyze_normalise(rows[i][0], strlen(rows[i][0]), fold, &out);
            nidx_buf_u8(&out, 0);
            assert_string_equal((const char *)out.data, rows[i][1 + fold]);
            nidx_buf_done(&out);
        }
}

static void long_text_is_normalised_whole(void **state)
{
    (void)state;
    struct nidx_buf in = {0}, out = {0};

    for (int i = 0; i < 1000; i++)
        nidx_buf_put(&in, "É", 2);
    nidx_analyze_normalise((const char *)in.data, in.len, true, &out);
    assert_int_equal(out.len, 1000);
    assert_int_equal(out.data[999], 'e');
    nidx_buf_done(&in);
    nidx_buf_done(&out);
}

static void the_fingerprint_names_all_that_may_change(void **state)
{
    (void)state;

    assert_non_null(strstr(nidx_analyze_fingerprint(), "Unicode 15.0.0"));
    assert_non_null(strstr(nidx_analyze_fingerprint(), "utf8proc"));
    assert_non_null(strstr(nidx_analyze_fingerprint(), "Snowball"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_indexed_as_these_tokens),
        cmocka_unit_test(queries_ask_for_these_tokens),
        cmocka_unit_test(what_is_in_the_text_is_found_by_these_queries),
        cmocka_unit_test(and_the_other_way_round),
        cmocka_unit_test(and_inside_phrases_and_near),
        cmocka_unit_test(what_is_not_said_is_not_found),
        cmocka_unit_test(exact_forms_keep_their_accents),
        cmocka_unit_test(tokens_carry_the_bytes_that_are_lit),
        cmocka_unit_test(positions_are_the_same_in_index_and_query),
        cmocka_unit_test(neighbours_that_are_one_word_join),
        cmocka_unit_test(text_is_normalised_as_forms_are),
        cmocka_unit_test(long_text_is_normalised_whole),
        cmocka_unit_test(the_fingerprint_names_all_that_may_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
