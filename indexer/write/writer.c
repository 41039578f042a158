/* writer.c: the public writer: documents in, commits out.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/write/writer.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "indexer/write/grow.h"
#include "indexer/write/publish.h"
#include "indexer/write/upkeep.h"

#define MEMORY_DEFAULT (UINT64_C(256) << 20)
#define MEMORY_LEAST   (UINT64_C(16) << 20)
#define THREADS_MOST   256u
#define THREADS_AUTO   8u
/** Of the budget, for each worker: with less than this the caches of many
 * would burst it, and their segments be too small to be worth it. */
#define WORKER_LEAST (UINT64_C(24) << 20)
/** An analyzer's cache of words, when it has met many. */
#define CACHE (UINT64_C(8) << 20)
/** What is there anyhow: stemmers, compressors, the program itself. */
#define BASE       (UINT64_C(5) << 20)
#define BATCH_MOST ((size_t)1 << 20)

/* ------------------------------------------------------------- open, close */

static bool take_options(const struct nidx_writer_options *from,
                         struct nidx_writer_options *to)
{
    *to = (struct nidx_writer_options)NIDX_WRITER_OPTIONS_INIT;
    if (!from)
        return true;
    if (from->size < sizeof(size_t) || from->size > 4096)
        return false;
    memcpy(to, from, from->size < sizeof(*to) ? from->size : sizeof(*to));
    return true;
}

/**
 * What a worker may gather, of its part of the budget: nine sixteenths, and
 * less of a small part, of which the analyzer's cache of words takes much.
 */
static size_t share_of_worker(uint64_t part)
{
    const uint64_t most = part / 8 * 5;
    const uint64_t rest = most > CACHE ? most - CACHE : 0;

    if (rest < part / 4)
        return (size_t)(part / 4);
    return (size_t)(rest < part / 16 * 9 ? rest : part / 16 * 9);
}

/**
 * Who may take how much of the budget: nine sixteenths are postings that
 * gather, three chunks on their way to the store and LMDB's copies of them,
 * half a one documents that wait; the rest is what analysis, sorting
 * and merging need.
 */
static void share_memory(struct nidx_writer *w, uint64_t memory,
                         unsigned threads)
{
    if (memory == 0)
        memory = MEMORY_DEFAULT;
    if (memory < MEMORY_LEAST)
        memory = MEMORY_LEAST;
    if (memory > SIZE_MAX / 4)
        memory = SIZE_MAX / 4;
    if (threads == 0) {
        const long cpus = sysconf(_SC_NPROCESSORS_ONLN);
        threads = cpus < 1 ? 1 : (unsigned)cpus;
        threads = threads > THREADS_AUTO ? THREADS_AUTO : threads;
    }
    const uint64_t most = memory / WORKER_LEAST;
    threads = threads > THREADS_MOST ? THREADS_MOST : threads;
    threads = threads > most ? (unsigned)most : threads;
    w->memory = memory;
    w->n_workers = threads > 0 ? threads : 1;
    memory -= BASE;
    w->share = share_of_worker(memory / w->n_workers);
    w->sink_limit = (size_t)(memory / 16 / w->n_workers);
    w->queue_limit = (size_t)(memory / 32);
    w->batch_bytes = w->queue_limit / 4 / w->n_workers;
    if (w->batch_bytes > BATCH_MOST)
        w->batch_bytes = BATCH_MOST;
}

static enum nidx_status read_manifest(struct nidx_writer *w,
                                      struct nidx_error *err)
{
    struct nidx_view *v = NULL;
    enum nidx_status status = nidx_view_open(w->index->store, &v, err);

    if (status != NIDX_OK)
        return status;
    nidx_manifest_done(&w->manifest);
    status = nidx_manifest_read(v, &w->manifest, err);
    nidx_view_close(v);
    if (status != NIDX_OK)
        return status;
    w->next_id = w->manifest.next_id > 0 ? w->manifest.next_id : 1;
    w->origins =
        calloc((size_t)w->manifest.n_segments + 1, sizeof(*w->origins));
    if (!w->origins)
        return nidx_nomem(err);
    for (uint32_t i = 0; i < w->manifest.n_segments; i++)
        w->origins[i].segment = w->manifest.segments[i].id;
    return NIDX_OK;
}

/** Whether this program may add to what the index has. */
static enum nidx_status check_header(const struct nidx_index *index,
                                     struct nidx_error *err)
{
    const struct nidx_header *h = &index->header;

