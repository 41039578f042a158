/* snapshot.c: opening, refreshing and counting snapshots.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/result/snapshot.h"

#include <stdlib.h>

#include "query/plan/exec.h"
#include "query/expand/expand.h"

static enum nidx_status commit_view_new(struct nidx_index *index,
                                        struct nidx_commit_view **out,
                                        struct nidx_error *err)
{
    *out = NULL;
    struct nidx_commit_view *c = calloc(1, sizeof(*c));
    if (!c)
        return nidx_nomem(err);
    atomic_init(&c->refs, 1);
    enum nidx_status status = nidx_catalog_open(index->store, &c->catalog, err);
    if (status == NIDX_OK)
        status = nidx_norms_new(c->catalog, &c->norms, err);
    if (status == NIDX_OK)
        status = nidx_expander_new(c->catalog, &c->expander, err);
    if (status != NIDX_OK) {
        nidx_commit_view_unref(c);
        return status;
    }
    *out = c;
    return NIDX_OK;
}

struct nidx_commit_view *nidx_commit_view_ref(struct nidx_commit_view *c)
{
    atomic_fetch_add_explicit(&c->refs, 1, memory_order_relaxed);
    return c;
}

void nidx_commit_view_unref(struct nidx_commit_view *c)
{
    if (!c || atomic_fetch_sub_explicit(&c->refs, 1, memory_order_acq_rel) != 1)
        return;
    nidx_expander_free(c->expander);
    nidx_norms_free(c->norms);
    nidx_catalog_close(c->catalog);
    free(c);
}

enum nidx_status nidx_snapshot_open(struct nidx_index *index,
                                    struct nidx_snapshot **out,
                                    struct nidx_error *err)
{
    *out = NULL;
    struct nidx_snapshot *s = calloc(1, sizeof(*s));
    if (!s)
        return nidx_nomem(err);
    s->index = index;
    enum nidx_status status = commit_view_new(index, &s->commit, err);
    if (status != NIDX_OK) {
        free(s);
        return status;
    }
    *out = s;
    return NIDX_OK;
}

void nidx_snapshot_close(struct nidx_snapshot *s)
{
    if (!s)
        return;
    nidx_commit_view_unref(s->commit);
    free(s);
}

enum nidx_status nidx_snapshot_refresh(struct nidx_snapshot *s, int *changed,
                                       struct nidx_error *err)
{
    struct nidx_commit_view *fresh;
    const uint64_t now = nidx_store_commit_now(s->index->store);

    if (now == nidx_view_commit(s->commit->catalog->view)) {
        if (changed)
            *changed = 0;
        return NIDX_OK;
    }
    enum nidx_status status = commit_view_new(s->index, &fresh, err);
    if (status != NIDX_OK)
        return status;
    nidx_commit_view_unref(s->commit);
    s->commit = fresh;
    if (changed)
        *changed = 1;
    return NIDX_OK;
}

uint64_t nidx_snapshot_n_docs(const struct nidx_snapshot *s)
{
    return s->commit->catalog->n_live;
}

uint64_t nidx_snapshot_n_segments(const struct nidx_snapshot *s)
{
    return s->commit->catalog->manifest.n_segments;
}

uint64_t nidx_snapshot_commit(const struct nidx_snapshot *s)
{
    return s->commit->catalog->manifest.commit;
}
