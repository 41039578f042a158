/* nfa.c: nondeterministic automata of wildcards and of edits.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/expand/nfa.h"

#include <stdlib.h>

#include "common/analysis/utf8.h"

uint32_t nidx_nfa_state(struct nidx_nfa *n)
{
    if (n->n_states == NIDX_NFA_STATES) {
        n->full = true;
        return 0;
    }
    return n->n_states++;
}

void nidx_nfa_edge(struct nidx_nfa *n, uint32_t from, uint32_t to, uint32_t lo,
                   uint32_t hi)
{
    /* So many edges has no pattern of so few states that is of any use. */
    if (n->n_edges >= 64 * NIDX_NFA_STATES)
        n->full = true;
    if (n->full || n->oom)
        return;
    if (n->n_edges == n->cap) {
        const uint32_t cap = n->cap ? n->cap * 2 : 64;
        struct nidx_edge *edges =
            realloc(n->edges, nidx_mul_size(cap, sizeof(*edges)));
        if (!edges) {
            n->oom = true;
            return;
        }
        n->edges = edges;
        n->cap = cap;
    }
    n->edges[n->n_edges++] = (struct nidx_edge){from, to, lo, hi};
}

void nidx_nfa_skip(struct nidx_nfa *n, uint32_t from, uint32_t to)
{
    nidx_nfa_edge(n, from, to, 1, 0);
}

uint32_t nidx_nfa_char(struct nidx_bytes text, size_t *at)
{
    uint32_t c;

    *at += nidx_utf8_decode(text.data + *at, text.data + text.len, &c);
    return c & ~NIDX_UTF8_BAD;
}

enum nidx_status nidx_automaton_wildcard(struct nidx_bytes text,
                                         struct nidx_automaton **out,
                                         struct nidx_error *err)
{
    struct nidx_nfa n = {.n_accept = 1};
    uint32_t at = n.start = nidx_nfa_state(&n);

    for (size_t i = 0; i < text.len && !n.full;) {
        const uint32_t c = nidx_nfa_char(text, &i);
        if (c == '*') {
            nidx_nfa_edge(&n, at, at, 0, NIDX_CHAR_MAX);
            continue;
        }
        const uint32_t next = nidx_nfa_state(&n);
        nidx_nfa_edge(&n, at, next, c == '?' ? 0 : c,
                      c == '?' ? NIDX_CHAR_MAX : c);
        at = next;
    }
    n.accept[0] = at;
    return nidx_automaton_new(&n, out, err);
}

/* State of i characters read with e edits; those behind the last row stand
 * between two characters that changed places. */
static uint32_t place(uint32_t n_chars, uint32_t i, uint32_t e)
{
    return e * (n_chars + 1) + i;
}

static void add_edits(struct nidx_nfa *n, const uint32_t *chars,
                      uint32_t n_chars, uint32_t i, uint32_t e, uint32_t most)
{
    const uint32_t from = place(n_chars, i, e);

    if (i < n_chars)
        nidx_nfa_edge(n, from, place(n_chars, i + 1, e), chars[i], chars[i]);
    if (e == most)
        return;
    nidx_nfa_edge(n, from, place(n_chars, i, e + 1), 0, NIDX_CHAR_MAX);
    if (i < n_chars) {
        nidx_nfa_edge(n, from, place(n_chars, i + 1, e + 1), 0, NIDX_CHAR_MAX);
        nidx_nfa_skip(n, from, place(n_chars, i + 1, e + 1));
    }
    if (i + 1 < n_chars && chars[i] != chars[i + 1]) {
        const uint32_t between = nidx_nfa_state(n);
        nidx_nfa_edge(n, from, between, chars[i + 1], chars[i + 1]);
        nidx_nfa_edge(n, between, place(n_chars, i + 2, e + 1), chars[i],
                      chars[i]);
    }
}

enum nidx_status nidx_automaton_edits(struct nidx_bytes text, uint32_t edits,
                                      struct nidx_automaton **out,
                                      struct nidx_error *err)
{
    const uint32_t most = edits < NIDX_EDITS_MAX ? edits : NIDX_EDITS_MAX;
    struct nidx_nfa n = {.n_accept = most + 1};
    uint32_t chars[NIDX_NFA_STATES], n_chars = 0;

    *out = NULL;
    for (size_t i = 0; i < text.len && n_chars < NIDX_NFA_STATES;)
        chars[n_chars++] = nidx_nfa_char(text, &i);
    for (uint32_t i = 0; i < (n_chars + 1) * (most + 1) && !n.full; i++)
        nidx_nfa_state(&n);
    for (uint32_t e = 0; e <= most; e++) {
        for (uint32_t i = 0; i <= n_chars && !n.full; i++)
            add_edits(&n, chars, n_chars, i, e, most);
        n.accept[e] = place(n_chars, n_chars, e);
    }
    return nidx_automaton_new(&n, out, err);
}
