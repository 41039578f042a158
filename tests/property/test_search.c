/* test_search.c: the whole engine against the naive evaluator.
 *
 * Documents, order, counts and the bits of scores are equal, over one segment
 * and many, with deletions, for every number of hits.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "query/plan/plan.h"
#include "tests/support/indexed.h"
#include "tests/support/tmpdir.h"

/* One query in work, and where to look when it fails. */
struct trial {
    const struct indexed *ix;
    struct naive_query *naive;
    struct nidx_plan *plan;
    struct naive_hit *expected;
    uint32_t n_expected;
    const struct nidx_node *root;
    uint64_t seed;
};

static void differs(const struct trial *t, const char *what, uint64_t got,
                    uint64_t expected)
{
    corpus_show(t->root);
    fail_msg("seed %llu: %s is %llu, not %llu", (unsigned long long)t->seed,
             what, (unsigned long long)got, (unsigned long long)expected);
}

static bool same_hit(const struct trial *t, const struct nidx_hit *hit,
                     const struct naive_hit *expected)
{
    const struct corpus *c = t->ix->corpus;

    return hit->score == expected->score &&
           hit->segment == c->segment_of[expected->doc] &&
           hit->doc == c->number_in[expected->doc];
}

/* The best k, with and without their total number. */
static void compare_top(const struct trial *t, size_t k, bool counted)
{
    struct nidx_hit *hits = calloc(k + 1, sizeof(*hits));
    size_t n = 0, wanted = k < t->n_expected ? k : t->n_expected;
    uint64_t total = 0;
    struct nidx_error err;

    assert_non_null(hits);
    if (nidx_plan_top(t->plan, k, hits, &n, counted ? &total : NULL, &err) !=
        NIDX_OK)
        fail_msg("%s", err.message);
    if (n != wanted)
        differs(t, "the number of hits", n, wanted);
    if (counted && total != t->n_expected)
        differs(t, "the total", total, t->n_expected);
    for (size_t i = 0; i < n; i++) {
        if (!same_hit(t, &hits[i], &t->expected[i])) {
            fprintf(stderr, "hit %zu of %zu, segment %u document %u:\n", i, k,
                    hits[i].segment, hits[i].doc);
            differs(t, "its score", hits[i].score, t->expected[i].score);
        }
    }
    free(hits);
}

static int by_score(const void *a, const void *b, void *context)
{
    const struct corpus *c = context;
    const struct naive_hit *x = a, *y = b;

    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return strcmp(c->naive.docs[x->doc].key, c->naive.docs[y->doc].key);
}

/* Raw dates of the corpus are small: they lie far before 1970. */
static uint64_t weighed(const struct nidx_recency *r, uint64_t score,
                        uint64_t date)
{
    const double age = (double)(r->now - ((int64_t)date - (INT64_C(1) << 62)));
    double factor = 0.5;

    if (date)
        factor = age <= 0 ? 1.0 : (1.0 + exp2(-age / r->halflife)) / 2.0;
    const double product = nearbyint((double)score * factor);
    return score == 0 ? 0 : product < 1 ? 1 : (uint64_t)product;
}

static void compare_recent(const struct trial *t, double halflife, int64_t now)
{
    const struct corpus *c = t->ix->corpus;
    const struct nidx_recency before = t->plan->options.recency;
    struct trial recent = *t;
    const struct nidx_recency recency = {halflife, now - (INT64_C(1) << 62)};

    recent.expected = calloc(t->n_expected + 1, sizeof(*recent.expected));
    assert_non_null(recent.expected);
    for (uint32_t i = 0; i < t->n_expected; i++) {
        struct naive_hit h = t->expected[i];
        h.score = weighed(&recency, h.score, c->naive.docs[h.doc].date);
        recent.expected[i] = h;
    }
    qsort_r(recent.expected, t->n_expected, sizeof(*recent.expected), by_score,
            (void *)c);
    t->plan->options.recency = recency;
    compare_top(&recent, 3, true);
    compare_top(&recent, 1000, false);
    t->plan->options.recency = before;
    free(recent.expected);
}

static void compare_count(const struct trial *t)
{
    uint64_t total;
    struct nidx_error err;

    if (nidx_plan_count(t->plan, &total, &err) != NIDX_OK)
        fail_msg("%s", err.message);
    if (total != t->n_expected)
        differs(t, "the count", total, t->n_expected);
}

