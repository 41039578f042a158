/* test_segment.c: tests of common/segment/segment: built through the store, read back.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/segment/segment.h"
#include "tests/support/memory_part.h"
#include "tests/support/tmpdir.h"

#define WEIGHT 3
#define N      5000

static struct nidx_bytes text(const char *s)
{
    return (struct nidx_bytes){(const uint8_t *)s, strlen(s)};
}

/* ------------------------------------------------------ a made segment */

/* Document i: key, columns and body are functions of i. */
static struct nidx_bytes key_of(char buf[32], uint32_t i)
{
    /* Numbers turned round, so that ranks are not the documents' order. */
    int n = snprintf(buf, 32, "doc/%u%u%u%u-%u", i % 10, i / 10 % 10,
                     i / 100 % 10, i / 1000 % 10, i);
    return (struct nidx_bytes){(const uint8_t *)buf, (size_t)n};
}

static void columns_of(uint64_t *c, uint32_t i)
{
    memset(c, 0, NIDX_COLUMN_COUNT * sizeof(*c));
    c[NIDX_COLUMN_LENGTH] = 100 + i % 900;
    c[NIDX_COLUMN_TITLE] = i % 3 == 0 ? 0 : 5;
    c[NIDX_COLUMN_DATE] = (UINT64_C(1) << 62) + i * 3600;
    c[NIDX_COLUMN_CONTENT] = i * UINT64_C(0x9e3779b97f4a7c15);
}

static void record_of(struct nidx_buf *b, uint32_t i)
{
    char key[32], body[900];
    int n = 0;

    for (uint32_t k = 0; k < 10 + i % 30; k++)
        n += snprintf(body + n, sizeof(body) - (size_t)n, "word%u of %u. ",
                      k * i % 977, i);
    const struct nidx_stored_field fields[] = {
        {0, key_of(key, i)},
        {NIDX_FIELD_BODY, {(const uint8_t *)body, (size_t)n}}};
    const struct nidx_restart restart = {0, 0};
    b->len = 0;
    nidx_record_write(b, (uint8_t)(1 + i % 2), fields, 2, &restart, 1);
}

static int by_key(const void *a, const void *b)
{
    char x[32], y[32];

    return nidx_bytes_compare(key_of(x, *(const uint32_t *)a),
                              key_of(y, *(const uint32_t *)b));
}

/* Term "everyN" is in each N-th document, "once" in document 7. */
static enum nidx_status add_list(struct nidx_segment_writer *w,
                                 struct nidx_postings_writer *p,
                                 const char *term, uint32_t every,
                                 uint32_t first, uint32_t n_docs)
{
    struct nidx_buf key = {0}, value = {0};
    const struct nidx_occurrence at = {101, 1, 0};
    enum nidx_status status = nidx_postings_begin(p, n_docs, 1, NULL);

    for (uint32_t d = first; d < n_docs && status == NIDX_OK; d += every)
        status = nidx_postings_add(p, d, 0, &at, 1, NULL);
    if (status == NIDX_OK)
        status = nidx_postings_end(p, &value, NULL);
    nidx_buf_u8(&key, NIDX_KIND_WORD);
    nidx_buf_u8(&key, NIDX_FIELD_ALL);
    nidx_buf_put(&key, term, strlen(term));
    if (status == NIDX_OK)
        status = nidx_segment_add_term(
            w, (struct nidx_bytes){key.data, key.len},
            (struct nidx_bytes){value.data, value.len}, NULL);
    nidx_buf_done(&key);
    nidx_buf_done(&value);
    return status;
}

static enum nidx_status add_form(struct nidx_segment_writer *w)
{
    struct nidx_buf key = {0}, value = {0};

    nidx_form_key(&key, NIDX_FIELD_ALL, text("every3s"), text("every3s"));
    nidx_form_value_add(&value, text("every3s"), text("every3"), 0, 5, 5);
    enum nidx_status status =
        nidx_segment_add_term(w, (struct nidx_bytes){key.data, key.len},
                              (struct nidx_bytes){value.data, value.len}, NULL);
    nidx_buf_done(&key);
    nidx_buf_done(&value);
    return status;
}

static enum nidx_status add_terms(struct nidx_segment_writer *w, uint32_t n)
{
    struct nidx_postings_writer *p;
    enum nidx_status status = nidx_segment_postings(w, &p, NULL);

