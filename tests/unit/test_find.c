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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(forms_are_found_in_headlines,
                                        tmpdir_setup, tmpdir_teardown),
        cmocka_unit_test_setup_teardown(a_stray_language_does_not_spoil_a_word,
                                        tmpdir_setup, tmpdir_teardown),
        cmocka_unit_test_setup_teardown(several_languages_live_in_one_index,
                                        tmpdir_setup, tmpdir_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
