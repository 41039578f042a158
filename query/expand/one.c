/* one.c: a query on one document: its score, and which clauses it satisfies.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/cursor/cursor.h"
#include "query/plan/plan.h"
#include "query/result/result.h"

static enum nidx_status evaluate(struct nidx_plan *p, uint32_t segment,
                                 nidx_docid doc, bool *matches,
                                 nidx_score *score, struct nidx_error *err)
{
    struct nidx_cursor *c;

    nidx_norms_use(p->norms, p->options.k1, p->options.b, p->options.plain);
    enum nidx_status status = nidx_cursor_open(p, p->root, segment, &c, err);
    if (status != NIDX_OK)
        return status;
    *matches = nidx_cursor_seek(c, doc) == doc;
    *score = *matches ? nidx_cursor_score(c) : 0;
    if (c->status != NIDX_OK)
        status = nidx_plan_fail(err, c->status);
    nidx_cursor_close(c);
    return status;
}

enum nidx_status nidx_search_key(struct nidx_snapshot *s,
                                 const struct nidx_query *q,
                                 const struct nidx_search_options *options,
                                 const char *key, size_t len,
                                 struct nidx_result **out,
                                 struct nidx_error *err)
{
    bool matches = false;

    enum nidx_status status = nidx_result_prepare(s, q, options, out, err);
    if (status != NIDX_OK)
        return status;
    struct nidx_result *r = *out;
    status = nidx_result_take_key(
        r, (struct nidx_bytes){(const uint8_t *)key, len}, err);
    if (status == NIDX_OK)
        status = evaluate(r->plan, r->hits[0].segment, r->hits[0].doc, &matches,
                          &r->hits[0].score, err);
    r->total = matches;
    if (status != NIDX_OK) {
        nidx_result_free(r);
        *out = NULL;
    }
    return status;
}

/* ------------------------------------------------------------------- why */

/** Whether the document of hit i satisfies node alone. */
static enum nidx_status satisfies(const struct nidx_result *r, size_t i,
                                  const struct nidx_node *node, bool *yes,
                                  struct nidx_error *err)
{
    struct nidx_node root = *node;
    struct nidx_tree tree = r->tree;
    struct nidx_plan *p = NULL;
    nidx_score score;

    root.occur = NIDX_MUST;
    tree.root = &root;
    enum nidx_status status =
        nidx_plan_new(&tree, r->commit->catalog, &r->plan->options, &p, err);
    if (status == NIDX_OK)
        status =
            evaluate(p, r->hits[i].segment, r->hits[i].doc, yes, &score, err);
    nidx_plan_free(p);
    return status;
}

/** The clause as it was typed or, where that is not known, as understood. */
static void put_clause(const struct nidx_result *r,
                       const struct nidx_node *node, struct nidx_buf *out)
{
    const struct nidx_bytes query = r->tree.query;

    if (node->end > node->start && node->end <= query.len)
        nidx_buf_put(out, query.data + node->start, node->end - node->start);
    else
        nidx_tree_print(node, out);
    nidx_buf_u8(out, '\n');
}

static void put_text(struct nidx_buf *out, const char *text)
{
    nidx_buf_put(out, text, strlen(text));
}

static const char *verdict(enum nidx_occur occur, bool yes)
{
    switch (occur) {
    case NIDX_MUST_NOT:
        return yes ? "  it has what is excluded:  "
                   : "  it lacks, as it should:   ";
    case NIDX_SHOULD:
        return yes ? "  it has:                   "
                   : "  it lacks (one suffices):  ";
    case NIDX_MUST:
    default:
        return yes ? "  it has:                   "
                   : "  it lacks:                 ";
    }
}

/** A clause, and those below it where it is not satisfied: there is why. */
static enum nidx_status put_why(struct nidx_result *r, size_t i,
                                const struct nidx_node *node, unsigned depth,
                                struct nidx_error *err)
{
    const bool group = node->type == NIDX_NODE_BOOL;
    const bool top = group && depth == 0;
    struct nidx_buf *out = &r->hits[i].why;
    bool yes = false;
    enum nidx_status status = satisfies(r, i, node, &yes, err);

    if (status != NIDX_OK)
        return status;
    if (!top) {
        for (unsigned d = 1; d < depth; d++)
            put_text(out, "  ");
        put_text(out, verdict(node->occur, yes));
        put_clause(r, node, out);
    }
    const bool opened = top || (group && !yes && node->occur != NIDX_MUST_NOT &&
                                node->children[0]->start != node->start);
    for (uint32_t k = 0; opened && k < node->n_children && status == NIDX_OK;
         k++)
        status = put_why(r, i, node->children[k], depth + 1, err);
    return status;
}

enum nidx_status nidx_hit_why(struct nidx_result *r, size_t i,
                              const char **text, size_t *len,
                              struct nidx_error *err)
{
    if (i >= r->n_hits || !r->plan)
        return nidx_fail(err, NIDX_ERR_INVALID, "no such hit of a query");
    struct nidx_buf *out = &r->hits[i].why;
    if (out->len == 0) {
        const enum nidx_status status = put_why(r, i, r->tree.root, 0, err);
        if (status != NIDX_OK)
            return status;
        nidx_buf_u8(out, 0);
        if (out->oom)
            return nidx_nomem(err);
    }
    *text = (const char *)out->data;
    *len = out->len - 1;
    return NIDX_OK;
}
