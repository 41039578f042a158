/* arena.c: memory of things that die at once.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/arena.h"

#include <stdalign.h>
#include <stdlib.h>

#define BLOCK_SIZE 4096

struct block {
    struct block *next;
    size_t used, size;
    alignas(max_align_t) uint8_t bytes[];
};

struct nidx_arena {
    struct block *blocks;
};

struct nidx_arena *nidx_arena_new(void)
{
    return calloc(1, sizeof(struct nidx_arena));
}

void nidx_arena_free(struct nidx_arena *a)
{
    if (!a)
        return;
    while (a->blocks) {
        struct block *b = a->blocks;
        a->blocks = b->next;
        free(b);
    }
    free(a);
}

void *nidx_arena_alloc(struct nidx_arena *a, size_t size)
{
    const size_t align = alignof(max_align_t);
    struct block *b = a->blocks;

    if (size > SIZE_MAX - sizeof(*b) - align)
        return NULL;
    size = (size + align - 1) / align * align;
    if (!b || b->size - b->used < size) {
        const size_t room = size > BLOCK_SIZE ? size : BLOCK_SIZE;
        b = calloc(1, sizeof(*b) + room);
        if (!b)
            return NULL;
        b->size = room;
        b->next = a->blocks;
        a->blocks = b;
    }
    void *p = b->bytes + b->used;
    b->used += size;
    return p;
}

struct nidx_bytes nidx_arena_bytes(struct nidx_arena *a, const void *data,
                                   size_t len)
{
    uint8_t *copy = len == SIZE_MAX ? NULL : nidx_arena_alloc(a, len + 1);

    if (copy && len > 0)
        memcpy(copy, data, len);
    return (struct nidx_bytes){copy, copy ? len : 0};
}
