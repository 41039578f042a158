/* inverter.c: documents to postings, in memory, until a segment is full.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/write/inverter.h"

#include <stdlib.h>

#include "indexer/write/grow.h"

/* --------------------------------------------------------------- memory */

enum nidx_status nidx_inverter_init(struct nidx_inverter *v, size_t room,
                                    nidx_language language,
                                    struct nidx_error *err)
{
    *v = (struct nidx_inverter){.language = language};
    enum nidx_status status = nidx_slices_init(&v->slices, room)
                                  ? nidx_space_init(&v->all, err)
                                  : nidx_nomem(err);
    if (status == NIDX_OK)
        status = nidx_space_init(&v->author, err);
    if (status != NIDX_OK)
        nidx_inverter_done(v);
    return status;
}

void nidx_inverter_done(struct nidx_inverter *v)
{
    nidx_slices_done(&v->slices);
    nidx_space_done(&v->all);
    nidx_space_done(&v->author);
    nidx_keywords_done(&v->keywords);
    free(v->titles.index);
    free(v->titles.chains);
    free(v->titles.terms);
    free(v->docs);
    free(v->body_starts);
    nidx_buf_done(&v->keys);
    nidx_buf_done(&v->record);
    nidx_buf_done(&v->text);
    free(v->fields);
    free(v->restarts);
    *v = (struct nidx_inverter){0};
}

void nidx_inverter_clear(struct nidx_inverter *v)
{
    nidx_slices_clear(&v->slices);
    nidx_space_clear(&v->all);
    nidx_space_clear(&v->author);
    nidx_keywords_clear(&v->keywords);
    if (v->titles.index)
        memset(v->titles.index, 0,
               v->titles.cap_index * sizeof(*v->titles.index));
    v->titles.n = 0;
    v->sentence = v->paragraph = (struct nidx_chain){0};
    v->n_docs = 0;
    v->body_start_most = 0;
    v->keys.len = 0;
    v->cut_words = v->bad_bytes = 0;
}

size_t nidx_inverter_memory(const struct nidx_inverter *v)
{
    const struct nidx_titles *t = &v->titles;

    return v->slices.used + nidx_space_memory(&v->all) +
           nidx_space_memory(&v->author) + nidx_keywords_memory(&v->keywords) +
           t->cap_index * sizeof(*t->index) +
           t->cap_chains * sizeof(*t->chains) +
           t->cap_terms * sizeof(*t->terms) + v->cap_docs * sizeof(*v->docs) +
           v->cap_body_starts * sizeof(*v->body_starts) + v->keys.cap +
           v->record.cap + v->text.cap + v->cap_restarts * sizeof(*v->restarts);
}

/* -------------------------------------------------------------- headline */

static struct nidx_chain *title_chain(struct nidx_titles *t, uint32_t term)
{
    const uint32_t before = t->cap_index;

    if (!nidx_grow(&t->index, &t->cap_index, (uint64_t)term + 1,
                   sizeof(*t->index)))
        return NULL;
    if (t->cap_index > before)
        memset(t->index + before, 0,
               (t->cap_index - before) * sizeof(*t->index));
    if (t->index[term] != 0)
        return &t->chains[t->index[term] - 1];
    if (!nidx_grow(&t->chains, &t->cap_chains, (uint64_t)t->n + 1,
                   sizeof(*t->chains)) ||
        !nidx_grow(&t->terms, &t->cap_terms, (uint64_t)t->n + 1,
                   sizeof(*t->terms)))
        return NULL;
    t->chains[t->n] = (struct nidx_chain){0};
    t->terms[t->n] = term;
    t->index[term] = ++t->n;
    return &t->chains[t->n - 1];
}

static bool append_title(struct nidx_inverter *v,
                         const struct nidx_token *tokens, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (nidx_token_is_end(&tokens[i]))
            continue;
        const struct nidx_form_state *f = &v->all.forms[tokens[i].form];
        struct nidx_chain *c = title_chain(&v->titles, f->term);
        if (!c)
            return false;
        nidx_chain_add(&v->slices, c, v->n_docs, tokens[i].pos, tokens[i].len,
                       f->number);
    }
    return true;
}

/* ---------------------------------------------------------------- fields */

/** A value on its way through analysis. */
struct passage {
    struct nidx_space *space;
    struct nidx_bytes text;
    nidx_language language;
    uint8_t field;
    uint32_t pos;  /**< of its first word; then behind its last */
    uint32_t base; /**< of its first byte among the values of the field */
};

static void append_ends(struct nidx_inverter *v,
                        const struct nidx_token *tokens, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (tokens[i].form == NIDX_FORM_SENTENCE)
            nidx_chain_add(&v->slices, &v->sentence, v->n_docs, tokens[i].pos,
                           1, 0);
        else if (tokens[i].form == NIDX_FORM_PARAGRAPH)
            nidx_chain_add(&v->slices, &v->paragraph, v->n_docs, tokens[i].pos,
                           1, 0);
    }
}

