/* analyze.c: text to tokens: the loop, and the short way of plain words.
 *
 * Most words of most texts are ASCII letters and digits between blanks, and
 * seen before: one look at a class table for each byte, one hash, one probe of
 * the cache of surfaces. Everything else is a chunk (analyze_impl.h).
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/analyze.h"

#include <stdlib.h>
#include <utf8proc.h>

#include "common/analyze_impl.h"
#include "common/words.h"

/* 1 for ASCII letters and digits. */
static const uint8_t word_bytes[256] = {
    ['0'] = 1, ['1'] = 1, ['2'] = 1, ['3'] = 1, ['4'] = 1, ['5'] = 1, ['6'] = 1,
    ['7'] = 1, ['8'] = 1, ['9'] = 1, ['A'] = 1, ['B'] = 1, ['C'] = 1, ['D'] = 1,
    ['E'] = 1, ['F'] = 1, ['G'] = 1, ['H'] = 1, ['I'] = 1, ['J'] = 1, ['K'] = 1,
    ['L'] = 1, ['M'] = 1, ['N'] = 1, ['O'] = 1, ['P'] = 1, ['Q'] = 1, ['R'] = 1,
    ['S'] = 1, ['T'] = 1, ['U'] = 1, ['V'] = 1, ['W'] = 1, ['X'] = 1, ['Y'] = 1,
    ['Z'] = 1, ['a'] = 1, ['b'] = 1, ['c'] = 1, ['d'] = 1, ['e'] = 1, ['f'] = 1,
    ['g'] = 1, ['h'] = 1, ['i'] = 1, ['j'] = 1, ['k'] = 1, ['l'] = 1, ['m'] = 1,
    ['n'] = 1, ['o'] = 1, ['p'] = 1, ['q'] = 1, ['r'] = 1, ['s'] = 1, ['t'] = 1,
    ['u'] = 1, ['v'] = 1, ['w'] = 1, ['x'] = 1, ['y'] = 1, ['z'] = 1};

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

/* Plain words from a->p on, as long as they are that and known. */
static size_t plain_words(struct nidx_analyzer *a, struct nidx_token *out,
                          size_t n, size_t cap)
{
    const uint8_t *p = a->p, *const end = a->end;
    const size_t before = n;

    while (n < cap) {
        const uint8_t *q = p;
        uint64_t key[3];

        while (q < end && word_bytes[*q])
            q++;
        if (q == p || q - p > NIDX_SURFACE_MAX || nidx_chunk_may_link(q, end))
            break;
        nidx_surface_key(key, p, (size_t)(q - p), end, a->language);
        const struct nidx_surface *known =
            nidx_surfaces_find(&a->surfaces, key);
        if (!known || known->info)
            break;
        out[n++] = (struct nidx_token){
            .form = known->form,
            .pos = a->pos++,
            .start = (uint32_t)(p - a->text),
            .end = (uint32_t)(q - a->text),
            .len = 1,
            .flags = NIDX_TOKEN_RESTART,
        };
        a->word = p;
        a->word_end = q;
        p = q;
        if (p < end && *p == ',')
            p++;
        if (p < end && *p == ' ')
            p++;
    }
    a->p = p;
    if (n > before)
        a->in_sentence = a->in_paragraph = true;
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
