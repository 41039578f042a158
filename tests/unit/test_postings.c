/* test_postings.c: tests of common/codec/postings: what is written is read back.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include "common/codec/postings.h"
#include "tests/support/memory_part.h"

#include <stdlib.h>

/* A list in memory, the naive twin, and where it was written. */
struct doc {
    nidx_docid doc;
    uint32_t n_title, n;
    struct nidx_occurrence *items;
};

struct list {
    struct doc *docs;
    uint32_t n;
    uint64_t cf;
    uint32_t n_forms;
};

enum {
    WEIGHT = 4
};

struct fixture {
    struct memory_part part;
    struct nidx_postings_writer *writer;
    uint32_t n_docs, *lens, *plain_lens;
};

static uint64_t seed = 1;

static uint32_t random32(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 16);
}

static uint32_t below(uint32_t n)
{
    return n ? random32() % n : 0;
}

/* ------------------------------------------------------------ fixtures */

static void begin(struct fixture *f, uint32_t n_docs)
{
    memset(f, 0, sizeof(*f));
    memory_part_init(&f->part);
    f->n_docs = n_docs;
    f->lens = malloc(n_docs * sizeof(*f->lens));
    f->plain_lens = malloc(n_docs * sizeof(*f->lens));
    assert_non_null(f->lens);
    assert_non_null(f->plain_lens);
    for (uint32_t i = 0; i < n_docs; i++) {
        f->plain_lens[i] = 1 + below(3000);
        f->lens[i] = f->plain_lens[i] + 3 * below(20);
    }
    assert_int_equal(nidx_postings_writer_new(&f->part.sink, n_docs, f->lens,
                                              f->plain_lens, WEIGHT, &f->writer,
                                              NULL),
                     NIDX_OK);
}

static void finish(struct fixture *f)
{
    assert_int_equal(nidx_postings_writer_finish(f->writer, NULL), NIDX_OK);
    nidx_postings_writer_free(f->writer);
    f->writer = NULL;
}

static void end(struct fixture *f)
{
    nidx_postings_writer_free(f->writer);
    memory_part_done(&f->part);
    free(f->lens);
    free(f->plain_lens);
}

/* What a random list looks like. */
struct shape {
    uint32_t gap; /* mean distance of documents */
    uint32_t max_df;
    uint32_t max_n;    /* occurrences of a document */
    uint32_t title_in; /* one document in so many has headline words; 0 none */
    uint32_t n_forms;
    bool lens;
};

static void fill_doc(struct doc *d, const struct shape *s)
{
    d->n = 1 + below(s->max_n);
    d->n_title = s->title_in && below(s->title_in) == 0 ? 1 + below(d->n) : 0;
    if (d->n_title > 3)
        d->n_title = 3;
    d->items = malloc(d->n * sizeof(*d->items));
    assert_non_null(d->items);
    nidx_pos pos = 0;
    for (uint32_t i = 0; i < d->n; i++) {
        pos += below(4) ? below(40) : below(3000);
        d->items[i].pos = pos;
        d->items[i].len = (uint16_t)(s->lens && below(4) == 0 ? 2 : 1);
        d->items[i].form = (uint16_t)(below(5) == 0 ? below(s->n_forms) : 0);
    }
}

static struct list random_list(uint32_t n_docs, const struct shape *s)
{
    struct list l = {calloc(s->max_df, sizeof(*l.docs)), 0, 0, s->n_forms};
    assert_non_null(l.docs);

    uint32_t doc = below(2 * s->gap);
    while (doc < n_docs && l.n < s->max_df) {
        struct doc *d = &l.docs[l.n++];
        d->doc = doc;
        fill_doc(d, s);
        l.cf += d->n;
        doc += 1 + below(2 * s->gap - 1);
    }
    if (l.n == 0) {
        l.docs[l.n++].doc = n_docs - 1;
        fill_doc(&l.docs[0], s);
        l.cf = l.docs[0].n;
    }
    return l;
}

