/* cursor_pair.c: one cursor's documents, and another that adds or takes away.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "query/cursor/cursor.h"

struct pair {
    struct nidx_cursor base;
    struct nidx_cursor *a, *b;
};

static uint64_t pair_cost(const struct nidx_cursor *c)
{
    return nidx_cursor_cost(((const struct pair *)c)->a);
}

static void pair_close(struct nidx_cursor *c)
{
    struct pair *p = (struct pair *)c;

    nidx_cursor_close(p->a);
    nidx_cursor_close(p->b);
    free(p);
}

static enum nidx_status pair_new(struct nidx_cursor *a, struct nidx_cursor *b,
                                 const struct nidx_cursor_ops *ops,
                                 struct pair **out, struct nidx_error *err)
{
    struct pair *p = malloc(sizeof(*p));

    if (!p) {
        nidx_cursor_close(a);
        nidx_cursor_close(b);
        return nidx_nomem(err);
    }
    *p = (struct pair){{ops, a->doc, a->status}, a, b};
    *out = p;
    return NIDX_OK;
}

/* ------------------------------------------------------------------- also */

/* Brings b up to a's document, so that its failures are known at once. */
static nidx_docid also_at(struct pair *p)
{
    if (p->a->doc == NIDX_DOC_END)
        return nidx_cursor_end(&p->base, p->a->status);
    nidx_cursor_seek(p->b, p->a->doc);
    if (p->b->status != NIDX_OK)
        return nidx_cursor_end(&p->base, p->b->status);
    return p->a->doc;
}

static nidx_docid also_next(struct nidx_cursor *c)
{
    struct pair *p = (struct pair *)c;

    nidx_cursor_next(p->a);
    return also_at(p);
}

static nidx_docid also_seek(struct nidx_cursor *c, nidx_docid target)
{
    struct pair *p = (struct pair *)c;

    nidx_cursor_seek(p->a, target);
    return also_at(p);
}

static nidx_score also_score(struct nidx_cursor *c)
{
    struct pair *p = (struct pair *)c;
    nidx_score sum = nidx_cursor_score(p->a);

    return p->b->doc == c->doc ? sum + nidx_cursor_score(p->b) : sum;
}

static const struct nidx_cursor_ops also_ops = {
    also_next, also_seek, also_score, pair_cost, pair_close};

enum nidx_status nidx_cursor_also(struct nidx_cursor *a, struct nidx_cursor *b,
                                  struct nidx_cursor **out,
                                  struct nidx_error *err)
{
    struct pair *p = NULL;
    enum nidx_status status = pair_new(a, b, &also_ops, &p, err);

    if (status != NIDX_OK)
        return status;
    p->base.doc = also_at(p);
    *out = &p->base;
    return NIDX_OK;
}

/* ----------------------------------------------------------------- except */

/* The first document of a, from where it stands, that b has not. */
static nidx_docid except_at(struct pair *p)
{
    for (nidx_docid doc = p->a->doc; doc != NIDX_DOC_END;
         doc = nidx_cursor_next(p->a)) {
        nidx_docid other = nidx_cursor_seek(p->b, doc);
        if (p->b->status != NIDX_OK)
            return nidx_cursor_end(&p->base, p->b->status);
        if (other != doc)
            return doc;
    }
    return nidx_cursor_end(&p->base, p->a->status);
}

static nidx_docid except_next(struct nidx_cursor *c)
{
    struct pair *p = (struct pair *)c;

    nidx_cursor_next(p->a);
    return except_at(p);
}

static nidx_docid except_seek(struct nidx_cursor *c, nidx_docid target)
{
    struct pair *p = (struct pair *)c;

    nidx_cursor_seek(p->a, target);
    return except_at(p);
}

static nidx_score except_score(struct nidx_cursor *c)
{
    return nidx_cursor_score(((struct pair *)c)->a);
}

static const struct nidx_cursor_ops except_ops = {
    except_next, except_seek, except_score, pair_cost, pair_close};

enum nidx_status nidx_cursor_except(struct nidx_cursor *a,
                                    struct nidx_cursor *b,
                                    struct nidx_cursor **out,
                                    struct nidx_error *err)
{
    struct pair *p = NULL;
    enum nidx_status status = pair_new(a, b, &except_ops, &p, err);

    if (status != NIDX_OK)
        return status;
    p->base.doc = except_at(p);
    *out = &p->base;
    return NIDX_OK;
}
