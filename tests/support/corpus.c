/* corpus.c: random articles of one-letter words.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/corpus.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint64_t rng_next(struct rng *r)
{
    uint64_t z = (r->state += UINT64_C(0x9e3779b97f4a7c15));

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

uint32_t rng_below(struct rng *r, uint32_t n)
{
    return n ? (uint32_t)(rng_next(r) % n) : 0;
}

bool rng_percent(struct rng *r, uint32_t percent)
{
    return rng_below(r, 100) < percent;
}

/* A word by Zipf's law: word i is taken in 1 / (i + 1) of the cases, or, where
 * the law is steep, 1 / (i + 1)^2. */
static uint32_t zipf(struct rng *r, uint32_t n_words, bool steep)
{
    for (;;) {
        uint32_t i = rng_below(r, n_words);
        if (rng_below(r, steep ? (i + 1) * (i + 1) : i + 1) == 0)
            return i;
    }
}

static void add_token(struct naive_field *f, struct rng *r,
                      const struct corpus_options *o, uint32_t pos,
                      uint16_t len)
{
    /* Forms of a word: itself, one with an accent, one with an ending. */
    static const char *const accents[] = {"", "\xcc\x81", "x"};
    struct naive_token *t = realloc(f->tokens, (f->n + 1) * sizeof(*t));
    char word = (char)('a' + zipf(r, o->n_words, o->steep));

    if (!t)
        abort();
    f->tokens = t;
    t = &f->tokens[f->n++];
    memset(t, 0, sizeof(*t));
    t->term[0] = word;
    snprintf(t->form, sizeof(t->form), "%c%s", word,
             accents[zipf(r, 3, false)]);
    t->pos = pos;
    t->len = len;
}

/* Fills a field of length words from position pos on. */
static void fill(struct naive_field *f, struct rng *r,
                 const struct corpus_options *o, uint32_t length, uint32_t pos)
{
    uint32_t end = pos + length;

    f->length = length;
    while (pos < end) {
        add_token(f, r, o, pos, 1);
        while (rng_percent(r, 6))
            add_token(f, r, o, pos, 1);
        if (pos + 2 <= end && rng_percent(r, 6))
            add_token(f, r, o, pos, 2);
        pos++;
    }
}

static void add_end(struct naive_field *f, int which, uint32_t pos)
{
    uint32_t *ends =
        realloc(f->ends[which], (f->n_ends[which] + 1) * sizeof(*ends));

    if (!ends)
        abort();
    f->ends[which] = ends;
    ends[f->n_ends[which]++] = pos;
}

/* Sentences are some words long, paragraphs some sentences. */
static void end_sentences(struct naive_field *f, struct rng *r, uint32_t pos)
{
    const uint32_t end = pos + f->length;

    for (uint32_t i = pos + 1; i <= end; i++) {
        if (i < end && !rng_percent(r, 25))
            continue;
        add_end(f, 0, i);
        if (i == end || rng_percent(r, 40))
            add_end(f, 1, i);
    }
}

static void make_doc(struct naive_doc *d, struct rng *r,
                     const struct corpus_options *o, uint32_t number)
{
    uint32_t title = rng_percent(r, 80) ? 1 + rng_below(r, 4) : 0;

    /* Keys are unique, and their order is not that of the documents. */
    snprintf(d->key, sizeof(d->key), "%03x-%u", rng_below(r, 4096), number);
    d->deleted = rng_percent(r, o->deleted);
    fill(&d->title, r, o, title, 0);
    fill(&d->body, r, o, rng_below(r, o->length + 1), title + 100);
    end_sentences(&d->title, r, 0);
    end_sentences(&d->body, r, title + 100);
    if (rng_percent(r, 50))
        fill(&d->author, r, o, 1 + rng_below(r, 3), 0);
    snprintf(d->source, sizeof(d->source), "s%u", rng_below(r, 3));
    d->date = rng_percent(r, 80) ? 1000 + rng_below(r, 50) : 0;
}

struct corpus *corpus_new(const struct corpus_options *options)
{
    struct corpus *c = calloc(1, sizeof(*c));
    struct rng r = {options->seed};
    uint32_t n = options->n_docs;

    if (!c)
        abort();
    c->options = *options;
    c->naive.docs = calloc(n, sizeof(*c->naive.docs));
    c->segment_of = calloc(n, sizeof(uint32_t));
    c->number_in = calloc(n, sizeof(uint32_t));
    uint32_t *sizes = calloc(options->n_segments, sizeof(*sizes));
    if (!c->naive.docs || !c->segment_of || !c->number_in || !sizes)
        abort();
    c->naive.n = n;
    c->naive.title_weight = options->title_weight;
    c->naive.k1 = 1.2f;
    c->naive.b = 0.75f;
    for (uint32_t i = 0; i < n; i++) {
        make_doc(&c->naive.docs[i], &r, options, i);
        /* No segment is empty. */
        c->segment_of[i] =
            i < options->n_segments ? i : rng_below(&r, options->n_segments);
        c->number_in[i] = sizes[c->segment_of[i]]++;
    }
    free(sizes);
    return c;
}

void corpus_free(struct corpus *c)
{
    if (!c)
        return;
    for (uint32_t i = 0; i < c->naive.n; i++) {
        for (int k = 0; k < 2; k++) {
            free(c->naive.docs[i].title.ends[k]);
            free(c->naive.docs[i].body.ends[k]);
        }
        free(c->naive.docs[i].title.tokens);
        free(c->naive.docs[i].body.tokens);
        free(c->naive.docs[i].author.tokens);
    }
    free(c->naive.docs);
    free(c->segment_of);
    free(c->number_in);
    free(c);
}
