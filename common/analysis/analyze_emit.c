/* analyze_emit.c: tokens of words, whatever they are beside themselves.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/analysis/analyze_impl.h"

#include <stdlib.h>

#include "common/analysis/ascii.h"
#include "common/analysis/function_words.h"
#include "common/analysis/joins.h"
#include "common/base/limits.h"
#include "common/analysis/runon.h"
#include "common/analysis/words.h"

/* Bytes of a surface that are looked at: NFKC makes 255 bytes of form of no
 * more than this, save from characters that vanish. */
#define SURFACE_LOOK 1024

static bool grow(struct nidx_pending *p)
{
    size_t cap = p->cap ? 2 * p->cap : 256;
    void *items = realloc(p->items, nidx_mul_size(cap, sizeof(*p->items)));

    if (!items)
        return false;
    p->items = items;
    p->cap = cap;
    return true;
}

void nidx_emit(struct nidx_analyzer *a, uint32_t form, uint32_t pos,
               unsigned len, const uint8_t *start, const uint8_t *end,
               unsigned flags)
{
    struct nidx_pending *p = &a->pending;

    if (a->mode == NIDX_ANALYZE_QUERY && flags & NIDX_TOKEN_INDEX_ONLY)
        return;
    if (p->n == p->cap && !grow(p)) {
        a->status = NIDX_ERR_NOMEM;
        return;
    }
    p->items[p->n++] = (struct nidx_token){
        .form = form,
        .pos = pos,
        .start = (uint32_t)(start - a->text),
        .end = (uint32_t)(end - a->text),
        .len = (uint16_t)len,
        .flags = (uint16_t)flags,
    };
}

/* Whether a form is a plain word, which is stemmed: letters and apostrophes. */
static bool is_plain(const uint8_t *p, size_t n)
{
    const uint8_t *end = p + n;
    unsigned len;

    while (p < end) {
        if (*p < 0x80) {
            if (!nidx_is_letter(*p) && *p != '\'')
                return false;
            p++;
            continue;
        }
        unsigned value = nidx_value_at(p, end, &len);
        if ((value & NIDX_WB_MASK) == NIDX_WB_NUMERIC ||
            value & (NIDX_UC_CJK | NIDX_UC_SOUTH_EAST))
            return false;
        p += len;
    }
    return true;
}

/* Interns a->form; *cut says whether it was too long. */
static uint32_t intern(struct nidx_analyzer *a, bool *cut)
{
    struct nidx_buf *form = &a->form;

    *cut = form->len > NIDX_TOKEN_MAX;
    if (*cut)
        form->len = nidx_utf8_floor(form->data, NIDX_TOKEN_MAX);
    bool plain = is_plain(form->data, form->len);
    uint32_t id = form->oom
                      ? UINT32_MAX
                      : nidx_vocab_intern(
                            a->vocab, (const char *)form->data, form->len,
                            plain ? a->language : NIDX_LANGUAGE_NONE, plain);
    if (id == UINT32_MAX)
        a->status = NIDX_ERR_NOMEM;
    return id;
}

void nidx_emit_form(struct nidx_analyzer *a, uint32_t pos, unsigned len,
                    const uint8_t *start, const uint8_t *end, unsigned flags)
{
    bool cut;

    if (a->mode == NIDX_ANALYZE_QUERY && flags & NIDX_TOKEN_INDEX_ONLY)
        return;
    uint32_t id = intern(a, &cut);
    if (id != UINT32_MAX)
        nidx_emit(a, id, pos, len, start, end,
                  flags | (cut ? NIDX_TOKEN_CUT : 0u));
}

static bool has_soft_hyphen(const uint8_t *p, size_t len)
{
    const uint8_t *soft = memmem(p, len, "\xC2\xAD", 2);

    return soft && soft + 2 < p + len;
}

