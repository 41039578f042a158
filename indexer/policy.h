/* policy.h: which segments are merged, and when.
 *
 * Segments of like size make a tier; when a tier is full its segments become
 * one of the next. So every document is copied once a tier, and the number of
 * segments grows with the logarithm of the index (as Lucene's and LevelDB's).
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_POLICY_H
#define NIDX_INDEXER_POLICY_H

#include "common/manifest.h"

/** Segments of a tier, and about how much larger the next tier's are. */
#define NIDX_TIER 10

/**
 * Chooses segments to be merged now: picked gets their indexes, rising, and
 * has room for all. Returns how many; 0: nothing to do. One alone is
 * rewritten because much of it is deleted.
 */
uint32_t nidx_policy_choose(const struct nidx_segment_info *segments,
                            uint32_t n, uint32_t *picked);

#endif
