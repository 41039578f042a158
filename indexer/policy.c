/* policy.c: which segments are merged, and when.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/policy.h"

/** Smaller segments are all of the lowest tier. */
#define FLOOR (UINT64_C(1) << 20)
#define TIERS 32

/** A segment with more than one deleted document in so many is rewritten. */
#define DELETED_RATIO 3

/** Bytes of what is alive in it. */
static uint64_t live_bytes(const struct nidx_segment_info *s)
{
    const uint32_t n_live =
        s->n_docs > s->n_deleted ? s->n_docs - s->n_deleted : 0;

    if (s->n_docs == 0)
        return 0;
    return (uint64_t)((double)s->bytes * ((double)n_live / s->n_docs));
}

static unsigned tier_of(const struct nidx_segment_info *s)
{
    unsigned tier = 0;

    for (uint64_t size = live_bytes(s) / FLOOR;
         size >= NIDX_TIER && tier + 1 < TIERS; size /= NIDX_TIER)
        tier++;
    return tier;
}

/** The lowest tier that is full, or TIERS. */
static unsigned full_tier(const struct nidx_segment_info *segments, uint32_t n)
{
    uint32_t counts[TIERS] = {0};

    for (uint32_t i = 0; i < n; i++)
        counts[tier_of(&segments[i])]++;
    for (unsigned tier = 0; tier < TIERS; tier++) {
        if (counts[tier] >= NIDX_TIER)
            return tier;
    }
    return TIERS;
}

uint32_t nidx_policy_choose(const struct nidx_segment_info *segments,
                            uint32_t n, uint32_t *picked)
{
    const unsigned tier = full_tier(segments, n);
    uint32_t n_picked = 0;

    /* What is smaller than the full tier comes along: it costs little, and
     * would soon be merged again. */
    for (uint32_t i = 0; i < n && tier < TIERS; i++) {
        if (tier_of(&segments[i]) <= tier)
            picked[n_picked++] = i;
    }
    for (uint32_t i = 0; i < n && n_picked == 0; i++) {
        if (segments[i].n_deleted > segments[i].n_docs / DELETED_RATIO)
            picked[n_picked++] = i;
    }
    return n_picked;
}
