/* spans_impl.h: what the files of the span algebra share.
 *
 * A node is rewritten once into a formula of AND and OR over *sets*. A set
 * knows no AND: it is a leaf, a union, or an operator over sets, and has one
 * value in each document. Sets are shared where AND was distributed.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_QUERY_SPANS_IMPL_H
#define NIDX_QUERY_SPANS_IMPL_H

#include "query/spans/leaf.h"
#include "query/spans/spans.h"

struct nidx_span_list {
    struct nidx_span *items;
    uint32_t n, cap;
};

enum nidx_set_type {
    NIDX_SET_LEAF,
    NIDX_SET_UNION,
    NIDX_SET_PHRASE,
    NIDX_SET_NEAR,
    NIDX_SET_BEFORE,
    NIDX_SET_WITHIN /* one sentence or paragraph */
};

struct nidx_set {
    enum nidx_set_type type;
    uint32_t distance; /* NEAR/BEFORE: n; PHRASE: slop */
    uint32_t n_operands;
    struct nidx_set **operands;
    struct nidx_set *ends;  /* WITHIN: what its spans do not cross */
    struct nidx_set *older; /* the one made before: operands come earlier */

    const struct nidx_node *leaf;
    struct nidx_leaf_reader *reader;
    struct nidx_leaf_list occurrences;
    nidx_pos space; /* added to positions */

    uint64_t visit; /* of which the value is */
    struct nidx_span_list value;
    uint32_t first; /* of its spans among all, for matches */
};

enum nidx_formula_type {
    NIDX_FORMULA_SET,
    NIDX_FORMULA_AND,
    NIDX_FORMULA_OR
};

struct nidx_formula {
    enum nidx_formula_type type;
    bool holds; /* in the document of the last visit */
    struct nidx_set *set;
    uint32_t n;
    struct nidx_formula **sides;
};

struct nidx_spans {
    const struct nidx_segment *segment;
    struct nidx_arena *arena;
    struct nidx_formula *root;
    struct nidx_set *newest;
    uint32_t n_sets;
    uint64_t visit;
    bool cut;                         /* AND was read as OR somewhere */
    bool with_forms;                  /* leaves are to say their forms */
    bool limited;                     /* in this visit */
    struct nidx_span_list all;        /* of several sets */
    const struct nidx_span_list *top; /* the value: all, or the one set's */
};

/* ------------------------------------------------------ spans_build.c */

/** Rewrites node into s->root; sets have no readers yet. */
enum nidx_status nidx_spans_build(struct nidx_spans *s,
                                  const struct nidx_node *node,
                                  struct nidx_error *err);

/* ------------------------------------------------------- spans_join.c */

/** Called with a span and the index of the span of each operand that makes
 * it; false stops. */
typedef bool (*nidx_join_emit)(void *context, struct nidx_span span,
                               const uint32_t *picks);

/** Every combination of the operands' values that satisfies the operator, a
 * span possibly several times. limited is set when NIDX_SPANS_WORK was hit. */
enum nidx_status nidx_spans_join(const struct nidx_set *set,
                                 nidx_join_emit emit, void *context,
                                 bool *limited, struct nidx_error *err);

/* ------------------------------------------------------------ spans.c */

bool nidx_span_list_add(struct nidx_span_list *l, struct nidx_span span);
/** Sorts by start and end, and drops doubles. */
void nidx_span_list_sort(struct nidx_span_list *l);
/** The index of span in a sorted list, or UINT32_MAX. */
uint32_t nidx_span_list_find(const struct nidx_span_list *l,
                             struct nidx_span span);
/** Evaluates the formula in doc: fills top and limited. */
enum nidx_status nidx_spans_visit(struct nidx_spans *s, nidx_docid doc,
                                  struct nidx_error *err);

#endif
