/* slices.h: byte strings that grow, many and mostly small, in one pool.
 *
 * Each string is a list of slices that double in size; the last four bytes of
 * a full slice hold the offset of the next (as Lucene's ByteBlockPool). The
 * pool is one mapping that is larger than what is used of it, so growing
 * moves no bytes and what was never written costs no memory.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_SLICES_H
#define NIDX_INDEXER_SLICES_H

#include "common/base/bytes.h"

struct nidx_slices {
    uint8_t *bytes;
    uint32_t used, cap;
    bool oom; /**< sticky; later writes do nothing */
};

/** A string of the pool; zero-initialised is empty. */
struct nidx_slice {
    uint32_t first; /**< offset of its first slice, plus one; 0: empty */
    uint32_t at;    /**< where the next byte goes */
    uint32_t end;   /**< of the slice that holds at */
    uint32_t size;  /**< of that slice */
};

bool nidx_slices_init(struct nidx_slices *s, size_t room);
void nidx_slices_done(struct nidx_slices *s);
/** Forgets all strings; keeps the memory. */
void nidx_slices_clear(struct nidx_slices *s);

/** Makes room for a byte at x->at; false when memory is out. */
bool nidx_slices_grow(struct nidx_slices *s, struct nidx_slice *x);

static inline void nidx_slices_u8(struct nidx_slices *s, struct nidx_slice *x,
                                  uint8_t v)
{
    if (x->at == x->end && !nidx_slices_grow(s, x))
        return;
    s->bytes[x->at++] = v;
}

static inline void nidx_slices_varint(struct nidx_slices *s,
                                      struct nidx_slice *x, uint32_t v)
{
    while (v >= 0x80) {
        nidx_slices_u8(s, x, (uint8_t)(v | 0x80));
        v >>= 7;
    }
    nidx_slices_u8(s, x, (uint8_t)v);
}

/** The string in place, where it is one slice or empty. */
bool nidx_slices_whole(const struct nidx_slices *s, const struct nidx_slice *x,
                       struct nidx_bytes *out);
/** Appends the whole string to out. */
void nidx_slices_read(const struct nidx_slices *s, const struct nidx_slice *x,
                      struct nidx_buf *out);

#endif
