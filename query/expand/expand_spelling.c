/* expand_spelling.c: which terms a word stands for.
 *
 * An article is stemmed in one language, so a spelling has a term for each
 * language of the articles that hold it, and one article in another language
 * is enough for a term that means something else: French makes `lai` of
 * `layer`. What the dictionary of forms says decides.
 *
 * - The terms that forms of the word's folded spelling have are its
 *   alternatives. The one with the most articles counts whole, and so does one
 *   of whose articles at least a twentieth hold this spelling. Of others only
 *   this spelling counts.
 * - A stem that the forms do not show is one that no article of its language
 *   shows. That says little where the language has few articles: it is kept
 *   where they are at least a hundredth of all, and where less than three of
 *   them would hold the spelling if it were as frequent in them as it is in
 *   others. (None in n says with 95 % confidence that the rate is below 3 / n:
 *   Hanley and Lippman-Hand, JAMA 249, 1983.)
 * - Where no article has the spelling, all stems that are known are kept.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "query/expand/expand_impl.h"

/* A term counts whole where at least one in so many of its articles holds the
 * spelling. */
#define SUBSTANTIAL 20

/* A language has at least one in so many articles, or its stems are dropped. */
#define PRESENT 100

/* Fewer than so many articles would be expected: nothing was shown. */
#define EXPECTED 3

/* What one form says of one term. */
struct sight {
    struct nidx_bytes term, form; /* in the arena */
    uint64_t df;
};

struct sights {
    struct sight *items; /* malloc'ed */
    uint32_t n, cap;
};

static struct nidx_bytes copy(struct nidx_expansion *x, struct nidx_bytes text)
{
    const struct nidx_bytes b =
        nidx_arena_bytes(x->tree->arena, text.data, text.len);

    if (!b.data)
        nidx_expand_fail(x, nidx_nomem(x->err));
    return b;
}

static void see(struct nidx_expansion *x, struct sights *s,
                struct nidx_bytes term, struct nidx_bytes form, uint64_t df)
{
    for (uint32_t i = 0; i < s->n; i++)
        if (nidx_bytes_compare(s->items[i].term, term) == 0 &&
            nidx_bytes_compare(s->items[i].form, form) == 0) {
            s->items[i].df += df;
            return;
        }
    if (s->n == s->cap) {
        const uint32_t cap = s->cap ? s->cap * 2 : 8;
        struct sight *items =
            realloc(s->items, nidx_mul_size(cap, sizeof(*items)));
        if (!items) {
            nidx_expand_fail(x, nidx_nomem(x->err));
            return;
        }
        s->items = items;
        s->cap = cap;
    }
    s->items[s->n++] = (struct sight){copy(x, term), copy(x, form), df};
}

/* Everything that forms with the folded spelling say, over all segments. */
static void look(struct nidx_expansion *x, uint8_t field,
                 struct nidx_bytes folded, struct sights *out)
{
    nidx_dict_key(x, NIDX_KIND_FORM, field, folded);
    for (uint32_t i = 0; i < x->catalog->manifest.n_segments; i++) {
        struct nidx_strtab_cursor *c = nidx_dict_seek(x, i);
        for (; c && nidx_dict_in_range(x, c); nidx_dict_next(x, c)) {
            const struct nidx_form_entry e = nidx_form_entry_at(c);
            if (e.folded.len != folded.len)
                break;
            struct nidx_reader r = nidx_reader_of(e.value.data, e.value.len);
            struct nidx_form_term t;
            while (x->status == NIDX_OK &&
                   nidx_form_value_next(&r, e.folded.len, &t))
                see(x, out, nidx_dict_term(x, &e, &t), e.form, t.df);
            nidx_dict_check(x, &r);
        }
    }
}

static int by_term(const void *a, const void *b)
{
    const struct sight *x = a, *y = b;
    const int order = nidx_bytes_compare(x->term, y->term);

    return order ? order : nidx_bytes_compare(x->form, y->form);
}

/* Documents of a term in all segments, deleted ones included. */
static uint64_t documents_of(struct nidx_expansion *x, uint8_t field,
                             struct nidx_bytes term)
{
    uint64_t n = 0;

