/* language_tables.h: which languages have a function word.
 *
 * An open-addressed table: the FNV-1a hash of a word in lower case is looked
 * for from slot (h ^ h >> 16) on; a mask of 0 ends the search. Bit l of the
 * mask is language l; from bit 32 on stand languages that are only told from
 * their neighbours.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_LANGUAGE_TABLES_H
#define NIDX_COMMON_LANGUAGE_TABLES_H

#include <stdint.h>

#define NIDX_LANGUAGE_SLOTS 2048u

extern const uint32_t nidx_language_hashes[NIDX_LANGUAGE_SLOTS];
extern const uint64_t nidx_language_masks[NIDX_LANGUAGE_SLOTS];

#endif
