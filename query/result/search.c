/* search.c: from a query and a snapshot to a result.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>

#include "query/expand/expand.h"
#include "query/result/options.h"
#include "query/result/result.h"
#include "query/expand/spelling.h"

/* Each costs some milliseconds: not for every word of a text that is in
 * another language. */
#define SPELLINGS_MAX 8

static struct nidx_search_options options_of(
    const struct nidx_search_options *o)
{
    struct nidx_search_options full = NIDX_SEARCH_OPTIONS_INIT;

    if (o)
        memcpy(&full, o, o->size < sizeof(full) ? o->size : sizeof(full));
    if (full.limit == 0)
        full.limit = 10;
    if (full.limit > NIDX_HITS_MAX)
        full.limit = NIDX_HITS_MAX;
    return full;
}

static enum nidx_status exec_options(const struct nidx_search_options *o,
                                     struct nidx_exec_options *out,
                                     struct nidx_error *err)
{
    const double b = o->b < 0 ? 0 : o->b == 0 ? 0.75 : o->b;
    const double k1 = o->k1 == 0 ? 1.2 : o->k1;

    if (!(k1 > 0 && k1 <= 1000 && b <= 1))
        return nidx_fail(err, NIDX_ERR_INVALID,
                         "k1 lies above 0 and below 1000, b from 0 to 1");
    *out = (struct nidx_exec_options){.k1 = (float)k1,
                                      .b = (float)b,
                                      .plain = o->plain != 0,
                                      .cancelled = o->cancelled,
                                      .context = o->context};
    return nidx_options_recency(o, &out->recency, err);
}

static enum nidx_status copy_tree_notes(struct nidx_result *r,
                                        const struct nidx_tree *tree,
                                        struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;

    for (uint32_t i = 0; i < tree->n_notes && status == NIDX_OK; i++)
        status = nidx_result_add_note(r, err, "%s", tree->notes[i].text);
    return status;
}

/** Whether node is the ways in which one word may be written: OR-ed paths. */
static bool is_one_word(const struct nidx_node *node)
{
    bool same = node->type == NIDX_NODE_BOOL && node->n_children > 1;

    for (uint32_t i = 0; i < node->n_children && same; i++)
        same = node->children[i]->occur == NIDX_SHOULD &&
               node->children[i]->start == node->start &&
               node->children[i]->end == node->end;
    return same;
}

/** Whether no document can have node: a word that is in no dictionary. */
static bool is_unknown(const struct nidx_node *node)
{
    bool unknown = node->type == NIDX_NODE_LEAF && node->n_terms == 0;

    if (node->type == NIDX_NODE_PHRASE) {
        for (uint32_t i = 0; i < node->n_children; i++)
            unknown |= is_unknown(node->children[i]);
    } else if (is_one_word(node)) {
        unknown = true;
        for (uint32_t i = 0; i < node->n_children; i++)
            unknown &= is_unknown(node->children[i]);
    }
    return unknown;
}

/** How the word was perhaps meant, for a note; "" where nothing is near. */
static enum nidx_status find_spelling(struct nidx_result *r,
                                      const struct nidx_node *leaf,
                                      struct nidx_buf *out,
                                      struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;

    if (leaf->type == NIDX_NODE_LEAF && r->n_notes < SPELLINGS_MAX)
        status = nidx_spelling_find(r->commit->catalog, leaf->field, leaf->text,
                                    out, err);
    return status;
}

static enum nidx_status note_word(struct nidx_result *r,
                                  const struct nidx_tree *tree,
                                  const struct nidx_node *node,
                                  struct nidx_error *err)
{
    int len = (int)(node->end - node->start);
    const char *text = (const char *)tree->query.data + node->start;
    struct nidx_buf spelling = {0};

    /* Words of a phrase were read as one text: this is one of them. */
    if (node->type == NIDX_NODE_LEAF && memchr(text, ' ', (size_t)len)) {
        len = (int)node->text.len;
        text = (const char *)node->text.data;
    }

