/* policy.h: which segments are merged, and when.
 *
 * Segments of like size make a tier; when a tier is full its segments become
 * one of the next. So every document is copied once a tier, and the number of
 * segments grows with the logarithm of the index (as Lucene's and LevelDB's).
 * Of large segments the smaller ones are merged, up to half of the index: the
 * copy needs room in the file beside its sources.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_POLICY_H
#define NIDX_INDEXER_POLICY_H

#include "common/segment/manifest.h"

/** Segments of the lowest tier, and about how much larger the next tier's
 * are. */
#define NIDX_TIER 10
/** Segments of the others: what one run of indexing flushes is seldom more,
 * and is not copied before it is asked for. */
#define NIDX_TIER_LARGE 16

/**
 * Chooses segments to be merged now: picked gets their indexes, rising, and
 * has room for all. Returns how many; 0: nothing to do. One alone is
 * rewritten because much of it is deleted.
 */
uint32_t nidx_policy_choose(const struct nidx_segment_info *segments,
                            uint32_t n, uint32_t *picked);

#endif
