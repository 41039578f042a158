/* topk_bulk.c: which evaluator takes a planned tree in a segment.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/plan/shape.h"

/* Every SHOULD list has to score, and some MUST list. */
static bool ranks(const struct nidx_shape *s)
{
    bool any = false;

    for (uint32_t i = 0; i < s->n_must + s->n_should; i++) {
        any |= s->lists[i].how.scored;
        if (!s->lists[i].how.scored && s->n_should)
            return false;
    }
    return any;
}

enum nidx_status nidx_topk_bulk(struct nidx_plan *p, uint32_t segment,
                                struct nidx_topk *t, bool *done,
                                struct nidx_error *err)
{
    struct nidx_shape s;
    bool fits;

    *done = false;
    if (p->cursors_only)
        return NIDX_OK;
    if (p->root->type == NIDX_NODE_PHRASE)
        return nidx_phrase_run(p, p->root, segment, t, NULL, done, err);
    enum nidx_status status =
        nidx_shape_open(&s, p, p->root, segment, true, &fits, err);

    *done = false;
    if (status == NIDX_OK && fits && s.empty)
        *done = true;
    else if (status == NIDX_OK && fits && ranks(&s)) {
        *done = true;
        /* To count apart is cheap, or cheaper than to score all. */
        if (s.one_leaf || s.n_should || nidx_shape_is_dense(&s))
            t->counting = false;
        if (s.one_leaf)
            status = nidx_topk_term(&s, t, err);
        else if (s.n_must)
            status = nidx_topk_and(&s, t, err);
        else
            status = nidx_topk_or(&s, t, err);
    }
    nidx_shape_done(&s);
    return status;
}

/* Documents that hold the leaf, where none is deleted: nothing is opened. */
static uint64_t count_leaf(const struct nidx_part_leaf *part)
{
    if (part->n == 0)
        return 0;
    if (part->merged)
        return part->merged->n;
    return part->infos[part->main].df + (part->others ? part->others->n : 0u);
}

enum nidx_status nidx_count_bulk(struct nidx_plan *p, uint32_t segment,
                                 uint64_t *total, bool *done,
                                 struct nidx_error *err)
{
    struct nidx_shape s;
    bool fits;

    *done = false;
    if (p->cursors_only)
        return NIDX_OK;
    if (p->root->type == NIDX_NODE_PHRASE)
        return nidx_phrase_run(p, p->root, segment, NULL, total, done, err);
    if (p->root->type == NIDX_NODE_LEAF &&
        !p->catalog->segments[segment]->deleted) {
        *total = count_leaf(&p->root->parts[segment]);
        *done = true;
        return NIDX_OK;
    }
    enum nidx_status status =
        nidx_shape_open(&s, p, p->root, segment, false, &fits, err);

    *done = status == NIDX_OK && fits;
    if (*done && !s.empty)
        status = nidx_count_shape(&s, total, err);
    nidx_shape_done(&s);
    return status;
}