    enum nidx_status status = find_spelling(r, node, &spelling, err);
    if (status == NIDX_OK && spelling.len > 0)
        status = nidx_result_add_note(
            r, err, "no article has `%.*s`; did you mean `%.*s`?", len, text,
            (int)spelling.len, (const char *)spelling.data);
    else if (status == NIDX_OK)
        status =
            nidx_result_add_note(r, err, "no article has `%.*s`", len, text);
    nidx_buf_done(&spelling);
    return status;
}

/** Words that no document has are said, whether or not anything was found. */
static enum nidx_status note_unknown(struct nidx_result *r,
                                     const struct nidx_tree *tree,
                                     const struct nidx_node *node,
                                     struct nidx_error *err)
{
    const bool whole = node->type == NIDX_NODE_LEAF || is_one_word(node);
    enum nidx_status status = NIDX_OK;

    if (whole && is_unknown(node) && node->end > node->start &&
        node->end <= tree->query.len)
        return note_word(r, tree, node, err);
    for (uint32_t i = 0; !whole && i < node->n_children && status == NIDX_OK;
         i++) {
        if (node->children[i]->occur != NIDX_MUST_NOT ||
            node->type != NIDX_NODE_BOOL)
            status = note_unknown(r, tree, node->children[i], err);
    }
    return status;
}

static enum nidx_status plan_tree(struct nidx_result *r,
                                  const struct nidx_exec_options *exec,
                                  struct nidx_error *err)
{
    nidx_plan_free(r->plan);
    r->plan = NULL;
    enum nidx_status status = nidx_result_index_leaves(r, err);
    if (status == NIDX_OK)
        status =
            nidx_plan_new(&r->tree, r->commit->catalog, exec, &r->plan, err);
    return status;
}

static enum nidx_status print_tree(struct nidx_result *r,
                                   struct nidx_error *err)
{
    r->text.len = 0;
    nidx_tree_print(r->tree.root, &r->text);
    nidx_buf_u8(&r->text, 0);
    return r->text.oom ? nidx_nomem(err) : NIDX_OK;
}

/** Takes the hits behind the first offset ones into the result. */
static enum nidx_status take_hits(struct nidx_result *r,
                                  const struct nidx_hit *hits, size_t n,
                                  size_t offset, struct nidx_error *err)
{
    const size_t kept = n > offset ? n - offset : 0;

    r->hits = calloc(kept + 1, sizeof(*r->hits));
    if (!r->hits)
        return nidx_nomem(err);
    for (size_t i = 0; i < kept; i++) {
        struct nidx_result_hit *h = &r->hits[i];
        h->segment = hits[offset + i].segment;
        h->doc = hits[offset + i].doc;
        h->score = hits[offset + i].score;
        r->n_hits = i + 1;
        enum nidx_status status = nidx_result_fill_hit(r, i, err);
        if (status != NIDX_OK)
            return status;
    }
    return NIDX_OK;
}

static enum nidx_status run_top(struct nidx_result *r,
                                const struct nidx_search_options *o,
                                struct nidx_error *err)
{
    size_t n = 0;

    if (o->offset > NIDX_HITS_MAX || o->limit > NIDX_HITS_MAX - o->offset)
        return nidx_fail(err, NIDX_ERR_LIMIT,
                         "offset and limit together reach at most %d hits",
                         NIDX_HITS_MAX);
    const size_t k = o->offset + o->limit;
    struct nidx_hit *hits = malloc(k * sizeof(*hits));
    if (!hits)
        return nidx_nomem(err);
    uint64_t *total = o->count == NIDX_COUNT_EXACT ? &r->total : NULL;
    enum nidx_status status =
        o->sort == NIDX_SORT_SCORE
            ? nidx_plan_top(r->plan, k, hits, &n, total, err)
            : nidx_plan_by_date(r->plan, o->sort == NIDX_SORT_OLDEST, k, hits,
                                &n, &r->total, err);
    if (status == NIDX_OK)
        status = take_hits(r, hits, n, o->offset, err);
    if (status == NIDX_OK && !total && o->sort == NIDX_SORT_SCORE)
        r->total = n;
    free(hits);
    return status;
}

