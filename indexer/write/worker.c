/* worker.c: the threads that invert documents and write segments.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "indexer/write/flush.h"
#include "indexer/write/grow.h"
#include "indexer/write/writer.h"

/* ------------------------------------------------------------- one worker */

static enum nidx_status begin_segment(struct nidx_worker *k,
                                      struct nidx_error *err)
{
    struct nidx_writer *w = k->writer;

    if (!k->ready) {
        enum nidx_status status = nidx_inverter_init(
            &k->inverter, w->share, w->index->header.language, err);
        if (status != NIDX_OK)
            return status;
        k->ready = true;
    }
    pthread_mutex_lock(&w->mutex);
    const uint32_t id = w->next_id++;
    pthread_mutex_unlock(&w->mutex);
    k->sink.segment = id;
    return nidx_segment_writer_new(&k->sink.base, w->index->header.title_weight,
                                   &k->segment, err);
}

/** Forgets the segment at work. */
static void drop_segment(struct nidx_worker *k)
{
    nidx_segment_writer_free(k->segment);
    k->segment = NULL;
    if (k->ready)
        nidx_inverter_clear(&k->inverter);
    k->full = false;
}

/** Gives its memory back, until the next document comes. */
static void release(struct nidx_worker *k)
{
    if (k->ready)
        nidx_inverter_done(&k->inverter);
    k->ready = false;
    nidx_sink_rest(&k->sink);
}

static enum nidx_status append_pending(struct nidx_worker *k,
                                       struct nidx_pending *p,
                                       struct nidx_error *err)
{
    struct nidx_writer *w = k->writer;

    pthread_mutex_lock(&w->mutex);
    w->counts.bad_bytes += k->inverter.bad_bytes;
    w->counts.cut_words += k->inverter.cut_words;
    const bool ok = nidx_grow(&w->pending, &w->cap_pending,
                              (uint64_t)w->n_pending + 1, sizeof(*p));
    if (ok)
        w->pending[w->n_pending++] = *p;
    pthread_mutex_unlock(&w->mutex);
    if (ok)
        return NIDX_OK;
    nidx_pending_done(p);
    return nidx_nomem(err);
}

static enum nidx_status flush(struct nidx_worker *k, struct nidx_error *err)
{
    struct nidx_segment_info info = {0};
    struct nidx_pending p;

    enum nidx_status status = nidx_flush(&k->inverter, k->segment, &info, err);
    info.id = k->sink.segment;
    if (status == NIDX_OK)
        status = nidx_pending_init(&p, &k->inverter, &info, err);
    if (status == NIDX_OK)
        status = append_pending(k, &p, err);
    drop_segment(k);
    return status;
}

static enum nidx_status take_batch(struct nidx_worker *k,
                                   const struct nidx_batch *b,
                                   struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;

    for (uint32_t i = 0; i < b->n && status == NIDX_OK; i++) {
        const struct nidx_document d = nidx_batch_get(b, i);
        if (!k->segment)
            status = begin_segment(k, err);
        k->full = true;
        if (status == NIDX_OK)
            status = nidx_inverter_add(&k->inverter, k->segment, &d,
                                       b->items[i].seq, err);
        if (status == NIDX_OK &&
            nidx_inverter_memory(&k->inverter) > k->writer->share)
            status = flush(k, err);
    }
    return status;
}

/* ------------------------------------------------------------- the threads */

static void keep_failure(struct nidx_writer *w, enum nidx_status status,
                         const struct nidx_error *error)
{
    if (w->status != NIDX_OK)
        return;
    w->status = status;
    w->error = *error;
}

/** Something that the worker can do now; the mutex is held. */
static bool has_work(const struct nidx_worker *k)
{
    const struct nidx_writer *w = k->writer;

    return w->first || (w->draining && k->full && w->status == NIDX_OK);
}

