/* joins.h: words that are written apart and together.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_JOINS_H
#define NIDX_COMMON_JOINS_H

#include <stdbool.h>
#include <stddef.h>

/** Whether nidx_analyze_joins can hold with a as the first word. */
bool nidx_joins_first(const char *a, size_t a_len);

#endif
