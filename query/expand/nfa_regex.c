/* nfa_regex.c: regular expressions: recursive descent, one function a level.
 *
 * A fragment is a piece of the automaton with one way in and one way out. Its
 * states and edges stand together, so a piece that is repeated is copied.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/expand/nfa.h"

#include <stdlib.h>

/* Parentheses within each other, and how often something may be repeated. */
#define DEPTH_MAX  64
#define REPEAT_MAX 1000
#define FOR_EVER   UINT32_MAX

struct regex {
    struct nidx_bytes text;
    size_t at;
    uint32_t depth;
    struct nidx_nfa nfa;
    const char *wrong; /* the first thing that is */
};

struct fragment {
    uint32_t start, end;
};

static struct fragment read_any(struct regex *r);

static bool is_good(const struct regex *r)
{
    return !r->wrong && !r->nfa.full && !r->nfa.oom;
}

static struct fragment fail(struct regex *r, const char *wrong)
{
    if (!r->wrong)
        r->wrong = wrong;
    return (struct fragment){0, 0};
}

static bool at_byte(const struct regex *r, char c)
{
    return r->at < r->text.len && r->text.data[r->at] == (uint8_t)c;
}

static bool take(struct regex *r, char c)
{
    const bool here = at_byte(r, c);

    r->at += here;
    return here;
}

static struct fragment new_fragment(struct regex *r)
{
    const uint32_t start = nidx_nfa_state(&r->nfa);

    return (struct fragment){start, nidx_nfa_state(&r->nfa)};
}

static struct fragment of_range(struct regex *r, uint32_t lo, uint32_t hi)
{
    const struct fragment f = new_fragment(r);

    nidx_nfa_edge(&r->nfa, f.start, f.end, lo, hi);
    return f;
}

/* ------------------------------------------------------------- classes */

static int by_lo(const void *a, const void *b)
{
    const struct nidx_edge *x = a, *y = b;

    return x->lo < y->lo ? -1 : x->lo > y->lo;
}

/* Edges from `first` on become those of all other characters. */
static void complement(struct regex *r, uint32_t first, struct fragment f)
{
    struct nidx_nfa *n = &r->nfa;
    const uint32_t n_ranges = n->n_edges - first;
    uint32_t next = 0;

    if (!is_good(r) || n_ranges == 0)
        return;
    struct nidx_edge *old = malloc(n_ranges * sizeof(*old));
    if (!old) {
        n->oom = true;
        return;
    }
    memcpy(old, n->edges + first, n_ranges * sizeof(*old));
    qsort(old, n_ranges, sizeof(*old), by_lo);
    n->n_edges = first;
    for (uint32_t i = 0; i < n_ranges; i++) {
        if (old[i].lo > next)
            nidx_nfa_edge(n, f.start, f.end, next, old[i].lo - 1);
        if (old[i].hi + 1 > next)
            next = old[i].hi + 1;
    }
    if (next <= NIDX_CHAR_MAX)
        nidx_nfa_edge(n, f.start, f.end, next, NIDX_CHAR_MAX);
    free(old);
}

static uint32_t class_char(struct regex *r)
{
    if (take(r, '\\') && r->at >= r->text.len)
        fail(r, "nothing follows a \\");
    return r->at < r->text.len ? nidx_nfa_char(r->text, &r->at) : 0;
}

/* Behind a [. A ] that comes first is a character. */
static struct fragment read_class(struct regex *r)
{
    const bool other = take(r, '^');
    const struct fragment f = new_fragment(r);
    const uint32_t first = r->nfa.n_edges;

    for (bool begin = true; is_good(r); begin = false) {
        if (r->at >= r->text.len)
            return fail(r, "a [ is not closed");
        if (!begin && take(r, ']'))
            break;
        if (r->at + 1 < r->text.len &&
            memcmp(r->text.data + r->at, "\\d", 2) == 0) {
            r->at += 2;
            nidx_nfa_edge(&r->nfa, f.start, f.end, '0', '9');
            continue;
        }
        const uint32_t lo = class_char(r);
        uint32_t hi = lo;
        if (at_byte(r, '-') && r->at + 1 < r->text.len &&
            r->text.data[r->at + 1] != ']') {
            r->at++;
            hi = class_char(r);
        }
        if (hi < lo)
            return fail(r, "a range in [] ends before it begins");
        nidx_nfa_edge(&r->nfa, f.start, f.end, lo, hi);
    }
    if (other)
        complement(r, first, f);
    return f;
}

/* ---------------------------------------------------------- repetition */

/* What belongs to a fragment: all states and edges from these on. */
struct mark {
    uint32_t states, edges, states_end, edges_end;
};

static struct fragment copy(struct regex *r, const struct mark *m,
                            struct fragment f)
{
    const uint32_t by = r->nfa.n_states - m->states;

    for (uint32_t i = m->states; i < m->states_end && is_good(r); i++)
        nidx_nfa_state(&r->nfa);
    for (uint32_t i = m->edges; i < m->edges_end && is_good(r); i++) {
        const struct nidx_edge e = r->nfa.edges[i];
        nidx_nfa_edge(&r->nfa, e.from + by, e.to + by, e.lo, e.hi);
    }
    return (struct fragment){f.start + by, f.end + by};
}

