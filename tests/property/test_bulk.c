/* test_bulk.c: bulk evaluators against the cursors.
 *
 * Flat trees on corpora of many blocks and windows, with lists rare and dense:
 * documents, order, score bits and counts are equal at every level of the
 * kernels.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "query/plan/plan.h"
#include "tests/support/indexed.h"
#include "tests/support/tmpdir.h"

enum {
    MOST = 300
};

static void *grab(struct nidx_arena *a, size_t size)
{
    void *p = nidx_arena_alloc(a, size);

    assert_non_null(p);
    return p;
}

/* A word, or two alternatives, of a corpus of one-letter words. */
static struct nidx_node *make_leaf(struct nidx_arena *a, struct rng *r,
                                   uint32_t n_words)
{
    struct nidx_node *leaf = grab(a, sizeof(*leaf));

    leaf->type = NIDX_NODE_LEAF;
    leaf->boost = rng_percent(r, 80) ? 1.0f : 3.0f;
    leaf->field = rng_percent(r, 90) ? NIDX_FIELD_ALL : NIDX_FIELD_TITLE;
    leaf->n_terms = rng_percent(r, 80) ? 1 : 2;
    leaf->terms = grab(a, leaf->n_terms * sizeof(*leaf->terms));
    for (uint32_t i = 0; i < leaf->n_terms; i++) {
        char letter = (char)('a' + (int)rng_below(r, n_words + 1));
        leaf->terms[i].kind = NIDX_KIND_WORD;
        leaf->terms[i].text = nidx_arena_bytes(a, &letter, 1);
    }
    return leaf;
}

/* shape 0: OR, 1: AND, 2: phrase; any with MUST_NOT but the last. */
static struct nidx_node *make_tree(struct nidx_arena *a, struct rng *r,
                                   uint32_t n_words)
{
    uint32_t shape = rng_below(r, 3), n = 1 + rng_below(r, 5);
    struct nidx_node *root = grab(a, sizeof(*root));

    if (shape == 2)
        n = 2 + rng_below(r, 2);
    root->type = shape == 2 ? NIDX_NODE_PHRASE : NIDX_NODE_BOOL;
    root->boost = 1.0f;
    root->n_children = n;
    root->children = grab(a, n * sizeof(struct nidx_node *));
    for (uint32_t i = 0; i < n; i++) {
        struct nidx_node *leaf = make_leaf(a, r, n_words);
        leaf->leaf = i;
        leaf->occur = shape == 0 ? NIDX_SHOULD : NIDX_MUST;
        if (shape != 2 && i > 0 && rng_percent(r, 15))
            leaf->occur = NIDX_MUST_NOT;
        root->children[i] = leaf;
    }
    return root;
}

struct answer {
    struct nidx_hit hits[MOST];
    size_t n;
    uint64_t total, counted;
};

static void ask(struct nidx_plan *p, size_t k, struct answer *out)
{
    struct nidx_error err;

    memset(out, 0, sizeof(*out));
    if (nidx_plan_top(p, k, out->hits, &out->n, &out->total, &err) != NIDX_OK ||
        nidx_plan_count(p, &out->counted, &err) != NIDX_OK)
        fail_msg("%s", err.message);
}

static void compare(struct nidx_plan *p, const struct nidx_node *root,
                    uint64_t seed, size_t k)
{
    static struct answer bulk, cursors;

    p->cursors_only = false;
    ask(p, k, &bulk);
    p->cursors_only = true;
    ask(p, k, &cursors);
    if (memcmp(&bulk, &cursors, sizeof(bulk)) == 0)
        return;
    corpus_show(root);
    fail_msg("seed %llu, k %zu: bulk evaluators and cursors differ: %zu and "
             "%zu hits, counts %llu %llu and %llu",
             (unsigned long long)seed, k, bulk.n, cursors.n,
             (unsigned long long)bulk.total, (unsigned long long)bulk.counted,
             (unsigned long long)cursors.counted);
}

static void try_tree(const struct indexed *ix, struct rng *r, uint64_t seed)
{
    static const size_t numbers[] = {1, 3, 10, MOST};
    struct nidx_tree tree = {.arena = nidx_arena_new()};
    struct nidx_exec_options options = {
        .k1 = 1.2f, .b = 0.75f, .plain = rng_percent(r, 20)};
    struct nidx_plan *p;
    struct nidx_error err;

    assert_non_null(tree.arena);
    tree.root = make_tree(tree.arena, r, ix->corpus->options.n_words);
    if (nidx_plan_new(&tree, ix->catalog, &options, &p, &err) != NIDX_OK)
        fail_msg("%s", err.message);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
        compare(p, tree.root, seed, numbers[i]);
    nidx_plan_free(p);
    nidx_arena_free(tree.arena);
}

static void bulk_evaluators_answer_as_cursors(void **state)
{
    for (uint64_t seed = 1; seed <= 6; seed++) {
        const struct corpus_options o = {.seed = seed,
                                         .n_docs = 9000,
                                         .n_segments = seed % 3 ? 1 : 3,
                                         .deleted = seed % 2 ? 0 : 20,
                                         .n_words = 20,
                                         .length = 3 + 3 * (uint32_t)seed,
                                         .title_weight = 3};
        struct indexed ix;
        struct rng r = {seed};
        indexed_open(&ix, state, &o);
        nidx_cpu_force((enum nidx_cpu)(seed % 3));
        for (uint32_t i = 0; i < 60; i++)
            try_tree(&ix, &r, seed * 1000 + i);
        nidx_cpu_force(NIDX_CPU_AVX512);
        indexed_close(&ix);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(bulk_evaluators_answer_as_cursors,
                                        tmpdir_setup, tmpdir_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
