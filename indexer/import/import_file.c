/* import_file.c: a file on its way in: is it known, touched, moved or new?
 *
 * What the index knows of a path is compared with the file's state first, and
 * the file is opened only where they differ. Where its bytes are those that
 * were read before, its new state is noted and nothing else happens: an
 * article does not become younger by being touched.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>

#include "indexer/import/import.h"

/** A file that changed so shortly before it was read may change again within
 * the same tick of its clock, and is read anew the next time. File systems
 * whose clock is coarse show it: they have no fractions of a millisecond. */
#define SETTLED_FINE_NS   1e8
#define SETTLED_COARSE_NS 2.1e9
/** Bytes read to see whether a file is worth reading. */
#define LOOK ((size_t)1 << 16)

/** The file at hand. */
struct item {
    const struct nidx_walk_file *f;
    struct nidx_bytes path;
    struct stat st;
    uint64_t stat;             /**< hash of st */
    struct nidx_known_doc doc; /**< the document of that key */
    struct nidx_file file;     /**< what is known besides */
    uint64_t content;          /**< of what was read */
    int fd;
};

/* ------------------------------------------------------------------- states */

/** Says whether a file is the one that was read before. */
static uint64_t stat_hash(const struct stat *st)
{
    const uint64_t parts[5] = {(uint64_t)st->st_size, (uint64_t)st->st_ino,
                               (uint64_t)st->st_mtim.tv_sec,
                               (uint64_t)st->st_mtim.tv_nsec,
                               (uint64_t)st->st_dev};
    const uint64_t hash = XXH3_64bits(parts, sizeof(parts));

    return hash ? hash : 1;
}

/** Column CONTENT: 0 there says that a document is no whole file. */
static uint64_t content_hash(uint64_t hash)
{
    return hash ? hash : 1;
}

/** Whether its state can be trusted to show later changes. */
static bool is_settled(const struct stat *st)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    const double passed = 1e9 * difftime(now.tv_sec, st->st_mtim.tv_sec) +
                          (double)(now.tv_nsec - st->st_mtim.tv_nsec);
    return passed > (st->st_mtim.tv_nsec % 1000000 ? SETTLED_FINE_NS
                                                   : SETTLED_COARSE_NS);
}

static uint64_t settled_stat(const struct item *i)
{
    return is_settled(&i->st) ? i->stat : 0;
}

static bool ends_with(const char *name, const char *ending)
{
    const size_t n = strlen(name), k = strlen(ending);

    return n > k && strcasecmp(name + n - k, ending) == 0;
}

/** Whether it is read line by line and never as a whole. */
static bool is_lines(const struct item *i)
{
    const char *path = i->f->path;

    return ends_with(path, ".jsonl") || ends_with(path, ".ndjson") ||
           (ends_with(path, ".json") &&
            (uint64_t)i->st.st_size > NIDX_DOCUMENT_MAX);
}

static bool has_records(const struct nidx_file *file)
{
    return file->kind == NIDX_FILE_RECORDS || file->kind == NIDX_FILE_PLAIN;
}

/* -------------------------------------------------------------- recognising */

/** What the index knows of the path. */
static enum nidx_status look_up(struct nidx_import *m, struct item *i,
                                struct nidx_error *err)
{
    struct nidx_writer *w = m->writer;

    if (m->n_removals > w->n_removals)
        m->n_removals = w->n_removals;
    /* A deletion that the caller did not commit yet may be of this key. */
    if (w->n_removals > m->n_removals)
        return NIDX_OK;
    enum nidx_status status = nidx_known_find(&m->known, i->path, &i->doc, err);
    if (status == NIDX_OK && !(i->doc.found && i->doc.stat == i->stat))
        status = nidx_known_file(&m->known, i->path, &i->file, err);
    return status;
}

/** Whether the records that the entry speaks of are there: somebody may have
 * deleted them by their keys. */
