/* test_spans.c: tests of query/spans/spans: each rule by an example.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "query/spans/spans.h"
#include "tests/support/plain_leaf.h"

/* A document, and the arena of the trees that are asked of it. */
struct fixture {
    struct naive_doc doc;
    struct nidx_arena *arena;
    uint32_t n_leaves;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    *state = f;
    if (!f || !(f->arena = nidx_arena_new()))
        return -1;
    plain_leaf_docs(&f->doc);
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    free(f->doc.title.tokens);
    free(f->doc.body.tokens);
    free(f->doc.author.tokens);
    nidx_arena_free(f->arena);
    free(f);
    return 0;
}

static void put(struct naive_field *f, const char *word, size_t len,
                uint32_t pos, uint16_t span)
{
    f->tokens = realloc(f->tokens, (f->n + 1) * sizeof(*f->tokens));
    assert_non_null(f->tokens);
    struct naive_token *t = &f->tokens[f->n++];
    memset(t, 0, sizeof(*t));
    memcpy(t->term, word, len);
    memcpy(t->form, word, len);
    t->pos = pos;
    t->len = span;
}

/* Words parted by blanks, from position pos on. */
static void write_field(struct naive_field *f, const char *text, uint32_t pos)
{
    while (*text) {
        size_t len = strcspn(text, " ");
        put(f, text, len, pos++, 1);
        f->length++;
        text += len + (text[len] == ' ');
    }
}

static struct nidx_node *node_of(struct fixture *f, enum nidx_node_type type,
                                 uint32_t distance)
{
    struct nidx_node *n = nidx_arena_alloc(f->arena, sizeof(*n));

    assert_non_null(n);
    n->type = type;
    n->distance = distance;
    n->boost = 1;
    n->children = nidx_arena_alloc(f->arena, 128 * sizeof(struct nidx_node *));
    assert_non_null(n->children);
    return n;
}

static struct nidx_node *word(struct fixture *f, const char *text)
{
    struct nidx_node *n = node_of(f, NIDX_NODE_LEAF, 0);

    n->leaf = f->n_leaves++;
    n->n_terms = 1;
    n->terms = nidx_arena_alloc(f->arena, sizeof(*n->terms));
    assert_non_null(n->terms);
    n->terms->kind = NIDX_KIND_WORD;
    n->terms->text = nidx_arena_bytes(f->arena, text, strlen(text));
    return n;
}

static struct nidx_node *add(struct nidx_node *parent, enum nidx_occur occur,
                             struct nidx_node *child)
{
    assert_true(parent->n_children < 128);
    child->occur = occur;
    parent->children[parent->n_children++] = child;
    return parent;
}

static struct nidx_node *pair(struct fixture *f, enum nidx_node_type type,
                              uint32_t distance, struct nidx_node *a,
                              struct nidx_node *b)
{
    return add(add(node_of(f, type, distance), NIDX_MUST, a), NIDX_MUST, b);
}

static struct nidx_node *either(struct fixture *f, struct nidx_node *a,
                                struct nidx_node *b)
{
    return add(add(node_of(f, NIDX_NODE_BOOL, 0), NIDX_SHOULD, a), NIDX_SHOULD,
               b);
}

/* Spans of node as text: "0-2 5-7". */
static void assert_spans(struct fixture *f, const struct nidx_node *node,
                         const char *expected)
{
    struct nidx_spans *s;
    const struct nidx_span *spans;
    size_t n, len = 0;
    char text[256] = "";

    (void)f;
    assert_int_equal(nidx_spans_new(node, NULL, &s, NULL), NIDX_OK);
    assert_int_equal(nidx_spans_of(s, 0, &spans, &n, NULL, NULL), NIDX_OK);
    for (size_t i = 0; i < n; i++)
        len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%u-%u",
                                i ? " " : "", spans[i].start, spans[i].end);
    nidx_spans_free(s);
    assert_string_equal(text, expected);
}

static void near_takes_at_most_n_less_one_between(void **state)
{
    struct fixture *f = *state;
    struct nidx_node *a = word(f, "a"), *b = word(f, "b");

    write_field(&f->doc.body, "a x x b x x x a", 0);
    assert_spans(f, pair(f, NIDX_NODE_NEAR, 2, a, b), "");
    assert_spans(f, pair(f, NIDX_NODE_NEAR, 3, a, b), "0-4");
    assert_spans(f, pair(f, NIDX_NODE_NEAR, 4, b, a), "0-4 3-8");
    assert_spans(f, pair(f, NIDX_NODE_NEAR, 0, b, a), "");
}

