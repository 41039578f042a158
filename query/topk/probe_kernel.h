/* probe_kernel.h: documents looked up in a bitmap, and their ranks.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_QUERY_PROBE_KERNEL_H
#define NIDX_QUERY_PROBE_KERNEL_H

#include <stdint.h>

/**
 * Which of docs[from .. end) the group (postings.h, NIDX_DENSE_GROUP) has: all
 * of them are documents of this group. at receives their indexes, ranks how
 * many postings of the list come before each (NULL: not asked for); both have
 * room for end - from.
 */
uint32_t nidx_probe_group(const uint8_t *group, const uint32_t *docs,
                          uint32_t from, uint32_t end, uint32_t *at,
                          uint32_t *ranks);
uint32_t nidx_probe_group_portable(const uint8_t *group, const uint32_t *docs,
                                   uint32_t from, uint32_t end, uint32_t *at,
                                   uint32_t *ranks);

/**
 * Which of docs[from .. end) are among the n rising documents of own (room for
 * NIDX_PACK_SLOTS, n at most NIDX_BLOCK): indexes of both, into room for end -
 * from.
 */
uint32_t nidx_probe_block(const uint32_t *own, uint32_t n, const uint32_t *docs,
                          uint32_t from, uint32_t end, uint32_t *at,
                          uint32_t *indexes);
uint32_t nidx_probe_block_portable(const uint32_t *own, uint32_t n,
                                   const uint32_t *docs, uint32_t from,
                                   uint32_t end, uint32_t *at,
                                   uint32_t *indexes);

#endif
