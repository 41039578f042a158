/* merge.h: several segments to one.
 *
 * Everything streams: string tables are read side by side, posting lists
 * block by block, stored text is copied in whole blocks. Documents keep their
 * order, segment after segment; deleted ones are left out.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_MERGE_H
#define NIDX_INDEXER_MERGE_H

#include "common/segment/segment.h"

/** Segments that are merged at most at once. */
#define NIDX_MERGE_MAX 1024

struct nidx_merge_input {
    struct nidx_segment *const *segments; /**< borrowed */
    uint32_t n;
    uint32_t title_weight;
    size_t memory;             /**< bytes it may take, besides the sink's */
    nidx_progress_fn progress; /**< may be NULL */
    void *context;
};

/**
 * Writes the merged segment to sink and fills info (id is the caller's).
 * Where no document is left nothing is written and info->n_docs is 0. STOPPED
 * where progress asked for it.
 */
enum nidx_status nidx_merge_segments(const struct nidx_merge_input *input,
                                     struct nidx_part_sink *sink,
                                     struct nidx_segment_info *info,
                                     struct nidx_error *err);

#endif
