/* topk_or.c: the best documents that hold any of some words.
 *
 * MaxScore (Turtle and Flood, 1995) over windows of documents with bounds from
 * block impacts (as Lucene's MaxScoreBulkScorer): in each window the lists
 * with the smallest bounds that together cannot lift a document into the heap
 * are not walked, only looked up for the candidates that the others leave, one
 * list for all candidates at a time.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "query/plan/shape.h"

enum {
    WINDOW = 4096,
    FIRST_WINDOW = 512
};

/** A list that has documents in the window. */
struct active {
    struct nidx_list *list;
    uint32_t bound;
    uint32_t below; /* sum of the bounds of the lists before it */
};

struct work {
    struct nidx_shape *shape;
    struct nidx_topk *topk;
    uint32_t n_live; /* lists that have not ended */
    struct nidx_list **live;
    uint32_t n_active;
    struct active *active; /* rising by bound */
    uint32_t *sums;        /* by document of the window; all 0 between */
    uint32_t docs[WINDOW + 16], scores[WINDOW + 16];
    uint32_t found_docs[WINDOW + 16], found_scores[WINDOW + 16];
    struct nidx_probe probe;
};

static uint32_t limit_less(const struct nidx_topk *t, uint32_t sum)
{
    uint32_t limit = nidx_topk_limit(t);

    return limit > sum ? limit - sum : 1;
}

/* ------------------------------------------------------------ windows */

/* Drops ended lists; the first document that may be in any. */
static nidx_docid next_doc(struct work *w, nidx_docid from)
{
    nidx_docid least = NIDX_DOC_END;
    uint32_t n = 0;

    for (uint32_t i = 0; i < w->n_live; i++) {
        struct nidx_list *l = w->live[i];
        if (!nidx_list_seek(l, from))
            continue;
        w->live[n++] = l;
        nidx_docid first = l->first > from ? l->first : from;
        least = first < least ? first : least;
    }
    w->n_live = n;
    return least;
}

static int by_bound(const void *a, const void *b)
{
    const struct active *x = a, *y = b;

    return x->bound < y->bound ? -1 : x->bound > y->bound;
}

static void sort_active(struct work *w)
{
    if (w->n_active > 16) {
        qsort(w->active, w->n_active, sizeof(*w->active), by_bound);
        return;
    }
    for (uint32_t i = 1; i < w->n_active; i++) {
        struct active moved = w->active[i];
        uint32_t k = i;
        for (; k > 0 && w->active[k - 1].bound > moved.bound; k--)
            w->active[k] = w->active[k - 1];
        w->active[k] = moved;
    }
}

/* Bounds of the lists in [from, to]; the sum of all of them. */
static uint64_t take_bounds(struct work *w, nidx_docid to)
{
    uint64_t sum = 0;

    w->n_active = 0;
    for (uint32_t i = 0; i < w->n_live; i++) {
        struct nidx_list *l = w->live[i];
        if (l->first > to)
            continue;
        uint32_t bound = nidx_list_bound(l, nidx_list_x_to(l, to));
        w->active[w->n_active++] = (struct active){l, bound, 0};
        sum += bound;
    }
    return sum;
}

/* How many lists, with the smallest bounds, need not be walked. */
static uint32_t n_optional(struct work *w)
{
    uint64_t limit = w->topk->threshold;
    uint32_t sum = 0, n = 0;

    for (uint32_t i = 0; i < w->n_active; i++) {
        w->active[i].below = sum;
        sum += w->active[i].bound;
        n += sum < limit;
    }
    return n;
}

/* --------------------------------------------------- walking the lists */

/* The part of the block in [from, to]: its index and length. */
static uint32_t block_part(struct nidx_list *l, nidx_docid from, nidx_docid to,
                           uint32_t *start)
{
    const uint32_t *docs = nidx_list_docs(l);
    uint32_t end = l->n;

    *start = 0;
    if (l->n == 0)
        return 0;
    if (docs[0] < from)
        *start = nidx_list_find(l, from);
    if (l->last > to)
        end = nidx_list_find(l, to + 1);
    return end - *start;
}

