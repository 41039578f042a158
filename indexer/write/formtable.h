/* formtable.h: the forms of a space in order, with their final numbers.
 *
 * While words gather, a form has the number under which its term met it
 * first. In the segment number 0 is the commonest form of the term (equal
 * ones in order of their keys). Forms of one text and term, stemmed in
 * several languages, are one.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_FORMTABLE_H
#define NIDX_INDEXER_FORMTABLE_H

#include "common/segment/segment.h"
#include "indexer/write/space.h"

/** A form and one of its terms. */
struct nidx_form_entry {
    uint32_t form; /**< a form id: for the texts */
    uint32_t term;
    uint32_t number; /**< among the term's */
    uint64_t cf;
};

struct nidx_form_table {
    const struct nidx_space *space;  /**< borrowed */
    struct nidx_form_entry *entries; /**< in order of keys */
    uint32_t n;
    uint32_t *base;    /**< by term: where its forms begin below; n + 1 */
    uint16_t *numbers; /**< final number by number while gathering */
    uint32_t *df;      /**< by final number: counted as lists are written */
    uint32_t *seen;    /**< by final number: last document counted, plus 1 */
    uint32_t *n_forms; /**< by term: distinct forms */
};

enum nidx_status nidx_form_table_init(struct nidx_form_table *t,
                                      const struct nidx_space *space,
                                      struct nidx_error *err);
void nidx_form_table_done(struct nidx_form_table *t);

/** Whether a term has one form only: then there is nothing to renumber, and
 * df documents have it. */
static inline bool nidx_form_table_is_plain(const struct nidx_form_table *t,
                                            uint32_t term)
{
    return t->base[term + 1] - t->base[term] == 1;
}

/** Puts final numbers into the occurrences of postings of term; count: counts
 * documents for the forms' document frequencies. */
void nidx_form_table_renumber(struct nidx_form_table *t, uint32_t term,
                              struct nidx_posting_batch *b, bool count);

/** Writes the dictionary's entries of kind FORM. */
enum nidx_status nidx_form_table_write(const struct nidx_form_table *t,
                                       struct nidx_segment_writer *w,
                                       uint8_t field, struct nidx_error *err);

#endif
