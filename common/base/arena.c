/* arena.c: memory of things that die at once.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/base/arena.h"

#include <stdalign.h>
#include <stdlib.h>

#define BLOCK_SIZE 4096
#define FIRST_SIZE 2048

struct block {
    struct block *next;
    size_t used, size;
    alignas(max_align_t) uint8_t bytes[];
};

struct nidx_arena {
    alignas(max_align_t) struct block *blocks;
};

/* The first block lies in the same piece of memory: most arenas of queries
 * need no other. */
static struct block *first_of(struct nidx_arena *a)
{
    return (struct block *)(void *)(a + 1);
}

struct nidx_arena *nidx_arena_new(void)
{
    struct nidx_arena *a =
        malloc(sizeof(*a) + sizeof(struct block) + FIRST_SIZE);

    if (!a)
        return NULL;
    a->blocks = first_of(a);
    a->blocks->next = NULL;
    a->blocks->used = 0;
    a->blocks->size = FIRST_SIZE;
    return a;
}

void nidx_arena_free(struct nidx_arena *a)
{
    if (!a)
        return;
    while (a->blocks != first_of(a)) {
        struct block *b = a->blocks;
        a->blocks = b->next;
        free(b);
    }
    free(a);
}

static struct block *add_block(struct nidx_arena *a, size_t size)
{
    const size_t room = size > BLOCK_SIZE ? size : BLOCK_SIZE;
    struct block *b = malloc(sizeof(*b) + room);

    if (!b)
        return NULL;
    b->used = 0;
    b->size = room;
    b->next = a->blocks;
    a->blocks = b;
    return b;
}

/* Only what is asked for is cleared: most of a block is never used. */
void *nidx_arena_alloc(struct nidx_arena *a, size_t size)
{
    const size_t align = alignof(max_align_t);
    struct block *b = a->blocks;

    if (size > SIZE_MAX - sizeof(*b) - align)
        return NULL;
    size = (size + align - 1) / align * align;
    if (b->size - b->used < size)
        b = add_block(a, size);
    if (!b)
        return NULL;
    void *p = b->bytes + b->used;
    b->used += size;
    if (size > 0)
        memset(p, 0, size);
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
