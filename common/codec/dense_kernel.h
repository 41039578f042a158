/* dense_kernel.h: the documents of a bitmap's words.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_DENSE_KERNEL_H
#define NIDX_COMMON_DENSE_KERNEL_H

#include <stdint.h>

/**
 * Numbers of the bits that are set in n words, base more each, into out;
 * returns how many. room is what out may hold: where there are more bits, some
 * number above room is returned and out's contents are not to be used. out has
 * 16 more slots than room.
 */
uint32_t nidx_dense_list(const uint64_t *words, uint32_t n, uint32_t base,
                         uint32_t room, uint32_t *out);
uint32_t nidx_dense_list_portable(const uint64_t *words, uint32_t n,
                                  uint32_t base, uint32_t room, uint32_t *out);

#endif
