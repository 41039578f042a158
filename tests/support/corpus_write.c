/* corpus_write.c: a random corpus as an index file of several segments.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>

#include "common/analysis/fold.h"
#include "common/segment/segment.h"
#include "tests/support/corpus.h"

/* A part's chunks go straight into the transaction. */
struct txn_sink {
    struct nidx_part_sink sink;
    struct nidx_txn *txn;
    uint32_t segment;
};

/* One segment in work. Every form is an entry that waits for its turn. */
struct build {
    const struct corpus *corpus;
    uint32_t segment;
    struct nidx_segment_writer *writer;
    struct nidx_postings_writer *postings;
    struct form {
        struct nidx_buf key, value;
    } * forms;
    uint32_t n_forms;
};

#define FORMS_OF_TERM 8

struct term_form {
    char text[8];
    uint32_t df, cf, last; /* last: number of the document, plus 1 */
};

/* The forms of one term in one field, commonest first. */
struct term_forms {
    uint32_t n;
    struct term_form forms[FORMS_OF_TERM];
};

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

static void must(enum nidx_status status, const struct nidx_error *err)
{
    if (status != NIDX_OK)
        fail_msg("%s", err->message);
}

static struct nidx_bytes bytes_of(const char *text)
{
    return (struct nidx_bytes){(const uint8_t *)text, strlen(text)};
}

/* The fields whose tokens a field's lists hold: headline and body share ALL. */
static uint32_t fields_of(const struct naive_doc *d, uint8_t field,
                          const struct naive_field *out[2])
{
    if (field == NIDX_FIELD_ALL) {
        out[0] = &d->title;
        out[1] = &d->body;
        return 2;
    }
    out[0] = field == NIDX_FIELD_TITLE ? &d->title : &d->author;
    return 1;
}

/* ------------------------------------------------------------ documents */

static void add_docs(struct build *b)
{
    const struct corpus *c = b->corpus;
    struct nidx_error err;

    for (uint32_t i = 0; i < c->naive.n; i++) {
        const struct naive_doc *d = &c->naive.docs[i];
        if (c->segment_of[i] != b->segment)
            continue;
        struct nidx_stored_field key = {0, bytes_of(d->key)};
        struct nidx_buf record = {0};
        nidx_record_write(&record, 0, &key, 1, NULL, 0);
        struct nidx_segment_doc doc = {.record = {record.data, record.len}};
        doc.columns[NIDX_COLUMN_LENGTH] =
            (uint64_t)d->title.length + d->body.length;
        doc.columns[NIDX_COLUMN_TITLE] = d->title.length;
        doc.columns[NIDX_COLUMN_AUTHOR] = d->author.length;
        doc.columns[NIDX_COLUMN_DATE] = d->date;
        must(nidx_segment_add_doc(b->writer, &doc, &err), &err);
        nidx_buf_done(&record);
    }
}

/* ---------------------------------------------------------------- terms */

static void count_form(struct term_forms *f, const char *text, uint32_t doc)
{
    uint32_t i = 0;

    while (i < f->n && strcmp(f->forms[i].text, text) != 0)
        i++;
    if (i == f->n) {
        assert_true(f->n < FORMS_OF_TERM);
        memset(&f->forms[f->n], 0, sizeof(f->forms[0]));
        memcpy(f->forms[f->n++].text, text, strlen(text) + 1);
    }
    f->forms[i].cf++;
    f->forms[i].df += f->forms[i].last != doc + 1;
    f->forms[i].last = doc + 1;
}

static int compare_forms(const void *a, const void *b)
{
    const struct term_form *x = a, *y = b;

    return x->cf > y->cf ? -1 : x->cf < y->cf;
}

static void find_forms(const struct build *b, uint8_t field, char term,
                       struct term_forms *out)
{
    const struct corpus *c = b->corpus;

