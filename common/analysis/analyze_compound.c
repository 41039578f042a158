/* analyze_compound.c: the tokens of a chunk and of its units.
 *
 * Units take consecutive positions. What hyphens join is also one word that
 * spans them (`bi-partisan`: bi, partisan, bipartisan); digits keep their
 * hyphens (2018-08-08). What other marks join is also itself, as written
 * (`thehill.com`, `AT&T`, `9/11`), over all its parts.
 *
 *   in the text     tokens, at p unless stated; (i) index only
 *   Putin's         putin
 *   don't           don't
 *   O'Brien         o'brien, obrien
 *   l'election      election; D'Amato: d'amato, damato, amato (i)
 *   Turkiye'nin     turkiye, turkiye'nin and turkiyenin, of which Turkish
 *                   text has the first alone
 *   U.S.            u.s.
 *   D.C.            d.c., dc
 *   US              us, u.s. (likewise IT, WHO, AM, ME, OK)
 *   1,000,000       1,000,000, 1000000
 *   C++             c++; Notepad++: notepad++, notepad (i)
 *   @user, #a_b     @user, user (i); #a_b (length 2), a (i), b at p + 1 (i)
 *   PaulRandal      paulrandal, paul (i), randal (i)
 *
 * So `U.S.` and `US` ask for u.s. and find each other; `US` asks for us too,
 * which `US` in a text also is; the pronoun is never u.s.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/analysis/analyze_impl.h"

#include "common/analysis/ascii.h"
#include "common/analysis/function_words.h"
#include "common/base/limits.h"
#include "common/analysis/words.h"

/* Bytes of a compound that are looked at; a longer one is its parts alone. */
#define COMPOUND_LOOK 1024

static const struct nidx_piece *last_piece(const struct nidx_chunk *c,
                                           const struct nidx_unit *u)
{
    return &c->pieces[u->first + u->n - 1 - (u->possessive ? 1 : 0)];
}

static enum nidx_link link_behind(const struct nidx_chunk *c,
                                  const struct nidx_unit *u)
{
    return c->pieces[u->first + u->n - 1].link;
}

static void add(struct nidx_analyzer *a, const uint8_t *start,
                const uint8_t *end)
{
    size_t len = (size_t)(end - start);

    if (len > COMPOUND_LOOK)
        len = nidx_utf8_floor(start, COMPOUND_LOOK);
    nidx_analyze_normalise((const char *)start, len, false, &a->form);
}

/* Whether piece, in lower case, is one of words (between blanks). */
static bool is_one_of(const struct nidx_piece *piece, const char *words)
{
    char key[16] = " ";
    size_t len = (size_t)(piece->end - piece->start);

    if (len > 12)
        return false;
    for (size_t i = 0; i < len; i++)
        key[i + 1] = (char)nidx_to_lower(piece->start[i]);
    key[len + 1] = ' ';
    return strstr(words, key) != NULL;
}

/* `l'`, `d'`, `qu'`, `dell'` before a vowel: an article, not the word. */
static bool elides(const struct nidx_piece *p)
{
    static const char heads[] =
        " l d qu j m n t s c jusqu lorsqu puisqu quoiqu quelqu presqu dell "
        "nell all sull dall coll un quest quell bell sant gl degl agl ";

    return (p[1].start[0] >= 0xC3 || strchr("aeiouyhAEIOUYH", p[1].start[0])) &&
           is_one_of(&p[0], heads);
}

static bool is_turkish_suffix(const struct nidx_analyzer *a,
                              const struct nidx_piece *p)
{
    static const char suffixes[] =
        " nin nın nun nün in ın un ün de da te ta den dan ten tan ye ya yi yı "
        "yu yü ni nı nu nü le la yle yla deki daki teki taki ler lar nde nda "
        "nden ndan dir dır ";

    if (!p[0].upper)
        return false;
    return a->turkish || (p[0].n_chars >= 3 && is_one_of(&p[1], suffixes));
}

