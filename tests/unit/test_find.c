/* test_find.c: which articles a query finds, from the writer to the hits.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#include "tests/support/library.h"
#include "tests/support/tmpdir.h"

static void forms_are_found_in_headlines(void **state)
{
    struct library l;

    library_open(&l, state);
    library_add(&l, "a", "english", "A letter", "letters letters letters",
                NULL);
    library_add(&l, "b", "english", "The letters", "letter", NULL);
    library_add(&l, "c", "english", "Other", "letter letters lettering", NULL);
    library_commit(&l);
    assert_string_equal(library_keys(&l, "title:=letter"), "a");
    assert_string_equal(library_keys(&l, "title:=letters"), "b");
    assert_string_equal(library_keys(&l, "title:letter"), "a b");
    assert_string_equal(library_keys(&l, "title:letters*"), "b");
    assert_string_equal(library_keys(&l, "title:=\"the letters\""), "b");
    assert_string_equal(library_keys(&l, "=letter"), "a b c");
    assert_string_equal(library_keys(&l, "body:=letter"), "b c");
    library_add(&l, "d", "english", "One letter", "letters", NULL);
    library_commit(&l);
    assert_string_equal(library_keys(&l, "title:=letter"), "a d");
    library_close(&l);
}

/* Copies of one text under keys with a number behind. */
static void add_many(struct library *l, const char *key, unsigned n,
                     const char *language, const char *body)
{
    for (unsigned i = 0; i < n; i++) {
        char name[24];
        snprintf(name, sizeof(name), "%s%u", key, i);
        library_add(l, name, language, NULL, body, NULL);
    }
}

static void a_stray_language_does_not_spoil_a_word(void **state)
{
    struct library l;

    library_open(&l, state);
    add_many(&l, "e", 120, "english", "a layer of paint");
    library_add(&l, "lay", "english", NULL, "they lay in the sun", NULL);
    library_add(&l, "fr", "french", NULL, "le layer de la ville", NULL);
    add_many(&l, "lai", 30, "french", "un lai, des lais");
    library_commit(&l);
    /* The French article is found by the word as it stands there. */
    assert_string_equal(library_keys(&l, "layer fr"), "");
    assert_string_equal(library_keys(&l, "layer ville"), "fr");
    assert_string_equal(library_keys(&l, "layer (sun OR lais)"), "");
    assert_string_equal(library_keys(&l, "layer sun"), "");
    assert_string_equal(library_keys(&l, "\"layer de la\""), "fr");
    assert_string_equal(library_keys(&l, "lay sun"), "lay");
    library_close(&l);
}

static const struct {
    const char *query, *found;
} mixed[] = {
    {"maisons", "f g"}, {"maison", "f g"},      {"chevaux", "e h"},
    {"cheval", "h"},    {"letters", "e1 e2"},   {"letter", "e1 e2"},
    {"elections", "f"}, {"investigacion", "s"}, {"investigaciones", "s"},
    {"Häuser", "d"},    {"Hauser", "d"},        {"häusern", "d"},
    {"nino", "s"},      {"niños", "s"},
};

static void several_languages_live_in_one_index(void **state)
{
    struct library l;
    unsigned bad = 0;

    library_open(&l, state);
    library_add(&l, "e", "english", NULL, "the chevaux of Paris", NULL);
    library_add(&l, "e1", "english", NULL, "a letter", NULL);
    library_add(&l, "e2", "english", NULL, "many letters", NULL);
    library_add(&l, "f", "french", NULL, "la maison, des élections", NULL);
    library_add(&l, "g", "french", NULL, "les maisons", NULL);
    library_add(&l, "h", "french", NULL, "un cheval", NULL);
    library_commit(&l);
    library_add(&l, "s", "spanish", NULL, "la investigación de un niño", NULL);
    library_add(&l, "d", "german", NULL, "die Häuser", NULL);
    library_commit(&l);
    for (size_t i = 0; i < sizeof(mixed) / sizeof(*mixed); i++) {
        if (strcmp(library_keys(&l, mixed[i].query), mixed[i].found) == 0)
            continue;
        print_error("`%s` finds %s, not %s", mixed[i].query, l.text,
                    mixed[i].found);
        print_error(" as %s\n", library_query(&l, mixed[i].query));
        bad++;
    }
    assert_int_equal(bad, 0);
    library_close(&l);
}

