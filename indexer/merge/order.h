/* order.h: sorting things by their bytes.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_ORDER_H
#define NIDX_INDEXER_ORDER_H

#include "common/base/bytes.h"

/** A thing to be sorted: its first bytes as a number, which decide most
 * comparisons without a look at the rest. */
struct nidx_ordered {
    uint64_t prefix;
    uint32_t id;
};

/** The first eight bytes, big-endian, zeros behind a shorter one. */
uint64_t nidx_order_prefix(struct nidx_bytes text);

/** Sorts by prefix; compare decides where prefixes are equal. */
void nidx_order_sort(struct nidx_ordered *items, size_t n,
                     int (*compare)(const void *context, uint32_t a,
                                    uint32_t b),
                     const void *context);

#endif
