/* options.c: what the options of a search say of dates.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/result/options.h"

#include <time.h>

#include "query/parse/range.h"

enum nidx_status nidx_options_recency(const struct nidx_search_options *o,
                                      struct nidx_recency *out,
                                      struct nidx_error *err)
{
    if (!(o->recent >= 0 && o->recent <= 1e6))
        return nidx_fail(err, NIDX_ERR_INVALID,
                         "a half-life lies above 0 and below 1000000 days");
    if (o->now > INT64_MAX / 2 || o->now < -(INT64_MAX / 2))
        return nidx_fail(err, NIDX_ERR_INVALID, "now lies too far from 1970");
    out->halflife = o->recent * 86400;
    out->now = o->now ? o->now : (int64_t)time(NULL);
    return NIDX_OK;
}

/* A day, a month or a year, as days. */
static enum nidx_status read_days(const char *text, struct nidx_range *out,
                                  struct nidx_error *err)
{
    const size_t len = strlen(text);

    if (len > 0 && strspn(text, "0123456789-") == len &&
        nidx_range_read(NIDX_FIELD_DATE, text, len, out))
        return NIDX_OK;
    return nidx_fail(err, NIDX_ERR_INVALID,
                     "`%.40s` is no date; dates are 2018, 2018-08, 2018-08-08",
                     text);
}

static struct nidx_node *new_node(struct nidx_tree *tree,
                                  enum nidx_node_type type)
{
    struct nidx_node *node = nidx_arena_alloc(tree->arena, sizeof(*node));

    if (node) {
        node->type = type;
        node->boost = 1.0f;
    }
    return node;
}

enum nidx_status nidx_options_dates(const struct nidx_search_options *o,
                                    struct nidx_tree *tree,
                                    struct nidx_error *err)
{
    struct nidx_range since = {.lo = 1}, until = {.hi = UINT64_MAX};
    enum nidx_status status = NIDX_OK;

    if (!o->since && !o->until)
        return NIDX_OK;
    if (o->since)
        status = read_days(o->since, &since, err);
    if (o->until && status == NIDX_OK)
        status = read_days(o->until, &until, err);
    if (status != NIDX_OK)
        return status;
    struct nidx_node *both = new_node(tree, NIDX_NODE_BOOL);
    struct nidx_node *range = new_node(tree, NIDX_NODE_RANGE);
    struct nidx_node **children =
        nidx_arena_alloc(tree->arena, 2 * sizeof(struct nidx_node *));
    if (!both || !range || !children)
        return nidx_nomem(err);
    range->column = NIDX_COLUMN_DATE;
    range->field = NIDX_FIELD_DATE;
    range->lo = since.lo;
    range->hi = until.hi;
    children[0] = tree->root;
    children[0]->occur = NIDX_MUST;
    children[1] = range;
    both->children = children;
    both->n_children = 2;
    tree->root = both;
    return NIDX_OK;
}
