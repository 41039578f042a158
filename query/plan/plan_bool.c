/* plan_bool.c: boolean nodes, flattened and cut.
 *
 * Scores are integer sums, so flattening never changes one.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/plan/plan.h"

static uint32_t count_occur(const struct nidx_pnode *node,
                            enum nidx_occur occur)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < node->n_children; i++)
        n += node->children[i]->occur == occur;
    return n;
}

/* Whether the children of child may stand in its place. A MUST of nothing but
 * MUST_NOT stays: without it, SHOULD beside it would have to match. */
static bool flattens(const struct nidx_pnode *child)
{
    if (child->type != NIDX_NODE_BOOL)
        return false;
    uint32_t should = count_occur(child, NIDX_SHOULD);
    if (child->occur == NIDX_MUST)
        return should == 0 && count_occur(child, NIDX_MUST) > 0;
    return should == child->n_children;
}

/* What a grandchild does in its grandparent. */
static enum nidx_occur lifted(enum nidx_occur child, enum nidx_occur grandchild)
{
    return child == NIDX_MUST ? grandchild : child;
}

static bool flatten(struct nidx_plan *p, struct nidx_pnode *node)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < node->n_children; i++) {
        const struct nidx_pnode *child = node->children[i];
        n += flattens(child) ? child->n_children : 1;
    }
    if (n == node->n_children)
        return true;
    struct nidx_pnode **all =
        nidx_arena_alloc(p->arena, (n + 1) * sizeof(*all));
    if (!all)
        return false;
    n = 0;
    for (uint32_t i = 0; i < node->n_children; i++) {
        struct nidx_pnode *child = node->children[i];
        if (!flattens(child)) {
            all[n++] = child;
            continue;
        }
        for (uint32_t k = 0; k < child->n_children; k++) {
            all[n] = child->children[k];
            all[n]->occur = lifted(child->occur, all[n]->occur);
            n++;
        }
    }
    node->children = all;
    node->n_children = n;
    return true;
}

/* Whether a child can be left out; sets none where nothing can match. */
static bool cut(const struct nidx_pnode *child, bool other_must, bool *none)
{
    if (child->type == NIDX_NODE_NONE) {
        *none |= child->occur == NIDX_MUST;
        return true;
    }
    if (child->type != NIDX_NODE_ALL)
        return false;
    *none |= child->occur == NIDX_MUST_NOT;
    return child->occur == NIDX_MUST && other_must;
}

static bool has_other_must(const struct nidx_pnode *node)
{
    for (uint32_t i = 0; i < node->n_children; i++) {
        if (node->children[i]->occur == NIDX_MUST &&
            node->children[i]->type != NIDX_NODE_ALL)
            return true;
    }
    return false;
}

static void cut_children(struct nidx_pnode *node, bool *none)
{
    bool other_must = has_other_must(node), kept_all = false;
    uint32_t n = 0;

    for (uint32_t i = 0; i < node->n_children; i++) {
        struct nidx_pnode *child = node->children[i];
        bool all = child->type == NIDX_NODE_ALL && child->occur == NIDX_MUST;
        if (cut(child, other_must, none) || (all && kept_all))
            continue;
        kept_all |= all;
        node->children[n++] = child;
    }
    node->n_children = n;
}

struct nidx_pnode *nidx_plan_simplify(struct nidx_plan *p,
                                      struct nidx_pnode *node)
{
    bool none = false;

    if (!flatten(p, node))
        return NULL;
    uint32_t positive = node->n_children - count_occur(node, NIDX_MUST_NOT);
    cut_children(node, &none);
    uint32_t left = node->n_children - count_occur(node, NIDX_MUST_NOT);
    if (none || (positive > 0 && left == 0)) {
        node->type = NIDX_NODE_NONE;
        return node;
    }
    if (node->n_children == 0) {
        node->type = NIDX_NODE_ALL;
        return node;
    }
    if (node->n_children > 1 || left == 0)
        return node;
    node->children[0]->occur = node->occur;
    return node->children[0];
}
