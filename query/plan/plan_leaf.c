/* plan_leaf.c: a leaf's statistics over all segments.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "query/plan/merge.h"
#include "query/plan/plan.h"

static bool keep_leaf(struct nidx_plan *p, struct nidx_pnode *leaf)
{
    if (p->n_leaves == p->cap_leaves) {
        uint32_t cap = p->cap_leaves ? 2 * p->cap_leaves : 8;
        struct nidx_pnode **more =
            realloc(p->leaves, nidx_mul_size(cap, sizeof(*more)));
        if (!more)
            return false;
        p->leaves = more;
        p->cap_leaves = cap;
    }
    p->leaves[p->n_leaves++] = leaf;
    return true;
}

static enum nidx_status look_up(struct nidx_plan *p,
                                const struct nidx_node *node, uint32_t segment,
                                struct nidx_part_leaf *part,
                                struct nidx_error *err)
{
    const struct nidx_segment *s = p->catalog->segments[segment];
    bool keyword = node->type == NIDX_NODE_KEYWORD, whole = false;
    uint32_t n = keyword ? 1 : node->n_terms;
    uint8_t field =
        node->field == NIDX_FIELD_BODY ? NIDX_FIELD_ALL : node->field;

    part->infos = nidx_arena_alloc(p->arena, (n + 1) * sizeof(*part->infos));
    part->terms = nidx_arena_alloc(p->arena, (n + 1) * sizeof(*part->terms));
    if (!part->infos || !part->terms)
        return nidx_nomem(err);
    for (uint32_t t = 0; t < n; t++) {
        bool found;
        enum nidx_term_kind kind =
            keyword ? NIDX_KIND_KEYWORD
                    : (enum nidx_term_kind)node->terms[t].kind;
        struct nidx_bytes text = keyword ? node->text : node->terms[t].text;
        enum nidx_status status =
            nidx_known_term(&p->norms->known, s, segment, kind, field, text,
                            &found, &part->infos[part->n], err);
        if (status != NIDX_OK)
            return status;
        if (!found || part->infos[part->n].df == 0)
            continue;
        whole |= keyword || !node->terms[t].forms;
        part->terms[part->n++] = t;
    }
    part->merge = part->n && (!whole || node->field == NIDX_FIELD_BODY);
    return NIDX_OK;
}

/* df counts what ALL holds also where only the body counts. */
static enum nidx_status body_df(const struct nidx_pnode *leaf,
                                struct nidx_part_leaf *part, uint32_t segment,
                                struct nidx_error *err)
{
    struct nidx_part_leaf all = *part;
    struct nidx_leaf_score how = leaf->how;

    how.weight = 1;
    how.scored = false;
    all.merged = NULL;
    enum nidx_status status =
        nidx_merge(&all, leaf->node, &how, segment, false, err);
    if (status == NIDX_OK)
        part->df = all.merged->n;
    nidx_merged_free(all.merged);
    return status;
}

static enum nidx_status count_part(const struct nidx_pnode *leaf,
                                   uint32_t segment, struct nidx_error *err)
{
    struct nidx_part_leaf *part = &leaf->parts[segment];
    enum nidx_status status = NIDX_OK;

    if (part->n == 0)
        return NIDX_OK;
    part->df = part->infos[0].df;
    if (!part->merge && part->n == 1)
        return NIDX_OK;
    if (!part->merge)
        return nidx_blend(part, leaf->node, &leaf->how, segment,
                          leaf->how.scored, err);
    status = nidx_merge(part, leaf->node, &leaf->how, segment, leaf->how.scored,
                        err);
    if (status != NIDX_OK)
        return status;
    part->df = part->merged->n;
    if (leaf->node->field == NIDX_FIELD_BODY)
        status = body_df(leaf, part, segment, err);
    if (part->merged->n == 0)
        part->n = 0;
    return status;
}

static void take_score(struct nidx_plan *p, struct nidx_pnode *leaf,
                       bool scored)
{
    uint8_t field = leaf->node->field;
    uint32_t weight = p->options.plain ? 1 : p->catalog->header.title_weight;

    leaf->how = (struct nidx_leaf_score){
        .norms = p->norms,
        .kind = nidx_norm_kind_of(field),
        .weight = field == NIDX_FIELD_ALL    ? weight
                  : field == NIDX_FIELD_BODY ? 0
                                             : 1,
        .scored = scored && leaf->node->type == NIDX_NODE_LEAF,
    };
}

enum nidx_status nidx_plan_leaf(struct nidx_plan *p,
                                const struct nidx_node *node, bool scored,
                                struct nidx_pnode **out, struct nidx_error *err)
{
    uint32_t n = p->catalog->manifest.n_segments;
    struct nidx_pnode *leaf = nidx_plan_node(p, NIDX_NODE_LEAF, node);
    enum nidx_status status = NIDX_OK;
    bool any = false;

    if (!leaf)
        return nidx_nomem(err);
    leaf->parts = nidx_arena_alloc(p->arena, (n + 1) * sizeof(*leaf->parts));
    if (!leaf->parts || !keep_leaf(p, leaf))
        return nidx_nomem(err);
    take_score(p, leaf, scored);
    for (uint32_t i = 0; i < n && status == NIDX_OK; i++) {
        status = look_up(p, node, i, &leaf->parts[i], err);
        if (status == NIDX_OK)
            status = count_part(leaf, i, err);
        leaf->df += leaf->parts[i].df;
        any |= leaf->parts[i].n > 0;
    }
    if (leaf->df > 0)
        leaf->idf = (float)nidx_score_idf(p->catalog->n_docs, leaf->df);
    if (!any)
        leaf->type = NIDX_NODE_NONE;
    *out = leaf;
    return status;
}
