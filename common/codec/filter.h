/* filter.h: a Bloom filter over the keys of a segment's documents.
 *
 * Blocks of 64 bytes; a key's hash (XXH3-64) chooses a block, and six bits
 * of it, so that a look-up touches one line of the cache (Putze, Sanders and
 * Singler, Cache-, Hash- and Space-Efficient Bloom Filters, 2007). Ten bits a
 * key: about one key in a hundred that is not there passes.
 *
 * Chunk of part FILTER: NIDX_FILTER_ROWS blocks (the last chunk fewer).
 * Number of blocks B: (10 * keys + 511) / 512. Block of hash h: the high 32
 * bits of h times B, divided by 2^32. Bits: with g = h * 0x9e3779b97f4a7c15
 * (modulo 2^64), bits 10..18, 19..27, ... 55..63 of g are the numbers of six
 * bits; bit i of a block is bit i % 8 of its byte i / 8.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_FILTER_H
#define NIDX_COMMON_FILTER_H

#include "common/codec/part.h"

/** Blocks of a chunk: as many as fit. */
#define NIDX_FILTER_ROWS 1022

uint32_t nidx_filter_n_blocks(uint32_t n_keys);
uint32_t nidx_filter_n_chunks(uint32_t n_keys);

/** A filter being made; zero-initialise. */
struct nidx_filter_writer {
    uint8_t *bits;
    uint32_t n_keys;
};
enum nidx_status nidx_filter_begin(struct nidx_filter_writer *w,
                                   uint32_t n_keys, struct nidx_error *err);
void nidx_filter_add(struct nidx_filter_writer *w, struct nidx_bytes key);
enum nidx_status nidx_filter_finish(struct nidx_filter_writer *w,
                                    struct nidx_part_sink *sink,
                                    struct nidx_error *err);
void nidx_filter_done(struct nidx_filter_writer *w);

/** false in maybe: no such key. */
enum nidx_status nidx_filter_ask(struct nidx_part_source *source,
                                 uint32_t n_keys, struct nidx_bytes key,
                                 bool *maybe, struct nidx_error *err);

#endif
