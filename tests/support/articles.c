/* articles.c: a few short texts, analysed and written to an index file.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>

#include "common/analysis/analyze.h"
#include "tests/support/articles.h"
#include "tests/support/tmpdir.h"

#define TOKENS    4096
#define FORMS_MAX 512

/* One occurrence of a word. */
struct word {
    struct nidx_bytes term, form, folded; /* malloc'ed */
    uint32_t doc, pos;
    uint16_t len;
};

struct txn_sink {
    struct nidx_part_sink sink;
    struct nidx_txn *txn;
    uint32_t segment;
};

struct build {
    struct nidx_segment_writer *writer;
    struct nidx_postings_writer *postings;
    struct word *words;
    size_t n_words;
    struct {
        struct nidx_buf key, value;
    } forms[FORMS_MAX * 4];
    size_t n_forms;
};

static void must(enum nidx_status status, const struct nidx_error *err)
{
    if (status != NIDX_OK)
        fail_msg("%s", err->message);
}

static enum nidx_status put(struct nidx_part_sink *sink, enum nidx_part part,
                            uint32_t chunk, struct nidx_bytes payload,
                            struct nidx_error *err)
{
    struct txn_sink *s = (struct txn_sink *)sink;
    uint8_t key[NIDX_PART_KEY];

    nidx_part_key(key, s->segment, part, chunk);
    return nidx_txn_put(s->txn, (struct nidx_bytes){key, sizeof(key)}, payload,
                        err);
}

static struct nidx_bytes keep(struct nidx_bytes b)
{
    uint8_t *copy = malloc(b.len + 1);

    assert_non_null(copy);
    memcpy(copy, b.data, b.len);
    return (struct nidx_bytes){copy, b.len};
}

/* ------------------------------------------------------------ documents */

static uint32_t add_words(struct build *b, struct nidx_vocab *v,
                          const struct article *a, uint32_t doc)
{
    static struct nidx_token tokens[TOKENS];
    struct nidx_analyzer *analyzer;
    struct nidx_error err;
    const nidx_language language =
        nidx_language_find(a->language, strlen(a->language));
    size_t n;

    must(nidx_analyzer_new(v, &analyzer, &err), &err);
    nidx_analyzer_begin(analyzer, a->text, strlen(a->text), language,
                        NIDX_ANALYZE_INDEX, 0);
    while ((n = nidx_analyzer_next(analyzer, tokens, TOKENS)) > 0) {
        b->words = realloc(b->words, (b->n_words + n) * sizeof(*b->words));
        assert_non_null(b->words);
        for (size_t i = 0; i < n; i++) {
            const struct nidx_token *t = &tokens[i];
            if (t->form >= NIDX_FORM_PARAGRAPH)
                continue;
            const uint32_t term = nidx_vocab_form_terms(v)[t->form];
            b->words[b->n_words++] =
                (struct word){keep(nidx_vocab_term_text(v, term)),
                              keep(nidx_vocab_form_text(v, t->form)),
                              keep(nidx_vocab_form_folded(v, t->form)),
                              doc,
                              t->pos,
                              t->len};
        }
    }
    const uint32_t length = nidx_analyzer_pos(analyzer);
    nidx_analyzer_free(analyzer);
    return length;
}

static void add_doc(struct build *b, const struct article *a, uint32_t length)
{
    struct nidx_stored_field key = {0, {(const uint8_t *)"k", 1}};
    struct nidx_buf record = {0};
    struct nidx_error err;

    nidx_record_write(&record, 0, &key, 1, NULL, 0);
    struct nidx_segment_doc doc = {
        .record = {record.data, record.len},
        .language = nidx_language_find(a->language, strlen(a->language))};
    doc.columns[NIDX_COLUMN_LENGTH] = length;
    must(nidx_segment_add_doc(b->writer, &doc, &err), &err);
    nidx_buf_done(&record);
}

/* ---------------------------------------------------------------- terms */

static int by_term(const void *a, const void *b)
{
    const struct word *x = a, *y = b;
    int order = nidx_bytes_compare(x->term, y->term);

    if (order == 0)
        order = (x->doc > y->doc) - (x->doc < y->doc);
    return order ? order : (x->pos > y->pos) - (x->pos < y->pos);
}

/* The forms of one term, in the order in which they are met. */
struct term_forms {
    const struct word *first[FORMS_MAX];
    uint32_t df[FORMS_MAX], last[FORMS_MAX], n;
    uint64_t cf[FORMS_MAX];
};