/** Takes the next batch, or NULL. The mutex is held. */
static struct nidx_batch *pop(struct nidx_writer *w)
{
    struct nidx_batch *b = w->first;

    if (b) {
        w->first = b->next;
        if (!w->first)
            w->last = NULL;
        b->next = NULL;
    }
    return b;
}

static void recycle(struct nidx_writer *w, struct nidx_batch *b)
{
    w->queued -= b->bytes.len;
    nidx_batch_clear(b);
    b->next = w->spare;
    w->spare = b;
}

/** One piece of work; the mutex is held before and after, not within. */
static void work(struct nidx_worker *k)
{
    struct nidx_writer *w = k->writer;
    struct nidx_error error = {0};
    enum nidx_status status = NIDX_OK;

    struct nidx_batch *b = pop(w);
    const bool failed = w->status != NIDX_OK;
    w->n_busy++;
    pthread_mutex_unlock(&w->mutex);
    if (!failed)
        status = b ? take_batch(k, b, &error) : flush(k, &error);
    pthread_mutex_lock(&w->mutex);
    w->n_busy--;
    if (b)
        recycle(w, b);
    if (status != NIDX_OK)
        keep_failure(w, status, &error);
    pthread_cond_broadcast(&w->idle);
}

static void *run(void *context)
{
    struct nidx_worker *k = context;
    struct nidx_writer *w = k->writer;

    pthread_mutex_lock(&w->mutex);
    while (!w->quit) {
        if (has_work(k))
            work(k);
        else
            pthread_cond_wait(&w->work, &w->mutex);
    }
    pthread_mutex_unlock(&w->mutex);
    return NULL;
}

/* ------------------------------------------------------- the caller's side */

static enum nidx_status start_one(struct nidx_writer *w, struct nidx_worker *k,
                                  struct nidx_error *err)
{
    k->writer = w;
    enum nidx_status status = nidx_sink_init(
        &k->sink, w->index->store, &w->store_mutex, w->sink_limit, err);
    if (status != NIDX_OK)
        return status;
    const int code = pthread_create(&k->thread, NULL, run, k);
    if (code == 0)
        return NIDX_OK;
    nidx_sink_done(&k->sink);
    return nidx_fail_errno(err, code, "cannot start a thread");
}

enum nidx_status nidx_workers_start(struct nidx_writer *w,
                                    struct nidx_error *err)
{
    while (w->n_started < w->n_workers) {
        enum nidx_status status = start_one(w, &w->workers[w->n_started], err);
        if (status != NIDX_OK && w->n_started == 0)
            return status;
        if (status != NIDX_OK) {
            w->n_workers = w->n_started; /* fewer hands do it too */
            break;
        }
        w->n_started++;
    }
    return NIDX_OK;
}

static enum nidx_status failure(const struct nidx_writer *w,
                                struct nidx_error *err)
{
    if (w->status != NIDX_OK && err)
        *err = w->error;
    return w->status;
}

enum nidx_status nidx_workers_give(struct nidx_writer *w,
                                   struct nidx_error *err)
{
    struct nidx_batch *b = w->open;

    if (!b || b->n == 0)
        return NIDX_OK;
    enum nidx_status status = nidx_workers_start(w, err);
    if (status != NIDX_OK)
        return status;
    pthread_mutex_lock(&w->mutex);
    while (w->queued > 0 && w->queued + b->bytes.len > w->queue_limit &&
           w->status == NIDX_OK)
        pthread_cond_wait(&w->idle, &w->mutex);
    w->open = w->spare;
    if (w->spare)
        w->spare = w->spare->next;
    if (w->open)
        w->open->next = NULL;
    if (w->last)
        w->last->next = b;
    else
        w->first = b;
    w->last = b;
    w->queued += b->bytes.len;
    status = failure(w, err);
    pthread_cond_signal(&w->work);
    pthread_mutex_unlock(&w->mutex);
    return status;
}