static void before_wants_its_order(void **state)
{
    struct fixture *f = *state;
    struct nidx_node *a = word(f, "a"), *b = word(f, "b");

    write_field(&f->doc.body, "a x b x a", 0);
    assert_spans(f, pair(f, NIDX_NODE_BEFORE, 2, a, b), "0-3");
    assert_spans(f, pair(f, NIDX_NODE_BEFORE, 2, b, a), "2-5");
    assert_spans(f, pair(f, NIDX_NODE_BEFORE, 1, b, a), "");
}

static void near_itself_wants_two_occurrences(void **state)
{
    struct fixture *f = *state;

    write_field(&f->doc.body, "a x a", 0);
    assert_spans(f, pair(f, NIDX_NODE_NEAR, 5, word(f, "a"), word(f, "a")),
                 "0-3");
    assert_spans(f, pair(f, NIDX_NODE_NEAR, 5, word(f, "x"), word(f, "x")), "");
}

static void a_phrase_goes_on_where_any_of_its_spans_ends(void **state)
{
    struct fixture *f = *state;
    struct nidx_node *new_york =
        pair(f, NIDX_NODE_PHRASE, 0, word(f, "new"), word(f, "york"));
    struct nidx_node *group = either(f, word(f, "new"), new_york);

    write_field(&f->doc.body, "new york times new times", 0);
    assert_spans(f, pair(f, NIDX_NODE_PHRASE, 0, group, word(f, "times")),
                 "0-3 3-5");
}

static void a_joined_word_is_followed_by_the_word_behind_it(void **state)
{
    struct fixture *f = *state;

    put(&f->doc.body, "bi", 2, 0, 1);
    put(&f->doc.body, "bip", 3, 0, 2);
    put(&f->doc.body, "par", 3, 1, 1);
    put(&f->doc.body, "vote", 4, 2, 1);
    assert_spans(f,
                 pair(f, NIDX_NODE_PHRASE, 0, word(f, "bip"), word(f, "vote")),
                 "0-3");
    assert_spans(
        f, pair(f, NIDX_NODE_PHRASE, 0, word(f, "bip"), word(f, "par")), "");
    assert_spans(f, pair(f, NIDX_NODE_NEAR, 9, word(f, "bip"), word(f, "par")),
                 "");
}

static void slop_costs_one_a_word_and_two_a_swap(void **state)
{
    struct fixture *f = *state;
    struct nidx_node *a = word(f, "a"), *b = word(f, "b");

    write_field(&f->doc.body, "a x b", 0);
    assert_spans(f, pair(f, NIDX_NODE_PHRASE, 0, a, b), "");
    assert_spans(f, pair(f, NIDX_NODE_PHRASE, 1, a, b), "0-3");
    assert_spans(f, pair(f, NIDX_NODE_PHRASE, 2, b, a), "");
    assert_spans(f, pair(f, NIDX_NODE_PHRASE, 3, b, a), "0-3");
    write_field(&f->doc.body, "c d", 3);
    assert_spans(f, pair(f, NIDX_NODE_PHRASE, 1, word(f, "d"), word(f, "c")),
                 "");
    assert_spans(f, pair(f, NIDX_NODE_PHRASE, 2, word(f, "d"), word(f, "c")),
                 "3-5");
}

static void words_at_one_position_are_no_phrase(void **state)
{
    struct fixture *f = *state;

    put(&f->doc.body, "paul", 4, 0, 1);
    put(&f->doc.body, "randal", 6, 0, 1);
    assert_spans(
        f, pair(f, NIDX_NODE_PHRASE, 3, word(f, "paul"), word(f, "randal")),
        "");
    assert_spans(
        f, pair(f, NIDX_NODE_NEAR, 3, word(f, "paul"), word(f, "randal")), "");
}

static void and_distributes_over_near(void **state)
{
    struct fixture *f = *state;
    struct nidx_node *both =
        pair(f, NIDX_NODE_BOOL, 0, word(f, "a"), word(f, "b"));
    struct nidx_node *near = pair(f, NIDX_NODE_NEAR, 2, both, word(f, "c"));

    write_field(&f->doc.body, "a c x x b", 0);
    assert_spans(f, near, "");
    write_field(&f->doc.body, "c", 5);
    assert_spans(f, near, "0-2 4-6");
    struct nidx_node *more = pair(f, NIDX_NODE_NEAR, 3, near, word(f, "x"));
    assert_spans(f, more, "0-3 0-4 2-6 3-6");
}

