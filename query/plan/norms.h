/* norms.h: length factors of documents, computed as they are first met.
 *
 * One array of floats a segment and kind of length. The first documents of a
 * chunk of NIDX_COLUMN_ROWS are computed one by one; when many were asked for
 * the chunk is filled. So a single query pays for what it touches and later
 * ones on the same catalog for nothing.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_QUERY_NORMS_H
#define NIDX_QUERY_NORMS_H

#include "query/expand/known.h"
#include "query/plan/exec.h"

/** Which length counts. */
enum nidx_norm_kind {
    NIDX_NORM_ALL = 0, /**< weighted, or plain */
    NIDX_NORM_BODY,
    NIDX_NORM_TITLE,
    NIDX_NORM_AUTHOR,
    NIDX_NORM_NONE, /**< no lengths are kept: all are 1 */
    NIDX_NORM_KINDS
};
enum nidx_norm_kind nidx_norm_kind_of(uint8_t field);

/** Length factors of one segment and kind. */
struct nidx_norm {
    float *inv;       /**< by document; valid where filled says so */
    uint64_t *filled; /**< bit c: chunk c of NIDX_COLUMN_ROWS documents */
    uint16_t *asked;  /**< documents of a chunk computed one by one */
    uint32_t n_empty; /**< chunks not filled */
};

/** Tables by impact code, for bounds. */
struct nidx_norm_bounds {
    float freqs[256]; /**< greatest frequency of a code */
    float invs[256];  /**< greatest factor of a length code */
};

struct nidx_norms {
    const struct nidx_catalog *catalog; /**< borrowed */
    float k1, b;
    bool plain, ready;
    bool unscored; /**< nobody asks for scores: lengths are not read */
    float avglens[NIDX_NORM_KINDS];
    struct nidx_norm_bounds all;   /**< of ALL: impacts hold lengths */
    struct nidx_norm_bounds other; /**< of the rest: they hold none */
    struct nidx_norm *norms;       /**< segment * NIDX_NORM_KINDS + kind */
    void *scratch;                 /**< of the evaluator that runs */
    size_t scratch_size;
    struct nidx_known_terms *known; /**< of earlier queries */
    uint32_t *sums; /**< NIDX_SUMS numbers, 0 whenever nobody uses them */
};

/** Documents of the widest window of sums. */
#define NIDX_SUMS 4096

/** Memory that an evaluator works in until it ends; NULL: there is none. Its
 * contents are what the last one left. */
void *nidx_norms_scratch(struct nidx_norms *n, size_t size);
/** Sums to be left as they are found: all 0; NULL: no memory. */
uint32_t *nidx_norms_sums(struct nidx_norms *n);

/** Makes the factors those of k1, b and plain; cheap when they are. */
void nidx_norms_use(struct nidx_norms *n, float k1, float b, bool plain);

/** The arrays of a segment, allocated when first asked for. */
enum nidx_status nidx_norms_of(struct nidx_norms *n, uint32_t segment,
                               enum nidx_norm_kind kind, struct nidx_norm **out,
                               struct nidx_error *err);

/** The slow half of nidx_norms_need. */
enum nidx_status nidx_norms_find(struct nidx_norms *n, uint32_t segment,
                                 enum nidx_norm_kind kind,
                                 const nidx_docid *docs, uint32_t count,
                                 struct nidx_error *err);

/** Makes the factors of some documents valid, until another k1, b or plain is
 * used. norm is what nidx_norms_of gave. */
static inline enum nidx_status nidx_norms_need(
    struct nidx_norms *n, uint32_t segment, enum nidx_norm_kind kind,
    const struct nidx_norm *norm, const nidx_docid *docs, uint32_t count,
    struct nidx_error *err)
{
    return norm->n_empty == 0
               ? NIDX_OK
               : nidx_norms_find(n, segment, kind, docs, count, err);
}

/** Lengths of n documents from first on (n at most NIDX_COLUMN_ROWS). */
enum nidx_status nidx_norms_lens(const struct nidx_norms *n, uint32_t segment,
                                 enum nidx_norm_kind kind, uint32_t first,
                                 uint32_t count, uint32_t *lens,
                                 struct nidx_error *err);

/** The bounds table of a kind. */
static inline const struct nidx_norm_bounds *nidx_norms_bounds(
    const struct nidx_norms *n, enum nidx_norm_kind kind)
{
    return kind == NIDX_NORM_ALL ? &n->all : &n->other;
}

#endif