static bool any_full(const struct nidx_writer *w)
{
    for (unsigned i = 0; i < w->n_started; i++) {
        if (w->workers[i].full)
            return true;
    }
    return false;
}

/** Waits until everything that idle workers made is in the store, or is
 * forgotten. */
static void settle(struct nidx_writer *w, bool forget)
{
    for (unsigned i = 0; i < w->n_started; i++) {
        struct nidx_sink *sink = &w->workers[i].sink;
        struct nidx_error error = {0};
        if (forget)
            nidx_sink_forget(sink);
        enum nidx_status status = nidx_sink_drain(sink, &error);
        if (status == NIDX_OK)
            status = nidx_sink_settle(sink, &error);
        pthread_mutex_lock(&w->mutex);
        if (status != NIDX_OK)
            keep_failure(w, status, &error);
        pthread_mutex_unlock(&w->mutex);
    }
}

enum nidx_status nidx_workers_drain(struct nidx_writer *w,
                                    struct nidx_error *err)
{
    enum nidx_status status = nidx_workers_give(w, err);

    pthread_mutex_lock(&w->mutex);
    w->draining = true;
    pthread_cond_broadcast(&w->work);
    /* A busy worker's `full` is its own; it is read when none is busy. */
    while (w->first || w->n_busy > 0 || (w->status == NIDX_OK && any_full(w)))
        pthread_cond_wait(&w->idle, &w->mutex);
    w->draining = false;
    pthread_mutex_unlock(&w->mutex);
    settle(w, false);
    pthread_mutex_lock(&w->mutex);
    if (status == NIDX_OK)
        status = failure(w, err);
    pthread_mutex_unlock(&w->mutex);
    return status;
}

void nidx_workers_discard(struct nidx_writer *w)
{
    pthread_mutex_lock(&w->mutex);
    /* Any failure will do: workers then pass over what is queued. */
    if (w->status == NIDX_OK)
        w->status = NIDX_ERR_STOPPED;
    if (w->open)
        nidx_batch_clear(w->open);
    pthread_cond_broadcast(&w->work);
    while (w->first || w->n_busy > 0)
        pthread_cond_wait(&w->idle, &w->mutex);
    pthread_mutex_unlock(&w->mutex);
    settle(w, true);
    pthread_mutex_lock(&w->mutex);
    for (unsigned i = 0; i < w->n_started; i++)
        drop_segment(&w->workers[i]);
    for (uint32_t i = 0; i < w->n_pending; i++)
        nidx_pending_done(&w->pending[i]);
    w->n_pending = 0;
    w->status = NIDX_OK;
    pthread_mutex_unlock(&w->mutex);
}

void nidx_workers_stop(struct nidx_writer *w)
{
    pthread_mutex_lock(&w->mutex);
    w->quit = true;
    pthread_cond_broadcast(&w->work);
    pthread_mutex_unlock(&w->mutex);
    for (unsigned i = 0; i < w->n_started; i++) {
        struct nidx_worker *k = &w->workers[i];
        pthread_join(k->thread, NULL);
        drop_segment(k);
        release(k);
        nidx_sink_done(&k->sink);
    }
    w->n_started = 0;
}

void nidx_workers_rest(struct nidx_writer *w)
{
    pthread_mutex_lock(&w->mutex);
    for (unsigned i = 0; i < w->n_started && w->n_busy == 0; i++) {
        if (!w->workers[i].full)
            release(&w->workers[i]);
    }
    while (w->spare) {
        struct nidx_batch *b = w->spare;
        w->spare = b->next;
        nidx_batch_free(b);
    }
    pthread_mutex_unlock(&w->mutex);
}

bool nidx_workers_dirty(struct nidx_writer *w)
{
    pthread_mutex_lock(&w->mutex);
    const bool dirty = w->first || w->n_busy > 0 || w->n_pending > 0 ||
                       w->status != NIDX_OK || any_full(w);
    pthread_mutex_unlock(&w->mutex);
    return dirty;
}
