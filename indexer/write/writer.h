/* writer.h: what a writer holds: queue, workers, segments to be published.
 *
 * The caller's thread numbers documents and deletions as they come (seq) and
 * fills batches; workers take batches, invert them and write segments under
 * ids that no manifest names. A commit lets the workers run dry, finds out
 * which of equal keys was last, and publishes everything in one transaction.
 *
 * Locks: mutex guards the queue, the list of pending segments and the state
 * of workers; store_mutex is held through every write transaction. Neither is
 * taken while the other is held.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_WRITER_H
#define NIDX_INDEXER_WRITER_H

#include <pthread.h>

#include "common/segment/index.h"
#include "indexer/write/batch.h"
#include "indexer/import/notes.h"
#include "indexer/write/pending.h"
#include "indexer/write/sink.h"

/** A thread with its own inverter. */
struct nidx_worker {
    struct nidx_writer *writer;
    pthread_t thread;
    struct nidx_inverter inverter;
    bool ready; /**< inverter is there */
    struct nidx_sink sink;
    struct nidx_segment_writer *segment; /**< NULL: none begun */
    bool full; /**< has documents that are not in a pending segment */
};

/** A deletion asked for; keys of all stand in one buffer. */
struct nidx_removal {
    size_t offset;
    uint32_t len;
    uint64_t seq;
};

/** Counts of what was published. */
struct nidx_writer_counts {
    uint64_t added, updated, duplicates, deleted;
    uint64_t bad_bytes, cut_words;
};

/** What is known of a published segment besides the manifest: which of its
 * documents this writer added. */
struct nidx_origin {
    uint32_t segment;
    uint64_t *fresh; /**< bits; NULL: all or none */
    bool all;
};

struct nidx_writer {
    struct nidx_index *index;
    uint64_t memory;
    unsigned n_workers;
    size_t share;       /**< of a worker: inverter and what it gathers */
    size_t sink_limit;  /**< of each sink */
    size_t queue_limit; /**< bytes that may wait */
    size_t batch_bytes;

    struct nidx_manifest manifest; /**< what is published */
    struct nidx_origin *origins;   /**< beside its segments */
    uint32_t next_id;
    uint64_t seq;
    nidx_progress_fn merging; /**< asked while commits merge; may be NULL */
    void *merging_context;
    struct nidx_batch *open; /**< being filled */
    struct nidx_removal *removals;
    uint32_t n_removals, cap_removals;
    struct nidx_buf removal_keys;
    struct nidx_notes notes; /**< of files; written by the next commit */
    struct nidx_writer_counts counts;

    pthread_mutex_t store_mutex;
    pthread_mutex_t mutex;
    pthread_cond_t work; /**< workers: something to do */
    pthread_cond_t idle; /**< the caller: something was done */
    struct nidx_worker *workers;
    unsigned n_started, n_busy;
    bool draining, quit;
    struct nidx_batch *first, *last, *spare;
    size_t queued; /**< bytes that wait or are at work */
    struct nidx_pending *pending;
    uint32_t n_pending, cap_pending;
    enum nidx_status status; /**< of the first failure, until rollback */
    struct nidx_error error;
};

/** What this writer has published so far. */
void nidx_writer_counts(struct nidx_writer *w, struct nidx_writer_counts *out);

/* ------------------------------------------------------------- worker.c */

enum nidx_status nidx_workers_start(struct nidx_writer *w,
                                    struct nidx_error *err);
/** Hands the open batch to the workers; waits while too much is queued. */
enum nidx_status nidx_workers_give(struct nidx_writer *w,
                                   struct nidx_error *err);
/** Waits until all that was given stands in pending segments, or failed. */
enum nidx_status nidx_workers_drain(struct nidx_writer *w,
                                    struct nidx_error *err);
/** Waits and forgets everything that was given; state is clean again. */
void nidx_workers_discard(struct nidx_writer *w);
/** Idle workers give their memory back: merging needs it now. */
void nidx_workers_rest(struct nidx_writer *w);
void nidx_workers_stop(struct nidx_writer *w);
/** Whether anything was given, or gathered, that is not published. */
bool nidx_workers_dirty(struct nidx_writer *w);

#endif
