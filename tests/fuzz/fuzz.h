/* fuzz.h: what every fuzz target defines.
 *
 * A new one is a file fuzz_x.c here, a folder seeds/x with at least one file,
 * and a row in fuzz_targets of tests/meson.build.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_TESTS_FUZZ_H
#define NIDX_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/** Must survive any bytes, without leaks; returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
