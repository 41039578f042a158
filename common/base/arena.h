/* arena.h: memory of things that die at once; an arena never leaves its owner.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_ARENA_H
#define NIDX_COMMON_ARENA_H

#include "common/base/bytes.h"

struct nidx_arena;
struct nidx_arena *nidx_arena_new(void);
void nidx_arena_free(struct nidx_arena *a);
/** Zeroed, aligned for anything; NULL when memory is out. */
void *nidx_arena_alloc(struct nidx_arena *a, size_t size);
/** A copy of bytes with a zero behind it; data is NULL when memory is out. */
struct nidx_bytes nidx_arena_bytes(struct nidx_arena *a, const void *data,
                                   size_t len);

#endif
