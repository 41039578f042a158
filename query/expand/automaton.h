/* automaton.h: patterns of characters: wildcards, edits, regular expressions.
 *
 * A pattern becomes a nondeterministic automaton, and that a deterministic
 * one, state by state as they are met (Thompson, CACM 1968; the subset
 * construction), so a text is matched in time linear in its length. Characters
 * that no edge tells apart are one class. A pattern matches the whole text.
 *
 * Wildcards: * is any text, ? any character. Edits: an inserted, left out or
 * other character, or two neighbours that changed places, each place edited
 * once. Regular expressions: . * + ? | () [] [^] {n} {n,} {n,m}, \d for a
 * digit, \ before any other character for itself.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_QUERY_AUTOMATON_H
#define NIDX_QUERY_AUTOMATON_H

#include "common/base/bytes.h"
#include "common/base/status.h"

/** States of the nondeterministic automaton: longer patterns are refused. */
#define NIDX_NFA_STATES 1024
/** Edits that are looked for at most. */
#define NIDX_EDITS_MAX 2

struct nidx_automaton;

/** text is UTF-8, folded as the forms are. LIMIT where it is too long. */
enum nidx_status nidx_automaton_wildcard(struct nidx_bytes text,
                                         struct nidx_automaton **out,
                                         struct nidx_error *err);
enum nidx_status nidx_automaton_edits(struct nidx_bytes text, uint32_t edits,
                                      struct nidx_automaton **out,
                                      struct nidx_error *err);
/** SYNTAX, with what is wrong, where it is no regular expression. */
enum nidx_status nidx_automaton_regex(struct nidx_bytes text,
                                      struct nidx_automaton **out,
                                      struct nidx_error *err);
void nidx_automaton_free(struct nidx_automaton *a);

/** No text can match any more. */
#define NIDX_DEAD 0u
/** Where a text begins. */
#define NIDX_START 1u

/** The state behind one more character. */
uint32_t nidx_automaton_step(struct nidx_automaton *a, uint32_t state,
                             uint32_t c);
/** Whether a text that ends here matches: 0, or 1 more than its edits. */
uint32_t nidx_automaton_accepts(const struct nidx_automaton *a, uint32_t state);
/** The least character from c on that leads to a living state. */
bool nidx_automaton_live(struct nidx_automaton *a, uint32_t state, uint32_t c,
                         uint32_t *out);
/** Memory ran out, or there were too many states: matches may be missing. */
enum nidx_status nidx_automaton_status(const struct nidx_automaton *a);

#endif
