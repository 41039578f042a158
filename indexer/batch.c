/* batch.c: documents that wait for a worker, many at once.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/batch.h"

#include <stdlib.h>

#include "indexer/grow.h"

/** A buffer larger than this is not kept for the next document. */
#define KEPT_BYTES (1u << 18)

struct nidx_batch *nidx_batch_new(void)
{
    return calloc(1, sizeof(struct nidx_batch));
}

static void release(struct nidx_document *d)
{
    nidx_buf_done(&d->key);
    nidx_buf_done(&d->bytes);
    free(d->values);
    *d = (struct nidx_document){0};
}

void nidx_batch_free(struct nidx_batch *b)
{
    if (!b)
        return;
    for (uint32_t i = 0; i < b->cap; i++)
        release(&b->docs[i]);
    free(b->docs);
    free(b->seqs);
    free(b);
}

void nidx_batch_clear(struct nidx_batch *b)
{
    for (uint32_t i = 0; i < b->n; i++) {
        if (b->docs[i].bytes.cap > KEPT_BYTES)
            release(&b->docs[i]);
    }
    b->n = 0;
    b->bytes = 0;
}

static bool make_room(struct nidx_batch *b)
{
    const uint32_t before = b->cap;

    if (!nidx_grow(&b->seqs, &b->cap_seqs, (uint64_t)b->n + 1,
                   sizeof(*b->seqs)) ||
        !nidx_grow(&b->docs, &b->cap, (uint64_t)b->n + 1, sizeof(*b->docs)))
        return false;
    if (b->cap > before)
        memset(b->docs + before, 0, (b->cap - before) * sizeof(*b->docs));
    return true;
}

static bool copy(struct nidx_document *to, const struct nidx_document *from)
{
    to->key.len = to->bytes.len = 0;
    nidx_buf_put(&to->key, from->key.data, from->key.len);
    nidx_buf_put(&to->bytes, from->bytes.data, from->bytes.len);
    if (to->key.oom || to->bytes.oom ||
        !nidx_grow(&to->values, &to->cap_values, from->n_values,
                   sizeof(*to->values)))
        return false;
    if (from->n_values > 0)
        memcpy(to->values, from->values, from->n_values * sizeof(*to->values));
    to->n_values = from->n_values;
    to->date = from->date;
    to->date_rule = from->date_rule;
    to->stat = from->stat;
    to->content = from->content;
    to->bad_bytes = from->bad_bytes;
    return true;
}

enum nidx_status nidx_batch_add(struct nidx_batch *b,
                                const struct nidx_document *d, uint64_t seq,
                                struct nidx_error *err)
{
    if (!make_room(b))
        return nidx_nomem(err);
    if (!copy(&b->docs[b->n], d)) {
        release(&b->docs[b->n]);
        return nidx_nomem(err);
    }
    b->seqs[b->n++] = seq;
    b->bytes += d->key.len + d->bytes.len;
    return NIDX_OK;
}
