/* shape.c: trees that bulk evaluators know, as lists of one segment.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/shape.h"

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

static enum nidx_status open_one(struct nidx_shape *s,
                                 const struct nidx_pnode *leaf, bool scored,
                                 uint32_t *n, struct nidx_error *err)
{
    struct nidx_leaf_score how = leaf->how;
    struct nidx_list *l = &s->lists[s->n_must + s->n_should + s->n_not];

    if (leaf->parts[s->segment].n == 0)
        return NIDX_OK;
    how.scored &= scored;
    ++*n;
    return nidx_list_open(l, &leaf->parts[s->segment], &how, s->segment, err);
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
        status = open_one(s, node->children[i], scored, n, err);
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
    s->lists = malloc(nidx_mul_size(node->n_children + 1, sizeof(*s->lists)));
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

enum nidx_status nidx_shape_status(const struct nidx_shape *s,
                                   struct nidx_error *err)
{
    for (uint32_t i = 0; i < s->n_must + s->n_should + s->n_not; i++) {
        if (s->lists[i].status != NIDX_OK)
            return nidx_plan_fail(err, s->lists[i].status);
    }
    return NIDX_OK;
}

uint32_t nidx_shape_exclude(struct nidx_shape *s, uint32_t *docs,
                            uint32_t *scores, uint32_t n,
                            struct nidx_probe *probe)
{
    struct nidx_list *lists = s->lists + s->n_must + s->n_should;

    for (uint32_t k = 0; k < s->n_not && n > 0; k++) {
        uint32_t found = nidx_list_probe(&lists[k], docs, n, false, probe);
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
        if (scores[i] < t->threshold && scores[i] > 0)
            continue;
        if (s->deleted && s->deleted[docs[i] >> 6] >> (docs[i] & 63) & 1)
            continue;
        nidx_topk_add(t, s->segment, docs[i], scores[i]);
    }
}
