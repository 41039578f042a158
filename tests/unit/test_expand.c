/* test_expand.c: tests of query/expand/expand: words to leaves, on real segments.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/limits.h"
#include "query/plan/exec.h"
#include "query/expand/expand.h"
#include "query/parse/parser.h"
#include "tests/support/articles.h"
#include "tests/support/tmpdir.h"

/* Document a, b, c ... in this order. */
static const struct article articles[] = {
    {0, "english", "The senator's letters to Putin", "news"},
    {0, "english", "A bi-partisan letter by Paul Randal", "news/world"},
    {0, "english", "A bipartisan deal. Café owners in New York City",
     "opinion"},
    {0, "spanish", "La investigación del senador", "opinion"},
    {1, "spanish", "Investigaciones y una carta", NULL},
    {1, "english", "The bi partisan weekend, 1,000 letters and cafe", NULL},
    {1, "", "U.S. report of 2018-08-08 by O'Brien and AT&T", NULL},
    {1, "english",
     "PaulErdo\xc4\x9f"
     "an wrote to Rand PaulRandal",
     NULL},
    {2, "german",
     "Die Stra\xc3\x9f"
     "e nach Berlin",
     NULL},
    {2, "english", "lettuce for us and co-workers", NULL},
};
#define N_ARTICLES (sizeof(articles) / sizeof(*articles))

static struct articles indexed;
static struct nidx_expander *expander;

static int open_index(void **state)
{
    if (tmpdir_setup(state) != 0)
        return -1;
    articles_open(&indexed, state, "articles.nidx", articles, N_ARTICLES);
    if (nidx_expander_new(indexed.catalog, &expander, NULL) != NIDX_OK)
        return -1;
    return 0;
}

static int close_index(void **state)
{
    nidx_expander_free(expander);
    articles_close(&indexed);
    return tmpdir_teardown(state);
}

/* One that has seen other queries makes the same of this one. */
static void expand_again(const struct nidx_tree *parsed,
                         const struct nidx_tree *fresh)
{
    struct nidx_error err = {0};
    struct nidx_buf want = {0}, got = {0};

    nidx_tree_print(fresh->root, &want);
    for (int i = 0; i < 2; i++) {
        struct nidx_tree tree = {0};
        got.len = 0;
        if (nidx_expander_run(expander, parsed, &tree, &err) != NIDX_OK)
            fail_msg("%s", err.message);
        nidx_tree_print(tree.root, &got);
        assert_int_equal(got.len, want.len);
        assert_memory_equal(got.data, want.data, want.len);
        nidx_tree_done(&tree);
    }
    nidx_buf_done(&want);
    nidx_buf_done(&got);
}

static void expand(const char *text, bool any, struct nidx_tree *out)
{
    struct nidx_tree parsed = {0};
    struct nidx_error err = {0};
    const struct nidx_parse_options options = {.any = any};

    *out = (struct nidx_tree){0};
    if (nidx_query_read(text, strlen(text), &options, &parsed, &err) !=
            NIDX_OK ||
        nidx_tree_expand(&parsed, indexed.catalog, out, &err) != NIDX_OK)
        fail_msg("`%s`: %s", text, err.message);
    expand_again(&parsed, out);
    nidx_tree_done(&parsed);
}

/* Letters of the documents that match. */
static void run(const struct nidx_tree *tree, char *found)
{
    const struct nidx_exec_options options = {.k1 = 1.2f, .b = 0.75f};
    struct nidx_hit hits[N_ARTICLES];
    struct nidx_error err = {0};
    struct nidx_plan *plan;
    char set[N_ARTICLES + 1] = {0};
    size_t n = 0;

    if (nidx_plan_new(tree, indexed.catalog, &options, &plan, &err) !=
            NIDX_OK ||
        nidx_plan_top(plan, N_ARTICLES, hits, &n, NULL, &err) != NIDX_OK)
        fail_msg("%s", err.message);
    for (size_t i = 0; i < n; i++) {
        uint32_t at = hits[i].doc;
        for (size_t k = 0; k < N_ARTICLES; k++)
            at += articles[k].segment < hits[i].segment;
        set[at] = 1;
    }
    for (size_t i = 0; i < N_ARTICLES; i++)
        if (set[i])
            *found++ = (char)('a' + i);
    *found = 0;
    nidx_plan_free(plan);
}

