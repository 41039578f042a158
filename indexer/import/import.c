/* import.c: files, folders and streams of articles into a writer.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/import/import.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <xxhash.h>

/** Input between two commits. The first comes early, so that an index can be
 * searched soon after its building began. */
#define COMMIT_FIRST (UINT64_C(64) << 20)
#define COMMIT_BYTES (UINT64_C(256) << 20)
/** Between two calls of progress. */
#define TICK_MS 100

/* --------------------------------------------------------------- progress */

static uint64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/** A merge shows as no progress of its own, but it can be stopped: what it
 * had read is still there, and the next commit begins it anew. */
static int while_merging(void *context, uint64_t done, uint64_t total)
{
    struct nidx_import *m = context;

    (void)done;
    (void)total;
    return m->options.progress(m->options.context, m->bytes, m->total);
}

static enum nidx_status commit(struct nidx_import *m, struct nidx_error *err)
{
    /* An open view would pin what the commit frees. */
    nidx_moves_clear(&m->moves);
    nidx_known_close(&m->known);
    m->writer->merging = m->options.progress ? while_merging : NULL;
    m->writer->merging_context = m;
    enum nidx_status status = nidx_writer_commit(m->writer, err);
    m->writer->merging = NULL;
    if (status == NIDX_OK) {
        m->n_removals = 0;
        m->counts.moved += m->n_moved;
        m->n_moved = 0;
        m->last_commit = m->bytes;
        m->commits++;
    }
    return status;
}

enum nidx_status nidx_import_tick(struct nidx_import *m, uint64_t done,
                                  struct nidx_error *err)
{
    if (!m->options.progress)
        return NIDX_OK;
    const uint64_t now = now_ms();
    if (now - m->last_tick < TICK_MS)
        return NIDX_OK;
    m->last_tick = now;
    if (m->options.progress(m->options.context, done, m->total) == 0)
        return NIDX_OK;
    m->bytes = done;
    m->stopped = NIDX_ERR_STOPPED;
    enum nidx_status status = commit(m, err);
    if (status != NIDX_OK)
        return status;
    return nidx_fail(err, NIDX_ERR_STOPPED, "stopped");
}

static enum nidx_status maybe_commit(struct nidx_import *m, uint64_t done,
                                     struct nidx_error *err)
{
    const uint64_t usual = m->commits == 0 ? COMMIT_FIRST : COMMIT_BYTES;
    const uint64_t every =
        m->options.commit_bytes > 0 ? m->options.commit_bytes : usual;

    if (done - m->last_commit < every)
        return NIDX_OK;
    const uint64_t bytes = m->bytes;
    m->bytes = done;
    enum nidx_status status = commit(m, err);
    m->bytes = bytes;
    return status;
}

/* ---------------------------------------------------------------- sources */

void nidx_import_skip(struct nidx_import *m, const char *path, uint64_t line,
                      enum nidx_skip why, const char *message)
{
    if ((unsigned)why < 16)
        m->counts.skipped[why]++;
    if (m->options.skipped)
        m->options.skipped(m->options.context, path, line, why, message);
}

static void source_skipped(void *context, const char *name, uint64_t line,
                           enum nidx_skip why, const char *message)
{
    nidx_import_skip(context, name, line, why, message);
}

/** Hands a document on; one that breaks a limit is skipped. */
static enum nidx_status add(struct nidx_import *m, const char *name,
                            struct nidx_import_result *result,
                            struct nidx_error *err)
{
    struct nidx_error why = {0};
    const enum nidx_status status = nidx_writer_add(m->writer, m->doc, &why);

    if (status == NIDX_ERR_LIMIT || status == NIDX_ERR_INVALID) {
        nidx_import_skip(m, name, 0, NIDX_SKIP_BROKEN, why.message);
        return NIDX_OK;
    }
    if (status != NIDX_OK && err)
        *err = why;
    if (status != NIDX_OK)
        return status;
    result->n_docs++;
    if (!m->options.prune || !result->records)
        return NIDX_OK;
    nidx_buf_u64(&m->keys, XXH3_64bits(m->doc->key.data, m->doc->key.len));
    return m->keys.oom ? nidx_nomem(err) : NIDX_OK;
}

