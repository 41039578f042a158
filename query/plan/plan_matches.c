/* plan_matches.c: the occurrences in a document that satisfied the query.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "query/cursor/cursor.h"
#include "query/spans/spans.h"

struct matches {
    struct nidx_plan *plan;
    uint32_t segment;
    nidx_docid doc;
    struct nidx_match *items;
    size_t n, cap;
    uint32_t groups; /* given so far */
};

static enum nidx_status holds(struct matches *m, const struct nidx_pnode *node,
                              bool *yes, struct nidx_error *err)
{
    struct nidx_cursor *c;
    enum nidx_status status =
        nidx_cursor_open(m->plan, node, m->segment, &c, err);

    if (status != NIDX_OK)
        return status;
    *yes = nidx_cursor_seek(c, m->doc) == m->doc;
    if (c->status != NIDX_OK)
        status = nidx_plan_fail(err, c->status);
    nidx_cursor_close(c);
    return status;
}

/* Appends what takes part in the spans of a word or positional operator. */
static enum nidx_status take_spans(struct matches *m,
                                   const struct nidx_node *node,
                                   struct nidx_error *err)
{
    const struct nidx_segment *s = m->plan->catalog->segments[m->segment];
    struct nidx_spans *spans;
    size_t before = m->n;
    uint32_t greatest = 0;
    enum nidx_status status = nidx_spans_new(node, s, &spans, err);

    if (status != NIDX_OK)
        return status;
    status = nidx_spans_matches(spans, m->doc, &m->items, &m->n, &m->cap, err);
    nidx_spans_free(spans);
    for (size_t i = before; i < m->n; i++) {
        greatest = m->items[i].group > greatest ? m->items[i].group : greatest;
        m->items[i].group += m->groups;
    }
    if (m->n > before)
        m->groups += greatest + 1;
    return status;
}

static enum nidx_status take(struct matches *m, const struct nidx_pnode *node,
                             struct nidx_error *err)
{
    bool yes = false;
    enum nidx_status status = NIDX_OK;

    if (node->occur == NIDX_MUST_NOT && node != m->plan->root)
        return NIDX_OK;
    if (node->type == NIDX_NODE_LEAF && node->node->type == NIDX_NODE_LEAF)
        return node->parts[m->segment].n ? take_spans(m, node->node, err)
                                         : NIDX_OK;
    if (node->type == NIDX_NODE_PHRASE)
        return take_spans(m, node->node, err);
    if (node->type != NIDX_NODE_BOOL)
        return NIDX_OK;
    status = holds(m, node, &yes, err);
    for (uint32_t i = 0; yes && i < node->n_children && status == NIDX_OK; i++)
        status = take(m, node->children[i], err);
    return status;
}

static int by_position(const void *a, const void *b)
{
    const struct nidx_match *x = a, *y = b;

    if (x->pos != y->pos)
        return x->pos < y->pos ? -1 : 1;
    if (x->leaf != y->leaf)
        return x->leaf < y->leaf ? -1 : 1;
    if (x->term != y->term)
        return x->term < y->term ? -1 : 1;
    return x->group < y->group ? -1 : x->group > y->group;
}

enum nidx_status nidx_plan_matches(struct nidx_plan *p, uint32_t segment,
                                   nidx_docid doc, struct nidx_match **out,
                                   size_t *n, struct nidx_error *err)
{
    struct matches m = {.plan = p, .segment = segment, .doc = doc};

    if (segment >= p->catalog->manifest.n_segments ||
        doc >= p->catalog->segments[segment]->n_docs)
        return nidx_fail(err, NIDX_ERR_INVALID, "no such document");
    nidx_norms_use(p->norms, p->options.k1, p->options.b, p->options.plain);
    p->norms->unscored = true;
    enum nidx_status status = take(&m, p->root, err);
    p->norms->unscored = false;
    if (status != NIDX_OK) {
        free(m.items);
        return status;
    }
    if (m.n > 1)
        qsort(m.items, m.n, sizeof(*m.items), by_position);
    *out = m.items;
    *n = m.n;
    return NIDX_OK;
}
