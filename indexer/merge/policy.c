/* policy.c: which segments are merged, and when.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/merge/policy.h"

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
        if (counts[tier] >= (tier == 0 ? NIDX_TIER : NIDX_TIER_LARGE))
            return tier;
    }
    return TIERS;
}

static uint64_t sum_live(const struct nidx_segment_info *segments, uint32_t n,
                         const uint32_t *picked)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < n; i++)
        sum += live_bytes(&segments[picked ? picked[i] : i]);
    return sum;
}

/** Leaves out the largest of those picked until they are at most half of all;
 * two stay. */
static uint32_t halve(const struct nidx_segment_info *segments, uint32_t n,
                      uint32_t *picked, uint32_t n_picked)
{
    const uint64_t most = sum_live(segments, n, NULL) / 2;
    uint64_t sum = sum_live(segments, n_picked, picked);

    while (n_picked > 2 && sum > most) {
        uint32_t largest = 0;
        for (uint32_t i = 1; i < n_picked; i++) {
            if (live_bytes(&segments[picked[i]]) >
                live_bytes(&segments[picked[largest]]))
                largest = i;
        }
        sum -= live_bytes(&segments[picked[largest]]);
        n_picked--;
        for (uint32_t i = largest; i < n_picked; i++)
            picked[i] = picked[i + 1];
    }
    return n_picked;
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
    if (tier > 0 && n_picked > 0)
        n_picked = halve(segments, n, picked, n_picked);
    for (uint32_t i = 0; i < n && n_picked == 0; i++) {
        if (segments[i].n_deleted > segments[i].n_docs / DELETED_RATIO)
            picked[n_picked++] = i;
    }
    return n_picked;
}
