/* similar.c: a query for documents like one, of its telling words.
 *
 * A word tells much when it is frequent in the document and rare in the index:
 * (1 + ln tf) * idf, the headline's words counted twice, as in Lucene's
 * MoreLikeThis (Robertson & Sparck Jones relevance weights are its ancestors).
 * SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <stdlib.h>

#include "query/result/result.h"

#define WORDS_USUAL 25

/** What is known of a term of the vocabulary. */
struct telling {
    uint32_t form; /**< the first that was met */
    uint32_t n;    /**< occurrences */
    double weight;
};

/** Whether a form can stand in a query as a word: letters and digits alone,
 * more than one of them. */
static bool is_plain(struct nidx_bytes form)
{
    bool letter = false;

    for (size_t i = 0; i < form.len; i++) {
        const uint8_t c = form.data[i];
        if (c < 0x80 && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9'))
            return false;
        letter |= c >= 'a';
    }
    return letter && form.len > 2;
}

/** Terms that were met, by number. */
struct tellings {
    struct telling *items;
    uint32_t n;
};

/** The term of a token: windows hold words folded, not stemmed. UINT32_MAX
 * where memory is out. */
static uint32_t term_of(struct nidx_result *r, uint32_t form,
                        nidx_language language)
{
    const struct nidx_bytes text = nidx_vocab_form_text(r->vocab, form);
    char copy[NIDX_TOKEN_MAX + 1];

    if (language != NIDX_LANGUAGE_NONE && text.len <= NIDX_TOKEN_MAX) {
        /* The text moves when the vocabulary grows. */
        memcpy(copy, text.data, text.len);
        form = nidx_vocab_intern(r->vocab, copy, text.len, language, 1);
    }
    return form == UINT32_MAX ? form : nidx_vocab_form_terms(r->vocab)[form];
}

static struct telling *telling_of(struct tellings *all, uint32_t term)
{
    if (term == UINT32_MAX)
        return NULL;
    if (term >= all->n) {
        const uint32_t n = term + 256;
        struct telling *more =
            realloc(all->items, nidx_mul_size(n, sizeof(*more)));
        if (!more)
            return NULL;
        memset(more + all->n, 0, (n - all->n) * sizeof(*more));
        all->items = more;
        all->n = n;
    }
    return &all->items[term];
}

/** Counts the tokens of a window, each `times` times. */
static enum nidx_status count_tokens(struct nidx_result *r,
                                     const struct nidx_window *w,
                                     uint32_t times, struct tellings *all,
                                     struct nidx_error *err)
{
    for (size_t i = 0; i < w->n_tokens; i++) {
        const struct nidx_token *t = &w->tokens[i];
        if (t->form >= NIDX_FORM_PARAGRAPH || t->len == 0)
            continue;
        struct telling *of = telling_of(all, term_of(r, t->form, w->language));
        if (!of)
            return nidx_nomem(err);
        if (of->n == 0)
            of->form = t->form;
        of->n += times;
    }
    return NIDX_OK;
}

/** Documents that have a term, over all segments. */
static enum nidx_status df_of(const struct nidx_catalog *catalog,
                              struct nidx_bytes term, uint64_t *df,
                              struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;

    *df = 0;
    for (uint32_t i = 0; i < catalog->manifest.n_segments && status == NIDX_OK;
         i++) {
        struct nidx_term_info info;
        bool found = false;
        status = nidx_segment_term(catalog->segments[i], NIDX_KIND_WORD,
                                   NIDX_FIELD_ALL, term, &found, &info, err);
        if (status == NIDX_OK && found)
            *df += info.df;
    }
    return status;
}

static enum nidx_status weigh(struct nidx_result *r, struct tellings *found,
                              struct nidx_error *err)
{
    struct telling *all = found->items;
    const double docs = (double)r->commit->catalog->n_docs;

    for (uint32_t i = 0; i < found->n; i++) {
        uint64_t df;
        if (all[i].n == 0 ||
            !is_plain(nidx_vocab_form_text(r->vocab, all[i].form)))
            continue;
        const enum nidx_status status = df_of(
            r->commit->catalog, nidx_vocab_term_text(r->vocab, i), &df, err);
        if (status != NIDX_OK)
            return status;
        /* A word that no other document has finds none. */
        if (df > 1)
            all[i].weight = (1 + log(all[i].n)) * log(1 + docs / (double)df);
    }
    return NIDX_OK;
}

static int by_weight(const void *a, const void *b)
{
    const struct telling *x = a, *y = b;

    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    return x->form < y->form ? -1 : x->form > y->form;
}

static void put_query(const struct nidx_result *r, const struct telling *all,
                      size_t n, struct nidx_buf *out)
{
    for (size_t i = 0; i < n && all[i].weight > 0; i++) {
        const struct nidx_bytes word =
            nidx_vocab_form_text(r->vocab, all[i].form);
        if (i > 0)
            nidx_buf_put(out, " OR ", 4);
        nidx_buf_put(out, word.data, word.len);
    }
    nidx_buf_u8(out, 0);
}

enum nidx_status nidx_hit_similar(struct nidx_result *r, size_t i,
                                  size_t n_words, const char **text,
                                  size_t *len, struct nidx_error *err)
{
    struct nidx_window title = {0}, body = {0};
    struct tellings all = {NULL, 0};

    if (i >= r->n_hits)
        return nidx_fail(err, NIDX_ERR_INVALID, "no such hit");
    enum nidx_status status = nidx_window_title(r, i, &title, err);
    if (status == NIDX_OK)
        status = nidx_window_body(r, i, 0, UINT32_MAX, &body, err);
    if (status == NIDX_OK)
        status = count_tokens(r, &title, 2, &all, err);
    if (status == NIDX_OK)
        status = count_tokens(r, &body, 1, &all, err);
    if (status == NIDX_OK)
        status = weigh(r, &all, err);
    if (status == NIDX_OK) {
        struct nidx_buf *out = &r->hits[i].similar;
        if (all.n > 1)
            qsort(all.items, all.n, sizeof(*all.items), by_weight);
        out->len = 0;
        if (n_words == 0)
            n_words = WORDS_USUAL;
        put_query(r, all.items, all.n < n_words ? all.n : n_words, out);
        *text = (const char *)out->data;
        *len = out->len - 1;
        status = out->oom ? nidx_nomem(err) : NIDX_OK;
    }
    free(all.items);
    nidx_window_done(&title);
    nidx_window_done(&body);
    return status;
}
