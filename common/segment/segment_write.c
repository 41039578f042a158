/* segment_write.c: a segment: writing all its parts.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "common/codec/filter.h"
#include "common/segment/segment_impl.h"

#define TEXT_LEVEL 1

/* What is being written; each stage ends the one before. */
enum stage {
    DOCS,
    TERMS,
    KEYS,
    DONE
};

/* Passes chunks on and counts them. */
struct counter {
    struct nidx_part_sink sink; /* first: it is a sink */
    struct nidx_part_sink *to;  /* borrowed */
    struct nidx_segment_meta meta;
};

struct nidx_segment_writer {
    struct counter counter;
    enum stage stage;
    uint32_t title_weight;
    uint32_t n_docs, cap_docs, n_keys;
    uint32_t *lens, *plain_lens; /* of documents, until the terms are done */
    /* Codes of the lengths of the fields that have their own. */
    uint8_t *title_codes, *author_codes;
    uint32_t *ranks; /* of their keys, afterwards */
    /* Documents of each language, in units of 2^-32. */
    uint64_t languages[NIDX_LANGUAGE_COUNT];
    struct nidx_column_writer columns[NIDX_COLUMN_COUNT];
    struct nidx_text_writer *text;
    struct nidx_strtab_writer *terms, *keys;
    struct nidx_postings_writer *postings;
    struct nidx_filter_writer filter;
};

static enum nidx_status put(struct nidx_part_sink *sink, enum nidx_part part,
                            uint32_t chunk, struct nidx_bytes payload,
                            struct nidx_error *err)
{
    struct counter *c = (struct counter *)sink;
    enum nidx_status status = c->to->put(c->to, part, chunk, payload, err);

    if (status != NIDX_OK)
        return status;
    if (part != NIDX_PART_META) {
        c->meta.chunks[part]++;
        c->meta.bytes[part] += payload.len;
        c->meta.info.bytes += payload.len;
    }
    return NIDX_OK;
}

enum nidx_status nidx_segment_writer_new(struct nidx_part_sink *sink,
                                         uint32_t title_weight,
                                         struct nidx_segment_writer **out,
                                         struct nidx_error *err)
{
    *out = NULL;
    struct nidx_segment_writer *w = calloc(1, sizeof(*w));
    if (!w)
        return nidx_nomem(err);
    w->counter.sink.put = put;
    w->counter.to = sink;
    w->title_weight = title_weight;
    struct nidx_part_sink *counting = &w->counter.sink;
    for (unsigned i = 0; i < NIDX_COLUMN_COUNT; i++) {
        w->columns[i].sink = counting;
        w->columns[i].column = (enum nidx_column_id)i;
    }
    enum nidx_status status =
        nidx_text_writer_new(counting, TEXT_LEVEL, &w->text, err);
    if (status == NIDX_OK)
        status = nidx_strtab_writer_new(counting, NIDX_PART_TERMS,
                                        NIDX_PART_TERMS_TOP, &w->terms, err);
    if (status == NIDX_OK)
        status = nidx_strtab_writer_new(counting, NIDX_PART_KEYS,
                                        NIDX_PART_KEYS_TOP, &w->keys, err);
    if (status != NIDX_OK) {
        nidx_segment_writer_free(w);
        return status;
    }
    *out = w;
    return NIDX_OK;
}

void nidx_segment_writer_free(struct nidx_segment_writer *w)
{
    if (!w)
        return;
    nidx_postings_writer_free(w->postings);
    nidx_strtab_writer_free(w->terms);
    nidx_strtab_writer_free(w->keys);
    nidx_text_writer_free(w->text);
    nidx_filter_done(&w->filter);
    free(w->lens);
    free(w->plain_lens);
    free(w->title_codes);
    free(w->author_codes);
    free(w->ranks);
    free(w);
}

static enum nidx_status out_of_order(const char *what, struct nidx_error *err)
{
    return nidx_fail(err, NIDX_ERR_INVALID,
                     "a segment is written out of order: %s", what);
}

/* ------------------------------------------------------------- documents */

uint32_t nidx_segment_weighted_length(uint64_t length, uint64_t title,
                                      uint32_t title_weight)
{
    uint64_t sum = title > length ? title : length;
    uint64_t more = title_weight > 0 ? title_weight - 1 : 0;

    /* Both are below 2^32 in anything that was indexed. */
    if (sum > UINT32_MAX || title > UINT32_MAX ||
        title * more > UINT32_MAX - sum)
        return UINT32_MAX;
    return (uint32_t)(sum + title * more);
}