static enum nidx_status run(struct nidx_result *r,
                            const struct nidx_search_options *o,
                            struct nidx_error *err)
{
    if (o->count == NIDX_COUNT_ONLY)
        return nidx_plan_count(r->plan, &r->total, err);
    return run_top(r, o, err);
}

/** Where nothing was found and the nearest are asked for: those. */
static enum nidx_status run_nearest(struct nidx_result *r,
                                    const struct nidx_exec_options *exec,
                                    const struct nidx_search_options *o,
                                    struct nidx_error *err)
{
    bool changed = false;
    struct nidx_search_options near = *o;

    near.count = NIDX_COUNT_NONE;
    enum nidx_status status = nidx_result_nearest(r, exec, &changed, err);
    if (status != NIDX_OK || !changed || o->count == NIDX_COUNT_ONLY)
        return status;
    status = plan_tree(r, exec, err);
    if (status == NIDX_OK) {
        free(r->hits);
        r->hits = NULL;
        status = run_top(r, &near, err);
    }
    r->total = 0;
    r->nearest = r->n_hits > 0;
    return status;
}

static enum nidx_status run_notes(struct nidx_result *r, struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;
    const size_t n = nidx_plan_n_notes(r->plan);

    for (size_t i = 0; i < n && status == NIDX_OK; i++)
        status = nidx_result_add_note(r, err, "%s", nidx_plan_note(r->plan, i));
    return status;
}

/** Everything before running: an expanded tree and its plan. */
static enum nidx_status prepare(struct nidx_result *r,
                                const struct nidx_query *q,
                                const struct nidx_search_options *o,
                                const struct nidx_exec_options *exec,
                                struct nidx_error *err)
{
    enum nidx_status status =
        nidx_expander_run(r->commit->expander, &q->tree, &r->tree, err);

    if (status == NIDX_OK)
        status = nidx_options_dates(o, &r->tree, err);
    if (status == NIDX_OK)
        status = copy_tree_notes(r, &q->tree, err);
    if (status == NIDX_OK)
        status = copy_tree_notes(r, &r->tree, err);
    if (status == NIDX_OK)
        status = note_unknown(r, &q->tree, r->tree.root, err);
    if (status == NIDX_OK)
        status = print_tree(r, err);
    if (status == NIDX_OK)
        status = plan_tree(r, exec, err);
    return status;
}

static enum nidx_status search(struct nidx_result *r,
                               const struct nidx_query *q,
                               const struct nidx_search_options *o,
                               struct nidx_error *err)
{
    struct nidx_exec_options exec;

    enum nidx_status status = exec_options(o, &exec, err);
    exec.norms = r->commit->norms;
    if (status == NIDX_OK)
        status = prepare(r, q, o, &exec, err);
    if (status == NIDX_OK)
        status = run(r, o, err);
    if (status == NIDX_OK)
        status = run_notes(r, err);
    if (status == NIDX_OK && r->total == 0 && o->nearest)
        status = run_nearest(r, &exec, o, err);
    return status;
}

static enum nidx_status result_new(struct nidx_snapshot *s,
                                   struct nidx_result **out,
                                   struct nidx_error *err)
{
    struct nidx_result *r = calloc(1, sizeof(*r));

    *out = r;
    if (!r)
        return nidx_nomem(err);
    r->commit = nidx_commit_view_ref(s->commit);
    return NIDX_OK;
}

enum nidx_status nidx_result_prepare(struct nidx_snapshot *s,
                                     const struct nidx_query *q,
                                     const struct nidx_search_options *options,
                                     struct nidx_result **out,
                                     struct nidx_error *err)
{
    const struct nidx_search_options o = options_of(options);
    struct nidx_exec_options exec;

