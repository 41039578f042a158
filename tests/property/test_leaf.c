/* test_leaf.c: leaves read from segments against the documents themselves.
 *
 * Together with test_spans.c, which has leaves of its own, this is the whole
 * way from posting lists to spans.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include "query/spans/leaf.h"
#include "query/spans/spans.h"
#include "tests/support/indexed.h"
#include "tests/support/naive_impl.h"
#include "tests/support/tmpdir.h"

static void open_index(struct indexed *ix, void **state, uint64_t seed,
                       uint32_t n_docs, uint32_t n_segments)
{
    const struct corpus_options o = {.seed = seed,
                                     .n_docs = n_docs,
                                     .n_segments = n_segments,
                                     .deleted = 30,
                                     .n_words = 8,
                                     .length = 20,
                                     .title_weight = 3};

    indexed_open(ix, state, &o);
}

/* How often the alternative's occurrences of a field equal o. */
static uint32_t count_token(const struct naive_field *f,
                            const struct nidx_leaf_term *term,
                            const struct nidx_leaf_occurrence *o)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < f->n; i++) {
        const struct naive_token *t = &f->tokens[i];
        n += naive_counts(t, term) &&
             (!o || (t->pos == o->pos && t->len == o->len));
    }
    return n;
}

static uint32_t count_in(const struct naive_doc *d,
                         const struct nidx_node *leaf, uint32_t term,
                         const struct nidx_leaf_occurrence *o)
{
    const struct nidx_leaf_term *t = &leaf->terms[term];

    if (leaf->field == NIDX_FIELD_AUTHOR)
        return count_token(&d->author, t, o);
    uint32_t n = 0;
    if (leaf->field != NIDX_FIELD_BODY)
        n += count_token(&d->title, t, o);
    if (leaf->field != NIDX_FIELD_TITLE)
        n += count_token(&d->body, t, o);
    return n;
}

/* What was read is all of the leaf's occurrences in d, in order. */
static bool same_leaf(const struct naive_doc *d, const struct nidx_node *leaf,
                      const struct nidx_leaf_list *list)
{
    uint32_t total = 0;

    for (uint32_t i = 0; i < leaf->n_terms; i++)
        total += count_in(d, leaf, i, NULL);
    if (list->n != total)
        return false;
    for (uint32_t i = 0; i < list->n; i++) {
        const struct nidx_leaf_occurrence *o = &list->items[i];
        bool title = leaf->field == NIDX_FIELD_ALL && o->pos < d->title.length;
        if (!count_in(d, leaf, o->term, o) || o->title != title)
            return false;
        if (i && (o->pos < list->items[i - 1].pos ||
                  (o->pos == list->items[i - 1].pos &&
                   o->len < list->items[i - 1].len)))
            return false;
    }
    return true;
}

static void compare_leaf(const struct indexed *ix, const struct nidx_node *leaf,
                         uint32_t segment, struct rng *r, uint64_t seed)
{
    const struct corpus *c = ix->corpus;
    struct nidx_leaf_reader *reader;
    struct nidx_leaf_list list = {0};

    assert_int_equal(nidx_leaf_reader_new(leaf, ix->catalog->segments[segment],
                                          &reader, NULL),
                     NIDX_OK);
    for (uint32_t i = 0; i < c->naive.n; i++) {
        /* Mostly forward, now and then back. */
        uint32_t doc = rng_percent(r, 10) ? rng_below(r, c->naive.n) : i;
        if (c->segment_of[doc] != segment)
            continue;
        assert_int_equal(
            nidx_leaf_read(reader, c->number_in[doc], false, &list, NULL),
            NIDX_OK);
        if (!same_leaf(&c->naive.docs[doc], leaf, &list)) {
            corpus_show(leaf);
            fail_msg("seed %u, document %u differs", (unsigned)seed, doc);
        }
    }
    nidx_leaf_list_done(&list);
    nidx_leaf_reader_free(reader);
}

static void compare_leaves(const struct indexed *ix, uint64_t seed)
{
    struct rng r = {seed};

    for (int i = 0; i < 60; i++) {
        struct nidx_arena *arena = nidx_arena_new();
        assert_non_null(arena);
        struct nidx_node *leaf =
            corpus_leaf(arena, &r, ix->corpus->options.n_words);
        for (uint32_t s = 0; s < ix->corpus->options.n_segments; s++)
            compare_leaf(ix, leaf, s, &r, seed);
        nidx_arena_free(arena);
    }
}

static void leaves_equal_the_documents(void **state)
{
    static const uint32_t sizes[][2] = {{1, 1}, {30, 3}, {700, 2}};
    struct indexed ix;

    for (uint32_t i = 0; i < 3; i++) {
        open_index(&ix, state, 10 + i, sizes[i][0], sizes[i][1]);
        compare_leaves(&ix, 10 + i);
        indexed_close(&ix);
    }
}

static void spans_of_a_segment_equal_the_naive_ones(void **state)
{
    struct indexed ix;
    struct rng r = {5};

    open_index(&ix, state, 3, 300, 1);
    for (int i = 0; i < 60; i++) {
        struct nidx_arena *arena = nidx_arena_new();
        const struct nidx_span *spans;
        struct nidx_spans *s;
        size_t n;
        assert_non_null(arena);
        struct nidx_node *node = corpus_operator(arena, &r, 8, 3);
        assert_int_equal(
            nidx_spans_new(node, ix.catalog->segments[0], &s, NULL), NIDX_OK);
        for (uint32_t doc = 0; doc < 300; doc++) {
            struct naive_spans expected =
                naive_spans(&ix.corpus->naive.docs[doc], node);
            assert_int_equal(nidx_spans_of(s, doc, &spans, &n, NULL, NULL),
                             NIDX_OK);
            if (n != expected.n)
                corpus_show(node);
            assert_int_equal(n, expected.n);
            naive_spans_done(&expected);
        }
        nidx_spans_free(s);
        nidx_arena_free(arena);
    }
    indexed_close(&ix);
}

static void forms_of_an_occurrence_are_told(void **state)
{
    struct indexed ix;
    struct nidx_leaf_list list = {0};
    struct nidx_leaf_reader *reader;
    struct nidx_leaf_term term = {.kind = NIDX_KIND_WORD,
                                  .text = {(const uint8_t *)"a", 1}};
    struct nidx_node leaf = {
        .type = NIDX_NODE_LEAF, .n_terms = 1, .terms = &term};
    uint32_t seen = 0;

    open_index(&ix, state, 4, 100, 1);
    assert_int_equal(
        nidx_leaf_reader_new(&leaf, ix.catalog->segments[0], &reader, NULL),
        NIDX_OK);
    for (uint32_t doc = 0; doc < 100; doc++) {
        assert_int_equal(nidx_leaf_read(reader, doc, true, &list, NULL),
                         NIDX_OK);
        for (uint32_t i = 0; i < list.n; i++)
            seen |= 1u << list.items[i].form;
    }
    assert_int_equal(seen, 7);
    nidx_leaf_list_done(&list);
    nidx_leaf_reader_free(reader);
    indexed_close(&ix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(leaves_equal_the_documents,
                                        tmpdir_setup, tmpdir_teardown),
        cmocka_unit_test_setup_teardown(spans_of_a_segment_equal_the_naive_ones,
                                        tmpdir_setup, tmpdir_teardown),
        cmocka_unit_test_setup_teardown(forms_of_an_occurrence_are_told,
                                        tmpdir_setup, tmpdir_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