static void what_has_no_spans_is_left_out(void **state)
{
    struct fixture *f = *state;
    struct nidx_node *group = node_of(f, NIDX_NODE_BOOL, 0);

    write_field(&f->doc.body, "a c b", 0);
    add(group, NIDX_MUST, word(f, "a"));
    add(group, NIDX_MUST_NOT, word(f, "b"));
    add(group, NIDX_MUST, node_of(f, NIDX_NODE_RANGE, 0));
    add(group, NIDX_SHOULD, word(f, "b"));
    assert_spans(f, pair(f, NIDX_NODE_NEAR, 1, group, word(f, "c")), "0-2");
    assert_spans(f, node_of(f, NIDX_NODE_ALL, 0), "");
    assert_spans(
        f,
        pair(f, NIDX_NODE_NEAR, 9, node_of(f, NIDX_NODE_NONE, 0), word(f, "c")),
        "");
    assert_spans(
        f, add(node_of(f, NIDX_NODE_BOOL, 0), NIDX_MUST_NOT, word(f, "a")), "");
}

static void a_phrase_does_not_cross_the_gap(void **state)
{
    struct fixture *f = *state;
    struct nidx_node *a = word(f, "a"), *b = word(f, "b");

    write_field(&f->doc.title, "x a", 0);
    write_field(&f->doc.body, "b", 2 + NIDX_FIELD_GAP);
    assert_spans(f, pair(f, NIDX_NODE_PHRASE, 99, a, b), "");
    assert_spans(f, pair(f, NIDX_NODE_NEAR, 100, a, b), "");
    assert_spans(f, pair(f, NIDX_NODE_NEAR, 101, a, b), "1-103");
}

static void fields_of_different_spaces_never_join(void **state)
{
    struct fixture *f = *state;
    struct nidx_node *a = word(f, "a"), *b = word(f, "b");

    write_field(&f->doc.author, "a", 0);
    write_field(&f->doc.body, "x b", 0);
    a->field = NIDX_FIELD_AUTHOR;
    assert_spans(f, pair(f, NIDX_NODE_NEAR, UINT32_MAX, a, b), "");
    assert_spans(f, pair(f, NIDX_NODE_PHRASE, UINT32_MAX, a, b), "");
}

static void a_body_word_is_not_in_the_headline(void **state)
{
    struct fixture *f = *state;
    struct nidx_node *a = word(f, "a");

    write_field(&f->doc.title, "a", 0);
    write_field(&f->doc.body, "a", 101);
    assert_spans(f, a, "0-1 101-102");
    a->field = NIDX_FIELD_BODY;
    assert_spans(f, a, "101-102");
    a->field = NIDX_FIELD_TITLE;
    assert_spans(f, a, "0-1");
}

static void frequency_counts_spans_that_do_not_overlap(void **state)
{
    (void)state;
    static const struct nidx_span spans[] = {
        {0, 2}, {0, 4}, {1, 3}, {2, 5}, {104, 106}, {105, 107}, {106, 108}};

    assert_int_equal(nidx_spans_frequency(spans, 0, 4, 3), 0);
    assert_int_equal(nidx_spans_frequency(spans, 7, 0, 3), 4);
    assert_int_equal(nidx_spans_frequency(spans, 7, 4, 3), 8);
    assert_int_equal(nidx_spans_frequency(spans, 7, 2, 3), 6);
    assert_int_equal(nidx_spans_frequency(spans, 7, 4, 1), 4);
}

/* n times the same word. */
static void write_many(struct fixture *f, const char *text, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        put(&f->doc.body, text, strlen(text), i, 1);
}

static void a_limit_on_spans_is_said(void **state)
{
    struct fixture *f = *state;
    const struct nidx_span *spans;
    struct nidx_spans *s;
    size_t n;
    bool limited = false;

    write_many(f, "a", 1000);
    struct nidx_node *near =
        pair(f, NIDX_NODE_NEAR, 1000, word(f, "a"), word(f, "a"));
    assert_int_equal(nidx_spans_new(near, NULL, &s, NULL), NIDX_OK);
    assert_int_equal(nidx_spans_of(s, 0, &spans, &n, &limited, NULL), NIDX_OK);
    assert_true(limited);
    assert_int_equal(n, NIDX_SPANS_MAX);
    assert_int_equal(spans[0].start, 0);
    assert_int_equal(spans[0].end, 2);
    nidx_spans_free(s);
}

static void a_limit_on_work_is_said(void **state)
{
    struct fixture *f = *state;
    const struct nidx_span *spans;
    struct nidx_spans *s;
    size_t n;
    bool limited = false;
    struct nidx_node *phrase = node_of(f, NIDX_NODE_PHRASE, 40);

    write_many(f, "a", 300);
    for (int i = 0; i < 6; i++)
        add(phrase, NIDX_MUST, word(f, "a"));
    assert_int_equal(nidx_spans_new(phrase, NULL, &s, NULL), NIDX_OK);
    assert_int_equal(nidx_spans_of(s, 0, &spans, &n, &limited, NULL), NIDX_OK);
    assert_true(limited);
    assert_true(n > 0);
    nidx_spans_free(s);
}

