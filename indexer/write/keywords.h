/* keywords.h: exact terms (url, source, language, tags) while they gather.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_KEYWORDS_H
#define NIDX_INDEXER_KEYWORDS_H

#include "indexer/write/chain.h"

struct nidx_keyword {
    struct nidx_chain chain;
    size_t offset; /**< of its key (kind, field, text) in bytes */
    uint32_t len;
    uint32_t next; /* in the same slot, plus one */
};

/** Zero-initialised is empty. */
struct nidx_keywords {
    struct nidx_keyword *items;
    uint32_t n, cap;
    uint32_t *slots; /* chained hash table; indexes of items, plus one */
    uint32_t n_slots;
    struct nidx_buf bytes;
};

void nidx_keywords_done(struct nidx_keywords *k);
void nidx_keywords_clear(struct nidx_keywords *k);
size_t nidx_keywords_memory(const struct nidx_keywords *k);

/** Document doc has keyword text in field; once, however often it is said.
 * false when memory is out. */
bool nidx_keywords_add(struct nidx_keywords *k, struct nidx_slices *s,
                       uint8_t field, struct nidx_bytes text, uint32_t doc);

static inline struct nidx_bytes nidx_keyword_key(const struct nidx_keywords *k,
                                                 uint32_t i)
{
    return (struct nidx_bytes){k->bytes.data + k->items[i].offset,
                               k->items[i].len};
}

#endif
