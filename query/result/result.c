/* result.c: hits and what is stored of them.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/result/result.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/** What column DATE adds, so that 0 is no date. */
#define DATE_ZERO (UINT64_C(1) << 62)

enum nidx_status nidx_result_add_note(struct nidx_result *r,
                                      struct nidx_error *err,
                                      const char *format, ...)
{
    char text[1024];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    for (size_t i = 0; i < r->n_notes; i++) {
        if (strcmp(r->notes[i], text) == 0)
            return NIDX_OK;
    }
    if (r->n_notes == r->cap_notes) {
        const size_t cap = r->cap_notes ? 2 * r->cap_notes : 8;
        char **notes = realloc(r->notes, cap * sizeof(*notes));
        if (!notes)
            return nidx_nomem(err);
        r->notes = notes;
        r->cap_notes = cap;
    }
    r->notes[r->n_notes] = strdup(text);
    if (!r->notes[r->n_notes])
        return nidx_nomem(err);
    r->n_notes++;
    return NIDX_OK;
}

static size_t count_leaves(const struct nidx_node *node)
{
    size_t n = node->type == NIDX_NODE_LEAF ? (size_t)node->leaf + 1 : 0;

    for (uint32_t i = 0; i < node->n_children; i++) {
        const size_t below = count_leaves(node->children[i]);
        if (below > n)
            n = below;
    }
    return n;
}

static void collect_leaves(struct nidx_result *r, const struct nidx_node *node)
{
    if (node->type == NIDX_NODE_LEAF)
        r->leaves[node->leaf] = node;
    for (uint32_t i = 0; i < node->n_children; i++)
        collect_leaves(r, node->children[i]);
}

enum nidx_status nidx_result_index_leaves(struct nidx_result *r,
                                          struct nidx_error *err)
{
    free(r->leaves);
    r->n_leaves = r->tree.root ? count_leaves(r->tree.root) : 0;
    r->leaves = calloc(r->n_leaves + 1, sizeof(struct nidx_node *));
    if (!r->leaves) {
        r->n_leaves = 0;
        return nidx_nomem(err);
    }
    if (r->tree.root)
        collect_leaves(r, r->tree.root);
    return NIDX_OK;
}

const struct nidx_segment *nidx_result_segment(const struct nidx_result *r,
                                               size_t i)
{
    return r->commit->catalog->segments[r->hits[i].segment];
}

enum nidx_status nidx_result_date(const struct nidx_segment *s, nidx_docid doc,
                                  bool *has, int64_t *date,
                                  struct nidx_error *err)
{
    uint64_t raw;
    enum nidx_status status =
        nidx_column_get(&s->columns[NIDX_COLUMN_DATE], doc, &raw, err);

    if (status != NIDX_OK)
        return status;
    *has = raw != 0;
    *date = (int64_t)(raw - DATE_ZERO);
    return NIDX_OK;
}

enum nidx_status nidx_result_fill_hit(struct nidx_result *r, size_t i,
                                      struct nidx_error *err)
{
    struct nidx_result_hit *h = &r->hits[i];
    const struct nidx_segment *segment = nidx_result_segment(r, i);

    enum nidx_status status =
        nidx_segment_doc_key(segment, h->doc, &h->key, err);
    if (status == NIDX_OK)
        status = nidx_result_date(segment, h->doc, &h->has_date, &h->date, err);
    if (status != NIDX_OK)
        return status;
    nidx_buf_u8(&h->key, 0);
    if (h->key.oom)
        return nidx_nomem(err);
    return NIDX_OK;
}

static void passages_done(struct nidx_result_hit *h)
{
    for (size_t i = 0; i < h->n_passages; i++) {
        nidx_buf_done(&h->passages[i].text);
        free(h->passages[i].lit);
    }
    free(h->passages);
    free(h->title_lit);
}

static void hit_done(struct nidx_result_hit *h)
{
    nidx_buf_done(&h->key);
    nidx_record_done(&h->record);
    nidx_buf_done(&h->explanation);
    nidx_buf_done(&h->why);
    nidx_buf_done(&h->similar);
    while (h->fetched) {
        struct nidx_fetched *f = h->fetched;
        h->fetched = f->next;
        nidx_buf_done(&f->value);
        free(f);
    }
    passages_done(h);
}

void nidx_result_free(struct nidx_result *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < r->n_hits; i++)
        hit_done(&r->hits[i]);
    free(r->hits);
    for (size_t i = 0; i < r->n_notes; i++)
        free(r->notes[i]);
    free(r->notes);
    free(r->leaves);
    nidx_analyzer_free(r->analyzer);
    nidx_vocab_free(r->vocab);
    nidx_text_cache_done(&r->cache);
    nidx_plan_free(r->plan);
    nidx_tree_done(&r->tree);
    nidx_buf_done(&r->text);
    nidx_query_free(r->own_query);
    nidx_commit_view_unref(r->commit);
    free(r);
}

