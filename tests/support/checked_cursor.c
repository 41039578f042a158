/* checked_cursor.c: a cursor around a cursor, which asserts its contract.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <stdlib.h>

#include "tests/support/checked_cursor.h"

struct checked {
    struct nidx_cursor base;
    struct nidx_cursor *inner;
    uint32_t n_docs;
};

/* What holds wherever a cursor stands; takes over where it does. */
static nidx_docid stand(struct checked *c)
{
    const struct nidx_cursor *inner = c->inner;

    assert_true(inner->doc == NIDX_DOC_END || inner->doc < c->n_docs);
    assert_true(inner->doc == NIDX_DOC_END || inner->status == NIDX_OK);
    c->base.status = inner->status;
    return inner->doc;
}

static nidx_docid checked_next(struct nidx_cursor *base)
{
    struct checked *c = (struct checked *)base;
    nidx_docid before = base->doc;

    assert_true(before != NIDX_DOC_END && c->inner->doc == before);
    assert_true(nidx_cursor_next(c->inner) > before);
    /* At the end next changes nothing; a seek backwards never does. */
    nidx_docid now = c->inner->doc;
    assert_true(nidx_cursor_seek(c->inner, before) == now);
    if (now == NIDX_DOC_END)
        assert_true(nidx_cursor_next(c->inner) == now);
    return stand(c);
}

static nidx_docid checked_seek(struct nidx_cursor *base, nidx_docid target)
{
    struct checked *c = (struct checked *)base;

    assert_true(base->doc < target && c->inner->doc == base->doc);
    assert_true(nidx_cursor_seek(c->inner, target) >= target);
    return stand(c);
}

static nidx_score checked_score(struct nidx_cursor *base)
{
    struct checked *c = (struct checked *)base;
    nidx_score score = nidx_cursor_score(c->inner);

    assert_true(nidx_cursor_score(c->inner) == score);
    assert_true(c->inner->doc == base->doc);
    return score;
}

static uint64_t checked_cost(const struct nidx_cursor *base)
{
    return nidx_cursor_cost(((const struct checked *)base)->inner);
}

static void checked_close(struct nidx_cursor *base)
{
    struct checked *c = (struct checked *)base;

    nidx_cursor_close(c->inner);
    free(c);
}

struct nidx_cursor *checked_cursor(struct nidx_cursor *inner, uint32_t n_docs)
{
    static const struct nidx_cursor_ops ops = {
        .next = checked_next,
        .seek = checked_seek,
        .score = checked_score,
        .cost = checked_cost,
        .close = checked_close,
    };
    struct checked *c = calloc(1, sizeof(*c));

    assert_non_null(c);
    c->base.ops = &ops;
    c->inner = inner;
    c->n_docs = n_docs;
    c->base.doc = stand(c);
    return &c->base;
}
