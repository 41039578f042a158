/* topk_and.c: the best documents that hold all of some words.
 *
 * The rarest list leads, block by block; the others are asked for all of the
 * block's candidates at once. Blocks and candidates that cannot enter the heap
 * are left out by the impacts of what is still to come.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "query/plan/shape.h"

struct work {
    struct nidx_shape *shape;
    struct nidx_topk *topk;
    uint32_t *rests; /* bound of all lists behind one */
    uint32_t docs[NIDX_PACK_SLOTS], scores[NIDX_PACK_SLOTS];
    uint32_t found[NIDX_PACK_SLOTS], added[NIDX_PACK_SLOTS];
    struct nidx_probe probe;
};

/* What a score must reach; 0: none is left out. */
static uint32_t limit_of(const struct nidx_topk *t)
{
    return t->counting ? 0 : nidx_topk_limit(t);
}

static uint32_t limit_less(const struct nidx_topk *t, uint32_t rest)
{
    uint32_t limit = limit_of(t);

    return limit > rest ? limit - rest : 0;
}

static float most_x(const struct nidx_list *l)
{
    return l->also && l->also->x_max > l->x_max ? l->also->x_max : l->x_max;
}

/* Bounds of the lists for the leader's block; false where it can be skipped.
 * The lists' own bounds come first: they cost nothing. */
static bool block_may_win(struct work *w)
{
    struct nidx_list *lists = w->shape->lists;
    uint32_t n = w->shape->n_must;
    uint32_t rest = 0, limit = limit_of(w->topk);

    for (uint32_t i = n; i-- > 0;) {
        w->rests[i] = rest;
        rest += nidx_list_bound(&lists[i],
                                i > 0 ? most_x(&lists[i]) : nidx_list_x(lists));
    }
    if (rest < limit || limit <= 1)
        return rest >= limit || limit <= 1;
    rest = 0;
    for (uint32_t i = n; i-- > 1;) {
        w->rests[i] = rest;
        if (nidx_list_seek_both(&lists[i], lists[0].first) == NIDX_DOC_END)
            return false;
        rest += nidx_list_bound(&lists[i],
                                nidx_list_x_both(&lists[i], lists[0].last));
    }
    w->rests[0] = rest;
    return rest + nidx_list_bound(lists, nidx_list_x(lists)) >= limit;
}

/* The candidates that list i holds too, with its scores. */
static uint32_t narrow(struct work *w, uint32_t i, uint32_t n)
{
    struct nidx_list *l = &w->shape->lists[i];
    struct nidx_probe *p = &w->probe;
    uint32_t found = nidx_list_probe(
        l, w->docs, n, l->how.scored ? NIDX_PROBE_FREQS : NIDX_PROBE_DOCS, p);

    for (uint32_t k = 0; k < found; k++) {
        w->docs[k] = w->docs[p->at[k]];
        w->scores[k] = w->scores[p->at[k]];
    }
    if (!l->how.scored)
        return found;
    nidx_list_score(l, w->docs, p->freqs, found, w->added);
    for (uint32_t k = 0; k < found; k++)
        w->scores[k] += w->added[k];
    return nidx_score_select(w->docs, w->scores, found,
                             limit_less(w->topk, w->rests[i]), w->docs,
                             w->scores);
}

static void take_block(struct work *w)
{
    struct nidx_shape *s = w->shape;
    struct nidx_list *lead = &s->lists[0];
    const uint32_t *docs = nidx_list_docs(lead);
    uint32_t n = lead->n;

    if (n == 0)
        return;
    if (lead->how.scored)
        nidx_list_scores(lead, w->scores);
    else
        memset(w->scores, 0, sizeof(w->scores));
    n = nidx_score_select(docs, w->scores, n, limit_less(w->topk, w->rests[0]),
                          w->docs, w->scores);
    for (uint32_t i = 1; i < s->n_must && n > 0; i++)
        n = narrow(w, i, n);
    nidx_shape_offer(s, w->topk, w->docs, w->scores, n, &w->probe);
}

static enum nidx_status run(struct work *w, struct nidx_error *err)
{
    struct nidx_list *lead = &w->shape->lists[0];
    enum nidx_status status = NIDX_OK;

    while (lead->n && status == NIDX_OK &&
           nidx_lists_catch_up(lead, w->shape->n_must)) {
        if (block_may_win(w))
            take_block(w);
        status = nidx_plan_poll(w->shape->plan, err);
        nidx_list_next(lead);
    }
    return status;
}

enum nidx_status nidx_topk_and(struct nidx_shape *s, struct nidx_topk *t,
                               struct nidx_error *err)
{
    struct work *w = nidx_norms_scratch(s->plan->norms, sizeof(*w));
    uint32_t *rests = calloc((size_t)s->n_must + 1, sizeof(*rests));
    enum nidx_status status = NIDX_OK;

    if (!w || !rests)
        status = nidx_nomem(err);
    if (status == NIDX_OK) {
        w->shape = s;
        w->topk = t;
        w->rests = rests;
        nidx_lists_sort(s->lists, s->n_must);
        status = run(w, err);
        while (status == NIDX_OK && s->lists[0].also) {
            status = nidx_lists_next_lead(s->lists, s->n_must + s->n_not, err);
            if (status == NIDX_OK)
                status = run(w, err);
        }
    }
    free(rests);
    return status == NIDX_OK ? nidx_shape_status(s, err) : status;
}
