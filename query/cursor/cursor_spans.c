/* cursor_spans.c: documents that hold spans of a positional operator.
 *
 * Documents that hold its words are found first; spans are looked for only in
 * those, by the path of plain phrases where the operator is one.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "query/cursor/cursor.h"
#include "query/topk/phrase.h"

struct span_cursor {
    struct nidx_cursor base;
    struct nidx_plan *plan;
    const struct nidx_segment *segment;
    uint32_t number;
    struct nidx_leaf_score how;
    const struct nidx_norm *norm; /* where scored */
    struct nidx_cursor *frame;
    struct nidx_spans *spans;
    const struct nidx_span *found; /* of base.doc */
    size_t n;
    nidx_pos title_end;
    bool plain; /* a phrase of plain words: freq is base.doc's */
    struct nidx_phrase phrase;
    uint32_t freq;
};

/* What the score of doc needs, fetched where a failure can be told. */
static enum nidx_status ready(struct span_cursor *s, nidx_docid doc)
{
    uint64_t title = 0;
    enum nidx_status status = NIDX_OK;

    if (!s->how.scored)
        return NIDX_OK;
    if (s->how.weight != 1 && !s->plain)
        status = nidx_column_get(&s->segment->columns[NIDX_COLUMN_TITLE], doc,
                                 &title, NULL);
    s->title_end = title < UINT32_MAX ? (nidx_pos)title : UINT32_MAX;
    if (status == NIDX_OK)
        status = nidx_norms_need(s->how.norms, s->number, s->how.kind, s->norm,
                                 &doc, 1, NULL);
    return status;
}

/* n becomes more than 0 where doc has spans. */
static enum nidx_status look_for(struct span_cursor *s, nidx_docid doc)
{
    if (!s->plain)
        return nidx_spans_of(s->spans, doc, &s->found, &s->n, &s->plan->limited,
                             NULL);
    enum nidx_status status = nidx_phrase_freq(&s->phrase, doc, &s->freq);
    s->n = s->freq;
    s->plan->limited |= s->phrase.limited;
    return status;
}

/* The first document of the frame, from where it stands, that has spans. */
static nidx_docid spans_at(struct span_cursor *s)
{
    for (nidx_docid doc = s->frame->doc; doc != NIDX_DOC_END;
         doc = nidx_cursor_next(s->frame)) {
        if (nidx_segment_is_deleted(s->segment, doc))
            continue;
        enum nidx_status status = look_for(s, doc);
        if (status == NIDX_OK && s->n > 0)
            status = ready(s, doc);
        if (status != NIDX_OK)
            return nidx_cursor_end(&s->base, status);
        if (s->n > 0)
            return doc;
    }
    return nidx_cursor_end(&s->base, s->frame->status);
}

static nidx_docid spans_next(struct nidx_cursor *c)
{
    struct span_cursor *s = (struct span_cursor *)c;

    nidx_cursor_next(s->frame);
    return spans_at(s);
}

static nidx_docid spans_seek(struct nidx_cursor *c, nidx_docid target)
{
    struct span_cursor *s = (struct span_cursor *)c;

    nidx_cursor_seek(s->frame, target);
    return spans_at(s);
}

static nidx_score spans_score(struct nidx_cursor *c)
{
    struct span_cursor *s = (struct span_cursor *)c;

    if (!s->how.scored)
        return 0;
    uint32_t freq =
        s->plain
            ? s->freq
            : nidx_spans_frequency(s->found, s->n, s->title_end, s->how.weight);
    return nidx_score_leaf(s->how.w, freq, s->norm->inv[c->doc]);
}

static uint64_t spans_cost(const struct nidx_cursor *c)
{
    return nidx_cursor_cost(((const struct span_cursor *)c)->frame);
}

static void spans_close(struct nidx_cursor *c)
{
    struct span_cursor *s = (struct span_cursor *)c;

    nidx_cursor_close(s->frame);
    nidx_spans_free(s->spans);
    nidx_phrase_done(&s->phrase);
    free(s);
}

static const struct nidx_cursor_ops spans_ops = {
    spans_next, spans_seek, spans_score, spans_cost, spans_close};

enum nidx_status nidx_cursor_spans(struct nidx_plan *p,
                                   const struct nidx_pnode *node,
                                   struct nidx_cursor *frame, uint32_t segment,
                                   struct nidx_cursor **out,
                                   struct nidx_error *err)
{
    struct span_cursor *s = calloc(1, sizeof(*s));
    struct nidx_norm *norm = NULL;

    if (!s) {
        nidx_cursor_close(frame);
        return nidx_nomem(err);
    }
    s->base = (struct nidx_cursor){&spans_ops, 0, NIDX_OK};
    s->plan = p;
    s->segment = p->catalog->segments[segment];
    s->number = segment;
    s->how = node->how;
    s->frame = frame;
    enum nidx_status status =
        nidx_phrase_open(&s->phrase, p, node, segment, &s->plain, err);
    if (status == NIDX_OK && !s->plain)
        status = nidx_spans_new(node->node, s->segment, &s->spans, err);
    if (status == NIDX_OK && s->how.scored)
        status = nidx_norms_of(s->how.norms, segment, s->how.kind, &norm, err);
    if (status != NIDX_OK) {
        spans_close(&s->base);
        return status;
    }
    s->norm = norm;
    s->base.doc = spans_at(s);
    *out = &s->base;
    return NIDX_OK;
}