    out->n = 0;
    for (uint32_t i = 0; i < c->naive.n; i++) {
        const struct naive_field *f[2];
        uint32_t n = fields_of(&c->naive.docs[i], field, f);
        for (uint32_t k = 0; c->segment_of[i] == b->segment && k < n; k++) {
            for (uint32_t t = 0; t < f[k]->n; t++) {
                if (f[k]->tokens[t].term[0] == term)
                    count_form(out, f[k]->tokens[t].form, i);
            }
        }
    }
    qsort(out->forms, out->n, sizeof(out->forms[0]), compare_forms);
}

static uint16_t number_of(const struct term_forms *f, const char *text)
{
    uint16_t i = 0;

    while (strcmp(f->forms[i].text, text) != 0)
        i++;
    return i;
}

/* The occurrences of a term in a document, headline first. */
static void add_posting(struct build *b, uint8_t field, char term,
                        const struct term_forms *forms, uint32_t doc)
{
    const struct naive_field *f[2];
    struct nidx_occurrence found[256];
    struct nidx_error err;
    uint32_t n = 0, n_title = 0;
    uint32_t n_fields = fields_of(&b->corpus->naive.docs[doc], field, f);

    for (uint32_t k = 0; k < n_fields; k++) {
        for (uint32_t t = 0; t < f[k]->n; t++) {
            const struct naive_token *token = &f[k]->tokens[t];
            if (token->term[0] != term)
                continue;
            assert_true(n < 256);
            found[n].pos = token->pos;
            found[n].len = token->len;
            found[n++].form = number_of(forms, token->form);
        }
        if (field == NIDX_FIELD_ALL && k == 0)
            n_title = n;
    }
    if (n)
        must(nidx_postings_add(b->postings, b->corpus->number_in[doc], n_title,
                               found, n, &err),
             &err);
}

static void keep_forms(struct build *b, uint8_t field, const char *term,
                       const struct term_forms *forms)
{
    for (uint32_t i = 0; i < forms->n; i++) {
        struct form f = {{0}, {0}};
        struct nidx_buf folded = {0};
        struct nidx_bytes text = bytes_of(forms->forms[i].text);
        nidx_fold_diacritics((const char *)text.data, text.len, &folded);
        struct nidx_bytes spelling = {folded.data, folded.len};
        nidx_form_key(&f.key, field, spelling, text);
        nidx_form_value_add(&f.value, spelling, bytes_of(term), i,
                            forms->forms[i].df, forms->forms[i].cf);
        nidx_buf_done(&folded);
        b->forms = realloc(b->forms, (b->n_forms + 1) * sizeof(f));
        assert_non_null(b->forms);
        b->forms[b->n_forms++] = f;
    }
}

static void add_entry(struct build *b, uint8_t kind, uint8_t field,
                      const char *text)
{
    struct nidx_buf key = {0}, value = {0};
    struct nidx_error err;

    nidx_buf_u8(&key, kind);
    nidx_buf_u8(&key, field);
    nidx_buf_put(&key, text, strlen(text));
    must(nidx_postings_end(b->postings, &value, &err), &err);
    must(
        nidx_segment_add_term(b->writer, (struct nidx_bytes){key.data, key.len},
                              (struct nidx_bytes){value.data, value.len}, &err),
        &err);
    nidx_buf_done(&key);
    nidx_buf_done(&value);
}

static bool occurs(const struct build *b, uint8_t field, char term)
{
    struct term_forms forms;

    find_forms(b, field, term, &forms);
    return forms.n > 0;
}

static void add_word(struct build *b, uint8_t field, char term)
{
    const struct corpus *c = b->corpus;
    struct term_forms forms;
    struct nidx_error err;
    char text[2] = {term, 0};

    /* Headlines have no forms of their own: ALL's number theirs too. */
    const bool title = field == NIDX_FIELD_TITLE;
    find_forms(b, title ? NIDX_FIELD_ALL : field, term, &forms);
    if (!forms.n || (title && !occurs(b, field, term)))
        return;
    must(nidx_postings_begin(b->postings, c->naive.n, forms.n, &err), &err);
    for (uint32_t i = 0; i < c->naive.n; i++) {
        if (c->segment_of[i] == b->segment)
            add_posting(b, field, term, &forms, i);
    }
    add_entry(b, NIDX_KIND_WORD, field, text);
    if (!title)
        keep_forms(b, field, text, &forms);
}

