/* vocab.h: the distinct words of a text: forms, and the terms they stem to.
 *
 * A form is a word as written: NFKC, case-folded, quotes unified, accents
 * kept. A term is what is indexed: the form's Snowball stem, then folded.
 * Interning each surface form once makes both a cost of the vocabulary and
 * not of the text. Ids are dense from 0, so callers keep arrays beside them.
 * Not thread-safe: one vocabulary for each worker.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_VOCAB_H
#define NIDX_COMMON_VOCAB_H

#include "common/base/bytes.h"
#include "common/analysis/language.h"
#include "common/base/status.h"

struct nidx_vocab;

enum nidx_status nidx_vocab_new(struct nidx_vocab **out,
                                struct nidx_error *err);
void nidx_vocab_free(struct nidx_vocab *v);
/** Forgets all words; keeps the stemmers and some memory. */
void nidx_vocab_clear(struct nidx_vocab *v);
/** Bytes of memory that it holds: counted against a budget. */
size_t nidx_vocab_memory(const struct nidx_vocab *v);

uint32_t nidx_vocab_n_forms(const struct nidx_vocab *v);
uint32_t nidx_vocab_n_terms(const struct nidx_vocab *v);

/** Borrowed until the vocabulary next grows. */
struct nidx_bytes nidx_vocab_form_text(const struct nidx_vocab *v,
                                       uint32_t form);
/** The form with diacritics folded; what wildcards match. */
struct nidx_bytes nidx_vocab_form_folded(const struct nidx_vocab *v,
                                         uint32_t form);
nidx_language nidx_vocab_form_language(const struct nidx_vocab *v,
                                       uint32_t form);
/** The term of each form: an array of n_forms, valid until it next grows. */
const uint32_t *nidx_vocab_form_terms(const struct nidx_vocab *v);
struct nidx_bytes nidx_vocab_term_text(const struct nidx_vocab *v,
                                       uint32_t term);

/**
 * Interns a form (already normalised by the analyzer). stem: whether it is a
 * plain word that is stemmed in its language; else its term is the form
 * folded. UINT32_MAX when memory is out.
 */
uint32_t nidx_vocab_intern(struct nidx_vocab *v, const char *form, size_t len,
                           nidx_language language, int stem);

#endif
