/* spelling.c: how a word that no article has may have been meant.
 *
 * All forms one edit away are looked at, and of those two edits away the ones
 * with the same first letter: people seldom mistype that one, and it makes the
 * walk short. The form of most documents wins; one edit is worth as much as
 * fifty times the documents, since a word two edits away is mostly another
 * word.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/expand/spelling.h"

#include <stdlib.h>

#include "common/analysis/analyze.h"
#include "query/expand/dictwalk.h"

/* Shorter words are near to everything. */
#define CHARS_MIN 3
/* From here on two edits may be meant. */
#define CHARS_TWO 5
/* Longer ones are no words that somebody mistyped. */
#define CHARS_MAX 40
/* What one edit is worth more than two. */
#define ONE_EDIT 50
/* Forms that a walk looks at: some milliseconds. */
#define STEPS 200000

struct guess {
    struct nidx_bytes form; /* in the arena */
    uint64_t weight;
};

struct guesses {
    struct nidx_arena *arena;
    struct guess *items;
    uint32_t n, cap;
    bool oom;
};

static bool keep(void *context, const struct nidx_form_entry *e,
                 uint32_t accepts)
{
    struct guesses *g = context;
    struct nidx_reader r = nidx_reader_of(e->value.data, e->value.len);
    struct nidx_form_term t;
    uint64_t df = 0;

    /* The word itself, in another field. */
    if (accepts == 1)
        return true;
    while (nidx_form_value_next(&r, e->folded.len, &t))
        df += t.df;
    if (g->n == g->cap) {
        const uint32_t cap = g->cap ? g->cap * 2 : 64;
        struct guess *items =
            realloc(g->items, nidx_mul_size(cap, sizeof(*items)));
        g->oom |= !items;
        if (!items)
            return false;
        g->items = items;
        g->cap = cap;
    }
    const struct nidx_bytes form =
        nidx_arena_bytes(g->arena, e->form.data, e->form.len);
    g->oom |= !form.data;
    g->items[g->n++] = (struct guess){form, accepts == 2 ? df * ONE_EDIT : df};
    return !g->oom;
}

static int by_form(const void *a, const void *b)
{
    const struct guess *x = a, *y = b;

    return nidx_bytes_compare(x->form, y->form);
}

/* The best of all; forms of several segments are one. */
static void choose(struct guesses *g, struct nidx_buf *out)
{
    const struct guess *best = NULL;

    if (g->n > 1)
        qsort(g->items, g->n, sizeof(*g->items), by_form);
    for (uint32_t i = 0, j; i < g->n; i = j) {
        for (j = i + 1; j < g->n && by_form(&g->items[i], &g->items[j]) == 0;
             j++)
            g->items[i].weight += g->items[j].weight;
        if (!best || g->items[i].weight > best->weight)
            best = &g->items[i];
    }
    if (best)
        nidx_buf_put(out, best->form.data, best->form.len);
}

static enum nidx_status walk(const struct nidx_catalog *catalog, uint8_t field,
                             struct nidx_bytes word, uint32_t edits,
                             struct nidx_bytes prefix, struct guesses *g,
                             struct nidx_error *err)
{
    struct nidx_dictwalk w = {
        .found = keep, .context = g, .prefix = prefix, .steps = STEPS};
    enum nidx_status status =
        nidx_automaton_edits(word, edits, &w.automaton, err);

    for (uint32_t i = 0; i < catalog->manifest.n_segments && status == NIDX_OK;
         i++)
        status = nidx_dictwalk(&w, catalog->segments[i], field, err);
    nidx_automaton_free(w.automaton);
    /* Where there were too many, those found are good enough. */
    return status == NIDX_ERR_LIMIT ? NIDX_OK : status;
}

/* Whether the text is one plain word, and how many characters it has. */
static bool is_word(struct nidx_bytes text, uint32_t *n_chars)
{
    *n_chars = 0;
    for (size_t i = 0; i < text.len; i++) {
        const uint8_t c = text.data[i];
        if (c < 0x80 && c != '\'' && !(c >= 'a' && c <= 'z'))
            return false;
        *n_chars += (c & 0xc0) != 0x80;
    }
    return *n_chars >= CHARS_MIN && *n_chars <= CHARS_MAX;
}

static enum nidx_status guess(const struct nidx_catalog *catalog, uint8_t field,
                              struct nidx_bytes word, uint32_t n_chars,
                              struct guesses *g, struct nidx_error *err)
{
    size_t first = 1;

    enum nidx_status status =
        walk(catalog, field, word, 1, (struct nidx_bytes){0}, g, err);
    if (status != NIDX_OK || n_chars < CHARS_TWO)
        return status;
    while (first < word.len && (word.data[first] & 0xc0) == 0x80)
        first++;
    /* Those one edit away come again: they only win by more. */
    return walk(catalog, field, word, 2, (struct nidx_bytes){word.data, first},
                g, err);
}

enum nidx_status nidx_spelling_find(const struct nidx_catalog *catalog,
                                    uint8_t field, struct nidx_bytes word,
                                    struct nidx_buf *out,
                                    struct nidx_error *err)
{
    const uint8_t at = field == NIDX_FIELD_AUTHOR ? field : NIDX_FIELD_ALL;
    struct guesses g = {.arena = nidx_arena_new()};
    struct nidx_buf folded = {0};
    enum nidx_status status = NIDX_OK;
    uint32_t n_chars;

    nidx_analyze_normalise((const char *)word.data, word.len, true, &folded);
    const struct nidx_bytes text = {folded.data, folded.len};
    if (!g.arena || folded.oom)
        status = nidx_nomem(err);
    else if (is_word(text, &n_chars))
        status = guess(catalog, at, text, n_chars, &g, err);
    if (status == NIDX_OK && !g.oom)
        choose(&g, out);
    if (status == NIDX_OK && (g.oom || out->oom))
        status = nidx_nomem(err);
    nidx_buf_done(&folded);
    free(g.items);
    nidx_arena_free(g.arena);
    return status;
}
