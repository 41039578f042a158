/* utf8.h: one code point of UTF-8 at a time, from bytes that nobody checked.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_UTF8_H
#define NIDX_COMMON_UTF8_H

#include "common/base/bytes.h"

/** What bytes that are no UTF-8 read as. */
#define NIDX_REPLACEMENT 0xFFFDu
/** Set in a decoded value where the bytes were bad (the text itself may well
 * hold a U+FFFD). */
#define NIDX_UTF8_BAD 0x80000000u

/**
 * Decodes at p (p < end) and returns the bytes taken, at least 1. Bad bytes
 * give NIDX_REPLACEMENT | NIDX_UTF8_BAD, once for each maximal subpart
 * (Unicode 15, section 3.9, table 3-8): what a browser shows.
 */
unsigned nidx_utf8_decode(const uint8_t *p, const uint8_t *end, uint32_t *cp);

/** Appends a code point, at most 0x10FFFF. */
void nidx_utf8_put(struct nidx_buf *out, uint32_t cp);

/** The largest n <= max at which no character of p[0, max) is cut. */
size_t nidx_utf8_floor(const uint8_t *p, size_t max);

#endif