static int compare_keys(const void *a, const void *b)
{
    const struct form *x = a, *y = b;

    return nidx_bytes_compare((struct nidx_bytes){x->key.data, x->key.len},
                              (struct nidx_bytes){y->key.data, y->key.len});
}

static void add_forms(struct build *b)
{
    struct nidx_error err;

    qsort(b->forms, b->n_forms, sizeof(*b->forms), compare_keys);
    for (uint32_t i = 0; i < b->n_forms; i++) {
        struct form *f = &b->forms[i];
        must(nidx_segment_add_term(
                 b->writer, (struct nidx_bytes){f->key.data, f->key.len},
                 (struct nidx_bytes){f->value.data, f->value.len}, &err),
             &err);
        nidx_buf_done(&f->key);
        nidx_buf_done(&f->value);
    }
    free(b->forms);
}

static void add_source(struct build *b, const char *source)
{
    const struct corpus *c = b->corpus;
    const struct nidx_occurrence once = {.pos = 0, .len = 1};
    struct nidx_error err;
    uint32_t n = 0;

    for (uint32_t i = 0; i < c->naive.n; i++) {
        if (c->segment_of[i] != b->segment ||
            strcmp(c->naive.docs[i].source, source) != 0)
            continue;
        if (!n++)
            must(nidx_postings_begin(b->postings, c->naive.n, 0, &err), &err);
        must(nidx_postings_add(b->postings, c->number_in[i], 0, &once, 1, &err),
             &err);
    }
    if (n)
        add_entry(b, NIDX_KIND_KEYWORD, NIDX_FIELD_SOURCE, source);
}

/* All ends of sentences (0) or paragraphs (1), as one list. */
static void add_ends(struct build *b, int which, uint8_t kind)
{
    const struct corpus *c = b->corpus;
    struct nidx_error err;
    uint32_t n_docs = 0;

    for (uint32_t i = 0; i < c->naive.n; i++) {
        const struct naive_field *fields[2];
        struct nidx_occurrence found[512];
        uint32_t n = 0;
        fields_of(&c->naive.docs[i], NIDX_FIELD_ALL, fields);
        for (uint32_t k = 0; c->segment_of[i] == b->segment && k < 2; k++)
            for (uint32_t e = 0; e < fields[k]->n_ends[which]; e++) {
                assert_true(n < 512);
                found[n++] = (struct nidx_occurrence){
                    .pos = fields[k]->ends[which][e], .len = 1};
            }
        if (n == 0)
            continue;
        if (n_docs++ == 0)
            must(nidx_postings_begin(b->postings, c->naive.n, 0, &err), &err);
        must(nidx_postings_add(b->postings, c->number_in[i], 0, found, n, &err),
             &err);
    }
    if (n_docs > 0)
        add_entry(b, kind, NIDX_FIELD_ALL, "");
}

static void add_terms(struct build *b)
{
    static const uint8_t fields[] = {NIDX_FIELD_ALL, NIDX_FIELD_TITLE,
                                     NIDX_FIELD_AUTHOR};
    struct nidx_error err;

    must(nidx_segment_postings(b->writer, &b->postings, &err), &err);
    for (size_t i = 0; i < sizeof(fields); i++) {
        for (uint32_t k = 0; k < b->corpus->options.n_words; k++)
            add_word(b, fields[i], (char)('a' + k));
    }
    add_forms(b);
    add_source(b, "s0");
    add_source(b, "s1");
    add_source(b, "s2");
    add_ends(b, 0, NIDX_KIND_SENTENCE);
    add_ends(b, 1, NIDX_KIND_PARAGRAPH);
}

