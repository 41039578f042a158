/* chain.c: reading the postings that gathered in memory.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/write/chain.h"

#include <stdlib.h>

void nidx_chain_add_slow(struct nidx_slices *s, struct nidx_chain *c,
                         uint32_t doc, uint32_t pos, uint16_t len,
                         uint16_t form)
{
    if (c->last_doc != doc + 1) {
        nidx_slices_varint(s, &c->cells, (doc + 1 - c->last_doc) << 1 | 1);
        c->last_doc = doc + 1;
        c->last_pos = 0;
        c->df++;
    }
    const uint32_t delta = pos - c->last_pos;
    c->last_pos = pos;
    if (len == 1 && form == 0) {
        nidx_slices_varint(s, &c->cells, delta << 2);
        return;
    }
    nidx_slices_varint(s, &c->cells, delta << 2 | 2);
    nidx_slices_varint(s, &c->cells, len);
    nidx_slices_varint(s, &c->cells, form);
}

void nidx_chain_reader_done(struct nidx_chain_reader *r)
{
    nidx_buf_done(&r->bytes);
    *r = (struct nidx_chain_reader){0};
}

/** The bytes are our own, and whole. */
static inline uint32_t varint(const uint8_t **p)
{
    uint32_t v = *(*p)++;

    if (v < 0x80)
        return v;
    v &= 0x7f;
    for (unsigned shift = 7;; shift += 7) {
        const uint32_t byte = *(*p)++;
        v |= (byte & 0x7fu) << shift;
        if (byte < 0x80)
            return v;
    }
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
    r->next = cells.len > 0 ? varint(&r->p) >> 1 : 0;
    return true;
}

/** An occurrence whose cell says that its length and form follow. */
static void put_marks(struct nidx_chain_reader *r, struct nidx_posting_batch *b)
{
    const uint32_t len = varint(&r->p) - 1, form = varint(&r->p);

    if (len > 0)
        nidx_posting_batch_use_lens(b);
    if (form > 0)
        nidx_posting_batch_use_forms(b);
    b->lens[b->n_values] = len;
    b->forms[b->n_values] = form;
}

/** The occurrences of the document r->next, up to the next one's cell. */
static void put_document(struct nidx_chain_reader *r,
                         struct nidx_posting_batch *b)
{
    const uint32_t doc = r->next - 1, first = b->n_values;
    const uint8_t *p = r->p;

    r->next = 0;
    while (p < r->end) {
        const uint32_t cell = varint(&p);
        if (cell & 1) {
            r->next = doc + 1 + (cell >> 1);
            break;
        }
        b->deltas[b->n_values] = cell >> 2;
        if (cell & 2) {
            r->p = p;
            put_marks(r, b);
            p = r->p;
        } else {
            b->lens[b->n_values] = b->forms[b->n_values] = 0;
        }
        b->n_values++;
    }
    r->p = p;
    b->docs[b->n] = doc;
    b->freqs[b->n] = b->n_values - first;
}

static void count_titles(const struct nidx_headlines *headlines,
                         struct nidx_posting_batch *b)
{
    const uint32_t *deltas = b->deltas;
    uint32_t any = 0;

    for (uint32_t i = 0; i < b->n; deltas += b->freqs[i], i++) {
        uint32_t pos = deltas[0], n = 0;
        b->titles[i] = 0;
        if (pos >= headlines->most)
            continue;
        const uint32_t end = headlines->ends[b->docs[i]];
        while (n < b->freqs[i] && pos < end) {
            n++;
            pos += n < b->freqs[i] ? deltas[n] : 0;
        }
        b->titles[i] = n;
        any |= n;
    }
    b->any_titles = any > 0;
}

bool nidx_chain_next(struct nidx_chain_reader *r,
                     const struct nidx_headlines *headlines,
                     struct nidx_posting_batch *b)
{
    nidx_posting_batch_clear(b);
    /* An occurrence takes at least a byte. */
    if (!nidx_posting_batch_room(b, (size_t)(r->end - r->p)))
        return false;
    while (r->next != 0 && b->n < NIDX_BLOCK) {
        put_document(r, b);
        b->n++;
    }
    if (headlines->ends)
        count_titles(headlines, b);
    return true;
}
