/* pending.c: segments that are written and not published yet.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/write/pending.h"

#include <stdlib.h>

enum nidx_status nidx_pending_init(struct nidx_pending *p,
                                   const struct nidx_inverter *v,
                                   const struct nidx_segment_info *info,
                                   struct nidx_error *err)
{
    *p = (struct nidx_pending){.info = *info};
    p->seqs = calloc((size_t)v->n_docs + 1, sizeof(*p->seqs));
    if (!p->seqs)
        return nidx_nomem(err);
    for (uint32_t i = 0; i < v->n_docs; i++) {
        p->seqs[i] = v->docs[i].seq;
        if (!v->docs[i].dead)
            continue;
        if (!p->deleted)
            p->deleted =
                calloc((size_t)v->n_docs / 64 + 1, sizeof(*p->deleted));
        if (!p->deleted) {
            nidx_pending_done(p);
            return nidx_nomem(err);
        }
        p->deleted[i >> 6] |= UINT64_C(1) << (i & 63);
        p->n_buried++;
    }
    return NIDX_OK;
}

void nidx_pending_done(struct nidx_pending *p)
{
    free(p->seqs);
    free(p->deleted);
    *p = (struct nidx_pending){0};
}