static const struct {
    const char *query, *found;
} patterns[] = {
    {"l?tter", "b"},
    {"l?tt?rs", "a"},
    {"*etter", "b c"},
    {"le*s", "a"},
    {"*", "a b c d"},
    {"letter~", "a b c"},
    {"leter~", "b"},
    {"lettre~", "b"},
    {"letter~2", "a b c"},
    {"letter~0", "b"},
    {"/lett?ers?/", "a b"},
    {"/l.tters/", "a"},
    {"/[bl]etter/", "b c"},
    {"/cafe|bell[ea]/", "d"},
    {"c?fé", "d"},
    {"\"l?tters to\"", "a"},
    {"\"(l?tters OR *st) /p.*n/\"", "d"},
    {"leter~2 NEAR/5 putin", "a"},
    {"title:l?tter", ""},
    {"bi-p?rtisan", "d"},
    {"putin SENTENCE letters", ""},
    {"putin PARAGRAPH letters", "a"},
    {"senator SENTENCE letters", "a"},
    {"letters /s wrote /s senator", "a"},
    {"(letters SENTENCE senator) NEAR/5 putin", "a"},
    {"putin NOT SENTENCE letters", "a d"},
    {"better SENTENCE day", "c"},
    {"headline SENTENCE better", ""},
};

static void patterns_and_sentences_find_their_words(void **state)
{
    struct library l;
    unsigned bad = 0;

    library_open(&l, state);
    library_add(&l, "a", "english", NULL,
                "The senator wrote letters to us. It was Putin who read.\n\n"
                "New paragraph.",
                NULL);
    library_add(&l, "b", "english", NULL, "One letter", NULL);
    library_commit(&l);
    library_add(&l, "c", "english", "Headline", "A better day", NULL);
    library_add(&l, "d", "english", NULL,
                "At best Putin in the café, a bi-partisan belle", NULL);
    library_commit(&l);
    for (size_t i = 0; i < sizeof(patterns) / sizeof(*patterns); i++) {
        if (strcmp(library_keys(&l, patterns[i].query), patterns[i].found) == 0)
            continue;
        print_error("`%s` finds %s, not %s", patterns[i].query, l.text,
                    patterns[i].found);
        print_error(" as %s\n", library_query(&l, patterns[i].query));
        bad++;
    }
    assert_int_equal(bad, 0);
    library_close(&l);
}

static void unknown_words_get_a_spelling(void **state)
{
    struct library l;

    library_open(&l, state);
    library_add(&l, "a", "english", NULL, "letter letters government café",
                NULL);
    library_commit(&l);
    library_add(&l, "b", "english", "Lecter", "letter setter", NULL);
    library_commit(&l);
    assert_string_equal(library_notes(&l, "leter"),
                        "no article has `leter`; did you mean `letter`?");
    assert_string_equal(
        library_notes(&l, "goverment \"xetter lettres\""),
        "no article has `goverment`; did you mean `government`?\n"
        "no article has `xetter`; did you mean `letter`?\n"
        "no article has `lettres`; did you mean `letters`?");
    assert_string_equal(library_notes(&l, "gvernmetn"),
                        "no article has `gvernmetn`; did you mean "
                        "`government`?");
    assert_string_equal(library_notes(&l, "cfae"),
                        "no article has `cfae`; did you mean `café`?");
    assert_string_equal(library_notes(&l, "zzzzzz"), "no article has `zzzzzz`");
    assert_string_equal(library_notes(&l, "le"), "no article has `le`");
    assert_string_equal(library_notes(&l, "letter"), "");
    assert_string_equal(library_notes(&l, "qqq*"), "no article has `qqq*`");
    library_close(&l);
}

static void the_commonest_words_begin_with_a_prefix(void **state)
{
    struct library l;
    struct nidx_snapshot *s;
    struct nidx_words *w;
    size_t len;

    library_open(&l, state);
    library_add(&l, "a", "english", NULL, "letter letters lettuce", NULL);
    library_commit(&l);
    library_add(&l, "b", "english", NULL, "Letters Éclair eclair", NULL);
    library_add(&l, "c", "english", NULL, "lettuce letters", NULL);
    library_commit(&l);
    assert_int_equal(nidx_snapshot_open(l.index, &s, NULL), NIDX_OK);
    assert_int_equal(nidx_words_new(s, "LETT", 4, 2, &w, NULL), NIDX_OK);
    assert_int_equal(nidx_words_n(w), 2);
    assert_string_equal(nidx_words_text(w, 0, &len), "letters");
    assert_int_equal(len, 7);
    assert_int_equal(nidx_words_n_docs(w, 0), 3);
    assert_string_equal(nidx_words_text(w, 1, &len), "lettuce");
    assert_int_equal(nidx_words_n_docs(w, 1), 2);
    nidx_words_free(w);
    assert_int_equal(nidx_words_new(s, "ec", 2, 0, &w, NULL), NIDX_OK);
    assert_int_equal(nidx_words_n(w), 1);
    nidx_words_free(w);
    assert_int_equal(nidx_words_new(s, "", 0, 100, &w, NULL), NIDX_OK);
    assert_int_equal(nidx_words_n(w), 5);
    nidx_words_free(w);
    assert_int_equal(nidx_words_new(s, "x", 1, 100, &w, NULL), NIDX_OK);
    assert_int_equal(nidx_words_n(w), 0);
    nidx_words_free(w);
    nidx_words_free(NULL);
    nidx_snapshot_close(s);
    library_close(&l);
}

