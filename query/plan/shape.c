/* shape.c: trees that bulk evaluators know, as lists of one segment.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/plan/shape.h"

#include <stdlib.h>

void nidx_shape_done(struct nidx_shape *s)
{
    free(s->lists);
    s->lists = NULL;
}

/* Whether every child is a leaf. */
static bool is_flat(const struct nidx_pnode *node)
{
    if (node->type == NIDX_NODE_LEAF)
        return true;
    if (node->type != NIDX_NODE_BOOL)
        return false;
    for (uint32_t i = 0; i < node->n_children; i++) {
        if (node->children[i]->type != NIDX_NODE_LEAF)
            return false;
    }
    return true;
}

/* Sums of 32 bits hold the scores of all leaves together. */
static bool sums_fit(const struct nidx_pnode *node)
{
    double sum = 0;

    for (uint32_t i = 0; i < node->n_children; i++)
        sum += (double)node->children[i]->how.w + 1;
    return sum < 2147483648.0;
}

/* The lists of a leaf; n counts them, siblings apart. */
static enum nidx_status open_one(struct nidx_shape *s,
                                 const struct nidx_pnode *leaf, bool scored,
                                 uint32_t n_leaves, uint32_t *n,
                                 struct nidx_error *err)
{
    const struct nidx_part_leaf *part = &leaf->parts[s->segment];
    struct nidx_leaf_score how = leaf->how;
    struct nidx_list *l = &s->lists[s->n_must + s->n_should + s->n_not];
    uint32_t n_lists = nidx_part_lists(part);

    if (n_lists == 0)
        return NIDX_OK;
    how.scored &= scored;
    ++*n;
    enum nidx_status status = nidx_list_open(l, part, &how, s->segment, err);
    if (status != NIDX_OK || n_lists == 1)
        return status;
    struct nidx_list *other = l + 1;
    if (leaf->occur == NIDX_MUST)
        l->also = other = &s->lists[2 * n_leaves - ++s->n_also];
    else
        ++*n;
    return nidx_list_open_others(other, part, &how, s->segment, err);
}

static enum nidx_status open_occur(struct nidx_shape *s,
                                   const struct nidx_pnode *node,
                                   enum nidx_occur occur, bool scored,
                                   uint32_t *n, uint32_t *asked,
                                   struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;

    for (uint32_t i = 0; i < node->n_children && status == NIDX_OK; i++) {
        if (node->children[i]->occur != occur)
            continue;
        ++*asked;
        status =
            open_one(s, node->children[i], scored, node->n_children, n, err);
    }
    return status;
}

enum nidx_status nidx_shape_open(struct nidx_shape *s, struct nidx_plan *p,
                                 const struct nidx_pnode *node,
                                 uint32_t segment, bool scored, bool *fits,
                                 struct nidx_error *err)
{
    struct nidx_pnode one = {.n_children = 1};
    struct nidx_pnode *only;
    uint32_t must = 0, should = 0, not = 0;

    *s = (struct nidx_shape){.plan = p,
                             .segment = segment,
                             .deleted = p->catalog->segments[segment]->deleted};
    *fits = false;
    if (!is_flat(node))
        return NIDX_OK;
    struct nidx_pnode leaf = *node;
    if (node->type == NIDX_NODE_LEAF) {
        leaf.occur = NIDX_SHOULD;
        only = &leaf;
        one.children = &only;
        node = &one;
    }
    if (scored && !sums_fit(node))
        return NIDX_OK;
    s->one_leaf = node->n_children == 1;
    s->lists =
        malloc(nidx_mul_size(2 * node->n_children + 1, sizeof(*s->lists)));
    if (!s->lists)
        return nidx_nomem(err);
    enum nidx_status status =
        open_occur(s, node, NIDX_MUST, scored, &s->n_must, &must, err);
    if (status == NIDX_OK)
        status = open_occur(s, node, NIDX_SHOULD, scored, &s->n_should, &should,
                            err);
    if (status == NIDX_OK)
        status =
            open_occur(s, node, NIDX_MUST_NOT, false, &s->n_not, &not, err);
    *fits = must + should > 0 && (must == 0 || should == 0);
    s->empty = s->n_must < must || s->n_must + s->n_should == 0;
    return status;
}

