/* kway.c: several string tables read as one, in order of their keys.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/merge/kway.h"

#include <stdlib.h>

enum nidx_status nidx_kway_init(struct nidx_kway *k,
                                const struct nidx_strtab *const *tables,
                                uint32_t n, struct nidx_error *err)
{
    *k = (struct nidx_kway){.n = n};
    k->cursors = calloc((size_t)n + 1, sizeof(*k->cursors));
    k->heap = calloc((size_t)n + 1, sizeof(*k->heap));
    k->group = calloc((size_t)n + 1, sizeof(*k->group));
    if (!k->cursors || !k->heap || !k->group) {
        k->n = 0;
        nidx_kway_done(k);
        return nidx_nomem(err);
    }
    for (uint32_t i = 0; i < n; i++)
        nidx_strtab_cursor_init(&k->cursors[i], tables[i]);
    return nidx_kway_seek(k, (struct nidx_bytes){0}, err);
}

void nidx_kway_done(struct nidx_kway *k)
{
    for (uint32_t i = 0; i < k->n; i++)
        nidx_strtab_cursor_done(&k->cursors[i]);
    free(k->cursors);
    free(k->heap);
    free(k->group);
    *k = (struct nidx_kway){0};
}

/** Equal keys come out in order of their tables. */
static bool before(const struct nidx_kway *k, uint32_t a, uint32_t b)
{
    const struct nidx_buf *x = &k->cursors[a].key, *y = &k->cursors[b].key;
    const int order = nidx_bytes_compare((struct nidx_bytes){x->data, x->len},
                                         (struct nidx_bytes){y->data, y->len});

    return order != 0 ? order < 0 : a < b;
}

static void push(struct nidx_kway *k, uint32_t cursor)
{
    uint32_t i = k->n_heap++;

    while (i > 0 && before(k, cursor, k->heap[(i - 1) / 2])) {
        k->heap[i] = k->heap[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    k->heap[i] = cursor;
}

static uint32_t pop(struct nidx_kway *k)
{
    const uint32_t top = k->heap[0];
    const uint32_t last = k->heap[--k->n_heap];
    uint32_t i = 0;

    for (;;) {
        uint32_t child = 2 * i + 1;
        if (child >= k->n_heap)
            break;
        if (child + 1 < k->n_heap &&
            before(k, k->heap[child + 1], k->heap[child]))
            child++;
        if (!before(k, k->heap[child], last))
            break;
        k->heap[i] = k->heap[child];
        i = child;
    }
    if (k->n_heap > 0)
        k->heap[i] = last;
    return top;
}

enum nidx_status nidx_kway_seek(struct nidx_kway *k, struct nidx_bytes key,
                                struct nidx_error *err)
{
    k->n_group = k->n_heap = 0;
    for (uint32_t i = 0; i < k->n; i++) {
        enum nidx_status status = nidx_strtab_seek(&k->cursors[i], key, err);
        if (status != NIDX_OK)
            return status;
        if (!k->cursors[i].at_end)
            push(k, i);
    }
    return NIDX_OK;
}

enum nidx_status nidx_kway_next(struct nidx_kway *k, struct nidx_error *err)
{
    for (uint32_t i = 0; i < k->n_group; i++) {
        struct nidx_strtab_cursor *c = &k->cursors[k->group[i]];
        enum nidx_status status = nidx_strtab_next(c, err);
        if (status != NIDX_OK)
            return status;
        if (!c->at_end)
            push(k, k->group[i]);
    }
    k->n_group = 0;
    while (k->n_heap > 0) {
        const struct nidx_buf *key = &k->cursors[k->heap[0]].key;
        if (k->n_group > 0 &&
            nidx_bytes_compare(nidx_kway_key(k),
                               (struct nidx_bytes){key->data, key->len}) != 0)
            break;
        k->group[k->n_group++] = pop(k);
    }
    return NIDX_OK;
}
