/* cursor_leaf.c: the documents of a word or keyword.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "query/cursor/cursor.h"

struct leaf {
    struct nidx_cursor base;
    uint32_t i; /* posting of the block */
    struct nidx_list list;
};

/* The document of the posting that it stands on, after a move; the lengths of
 * its block are there then. */
static nidx_docid stand(struct leaf *l)
{
    struct nidx_list *list = &l->list;
    enum nidx_status status = NIDX_OK;

    if (list->n == 0)
        return nidx_cursor_end(&l->base, list->status);
    const uint32_t *docs = nidx_list_docs(list);
    if (list->how.scored)
        status = nidx_norms_need(list->how.norms, list->segment, list->how.kind,
                                 list->norm, docs, list->n, NULL);
    if (status == NIDX_OK)
        status = list->status;
    if (status != NIDX_OK)
        return nidx_cursor_end(&l->base, status);
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

static enum nidx_status open_list(const struct nidx_pnode *node,
                                  uint32_t segment, bool others,
                                  struct nidx_cursor **out,
                                  struct nidx_error *err)
{
    const struct nidx_part_leaf *part = &node->parts[segment];
    struct leaf *l = malloc(sizeof(*l));

    if (!l)
        return nidx_nomem(err);
    l->base = (struct nidx_cursor){&leaf_ops, 0, NIDX_OK};
    l->i = 0;
    enum nidx_status status =
        others ? nidx_list_open_others(&l->list, part, &node->how, segment, err)
               : nidx_list_open(&l->list, part, &node->how, segment, err);
    if (status != NIDX_OK) {
        free(l);
        return status;
    }
    l->base.doc = stand(l);
    *out = &l->base;
    return NIDX_OK;
}

enum nidx_status nidx_cursor_leaf(const struct nidx_pnode *node,
                                  uint32_t segment, struct nidx_cursor **out,
                                  struct nidx_error *err)
{
    struct nidx_cursor *main;
    enum nidx_status status = open_list(node, segment, false, &main, err);

    if (status != NIDX_OK || nidx_part_lists(&node->parts[segment]) < 2) {
        *out = status == NIDX_OK ? main : NULL;
        return status;
    }
    struct nidx_cursor **both = calloc(2, sizeof(struct nidx_cursor *));
    if (both)
        status = open_list(node, segment, true, &both[1], err);
    else
        status = nidx_nomem(err);
    if (status != NIDX_OK) {
        nidx_cursor_close(main);
        free(both);
        return status;
    }
    both[0] = main;
    return nidx_cursor_or(both, 2, out, err);
}