/** Every document of a source. */
static enum nidx_status drain(struct nidx_import *m, struct nidx_source *s,
                              const char *name,
                              struct nidx_import_result *result,
                              struct nidx_error *err)
{
    for (;;) {
        bool done = false;
        nidx_document_clear(m->doc);
        enum nidx_status status = s->ops->next(s, m->doc, &done, err);
        if (status != NIDX_OK)
            return status;
        if (done)
            return NIDX_OK;
        status = add(m, name, result, err);
        if (status == NIDX_OK)
            status = maybe_commit(m, m->bytes + s->consumed, err);
        if (status == NIDX_OK)
            status = nidx_import_tick(m, m->bytes + s->consumed, err);
        if (status != NIDX_OK)
            return status;
    }
}

enum nidx_status nidx_import_input(struct nidx_import *m,
                                   const struct nidx_source_input *input,
                                   struct nidx_import_result *result,
                                   struct nidx_error *err)
{
    const struct nidx_source_report report = {source_skipped, m};
    struct nidx_source *s = NULL;
    enum nidx_skip why = NIDX_SKIP_FORMAT;
    const char *message = "";

    *result = (struct nidx_import_result){.read = false};
    m->keys.len = 0;
    enum nidx_status status =
        nidx_source_open(input, &report, &s, &why, &message, err);
    if (status != NIDX_OK)
        return status;
    if (!s) {
        nidx_import_skip(m, input->name, 0, why, message);
        m->bytes += input->len;
        return NIDX_OK;
    }
    result->read = true;
    result->records = s->records;
    status = drain(m, s, input->name, result, err);
    const uint64_t consumed =
        s->consumed > input->len ? s->consumed : input->len;
    nidx_source_close(s);
    if (status != NIDX_OK)
        return status;
    m->bytes += consumed;
    m->counts.files++;
    m->counts.bytes += consumed;
    return NIDX_OK;
}

/* ------------------------------------------------------------------- walks */

static enum nidx_status walk_skipped(void *context, const char *path,
                                     enum nidx_skip why, const char *message,
                                     struct nidx_error *err)
{
    struct nidx_import *m = context;

    nidx_import_skip(m, path, 0, why, message);
    return nidx_import_tick(m, m->bytes, err);
}

/** A folder of the walk; the first is its root. */
static enum nidx_status walk_folder(void *context, const char *path,
                                    int64_t n_names, struct nidx_error *err)
{
    struct nidx_import *m = context;
    struct nidx_import_root *r = &m->root;

    if (r->path.len == 0) {
        r->n_names = n_names;
        nidx_buf_put(&r->path, path, strlen(path));
        if (strcmp(path, "/") != 0)
            nidx_buf_u8(&r->path, '/');
        m->globs.base = r->path.len;
        return r->path.oom ? nidx_nomem(err) : NIDX_OK;
    }
    if (n_names >= 0)
        return NIDX_OK;
    nidx_buf_put(&r->failed, path, strlen(path));
    nidx_buf_put(&r->failed, "/", 2);
    return r->failed.oom ? nidx_nomem(err) : NIDX_OK;
}

static void forget_root(struct nidx_import *m)
{
    nidx_buf_done(&m->root.path);
    nidx_buf_done(&m->root.failed);
    m->root = (struct nidx_import_root){.n_names = 0};
}

/** Whether some glob says what to read, and not only what not to. */
static bool has_wanted(const struct nidx_ignore *globs)
{
    for (uint32_t i = 0; i < globs->n; i++) {
        if (!globs->rules[i].negated)
            return true;
    }
    return false;
}

/* ----------------------------------------------------------------- public */

static enum nidx_status take_globs(struct nidx_import *m,
                                   struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;

    for (size_t i = 0; i < m->options.n_globs && status == NIDX_OK; i++) {
        const char *glob = m->options.globs[i];
        const uint32_t n = m->globs.n;
        status = nidx_ignore_parse(&m->globs, glob, strlen(glob), err);
        if (status == NIDX_OK && m->globs.n == n)
            status = nidx_fail(err, NIDX_ERR_INVALID, "no glob: %.100s", glob);
    }
    m->options.globs = NULL;
    return status;
}

/** A hash of the options that the documents of records depend on. */
static uint64_t hash_settings(const struct nidx_import *m)
{
    const char *map = m->map ? m->map : "";

    return XXH3_64bits_withSeed(map, strlen(map), m->options.plain_ids ? 1 : 0);
}

static bool take_options(const struct nidx_import_options *from,
                         struct nidx_import_options *to)
{
    *to = (struct nidx_import_options)NIDX_IMPORT_OPTIONS_INIT;
    if (!from)
        return true;
    if (from->size < sizeof(size_t) || from->size > 4096)
        return false;
    memcpy(to, from, from->size < sizeof(*to) ? from->size : sizeof(*to));
    return true;
}

