/* chain.h: the postings of one term while they gather in memory.
 *
 * A chain is a string of cells in a pool of slices. A cell is a varint:
 *   document delta << 1 | 1      a new document; its occurrences follow
 *   position delta << 2 | x << 1 an occurrence; where x is 1, varints of its
 *                                length and of its form's number follow
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_CHAIN_H
#define NIDX_INDEXER_CHAIN_H

#include "common/codec/postings_batch.h"
#include "indexer/write/slices.h"

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

/** Bytes of a document's cell and an occurrence's without marks, at most. */
#define NIDX_CHAIN_CELLS 10

static inline uint8_t *nidx_chain_put(uint8_t *p, uint32_t v)
{
    for (; v >= 0x80; v >>= 7)
        *p++ = (uint8_t)(v | 0x80);
    *p++ = (uint8_t)v;
    return p;
}

/** As nidx_chain_add, where the slice may be full, or there are marks. */
void nidx_chain_add_slow(struct nidx_slices *s, struct nidx_chain *c,
                         uint32_t doc, uint32_t pos, uint16_t len,
                         uint16_t form);

/** Adds an occurrence; documents and, within one, positions rise. Failure
 * shows in s->oom. */
static inline void nidx_chain_add(struct nidx_slices *s, struct nidx_chain *c,
                                  uint32_t doc, uint32_t pos, uint16_t len,
                                  uint16_t form)
{
    if (c->cells.end - c->cells.at < NIDX_CHAIN_CELLS || len != 1 ||
        form != 0) {
        nidx_chain_add_slow(s, c, doc, pos, len, form);
        return;
    }
    uint8_t *p = s->bytes + c->cells.at;
    uint32_t before = c->last_pos;
    if (c->last_doc != doc + 1) {
        p = nidx_chain_put(p, (doc + 1 - c->last_doc) << 1 | 1);
        c->last_doc = doc + 1;
        c->df++;
        before = 0;
    }
    c->last_pos = pos;
    p = nidx_chain_put(p, (pos - before) << 2);
    c->cells.at = (uint32_t)(p - s->bytes);
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