    if (index->readonly)
        return nidx_fail(err, NIDX_ERR_READONLY, "%s: opened for reading only",
                         index->path);
    if ((h->features_write & ~NIDX_FEATURES_WRITE) != 0)
        return nidx_fail(err, NIDX_ERR_VERSION,
                         "%s: made by a newer nidx, which must write it",
                         index->path);
    const char *fingerprint = nidx_analyze_fingerprint();
    const size_t room = sizeof(h->fingerprint) - 1;
    if (strncmp(h->fingerprint, fingerprint, room) != 0)
        return nidx_fail(err, NIDX_ERR_VERSION,
                         "%s: its words were read by other rules (%.60s, not "
                         "%.60s): index anew to add to it",
                         index->path, h->fingerprint, fingerprint);
    return NIDX_OK;
}

static enum nidx_status init_locks(struct nidx_writer *w,
                                   struct nidx_error *err)
{
    if (pthread_mutex_init(&w->store_mutex, NULL) != 0)
        return nidx_nomem(err);
    if (pthread_mutex_init(&w->mutex, NULL) != 0)
        goto no_mutex;
    if (pthread_cond_init(&w->work, NULL) != 0)
        goto no_work;
    if (pthread_cond_init(&w->idle, NULL) != 0)
        goto no_idle;
    return NIDX_OK;

no_idle:
    pthread_cond_destroy(&w->work);
no_work:
    pthread_mutex_destroy(&w->mutex);
no_mutex:
    pthread_mutex_destroy(&w->store_mutex);
    return nidx_nomem(err);
}

static void free_queue(struct nidx_batch *b)
{
    while (b) {
        struct nidx_batch *next = b->next;
        nidx_batch_free(b);
        b = next;
    }
}

static void free_writer(struct nidx_writer *w)
{
    free_queue(w->first);
    free_queue(w->spare);
    nidx_batch_free(w->open);
    for (uint32_t i = 0; i < w->n_pending; i++)
        nidx_pending_done(&w->pending[i]);
    free(w->pending);
    for (uint32_t i = 0; w->origins && i < w->manifest.n_segments; i++)
        free(w->origins[i].fresh);
    free(w->origins);
    nidx_manifest_done(&w->manifest);
    free(w->removals);
    nidx_buf_done(&w->removal_keys);
    nidx_notes_done(&w->notes);
    free(w->workers);
    pthread_cond_destroy(&w->idle);
    pthread_cond_destroy(&w->work);
    pthread_mutex_destroy(&w->mutex);
    pthread_mutex_destroy(&w->store_mutex);
    free(w);
}

/** With the writer's lock held: what the index has, and nothing half done. */
static enum nidx_status enter(struct nidx_writer *w, struct nidx_error *err)
{
    uint32_t n_dropped = 0;

    w->workers = calloc(w->n_workers, sizeof(*w->workers));
    if (!w->workers)
        return nidx_nomem(err);
    enum nidx_status status = read_manifest(w, err);
    if (status == NIDX_OK)
        status =
            nidx_manifest_sweep(w->index->store, &w->manifest, &n_dropped, err);
    return status;
}

static enum nidx_status make(struct nidx_index *index,
                             const struct nidx_writer_options *o,
                             struct nidx_writer **out, struct nidx_error *err)
{
    struct nidx_writer *w = calloc(1, sizeof(*w));

    if (!w)
        return nidx_nomem(err);
    w->index = index;
    share_memory(w, o->memory, o->threads);
    enum nidx_status status = init_locks(w, err);
    if (status != NIDX_OK) {
        free(w);
        return status;
    }
    status = enter(w, err);
    if (status != NIDX_OK) {
        free_writer(w);
        return status;
    }
    *out = w;
    return NIDX_OK;
}

enum nidx_status nidx_writer_open(struct nidx_index *index,
                                  const struct nidx_writer_options *options,
                                  struct nidx_writer **out,
                                  struct nidx_error *err)
{
    struct nidx_writer_options o;

    *out = NULL;
    if (!take_options(options, &o))
        return nidx_fail(err, NIDX_ERR_INVALID,
                         "nidx_writer_options: size is not set");
    enum nidx_status status = check_header(index, err);
    if (status != NIDX_OK)
        return status;
    status = nidx_store_lock_writer(index->store, o.wait_ms, o.waiting,
                                    o.context, err);
    if (status != NIDX_OK)
        return status;
    status = make(index, &o, out, err);
    if (status != NIDX_OK)
        nidx_store_unlock_writer(index->store);
    return status;
}

void nidx_writer_close(struct nidx_writer *w)
{
    if (!w)
        return;
    struct nidx_store *store = w->index->store;
    if (w->n_started > 0 && nidx_workers_dirty(w))
        nidx_writer_rollback(w, NULL);
    nidx_workers_stop(w);
    free_writer(w);
    nidx_store_unlock_writer(store);
}

/* -------------------------------------------------------------- documents */

