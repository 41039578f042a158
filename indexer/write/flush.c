/* flush.c: what an inverter gathered, to a segment.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/write/flush.h"

#include <stdlib.h>

#include "indexer/write/formtable.h"
#include "indexer/merge/order.h"

/** Bytes of a dead document's key that are kept: it must stay a valid key
 * with a number behind it. */
#define DEAD_KEY_MAX (NIDX_KEY_MAX - 1024)

struct flush {
    struct nidx_inverter *inverter;
    struct nidx_segment_writer *writer;
    struct nidx_postings_writer *postings;
    struct nidx_chain_reader reader;
    struct nidx_posting_batch batch;
    struct nidx_buf key, value;
};

/* ----------------------------------------------------------------- lists */

static enum nidx_status write_postings(struct flush *f,
                                       struct nidx_form_table *renumber,
                                       uint32_t term, bool count,
                                       struct nidx_error *err)
{
    const struct nidx_inverter *v = f->inverter;
    const bool all = f->key.data[1] == NIDX_FIELD_ALL;
    const struct nidx_headlines headlines = {all ? v->body_starts : NULL,
                                             v->body_start_most};
    struct nidx_posting_batch *b = &f->batch;

    for (;;) {
        if (!nidx_chain_next(&f->reader, &headlines, b))
            return nidx_nomem(err);
        if (b->n == 0)
            return NIDX_OK;
        if (renumber)
            nidx_form_table_renumber(renumber, term, b, count);
        enum nidx_status status = nidx_postings_add_batch(f->postings, b, err);
        if (status != NIDX_OK)
            return status;
    }
}

/** Writes one chain as the list of the key that stands in f->key. table (may
 * be NULL) renumbers the forms of term. */
static enum nidx_status write_chain(struct flush *f,
                                    const struct nidx_chain *chain,
                                    struct nidx_form_table *table,
                                    uint32_t term, bool count,
                                    struct nidx_error *err)
{
    const bool plain = !table || nidx_form_table_is_plain(table, term);

    if (f->key.oom)
        return nidx_nomem(err);
    enum nidx_status status = nidx_postings_begin(
        f->postings, chain->df, table ? table->n_forms[term] : 0, err);
    if (status == NIDX_OK &&
        !nidx_chain_read(&f->reader, &f->inverter->slices, chain))
        status = nidx_nomem(err);
    if (table && count && plain)
        table->df[table->base[term]] = chain->df;
    if (status == NIDX_OK)
        status = write_postings(f, plain ? NULL : table, term, count, err);
    f->value.len = 0;
    if (status == NIDX_OK)
        status = nidx_postings_end(f->postings, &f->value, err);
    if (status != NIDX_OK)
        return status;
    return nidx_segment_add_term(
        f->writer, (struct nidx_bytes){f->key.data, f->key.len},
        (struct nidx_bytes){f->value.data, f->value.len}, err);
}

static void set_key(struct flush *f, uint8_t kind, uint8_t field,
                    struct nidx_bytes text)
{
    f->key.len = 0;
    nidx_buf_u8(&f->key, kind);
    nidx_buf_u8(&f->key, field);
    nidx_buf_put(&f->key, text.data, text.len);
}

static int by_term_text(const void *context, uint32_t a, uint32_t b)
{
    const struct nidx_vocab *v = context;

    return nidx_bytes_compare(nidx_vocab_term_text(v, a),
                              nidx_vocab_term_text(v, b));
}

static struct nidx_ordered *sort_terms(const struct nidx_space *s)
{
    struct nidx_ordered *order = calloc((size_t)s->n_terms + 1, sizeof(*order));

    if (!order)
        return NULL;
    for (uint32_t i = 0; i < s->n_terms; i++)
        order[i] = (struct nidx_ordered){
            nidx_order_prefix(nidx_vocab_term_text(s->vocab, i)), i};
    nidx_order_sort(order, s->n_terms, by_term_text, s->vocab);
    return order;
}

/** The chain of a term in a field, or NULL where it has none there. */
static const struct nidx_chain *chain_of(const struct nidx_inverter *v,
                                         const struct nidx_space *s,
                                         uint8_t field, uint32_t term)
{
    const struct nidx_titles *t = &v->titles;

    if (field != NIDX_FIELD_TITLE)
        return &s->chains[term];
    if (term >= t->cap_index || t->index[term] == 0)
        return NULL;
    return &t->chains[t->index[term] - 1];
}

