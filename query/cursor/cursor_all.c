/* cursor_all.c: no document, every document, and ranges of a column.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "query/cursor/cursor.h"

struct all {
    struct nidx_cursor base;
    uint32_t n_docs;
};

static nidx_docid all_seek(struct nidx_cursor *c, nidx_docid target)
{
    return target < ((struct all *)c)->n_docs ? target : NIDX_DOC_END;
}

static nidx_docid all_next(struct nidx_cursor *c)
{
    return all_seek(c, c->doc + 1);
}

static nidx_score no_score(struct nidx_cursor *c)
{
    (void)c;
    return 0;
}

static uint64_t all_cost(const struct nidx_cursor *c)
{
    return ((const struct all *)c)->n_docs;
}

static void plain_close(struct nidx_cursor *c)
{
    free(c);
}

static const struct nidx_cursor_ops all_ops = {all_next, all_seek, no_score,
                                               all_cost, plain_close};

enum nidx_status nidx_cursor_all(uint32_t n_docs, struct nidx_cursor **out,
                                 struct nidx_error *err)
{
    struct all *a = malloc(sizeof(*a));

    if (!a)
        return nidx_nomem(err);
    *a = (struct all){{&all_ops, n_docs ? 0 : NIDX_DOC_END, NIDX_OK}, n_docs};
    *out = &a->base;
    return NIDX_OK;
}

enum nidx_status nidx_cursor_none(struct nidx_cursor **out,
                                  struct nidx_error *err)
{
    return nidx_cursor_all(0, out, err);
}

/* ------------------------------------------------------------------ range */

struct range {
    struct nidx_cursor base;
    const struct nidx_column *column;
    uint64_t lo, hi;
    uint32_t n_docs;
    uint32_t start; /* first document of the window; NIDX_DOC_END: none yet */
    uint64_t bits[NIDX_COLUMN_ROWS / 64];
};

static enum nidx_status read_window(struct range *r, uint32_t start)
{
    uint64_t values[NIDX_COLUMN_ROWS];
    uint32_t left = r->n_docs - start;
    uint32_t n = left < NIDX_COLUMN_ROWS ? left : NIDX_COLUMN_ROWS;
    enum nidx_status status =
        nidx_column_read64(r->column, start, n, values, NULL);

    if (status != NIDX_OK)
        return status;
    memset(r->bits, 0, sizeof(r->bits));
    for (uint32_t i = 0; i < n; i++) {
        uint64_t in = values[i] >= r->lo && values[i] <= r->hi;
        r->bits[i >> 6] |= in << (i & 63);
    }
    r->start = start;
    return NIDX_OK;
}

/* The first document of the window from target on, or the window's end. */
static uint32_t first_bit(const struct range *r, uint32_t target)
{
    uint32_t at = target - r->start, word = at >> 6;
    uint64_t bits = r->bits[word] & (UINT64_MAX << (at & 63));

    while (bits == 0 && ++word < NIDX_COLUMN_ROWS / 64)
        bits = r->bits[word];
    if (bits == 0)
        return r->start + NIDX_COLUMN_ROWS;
    return r->start + 64 * word + (uint32_t)__builtin_ctzll(bits);
}

static nidx_docid range_seek(struct nidx_cursor *c, nidx_docid target)
{
    struct range *r = (struct range *)c;

    while (target < r->n_docs) {
        uint32_t start = target - target % NIDX_COLUMN_ROWS;
        if (r->start != start) {
            enum nidx_status status = read_window(r, start);
            if (status != NIDX_OK)
                return nidx_cursor_end(c, status);
        }
        target = first_bit(r, target);
        if (target < start + NIDX_COLUMN_ROWS)
            return target;
    }
    return NIDX_DOC_END;
}

static nidx_docid range_next(struct nidx_cursor *c)
{
    return range_seek(c, c->doc + 1);
}

static uint64_t range_cost(const struct nidx_cursor *c)
{
    return ((const struct range *)c)->n_docs;
}

static const struct nidx_cursor_ops range_ops = {
    range_next, range_seek, no_score, range_cost, plain_close};

enum nidx_status nidx_cursor_range(const struct nidx_segment *s,
                                   const struct nidx_node *node,
                                   struct nidx_cursor **out,
                                   struct nidx_error *err)
{
    if (node->column >= NIDX_COLUMN_COUNT)
        return nidx_fail(err, NIDX_ERR_INVALID, "no such column");
    if (!s->columns[node->column].present) {
        if (node->lo == 0)
            return nidx_cursor_all(s->n_docs, out, err);
        return nidx_cursor_none(out, err);
    }
    struct range *r = malloc(sizeof(*r));
    if (!r)
        return nidx_nomem(err);
    r->base = (struct nidx_cursor){&range_ops, 0, NIDX_OK};
    r->column = &s->columns[node->column];
    r->lo = node->lo;
    r->hi = node->hi;
    r->n_docs = s->n_docs;
    r->start = NIDX_DOC_END;
    r->base.doc = range_seek(&r->base, 0);
    *out = &r->base;
    return NIDX_OK;
}
