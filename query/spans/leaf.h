/* leaf.h: the occurrences of one leaf in the documents of one segment.
 *
 * A leaf's alternatives each have a list; here they are read side by side,
 * one document at a time, with the forms and the field applied: BODY reads
 * the combined list less the headline's occurrences, other fields their own.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_QUERY_LEAF_H
#define NIDX_QUERY_LEAF_H

#include "common/segment/segment.h"
#include "query/parse/tree.h"

/** An occurrence of one of the leaf's alternatives. */
struct nidx_leaf_occurrence {
    nidx_pos pos;
    uint16_t len;
    uint16_t form; /**< 0 unless the leaf has forms or they were asked for */
    uint32_t term; /**< which of the leaf's alternatives */
    bool title;    /**< it lies in the headline */
};

struct nidx_leaf_list {
    struct nidx_leaf_occurrence *items; /**< by position, length, alternative */
    uint32_t n, cap;
};
void nidx_leaf_list_done(struct nidx_leaf_list *l);

/** Borrows leaf and segment; owns its posting lists. */
struct nidx_leaf_reader;
enum nidx_status nidx_leaf_reader_new(const struct nidx_node *leaf,
                                      const struct nidx_segment *segment,
                                      struct nidx_leaf_reader **out,
                                      struct nidx_error *err);
void nidx_leaf_reader_free(struct nidx_leaf_reader *r);

/**
 * Replaces the contents of out by the occurrences in doc. Documents may come
 * in any order, rising ones are cheap. with_forms fills form in any case.
 */
enum nidx_status nidx_leaf_read(struct nidx_leaf_reader *r, nidx_docid doc,
                                bool with_forms, struct nidx_leaf_list *out,
                                struct nidx_error *err);

/**
 * The numbers that the forms of an alternative have in a segment, into
 * numbers (room for term->n_forms); returns in n how many the segment knows.
 */
enum nidx_status nidx_leaf_form_numbers(const struct nidx_segment *segment,
                                        uint8_t field,
                                        const struct nidx_leaf_term *term,
                                        uint32_t *numbers, uint32_t *n,
                                        struct nidx_error *err);

#endif
