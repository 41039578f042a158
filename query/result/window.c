/* window.c: a piece of a stored text, analysed again, and what is lit in it.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "query/result/result.h"

/** Tokens asked for at a time. */
#define BATCH 256

void nidx_window_done(struct nidx_window *w)
{
    nidx_buf_done(&w->text);
    free(w->tokens);
}

static enum nidx_status make_analyzer(struct nidx_result *r,
                                      struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;

    if (!r->vocab)
        status = nidx_vocab_new(&r->vocab, err);
    if (status == NIDX_OK && !r->analyzer)
        status = nidx_analyzer_new(r->vocab, &r->analyzer, err);
    return status;
}

static enum nidx_status tokenize(struct nidx_result *r, struct nidx_window *w,
                                 nidx_language language, nidx_pos pos,
                                 struct nidx_error *err)
{
    /* Words are only folded here: stems are made of the few that are met by
     * a match (token_is). */
    w->language = language;
    nidx_analyzer_begin(r->analyzer, (const char *)w->text.data, w->text.len,
                        NIDX_LANGUAGE_NONE, NIDX_ANALYZE_INDEX, pos);
    for (;;) {
        if (w->cap_tokens - w->n_tokens < BATCH) {
            const size_t cap = 2 * w->cap_tokens + 2 * (size_t)BATCH;
            struct nidx_token *tokens =
                realloc(w->tokens, nidx_mul_size(cap, sizeof(*tokens)));
            if (!tokens)
                return nidx_nomem(err);
            w->tokens = tokens;
            w->cap_tokens = cap;
        }
        const size_t n = nidx_analyzer_next(
            r->analyzer, w->tokens + w->n_tokens, w->cap_tokens - w->n_tokens);
        if (n == 0)
            break;
        w->n_tokens += n;
    }
    if (nidx_analyzer_status(r->analyzer) != NIDX_OK)
        return nidx_nomem(err);
    return NIDX_OK;
}

/** The last restart point at or before pos, as an index; 0 where none is. */
static uint32_t restart_before(const struct nidx_record *record, nidx_pos pos)
{
    uint32_t low = 0, high = record->n_restarts;

    while (high - low > 1) {
        const uint32_t middle = low + (high - low) / 2;
        if (record->restarts[middle].pos <= pos)
            low = middle;
        else
            high = middle;
    }
    return low;
}

enum nidx_status nidx_window_body(struct nidx_result *r, size_t i,
                                  nidx_pos from, nidx_pos to,
                                  struct nidx_window *w, struct nidx_error *err)
{
    *w = (struct nidx_window){.at_begin = true, .at_end = true};
    enum nidx_status status = nidx_result_record(r, i, err);
    if (status == NIDX_OK)
        status = make_analyzer(r, err);
    if (status != NIDX_OK)
        return status;
    const struct nidx_record *record = &r->hits[i].record;
    const struct nidx_record_field *body =
        nidx_record_find(record, NIDX_FIELD_BODY, 0);
    if (!body || record->n_restarts == 0)
        return NIDX_OK;
    const uint32_t first = restart_before(record, from);
    uint32_t behind = restart_before(record, to) + 1;
    const uint64_t start = record->restarts[first].offset;
    uint64_t end = body->len;
    if (behind < record->n_restarts)
        end = record->restarts[behind].offset;
    if (start > body->len || end > body->len || end < start)
        return nidx_corrupt(err, "a restart point lies outside its text");
    w->start = start;
    w->at_begin = start == 0;
    w->at_end = end == body->len;
    status = nidx_text_read(&nidx_result_segment(r, i)->text, &r->cache,
                            body->offset + start, end - start, &w->text, err);
    if (status == NIDX_OK)
        status =
            tokenize(r, w, record->language, record->restarts[first].pos, err);
    return status;
}

enum nidx_status nidx_window_title(struct nidx_result *r, size_t i,
                                   struct nidx_window *w,
                                   struct nidx_error *err)
{
    *w = (struct nidx_window){.at_begin = true, .at_end = true};
    enum nidx_status status = nidx_result_record(r, i, err);
    if (status == NIDX_OK)
        status = make_analyzer(r, err);
    if (status != NIDX_OK)
        return status;
    const struct nidx_record *record = &r->hits[i].record;
    const struct nidx_record_field *title =
        nidx_record_find(record, NIDX_FIELD_TITLE, 0);
    if (!title)
        return NIDX_OK;
    status = nidx_text_read(&nidx_result_segment(r, i)->text, &r->cache,
                            title->offset, title->len, &w->text, err);
    if (status == NIDX_OK)
        status = tokenize(r, w, record->language, 0, err);
    return status;
}

