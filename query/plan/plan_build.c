/* plan_build.c: an expanded tree to a planned one.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/plan/plan.h"

static enum nidx_status build(struct nidx_plan *p, const struct nidx_node *node,
                              float boost, bool scored, struct nidx_pnode **out,
                              struct nidx_error *err);

struct nidx_pnode *nidx_plan_node(struct nidx_plan *p, enum nidx_node_type type,
                                  const struct nidx_node *node)
{
    struct nidx_pnode *n = nidx_arena_alloc(p->arena, sizeof(*n));

    if (n) {
        n->type = type;
        n->node = node;
        n->occur = node->occur;
    }
    return n;
}

static bool is_positional(const struct nidx_node *node)
{
    return node->type == NIDX_NODE_PHRASE || node->type == NIDX_NODE_NEAR ||
           node->type == NIDX_NODE_BEFORE || node->type == NIDX_NODE_SENTENCE ||
           node->type == NIDX_NODE_PARAGRAPH;
}

/* ---------------------------------------------- below positional nodes */

static enum nidx_status frame(struct nidx_plan *p, const struct nidx_node *node,
                              struct nidx_pnode **out, struct nidx_error *err);

/* What a BOOL under a positional operator leaves out of its spans. */
static bool left_out(const struct nidx_node *child)
{
    return child->occur == NIDX_MUST_NOT || child->type == NIDX_NODE_RANGE ||
           child->type == NIDX_NODE_KEYWORD || child->type == NIDX_NODE_ALL;
}

/* Whether all children that take part have to match. */
static bool takes_all(const struct nidx_node *node)
{
    if (node->type != NIDX_NODE_BOOL)
        return true;
    for (uint32_t i = 0; i < node->n_children; i++) {
        if (node->children[i]->occur == NIDX_MUST &&
            !left_out(node->children[i]))
            return true;
    }
    return false;
}

static bool takes_part(const struct nidx_node *node,
                       const struct nidx_node *child, bool all)
{
    if (node->type != NIDX_NODE_BOOL)
        return true;
    return !left_out(child) && child->occur == (all ? NIDX_MUST : NIDX_SHOULD);
}

static enum nidx_status frame_children(struct nidx_plan *p,
                                       const struct nidx_node *node,
                                       struct nidx_pnode *out,
                                       struct nidx_error *err)
{
    bool all = takes_all(node);

    out->children = nidx_arena_alloc(p->arena, (node->n_children + 1) *
                                                   sizeof(*out->children));
    if (!out->children)
        return nidx_nomem(err);
    for (uint32_t i = 0; i < node->n_children; i++) {
        struct nidx_pnode *child;
        if (!takes_part(node, node->children[i], all))
            continue;
        enum nidx_status status = frame(p, node->children[i], &child, err);
        if (status != NIDX_OK)
            return status;
        child->occur = all ? NIDX_MUST : NIDX_SHOULD;
        out->children[out->n_children++] = child;
        if (all)
            out->idf += child->idf;
        else if (child->idf > 0 && (out->idf <= 0 || child->idf < out->idf))
            out->idf = child->idf;
        if (child->df && (!out->df || child->df < out->df))
            out->df = child->df;
    }
    if (out->n_children == 0)
        out->type = NIDX_NODE_NONE;
    return NIDX_OK;
}

/**
 * The documents that may hold spans of node: its words', without what is
 * negated or optional. idf becomes the operator's.
 */
static enum nidx_status frame(struct nidx_plan *p, const struct nidx_node *node,
                              struct nidx_pnode **out, struct nidx_error *err)
{
    if (node->type == NIDX_NODE_LEAF)
        return nidx_plan_leaf(p, node, false, out, err);
    bool holds = node->type == NIDX_NODE_BOOL || is_positional(node);
    struct nidx_pnode *n = *out =
        nidx_plan_node(p, holds ? NIDX_NODE_BOOL : NIDX_NODE_NONE, node);
    if (!n)
        return nidx_nomem(err);
    if (!holds)
        return NIDX_OK;
    enum nidx_status status = frame_children(p, node, n, err);
    if (status != NIDX_OK || n->type == NIDX_NODE_NONE)
        return status;
    float idf = n->idf;
    uint64_t df = n->df;
    *out = nidx_plan_simplify(p, n);
    if (!*out)
        return nidx_nomem(err);
    (*out)->idf = idf;
    (*out)->df = df;
    return NIDX_OK;
}

/* The field of the leaves below node; ALL where they differ. */
static void field_of(const struct nidx_node *node, bool *any, uint8_t *field)
{
    if (node->type == NIDX_NODE_LEAF) {
        *field = !*any || *field == node->field ? node->field
                                                : (uint8_t)NIDX_FIELD_ALL;
        *any = true;
    }
    bool all = takes_all(node);
    for (uint32_t i = 0; i < node->n_children; i++) {
        if (takes_part(node, node->children[i], all))
            field_of(node->children[i], any, field);
    }
}