/* n pieces as written, and without their apostrophes. */
static void emit_spelled(struct nidx_analyzer *a, const struct nidx_piece *p,
                         unsigned n, uint32_t pos, unsigned flags)
{
    const uint8_t *start = p[0].start, *end = p[n - 1].end;
    size_t kept = 0;

    a->form.len = 0;
    add(a, start, end);
    nidx_emit_form(a, pos, 1, start, end, flags);
    if (is_one_of(&p[n - 1], " t ll re ve m d "))
        return;
    for (size_t i = 0; i < a->form.len; i++)
        if (a->form.data[i] != '\'')
            a->form.data[kept++] = a->form.data[i];
    a->form.len = kept;
    nidx_emit_form(a, pos, 1, start, end, flags);
}

static void emit_pieces(struct nidx_analyzer *a, const struct nidx_piece *p,
                        unsigned n, uint32_t pos, unsigned flags)
{
    if (n == 1)
        nidx_emit_word(a, p->start, p->end, pos, flags);
    else
        emit_spelled(a, p, n, pos, flags);
}

static void emit_apostrophe(struct nidx_analyzer *a, const struct nidx_chunk *c,
                            const struct nidx_unit *u, uint32_t pos,
                            unsigned flags)
{
    const struct nidx_piece *p = &c->pieces[u->first];
    unsigned n = u->n - (u->possessive ? 1 : 0);

    if (n >= 2 && elides(p)) {
        bool name = !a->romance && p[0].upper;
        if (name)
            emit_spelled(a, p, n, pos, flags);
        emit_pieces(a, p + 1, n - 1, pos,
                    flags | (name ? NIDX_TOKEN_INDEX_ONLY : 0u));
    } else if (n == 2 && is_turkish_suffix(a, p)) {
        emit_pieces(a, p, 1, pos, flags);
        if (!a->turkish)
            emit_spelled(a, p, n, pos, flags);
    } else {
        emit_pieces(a, p, n, pos, flags);
    }
}

static void emit_number(struct nidx_analyzer *a, const struct nidx_chunk *c,
                        const struct nidx_unit *u, uint32_t pos, unsigned flags)
{
    const struct nidx_piece *p = &c->pieces[u->first];
    const uint8_t *start = p->start, *end = last_piece(c, u)->end;
    const enum nidx_link mark = p->link;

    a->form.len = 0;
    add(a, start, end);
    nidx_emit_form(a, pos, 1, start, end, flags);
    if (!u->grouped)
        return;
    a->form.len = 0;
    for (unsigned i = 0; i < u->n; i++) {
        if (i > 0 && p[i - 1].link != mark)
            nidx_buf_u8(&a->form, '.');
        add(a, p[i].start, p[i].end);
    }
    nidx_emit_form(a, pos, 1, start, end, flags);
}

/* The letters of an abbreviation into a->form, each with dot behind it. */
static void spell(struct nidx_analyzer *a, const struct nidx_chunk *c,
                  const struct nidx_unit *u, bool dots)
{
    const struct nidx_piece *last = last_piece(c, u);

    for (const struct nidx_piece *p = &c->pieces[u->first]; p <= last; p++) {
        add(a, p->start, p->end);
        if (dots)
            nidx_buf_u8(&a->form, '.');
    }
}

static void emit_abbreviation(struct nidx_analyzer *a,
                              const struct nidx_chunk *c,
                              const struct nidx_unit *u, uint32_t pos,
                              unsigned flags)
{
    const uint8_t *start = c->pieces[u->first].start;
    const uint8_t *end = last_piece(c, u)->end;

    if (end < a->end && *end == '.')
        end++;
    a->form.len = 0;
    spell(a, c, u, true);
    nidx_emit_form(a, pos, 1, start, end, flags);
    a->form.len = 0;
    spell(a, c, u, false);
    if (!nidx_is_function_word(a->form.data, a->form.len))
        nidx_emit_form(a, pos, 1, start, end, flags);
}

/* `C++`: with its suffix; the word before it is a part if it is a word. */
static void emit_suffixed(struct nidx_analyzer *a, const struct nidx_chunk *c,
                          const struct nidx_piece *p, uint32_t pos,
                          unsigned flags)
{
    a->form.len = 0;
    add(a, p->start, p->end);
    nidx_buf_put(&a->form, p->end, c->suffix);
    nidx_emit_form(a, pos, 1, p->start, c->end, flags);
    if (p->n_chars >= 3)
        nidx_emit_word(a, p->start, p->end, pos, NIDX_TOKEN_INDEX_ONLY);
}

