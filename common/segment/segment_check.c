/* segment_check.c: a segment: whether all that it says is so.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>

#include "common/codec/filter.h"
#include "common/segment/segment_impl.h"

static enum nidx_status says(const struct nidx_segment *s, const char *what,
                             struct nidx_error *err)
{
    return nidx_fail(err, NIDX_ERR_CORRUPT, "corrupt: segment %u, %s",
                     s->info.id, what);
}

static enum nidx_status says_of_doc(const struct nidx_segment *s,
                                    nidx_docid doc, const char *what,
                                    struct nidx_error *err)
{
    return nidx_fail(err, NIDX_ERR_CORRUPT,
                     "corrupt: segment %u, document %u: %s", s->info.id, doc,
                     what);
}

/* --------------------------------------------------- chunks and checksums */

struct listing {
    const struct nidx_segment *s;
    const struct nidx_segment_meta *meta;
    struct nidx_error *err;
    unsigned part; /* of the chunk before */
    uint32_t next; /* chunk number due */
    uint32_t n[NIDX_PART_COUNT];
    uint64_t bytes[NIDX_PART_COUNT];
};

/* Columns may lack chunks between, and are counted; others run from 0. */
static int check_chunk(void *context, struct nidx_bytes key, size_t len)
{
    struct listing *l = context;
    struct nidx_bytes value;

    if (key.len != NIDX_PART_KEY || key.data[5] == 0 ||
        key.data[5] >= NIDX_PART_COUNT)
        return says(l->s, "there is a part that cannot be", l->err);
    unsigned part = key.data[5];
    uint32_t chunk = (uint32_t)key.data[6] << 24 | (uint32_t)key.data[7] << 16 |
                     (uint32_t)key.data[8] << 8 | key.data[9];
    if (part != l->part)
        l->next = 0;
    if (part != NIDX_PART_COLUMN && chunk != l->next)
        return nidx_fail(l->err, NIDX_ERR_CORRUPT,
                         "corrupt: segment %u, %s: chunk %u is not there",
                         l->s->info.id, nidx_part_name(part), l->next);
    l->part = part;
    l->next++;
    l->n[part]++;
    l->bytes[part] += len;
    enum nidx_status status =
        nidx_view_get(l->s->view, key, true, &value, l->err);
    if (status == NIDX_OK)
        return 0;
    return nidx_fail(l->err, NIDX_ERR_CORRUPT,
                     "corrupt: segment %u, %s: the checksum of chunk %u is "
                     "wrong",
                     l->s->info.id, nidx_part_name(part), chunk);
}

static enum nidx_status check_chunks(const struct nidx_segment *s,
                                     struct nidx_error *err)
{
    struct listing l = {.s = s, .err = err};
    uint8_t prefix[NIDX_SEGMENT_KEY];

    nidx_segment_key(prefix, s->info.id);
    enum nidx_status status =
        nidx_view_each(s->view, (struct nidx_bytes){prefix, sizeof(prefix)},
                       check_chunk, &l, err);
    if (status == NIDX_OK)
        status = nidx_segment_meta_of(s, &l.meta, err);
    if (status != NIDX_OK)
        return status;
    for (unsigned p = NIDX_PART_META + 1; p < NIDX_PART_COUNT; p++) {
        if (l.n[p] != l.meta->chunks[p] || l.bytes[p] != l.meta->bytes[p])
            return nidx_fail(err, NIDX_ERR_CORRUPT,
                             "corrupt: segment %u, %s: %u chunks of %u are "
                             "there, or their bytes are other",
                             s->info.id, nidx_part_name(p), l.n[p],
                             l.meta->chunks[p]);
    }
    return NIDX_OK;
}

static enum nidx_status check_meta(const struct nidx_segment *s,
                                   struct nidx_error *err)
{
    const struct nidx_segment_meta *m;
    enum nidx_status status = nidx_segment_meta_of(s, &m, err);

    if (status != NIDX_OK)
        return status;
    const struct nidx_segment_info *a = &s->info, *b = &m->info;
    if (a->n_docs == b->n_docs && a->present == b->present &&
        a->sum_length == b->sum_length && a->sum_title == b->sum_title &&
        a->sum_author == b->sum_author && a->n_title == b->n_title &&
        a->n_author == b->n_author && a->languages == b->languages &&
        memcmp(a->in_language, b->in_language, sizeof(a->in_language)) == 0 &&
        a->n_terms == b->n_terms && a->n_keys == b->n_keys &&
        a->n_text == b->n_text && a->n_text_blocks == b->n_text_blocks &&
        a->n_terms_chunks == b->n_terms_chunks &&
        a->n_keys_chunks == b->n_keys_chunks &&
        a->n_terms_chunks == m->chunks[NIDX_PART_TERMS] &&
        a->n_keys_chunks == m->chunks[NIDX_PART_KEYS] &&
        m->chunks[NIDX_PART_FILTER] == nidx_filter_n_chunks(a->n_docs))
        return NIDX_OK;
    return says(s, "meta: it disagrees with the manifest", err);
}