/* ------------------------------------------------------------- segments */

static int compare_docs(const void *a, const void *b)
{
    const struct naive_doc *const *x = a, *const *y = b;

    return strcmp((*x)->key, (*y)->key);
}

static void add_keys(struct build *b)
{
    const struct corpus *c = b->corpus;
    const struct naive_doc **docs = calloc(c->naive.n, sizeof(*docs));
    struct nidx_error err;

    assert_non_null(docs);
    for (uint32_t i = 0; i < c->naive.n; i++)
        docs[i] = &c->naive.docs[i];
    qsort(docs, c->naive.n, sizeof(*docs), compare_docs);
    for (uint32_t i = 0; i < c->naive.n; i++) {
        uint32_t at = (uint32_t)(docs[i] - c->naive.docs);
        if (c->segment_of[at] == b->segment)
            must(nidx_segment_add_key(b->writer, bytes_of(docs[i]->key),
                                      c->number_in[at], &err),
                 &err);
    }
    free(docs);
}

static void delete_docs(const struct corpus *c, struct nidx_txn *txn,
                        uint32_t segment, struct nidx_segment_info *info)
{
    uint64_t *words = calloc((info->n_docs + 63) / 64, sizeof(*words));
    struct nidx_error err;

    assert_non_null(words);
    for (uint32_t i = 0; i < c->naive.n; i++) {
        if (c->segment_of[i] != segment || !c->naive.docs[i].deleted)
            continue;
        words[c->number_in[i] / 64] |= UINT64_C(1) << c->number_in[i] % 64;
        info->n_deleted++;
    }
    if (info->n_deleted)
        must(nidx_deletions_write(txn, info->id, info->n_docs, words, &err),
             &err);
    free(words);
}

static void write_segment(const struct corpus *c, struct nidx_txn *txn,
                          uint32_t segment, struct nidx_segment_info *info)
{
    struct txn_sink sink = {{put}, txn, segment + 1};
    struct build b = {.corpus = c, .segment = segment};
    struct nidx_error err;

    must(nidx_segment_writer_new(&sink.sink, c->options.title_weight, &b.writer,
                                 &err),
         &err);
    add_docs(&b);
    add_terms(&b);
    add_keys(&b);
    must(nidx_segment_finish(b.writer, info, &err), &err);
    nidx_segment_writer_free(b.writer);
    info->id = segment + 1;
    delete_docs(c, txn, segment, info);
}

void corpus_write(const struct corpus *c, const char *path)
{
    const struct nidx_store_options create = {.create = true,
                                              .map_max = CORPUS_MAP};
    const struct nidx_header header = {.version = NIDX_FORMAT_VERSION,
                                       .title_weight = c->options.title_weight,
                                       .fingerprint = "one-letter words"};
    struct nidx_manifest m = {.n_segments = c->options.n_segments};
    struct nidx_error err;
    struct nidx_store *store;
    struct nidx_txn *txn;

    m.segments = calloc(m.n_segments, sizeof(*m.segments));
    assert_non_null(m.segments);
    must(nidx_store_open(path, &create, &store, &err), &err);
    must(nidx_store_lock_writer(store, 0, NULL, NULL, &err), &err);
    must(nidx_txn_begin(store, &txn, &err), &err);
    must(nidx_header_write(txn, &header, &err), &err);
    for (uint32_t i = 0; i < m.n_segments; i++)
        write_segment(c, txn, i, &m.segments[i]);
    m.commit = 1;
    m.next_id = m.n_segments + 1;
    must(nidx_manifest_write(txn, &m, &err), &err);
    must(nidx_txn_commit(txn, &err), &err);
    nidx_store_unlock_writer(store);
    nidx_store_close(store);
    nidx_manifest_done(&m);
}
