/* space.c: a space of positions while it gathers: words, forms, chains.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/write/space.h"

#include <stdlib.h>

#include "indexer/write/grow.h"

enum nidx_status nidx_space_init(struct nidx_space *s, struct nidx_error *err)
{
    enum nidx_status status = nidx_vocab_new(&s->vocab, err);

    if (status == NIDX_OK)
        status = nidx_analyzer_new(s->vocab, &s->analyzer, err);
    return status;
}

void nidx_space_done(struct nidx_space *s)
{
    nidx_analyzer_free(s->analyzer);
    nidx_vocab_free(s->vocab);
    free(s->forms);
    free(s->chains);
    *s = (struct nidx_space){0};
}

void nidx_space_clear(struct nidx_space *s)
{
    nidx_vocab_clear(s->vocab);
    nidx_analyzer_clear(s->analyzer);
    s->n_forms = 0;
    s->n_terms = 0;
}

size_t nidx_space_memory(const struct nidx_space *s)
{
    return nidx_vocab_memory(s->vocab) + s->cap_forms * sizeof(*s->forms) +
           s->cap_terms * sizeof(*s->chains);
}

static bool make_room(struct nidx_space *s, uint32_t n_forms, uint32_t n_terms)
{
    if (!nidx_grow(&s->forms, &s->cap_forms, n_forms, sizeof(*s->forms)) ||
        !nidx_grow(&s->chains, &s->cap_terms, n_terms, sizeof(*s->chains)))
        return false;
    if (n_terms > s->n_terms)
        memset(s->chains + s->n_terms, 0,
               (n_terms - s->n_terms) * sizeof(*s->chains));
    s->n_terms = n_terms;
    return true;
}

/** Takes in the forms and terms that analysis has just met first. */
static bool know_forms(struct nidx_space *s)
{
    const uint32_t n_forms = nidx_vocab_n_forms(s->vocab);
    const uint32_t *terms = nidx_vocab_form_terms(s->vocab);

    if (n_forms == s->n_forms)
        return true;
    if (!make_room(s, n_forms, nidx_vocab_n_terms(s->vocab)))
        return false;
    for (; s->n_forms < n_forms; s->n_forms++) {
        struct nidx_form_state *f = &s->forms[s->n_forms];
        struct nidx_chain *c = &s->chains[terms[s->n_forms]];
        f->term = terms[s->n_forms];
        f->cf = 0;
        if (c->n_forms < NIDX_FORM_NUMBERS)
            c->n_forms++;
        f->number = (uint16_t)(c->n_forms - 1);
    }
    return true;
}

enum nidx_status nidx_space_next(struct nidx_space *s,
                                 struct nidx_token tokens[NIDX_SPACE_BATCH],
                                 size_t *n, struct nidx_error *err)
{
    *n = nidx_analyzer_next(s->analyzer, tokens, NIDX_SPACE_BATCH);
    if (nidx_analyzer_status(s->analyzer) != NIDX_OK)
        return nidx_nomem(err);
    return know_forms(s) ? NIDX_OK : nidx_nomem(err);
}

/* Rounds over the batch, so that its cache misses overlap. */
void nidx_space_append(struct nidx_space *s, struct nidx_slices *slices,
                       uint32_t doc, const struct nidx_token *tokens, size_t n)
{
    struct nidx_chain *chains[NIDX_SPACE_BATCH];
    uint16_t numbers[NIDX_SPACE_BATCH];

    for (size_t i = 0; i < n; i++) {
        if (!nidx_token_is_end(&tokens[i]))
            __builtin_prefetch(&s->forms[tokens[i].form], 1);
    }
    for (size_t i = 0; i < n; i++) {
        if (nidx_token_is_end(&tokens[i])) {
            chains[i] = NULL;
            continue;
        }
        struct nidx_form_state *f = &s->forms[tokens[i].form];
        f->cf++;
        numbers[i] = f->number;
        chains[i] = &s->chains[f->term];
        __builtin_prefetch(chains[i], 1);
    }
    for (size_t i = 0; i < n; i++) {
        if (chains[i])
            __builtin_prefetch(slices->bytes + chains[i]->cells.at, 1);
    }
    for (size_t i = 0; i < n; i++) {
        if (chains[i])
            nidx_chain_add(slices, chains[i], doc, tokens[i].pos, tokens[i].len,
                           numbers[i]);
    }
}
