/* analyze_unit.c: which words of a chunk take one position together.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/analysis/analyze_impl.h"

static size_t piece_len(const struct nidx_piece *p)
{
    return (size_t)(p->end - p->start);
}

/* The number of digits pieces from first on, linked by commas, dots and
 * apostrophes. */
static unsigned digit_run(const struct nidx_chunk *c, unsigned first)
{
    unsigned n = 0;

    while (first + n < c->n && c->pieces[first + n].digits) {
        enum nidx_link link = c->pieces[first + n].link;
        n++;
        if (link != NIDX_LINK_COMMA && link != NIDX_LINK_DOT &&
            link != NIDX_LINK_APOSTROPHE)
            break;
    }
    return n;
}

/* `1,000,000`, `1'000.5`, `1.000.000,50`: groups of three behind one mark,
 * then at most one fraction behind another; a single dot is a decimal one. */
static bool is_grouped(const struct nidx_piece *p, unsigned n)
{
    enum nidx_link mark = p[0].link;
    unsigned groups = 1;

    if (piece_len(&p[0]) > 3)
        return false;
    while (groups < n && p[groups - 1].link == mark &&
           piece_len(&p[groups]) == 3)
        groups++;
    if (groups < (mark == NIDX_LINK_DOT ? 3u : 2u))
        return false;
    return groups == n || (groups == n - 1 && p[groups - 1].link != mark &&
                           p[groups - 1].link != NIDX_LINK_APOSTROPHE);
}

static void read_number(const struct nidx_chunk *c, struct nidx_unit *u)
{
    const struct nidx_piece *p = &c->pieces[u->first];
    unsigned n = digit_run(c, u->first);

    /* The rest of `1.2.3` is no number of its own. */
    if (n < 2 || (u->first > 0 && digit_run(c, u->first - 1) > 1))
        return;
    u->grouped = is_grouped(p, n);
    if (u->grouped || (n == 2 && p[0].link == NIDX_LINK_DOT)) {
        u->kind = NIDX_UNIT_NUMBER;
        u->n = n;
    }
}

static bool is_initial(const struct nidx_piece *p)
{
    return p->n_chars == 1 && !p->digits;
}

/* The s of `Putin's` at the end of a unit. */
static bool is_possessive(const struct nidx_piece *p)
{
    return piece_len(p) == 1 && (*p->start | 0x20) == 's';
}

/* `U.S.`, `p.m.`, `J.K.Rowling`, `Ph.D.`; never the end of `x.a.b` or the
 * beginning of `a.b.example.org`. */
static void read_abbreviation(const struct nidx_chunk *c, struct nidx_unit *u)
{
    const struct nidx_piece *p = &c->pieces[u->first];
    unsigned left = c->n - u->first, n = 0;
    bool title = p[0].n_chars == 2 && p[0].upper && p[0].lower;

    if (c->plain_dots || (u->first > 0 && p[-1].link == NIDX_LINK_DOT))
        return;
    while (n < left && (is_initial(&p[n]) || (n == 0 && title))) {
        n++;
        if (p[n - 1].link != NIDX_LINK_DOT)
            break;
    }
    if (n < 2 || (title && !p[1].upper))
        return;
    if (p[n - 1].link == NIDX_LINK_DOT && !(p[0].upper && p[n].upper))
        return;
    u->kind = NIDX_UNIT_ABBREVIATION;
    u->n = n;
    if (p[n - 1].link == NIDX_LINK_APOSTROPHE && is_possessive(&p[n])) {
        u->n = n + 1;
        u->possessive = true;
    }
}

static void read_apostrophes(const struct nidx_chunk *c, struct nidx_unit *u)
{
    const struct nidx_piece *p = &c->pieces[u->first];
    unsigned n = 1;

    while (p[n - 1].link == NIDX_LINK_APOSTROPHE)
        n++;
    if (n == 1)
        return;
    u->n = n;
    u->possessive = is_possessive(&p[n - 1]);
    if (n > 2 || !u->possessive)
        u->kind = NIDX_UNIT_APOSTROPHE;
}

struct nidx_unit nidx_unit_at(const struct nidx_chunk *c, unsigned first)
{
    struct nidx_unit u = {.kind = NIDX_UNIT_WORD, .first = first, .n = 1};

    if (c->plain_dots)
        return u;
    if (c->pieces[first].digits)
        read_number(c, &u);
    if (u.kind == NIDX_UNIT_WORD && c->pieces[first].link == NIDX_LINK_DOT)
        read_abbreviation(c, &u);
    if (u.kind == NIDX_UNIT_WORD)
        read_apostrophes(c, &u);
    return u;
}