void nidx_emit_unit(struct nidx_analyzer *a, const struct nidx_chunk *c,
                    const struct nidx_unit *u, uint32_t pos, unsigned flags)
{
    const struct nidx_piece *p = &c->pieces[u->first];

    switch (u->kind) {
    case NIDX_UNIT_WORD:
        if (c->suffix && u->first + 1 == c->n)
            emit_suffixed(a, c, p, pos, flags);
        else
            nidx_emit_word(a, p->start, p->end, pos, flags);
        break;
    case NIDX_UNIT_APOSTROPHE:
        emit_apostrophe(a, c, u, pos, flags);
        break;
    case NIDX_UNIT_NUMBER:
        emit_number(a, c, u, pos, flags);
        break;
    case NIDX_UNIT_ABBREVIATION:
        emit_abbreviation(a, c, u, pos, flags);
        break;
    }
}

/* The units of a chunk while its tokens are made. */
struct units {
    unsigned n;
    struct nidx_unit items[NIDX_CHUNK_WORDS];
};

static bool is_hyphen(enum nidx_link link)
{
    return link == NIDX_LINK_HYPHEN || link == NIDX_LINK_BREAK;
}

static bool all_digits(const struct nidx_chunk *c, const struct nidx_unit *u,
                       unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        if (u[i].kind != NIDX_UNIT_WORD || !c->pieces[u[i].first].digits)
            return false;
    return true;
}

/* The n units from u on, joined by hyphens, as one word. */
static void emit_joined(struct nidx_analyzer *a, const struct nidx_chunk *c,
                        const struct nidx_unit *u, unsigned n, uint32_t pos,
                        unsigned flags)
{
    const uint8_t *start = c->pieces[u->first].start;
    const uint8_t *end = last_piece(c, &u[n - 1])->end;

    if (end - start > COMPOUND_LOOK)
        return;
    a->form.len = 0;
    if (all_digits(c, u, n)) {
        add(a, start, end);
    } else {
        for (unsigned i = 0; i < n; i++) {
            if (u[i].kind == NIDX_UNIT_ABBREVIATION)
                spell(a, c, &u[i], false);
            else
                add(a, c->pieces[u[i].first].start, last_piece(c, &u[i])->end);
        }
    }
    if (a->form.len <= NIDX_TOKEN_MAX)
        nidx_emit_form(a, pos, n, start, end, flags);
}

/* How many units from i on hyphens join; 1 within such a group. */
static unsigned hyphen_group(const struct nidx_chunk *c, const struct units *u,
                             unsigned i)
{
    unsigned n = 1;

    if (i > 0 && is_hyphen(link_behind(c, &u->items[i - 1])))
        return 1;
    while (i + n < u->n && is_hyphen(link_behind(c, &u->items[i + n - 1])))
        n++;
    return n;
}

/* All of a chunk as written, if anything but hyphens links it. */
static void emit_whole(struct nidx_analyzer *a, const struct nidx_chunk *c,
                       const struct units *u, uint32_t pos, unsigned flags)
{
    const uint8_t *start = c->pieces[0].start;
    const uint8_t *end = last_piece(c, &u->items[u->n - 1])->end;
    bool marks = false;

    for (unsigned i = 0; i + 1 < u->n; i++) {
        enum nidx_link link = link_behind(c, &u->items[i]);
        if (link == NIDX_LINK_BREAK)
            return;
        marks = marks || link != NIDX_LINK_HYPHEN;
    }
    if (!marks || c->cut || end - start > COMPOUND_LOOK)
        return;
    a->form.len = 0;
    add(a, start, end);
    if (a->form.len <= NIDX_TOKEN_MAX)
        nidx_emit_form(a, pos, u->n, start, end, flags);
}

/* `@user`, `#a_b`: returns how many units it covers. */
static unsigned emit_sigil(struct nidx_analyzer *a, const struct nidx_chunk *c)
{
    unsigned n = 1;

    if (!c->sigil)
        return 0;
    while (c->pieces[n - 1].link == NIDX_LINK_UNDER)
        n++;
    const uint8_t *end = c->pieces[n - 1].end;
    a->form.len = 0;
    nidx_buf_u8(&a->form, *c->sigil);
    add(a, c->pieces[0].start, end);
    nidx_emit_form(a, a->pos, n, c->sigil, end, NIDX_TOKEN_RESTART);
    return n;
}

