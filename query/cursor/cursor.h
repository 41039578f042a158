/* cursor.h: walking the documents that a node of the plan matches.
 *
 * One interface for every node. Its corners are settled once:
 * - a fresh cursor stands on its first document; NIDX_DOC_END follows the last;
 * - next and seek at the end, and seek to doc or below, change nothing;
 *   nothing ever moves backwards;
 * - a failure ends the cursor and leaves status, which is NIDX_OK as long as
 *   doc is a document.
 * Deleted documents may be among those that a cursor gives.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_QUERY_CURSOR_H
#define NIDX_QUERY_CURSOR_H

#include "query/plan/plan.h"

struct nidx_cursor;

struct nidx_cursor_ops {
    /** Called only where doc is not the end. */
    nidx_docid (*next)(struct nidx_cursor *c);
    /** Called only where doc < target. */
    nidx_docid (*seek)(struct nidx_cursor *c, nidx_docid target);
    /** The score of doc: at least 1 where something scored matches. */
    nidx_score (*score)(struct nidx_cursor *c);
    /** Upper estimate of how many documents follow. */
    uint64_t (*cost)(const struct nidx_cursor *c);
    void (*close)(struct nidx_cursor *c);
};

/** Operators embed it first. */
struct nidx_cursor {
    const struct nidx_cursor_ops *ops;
    nidx_docid doc;
    enum nidx_status status;
};

static inline nidx_docid nidx_cursor_next(struct nidx_cursor *c)
{
    if (c->doc == NIDX_DOC_END)
        return NIDX_DOC_END;
    return c->doc = c->ops->next(c);
}

static inline nidx_docid nidx_cursor_seek(struct nidx_cursor *c,
                                          nidx_docid target)
{
    if (c->doc >= target)
        return c->doc;
    return c->doc = c->ops->seek(c, target);
}

static inline nidx_score nidx_cursor_score(struct nidx_cursor *c)
{
    return c->doc == NIDX_DOC_END ? 0 : c->ops->score(c);
}

static inline uint64_t nidx_cursor_cost(const struct nidx_cursor *c)
{
    return c->ops->cost(c);
}

static inline void nidx_cursor_close(struct nidx_cursor *c)
{
    if (c)
        c->ops->close(c);
}

/** Ends a cursor with a status; for implementations of next and seek. */
static inline nidx_docid nidx_cursor_end(struct nidx_cursor *c,
                                         enum nidx_status status)
{
    c->status = status;
    return NIDX_DOC_END;
}

/** The cursor of a node in a segment. */
enum nidx_status nidx_cursor_open(struct nidx_plan *p,
                                  const struct nidx_pnode *node,
                                  uint32_t segment, struct nidx_cursor **out,
                                  struct nidx_error *err);

/* One for each kind of node. Those that take cursors own them, on failure
 * too (and the array, which is malloc'ed). */
enum nidx_status nidx_cursor_none(struct nidx_cursor **out,
                                  struct nidx_error *err);
enum nidx_status nidx_cursor_all(uint32_t n_docs, struct nidx_cursor **out,
                                 struct nidx_error *err);
enum nidx_status nidx_cursor_range(const struct nidx_segment *s,
                                   const struct nidx_node *node,
                                   struct nidx_cursor **out,
                                   struct nidx_error *err);
enum nidx_status nidx_cursor_leaf(const struct nidx_pnode *node,
                                  uint32_t segment, struct nidx_cursor **out,
                                  struct nidx_error *err);
enum nidx_status nidx_cursor_and(struct nidx_cursor **children, uint32_t n,
                                 struct nidx_cursor **out,
                                 struct nidx_error *err);
enum nidx_status nidx_cursor_or(struct nidx_cursor **children, uint32_t n,
                                struct nidx_cursor **out,
                                struct nidx_error *err);
/** The documents of a; b adds its score where it matches. */
enum nidx_status nidx_cursor_also(struct nidx_cursor *a, struct nidx_cursor *b,
                                  struct nidx_cursor **out,
                                  struct nidx_error *err);
/** The documents of a that are not b's. */
enum nidx_status nidx_cursor_except(struct nidx_cursor *a,
                                    struct nidx_cursor *b,
                                    struct nidx_cursor **out,
                                    struct nidx_error *err);
/** The documents of frame that hold spans of node. */
enum nidx_status nidx_cursor_spans(struct nidx_plan *p,
                                   const struct nidx_pnode *node,
                                   struct nidx_cursor *frame, uint32_t segment,
                                   struct nidx_cursor **out,
                                   struct nidx_error *err);

#endif