/* Scores of n postings of the block from start on. */
static void part_scores(struct nidx_list *l, uint32_t start, uint32_t n,
                        uint32_t *scores)
{
    nidx_list_score(l, l->docs + start, nidx_list_freqs(l) + start, n, scores);
}

/* The only list that is walked: candidates come straight from its blocks. */
static uint32_t walk_one(struct work *w, const struct active *a,
                         nidx_docid from, nidx_docid to)
{
    struct nidx_list *l = a->list;
    uint32_t limit = limit_less(w->topk, a->below), n = 0;
    uint32_t scores[NIDX_PACK_SLOTS], start;

    do {
        uint32_t part = block_part(l, from, to, &start);
        if (part > 0) {
            part_scores(l, start, part, scores);
            n += nidx_score_select(l->docs + start, scores, part, limit,
                                   w->docs + n, w->scores + n);
        }
    } while (l->n && l->last <= to && nidx_list_next(l) && l->first <= to);
    return n;
}

/* Adds a list's scores; returns which 64ths of the window were touched. */
static uint64_t add_list(struct work *w, struct nidx_list *l, nidx_docid from,
                         nidx_docid to)
{
    uint64_t touched = 0;
    uint32_t scores[NIDX_PACK_SLOTS], start;

    do {
        uint32_t part = block_part(l, from, to, &start);
        if (part == 0)
            continue;
        part_scores(l, start, part, scores);
        const uint32_t *docs = l->docs + start;
        for (uint32_t i = 0; i < part; i++) {
            w->sums[docs[i] - from] += scores[i];
            touched |= UINT64_C(1) << ((docs[i] - from) / (WINDOW / 64));
        }
    } while (l->n && l->last <= to && nidx_list_next(l) && l->first <= to);
    return touched;
}

/* Takes the sums that reach limit, out of the 64ths that were touched. */
static uint32_t drain(struct work *w, uint64_t touched, uint32_t limit,
                      nidx_docid from)
{
    uint32_t n = 0;

    while (touched) {
        uint32_t k = (uint32_t)__builtin_ctzll(touched);
        uint64_t rest = ~(touched >> k);
        uint32_t run = rest ? (uint32_t)__builtin_ctzll(rest) : 64;
        uint32_t at = k * (WINDOW / 64);
        n += nidx_score_drain(w->sums + at, run * (WINDOW / 64), limit,
                              from + at, w->docs + n, w->scores + n);
        touched &= run < 64 ? ~(((UINT64_C(1) << run) - 1) << k) : 0;
    }
    return n;
}

static uint32_t walk_many(struct work *w, uint32_t optional, nidx_docid from,
                          nidx_docid to)
{
    uint64_t touched = 0;

    for (uint32_t i = optional; i < w->n_active; i++)
        touched |= add_list(w, w->active[i].list, from, to);
    return drain(w, touched, limit_less(w->topk, w->active[optional].below),
                 from);
}

/* ----------------------------------------------------------- candidates */

/* Adds the scores of one list that was not walked, and drops candidates that
 * the lists before it cannot lift enough. */
static uint32_t look_up(struct work *w, const struct active *a, uint32_t n)
{
    struct nidx_list *l = a->list;
    struct nidx_probe *p = &w->probe;
    uint32_t found = nidx_list_probe(l, w->docs, n, NIDX_PROBE_FREQS, p);

    for (uint32_t i = 0; i < found; i++)
        w->found_docs[i] = w->docs[p->at[i]];
    nidx_list_score(l, w->found_docs, p->freqs, found, w->found_scores);
    for (uint32_t i = 0; i < found; i++)
        w->scores[p->at[i]] += w->found_scores[i];
    return nidx_score_select(w->docs, w->scores, n,
                             limit_less(w->topk, a->below), w->docs, w->scores);
}

