/* text_impl.h: blocks of stored text, for text*.c only.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_TEXT_IMPL_H
#define NIDX_COMMON_TEXT_IMPL_H

#include "common/codec/text.h"

/** Bytes before a block's zstd frame, and of a row of the index. */
#define NIDX_TEXT_BLOCK_HEAD 8
#define NIDX_TEXT_TOP_ROW    16

/** A block: 0 < end - start <= NIDX_TEXT_BLOCK. */
struct nidx_text_block {
    uint64_t start, end;      /**< raw offsets */
    uint32_t dict;            /**< 0: none, else its chunk and one */
    struct nidx_bytes packed; /**< the zstd frame */
};

/** Makes a dictionary of a sample; out stays empty where zstd makes none. */
void nidx_text_make_dict(struct nidx_bytes sample, struct nidx_buf *out);

/** The number of the block that holds the byte at offset (below n_bytes). */
enum nidx_status nidx_text_block_at(const struct nidx_text *t, uint64_t offset,
                                    uint32_t *block, struct nidx_error *err);
/** joined holds the frame where it lies in two chunks. */
enum nidx_status nidx_text_block_open(const struct nidx_text *t, uint32_t block,
                                      struct nidx_buf *joined,
                                      struct nidx_text_block *out,
                                      struct nidx_error *err);
/** The raw bytes of a block into the cache, unless it holds them. */
enum nidx_status nidx_text_inflate(const struct nidx_text *t,
                                   struct nidx_text_cache *cache,
                                   const struct nidx_text_block *b,
                                   struct nidx_error *err);

#endif
