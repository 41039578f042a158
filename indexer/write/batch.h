/* batch.h: documents that wait for a worker, many at once.
 *
 * A worker takes a whole batch, so that the queue's lock is rarely touched and
 * few documents make few segments. All documents of a batch share two
 * buffers, so that what it holds is what its documents need.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_BATCH_H
#define NIDX_INDEXER_BATCH_H

#include "indexer/source/document.h"

/** A document of a batch: its scalars, and where the rest of it is. */
struct nidx_batch_item {
    uint64_t seq;
    size_t key, bytes; /**< offsets */
    size_t key_len, bytes_len;
    uint32_t values; /**< index of the first */
    uint32_t n_values;
    int64_t date;
    enum nidx_date_rule date_rule;
    uint64_t stat, content, bad_bytes;
};

struct nidx_batch {
    struct nidx_batch *next;
    struct nidx_batch_item *items;
    struct nidx_document_value *values;
    uint32_t n, cap, n_values, cap_values;
    struct nidx_buf bytes; /**< keys and values */
};

struct nidx_batch *nidx_batch_new(void); /**< NULL: no memory */
void nidx_batch_free(struct nidx_batch *b);
/** Empties it; buffers that a huge document left are given back. */
void nidx_batch_clear(struct nidx_batch *b);
/** Appends a copy of d. */
enum nidx_status nidx_batch_add(struct nidx_batch *b,
                                const struct nidx_document *d, uint64_t seq,
                                struct nidx_error *err);
/** The i-th as a document that borrows from b: only to be read. */
struct nidx_document nidx_batch_get(const struct nidx_batch *b, uint32_t i);

#endif
