/* names.h: the names in a folder, sorted.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_NAMES_H
#define NIDX_INDEXER_NAMES_H

#include "common/base/bytes.h"
#include "common/base/status.h"

/** All names stand in one buffer, each with a zero behind it. */
struct nidx_names {
    struct nidx_buf bytes;
    const char **items; /**< in order */
    uint32_t n;
};

/** Reads the folder that fd is open for (which it keeps). */
enum nidx_status nidx_names_read(int fd, struct nidx_names *names,
                                 struct nidx_error *err);
void nidx_names_done(struct nidx_names *names);

#endif
