/* cursor_or.c: documents that any child has; a heap by document.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "query/cursor/cursor.h"

struct or
{
    struct nidx_cursor base;
    uint32_t n;
    struct nidx_cursor **heap; /* the least document first */
};

static void sift_down(struct or *o, uint32_t i)
{
    struct nidx_cursor *moved = o->heap[i];

    for (;;) {
        uint32_t child = 2 * i + 1;
        if (child >= o->n)
            break;
        if (child + 1 < o->n && o->heap[child + 1]->doc < o->heap[child]->doc)
            child++;
        if (o->heap[child]->doc >= moved->doc)
            break;
        o->heap[i] = o->heap[child];
        i = child;
    }
    o->heap[i] = moved;
}

/* A child that fails ends at once, and the whole with it. */
static nidx_docid move_to(struct or *o, nidx_docid target)
{
    while (o->heap[0]->doc < target) {
        struct nidx_cursor *top = o->heap[0];
        nidx_cursor_seek(top, target);
        if (top->status != NIDX_OK)
            return nidx_cursor_end(&o->base, top->status);
        sift_down(o, 0);
    }
    return o->heap[0]->doc;
}

static nidx_docid or_next(struct nidx_cursor *c)
{
    return move_to((struct or *)c, c->doc + 1);
}

static nidx_docid or_seek(struct nidx_cursor *c, nidx_docid target)
{
    return move_to((struct or *)c, target);
}

/* Only subtrees whose root stands on the document hold others that do. */
static nidx_score score_below(const struct or *o, uint32_t i)
{
    if (i >= o->n || o->heap[i]->doc != o->base.doc)
        return 0;
    return nidx_cursor_score(o->heap[i]) + score_below(o, 2 * i + 1) +
           score_below(o, 2 * i + 2);
}

static nidx_score or_score(struct nidx_cursor *c)
{
    return score_below((struct or *)c, 0);
}

static uint64_t or_cost(const struct nidx_cursor *c)
{
    const struct or *o = (const struct or *)c;
    uint64_t sum = 0;

    for (uint32_t i = 0; i < o->n; i++)
        sum += nidx_cursor_cost(o->heap[i]);
    return sum;
}

static void or_close(struct nidx_cursor *c)
{
    struct or *o = (struct or *)c;

    for (uint32_t i = 0; i < o->n; i++)
        nidx_cursor_close(o->heap[i]);
    free(o->heap);
    free(o);
}

static const struct nidx_cursor_ops or_ops = {or_next, or_seek, or_score,
                                              or_cost, or_close};

enum nidx_status nidx_cursor_or(struct nidx_cursor **children, uint32_t n,
                                struct nidx_cursor **out,
                                struct nidx_error *err)
{
    struct or *o = malloc(sizeof(*o));

    if (!o) {
        for (uint32_t i = 0; i < n; i++)
            nidx_cursor_close(children[i]);
        free(children);
        return nidx_nomem(err);
    }
    *o = (struct or){{&or_ops, 0, NIDX_OK}, n, children};
    for (uint32_t i = n; i-- > 0;)
        sift_down(o, i);
    o->base.doc = o->heap[0]->doc;
    for (uint32_t i = 0; i < n; i++) {
        if (children[i]->status != NIDX_OK)
            o->base.doc = nidx_cursor_end(&o->base, children[i]->status);
    }
    *out = &o->base;
    return NIDX_OK;
}
