/* chain.c: reading the postings that gathered in memory.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/chain.h"

#include <stdlib.h>

#include "indexer/grow.h"

void nidx_chain_reader_done(struct nidx_chain_reader *r)
{
    nidx_buf_done(&r->bytes);
    nidx_occurrences_done(&r->found);
    *r = (struct nidx_chain_reader){0};
}

/** The bytes are our own, and whole. */
static inline uint32_t varint(struct nidx_chain_reader *r)
{
    uint32_t v = *r->p & 0x7fu;

    for (unsigned shift = 7; *r->p++ >= 0x80; shift += 7)
        v |= (*r->p & 0x7fu) << shift;
    return v;
}

bool nidx_chain_read(struct nidx_chain_reader *r, const struct nidx_slices *s,
                     const struct nidx_chain *c)
{
    struct nidx_bytes cells;

    /* Most chains are one slice, and need no copy. */
    if (!nidx_slices_whole(s, &c->cells, &cells)) {
        r->bytes.len = 0;
        nidx_slices_read(s, &c->cells, &r->bytes);
        if (r->bytes.oom)
            return false;
        cells = (struct nidx_bytes){r->bytes.data, r->bytes.len};
    }
    r->p = cells.data;
    r->end = cells.data + cells.len;
    r->next = cells.len > 0 ? varint(r) >> 1 : 0;
    return true;
}

bool nidx_chain_next(struct nidx_chain_reader *r)
{
    uint32_t pos = 0;

    if (r->next == 0)
        return false;
    r->doc = r->next - 1;
    r->next = 0;
    r->found.n = 0;
    while (r->p < r->end) {
        const uint32_t cell = varint(r);
        if (cell & 1) {
            r->next = r->doc + 1 + (cell >> 1);
            break;
        }
        if (!nidx_grow(&r->found.items, &r->found.cap, (uint64_t)r->found.n + 1,
                       sizeof(*r->found.items))) {
            r->bytes.oom = true;
            return false;
        }
        pos += cell >> 2;
        struct nidx_occurrence *o = &r->found.items[r->found.n++];
        *o = (struct nidx_occurrence){pos, 1, 0};
        if (cell & 2) {
            o->len = (uint16_t)varint(r);
            o->form = (uint16_t)varint(r);
        }
    }
    return true;
}