    for (uint32_t i = 0;
         i < x->catalog->manifest.n_segments && x->status == NIDX_OK; i++) {
        struct nidx_term_info info;
        bool found = false;
        nidx_expand_fail(x, nidx_segment_term(x->catalog->segments[i],
                                              NIDX_KIND_WORD, field, term,
                                              &found, &info, x->err));
        n += found && x->status == NIDX_OK ? info.df : 0;
    }
    return n;
}

static void add_restricted(struct nidx_expansion *x, const struct sight *s,
                           uint32_t n, struct nidx_terms *out)
{
    struct nidx_leaf_term *t = nidx_terms_append(x, out, s[0].term);

    if (!t)
        return;
    t->forms =
        nidx_arena_alloc(x->tree->arena, nidx_mul_size(n, sizeof(*t->forms)));
    if (!t->forms) {
        nidx_expand_fail(x, nidx_nomem(x->err));
        return;
    }
    for (uint32_t i = 0; i < n; i++)
        t->forms[t->n_forms++] = s[i].form;
}

/* The terms of the sights, which are sorted; returns their documents. */
static uint64_t add_seen(struct nidx_expansion *x, uint8_t field,
                         const struct sights *s, struct nidx_terms *out)
{
    uint64_t most = 0, all = 0, sum = 0;
    uint32_t main = 0;

    for (uint32_t i = 0, first = 0; i < s->n; i++) {
        if (nidx_bytes_compare(s->items[first].term, s->items[i].term) != 0) {
            first = i;
            sum = 0;
        }
        sum += s->items[i].df;
        all += s->items[i].df;
        if (sum > most || i == 0) {
            most = sum;
            main = first;
        }
    }
    for (uint32_t i = 0, j; i < s->n && x->status == NIDX_OK; i = j) {
        sum = 0;
        for (j = i; j < s->n &&
                    nidx_bytes_compare(s->items[i].term, s->items[j].term) == 0;
             j++)
            sum += s->items[j].df;
        if (i == main ||
            sum * SUBSTANTIAL >= documents_of(x, field, s->items[i].term))
            nidx_terms_add(x, out, s->items[i].term);
        else
            add_restricted(x, &s->items[i], j - i, out);
    }
    return all;
}

bool nidx_expand_is_present(const struct nidx_catalog *c, unsigned language)
{
    return c->in_language[language] * PRESENT >= c->n_docs;
}

/* Whether the articles of a language could hold the spelling, which df others
 * hold, although none was seen to. */
static bool may_hold(const struct nidx_catalog *c, unsigned language,
                     uint64_t df)
{
    const double of = (double)c->in_language[language], all = (double)c->n_docs;

    return nidx_expand_is_present(c, language) &&
           (double)df * of < EXPECTED * (all - of);
}

static bool is_kept(const struct nidx_catalog *c, const struct nidx_stem *stem,
                    uint64_t df)
{
    for (unsigned i = 0; i < NIDX_LANGUAGE_COUNT; i++)
        if (stem->languages >> i & 1 && may_hold(c, i, df))
            return true;
    return false;
}

static bool is_seen(const struct sights *s, struct nidx_bytes term)
{
    for (uint32_t i = 0; i < s->n; i++)
        if (nidx_bytes_compare(s->items[i].term, term) == 0)
            return true;
    return false;
}

bool nidx_expand_spellings(struct nidx_expansion *x, uint8_t field,
                           const struct nidx_bytes *folded, uint32_t n_folded,
                           const struct nidx_stem *stems, uint32_t n_stems,
                           struct nidx_terms *out)
{
    const uint8_t at = nidx_expand_forms_field(field);
    struct sights s = {0};

    for (uint32_t i = 0; i < n_folded && x->status == NIDX_OK; i++)
        look(x, at, folded[i], &s);
    if (s.n > 1)
        qsort(s.items, s.n, sizeof(*s.items), by_term);
    const uint64_t df = x->status == NIDX_OK ? add_seen(x, at, &s, out) : 0;
    for (uint32_t i = 0; i < n_stems && x->status == NIDX_OK; i++)
        if (!is_seen(&s, stems[i].text) &&
            (s.n == 0 || is_kept(x->catalog, &stems[i], df)) &&
            nidx_expand_is_known(x, field, stems[i].text))
            nidx_terms_add(x, out, stems[i].text);
    free(s.items);
    return s.n > 0;
}
