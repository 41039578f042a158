/* index.c: opening, making, checking and compacting an index.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/segment/index.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/analysis/analyze.h"
#include "common/analysis/language.h"
#include "common/segment/segment.h"

/** How long the maker of a file waits for one who makes it as well, ms. */
#define MAKE_WAIT 10000

static enum nidx_status read_header(struct nidx_index *index,
                                    struct nidx_error *err)
{
    struct nidx_view *v = NULL;
    enum nidx_status status = nidx_view_open(index->store, &v, err);

    if (status != NIDX_OK)
        return status;
    status = nidx_header_read(v, &index->header, err);
    nidx_view_close(v);
    return status;
}

static enum nidx_status fill_header(struct nidx_header *h, const char *language,
                                    struct nidx_error *err)
{
    if (!language)
        language = "english";
    const nidx_language number = nidx_language_find(language, strlen(language));
    if (number == NIDX_LANGUAGE_NONE && strcmp(language, "none") != 0)
        return nidx_fail(err, NIDX_ERR_INVALID,
                         "%.60s: not a language that nidx knows", language);
    *h = (struct nidx_header){
        .version = NIDX_FORMAT_VERSION,
        .features_read = NIDX_FEATURES_READ,
        .features_write = NIDX_FEATURES_WRITE,
        .title_weight = NIDX_TITLE_WEIGHT,
        .language = number,
        .created = (int64_t)time(NULL),
    };
    const char *fingerprint = nidx_analyze_fingerprint();
    const size_t len = strlen(fingerprint);
    const size_t room = sizeof(h->fingerprint) - 1;
    memcpy(h->fingerprint, fingerprint, len < room ? len : room);
    return NIDX_OK;
}

static enum nidx_status write_header(struct nidx_index *index,
                                     const char *language,
                                     struct nidx_error *err)
{
    struct nidx_manifest empty = {.next_id = 1};
    struct nidx_txn *t = NULL;
    enum nidx_status status = fill_header(&index->header, language, err);

    if (status == NIDX_OK)
        status = nidx_txn_begin(index->store, &t, err);
    if (status != NIDX_OK)
        return status;
    status = nidx_header_write(t, &index->header, err);
    if (status == NIDX_OK)
        status = nidx_manifest_write(t, &empty, err);
    if (status == NIDX_OK)
        return nidx_txn_commit(t, err);
    nidx_txn_abort(t);
    return status;
}

/** Puts header and an empty manifest into a file that has none. */
static enum nidx_status make(struct nidx_index *index, const char *language,
                             struct nidx_error *err)
{
    enum nidx_status status =
        nidx_store_lock_writer(index->store, MAKE_WAIT, NULL, NULL, err);

    if (status != NIDX_OK)
        return status;
    status = read_header(index, err);
    if (status == NIDX_ERR_NOTFOUND)
        status = write_header(index, language, err);
    nidx_store_unlock_writer(index->store);
    return status;
}

static enum nidx_status open_store(struct nidx_index *index,
                                   const struct nidx_open_options *options,
                                   struct nidx_error *err)
{
    const struct nidx_store_options store = {
        .create = options->create && !options->readonly,
        .readonly = options->readonly,
        .no_lock = options->no_lock,
        .mode = options->mode,
    };
    enum nidx_status status =
        nidx_store_open(index->path, &store, &index->store, err);

    if (status != NIDX_OK)
        return status;
    status = read_header(index, err);
    if (status != NIDX_ERR_NOTFOUND)
        return status;
    if (store.create)
        return make(index, options->language, err);
    return nidx_fail(err, NIDX_ERR_VERSION, "%s: not an index of nidx",
                     index->path);
}

/** Copies what the caller's struct has and zeroes what it does not. */
static bool take_options(const struct nidx_open_options *from,
                         struct nidx_open_options *to)
{
    *to = (struct nidx_open_options)NIDX_OPEN_OPTIONS_INIT;
    if (!from)
        return true;
    if (from->size < sizeof(size_t) || from->size > 4096)
        return false;
    memcpy(to, from, from->size < sizeof(*to) ? from->size : sizeof(*to));
    return true;
}

