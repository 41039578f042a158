/* analyze.c: text to tokens: the loop, and the short way of plain words.
 *
 * Most words of most texts are ASCII letters and digits between blanks, and
 * seen before: one look at a class table for each byte, one hash, one probe of
 * the cache of surfaces. Everything else is a chunk (analyze_impl.h).
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/analysis/analyze.h"

#include <stdlib.h>
#include <utf8proc.h>

#include "common/analysis/analyze_impl.h"
#include "common/analysis/ascii.h"
#include "common/analysis/joins.h"
#include "common/analysis/words.h"

enum nidx_status nidx_analyzer_new(struct nidx_vocab *v,
                                   struct nidx_analyzer **out,
                                   struct nidx_error *err)
{
    struct nidx_analyzer *a = calloc(1, sizeof(*a));

    *out = NULL;
    if (!a || !nidx_surfaces_init(&a->surfaces)) {
        free(a);
        return nidx_nomem(err);
    }
    a->vocab = v;
    nidx_analyzer_begin(a, "", 0, NIDX_LANGUAGE_NONE, NIDX_ANALYZE_INDEX, 0);
    *out = a;
    return NIDX_OK;
}

void nidx_analyzer_free(struct nidx_analyzer *a)
{
    if (!a)
        return;
    nidx_surfaces_done(&a->surfaces);
    free(a->pending.items);
    nidx_buf_done(&a->form);
    free(a);
}

void nidx_analyzer_clear(struct nidx_analyzer *a)
{
    nidx_surfaces_clear(&a->surfaces);
}

void nidx_analyzer_begin(struct nidx_analyzer *a, const char *text, size_t len,
                         nidx_language language, enum nidx_analysis_mode mode,
                         uint32_t pos)
{
    const char *code = nidx_language_code(language);

    /* Tokens have 32-bit offsets; the length of documents is bounded below. */
    if (len > UINT32_MAX)
        len = UINT32_MAX;
    a->text = a->p = a->word = a->word_end = (const uint8_t *)text;
    a->end = a->text + len;
    a->language = language;
    a->turkish = strcmp(code, "tr") == 0;
    a->romance = strcmp(code, "fr") == 0 || strcmp(code, "it") == 0 ||
                 strcmp(code, "ca") == 0;
    a->mode = mode;
    a->pos = pos;
    a->in_sentence = a->in_paragraph = false;
    a->status = NIDX_OK;
    a->bad_bytes = 0;
    a->form.oom = false;
    a->pending.n = a->pending.next = 0;
}

/* Moves what waits to out[n, cap); returns the new n. */
static size_t drain(struct nidx_analyzer *a, struct nidx_token *out, size_t n,
                    size_t cap)
{
    struct nidx_pending *p = &a->pending;
    size_t take = p->n - p->next;

    if (take > cap - n)
        take = cap - n;
    if (take)
        memcpy(out + n, p->items + p->next, take * sizeof(*out));
    p->next += take;
    if (p->next == p->n)
        p->next = p->n = 0;
    return n + take;
}

/* The word at p as a key, and its length: 0 where none is, 24 and more where it
 * is too long for the cache. */
static inline size_t span(const struct nidx_analyzer *a, const uint8_t *p,
                          uint64_t key[3])
{
    const size_t left = (size_t)(a->end - p);
    uint8_t tail[24] = {0};

    if (left >= sizeof(tail))
        return nidx_surface_span(p, key);
    if (left)
        memcpy(tail, p, left);
    return nidx_surface_span(tail, key);
}

/* Words looked at before the first is looked up: the cache of surfaces is
 * larger than that of the processor, and this hides most of its latency. */
#define AHEAD 16

struct ahead {
    const uint8_t *start, *end;
    const struct nidx_surface *bucket;
    uint64_t key[3];
};

/* `Putin's`, `we're` with the apostrophe at w->end: the key of all of it. */
static bool read_apostrophe(const struct nidx_analyzer *a, struct ahead *w)
{
    const uint8_t *p = w->start;
    const uint8_t *q = w->end + (*w->end == '\'' ? 1 : 3);

    while (q < a->end && nidx_is_alnum(*q) && q - p <= NIDX_SURFACE_MAX)
        q++;
    if (q - p > NIDX_SURFACE_MAX || nidx_chunk_may_link(q, a->end))
        return false;
    w->end = q;
    nidx_surface_key(w->key, p, (size_t)(q - p), a->language);
    return true;
}

/* The word at p, if it is plain and short and nothing is linked to it. */
static inline bool read_word(const struct nidx_analyzer *a, const uint8_t *p,
                             struct ahead *w)
{
    const size_t n = span(a, p, w->key);
    const uint8_t *q = p + n;

    w->start = p;
    w->end = q;
    w->key[2] |= nidx_surface_tag(a->language);
    if (n == 0 || n > NIDX_SURFACE_MAX)
        return false;
    if (q < a->end && *q != ' ' && nidx_chunk_may_link(q, a->end)) {
        bool quote =
            *q == '\'' || (a->end - q > 3 && memcmp(q, "\u2019", 3) == 0);
        if (!quote || !read_apostrophe(a, w))
            return false;
    }
    w->bucket =
        a->surfaces.entries + 2 * nidx_surface_bucket(&a->surfaces, w->key);
    __builtin_prefetch(w->bucket);
    return true;
}

