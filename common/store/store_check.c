/* store_check.c: whether the file is whole, and what is in it.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/store/store_impl.h"

#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

static uint64_t checksum(struct nidx_bytes key, struct nidx_bytes payload)
{
    uint64_t seed = XXH3_64bits(key.data, key.len);

    return XXH3_64bits_withSeed(payload.data, payload.len, seed);
}

void nidx_trailer_write(struct nidx_bytes key, struct nidx_bytes payload,
                        uint8_t *out)
{
    uint64_t sum = checksum(key, payload);

    memset(out, 0, NIDX_TRAILER);
    for (size_t i = 0; i < 8; i++)
        out[i] = (uint8_t)(sum >> 8 * i);
}

bool nidx_trailer_matches(struct nidx_bytes key, struct nidx_bytes value)
{
    if (value.len < NIDX_TRAILER)
        return false;
    struct nidx_bytes payload = {value.data, value.len - NIDX_TRAILER};
    return nidx_load64(value.data + payload.len) == checksum(key, payload);
}

/* ------------------------------------------------------------- the trees */

/* A walk over all pages of a view, noting each in a bitmap. */
struct survey {
    struct nidx_view *view;
    uint8_t *seen;
    uint64_t n_branch, n_leaf, n_overflow, n_entries; /* of one tree */
    bool values; /* look at values, not only at what leads there */
    int (*progress)(void *context, uint64_t done, uint64_t total);
    void *context;
    struct nidx_error *err;
};

static bool mark(struct survey *s, uint64_t page, uint64_t n)
{
    if (page < 2 || page >= s->view->file_pages ||
        n > s->view->file_pages - page)
        return false;
    for (uint64_t i = page; i < page + n; i++) {
        if (s->seen[i / 8] & 1u << i % 8)
            return false;
        s->seen[i / 8] |= (uint8_t)(1u << i % 8);
    }
    return true;
}

static bool visit(void *context, uint64_t page, bool leaf)
{
    struct survey *s = context;

    if (leaf)
        s->n_leaf++;
    else
        s->n_branch++;
    return mark(s, page, 1);
}

/* A record of the free list: count, then page numbers, falling. LMDB may
 * leave room behind them. */
static const char *check_free_record(struct survey *s,
                                     const struct nidx_entry *e)
{
    if (e->key.len != 8 || e->value.len < 8 || e->value.len % 8 != 0)
        return "a record of the free list has an odd size";
    if (nidx_load64(e->key.data) > s->view->commit)
        return "a record of the free list is from the future";
    uint64_t n = nidx_load64(e->value.data), last = NIDX_NO_PAGE;
    if (n > e->value.len / 8 - 1)
        return "a record of the free list is cut short";
    for (uint64_t i = 1; i <= n; i++) {
        uint64_t page = nidx_load64(e->value.data + 8 * i);
        if (page >= last)
            return "a record of the free list is out of order";
        if (!mark(s, page, 1))
            return "a free page is in use, or free twice";
        last = page;
    }
    return NULL;
}

static const char *check_entry(struct survey *s, const struct nidx_walk *w,
                               const struct nidx_entry *e)
{
    if (e->page != 0 && !mark(s, e->page, e->n_pages))
        return "a page of a value is used twice";
    s->n_overflow += e->n_pages;
    s->n_entries++;
    if (w->tree->numbers)
        return check_free_record(s, e);
    if (e->value.len < NIDX_TRAILER)
        return "a value is too short";
    if (s->values && !nidx_trailer_matches(e->key, e->value))
        return "a value's checksum is wrong";
    return NULL;
}

static bool in_order(const struct nidx_tree *t, struct nidx_bytes a,
                     struct nidx_bytes b)
{
    if (t->numbers && a.len == 8 && b.len == 8)
        return nidx_load64(a.data) < nidx_load64(b.data);
    return nidx_bytes_compare(a, b) < 0;
}

static enum nidx_status survey_tree(struct survey *s,
                                    const struct nidx_tree *tree)
{
    struct nidx_walk w = {.tree = tree,
                          .visit = visit,
                          .context = s,
                          .lazy = !s->values && !tree->numbers};
    struct nidx_entry e;
    struct nidx_bytes last = {NULL, 0};
    const char *bad = NULL;

    s->n_branch = s->n_leaf = s->n_overflow = s->n_entries = 0;
    for (bool on = nidx_walk_first(&w); on && !bad; on = nidx_walk_next(&w)) {
        if (!nidx_walk_entry(&w, &e))
            break;
        bad = check_entry(s, &w, &e);
        if (last.data && !in_order(tree, last, e.key))
            bad = "keys are out of order";
        last = e.key;
        if (bad)
            return nidx_env_damage(s->view->env, bad, e.page, s->err);
        if (s->progress && !tree->numbers &&
            s->progress(s->context, s->n_entries, tree->meta.n_entries) != 0)
            return nidx_fail(s->err, NIDX_ERR_STOPPED, "stopped");
    }
    if (w.bad)
        return nidx_env_damage(s->view->env, w.bad, w.bad_page, s->err);
    if (s->n_branch != tree->meta.n_branch || s->n_leaf != tree->meta.n_leaf ||
        s->n_entries != tree->meta.n_entries ||
        (s->values && s->n_overflow != tree->meta.n_overflow))
        return nidx_env_damage(s->view->env,
                               "a tree has not as many pages and entries as "
                               "its head says",
                               tree->meta.root, s->err);
    return NIDX_OK;
}

