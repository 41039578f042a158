/* recency.c: how the age of an article counts in its score.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/result/recency.h"

#include <math.h>

#include "query/parse/range.h"

double nidx_recency_factor(const struct nidx_recency *r, bool dated,
                           int64_t then)
{
    if (!dated)
        return 0.5;
    const double age = (double)(r->now - then);
    return (1.0 + (age > 0 ? exp2(-age / r->halflife) : 1.0)) / 2.0;
}

/* A raw date; a damaged one, too, leaves a difference that fits. */
static int64_t seconds_of(uint64_t date)
{
    const uint64_t most = 2 * NIDX_DATE_ZERO - 1;

    return (int64_t)(date < most ? date : most) - (int64_t)NIDX_DATE_ZERO;
}

enum nidx_status nidx_recency_weigh(const struct nidx_recency *r,
                                    const struct nidx_segment *s,
                                    nidx_docid doc, nidx_score *score)
{
    uint64_t date = 0;
    enum nidx_status status =
        nidx_column_get(&s->columns[NIDX_COLUMN_DATE], doc, &date, NULL);

    if (status != NIDX_OK || *score == 0)
        return status;
    const long long weighed = llrint(
        (double)*score * nidx_recency_factor(r, date > 0, seconds_of(date)));
    *score = weighed < 1 ? 1 : (nidx_score)weighed;
    return NIDX_OK;
}
