/* import.c: files, folders and streams of articles into a writer.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/import.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>

#include "indexer/walk.h"

/** Input between two commits. The first comes early, so that an index can be
 * searched soon after its building began. */
#define COMMIT_FIRST (UINT64_C(64) << 20)
#define COMMIT_BYTES (UINT64_C(256) << 20)
/** A file that changed so shortly before it was read may change again within
 * the same tick of its clock, and is read anew the next time. */
#define SETTLED_NS (INT64_C(2) * 1000 * 1000 * 1000)
/** Between two calls of progress. */
#define TICK_MS 100

/* --------------------------------------------------------------- progress */

static uint64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static enum nidx_status commit(struct nidx_import *m, struct nidx_error *err)
{
    /* An open view would pin what the commit frees. */
    nidx_catalog_close(m->catalog);
    m->catalog = NULL;
    enum nidx_status status = nidx_writer_commit(m->writer, err);
    if (status == NIDX_OK) {
        m->last_commit = m->bytes;
        m->commits++;
    }
    return status;
}

/** Asks now and then whether to go on; done is bytes of input so far. */
static enum nidx_status tick(struct nidx_import *m, uint64_t done,
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

static void count_skip(struct nidx_import *m, const char *path, uint64_t line,
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
    count_skip(context, name, line, why, message);
}

/** Hands a document on; one that breaks a limit is skipped. */
static enum nidx_status add(struct nidx_import *m, const char *name,
                            struct nidx_error *err)
{
    struct nidx_error why = {0};
    const enum nidx_status status = nidx_writer_add(m->writer, m->doc, &why);

    if (status == NIDX_ERR_LIMIT || status == NIDX_ERR_INVALID) {
        count_skip(m, name, 0, NIDX_SKIP_BROKEN, why.message);
        return NIDX_OK;
    }
    if (status != NIDX_OK && err)
        *err = why;
    return status;
}

/** Every document of a source. */
static enum nidx_status drain(struct nidx_import *m, struct nidx_source *s,
                              const char *name, struct nidx_error *err)
{
    for (;;) {
        bool done = false;
        nidx_document_clear(m->doc);
        enum nidx_status status = s->ops->next(s, m->doc, &done, err);
        if (status != NIDX_OK)
            return status;
        if (done)
            return NIDX_OK;
        status = add(m, name, err);
        if (status == NIDX_OK)
            status = maybe_commit(m, m->bytes + s->consumed, err);
        if (status == NIDX_OK)
            status = tick(m, m->bytes + s->consumed, err);
        if (status != NIDX_OK)
            return status;
    }
}

static enum nidx_status read_input(struct nidx_import *m,
                                   const struct nidx_source_input *input,
                                   struct nidx_error *err)
{
    const struct nidx_source_report report = {source_skipped, m};
    struct nidx_source *s = NULL;
    enum nidx_skip why = NIDX_SKIP_FORMAT;
    const char *message = "";

    enum nidx_status status =
        nidx_source_open(input, &report, &s, &why, &message, err);
    if (status != NIDX_OK)
        return status;
    if (!s) {
        count_skip(m, input->name, 0, why, message);
        m->bytes += input->len;
        return NIDX_OK;
    }
    status = drain(m, s, input->name, err);
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

/* ------------------------------------------------------------------ files */

int nidx_import_read(int fd, uint64_t size, struct nidx_buf *out)
{
    out->len = 0;
    for (;;) {
        const uint64_t left = size > out->len ? size - out->len : 0;
        const size_t want = left < (1u << 24) ? (size_t)left + 1 : 1u << 24;
        uint8_t *to = nidx_buf_reserve(out, want);
        if (!to) {
            out->oom = false;
            return ENOMEM;
        }
        const ssize_t got = read(fd, to, want);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return errno;
        if (got == 0)
            return 0;
        out->len += (size_t)got;
        if (out->len > NIDX_DOCUMENT_MAX)
            return EFBIG;
    }
}

static bool ends_with(const char *name, const char *ending)
{
    const size_t n = strlen(name), k = strlen(ending);

    return n > k && strcasecmp(name + n - k, ending) == 0;
}

/** Whether it is read line by line and never as a whole. */
static bool is_lines(const char *path, const struct stat *st)
{
    return ends_with(path, ".jsonl") || ends_with(path, ".ndjson") ||
           (ends_with(path, ".json") &&
            (uint64_t)st->st_size > NIDX_DOCUMENT_MAX);
}

/** Says whether a file is the one that was read before. */
static uint64_t stat_hash(const struct stat *st)
{
    const uint64_t parts[4] = {(uint64_t)st->st_size, (uint64_t)st->st_ino,
                               (uint64_t)st->st_mtim.tv_sec,
                               (uint64_t)st->st_mtim.tv_nsec};
    const uint64_t hash = XXH3_64bits(parts, sizeof(parts));

    return hash ? hash : 1;
}

/** Whether its state can be trusted to show later changes. */
static bool is_settled(const struct stat *st)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    const double passed = 1e9 * difftime(now.tv_sec, st->st_mtim.tv_sec) +
                          (double)(now.tv_nsec - st->st_mtim.tv_nsec);
    return passed > (double)SETTLED_NS;
}

/** What column STAT says of the live document of a key; 0: nothing. */
static enum nidx_status known_stat(struct nidx_import *m, const char *path,
                                   uint64_t *known, struct nidx_error *err)
{
    const struct nidx_bytes key = {(const uint8_t *)path, strlen(path)};
    enum nidx_status status = NIDX_OK;

    *known = 0;
    /* A deletion that is not committed yet may be of this very key. */
    if (m->writer->n_removals > 0)
        return NIDX_OK;
    if (m->catalog &&
        m->catalog->manifest.commit != m->writer->manifest.commit) {
        nidx_catalog_close(m->catalog);
        m->catalog = NULL;
    }
    if (!m->catalog)
        status = nidx_catalog_open(m->writer->index->store, &m->catalog, err);
    if (status != NIDX_OK)
        return status;
    for (uint32_t i = m->catalog->manifest.n_segments; i-- > 0;) {
        const struct nidx_segment *s = m->catalog->segments[i];
        bool found = false;
        nidx_docid doc = 0;
        status = nidx_segment_find_key(s, key, &found, &doc, err);
        if (status != NIDX_OK)
            return status;
        if (found && !nidx_segment_is_deleted(s, doc))
            return nidx_column_get(&s->columns[NIDX_COLUMN_STAT], doc, known,
                                   err);
    }
    return NIDX_OK;
}

static enum nidx_status unreadable(struct nidx_import *m, const char *path,
                                   int code, struct nidx_error *err)
{
    char text[128];

    if (code == ENOMEM)
        return nidx_nomem(err);
    if (code == EFBIG) {
        count_skip(m, path, 0, NIDX_SKIP_FORMAT,
                   "larger than 128 MiB, which is too long for an article");
        return NIDX_OK;
    }
    count_skip(m, path, 0, NIDX_SKIP_UNREADABLE,
               strerror_r(code, text, sizeof(text)));
    return NIDX_OK;
}

static enum nidx_status import_file(void *context, const char *path, int fd,
                                    const struct stat *st,
                                    struct nidx_error *err)
{
    struct nidx_import *m = context;
    const uint64_t stat = stat_hash(st);
    uint64_t known = 0;
    struct nidx_source_input input = {.name = path,
                                      .fd = fd,
                                      .mtime = st->st_mtim.tv_sec,
                                      .stat = is_settled(st) ? stat : 0,
                                      .map = m->options.map,
                                      .plain_ids = m->options.plain_ids != 0};

    enum nidx_status status = tick(m, m->bytes, err);
    if (status == NIDX_OK && !is_lines(path, st))
        status = known_stat(m, path, &known, err);
    if (status != NIDX_OK)
        return status;
    if (known == stat) {
        m->counts.unchanged++;
        m->bytes += (uint64_t)st->st_size;
        return NIDX_OK;
    }
    if (!is_lines(path, st)) {
        const int code =
            (uint64_t)st->st_size > NIDX_DOCUMENT_MAX
                ? EFBIG
                : nidx_import_read(fd, (uint64_t)st->st_size, &m->file);
        if (code != 0)
            return unreadable(m, path, code, err);
        static const uint8_t nothing;
        input.data = m->file.len > 0 ? m->file.data : &nothing;
        input.len = m->file.len;
        input.content = XXH3_64bits(input.data, input.len);
    }
    return read_input(m, &input, err);
}

static enum nidx_status walk_skipped(void *context, const char *path,
                                     enum nidx_skip why, const char *message,
                                     struct nidx_error *err)
{
    struct nidx_import *m = context;

    count_skip(m, path, 0, why, message);
    return tick(m, m->bytes, err);
}

/* ----------------------------------------------------------------- public */

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
    nidx_writer_counts(w, &m->base);
    *out = m;
    return NIDX_OK;
}

void nidx_import_free(struct nidx_import *import)
{
    if (!import)
        return;
    nidx_catalog_close(import->catalog);
    nidx_document_free(import->doc);
    nidx_buf_done(&import->file);
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
    const struct nidx_walk walk = {import_file, walk_skipped, import};
    enum nidx_status status = check_running(import, err);
    struct stat st;

    if (status != NIDX_OK)
        return status;
    if (!path || !*path)
        return nidx_fail(err, NIDX_ERR_INVALID, "a path is empty");
    import->total = 0;
    if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
        import->total = import->bytes + (uint64_t)st.st_size;
    return nidx_walk_path(&walk, path, err);
}

enum nidx_status nidx_import_stream(struct nidx_import *import, int fd,
                                    const char *name, struct nidx_error *err)
{
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
    return read_input(import, &input, err);
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
    all.added = w.added - import->base.added;
    all.updated = w.updated - import->base.updated;
    all.duplicates = w.duplicates - import->base.duplicates;
    all.bad_bytes = w.bad_bytes - import->base.bad_bytes;
    all.cut_words = w.cut_words - import->base.cut_words;
    all.size = out->size;
    memcpy(out, &all, size);
}