static enum nidx_status survey(struct survey *s)
{
    s->seen = calloc(s->view->file_pages / 8 + 1, 1);
    if (!s->seen)
        return nidx_nomem(s->err);
    enum nidx_status status = survey_tree(s, &s->view->free);
    if (status == NIDX_OK)
        status = survey_tree(s, &s->view->main);
    free(s->seen);
    return status;
}

enum nidx_status nidx_view_check_trees(struct nidx_view *v,
                                       struct nidx_error *err)
{
    struct survey s = {.view = v, .err = err};

    return survey(&s);
}

enum nidx_status nidx_view_check_values(struct nidx_view *v,
                                        int (*progress)(void *context,
                                                        uint64_t done,
                                                        uint64_t total),
                                        void *context, struct nidx_error *err)
{
    struct survey s = {.view = v,
                       .values = true,
                       .progress = progress,
                       .context = context,
                       .err = err};

    return survey(&s);
}

enum nidx_status nidx_store_check(struct nidx_store *s,
                                  int (*progress)(void *context, uint64_t done,
                                                  uint64_t total),
                                  void *context, struct nidx_error *err)
{
    struct nidx_view *v = NULL;

    enum nidx_status status = nidx_view_open(s, &v, err);
    if (status != NIDX_OK)
        return status;
    status = nidx_view_check_values(v, progress, context, err);
    nidx_view_close(v);
    return status;
}

/* ------------------------------------------------------------------ info */

/* LMDB lists its readers as text: pid, thread, commit or "-". */
static int note_reader(const char *line, void *context)
{
    struct nidx_store_info *info = context;
    int pid;
    unsigned long long commit;

    if (info->n_readers == 64)
        return -1;
    if (sscanf(line, "%d %*x %llu", &pid, &commit) == 2) {
        info->readers[info->n_readers++] =
            (struct nidx_store_reader){.pid = pid, .commit = commit};
    }
    return 0;
}

/* A record of the free list holds the pages that its key, a commit, freed;
 * LMDB reuses them once no reader stands at that commit or before it. */
static enum nidx_status sum_free(const struct nidx_view *v,
                                 struct nidx_store_info *out,
                                 struct nidx_error *err)
{
    struct nidx_walk w = {.tree = &v->free};
    struct nidx_entry e;

    for (bool on = nidx_walk_first(&w); on; on = nidx_walk_next(&w)) {
        if (!nidx_walk_entry(&w, &e))
            break;
        if (e.key.len != 8 || e.value.len < 8)
            return nidx_env_damage(v->env,
                                   "a record of the free list has an odd size",
                                   e.page, err);
        uint64_t n = nidx_load64(e.value.data);
        if (n >= v->file_pages)
            return nidx_env_damage(
                v->env, "a record of the free list is too long", e.page, err);
        uint64_t bytes = n * v->env->page_size;
        out->free_bytes += bytes;
        for (uint32_t i = 0; i < out->n_readers; i++) {
            if (nidx_load64(e.key.data) >= out->readers[i].commit)
                out->readers[i].pinned_bytes += bytes;
        }
    }
    if (w.bad)
        return nidx_env_damage(v->env, w.bad, w.bad_page, err);
    return NIDX_OK;
}

enum nidx_status nidx_store_info(struct nidx_store *s,
                                 struct nidx_store_info *out,
                                 struct nidx_error *err)
{
    struct nidx_store_info info = {0};
    struct nidx_view *v = NULL;

    if (s->born != nidx_fork_count())
        return nidx_fail_forked(err);
    nidx_table_lock();
    if (s->env->mdb)
        mdb_reader_list(s->env->mdb, note_reader, &info);
    nidx_table_unlock();
    enum nidx_status status = nidx_view_open(s, &v, err);
    if (status != NIDX_OK)
        return status;
    uint64_t page_size = v->env->page_size;
    info.file_bytes = v->file_pages * page_size;
    info.tree_bytes = (v->main.meta.n_branch + v->main.meta.n_leaf +
                       v->free.meta.n_branch + v->free.meta.n_leaf) *
                      page_size;
    info.n_values = v->main.meta.n_entries;
    info.commit = v->commit;
    status = sum_free(v, &info, err);
    nidx_view_close(v);
    if (status == NIDX_OK)
        *out = info;
    return status;
}
