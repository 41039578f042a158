/* forms.h: what the dictionary says of a form: its terms.
 *
 * Key of kind FORM: the folded spelling and then, where the form differs from
 * it, a zero byte and the form. Value: for each term (one for each way in
 * which the form was stemmed, most frequent first)
 *   u8: bits 0-2 bytes of the folded spelling behind those that the term
 *   begins with; bits 3-4 bytes n of the term behind them; 32 a number, 64 a
 *   df, 128 more occurrences
 *   varint more where bits 0-2 are 7, varint more where bits 3-4 are 3,
 *   n bytes: the rest of the term
 *   32: varint number of the form among the term's (otherwise 0)
 *   64: varint df (otherwise 1), 128: varint cf less df (otherwise 0)
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_FORMS_H
#define NIDX_COMMON_FORMS_H

#include "common/base/bytes.h"
#include "common/base/status.h"

struct nidx_form_term {
    uint32_t lcp;           /**< bytes shared with the folded spelling */
    struct nidx_bytes rest; /**< what follows them; borrowed */
    uint32_t number;        /**< of the form among the term's forms */
    uint32_t df;
    uint64_t cf;
};

/** Appends the key of a form (kind and field included). */
void nidx_form_key(struct nidx_buf *out, uint8_t field,
                   struct nidx_bytes folded, struct nidx_bytes form);
/** Splits a key's text (behind kind and field); form is folded where equal. */
void nidx_form_key_split(struct nidx_bytes text, struct nidx_bytes *folded,
                         struct nidx_bytes *form);
/** Appends one term to a value. */
void nidx_form_value_add(struct nidx_buf *value, struct nidx_bytes folded,
                         struct nidx_bytes term, uint32_t number, uint32_t df,
                         uint64_t cf);
/** Takes the next term off a value; false at its end or at damage (r->bad). */
bool nidx_form_value_next(struct nidx_reader *r, size_t folded_len,
                          struct nidx_form_term *out);

#endif
