/* measure.h: how good a ranking is, given judgements.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_CLI_MEASURE_H
#define NIDX_CLI_MEASURE_H

#include "trec.h"

enum nidx_cli_measure {
    NIDX_CLI_MAP = 0,
    NIDX_CLI_NDCG,      /**< at 10; gains as judged, discount log2(rank + 1) */
    NIDX_CLI_PRECISION, /**< at 10 */
    NIDX_CLI_RECALL,    /**< at 1000 */
    NIDX_CLI_MEASURES
};
extern const char *const nidx_cli_measure_names[NIDX_CLI_MEASURES];

/** Measures of one topic: docs best first, judged sorted by document. */
void nidx_cli_measure(const char *const *docs, size_t n,
                      const struct nidx_cli_judgement *judged, size_t n_judged,
                      double out[NIDX_CLI_MEASURES]);

/** A mean and where 95 % of the means of resampled topics lie (percentile
 * bootstrap, Efron 1979; 2,000 samples, always the same ones). */
struct nidx_cli_interval {
    double mean, low, high;
};
/** values[i * stride]; false: no memory. */
bool nidx_cli_bootstrap(const double *values, size_t n, size_t stride,
                        struct nidx_cli_interval *out);

#endif
