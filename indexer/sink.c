/* sink.c: a segment's parts on their way to the store, in short transactions.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/sink.h"

#include <stdlib.h>

#include "common/manifest.h"
#include "indexer/grow.h"

static enum nidx_status put(struct nidx_part_sink *base, enum nidx_part part,
                            uint32_t chunk, struct nidx_bytes payload,
                            struct nidx_error *err)
{
    struct nidx_sink *s = (struct nidx_sink *)base;

    if (s->n > 0 && s->bytes.len + payload.len > s->limit) {
        enum nidx_status status = nidx_sink_drain(s, err);
        if (status != NIDX_OK)
            return status;
    }
    /* Taken whole: growing by steps would copy, and overshoot. */
    if (s->bytes.cap == 0)
        nidx_buf_reserve(&s->bytes, s->limit);
    if (!nidx_grow(&s->chunks, &s->cap, (uint64_t)s->n + 1, sizeof(*s->chunks)))
        return nidx_nomem(err);
    s->chunks[s->n] =
        (struct nidx_sink_chunk){part, chunk, s->bytes.len, payload.len};
    nidx_buf_put(&s->bytes, payload.data, payload.len);
    if (s->bytes.oom)
        return nidx_nomem(err);
    s->n++;
    return NIDX_OK;
}

void nidx_sink_init(struct nidx_sink *s, struct nidx_store *store,
                    pthread_mutex_t *mutex, size_t limit)
{
    *s = (struct nidx_sink){
        .base = {.put = put}, .store = store, .mutex = mutex, .limit = limit};
}

void nidx_sink_done(struct nidx_sink *s)
{
    nidx_buf_done(&s->bytes);
    free(s->chunks);
    s->chunks = NULL;
    s->n = s->cap = 0;
}

void nidx_sink_begin(struct nidx_sink *s, uint32_t segment)
{
    s->segment = segment;
    s->n = 0;
    s->bytes.len = 0;
    s->bytes.oom = false;
}

static enum nidx_status put_all(const struct nidx_sink *s,
                                struct nidx_error *err)
{
    struct nidx_txn *t = NULL;
    enum nidx_status status = nidx_txn_begin(s->store, &t, err);

    if (status != NIDX_OK)
        return status;
    for (uint32_t i = 0; i < s->n && status == NIDX_OK; i++) {
        const struct nidx_sink_chunk *c = &s->chunks[i];
        uint8_t key[NIDX_PART_KEY];
        nidx_part_key(key, s->segment, c->part, c->chunk);
        status = nidx_txn_put(
            t, (struct nidx_bytes){key, sizeof(key)},
            (struct nidx_bytes){s->bytes.data + c->offset, c->len}, err);
    }
    if (status == NIDX_OK)
        return nidx_txn_commit(t, err);
    nidx_txn_abort(t);
    return status;
}

enum nidx_status nidx_sink_drain(struct nidx_sink *s, struct nidx_error *err)
{
    if (s->n == 0)
        return NIDX_OK;
    pthread_mutex_lock(s->mutex);
    enum nidx_status status = put_all(s, err);
    pthread_mutex_unlock(s->mutex);
    s->n = 0;
    s->bytes.len = 0;
    return status;
}