static enum nidx_status build_positional(struct nidx_plan *p,
                                         const struct nidx_node *node,
                                         float boost, bool scored,
                                         struct nidx_pnode **out,
                                         struct nidx_error *err)
{
    struct nidx_pnode *n = *out = nidx_plan_node(p, NIDX_NODE_PHRASE, node);
    struct nidx_pnode *inner;
    bool any = false;
    uint8_t field = NIDX_FIELD_ALL;

    if (!n)
        return nidx_nomem(err);
    n->children = nidx_arena_alloc(p->arena, sizeof(*n->children));
    if (!n->children)
        return nidx_nomem(err);
    enum nidx_status status = frame(p, node, &inner, err);
    if (status != NIDX_OK)
        return status;
    inner->occur = NIDX_MUST;
    n->children[0] = inner;
    n->n_children = 1;
    if (inner->type == NIDX_NODE_NONE)
        n->type = NIDX_NODE_NONE;
    field_of(node, &any, &field);
    n->boost = boost;
    n->idf = inner->idf;
    n->df = inner->df;
    n->how = (struct nidx_leaf_score){
        .norms = p->norms,
        .kind = nidx_norm_kind_of(field),
        .weight = field == NIDX_FIELD_ALL && !p->options.plain
                      ? p->catalog->header.title_weight
                      : 1,
        .scored = scored,
        .w = nidx_score_weight(boost, inner->idf)};
    return NIDX_OK;
}

/* ---------------------------------------------------------- the others */

static enum nidx_status build_bool(struct nidx_plan *p,
                                   const struct nidx_node *node, float boost,
                                   bool scored, struct nidx_pnode **out,
                                   struct nidx_error *err)
{
    struct nidx_pnode *n = nidx_plan_node(p, NIDX_NODE_BOOL, node);

    if (!n)
        return nidx_nomem(err);
    n->children = nidx_arena_alloc(p->arena, (node->n_children + 1) *
                                                 sizeof(*n->children));
    if (!n->children)
        return nidx_nomem(err);
    for (uint32_t i = 0; i < node->n_children; i++) {
        const struct nidx_node *child = node->children[i];
        struct nidx_pnode *made;
        enum nidx_status status =
            build(p, child, boost, scored && child->occur != NIDX_MUST_NOT,
                  &made, err);
        if (status != NIDX_OK)
            return status;
        made->occur = child->occur;
        n->children[n->n_children++] = made;
    }
    *out = nidx_plan_simplify(p, n);
    return *out ? NIDX_OK : nidx_nomem(err);
}

static enum nidx_status build_leaf(struct nidx_plan *p,
                                   const struct nidx_node *node, float boost,
                                   bool scored, struct nidx_pnode **out,
                                   struct nidx_error *err)
{
    enum nidx_status status = nidx_plan_leaf(p, node, scored, out, err);

    if (status == NIDX_OK) {
        (*out)->boost = boost;
        (*out)->how.w = nidx_score_weight(boost, (*out)->idf);
    }
    return status;
}

static enum nidx_status build(struct nidx_plan *p, const struct nidx_node *node,
                              float boost, bool scored, struct nidx_pnode **out,
                              struct nidx_error *err)
{
    boost *= node->boost;
    switch (node->type) {
    case NIDX_NODE_LEAF:
    case NIDX_NODE_KEYWORD:
        return build_leaf(p, node, boost, scored, out, err);
    case NIDX_NODE_BOOL:
        return build_bool(p, node, boost, scored, out, err);
    case NIDX_NODE_PHRASE:
        if (node->n_children == 1)
            return build(p, node->children[0], boost, scored, out, err);
        return build_positional(p, node, boost, scored, out, err);
    case NIDX_NODE_NEAR:
    case NIDX_NODE_BEFORE:
    case NIDX_NODE_SENTENCE:
    case NIDX_NODE_PARAGRAPH:
        return build_positional(p, node, boost, scored, out, err);
    case NIDX_NODE_ALL:
    case NIDX_NODE_NONE:
    case NIDX_NODE_RANGE:
        *out = nidx_plan_node(p, node->type, node);
        return *out ? NIDX_OK : nidx_nomem(err);
    case NIDX_NODE_WORD:
    case NIDX_NODE_PREFIX:
    case NIDX_NODE_EXACT:
    case NIDX_NODE_WILDCARD:
    case NIDX_NODE_FUZZY:
    case NIDX_NODE_REGEX:
    default:
        return nidx_fail(err, NIDX_ERR_INVALID,
                         "the query was not expanded for this index");
    }
}

enum nidx_status nidx_plan_build(struct nidx_plan *p, struct nidx_error *err)
{
    return build(p, p->tree->root, 1.0f, true, &p->root, err);
}
