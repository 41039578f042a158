/* stats.c: what an index holds, by part.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "common/segment/index.h"
#include "common/segment/segment.h"

static enum nidx_stats_part part_of(struct nidx_bytes key)
{
    static const enum nidx_stats_part parts[NIDX_PART_COUNT] = {
        [0] = NIDX_STATS_OTHER,
        [NIDX_PART_META] = NIDX_STATS_OTHER,
        [NIDX_PART_TERMS] = NIDX_STATS_DICTIONARY,
        [NIDX_PART_TERMS_TOP] = NIDX_STATS_DICTIONARY,
        [NIDX_PART_DOCS] = NIDX_STATS_POSTINGS,
        [NIDX_PART_POS] = NIDX_STATS_POSITIONS,
        [NIDX_PART_DENSE] = NIDX_STATS_POSTINGS,
        [NIDX_PART_KEYS] = NIDX_STATS_KEYS,
        [NIDX_PART_KEYS_TOP] = NIDX_STATS_KEYS,
        [NIDX_PART_FILTER] = NIDX_STATS_KEYS,
        [NIDX_PART_COLUMN] = NIDX_STATS_COLUMNS,
        [NIDX_PART_TEXT] = NIDX_STATS_TEXT,
        [NIDX_PART_TEXT_TOP] = NIDX_STATS_TEXT};

    if (key.len != NIDX_PART_KEY || key.data[0] != 1 ||
        key.data[5] >= NIDX_PART_COUNT)
        return NIDX_STATS_OTHER;
    return parts[key.data[5]];
}

static int add_value(void *context, struct nidx_bytes key, size_t len)
{
    struct nidx_stats *stats = context;

    stats->part_bytes[part_of(key)] += len + NIDX_TRAILER;
    return 0;
}

static enum nidx_status fill_catalog(struct nidx_index *index,
                                     struct nidx_stats *stats,
                                     struct nidx_error *err)
{
    const struct nidx_bytes everything = {(const uint8_t *)"", 0};
    struct nidx_catalog *c = NULL;
    enum nidx_status status = nidx_catalog_open(index->store, &c, err);

    if (status != NIDX_OK)
        return status;
    stats->docs = c->n_live;
    stats->deleted = c->n_docs - c->n_live;
    stats->segments = c->manifest.n_segments;
    stats->commit = c->manifest.commit;
    stats->created = c->header.created;
    for (uint32_t i = 0; i < c->manifest.n_segments; i++) {
        stats->terms += c->manifest.segments[i].n_terms;
        stats->text_bytes += c->manifest.segments[i].n_text;
    }
    status = nidx_view_each(c->view, everything, add_value, stats, err);
    nidx_catalog_close(c);
    return status;
}

static enum nidx_status fill_store(struct nidx_index *index,
                                   struct nidx_stats *stats,
                                   struct nidx_error *err)
{
    struct nidx_store_info info = {0};
    const enum nidx_status status = nidx_store_info(index->store, &info, err);

    if (status != NIDX_OK)
        return status;
    stats->file_bytes = info.file_bytes;
    stats->free_bytes = info.free_bytes;
    stats->tree_bytes = info.tree_bytes;
    stats->n_readers = info.n_readers;
    for (uint32_t i = 0; i < info.n_readers && i < 64; i++)
        stats->readers[i] = (struct nidx_stats_reader){
            .pid = info.readers[i].pid,
            .commit = info.readers[i].commit,
            .pinned_bytes = info.readers[i].pinned_bytes};
    return NIDX_OK;
}

enum nidx_status nidx_index_stats(struct nidx_index *index,
                                  struct nidx_stats *out,
                                  struct nidx_error *err)
{
    struct nidx_stats *all;
    const uint64_t size = out->size;

    if (size < sizeof(out->size))
        return nidx_fail(err, NIDX_ERR_INVALID, "nidx_stats: size is not set");
    all = calloc(1, sizeof(*all));
    if (!all)
        return nidx_nomem(err);
    /* Before the catalog is open, so that it does not count itself. */
    enum nidx_status status = fill_store(index, all, err);
    if (status == NIDX_OK)
        status = fill_catalog(index, all, err);
    if (status == NIDX_OK) {
        all->size = size;
        memcpy(out, all, size < sizeof(*all) ? (size_t)size : sizeof(*all));
    }
    free(all);
    return status;
}
