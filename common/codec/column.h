/* column.h: one number per document, read at random.
 *
 * A chunk holds NIDX_COLUMN_ROWS documents (the last fewer):
 *   u8 width (0, 1, 2, 4 or 8 bytes), u8[7] zero, u64 base,
 *   n * width bytes: value - base, little-endian.
 * Chunk number: column << 20 | index. A column that is 0 throughout has no
 * chunks at all, and the meta part says so.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_COLUMN_H
#define NIDX_COMMON_COLUMN_H

#include "common/codec/part.h"

/** 8,192 values of 8 bytes are just too many for one chunk; 4,096 fit. */
#define NIDX_COLUMN_ROWS 4096

/** Writes one column as its values come; zero-initialise column and sink. */
struct nidx_column_writer {
    struct nidx_part_sink *sink; /**< borrowed */
    enum nidx_column_id column;
    uint32_t n;                  /**< values so far */
    bool any;                    /**< some value was not 0 */
    uint64_t rows[NIDX_COLUMN_ROWS];
};
enum nidx_status nidx_column_add(struct nidx_column_writer *w, uint64_t value,
                                 struct nidx_error *err);
enum nidx_status nidx_column_finish(struct nidx_column_writer *w,
                                    struct nidx_error *err);

/** An open column; chunks are fetched and checked as they are met. */
struct nidx_column {
    struct nidx_part_source *source; /**< borrowed */
    enum nidx_column_id column;
    uint32_t n_docs;
    bool present;
};

/** The value of doc (below n_docs). */
enum nidx_status nidx_column_get(const struct nidx_column *c, uint32_t doc,
                                 uint64_t *value, struct nidx_error *err);
/** Values of [first, first + n) into out, cut to 32 bits (larger: UINT32_MAX). */
enum nidx_status nidx_column_read32(const struct nidx_column *c,
                                    uint32_t first, uint32_t n, uint32_t *out,
                                    struct nidx_error *err);
enum nidx_status nidx_column_read64(const struct nidx_column *c,
                                    uint32_t first, uint32_t n, uint64_t *out,
                                    struct nidx_error *err);

#endif
