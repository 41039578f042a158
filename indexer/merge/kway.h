/* kway.h: several string tables read as one, in order of their keys.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_KWAY_H
#define NIDX_INDEXER_KWAY_H

#include "common/codec/strtab.h"

/** Stands on the smallest key that is left, which n_group tables have. */
struct nidx_kway {
    struct nidx_strtab_cursor *cursors; /**< one a table, in their order */
    uint32_t n;
    uint32_t *heap; /* cursors that are not in the group */
    uint32_t n_heap;
    uint32_t *group; /**< indexes of the cursors on the key, rising */
    uint32_t n_group;
};

/** Before the first key of n tables (borrowed). */
enum nidx_status nidx_kway_init(struct nidx_kway *k,
                                const struct nidx_strtab *const *tables,
                                uint32_t n, struct nidx_error *err);
void nidx_kway_done(struct nidx_kway *k);
/** Before the first key that is at least key. */
enum nidx_status nidx_kway_seek(struct nidx_kway *k, struct nidx_bytes key,
                                struct nidx_error *err);
/** To the next key; n_group is 0 behind the last. */
enum nidx_status nidx_kway_next(struct nidx_kway *k, struct nidx_error *err);

/** The key; there is one. */
static inline struct nidx_bytes nidx_kway_key(const struct nidx_kway *k)
{
    const struct nidx_buf *key = &k->cursors[k->group[0]].key;
    return (struct nidx_bytes){key->data, key->len};
}

#endif
