/* pack_kernel.h: what each instruction set does for common/pack.
 *
 * Private to pack.c, cpu.c and the kernels. Kernels may write out up to the
 * next multiple of 16, and read 2 * b bytes from any multiple of 16 values.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_PACK_KERNEL_H
#define NIDX_COMMON_PACK_KERNEL_H

#include "common/codec/pack.h"

/** Vector kernels take values of at most so many bits: a window of four
 * bytes holds any of them at any of the eight bit offsets. */
#define NIDX_PACK_VECTOR_BITS 25

/* n values of 1 <= b <= 25 bits, more added to each. */
void nidx_unpack_avx2(const uint8_t *bits, uint32_t b, uint32_t n,
                      uint32_t more, uint32_t *out);
void nidx_unpack_avx512(const uint8_t *bits, uint32_t b, uint32_t n,
                        uint32_t more, uint32_t *out);
/* The same with running sums: out[i] = base + i + values[0..i]. */
void nidx_unpack_sum_avx2(const uint8_t *bits, uint32_t b, uint32_t n,
                          uint32_t base, uint32_t *out);
void nidx_unpack_sum_avx512(const uint8_t *bits, uint32_t b, uint32_t n,
                            uint32_t base, uint32_t *out);
/* above[b], for b < top: how many of n values, none of more than top bits,
 * have more than b. */
void nidx_count_above_avx512(const uint32_t *values, uint32_t n, uint32_t top,
                             uint8_t *above);
/* The low b <= NIDX_PACK_PUT_BITS bits of each value, of all n together whole
 * bytes; to has 16 more. Returns where they end. */
#define NIDX_PACK_PUT_BITS 16
uint8_t *nidx_put_bits_avx2(uint8_t *to, const uint32_t *values, uint32_t n,
                            uint32_t b);
/* Running sums in place. */
void nidx_sum_avx2(uint32_t n, uint32_t base, uint32_t *values);
void nidx_sum_avx512(uint32_t n, uint32_t base, uint32_t *values);

/* Values first .. first + n - 1; writes n numbers and no more. */
void nidx_unpack_range_avx512(const uint8_t *bits, uint32_t b, uint32_t first,
                              uint32_t n, uint32_t *out);

/** Makes pack.c use the kernels of level. */
void nidx_pack_use(enum nidx_cpu level);

#endif