/* What is explained adds up to the score. */
static void compare_explained(const struct trial *t)
{
    const struct corpus *c = t->ix->corpus;

    for (uint32_t doc = 0; doc < c->naive.n; doc += 7) {
        struct nidx_contribution *parts;
        size_t n;
        uint64_t sum = 0;
        struct nidx_error err;
        uint64_t expected = naive_score(t->naive, &c->naive.docs[doc]);

        if (c->naive.docs[doc].deleted ||
            !naive_matches(&c->naive.docs[doc], t->root))
            continue;
        if (nidx_plan_explain(t->plan, c->segment_of[doc], c->number_in[doc],
                              &parts, &n, &err) != NIDX_OK)
            fail_msg("%s", err.message);
        for (size_t i = 0; i < n; i++)
            sum += parts[i].score;
        free(parts);
        if (sum != expected)
            differs(t, "the sum of an explanation", sum, expected);
    }
}

static bool is_part(const struct nidx_match *m, const struct naive_part *p)
{
    return m->leaf == p->leaf && m->pos == p->span.start % NIDX_POS_MAX &&
           m->len == p->span.end - p->span.start;
}

/* Both say the same of one document: each match is a part, each part a match. */
static bool same_matches(const struct nidx_match *m, size_t n,
                         const struct naive_spans *expected)
{
    for (size_t i = 0; i < n; i++) {
        size_t k = 0;
        while (k < expected->n_parts && !is_part(&m[i], &expected->parts[k]))
            k++;
        if (k == expected->n_parts || (i && m[i].pos < m[i - 1].pos))
            return false;
    }
    for (size_t k = 0; k < expected->n_parts; k++) {
        size_t i = 0;
        while (i < n && !is_part(&m[i], &expected->parts[k]))
            i++;
        if (i == n)
            return false;
    }
    return true;
}

static void compare_matches(const struct trial *t)
{
    const struct corpus *c = t->ix->corpus;

    for (uint32_t i = 0; i < t->n_expected; i += 5) {
        uint32_t doc = t->expected[i].doc;
        struct naive_spans expected = {.whole = true};
        struct nidx_match *m;
        size_t n;
        struct nidx_error err;

        naive_parts(&c->naive.docs[doc], t->root, &expected);
        if (nidx_plan_matches(t->plan, c->segment_of[doc], c->number_in[doc],
                              &m, &n, &err) != NIDX_OK)
            fail_msg("%s", err.message);
        if (expected.whole && !same_matches(m, n, &expected))
            differs(t, "the number of matches", n, expected.n_parts);
        free(m);
        naive_spans_done(&expected);
    }
}

static void compare_all(const struct trial *t)
{
    static const size_t numbers[] = {1, 2, 5, 10, 40, 5000};

    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
        compare_top(t, numbers[i], i % 2);
    compare_count(t);
    compare_recent(t, 7, 1040);
    compare_recent(t, 100, 1100);
    compare_explained(t);
    compare_matches(t);
}

/* Asks the tree of both. */
static void try_tree(const struct indexed *ix, const struct nidx_tree *tree,
                     const struct nidx_exec_options *options, uint64_t seed)
{
    struct naive_index naive = ix->corpus->naive;
    struct trial t = {.ix = ix, .root = tree->root, .seed = seed};
    struct nidx_error err;

    naive.k1 = options->k1;
    naive.b = options->b;
    if (options->plain)
        naive.title_weight = 1;
    t.naive = naive_query_new(&naive, tree->root);
    t.expected = calloc(naive.n, sizeof(*t.expected));
    assert_non_null(t.expected);
    t.n_expected = naive_rank(t.naive, t.expected);
    if (nidx_plan_new(tree, ix->catalog, options, &t.plan, &err) != NIDX_OK)
        fail_msg("%s", err.message);
    compare_all(&t);
    nidx_plan_free(t.plan);
    free(t.expected);
    naive_query_free(t.naive);
}

static void try_random(const struct indexed *ix, struct rng *r, uint32_t depth,
                       uint64_t seed, struct nidx_norms *norms)
{
    static const float k1s[] = {1.2f, 1.2f, 0.5f, 0.0f};
    static const float bs[] = {0.75f, 0.75f, 0.0f, 1.0f};
    struct nidx_tree tree = {.arena = nidx_arena_new()};
    const struct nidx_exec_options options = {.plain = rng_percent(r, 20),
                                              .k1 = k1s[rng_below(r, 4)],
                                              .b = bs[rng_below(r, 4)],
                                              .norms = norms};

    assert_non_null(tree.arena);
    tree.root = corpus_tree(tree.arena, r, ix->corpus->options.n_words, depth);
    try_tree(ix, &tree, &options, seed);
    nidx_arena_free(tree.arena);
}

