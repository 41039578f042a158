/* postings_batch.h: postings of many documents, as arrays beside each other.
 *
 * What gathers in memory and what is merged goes from hand to hand in
 * batches: nothing is done for one occurrence alone that can be done for
 * all.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_POSTINGS_BATCH_H
#define NIDX_COMMON_POSTINGS_BATCH_H

#include "common/codec/postings.h"

/** Postings of at most NIDX_BLOCK documents. Zero-initialised is empty. */
struct nidx_posting_batch {
    uint32_t n; /**< documents */
    nidx_docid docs[NIDX_PACK_SLOTS];
    uint32_t freqs[NIDX_PACK_SLOTS];  /**< occurrences, at least 1 */
    uint32_t titles[NIDX_PACK_SLOTS]; /**< a headline's: where any_titles */
    bool any_titles, any_lens, any_forms;
    /* Of all occurrences, document after document: */
    uint32_t n_values, cap;
    uint32_t *deltas; /**< of positions; the first of a document's is itself */
    uint32_t *lens;   /**< lengths less one: where any_lens, else zeros */
    uint32_t *forms;  /**< form numbers: where any_forms, else zeros */
};

void nidx_posting_batch_done(struct nidx_posting_batch *b);
void nidx_posting_batch_clear(struct nidx_posting_batch *b);
/** Room for n occurrences in all; false when memory is out. */
bool nidx_posting_batch_grow(struct nidx_posting_batch *b, size_t n);

static inline bool nidx_posting_batch_room(struct nidx_posting_batch *b,
                                           size_t n)
{
    return n <= b->cap || nidx_posting_batch_grow(b, n);
}

/** Sets any_lens or any_forms, and zeros for the occurrences so far. */
void nidx_posting_batch_use_lens(struct nidx_posting_batch *b);
void nidx_posting_batch_use_forms(struct nidx_posting_batch *b);

/** Whether every position is at most most. */
bool nidx_posting_batch_fits(const struct nidx_posting_batch *b, uint32_t most);

/** The postings of the block that p stands on; with_forms asks for form
 * numbers. CORRUPT on damage: what comes out can be relied on. */
enum nidx_status nidx_postings_read_batch(struct nidx_postings *p,
                                          bool with_forms,
                                          struct nidx_posting_batch *b,
                                          struct nidx_error *err);

/** Leaves out the postings whose document is NIDX_DOC_END. */
void nidx_posting_batch_compact(struct nidx_posting_batch *b);

/** Adds all postings to the list that is being written. Of each document's
 * occurrences the headline's come first. */
enum nidx_status nidx_postings_add_batch(struct nidx_postings_writer *w,
                                         const struct nidx_posting_batch *b,
                                         struct nidx_error *err);

#endif
