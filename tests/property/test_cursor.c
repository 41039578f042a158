/* test_cursor.c: the cursors of random trees against the naive evaluator.
 *
 * Each cursor is walked by next, by seeks and by both in turn, inside a
 * checked cursor. Deleted documents may be given or not, with any score.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <stdlib.h>

#include "query/cursor/cursor.h"
#include "tests/support/checked_cursor.h"
#include "tests/support/indexed.h"
#include "tests/support/tmpdir.h"

/* A plan, and the segment that is walked. */
struct walk {
    const struct indexed *ix;
    struct naive_query *naive;
    struct nidx_plan *plan;
    const struct nidx_node *root;
    uint32_t segment;
    const struct naive_doc **docs; /* of the segment, by number */
    uint32_t n_docs;
    uint64_t seed;
};

static void differs(const struct walk *w, const char *what, uint32_t doc)
{
    corpus_show(w->root);
    fail_msg("seed %llu: segment %u document %u: %s",
             (unsigned long long)w->seed, w->segment, doc, what);
}

/* No document of [from, to) should have been given. */
static void compare_gap(const struct walk *w, uint32_t from, uint32_t to)
{
    for (uint32_t doc = from; doc < to && doc < w->n_docs; doc++) {
        if (!w->docs[doc]->deleted && naive_matches(w->docs[doc], w->root))
            differs(w, "was passed over", doc);
    }
}

static void compare_doc(const struct walk *w, struct nidx_cursor *c)
{
    const struct naive_doc *doc = w->docs[c->doc];

    if (doc->deleted)
        return;
    if (!naive_matches(doc, w->root))
        differs(w, "does not match", c->doc);
    if (nidx_cursor_score(c) != naive_score(w->naive, doc))
        differs(w, "has another score", c->doc);
}

/* Walks a fresh cursor; so many of 100 steps are seeks. */
static void walk(const struct walk *w, struct rng *r, uint32_t seeks)
{
    struct nidx_cursor *inner;
    uint32_t from = 0;

    assert_int_equal(
        nidx_cursor_open(w->plan, w->plan->root, w->segment, &inner, NULL),
        NIDX_OK);
    struct nidx_cursor *c = checked_cursor(inner, w->n_docs);
    while (c->doc != NIDX_DOC_END) {
        compare_gap(w, from, c->doc);
        compare_doc(w, c);
        from = c->doc + 1;
        if (rng_percent(r, seeks)) {
            from += rng_below(r, rng_percent(r, 20) ? w->n_docs : 5);
            nidx_cursor_seek(c, from);
        } else {
            nidx_cursor_next(c);
        }
    }
    assert_int_equal(c->status, NIDX_OK);
    compare_gap(w, from, w->n_docs);
    nidx_cursor_close(c);
}

static void find_docs(struct walk *w)
{
    const struct corpus *c = w->ix->corpus;

    w->n_docs = 0;
    for (uint32_t i = 0; i < c->naive.n; i++) {
        if (c->segment_of[i] == w->segment)
            w->docs[w->n_docs++] = &c->naive.docs[i];
    }
}

static void try_tree(const struct indexed *ix, struct rng *r, uint32_t depth,
                     uint64_t seed)
{
    const struct naive_index *naive = &ix->corpus->naive;
    const struct nidx_exec_options options = {.k1 = naive->k1, .b = naive->b};
    struct nidx_tree tree = {.arena = nidx_arena_new()};
    struct walk w = {.ix = ix, .seed = seed};

    assert_non_null(tree.arena);
    w.root = tree.root =
        corpus_tree(tree.arena, r, ix->corpus->options.n_words, depth);
    w.naive = naive_query_new(naive, tree.root);
    w.docs = calloc(naive->n, sizeof(*w.docs));
    assert_non_null(w.docs);
    assert_int_equal(nidx_plan_new(&tree, ix->catalog, &options, &w.plan, NULL),
                     NIDX_OK);
    nidx_norms_use(w.plan->norms, options.k1, options.b, false);
    for (w.segment = 0; w.segment < ix->corpus->options.n_segments;
         w.segment++) {
        find_docs(&w);
        walk(&w, r, 0);
        walk(&w, r, 100);
        walk(&w, r, 50);
    }
    nidx_plan_free(w.plan);
    free(w.docs);
    naive_query_free(w.naive);
    nidx_arena_free(tree.arena);
}

static void cursors_answer_as_the_naive_one(void **state)
{
    for (uint64_t seed = 1; seed <= 4; seed++) {
        const struct corpus_options o = {.seed = seed,
                                         .n_docs = 500,
                                         .n_segments = seed % 2 ? 1 : 4,
                                         .deleted = 30,
                                         .n_words = 5 + (uint32_t)seed % 10,
                                         .steep = seed % 4 > 1,
                                         .length = 20,
                                         .title_weight = 3};
        struct indexed ix;
        struct rng r = {seed};

        indexed_open(&ix, state, &o);
        for (uint32_t i = 0; i < 40; i++)
            try_tree(&ix, &r, i % 4, seed * 1000 + i);
        indexed_close(&ix);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(cursors_answer_as_the_naive_one,
                                        tmpdir_setup, tmpdir_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
