/* cursor_leaf.c: the documents of a word or keyword.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "query/cursor.h"

struct leaf {
    struct nidx_cursor base;
    uint32_t i; /* posting of the block */
    struct nidx_list list;
};

/* The document of the posting that it stands on, after a move. */
static nidx_docid stand(struct leaf *l)
{
    if (l->list.n == 0)
        return nidx_cursor_end(&l->base, l->list.status);
    const uint32_t *docs = nidx_list_docs(&l->list);
    if (l->list.status != NIDX_OK)
        return nidx_cursor_end(&l->base, l->list.status);
    return docs[l->i];
}

static nidx_docid leaf_next(struct nidx_cursor *c)
{
    struct leaf *l = (struct leaf *)c;

    if (++l->i < l->list.n)
        return l->list.docs[l->i];
    l->i = 0;
    nidx_list_next(&l->list);
    return stand(l);
}

static nidx_docid leaf_seek(struct nidx_cursor *c, nidx_docid target)
{
    struct leaf *l = (struct leaf *)c;

    l->i = 0;
    if (nidx_list_seek(&l->list, target))
        l->i = nidx_list_find(&l->list, target);
    if (l->list.n && l->i >= l->list.n)
        return nidx_cursor_end(c, NIDX_ERR_CORRUPT);
    return stand(l);
}

static nidx_score leaf_score(struct nidx_cursor *c)
{
    struct leaf *l = (struct leaf *)c;

    if (!l->list.how.scored)
        return 0;
    return nidx_score_leaf(l->list.how.w, nidx_list_freq_at(&l->list, l->i),
                           l->list.norm->inv[c->doc]);
}

static uint64_t leaf_cost(const struct nidx_cursor *c)
{
    return ((const struct leaf *)c)->list.df;
}

static void leaf_close(struct nidx_cursor *c)
{
    free(c);
}

static const struct nidx_cursor_ops leaf_ops = {
    leaf_next, leaf_seek, leaf_score, leaf_cost, leaf_close};

enum nidx_status nidx_cursor_leaf(const struct nidx_pnode *node,
                                  uint32_t segment, struct nidx_cursor **out,
                                  struct nidx_error *err)
{
    struct leaf *l = malloc(sizeof(*l));

    if (!l)
        return nidx_nomem(err);
    l->base = (struct nidx_cursor){&leaf_ops, 0, NIDX_OK};
    l->i = 0;
    enum nidx_status status = nidx_list_open(&l->list, &node->parts[segment],
                                             &node->how, segment, err);
    if (status != NIDX_OK) {
        free(l);
        return status;
    }
    l->base.doc = stand(l);
    *out = &l->base;
    return NIDX_OK;
}