    if (status == NIDX_OK)
        status = add_list(w, p, "every1", 1, 0, n);
    if (status == NIDX_OK)
        status = add_list(w, p, "every3", 3, 0, n);
    if (status == NIDX_OK)
        status = add_list(w, p, "every50", 50, 0, n);
    if (status == NIDX_OK)
        status = add_list(w, p, "once", n, n > 7 ? 7 : 0, n);
    return status == NIDX_OK ? add_form(w) : status;
}

static enum nidx_status add_keys(struct nidx_segment_writer *w,
                                 const uint32_t *docs, uint32_t n)
{
    uint32_t *order = malloc(n * sizeof(*order));
    uint32_t *doc_of = calloc(N, sizeof(*doc_of));
    enum nidx_status status = NIDX_OK;

    assert_non_null(order);
    assert_non_null(doc_of);
    memcpy(order, docs, n * sizeof(*order));
    for (uint32_t i = 0; i < n; i++)
        doc_of[docs[i]] = i;
    qsort(order, n, sizeof(*order), by_key);
    for (uint32_t i = 0; i < n && status == NIDX_OK; i++) {
        char key[32];
        status = nidx_segment_add_key(w, key_of(key, order[i]),
                                      doc_of[order[i]], NULL);
    }
    free(order);
    free(doc_of);
    return status;
}

static enum nidx_status add_docs(struct nidx_segment_writer *w,
                                 const uint32_t *docs, uint32_t n)
{
    struct nidx_buf record = {0};
    enum nidx_status status = NIDX_OK;

    for (uint32_t i = 0; i < n && status == NIDX_OK; i++) {
        struct nidx_segment_doc d = {.language = (uint8_t)(1 + docs[i] % 2)};
        columns_of(d.columns, docs[i]);
        record_of(&record, docs[i]);
        d.record = (struct nidx_bytes){record.data, record.len};
        status = nidx_segment_add_doc(w, &d, NULL);
    }
    nidx_buf_done(&record);
    return status;
}

static void numbers(uint32_t *docs, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        docs[i] = i;
}

static enum nidx_status write_all(struct nidx_part_sink *sink, uint32_t n,
                                  struct nidx_segment_info *info)
{
    struct nidx_segment_writer *w;
    uint32_t *docs = malloc(n * sizeof(*docs));
    enum nidx_status status = nidx_segment_writer_new(sink, WEIGHT, &w, NULL);

    assert_non_null(docs);
    numbers(docs, n);
    if (status == NIDX_OK)
        status = add_docs(w, docs, n);
    if (status == NIDX_OK)
        status = add_terms(w, n);
    if (status == NIDX_OK)
        status = add_keys(w, docs, n);
    if (status == NIDX_OK)
        status = nidx_segment_finish(w, info, NULL);
    nidx_segment_writer_free(w);
    free(docs);
    return status;
}

/* ------------------------------------------------------------- the store */

struct store_sink {
    struct nidx_part_sink sink;
    struct nidx_txn *txn;
    uint32_t segment;
};

static enum nidx_status store_put(struct nidx_part_sink *sink,
                                  enum nidx_part part, uint32_t chunk,
                                  struct nidx_bytes payload,
                                  struct nidx_error *err)
{
    struct store_sink *s = (struct store_sink *)sink;
    uint8_t key[NIDX_PART_KEY];

    nidx_part_key(key, s->segment, part, chunk);
    return nidx_txn_put(s->txn, (struct nidx_bytes){key, sizeof(key)}, payload,
                        err);
}

static struct nidx_store *open_new(void **state)
{
    struct nidx_store_options o = {.create = true};
    struct nidx_store *s = NULL;
    struct nidx_error err = {0};
    char *path = tmpdir_path(state, "x.nidx");

    if (nidx_store_open(path, &o, &s, &err) != NIDX_OK ||
        nidx_store_lock_writer(s, 0, NULL, NULL, &err) != NIDX_OK)
        fail_msg("%s", err.message);
    free(path);
    return s;
}

static struct nidx_txn *begin(struct nidx_store *s)
{
    struct nidx_txn *t = NULL;

    assert_int_equal(nidx_txn_begin(s, &t, NULL), NIDX_OK);
    return t;
}

static void publish(struct nidx_store *s, struct nidx_txn *t,
                    struct nidx_segment_info *infos, uint32_t n)
{
    static const struct nidx_header header = {.version = NIDX_FORMAT_VERSION,
                                              .title_weight = WEIGHT};
    const struct nidx_manifest m = {1, 1u << 20, n, infos};

