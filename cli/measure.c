/* measure.c: how good a ranking is, given judgements.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "measure.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

const char *const nidx_cli_measure_names[NIDX_CLI_MEASURES] = {
    "MAP", "nDCG@10", "P@10", "R@1000"};

static double gain_of(const char *doc, const struct nidx_cli_judgement *judged,
                      size_t n)
{
    size_t low = 0, high = n;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = strcmp(judged[middle].doc, doc);
        if (order == 0)
            return judged[middle].gain > 0 ? judged[middle].gain : 0;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

/** The ten best gains that there are, discounted. */
static double ideal_dcg(const struct nidx_cli_judgement *judged, size_t n)
{
    double best[10] = {0}, sum = 0;

    for (size_t i = 0; i < n; i++) {
        double gain = judged[i].gain;
        for (size_t k = 0; k < 10 && gain > 0; k++) {
            if (gain > best[k]) {
                const double moved = best[k];
                best[k] = gain;
                gain = moved;
            }
        }
    }
    for (size_t k = 0; k < 10; k++)
        sum += best[k] / log2((double)k + 2);
    return sum;
}

void nidx_cli_measure(const char *const *docs, size_t n,
                      const struct nidx_cli_judgement *judged, size_t n_judged,
                      double out[NIDX_CLI_MEASURES])
{
    size_t relevant = 0, found = 0, early = 0;
    double precisions = 0, dcg = 0;
    const double ideal = ideal_dcg(judged, n_judged);

    for (size_t i = 0; i < n_judged; i++)
        relevant += judged[i].gain > 0;
    for (size_t i = 0; i < n && i < 1000; i++) {
        const double gain = gain_of(docs[i], judged, n_judged);
        if (gain <= 0)
            continue;
        found++;
        early += i < 10;
        precisions += (double)found / (double)(i + 1);
        if (i < 10)
            dcg += gain / log2((double)i + 2);
    }
    out[NIDX_CLI_MAP] = relevant ? precisions / (double)relevant : 0;
    out[NIDX_CLI_NDCG] = ideal > 0 ? dcg / ideal : 0;
    out[NIDX_CLI_PRECISION] = (double)early / 10;
    out[NIDX_CLI_RECALL] = relevant ? (double)found / (double)relevant : 0;
}

static uint64_t next_random(uint64_t *state)
{
    /* Marsaglia, "Xorshift RNGs", 2003. */
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

bool nidx_cli_bootstrap(const double *values, size_t n, size_t stride,
                        struct nidx_cli_interval *out)
{
    enum {
        SAMPLES = 2000
    };
    uint64_t state = 88172645463325252u;
    double *means = malloc(SAMPLES * sizeof(*means));

    *out = (struct nidx_cli_interval){0};
    if (!means)
        return false;
    for (size_t i = 0; i < n; i++)
        out->mean += values[i * stride] / (double)n;
    for (size_t s = 0; s < SAMPLES; s++) {
        means[s] = 0;
        for (size_t i = 0; i < n; i++)
            means[s] += values[next_random(&state) % n * stride] / (double)n;
    }
    qsort(means, SAMPLES, sizeof(*means), by_value);
    out->low = means[SAMPLES / 40];
    out->high = means[SAMPLES - 1 - SAMPLES / 40];
    free(means);
    return true;
}
