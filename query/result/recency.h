/* recency.h: how the age of an article counts in its score.
 *
 * It is a factor of the score,
 *
 *     (1 + 2^(-age / halflife)) / 2
 *
 * in double precision, and the product is rounded to nearest, but is at least
 * 1 where the score was: 1 for an article of now, 3/4 for one of a half-life
 * ago, and never below 1/2, which those without a date have. An article of the
 * future is of now.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_QUERY_RECENCY_H
#define NIDX_QUERY_RECENCY_H

#include "common/segment/segment.h"
#include "query/plan/exec.h"

/** Multiplies the score of a document. */
enum nidx_status nidx_recency_weigh(const struct nidx_recency *r,
                                    const struct nidx_segment *s,
                                    nidx_docid doc, nidx_score *score);
/** The factor of something of then (seconds since 1970). */
double nidx_recency_factor(const struct nidx_recency *r, bool dated,
                           int64_t then);

#endif