/** Terms are visited in the order of their texts, which is none in memory. */
static void look_ahead(const struct flush *f, const struct nidx_space *s,
                       const struct nidx_ordered *order, uint32_t i)
{
    if (i + 8 < s->n_terms)
        __builtin_prefetch(&s->chains[order[i + 8].id]);
    if (i + 4 < s->n_terms) {
        const struct nidx_chain *c = &s->chains[order[i + 4].id];
        __builtin_prefetch(f->inverter->slices.bytes + c->cells.first);
    }
}

static enum nidx_status write_words(struct flush *f,
                                    struct nidx_form_table *table,
                                    const struct nidx_ordered *order,
                                    uint8_t field, struct nidx_error *err)
{
    const struct nidx_space *s = table->space;
    enum nidx_status status = NIDX_OK;

    nidx_segment_lists_of(f->writer, field);
    for (uint32_t i = 0; i < s->n_terms && status == NIDX_OK; i++) {
        const uint32_t term = order[i].id;
        look_ahead(f, s, order, i);
        const struct nidx_chain *c = chain_of(f->inverter, s, field, term);
        if (!c || c->df == 0)
            continue;
        set_key(f, NIDX_KIND_WORD, field, nidx_vocab_term_text(s->vocab, term));
        status = write_chain(f, c, table, term, field != NIDX_FIELD_TITLE, err);
    }
    return status;
}

static enum nidx_status write_spaces(struct flush *f,
                                     struct nidx_form_table tables[2],
                                     struct nidx_error *err)
{
    struct nidx_inverter *v = f->inverter;
    struct nidx_ordered *all = sort_terms(&v->all);
    struct nidx_ordered *author = sort_terms(&v->author);

    enum nidx_status status = all && author ? NIDX_OK : nidx_nomem(err);
    if (status == NIDX_OK)
        status = write_words(f, &tables[0], all, NIDX_FIELD_ALL, err);
    if (status == NIDX_OK)
        status = write_words(f, &tables[0], all, NIDX_FIELD_TITLE, err);
    if (status == NIDX_OK)
        status = write_words(f, &tables[1], author, NIDX_FIELD_AUTHOR, err);
    free(all);
    free(author);
    if (status == NIDX_OK)
        status =
            nidx_form_table_write(&tables[0], f->writer, NIDX_FIELD_ALL, err);
    if (status == NIDX_OK)
        status = nidx_form_table_write(&tables[1], f->writer, NIDX_FIELD_AUTHOR,
                                       err);
    return status;
}

static enum nidx_status write_word_kinds(struct flush *f,
                                         struct nidx_error *err)
{
    struct nidx_form_table tables[2] = {{0}, {0}};

    enum nidx_status status =
        nidx_form_table_init(&tables[0], &f->inverter->all, err);
    if (status == NIDX_OK)
        status = nidx_form_table_init(&tables[1], &f->inverter->author, err);
    if (status == NIDX_OK)
        status = write_spaces(f, tables, err);
    nidx_form_table_done(&tables[0]);
    nidx_form_table_done(&tables[1]);
    return status;
}

static int by_keyword(const void *context, uint32_t a, uint32_t b)
{
    const struct nidx_keywords *k = context;

    return nidx_bytes_compare(nidx_keyword_key(k, a), nidx_keyword_key(k, b));
}

static enum nidx_status write_keywords(struct flush *f, struct nidx_error *err)
{
    const struct nidx_keywords *k = &f->inverter->keywords;
    struct nidx_ordered *order = calloc((size_t)k->n + 1, sizeof(*order));
    enum nidx_status status = order ? NIDX_OK : nidx_nomem(err);

    nidx_segment_lists_of(f->writer, NIDX_FIELD_ALL);
    for (uint32_t i = 0; order && i < k->n; i++)
        order[i] =
            (struct nidx_ordered){nidx_order_prefix(nidx_keyword_key(k, i)), i};
    if (order)
        nidx_order_sort(order, k->n, by_keyword, k);
    for (uint32_t i = 0; i < k->n && status == NIDX_OK; i++) {
        const struct nidx_bytes key = nidx_keyword_key(k, order[i].id);
        f->key.len = 0;
        nidx_buf_put(&f->key, key.data, key.len);
        status =
            write_chain(f, &k->items[order[i].id].chain, NULL, 0, false, err);
    }
    free(order);
    return status;
}

