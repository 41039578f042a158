/* count.c: how many documents match, without any score.
 *
 * Unions and what is dense are sets of bits over windows of documents; an AND
 * with a rare word asks the other lists for its documents.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "query/topk/bits_kernel.h"
#include "query/plan/shape.h"

enum {
    WINDOW = 65536,
    WORDS = WINDOW / 64
};

struct work {
    struct nidx_shape *shape;
    uint32_t n_docs;
    uint64_t bits[WORDS], other[WORDS], dense[WORDS];
    uint32_t docs[NIDX_PACK_SLOTS];
    struct nidx_probe probe;
};

static bool is_dense(const struct nidx_list *l)
{
    return !l->merged && l->postings.info.dense;
}

/* Sets the bits of the documents in [from, to] of a list. */
static void set_bits(struct nidx_list *l, nidx_docid from, nidx_docid to,
                     uint64_t *bits)
{
    if (!nidx_list_seek(l, from))
        return;
    while (l->n && l->first <= to) {
        const uint32_t *docs = nidx_list_docs(l);
        uint32_t i = docs[0] < from && l->n ? nidx_list_find(l, from) : 0;
        uint32_t end = l->last > to && l->n ? nidx_list_find(l, to + 1) : l->n;
        for (; i < end; i++) {
            uint32_t at = docs[i] - from;
            bits[at >> 6] |= UINT64_C(1) << (at & 63);
        }
        if (l->n && l->last > to)
            return;
        nidx_list_next(l);
    }
}

/* Adds the list's documents in [from, to] to bits. */
static void add_bits(struct work *w, struct nidx_list *l, nidx_docid from,
                     nidx_docid to, uint64_t *bits)
{
    uint32_t n = to - from + 1;

    if (!is_dense(l)) {
        set_bits(l, from, to, bits);
        return;
    }
    enum nidx_status status =
        nidx_postings_bits(&l->postings, from, n, w->dense);
    if (status != NIDX_OK)
        l->status = status;
    else
        nidx_bits_or(bits, w->dense, (n + 63) / 64);
}

/* Joins the leaf's documents with the bits of [from, to]. */
static void join(struct work *w, struct nidx_list *l, nidx_docid from,
                 nidx_docid to, enum nidx_occur occur)
{
    uint32_t words = (to - from) / 64 + 1;
    uint64_t *bits = occur == NIDX_SHOULD ? w->bits : w->other;

    if (occur != NIDX_SHOULD)
        memset(bits, 0, words * sizeof(*bits));
    add_bits(w, l, from, to, bits);
    if (l->also)
        add_bits(w, l->also, from, to, bits);
    if (occur == NIDX_MUST)
        nidx_bits_and(w->bits, bits, words);
    else if (occur == NIDX_MUST_NOT)
        nidx_bits_except(w->bits, bits, words);
}

static uint64_t count_window(struct work *w, nidx_docid from, nidx_docid to)
{
    struct nidx_shape *s = w->shape;
    uint32_t words = (to - from) / 64 + 1, i = 0;

    memset(w->bits, 0, words * sizeof(uint64_t));
    if (s->n_must)
        join(w, &s->lists[i++], from, to, NIDX_SHOULD);
    for (; i < s->n_must; i++)
        join(w, &s->lists[i], from, to, NIDX_MUST);
    for (; i < s->n_must + s->n_should; i++)
        join(w, &s->lists[i], from, to, NIDX_SHOULD);
    for (; i < s->n_must + s->n_should + s->n_not; i++)
        join(w, &s->lists[i], from, to, NIDX_MUST_NOT);
    if (s->deleted)
        nidx_bits_except(w->bits, s->deleted + from / 64, words);
    return nidx_bits_count(w->bits, words);
}

static enum nidx_status count_windows(struct work *w, uint64_t *total,
                                      struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;

    for (uint32_t from = 0; from < w->n_docs && status == NIDX_OK;) {
        uint32_t left = w->n_docs - from;
        uint32_t n = left < WINDOW ? left : WINDOW;
        *total += count_window(w, from, from + n - 1);
        status = nidx_plan_poll(w->shape->plan, err);
        from += n;
    }
    return status;
}

/* --------------------------------------------------------- a rare leader */

static uint32_t keep_live(const struct nidx_shape *s, uint32_t *docs,
                          uint32_t n)
{
    uint32_t kept = 0;

    if (!s->deleted)
        return n;
    for (uint32_t i = 0; i < n; i++) {
        docs[kept] = docs[i];
        kept += !(s->deleted[docs[i] >> 6] >> (docs[i] & 63) & 1);
    }
    return kept;
}

static uint64_t count_block(struct work *w)
{
    struct nidx_shape *s = w->shape;
    struct nidx_list *lead = &s->lists[0];
    uint32_t n;

    nidx_list_docs(lead);
    n = lead->n;
    memcpy(w->docs, lead->docs, n * sizeof(uint32_t));
    for (uint32_t i = 1; i < s->n_must && n > 0; i++) {
        n = nidx_list_probe(&s->lists[i], w->docs, n, NIDX_PROBE_DOCS,
                            &w->probe);
        for (uint32_t k = 0; k < n; k++)
            w->docs[k] = w->docs[w->probe.at[k]];
    }
    n = keep_live(s, w->docs, n);
    return nidx_shape_exclude(s, w->docs, NULL, n, &w->probe);
}

static enum nidx_status count_led(struct work *w, uint64_t *total,
                                  struct nidx_error *err)
{
    struct nidx_list *lead = &w->shape->lists[0];
    enum nidx_status status = NIDX_OK;

    while (lead->n && status == NIDX_OK &&
           nidx_lists_catch_up(lead, w->shape->n_must)) {
        *total += count_block(w);
        status = nidx_plan_poll(w->shape->plan, err);
        nidx_list_next(lead);
    }
    return status;
}

/* The lists of one leaf have no document in common. */
static uint64_t sum_of_df(const struct nidx_shape *s)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < s->n_should; i++)
        sum += s->lists[i].df;
    return sum;
}

enum nidx_status nidx_count_shape(struct nidx_shape *s, uint64_t *total,
                                  struct nidx_error *err)
{
    struct nidx_list *l = s->lists;
    enum nidx_status status;

    if (s->one_leaf && !s->deleted) {
        *total = sum_of_df(s);
        return NIDX_OK;
    }
    struct work *w = nidx_norms_scratch(s->plan->norms, sizeof(*w));
    if (!w)
        return nidx_nomem(err);
    w->shape = s;
    w->n_docs = s->plan->catalog->segments[s->segment]->n_docs;
    nidx_lists_sort(l, s->n_must);
    if (s->n_must && !is_dense(l)) {
        status = count_led(w, total, err);
        while (status == NIDX_OK && l->also) {
            status = nidx_lists_next_lead(l, s->n_must + s->n_not, err);
            if (status == NIDX_OK)
                status = count_led(w, total, err);
        }
    } else {
        status = count_windows(w, total, err);
    }
    return status == NIDX_OK ? nidx_shape_status(s, err) : status;
}