static enum nidx_status fail_as(enum nidx_status status, struct nidx_error *err)
{
    return status == NIDX_OK ? NIDX_OK : nidx_plan_fail(err, status);
}

enum nidx_status nidx_shape_status(const struct nidx_shape *s,
                                   struct nidx_error *err)
{
    for (uint32_t i = 0; i < s->n_must + s->n_should + s->n_not; i++) {
        const struct nidx_list *l = &s->lists[i];
        if (l->status != NIDX_OK || (l->also && l->also->status != NIDX_OK))
            return fail_as(l->status != NIDX_OK ? l->status : l->also->status,
                           err);
    }
    return NIDX_OK;
}

enum nidx_status nidx_lists_next_lead(struct nidx_list *lists, uint32_t n,
                                      struct nidx_error *err)
{
    enum nidx_status status = fail_as(lists[0].status, err);

    lists[0] = *lists[0].also;
    for (uint32_t i = 1; i < n && status == NIDX_OK; i++)
        status = nidx_list_reopen(&lists[i], err);
    return status;
}

bool nidx_lists_catch_up(struct nidx_list *lists, uint32_t n)
{
    struct nidx_list *lead = &lists[0];

    for (uint32_t i = 1; i < n && lead->n; i++) {
        nidx_docid first = nidx_list_seek_both(&lists[i], lead->first);
        if (first == NIDX_DOC_END)
            return false;
        if (first > lead->last && !nidx_list_seek(lead, first))
            return false;
    }
    return lead->n > 0;
}

bool nidx_shape_is_dense(const struct nidx_shape *s)
{
    for (uint32_t i = 0; i < s->n_must; i++) {
        if (s->lists[i].merged || !s->lists[i].postings.info.dense)
            return false;
    }
    return true;
}

static int by_df(const void *a, const void *b)
{
    const struct nidx_list *x = a, *y = b;

    return x->df < y->df ? -1 : x->df > y->df;
}

void nidx_lists_sort(struct nidx_list *lists, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++) {
        if (lists[i].df < lists[i - 1].df) {
            qsort(lists, n, sizeof(*lists), by_df);
            return;
        }
    }
}

uint32_t nidx_shape_exclude(struct nidx_shape *s, uint32_t *docs,
                            uint32_t *scores, uint32_t n,
                            struct nidx_probe *probe)
{
    struct nidx_list *lists = s->lists + s->n_must + s->n_should;

    for (uint32_t k = 0; k < s->n_not && n > 0; k++) {
        uint32_t found =
            nidx_list_probe(&lists[k], docs, n, NIDX_PROBE_DOCS, probe);
        uint32_t kept = 0;
        for (uint32_t i = 0, f = 0; i < n; i++) {
            if (f < found && probe->at[f] == i) {
                f++;
                continue;
            }
            docs[kept] = docs[i];
            if (scores)
                scores[kept] = scores[i];
            kept++;
        }
        n = kept;
    }
    return n;
}

void nidx_shape_offer(struct nidx_shape *s, struct nidx_topk *t, uint32_t *docs,
                      uint32_t *scores, uint32_t n, struct nidx_probe *probe)
{
    if (s->n_not)
        n = nidx_shape_exclude(s, docs, scores, n, probe);
    for (uint32_t i = 0; i < n; i++) {
        bool low = scores[i] < t->threshold && scores[i] > 0;
        if (low && !t->counting)
            continue;
        if (s->deleted && s->deleted[docs[i] >> 6] >> (docs[i] & 63) & 1)
            continue;
        t->total++;
        if (!low)
            nidx_topk_add(t, s->segment, docs[i], scores[i]);
    }
}