static uint32_t info_of(const uint8_t *p, size_t len)
{
    const uint8_t *ends[NIDX_RUNON_PARTS];
    uint32_t info = 0;

    if (len > NIDX_TOKEN_MAX)
        return 0;
    if (nidx_runon_split(p, p + len, ends))
        info |= NIDX_SURFACE_RUN_ON;
    if (has_soft_hyphen(p, len))
        info |= NIDX_SURFACE_SOFT;
    if (nidx_is_acronym(p, len))
        info |= NIDX_SURFACE_CAPITALS;
    enum nidx_joins joins = nidx_joins_first((const char *)p, len);
    if (joins == NIDX_JOINS_PREFIX)
        info |= NIDX_SURFACE_PREFIX;
    if (joins == NIDX_JOINS_PAIR)
        info |= NIDX_SURFACE_PAIR;
    return info;
}

struct nidx_surface nidx_emit_lookup(struct nidx_analyzer *a, const uint8_t *p,
                                     size_t len)
{
    struct nidx_surface made = {.form = UINT32_MAX};
    bool cut;

    if (len <= NIDX_SURFACE_MAX) {
        nidx_surface_key(made.key, p, len, a->language);
        const struct nidx_surface *known =
            nidx_surfaces_find(&a->surfaces, made.key);
        if (known)
            return *known;
    }
    size_t look = len > SURFACE_LOOK ? nidx_utf8_floor(p, SURFACE_LOOK) : len;
    a->form.len = 0;
    nidx_analyze_normalise((const char *)p, look, false, &a->form);
    if (a->form.len == 0) /* nothing but what NFKC ignores: as it stands */
        nidx_buf_put(&a->form, p, look);
    made.form = intern(a, &cut);
    made.info = info_of(p, len);
    if (cut || look < len)
        made.info |= NIDX_SURFACE_CUT;
    if (len <= NIDX_SURFACE_MAX && made.form != UINT32_MAX)
        nidx_surfaces_put(&a->surfaces, &made);
    return made;
}

static void emit_part(struct nidx_analyzer *a, const uint8_t *start,
                      const uint8_t *end, uint32_t pos)
{
    if (a->mode == NIDX_ANALYZE_QUERY || start == end)
        return;
    struct nidx_surface part =
        nidx_emit_lookup(a, start, (size_t)(end - start));
    if (part.form != UINT32_MAX)
        nidx_emit(a, part.form, pos, 1, start, end, NIDX_TOKEN_INDEX_ONLY);
}

static void emit_run_on(struct nidx_analyzer *a, const uint8_t *start,
                        const uint8_t *end, uint32_t pos)
{
    const uint8_t *ends[NIDX_RUNON_PARTS];
    unsigned n = nidx_runon_split(start, end, ends);

    for (unsigned i = 0; i < n; i++) {
        emit_part(a, start, ends[i], pos);
        start = ends[i];
    }
}

static void emit_soft(struct nidx_analyzer *a, const uint8_t *start,
                      const uint8_t *end, uint32_t pos)
{
    for (const uint8_t *soft; start < end; start = soft + 2) {
        soft = memmem(start, (size_t)(end - start), "\xC2\xAD", 2);
        if (!soft)
            soft = end;
        emit_part(a, start, soft, pos);
        if (soft == end)
            break;
    }
}

/* Whether the next word is in capitals too: then they say nothing. */
static bool capitals_follow(const uint8_t *p, const uint8_t *end)
{
    for (unsigned i = 0; i < 8 && end - p > 2; i++, p++)
        if (nidx_is_letter(*p))
            return nidx_is_upper(p[0]) && nidx_is_upper(p[1]);
    return false;
}

/* `US`: also u.s.; but not the halves of `AT&T`. */
static void emit_capitals(struct nidx_analyzer *a, const uint8_t *start,
                          const uint8_t *end, uint32_t pos, unsigned flags)
{
    if (end < a->end && *end == '&')
        return;
    if (a->mode == NIDX_ANALYZE_INDEX && capitals_follow(end, a->end))
        return;
    a->form.len = 0;
    for (const uint8_t *p = start; p < end; p++) {
        nidx_buf_u8(&a->form, *p | 0x20);
        nidx_buf_u8(&a->form, '.');
    }
    nidx_emit_form(a, pos, 1, start, end, flags);
}

