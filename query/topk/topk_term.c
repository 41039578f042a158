/* topk_term.c: the best documents of one word.
 *
 * Blocks whose impacts cannot enter the heap are stepped over by their headers
 * (Ding and Suel, SIGIR 2011). A block that can only equal the worst hit is
 * read: keys decide between equal scores.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "query/plan/shape.h"

struct work {
    uint32_t scores[NIDX_PACK_SLOTS], docs[NIDX_PACK_SLOTS];
    uint32_t freqs[NIDX_PACK_SLOTS];
    struct nidx_probe probe;
};

/* What a frequency of the block must be for a score above low, in the shortest
 * document there; 1 where nothing is known. */
static uint32_t least_freq(const struct nidx_list *l, float low)
{
    if (l->merged || l->shared || low < 0)
        return 1;
    float limit = low / nidx_list_most_inv(l) * 0.9999f;
    return limit > 1.0f && limit < 1e9f ? (uint32_t)limit : 1;
}

/* Most blocks of frequent words, and most of the postings of others, end at
 * their frequencies: documents and lengths are not looked at. */
static void take_block(struct nidx_shape *s, struct nidx_list *l, float low,
                       struct nidx_topk *t, struct work *w)
{
    uint32_t least = least_freq(l, low), n = l->n;

    if (least > 1 && nidx_score_most(nidx_list_freqs(l), n) < least)
        return;
    const uint32_t *docs = nidx_list_docs(l), *freqs = nidx_list_freqs(l);
    if (l->n == 0)
        return;
    if (least > 1) {
        n = nidx_score_select(docs, freqs, n, least, w->docs, w->freqs);
        docs = w->docs;
        freqs = w->freqs;
    }
    nidx_list_score(l, docs, freqs, n, w->scores);
    n = nidx_score_select(docs, w->scores, n, nidx_topk_limit(t), w->docs,
                          w->scores);
    nidx_shape_offer(s, t, w->docs, w->scores, n, &w->probe);
}

static void take_list(struct nidx_shape *s, struct nidx_list *l,
                      struct nidx_topk *t, struct work *w)
{
    nidx_score threshold = 0;
    float low = -1.0f;

    while (l->n) {
        if (t->threshold != threshold) {
            threshold = t->threshold;
            low = nidx_score_x_below(l->how.w, threshold);
        }
        if (low >= l->x_max || !nidx_list_skip_low(l, low))
            break;
        take_block(s, l, low, t, w);
        nidx_list_next(l);
    }
}

enum nidx_status nidx_topk_list(struct nidx_shape *s, struct nidx_list *l,
                                struct nidx_topk *t, struct nidx_error *err)
{
    struct work *w = nidx_norms_scratch(s->plan->norms, sizeof(*w));

    if (!w)
        return nidx_nomem(err);
    take_list(s, l, t, w);
    return NIDX_OK;
}

enum nidx_status nidx_topk_term(struct nidx_shape *s, struct nidx_topk *t,
                                struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;

    for (uint32_t i = 0; i < s->n_should && status == NIDX_OK; i++)
        status = nidx_topk_list(s, &s->lists[i], t, err);
    return status == NIDX_OK ? nidx_shape_status(s, err) : status;
}