static enum nidx_status check_records(struct nidx_import *m,
                                      const struct item *i, bool *there,
                                      struct nidx_error *err)
{
    *there = has_records(&i->file) && i->file.settings == m->settings;
    if (!*there || i->file.kind == NIDX_FILE_PLAIN)
        return NIDX_OK;
    return nidx_import_has_records(m, i->path, there, err);
}

/** Whether the file's state is that of the file that was read. */
static enum nidx_status is_unchanged(struct nidx_import *m,
                                     const struct item *i, bool *same,
                                     struct nidx_error *err)
{
    *same = i->doc.found && i->doc.stat == i->stat;
    if (*same)
        return NIDX_OK;
    if (i->file.stat != i->stat)
        return NIDX_OK;
    *same = i->file.kind == NIDX_FILE_TOUCHED && i->doc.found &&
            i->doc.content != 0 && i->doc.content == i->file.content;
    if (*same || !has_records(&i->file))
        return NIDX_OK;
    return check_records(m, i, same, err);
}

/** Whether the bytes are those that were read before; content is known. */
static enum nidx_status is_touched(struct nidx_import *m, const struct item *i,
                                   bool *same, struct nidx_error *err)
{
    *same = i->doc.found && i->doc.content == i->content;
    if (*same || !has_records(&i->file) || i->file.content != i->content)
        return NIDX_OK;
    return check_records(m, i, same, err);
}

static void count_unchanged(struct nidx_import *m, const struct item *i)
{
    m->counts.unchanged++;
    m->bytes += (uint64_t)i->st.st_size;
}

/** Takes down the new state of a file whose bytes are the same. */
static enum nidx_status note_touched(struct nidx_import *m,
                                     const struct item *i,
                                     struct nidx_error *err)
{
    struct nidx_file file = i->file;

    count_unchanged(m, i);
    if (i->doc.found && i->doc.content == i->content)
        file = (struct nidx_file){.kind = NIDX_FILE_TOUCHED,
                                  .content = i->content,
                                  .size = (uint64_t)i->st.st_size};
    file.stat = settled_stat(i);
    return file.stat ? nidx_notes_add(&m->writer->notes, i->path, &file, err)
                     : NIDX_OK;
}

/* ------------------------------------------------------------------ reading */

static enum nidx_status unreadable(struct nidx_import *m, const char *path,
                                   int code, struct nidx_error *err)
{
    char text[128];

    if (code == ENOMEM)
        return nidx_nomem(err);
    if (code == EFBIG)
        nidx_import_skip(m, path, 0, NIDX_SKIP_FORMAT,
                         "larger than 128 MiB, which is too long for an "
                         "article");
    else
        nidx_import_skip(m, path, 0, NIDX_SKIP_UNREADABLE,
                         strerror_r(code, text, sizeof(text)));
    return NIDX_OK;
}

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

/** Whether a large file's beginning shows that it is nothing to be read. */
static bool is_hopeless(struct nidx_import *m, const struct item *i,
                        struct nidx_source_input *input)
{
    if ((uint64_t)i->st.st_size <= 4 * LOOK)
        return false;
    m->file.len = 0;
    uint8_t *to = nidx_buf_reserve(&m->file, LOOK);
    const ssize_t n = to ? pread(i->fd, to, LOOK, 0) : 0;
    m->file.oom = false;
    if (n <= 0)
        return false;
    input->data = to;
    input->len = (size_t)n;
    return nidx_source_is_refused(input);
}

/** Reads a file as a whole into input. An errno, or 0. */
static int read_whole(struct nidx_import *m, struct item *i,
                      struct nidx_source_input *input)
{
    static const uint8_t nothing;
    int code = 0;

    if ((uint64_t)i->st.st_size > NIDX_DOCUMENT_MAX)
        return EFBIG;
    if (is_hopeless(m, i, input))
        return 0;
    code = nidx_import_read(i->fd, (uint64_t)i->st.st_size, &m->file);
    input->data = m->file.len > 0 ? m->file.data : &nothing;
    input->len = m->file.len;
    i->content = content_hash(XXH3_64bits(input->data, input->len));
    input->content = i->content;
    return code;
}