static void list_done(struct list *l)
{
    for (uint32_t i = 0; i < l->n; i++)
        free(l->docs[i].items);
    free(l->docs);
}

static void write_list(struct fixture *f, const struct list *l,
                       struct nidx_buf *value)
{
    assert_int_equal(nidx_postings_begin(f->writer, l->n, l->n_forms, NULL),
                     NIDX_OK);
    for (uint32_t i = 0; i < l->n; i++)
        assert_int_equal(nidx_postings_add(f->writer, l->docs[i].doc,
                                           l->docs[i].n_title, l->docs[i].items,
                                           l->docs[i].n, NULL),
                         NIDX_OK);
    assert_int_equal(nidx_postings_end(f->writer, value, NULL), NIDX_OK);
}

static void open_list(struct fixture *f, const struct nidx_buf *value,
                      struct nidx_term_info *info, struct nidx_postings *p)
{
    struct nidx_bytes bytes = {value->data, value->len};

    assert_int_equal(nidx_term_info_read(bytes, info, NULL), NIDX_OK);
    assert_int_equal(
        nidx_postings_open(p, &f->part.source, info, f->n_docs, NULL), NIDX_OK);
}

/* ---------------------------------------------------------- comparison */

static bool covers(nidx_impacts pairs, uint32_t freq, uint32_t len)
{
    for (uint32_t i = 0; i < 4; i++)
        if (nidx_impact_freq_of[pairs >> 16 * i & 0xff] >= freq &&
            nidx_impact_len_of[pairs >> (16 * i + 8) & 0xff] <= len)
            return true;
    return false;
}

static bool covers_doc(const struct fixture *f, nidx_impacts pairs,
                       const struct doc *d)
{
    uint32_t weighted = d->n + d->n_title * (WEIGHT - 1);
    return covers(pairs, weighted, f->lens[d->doc]) &&
           covers(pairs, d->n, f->plain_lens[d->doc]);
}

static void compare_positions(struct nidx_postings *p, uint32_t i,
                              const struct doc *d, struct nidx_occurrences *o)
{
    assert_int_equal(nidx_postings_n_positions(p, i), d->n);
    nidx_pos *positions = malloc(d->n * sizeof(*positions));
    assert_non_null(positions);
    assert_int_equal(nidx_postings_positions(p, i, positions, d->n), d->n);
    assert_int_equal(nidx_postings_positions(p, i, positions, d->n - 1), 0);
    assert_int_equal(nidx_postings_occurrences(p, i, true, o, NULL), NIDX_OK);
    assert_int_equal(o->n, d->n);
    for (uint32_t k = 0; k < d->n; k++) {
        assert_int_equal(positions[k], d->items[k].pos);
        assert_int_equal(o->items[k].pos, d->items[k].pos);
        assert_int_equal(o->items[k].len, d->items[k].len);
        assert_int_equal(o->items[k].form, d->items[k].form);
    }
    free(positions);
}

/* The block that p stands on holds docs[0..]. */
static void compare_block(const struct fixture *f, struct nidx_postings *p,
                          const struct doc *docs, struct nidx_occurrences *o)
{
    nidx_docid ids[NIDX_PACK_SLOTS];
    uint32_t weighted[NIDX_PACK_SLOTS], plain[NIDX_PACK_SLOTS];
    uint32_t titles[NIDX_PACK_SLOTS];

    assert_int_equal(nidx_postings_docs(p, ids), p->n);
    nidx_postings_freqs(p, WEIGHT, weighted);
    nidx_postings_freqs(p, 1, plain);
    bool any = nidx_postings_titles(p, titles);
    for (uint32_t i = 0; i < p->n; i++) {
        const struct doc *d = &docs[i];
        uint32_t w = d->n + d->n_title * (WEIGHT - 1);
        assert_int_equal(ids[i], d->doc);
        assert_int_equal(plain[i], d->n);
        assert_int_equal(weighted[i], w);
        assert_int_equal(any ? titles[i] : 0, d->n_title);
        assert_int_equal(nidx_postings_freq_at(p, i, WEIGHT), w);
        assert_int_equal(nidx_postings_freq_at(p, i, 1), d->n);
        assert_true(covers_doc(f, nidx_postings_impacts(p), d));
        assert_true(covers_doc(f, p->info.impacts, d));
    }
    assert_int_equal(p->last, docs[p->n - 1].doc);
    assert_true(p->first <= docs[0].doc);
    for (uint32_t k = 0; k < 5; k++) {
        uint32_t i = below(p->n);
        compare_positions(p, i, &docs[i], o);
    }
}