    enum nidx_status status = result_new(s, out, err);
    if (status != NIDX_OK)
        return status;
    status = exec_options(&o, &exec, err);
    exec.norms = (*out)->commit->norms;
    if (status == NIDX_OK)
        status = prepare(*out, q, &o, &exec, err);
    if (status != NIDX_OK) {
        nidx_result_free(*out);
        *out = NULL;
    }
    return status;
}

enum nidx_status nidx_search(struct nidx_snapshot *s,
                             const struct nidx_query *q,
                             const struct nidx_search_options *options,
                             struct nidx_result **out, struct nidx_error *err)
{
    const struct nidx_search_options o = options_of(options);

    enum nidx_status status = result_new(s, out, err);
    if (status != NIDX_OK)
        return status;
    status = search(*out, q, &o, err);
    if (status != NIDX_OK) {
        nidx_result_free(*out);
        *out = NULL;
    }
    return status;
}

enum nidx_status nidx_search_text(struct nidx_index *index, const char *text,
                                  size_t len,
                                  const struct nidx_search_options *options,
                                  struct nidx_result **out,
                                  struct nidx_error *err)
{
    const struct nidx_search_options o = options_of(options);
    struct nidx_query_options parse = NIDX_QUERY_OPTIONS_INIT;
    struct nidx_snapshot *s = NULL;
    struct nidx_query *q = NULL;

    *out = NULL;
    parse.any = o.any;
    parse.strict = o.strict;
    enum nidx_status status = nidx_query_parse(text, len, &parse, &q, err);
    if (status == NIDX_OK)
        status = nidx_snapshot_open(index, &s, err);
    if (status == NIDX_OK)
        status = nidx_search(s, q, &o, out, err);
    nidx_snapshot_close(s);
    if (status != NIDX_OK) {
        nidx_query_free(q);
        return status;
    }
    (*out)->own_query = q;
    return NIDX_OK;
}

/** The newest segment that has the key, undeleted. */
static enum nidx_status find_key(const struct nidx_catalog *catalog,
                                 struct nidx_bytes key, bool *found,
                                 struct nidx_hit *hit, struct nidx_error *err)
{
    *found = false;
    for (uint32_t i = catalog->manifest.n_segments; i-- > 0 && !*found;) {
        const struct nidx_segment *segment = catalog->segments[i];
        enum nidx_status status =
            nidx_segment_find_key(segment, key, found, &hit->doc, err);
        if (status != NIDX_OK)
            return status;
        hit->segment = i;
        if (*found && nidx_segment_is_deleted(segment, hit->doc))
            *found = false;
    }
    return NIDX_OK;
}

enum nidx_status nidx_result_take_key(struct nidx_result *r,
                                      struct nidx_bytes key,
                                      struct nidx_error *err)
{
    bool found = false;
    struct nidx_hit hit = {0};

    enum nidx_status status =
        find_key(r->commit->catalog, key, &found, &hit, err);
    if (status == NIDX_OK && !found)
        status = nidx_fail(
            err, NIDX_ERR_NOTFOUND, "no article has this key: %.*s",
            (int)(key.len < 300 ? key.len : 300), (const char *)key.data);
    if (status == NIDX_OK)
        status = take_hits(r, &hit, 1, 0, err);
    return status;
}

enum nidx_status nidx_snapshot_find(struct nidx_snapshot *s, const char *key,
                                    size_t len, struct nidx_result **out,
                                    struct nidx_error *err)
{
    const struct nidx_bytes bytes = {(const uint8_t *)key, len};

    enum nidx_status status = result_new(s, out, err);
    if (status != NIDX_OK)
        return status;
    struct nidx_result *r = *out;
    status = nidx_result_take_key(r, bytes, err);
    if (status == NIDX_OK)
        status = nidx_result_index_leaves(r, err);
    r->total = 1;
    if (status != NIDX_OK) {
        nidx_result_free(r);
        *out = NULL;
    }
    return status;
}