static bool add_restart(struct nidx_inverter *v, uint32_t offset, uint32_t pos)
{
    if (!nidx_grow(&v->restarts, &v->cap_restarts, (uint64_t)v->n_restarts + 1,
                   sizeof(*v->restarts)))
        return false;
    v->restarts[v->n_restarts++] = (struct nidx_restart){offset, pos};
    return true;
}

/** Notes where analysis of the body may begin anew. */
static bool note_restarts(struct nidx_inverter *v,
                          const struct nidx_token *tokens, size_t n,
                          uint32_t base)
{
    for (size_t i = 0; i < n; i++) {
        const uint32_t last = v->restarts[v->n_restarts - 1].pos;
        if ((tokens[i].flags & NIDX_TOKEN_RESTART) &&
            tokens[i].pos - last >= NIDX_RESTART_EVERY &&
            !add_restart(v, base + tokens[i].start, tokens[i].pos))
            return false;
    }
    return true;
}

static bool append(struct nidx_inverter *v, const struct passage *p,
                   const struct nidx_token *tokens, size_t n)
{
    bool ok = true;

    nidx_space_append(p->space, &v->slices, v->n_docs, tokens, n);
    if (p->field != NIDX_FIELD_AUTHOR)
        append_ends(v, tokens, n);
    if (p->field == NIDX_FIELD_TITLE)
        ok = append_title(v, tokens, n);
    else if (p->field == NIDX_FIELD_BODY)
        ok = note_restarts(v, tokens, n, p->base);
    for (size_t i = 0; i < n; i++)
        v->cut_words += (tokens[i].flags & NIDX_TOKEN_CUT) != 0;
    return ok && !v->slices.oom;
}

static enum nidx_status invert(struct nidx_inverter *v, struct passage *p,
                               struct nidx_error *err)
{
    struct nidx_token tokens[NIDX_SPACE_BATCH];
    struct nidx_analyzer *a = p->space->analyzer;
    size_t n = 0;

    if (p->field == NIDX_FIELD_BODY && !add_restart(v, p->base, p->pos))
        return nidx_nomem(err);
    nidx_analyzer_begin(a, (const char *)p->text.data, p->text.len, p->language,
                        NIDX_ANALYZE_INDEX, p->pos);
    for (;;) {
        enum nidx_status status = nidx_space_next(p->space, tokens, &n, err);
        if (status != NIDX_OK)
            return status;
        if (n == 0)
            break;
        if (!append(v, p, tokens, n))
            return nidx_nomem(err);
    }
    p->pos = nidx_analyzer_pos(a);
    v->bad_bytes += nidx_analyzer_bad_bytes(a);
    return NIDX_OK;
}

static struct nidx_bytes value_text(const struct nidx_document *d,
                                    const struct nidx_document_value *value)
{
    return (struct nidx_bytes){d->bytes.data ? d->bytes.data + value->offset
                                             : NULL,
                               (size_t)value->len};
}

/**
 * Inverts every value of p's field, with a gap between two. length receives
 * the positions that they fill; p->pos ends behind the last.
 */
static enum nidx_status invert_field(struct nidx_inverter *v,
                                     const struct nidx_document *d,
                                     struct passage *p, uint64_t *length,
                                     struct nidx_error *err)
{
    bool first = true;

    for (uint32_t i = 0; i < d->n_values; i++) {
        if (d->values[i].field != p->field)
            continue;
        if (!first)
            p->pos += NIDX_FIELD_GAP;
        first = false;
        const uint32_t from = p->pos;
        p->text = value_text(d, &d->values[i]);
        enum nidx_status status = invert(v, p, err);
        if (status != NIDX_OK)
            return status;
        *length += p->pos - from;
        p->base += (uint32_t)p->text.len;
    }
    return NIDX_OK;
}

/** The language that the document states, else the one that it is in. */
static nidx_language language_of(const struct nidx_inverter *v,
                                 const struct nidx_document *d)
{
    const struct nidx_document_value *longest = NULL;
    nidx_language found = NIDX_LANGUAGE_NONE;

    for (uint32_t i = 0; i < d->n_values; i++) {
        const struct nidx_document_value *value = &d->values[i];
        const struct nidx_bytes text = value_text(d, value);
        if (value->field == NIDX_FIELD_LANGUAGE)
            found = nidx_language_find((const char *)text.data, text.len);
        if (found != NIDX_LANGUAGE_NONE)
            return found;
        if ((value->field == NIDX_FIELD_BODY ||
             value->field == NIDX_FIELD_TITLE) &&
            (!longest || value->len > longest->len))
            longest = value;
    }
    if (longest && longest->len > 0)
        found =
            nidx_language_detect((const char *)d->bytes.data + longest->offset,
                                 (size_t)longest->len);
    return found != NIDX_LANGUAGE_NONE ? found : v->language;
}

/** Headline, body and author, and the columns that count their positions. */
static enum nidx_status invert_texts(struct nidx_inverter *v,
                                     const struct nidx_document *d,
                                     struct nidx_segment_doc *doc,
                                     uint32_t *body_start,
                                     struct nidx_error *err)
{
    uint64_t *columns = doc->columns;
    struct passage p = {
        .space = &v->all, .language = doc->language, .field = NIDX_FIELD_TITLE};
    uint64_t words = 0;

