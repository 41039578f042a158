/* part.h: where the values of a segment's parts come from and go to.
 *
 * Codecs read and write chunks through these two interfaces, so they know
 * nothing of the store and tests run them in memory.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_PART_H
#define NIDX_COMMON_PART_H

#include "common/base/bytes.h"
#include "common/segment/format.h"
#include "common/base/status.h"

/**
 * Takes finished chunks. put copies what it keeps; payloads are at most
 * NIDX_CHUNK_MAX bytes unless one indivisible thing is larger. Chunks of one
 * part come in rising order from 0 (columns: per column).
 */
struct nidx_part_sink {
    enum nidx_status (*put)(struct nidx_part_sink *sink, enum nidx_part part,
                            uint32_t chunk, struct nidx_bytes payload,
                            struct nidx_error *err);
};

/**
 * Gives chunks back. The bytes are borrowed for as long as the source lives
 * and NIDX_PAD more bytes may be read (not used) behind them. A chunk that is
 * not there is NIDX_ERR_CORRUPT.
 */
struct nidx_part_source {
    enum nidx_status (*get)(struct nidx_part_source *source,
                            enum nidx_part part, uint32_t chunk,
                            struct nidx_bytes *out, struct nidx_error *err);
};

#endif
