/* memory_part.h: a sink and source of parts in memory, for tests of codecs.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_TESTS_MEMORY_PART_H
#define NIDX_TESTS_MEMORY_PART_H

#include "common/codec/part.h"

struct memory_chunk {
    uint32_t number;
    size_t len;
    uint8_t *data; /**< len bytes and NIDX_PAD more, allocated to the byte */
};

/** Zero-initialise, then memory_part_init; give &m.sink and &m.source. */
struct memory_part {
    struct nidx_part_sink sink;
    struct nidx_part_source source;
    struct {
        struct memory_chunk *items; /**< by rising number */
        size_t n, cap;
    } parts[NIDX_PART_COUNT];
    int puts_left; /**< puts that succeed before all fail; -1: never fail */
    int gets_left; /**< the same for gets */
};

void memory_part_init(struct memory_part *m);
void memory_part_done(struct memory_part *m);

/** To look at, or to spoil; NULL where there is no such chunk. */
struct memory_chunk *memory_part_find(struct memory_part *m,
                                      enum nidx_part part, uint32_t chunk);
/** Cuts or extends (with zeros) a chunk. */
void memory_part_resize(struct memory_chunk *c, size_t len);
/** Takes a chunk away. */
void memory_part_drop(struct memory_part *m, enum nidx_part part,
                      uint32_t chunk);
/** Payload bytes of a part, or of all parts (part 0). */
uint64_t memory_part_bytes(const struct memory_part *m, unsigned part);

#endif
