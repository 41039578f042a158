/* explain.c: why a hit has its score, a line for each term.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "query/plan/plan.h"
#include "query/result/recency.h"
#include "query/result/result.h"

static void put_format(struct nidx_buf *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void put_format(struct nidx_buf *out, const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    const int n = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (n > 0)
        nidx_buf_put(out, text,
                     (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1);
}

/** The node as the person typed it or, where that is not known, as printed. */
static void put_node(const struct nidx_result *r, const struct nidx_node *node,
                     struct nidx_buf *out)
{
    const struct nidx_bytes query = r->tree.query;

    if (node->end > node->start && node->end <= query.len)
        nidx_buf_put(out, query.data + node->start, node->end - node->start);
    else
        nidx_tree_print(node, out);
}

static void put_line(const struct nidx_result *r,
                     const struct nidx_contribution *c, struct nidx_buf *out)
{
    put_format(out, "  %8.4f  ", (double)c->score / NIDX_SCORE_ONE);
    put_node(r, c->node, out);
    if (c->score == 0) {
        nidx_buf_put(out, ": not here\n", 11);
        return;
    }
    put_format(out, ": %g times in %g words (average %.1f), idf %.4f",
               (double)c->freq, (double)c->len, (double)c->avglen,
               (double)c->idf);
    if (c->df > 0)
        put_format(out, " (in %llu articles)", (unsigned long long)c->df);
    if (c->boost < 1 || c->boost > 1)
        put_format(out, ", boost %g", (double)c->boost);
    nidx_buf_u8(out, '\n');
}

static void put_recency(const struct nidx_result *r,
                        const struct nidx_result_hit *h, struct nidx_buf *out)
{
    const struct nidx_recency *o = r->plan ? &r->plan->options.recency : NULL;

    if (!o || !(o->halflife > 0))
        return;
    put_format(out, "  x %6.4f  recency\n",
               nidx_recency_factor(o, h->has_date, h->date));
}

enum nidx_status nidx_hit_explain(struct nidx_result *r, size_t i,
                                  const char **text, size_t *len,
                                  struct nidx_error *err)
{
    struct nidx_contribution *rows = NULL;
    size_t n = 0;

    if (i >= r->n_hits)
        return nidx_fail(err, NIDX_ERR_INVALID, "no such hit");
    struct nidx_result_hit *h = &r->hits[i];
    if (h->explanation.len == 0) {
        enum nidx_status status = NIDX_OK;
        if (r->plan)
            status =
                nidx_plan_explain(r->plan, h->segment, h->doc, &rows, &n, err);
        if (status != NIDX_OK)
            return status;
        put_format(&h->explanation, "  %8.4f  in all\n",
                   (double)h->score / NIDX_SCORE_ONE);
        for (size_t j = 0; j < n; j++)
            put_line(r, &rows[j], &h->explanation);
        free(rows);
        put_recency(r, h, &h->explanation);
        nidx_buf_u8(&h->explanation, 0);
        if (h->explanation.oom)
            return nidx_nomem(err);
    }
    *text = (const char *)h->explanation.data;
    *len = h->explanation.len - 1;
    return NIDX_OK;
}