    if (!t)
        t = begin(s);
    assert_int_equal(nidx_header_write(t, &header, NULL), NIDX_OK);
    assert_int_equal(nidx_manifest_write(t, &m, NULL), NIDX_OK);
    assert_int_equal(nidx_txn_commit(t, NULL), NIDX_OK);
}

/* Segment 1 with N documents, every 7th of them deleted. */
static struct nidx_store *make(void **state, struct nidx_segment_info *info)
{
    struct nidx_store *s = open_new(state);
    struct store_sink sink = {{store_put}, begin(s), 1};
    uint64_t deleted[(N + 63) / 64] = {0};

    assert_int_equal(write_all(&sink.sink, N, info), NIDX_OK);
    info->id = 1;
    for (uint32_t i = 0; i < N; i += 7) {
        deleted[i / 64] |= UINT64_C(1) << (i % 64);
        info->n_deleted++;
    }
    assert_int_equal(nidx_deletions_write(sink.txn, 1, N, deleted, NULL),
                     NIDX_OK);
    publish(s, sink.txn, info, 1);
    return s;
}

static struct nidx_catalog *open_catalog(struct nidx_store *s)
{
    struct nidx_catalog *c = NULL;
    struct nidx_error err = {0};

    if (nidx_catalog_open(s, &c, &err) != NIDX_OK)
        fail_msg("%s", err.message);
    return c;
}

static void assert_sound(const struct nidx_segment *s)
{
    struct nidx_error err = {0};

    if (nidx_segment_check(s, &err) != NIDX_OK)
        fail_msg("%s", err.message);
}

/* ----------------------------------------------------------------- tests */

static void assert_doc(const struct nidx_segment *s, nidx_docid doc,
                       uint32_t number, struct nidx_text_cache *cache)
{
    uint64_t expected[NIDX_COLUMN_COUNT], v;
    struct nidx_record r = {0};
    struct nidx_buf b = {0}, whole = {0};
    char buf[32];
    struct nidx_bytes key = key_of(buf, number);
    nidx_docid found_doc = 0;
    bool found;

    columns_of(expected, number);
    for (unsigned i = 0; i < NIDX_COLUMN_COUNT; i++) {
        assert_int_equal(nidx_column_get(&s->columns[i], doc, &v, NULL),
                         NIDX_OK);
        if (i != NIDX_COLUMN_RANK && i != NIDX_COLUMN_TEXT)
            assert_true(v == expected[i]);
    }
    assert_int_equal(nidx_segment_find_key(s, key, &found, &found_doc, NULL),
                     NIDX_OK);
    assert_true(found);
    assert_int_equal(found_doc, doc);
    assert_int_equal(nidx_segment_doc_key(s, doc, &b, NULL), NIDX_OK);
    assert_int_equal(b.len, key.len);
    assert_memory_equal(b.data, key.data, key.len);
    record_of(&b, number);
    assert_int_equal(nidx_segment_record(s, doc, cache, &r, NULL), NIDX_OK);
    nidx_column_get(&s->columns[NIDX_COLUMN_TEXT], doc, &v, NULL);
    assert_int_equal(
        nidx_text_read(&s->text, cache, v, r.end - v, &whole, NULL), NIDX_OK);
    assert_int_equal(whole.len, b.len);
    assert_memory_equal(whole.data, b.data, b.len);
    nidx_buf_done(&b);
    nidx_buf_done(&whole);
    nidx_record_done(&r);
}

static void documents_come_back(void **state)
{
    struct nidx_segment_info info;
    struct nidx_store *s = make(state, &info);
    struct nidx_catalog *c = open_catalog(s);
    struct nidx_text_cache cache = {0};
    const struct nidx_segment *seg = c->segments[0];
    nidx_docid doc;
    bool found;

    assert_int_equal(c->n_docs, N);
    assert_int_equal(c->n_live, N - (N + 6) / 7);
    assert_int_equal(c->languages, 6);
    assert_int_equal(c->in_language[1] + c->in_language[2], N);
    assert_int_equal(c->in_language[3], 0);
    assert_int_equal(c->header.title_weight, WEIGHT);
    for (uint32_t i = 0; i < N; i += 13) {
        assert_doc(seg, i, i, &cache);
        assert_true(nidx_segment_is_deleted(seg, i) == (i % 7 == 0));
    }
    assert_int_equal(
        nidx_segment_find_key(seg, text("no such key"), &found, &doc, NULL),
        NIDX_OK);
    assert_false(found);
    assert_sound(seg);
    nidx_text_cache_done(&cache);
    nidx_catalog_close(c);
    nidx_store_close(s);
}