uint64_t nidx_result_total(const struct nidx_result *r)
{
    return r->total;
}

size_t nidx_result_n_hits(const struct nidx_result *r)
{
    return r->n_hits;
}

int nidx_result_is_nearest(const struct nidx_result *r)
{
    return r->nearest;
}

size_t nidx_result_n_notes(const struct nidx_result *r)
{
    return r->n_notes;
}

const char *nidx_result_note(const struct nidx_result *r, size_t i)
{
    return i < r->n_notes ? r->notes[i] : NULL;
}

const char *nidx_result_query(const struct nidx_result *r, size_t *len)
{
    if (len)
        *len = r->text.len > 0 ? r->text.len - 1 : 0;
    return r->text.data ? (const char *)r->text.data : "";
}

const char *nidx_hit_key(const struct nidx_result *r, size_t i, size_t *len)
{
    if (i >= r->n_hits) {
        *len = 0;
        return NULL;
    }
    *len = r->hits[i].key.len - 1;
    return (const char *)r->hits[i].key.data;
}

double nidx_hit_score(const struct nidx_result *r, size_t i)
{
    return i < r->n_hits ? (double)r->hits[i].score / NIDX_SCORE_ONE : 0;
}

int64_t nidx_hit_date(const struct nidx_result *r, size_t i, int *has)
{
    const bool known = i < r->n_hits && r->hits[i].has_date;

    if (has)
        *has = known;
    return known ? r->hits[i].date : 0;
}

enum nidx_status nidx_result_record(struct nidx_result *r, size_t i,
                                    struct nidx_error *err)
{
    struct nidx_result_hit *h = &r->hits[i];

    if (h->has_record)
        return NIDX_OK;
    enum nidx_status status = nidx_segment_record(
        nidx_result_segment(r, i), h->doc, &r->cache, &h->record, err);
    h->has_record = status == NIDX_OK;
    return status;
}

/** Number of a field that is stored, by name; false where there is none. */
static bool stored_field(const char *name, uint8_t *field)
{
    static const struct {
        const char *name;
        uint8_t field;
    } fields[] = {
        {"title", NIDX_FIELD_TITLE},   {"body", NIDX_FIELD_BODY},
        {"author", NIDX_FIELD_AUTHOR}, {"url", NIDX_FIELD_URL},
        {"source", NIDX_FIELD_SOURCE}, {"language", NIDX_FIELD_LANGUAGE},
        {"tags", NIDX_FIELD_TAGS}};

    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
        if (strcmp(fields[i].name, name) == 0) {
            *field = fields[i].field;
            return true;
        }
    }
    return false;
}

static enum nidx_status fetch(struct nidx_result *r, size_t i, uint8_t field,
                              size_t nth, struct nidx_fetched **out,
                              struct nidx_error *err)
{
    struct nidx_result_hit *h = &r->hits[i];
    const struct nidx_record_field *f =
        nth > UINT32_MAX ? NULL
                         : nidx_record_find(&h->record, field, (uint32_t)nth);

    *out = NULL;
    if (!f)
        return NIDX_OK;
    struct nidx_fetched *got = calloc(1, sizeof(*got));
    if (!got)
        return nidx_nomem(err);
    got->field = field;
    got->nth = nth;
    enum nidx_status status =
        nidx_text_read(&nidx_result_segment(r, i)->text, &r->cache, f->offset,
                       f->len, &got->value, err);
    if (status == NIDX_OK) {
        nidx_buf_u8(&got->value, 0);
        if (got->value.oom)
            status = nidx_nomem(err);
    }
    if (status != NIDX_OK) {
        nidx_buf_done(&got->value);
        free(got);
        return status;
    }
    got->next = h->fetched;
    h->fetched = *out = got;
    return NIDX_OK;
}

enum nidx_status nidx_hit_field(struct nidx_result *r, size_t i,
                                const char *name, size_t nth,
                                const char **value, size_t *len,
                                struct nidx_error *err)
{
    uint8_t field;

    if (i >= r->n_hits)
        return nidx_fail(err, NIDX_ERR_INVALID, "no such hit");
    if (!stored_field(name, &field))
        return nidx_fail(err, NIDX_ERR_NOTFOUND, "no such field: %s", name);
    struct nidx_fetched *f = r->hits[i].fetched;
    while (f && (f->field != field || f->nth != nth))
        f = f->next;
    if (!f) {
        enum nidx_status status = nidx_result_record(r, i, err);
        if (status == NIDX_OK)
            status = fetch(r, i, field, nth, &f, err);
        if (status != NIDX_OK)
            return status;
    }
    *value = f ? (const char *)f->value.data : NULL;
    *len = f ? f->value.len - 1 : 0;
    return NIDX_OK;
}
