/* cursor_and.c: documents that every child has.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "query/cursor/cursor.h"

struct and
{
    struct nidx_cursor base;
    uint32_t n;
    struct nidx_cursor **children; /* cheapest first */
};

/* The first document from the first child's on that all have. */
static nidx_docid agree(struct and*a, nidx_docid doc)
{
    uint32_t i = 1;

    while (doc != NIDX_DOC_END && i < a->n) {
        nidx_docid other = nidx_cursor_seek(a->children[i], doc);
        if (other == doc) {
            i++;
            continue;
        }
        doc = nidx_cursor_seek(a->children[0], other);
        i = 1;
    }
    if (doc != NIDX_DOC_END)
        return doc;
    for (i = 0; i < a->n; i++) {
        if (a->children[i]->status != NIDX_OK)
            return nidx_cursor_end(&a->base, a->children[i]->status);
    }
    return NIDX_DOC_END;
}

static nidx_docid and_next(struct nidx_cursor *c)
{
    struct and*a = (struct and *)c;

    return agree(a, nidx_cursor_next(a->children[0]));
}

static nidx_docid and_seek(struct nidx_cursor *c, nidx_docid target)
{
    struct and*a = (struct and *)c;

    return agree(a, nidx_cursor_seek(a->children[0], target));
}

static nidx_score and_score(struct nidx_cursor *c)
{
    struct and*a = (struct and *)c;
    nidx_score sum = 0;

    for (uint32_t i = 0; i < a->n; i++)
        sum += nidx_cursor_score(a->children[i]);
    return sum;
}

static uint64_t and_cost(const struct nidx_cursor *c)
{
    return nidx_cursor_cost(((const struct and*)c)->children[0]);
}

static void and_close(struct nidx_cursor *c)
{
    struct and*a = (struct and *)c;

    for (uint32_t i = 0; i < a->n; i++)
        nidx_cursor_close(a->children[i]);
    free(a->children);
    free(a);
}

static const struct nidx_cursor_ops and_ops = {and_next, and_seek, and_score,
                                               and_cost, and_close};

static int by_cost(const void *a, const void *b)
{
    uint64_t x = nidx_cursor_cost(*(struct nidx_cursor *const *)a);
    uint64_t y = nidx_cursor_cost(*(struct nidx_cursor *const *)b);

    return x < y ? -1 : x > y;
}

enum nidx_status nidx_cursor_and(struct nidx_cursor **children, uint32_t n,
                                 struct nidx_cursor **out,
                                 struct nidx_error *err)
{
    struct and*a = malloc(sizeof(*a));

    if (!a) {
        for (uint32_t i = 0; i < n; i++)
            nidx_cursor_close(children[i]);
        free(children);
        return nidx_nomem(err);
    }
    qsort(children, n, sizeof(struct nidx_cursor *), by_cost);
    *a = (struct and){{&and_ops, 0, NIDX_OK}, n, children};
    a->base.doc = agree(a, children[0]->doc);
    *out = &a->base;
    return NIDX_OK;
}
