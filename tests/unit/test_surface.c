/* test_surface.c: tests of common/surface.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#include "common/analysis/ascii.h"
#include "common/analysis/surface.h"

static void put(struct nidx_surfaces *s, const char *word,
                nidx_language language, uint32_t form)
{
    struct nidx_surface made = {.form = form};

    nidx_surface_key(made.key, (const uint8_t *)word, strlen(word), language);
    nidx_surfaces_put(s, &made);
}

static const struct nidx_surface *find(const struct nidx_surfaces *s,
                                       const char *word, nidx_language language)
{
    uint64_t key[3];

    nidx_surface_key(key, (const uint8_t *)word, strlen(word), language);
    return nidx_surfaces_find(s, key);
}

static void what_was_put_last_is_found(void **state)
{
    (void)state;
    struct nidx_surfaces s;
    assert_true(nidx_surfaces_init(&s));

    for (unsigned i = 0; i < 75000; i++) {
        char word[24];
        snprintf(word, sizeof(word), "word%u", i * 7919);
        put(&s, word, 1, i);
        assert_non_null(find(&s, word, 1));
        assert_int_equal(find(&s, word, 1)->form, i);
        assert_null(find(&s, word, 2));
    }
    /* The largest table holds thousands; a smaller one is forgotten when it
     * goes, here after some 70,000 words. */
    unsigned kept = 0;
    for (unsigned i = 70000; i < 75000; i++) {
        char word[24];
        snprintf(word, sizeof(word), "word%u", i * 7919);
        kept += find(&s, word, 1) != NULL;
    }
    assert_true(kept > 4000);
    nidx_surfaces_clear(&s);
    assert_null(find(&s, "word0", 1));
    nidx_surfaces_done(&s);
}

/* The span eight bytes at a time, against one byte at a time. */
static void a_span_is_letters_and_digits(void **state)
{
    (void)state;

    for (unsigned c = 0; c < 256; c++)
        for (size_t at = 0; at <= 24; at++) {
            uint8_t text[32];
            uint64_t key[3], same[3];
            memset(text, 'x', sizeof(text));
            if (at < 24)
                text[at] = (uint8_t)c;
            size_t n = nidx_surface_span(text, key);
            assert_int_equal(n,
                             at < 24 && !nidx_is_alnum((uint8_t)c) ? at : 24);
            if (n > NIDX_SURFACE_MAX)
                continue;
            key[2] |= nidx_surface_tag(3);
            nidx_surface_key(same, text, n, 3);
            assert_memory_equal(key, same, sizeof(key));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_put_last_is_found),
        cmocka_unit_test(a_span_is_letters_and_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
