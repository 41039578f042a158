/* analyze_gap.c: what lies between two words: ends of sentences, paragraphs.
 *
 * The end of a sentence is a dot, a question or an exclamation mark, closing
 * quotes and brackets behind it, and a blank. A blank line ends a paragraph,
 * as does the text's end.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/analysis/analyze_impl.h"
#include "common/analysis/ascii.h"
#include "common/analysis/sentence.h"
#include "common/analysis/words.h"

enum mark {
    MARK_NONE,
    MARK_DOT,   /* directly behind the word: it may abbreviate */
    MARK_OTHER, /* ! ? and dots elsewhere */
    MARK_WIDE   /* of a script that knows no capitals */
};

struct gap {
    enum mark mark;
    const uint8_t *stop; /* behind the mark and what closes with it */
    unsigned newlines;   /* without anything but blanks between them */
    bool line;           /* a line ended behind the mark */
    bool blank;          /* something separates the mark from the next word */
    bool closed;         /* a quote or bracket stands behind the mark */
    bool paragraph;
};

static void see_newline(struct gap *g)
{
    g->blank = g->line = true;
    if (++g->newlines >= 2)
        g->paragraph = true;
}

static void see_mark(struct gap *g, enum mark mark, const uint8_t *behind)
{
    g->newlines = 0;
    if (g->mark != MARK_NONE && g->blank)
        return;
    g->mark = g->mark == MARK_NONE || mark == MARK_WIDE ? mark : MARK_OTHER;
    g->stop = behind;
    g->blank = mark == MARK_WIDE;
}

static void see_closer(struct gap *g, const uint8_t *behind)
{
    g->newlines = 0;
    if (g->mark == MARK_NONE || (g->blank && g->mark != MARK_WIDE))
        return;
    g->stop = behind;
    g->closed = true;
}

static void see_ascii(const struct nidx_analyzer *a, struct gap *g)
{
    const uint8_t *p = a->p;

    switch (*p) {
    case '\r':
        if (p + 1 < a->end && p[1] == '\n')
            break;
        see_newline(g);
        break;
    case '\n':
        see_newline(g);
        break;
    case ' ':
    case '\t':
    case '\v':
    case '\f':
        g->blank = true;
        break;
    case '.':
        see_mark(g, p == a->word_end ? MARK_DOT : MARK_OTHER, p + 1);
        break;
    case '!':
    case '?':
        see_mark(g, MARK_OTHER, p + 1);
        break;
    case '"':
    case '\'':
    case ')':
    case ']':
    case '}':
        see_closer(g, p + 1);
        break;
    default:
        g->newlines = 0;
    }
}

static void see_wide(struct gap *g, uint32_t cp, const uint8_t *behind)
{
    switch (cp) {
    case 0x3002: /* ideographic and fullwidth */
    case 0xFF01:
    case 0xFF1F:
    case 0xFF61:
    case 0x061F: /* Arabic */
    case 0x06D4:
    case 0x0964: /* danda */
    case 0x0965:
    case 0x0589: /* Armenian */
    case 0x1362: /* Ethiopic */
    case 0x104A: /* Myanmar */
    case 0x104B:
    case 0x17D4: /* Khmer */
        see_mark(g, MARK_WIDE, behind);
        break;
    case 0x2026:
        see_mark(g, MARK_OTHER, behind);
        break;
    case 0x2019:
    case 0x201D:
    case 0x00BB:
    case 0x300D:
    case 0x300F:
    case 0xFF09:
        see_closer(g, behind);
        break;
    case 0x2028:
    case 0x0085:
        see_newline(g);
        break;
    case 0x2029:
        g->paragraph = true;
        break;
    case 0x00A0: /* blanks and dashes */
    case 0x2009:
    case 0x202F:
    case 0x3000:
    case 0x2013:
    case 0x2014:
    case 0x2015:
        g->blank = true;
        break;
    default:
        g->newlines = 0;
    }
}

/* `@user` and `#tag` begin with their sign. */
static bool is_sigil(const uint8_t *p, const uint8_t *end)
{
    unsigned len;

    if ((*p != '@' && *p != '#') || p + 1 == end)
        return false;
    unsigned value = nidx_value_at(p + 1, end, &len);
    return nidx_value_is_word(value) &&
           !(value & (NIDX_UC_CJK | NIDX_UC_SOUTH_EAST));
}

/* One character that is no word's; false where a word begins. */
static bool walk(struct nidx_analyzer *a, struct gap *g)
{
    if (*a->p < 0x80) {
        uint8_t c = *a->p;
        if (nidx_is_alnum(c) || is_sigil(a->p, a->end))
            return false;
        see_ascii(a, g);
        a->p++;
        return true;
    }
    uint32_t cp;
    unsigned len = nidx_utf8_decode(a->p, a->end, &cp);
    if (cp & NIDX_UTF8_BAD)
        a->bad_bytes += len;
    else if (nidx_value_is_word(nidx_unicode_value(cp)))
        return false;
    see_wide(g, cp & ~NIDX_UTF8_BAD, a->p + len);
    a->p += len;
    return true;
}

/* Whether the mark ends a sentence, the next word being at a->p. */
static bool mark_ends(const struct nidx_analyzer *a, const struct gap *g)
{
    unsigned len;

    if (g->mark == MARK_NONE || g->mark == MARK_WIDE)
        return g->mark == MARK_WIDE;
    unsigned value = nidx_value_at(a->p, a->end, &len);
    if (value & NIDX_UC_LOWER)
        return false;
    if (!g->blank)
        return g->closed && value & NIDX_UC_UPPER;
    if (g->mark == MARK_OTHER)
        return true;
    struct nidx_bytes word = {a->word, (size_t)(a->word_end - a->word)};
    struct nidx_bytes next = {a->p, (size_t)(a->end - a->p)};
    return nidx_sentence_ends(word, next, g->line);
}

void nidx_gap_skip(struct nidx_analyzer *a)
{
    struct gap g = {.stop = a->word_end};

    while (a->p < a->end && walk(a, &g))
        continue;
    if (!a->in_paragraph)
        return;
    bool paragraph = g.paragraph || a->p == a->end;
    if (a->in_sentence && (paragraph || mark_ends(a, &g))) {
        nidx_emit(a, NIDX_FORM_SENTENCE, a->pos, 0, g.stop, g.stop, 0);
        a->in_sentence = false;
    }
    if (paragraph) {
        nidx_emit(a, NIDX_FORM_PARAGRAPH, a->pos, 0, g.stop, g.stop, 0);
        a->in_paragraph = false;
    }
}