/** Hashes a file of lines that may have been touched alone. An errno, or 0. */
static int hash_lines(struct nidx_import *m, struct item *i)
{
    off_t at = 0;

    if (!has_records(&i->file) || i->file.size != (uint64_t)i->st.st_size ||
        i->file.settings != m->settings)
        return 0;
    m->file.len = 0;
    uint8_t *to = nidx_buf_reserve(&m->file, LOOK);
    if (!to) {
        m->file.oom = false;
        return ENOMEM;
    }
    XXH3_64bits_reset(m->hash);
    for (ssize_t n = 1; n > 0; at += n) {
        n = pread(i->fd, to, LOOK, at);
        if (n < 0)
            return errno;
        XXH3_64bits_update(m->hash, to, (size_t)n);
    }
    i->content = content_hash(XXH3_64bits_digest(m->hash));
    return 0;
}

/* ------------------------------------------------------------- what follows */

/** Finds the path that the file had before, if it is new here. */
static enum nidx_status find_move(struct nidx_import *m, const struct item *i,
                                  bool records, bool *moved,
                                  struct nidx_file *old, struct nidx_error *err)
{
    struct nidx_moves_request r = {
        .stat = i->stat, .records = records, .memory = m->writer->memory / 4};

    *moved = false;
    if (i->doc.found || i->file.kind != NIDX_FILE_NONE ||
        m->writer->n_removals > m->n_removals)
        return NIDX_OK;
    enum nidx_status status =
        nidx_moves_find(&m->moves, &m->known, &r, moved, old, err);
    if (status != NIDX_OK || *moved || m->root.path.len == 0)
        return status;
    /* Equal bytes are a weaker sign than one inode: only within the folder
     * that is being walked, so that a copy elsewhere never takes the place of
     * what lies on a disk that is away. */
    r.stat = 0;
    r.content = i->content;
    r.root = (struct nidx_bytes){m->root.path.data, m->root.path.len};
    return nidx_moves_find(&m->moves, &m->known, &r, moved, old, err);
}

/** Removes what stands under the old path of a file that moved. */
static enum nidx_status leave_old_path(struct nidx_import *m,
                                       const struct item *i,
                                       const struct nidx_file *old,
                                       uint64_t n_docs, struct nidx_error *err)
{
    const struct nidx_file none = {.kind = NIDX_FILE_NONE};
    const struct nidx_bytes path = {m->moves.key.data, m->moves.key.len};
    const uint32_t before = m->n_removals;
    enum nidx_status status = NIDX_OK;

    (void)i;
    if (old->kind == NIDX_FILE_RECORDS)
        status = nidx_import_remove_records(m, path, true, err);
    else if (old->kind == NIDX_FILE_NONE)
        status = nidx_import_remove(m, path, err);
    const uint64_t n_removed = m->n_removals - before;
    m->n_moved += n_removed < n_docs ? n_removed : n_docs;
    return status == NIDX_OK
               ? nidx_notes_add(&m->writer->notes, path, &none, err)
               : status;
}

/** Takes down what was read, for the next run. */
static enum nidx_status note_read(struct nidx_import *m, const struct item *i,
                                  const struct nidx_import_result *result,
                                  struct nidx_error *err)
{
    struct nidx_file file = {.kind = NIDX_FILE_NONE};

    if (result->read && result->records)
        file = (struct nidx_file){
            .kind = m->options.plain_ids ? NIDX_FILE_PLAIN : NIDX_FILE_RECORDS,
            .stat = settled_stat(i),
            .content = i->content,
            .size = (uint64_t)i->st.st_size,
            .settings = m->settings};
    else if (i->file.kind == NIDX_FILE_NONE)
        return NIDX_OK;
    return nidx_notes_add(&m->writer->notes, i->path, &file, err);
}