static void compare_walk(const struct fixture *f, struct nidx_postings *p,
                         const struct list *l)
{
    struct nidx_occurrences o = {0};
    uint32_t at = 0;

    do {
        assert_true(at + p->n <= l->n);
        compare_block(f, p, l->docs + at, &o);
        at += p->n;
    } while (nidx_postings_next(p));
    assert_int_equal(at, l->n);
    assert_int_equal(p->status, NIDX_OK);
    assert_int_equal(p->n, 0);
    assert_int_equal(p->last, NIDX_DOC_END);
    assert_false(nidx_postings_next(p));
    assert_false(nidx_postings_seek(p, 0));
    nidx_occurrences_done(&o);
}

/* Seeks forward in steps of random length. */
static void compare_seek(const struct fixture *f, struct nidx_postings *p,
                         const struct list *l)
{
    struct nidx_occurrences o = {0};
    uint32_t step = 1 + below(f->n_docs / 3 + 1);

    for (nidx_docid target = below(step); target < f->n_docs;
         target += 1 + below(step)) {
        uint32_t at = 0;
        while (at < l->n && l->docs[at].doc < target)
            at++;
        assert_true(nidx_postings_seek(p, target) == (at < l->n));
        if (at == l->n)
            break;
        assert_true(p->last >= target);
        at = at / NIDX_BLOCK * NIDX_BLOCK;
        compare_block(f, p, l->docs + at, &o);
    }
    assert_int_equal(p->status, NIDX_OK);
    nidx_occurrences_done(&o);
}

static void compare_impacts_in(const struct fixture *f,
                               const struct nidx_postings *p,
                               const struct list *l)
{
    nidx_docid from = below(f->n_docs);
    nidx_docid to = from + below(f->n_docs - from);
    nidx_impacts pairs = nidx_postings_impacts_in(p, from, to);

    for (uint32_t i = 0; i < l->n; i++)
        if (l->docs[i].doc >= from && l->docs[i].doc <= to)
            assert_true(covers_doc(f, pairs, &l->docs[i]));
}

static void compare_list(struct fixture *f, const struct list *l,
                         const struct nidx_buf *value)
{
    struct nidx_term_info info;
    struct nidx_postings p;
    const char *reason = NULL;

    open_list(f, value, &info, &p);
    assert_int_equal(info.df, l->n);
    assert_int_equal(info.cf, l->cf);
    for (int i = 0; i < 10; i++)
        compare_impacts_in(f, &p, l);
    compare_walk(f, &p, l);
    for (int i = 0; i < 3; i++) {
        open_list(f, value, &info, &p);
        compare_seek(f, &p, l);
    }
    if (!nidx_postings_check(&f->part.source, &info, f->n_docs, &reason))
        fail_msg("%s", reason);
}

static void round_trip(uint32_t n_docs, const struct shape *s, int rounds)
{
    enum {
        LISTS = 6
    };
    for (int round = 0; round < rounds; round++) {
        struct fixture f;
        struct list lists[LISTS];
        struct nidx_buf values[LISTS] = {{0}};
        begin(&f, n_docs);
        for (int i = 0; i < LISTS; i++) {
            lists[i] = random_list(n_docs, s);
            write_list(&f, &lists[i], &values[i]);
        }
        finish(&f);
        for (int i = 0; i < LISTS; i++) {
            compare_list(&f, &lists[i], &values[i]);
            list_done(&lists[i]);
            nidx_buf_done(&values[i]);
        }
        end(&f);
    }
}

