/* strtab_impl.h: how chunks of string tables are taken apart; strtab*.c only.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_STRTAB_IMPL_H
#define NIDX_COMMON_STRTAB_IMPL_H

#include "common/codec/strtab.h"

/** Of the two lengths in the first byte of an entry: the rest follows. */
#define NIDX_STRTAB_MORE 15

/** Bytes before the offsets of a top chunk. */
#define NIDX_STRTAB_TOP_HEAD 12

/** An entry as it stands in the chunk. */
struct nidx_strtab_entry {
    uint32_t lcp;
    struct nidx_bytes rest, value;
};

/** A chunk whose table of offsets is known to lie within it. */
struct nidx_strtab_chunk {
    struct nidx_bytes bytes;
    uint32_t n_entries, n_blocks;
};

/** A top chunk, likewise. */
struct nidx_strtab_top {
    struct nidx_bytes bytes;
    uint32_t n_tops, first_chunk, n;
};

enum nidx_status nidx_strtab_chunk_open(const struct nidx_strtab *t,
                                        uint32_t number,
                                        struct nidx_strtab_chunk *out,
                                        struct nidx_error *err);
enum nidx_status nidx_strtab_top_open(const struct nidx_strtab *t,
                                      uint32_t number,
                                      struct nidx_strtab_top *out,
                                      struct nidx_error *err);
/** Where a block begins, or NULL where the offset is none. */
const uint8_t *nidx_strtab_block(const struct nidx_strtab_chunk *c,
                                 uint32_t block);
/** The entry at *p, which moves behind it; false at damage. */
bool nidx_strtab_entry_read(const uint8_t **p, const uint8_t *end,
                            struct nidx_strtab_entry *out);
/** The i-th separator and first ordinal of a top chunk; false at damage. */
bool nidx_strtab_separator(const struct nidx_strtab_top *top, uint32_t i,
                           struct nidx_bytes *key, uint64_t *ordinal);
/** The chunk that holds key if any does, and its first ordinal. */
enum nidx_status nidx_strtab_chunk_of(const struct nidx_strtab *t,
                                      struct nidx_bytes key, uint32_t *chunk,
                                      uint64_t *ordinal,
                                      struct nidx_error *err);
/** The chunk of an ordinal (below n_entries), and its first ordinal. */
enum nidx_status nidx_strtab_chunk_at(const struct nidx_strtab *t,
                                      uint64_t wanted, uint32_t *chunk,
                                      uint64_t *ordinal,
                                      struct nidx_error *err);
/** The last block whose first key is not above key (0 if all are above). */
bool nidx_strtab_block_of(const struct nidx_strtab_chunk *c,
                          struct nidx_bytes key, uint32_t *block);

#endif
