/* flush.h: what an inverter gathered, to a segment.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_FLUSH_H
#define NIDX_INDEXER_FLUSH_H

#include "indexer/write/inverter.h"

/**
 * Writes terms, forms and keys of v's documents to w, to which their columns
 * and text went already, and finishes it. Where documents have equal keys the
 * one with the highest seq keeps it; the others get keys that nobody asks
 * for, and their dead is set: the caller marks them as deleted.
 */
enum nidx_status nidx_flush(struct nidx_inverter *v,
                            struct nidx_segment_writer *w,
                            struct nidx_segment_info *info,
                            struct nidx_error *err);

#endif
