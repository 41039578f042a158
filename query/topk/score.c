/* score.c: BM25, one value at a time.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/topk/score.h"

double nidx_score_idf(uint64_t n, uint64_t df)
{
    if (n < df)
        n = df;
    return log(1.0 + ((double)(n - df) + 0.5) / ((double)df + 0.5));
}

float nidx_score_weight(float boost, float idf)
{
    if (!(boost > 0))
        boost = 0;
    if (boost > NIDX_BOOST_MAX)
        boost = NIDX_BOOST_MAX;
    float w = boost * idf * 1048576.0f;

    return w < NIDX_SCORE_MAX ? w : NIDX_SCORE_MAX;
}

float nidx_score_inv(float k1, float b, float len, float avglen)
{
    return 1.0f / (k1 * ((1.0f - b) + b * len / avglen));
}

float nidx_score_x_below(float w, uint64_t limit)
{
    if (limit <= 1)
        return -1.0f;
    float left = w - ((float)limit - 0.5f);
    if (left <= 0 || limit > (uint64_t)w)
        return nidx_score_x(w, INFINITY) < limit ? INFINITY : w;
    /* About where the limit is met; then down until it surely is not. */
    float x = w / left - 1.0f;
    for (float step = 1e-6f; nidx_score_x(w, x) >= limit; step *= 2) {
        x -= x * step;
        if (step > 1.0f)
            return -1.0f;
    }
    return x;
}