static uint32_t df_of(const struct nidx_segment *s, const char *term)
{
    struct nidx_term_info info = {0};
    bool found = false;

    assert_int_equal(nidx_segment_term(s, NIDX_KIND_WORD, NIDX_FIELD_ALL,
                                       text(term), &found, &info, NULL),
                     NIDX_OK);
    return found ? info.df : 0;
}

static void terms_and_their_lists_come_back(void **state)
{
    struct nidx_segment_info info;
    struct nidx_store *s = make(state, &info);
    struct nidx_catalog *c = open_catalog(s);
    struct nidx_segment *seg = c->segments[0];
    struct nidx_term_info term;
    struct nidx_postings p;
    bool found;

    nidx_catalog_verify(c);
    assert_int_equal(df_of(seg, "every1"), N);
    assert_int_equal(df_of(seg, "every50"), N / 50);
    assert_int_equal(df_of(seg, "once"), 1);
    assert_int_equal(df_of(seg, "never"), 0);
    char longest[1100];
    memset(longest, 'e', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';
    assert_int_equal(df_of(seg, longest), 0);
    nidx_segment_term(seg, NIDX_KIND_WORD, NIDX_FIELD_ALL, text("every3"),
                      &found, &term, NULL);
    assert_int_equal(
        nidx_postings_open(&p, &seg->source, &term, seg->n_docs, NULL),
        NIDX_OK);
    uint32_t expected = 0;
    do {
        nidx_docid docs[NIDX_PACK_SLOTS];
        uint32_t n = nidx_postings_docs(&p, docs);
        for (uint32_t i = 0; i < n; i++, expected += 3)
            assert_int_equal(docs[i], expected);
    } while (nidx_postings_next(&p));
    assert_int_equal(p.status, NIDX_OK);
    assert_true(expected >= N);
    nidx_catalog_close(c);
    nidx_store_close(s);
}

/* Copies documents that are not deleted, as merging does. */
static void a_copy_without_deleted_documents_is_the_same(void **state)
{
    struct nidx_segment_info infos[2], *info = &infos[1];
    struct nidx_store *s = make(state, &infos[0]);
    struct nidx_catalog *c = open_catalog(s);
    struct nidx_segment_writer *w;
    struct nidx_text_cache cache = {0};
    struct store_sink sink = {{store_put}, begin(s), 2};
    uint32_t *docs = malloc(N * sizeof(*docs)), n = 0;

    assert_non_null(docs);
    assert_int_equal(nidx_segment_writer_new(&sink.sink, WEIGHT, &w, NULL),
                     NIDX_OK);
    for (uint32_t i = 0; i < N; i++) {
        if (nidx_segment_is_deleted(c->segments[0], i))
            continue;
        assert_int_equal(nidx_segment_copy_doc(w, c->segments[0], i, NULL),
                         NIDX_OK);
        docs[n++] = i;
    }
    assert_int_equal(nidx_segment_copy_doc(w, c->segments[0], N, NULL),
                     NIDX_ERR_INVALID);
    assert_int_equal(add_terms(w, n), NIDX_OK);
    assert_int_equal(add_keys(w, docs, n), NIDX_OK);
    assert_int_equal(nidx_segment_finish(w, info, NULL), NIDX_OK);
    nidx_segment_writer_free(w);
    nidx_catalog_close(c);
    info->id = 2;
    publish(s, sink.txn, infos, 2);
    c = open_catalog(s);
    assert_int_equal(c->manifest.n_segments, 2);
    assert_int_equal(c->segments[1]->n_docs, n);
    /* Each half of the documents, as it was before some were left out. */
    assert_in_range(info->in_language[1], n / 2, n / 2 + 1);
    assert_in_range(info->in_language[2], n / 2, n / 2 + 1);
    for (uint32_t i = 0; i < n; i += 11)
        assert_doc(c->segments[1], i, docs[i], &cache);
    assert_sound(c->segments[1]);
    nidx_text_cache_done(&cache);
    nidx_catalog_close(c);
    nidx_store_close(s);
    free(docs);
}

static void a_segment_is_written_in_order(void **state)
{
    (void)state;
    struct memory_part m = {0};
    struct nidx_segment_writer *w;
    struct nidx_postings_writer *p;
    struct nidx_segment_doc doc = {.language = 1};
    struct nidx_segment_info info;

    memory_part_init(&m);
    assert_int_equal(nidx_segment_writer_new(&m.sink, 1, &w, NULL), NIDX_OK);
    assert_int_equal(nidx_segment_postings(w, &p, NULL), NIDX_ERR_INVALID);
    assert_int_equal(nidx_segment_add_term(w, text("x"), text(""), NULL),
                     NIDX_ERR_INVALID);
    assert_int_equal(nidx_segment_add_doc(w, &doc, NULL), NIDX_OK);
    assert_int_equal(nidx_segment_add_doc(w, &doc, NULL), NIDX_OK);
    assert_int_equal(nidx_segment_add_key(w, text("a"), 0, NULL), NIDX_OK);
    assert_int_equal(nidx_segment_add_key(w, text("b"), 0, NULL),
                     NIDX_ERR_INVALID);
    assert_int_equal(nidx_segment_add_key(w, text("b"), 2, NULL),
                     NIDX_ERR_INVALID);
    assert_int_equal(nidx_segment_add_key(w, text("a"), 1, NULL),
                     NIDX_ERR_INVALID);
    assert_int_equal(nidx_segment_finish(w, &info, NULL), NIDX_ERR_INVALID);
    assert_int_equal(nidx_segment_add_doc(w, &doc, NULL), NIDX_ERR_INVALID);
    assert_int_equal(nidx_segment_postings(w, &p, NULL), NIDX_ERR_INVALID);
    uint8_t *key = calloc(1, NIDX_KEY_MAX + 1);
    assert_non_null(key);
    memset(key, 'z', NIDX_KEY_MAX + 1);
    assert_int_equal(
        nidx_segment_add_key(w, (struct nidx_bytes){key, NIDX_KEY_MAX + 1}, 1,
                             NULL),
        NIDX_ERR_LIMIT);
    assert_int_equal(nidx_segment_add_key(
                         w, (struct nidx_bytes){key, NIDX_KEY_MAX}, 1, NULL),
                     NIDX_OK);
    free(key);
    assert_int_equal(nidx_segment_finish(w, &info, NULL), NIDX_OK);
    assert_int_equal(nidx_segment_add_key(w, text("zz"), 1, NULL),
                     NIDX_ERR_INVALID);
    assert_int_equal(info.n_docs, 2);
    nidx_segment_writer_free(w);
    memory_part_done(&m);
}

static void a_full_sink_is_passed_on_wherever_it_fills(void **state)
{
    (void)state;
    struct memory_part m = {0};
    struct nidx_segment_info info;
    size_t n = 0;

    memory_part_init(&m);
    assert_int_equal(write_all(&m.sink, 500, &info), NIDX_OK);
    for (unsigned p = 0; p < NIDX_PART_COUNT; p++)
        n += m.parts[p].n;
    memory_part_done(&m);
    assert_true(n > 10);
    for (size_t i = 0; i < n; i++) {
        memory_part_init(&m);
        m.puts_left = (int)i;
        assert_int_equal(write_all(&m.sink, 500, &info), NIDX_ERR_FULL);
        memory_part_done(&m);
    }
}

static void an_index_without_segments_opens(void **state)
{
    struct nidx_store *s = open_new(state);
    struct nidx_catalog *c = NULL;

    assert_int_equal(nidx_catalog_open(s, &c, NULL), NIDX_ERR_NOTFOUND);
    assert_null(c);
    publish(s, NULL, NULL, 0);
    c = open_catalog(s);
    assert_int_equal(c->n_docs, 0);
    nidx_catalog_close(c);
    nidx_catalog_close(NULL);
    nidx_store_close(s);
}

/* ---------------------------------------------------------------- damage */

/* Parts of one segment copied to a store, spoilt on the way. */
struct spoilt {
    struct nidx_store *store;
    struct memory_part parts;
    struct nidx_segment_info info;
    uint32_t id;
};

static void spoilt_open(struct spoilt *x, void **state, uint32_t n)
{
    *x = (struct spoilt){.store = open_new(state)};
    memory_part_init(&x->parts);
    assert_int_equal(write_all(&x->parts.sink, n, &x->info), NIDX_OK);
}

static void spoilt_close(struct spoilt *x)
{
    memory_part_done(&x->parts);
    nidx_store_close(x->store);
}

/* Writes the parts as they are now under a fresh id, and checks them. */
static enum nidx_status check_spoilt(struct spoilt *x, struct nidx_error *err)
{
    struct store_sink sink = {{store_put}, begin(x->store), ++x->id};
    struct nidx_catalog *c = NULL;

    for (unsigned p = 1; p < NIDX_PART_COUNT; p++) {
        for (size_t i = 0; i < x->parts.parts[p].n; i++) {
            const struct memory_chunk *m = &x->parts.parts[p].items[i];
            store_put(&sink.sink, (enum nidx_part)p, m->number,
                      (struct nidx_bytes){m->data, m->len}, NULL);
        }
    }
    x->info.id = x->id;
    publish(x->store, sink.txn, &x->info, 1);
    enum nidx_status status = nidx_catalog_open(x->store, &c, err);
    if (status == NIDX_OK)
        status = nidx_segment_check(c->segments[0], err);
    nidx_catalog_close(c);
    struct nidx_txn *t = begin(x->store);
    uint8_t key[NIDX_SEGMENT_KEY];
    nidx_segment_key(key, x->id);
    nidx_txn_delete(t, (struct nidx_bytes){key, sizeof(key)}, NULL);
    assert_int_equal(nidx_txn_commit(t, NULL), NIDX_OK);
    return status;
}

static void assert_sound_again(struct spoilt *x)
{
    struct nidx_error err = {0};

    if (check_spoilt(x, &err) != NIDX_OK)
        fail_msg("%s", err.message);
}

static void assert_noticed(struct spoilt *x, const char *words)
{
    struct nidx_error err = {0};

    assert_int_equal(check_spoilt(x, &err), NIDX_ERR_CORRUPT);
    if (!strstr(err.message, words))
        fail_msg("\"%s\" does not say \"%s\"", err.message, words);
    assert_memory_equal(err.message, "corrupt: ", 9);
}

static void what_the_manifest_says_is_compared(void **state)
{
    struct spoilt x;

    spoilt_open(&x, state, 300);
    assert_sound_again(&x);
    struct nidx_segment_info good = x.info;
#define SPOIL(member)                                               \
    do {                                                            \
        x.info = good;                                              \
        x.info.member ^= 1;                                         \
        assert_int_equal(check_spoilt(&x, NULL), NIDX_ERR_CORRUPT); \
    } while (0)
    SPOIL(n_docs);
    SPOIL(n_deleted);
    SPOIL(sum_length);
    SPOIL(sum_title);
    SPOIL(sum_author);
    SPOIL(n_title);
    SPOIL(n_author);
    SPOIL(languages);
    SPOIL(in_language[1]);
    SPOIL(bytes);
    SPOIL(n_terms);
    SPOIL(n_keys);
    SPOIL(n_text);
    SPOIL(present);
    SPOIL(n_text_blocks);
    SPOIL(n_terms_chunks);
    SPOIL(n_keys_chunks);
#undef SPOIL
    x.info = good;
    assert_sound_again(&x);
    spoilt_close(&x);
}

static void a_chunk_that_is_not_there_is_named(void **state)
{
    struct spoilt x;
    static const enum nidx_part parts[] = {
        NIDX_PART_META,    NIDX_PART_TERMS,  NIDX_PART_TERMS_TOP,
        NIDX_PART_DOCS,    NIDX_PART_KEYS,   NIDX_PART_KEYS_TOP,
        NIDX_PART_FILTER,  NIDX_PART_COLUMN, NIDX_PART_TEXT,
        NIDX_PART_TEXT_TOP};
    static const char *const words[] = {
        "meta",         "terms",   "top index of terms",
        "postings",     "keys",    "top index of keys",
        "filter",       "columns", "text",
        "index of text"};

    spoilt_open(&x, state, 300);
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
        uint32_t number = x.parts.parts[parts[i]].items[0].number;
        struct memory_chunk *c = memory_part_find(&x.parts, parts[i], number);
        struct nidx_buf kept = {0};
        nidx_buf_put(&kept, c->data, c->len);
        memory_part_drop(&x.parts, parts[i], number);
        assert_noticed(&x, words[i]);
        x.parts.sink.put(&x.parts.sink, parts[i], number,
                         (struct nidx_bytes){kept.data, kept.len}, NULL);
        nidx_buf_done(&kept);
    }
    assert_sound_again(&x);
    spoilt_close(&x);
}

