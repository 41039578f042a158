/* topk.h: the best documents so far, and the evaluators that look for them.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_QUERY_TOPK_H
#define NIDX_QUERY_TOPK_H

#include "query/plan/plan.h"

/**
 * The k best of all segments: a heap with the worst on top. threshold is what
 * a score must reach to be looked at: 1 until the heap is full, or what some
 * evaluator knows that k documents reach.
 */
struct nidx_topk {
    const struct nidx_catalog *catalog;
    size_t k, n;
    struct nidx_hit *hits; /**< borrowed, room for k */
    nidx_score threshold;
    /** The number of matches is asked for too: evaluators that can, leave none
     * out and add them to total; the others clear counting. */
    bool counting;
    uint64_t total;
    enum nidx_status status;
};

void nidx_topk_init(struct nidx_topk *t, const struct nidx_catalog *catalog,
                    size_t k, struct nidx_hit *hits);
/** Takes a document that is not deleted; score is at least threshold. */
void nidx_topk_add(struct nidx_topk *t, uint32_t segment, nidx_docid doc,
                   nidx_score score);
/** Sorts the hits: best first. */
enum nidx_status nidx_topk_finish(struct nidx_topk *t, struct nidx_error *err);

/**
 * Evaluators of one shape in one segment. done is false where the shape is
 * another one, and nothing was added; then cursors do it.
 */
enum nidx_status nidx_topk_bulk(struct nidx_plan *p, uint32_t segment,
                                struct nidx_topk *t, bool *done,
                                struct nidx_error *err);
enum nidx_status nidx_count_bulk(struct nidx_plan *p, uint32_t segment,
                                 uint64_t *total, bool *done,
                                 struct nidx_error *err);

#endif