static const struct {
    const char *query, *found;
} rows[] = {
    {"letter", "abf"},
    {"letters", "abf"},
    {"=letter", "b"},
    {"=letters", "af"},
    {"=Letters", "af"},
    {"senator", "a"},
    {"putin letter", "a"},
    {"putin OR deal", "ac"},
    {"letter -putin", "bf"},
    {"-letter", "cdeghij"},
    {"*", "abcdefghij"},
    {"* -letter", "cdeghij"},
    {"unknownword", ""},
    {"unknownword OR putin", "a"},
    {"unknownword putin", ""},
    {"putin -unknownword", "a"},
    /* compounds, both ways */
    {"bi-partisan", "bcf"},
    {"bipartisan", "bcf"},
    {"bi partisan", "bcf"},
    {"\"bi partisan\"", "bcf"},
    {"\"bi-partisan letter\"", "b"},
    {"\"bipartisan letter\"", "b"},
    {"\"bi partisan letter\"", "b"},
    {"\"a bipartisan deal\"", "c"},
    {"\"bi-partisan deal\"", "c"},
    {"co-workers", "j"},
    {"coworkers", "j"},
    /* accents and languages */
    {"caf\xc3\xa9", "cf"},
    {"cafe", "cf"},
    {"=caf\xc3\xa9", "c"},
    {"=cafe", "f"},
    {"investigaci\xc3\xb3n", "de"},
    {"investigacion", "de"},
    {"investigaciones", "de"},
    {"strasse", "i"},
    {"stra\xc3\x9f"
     "e",
     "i"},
    /* marks */
    {"o'brien", "g"},
    {"o\xe2\x80\x99"
     "brien",
     "g"},
    {"AT&T", "g"},
    {"2018-08-08", "g"},
    {"2018", "g"},
    {"$1,000", "f"},
    {"U.S.", "g"},
    {"erdogan", "h"},
    {"\"rand paul\"", "h"},
    {"\"Paul Randal\"", "b"},
    /* phrases and distances */
    {"\"new york\"", "c"},
    {"\"york new\"", ""},
    {"\"(new OR new york) city\"", "c"},
    {"letter BEFORE/2 putin", "a"},
    {"putin BEFORE/2 letter", ""},
    {"letter NEAR/1 putin", ""},
    {"(letter OR lettuce) NEAR/3 (putin OR us)", "aj"},
    {"cafe NOT NEAR/1 and", "c"},
    /* prefixes */
    {"lett*", "abfj"},
    {"letters*", "af"},
    {"\"lett* to\"", "a"},
    {"caf*", "cf"},
    {"CAF\xc3\x89*", "cf"},
    {"investig*", "de"},
    {"bi-part*", "bcf"},
    {"o'br*", "g"},
    {"xyz*", ""},
    {"xyz* OR putin", "a"},
    /* keywords */
    {"tags:news", "a"},
    {"tags:News", "a"},
    {"tags:news*", "ab"},
    {"tags:(news OR opinion)", "acd"},
    {"tags:zzz*", ""},
    {"letter tags:news", "a"},
    {"letter -tags:news*", "f"},
    /* what is nothing */
    {"letter \xf0\x9f\x98\x80", "abf"},
    {"title:letter", ""},
    {"body:letter", "abf"},
};

static void queries_find_what_they_name(void **state)
{
    (void)state;
    unsigned n_wrong = 0;

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct nidx_tree tree;
        struct nidx_buf shown = {0};
        char found[N_ARTICLES + 1];
        expand(rows[i].query, false, &tree);
        run(&tree, found);
        nidx_tree_print(tree.root, &shown);
        if (strcmp(found, rows[i].found) != 0) {
            n_wrong++;
            print_error("`%s` finds `%s`, not `%s`, as `%.*s`\n", rows[i].query,
                        found, rows[i].found, (int)shown.len,
                        shown.data ? (const char *)shown.data : "");
        }
        nidx_buf_done(&shown);
        nidx_tree_done(&tree);
    }
    assert_int_equal(n_wrong, 0);
}

/* ---------------------------------------------------------- the rewriting */

static const struct {
    const char *query, *tree;
} shapes[] = {
    {"putin", "putin"},
    {"a (b c)", "a AND b{} AND c{}"},
    {"a OR (b OR c)", "a OR b{} OR c{}"},
    {"a -(b OR c)", "a AND NOT b{} AND NOT c{}"},
    {"a (b -c)", "a AND b{} AND NOT c{}"},
    {"a (b OR c)", "a AND (b{} OR c{})"},
    {"a (b c)^2", "a AND (b{} AND c{})^2"},
    {"-a", "NOT a AND *"},
    {"a *", "a"},
    {"* *", "*"},
    {"a OR *", "a OR *"},
    {"a -*", ""},
    {"a tags:zzz*", ""},
    {"a OR tags:zzz*", "a"},
    {"a -tags:zzz*", "a"},
    {"((putin^2))", "putin^2"},
    {"\"putin\"", "putin"},
    {"letter^2", "letter^2"},
    {"tags:news*", "tags:news OR tags:news/world"},
    {"language:german", "language:german OR language:de"},
    {"language:xx", "language:xx"},
    {"date:2018-08-08", "date:2018-08-08"},
    {"", ""},
};

