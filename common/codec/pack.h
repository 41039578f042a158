/* pack.h: patched bit-packing of up to 128 numbers, and its kernels.
 *
 * Zukowski et al., Super-Scalar RAM-CPU Cache Compression, ICDE 2006, with
 * exceptions kept beside the block (OptPFOR; Yan et al., WWW 2009).
 *
 * A packed group of n values (n is known to the reader):
 *   u8 width b (0..32), u8 number of exceptions e,
 *   ceil(n * b / 8) bytes: low b bits of each value, plain little-endian,
 *   e bytes: indexes of exceptions, rising,
 *   where e > 0: u8 width h, ceil(e * h / 8) bytes: their high parts.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_PACK_H
#define NIDX_COMMON_PACK_H

#include "common/base/bytes.h"
#include "common/base/limits.h"

/**
 * Arrays that kernels fill have this many slots: a whole vector may spill.
 * Aligned to 64 bytes (_Alignas) they are filled in two thirds of the time.
 */
#define NIDX_PACK_SLOTS (NIDX_BLOCK + 16)

/** Appends values packed at the width that is smallest in all. */
void nidx_pack_write(struct nidx_buf *out, const uint32_t *values, uint32_t n);

/**
 * Bytes of the group at p, which has n values; 0 if it is malformed or does
 * not fit in avail bytes. Every reader below needs this checked first, and
 * NIDX_PAD readable bytes behind the group. Takes constant time: a damaged
 * index of an exception is not seen here, and gives wrong values only.
 */
size_t nidx_pack_size(const uint8_t *p, size_t avail, uint32_t n);

/** As nidx_pack_size, and the indexes of exceptions are checked too. */
size_t nidx_pack_check(const uint8_t *p, size_t avail, uint32_t n);

/** Upper bound of the bits that the greatest value of a checked group has. */
static inline uint32_t nidx_pack_bits(const uint8_t *p, uint32_t n)
{
    uint32_t b = p[0], e = p[1];
    return e ? b + p[2 + (n * b + 7) / 8 + e] : b;
}

/** All n values into out[NIDX_PACK_SLOTS]. */
void nidx_pack_read(const uint8_t *p, uint32_t n, uint32_t *out);

/** All n values, more added to each (modulo 2^32), into [SLOTS]. */
void nidx_pack_read_more(const uint8_t *p, uint32_t n, uint32_t more,
                         uint32_t *out);

/** Running sums: out[i] = base + sum of values[0..i] + i (gaps less one). */
void nidx_pack_read_gaps(const uint8_t *p, uint32_t n, uint32_t base,
                         uint32_t *out);

/**
 * out[i] += factor * value[i], for all n (modulo 2^32). Fast where the values
 * are zeros with exceptions.
 */
void nidx_pack_add_scaled(const uint8_t *p, uint32_t n, uint32_t factor,
                          uint32_t *out);

/** values[i] = base + sum of values[0..i] + i, in place (SLOTS). */
void nidx_pack_sum(uint32_t n, uint32_t base, uint32_t *values);

/** One value, without decoding the others. */
uint32_t nidx_pack_at(const uint8_t *p, uint32_t n, uint32_t i);

/** Values first .. first + count - 1. */
void nidx_pack_range(const uint8_t *p, uint32_t n, uint32_t first,
                     uint32_t count, uint32_t *out);

/** Which instruction sets kernels may use; tests force each in turn. */
enum nidx_cpu {
    NIDX_CPU_PORTABLE = 0,
    NIDX_CPU_AVX2 = 1,
    NIDX_CPU_AVX512 = 2
};
/** What this machine has, or what was forced. Thread-safe. */
enum nidx_cpu nidx_cpu_level(void);
/** For tests and benchmarks: at most level from now on. */
void nidx_cpu_force(enum nidx_cpu level);

#endif
