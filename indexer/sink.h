/* sink.h: a segment's parts on their way to the store, in short transactions.
 *
 * Chunks gather in memory and are put together, so that the store's lock is
 * held for as long as a few megabytes take and LMDB never keeps more dirty
 * pages than that.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_SINK_H
#define NIDX_INDEXER_SINK_H

#include <pthread.h>

#include "common/part.h"
#include "common/store.h"

struct nidx_sink_chunk {
    enum nidx_part part;
    uint32_t chunk;
    size_t offset, len;
};

struct nidx_sink {
    struct nidx_part_sink base; /* first: codecs put through it */
    struct nidx_store *store;
    pthread_mutex_t *mutex; /**< one transaction at a time */
    uint32_t segment;
    size_t limit; /**< bytes that gather before they are put */
    struct nidx_buf bytes;
    struct nidx_sink_chunk *chunks;
    uint32_t n, cap;
};

/** store and mutex are borrowed. */
void nidx_sink_init(struct nidx_sink *s, struct nidx_store *store,
                    pthread_mutex_t *mutex, size_t limit);
void nidx_sink_done(struct nidx_sink *s);
/** For the parts of a segment; what had gathered is forgotten. */
void nidx_sink_begin(struct nidx_sink *s, uint32_t segment);
/** Puts what has gathered. */
enum nidx_status nidx_sink_drain(struct nidx_sink *s, struct nidx_error *err);

#endif
