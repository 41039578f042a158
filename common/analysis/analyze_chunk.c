/* analyze_chunk.c: words that stand together without a blank.
 *
 * What links two words is decided by the mark between them and the characters
 * on its two sides, and by nothing further away. So a chunk can be read from
 * any of its words on, and reading is linear in its length.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/analysis/analyze_impl.h"
#include "common/analysis/ascii.h"
#include "common/analysis/words.h"

#define URL_MARKS "-._~:/?#[]@!$&'()*+,;=%|"
/* Marks of a URL between two of its words. */
#define URL_RUN 8

/* Whether a word of the kind that chunks are made of begins at p. */
static bool word_at(const uint8_t *p, const uint8_t *end)
{
    unsigned len;

    if (p >= end)
        return false;
    if (*p < 0x80)
        return nidx_is_alnum(*p);
    unsigned value = nidx_value_at(p, end, &len);
    return nidx_value_is_word(value) &&
           !(value & (NIDX_UC_CJK | NIDX_UC_SOUTH_EAST));
}

/* Bytes of the apostrophe at q, or 0. */
static unsigned apostrophe_at(const uint8_t *q, const uint8_t *end)
{
    if (q < end && *q == '\'')
        return 1;
    if (end - q < 3)
        return 0;
    bool quote = q[0] == 0xE2 && q[1] == 0x80 &&
                 (q[2] == 0x98 || q[2] == 0x99 || q[2] == 0x9B);
    bool wide = q[0] == 0xEF && q[1] == 0xBC && q[2] == 0x87;
    return quote || wide ? 3 : 0;
}

/* Bytes of the hyphen at q, or 0. */
static unsigned hyphen_at(const uint8_t *q, const uint8_t *end)
{
    if (q < end && *q == '-')
        return 1;
    return end - q >= 3 && q[0] == 0xE2 && q[1] == 0x80 &&
                   (q[2] == 0x90 || q[2] == 0x91)
               ? 3
               : 0;
}

/* Behind the end of the line at q and the blanks around it, or NULL. */
static const uint8_t *next_line(const uint8_t *q, const uint8_t *end)
{
    unsigned room = 64;

    while (q < end && room-- && (*q == ' ' || *q == '\t' || *q == '\r'))
        q++;
    if (q == end || *q != '\n')
        return NULL;
    for (q++; q < end && room-- && (*q == ' ' || *q == '\t');)
        q++;
    return q;
}

/* Whether the piece ends in a soft hyphen. */
static bool ends_soft(const struct nidx_piece *piece)
{
    return piece->end - piece->start > 2 && piece->end[-2] == 0xC2 &&
           piece->end[-1] == 0xAD;
}

static const uint8_t *piece_end(const uint8_t *p, const uint8_t *end)
{
    const uint8_t *q = p;

    while (q < end && nidx_is_alnum(*q))
        q++;
    return q > p && (q == end || *q < 0x80)
               ? q
               : nidx_word_end(p, end, NIDX_WORDS_PLAIN);
}

/* Reads the word at p into piece; its link is not known yet. */
static void read_piece(const uint8_t *p, const uint8_t *end,
                       struct nidx_piece *piece)
{
    const uint8_t *q = piece_end(p, end);
    unsigned len = 0, value = 0;

    *piece = (struct nidx_piece){.start = p, .end = q, .digits = true};
    for (const uint8_t *c = p; c < q && piece->n_chars < 4; c += len) {
        value = nidx_value_at(c, q, &len);
        if (c == p)
            piece->upper = value & NIDX_UC_UPPER;
        piece->n_chars++;
    }
    for (const uint8_t *c = p; c < q && piece->digits; c++)
        piece->digits = nidx_is_digit(*c);
    const uint8_t *last = q - 1;
    while (last > p && (*last & 0xC0) == 0x80)
        last--;
    piece->lower = nidx_value_at(last, q, &len) & NIDX_UC_LOWER;
}

static const uint8_t *hyphen_link(const struct nidx_piece *piece,
                                  const uint8_t *q, const uint8_t *end,
                                  enum nidx_link *link)
{
    unsigned hyphen = hyphen_at(q, end);
    const uint8_t *line;

    *link = NIDX_LINK_HYPHEN;
    if (hyphen && word_at(q + hyphen, end))
        return q + hyphen;
    if (!hyphen && !ends_soft(piece))
        return NULL;
    *link = NIDX_LINK_BREAK;
    line = next_line(q + hyphen, end);
    return line && word_at(line, end) && !nidx_is_digit(*line) ? line : NULL;
}

static const uint8_t *apostrophe_link(const struct nidx_piece *piece,
                                      const uint8_t *q, const uint8_t *end)
{
    unsigned len = apostrophe_at(q, end);

    if (len == 0 || !word_at(q + len, end))
        return NULL;
    /* Letters, thousands of a number, and the s of 1990's. */
    bool s = (q[len] | 0x20) == 's';
    return nidx_is_digit(q[len]) == nidx_is_digit(piece->end[-1]) || s ? q + len
                                                                       : NULL;
}

static enum nidx_link mark_link(uint8_t c)
{
    switch (c) {
    case '.':
        return NIDX_LINK_DOT;
    case ',':
        return NIDX_LINK_COMMA;
    case '_':
        return NIDX_LINK_UNDER;
    case '@':
        return NIDX_LINK_AT;
    case '&':
    case '/':
    case ':':
        return NIDX_LINK_OTHER;
    default:
        return NIDX_LINK_NONE;
    }
}

