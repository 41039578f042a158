/* failing.h: memory that runs out when a test wants it to.
 *
 * Programs are linked with -Wl,--wrap for malloc, calloc, realloc, strdup,
 * strndup and aligned_alloc, or compile failing.c with FAILING_LIBS. Any
 * number of threads may allocate.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_TESTS_FAILING_H
#define NIDX_TESTS_FAILING_H

#include <stdint.h>

/** The nth allocation from now on fails, and all behind it; 0: none. */
void failing_from(uint64_t nth);
/** The nth alone. */
void failing_once(uint64_t nth);
/** Whether one has failed since. */
int failing_met(void);

#endif