static enum nidx_status check_document(const struct nidx_document *d,
                                       struct nidx_error *err)
{
    if (d->key.len == 0)
        return nidx_fail(err, NIDX_ERR_INVALID, "a document has no key");
    if (d->key.len > NIDX_KEY_MAX)
        return nidx_fail(err, NIDX_ERR_LIMIT,
                         "a key has %zu bytes, %d is the most", d->key.len,
                         NIDX_KEY_MAX);
    const int shown = d->key.len < 100 ? (int)d->key.len : 100;
    if (d->bytes.len > NIDX_DOCUMENT_MAX)
        return nidx_fail(err, NIDX_ERR_LIMIT,
                         "%.*s: a document of %zu bytes, %u is the most", shown,
                         (const char *)d->key.data, d->bytes.len,
                         NIDX_DOCUMENT_MAX);
    if (d->n_values > NIDX_VALUES_MAX)
        return nidx_fail(err, NIDX_ERR_LIMIT,
                         "%.*s: a document of %u fields, %d is the most", shown,
                         (const char *)d->key.data, d->n_values,
                         NIDX_VALUES_MAX);
    for (uint32_t i = 0; i < d->n_values; i++) {
        const struct nidx_document_value *v = &d->values[i];
        if (v->len > NIDX_KEYWORD_MAX && nidx_field_is_keyword(v->field))
            return nidx_fail(err, NIDX_ERR_LIMIT,
                             "%.*s: a keyword of %llu bytes, %d is the most",
                             shown, (const char *)d->key.data,
                             (unsigned long long)v->len, NIDX_KEYWORD_MAX);
    }
    return NIDX_OK;
}

enum nidx_status nidx_writer_add(struct nidx_writer *w,
                                 const struct nidx_document *doc,
                                 struct nidx_error *err)
{
    enum nidx_status status = check_document(doc, err);

    if (status != NIDX_OK)
        return status;
    if (!w->open)
        w->open = nidx_batch_new();
    if (!w->open)
        return nidx_nomem(err);
    status = nidx_batch_add(w->open, doc, w->seq + 1, err);
    if (status != NIDX_OK)
        return status;
    w->seq++;
    return w->open->bytes.len < w->batch_bytes ? NIDX_OK
                                               : nidx_workers_give(w, err);
}

enum nidx_status nidx_writer_delete(struct nidx_writer *w, const char *key,
                                    size_t len, struct nidx_error *err)
{
    if (len == 0 || len > NIDX_KEY_MAX)
        return nidx_fail(err, NIDX_ERR_INVALID,
                         "a key has 1 to %d bytes, not %zu", NIDX_KEY_MAX, len);
    if (!nidx_grow(&w->removals, &w->cap_removals, (uint64_t)w->n_removals + 1,
                   sizeof(*w->removals)))
        return nidx_nomem(err);
    const struct nidx_removal r = {w->removal_keys.len, (uint32_t)len,
                                   w->seq + 1};
    nidx_buf_put(&w->removal_keys, key, len);
    if (w->removal_keys.oom) {
        w->removal_keys.oom = false;
        return nidx_nomem(err);
    }
    w->removals[w->n_removals++] = r;
    w->seq++;
    return NIDX_OK;
}

/* ----------------------------------------------------------------- commits */

enum nidx_status nidx_writer_commit(struct nidx_writer *w,
                                    struct nidx_error *err)
{
    enum nidx_status status = nidx_workers_drain(w, err);

    if (status == NIDX_OK)
        status = nidx_publish(w, err);
    if (status != NIDX_OK)
        return status;
    /* The commit stands, whatever becomes of merging: where room or memory
     * is short it is tried again after the next. Damage must be told. */
    status = nidx_upkeep(w, err);
    return status == NIDX_ERR_CORRUPT ? status : NIDX_OK;
}

enum nidx_status nidx_writer_rollback(struct nidx_writer *w,
                                      struct nidx_error *err)
{
    uint32_t n_dropped = 0;

    nidx_workers_discard(w);
    w->n_removals = 0;
    w->removal_keys.len = 0;
    nidx_notes_clear(&w->notes);
    pthread_mutex_lock(&w->store_mutex);
    enum nidx_status status =
        nidx_manifest_sweep(w->index->store, &w->manifest, &n_dropped, err);
    pthread_mutex_unlock(&w->store_mutex);
    return status;
}

enum nidx_status nidx_writer_optimize(struct nidx_writer *w,
                                      nidx_progress_fn progress, void *context,
                                      struct nidx_error *err)
{
    enum nidx_status status = nidx_workers_drain(w, err);

    if (status == NIDX_OK)
        status = nidx_publish(w, err);
    if (status == NIDX_OK)
        status = nidx_upkeep_all(w, progress, context, err);
    return status;
}

void nidx_writer_counts(struct nidx_writer *w, struct nidx_writer_counts *out)
{
    pthread_mutex_lock(&w->mutex);
    *out = w->counts;
    pthread_mutex_unlock(&w->mutex);
}
