/* merge.c: several segments to one.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/merge/merge.h"

#include <stdio.h>
#include <stdlib.h>

#include "indexer/merge/docmap.h"
#include "indexer/merge/kway.h"
#include "indexer/merge/mergelist.h"

/** Entries of the dictionary, or documents, between two calls of progress. */
#define PROGRESS_EVERY 1024u

struct merge {
    const struct nidx_merge_input *input;
    struct nidx_segment_writer *writer;
    struct nidx_docmap *maps;          /**< by segment */
    const struct nidx_strtab **tables; /**< of terms, by segment */
    uint32_t n_docs;
    bool recount;         /**< documents are left out */
    uint64_t done, total; /**< steps, for progress */
    uint64_t bytes;
};

/** Counts a step, and asks now and then whether to go on. */
static enum nidx_status step(struct merge *m, uint64_t n,
                             struct nidx_error *err)
{
    const struct nidx_merge_input *in = m->input;
    const uint64_t before = m->done;

    m->done += n;
    if (!in->progress || before / PROGRESS_EVERY == m->done / PROGRESS_EVERY)
        return NIDX_OK;
    /* Steps are of all kinds; bytes are what people are told. */
    const double part = m->total > 0 ? (double)m->done / (double)m->total : 1.0;
    const uint64_t at = (uint64_t)((double)m->bytes * part);
    if (in->progress(in->context, at < m->bytes ? at : m->bytes, m->bytes) == 0)
        return NIDX_OK;
    return nidx_fail(err, NIDX_ERR_STOPPED, "stopped while merging");
}

static enum nidx_status begin(struct merge *m, struct nidx_error *err)
{
    const struct nidx_merge_input *in = m->input;
    uint64_t base = 0;

    m->maps = calloc((size_t)in->n + 1, sizeof(*m->maps));
    m->tables = calloc((size_t)in->n + 1, sizeof(struct nidx_strtab *));
    if (!m->maps || !m->tables)
        return nidx_nomem(err);
    for (uint32_t i = 0; i < in->n; i++) {
        const struct nidx_segment *s = in->segments[i];
        enum nidx_status status = nidx_docmap_init(
            &m->maps[i], s->deleted, s->n_docs, (uint32_t)base, err);
        if (status != NIDX_OK)
            return status;
        base += m->maps[i].n_live;
        m->tables[i] = &s->terms;
        m->recount |= m->maps[i].n_live < s->n_docs;
        m->bytes += s->info.bytes;
        m->total += 2 * (uint64_t)s->n_docs + s->terms.n_entries;
        if (base > INT32_MAX)
            return nidx_fail(err, NIDX_ERR_LIMIT,
                             "a segment holds at most 2^31 documents");
    }
    m->n_docs = (uint32_t)base;
    return NIDX_OK;
}

static void end(struct merge *m)
{
    for (uint32_t i = 0; m->maps && i < m->input->n; i++)
        nidx_docmap_done(&m->maps[i]);
    free(m->maps);
    free(m->tables);
    nidx_segment_writer_free(m->writer);
}

/* ----------------------------------------------------------- documents, keys */

static enum nidx_status copy_docs(struct merge *m, struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;

    for (uint32_t i = 0; i < m->input->n; i++) {
        const struct nidx_segment *s = m->input->segments[i];
        for (uint32_t doc = 0; doc < s->n_docs && status == NIDX_OK; doc++) {
            if (!nidx_segment_is_deleted(s, doc))
                status = nidx_segment_copy_doc(m->writer, s, doc, err);
            if (status == NIDX_OK)
                status = step(m, 1, err);
        }
    }
    return status;
}

/** The document of the entry that a cursor over keys stands on. */
static enum nidx_status doc_of(const struct merge *m, uint32_t source,
                               struct nidx_bytes value, nidx_docid *doc,
                               struct nidx_error *err)
{
    struct nidx_reader r = nidx_reader_of(value.data, value.len);
    const uint32_t old = nidx_read_varint32(&r);

    if (r.bad || old >= m->maps[source].n_docs)
        return nidx_corrupt(err, "a key's document number");
    *doc = nidx_docmap_get(&m->maps[source], old);
    return NIDX_OK;
}

/** Of equal keys at most one document is alive. */
static enum nidx_status copy_key(struct merge *m, const struct nidx_kway *k,
                                 struct nidx_error *err)
{
    for (uint32_t i = 0; i < k->n_group; i++) {
        const uint32_t source = k->group[i];
        nidx_docid doc = NIDX_DOC_END;
        enum nidx_status status =
            doc_of(m, source, k->cursors[source].value, &doc, err);
        if (status == NIDX_OK && doc != NIDX_DOC_END)
            status =
                nidx_segment_add_key(m->writer, nidx_kway_key(k), doc, err);
        if (status != NIDX_OK)
            return status;
    }
    return step(m, k->n_group, err);
}

static enum nidx_status copy_keys(struct merge *m, struct nidx_error *err)
{
    const uint32_t n = m->input->n;
    const struct nidx_strtab **tables =
        calloc((size_t)n + 1, sizeof(struct nidx_strtab *));
    struct nidx_kway k = {0};

