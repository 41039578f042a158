/* mergelist.h: the posting lists of one term in several segments to one.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_MERGELIST_H
#define NIDX_INDEXER_MERGELIST_H

#include "common/codec/postings_batch.h"
#include "indexer/merge/docmap.h"
#include "indexer/merge/kway.h"
#include "indexer/merge/mergeforms.h"

/** What copying lists needs; kept from list to list for its buffers. */
struct nidx_merge_list {
    struct nidx_segment *const *segments; /**< borrowed, as all others */
    const struct nidx_docmap *maps;
    struct nidx_postings_writer *postings;
    struct nidx_merge_forms *forms; /**< NULL: a list without forms */

    struct nidx_term_info *infos; /**< by place in the group */
    struct nidx_buf value;
    struct nidx_posting_batch batch;
    /* By number in the source at hand: what it becomes. */
    uint16_t *numbers;
    uint32_t *pairs;
    uint32_t cap_numbers, cap_pairs, n_numbers;
    uint32_t *seen; /**< by new number: last document counted, plus one */
    uint32_t cap_seen, n_seen;
};

enum nidx_status nidx_merge_list_init(struct nidx_merge_list *l,
                                      struct nidx_segment *const *segments,
                                      const struct nidx_docmap *maps,
                                      uint32_t n,
                                      struct nidx_postings_writer *postings,
                                      struct nidx_error *err);
void nidx_merge_list_done(struct nidx_merge_list *l);

/** Merges the lists of the key that k stands on and adds the term to w, where
 * any live document has it. */
enum nidx_status nidx_merge_list_copy(struct nidx_merge_list *l,
                                      const struct nidx_kway *k,
                                      struct nidx_segment_writer *w,
                                      struct nidx_error *err);

#endif
