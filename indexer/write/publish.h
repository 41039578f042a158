/* publish.h: making pending segments and deletions visible, in one step.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_PUBLISH_H
#define NIDX_INDEXER_PUBLISH_H

#include "indexer/write/writer.h"

/**
 * Publishes the writer's pending segments and removals. Of equal keys the one
 * that was added last stands; the others get deletion bits. All or nothing:
 * after a failure everything is pending still.
 */
enum nidx_status nidx_publish(struct nidx_writer *w, struct nidx_error *err);

/**
 * Puts a segment in the place of the n segments that sources (indexes in the
 * manifest, rising) name: what merging ends with. merged has its id; n_docs 0
 * means that nothing was left. origin (taken over) tells what of it is fresh.
 */
enum nidx_status nidx_publish_merged(struct nidx_writer *w,
                                     const struct nidx_segment_info *merged,
                                     const uint32_t *sources, uint32_t n,
                                     struct nidx_origin *origin,
                                     struct nidx_error *err);

#endif
