/* test_spans.c: the span algebra against the naive evaluator.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "query/spans/spans.h"
#include "tests/support/corpus.h"
#include "tests/support/plain_leaf.h"

static const struct corpus *the_corpus;

/* ---------------------------------------------------------- comparison */

/* Where the author's space begins is each side's own business. */
static bool same_span(struct nidx_span a, struct naive_span b)
{
    return (a.start >= NIDX_POS_MAX) == (b.start >= NAIVE_AUTHOR) &&
           a.start % NIDX_POS_MAX == b.start % NIDX_POS_MAX &&
           a.end - a.start == b.end - b.start;
}

static bool same_spans(const struct nidx_span *spans, size_t n,
                       const struct naive_spans *expected)
{
    if (n != expected->n)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!same_span(spans[i], expected->items[i]))
            return false;
    }
    return true;
}

/* Whether m is that occurrence. */
static bool is_part(const struct nidx_match *m, const struct naive_part *p)
{
    return m->leaf == p->leaf && m->pos == p->span.start % NIDX_POS_MAX &&
           m->len == p->span.end - p->span.start;
}

/* Every part is a match, those of one span of one group. */
static bool parts_are_matches(const struct nidx_match *m, size_t n,
                              const struct naive_spans *expected)
{
    uint32_t group = 0;

    for (size_t i = 0; i < expected->n_parts; i++) {
        const struct naive_part *p = &expected->parts[i];
        size_t k = 0;
        while (k < n && !is_part(&m[k], p))
            k++;
        if (k == n)
            return false;
        if (i && expected->parts[i - 1].of == p->of && m[k].group != group)
            return false;
        group = m[k].group;
    }
    return true;
}

/* Every match is a part, and they come in order. */
static bool matches_are_parts(const struct nidx_match *m, size_t n,
                              const struct naive_spans *expected)
{
    for (size_t i = 0; i < n; i++) {
        size_t k = 0;
        while (k < expected->n_parts && !is_part(&m[i], &expected->parts[k]))
            k++;
        if (k == expected->n_parts || (i && m[i].pos < m[i - 1].pos))
            return false;
    }
    return true;
}

static void show_difference(const struct nidx_node *node, uint32_t doc,
                            const struct nidx_span *spans, size_t n,
                            const struct naive_spans *expected)
{
    corpus_show(node);
    fprintf(stderr, "\nspans:");
    for (size_t i = 0; i < n; i++)
        fprintf(stderr, " %u-%u", spans[i].start, spans[i].end);
    fprintf(stderr, "\nexpected:");
    for (size_t i = 0; i < expected->n; i++)
        fprintf(stderr, " %u-%u", expected->items[i].start,
                expected->items[i].end);
    fprintf(stderr, "\nbody of %u:", doc);
    const struct naive_field *f = &the_corpus->naive.docs[doc].body;
    for (uint32_t i = 0; i < f->n; i++)
        fprintf(stderr, " %s@%u+%u", f->tokens[i].form, f->tokens[i].pos,
                f->tokens[i].len);
    fputc('\n', stderr);
}

static void compare_doc(struct nidx_spans *s, const struct nidx_node *node,
                        uint32_t doc, uint64_t seed)
{
    struct naive_spans expected =
        naive_spans(&the_corpus->naive.docs[doc], node);
    const struct nidx_span *spans;
    struct nidx_match *matches = NULL;
    size_t n, n_matches = 0, cap = 0;
    bool limited = false;

    assert_int_equal(nidx_spans_of(s, doc, &spans, &n, &limited, NULL), 0);
    bool same = !limited && same_spans(spans, n, &expected);
    if (!same)
        show_difference(node, doc, spans, n, &expected);
    assert_int_equal(
        nidx_spans_matches(s, doc, &matches, &n_matches, &cap, NULL), 0);
    bool all =
        !expected.whole || (parts_are_matches(matches, n_matches, &expected) &&
                            matches_are_parts(matches, n_matches, &expected));
    if (same && !all)
        corpus_show(node);
    free(matches);
    naive_spans_done(&expected);
    if (!same || !all)
        fail_msg("seed %llu, document %u: %s differ", (unsigned long long)seed,
                 doc, same ? "matches" : "spans");
}

static void compare_tree(uint64_t seed, struct rng *r, bool any)
{
    struct nidx_arena *arena = nidx_arena_new();
    struct nidx_spans *s;

    assert_non_null(arena);
    struct nidx_node *node =
        any ? corpus_tree(arena, r, the_corpus->options.n_words, 3)
            : corpus_operator(arena, r, the_corpus->options.n_words, 3);
    assert_int_equal(nidx_spans_new(node, NULL, &s, NULL), NIDX_OK);
    for (uint32_t doc = 0; doc < the_corpus->naive.n; doc++)
        compare_doc(s, node, doc, seed);
    nidx_spans_free(s);
    nidx_arena_free(arena);
}

static void spans_and_matches_equal_the_naive_ones(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 1500; seed++) {
        struct corpus_options o = {.seed = seed,
                                   .n_docs = 4,
                                   .n_segments = 1,
                                   .n_words = 2 + (uint32_t)seed % 6,
                                   .length = 8 + (uint32_t)seed % 20,
                                   .title_weight = 3};
        struct corpus *c = corpus_new(&o);
        struct rng r = {seed * 1000};
        the_corpus = c;
        plain_leaf_docs(c->naive.docs);
        for (int i = 0; i < 8; i++)
            compare_tree(seed, &r, i % 3 == 2);
        corpus_free(c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spans_and_matches_equal_the_naive_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