static uint16_t count_form(struct term_forms *f, const struct word *w)
{
    uint32_t i = 0;

    while (i < f->n && nidx_bytes_compare(f->first[i]->form, w->form) != 0)
        i++;
    if (i == f->n) {
        assert_true(f->n < FORMS_MAX);
        f->first[f->n++] = w;
    }
    f->cf[i]++;
    f->df[i] += f->last[i] != w->doc + 1;
    f->last[i] = w->doc + 1;
    return (uint16_t)i;
}

static void add_entry(struct build *b, uint8_t kind, uint8_t field,
                      struct nidx_bytes text)
{
    struct nidx_buf key = {0}, value = {0};
    struct nidx_error err;

    nidx_buf_u8(&key, kind);
    nidx_buf_u8(&key, field);
    nidx_buf_put(&key, text.data, text.len);
    must(nidx_postings_end(b->postings, &value, &err), &err);
    must(
        nidx_segment_add_term(b->writer, (struct nidx_bytes){key.data, key.len},
                              (struct nidx_bytes){value.data, value.len}, &err),
        &err);
    nidx_buf_done(&key);
    nidx_buf_done(&value);
}

/* One form may have several terms: its entry grows. */
static void keep_form(struct build *b, const struct word *w, uint32_t number,
                      uint32_t df, uint64_t cf)
{
    struct nidx_buf key = {0};
    size_t i = 0;

    nidx_form_key(&key, NIDX_FIELD_ALL, w->folded, w->form);
    while (i < b->n_forms && (b->forms[i].key.len != key.len ||
                              memcmp(b->forms[i].key.data, key.data, key.len)))
        i++;
    if (i == b->n_forms) {
        assert_true(b->n_forms++ < FORMS_MAX * 4);
        b->forms[i].key = key;
        b->forms[i].value = (struct nidx_buf){0};
    } else {
        nidx_buf_done(&key);
    }
    nidx_form_value_add(&b->forms[i].value, w->folded, w->term, number, df, cf);
}

static void add_term(struct build *b, const struct word *w, size_t n,
                     uint32_t n_docs)
{
    struct term_forms forms = {.n = 0}, count = {.n = 0};
    struct nidx_occurrence found[TOKENS];
    struct nidx_error err;

    for (size_t i = 0; i < n; i++)
        count_form(&forms, &w[i]);
    must(nidx_postings_begin(b->postings, n_docs, forms.n, &err), &err);
    for (size_t i = 0, j; i < n; i = j) {
        uint32_t k = 0;
        for (j = i; j < n && w[j].doc == w[i].doc; j++)
            found[k++] = (struct nidx_occurrence){w[j].pos, w[j].len,
                                                  count_form(&count, &w[j])};
        must(nidx_postings_add(b->postings, w[i].doc, 0, found, k, &err), &err);
    }
    add_entry(b, NIDX_KIND_WORD, NIDX_FIELD_ALL, w->term);
    for (uint32_t i = 0; i < forms.n; i++)
        keep_form(b, forms.first[i], i, forms.df[i], forms.cf[i]);
}

static int by_key(const void *a, const void *b)
{
    const struct nidx_buf *x = a, *y = b;

    return nidx_bytes_compare((struct nidx_bytes){x->data, x->len},
                              (struct nidx_bytes){y->data, y->len});
}

static void add_forms(struct build *b)
{
    struct nidx_error err;

    if (b->n_forms > 0)
        qsort(b->forms, b->n_forms, sizeof(b->forms[0]), by_key);
    for (size_t i = 0; i < b->n_forms; i++) {
        struct nidx_buf *key = &b->forms[i].key, *value = &b->forms[i].value;
        must(nidx_segment_add_term(
                 b->writer, (struct nidx_bytes){key->data, key->len},
                 (struct nidx_bytes){value->data, value->len}, &err),
             &err);
        nidx_buf_done(key);
        nidx_buf_done(value);
    }
}

