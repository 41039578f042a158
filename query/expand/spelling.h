/* spelling.h: how a word that no article has may have been meant.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_QUERY_SPELLING_H
#define NIDX_QUERY_SPELLING_H

#include "common/base/arena.h"
#include "common/segment/segment.h"

/**
 * Appends the best spelling of a word of a text field that is in the index;
 * nothing where none is near. word is as typed.
 */
enum nidx_status nidx_spelling_find(const struct nidx_catalog *catalog,
                                    uint8_t field, struct nidx_bytes word,
                                    struct nidx_buf *out,
                                    struct nidx_error *err);

#endif
