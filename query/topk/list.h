/* list.h: one leaf's documents in one segment, a block at a time.
 *
 * Backed by a posting list where one term is alive, or by memory where
 * several alternatives (or forms, or the body alone) had to be merged. The
 * evaluators see no difference.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_QUERY_LIST_H
#define NIDX_QUERY_LIST_H

#include "query/plan/norms.h"
#include "query/topk/score.h"

/** Documents that are looked up at once. */
#define NIDX_PROBE 4096

/** A merged list: documents rising, a frequency each. */
struct nidx_merged {
    uint32_t n, cap;
    uint32_t *docs, *freqs; /* with room for a vector behind the last */
    float *x;               /**< greatest f * inv of each block */
};
void nidx_merged_free(struct nidx_merged *m);

/** A leaf in a segment: what its alternatives' dictionary entries say. */
struct nidx_part_leaf {
    uint32_t n;                   /**< terms that the segment has */
    uint32_t df;                  /**< documents that hold any */
    struct nidx_term_info *infos; /**< n */
    uint32_t *terms;              /**< n: which alternative of the node */
    bool merge; /**< forms or the body alone count: all is merged */
    struct nidx_merged *merged; /**< owned: what is read in that case */
    /**
     * Of several plain terms: documents of the others that the most frequent
     * one (which is read from its postings) has not, and the documents of both
     * with all their occurrences. Owned; NULL: none.
     */
    uint32_t main;
    struct nidx_merged *others, *shared;
};

/** How a leaf counts and scores: equal in all segments. */
struct nidx_leaf_score {
    struct nidx_norms *norms;
    enum nidx_norm_kind kind;
    uint32_t weight; /**< of headline occurrences */
    bool scored;
    float w;
};

struct nidx_list {
    struct nidx_leaf_score how;
    const struct nidx_part_leaf *part;
    bool others; /**< the list of the part's other documents */
    uint32_t segment;
    uint32_t df;
    float x_max; /**< bound of f * inv over the list */
    const struct nidx_norm_bounds *bounds;
    const struct nidx_norm *norm;     /**< where scored */
    const struct nidx_merged *merged; /**< NULL: postings */
    const struct nidx_merged *shared; /**< frequencies that stand instead */
    struct nidx_list *also; /**< more documents of the leaf, none of these */
    struct nidx_postings postings;
    enum nidx_status status;

    /* The block it stands on; n is 0 behind the last. */
    uint32_t block; /**< of a merged list */
    nidx_docid first, last;
    uint32_t n;
    bool docs_read, freqs_read;
    uint32_t docs[NIDX_PACK_SLOTS], freqs[NIDX_PACK_SLOTS];
};

/** Lists that a leaf is read from: its main one and perhaps others. */
static inline uint32_t nidx_part_lists(const struct nidx_part_leaf *part)
{
    return part->n == 0 ? 0 : part->others ? 2 : 1;
}

/** The list of other documents, where nidx_part_lists is 2. */
enum nidx_status nidx_list_open_others(struct nidx_list *l,
                                       const struct nidx_part_leaf *part,
                                       const struct nidx_leaf_score *how,
                                       uint32_t segment,
                                       struct nidx_error *err);
/** Stands on the first block. part has at least one term. */
enum nidx_status nidx_list_open(struct nidx_list *l,
                                const struct nidx_part_leaf *part,
                                const struct nidx_leaf_score *how,
                                uint32_t segment, struct nidx_error *err);

/** Stands on the first block again, and its sibling too. */
enum nidx_status nidx_list_reopen(struct nidx_list *l, struct nidx_error *err);

/** To the next block; false at the end or at damage (status). */
bool nidx_list_next(struct nidx_list *l);
/** Forward to the first block whose last document is >= target. */
bool nidx_list_seek_far(struct nidx_list *l, nidx_docid target);
static inline bool nidx_list_seek(struct nidx_list *l, nidx_docid target)
{
    if (l->n && l->last >= target)
        return true;
    return l->n && nidx_list_seek_far(l, target);
}

