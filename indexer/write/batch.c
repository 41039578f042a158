/* batch.c: documents that wait for a worker, many at once.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/write/batch.h"

#include <stdlib.h>

#include "indexer/write/grow.h"

/** A larger buffer is not kept for the next documents. */
#define KEPT_BYTES ((size_t)2 << 20)

struct nidx_batch *nidx_batch_new(void)
{
    return calloc(1, sizeof(struct nidx_batch));
}

void nidx_batch_free(struct nidx_batch *b)
{
    if (!b)
        return;
    free(b->items);
    free(b->values);
    nidx_buf_done(&b->bytes);
    free(b);
}

void nidx_batch_clear(struct nidx_batch *b)
{
    if (b->bytes.cap > KEPT_BYTES)
        nidx_buf_done(&b->bytes);
    b->bytes.len = 0;
    b->bytes.oom = false;
    b->n = 0;
    b->n_values = 0;
}

enum nidx_status nidx_batch_add(struct nidx_batch *b,
                                const struct nidx_document *d, uint64_t seq,
                                struct nidx_error *err)
{
    const size_t at = b->bytes.len;

    if (!nidx_grow(&b->items, &b->cap, (uint64_t)b->n + 1, sizeof(*b->items)) ||
        !nidx_grow(&b->values, &b->cap_values,
                   (uint64_t)b->n_values + d->n_values, sizeof(*b->values)))
        return nidx_nomem(err);
    nidx_buf_put(&b->bytes, d->key.data, d->key.len);
    nidx_buf_put(&b->bytes, d->bytes.data, d->bytes.len);
    if (b->bytes.oom) {
        b->bytes.oom = false;
        b->bytes.len = at;
        return nidx_nomem(err);
    }
    if (d->n_values > 0)
        memcpy(b->values + b->n_values, d->values,
               d->n_values * sizeof(*b->values));
    b->items[b->n++] = (struct nidx_batch_item){.seq = seq,
                                                .key = at,
                                                .bytes = at + d->key.len,
                                                .key_len = d->key.len,
                                                .bytes_len = d->bytes.len,
                                                .values = b->n_values,
                                                .n_values = d->n_values,
                                                .date = d->date,
                                                .date_rule = d->date_rule,
                                                .stat = d->stat,
                                                .content = d->content,
                                                .bad_bytes = d->bad_bytes};
    b->n_values += d->n_values;
    return NIDX_OK;
}

struct nidx_document nidx_batch_get(const struct nidx_batch *b, uint32_t i)
{
    const struct nidx_batch_item *item = &b->items[i];
    uint8_t *bytes = b->bytes.data;

    return (struct nidx_document){
        .key = {.data = bytes + item->key, .len = item->key_len},
        .bytes = {.data = bytes + item->bytes, .len = item->bytes_len},
        .values = item->n_values > 0 ? b->values + item->values : NULL,
        .n_values = item->n_values,
        .date = item->date,
        .date_rule = item->date_rule,
        .stat = item->stat,
        .content = item->content,
        .bad_bytes = item->bad_bytes};
}
