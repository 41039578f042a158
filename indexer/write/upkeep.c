/* upkeep.c: merging the segments of a writer's index.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/write/upkeep.h"

#include <stdlib.h>

#include "indexer/merge/docmap.h"
#include "indexer/merge/merge.h"
#include "indexer/merge/policy.h"
#include "indexer/write/publish.h"

/** A merge of some of the manifest's segments. */
struct job {
    struct nidx_writer *w;
    const uint32_t *picked; /**< their indexes, rising */
    uint32_t n;
    struct nidx_catalog *catalog;
    struct nidx_segment **segments; /**< of the catalog */
    struct nidx_segment_info info;  /**< of what comes out */
    struct nidx_origin origin;
    nidx_progress_fn progress;
    void *context;
};

static enum nidx_status open_sources(struct job *j, struct nidx_error *err)
{
    enum nidx_status status =
        nidx_catalog_open(j->w->index->store, &j->catalog, err);

    if (status != NIDX_OK)
        return status;
    j->segments = calloc((size_t)j->n + 1, sizeof(struct nidx_segment *));
    if (!j->segments)
        return nidx_nomem(err);
    for (uint32_t i = 0; i < j->n; i++)
        j->segments[i] = j->catalog->segments[j->picked[i]];
    return NIDX_OK;
}

static enum nidx_status write_merged(struct job *j, struct nidx_error *err)
{
    struct nidx_writer *w = j->w;
    struct nidx_sink sink;

    pthread_mutex_lock(&w->mutex);
    const uint32_t id = w->next_id++;
    pthread_mutex_unlock(&w->mutex);
    enum nidx_status status = nidx_sink_init(
        &sink, w->index->store, &w->store_mutex, (size_t)(w->memory / 16), err);
    if (status != NIDX_OK)
        return status;
    sink.segment = id;
    const struct nidx_merge_input input = {.segments = j->segments,
                                           .n = j->n,
                                           .title_weight =
                                               w->index->header.title_weight,
                                           .memory = (size_t)(w->memory / 2),
                                           .progress = j->progress,
                                           .context = j->context};
    status = nidx_merge_segments(&input, &sink.base, &j->info, err);
    if (status == NIDX_OK)
        status = nidx_sink_drain(&sink, err);
    if (status == NIDX_OK)
        status = nidx_sink_settle(&sink, err);
    nidx_sink_done(&sink);
    j->info.id = id;
    return status;
}

static bool is_fresh(const struct nidx_origin *o, uint32_t doc)
{
    return o->all || (o->fresh && (o->fresh[doc >> 6] >> (doc & 63) & 1));
}

/** Which of the merged documents this writer added. */
static enum nidx_status find_origin(struct job *j, struct nidx_error *err)
{
    struct nidx_origin *o = &j->origin;
    uint32_t n_all = 0, n_none = 0, to = 0;

    *o = (struct nidx_origin){.segment = j->info.id};
    for (uint32_t i = 0; i < j->n; i++) {
        const struct nidx_origin *from = &j->w->origins[j->picked[i]];
        n_all += from->all;
        n_none += !from->all && !from->fresh;
    }
    o->all = n_all == j->n;
    if (o->all || n_none == j->n)
        return NIDX_OK;
    o->fresh = calloc((size_t)j->info.n_docs / 64 + 1, sizeof(*o->fresh));
    if (!o->fresh)
        return nidx_nomem(err);
    for (uint32_t i = 0; i < j->n; i++) {
        const struct nidx_segment *s = j->segments[i];
        for (uint32_t doc = 0; doc < s->n_docs; doc++) {
            if (nidx_segment_is_deleted(s, doc))
                continue;
            if (is_fresh(&j->w->origins[j->picked[i]], doc))
                o->fresh[to >> 6] |= UINT64_C(1) << (to & 63);
            to++;
        }
    }
    return NIDX_OK;
}

/** Deletes the parts of a merge that came to nothing. */
static void drop_merged(struct job *j)
{
    uint32_t n_dropped = 0;

    pthread_mutex_lock(&j->w->store_mutex);
    nidx_manifest_sweep(j->w->index->store, &j->w->manifest, &n_dropped, NULL);
    pthread_mutex_unlock(&j->w->store_mutex);
}

/** Nothing may be pending: what has no name in the manifest may be swept. */
static enum nidx_status merge_picked(struct job *j, struct nidx_error *err)
{
    enum nidx_status status = open_sources(j, err);

    nidx_workers_rest(j->w);
    if (status == NIDX_OK)
        status = write_merged(j, err);
    if (status == NIDX_OK)
        status = find_origin(j, err);
    free(j->segments);
    nidx_catalog_close(j->catalog);
    if (status == NIDX_OK)
        status = nidx_publish_merged(j->w, &j->info, j->picked, j->n,
                                     &j->origin, err);
    if (status == NIDX_OK)
        return NIDX_OK;
    free(j->origin.fresh);
    drop_merged(j);
    return status;
}

enum nidx_status nidx_upkeep(struct nidx_writer *w, struct nidx_error *err)
{
    for (;;) {
        uint32_t *picked =
            calloc((size_t)w->manifest.n_segments + 1, sizeof(*picked));
        if (!picked)
            return nidx_nomem(err);
        struct job j = {.w = w,
                        .picked = picked,
                        .progress = w->merging,
                        .context = w->merging_context};
        j.n = nidx_policy_choose(w->manifest.segments, w->manifest.n_segments,
                                 picked);
        if (j.n > NIDX_MERGE_MAX)
            j.n = NIDX_MERGE_MAX;
        enum nidx_status status = j.n > 0 ? merge_picked(&j, err) : NIDX_OK;
        free(picked);
        if (status != NIDX_OK || j.n == 0)
            return status;
    }
}

/** Whether there is anything to be gained by merging all. */
static bool is_merged(const struct nidx_manifest *m)
{
    return m->n_segments == 0 ||
           (m->n_segments == 1 && m->segments[0].n_deleted == 0);
}

enum nidx_status nidx_upkeep_all(struct nidx_writer *w,
                                 nidx_progress_fn progress, void *context,
                                 struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;

    while (status == NIDX_OK && !is_merged(&w->manifest)) {
        const uint32_t n = w->manifest.n_segments < NIDX_MERGE_MAX
                               ? w->manifest.n_segments
                               : NIDX_MERGE_MAX;
        uint32_t *picked = calloc(n, sizeof(*picked));
        if (!picked)
            return nidx_nomem(err);
        for (uint32_t i = 0; i < n; i++)
            picked[i] = i;
        struct job j = {.w = w,
                        .picked = picked,
                        .n = n,
                        .progress = progress,
                        .context = context};
        status = merge_picked(&j, err);
        free(picked);
    }
    return status;
}
