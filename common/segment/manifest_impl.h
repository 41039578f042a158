/* manifest_impl.h: the bytes of a segment's description, which stand in the
 * manifest and, without id and deletions, in the segment's own meta part.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_MANIFEST_IMPL_H
#define NIDX_COMMON_MANIFEST_IMPL_H

#include "common/segment/manifest.h"

/** Bytes that nidx_segment_info_write appends. */
#define NIDX_SEGMENT_INFO_BYTES (104 + 4 * NIDX_LANGUAGE_COUNT)

void nidx_segment_info_write(struct nidx_buf *out,
                             const struct nidx_segment_info *s);
/** Takes one off; the caller tests r->bad. */
void nidx_segment_info_read(struct nidx_reader *r, struct nidx_segment_info *s);

#endif
