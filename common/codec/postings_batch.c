/* postings_batch.c: postings of many documents, as arrays beside each other.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/codec/postings_batch.h"

#include <stdlib.h>

#include "common/codec/postings_impl.h"

/** Readers of packed groups write up to a whole group. */
#define SLACK NIDX_PACK_SLOTS

void nidx_posting_batch_done(struct nidx_posting_batch *b)
{
    free(b->deltas);
    free(b->lens);
    free(b->forms);
    b->deltas = b->lens = b->forms = NULL;
    b->cap = 0;
    nidx_posting_batch_clear(b);
}

void nidx_posting_batch_clear(struct nidx_posting_batch *b)
{
    b->n = b->n_values = 0;
    b->any_titles = b->any_lens = b->any_forms = false;
}

static bool grow_array(uint32_t **array, size_t cap)
{
    uint32_t *grown = realloc(*array, nidx_mul_size(cap, sizeof(**array)));

    if (!grown)
        return false;
    *array = grown;
    return true;
}

bool nidx_posting_batch_grow(struct nidx_posting_batch *b, size_t n)
{
    size_t cap = (size_t)b->cap + b->cap / 2 + 1024;

    if (cap < n)
        cap = n;
    if (cap > UINT32_MAX - SLACK)
        return false;
    if (!grow_array(&b->deltas, cap + SLACK) ||
        !grow_array(&b->lens, cap + SLACK) ||
        !grow_array(&b->forms, cap + SLACK))
        return false;
    b->cap = (uint32_t)cap;
    return true;
}

void nidx_posting_batch_use_lens(struct nidx_posting_batch *b)
{
    if (!b->any_lens && b->n_values > 0)
        memset(b->lens, 0, b->n_values * sizeof(*b->lens));
    b->any_lens = true;
}

void nidx_posting_batch_use_forms(struct nidx_posting_batch *b)
{
    if (!b->any_forms && b->n_values > 0)
        memset(b->forms, 0, b->n_values * sizeof(*b->forms));
    b->any_forms = true;
}

static uint64_t sum(const uint32_t *values, uint32_t n)
{
    uint64_t all = 0;

    for (uint32_t i = 0; i < n; i++)
        all += values[i];
    return all;
}

bool nidx_posting_batch_fits(const struct nidx_posting_batch *b, uint32_t most)
{
    const uint32_t *values = b->deltas;

    /* Mostly even all deltas together are below it. */
    if (sum(values, b->n_values) <= most)
        return true;
    for (uint32_t i = 0; i < b->n; i++) {
        if (sum(values, b->freqs[i]) > most)
            return false;
        values += b->freqs[i];
    }
    return true;
}

/* -------------------------------------------------------------- reading */

static uint32_t greatest(const uint32_t *values, uint32_t n)
{
    uint32_t most = 0;

    for (uint32_t i = 0; i < n; i++)
        most = values[i] > most ? values[i] : most;
    return most;
}

static void read_entry(const struct nidx_postings *p, bool with_forms,
                       struct nidx_posting_batch *b)
{
    const struct nidx_posting_entry *e = &p->entry;
    uint32_t n = 0;

    b->any_lens = b->any_forms = true;
    for (uint32_t i = 0; i < p->n; i++) {
        uint32_t before = 0;
        b->freqs[i] = e->n[i];
        for (uint32_t k = 0; k < e->n[i]; k++, n++) {
            const struct nidx_occurrence *o = &e->items[n];
            b->deltas[n] = o->pos - before;
            before = o->pos;
            b->lens[n] = o->len - 1u;
            b->forms[n] = with_forms ? o->form : 0;
        }
    }
}

/* Positions, lengths and forms of the block; false on damage. */
static bool read_streams(struct nidx_postings *p, bool with_forms,
                         struct nidx_posting_batch *b)
{
    uint32_t before = 0;

    for (uint32_t i = 0; i < p->n; i++) {
        b->freqs[i] = p->pos_ends[i] - before;
        before = p->pos_ends[i];
    }
    b->any_lens = p->pos_lens.groups != NULL;
    b->any_forms = with_forms && p->pos_forms.groups;
    if (!nidx_pos_stream_read_all(&p->pos_values, b->deltas) ||
        (b->any_lens && !nidx_pos_stream_read_all(&p->pos_lens, b->lens)) ||
        (b->any_forms && !nidx_pos_stream_read_all(&p->pos_forms, b->forms)))
        return false;
    if (b->any_lens && greatest(b->lens, b->n_values) >= UINT16_MAX)
        return false;
    return !b->any_forms ||
           greatest(b->forms, b->n_values) < (p->info.n_forms < UINT16_MAX + 1u
                                                  ? p->info.n_forms
                                                  : UINT16_MAX + 1u);
}

static bool titles_fit(const struct nidx_posting_batch *b)
{
    for (uint32_t i = 0; b->any_titles && i < b->n; i++)
        if (b->titles[i] > b->freqs[i])
            return false;
    return true;
}

/* The number of occurrences of the block; 0 on damage. */
static uint32_t count_values(struct nidx_postings *p)
{
    uint32_t n = 0;

    if (!p->info.in_entry)
        return nidx_postings_pos_open(p) ? p->pos_ends[p->n - 1] : 0;
    for (uint32_t i = 0; i < p->n; i++)
        n += p->entry.n[i];
    return n;
}

enum nidx_status nidx_postings_read_batch(struct nidx_postings *p,
                                          bool with_forms,
                                          struct nidx_posting_batch *b,
                                          struct nidx_error *err)
{
    nidx_posting_batch_clear(b);
    b->n = nidx_postings_docs(p, b->docs);
    const uint32_t n = b->n > 0 ? count_values(p) : 0;
    if (n == 0)
        return nidx_corrupt(err, "a posting list");
    if (!nidx_posting_batch_room(b, n))
        return nidx_nomem(err);
    b->n_values = n;
    b->any_titles = nidx_postings_titles(p, b->titles);
    bool ok = true;
    if (p->info.in_entry)
        read_entry(p, with_forms, b);
    else
        ok = read_streams(p, with_forms, b);
    if (ok && titles_fit(b) && nidx_posting_batch_fits(b, POS_LIMIT))
        return NIDX_OK;
    nidx_postings_damaged(p);
    return nidx_corrupt(err, "positions of a posting list");
}

static void move(uint32_t *values, uint32_t to, uint32_t from, uint32_t n)
{
    memmove(values + to, values + from, n * sizeof(*values));
}

void nidx_posting_batch_compact(struct nidx_posting_batch *b)
{
    uint32_t n = 0, to = 0, from = 0;

    for (uint32_t i = 0; i < b->n; i++) {
        const uint32_t freq = b->freqs[i];
        if (b->docs[i] != NIDX_DOC_END) {
            b->docs[n] = b->docs[i];
            b->freqs[n] = freq;
            b->titles[n++] = b->any_titles ? b->titles[i] : 0;
            if (to < from) {
                move(b->deltas, to, from, freq);
                if (b->any_lens)
                    move(b->lens, to, from, freq);
                if (b->any_forms)
                    move(b->forms, to, from, freq);
            }
            to += freq;
        }
        from += freq;
    }
    b->n = n;
    b->n_values = to;
}
