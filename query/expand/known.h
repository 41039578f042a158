/* known.h: words and terms that were looked up before.
 *
 * A look-up in a dictionary is a few dozen reads from all over it, each of
 * which waits for memory where other queries came between. The answers for
 * short texts are kept in small tables, where a newer one takes an older one's
 * place. What is not there is looked up; tables that could not be had are
 * empty ones.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_QUERY_KNOWN_H
#define NIDX_QUERY_KNOWN_H

#include "common/segment/segment.h"

/** Longer texts are not remembered. */
#define NIDX_KNOWN_TEXT 24

/** A text, zero behind its end, and what else distinguishes it. */
struct nidx_known_key {
    uint64_t text[NIDX_KNOWN_TEXT / 8];
    uint64_t tag;
};

/** Words that stand for one whole term. */
struct nidx_known_words;
void nidx_known_words_free(struct nidx_known_words *w);
/** The term of a word of a field; data is NULL where it is not known. Borrowed
 * until the next put. */
struct nidx_bytes nidx_known_word(const struct nidx_known_words *w,
                                  uint8_t field, struct nidx_bytes word);
/** Makes the table where *w is NULL. */
void nidx_known_word_put(struct nidx_known_words **w, uint8_t field,
                         struct nidx_bytes word, struct nidx_bytes term);

/** What the dictionaries of segments say of terms. */
struct nidx_known_terms;
void nidx_known_terms_free(struct nidx_known_terms *t);
/** nidx_segment_term of a catalog's segment, which is number. Makes the table
 * where *t is NULL. */
enum nidx_status nidx_known_term(struct nidx_known_terms **t,
                                 const struct nidx_segment *s, uint32_t number,
                                 enum nidx_term_kind kind, uint8_t field,
                                 struct nidx_bytes text, bool *found,
                                 struct nidx_term_info *info,
                                 struct nidx_error *err);

#endif