/* `bi partisan`: also bipartisan. */
static void emit_join(struct nidx_analyzer *a, const uint8_t *start,
                      const uint8_t *end, uint32_t pos, unsigned flags)
{
    const uint8_t *next = end + 1, *q = next;

    if (end == a->end || (*end != ' ' && *end != '\n'))
        return;
    while (q < a->end && q - next < NIDX_SURFACE_MAX + 1 && nidx_is_letter(*q))
        q++;
    if (q < a->end && (*q >= 0x80 || nidx_is_digit(*q)))
        return;
    a->form.len = 0;
    if (nidx_analyze_joins((const char *)start, (size_t)(end - start),
                           (const char *)next, (size_t)(q - next), &a->form))
        nidx_emit_form(a, pos, 2, start, q, flags);
}

void nidx_emit_word(struct nidx_analyzer *a, const uint8_t *start,
                    const uint8_t *end, uint32_t pos, unsigned flags)
{
    if (a->mode == NIDX_ANALYZE_QUERY && flags & NIDX_TOKEN_INDEX_ONLY)
        return;
    struct nidx_surface s = nidx_emit_lookup(a, start, (size_t)(end - start));
    if (s.form == UINT32_MAX)
        return;
    nidx_emit(a, s.form, pos, 1, start, end,
              flags | (s.info & NIDX_SURFACE_CUT ? NIDX_TOKEN_CUT : 0u));
    flags &= ~(unsigned)NIDX_TOKEN_RESTART;
    if (s.info & NIDX_SURFACE_RUN_ON)
        emit_run_on(a, start, end, pos);
    if (s.info & NIDX_SURFACE_SOFT)
        emit_soft(a, start, end, pos);
    if (s.info & NIDX_SURFACE_CAPITALS)
        emit_capitals(a, start, end, pos, flags);
    if (s.info & (NIDX_SURFACE_PREFIX | NIDX_SURFACE_PAIR))
        emit_join(a, start, end, pos, flags);
}

/* A character and its marks. */
static const uint8_t *cluster_end(const uint8_t *p, const uint8_t *end)
{
    unsigned len;

    nidx_value_at(p, end, &len);
    for (p += len; p < end; p += len)
        if (!nidx_value_is_mark(nidx_value_at(p, end, &len)))
            break;
    return p;
}

/* The overlap of two characters, or one alone where two is the first's end. */
static void emit_characters(struct nidx_analyzer *a, const uint8_t *one,
                            const uint8_t *two, const uint8_t *end,
                            unsigned flags)
{
    size_t first = (size_t)(two - one), second = (size_t)(end - two);

    if (first > SURFACE_LOOK)
        first = nidx_utf8_floor(one, SURFACE_LOOK);
    if (second > SURFACE_LOOK)
        second = nidx_utf8_floor(two, SURFACE_LOOK);
    if (second == 0) {
        nidx_emit_word(a, one, two, a->pos, flags);
        return;
    }
    a->form.len = 0;
    nidx_analyze_normalise((const char *)one, first, false, &a->form);
    nidx_analyze_normalise((const char *)two, second, false, &a->form);
    nidx_emit_form(a, a->pos, 2, one, end, flags);
}

void nidx_emit_unspaced(struct nidx_analyzer *a)
{
    const unsigned scripts = NIDX_UC_CJK | NIDX_UC_SOUTH_EAST;
    const uint8_t *one = a->p, *two = cluster_end(one, a->end), *end = two;
    unsigned len;
    unsigned script = nidx_value_at(one, a->end, &len) & scripts;

    if (two < a->end && nidx_value_at(two, a->end, &len) & script)
        end = cluster_end(two, a->end);
    a->word = one;
    a->word_end = two;
    /* An index has all characters and overlaps; a query asks for as many as
     * cover it: AB, CD, E. */
    if (a->mode == NIDX_ANALYZE_INDEX || end == two)
        emit_characters(a, one, two, two, NIDX_TOKEN_RESTART);
    if (end != two)
        emit_characters(a, one, two, end, 0);
    bool both = a->mode == NIDX_ANALYZE_QUERY && end != two;
    if (both) {
        a->word = two;
        a->word_end = end;
    }
    a->pos += both ? 2 : 1;
    a->p = a->word_end;
    a->in_sentence = a->in_paragraph = true;
}