/* Cross-references: sound structures that contradict each other. */
static void references_between_parts_are_compared(void **state)
{
    struct spoilt x;

    spoilt_open(&x, state, 300);
    struct memory_chunk *c =
        memory_part_find(&x.parts, NIDX_PART_COLUMN, NIDX_COLUMN_RANK << 20);
    c->data[16] ^= 1;
    assert_noticed(&x, "rank");
    c->data[16] ^= 1;
    c = memory_part_find(&x.parts, NIDX_PART_COLUMN, NIDX_COLUMN_LENGTH << 20);
    c->data[18] ^= 1;
    assert_noticed(&x, "columns: their sums");
    c->data[18] ^= 1;
    c = memory_part_find(&x.parts, NIDX_PART_COLUMN, NIDX_COLUMN_TEXT << 20);
    c->data[18] ^= 1;
    assert_noticed(&x, "document");
    c->data[18] ^= 1;
    c = memory_part_find(&x.parts, NIDX_PART_FILTER, 0);
    memset(c->data, 0, c->len);
    assert_noticed(&x, "filter");
    spoilt_close(&x);
}

/* Every byte of every small part, one at a time: reading must survive, and
 * nearly all damage must be noticed although the checksums are right. */
static void any_damaged_byte_is_survived(void **state)
{
    struct spoilt x;
    unsigned n = 0, noticed = 0;

    spoilt_open(&x, state, 40);
    for (unsigned p = 1; p < NIDX_PART_COUNT; p++) {
        for (size_t i = 0; i < x.parts.parts[p].n; i++) {
            struct memory_chunk *c = &x.parts.parts[p].items[i];
            for (size_t k = 0; k < c->len; k += 1 + c->len / 40) {
                c->data[k] ^= 0x55;
                enum nidx_status status = check_spoilt(&x, NULL);
                assert_true(status == NIDX_OK || status == NIDX_ERR_CORRUPT);
                noticed += status != NIDX_OK;
                n++;
                c->data[k] ^= 0x55;
            }
        }
    }
    assert_sound_again(&x);
    assert_true(noticed > n / 2);
    spoilt_close(&x);
}

