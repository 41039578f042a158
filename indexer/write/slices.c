/* slices.c: byte strings that grow, many and mostly small, in one pool.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/write/slices.h"

#include <stdlib.h>

#include "common/base/room.h"

#define FIRST 8u
#define LAST  2048u
#define LINK  4u

bool nidx_slices_init(struct nidx_slices *s, size_t room)
{
    const size_t cap = room > UINT32_MAX / 2 ? UINT32_MAX / 2 : room;

    *s = (struct nidx_slices){.cap = (uint32_t)cap};
    s->bytes = nidx_room_new(cap);
    return s->bytes != NULL;
}

void nidx_slices_done(struct nidx_slices *s)
{
    free(s->bytes);
    *s = (struct nidx_slices){0};
}

void nidx_slices_clear(struct nidx_slices *s)
{
    s->used = 0;
    s->oom = false;
}

/** The offset of n new bytes, or UINT32_MAX. */
static uint32_t take(struct nidx_slices *s, uint32_t n)
{
    if (s->cap - s->used < n) {
        const uint64_t cap = (uint64_t)s->cap * 2 + LAST;
        uint8_t *bytes =
            cap < UINT32_MAX ? nidx_room_resize(s->bytes, s->used, cap) : NULL;
        if (!bytes) {
            s->oom = true;
            return UINT32_MAX;
        }
        s->bytes = bytes;
        s->cap = (uint32_t)cap;
    }
    const uint32_t at = s->used;
    s->used += n;
    return at;
}

static uint32_t next_size(uint32_t size)
{
    return size < LAST ? size * 2 : LAST;
}

bool nidx_slices_grow(struct nidx_slices *s, struct nidx_slice *x)
{
    if (s->oom)
        return false;
    if (x->first == 0) {
        const uint32_t at = take(s, FIRST);
        if (at == UINT32_MAX)
            return false;
        x->first = at + 1;
        x->at = at;
        x->end = at + FIRST;
        x->size = FIRST;
        return true;
    }
    const uint32_t size = next_size(x->size);
    const uint32_t at = take(s, size);
    if (at == UINT32_MAX)
        return false;
    uint8_t *link = s->bytes + x->end - LINK;
    memcpy(s->bytes + at, link, LINK);
    for (unsigned i = 0; i < LINK; i++)
        link[i] = (uint8_t)(at >> 8 * i);
    x->at = at + LINK;
    x->end = at + size;
    x->size = size;
    return true;
}

bool nidx_slices_whole(const struct nidx_slices *s, const struct nidx_slice *x,
                       struct nidx_bytes *out)
{
    *out = (struct nidx_bytes){NULL, 0};
    if (x->first == 0)
        return true;
    const uint32_t from = x->first - 1;
    if (x->end != from + FIRST)
        return false;
    *out = (struct nidx_bytes){s->bytes + from, x->at - from};
    return true;
}

void nidx_slices_read(const struct nidx_slices *s, const struct nidx_slice *x,
                      struct nidx_buf *out)
{
    if (x->first == 0)
        return;
    uint32_t from = x->first - 1;
    for (uint32_t size = FIRST;; size = next_size(size)) {
        if (from + size == x->end) {
            nidx_buf_put(out, s->bytes + from, x->at - from);
            return;
        }
        nidx_buf_put(out, s->bytes + from, size - LINK);
        from = nidx_load32(s->bytes + from + size - LINK);
    }
}