/* --------------------------------------------------------------- tests */

static void one_or_two_occurrences_live_in_the_entry(void **state)
{
    (void)state;
    round_trip(1000, &(struct shape){300, 2, 1, 0, 1, false}, 40);
    round_trip(1000, &(struct shape){300, 1, 2, 2, 3, true}, 40);
    round_trip(1000, &(struct shape){300, 2, 2, 2, 3, true}, 40);
    round_trip(1, &(struct shape){1, 1, 2, 2, 1, false}, 5);
}

static void a_list_of_one_block_comes_back(void **state)
{
    (void)state;
    round_trip(3000, &(struct shape){100, 128, 3, 0, 1, false}, 10);
    round_trip(30000, &(struct shape){900, 128, 9, 3, 7, true}, 10);
    round_trip(140, &(struct shape){1, 128, 2, 9, 1, false}, 10);
}

static void a_list_of_many_blocks_comes_back(void **state)
{
    (void)state;
    round_trip(100000, &(struct shape){30, 5000, 2, 50, 1, false}, 3);
    round_trip(100000, &(struct shape){90, 5000, 5, 0, 4, true}, 3);
}

static void a_dense_list_comes_back(void **state)
{
    (void)state;
    round_trip(3000, &(struct shape){3, 3000, 3, 5, 2, true}, 3);
    round_trip(500, &(struct shape){1, 500, 2, 0, 1, false}, 3);
}

static void a_list_of_several_runs_has_a_directory(void **state)
{
    (void)state;
    struct fixture f;
    struct shape s = {25, 80000, 40, 9, 1, false};
    struct nidx_buf value = {0};
    struct nidx_term_info info;
    struct nidx_postings p;

    begin(&f, 2000000);
    struct list l = random_list(f.n_docs, &s);
    write_list(&f, &l, &value);
    finish(&f);
    open_list(&f, &value, &info, &p);
    assert_true(info.directory);
    assert_true(p.n_runs > 1);
    compare_list(&f, &l, &value);
    list_done(&l);
    nidx_buf_done(&value);
    end(&f);
}

/* Bits, ranks and blocks of a bitmap that takes several chunks. */
static void a_bitmap_of_several_chunks_answers_at_random(void **state)
{
    (void)state;
    struct fixture f;
    struct shape s = {9, 130000, 1, 50, 1, false};
    struct nidx_buf value = {0};
    struct nidx_term_info info;
    struct nidx_postings p;

    begin(&f, 1100000);
    struct list l = random_list(f.n_docs, &s);
    write_list(&f, &l, &value);
    finish(&f);
    open_list(&f, &value, &info, &p);
    assert_true(info.dense);
    uint64_t *bits = calloc(f.n_docs / 64 + 8, sizeof(*bits));
    assert_non_null(bits);
    assert_int_equal(nidx_postings_bits(&p, 0, f.n_docs + 200, bits), NIDX_OK);
    uint32_t at = 0;
    for (nidx_docid doc = 0; doc < f.n_docs; doc++) {
        bool in = at < l.n && l.docs[at].doc == doc;
        assert_true((bits[doc / 64] >> doc % 64 & 1) == in);
        uint32_t i = 0;
        if (below(200) == 0 || (in && below(100) == 0)) {
            assert_true(nidx_postings_find_dense(&p, doc, &i) == in);
            if (in)
                assert_int_equal(i, at % NIDX_BLOCK);
            if (in)
                assert_int_equal(nidx_postings_freq_at(&p, i, 1), 1);
        }
        at += in;
    }
    uint64_t some[3];
    assert_int_equal(nidx_postings_bits(&p, 640, 130, some), NIDX_OK);
    assert_true(some[0] == bits[10] && some[1] == bits[11]);
    assert_true(some[2] == (bits[12] & 3));
    compare_list(&f, &l, &value);
    free(bits);
    list_done(&l);
    nidx_buf_done(&value);
    end(&f);
}