/* A link of one ASCII mark, or of several underscores. */
static const uint8_t *mark(const struct nidx_piece *piece, const uint8_t *q,
                           const uint8_t *end, enum nidx_link *link)
{
    if (q == end)
        return NULL;
    *link = mark_link(*q);
    if (*link == NIDX_LINK_NONE)
        return NULL;
    if (*link == NIDX_LINK_COMMA &&
        !(nidx_is_digit(piece->end[-1]) && q + 1 < end && nidx_is_digit(q[1])))
        return NULL;
    const uint8_t *next = q + 1;
    if (*link == NIDX_LINK_UNDER)
        while (next < end && *next == '_')
            next++;
    return word_at(next, end) ? next : NULL;
}

/* `U.S.-led`, `U.S.'s`: the dot of an initial before another mark. */
static const uint8_t *behind_initial(const struct nidx_piece *piece,
                                     const uint8_t *q, const uint8_t *end)
{
    bool initial = piece->n_chars == 1 && end - q > 1 && *q == '.' &&
                   (hyphen_at(q + 1, end) || apostrophe_at(q + 1, end));

    return initial ? q + 1 : q;
}

static const uint8_t *url_link(const uint8_t *q, const uint8_t *end)
{
    for (unsigned i = 0; i < URL_RUN && q < end; i++, q++) {
        if (i > 0 && word_at(q, end))
            return q;
        if (*q == 0 || !strchr(URL_MARKS, *q))
            return NULL;
    }
    return NULL;
}

static bool is_www(const struct nidx_piece *piece)
{
    return piece->end - piece->start == 3 && *piece->end == '.' &&
           (piece->start[0] | 0x20) == 'w' && (piece->start[1] | 0x20) == 'w' &&
           (piece->start[2] | 0x20) == 'w';
}

/* Where the next word begins, linked to piece; NULL when the chunk ends. */
static const uint8_t *find_link(struct nidx_chunk *c, struct nidx_piece *piece,
                                const uint8_t *end)
{
    const uint8_t *q = piece->end, *next;
    enum nidx_link link = NIDX_LINK_NONE;

    if (c->n == 1 && q < end)
        c->plain_dots =
            is_www(piece) || (end - q > 3 && memcmp(q, "://", 3) == 0);
    bool url = c->plain_dots;
    if (url) {
        next = url_link(q, end);
        piece->link = next ? NIDX_LINK_OTHER : NIDX_LINK_NONE;
        return next;
    }
    q = behind_initial(piece, q, end);
    next = hyphen_link(piece, q, end, &link);
    if (!next) {
        link = NIDX_LINK_APOSTROPHE;
        next = apostrophe_link(piece, q, end);
    }
    if (!next)
        next = mark(piece, q, end, &link);
    piece->link = next ? link : NIDX_LINK_NONE;
    return next;
}

/* `C++`, `C#`: the bytes behind a word that belong to it. */
static uint8_t find_suffix(const struct nidx_piece *piece, const uint8_t *end)
{
    const uint8_t *q = piece->end;

    if (end - q >= 2 && q[0] == '+' && q[1] == '+' && !word_at(q + 2, end))
        return 2;
    if (end - q >= 1 && q[0] == '#' && piece->n_chars == 1 && !piece->digits &&
        !word_at(q + 1, end))
        return 1;
    return 0;
}

void nidx_chunk_scan(const uint8_t *p, const uint8_t *end, struct nidx_chunk *c)
{
    c->sigil = NULL;
    c->n = 0;
    c->plain_dots = c->cut = false;
    if (*p == '@' || *p == '#')
        c->sigil = p++;
    bool at = false;
    struct nidx_piece *piece;
    do {
        piece = &c->pieces[c->n++];
        read_piece(p, end, piece);
        p = find_link(c, piece, end);
        at = at || piece->link == NIDX_LINK_AT;
    } while (p && c->n < NIDX_CHUNK_WORDS);
    c->cut = p != NULL;
    piece->link = NIDX_LINK_NONE;
    c->plain_dots = c->plain_dots || at;
    c->suffix = find_suffix(piece, end);
    c->end = piece->end + c->suffix;
}

/* Whether a character of more than one byte links: letters and their marks,
 * apostrophes, hyphens. Dashes, quotation marks and CJK end a word. */
static bool wide_may_link(const uint8_t *q, const uint8_t *end)
{
    unsigned len;

    if (apostrophe_at(q, end) || hyphen_at(q, end))
        return true;
    unsigned value = nidx_value_at(q, end, &len);
    return nidx_value_is_mark(value) ||
           (nidx_value_is_word(value) &&
            !(value & (NIDX_UC_CJK | NIDX_UC_SOUTH_EAST)));
}

bool nidx_chunk_may_link(const uint8_t *q, const uint8_t *end)
{
    if (q == end || *q == ' ')
        return false;
    if (*q >= 0x80)
        return wide_may_link(q, end);
    if (*q == '#')
        return true;
    if (q + 1 == end)
        return false;
    if (*q == '+')
        return q[1] == '+';
    if (*q == '-')
        return q[1] >= 0x80 || nidx_is_alnum(q[1]) || q[1] == '\n' ||
               q[1] == '\r' || q[1] == ' ' || q[1] == '\t';
    if (*q == '\'')
        return q[1] >= 0x80 || nidx_is_alnum(q[1]);
    if (*q == '.')
        return q[1] >= 0x80 || nidx_is_alnum(q[1]) || q[1] == '-' ||
               q[1] == '\'' || q[1] == '/' || q[1] == '.';
    return mark_link(*q) != NIDX_LINK_NONE &&
           (q[1] >= 0x80 || nidx_is_alnum(q[1]) || q[1] == '_' || q[1] == '/');
}
