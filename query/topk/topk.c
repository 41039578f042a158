/* topk.c: the best documents so far.
 *
 * Keys are compared only where scores are equal: by rank within a segment, by
 * their text across segments.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/topk/topk.h"

void nidx_topk_init(struct nidx_topk *t, const struct nidx_catalog *catalog,
                    size_t k, struct nidx_hit *hits)
{
    *t = (struct nidx_topk){
        .catalog = catalog, .k = k, .hits = hits, .threshold = 1};
}

static int compare_ranks(struct nidx_topk *t, const struct nidx_hit *a,
                         const struct nidx_hit *b)
{
    const struct nidx_column *ranks =
        &t->catalog->segments[a->segment]->columns[NIDX_COLUMN_RANK];
    uint64_t x = 0, y = 0;
    enum nidx_status status = nidx_column_get(ranks, a->doc, &x, NULL);

    if (status == NIDX_OK)
        status = nidx_column_get(ranks, b->doc, &y, NULL);
    if (status != NIDX_OK)
        t->status = status;
    return x < y ? -1 : x > y;
}

static int compare_keys(struct nidx_topk *t, const struct nidx_hit *a,
                        const struct nidx_hit *b)
{
    struct nidx_buf x = {0}, y = {0};
    enum nidx_status status = nidx_segment_doc_key(
        t->catalog->segments[a->segment], a->doc, &x, NULL);
    int order = 0;

    if (status == NIDX_OK)
        status = nidx_segment_doc_key(t->catalog->segments[b->segment], b->doc,
                                      &y, NULL);
    if (status != NIDX_OK)
        t->status = status;
    else
        order = nidx_bytes_compare((struct nidx_bytes){x.data, x.len},
                                   (struct nidx_bytes){y.data, y.len});
    nidx_buf_done(&x);
    nidx_buf_done(&y);
    return order;
}

/* Whether a comes before b. */
static bool better(struct nidx_topk *t, const struct nidx_hit *a,
                   const struct nidx_hit *b)
{
    if (a->score != b->score)
        return a->score > b->score;
    if (a->segment == b->segment)
        return compare_ranks(t, a, b) < 0;
    return compare_keys(t, a, b) < 0;
}

/* Moves hit down from i, where a hole is, in a heap of n. */
static void sift_down(struct nidx_topk *t, size_t i, size_t n,
                      struct nidx_hit hit)
{
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= n)
            break;
        if (child + 1 < n && better(t, &t->hits[child], &t->hits[child + 1]))
            child++;
        if (!better(t, &hit, &t->hits[child]))
            break;
        t->hits[i] = t->hits[child];
        i = child;
    }
    t->hits[i] = hit;
}

static void sift_up(struct nidx_topk *t, size_t i, struct nidx_hit hit)
{
    while (i > 0) {
        size_t parent = (i - 1) / 2;
        if (!better(t, &t->hits[parent], &hit))
            break;
        t->hits[i] = t->hits[parent];
        i = parent;
    }
    t->hits[i] = hit;
}

void nidx_topk_add(struct nidx_topk *t, uint32_t segment, nidx_docid doc,
                   nidx_score score)
{
    struct nidx_hit hit = {score, segment, doc};

    if (t->n < t->k) {
        sift_up(t, t->n++, hit);
        if (t->n == t->k && t->hits[0].score > t->threshold)
            t->threshold = t->hits[0].score;
        return;
    }
    if (t->k == 0 || !better(t, &hit, &t->hits[0]))
        return;
    sift_down(t, 0, t->n, hit);
    if (t->hits[0].score > t->threshold)
        t->threshold = t->hits[0].score;
}

enum nidx_status nidx_topk_finish(struct nidx_topk *t, struct nidx_error *err)
{
    for (size_t n = t->n; n > 1; n--) {
        struct nidx_hit worst = t->hits[0];
        struct nidx_hit last = t->hits[n - 1];
        sift_down(t, 0, n - 1, last);
        t->hits[n - 1] = worst;
    }
    if (t->status != NIDX_OK)
        return nidx_plan_fail(err, t->status);
    return NIDX_OK;
}
