/* list.h: one leaf's documents in one segment, a block at a time.
 *
 * Backed by a posting list where one term is alive, or by memory where
 * several alternatives (or forms, or the body alone) had to be merged. The
 * evaluators see no difference.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_QUERY_LIST_H
#define NIDX_QUERY_LIST_H

#include "query/norms.h"
#include "query/score.h"

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
    bool merge;                   /**< not one plain posting list */
    struct nidx_merged *merged;   /**< owned, made before it is read */
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
    uint32_t segment;
    uint32_t df;
    float x_max; /**< bound of f * inv over the list */
    const struct nidx_norm_bounds *bounds;
    const struct nidx_norm *norm;     /**< where scored */
    const struct nidx_merged *merged; /**< NULL: postings */
    struct nidx_postings postings;
    enum nidx_status status;

    /* The block it stands on; n is 0 behind the last. */
    uint32_t block; /**< of a merged list */
    nidx_docid first, last;
    uint32_t n;
    bool docs_read, freqs_read;
    uint32_t docs[NIDX_PACK_SLOTS], freqs[NIDX_PACK_SLOTS];
};

/** Stands on the first block. part has at least one term. */
enum nidx_status nidx_list_open(struct nidx_list *l,
                                const struct nidx_part_leaf *part,
                                const struct nidx_leaf_score *how,
                                uint32_t segment, struct nidx_error *err);

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
/** Bound of f * inv for documents up to `to`, from the current block on. */
float nidx_list_x_to(const struct nidx_list *l, nidx_docid to);
/** Forward, from the current block on, to one whose bound is above low. */
bool nidx_list_skip_low(struct nidx_list *l, float low);
/** A bound of f * inv as a bound of scores. */
static inline uint32_t nidx_list_bound(const struct nidx_list *l, float x)
{
    return l->how.scored ? nidx_score_x(l->how.w, x) : 0;
}

/** A document of a list among some that were asked for. */
struct nidx_probe {
    uint32_t at[NIDX_PROBE];    /**< which of those asked for */
    uint32_t index[NIDX_PROBE]; /**< of its posting in its block */
    uint32_t freqs[NIDX_PROBE];
};
/**
 * Which of n rising documents the list holds, none before its current block;
 * n is at most NIDX_PROBE. Returns how many, and moves on. Frequencies are
 * read where they are asked for.
 */
uint32_t nidx_list_probe(struct nidx_list *l, const uint32_t *docs, uint32_t n,
                         bool freqs, struct nidx_probe *out);

#endif
