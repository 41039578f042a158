/* batch.h: documents that wait for a worker, many at once.
 *
 * A worker takes a whole batch, so that the queue's lock is rarely touched and
 * few documents make few segments.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_BATCH_H
#define NIDX_INDEXER_BATCH_H

#include "indexer/document.h"

struct nidx_batch {
    struct nidx_batch *next;
    struct nidx_document *docs; /**< cap of them; their buffers are reused */
    uint64_t *seqs;             /**< beside docs */
    uint32_t n, cap;
    uint32_t cap_seqs;
    size_t bytes; /**< of keys and values */
};

struct nidx_batch *nidx_batch_new(void); /**< NULL: no memory */
void nidx_batch_free(struct nidx_batch *b);
/** Empties it; buffers of huge documents are given back. */
void nidx_batch_clear(struct nidx_batch *b);
/** Appends a copy of d. */
enum nidx_status nidx_batch_add(struct nidx_batch *b,
                                const struct nidx_document *d, uint64_t seq,
                                struct nidx_error *err);

#endif
