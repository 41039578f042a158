/* docmap.c: where the documents of merged segments go.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/merge/docmap.h"

#include <stdlib.h>

enum nidx_status nidx_docmap_init(struct nidx_docmap *m,
                                  const uint64_t *deleted, uint32_t n_docs,
                                  uint32_t base, struct nidx_error *err)
{
    *m = (struct nidx_docmap){
        .deleted = deleted, .base = base, .n_docs = n_docs, .n_live = n_docs};
    if (!deleted)
        return NIDX_OK;
    const size_t words = ((size_t)n_docs + 63) / 64;
    m->before = calloc(words + 1, sizeof(*m->before));
    if (!m->before)
        return nidx_nomem(err);
    uint32_t live = 0;
    for (size_t i = 0; i < words; i++) {
        const uint32_t rest = n_docs - (uint32_t)i * 64;
        const uint64_t mask =
            rest < 64 ? (UINT64_C(1) << rest) - 1 : UINT64_MAX;
        m->before[i] = live;
        live += (uint32_t)__builtin_popcountll(~deleted[i] & mask);
    }
    m->n_live = live;
    return NIDX_OK;
}

void nidx_docmap_done(struct nidx_docmap *m)
{
    free(m->before);
    *m = (struct nidx_docmap){0};
}
