/* phrase.h: phrases of plain words: their frequency in a document.
 *
 * The common case of spans.h, equal by test: words in direct succession, each
 * of one or several terms, some of which count whole. It reads positions only,
 * and gives way to the span algebra in documents where an occurrence is longer
 * than one position, or a term stands of which only some forms count.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_QUERY_PHRASE_H
#define NIDX_QUERY_PHRASE_H

#include "query/plan/plan.h"
#include "query/spans/spans.h"

/** Positions of a word in one document. */
struct nidx_positions {
    nidx_pos *items;
    uint32_t n, cap;
};

/** One alternative of a word, and where it stands in the document asked for. */
struct nidx_phrase_reader {
    struct nidx_list list;
    struct nidx_part_leaf part; /**< what the list reads */
    uint32_t index;             /**< of the posting in its block */
    uint32_t n;                 /**< positions; 0: not in the document */
    bool forms;                 /**< only some of its forms count */
};

/** A distinct word of the phrase. */
struct nidx_phrase_word {
    const struct nidx_pnode *leaf;
    uint32_t n_readers;
    struct nidx_phrase_reader *readers;
    /** Where the caller knows it: the document's rank in the only list. */
    bool has_rank;
    uint32_t rank;
    uint32_t n; /**< positions in the document */
    bool located, read, used;
    struct nidx_positions positions;
};

struct nidx_phrase {
    const struct nidx_segment *segment;
    const struct nidx_pnode *node;
    uint32_t number; /**< of the segment */
    uint32_t n_slots, n_words;
    uint32_t *slots; /**< which word is at each place */
    /** Of several words: the neighbours that fewest documents are likely to
     * hold beside each other, from this slot on. */
    uint32_t pair;
    struct nidx_phrase_word *words;
    struct nidx_positions starts;
    struct nidx_spans *spans; /**< made when first needed */
    bool limited;
};

/** fits is false where node is no phrase of plain words in this segment. */
enum nidx_status nidx_phrase_open(struct nidx_phrase *ph, struct nidx_plan *p,
                                  const struct nidx_pnode *node,
                                  uint32_t segment, bool *fits,
                                  struct nidx_error *err);
void nidx_phrase_done(struct nidx_phrase *ph);

/**
 * The weighted number of spans that do not overlap in doc; 0: none. Documents
 * rise.
 */
enum nidx_status nidx_phrase_freq(struct nidx_phrase *ph, nidx_docid doc,
                                  uint32_t *freq);

#endif
