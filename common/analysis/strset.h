/* strset.h: which string has which number: an open-addressed hash table.
 *
 * The strings lie in a pool of the caller's; a slot keeps the hash, the
 * string's place and a tag, so that a look-up touches one slot and one
 * string. Numbers are the caller's. Zero-initialised is empty.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_STRSET_H
#define NIDX_COMMON_STRSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NIDX_STRSET_NONE UINT32_MAX

struct nidx_strset_slot {
    uint32_t hash;
    uint32_t id;     /**< NIDX_STRSET_NONE: the slot is free */
    uint32_t offset; /**< of the string in the pool */
    uint16_t len;
    uint16_t tag; /**< strings of different tags are different */
};

struct nidx_strset {
    struct nidx_strset_slot *slots;
    uint32_t n, mask; /**< a power of two less 1; 0: no slots yet */
};

void nidx_strset_done(struct nidx_strset *s);
/** Forgets all; keeps at most keep slots (a power of two). */
void nidx_strset_clear(struct nidx_strset *s, uint32_t keep);
/** Makes room for one more; false when memory is out. */
bool nidx_strset_reserve(struct nidx_strset *s);
/** The number of a string, or NIDX_STRSET_NONE. */
uint32_t nidx_strset_find(const struct nidx_strset *s, const uint8_t *pool,
                          uint32_t hash, const void *text, size_t len,
                          uint16_t tag);
/** Adds a string that is not there; there is room (nidx_strset_reserve). */
void nidx_strset_add(struct nidx_strset *s, struct nidx_strset_slot slot);
size_t nidx_strset_memory(const struct nidx_strset *s);

#endif
