/* rewrite.c: an expanded tree made simpler, and the same.
 *
 * Bottom up: BOOL in BOOL of one kind is spliced, a single child takes its
 * parent's place, NONE and ALL are folded.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/expand/expand_impl.h"

static bool has(const struct nidx_node *node, enum nidx_occur occur)
{
    for (uint32_t i = 0; i < node->n_children; i++)
        if (node->children[i]->occur == occur)
            return true;
    return false;
}

/* Whether child's children may stand in its place. */
static bool splices(const struct nidx_node *child)
{
    if (child->type != NIDX_NODE_BOOL || child->boost != 1.0f)
        return false;
    if (child->occur == NIDX_MUST)
        return has(child, NIDX_MUST) && !has(child, NIDX_SHOULD);
    return !has(child, NIDX_MUST) && !has(child, NIDX_MUST_NOT);
}

static void splice(struct nidx_expansion *x, struct nidx_nodes *out,
                   struct nidx_node *child)
{
    const enum nidx_occur occur = child->occur;

    if (!splices(child)) {
        nidx_nodes_add(x, out, child, occur);
        return;
    }
    for (uint32_t i = 0; i < child->n_children; i++)
        nidx_nodes_add(x, out, child->children[i],
                       occur == NIDX_MUST ? child->children[i]->occur : occur);
}

/* Takes constants out of children; true where nothing can match. */
static bool fold(struct nidx_nodes *children)
{
    uint32_t n_must = 0, n = 0;
    bool none = false, some = false, should = false;

    for (uint32_t i = 0; i < children->n; i++)
        n_must += children->items[i]->occur == NIDX_MUST;
    for (uint32_t i = 0; i < children->n; i++) {
        struct nidx_node *c = children->items[i];
        const bool is_none = c->type == NIDX_NODE_NONE;
        const bool is_all = c->type == NIDX_NODE_ALL;
        should = should || c->occur == NIDX_SHOULD;
        none = none || (c->occur == NIDX_MUST && is_none) ||
               (c->occur == NIDX_MUST_NOT && is_all);
        /* ALL scores nothing: beside another MUST it says nothing. */
        if (c->occur == NIDX_MUST && is_all && n_must > 1) {
            n_must--;
            continue;
        }
        if (is_none && c->occur != NIDX_MUST)
            continue;
        some = some || c->occur != NIDX_MUST_NOT;
        children->items[n++] = c;
    }
    children->n = n;
    return none || (should && !some);
}

static struct nidx_node *rewrite_bool(struct nidx_expansion *x,
                                      struct nidx_node *node)
{
    struct nidx_nodes children = {0};
    struct nidx_node *out = NULL;

    for (uint32_t i = 0; i < node->n_children; i++)
        splice(x, &children, node->children[i]);
    const bool nothing = fold(&children);
    if (nothing) {
        out = nidx_expand_node(x, NIDX_NODE_NONE, node);
    } else if (children.n == 1 && children.items[0]->occur != NIDX_MUST_NOT) {
        out = children.items[0];
        out->boost *= node->boost;
    } else if (children.n == 0) {
        out = nidx_expand_node(x, NIDX_NODE_ALL, node);
    }
    if (out || x->status != NIDX_OK) {
        if (out)
            out->occur = node->occur;
        nidx_nodes_done(&children);
        return out;
    }
    bool only_not = true;
    for (uint32_t i = 0; i < children.n; i++)
        only_not = only_not && children.items[i]->occur == NIDX_MUST_NOT;
    if (only_not)
        nidx_nodes_add(x, &children, nidx_expand_node(x, NIDX_NODE_ALL, node),
                       NIDX_MUST);
    out = nidx_nodes_parent(x, NIDX_NODE_BOOL, node, &children);
    if (out) {
        out->occur = node->occur;
        out->boost = node->boost;
    }
    return out;
}

/* A positional operator with a side that never matches never does. */
static struct nidx_node *rewrite_positional(struct nidx_expansion *x,
                                            struct nidx_node *node)
{
    struct nidx_node *out = node;

    for (uint32_t i = 0; i < node->n_children; i++) {
        if (node->children[i]->type != NIDX_NODE_NONE)
            continue;
        out = nidx_expand_node(x, NIDX_NODE_NONE, node);
        break;
    }
    if (out && node->n_children == 1) {
        out = node->children[0];
        out->boost *= node->boost;
    }
    if (out)
        out->occur = node->occur;
    return out;
}

struct nidx_node *nidx_rewrite(struct nidx_expansion *x, struct nidx_node *node)
{
    for (uint32_t i = 0; node && i < node->n_children; i++) {
        const enum nidx_occur occur = node->children[i]->occur;
        node->children[i] = nidx_rewrite(x, node->children[i]);
        if (!node->children[i])
            return NULL;
        node->children[i]->occur = occur;
    }
    if (!node || node->n_children == 0)
        return node;
    return node->type == NIDX_NODE_BOOL ? rewrite_bool(x, node)
                                        : rewrite_positional(x, node);
}
