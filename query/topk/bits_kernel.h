/* bits_kernel.h: sets of documents as bits, many words an instruction.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_QUERY_BITS_KERNEL_H
#define NIDX_QUERY_BITS_KERNEL_H

#include <stdint.h>

/** bits |= other, bits &= other, bits &= ~other, over n words. */
void nidx_bits_or(uint64_t *bits, const uint64_t *other, uint32_t n);
void nidx_bits_and(uint64_t *bits, const uint64_t *other, uint32_t n);
void nidx_bits_except(uint64_t *bits, const uint64_t *other, uint32_t n);
/** How many bits are set. */
uint64_t nidx_bits_count(const uint64_t *bits, uint32_t n);

void nidx_bits_or_portable(uint64_t *bits, const uint64_t *other, uint32_t n);
void nidx_bits_and_portable(uint64_t *bits, const uint64_t *other, uint32_t n);
void nidx_bits_except_portable(uint64_t *bits, const uint64_t *other,
                               uint32_t n);
uint64_t nidx_bits_count_portable(const uint64_t *bits, uint32_t n);

#endif