/* ------------------------------------------------------------------ lit */

static bool is_term(const struct nidx_result *r, uint32_t form,
                    struct nidx_bytes term)
{
    return form != UINT32_MAX &&
           nidx_bytes_compare(
               nidx_vocab_term_text(r->vocab,
                                    nidx_vocab_form_terms(r->vocab)[form]),
               term) == 0;
}

/** Whether a form is a term's: as it was folded, or when it is stemmed. */
static bool form_is(const struct nidx_result *r, uint32_t form,
                    nidx_language language, struct nidx_bytes term)
{
    if (is_term(r, form, term))
        return true;
    if (language == NIDX_LANGUAGE_NONE)
        return false;
    const struct nidx_bytes text = nidx_vocab_form_text(r->vocab, form);
    char copy[NIDX_TOKEN_MAX + 1];
    if (text.len > NIDX_TOKEN_MAX)
        return false;
    /* The text moves when the vocabulary grows. */
    memcpy(copy, text.data, text.len);
    return is_term(r, nidx_vocab_intern(r->vocab, copy, text.len, language, 1),
                   term);
}

/** Whether a token is what a match says: the same edge, the same term. */
static bool token_is(const struct nidx_result *r, const struct nidx_window *w,
                     const struct nidx_token *t, const struct nidx_match *m)
{
    if (t->pos != m->pos || t->len != m->len || t->form >= NIDX_FORM_PARAGRAPH)
        return false;
    if (m->leaf >= r->n_leaves || !r->leaves[m->leaf] ||
        m->term >= r->leaves[m->leaf]->n_terms)
        return false;
    return form_is(r, t->form, w->language,
                   r->leaves[m->leaf]->terms[m->term].text);
}

static int compare_ranges(const void *left, const void *right)
{
    const struct nidx_range *a = left, *b = right;

    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    return a->end < b->end ? -1 : a->end > b->end;
}

/** Ranges that touch or overlap become one. */
static size_t merge_ranges(struct nidx_range *ranges, size_t n)
{
    size_t kept = 0;

    if (n > 1)
        qsort(ranges, n, sizeof(*ranges), compare_ranges);
    for (size_t i = 0; i < n; i++) {
        if (kept > 0 && ranges[i].start <= ranges[kept - 1].end) {
            if (ranges[i].end > ranges[kept - 1].end)
                ranges[kept - 1].end = ranges[i].end;
        } else {
            ranges[kept++] = ranges[i];
        }
    }
    return kept;
}

/** The first token of w at pos or behind. */
static size_t first_token(const struct nidx_window *w, nidx_pos pos)
{
    size_t low = 0, high = w->n_tokens;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (w->tokens[middle].pos < pos)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

enum nidx_status nidx_window_lit(const struct nidx_result *r,
                                 const struct nidx_window *w,
                                 const struct nidx_match *matches, size_t n,
                                 struct nidx_range **lit, size_t *n_lit,
                                 struct nidx_error *err)
{
    size_t count = 0, cap = 16;
    struct nidx_range *ranges = malloc(cap * sizeof(*ranges));

    for (size_t i = 0; i < n && ranges; i++) {
        for (size_t t = first_token(w, matches[i].pos);
             t < w->n_tokens && w->tokens[t].pos == matches[i].pos; t++) {
            if (!token_is(r, w, &w->tokens[t], &matches[i]))
                continue;
            if (count == cap) {
                cap *= 2;
                struct nidx_range *more =
                    realloc(ranges, nidx_mul_size(cap, sizeof(*more)));
                if (!more)
                    free(ranges);
                ranges = more;
                if (!ranges)
                    break;
            }
            ranges[count++] =
                (struct nidx_range){w->tokens[t].start, w->tokens[t].end};
        }
    }
    if (!ranges)
        return nidx_nomem(err);
    *lit = ranges;
    *n_lit = merge_ranges(ranges, count);
    return NIDX_OK;
}
