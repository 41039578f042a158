/* plan.h: a planned tree: what evaluators read. exec.h is its interface.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_QUERY_PLAN_H
#define NIDX_QUERY_PLAN_H

#include "query/topk/list.h"

/**
 * A node as it is run. Simplified: BOOL in BOOL is flattened where that changes
 * nothing, what cannot match is NONE and cut. type is NONE, ALL, LEAF (words
 * and keywords), RANGE, BOOL or PHRASE (any positional operator).
 */
struct nidx_pnode {
    enum nidx_node_type type;
    enum nidx_occur occur; /**< within a BOOL parent */
    const struct nidx_node *node;
    struct nidx_leaf_score how; /**< LEAF and PHRASE */
    float boost, idf;
    uint64_t df;                  /**< LEAF; PHRASE: of its rarest word */
    struct nidx_part_leaf *parts; /**< LEAF: one a segment */
    /** BOOL; PHRASE: nodes whose documents hold all that has its spans. */
    uint32_t n_children;
    struct nidx_pnode **children;
};

struct nidx_plan {
    const struct nidx_tree *tree;
    const struct nidx_catalog *catalog;
    struct nidx_exec_options options;
    struct nidx_norms *norms, *own_norms;
    struct nidx_arena *arena;
    struct nidx_pnode *root;
    uint32_t n_leaves, cap_leaves;
    struct nidx_pnode **leaves; /**< every leaf, for release */
    bool cursors_only; /**< no bulk evaluators: tests compare the two */
    bool limited;      /**< some operator had too many spans */
    const char *notes[1];
    size_t n_notes;
};

/** A failure of an evaluator, with the sentence for its status. */
enum nidx_status nidx_plan_fail(struct nidx_error *err,
                                enum nidx_status status);
/** STOPPED where the caller asked for it. */
enum nidx_status nidx_plan_poll(const struct nidx_plan *p,
                                struct nidx_error *err);

/** Builds p->root from the tree (plan_build.c). */
enum nidx_status nidx_plan_build(struct nidx_plan *p, struct nidx_error *err);
/** Looks a leaf up in every segment; merges what must be (plan_leaf.c). */
enum nidx_status nidx_plan_leaf(struct nidx_plan *p,
                                const struct nidx_node *node, bool scored,
                                struct nidx_pnode **out,
                                struct nidx_error *err);
/** The children of a BOOL: flattened and cut; may replace it (plan_bool.c). */
struct nidx_pnode *nidx_plan_simplify(struct nidx_plan *p,
                                      struct nidx_pnode *node);

struct nidx_pnode *nidx_plan_node(struct nidx_plan *p, enum nidx_node_type type,
                                  const struct nidx_node *node);

#endif