static void add_terms(struct build *b, uint32_t n_docs)
{
    struct nidx_error err;

    must(nidx_segment_postings(b->writer, &b->postings, &err), &err);
    if (b->n_words > 0)
        qsort(b->words, b->n_words, sizeof(*b->words), by_term);
    for (size_t i = 0, j; i < b->n_words; i = j) {
        for (j = i;
             j < b->n_words &&
             nidx_bytes_compare(b->words[i].term, b->words[j].term) == 0;)
            j++;
        add_term(b, &b->words[i], j - i, n_docs);
    }
    add_forms(b);
    for (size_t i = 0; i < b->n_words; i++) {
        free((void *)(uintptr_t)b->words[i].term.data);
        free((void *)(uintptr_t)b->words[i].form.data);
        free((void *)(uintptr_t)b->words[i].folded.data);
    }
    free(b->words);
}

/* Tags rise from article to article, or are equal. */
static void add_tags(struct build *b, const struct article *list, uint32_t n)
{
    const struct nidx_occurrence once = {.pos = 0, .len = 1};
    struct nidx_error err;

    for (uint32_t i = 0, j; i < n; i = j) {
        j = i + 1;
        if (!list[i].tag)
            continue;
        must(nidx_postings_begin(b->postings, n, 0, &err), &err);
        for (j = i;
             j < n && list[j].tag && strcmp(list[i].tag, list[j].tag) == 0; j++)
            must(nidx_postings_add(b->postings, j, 0, &once, 1, &err), &err);
        add_entry(b, NIDX_KIND_KEYWORD, NIDX_FIELD_TAGS,
                  (struct nidx_bytes){(const uint8_t *)list[i].tag,
                                      strlen(list[i].tag)});
    }
}

/* ------------------------------------------------------------- segments */

static void write_segment(struct nidx_txn *txn, const struct article *list,
                          uint32_t first, uint32_t n,
                          struct nidx_segment_info *info)
{
    struct txn_sink sink = {{put}, txn, list[first].segment + 1};
    struct build *b = calloc(1, sizeof(*b));
    struct nidx_vocab *v;
    struct nidx_error err;

    assert_non_null(b);
    must(nidx_vocab_new(&v, &err), &err);
    must(nidx_segment_writer_new(&sink.sink, 1, &b->writer, &err), &err);
    for (uint32_t i = 0; i < n; i++)
        add_doc(b, &list[first + i], add_words(b, v, &list[first + i], i));
    add_terms(b, n);
    add_tags(b, &list[first], n);
    for (uint32_t i = 0; i < n; i++) {
        const uint8_t key = (uint8_t)('a' + first + i);
        must(nidx_segment_add_key(b->writer, (struct nidx_bytes){&key, 1}, i,
                                  &err),
             &err);
    }
    must(nidx_segment_finish(b->writer, info, &err), &err);
    info->id = sink.segment;
    nidx_segment_writer_free(b->writer);
    nidx_vocab_free(v);
    free(b);
}

static void write_all(struct nidx_txn *txn, const struct article *list,
                      uint32_t n)
{
    const struct nidx_header header = {.version = NIDX_FORMAT_VERSION,
                                       .title_weight = 1,
                                       .fingerprint = "articles"};
    struct nidx_manifest m = {.commit = 1};
    struct nidx_error err;

    m.segments = calloc(n + 1, sizeof(*m.segments));
    assert_non_null(m.segments);
    must(nidx_header_write(txn, &header, &err), &err);
    for (uint32_t i = 0, j; i < n; i = j) {
        for (j = i; j < n && list[j].segment == list[i].segment;)
            j++;
        write_segment(txn, list, i, j - i, &m.segments[m.n_segments++]);
    }
    m.next_id = m.n_segments + 1;
    must(nidx_manifest_write(txn, &m, &err), &err);
    nidx_manifest_done(&m);
}

void articles_open(struct articles *a, void *const *state, const char *name,
                   const struct article *list, uint32_t n)
{
    const struct nidx_store_options create = {.create = true};
    struct nidx_error err;
    struct nidx_txn *txn;
    char *path = tmpdir_path(state, name);

    must(nidx_store_open(path, &create, &a->store, &err), &err);
    must(nidx_store_lock_writer(a->store, 0, NULL, NULL, &err), &err);
    must(nidx_txn_begin(a->store, &txn, &err), &err);
    write_all(txn, list, n);
    must(nidx_txn_commit(txn, &err), &err);
    nidx_store_unlock_writer(a->store);
    must(nidx_catalog_open(a->store, &a->catalog, &err), &err);
    free(path);
}

void articles_close(struct articles *a)
{
    nidx_catalog_close(a->catalog);
    nidx_store_close(a->store);
}