static void a_limit_on_distributing_reads_and_as_or(void **state)
{
    struct fixture *f = *state;
    const struct nidx_span *spans;
    struct nidx_spans *s;
    size_t n;
    bool limited = false;
    struct nidx_node *sides[2];

    for (int i = 0; i < 2; i++) {
        sides[i] = node_of(f, NIDX_NODE_BOOL, 0);
        for (int k = 0; k < 33; k++)
            add(sides[i], NIDX_MUST, word(f, k ? "a" : "b"));
    }
    write_field(&f->doc.body, "a a", 0);
    struct nidx_node *near = pair(f, NIDX_NODE_NEAR, 1, sides[0], sides[1]);
    assert_int_equal(nidx_spans_new(near, NULL, &s, NULL), NIDX_OK);
    assert_int_equal(nidx_spans_of(s, 0, &spans, &n, &limited, NULL), NIDX_OK);
    assert_true(limited);
    assert_int_equal(n, 1);
    nidx_spans_free(s);
}

static void matches_are_only_what_took_part(void **state)
{
    struct fixture *f = *state;
    struct nidx_match *m = NULL;
    struct nidx_spans *s;
    size_t n = 0, cap = 0;

    struct nidx_node *a = word(f, "a"), *b = word(f, "b");
    struct nidx_node *near = pair(f, NIDX_NODE_BEFORE, 2, a, b);
    write_field(&f->doc.body, "a x b x a x x x x b a", 0);
    assert_int_equal(nidx_spans_new(near, NULL, &s, NULL), NIDX_OK);
    assert_int_equal(nidx_spans_matches(s, 0, &m, &n, &cap, NULL), NIDX_OK);
    assert_int_equal(n, 2);
    assert_int_equal(m[0].pos, 0);
    assert_int_equal(m[0].leaf, 0);
    assert_int_equal(m[1].pos, 2);
    assert_int_equal(m[1].leaf, 1);
    assert_int_equal(m[1].len, 1);
    assert_int_equal(m[0].group, 0);
    assert_int_equal(m[1].group, 0);
    free(m);
    nidx_spans_free(s);
}

static void matches_of_different_spans_have_groups_of_their_own(void **state)
{
    struct fixture *f = *state;
    struct nidx_match *m = NULL;
    struct nidx_spans *s;
    size_t n = 0, cap = 0;

    struct nidx_node *a = word(f, "a"), *b = word(f, "b");
    struct nidx_node *near = pair(f, NIDX_NODE_NEAR, 1, a, b);
    write_field(&f->doc.body, "a b x x b a x x a", 0);
    assert_int_equal(nidx_spans_new(near, NULL, &s, NULL), NIDX_OK);
    assert_int_equal(nidx_spans_matches(s, 0, &m, &n, &cap, NULL), NIDX_OK);
    assert_int_equal(n, 4);
    assert_int_equal(m[0].group, 0);
    assert_int_equal(m[1].group, 0);
    assert_int_equal(m[2].group, 1);
    assert_int_equal(m[3].group, 1);
    assert_int_equal(nidx_spans_matches(s, 0, &m, &n, &cap, NULL), NIDX_OK);
    assert_int_equal(n, 8);
    assert_int_equal(m[4].group, 0);
    free(m);
    nidx_spans_free(s);
}

#define RULE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RULE(near_takes_at_most_n_less_one_between),
        RULE(before_wants_its_order),
        RULE(near_itself_wants_two_occurrences),
        RULE(a_phrase_goes_on_where_any_of_its_spans_ends),
        RULE(a_joined_word_is_followed_by_the_word_behind_it),
        RULE(slop_costs_one_a_word_and_two_a_swap),
        RULE(words_at_one_position_are_no_phrase),
        RULE(and_distributes_over_near),
        RULE(what_has_no_spans_is_left_out),
        RULE(a_phrase_does_not_cross_the_gap),
        RULE(fields_of_different_spaces_never_join),
        RULE(a_body_word_is_not_in_the_headline),
        RULE(frequency_counts_spans_that_do_not_overlap),
        RULE(a_limit_on_spans_is_said),
        RULE(a_limit_on_work_is_said),
        RULE(a_limit_on_distributing_reads_and_as_or),
        RULE(matches_are_only_what_took_part),
        RULE(matches_of_different_spans_have_groups_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
