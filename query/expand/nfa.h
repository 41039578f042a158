/* nfa.h: a nondeterministic automaton on its way.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_QUERY_NFA_H
#define NIDX_QUERY_NFA_H

#include "query/expand/automaton.h"

#define NIDX_CHAR_MAX 0x10ffffu

/** From a state to another, by a character in lo to hi; without one where lo
 * is above hi. */
struct nidx_edge {
    uint32_t from, to, lo, hi;
};

struct nidx_nfa {
    struct nidx_edge *edges; /**< malloc'ed */
    uint32_t n_edges, cap;
    uint32_t n_states;
    uint32_t start;
    uint32_t n_accept; /**< state accept[i] accepts with i edits */
    uint32_t accept[NIDX_EDITS_MAX + 1];
    bool full, oom; /**< too many states; no memory */
};

uint32_t nidx_nfa_state(struct nidx_nfa *n);
void nidx_nfa_edge(struct nidx_nfa *n, uint32_t from, uint32_t to, uint32_t lo,
                   uint32_t hi);
/** An edge that takes no character. */
void nidx_nfa_skip(struct nidx_nfa *n, uint32_t from, uint32_t to);
/** The next character of text; at moves on. What is no UTF-8 is U+FFFD. */
uint32_t nidx_nfa_char(struct nidx_bytes text, size_t *at);
/** Takes the edges of n, also where it fails. */
enum nidx_status nidx_automaton_new(struct nidx_nfa *n,
                                    struct nidx_automaton **out,
                                    struct nidx_error *err);

#endif