    enum nidx_status status = invert_field(v, d, &p, &words, err);
    if (status != NIDX_OK)
        return status;
    /* Gaps included: the column says where the headline ends. */
    columns[NIDX_COLUMN_TITLE] = p.pos;
    words = p.pos;
    if (p.pos > 0)
        p.pos += NIDX_FIELD_GAP;
    *body_start = p.pos;
    p.field = NIDX_FIELD_BODY;
    p.base = 0;
    status = invert_field(v, d, &p, &words, err);
    if (status != NIDX_OK)
        return status;
    columns[NIDX_COLUMN_LENGTH] = words;
    /* Names are not stemmed. */
    p = (struct passage){.space = &v->author,
                         .language = NIDX_LANGUAGE_NONE,
                         .field = NIDX_FIELD_AUTHOR};
    return invert_field(v, d, &p, &columns[NIDX_COLUMN_AUTHOR], err);
}

static bool add_keywords(struct nidx_inverter *v, const struct nidx_document *d)
{
    for (uint32_t i = 0; i < d->n_values; i++) {
        const struct nidx_bytes text = value_text(d, &d->values[i]);
        if (!nidx_field_is_keyword(d->values[i].field))
            continue;
        v->text.len = 0;
        nidx_analyze_normalise((const char *)text.data, text.len, false,
                               &v->text);
        if (v->text.oom)
            return false;
        const struct nidx_bytes keyword = {v->text.data, v->text.len};
        if (keyword.len > 0 &&
            !nidx_keywords_add(&v->keywords, &v->slices, d->values[i].field,
                               keyword, v->n_docs))
            return false;
    }
    return true;
}

/* -------------------------------------------------------------- document */

static void put_field(struct nidx_inverter *v, uint32_t *n,
                      const struct nidx_document *d, uint32_t i)
{
    v->fields[(*n)++] = (struct nidx_stored_field){
        d->values[i].field, value_text(d, &d->values[i])};
}

/** What is kept of it: the key, small fields, and the body last. */
static bool write_record(struct nidx_inverter *v, const struct nidx_document *d,
                         uint8_t language)
{
    uint32_t n = 1;

    if (!nidx_grow(&v->fields, &v->cap_fields, (uint64_t)d->n_values + 1,
                   sizeof(*v->fields)))
        return false;
    v->fields[0] = (struct nidx_stored_field){0, {d->key.data, d->key.len}};
    for (uint32_t i = 0; i < d->n_values; i++) {
        if (d->values[i].field != NIDX_FIELD_BODY)
            put_field(v, &n, d, i);
    }
    for (uint32_t i = 0; i < d->n_values; i++) {
        if (d->values[i].field == NIDX_FIELD_BODY)
            put_field(v, &n, d, i);
    }
    v->record.len = 0;
    nidx_record_write(&v->record, language, v->fields, n, v->restarts,
                      v->n_restarts);
    return !v->record.oom;
}

static bool keep_doc(struct nidx_inverter *v, const struct nidx_document *d,
                     uint64_t seq, uint32_t body_start)
{
    if (!nidx_grow(&v->docs, &v->cap_docs, (uint64_t)v->n_docs + 1,
                   sizeof(*v->docs)) ||
        !nidx_grow(&v->body_starts, &v->cap_body_starts,
                   (uint64_t)v->n_docs + 1, sizeof(*v->body_starts)))
        return false;
    v->docs[v->n_docs] = (struct nidx_inverted_doc){
        .seq = seq, .key_offset = v->keys.len, .key_len = (uint32_t)d->key.len};
    v->body_starts[v->n_docs] = body_start;
    if (body_start > v->body_start_most)
        v->body_start_most = body_start;
    nidx_buf_put(&v->keys, d->key.data, d->key.len);
    return !v->keys.oom;
}

enum nidx_status nidx_inverter_add(struct nidx_inverter *v,
                                   struct nidx_segment_writer *w,
                                   const struct nidx_document *d, uint64_t seq,
                                   struct nidx_error *err)
{
    struct nidx_segment_doc doc = {.language = language_of(v, d)};
    uint32_t body_start = 0;

    v->n_restarts = 0;
    enum nidx_status status = invert_texts(v, d, &doc, &body_start, err);
    if (status != NIDX_OK)
        return status;
    if (!add_keywords(v, d) || v->slices.oom ||
        !write_record(v, d, doc.language) || !keep_doc(v, d, seq, body_start))
        return nidx_nomem(err);
    if (d->date_rule != NIDX_DATE_NONE)
        doc.columns[NIDX_COLUMN_DATE] = (uint64_t)d->date + (UINT64_C(1) << 62);
    doc.columns[NIDX_COLUMN_DATE_FROM] = d->date_rule;
    doc.columns[NIDX_COLUMN_STAT] = d->stat;
    doc.columns[NIDX_COLUMN_CONTENT] = d->content;
    doc.record = (struct nidx_bytes){v->record.data, v->record.len};
    v->bad_bytes += d->bad_bytes;
    v->n_docs++;
    return nidx_segment_add_doc(w, &doc, err);
}