enum nidx_status nidx_import_new(struct nidx_writer *w,
                                 const struct nidx_import_options *options,
                                 struct nidx_import **out,
                                 struct nidx_error *err)
{
    *out = NULL;
    struct nidx_import *m = calloc(1, sizeof(*m));
    if (!m)
        return nidx_nomem(err);
    if (!take_options(options, &m->options)) {
        free(m);
        return nidx_fail(err, NIDX_ERR_INVALID,
                         "nidx_import_options: size is not set");
    }
    m->writer = w;
    m->doc = nidx_document_new();
    if (m->options.map)
        m->map = strdup(m->options.map);
    if (!m->doc || (m->options.map && !m->map)) {
        nidx_import_free(m);
        return nidx_nomem(err);
    }
    m->options.map = m->map;
    m->settings = hash_settings(m);
    m->known.store = w->index->store;
    nidx_writer_counts(w, &m->base);
    enum nidx_status status = take_globs(m, err);
    if (status != NIDX_OK) {
        nidx_import_free(m);
        return status;
    }
    *out = m;
    return NIDX_OK;
}

void nidx_import_free(struct nidx_import *import)
{
    if (!import)
        return;
    nidx_moves_clear(&import->moves);
    nidx_known_close(&import->known);
    nidx_ignore_done(&import->globs);
    forget_root(import);
    nidx_document_free(import->doc);
    XXH3_freeState(import->hash);
    nidx_buf_done(&import->file);
    nidx_buf_done(&import->key);
    nidx_buf_done(&import->keys);
    free(import->map);
    free(import);
}

static enum nidx_status check_running(const struct nidx_import *m,
                                      struct nidx_error *err)
{
    if (m->stopped == NIDX_OK)
        return NIDX_OK;
    return nidx_fail(err, m->stopped, "stopped");
}

enum nidx_status nidx_import_path(struct nidx_import *import, const char *path,
                                  struct nidx_error *err)
{
    const struct nidx_walk walk = {.file = nidx_import_file,
                                   .skipped = walk_skipped,
                                   .folder = walk_folder,
                                   .context = import,
                                   .globs = import->globs.n > 0 ? &import->globs
                                                                : NULL,
                                   .only = has_wanted(&import->globs),
                                   .hidden = import->options.hidden != 0,
                                   .no_ignore = import->options.no_ignore != 0};
    enum nidx_status status = check_running(import, err);
    struct stat st;

    if (status != NIDX_OK)
        return status;
    if (!path || !*path)
        return nidx_fail(err, NIDX_ERR_INVALID, "a path is empty");
    import->total = 0;
    if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
        import->total = import->bytes + (uint64_t)st.st_size;
    /* Others may have committed since. */
    nidx_moves_clear(&import->moves);
    nidx_known_close(&import->known);
    forget_root(import);
    status = nidx_walk_path(&walk, path, err);
    if (status == NIDX_OK && import->options.prune && import->root.path.len > 0)
        status = nidx_import_prune(import, err);
    return status;
}

enum nidx_status nidx_import_stream(struct nidx_import *import, int fd,
                                    const char *name, struct nidx_error *err)
{
    struct nidx_import_result result;
    enum nidx_status status = check_running(import, err);

    if (status != NIDX_OK)
        return status;
    if (fd < 0 || !name)
        return nidx_fail(err, NIDX_ERR_INVALID,
                         "a stream has a descriptor and a name");
    import->total = 0;
    const struct nidx_source_input input = {.name = name,
                                            .fd = fd,
                                            .map = import->options.map,
                                            .plain_ids =
                                                import->options.plain_ids != 0};
    return nidx_import_input(import, &input, &result, err);
}

enum nidx_status nidx_import_finish(struct nidx_import *import,
                                    struct nidx_error *err)
{
    enum nidx_status status = check_running(import, err);

    return status == NIDX_OK ? commit(import, err) : status;
}

void nidx_import_counts(const struct nidx_import *import,
                        struct nidx_import_counts *out)
{
    struct nidx_import_counts all = import->counts;
    struct nidx_writer_counts w;
    const uint64_t size = out->size < sizeof(all) ? out->size : sizeof(all);

    nidx_writer_counts(import->writer, &w);
    all.added = w.added - import->base.added - all.moved;
    all.removed = w.deleted - import->base.deleted - all.moved;
    all.updated = w.updated - import->base.updated;
    all.duplicates = w.duplicates - import->base.duplicates;
    all.bad_bytes = w.bad_bytes - import->base.bad_bytes;
    all.cut_words = w.cut_words - import->base.cut_words;
    all.size = out->size;
    memcpy(out, &all, size);
}
