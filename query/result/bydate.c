/* bydate.c: matches by date, and all of them for counting by time.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "query/cursor/cursor.h"
#include "query/plan/plan.h"
#include "query/result/result.h"
#include "query/topk/topk.h"

/** A date as a score: greater is better, and no date the worst of all. */
static nidx_score rank_of(bool oldest, bool has, int64_t date)
{
    const int64_t half = INT64_C(1) << 62;

    if (!has)
        return 1;
    return (nidx_score)(oldest ? half - date : half + date);
}

static enum nidx_status walk(struct nidx_plan *p, uint32_t segment, bool oldest,
                             struct nidx_topk *t, uint64_t *total,
                             struct nidx_error *err)
{
    const struct nidx_segment *s = p->catalog->segments[segment];
    struct nidx_cursor *c;
    bool has;
    int64_t date;
    enum nidx_status status = nidx_cursor_open(p, p->root, segment, &c, err);

    if (status != NIDX_OK)
        return status;
    for (nidx_docid d = c->doc; d != NIDX_DOC_END && status == NIDX_OK;
         d = nidx_cursor_next(c)) {
        if (nidx_segment_is_deleted(s, d))
            continue;
        status = nidx_result_date(s, d, &has, &date, err);
        if (status == NIDX_OK)
            nidx_topk_add(t, segment, d, rank_of(oldest, has, date));
        if (++*total % 1024 == 0 && status == NIDX_OK)
            status = nidx_plan_poll(p, err);
    }
    if (c->status != NIDX_OK)
        status = nidx_plan_fail(err, c->status);
    nidx_cursor_close(c);
    return status;
}

/** Puts the scores of the query in the place of those of the order. */
static enum nidx_status score_hits(struct nidx_plan *p, struct nidx_hit *hits,
                                   size_t n, struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;

    for (size_t i = 0; i < n && status == NIDX_OK; i++) {
        struct nidx_cursor *c;
        status = nidx_cursor_open(p, p->root, hits[i].segment, &c, err);
        if (status != NIDX_OK)
            return status;
        nidx_cursor_seek(c, hits[i].doc);
        hits[i].score = nidx_cursor_score(c);
        if (c->status != NIDX_OK)
            status = nidx_plan_fail(err, c->status);
        nidx_cursor_close(c);
    }
    return status;
}

enum nidx_status nidx_plan_by_date(struct nidx_plan *p, bool oldest, size_t k,
                                   struct nidx_hit *hits, size_t *n,
                                   uint64_t *total, struct nidx_error *err)
{
    struct nidx_topk t;
    uint64_t seen = 0;
    enum nidx_status status = NIDX_OK;

    nidx_norms_use(p->norms, p->options.k1, p->options.b, p->options.plain);
    nidx_topk_init(&t, p->catalog, k, hits);
    for (uint32_t s = 0;
         s < p->catalog->manifest.n_segments && status == NIDX_OK; s++)
        status = walk(p, s, oldest, &t, &seen, err);
    if (status == NIDX_OK)
        status = nidx_topk_finish(&t, err);
    if (status == NIDX_OK)
        status = score_hits(p, hits, t.n, err);
    if (status != NIDX_OK)
        return status;
    *n = t.n;
    *total = seen;
    return NIDX_OK;
}

/* ----------------------------------------------------------- all matches */

struct nidx_matches {
    struct nidx_result *result; /**< its plan is what is walked */
    uint32_t segment;           /**< of the cursor */
    struct nidx_cursor *cursor; /**< NULL: not yet opened */
    uint64_t seen;
};

enum nidx_status nidx_matches_new(struct nidx_snapshot *s,
                                  const struct nidx_query *q,
                                  const struct nidx_search_options *options,
                                  struct nidx_matches **out,
                                  struct nidx_error *err)
{
    *out = NULL;
    struct nidx_matches *m = calloc(1, sizeof(*m));
    if (!m)
        return nidx_nomem(err);
    enum nidx_status status =
        nidx_result_prepare(s, q, options, &m->result, err);
    if (status != NIDX_OK) {
        free(m);
        return status;
    }
    struct nidx_plan *p = m->result->plan;
    nidx_norms_use(p->norms, p->options.k1, p->options.b, p->options.plain);
    *out = m;
    return NIDX_OK;
}

void nidx_matches_free(struct nidx_matches *m)
{
    if (!m)
        return;
    nidx_cursor_close(m->cursor);
    nidx_result_free(m->result);
    free(m);
}

/** The next document of the segments, deleted ones included; END at the end. */
static enum nidx_status step(struct nidx_matches *m, nidx_docid *doc,
                             struct nidx_error *err)
{
    struct nidx_plan *p = m->result->plan;

    *doc = NIDX_DOC_END;
    while (m->segment < p->catalog->manifest.n_segments) {
        enum nidx_status status = NIDX_OK;
        if (m->cursor)
            *doc = nidx_cursor_next(m->cursor);
        else
            status = nidx_cursor_open(p, p->root, m->segment, &m->cursor, err);
        if (status != NIDX_OK)
            return status;
        if (*doc == NIDX_DOC_END && m->cursor->doc != NIDX_DOC_END)
            *doc = m->cursor->doc;
        if (m->cursor->status != NIDX_OK)
            return nidx_plan_fail(err, m->cursor->status);
        if (*doc != NIDX_DOC_END)
            return NIDX_OK;
        nidx_cursor_close(m->cursor);
        m->cursor = NULL;
        m->segment++;
    }
    return NIDX_OK;
}

enum nidx_status nidx_matches_next(struct nidx_matches *m, int *found,
                                   int64_t *date, int *has_date,
                                   struct nidx_error *err)
{
    struct nidx_plan *p = m->result->plan;
    nidx_docid doc;
    bool has = false;
    enum nidx_status status;

    do {
        status = step(m, &doc, err);
        if (status == NIDX_OK && ++m->seen % 1024 == 0)
            status = nidx_plan_poll(p, err);
        if (status != NIDX_OK)
            return status;
    } while (doc != NIDX_DOC_END &&
             nidx_segment_is_deleted(p->catalog->segments[m->segment], doc));
    *found = doc != NIDX_DOC_END;
    *has_date = 0;
    *date = 0;
    if (!*found)
        return NIDX_OK;
    status = nidx_result_date(p->catalog->segments[m->segment], doc, &has, date,
                              err);
    *has_date = has;
    return status;
}
