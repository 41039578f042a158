/* bytes.h: reading and writing little-endian bytes, safely.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_BYTES_H
#define NIDX_COMMON_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/** Borrowed bytes. */
struct nidx_bytes {
    const uint8_t *data;
    size_t len;
};

/** Compares as memcmp does, shorter first where one is a prefix. */
int nidx_bytes_compare(struct nidx_bytes a, struct nidx_bytes b);

/**
 * Takes bytes apart. A read past the end gives 0 and sets bad, which the
 * caller tests once a record.
 */
struct nidx_reader {
    const uint8_t *p, *end;
    bool bad;
};

static inline struct nidx_reader nidx_reader_of(const void *data, size_t len)
{
    struct nidx_reader r = {data, (const uint8_t *)data + len, false};
    return r;
}

static inline size_t nidx_reader_left(const struct nidx_reader *r)
{
    return (size_t)(r->end - r->p);
}

/** n bytes in place, or NULL and bad. */
static inline const uint8_t *nidx_read_bytes(struct nidx_reader *r, size_t n)
{
    if (nidx_reader_left(r) < n) {
        r->bad = true;
        r->p = r->end;
        return NULL;
    }
    const uint8_t *p = r->p;
    r->p += n;
    return p;
}

uint8_t nidx_read_u8(struct nidx_reader *r);
uint16_t nidx_read_u16(struct nidx_reader *r);
uint32_t nidx_read_u32(struct nidx_reader *r);
uint64_t nidx_read_u64(struct nidx_reader *r);
/** LEB128, at most 10 bytes (5 for u32); longer or overflowing sets bad. */
uint64_t nidx_read_varint(struct nidx_reader *r);
uint32_t nidx_read_varint32(struct nidx_reader *r);

/** Loads from unaligned little-endian memory; the caller has checked it. */
static inline uint16_t nidx_load16(const uint8_t *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}
static inline uint32_t nidx_load32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
           (uint32_t)p[3] << 24;
}
static inline uint64_t nidx_load64(const uint8_t *p)
{
    return (uint64_t)nidx_load32(p) | (uint64_t)nidx_load32(p + 4) << 32;
}

/** Stores to unaligned little-endian memory. */
static inline void nidx_store16(uint8_t *to, uint16_t v)
{
    to[0] = (uint8_t)v;
    to[1] = (uint8_t)(v >> 8);
}
static inline void nidx_store32(uint8_t *to, uint32_t v)
{
    nidx_store16(to, (uint16_t)v);
    nidx_store16(to + 2, (uint16_t)(v >> 16));
}

/**
 * A growable byte string. A failed allocation sets oom and later writes do
 * nothing; the caller tests oom once, at the end. Zero-initialised is empty.
 */
struct nidx_buf {
    uint8_t *data;
    size_t len, cap;
    bool oom;
};

void nidx_buf_done(struct nidx_buf *b);
uint8_t *nidx_buf_reserve_slow(struct nidx_buf *b, size_t n);
void nidx_buf_varint_long(struct nidx_buf *b, uint64_t v);

/** Room for n more bytes at data + len (len unchanged), or NULL and oom. */
static inline uint8_t *nidx_buf_reserve(struct nidx_buf *b, size_t n)
{
    if (b->cap - b->len < n || b->oom || !b->data)
        return nidx_buf_reserve_slow(b, n);
    return b->data + b->len;
}

static inline void nidx_buf_put(struct nidx_buf *b, const void *data, size_t n)
{
    uint8_t *to = nidx_buf_reserve(b, n);

    if (to && n) {
        memcpy(to, data, n);
        b->len += n;
    }
}

static inline void nidx_buf_u8(struct nidx_buf *b, uint8_t v)
{
    uint8_t *to = nidx_buf_reserve(b, 1);

    if (to) {
        *to = v;
        b->len++;
    }
}

static inline void nidx_buf_u16(struct nidx_buf *b, uint16_t v)
{
    uint8_t *to = nidx_buf_reserve(b, 2);

    if (to) {
        nidx_store16(to, v);
        b->len += 2;
    }
}

static inline void nidx_buf_u32(struct nidx_buf *b, uint32_t v)
{
    uint8_t *to = nidx_buf_reserve(b, 4);

    if (to) {
        nidx_store32(to, v);
        b->len += 4;
    }
}

static inline void nidx_buf_u64(struct nidx_buf *b, uint64_t v)
{
    uint8_t *to = nidx_buf_reserve(b, 8);

    if (to) {
        nidx_store32(to, (uint32_t)v);
        nidx_store32(to + 4, (uint32_t)(v >> 32));
        b->len += 8;
    }
}

static inline void nidx_buf_varint(struct nidx_buf *b, uint64_t v)
{
    if (v < 0x80)
        nidx_buf_u8(b, (uint8_t)v);
    else
        nidx_buf_varint_long(b, v);
}

void nidx_buf_zero(struct nidx_buf *b, size_t n);

/** a * b, or SIZE_MAX (which no allocation grants) when it overflows. */
size_t nidx_mul_size(size_t a, size_t b);

#endif
