/* test_vocab.c: tests of common/analysis/vocab and common/strset.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include "common/analysis/vocab.h"

#include <stdio.h>

static nidx_language lang(const char *name)
{
    return nidx_language_find(name, strlen(name));
}

static int make(void **state)
{
    struct nidx_vocab *v;

    if (nidx_vocab_new(&v, NULL) != NIDX_OK)
        return -1;
    *state = v;
    return 0;
}

static int drop(void **state)
{
    nidx_vocab_free(*state);
    return 0;
}

static uint32_t add(struct nidx_vocab *v, const char *form, const char *name)
{
    return nidx_vocab_intern(v, form, strlen(form), lang(name), 1);
}

static void expect(struct nidx_bytes got, const char *text)
{
    assert_int_equal(got.len, strlen(text));
    assert_memory_equal(got.data, text, got.len);
}

static struct nidx_bytes term_of(const struct nidx_vocab *v, uint32_t form)
{
    return nidx_vocab_term_text(v, nidx_vocab_form_terms(v)[form]);
}

static void a_form_gets_one_number(void **state)
{
    struct nidx_vocab *v = *state;
    const uint32_t letters = add(v, "letters", "en");

    assert_int_equal(letters, 0);
    assert_int_equal(add(v, "letter", "en"), 1);
    assert_int_equal(add(v, "letters", "en"), letters);
    assert_int_equal(nidx_vocab_n_forms(v), 2);
    expect(nidx_vocab_form_text(v, letters), "letters");
    assert_int_equal(nidx_vocab_form_language(v, letters), lang("en"));
}

static void forms_of_one_stem_share_a_term(void **state)
{
    struct nidx_vocab *v = *state;
    const uint32_t a = add(v, "letters", "en");
    const uint32_t b = add(v, "letter", "en");

    assert_int_equal(nidx_vocab_form_terms(v)[a], nidx_vocab_form_terms(v)[b]);
    assert_int_equal(nidx_vocab_n_terms(v), 1);
    expect(term_of(v, a), "letter");
}

static void languages_have_forms_of_their_own_and_terms_together(void **state)
{
    struct nidx_vocab *v = *state;
    const uint32_t en = add(v, "radio", "en");
    const uint32_t none = add(v, "radio", "none");

    assert_int_not_equal(en, none);
    assert_int_equal(nidx_vocab_form_terms(v)[en],
                     nidx_vocab_form_terms(v)[none]);
}

static void stems_are_taken_before_folding(void **state)
{
    struct nidx_vocab *v = *state;
    const uint32_t one = add(v, "investigación", "es");
    const uint32_t many = add(v, "investigaciones", "es");

    assert_int_equal(nidx_vocab_form_terms(v)[one],
                     nidx_vocab_form_terms(v)[many]);
    expect(nidx_vocab_form_folded(v, one), "investigacion");
    expect(nidx_vocab_form_text(v, one), "investigación");
    expect(term_of(v, add(v, "größe", "de")), "gross");
}

static void what_is_not_stemmed_is_folded(void **state)
{
    struct nidx_vocab *v = *state;
    const uint32_t plain = nidx_vocab_intern(v, "erdoğans", 9, lang("en"), 0);
    const uint32_t stemmed = nidx_vocab_intern(v, "erdoğans", 9, lang("en"), 1);

    assert_int_not_equal(plain, stemmed);
    expect(term_of(v, plain), "erdogans");
    expect(term_of(v, stemmed), "erdogan");
    assert_int_equal(add(v, "cafés", "none"),
                     nidx_vocab_intern(v, "cafés", 6, 0, 0));
    expect(term_of(v, nidx_vocab_intern(v, "cafés", 6, 200, 1)), "cafes");
}

static void every_language_stems(void **state)
{
    struct nidx_vocab *v = *state;

    for (unsigned l = 1; l < NIDX_LANGUAGE_COUNT; l++) {
        const uint32_t form =
            nidx_vocab_intern(v, "konstruktionen", 14, (nidx_language)l, 1);
        assert_int_not_equal(form, UINT32_MAX);
        assert_true(term_of(v, form).len > 0);
    }
}

static void odd_words_have_a_term(void **state)
{
    struct nidx_vocab *v = *state;
    static const char marks[] = "\xcc\x81\xcc\x81";
    const uint32_t empty = nidx_vocab_intern(v, "", 0, lang("en"), 1);
    const uint32_t mark = nidx_vocab_intern(v, marks, 4, lang("ru"), 1);
    const uint32_t zero = nidx_vocab_intern(v, "a\0b", 3, 0, 0);

    assert_int_equal(term_of(v, empty).len, 0);
    assert_true(term_of(v, mark).len > 0);
    assert_int_equal(term_of(v, zero).len, 3);
    assert_int_equal(add(v, "", "en"), empty);
    assert_int_not_equal(add(v, "a", "none"), zero);
}

static void a_form_that_is_too_long_is_refused(void **state)
{
    struct nidx_vocab *v = *state;
    static char word[70000];

    memset(word, 'a', sizeof(word));
    assert_int_equal(nidx_vocab_intern(v, word, sizeof(word), 0, 0),
                     UINT32_MAX);
    assert_int_equal(nidx_vocab_n_forms(v), 0);
    assert_int_not_equal(nidx_vocab_intern(v, word, 16000, 0, 0), UINT32_MAX);
}

static void many_words(struct nidx_vocab *v, uint32_t n)
{
    char word[32];

    for (uint32_t i = 0; i < n; i++) {
        const int len = snprintf(word, sizeof(word), "wört%u", i);
        assert_int_equal(nidx_vocab_intern(v, word, (size_t)len, lang("de"), 1),
                         i);
    }
}

static void many_words_keep_their_numbers(void **state)
{
    struct nidx_vocab *v = *state;
    const uint32_t n = 300000;

    many_words(v, n);
    many_words(v, n);
    assert_int_equal(nidx_vocab_n_forms(v), n);
    assert_int_equal(nidx_vocab_n_terms(v), n);
    expect(nidx_vocab_form_text(v, 77777), "wört77777");
    expect(nidx_vocab_form_folded(v, 77777), "wort77777");
    expect(term_of(v, 77777), "wort77777");
}

static void clearing_forgets_words_and_gives_memory_back(void **state)
{
    struct nidx_vocab *v = *state;
    const size_t before = nidx_vocab_memory(v);

    many_words(v, 1000);
    assert_true(nidx_vocab_memory(v) > before);
    nidx_vocab_clear(v);
    assert_int_equal(nidx_vocab_n_forms(v), 0);
    assert_int_equal(nidx_vocab_n_terms(v), 0);
    many_words(v, 200000);
    const size_t full = nidx_vocab_memory(v);
    nidx_vocab_clear(v);
    assert_true(nidx_vocab_memory(v) < full / 4);
    many_words(v, 1000);
    expect(term_of(v, 10), "wort10");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, make, drop)
    const struct CMUnitTest tests[] = {
        TEST(a_form_gets_one_number),
        TEST(forms_of_one_stem_share_a_term),
        TEST(languages_have_forms_of_their_own_and_terms_together),
        TEST(stems_are_taken_before_folding),
        TEST(what_is_not_stemmed_is_folded),
        TEST(every_language_stems),
        TEST(odd_words_have_a_term),
        TEST(a_form_that_is_too_long_is_refused),
        TEST(many_words_keep_their_numbers),
        TEST(clearing_forgets_words_and_gives_memory_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
