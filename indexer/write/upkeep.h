/* upkeep.h: merging the segments of a writer's index.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_UPKEEP_H
#define NIDX_INDEXER_UPKEEP_H

#include "indexer/write/writer.h"

/** Merges what the policy says. Whatever goes wrong, what was published
 * before stands as it is. */
enum nidx_status nidx_upkeep(struct nidx_writer *w, struct nidx_error *err);

/** Merges everything into one segment without deleted documents. */
enum nidx_status nidx_upkeep_all(struct nidx_writer *w,
                                 nidx_progress_fn progress, void *context,
                                 struct nidx_error *err);

#endif
