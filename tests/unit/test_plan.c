/* test_plan.c: tests of query/plan/plan: its edges; its answers are compared with
 * the naive evaluator elsewhere.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <stdlib.h>

#include "query/plan/plan.h"
#include "tests/support/indexed.h"
#include "tests/support/tmpdir.h"

static const struct nidx_exec_options options = {.k1 = 1.2f, .b = 0.75f};

static void open_corpus(struct indexed *ix, void **state)
{
    const struct corpus_options o = {.seed = 5,
                                     .n_docs = 3000,
                                     .n_segments = 2,
                                     .n_words = 8,
                                     .length = 12,
                                     .title_weight = 2};

    indexed_open(ix, state, &o);
}

static struct nidx_leaf_term letters[2] = {
    {.kind = NIDX_KIND_WORD, .text = {(const uint8_t *)"a", 1}},
    {.kind = NIDX_KIND_WORD, .text = {(const uint8_t *)"b", 1}}};

static struct nidx_node leaf_of(uint32_t letter)
{
    return (struct nidx_node){.type = NIDX_NODE_LEAF,
                              .boost = 1.0f,
                              .n_terms = 1,
                              .terms = &letters[letter]};
}

static struct nidx_plan *plan_of(const struct indexed *ix,
                                 struct nidx_node *root,
                                 struct nidx_norms *norms)
{
    struct nidx_exec_options o = options;
    struct nidx_tree tree = {.root = root};
    struct nidx_plan *p;
    struct nidx_error err;

    o.norms = norms;
    if (nidx_plan_new(&tree, ix->catalog, &o, &p, &err) != NIDX_OK)
        fail_msg("%s", err.message);
    return p;
}

static void a_tree_that_was_not_expanded_is_refused(void **state)
{
    struct indexed ix;
    struct nidx_node word = {.type = NIDX_NODE_WORD, .boost = 1.0f};
    struct nidx_tree tree = {.root = &word};
    struct nidx_plan *p;

    open_corpus(&ix, state);
    assert_int_equal(nidx_plan_new(&tree, ix.catalog, &options, &p, NULL),
                     NIDX_ERR_INVALID);
    assert_null(p);
    nidx_plan_free(p);
    indexed_close(&ix);
}

static void none_of_zero_hits_are_asked_for_but_all_are_counted(void **state)
{
    struct indexed ix;
    struct nidx_node leaf = leaf_of(0);
    struct nidx_hit hit;
    size_t n = 7;
    uint64_t total = 0, counted = 1;

    open_corpus(&ix, state);
    struct nidx_plan *p = plan_of(&ix, &leaf, NULL);
    assert_int_equal(nidx_plan_top(p, 0, &hit, &n, &total, NULL), NIDX_OK);
    assert_int_equal(n, 0);
    assert_int_equal(nidx_plan_count(p, &counted, NULL), NIDX_OK);
    assert_true(total == counted && total > 1000);
    nidx_plan_free(p);
    indexed_close(&ix);
}

static int say_stop(void *context)
{
    ++*(int *)context;
    return 1;
}

static void a_search_stops_when_it_is_told_to(void **state)
{
    struct indexed ix;
    struct nidx_node leaf = leaf_of(0);
    struct nidx_hit hits[3];
    size_t n = 0;
    uint64_t total = 0;
    int calls = 0;

    open_corpus(&ix, state);
    struct nidx_plan *p = plan_of(&ix, &leaf, NULL);
    p->options.cancelled = say_stop;
    p->options.context = &calls;
    assert_int_equal(nidx_plan_top(p, 3, hits, &n, NULL, NULL),
                     NIDX_ERR_STOPPED);
    assert_int_equal(nidx_plan_count(p, &total, NULL), NIDX_ERR_STOPPED);
    assert_true(n == 0 && total == 0 && calls == 2);
    nidx_plan_free(p);
    indexed_close(&ix);
}

static void documents_that_are_not_there_are_invalid(void **state)
{
    struct indexed ix;
    struct nidx_node leaf = leaf_of(0);
    struct nidx_match *matches;
    struct nidx_contribution *parts;
    size_t n;

    open_corpus(&ix, state);
    struct nidx_plan *p = plan_of(&ix, &leaf, NULL);
    assert_int_equal(nidx_plan_matches(p, 2, 0, &matches, &n, NULL),
                     NIDX_ERR_INVALID);
    assert_int_equal(nidx_plan_matches(p, 0, 3000, &matches, &n, NULL),
                     NIDX_ERR_INVALID);
    assert_int_equal(nidx_plan_explain(p, 0, 3000, &parts, &n, NULL),
                     NIDX_ERR_INVALID);
    assert_int_equal(nidx_plan_n_notes(p), 0);
    assert_null(nidx_plan_note(p, 0));
    nidx_plan_free(p);
    indexed_close(&ix);
}

static void plans_of_other_parameters_may_share_norms(void **state)
{
    struct indexed ix;
    struct nidx_node leaf = leaf_of(1);
    struct nidx_norms *norms;
    struct nidx_hit before[5], after[5];
    size_t n;

    open_corpus(&ix, state);
    assert_int_equal(nidx_norms_new(ix.catalog, &norms, NULL), NIDX_OK);
    struct nidx_plan *p = plan_of(&ix, &leaf, norms);
    assert_int_equal(nidx_plan_top(p, 5, before, &n, NULL, NULL), NIDX_OK);
    struct nidx_plan *other = plan_of(&ix, &leaf, norms);
    other->options.b = 0.0f;
    assert_int_equal(nidx_plan_top(other, 5, after, &n, NULL, NULL), NIDX_OK);
    assert_true(before[0].score != after[0].score);
    assert_int_equal(nidx_plan_top(p, 5, after, &n, NULL, NULL), NIDX_OK);
    for (size_t i = 0; i < n; i++)
        assert_true(before[i].score == after[i].score &&
                    before[i].doc == after[i].doc);
    nidx_plan_free(other);
    nidx_plan_free(p);
    nidx_norms_free(norms);
    indexed_close(&ix);
}

static void matches_come_in_order_of_position(void **state)
{
    struct indexed ix;
    struct nidx_node a = leaf_of(0), b = leaf_of(1);
    struct nidx_node *both[] = {&a, &b};
    struct nidx_node root = {.type = NIDX_NODE_BOOL,
                             .boost = 1.0f,
                             .n_children = 2,
                             .children = both};
    struct nidx_hit hit;
    struct nidx_match *matches;
    size_t n;
    bool seen[2] = {false, false};

    open_corpus(&ix, state);
    b.leaf = 1;
    struct nidx_plan *p = plan_of(&ix, &root, NULL);
    assert_int_equal(nidx_plan_top(p, 1, &hit, &n, NULL, NULL), NIDX_OK);
    assert_int_equal(n, 1);
    assert_int_equal(
        nidx_plan_matches(p, hit.segment, hit.doc, &matches, &n, NULL),
        NIDX_OK);
    for (size_t i = 0; i < n; i++) {
        assert_true(i == 0 || matches[i].pos >= matches[i - 1].pos);
        assert_true(matches[i].leaf < 2);
        seen[matches[i].leaf] = true;
    }
    assert_true(seen[0] && seen[1]);
    free(matches);
    nidx_plan_free(p);
    indexed_close(&ix);
}

#define IN_FOLDER(test) \
    cmocka_unit_test_setup_teardown(test, tmpdir_setup, tmpdir_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_tree_that_was_not_expanded_is_refused),
        IN_FOLDER(none_of_zero_hits_are_asked_for_but_all_are_counted),
        IN_FOLDER(a_search_stops_when_it_is_told_to),
        IN_FOLDER(documents_that_are_not_there_are_invalid),
        IN_FOLDER(plans_of_other_parameters_may_share_norms),
        IN_FOLDER(matches_come_in_order_of_position),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
