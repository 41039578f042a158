/* failing.c: memory that runs out when a test wants it to.
 *
 * With FAILING_LIBS this is glibc's allocator itself, as all libraries see it;
 * sanitizers have their own, so else the calls of nidx alone are wrapped.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/failing.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

static atomic_uint_fast64_t count; /* of allocations, from 1 */
static atomic_uint_fast64_t first; /* that fails; 0: none does */
static atomic_bool once, met;

static void start(uint64_t nth, bool only)
{
    atomic_store(&first, 0);
    atomic_store(&count, 0);
    atomic_store(&met, false);
    atomic_store(&once, only);
    atomic_store(&first, nth);
}

void failing_from(uint64_t nth)
{
    start(nth, false);
}

void failing_once(uint64_t nth)
{
    start(nth, true);
}

int failing_met(void)
{
    return atomic_load(&met);
}

static bool fails(void)
{
    uint64_t nth = atomic_load(&first);

    if (nth == 0)
        return false;
    uint64_t n = atomic_fetch_add(&count, 1) + 1;
    if (n < nth || (n > nth && atomic_load(&once)))
        return false;
    atomic_store(&met, true);
    errno = ENOMEM;
    return true;
}

#ifdef FAILING_LIBS

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);

void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    return fails() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
    return fails() ? NULL : __libc_realloc(p, size);
}

#else

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
char *__real_strdup(const char *s);
char *__real_strndup(const char *s, size_t n);
void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);
char *__wrap_strdup(const char *s);
char *__wrap_strndup(const char *s, size_t n);
void *__wrap_aligned_alloc(size_t alignment, size_t size);

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

char *__wrap_strdup(const char *s)
{
    return fails() ? NULL : __real_strdup(s);
}

char *__wrap_strndup(const char *s, size_t n)
{
    return fails() ? NULL : __real_strndup(s, n);
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return fails() ? NULL : __real_aligned_alloc(alignment, size);
}

#endif
