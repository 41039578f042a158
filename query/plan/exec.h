/* exec.h: running an expanded tree on the segments of a catalog.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_QUERY_EXEC_H
#define NIDX_QUERY_EXEC_H

#include "common/segment/segment.h"
#include "query/parse/tree.h"

/** A score counts units of 2^-20. */
typedef uint64_t nidx_score;
#define NIDX_SCORE_ONE (1u << 20)

/**
 * What queries on one catalog can share: the length factors of documents,
 * computed as they are first met. Owned by the snapshot; one thread at a time.
 */
struct nidx_norms;
enum nidx_status nidx_norms_new(const struct nidx_catalog *catalog,
                                struct nidx_norms **out,
                                struct nidx_error *err);
void nidx_norms_free(struct nidx_norms *n);

/** How age counts; recency.h has the formula. */
struct nidx_recency {
    double halflife; /**< in seconds; 0: age does not count */
    int64_t now;     /**< seconds since 1970; within 2^62 */
};

struct nidx_exec_options {
    float k1, b;
    bool plain; /**< W is 1 */
    struct nidx_recency recency;
    struct nidx_norms *norms; /**< of the catalog; NULL: the plan's own */
    int (*cancelled)(void *context); /**< may be NULL */
    void *context;
};

/** A tree planned for a catalog: statistics taken, leaves numbered. Borrows
 * both. Not for several threads. */
struct nidx_plan;
enum nidx_status nidx_plan_new(const struct nidx_tree *tree,
                               const struct nidx_catalog *catalog,
                               const struct nidx_exec_options *options,
                               struct nidx_plan **out, struct nidx_error *err);
void nidx_plan_free(struct nidx_plan *p);

struct nidx_hit {
    nidx_score score;
    uint32_t segment; /**< index in the catalog */
    nidx_docid doc;
};

/**
 * The best k documents: by score, equal ones by key bytewise. hits has room
 * for k; n receives how many. total (may be NULL: not counted) the exact
 * number of live documents that match.
 */
enum nidx_status nidx_plan_top(struct nidx_plan *p, size_t k,
                               struct nidx_hit *hits, size_t *n,
                               uint64_t *total, struct nidx_error *err);
/** The exact number alone; never touches frequencies. */
enum nidx_status nidx_plan_count(struct nidx_plan *p, uint64_t *total,
                                 struct nidx_error *err);

/** A leaf's occurrence that took part in a match. */
struct nidx_match {
    nidx_pos pos;
    uint16_t len;
    uint16_t form;  /**< number of the form in the segment's term */
    uint32_t leaf;  /**< struct nidx_node.leaf */
    uint32_t term;  /**< which of the leaf's alternatives */
    uint32_t group; /**< matches of one span of an operator share it */
};
/**
 * Every occurrence that satisfied the query in one document, in order of
 * position: words of an AND or OR all; of a phrase or NEAR only those inside
 * its spans. out is malloc'ed, owned by the caller.
 */
enum nidx_status nidx_plan_matches(struct nidx_plan *p, uint32_t segment,
                                   nidx_docid doc, struct nidx_match **out,
                                   size_t *n, struct nidx_error *err);

/** One line of an explanation: a scoring leaf or operator in one document. */
struct nidx_contribution {
    const struct nidx_node *node; /**< LEAF, PHRASE, NEAR or BEFORE */
    nidx_score score;             /**< 0: does not match */
    float boost, idf, freq, len, avglen;
    uint64_t df;                  /**< of the leaf, or of its rarest word */
};
enum nidx_status nidx_plan_explain(struct nidx_plan *p, uint32_t segment,
                                   nidx_docid doc,
                                   struct nidx_contribution **out, size_t *n,
                                   struct nidx_error *err);

/** Notes of the run: limits that were hit. Borrowed. */
size_t nidx_plan_n_notes(const struct nidx_plan *p);
const char *nidx_plan_note(const struct nidx_plan *p, size_t i);

#endif
