/* formwalk.h: the forms of several dictionaries, form by form.
 *
 * A pair is a form and one of its terms; pairs are numbered as they come when
 * the forms of all sources are read in order: the same each time.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_FORMWALK_H
#define NIDX_INDEXER_FORMWALK_H

#include "common/codec/forms.h"
#include "indexer/merge/kway.h"

/** One pair of the form at hand, summed over the sources. */
struct nidx_form_pair {
    struct nidx_buf term;
    uint32_t df;
    uint64_t cf;
};

struct nidx_form_walk {
    struct nidx_kway k; /**< stands on the form */
    uint8_t field;
    void *context;                /**< of the caller */
    struct nidx_bytes folded;     /**< borrowed from the key */
    struct nidx_form_pair *pairs; /**< of the form; buffers are reused */
    uint32_t n, cap;
    uint32_t first; /**< number of pairs[0] */
};

/** Told what one source says of a pair. */
typedef enum nidx_status nidx_form_note_fn(struct nidx_form_walk *w,
                                           const struct nidx_form_pair *p,
                                           uint32_t source,
                                           const struct nidx_form_term *t,
                                           struct nidx_error *err);

/** Before the first form of field in n tables (borrowed). */
enum nidx_status nidx_form_walk_init(struct nidx_form_walk *w,
                                     const struct nidx_strtab *const *tables,
                                     uint32_t n, uint8_t field, void *context,
                                     struct nidx_error *err);
void nidx_form_walk_done(struct nidx_form_walk *w);
/** To the next form; done behind the last. note may be NULL. */
enum nidx_status nidx_form_walk_next(struct nidx_form_walk *w,
                                     nidx_form_note_fn *note, bool *done,
                                     struct nidx_error *err);

#endif