static void trees_are_made_simpler(void **state)
{
    (void)state;
    unsigned n_wrong = 0;

    for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
        struct nidx_tree tree;
        struct nidx_buf shown = {0};
        expand(shapes[i].query, false, &tree);
        nidx_tree_print(tree.root, &shown);
        nidx_buf_u8(&shown, 0);
        if (strcmp((const char *)shown.data, shapes[i].tree) != 0) {
            n_wrong++;
            print_error("`%s` becomes `%s`, not `%s`\n", shapes[i].query,
                        (const char *)shown.data, shapes[i].tree);
        }
        nidx_buf_done(&shown);
        nidx_tree_done(&tree);
    }
    assert_int_equal(n_wrong, 0);
}

static void unknown_words_are_leaves_without_terms(void **state)
{
    (void)state;
    struct nidx_tree tree;

    expand("unknownword", false, &tree);
    assert_int_equal(tree.root->type, NIDX_NODE_LEAF);
    assert_int_equal(tree.root->n_terms, 0);
    assert_memory_equal(tree.root->text.data, "unknownword", 11);
    assert_int_equal(tree.n_notes, 0);
    nidx_tree_done(&tree);
}

static void forms_are_named_where_a_term_has_others(void **state)
{
    (void)state;
    struct nidx_tree tree;

    expand("=letters", false, &tree);
    assert_int_equal(tree.root->type, NIDX_NODE_LEAF);
    assert_int_equal(tree.root->n_terms, 1);
    assert_int_equal(tree.root->terms[0].n_forms, 1);
    assert_memory_equal(tree.root->terms[0].forms[0].data, "letters", 7);
    nidx_tree_done(&tree);
    expand("letter*", false, &tree);
    assert_int_equal(tree.root->n_terms, 1);
    assert_null(tree.root->terms[0].forms);
    nidx_tree_done(&tree);
    expand("=putin", false, &tree);
    assert_int_equal(tree.root->n_terms, 1);
    assert_null(tree.root->terms[0].forms);
    nidx_tree_done(&tree);
}

static void what_holds_no_word_is_noted(void **state)
{
    (void)state;
    struct nidx_tree tree;

    expand("putin \xf0\x9f\x98\x80", false, &tree);
    assert_int_equal(tree.n_notes, 1);
    assert_int_equal(tree.notes[0].start, 6);
    assert_non_null(strstr(tree.notes[0].text, "nothing that is indexed"));
    nidx_tree_done(&tree);
}

static void number_leaves(const struct nidx_node *node, uint32_t *next)
{
    if (node->type == NIDX_NODE_LEAF)
        assert_int_equal(node->leaf, (*next)++);
    for (uint32_t i = 0; i < node->n_children; i++)
        number_leaves(node->children[i], next);
}

static void leaves_are_numbered_in_preorder(void **state)
{
    (void)state;
    struct nidx_tree tree;
    uint32_t n = 0;

    expand("bi-partisan (\"new york\" OR letter) -putin", false, &tree);
    number_leaves(tree.root, &n);
    assert_int_equal(n, 7);
    nidx_tree_done(&tree);
}

static void any_bytes_are_expanded(void **state)
{
    (void)state;
    uint64_t seed = 1;

    for (int i = 0; i < 3000; i++) {
        static const char parts[] = "a letter putin \"()*~^-+=:/.?'&NEAR/3 OR "
                                    "NOT title: \xc3\xa9\xe2\x80\x9c\xff ";
        char text[48];
        const size_t n = (size_t)i % sizeof(text);
        for (size_t k = 0; k < n; k++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            text[k] = parts[(seed >> 33) % (sizeof(parts) - 1)];
        }
        struct nidx_tree parsed = {0}, tree = {0};
        struct nidx_error err = {0};
        char found[N_ARTICLES + 1];
        assert_int_equal(nidx_query_read(text, n, NULL, &parsed, &err),
                         NIDX_OK);
        assert_int_equal(
            nidx_tree_expand(&parsed, indexed.catalog, &tree, &err), NIDX_OK);
        run(&tree, found);
        nidx_tree_done(&parsed);
        nidx_tree_done(&tree);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(queries_find_what_they_name),
        cmocka_unit_test(trees_are_made_simpler),
        cmocka_unit_test(unknown_words_are_leaves_without_terms),
        cmocka_unit_test(forms_are_named_where_a_term_has_others),
        cmocka_unit_test(what_holds_no_word_is_noted),
        cmocka_unit_test(leaves_are_numbered_in_preorder),
        cmocka_unit_test(any_bytes_are_expanded),
    };
    return cmocka_run_group_tests(tests, open_index, close_index);
}