/* `Senate.But`: a blank is missing behind the end of a sentence. */
static bool ends_sentence(const struct nidx_chunk *c, const struct nidx_unit *u)
{
    const struct nidx_piece *p = &c->pieces[u->first + u->n - 1];

    return !c->plain_dots && p->link == NIDX_LINK_DOT && p->lower &&
           p->n_chars > 1 && p[1].upper && p[1].n_chars > 1;
}

static void emit_end(struct nidx_analyzer *a, const struct nidx_chunk *c,
                     const struct nidx_unit *u, uint32_t pos)
{
    if (!ends_sentence(c, u))
        return;
    const uint8_t *dot = c->pieces[u->first + u->n - 1].end + 1;
    nidx_emit(a, NIDX_FORM_SENTENCE, pos, 0, dot, dot, 0);
}

/* Only a chunk's first token is a restart point, and only where it begins with
 * the chunk: what an elided article leaves does not. */
static void check_restart(struct nidx_analyzer *a, const struct nidx_chunk *c,
                          size_t before)
{
    const uint8_t *start = c->sigil ? c->sigil : c->pieces[0].start;
    struct nidx_token *t = a->pending.items;

    for (size_t i = before; i < a->pending.n; i++)
        if (i > before || a->text + t[i].start != start)
            t[i].flags &= (uint16_t)~NIDX_TOKEN_RESTART;
}

/* `Putin's`, `we're`: a chunk of one token, found in the cache next time. */
static void remember(struct nidx_analyzer *a, const struct nidx_chunk *c,
                     size_t before)
{
    const uint8_t *start = c->pieces[0].start;
    const size_t len = (size_t)(c->end - start);

    if (a->pending.n != before + 1 || len > NIDX_SURFACE_MAX || c->sigil ||
        c->suffix || c->pieces[0].link != NIDX_LINK_APOSTROPHE)
        return;
    const struct nidx_token *t = &a->pending.items[before];
    if (t->flags != NIDX_TOKEN_RESTART || a->text + t->start != start)
        return;
    uint32_t drop = (uint32_t)(c->end - a->text) - t->end;
    struct nidx_surface made = {.form = t->form,
                                .info = drop << NIDX_SURFACE_DROP};
    nidx_surface_key(made.key, start, len, a->language);
    nidx_surfaces_put(&a->surfaces, &made);
}

void nidx_emit_chunk(struct nidx_analyzer *a, const struct nidx_chunk *c)
{
    struct units u = {.n = 0};
    const size_t before = a->pending.n;
    const unsigned sigil = emit_sigil(a, c);
    unsigned flags = sigil ? 0 : NIDX_TOKEN_RESTART;

    for (unsigned first = 0; first < c->n; first += u.items[u.n++].n)
        u.items[u.n] = nidx_unit_at(c, first);
    const unsigned whole = sigil >= u.n ? NIDX_TOKEN_INDEX_ONLY : 0;
    for (unsigned i = 0; i < u.n; i++) {
        const uint32_t pos = a->pos + i;
        const unsigned part = i < sigil ? NIDX_TOKEN_INDEX_ONLY : 0;
        const unsigned group = hyphen_group(c, &u, i);
        nidx_emit_unit(a, c, &u.items[i], pos, flags | part);
        if (i == 0)
            check_restart(a, c, before);
        flags = 0;
        if (group > 1)
            emit_joined(a, c, &u.items[i], group, pos, part);
        if (i == 0)
            emit_whole(a, c, &u, pos, whole);
        if (i + 1 < u.n)
            emit_end(a, c, &u.items[i], pos + 1);
    }
    if (u.n == 1 && c->n > 1)
        remember(a, c, before);
    a->word = c->pieces[u.items[u.n - 1].first].start;
    a->word_end = c->pieces[c->n - 1].end;
    a->p = c->end;
    a->pos += u.n;
    a->in_sentence = a->in_paragraph = true;
}
