/* plan.c: planning a tree and running it: top-k, count.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/plan/plan.h"

#include <stdlib.h>

#include "query/cursor/cursor.h"
#include "query/result/recency.h"
#include "query/topk/topk.h"

enum nidx_status nidx_plan_fail(struct nidx_error *err, enum nidx_status status)
{
    if (status == NIDX_ERR_NOMEM)
        return nidx_nomem(err);
    if (status == NIDX_ERR_CORRUPT)
        return nidx_corrupt(err, "a posting list or column");
    return nidx_fail(err, status, "the query could not be run to its end");
}

enum nidx_status nidx_plan_poll(const struct nidx_plan *p,
                                struct nidx_error *err)
{
    if (p->options.cancelled && p->options.cancelled(p->options.context))
        return nidx_fail(err, NIDX_ERR_STOPPED, "the search was stopped");
    return NIDX_OK;
}

enum nidx_status nidx_plan_new(const struct nidx_tree *tree,
                               const struct nidx_catalog *catalog,
                               const struct nidx_exec_options *options,
                               struct nidx_plan **out, struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;

    *out = NULL;
    struct nidx_plan *p = calloc(1, sizeof(*p));
    if (!p)
        return nidx_nomem(err);
    p->tree = tree;
    p->catalog = catalog;
    p->options = *options;
    p->norms = options->norms;
    p->arena = nidx_arena_new();
    if (!p->arena)
        status = nidx_nomem(err);
    if (status == NIDX_OK && !p->norms)
        status = nidx_norms_new(catalog, &p->own_norms, err);
    if (!p->norms)
        p->norms = p->own_norms;
    if (status == NIDX_OK) {
        nidx_norms_use(p->norms, options->k1, options->b, options->plain);
        status = nidx_plan_build(p, err);
    }
    if (status != NIDX_OK) {
        nidx_plan_free(p);
        return status;
    }
    *out = p;
    return NIDX_OK;
}

void nidx_plan_free(struct nidx_plan *p)
{
    if (!p)
        return;
    for (uint32_t i = 0; i < p->n_leaves; i++) {
        for (uint32_t s = 0; s < p->catalog->manifest.n_segments; s++) {
            nidx_merged_free(p->leaves[i]->parts[s].merged);
            nidx_merged_free(p->leaves[i]->parts[s].others);
            nidx_merged_free(p->leaves[i]->parts[s].shared);
        }
    }
    free(p->leaves);
    nidx_norms_free(p->own_norms);
    nidx_arena_free(p->arena);
    free(p);
}

static enum nidx_status offer(const struct nidx_plan *p, uint32_t segment,
                              struct nidx_topk *t, nidx_docid doc,
                              nidx_score score, struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;

    if (p->options.recency.halflife > 0)
        status = nidx_recency_weigh(&p->options.recency,
                                    p->catalog->segments[segment], doc, &score);
    if (status != NIDX_OK)
        return nidx_plan_fail(err, status);
    nidx_topk_add(t, segment, doc, score);
    return NIDX_OK;
}

/* Walks the live documents of a segment with a cursor. */
static enum nidx_status walk(struct nidx_plan *p, uint32_t segment,
                             struct nidx_topk *t, uint64_t *total,
                             struct nidx_error *err)
{
    const struct nidx_segment *s = p->catalog->segments[segment];
    struct nidx_cursor *c;
    uint64_t seen = 0;
    enum nidx_status status = nidx_cursor_open(p, p->root, segment, &c, err);

    if (status != NIDX_OK)
        return status;
    for (nidx_docid d = c->doc; d != NIDX_DOC_END && status == NIDX_OK;
         d = nidx_cursor_next(c)) {
        if (++seen % 1024 == 0)
            status = nidx_plan_poll(p, err);
        if (nidx_segment_is_deleted(s, d))
            continue;
        ++*total;
        if (t && status == NIDX_OK)
            status = offer(p, segment, t, d, nidx_cursor_score(c), err);
    }
    if (c->status != NIDX_OK)
        status = nidx_plan_fail(err, c->status);
    nidx_cursor_close(c);
    return status;
}

static void note_limit(struct nidx_plan *p)
{
    if (p->limited && p->n_notes == 0)
        p->notes[p->n_notes++] =
            "a document has more places that satisfy a phrase or NEAR than "
            "are looked at; its score may be too low";
}

static enum nidx_status count(struct nidx_plan *p, uint64_t *total,
                              struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;

    *total = 0;
    for (uint32_t s = 0;
         s < p->catalog->manifest.n_segments && status == NIDX_OK; s++) {
        bool done = false;
        uint64_t one = 0;
        status = nidx_plan_poll(p, err);
        if (status == NIDX_OK)
            status = nidx_count_bulk(p, s, &one, &done, err);
        if (status == NIDX_OK && !done)
            status = walk(p, s, NULL, &one, err);
        *total += one;
    }
    note_limit(p);
    return status;
}

enum nidx_status nidx_plan_count(struct nidx_plan *p, uint64_t *total,
                                 struct nidx_error *err)
{
    uint64_t n = 0;
    enum nidx_status status = count(p, &n, err);

    if (status == NIDX_OK)
        *total = n;
    return status;
}

enum nidx_status nidx_plan_top(struct nidx_plan *p, size_t k,
                               struct nidx_hit *hits, size_t *n,
                               uint64_t *total, struct nidx_error *err)
{
    uint32_t n_segments = p->catalog->manifest.n_segments;
    struct nidx_topk t;
    enum nidx_status status = NIDX_OK;

    nidx_norms_use(p->norms, p->options.k1, p->options.b, p->options.plain);
    nidx_topk_init(&t, p->catalog, k, hits);
    t.counting = total && k > 0;
    for (uint32_t s = 0; s < n_segments && k > 0 && status == NIDX_OK; s++) {
        bool done = false;
        status = nidx_plan_poll(p, err);
        /* Bulk evaluators look for the best scores alone. */
        if (status == NIDX_OK && !(p->options.recency.halflife > 0))
            status = nidx_topk_bulk(p, s, &t, &done, err);
        if (status == NIDX_OK && !done)
            status = walk(p, s, &t, &t.total, err);
    }
    if (status == NIDX_OK)
        status = nidx_topk_finish(&t, err);
    if (status == NIDX_OK && t.counting)
        *total = t.total;
    else if (status == NIDX_OK && total)
        status = nidx_plan_count(p, total, err);
    note_limit(p);
    if (status == NIDX_OK)
        *n = t.n;
    return status;
}

size_t nidx_plan_n_notes(const struct nidx_plan *p)
{
    return p->n_notes;
}

const char *nidx_plan_note(const struct nidx_plan *p, size_t i)
{
    return i < p->n_notes ? p->notes[i] : NULL;
}