/* n_trees random trees on a corpus of its own, on each kernel in turn. */
static void try_corpus(void **state, uint64_t seed, uint32_t n_docs,
                       uint32_t n_segments, uint32_t n_trees)
{
    const struct corpus_options o = {.seed = seed,
                                     .n_docs = n_docs,
                                     .n_segments = n_segments,
                                     .deleted = seed % 3 ? 30 : 0,
                                     .n_words = 4 + (uint32_t)seed % 12,
                                     .steep = seed % 2,
                                     .length = 5 + (uint32_t)seed % 30,
                                     .title_weight = 1 + (uint32_t)seed % 5};
    const enum nidx_cpu level = nidx_cpu_level();
    struct indexed ix;
    struct nidx_norms *norms;
    struct rng r = {seed};

    indexed_open(&ix, state, &o);
    assert_int_equal(nidx_norms_new(ix.catalog, &norms, NULL), NIDX_OK);
    for (uint32_t i = 0; i < n_trees; i++) {
        nidx_cpu_force((enum nidx_cpu)(i % 3));
        try_random(&ix, &r, i % 4, seed * 1000 + i, i % 2 ? norms : NULL);
    }
    nidx_cpu_force(level);
    nidx_norms_free(norms);
    indexed_close(&ix);
}

/* More rounds of other seeds, for long runs by hand. */
static uint64_t rounds(void)
{
    const char *text = getenv("NIDX_TEST_ROUNDS");

    return text ? strtoull(text, NULL, 10) : 1;
}

static void one_segment_answers_as_the_naive_one(void **state)
{
    for (uint64_t seed = 1; seed <= 6 * rounds(); seed++)
        try_corpus(state, seed, 600, 1, 60);
}

static void twenty_segments_answer_as_the_naive_one(void **state)
{
    for (uint64_t seed = 10001; seed <= 10000 + 6 * rounds(); seed++)
        try_corpus(state, seed, 300, 20, 60);
}

static void tiny_indexes_answer_as_the_naive_one(void **state)
{
    for (uint64_t seed = 20001; seed <= 20000 + 20 * rounds(); seed++)
        try_corpus(state, seed, 1 + (uint32_t)seed % 7, 1, 30);
}

static void a_large_segment_answers_as_the_naive_one(void **state)
{
    for (uint64_t seed = 30001; seed <= 30000 + 2 * rounds(); seed++)
        try_corpus(state, seed, 9000, 1, 12);
}

/* +(-a -c) b: what is not excluded matches, with b or without. */
static void a_must_of_nothing_but_not_leaves_should_a_choice(void **state)
{
    const struct corpus_options o = {.seed = 7,
                                     .n_docs = 50,
                                     .n_segments = 1,
                                     .n_words = 6,
                                     .length = 5,
                                     .title_weight = 3};
    const struct nidx_exec_options options = {.k1 = 1.2f, .b = 0.75f};
    struct nidx_leaf_term a = {.kind = NIDX_KIND_WORD,
                               .text = {(const uint8_t *)"a", 1}};
    struct nidx_leaf_term b = {.kind = NIDX_KIND_WORD,
                               .text = {(const uint8_t *)"b", 1}};
    struct nidx_node not_a = {.type = NIDX_NODE_LEAF,
                              .occur = NIDX_MUST_NOT,
                              .boost = 1,
                              .n_terms = 1,
                              .terms = &a};
    struct nidx_leaf_term c = {.kind = NIDX_KIND_WORD,
                               .text = {(const uint8_t *)"c", 1}};
    struct nidx_node maybe_b = {.type = NIDX_NODE_LEAF,
                                .occur = NIDX_SHOULD,
                                .boost = 1,
                                .leaf = 1,
                                .n_terms = 1,
                                .terms = &b};
    struct nidx_node not_c = not_a;
    struct nidx_node *nots[] = {&not_a, &not_c};
    struct nidx_node only_not = {
        .type = NIDX_NODE_BOOL, .boost = 1, .n_children = 2, .children = nots};
    not_c.terms = &c;
    struct nidx_node *both[] = {&only_not, &maybe_b};
    struct nidx_node root = {
        .type = NIDX_NODE_BOOL, .boost = 1, .n_children = 2, .children = both};
    const struct nidx_tree tree = {.root = &root};
    struct indexed ix;

    indexed_open(&ix, state, &o);
    try_tree(&ix, &tree, &options, 0);
    indexed_close(&ix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            a_must_of_nothing_but_not_leaves_should_a_choice, tmpdir_setup,
            tmpdir_teardown),
        cmocka_unit_test_setup_teardown(one_segment_answers_as_the_naive_one,
                                        tmpdir_setup, tmpdir_teardown),
        cmocka_unit_test_setup_teardown(twenty_segments_answer_as_the_naive_one,
                                        tmpdir_setup, tmpdir_teardown),
        cmocka_unit_test_setup_teardown(tiny_indexes_answer_as_the_naive_one,
                                        tmpdir_setup, tmpdir_teardown),
        cmocka_unit_test_setup_teardown(
            a_large_segment_answers_as_the_naive_one, tmpdir_setup,
            tmpdir_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
