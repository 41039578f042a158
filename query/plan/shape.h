/* shape.h: trees that bulk evaluators know, as lists of one segment.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_QUERY_SHAPE_H
#define NIDX_QUERY_SHAPE_H

#include "query/topk/topk.h"

/** Leaves under one BOOL, opened in a segment; absent ones are left out. */
struct nidx_shape {
    struct nidx_plan *plan;
    uint32_t segment;
    const uint64_t *deleted;
    /** MUST first, then SHOULD, then MUST_NOT; where a leaf has two lists
     * those of MUST are siblings, the others stand beside each other. */
    struct nidx_list *lists;
    uint32_t n_must, n_should, n_not, n_also;
    bool one_leaf; /**< its lists have no document in common */
    bool empty;    /**< nothing can match in this segment */
};

/** fits is false where node is not such a tree; scored: for ranking. */
enum nidx_status nidx_shape_open(struct nidx_shape *s, struct nidx_plan *p,
                                 const struct nidx_pnode *node,
                                 uint32_t segment, bool scored, bool *fits,
                                 struct nidx_error *err);
void nidx_shape_done(struct nidx_shape *s);
/** The lead is replaced by its sibling and the others begin again. */
enum nidx_status nidx_lists_next_lead(struct nidx_list *lists, uint32_t n,
                                      struct nidx_error *err);
/** The lead jumps over documents before what the others may have. */
bool nidx_lists_catch_up(struct nidx_list *lists, uint32_t n);
/** Whether all that has to match are bitmaps. */
bool nidx_shape_is_dense(const struct nidx_shape *s);
/** Rarest first. */
void nidx_lists_sort(struct nidx_list *lists, uint32_t n);
/** The status of its lists, with err. */
enum nidx_status nidx_shape_status(const struct nidx_shape *s,
                                   struct nidx_error *err);

/** Takes the n documents that no MUST_NOT list holds to the front. */
uint32_t nidx_shape_exclude(struct nidx_shape *s, uint32_t *docs,
                            uint32_t *scores, uint32_t n,
                            struct nidx_probe *probe);
/** Offers documents to the collector. */
void nidx_shape_offer(struct nidx_shape *s, struct nidx_topk *t, uint32_t *docs,
                      uint32_t *scores, uint32_t n, struct nidx_probe *probe);

/** The collector's threshold as a limit of 32-bit sums. */
static inline uint32_t nidx_topk_limit(const struct nidx_topk *t)
{
    return t->threshold < UINT32_MAX ? (uint32_t)t->threshold : UINT32_MAX;
}

/* The evaluators. */
enum nidx_status nidx_topk_term(struct nidx_shape *s, struct nidx_topk *t,
                                struct nidx_error *err);
/** One list of a shape alone. */
enum nidx_status nidx_topk_list(struct nidx_shape *s, struct nidx_list *l,
                                struct nidx_topk *t, struct nidx_error *err);
enum nidx_status nidx_topk_or(struct nidx_shape *s, struct nidx_topk *t,
                              struct nidx_error *err);
enum nidx_status nidx_topk_and(struct nidx_shape *s, struct nidx_topk *t,
                               struct nidx_error *err);
/** A phrase of plain words; ranks into t, or counts where t is NULL. */
enum nidx_status nidx_phrase_run(struct nidx_plan *p,
                                 const struct nidx_pnode *node,
                                 uint32_t segment, struct nidx_topk *t,
                                 uint64_t *total, bool *done,
                                 struct nidx_error *err);
enum nidx_status nidx_count_shape(struct nidx_shape *s, uint64_t *total,
                                  struct nidx_error *err);

#endif