static bool has_room(struct nidx_segment_writer *w)
{
    if (w->n_docs < w->cap_docs)
        return true;
    size_t cap = (size_t)w->cap_docs + w->cap_docs / 4 + 1024;
    uint32_t *lens = realloc(w->lens, nidx_mul_size(cap, sizeof(*lens)));
    if (lens)
        w->lens = lens;
    uint32_t *plain =
        realloc(w->plain_lens, nidx_mul_size(cap, sizeof(*plain)));
    if (plain)
        w->plain_lens = plain;
    uint8_t *title = realloc(w->title_codes, cap);
    if (title)
        w->title_codes = title;
    uint8_t *author = realloc(w->author_codes, cap);
    if (author)
        w->author_codes = author;
    if (!lens || !plain || !title || !author)
        return false;
    w->cap_docs = cap > UINT32_MAX ? UINT32_MAX : (uint32_t)cap;
    return true;
}

static void count_doc(struct nidx_segment_info *info, const uint64_t *columns)
{
    info->sum_length += columns[NIDX_COLUMN_LENGTH];
    info->sum_title += columns[NIDX_COLUMN_TITLE];
    info->sum_author += columns[NIDX_COLUMN_AUTHOR];
    info->n_title += columns[NIDX_COLUMN_TITLE] != 0;
    info->n_author += columns[NIDX_COLUMN_AUTHOR] != 0;
}

static uint8_t len_code(uint64_t length)
{
    return nidx_impact_len_code(length < UINT32_MAX ? (uint32_t)length
                                                    : UINT32_MAX);
}

/* Columns of the next document, all but the rank of its key. */
static enum nidx_status add_columns(struct nidx_segment_writer *w,
                                    const uint64_t *columns,
                                    uint64_t text_offset,
                                    struct nidx_error *err)
{
    const uint64_t length = columns[NIDX_COLUMN_LENGTH];
    const uint64_t title = columns[NIDX_COLUMN_TITLE];
    enum nidx_status status = NIDX_OK;

    for (unsigned i = 0; i < NIDX_COLUMN_COUNT && status == NIDX_OK; i++) {
        if (i == NIDX_COLUMN_RANK)
            continue;
        status = nidx_column_add(
            &w->columns[i], i == NIDX_COLUMN_TEXT ? text_offset : columns[i],
            err);
    }
    if (status != NIDX_OK)
        return status;
    w->lens[w->n_docs] =
        nidx_segment_weighted_length(length, title, w->title_weight);
    w->plain_lens[w->n_docs] = nidx_segment_weighted_length(length, title, 1);
    w->title_codes[w->n_docs] = len_code(title);
    w->author_codes[w->n_docs] = len_code(columns[NIDX_COLUMN_AUTHOR]);
    count_doc(&w->counter.meta.info, columns);
    w->n_docs++;
    return NIDX_OK;
}

static enum nidx_status begin_doc(struct nidx_segment_writer *w,
                                  struct nidx_error *err)
{
    if (w->stage != DOCS)
        return out_of_order("a document after terms", err);
    if (w->n_docs == UINT32_MAX - 1)
        return nidx_fail(err, NIDX_ERR_LIMIT,
                         "too many documents in a segment");
    return has_room(w) ? NIDX_OK : nidx_nomem(err);
}

enum nidx_status nidx_segment_add_doc(struct nidx_segment_writer *w,
                                      const struct nidx_segment_doc *doc,
                                      struct nidx_error *err)
{
    uint64_t offset = 0;
    enum nidx_status status = begin_doc(w, err);

    if (status == NIDX_OK)
        status = nidx_text_add(w->text, doc->record, &offset, err);
    if (status != NIDX_OK)
        return status;
    w->counter.meta.info.languages |= UINT64_C(1) << (doc->language & 63);
    w->languages[doc->language & 63] += UINT64_C(1) << 32;
    return add_columns(w, doc->columns, offset, err);
}

/* Where the text of a document lies in its segment's stream. */
static enum nidx_status text_range(const struct nidx_segment *s, nidx_docid doc,
                                   uint64_t range[2], struct nidx_error *err)
{
    const struct nidx_column *c = &s->columns[NIDX_COLUMN_TEXT];

    range[1] = s->text.n_bytes;
    return nidx_column_read64(c, doc, doc + 1 < s->n_docs ? 2 : 1, range, err);
}