enum nidx_status nidx_index_open(const char *path,
                                 const struct nidx_open_options *options,
                                 struct nidx_index **out,
                                 struct nidx_error *err)
{
    struct nidx_open_options o;

    *out = NULL;
    if (!path || !*path)
        return nidx_fail(err, NIDX_ERR_INVALID, "an index needs a path");
    if (!take_options(options, &o))
        return nidx_fail(err, NIDX_ERR_INVALID,
                         "nidx_open_options: size is not set");
    struct nidx_index *index = calloc(1, sizeof(*index));
    if (!index)
        return nidx_nomem(err);
    index->readonly = o.readonly != 0;
    index->path = strdup(path);
    enum nidx_status status =
        index->path ? open_store(index, &o, err) : nidx_nomem(err);
    if (status != NIDX_OK) {
        nidx_index_close(index);
        return status;
    }
    *out = index;
    return NIDX_OK;
}

void nidx_index_close(struct nidx_index *index)
{
    if (!index)
        return;
    nidx_store_close(index->store);
    free(index->path);
    free(index);
}

const char *nidx_index_path(const struct nidx_index *index)
{
    return index->path;
}

int nidx_index_is_remote(const struct nidx_index *index)
{
    return nidx_store_is_remote(index->store);
}

/* --------------------------------------------------------------- upkeep */

static enum nidx_status check_segments(const struct nidx_catalog *c,
                                       nidx_progress_fn progress, void *context,
                                       uint64_t done, uint64_t total,
                                       struct nidx_error *err)
{
    for (uint32_t i = 0; i < c->manifest.n_segments; i++) {
        enum nidx_status status = nidx_segment_check(c->segments[i], err);
        if (status != NIDX_OK)
            return status;
        done += c->manifest.segments[i].bytes;
        if (progress && progress(context, done, total) != 0)
            return nidx_fail(err, NIDX_ERR_STOPPED, "stopped");
    }
    return NIDX_OK;
}

/** Halves of a check: the store's pages, then what the segments say. */
struct check {
    nidx_progress_fn progress;
    void *context;
    uint64_t extra; /**< bytes that the second half will read */
    uint64_t done;
};

static int check_progress(void *context, uint64_t done, uint64_t total)
{
    struct check *c = context;

    c->done = done;
    return c->progress ? c->progress(c->context, done, total + c->extra) : 0;
}

enum nidx_status nidx_index_check(struct nidx_index *index,
                                  nidx_progress_fn progress, void *context,
                                  struct nidx_error *err)
{
    struct check check = {.progress = progress, .context = context};
    struct nidx_catalog *c = NULL;

    /* Only for the size of what is ahead; damage is told below. */
    if (nidx_catalog_open(index->store, &c, NULL) == NIDX_OK) {
        for (uint32_t i = 0; i < c->manifest.n_segments; i++)
            check.extra += c->manifest.segments[i].bytes;
        nidx_catalog_close(c);
        c = NULL;
    }
    /* Damage of pages explains what else is broken, so it is told first. */
    enum nidx_status status =
        nidx_store_check(index->store, check_progress, &check, err);
    if (status == NIDX_OK)
        status = nidx_catalog_open(index->store, &c, err);
    if (status == NIDX_OK)
        status = check_segments(c, progress, context, check.done,
                                check.done + check.extra, err);
    nidx_catalog_close(c);
    return status;
}

enum nidx_status nidx_index_compact(struct nidx_index *index,
                                    uint64_t *bytes_saved,
                                    struct nidx_error *err)
{
    uint64_t saved = 0;
    enum nidx_status status =
        nidx_store_lock_writer(index->store, 0, NULL, NULL, err);

    if (status != NIDX_OK)
        return status;
    status = nidx_store_compact(index->store, &saved, err);
    nidx_store_unlock_writer(index->store);
    if (status == NIDX_OK && bytes_saved)
        *bytes_saved = saved;
    return status;
}
