/* failing.c: memory that runs out when a test wants it to.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/failing.h"

#include <stdbool.h>
#include <stddef.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);

static uint64_t left; /* allocations that succeed, plus 1; 0: all */
static bool met;

void failing_from(uint64_t nth)
{
    left = nth;
    met = false;
}

int failing_met(void)
{
    return met;
}

static bool fails(void)
{
    if (!left)
        return false;
    if (left > 1) {
        left--;
        return false;
    }
    met = true;
    return true;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t size)
{
    return fails() ? NULL : __real_realloc(p, size);
}