/* --------------------------------------------------------------- columns */

static enum nidx_status check_columns(const struct nidx_segment *s,
                                      struct nidx_error *err)
{
    struct nidx_segment_info sum = {0};

    for (nidx_docid d = 0; d < s->n_docs; d++) {
        uint64_t v[NIDX_COLUMN_COUNT];
        for (unsigned i = 0; i < NIDX_COLUMN_COUNT; i++) {
            enum nidx_status status =
                nidx_column_get(&s->columns[i], d, &v[i], err);
            if (status != NIDX_OK)
                return status;
            sum.present |= (uint32_t)(v[i] != 0) << i;
        }
        sum.sum_length += v[NIDX_COLUMN_LENGTH];
        sum.sum_title += v[NIDX_COLUMN_TITLE];
        sum.sum_author += v[NIDX_COLUMN_AUTHOR];
        sum.n_title += v[NIDX_COLUMN_TITLE] != 0;
        sum.n_author += v[NIDX_COLUMN_AUTHOR] != 0;
    }
    if (sum.sum_length != s->info.sum_length ||
        sum.sum_title != s->info.sum_title ||
        sum.sum_author != s->info.sum_author ||
        sum.n_title != s->info.n_title || sum.n_author != s->info.n_author ||
        sum.present != s->info.present)
        return says(s, "columns: their sums are other than the manifest's",
                    err);
    return NIDX_OK;
}

/* ------------------------------------------------------------------ terms */

static enum nidx_status says_of_term(const struct nidx_segment *s,
                                     const struct nidx_strtab_cursor *c,
                                     const char *what, struct nidx_error *err)
{
    char name[64];
    size_t n = 0;

    for (size_t i = 2; i < c->key.len && n + 1 < sizeof(name); i++)
        name[n++] = (char)(c->key.data[i] < ' ' ? '.' : c->key.data[i]);
    name[n] = '\0';
    return nidx_fail(err, NIDX_ERR_CORRUPT,
                     "corrupt: segment %u, term %llu (kind %u, field %u, "
                     "\"%s\"): %s",
                     s->info.id, (unsigned long long)c->ordinal,
                     c->key.len > 0 ? c->key.data[0] : 0,
                     c->key.len > 1 ? c->key.data[1] : 0, name, what);
}

static enum nidx_status check_list(const struct nidx_segment *s,
                                   const struct nidx_strtab_cursor *c,
                                   struct nidx_error *err)
{
    struct nidx_term_info info;
    const char *reason = "bad";

    if (nidx_term_info_read(c->value, &info, NULL) != NIDX_OK)
        return says_of_term(s, c, "its entry is damaged", err);
    if (!nidx_postings_check(c->table->source, &info, s->n_docs, &reason))
        return reason ? says_of_term(s, c, reason, err) : nidx_nomem(err);
    return NIDX_OK;
}

/* The terms that a form names are words of the same field. */
static enum nidx_status check_form(const struct nidx_segment *s,
                                   const struct nidx_strtab_cursor *c,
                                   struct nidx_buf *word,
                                   struct nidx_error *err)
{
    struct nidx_bytes folded, form;
    struct nidx_reader r = nidx_reader_of(c->value.data, c->value.len);
    struct nidx_form_term t;
    const struct nidx_bytes key = {c->key.data, c->key.len};
    bool found, any = false;

    nidx_form_key_split((struct nidx_bytes){key.data + 2, key.len - 2}, &folded,
                        &form);
    while (nidx_form_value_next(&r, folded.len, &t)) {
        struct nidx_term_info info;
        word->len = 0;
        nidx_buf_put(word, folded.data, t.lcp);
        nidx_buf_put(word, t.rest.data, t.rest.len);
        if (word->oom)
            return nidx_nomem(err);
        enum nidx_status status = nidx_segment_term(
            s, NIDX_KIND_WORD, key.data[1],
            (struct nidx_bytes){word->data, word->len}, &found, &info, err);
        if (status != NIDX_OK)
            return status;
        if (!found)
            return says_of_term(s, c, "a form of no term", err);
        if (t.df > info.df || t.cf > info.cf || t.df == 0)
            return says_of_term(s, c, "a form with more than its term has",
                                err);
        if (t.number != 0 && t.number >= info.n_forms)
            return says_of_term(s, c,
                                "a form with a number that its term "
                                "does not have",
                                err);
        any = true;
    }
    if (r.bad || !any)
        return says_of_term(s, c, "its entry is damaged", err);
    return NIDX_OK;
}

