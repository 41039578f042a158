/* docmap.h: where the documents of merged segments go.
 *
 * Segments follow one another in order, without their deleted documents. Only
 * a count before every 64 documents is kept, not a number for each.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_DOCMAP_H
#define NIDX_INDEXER_DOCMAP_H

#include "common/segment/segment.h"

struct nidx_docmap {
    const uint64_t *deleted; /**< borrowed; NULL: none */
    uint32_t base;           /**< the number of the first live document */
    uint32_t n_docs, n_live;
    uint32_t *before; /**< live documents before each word; NULL: no deleted */
};

enum nidx_status nidx_docmap_init(struct nidx_docmap *m,
                                  const uint64_t *deleted, uint32_t n_docs,
                                  uint32_t base, struct nidx_error *err);
void nidx_docmap_done(struct nidx_docmap *m);

/** The new number of doc, or NIDX_DOC_END where it is deleted. */
static inline nidx_docid nidx_docmap_get(const struct nidx_docmap *m,
                                         nidx_docid doc)
{
    if (!m->before)
        return m->base + doc;
    const uint64_t word = m->deleted[doc >> 6];
    const uint64_t bit = UINT64_C(1) << (doc & 63);
    if (word & bit)
        return NIDX_DOC_END;
    return m->base + m->before[doc >> 6] +
           (uint32_t)__builtin_popcountll(~word & (bit - 1));
}

#endif
