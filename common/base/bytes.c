/* bytes.c: reading and writing little-endian bytes, safely.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/base/bytes.h"

#include <stdlib.h>

#include "common/base/room.h"

int nidx_bytes_compare(struct nidx_bytes a, struct nidx_bytes b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int order = n ? memcmp(a.data, b.data, n) : 0;

    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

uint8_t nidx_read_u8(struct nidx_reader *r)
{
    const uint8_t *p = nidx_read_bytes(r, 1);
    return p ? *p : 0;
}

uint16_t nidx_read_u16(struct nidx_reader *r)
{
    const uint8_t *p = nidx_read_bytes(r, 2);
    return p ? nidx_load16(p) : 0;
}

uint32_t nidx_read_u32(struct nidx_reader *r)
{
    const uint8_t *p = nidx_read_bytes(r, 4);
    return p ? nidx_load32(p) : 0;
}

uint64_t nidx_read_u64(struct nidx_reader *r)
{
    const uint8_t *p = nidx_read_bytes(r, 8);
    return p ? nidx_load64(p) : 0;
}

uint64_t nidx_read_varint(struct nidx_reader *r)
{
    uint64_t v = 0;

    for (unsigned shift = 0; shift < 64; shift += 7) {
        const uint8_t *p = nidx_read_bytes(r, 1);
        if (!p)
            return 0;
        if (shift == 63 && *p > 1)
            break;
        v |= (uint64_t)(*p & 0x7f) << shift;
        if (*p < 0x80)
            return v;
    }
    r->bad = true;
    return 0;
}

uint32_t nidx_read_varint32(struct nidx_reader *r)
{
    uint64_t v = nidx_read_varint(r);

    if (v > UINT32_MAX) {
        r->bad = true;
        return 0;
    }
    return (uint32_t)v;
}

void nidx_buf_done(struct nidx_buf *b)
{
    free(b->data);
    *b = (struct nidx_buf){0};
}

static bool grow(struct nidx_buf *b, size_t n)
{
    if (n > SIZE_MAX / 4 - b->len)
        return false;
    size_t cap = b->cap ? b->cap : 64;
    while (cap < b->len + n)
        cap += cap / 2;
    uint8_t *data = nidx_room_resize(b->data, b->len, cap);
    if (!data)
        return false;
    b->data = data;
    b->cap = cap;
    return true;
}

uint8_t *nidx_buf_reserve_slow(struct nidx_buf *b, size_t n)
{
    if (b->oom)
        return NULL;
    if ((!b->data || b->cap - b->len < n) && !grow(b, n)) {
        b->oom = true;
        return NULL;
    }
    return b->data + b->len;
}

void nidx_buf_varint_long(struct nidx_buf *b, uint64_t v)
{
    uint8_t *to = nidx_buf_reserve(b, 10);

    if (!to)
        return;
    while (v >= 0x80) {
        *to++ = (uint8_t)(v | 0x80);
        v >>= 7;
        b->len++;
    }
    *to = (uint8_t)v;
    b->len++;
}

void nidx_buf_zero(struct nidx_buf *b, size_t n)
{
    uint8_t *to = nidx_buf_reserve(b, n);

    if (to && n) {
        memset(to, 0, n);
        b->len += n;
    }
}

size_t nidx_mul_size(size_t a, size_t b)
{
    if (b != 0 && a > SIZE_MAX / b)
        return SIZE_MAX;
    return a * b;
}