static void a_list_that_stays_short_of_its_promise_is_not_dense(void **state)
{
    (void)state;
    struct fixture f;
    struct shape s = {4, 100, 2, 0, 1, false};
    struct nidx_buf value = {0};
    struct nidx_term_info info;
    struct nidx_postings p;

    begin(&f, 1000);
    struct list l = random_list(f.n_docs, &s);
    assert_int_equal(nidx_postings_begin(f.writer, 1000, 1, NULL), NIDX_OK);
    for (uint32_t i = 0; i < l.n; i++)
        assert_int_equal(nidx_postings_add(f.writer, l.docs[i].doc, 0,
                                           l.docs[i].items, l.docs[i].n, NULL),
                         NIDX_OK);
    assert_int_equal(nidx_postings_end(f.writer, &value, NULL), NIDX_OK);
    finish(&f);
    open_list(&f, &value, &info, &p);
    assert_int_equal(info.dense, l.n > NIDX_BLOCK);
    list_done(&l);
    nidx_buf_done(&value);
    end(&f);
}

/* One document with more positions than a chunk holds, among small ones. */
static void a_huge_document_is_read_and_so_are_its_neighbours(void **state)
{
    (void)state;
    struct fixture f;
    struct shape s = {5, 200, 4, 4, 3, true};
    struct nidx_buf value = {0};
    struct nidx_term_info info;
    struct nidx_postings p;
    struct nidx_occurrences o = {0};

    begin(&f, 10000);
    struct list l = random_list(f.n_docs, &s);
    struct doc *d = &l.docs[60];
    free(d->items);
    l.cf -= d->n;
    d->n = 300000;
    d->n_title = 0;
    l.cf += d->n;
    d->items = malloc(d->n * sizeof(*d->items));
    assert_non_null(d->items);
    for (uint32_t i = 0, pos = 0; i < d->n; i++, pos += below(90))
        d->items[i] = (struct nidx_occurrence){
            pos, (uint16_t)(1 + (below(9) == 0)), (uint16_t)below(3)};
    write_list(&f, &l, &value);
    finish(&f);
    open_list(&f, &value, &info, &p);
    for (uint32_t i = 55; i < 65; i++)
        compare_positions(&p, i, &l.docs[i], &o);
    compare_list(&f, &l, &value);
    nidx_occurrences_done(&o);
    list_done(&l);
    nidx_buf_done(&value);
    end(&f);
}

static void a_full_sink_fails_the_writer(void **state)
{
    (void)state;
    for (int puts = 0; puts < 3; puts++) {
        struct fixture f;
        struct shape s = {9, 20000, 8, 5, 2, true};
        begin(&f, 100000);
        struct list l = random_list(f.n_docs, &s);
        f.part.puts_left = puts;
        enum nidx_status status =
            nidx_postings_begin(f.writer, l.n, l.n_forms, NULL);
        for (uint32_t i = 0; i < l.n && status == NIDX_OK; i++)
            status = nidx_postings_add(f.writer, l.docs[i].doc, 0,
                                       l.docs[i].items, l.docs[i].n, NULL);
        struct nidx_buf value = {0};
        if (status == NIDX_OK)
            status = nidx_postings_end(f.writer, &value, NULL);
        if (status == NIDX_OK)
            status = nidx_postings_writer_finish(f.writer, NULL);
        assert_true(status != NIDX_OK);
        nidx_buf_done(&value);
        list_done(&l);
        end(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_or_two_occurrences_live_in_the_entry),
        cmocka_unit_test(a_list_of_one_block_comes_back),
        cmocka_unit_test(a_list_of_many_blocks_comes_back),
        cmocka_unit_test(a_dense_list_comes_back),
        cmocka_unit_test(a_list_of_several_runs_has_a_directory),
        cmocka_unit_test(a_bitmap_of_several_chunks_answers_at_random),
        cmocka_unit_test(a_list_that_stays_short_of_its_promise_is_not_dense),
        cmocka_unit_test(a_huge_document_is_read_and_so_are_its_neighbours),
        cmocka_unit_test(a_full_sink_fails_the_writer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