/* -------------------------------------------------------------- threads */

static void *read_segment(void *arg)
{
    const struct nidx_segment *s = arg;
    struct nidx_text_cache cache = {0};
    struct nidx_record r = {0};
    uintptr_t bad = 0;

    for (uint32_t i = 0; i < N; i += 3) {
        char buf[32];
        nidx_docid doc;
        bool found = false;
        bad |= nidx_segment_find_key(s, key_of(buf, i), &found, &doc, NULL) !=
               NIDX_OK;
        bad |= !found || doc != i;
        if (i % 5 == 0)
            bad |= nidx_segment_record(s, i, &cache, &r, NULL) != NIDX_OK;
    }
    nidx_text_cache_done(&cache);
    nidx_record_done(&r);
    return (void *)bad;
}

static void threads_may_share_an_open_segment(void **state)
{
    struct nidx_segment_info info;
    struct nidx_store *s = make(state, &info);
    struct nidx_catalog *c = open_catalog(s);
    pthread_t threads[4];

    for (int i = 0; i < 4; i++)
        assert_int_equal(
            pthread_create(&threads[i], NULL, read_segment, c->segments[0]), 0);
    for (int i = 0; i < 4; i++) {
        void *bad = NULL;
        pthread_join(threads[i], &bad);
        assert_null(bad);
    }
    nidx_catalog_close(c);
    nidx_store_close(s);
}

#define IN_FOLDER(f) \
    cmocka_unit_test_setup_teardown(f, tmpdir_setup, tmpdir_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(documents_come_back),
        IN_FOLDER(terms_and_their_lists_come_back),
        IN_FOLDER(a_copy_without_deleted_documents_is_the_same),
        cmocka_unit_test(a_segment_is_written_in_order),
        cmocka_unit_test(a_full_sink_is_passed_on_wherever_it_fills),
        IN_FOLDER(an_index_without_segments_opens),
        IN_FOLDER(what_the_manifest_says_is_compared),
        IN_FOLDER(a_chunk_that_is_not_there_is_named),
        IN_FOLDER(references_between_parts_are_compared),
        IN_FOLDER(any_damaged_byte_is_survived),
        IN_FOLDER(threads_may_share_an_open_segment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
