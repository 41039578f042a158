/* joins.h: words that are written apart and together.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_JOINS_H
#define NIDX_COMMON_JOINS_H

#include <stdbool.h>
#include <stddef.h>

enum nidx_joins {
    NIDX_JOINS_NEVER,
    NIDX_JOINS_PAIR,  /**< with a few words (`week long`) */
    NIDX_JOINS_PREFIX /**< with any (`bi partisan`) */
};

/** Whether nidx_analyze_joins can hold with a as the first word. */
enum nidx_joins nidx_joins_first(const char *a, size_t a_len);

/** First letters of the second words of pairs. */
#define NIDX_JOINS_SECONDS "bcflmsw"

#endif
