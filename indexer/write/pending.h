/* pending.h: segments that are written and not published yet.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_PENDING_H
#define NIDX_INDEXER_PENDING_H

#include "indexer/write/inverter.h"

struct nidx_pending {
    struct nidx_segment_info info;
    uint64_t *seqs;    /**< of its documents */
    uint64_t *deleted; /**< bits of those whose key another of the segment
                            took; NULL where there are none */
    uint32_t n_buried; /**< bits of deleted */
};

/** Takes down what publishing needs of a flushed inverter. */
enum nidx_status nidx_pending_init(struct nidx_pending *p,
                                   const struct nidx_inverter *v,
                                   const struct nidx_segment_info *info,
                                   struct nidx_error *err);
void nidx_pending_done(struct nidx_pending *p);

#endif