/* Which language a document is of stands in its record, which is not inflated
 * for this: it counts as a part of each, as its segment is made up. So a
 * language may be named that no document is of any more. */
static void copy_languages(struct nidx_segment_writer *w,
                           const struct nidx_segment_info *from)
{
    w->counter.meta.info.languages |= from->languages;
    for (unsigned i = 0; i < NIDX_LANGUAGE_COUNT; i++)
        if (from->in_language[i] > 0)
            w->languages[i] +=
                ((uint64_t)from->in_language[i] << 32) / from->n_docs;
}

enum nidx_status nidx_segment_copy_doc(struct nidx_segment_writer *w,
                                       const struct nidx_segment *from,
                                       nidx_docid doc, struct nidx_error *err)
{
    uint64_t columns[NIDX_COLUMN_COUNT] = {0}, range[2], offset = 0;
    enum nidx_status status = begin_doc(w, err);

    if (status == NIDX_OK && doc >= from->n_docs)
        status = nidx_fail(err, NIDX_ERR_INVALID,
                           "a document is copied that is not there");
    for (unsigned i = 0; i < NIDX_COLUMN_COUNT && status == NIDX_OK; i++)
        status = nidx_column_get(&from->columns[i], doc, &columns[i], err);
    if (status == NIDX_OK)
        status = text_range(from, doc, range, err);
    if (status == NIDX_OK)
        status = nidx_text_copy(w->text, &from->text, range[0], range[1],
                                &offset, err);
    if (status != NIDX_OK)
        return status;
    copy_languages(w, &from->info);
    return add_columns(w, columns, offset, err);
}

/* ----------------------------------------------------------------- terms */

static enum nidx_status end_docs(struct nidx_segment_writer *w,
                                 struct nidx_error *err)
{
    struct nidx_segment_info *info = &w->counter.meta.info;
    enum nidx_status status =
        nidx_text_finish(w->text, &info->n_text, &info->n_text_blocks, err);

    for (unsigned i = 0; i < NIDX_COLUMN_COUNT && status == NIDX_OK; i++) {
        if (i != NIDX_COLUMN_RANK)
            status = nidx_column_finish(&w->columns[i], err);
    }
    if (status == NIDX_OK)
        status = nidx_postings_writer_new(&w->counter.sink, w->n_docs, w->lens,
                                          w->plain_lens, w->title_weight,
                                          &w->postings, err);
    if (status != NIDX_OK)
        return status;
    nidx_text_writer_free(w->text);
    w->text = NULL;
    w->stage = TERMS;
    return NIDX_OK;
}

enum nidx_status nidx_segment_postings(struct nidx_segment_writer *w,
                                       struct nidx_postings_writer **out,
                                       struct nidx_error *err)
{
    *out = NULL;
    if (w->stage != DOCS && w->stage != TERMS)
        return out_of_order("postings after keys", err);
    if (w->n_docs == 0)
        return out_of_order("there are no documents", err);
    enum nidx_status status = NIDX_OK;
    if (w->stage == DOCS)
        status = end_docs(w, err);
    if (status == NIDX_OK)
        *out = w->postings;
    return status;
}

void nidx_segment_lists_of(struct nidx_segment_writer *w, uint8_t field)
{
    const uint8_t *codes = NULL;

    if (field == NIDX_FIELD_TITLE)
        codes = w->title_codes;
    else if (field == NIDX_FIELD_AUTHOR)
        codes = w->author_codes;
    if (w->postings)
        nidx_postings_use_lengths(w->postings, codes);
}

enum nidx_status nidx_segment_add_term(struct nidx_segment_writer *w,
                                       struct nidx_bytes key,
                                       struct nidx_bytes value,
                                       struct nidx_error *err)
{
    if (w->stage != TERMS)
        return out_of_order("a term before postings or after keys", err);
    return nidx_strtab_add(w->terms, key, value, err);
}

/* ------------------------------------------------------------------ keys */

static enum nidx_status end_terms(struct nidx_segment_writer *w,
                                  struct nidx_error *err)
{
    struct nidx_segment_info *info = &w->counter.meta.info;
    enum nidx_status status = nidx_postings_writer_finish(w->postings, err);

    if (status == NIDX_OK)
        status = nidx_strtab_finish(w->terms, &info->n_terms, err);
    if (status != NIDX_OK)
        return status;
    nidx_postings_writer_free(w->postings);
    w->postings = NULL;
    nidx_strtab_writer_free(w->terms);
    w->terms = NULL;
    free(w->plain_lens);
    w->plain_lens = NULL;
    /* The lengths have served; their memory holds the ranks from now on. */
    w->ranks = w->lens;
    w->lens = NULL;
    memset(w->ranks, 0xff, (size_t)w->n_docs * sizeof(*w->ranks));
    w->stage = KEYS;
    return nidx_filter_begin(&w->filter, w->n_docs, err);
}