static enum nidx_status write_ends(struct flush *f, uint8_t kind,
                                   const struct nidx_chain *chain,
                                   struct nidx_error *err)
{
    if (chain->df == 0)
        return NIDX_OK;
    set_key(f, kind, NIDX_FIELD_ALL, (struct nidx_bytes){0});
    return write_chain(f, chain, NULL, 0, false, err);
}

/* ------------------------------------------------------------------ keys */

static int by_doc_key(const void *context, uint32_t a, uint32_t b)
{
    const struct nidx_inverter *v = context;
    const int order =
        nidx_bytes_compare(nidx_inverter_key(v, a), nidx_inverter_key(v, b));

    if (order != 0)
        return order;
    /* The last in time stands first, and keeps the key. */
    if (v->docs[a].dead != v->docs[b].dead)
        return v->docs[a].dead ? 1 : -1;
    return v->docs[a].seq > v->docs[b].seq ? -1 : 1;
}

/** Gives a document whose key another took a key of its own. */
static bool bury(struct nidx_inverter *v, uint32_t doc)
{
    struct nidx_inverted_doc *d = &v->docs[doc];
    const uint32_t kept = d->key_len < DEAD_KEY_MAX ? d->key_len : DEAD_KEY_MAX;
    const size_t offset = v->keys.len;

    if (!nidx_buf_reserve(&v->keys, (size_t)kept + 5))
        return false;
    nidx_buf_put(&v->keys, v->keys.data + d->key_offset, kept);
    nidx_buf_u8(&v->keys, 0);
    nidx_buf_u32(&v->keys, doc);
    d->key_offset = offset;
    d->key_len = kept + 5;
    d->dead = true;
    return true;
}

static void sort_keys(const struct nidx_inverter *v, struct nidx_ordered *order)
{
    for (uint32_t i = 0; i < v->n_docs; i++)
        order[i] = (struct nidx_ordered){
            nidx_order_prefix(nidx_inverter_key(v, i)), i};
    nidx_order_sort(order, v->n_docs, by_doc_key, v);
}

/** Sorts documents by key; buries until keys differ (a second time only where
 * a document really has such a key). */
static bool order_keys(struct nidx_inverter *v, struct nidx_ordered *order)
{
    bool again = true;

    while (again) {
        again = false;
        sort_keys(v, order);
        struct nidx_bytes last = {0};
        for (uint32_t i = 0; i < v->n_docs; i++) {
            const struct nidx_bytes key = nidx_inverter_key(v, order[i].id);
            if (i == 0 || nidx_bytes_compare(last, key) != 0) {
                last = key;
                continue;
            }
            const size_t last_at = (size_t)(last.data - v->keys.data);
            if (!bury(v, order[i].id))
                return false;
            last.data = v->keys.data + last_at;
            again = true;
        }
    }
    return true;
}

static enum nidx_status write_keys(struct flush *f, struct nidx_error *err)
{
    struct nidx_inverter *v = f->inverter;
    struct nidx_ordered *order = calloc((size_t)v->n_docs + 1, sizeof(*order));
    enum nidx_status status =
        order && order_keys(v, order) ? NIDX_OK : nidx_nomem(err);

    for (uint32_t i = 0; i < v->n_docs && status == NIDX_OK; i++)
        status = nidx_segment_add_key(
            f->writer, nidx_inverter_key(v, order[i].id), order[i].id, err);
    free(order);
    return status;
}

enum nidx_status nidx_flush(struct nidx_inverter *v,
                            struct nidx_segment_writer *w,
                            struct nidx_segment_info *info,
                            struct nidx_error *err)
{
    struct flush f = {.inverter = v, .writer = w};

    enum nidx_status status = nidx_segment_postings(w, &f.postings, err);
    if (status == NIDX_OK)
        status = write_word_kinds(&f, err);
    if (status == NIDX_OK)
        status = write_keywords(&f, err);
    if (status == NIDX_OK)
        status = write_ends(&f, NIDX_KIND_SENTENCE, &v->sentence, err);
    if (status == NIDX_OK)
        status = write_ends(&f, NIDX_KIND_PARAGRAPH, &v->paragraph, err);
    if (status == NIDX_OK)
        status = write_keys(&f, err);
    if (status == NIDX_OK)
        status = nidx_segment_finish(w, info, err);
    nidx_chain_reader_done(&f.reader);
    nidx_posting_batch_done(&f.batch);
    nidx_buf_done(&f.key);
    nidx_buf_done(&f.value);
    return status;
}