static enum nidx_status check_term(const struct nidx_segment *s,
                                   const struct nidx_strtab_cursor *c,
                                   struct nidx_buf *word,
                                   struct nidx_error *err)
{
    if (c->key.len < 2)
        return says_of_term(s, c, "its key is too short", err);
    switch (c->key.data[0]) {
    case NIDX_KIND_FORM:
        return check_form(s, c, word, err);
    case NIDX_KIND_WORD:
    case NIDX_KIND_KEYWORD:
    case NIDX_KIND_SENTENCE:
    case NIDX_KIND_PARAGRAPH:
        return check_list(s, c, err);
    default:
        return says_of_term(s, c, "there is no such kind", err);
    }
}

static enum nidx_status check_terms(const struct nidx_segment *s,
                                    struct nidx_error *err)
{
    struct nidx_strtab_cursor c;
    struct nidx_buf word = {0};
    enum nidx_status status = nidx_strtab_check(&s->terms, "terms", err);

    nidx_strtab_cursor_init(&c, &s->terms);
    if (status == NIDX_OK)
        status = nidx_strtab_seek_ordinal(&c, 0, err);
    while (status == NIDX_OK && !c.at_end) {
        status = check_term(s, &c, &word, err);
        if (status == NIDX_OK)
            status = nidx_strtab_next(&c, err);
    }
    nidx_strtab_cursor_done(&c);
    nidx_buf_done(&word);
    return status;
}

/* ------------------------------------------------------------------- keys */

/* The key that the cursor stands on: of a document whose rank it has (so each
 * has exactly one, as there are as many keys as documents). */
static enum nidx_status check_key(const struct nidx_segment *s,
                                  const struct nidx_strtab_cursor *c,
                                  struct nidx_error *err)
{
    struct nidx_bytes key = {c->key.data, c->key.len};
    nidx_docid doc = 0;
    uint64_t rank;
    bool found;
    enum nidx_status status = nidx_segment_find_key(s, key, &found, &doc, err);

    if (status != NIDX_OK)
        return status;
    if (!found)
        return nidx_fail(err, NIDX_ERR_CORRUPT,
                         "corrupt: segment %u, key %llu: the filter or the "
                         "table does not find it",
                         s->info.id, (unsigned long long)c->ordinal);
    status = nidx_column_get(&s->columns[NIDX_COLUMN_RANK], doc, &rank, err);
    if (status == NIDX_OK && rank != c->ordinal)
        status = says_of_doc(s, doc, "its rank is not that of its key", err);
    return status;
}

static enum nidx_status check_keys(const struct nidx_segment *s,
                                   struct nidx_error *err)
{
    struct nidx_strtab_cursor c;
    enum nidx_status status = nidx_strtab_check(&s->keys, "keys", err);

    if (status == NIDX_OK && s->keys.n_entries != s->n_docs)
        status = says(s, "keys: there are more or fewer than documents", err);
    nidx_strtab_cursor_init(&c, &s->keys);
    if (status == NIDX_OK)
        status = nidx_strtab_seek_ordinal(&c, 0, err);
    while (status == NIDX_OK && !c.at_end) {
        status = check_key(s, &c, err);
        if (status == NIDX_OK)
            status = nidx_strtab_next(&c, err);
    }
    nidx_strtab_cursor_done(&c);
    return status;
}

/* ------------------------------------------------------------------- text */

static enum nidx_status check_record(const struct nidx_segment *s,
                                     nidx_docid doc,
                                     struct nidx_text_cache *cache,
                                     struct nidx_record *r,
                                     struct nidx_error *err)
{
    uint64_t end = s->text.n_bytes;
    enum nidx_status status = nidx_segment_record(s, doc, cache, r, err);

    if (status == NIDX_OK && doc + 1 < s->n_docs)
        status =
            nidx_column_get(&s->columns[NIDX_COLUMN_TEXT], doc + 1, &end, err);
    if (status != NIDX_OK)
        return status;
    if (r->end != end)
        return says_of_doc(s, doc,
                           "its record does not end where the next "
                           "begins",
                           err);
    if (!(s->info.languages >> (r->language & 63) & 1))
        return says_of_doc(s, doc, "its language is not in the manifest", err);
    return NIDX_OK;
}

static enum nidx_status check_records(const struct nidx_segment *s,
                                      struct nidx_error *err)
{
    struct nidx_text_cache cache = {0};
    struct nidx_record r = {0};
    enum nidx_status status = nidx_text_check(&s->text, err);

    for (nidx_docid d = 0; d < s->n_docs && status == NIDX_OK; d++)
        status = check_record(s, d, &cache, &r, err);
    nidx_record_done(&r);
    nidx_text_cache_done(&cache);
    return status;
}

enum nidx_status nidx_segment_check(const struct nidx_segment *s,
                                    struct nidx_error *err)
{
    static enum nidx_status (*const checks[])(const struct nidx_segment *,
                                              struct nidx_error *) = {
        check_chunks, check_meta,    check_columns,
        check_keys,   check_records, check_terms};
    enum nidx_status status = NIDX_OK;

    for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++) {
        status = checks[i](s, err);
        if (status != NIDX_OK)
            break;
    }
    return status;
}
