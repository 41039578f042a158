/* mergeforms.h: form numbers of merged segments.
 *
 * The number of a form among its term's is another one in each segment. Keys
 * of forms are not in order of terms, so before lists are merged the forms
 * are read once and noted by term: which number a form has in which source,
 * and how often it occurs. Where these notes do not fit the memory, the terms
 * are cut in ranges, and the forms are read once for each.
 *
 * A pair is a form and one of its terms; pairs are numbered as they come when
 * the forms of all sources are read in order.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_MERGEFORMS_H
#define NIDX_INDEXER_MERGEFORMS_H

#include "common/segment/segment.h"
#include "indexer/write/formwalk.h"

struct nidx_form_note {
    uint64_t term; /**< hash of its text */
    uint64_t cf;
    uint32_t pair;
    uint16_t source, number; /**< what it is called there */
};

struct nidx_merge_forms {
    const struct nidx_strtab *const *tables; /**< of terms, borrowed */
    uint32_t n_tables;
    uint8_t field;
    bool recount; /**< documents are left out: count df and cf anew */

    uint32_t n_pairs;
    uint16_t *numbers; /**< by pair: the number in the merged segment */
    uint32_t *df;      /**< by pair, where recount */
    uint64_t *cf;

    struct nidx_form_note *notes; /**< of the range at hand, sorted */
    uint32_t n_notes, cap_notes;
    uint32_t *starts;        /**< by the first bits of a hash: the first note */
    unsigned shift;          /**< to those bits */
    struct nidx_buf *bounds; /**< least term of each range but the first */
    uint32_t n_ranges, range;
    bool loaded;
};

/** The forms of field; memory: bytes for notes, about. */
enum nidx_status nidx_merge_forms_init(struct nidx_merge_forms *f,
                                       const struct nidx_strtab *const *tables,
                                       uint32_t n_tables, uint8_t field,
                                       bool recount, size_t memory,
                                       struct nidx_error *err);
void nidx_merge_forms_done(struct nidx_merge_forms *f);

/** The forms of a term: notes in order of source and number (n 0: unknown).
 * n_forms: how many there are in all. */
enum nidx_status nidx_merge_forms_find(struct nidx_merge_forms *f,
                                       struct nidx_bytes term,
                                       const struct nidx_form_note **notes,
                                       uint32_t *n, uint32_t *n_forms,
                                       struct nidx_error *err);

/** After the lists: writes the merged entries. */
enum nidx_status nidx_merge_forms_write(struct nidx_merge_forms *f,
                                        struct nidx_segment_writer *w,
                                        struct nidx_error *err);

#endif
