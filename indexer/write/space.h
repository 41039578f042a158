/* space.h: a space of positions while it gathers: words, forms, chains.
 *
 * Headline and body share one space, the author field has its own; each has
 * a vocabulary and an analyzer.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_SPACE_H
#define NIDX_INDEXER_SPACE_H

#include "common/analysis/analyze.h"
#include "indexer/write/chain.h"

/** Tokens that are analysed and appended together. */
#define NIDX_SPACE_BATCH 256

/** A form: its term, its number there, how often it occurred. */
struct nidx_form_state {
    uint32_t term, cf;
    uint16_t number;
};

struct nidx_space {
    struct nidx_vocab *vocab;
    struct nidx_analyzer *analyzer;
    struct nidx_form_state *forms; /**< by form id */
    struct nidx_chain *chains;     /**< by term id */
    uint32_t n_forms, cap_forms, n_terms, cap_terms;
};

enum nidx_status nidx_space_init(struct nidx_space *s, struct nidx_error *err);
void nidx_space_done(struct nidx_space *s);
void nidx_space_clear(struct nidx_space *s);
size_t nidx_space_memory(const struct nidx_space *s);

/** The next tokens of the text that the analyzer was given, with their forms
 * taken in; n is 0 at the end. */
enum nidx_status nidx_space_next(struct nidx_space *s,
                                 struct nidx_token tokens[NIDX_SPACE_BATCH],
                                 size_t *n, struct nidx_error *err);
/** Appends the words among tokens to their chains. Failure shows in the
 * pool's oom. */
void nidx_space_append(struct nidx_space *s, struct nidx_slices *slices,
                       uint32_t doc, const struct nidx_token *tokens, size_t n);

static inline bool nidx_token_is_end(const struct nidx_token *t)
{
    return t->form == NIDX_FORM_SENTENCE || t->form == NIDX_FORM_PARAGRAPH;
}

#endif
