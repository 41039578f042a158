/* index.h: what the public handle of an index holds.
 *
 * Both sides use it: the writer through store and header, readers through
 * catalogs of the store.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_INDEX_H
#define NIDX_COMMON_INDEX_H

#include "common/segment/manifest.h"

struct nidx_index {
    char *path; /**< as the caller gave it */
    struct nidx_store *store;
    struct nidx_header header; /**< fixed when the index was made */
    bool readonly;
};

#endif
