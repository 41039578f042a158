/* tokens.c: what the analyzer makes of a text, in words; and finding.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/tokens.h"

#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tokens tokens_of(struct nidx_vocab *v, const char *text, size_t len,
                        const char *language, enum nidx_analysis_mode mode,
                        uint32_t pos)
{
    struct tokens t = {.vocab = v};
    struct nidx_analyzer *a = NULL;
    size_t cap = 0, n;

    assert_int_equal(nidx_analyzer_new(v, &a, NULL), NIDX_OK);
    nidx_analyzer_begin(a, text, len,
                        nidx_language_find(language, strlen(language)), mode,
                        pos);
    do {
        if (cap - t.n < 64) {
            cap = 2 * cap + 64;
            t.items = realloc(t.items, cap * sizeof(*t.items));
            assert_non_null(t.items);
        }
        n = nidx_analyzer_next(a, t.items + t.n, 64);
        t.n += n;
    } while (n > 0);
    assert_int_equal(nidx_analyzer_status(a), NIDX_OK);
    t.pos = nidx_analyzer_pos(a);
    t.bad_bytes = nidx_analyzer_bad_bytes(a);
    nidx_analyzer_free(a);
    return t;
}

void tokens_free(struct tokens *t)
{
    free(t->items);
    t->items = NULL;
}

static void put_text(struct nidx_buf *out, const char *text)
{
    nidx_buf_put(out, text, strlen(text));
}

const char *tokens_text(const struct tokens *t, struct nidx_buf *out)
{
    out->len = 0;
    for (size_t i = 0; i < t->n; i++) {
        const struct nidx_token *k = &t->items[i];
        char rest[48];

        if (i)
            put_text(out, " ");
        if (k->form == NIDX_FORM_SENTENCE)
            put_text(out, ".");
        else if (k->form == NIDX_FORM_PARAGRAPH)
            put_text(out, "^");
        else {
            struct nidx_bytes form = nidx_vocab_form_text(t->vocab, k->form);
            nidx_buf_put(out, form.data, form.len);
        }
        snprintf(rest, sizeof(rest), "@%u", k->pos);
        put_text(out, rest);
        if (k->len > 1) {
            snprintf(rest, sizeof(rest), "+%u", k->len);
            put_text(out, rest);
        }
        if (k->flags & NIDX_TOKEN_INDEX_ONLY)
            put_text(out, "i");
        if (k->flags & NIDX_TOKEN_CUT)
            put_text(out, "!");
    }
    nidx_buf_u8(out, 0);
    assert_false(out->oom);
    return (const char *)out->data;
}

const char *tokens_in(const char *text, enum nidx_analysis_mode mode)
{
    static char room[16384];
    struct nidx_buf out = {0};
    struct nidx_vocab *v = NULL;

    assert_int_equal(nidx_vocab_new(&v, NULL), NIDX_OK);
    struct tokens t = tokens_of(v, text, strlen(text), "en", mode, 0);
    snprintf(room, sizeof(room), "%s", tokens_text(&t, &out));
    nidx_buf_done(&out);
    tokens_free(&t);
    nidx_vocab_free(v);
    return room;
}

static bool is_end(const struct nidx_token *t)
{
    return t->form == NIDX_FORM_SENTENCE || t->form == NIDX_FORM_PARAGRAPH;
}

struct search {
    const struct tokens *text, *query;
    uint32_t end; /* of the span found */
};

/* As a query's word is expanded: by its term, or by its folded spelling. */
static bool same_term(const struct search *s, const struct nidx_token *a,
                      const struct nidx_token *b)
{
    const struct nidx_vocab *v = s->text->vocab;
    const uint32_t *terms = nidx_vocab_form_terms(v);

    if (is_end(a) || is_end(b))
        return false;
    return terms[a->form] == terms[b->form] ||
           nidx_bytes_compare(nidx_vocab_form_folded(v, a->form),
                              nidx_vocab_form_folded(v, b->form)) == 0;
}

/* Whether the query from position q on matches the text from t on. */
static bool match(struct search *s, uint32_t q, uint32_t t)
{
    if (q == s->query->pos) {
        s->end = t;
        return true;
    }
    for (size_t i = 0; i < s->query->n; i++) {
        const struct nidx_token *a = &s->query->items[i];
        if (a->pos != q)
            continue;
        for (size_t k = 0; k < s->text->n; k++) {
            const struct nidx_token *b = &s->text->items[k];
            if (b->pos == t && same_term(s, a, b) &&
                match(s, q + a->len, t + b->len))
                return true;
        }
    }
    return false;
}

bool tokens_find(const char *text, const char *query, const char *language,
                 uint32_t *start, uint32_t *end)
{
    struct nidx_vocab *v = NULL;
    bool found = false;

    assert_int_equal(nidx_vocab_new(&v, NULL), NIDX_OK);
    struct tokens t =
        tokens_of(v, text, strlen(text), language, NIDX_ANALYZE_INDEX, 0);
    struct tokens q =
        tokens_of(v, query, strlen(query), language, NIDX_ANALYZE_QUERY, 0);
    struct search s = {.text = &t, .query = &q};
    for (uint32_t pos = 0; q.pos > 0 && pos < t.pos && !found; pos++) {
        found = match(&s, 0, pos);
        if (found && start)
            *start = pos;
        if (found && end)
            *end = s.end;
    }
    tokens_free(&t);
    tokens_free(&q);
    nidx_vocab_free(v);
    return found;
}

bool tokens_have_form(const char *text, const char *form)
{
    struct nidx_vocab *v = NULL;
    bool found = false;

    assert_int_equal(nidx_vocab_new(&v, NULL), NIDX_OK);
    struct tokens t =
        tokens_of(v, text, strlen(text), "en", NIDX_ANALYZE_INDEX, 0);
    for (size_t i = 0; i < t.n && !found; i++) {
        if (is_end(&t.items[i]))
            continue;
        struct nidx_bytes f = nidx_vocab_form_text(v, t.items[i].form);
        found = f.len == strlen(form) && memcmp(f.data, form, f.len) == 0;
    }
    tokens_free(&t);
    nidx_vocab_free(v);
    return found;
}