static struct fragment repeat(struct regex *r, struct mark m, struct fragment f,
                              uint32_t least, uint32_t most)
{
    m.states_end = r->nfa.n_states;
    m.edges_end = r->nfa.n_edges;
    const struct fragment all = new_fragment(r);
    const uint32_t n = most == FOR_EVER ? least + 1 : most;
    uint32_t at = all.start;
    /* Copies are made of what is whole: the first is joined last. */
    struct fragment first = f;

    for (uint32_t i = 0; i < n && is_good(r); i++) {
        const struct fragment c = i + 1 < n ? copy(r, &m, f) : first;
        if (i >= least)
            nidx_nfa_skip(&r->nfa, at, all.end);
        nidx_nfa_skip(&r->nfa, at, c.start);
        if (most == FOR_EVER && i + 1 == n)
            nidx_nfa_skip(&r->nfa, c.end, c.start);
        at = c.end;
    }
    nidx_nfa_skip(&r->nfa, at, all.end);
    return all;
}

static bool read_number(struct regex *r, uint32_t *out)
{
    const size_t from = r->at;

    *out = 0;
    while (r->at < r->text.len && r->text.data[r->at] >= '0' &&
           r->text.data[r->at] <= '9') {
        *out = *out * 10 + (uint32_t)(r->text.data[r->at++] - '0');
        if (*out > REPEAT_MAX)
            *out = REPEAT_MAX + 1;
    }
    return r->at > from;
}

/* Behind a {: n} or n,} or n,m}. */
static void read_bounds(struct regex *r, uint32_t *least, uint32_t *most)
{
    bool good = read_number(r, least);

    *most = *least;
    if (good && take(r, ',') && !read_number(r, most))
        *most = FOR_EVER;
    if (!good || !take(r, '}'))
        fail(r, "a { is no {n}, {n,} or {n,m}");
    else if (*least > REPEAT_MAX || (*most > REPEAT_MAX && *most != FOR_EVER))
        fail(r, "something is repeated too often");
    else if (*least > *most)
        fail(r, "a {n,m} ends before it begins");
}

/* -------------------------------------------------------------- levels */

static struct fragment read_escape(struct regex *r)
{
    if (r->at >= r->text.len)
        return fail(r, "nothing follows a \\");
    const uint32_t c = nidx_nfa_char(r->text, &r->at);
    if (c == 'd')
        return of_range(r, '0', '9');
    return of_range(r, c, c);
}

static struct fragment read_atom(struct regex *r)
{
    const uint32_t c = nidx_nfa_char(r->text, &r->at);

    if (c == '(') {
        if (++r->depth > DEPTH_MAX)
            return fail(r, "parentheses are nested too deep");
        const struct fragment f = read_any(r);
        r->depth--;
        return take(r, ')') ? f : fail(r, "a ( is not closed");
    }
    if (c == '[')
        return read_class(r);
    if (c == '\\')
        return read_escape(r);
    if (c == '.')
        return of_range(r, 0, NIDX_CHAR_MAX);
    if (c == '*' || c == '+' || c == '?' || c == '{')
        return fail(r, "there is nothing to repeat");
    return of_range(r, c, c);
}

static struct fragment read_piece(struct regex *r)
{
    const struct mark m = {r->nfa.n_states, r->nfa.n_edges, 0, 0};
    struct fragment f = read_atom(r);

    while (is_good(r)) {
        uint32_t least = 0, most = FOR_EVER;
        if (take(r, '{'))
            read_bounds(r, &least, &most);
        else if (take(r, '+'))
            least = 1;
        else if (take(r, '?'))
            most = 1;
        else if (!take(r, '*'))
            break;
        if (is_good(r))
            f = repeat(r, m, f, least, most);
    }
    return f;
}

static struct fragment read_all(struct regex *r)
{
    const uint32_t start = nidx_nfa_state(&r->nfa);
    struct fragment all = {start, start};

    while (is_good(r) && r->at < r->text.len && !at_byte(r, '|') &&
           !at_byte(r, ')')) {
        const struct fragment f = read_piece(r);
        nidx_nfa_skip(&r->nfa, all.end, f.start);
        all.end = f.end;
    }
    return all;
}

static struct fragment read_any(struct regex *r)
{
    const struct fragment any = new_fragment(r);

    do {
        const struct fragment f = read_all(r);
        nidx_nfa_skip(&r->nfa, any.start, f.start);
        nidx_nfa_skip(&r->nfa, f.end, any.end);
    } while (is_good(r) && take(r, '|'));
    return any;
}

enum nidx_status nidx_automaton_regex(struct nidx_bytes text,
                                      struct nidx_automaton **out,
                                      struct nidx_error *err)
{
    struct regex r = {.text = text};

    *out = NULL;
    const struct fragment f = read_any(&r);
    if (is_good(&r) && r.at < text.len)
        fail(&r, "a ) has no (");
    if (r.wrong && !r.nfa.oom) {
        free(r.nfa.edges);
        return nidx_fail(err, NIDX_ERR_SYNTAX, "%s", r.wrong);
    }
    r.nfa.start = f.start;
    r.nfa.accept[0] = f.end;
    r.nfa.n_accept = 1;
    return nidx_automaton_new(&r.nfa, out, err);
}