/** The block's documents, all below the segment's number of documents. */
const uint32_t *nidx_list_read_docs(struct nidx_list *l);
static inline const uint32_t *nidx_list_docs(struct nidx_list *l)
{
    return l->docs_read ? l->docs : nidx_list_read_docs(l);
}
const uint32_t *nidx_list_read_freqs(struct nidx_list *l);
static inline const uint32_t *nidx_list_freqs(struct nidx_list *l)
{
    return l->freqs_read ? l->freqs : nidx_list_read_freqs(l);
}
uint32_t nidx_list_freq_at(struct nidx_list *l, uint32_t i);

/** Scores of n documents that the list holds, by their frequencies; scores
 * has room for n rounded up to 16. Scored lists only. */
void nidx_list_score(struct nidx_list *l, const uint32_t *docs,
                     const uint32_t *freqs, uint32_t n, uint32_t *scores);
/** The scores of the block into NIDX_PACK_SLOTS; scored lists only. */
void nidx_list_scores(struct nidx_list *l, uint32_t *scores);

/** Index of the first document >= target in the block (target <= last). */
static inline uint32_t nidx_list_find(struct nidx_list *l, nidx_docid target)
{
    const uint32_t *docs = nidx_list_docs(l);
    uint32_t low = 0, n = l->n;

    while (n > 1) {
        uint32_t half = n / 2;
        low += docs[low + half - 1] < target ? half : 0;
        n -= half;
    }
    return low + (docs[low] < target);
}

/** Bound of f * inv in the block it stands on. */
float nidx_list_x(const struct nidx_list *l);
/** The greatest length factor of the block it stands on. */
float nidx_list_most_inv(const struct nidx_list *l);
/** Bound of f * inv for documents up to `to`, from the current block on. */
float nidx_list_x_to(const struct nidx_list *l, nidx_docid to);
/** Forward, from the current block on, to one whose bound is above low. */
bool nidx_list_skip_low(struct nidx_list *l, float low);
/** A bound of f * inv as a bound of scores. */
static inline uint32_t nidx_list_bound(const struct nidx_list *l, float x)
{
    return l->how.scored ? nidx_score_x(l->how.w, x) : 0;
}

/** First document that the list or its sibling may have, from target on. */
nidx_docid nidx_list_seek_both(struct nidx_list *l, nidx_docid target);
/** nidx_list_x_to of both. */
float nidx_list_x_both(const struct nidx_list *l, nidx_docid to);

/** A document of a list among some that were asked for. */
struct nidx_probe {
    uint32_t at[NIDX_PROBE]; /**< which of those asked for */
    uint32_t freqs[NIDX_PROBE];
    uint32_t ranks[NIDX_PROBE]; /**< how many postings come before */
};

/** What is asked for beside which documents there are. */
enum nidx_probe_want {
    NIDX_PROBE_DOCS = 0,
    NIDX_PROBE_FREQS = 1,
    NIDX_PROBE_RANKS = 2 /**< of lists that nidx_list_has_ranks */
};

/**
 * Which of n rising documents the list or its sibling holds, none before its
 * current block; n is at most NIDX_PROBE. Returns how many, and moves on.
 */
uint32_t nidx_list_probe(struct nidx_list *l, const uint32_t *docs, uint32_t n,
                         unsigned want, struct nidx_probe *out);

/** Whether all of the leaf's documents are one posting list. */
static inline bool nidx_list_has_ranks(const struct nidx_list *l)
{
    return !l->merged && !l->shared && !l->also;
}

/** The rank of posting i of the current block. */
static inline uint32_t nidx_list_rank(const struct nidx_list *l, uint32_t i)
{
    return (l->postings.first_block + l->postings.block) * NIDX_BLOCK + i;
}

#endif
