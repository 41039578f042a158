/* sink.h: a segment's parts on their way to the store, in short transactions.
 *
 * Chunks gather in memory and are put together, so that the store's lock is
 * held for as long as a few megabytes take and LMDB never keeps more dirty
 * pages than that. Putting is the work of a thread of its own: while it waits
 * for the disk the next chunks gather.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_SINK_H
#define NIDX_INDEXER_SINK_H

#include <pthread.h>

#include "common/codec/part.h"
#include "common/store/store.h"

struct nidx_sink_chunk {
    uint32_t segment;
    enum nidx_part part;
    uint32_t chunk;
    size_t offset, len;
};

/** Chunks that are put in one transaction, each of which waits for the disk:
 * those of several segments may be among them. */
struct nidx_sink_load {
    struct nidx_buf bytes;
    struct nidx_sink_chunk *chunks;
    uint32_t n, cap;
};

struct nidx_sink {
    struct nidx_part_sink base; /* first: codecs put through it */
    struct nidx_store *store;
    pthread_mutex_t *mutex; /**< one transaction at a time */
    size_t limit;           /**< bytes that gather before they are put */
    uint32_t segment;       /**< whose parts come */
    struct nidx_sink_load gathering;

    pthread_t thread;
    bool started;           /**< thread is there */
    pthread_mutex_t lock;   /**< of what follows */
    pthread_cond_t changed; /**< busy or quit is another */
    bool busy, quit;
    struct nidx_sink_load moving; /**< the thread's own while busy */
    enum nidx_status status;      /**< of the first failure */
    struct nidx_error error;
};

/** store and mutex are borrowed. A sink may not move afterwards. */
enum nidx_status nidx_sink_init(struct nidx_sink *s, struct nidx_store *store,
                                pthread_mutex_t *mutex, size_t limit,
                                struct nidx_error *err);
/** Waits for what is on its way. */
void nidx_sink_done(struct nidx_sink *s);
/** Gives its memory back, as done; it can be used again. */
void nidx_sink_rest(struct nidx_sink *s);
/** What had gathered is forgotten. */
void nidx_sink_forget(struct nidx_sink *s);
/** Sends what has gathered on its way. Failure may show at a later call. */
enum nidx_status nidx_sink_drain(struct nidx_sink *s, struct nidx_error *err);
/** Waits until all that was sent is in the store. */
enum nidx_status nidx_sink_settle(struct nidx_sink *s, struct nidx_error *err);

#endif