static void window(struct work *w, nidx_docid from, nidx_docid to)
{
    if (take_bounds(w, to) < w->topk->threshold || w->n_active == 0)
        return;
    sort_active(w);
    uint32_t optional = n_optional(w);
    if (optional == w->n_active)
        return;
    uint32_t n = optional + 1 == w->n_active
                     ? walk_one(w, &w->active[optional], from, to)
                     : walk_many(w, optional, from, to);
    for (uint32_t i = optional; i-- > 0 && n > 0;)
        n = look_up(w, &w->active[i], n);
    nidx_shape_offer(w->shape, w->topk, w->docs, w->scores, n, &w->probe);
}

static enum nidx_status run(struct work *w, struct nidx_error *err)
{
    uint32_t n_docs =
        w->shape->plan->catalog->segments[w->shape->segment]->n_docs;
    uint32_t size = w->topk->threshold > 1 ? WINDOW : FIRST_WINDOW;
    enum nidx_status status = NIDX_OK;
    nidx_docid at = next_doc(w, 0);

    while (at < n_docs && status == NIDX_OK) {
        nidx_docid from = at - at % 64;
        nidx_docid to = n_docs - from > size ? from + size - 1 : n_docs - 1;
        window(w, from, to);
        status = nidx_plan_poll(w->shape->plan, err);
        size = size < WINDOW ? 2 * size : WINDOW;
        at = next_doc(w, to + 1);
    }
    return status;
}

/* The list whose documents score most, among those with k documents. */
static struct nidx_list *strongest(const struct nidx_shape *s, size_t k)
{
    struct nidx_list *best = NULL;
    uint32_t most = 0;

    for (uint32_t i = 0; i < s->n_should; i++) {
        struct nidx_list *l = &s->lists[i];
        uint32_t bound = nidx_list_bound(l, l->x_max);
        if (l->df >= k && bound > most) {
            best = l;
            most = bound;
        }
    }
    return best;
}

/**
 * Ranks by the strongest list alone: the k-th of those scores is what k
 * documents reach, so most windows need no more than one list from the start.
 */
static enum nidx_status raise_threshold(struct nidx_shape *s,
                                        struct nidx_topk *t,
                                        struct nidx_error *err)
{
    enum {
        MOST = 100
    };
    struct nidx_hit hits[MOST];
    struct nidx_topk alone;
    struct nidx_list *l = strongest(s, t->k);

    if (!l || t->k > MOST || s->n_not > 0)
        return NIDX_OK;
    nidx_topk_init(&alone, t->catalog, t->k, hits);
    enum nidx_status status = nidx_topk_list(s, l, &alone, err);
    if (status == NIDX_OK && l->status != NIDX_OK)
        status = nidx_plan_fail(err, l->status);
    if (status == NIDX_OK && alone.threshold > t->threshold)
        t->threshold = alone.threshold;
    return status == NIDX_OK ? nidx_list_reopen(l, err) : status;
}

enum nidx_status nidx_topk_or(struct nidx_shape *s, struct nidx_topk *t,
                              struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;

    if (t->n < t->k)
        status = raise_threshold(s, t, err);
    struct work *w = nidx_norms_scratch(s->plan->norms, sizeof(*w));
    if (status != NIDX_OK || !w)
        return status != NIDX_OK ? status : nidx_nomem(err);
    w->shape = s;
    w->topk = t;
    w->n_live = w->n_active = 0;
    w->sums = nidx_norms_sums(s->plan->norms);
    w->live = malloc(nidx_mul_size(s->n_should + 1, sizeof(*w->live)));
    w->active = malloc(nidx_mul_size(s->n_should + 1, sizeof(*w->active)));
    if (!w->live || !w->active || !w->sums)
        status = nidx_nomem(err);
    for (uint32_t i = 0; status == NIDX_OK && i < s->n_should; i++)
        w->live[w->n_live++] = &s->lists[i];
    if (status == NIDX_OK)
        status = run(w, err);
    free(w->live);
    free(w->active);
    return status == NIDX_OK ? nidx_shape_status(s, err) : status;
}