/* To the keys, from whichever stage comes before. */
static enum nidx_status begin_keys(struct nidx_segment_writer *w,
                                   struct nidx_error *err)
{
    struct nidx_postings_writer *unused;
    enum nidx_status status = NIDX_OK;

    if (w->stage == DOCS)
        status = nidx_segment_postings(w, &unused, err);
    if (status == NIDX_OK && w->stage == TERMS)
        status = end_terms(w, err);
    if (status == NIDX_OK && w->stage != KEYS)
        status = out_of_order("a key after the end", err);
    return status;
}

enum nidx_status nidx_segment_add_key(struct nidx_segment_writer *w,
                                      struct nidx_bytes key, nidx_docid doc,
                                      struct nidx_error *err)
{
    struct nidx_buf value = {0};
    enum nidx_status status = begin_keys(w, err);

    if (status != NIDX_OK)
        return status;
    if (doc >= w->n_docs || w->ranks[doc] != UINT32_MAX)
        return nidx_fail(err, NIDX_ERR_INVALID,
                         "a key of no document, or the second of one");
    if (key.len > NIDX_KEY_MAX)
        return nidx_fail(err, NIDX_ERR_LIMIT,
                         "the key of a document is longer than %d bytes",
                         NIDX_KEY_MAX);
    nidx_buf_varint(&value, doc);
    if (value.oom)
        status = nidx_nomem(err);
    else
        status = nidx_strtab_add(
            w->keys, key, (struct nidx_bytes){value.data, value.len}, err);
    nidx_buf_done(&value);
    if (status != NIDX_OK)
        return status;
    nidx_filter_add(&w->filter, key);
    w->ranks[doc] = w->n_keys++;
    return NIDX_OK;
}

/* ---------------------------------------------------------------- finish */

static enum nidx_status write_ranks(struct nidx_segment_writer *w,
                                    struct nidx_error *err)
{
    struct nidx_column_writer *c = &w->columns[NIDX_COLUMN_RANK];
    enum nidx_status status = NIDX_OK;

    for (uint32_t i = 0; i < w->n_docs && status == NIDX_OK; i++)
        status = nidx_column_add(c, w->ranks[i], err);
    if (status == NIDX_OK)
        status = nidx_column_finish(c, err);
    return status;
}

static enum nidx_status write_meta(struct nidx_segment_writer *w,
                                   struct nidx_error *err)
{
    struct nidx_segment_meta *m = &w->counter.meta;
    struct nidx_buf b = {0};
    enum nidx_status status;

    m->info.n_docs = w->n_docs;
    m->info.n_terms_chunks = m->chunks[NIDX_PART_TERMS];
    m->info.n_keys_chunks = m->chunks[NIDX_PART_KEYS];
    for (unsigned i = 0; i < NIDX_COLUMN_COUNT; i++)
        m->info.present |= (uint32_t)w->columns[i].any << i;
    for (unsigned i = 0; i < NIDX_LANGUAGE_COUNT; i++)
        m->info.in_language[i] =
            (uint32_t)((w->languages[i] + (UINT64_C(1) << 31)) >> 32);
    nidx_segment_meta_write(&b, m);
    if (b.oom)
        status = nidx_nomem(err);
    else
        status = put(&w->counter.sink, NIDX_PART_META, 0,
                     (struct nidx_bytes){b.data, b.len}, err);
    nidx_buf_done(&b);
    return status;
}

enum nidx_status nidx_segment_finish(struct nidx_segment_writer *w,
                                     struct nidx_segment_info *info,
                                     struct nidx_error *err)
{
    if (w->stage != KEYS || w->n_keys != w->n_docs)
        return out_of_order("not every document has a key", err);
    w->stage = DONE;
    enum nidx_status status =
        nidx_strtab_finish(w->keys, &w->counter.meta.info.n_keys, err);
    if (status == NIDX_OK)
        status = nidx_filter_finish(&w->filter, &w->counter.sink, err);
    if (status == NIDX_OK)
        status = write_ranks(w, err);
    if (status == NIDX_OK)
        status = write_meta(w, err);
    if (status == NIDX_OK)
        *info = w->counter.meta.info;
    return status;
}
