/* plan_explain.c: what each scoring leaf and operator gave a document.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "query/cursor/cursor.h"
#include "query/spans/spans.h"

struct explanation {
    struct nidx_plan *plan;
    uint32_t segment;
    nidx_docid doc;
    struct nidx_contribution *items;
    size_t n, cap;
};

static struct nidx_contribution *append(struct explanation *e)
{
    if (e->n == e->cap) {
        size_t cap = e->cap ? 2 * e->cap : 8;
        struct nidx_contribution *more =
            realloc(e->items, nidx_mul_size(cap, sizeof(*more)));
        if (!more)
            return NULL;
        e->items = more;
        e->cap = cap;
    }
    e->items[e->n] = (struct nidx_contribution){0};
    return &e->items[e->n++];
}

/* The score of a node in the document; 0 where it does not match. */
static enum nidx_status score_of(struct explanation *e,
                                 const struct nidx_pnode *node,
                                 nidx_score *score, bool *matches,
                                 struct nidx_error *err)
{
    struct nidx_cursor *c;
    enum nidx_status status =
        nidx_cursor_open(e->plan, node, e->segment, &c, err);

    if (status != NIDX_OK)
        return status;
    *matches = nidx_cursor_seek(c, e->doc) == e->doc;
    *score = *matches ? nidx_cursor_score(c) : 0;
    if (c->status != NIDX_OK)
        status = nidx_plan_fail(err, c->status);
    nidx_cursor_close(c);
    return status;
}

/* The frequency that the score was made of. */
static enum nidx_status leaf_freq(struct explanation *e,
                                  const struct nidx_pnode *node, float *freq,
                                  struct nidx_error *err)
{
    const struct nidx_part_leaf *part = &node->parts[e->segment];
    struct nidx_list *l = malloc(sizeof(*l));

    if (!l)
        return nidx_nomem(err);
    enum nidx_status status = NIDX_OK;
    for (uint32_t k = 0; k < nidx_part_lists(part) && status == NIDX_OK; k++) {
        status = k ? nidx_list_open_others(l, part, &node->how, e->segment, err)
                   : nidx_list_open(l, part, &node->how, e->segment, err);
        if (status != NIDX_OK || !nidx_list_seek(l, e->doc))
            continue;
        uint32_t i = nidx_list_find(l, e->doc);
        if (i < l->n && l->docs[i] == e->doc)
            *freq = (float)nidx_list_freq_at(l, i);
    }
    free(l);
    return status;
}

static enum nidx_status spans_freq(struct explanation *e,
                                   const struct nidx_pnode *node, float *freq,
                                   struct nidx_error *err)
{
    const struct nidx_segment *s = e->plan->catalog->segments[e->segment];
    struct nidx_spans *spans;
    const struct nidx_span *found;
    size_t n;
    uint64_t title = 0;
    enum nidx_status status = nidx_spans_new(node->node, s, &spans, err);

    if (status != NIDX_OK)
        return status;
    status = nidx_spans_of(spans, e->doc, &found, &n, NULL, err);
    if (status == NIDX_OK)
        status = nidx_column_get(&s->columns[NIDX_COLUMN_TITLE], e->doc, &title,
                                 err);
    if (status == NIDX_OK)
        *freq = (float)nidx_spans_frequency(found, n, (nidx_pos)title,
                                            node->how.weight);
    nidx_spans_free(spans);
    return status;
}

static enum nidx_status explain_leaf(struct explanation *e,
                                     const struct nidx_pnode *node, bool live,
                                     struct nidx_error *err)
{
    struct nidx_contribution *c = append(e);
    nidx_score score = 0;
    bool matches = false;
    uint32_t len = 0;
    float freq = 0;
    enum nidx_status status = NIDX_OK;

    if (!c)
        return nidx_nomem(err);
    if (live)
        status = score_of(e, node, &score, &matches, err);
    if (status == NIDX_OK && matches)
        status = node->type == NIDX_NODE_LEAF ? leaf_freq(e, node, &freq, err)
                                              : spans_freq(e, node, &freq, err);
    if (status == NIDX_OK)
        status = nidx_norms_lens(e->plan->norms, e->segment, node->how.kind,
                                 e->doc, 1, &len, err);
    if (status != NIDX_OK)
        return status;
    *c = (struct nidx_contribution){
        .node = node->node,
        .score = score,
        .boost = node->boost,
        .idf = node->idf,
        .freq = freq,
        .len = (float)len,
        .avglen = e->plan->norms->avglens[node->how.kind],
        .df = node->df,
    };
    return NIDX_OK;
}

/* live: all nodes above match, so that what this one scores counts. */
static enum nidx_status explain(struct explanation *e,
                                const struct nidx_pnode *node, bool live,
                                struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;
    nidx_score score;
    bool matches = false;

    if (node->type == NIDX_NODE_LEAF || node->type == NIDX_NODE_PHRASE)
        return node->how.scored ? explain_leaf(e, node, live, err) : NIDX_OK;
    if (node->type != NIDX_NODE_BOOL)
        return NIDX_OK;
    if (live)
        status = score_of(e, node, &score, &matches, err);
    for (uint32_t i = 0; i < node->n_children && status == NIDX_OK; i++) {
        if (node->children[i]->occur != NIDX_MUST_NOT)
            status = explain(e, node->children[i], matches, err);
    }
    return status;
}

enum nidx_status nidx_plan_explain(struct nidx_plan *p, uint32_t segment,
                                   nidx_docid doc,
                                   struct nidx_contribution **out, size_t *n,
                                   struct nidx_error *err)
{
    struct explanation e = {.plan = p, .segment = segment, .doc = doc};

    if (segment >= p->catalog->manifest.n_segments ||
        doc >= p->catalog->segments[segment]->n_docs)
        return nidx_fail(err, NIDX_ERR_INVALID, "no such document");
    nidx_norms_use(p->norms, p->options.k1, p->options.b, p->options.plain);
    enum nidx_status status = explain(&e, p->root, true, err);
    if (status != NIDX_OK) {
        free(e.items);
        return status;
    }
    *out = e.items;
    *n = e.n;
    return NIDX_OK;
}