/** With --prune, what the file held before and does not hold now. */
static enum nidx_status prune_file(struct nidx_import *m, const struct item *i,
                                   const struct nidx_import_result *result,
                                   struct nidx_error *err)
{
    const bool records = result->read && result->records;

    if (!m->options.prune)
        return NIDX_OK;
    if (i->doc.found && i->doc.content != 0 &&
        (records || result->n_docs == 0)) {
        enum nidx_status status = nidx_import_remove(m, i->path, err);
        if (status != NIDX_OK)
            return status;
    }
    if (i->file.kind != NIDX_FILE_RECORDS)
        return NIDX_OK;
    return nidx_import_remove_records(m, i->path, !records, err);
}

static enum nidx_status finish(struct nidx_import *m, const struct item *i,
                               const struct nidx_import_result *result,
                               struct nidx_error *err)
{
    struct nidx_file old = {.kind = NIDX_FILE_NONE};
    bool moved = false;

    enum nidx_status status = prune_file(m, i, result, err);
    if (status == NIDX_OK && result->n_docs > 0)
        status = find_move(m, i, result->records, &moved, &old, err);
    if (status == NIDX_OK && moved)
        status = leave_old_path(m, i, &old, result->n_docs, err);
    return status == NIDX_OK ? note_read(m, i, result, err) : status;
}

/** Reads the file, or as much of it as shows what it is. An errno, or 0. */
static int read_first(struct nidx_import *m, struct item *i,
                      struct nidx_source_input *input)
{
    if (!is_lines(i))
        return read_whole(m, i, input);
    if (!m->hash)
        m->hash = XXH3_createState();
    if (!m->hash)
        return ENOMEM;
    const int code = hash_lines(m, i);
    XXH3_64bits_reset(m->hash);
    input->hash = m->hash;
    return code;
}

static enum nidx_status import_open(struct nidx_import *m, struct item *i,
                                    struct nidx_error *err)
{
    struct nidx_import_result result = {.read = false};
    bool same = false;
    struct nidx_source_input input = {.name = i->f->path,
                                      .fd = i->fd,
                                      .mtime = i->st.st_mtim.tv_sec,
                                      .stat = settled_stat(i),
                                      .map = m->options.map,
                                      .plain_ids = m->options.plain_ids != 0};

    const int code = read_first(m, i, &input);
    if (code != 0)
        return unreadable(m, i->f->path, code, err);
    enum nidx_status status =
        i->content ? is_touched(m, i, &same, err) : NIDX_OK;
    if (status != NIDX_OK)
        return status;
    if (same)
        return note_touched(m, i, err);
    status = nidx_import_input(m, &input, &result, err);
    if (status != NIDX_OK)
        return status;
    if (input.hash)
        i->content = content_hash(XXH3_64bits_digest(m->hash));
    return finish(m, i, &result, err);
}

enum nidx_status nidx_import_file(void *context, const struct nidx_walk_file *f,
                                  struct nidx_error *err)
{
    struct nidx_import *m = context;
    struct item i = {.f = f,
                     .path = {(const uint8_t *)f->path, f->len},
                     .st = *f->st,
                     .stat = stat_hash(f->st)};
    bool same = false;

    enum nidx_status status = nidx_import_tick(m, m->bytes, err);
    if (status == NIDX_OK)
        status = look_up(m, &i, err);
    if (status == NIDX_OK)
        status = is_unchanged(m, &i, &same, err);
    if (status != NIDX_OK)
        return status;
    if (same) {
        count_unchanged(m, &i);
        return NIDX_OK;
    }
    i.fd = nidx_walk_open(f, &i.st);
    if (i.fd < 0)
        return unreadable(m, f->path, errno, err);
    i.stat = stat_hash(&i.st);
    status = import_open(m, &i, err);
    close(i.fd);
    return status;
}
