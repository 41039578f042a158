/* sink.c: a segment's parts on their way to the store, in short transactions.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/write/sink.h"

#include <stdlib.h>

#include "common/segment/manifest.h"
#include "indexer/write/grow.h"

static enum nidx_status put(struct nidx_part_sink *base, enum nidx_part part,
                            uint32_t chunk, struct nidx_bytes payload,
                            struct nidx_error *err)
{
    struct nidx_sink *s = (struct nidx_sink *)base;
    struct nidx_sink_load *to = &s->gathering;

    if (to->n > 0 && to->bytes.len + payload.len > s->limit) {
        enum nidx_status status = nidx_sink_drain(s, err);
        if (status != NIDX_OK)
            return status;
    }
    /* Taken whole: growing by steps would copy, and overshoot. */
    if (to->bytes.cap == 0)
        nidx_buf_reserve(&to->bytes, s->limit);
    if (!nidx_grow(&to->chunks, &to->cap, (uint64_t)to->n + 1,
                   sizeof(*to->chunks)))
        return nidx_nomem(err);
    to->chunks[to->n] = (struct nidx_sink_chunk){s->segment, part, chunk,
                                                 to->bytes.len, payload.len};
    nidx_buf_put(&to->bytes, payload.data, payload.len);
    if (to->bytes.oom)
        return nidx_nomem(err);
    to->n++;
    return NIDX_OK;
}

enum nidx_status nidx_sink_init(struct nidx_sink *s, struct nidx_store *store,
                                pthread_mutex_t *mutex, size_t limit,
                                struct nidx_error *err)
{
    *s = (struct nidx_sink){
        .base = {.put = put}, .store = store, .mutex = mutex, .limit = limit};
    if (pthread_mutex_init(&s->lock, NULL) != 0)
        return nidx_nomem(err);
    if (pthread_cond_init(&s->changed, NULL) == 0)
        return NIDX_OK;
    pthread_mutex_destroy(&s->lock);
    return nidx_nomem(err);
}

static void free_load(struct nidx_sink_load *load)
{
    nidx_buf_done(&load->bytes);
    free(load->chunks);
    *load = (struct nidx_sink_load){0};
}

void nidx_sink_rest(struct nidx_sink *s)
{
    pthread_mutex_lock(&s->lock);
    while (s->busy)
        pthread_cond_wait(&s->changed, &s->lock);
    s->quit = true;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
    if (s->started)
        pthread_join(s->thread, NULL);
    s->started = s->quit = false;
    free_load(&s->gathering);
    free_load(&s->moving);
}

void nidx_sink_done(struct nidx_sink *s)
{
    nidx_sink_rest(s);
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
}

static void empty_load(struct nidx_sink_load *load)
{
    load->n = 0;
    load->bytes.len = 0;
    load->bytes.oom = false;
}

void nidx_sink_forget(struct nidx_sink *s)
{
    empty_load(&s->gathering);
}

/* ------------------------------------------------------------ the thread's */

static enum nidx_status put_chunks(const struct nidx_sink_load *load,
                                   struct nidx_txn *t, struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;

    for (uint32_t i = 0; i < load->n && status == NIDX_OK; i++) {
        const struct nidx_sink_chunk *c = &load->chunks[i];
        const struct nidx_bytes bytes = {load->bytes.data + c->offset, c->len};
        uint8_t key[NIDX_PART_KEY];
        nidx_part_key(key, c->segment, c->part, c->chunk);
        status =
            nidx_txn_put(t, (struct nidx_bytes){key, sizeof(key)}, bytes, err);
    }
    return status;
}

static enum nidx_status put_load(const struct nidx_sink *s,
                                 struct nidx_error *err)
{
    struct nidx_txn *t = NULL;

    pthread_mutex_lock(s->mutex);
    enum nidx_status status = nidx_txn_begin(s->store, &t, err);
    if (status == NIDX_OK) {
        status = put_chunks(&s->moving, t, err);
        if (status == NIDX_OK)
            status = nidx_txn_commit(t, err);
        else
            nidx_txn_abort(t);
    }
    pthread_mutex_unlock(s->mutex);
    return status;
}

/* Puts what is on its way. The lock is held before and after, not within. */
static void move(struct nidx_sink *s)
{
    struct nidx_error error = {0};

    pthread_mutex_unlock(&s->lock);
    const enum nidx_status status = put_load(s, &error);
    pthread_mutex_lock(&s->lock);
    if (status != NIDX_OK && s->status == NIDX_OK) {
        s->status = status;
        s->error = error;
    }
    s->busy = false;
    pthread_cond_broadcast(&s->changed);
}

static void *run(void *context)
{
    struct nidx_sink *s = context;

    pthread_mutex_lock(&s->lock);
    while (!s->quit) {
        if (s->busy)
            move(s);
        else
            pthread_cond_wait(&s->changed, &s->lock);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

/* ------------------------------------------------------------ its owner's */

/* Tells of a failure once. The lock is held. */
static enum nidx_status take_failure(struct nidx_sink *s,
                                     struct nidx_error *err)
{
    const enum nidx_status status = s->status;

    if (status != NIDX_OK && err)
        *err = s->error;
    s->status = NIDX_OK;
    return status;
}

enum nidx_status nidx_sink_settle(struct nidx_sink *s, struct nidx_error *err)
{
    pthread_mutex_lock(&s->lock);
    while (s->busy)
        pthread_cond_wait(&s->changed, &s->lock);
    const enum nidx_status status = take_failure(s, err);
    pthread_mutex_unlock(&s->lock);
    return status;
}

enum nidx_status nidx_sink_drain(struct nidx_sink *s, struct nidx_error *err)
{
    enum nidx_status status = nidx_sink_settle(s, err);

    if (status != NIDX_OK || s->gathering.n == 0)
        return status;
    if (!s->started)
        s->started = pthread_create(&s->thread, NULL, run, s) == 0;
    const struct nidx_sink_load full = s->gathering;
    s->gathering = s->moving;
    s->moving = full;
    empty_load(&s->gathering);
    pthread_mutex_lock(&s->lock);
    s->busy = true;
    pthread_cond_broadcast(&s->changed);
    /* Without a thread everything is done here and now. */
    if (!s->started)
        move(s);
    pthread_mutex_unlock(&s->lock);
    return NIDX_OK;
}
