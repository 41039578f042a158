/* names.h: texts to numbers: each distinct text once.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_TESTS_NAMES_H
#define NIDX_TESTS_NAMES_H

#include "common/base/bytes.h"

struct names {
    struct nidx_buf bytes;
    size_t *starts; /**< n + 1 */
    uint32_t n, cap;
    uint32_t *table; /**< numbers + 1, by hash; a power of two */
    uint32_t size;
};

/** The number of a text, new ones from 0 on. Ends the program when memory is
 * out. */
uint32_t names_add(struct names *m, struct nidx_bytes text);
/** The same, but UINT32_MAX where it was never added. */
uint32_t names_find(const struct names *m, struct nidx_bytes text);
/** Borrowed until the next text comes. */
struct nidx_bytes names_text(const struct names *m, uint32_t name);
void names_done(struct names *m);

#endif
