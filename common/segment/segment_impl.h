/* segment_impl.h: the meta part of a segment, for segment*.c only.
 *
 * Part META, chunk 0:
 *   the segment's description as in the manifest (id and deleted ones 0),
 *   u32 number of parts P, P x (u32 chunks, u64 bytes of payload), from part
 *   1 on; META itself is not counted (0, 0)
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_SEGMENT_IMPL_H
#define NIDX_COMMON_SEGMENT_IMPL_H

#include "common/segment/segment.h"

struct nidx_segment_meta {
    struct nidx_segment_info info;
    uint32_t chunks[NIDX_PART_COUNT]; /**< by enum nidx_part */
    uint64_t bytes[NIDX_PART_COUNT];
};

void nidx_segment_meta_write(struct nidx_buf *out,
                             const struct nidx_segment_meta *m);
/** false where the bytes are no meta part. */
bool nidx_segment_meta_read(struct nidx_bytes b, struct nidx_segment_meta *m);

/** What the postings' impacts call the length of a document: headline
 * positions count title_weight times. */
uint32_t nidx_segment_weighted_length(uint64_t length, uint64_t title,
                                      uint32_t title_weight);

/** The meta part of an open segment, borrowed. */
enum nidx_status nidx_segment_meta_of(const struct nidx_segment *s,
                                      const struct nidx_segment_meta **out,
                                      struct nidx_error *err);
/** "terms", "columns", ... for messages. */
const char *nidx_part_name(unsigned part);

#endif
