/* suggest.c: the commonest words of an index that begin with some text.
 *
 * The dictionaries of all segments are read side by side, in order, so that a
 * word's documents are summed before it is compared with others.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "nidx.h"

#include <stdlib.h>

#include "common/analysis/analyze.h"
#include "common/base/limits.h"
#include "query/expand/dictwalk.h"
#include "query/result/snapshot.h"

struct word {
    struct nidx_buf text;
    uint64_t n_docs;
};

struct nidx_words {
    struct word *items; /* while they are gathered a heap, the least on top */
    size_t n, max;
};

struct gather {
    struct nidx_words *words;
    struct nidx_strtab_cursor *cursors;
    uint32_t n;
    struct nidx_buf prefix; /* of keys */
    struct nidx_buf key;    /* that is summed */
};

void nidx_words_free(struct nidx_words *w)
{
    if (!w)
        return;
    for (size_t i = 0; i < w->n; i++)
        nidx_buf_done(&w->items[i].text);
    free(w->items);
    free(w);
}

size_t nidx_words_n(const struct nidx_words *w)
{
    return w->n;
}

const char *nidx_words_text(const struct nidx_words *w, size_t i, size_t *len)
{
    *len = w->items[i].text.len - 1; /* a zero byte follows */
    return (const char *)w->items[i].text.data;
}

uint64_t nidx_words_n_docs(const struct nidx_words *w, size_t i)
{
    return w->items[i].n_docs;
}

/* More documents first, then by bytes. */
static int compare(const void *a, const void *b)
{
    const struct word *x = a, *y = b;

    if (x->n_docs != y->n_docs)
        return x->n_docs > y->n_docs ? -1 : 1;
    return nidx_bytes_compare((struct nidx_bytes){x->text.data, x->text.len},
                              (struct nidx_bytes){y->text.data, y->text.len});
}

static void sift_down(struct nidx_words *w, size_t i)
{
    for (;;) {
        size_t last = i;
        for (size_t k = 2 * i + 1; k <= 2 * i + 2 && k < w->n; k++)
            if (compare(&w->items[k], &w->items[last]) > 0)
                last = k;
        if (last == i)
            return;
        const struct word moved = w->items[i];
        w->items[i] = w->items[last];
        w->items[last] = moved;
        i = last;
    }
}

/* Words come in order of bytes, so of equal ones the first stays. */
static bool offer(struct nidx_words *w, struct nidx_bytes text, uint64_t n_docs)
{
    const bool full = w->n == w->max;
    struct word *at = full ? &w->items[0] : &w->items[w->n];

    if (full && n_docs <= at->n_docs)
        return true;
    at->n_docs = n_docs;
    at->text.len = 0;
    nidx_buf_put(&at->text, text.data, text.len);
    nidx_buf_u8(&at->text, 0);
    if (full) {
        sift_down(w, 0);
    } else if (++w->n == w->max) {
        for (size_t i = w->n / 2; i-- > 0;)
            sift_down(w, i);
    }
    return !at->text.oom;
}

/* ------------------------------------------------------------- gathering */

static bool in_range(const struct gather *g, const struct nidx_strtab_cursor *c)
{
    return !c->at_end && c->key.len >= g->prefix.len &&
           memcmp(c->key.data, g->prefix.data, g->prefix.len) == 0;
}

static struct nidx_bytes key_of(const struct nidx_strtab_cursor *c)
{
    return (struct nidx_bytes){c->key.data, c->key.len};
}

/* The least key that some cursor stands on, into g->key; false at the end. */
static bool least_key(struct gather *g)
{
    const struct nidx_strtab_cursor *least = NULL;

    for (uint32_t i = 0; i < g->n; i++) {
        const struct nidx_strtab_cursor *c = &g->cursors[i];
        if (in_range(g, c) &&
            (!least || nidx_bytes_compare(key_of(c), key_of(least)) < 0))
            least = c;
    }
    if (!least)
        return false;
    g->key.len = 0;
    nidx_buf_put(&g->key, least->key.data, least->key.len);
    return true;
}

static uint64_t documents(const struct nidx_strtab_cursor *c)
{
    const struct nidx_form_entry e = nidx_form_entry_at(c);
    struct nidx_reader r = nidx_reader_of(e.value.data, e.value.len);
    struct nidx_form_term t;
    uint64_t n = 0;

    while (nidx_form_value_next(&r, e.folded.len, &t))
        n += t.df;
    return n;
}

/* Sums the key over all cursors that stand on it, and moves them on. */
static enum nidx_status take(struct gather *g, struct nidx_error *err)
{
    struct nidx_bytes folded, form, key = {g->key.data, g->key.len};
    enum nidx_status status = g->key.oom ? nidx_nomem(err) : NIDX_OK;
    uint64_t n_docs = 0;

    for (uint32_t i = 0; i < g->n && status == NIDX_OK; i++) {
        struct nidx_strtab_cursor *c = &g->cursors[i];
        if (!in_range(g, c) || nidx_bytes_compare(key_of(c), key) != 0)
            continue;
        n_docs += documents(c);
        status = nidx_strtab_next(c, err);
    }
    nidx_form_key_split((struct nidx_bytes){key.data + 2, key.len - 2}, &folded,
                        &form);
    if (status == NIDX_OK && !offer(g->words, form, n_docs))
        status = nidx_nomem(err);
    return status;
}

static enum nidx_status gather(struct gather *g,
                               const struct nidx_catalog *catalog,
                               struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;

    g->cursors =
        calloc((size_t)catalog->manifest.n_segments + 1, sizeof(*g->cursors));
    if (!g->cursors || g->prefix.oom)
        return nidx_nomem(err);
    for (; g->n < catalog->manifest.n_segments && status == NIDX_OK; g->n++) {
        nidx_strtab_cursor_init(&g->cursors[g->n],
                                &catalog->segments[g->n]->terms);
        status = nidx_strtab_seek(
            &g->cursors[g->n],
            (struct nidx_bytes){g->prefix.data, g->prefix.len}, err);
    }
    while (status == NIDX_OK && least_key(g))
        status = take(g, err);
    return status;
}

static struct nidx_words *new_words(size_t max)
{
    struct nidx_words *w = calloc(1, sizeof(*w));

    if (!w)
        return NULL;
    w->max = max < 1 ? 1 : max < NIDX_HITS_MAX ? max : NIDX_HITS_MAX;
    w->items = calloc(w->max, sizeof(*w->items));
    if (!w->items) {
        free(w);
        return NULL;
    }
    return w;
}

enum nidx_status nidx_words_new(struct nidx_snapshot *s, const char *prefix,
                                size_t len, size_t max, struct nidx_words **out,
                                struct nidx_error *err)
{
    struct gather g = {.words = new_words(max)};

    *out = NULL;
    if (!g.words)
        return nidx_nomem(err);
    nidx_buf_u8(&g.prefix, NIDX_KIND_FORM);
    nidx_buf_u8(&g.prefix, NIDX_FIELD_ALL);
    nidx_analyze_normalise(prefix, len, true, &g.prefix);
    const enum nidx_status status = gather(&g, s->commit->catalog, err);
    for (uint32_t i = 0; i < g.n; i++)
        nidx_strtab_cursor_done(&g.cursors[i]);
    free(g.cursors);
    nidx_buf_done(&g.prefix);
    nidx_buf_done(&g.key);
    if (status != NIDX_OK) {
        nidx_words_free(g.words);
        return status;
    }
    if (g.words->n > 1)
        qsort(g.words->items, g.words->n, sizeof(*g.words->items), compare);
    *out = g.words;
    return NIDX_OK;
}
