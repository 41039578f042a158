/* cursor.c: the cursor of a planned node, put together from its parts.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/cursor/cursor.h"

#include <stdlib.h>

static void close_all(struct nidx_cursor **cursors, uint32_t n)
{
    for (uint32_t i = 0; cursors && i < n; i++)
        nidx_cursor_close(cursors[i]);
    free(cursors);
}

/* The cursors of the children with one occur; n receives how many. */
static enum nidx_status open_children(struct nidx_plan *p,
                                      const struct nidx_pnode *node,
                                      enum nidx_occur occur, uint32_t segment,
                                      struct nidx_cursor ***out, uint32_t *n,
                                      struct nidx_error *err)
{
    struct nidx_cursor **all =
        calloc((size_t)node->n_children + 1, sizeof(struct nidx_cursor *));
    uint32_t count = 0;

    if (!all)
        return nidx_nomem(err);
    for (uint32_t i = 0; i < node->n_children; i++) {
        const struct nidx_pnode *child = node->children[i];
        if (child->occur != occur)
            continue;
        enum nidx_status status =
            nidx_cursor_open(p, child, segment, &all[count], err);
        if (status != NIDX_OK) {
            close_all(all, count);
            return status;
        }
        count++;
    }
    *out = all;
    *n = count;
    return NIDX_OK;
}

/* One side of a BOOL, or NULL where it has no such children. */
static enum nidx_status open_side(struct nidx_plan *p,
                                  const struct nidx_pnode *node,
                                  enum nidx_occur occur, uint32_t segment,
                                  struct nidx_cursor **out,
                                  struct nidx_error *err)
{
    struct nidx_cursor **children = NULL;
    uint32_t n = 0;
    enum nidx_status status =
        open_children(p, node, occur, segment, &children, &n, err);

    *out = NULL;
    if (status != NIDX_OK)
        return status;
    if (n <= 1) {
        *out = n ? children[0] : NULL;
        free(children);
        return NIDX_OK;
    }
    if (occur == NIDX_MUST)
        return nidx_cursor_and(children, n, out, err);
    return nidx_cursor_or(children, n, out, err);
}

static enum nidx_status open_bool(struct nidx_plan *p,
                                  const struct nidx_pnode *node,
                                  uint32_t segment, struct nidx_cursor **out,
                                  struct nidx_error *err)
{
    uint32_t n_docs = p->catalog->segments[segment]->n_docs;
    struct nidx_cursor *must = NULL, *should = NULL, *except = NULL;
    enum nidx_status status =
        open_side(p, node, NIDX_MUST, segment, &must, err);

    if (status == NIDX_OK)
        status = open_side(p, node, NIDX_SHOULD, segment, &should, err);
    if (status == NIDX_OK)
        status = open_side(p, node, NIDX_MUST_NOT, segment, &except, err);
    if (status == NIDX_OK && !must && should) {
        must = should;
        should = NULL;
    }
    if (status == NIDX_OK && !must)
        status = nidx_cursor_all(n_docs, &must, err);
    if (status != NIDX_OK) {
        nidx_cursor_close(must);
        nidx_cursor_close(should);
        nidx_cursor_close(except);
        return status;
    }
    if (should)
        status = nidx_cursor_also(must, should, &must, err);
    if (status != NIDX_OK) {
        nidx_cursor_close(except);
        return status;
    }
    if (except)
        return nidx_cursor_except(must, except, out, err);
    *out = must;
    return NIDX_OK;
}

static enum nidx_status open_spans(struct nidx_plan *p,
                                   const struct nidx_pnode *node,
                                   uint32_t segment, struct nidx_cursor **out,
                                   struct nidx_error *err)
{
    struct nidx_cursor *frame;
    enum nidx_status status =
        nidx_cursor_open(p, node->children[0], segment, &frame, err);

    if (status != NIDX_OK)
        return status;
    if (frame->doc == NIDX_DOC_END && frame->status == NIDX_OK) {
        *out = frame;
        return NIDX_OK;
    }
    return nidx_cursor_spans(p, node, frame, segment, out, err);
}

enum nidx_status nidx_cursor_open(struct nidx_plan *p,
                                  const struct nidx_pnode *node,
                                  uint32_t segment, struct nidx_cursor **out,
                                  struct nidx_error *err)
{
    const struct nidx_segment *s = p->catalog->segments[segment];

    *out = NULL;
    switch (node->type) {
    case NIDX_NODE_ALL:
        return nidx_cursor_all(s->n_docs, out, err);
    case NIDX_NODE_LEAF:
        if (node->parts[segment].n == 0)
            return nidx_cursor_none(out, err);
        return nidx_cursor_leaf(node, segment, out, err);
    case NIDX_NODE_RANGE:
        return nidx_cursor_range(s, node->node, out, err);
    case NIDX_NODE_BOOL:
        return open_bool(p, node, segment, out, err);
    case NIDX_NODE_PHRASE:
        return open_spans(p, node, segment, out, err);
    case NIDX_NODE_NONE:
    case NIDX_NODE_WORD:
    case NIDX_NODE_PREFIX:
    case NIDX_NODE_EXACT:
    case NIDX_NODE_WILDCARD:
    case NIDX_NODE_FUZZY:
    case NIDX_NODE_REGEX:
    case NIDX_NODE_KEYWORD:
    case NIDX_NODE_NEAR:
    case NIDX_NODE_BEFORE:
    case NIDX_NODE_SENTENCE:
    case NIDX_NODE_PARAGRAPH:
    default:
        return nidx_cursor_none(out, err);
    }
}
