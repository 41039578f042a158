/* keywords.c: exact terms (url, source, language, tags) while they gather.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/write/keywords.h"

#include <stdlib.h>
#include <xxhash.h>

#include "common/segment/format.h"
#include "indexer/write/grow.h"

#define FIRST_SLOTS 1024u

void nidx_keywords_done(struct nidx_keywords *k)
{
    free(k->items);
    free(k->slots);
    nidx_buf_done(&k->bytes);
    *k = (struct nidx_keywords){0};
}

void nidx_keywords_clear(struct nidx_keywords *k)
{
    if (k->slots)
        memset(k->slots, 0, k->n_slots * sizeof(*k->slots));
    k->n = 0;
    k->bytes.len = 0;
}

size_t nidx_keywords_memory(const struct nidx_keywords *k)
{
    return k->cap * sizeof(*k->items) + k->n_slots * sizeof(*k->slots) +
           k->bytes.cap;
}

static uint32_t *slot_of(const struct nidx_keywords *k, struct nidx_bytes key)
{
    return &k->slots[XXH3_64bits(key.data, key.len) & (k->n_slots - 1)];
}

/** Twice as many slots; the chains are strung anew. */
static bool more_slots(struct nidx_keywords *k)
{
    const uint32_t n = k->n_slots ? k->n_slots * 2 : FIRST_SLOTS;
    uint32_t *slots = n ? calloc(n, sizeof(*slots)) : NULL;

    if (!slots)
        return false;
    free(k->slots);
    k->slots = slots;
    k->n_slots = n;
    for (uint32_t i = 0; i < k->n; i++) {
        uint32_t *slot = slot_of(k, nidx_keyword_key(k, i));
        k->items[i].next = *slot;
        *slot = i + 1;
    }
    return true;
}

/** The keyword whose key stands at the end of bytes, from offset on; takes
 * it off again where it is known. */
static struct nidx_keyword *intern(struct nidx_keywords *k, size_t offset)
{
    const struct nidx_bytes key = {k->bytes.data + offset,
                                   k->bytes.len - offset};

    if (k->n >= k->n_slots && !more_slots(k))
        return NULL;
    uint32_t *slot = slot_of(k, key);
    for (uint32_t i = *slot; i != 0; i = k->items[i - 1].next) {
        if (nidx_bytes_compare(nidx_keyword_key(k, i - 1), key) == 0) {
            k->bytes.len = offset;
            return &k->items[i - 1];
        }
    }
    if (!nidx_grow(&k->items, &k->cap, (uint64_t)k->n + 1, sizeof(*k->items)))
        return NULL;
    k->items[k->n] = (struct nidx_keyword){
        .offset = offset, .len = (uint32_t)key.len, .next = *slot};
    *slot = ++k->n;
    return &k->items[k->n - 1];
}

bool nidx_keywords_add(struct nidx_keywords *k, struct nidx_slices *s,
                       uint8_t field, struct nidx_bytes text, uint32_t doc)
{
    const size_t offset = k->bytes.len;

    nidx_buf_u8(&k->bytes, NIDX_KIND_KEYWORD);
    nidx_buf_u8(&k->bytes, field);
    nidx_buf_put(&k->bytes, text.data, text.len);
    if (k->bytes.oom)
        return false;
    struct nidx_keyword *found = intern(k, offset);
    if (!found)
        return false;
    if (found->chain.last_doc != doc + 1)
        nidx_chain_add(s, &found->chain, doc, 0, 1, 0);
    return true;
}