static void dates_bound_and_weigh_hits(void **state)
{
    struct nidx_search_options o = NIDX_SEARCH_OPTIONS_INIT;
    struct nidx_error err = {0};
    struct nidx_result *r = NULL;
    struct library l;
    const char *text;
    size_t len;

    library_open(&l, state);
    library_add(&l, "a", NULL, NULL, "wolf wolf wolf", "2018-08-08");
    library_add(&l, "b", NULL, NULL, "wolf and more words", "2019-01-31");
    library_commit(&l);
    library_add(&l, "c", NULL, NULL, "wolf wolf in the woods", NULL);
    library_add(&l, "d", NULL, NULL, "wolf", "1912-04-15");
    library_add(&l, "e", NULL, NULL, "lamb", "2019-01-31");
    library_commit(&l);
    o.since = "2018-08";
    assert_string_equal(library_hits(&l, "wolf", &o), "a b");
    o.until = "2018-08-08";
    assert_string_equal(library_hits(&l, "wolf", &o), "a");
    o.since = NULL;
    assert_string_equal(library_hits(&l, "wolf", &o), "a d");
    assert_string_equal(library_hits(&l, "*", &o), "a d");
    o.until = "2018-13";
    assert_int_equal(nidx_search_text(l.index, "wolf", 4, &o, &r, &err),
                     NIDX_ERR_INVALID);
    assert_non_null(strstr(err.message, "`2018-13` is no date"));
    o.until = NULL;
    o.since = ">2018";
    assert_int_equal(nidx_search_text(l.index, "wolf", 4, &o, &r, &err),
                     NIDX_ERR_INVALID);
    o = (struct nidx_search_options)NIDX_SEARCH_OPTIONS_INIT;
    assert_string_equal(library_hits(&l, "wolf", &o), "a d c b");
    o.recent = 30;
    o.now = 1548892800; /* 2019-01-31 */
    assert_string_equal(library_hits(&l, "wolf", &o), "b a d c");
    o.explain = 1;
    assert_int_equal(nidx_search_text(l.index, "wolf", 4, &o, &r, &err),
                     NIDX_OK);
    assert_int_equal(nidx_hit_explain(r, 2, &text, &len, &err), NIDX_OK);
    assert_non_null(strstr(text, "x 0.5000  recency"));
    nidx_result_free(r);
    o.recent = -1;
    assert_int_equal(nidx_search_text(l.index, "wolf", 4, &o, &r, &err),
                     NIDX_ERR_INVALID);
    o.recent = 1;
    o.now = INT64_MAX;
    assert_int_equal(nidx_search_text(l.index, "wolf", 4, &o, &r, &err),
                     NIDX_ERR_INVALID);
    library_close(&l);
}

static void costly_patterns_are_bounded_and_said(void **state)
{
    struct library l;
    char text[40], pattern[400];

    library_open(&l, state);
    for (unsigned i = 0; i < 5000; i++) {
        snprintf(text, sizeof(text), "wordno%u %s", i, i % 10 ? "" : "wordno7");
        char key[16];
        snprintf(key, sizeof(key), "k%u", i);
        library_add(&l, key, "english", NULL, text, NULL);
    }
    library_commit(&l);
    assert_non_null(strstr(library_notes(&l, "w?rdno*"),
                           "stands for more than 4096 words"));
    assert_non_null(strstr(library_query(&l, "/.*no7/"), "wordno7"));
    assert_string_equal(library_notes(&l, "/.*no7/"), "");
    memset(pattern, 'a', sizeof(pattern) - 1);
    snprintf(pattern + 300, 100, "{30}(b{90}){90}/");
    pattern[0] = '/';
    assert_non_null(
        strstr(library_notes(&l, pattern), "too long or repeats too much"));
    library_close(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(forms_are_found_in_headlines,
                                        tmpdir_setup, tmpdir_teardown),
        cmocka_unit_test_setup_teardown(a_stray_language_does_not_spoil_a_word,
                                        tmpdir_setup, tmpdir_teardown),
        cmocka_unit_test_setup_teardown(several_languages_live_in_one_index,
                                        tmpdir_setup, tmpdir_teardown),
        cmocka_unit_test_setup_teardown(patterns_and_sentences_find_their_words,
                                        tmpdir_setup, tmpdir_teardown),
        cmocka_unit_test_setup_teardown(unknown_words_get_a_spelling,
                                        tmpdir_setup, tmpdir_teardown),
        cmocka_unit_test_setup_teardown(the_commonest_words_begin_with_a_prefix,
                                        tmpdir_setup, tmpdir_teardown),
        cmocka_unit_test_setup_teardown(dates_bound_and_weigh_hits,
                                        tmpdir_setup, tmpdir_teardown),
        cmocka_unit_test_setup_teardown(costly_patterns_are_bounded_and_said,
                                        tmpdir_setup, tmpdir_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