    for (uint32_t i = 0; tables && i < n; i++)
        tables[i] = &m->input->segments[i]->keys;
    enum nidx_status status =
        tables ? nidx_kway_init(&k, tables, n, err) : nidx_nomem(err);
    while (status == NIDX_OK) {
        status = nidx_kway_next(&k, err);
        if (status != NIDX_OK || k.n_group == 0)
            break;
        status = copy_key(m, &k, err);
    }
    nidx_kway_done(&k);
    free(tables);
    return status;
}

/* ------------------------------------------------------------------- terms */

/** Writes what is due before the key of the next list: the forms of ALL and
 * of AUTHOR stand between words and keywords. */
static enum nidx_status write_forms(struct merge *m,
                                    struct nidx_merge_forms forms[2],
                                    struct nidx_error *err)
{
    enum nidx_status status = nidx_merge_forms_write(&forms[0], m->writer, err);

    if (status == NIDX_OK)
        status = nidx_merge_forms_write(&forms[1], m->writer, err);
    return status;
}

static enum nidx_status merge_lists(struct merge *m, struct nidx_kway *k,
                                    struct nidx_merge_list *list,
                                    struct nidx_merge_forms forms[2],
                                    struct nidx_error *err)
{
    bool forms_written = false;
    enum nidx_status status = NIDX_OK;

    while (status == NIDX_OK) {
        status = nidx_kway_next(k, err);
        if (status != NIDX_OK || k->n_group == 0)
            break;
        const struct nidx_bytes key = nidx_kway_key(k);
        if (key.len < 2)
            return nidx_corrupt(err, "a term without kind and field");
        if (key.data[0] >= NIDX_KIND_FORM && !forms_written) {
            status = write_forms(m, forms, err);
            forms_written = true;
        }
        if (status == NIDX_OK && key.data[0] != NIDX_KIND_FORM) {
            list->forms = NULL;
            if (key.data[0] == NIDX_KIND_WORD)
                list->forms = &forms[key.data[1] == NIDX_FIELD_AUTHOR];
            nidx_segment_lists_of(m->writer, key.data[1]);
            status = nidx_merge_list_copy(list, k, m->writer, err);
        }
        if (status == NIDX_OK)
            status = step(m, k->n_group, err);
    }
    if (status == NIDX_OK && !forms_written)
        status = write_forms(m, forms, err);
    return status;
}

static enum nidx_status merge_terms(struct merge *m, struct nidx_error *err)
{
    const struct nidx_merge_input *in = m->input;
    struct nidx_merge_forms forms[2] = {{0}, {0}};
    struct nidx_merge_list list = {0};
    struct nidx_kway k = {0};
    struct nidx_postings_writer *postings = NULL;

    enum nidx_status status = nidx_segment_postings(m->writer, &postings, err);
    if (status == NIDX_OK)
        status =
            nidx_merge_forms_init(&forms[0], m->tables, in->n, NIDX_FIELD_ALL,
                                  m->recount, in->memory / 2, err);
    if (status == NIDX_OK)
        status = nidx_merge_forms_init(&forms[1], m->tables, in->n,
                                       NIDX_FIELD_AUTHOR, m->recount,
                                       in->memory / 4, err);
    if (status == NIDX_OK)
        status = nidx_kway_init(&k, m->tables, in->n, err);
    if (status == NIDX_OK)
        status = nidx_merge_list_init(&list, in->segments, m->maps, in->n,
                                      postings, err);
    if (status == NIDX_OK)
        status = merge_lists(m, &k, &list, forms, err);
    nidx_merge_list_done(&list);
    nidx_kway_done(&k);
    nidx_merge_forms_done(&forms[0]);
    nidx_merge_forms_done(&forms[1]);
    return status;
}

/* What a writer refuses to store came from a segment whose checksums fit, and
 * that is damage all the same. */
static enum nidx_status blame_sources(struct nidx_error *err)
{
    char why[sizeof(err->message)];

    if (!err)
        return NIDX_ERR_CORRUPT;
    snprintf(why, sizeof(why), "%s", err->message);
    return nidx_fail(err, NIDX_ERR_CORRUPT,
                     "corrupt: segments that are merged: %.400s", why);
}

enum nidx_status nidx_merge_segments(const struct nidx_merge_input *input,
                                     struct nidx_part_sink *sink,
                                     struct nidx_segment_info *info,
                                     struct nidx_error *err)
{
    struct merge m = {.input = input};

    *info = (struct nidx_segment_info){0};
    enum nidx_status status = begin(&m, err);
    if (status == NIDX_OK && m.n_docs > 0) {
        status =
            nidx_segment_writer_new(sink, input->title_weight, &m.writer, err);
        if (status == NIDX_OK)
            status = copy_docs(&m, err);
        if (status == NIDX_OK)
            status = merge_terms(&m, err);
        if (status == NIDX_OK)
            status = copy_keys(&m, err);
        if (status == NIDX_OK)
            status = nidx_segment_finish(m.writer, info, err);
    }
    end(&m);
    return status == NIDX_ERR_INVALID ? blame_sources(err) : status;
}
