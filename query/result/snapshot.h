/* snapshot.h: a consistent view of an index, as queries see it.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_QUERY_SNAPSHOT_H
#define NIDX_QUERY_SNAPSHOT_H

#include <stdatomic.h>

#include "common/segment/index.h"
#include "common/segment/segment.h"

/**
 * One commit, opened. A snapshot stands on one and moves to the next one when
 * it is refreshed; results keep the one that they were made on.
 */
struct nidx_commit_view {
    atomic_uint refs;
    struct nidx_catalog *catalog;   /**< NULL: the file has no commit yet */
    struct nidx_norms *norms;       /**< lengths as queries need them */
    struct nidx_expander *expander; /**< of their words */
};

struct nidx_snapshot {
    struct nidx_index *index;
    struct nidx_commit_view *commit;
};

struct nidx_commit_view *nidx_commit_view_ref(struct nidx_commit_view *c);
void nidx_commit_view_unref(struct nidx_commit_view *c);

#endif
