/* grow.h: room in arrays that grow.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_GROW_H
#define NIDX_INDEXER_GROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Makes room for n elements of size bytes in the array that the pointer at
 * array points to; false and unchanged when memory is out. cap is the room
 * that there is. */
bool nidx_grow_slow(void *array, uint32_t *cap, uint64_t n, size_t size);

static inline bool nidx_grow(void *array, uint32_t *cap, uint64_t n,
                             size_t size)
{
    return n <= *cap || nidx_grow_slow(array, cap, n, size);
}

#endif
