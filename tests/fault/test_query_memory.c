/* test_query_memory.c: queries when memory runs out, at every allocation.
 *
 * Random trees are planned and run again and again, and each time one more
 * allocation succeeds. Until all do, the answer is NIDX_ERR_NOMEM; nothing is
 * lost on the way (leaks are errors under AddressSanitizer and valgrind).
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>

#include "query/plan/exec.h"
#include "query/expand/expand.h"
#include "query/parse/parser.h"
#include "query/spans/spans.h"
#include "query/expand/spelling.h"
#include "tests/support/failing.h"
#include "tests/support/indexed.h"
#include "tests/support/tmpdir.h"

/** More allocations than any of these queries makes. */
#define ALLOCATIONS 20000

static enum nidx_status run_spans(const struct indexed *ix,
                                  const struct nidx_tree *tree)
{
    const struct nidx_span *spans;
    struct nidx_match *matches = NULL;
    struct nidx_spans *s;
    size_t n, n_matches = 0, cap = 0;
    enum nidx_status status =
        nidx_spans_new(tree->root, ix->catalog->segments[0], &s, NULL);

    for (uint32_t doc = 0; status == NIDX_OK && doc < ix->corpus->naive.n;
         doc++) {
        status = nidx_spans_of(s, doc, &spans, &n, NULL, NULL);
        if (status == NIDX_OK)
            status =
                nidx_spans_matches(s, doc, &matches, &n_matches, &cap, NULL);
    }
    nidx_spans_free(s);
    free(matches);
    return status;
}

static enum nidx_status run_plan(const struct indexed *ix,
                                 const struct nidx_tree *tree)
{
    const struct nidx_exec_options options = {.k1 = 1.2f, .b = 0.75f};
    struct nidx_hit hits[5];
    struct nidx_match *matches = NULL;
    struct nidx_contribution *parts = NULL;
    struct nidx_plan *p;
    size_t n, n_matches, n_parts;
    uint64_t total;
    enum nidx_status status =
        nidx_plan_new(tree, ix->catalog, &options, &p, NULL);

    if (status == NIDX_OK)
        status = nidx_plan_top(p, 5, hits, &n, &total, NULL);
    if (status == NIDX_OK)
        status = nidx_plan_count(p, &total, NULL);
    if (status == NIDX_OK)
        status = nidx_plan_matches(p, 0, 1, &matches, &n_matches, NULL);
    if (status == NIDX_OK)
        status = nidx_plan_explain(p, 0, 1, &parts, &n_parts, NULL);
    free(matches);
    free(parts);
    nidx_plan_free(p);
    return status;
}

/* One more allocation succeeds each time, until the work does. */
static void exhaust(const struct indexed *ix, const struct nidx_tree *tree,
                    enum nidx_status (*run)(const struct indexed *,
                                            const struct nidx_tree *))
{
    for (uint64_t nth = 1; nth < ALLOCATIONS; nth++) {
        failing_from(nth);
        enum nidx_status status = run(ix, tree);
        int met = failing_met();
        failing_from(0);
        if (!met) {
            assert_int_equal(status, NIDX_OK);
            return;
        }
        if (status != NIDX_ERR_NOMEM) {
            corpus_show(tree->root);
            fail_msg("allocation %u: status %d", (unsigned)nth, status);
        }
    }
    fail_msg("more than %d allocations", ALLOCATIONS);
}

static void exhaust_all(void **state, uint64_t seed,
                        enum nidx_status (*run)(const struct indexed *,
                                                const struct nidx_tree *),
                        bool operators)
{
    const struct corpus_options o = {.seed = seed,
                                     .n_docs = 12,
                                     .n_segments = 1,
                                     .n_words = 6,
                                     .length = 20,
                                     .title_weight = 3};
    struct indexed ix;
    struct rng r = {seed};

    indexed_open(&ix, state, &o);
    for (int i = 0; i < 25; i++) {
        struct nidx_tree tree = {.arena = nidx_arena_new()};
        assert_non_null(tree.arena);
        tree.root = operators ? corpus_operator(tree.arena, &r, 6, 2)
                              : corpus_tree(tree.arena, &r, 6, 2);
        exhaust(&ix, &tree, run);
        nidx_arena_free(tree.arena);
    }
    indexed_close(&ix);
}

static void spans_survive_every_failed_allocation(void **state)
{
    exhaust_all(state, 1, run_spans, true);
    exhaust_all(state, 2, run_spans, false);
}

static void plans_survive_every_failed_allocation(void **state)
{
    exhaust_all(state, 3, run_plan, true);
    exhaust_all(state, 4, run_plan, false);
}

static enum nidx_status run_text(const struct indexed *ix, const char *text)
{
    struct nidx_tree parsed = {0}, tree = {0};
    struct nidx_buf spelling = {0};
    enum nidx_status status =
        nidx_query_read(text, strlen(text), NULL, &parsed, NULL);

    if (status == NIDX_OK)
        status = nidx_tree_expand(&parsed, ix->catalog, &tree, NULL);
    if (status == NIDX_OK)
        status = nidx_spelling_find(
            ix->catalog, NIDX_FIELD_ALL,
            (struct nidx_bytes){(const uint8_t *)"xabcd", 5}, &spelling, NULL);
    nidx_buf_done(&spelling);
    nidx_tree_done(&parsed);
    nidx_tree_done(&tree);
    return status;
}

static void expansion_survives_every_failed_allocation(void **state)
{
    static const char *const texts[] = {
        "a b-c",
        "=a title:=bx",
        "?x OR *q",
        "a~ bc~2",
        "/[^a]x?|b+(c|d){2,3}/",
        "a* \"b ?x\"",
        "a SENTENCE (b /p c)",
        "(NOT /a/",
    };
    const struct corpus_options o = {.seed = 5,
                                     .n_docs = 8,
                                     .n_segments = 2,
                                     .n_words = 6,
                                     .length = 20,
                                     .title_weight = 3};
    struct indexed ix;

    indexed_open(&ix, state, &o);
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        for (uint64_t nth = 1;; nth++) {
            assert_true(nth < ALLOCATIONS);
            failing_from(nth);
            const enum nidx_status status = run_text(&ix, texts[i]);
            const int met = failing_met();
            failing_from(0);
            if (!met) {
                assert_int_equal(status, NIDX_OK);
                break;
            }
            if (status != NIDX_ERR_NOMEM)
                fail_msg("%s, allocation %u: status %d", texts[i],
                         (unsigned)nth, status);
        }
    }
    indexed_close(&ix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(spans_survive_every_failed_allocation,
                                        tmpdir_setup, tmpdir_teardown),
        cmocka_unit_test_setup_teardown(
            expansion_survives_every_failed_allocation, tmpdir_setup,
            tmpdir_teardown),
        cmocka_unit_test_setup_teardown(plans_survive_every_failed_allocation,
                                        tmpdir_setup, tmpdir_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