/* Where the next word is if but a comma and a blank lie between. */
static inline const uint8_t *behind(const uint8_t *p, const uint8_t *end)
{
    if (end - p > 1 && *p == ',')
        p++;
    return p < end && *p == ' ' ? p + 1 : p;
}

/* Plain words from p on into w[0, max). */
static inline size_t read_ahead(const struct nidx_analyzer *a, const uint8_t *p,
                                struct ahead *w, size_t max)
{
    size_t n = 0;

    while (n < max && read_word(a, p, &w[n])) {
        p = behind(w[n].end, a->end);
        n++;
    }
    return n;
}

/* Whether the word behind q might be the second half of a pair such as `week
 * long`: most are not, by their first letter. */
static bool pair_may_follow(const uint8_t *q, const uint8_t *end)
{
    return end - q < 2 || strchr(NIDX_JOINS_SECONDS, q[1] | 0x20);
}

/* The entry of a word that is one token and no more, or NULL. */
static inline const struct nidx_surface *find_plain(
    const struct nidx_analyzer *a, const struct ahead *w)
{
    const struct nidx_surface *known = nidx_surface_in(w->bucket, w->key);

    if (!known || (known->info & NIDX_SURFACE_FLAGS) == 0)
        return known;
    return known->info == NIDX_SURFACE_PAIR && !pair_may_follow(w->end, a->end)
               ? known
               : NULL;
}

/* The tokens of w[0, n) into out, up to the first that is not plain. */
static inline size_t put_plain(struct nidx_analyzer *a, const struct ahead *w,
                               size_t n, struct nidx_token *out)
{
    size_t i = 0;

    for (; i < n; i++) {
        const struct nidx_surface *known = find_plain(a, &w[i]);
        if (!known)
            break;
        out[i] = (struct nidx_token){
            .form = known->form,
            .pos = a->pos++,
            .start = (uint32_t)(w[i].start - a->text),
            .end = (uint32_t)(w[i].end - a->text) -
                   (known->info >> NIDX_SURFACE_DROP),
            .len = 1,
            .flags = NIDX_TOKEN_RESTART,
        };
    }
    if (i > 0) {
        a->word = w[i - 1].start;
        a->word_end = w[i - 1].end;
        a->p = behind(a->word_end, a->end);
        a->in_sentence = a->in_paragraph = true;
    }
    return i;
}

/* Plain words from a->p on, as long as they are that and known. */
static size_t plain_words(struct nidx_analyzer *a, struct nidx_token *out,
                          size_t n, size_t cap)
{
    struct ahead words[AHEAD];
    size_t seen, put;

    do {
        size_t max = cap - n < AHEAD ? cap - n : AHEAD;
        seen = read_ahead(a, a->p, words, max);
        put = put_plain(a, words, seen, out + n);
        n += put;
    } while (put == AHEAD);
    return n;
}

/* What is between words, or else the chunk that begins here. */
static void step(struct nidx_analyzer *a)
{
    const unsigned unspaced = NIDX_UC_CJK | NIDX_UC_SOUTH_EAST;
    const uint8_t *before = a->p;
    unsigned len;

    nidx_gap_skip(a);
    if (a->p != before || a->p == a->end)
        return;
    if (nidx_value_at(a->p, a->end, &len) & unspaced) {
        nidx_emit_unspaced(a);
        return;
    }
    struct nidx_chunk chunk;
    nidx_chunk_scan(a->p, a->end, &chunk);
    nidx_emit_chunk(a, &chunk);
}

size_t nidx_analyzer_next(struct nidx_analyzer *a, struct nidx_token *out,
                          size_t cap)
{
    size_t n = 0;

    while (a->status == NIDX_OK) {
        n = drain(a, out, n, cap);
        if (n == cap || (a->p == a->end && !a->in_paragraph))
            break;
        n = plain_words(a, out, n, cap);
        if (n < cap)
            step(a);
    }
    return a->status == NIDX_OK ? n : 0;
}

enum nidx_status nidx_analyzer_status(const struct nidx_analyzer *a)
{
    return a->status;
}

uint32_t nidx_analyzer_pos(const struct nidx_analyzer *a)
{
    return a->pos;
}

uint64_t nidx_analyzer_bad_bytes(const struct nidx_analyzer *a)
{
    return a->bad_bytes;
}

#define TEXT(x)   #x
#define NUMBER(x) TEXT(x)

const char *nidx_analyze_fingerprint(void)
{
    return "nidx analysis 1, Unicode " NIDX_UNICODE_VERSION
           ", utf8proc " NUMBER(UTF8PROC_VERSION_MAJOR) "." NUMBER(
               UTF8PROC_VERSION_MINOR) ", Snowball 2.2";
}
