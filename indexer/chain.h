/* chain.h: the postings of one term while they gather in memory.
 *
 * A chain is a string of cells in a pool of slices. A cell is a varint:
 *   document delta << 1 | 1      a new document; its occurrences follow
 *   position delta << 2 | x << 1 an occurrence; where x is 1, varints of its
 *                                length and of its form's number follow
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_CHAIN_H
#define NIDX_INDEXER_CHAIN_H

#include "common/postings_batch.h"
#include "indexer/slices.h"

/** Form numbers are 16 bits wide; the forms beyond share the last one. */
#define NIDX_FORM_NUMBERS 65535u

/** Two fit a cache line. Zero-initialised is empty. */
struct nidx_chain {
    struct nidx_slice cells;
    uint32_t last_doc; /**< plus one; 0: none yet */
    uint32_t last_pos;
    uint32_t df;
    uint32_t n_forms; /**< of the term: in the chains of words alone */
};

/** Adds an occurrence; documents and, within one, positions rise. Failure
 * shows in s->oom. */
static inline void nidx_chain_add(struct nidx_slices *s, struct nidx_chain *c,
                                  uint32_t doc, uint32_t pos, uint16_t len,
                                  uint16_t form)
{
    if (c->last_doc != doc + 1) {
        nidx_slices_varint(s, &c->cells, (doc + 1 - c->last_doc) << 1 | 1);
        c->last_doc = doc + 1;
        c->last_pos = 0;
        c->df++;
    }
    const uint32_t delta = pos - c->last_pos;
    c->last_pos = pos;
    if (len == 1 && form == 0) {
        nidx_slices_varint(s, &c->cells, delta << 2);
        return;
    }
    nidx_slices_varint(s, &c->cells, delta << 2 | 2);
    nidx_slices_varint(s, &c->cells, len);
    nidx_slices_varint(s, &c->cells, form);
}

/** Takes a chain apart, batch by batch; owns its buffers. */
struct nidx_chain_reader {
    struct nidx_buf bytes;
    const uint8_t *p, *end;
    uint32_t next; /**< plus one: the document whose cell was read already */
};

void nidx_chain_reader_done(struct nidx_chain_reader *r);
/** c is borrowed, and nothing may be added to the pool while it is read. false
 * when memory is out. */
bool nidx_chain_read(struct nidx_chain_reader *r, const struct nidx_slices *s,
                     const struct nidx_chain *c);

/** Where the headlines of documents end: positions below are theirs. */
struct nidx_headlines {
    const uint32_t *ends; /**< by document; NULL: nothing is headline */
    uint32_t most;        /**< the greatest of them */
};

/** The next documents, at most NIDX_BLOCK, into b; none behind the last. false
 * when memory is out. */
bool nidx_chain_next(struct nidx_chain_reader *r,
                     const struct nidx_headlines *headlines,
                     struct nidx_posting_batch *b);

#endif
