/* test_text.c: tests of common/text.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/base/limits.h"
#include "common/codec/text.h"
#include "tests/support/memory_part.h"

static struct nidx_bytes text(const char *s)
{
    return (struct nidx_bytes){(const uint8_t *)s, strlen(s)};
}

/* Text that compresses somewhat, and says where it is. */
static uint8_t *make_bytes(size_t n, unsigned seed)
{
    uint8_t *b = malloc(n + 32);

    assert_non_null(b);
    for (size_t i = 0; i < n; i += 16) {
        seed = seed * 1103515245u + 12345u;
        snprintf((char *)b + i, 32, "%07zu %07u ", i / 16 % 9999999,
                 seed >> 8 & 0xfffff);
    }
    return b;
}

static struct nidx_text_writer *begin(struct memory_part *m)
{
    struct nidx_text_writer *w = NULL;

    memory_part_init(m);
    assert_int_equal(nidx_text_writer_new(&m->sink, 1, &w, NULL), NIDX_OK);
    return w;
}

static void end(struct memory_part *m, struct nidx_text_writer *w,
                struct nidx_text *t)
{
    struct nidx_error err = {0};

    *t = (struct nidx_text){.source = &m->source};
    if (nidx_text_finish(w, &t->n_bytes, &t->n_blocks, &err) != NIDX_OK)
        fail_msg("%s", err.message);
    nidx_text_writer_free(w);
    if (nidx_text_check(t, &err) != NIDX_OK)
        fail_msg("%s", err.message);
}

/* n records of len bytes each, cut from bytes. */
static void make(struct memory_part *m, struct nidx_text *t,
                 const uint8_t *bytes, size_t n, size_t len)
{
    struct nidx_text_writer *w = begin(m);

    for (size_t i = 0; i < n; i++) {
        uint64_t offset = 1;
        assert_int_equal(
            nidx_text_add(w, (struct nidx_bytes){bytes + i * len, len}, &offset,
                          NULL),
            NIDX_OK);
        assert_int_equal(offset, i * len);
    }
    end(m, w, t);
}

static void assert_reads(const struct nidx_text *t, const uint8_t *bytes,
                         uint64_t offset, uint64_t len)
{
    struct nidx_text_cache cache = {0};
    struct nidx_buf out = {0};
    struct nidx_error err = {0};

    if (nidx_text_read(t, &cache, offset, len, &out, &err) != NIDX_OK)
        fail_msg("%s", err.message);
    assert_int_equal(out.len, len);
    if (len)
        assert_memory_equal(out.data, bytes, len);
    nidx_buf_done(&out);
    nidx_text_cache_done(&cache);
}

static void any_range_comes_back(void **state)
{
    (void)state;
    static const size_t lens[] = {1, 100, 3000, 20000, 32768, 40000, 300000};

    for (size_t k = 0; k < sizeof(lens) / sizeof(*lens); k++) {
        struct memory_part m = {0};
        struct nidx_text t;
        size_t n = 1 + 600000 / lens[k];
        if (n > 2000)
            n = 2000;
        uint8_t *bytes = make_bytes(n * lens[k], 7);
        make(&m, &t, bytes, n, lens[k]);
        assert_int_equal(t.n_bytes, n * lens[k]);
        assert_reads(&t, bytes, 0, t.n_bytes);
        for (uint64_t at = 0; at <= t.n_bytes; at += 1 + t.n_bytes / 50)
            assert_reads(&t, bytes + at, at, (t.n_bytes - at) / 3);
        for (size_t i = 0; i < m.parts[NIDX_PART_TEXT].n; i++)
            assert_true(m.parts[NIDX_PART_TEXT].items[i].len <= NIDX_CHUNK_MAX);
        memory_part_done(&m);
        free(bytes);
    }
}

static void small_records_are_not_cut_in_two(void **state)
{
    (void)state;
    struct memory_part m = {0};
    struct nidx_text t;
    uint8_t *bytes = make_bytes(500 * 3000, 3);

    make(&m, &t, bytes, 500, 3000);
    /* Ten records fit a block; cut at 32,768 bytes there would be fewer. */
    assert_int_equal(t.n_blocks, 50);
    memory_part_done(&m);
    free(bytes);
}

static void reads_behind_the_end_are_refused(void **state)
{
    (void)state;
    struct memory_part m = {0};
    struct nidx_text t;
    struct nidx_text_cache cache = {0};
    struct nidx_buf out = {0};
    uint8_t *bytes = make_bytes(1000, 3);

    make(&m, &t, bytes, 1, 1000);
    assert_int_equal(nidx_text_read(&t, &cache, 1000, 0, &out, NULL), NIDX_OK);
    assert_int_equal(nidx_text_read(&t, &cache, 1000, 1, &out, NULL),
                     NIDX_ERR_CORRUPT);
    assert_int_equal(nidx_text_read(&t, &cache, 1001, 0, &out, NULL),
                     NIDX_ERR_CORRUPT);
    assert_int_equal(nidx_text_read(&t, &cache, 5, UINT64_MAX, &out, NULL),
                     NIDX_ERR_CORRUPT);
    nidx_buf_done(&out);
    nidx_text_cache_done(&cache);
    memory_part_done(&m);
    free(bytes);
}

static void the_cache_inflates_neighbours_once(void **state)
{
    (void)state;
    struct memory_part m = {0};
    struct nidx_text t;
    struct nidx_text_cache cache = {0};
    struct nidx_buf out = {0};
    uint8_t *bytes = make_bytes(100000, 3);

    make(&m, &t, bytes, 100, 1000);
    assert_int_equal(nidx_text_read(&t, &cache, 0, 10, &out, NULL), NIDX_OK);
    m.gets_left = 0;
    assert_int_equal(nidx_text_read(&t, &cache, 20000, 10, &out, NULL),
                     NIDX_OK);
    assert_memory_equal(out.data + 10, bytes + 20000, 10);
    assert_int_equal(nidx_text_read(&t, &cache, 40000, 10, &out, NULL),
                     NIDX_ERR_IO);
    nidx_buf_done(&out);
    nidx_text_cache_done(&cache);
    memory_part_done(&m);
    free(bytes);
}

/* Copies records for which keeps() says so, one call each, as merging does. */
static void copy_some(const uint8_t *bytes, size_t n, size_t len,
                      unsigned drop_every)
{
    struct memory_part from = {0}, to = {0};
    struct nidx_text t, u;
    struct nidx_text_writer *w;
    uint8_t *expected = malloc(n * len);
    uint64_t at = 0, offset = 0;

    assert_non_null(expected);
    make(&from, &t, bytes, n, len);
    w = begin(&to);
    for (size_t i = 0; i < n; i++) {
        if (drop_every && i % drop_every == 0)
            continue;
        struct nidx_error err = {0};
        if (nidx_text_copy(w, &t, i * len, (i + 1) * len, &offset, &err) !=
            NIDX_OK)
            fail_msg("%s", err.message);
        assert_int_equal(offset, at);
        memcpy(expected + at, bytes + i * len, len);
        at += len;
    }
    end(&to, w, &u);
    assert_int_equal(u.n_bytes, at);
    assert_reads(&u, expected, 0, at);
    if (!drop_every) {
        /* Nothing was inflated: the blocks are the same ones. */
        assert_int_equal(u.n_blocks, t.n_blocks);
        assert_int_equal(memory_part_bytes(&to, 0),
                         memory_part_bytes(&from, 0));
    }
    memory_part_done(&from);
    memory_part_done(&to);
    free(expected);
}

static void copied_ranges_come_back(void **state)
{
    (void)state;
    uint8_t *bytes = make_bytes(1200000, 5);

    copy_some(bytes, 400, 3000, 0);
    copy_some(bytes, 400, 3000, 2);
    copy_some(bytes, 400, 3000, 10);
    copy_some(bytes, 400, 3000, 200);
    copy_some(bytes, 4, 300000, 0);
    copy_some(bytes, 4, 300000, 2);
    copy_some(bytes, 30, 40000, 7);
    free(bytes);
}

static void copies_and_adds_may_be_mixed(void **state)
{
    (void)state;
    struct memory_part from = {0}, to = {0};
    struct nidx_text t, u;
    struct nidx_text_writer *w;
    uint8_t *bytes = make_bytes(300000, 5);
    uint8_t *expected = malloc(330000);
    uint64_t offset;

    assert_non_null(expected);
    make(&from, &t, bytes, 100, 3000);
    w = begin(&to);
    for (size_t i = 0; i < 10; i++) {
        assert_int_equal(nidx_text_add(w, (struct nidx_bytes){bytes + i, 3000},
                                       &offset, NULL),
                         NIDX_OK);
        assert_int_equal(offset, i * 33000);
        memcpy(expected + i * 33000, bytes + i, 3000);
        assert_int_equal(
            nidx_text_copy(w, &t, i * 30000, (i + 1) * 30000, &offset, NULL),
            NIDX_OK);
        assert_int_equal(offset, i * 33000 + 3000);
        memcpy(expected + i * 33000 + 3000, bytes + i * 30000, 30000);
    }
    assert_int_equal(nidx_text_copy(w, &t, 5, 5, NULL, NULL), NIDX_OK);
    assert_int_equal(nidx_text_copy(w, &t, 6, 5, NULL, NULL), NIDX_ERR_CORRUPT);
    assert_int_equal(nidx_text_copy(w, &t, 0, t.n_bytes + 1, NULL, NULL),
                     NIDX_ERR_CORRUPT);
    end(&to, w, &u);
    assert_int_equal(u.n_bytes, 330000);
    assert_reads(&u, expected, 0, 330000);
    memory_part_done(&from);
    memory_part_done(&to);
    free(bytes);
    free(expected);
}

static void an_empty_stream_has_nothing(void **state)
{
    (void)state;
    struct memory_part m = {0};
    struct nidx_text t;
    struct nidx_text_cache cache = {0};
    struct nidx_record r = {0};

    make(&m, &t, NULL, 0, 0);
    assert_int_equal(memory_part_bytes(&m, 0), 0);
    assert_int_equal(nidx_record_open(&t, &cache, 0, &r, NULL),
                     NIDX_ERR_CORRUPT);
    t.n_bytes = 1;
    assert_int_equal(nidx_text_check(&t, NULL), NIDX_ERR_CORRUPT);
    nidx_record_done(&r);
    nidx_text_cache_done(&cache);
    memory_part_done(&m);
}

static void a_full_sink_is_passed_on(void **state)
{
    (void)state;
    uint8_t *bytes = make_bytes(400000, 5);

    for (int puts = 0; puts < 4; puts++) {
        struct memory_part m = {0};
        struct nidx_text_writer *w = begin(&m);
        uint64_t n_bytes;
        uint32_t n_blocks;
        m.puts_left = puts;
        enum nidx_status status =
            nidx_text_add(w, (struct nidx_bytes){bytes, 400000}, NULL, NULL);
        if (status == NIDX_OK)
            status = nidx_text_finish(w, &n_bytes, &n_blocks, NULL);
        assert_int_equal(status, NIDX_ERR_FULL);
        nidx_text_writer_free(w);
        memory_part_done(&m);
    }
    free(bytes);
}

/* -------------------------------------------------------------- records */

static void make_record(struct nidx_buf *out)
{
    const struct nidx_stored_field fields[] = {
        {0, text("key-1")},
        {NIDX_FIELD_BODY, text("the body of it")},
        {NIDX_FIELD_TITLE, text("Headline")},
        {NIDX_FIELD_TAGS, text("one")},
        {NIDX_FIELD_TAGS, text("")},
    };
    const struct nidx_restart restarts[] = {{0, 100}, {700, 230}, {700, 230}};

    nidx_record_write(out, 3, fields, 5, restarts, 3);
    assert_false(out->oom);
}

static void add_record(struct memory_part *m, struct nidx_text *t,
                       const struct nidx_buf *record)
{
    struct nidx_text_writer *w = begin(m);

    nidx_text_add(w, text("before"), NULL, NULL);
    nidx_text_add(w, (struct nidx_bytes){record->data, record->len}, NULL,
                  NULL);
    end(m, w, t);
}

static void a_record_comes_back_with_its_body_last(void **state)
{
    (void)state;
    struct memory_part m = {0};
    struct nidx_text t;
    struct nidx_text_cache cache = {0};
    struct nidx_record r = {0};
    struct nidx_buf b = {0};

    make_record(&b);
    add_record(&m, &t, &b);
    for (int again = 0; again < 2; again++)
        assert_int_equal(nidx_record_open(&t, &cache, 6, &r, NULL), NIDX_OK);
    assert_int_equal(r.language, 3);
    assert_int_equal(r.n_fields, 5);
    assert_int_equal(r.end, t.n_bytes);
    const struct nidx_record_field *body =
        nidx_record_find(&r, NIDX_FIELD_BODY, 0);
    assert_ptr_equal(body, &r.fields[4]);
    assert_int_equal(body->len, 14);
    assert_reads(&t, (const uint8_t *)"the body of it", body->offset, 14);
    const struct nidx_record_field *title =
        nidx_record_find(&r, NIDX_FIELD_TITLE, 0);
    assert_reads(&t, (const uint8_t *)"Headline", title->offset, 8);
    assert_int_equal(nidx_record_find(&r, NIDX_FIELD_TAGS, 0)->len, 3);
    assert_int_equal(nidx_record_find(&r, NIDX_FIELD_TAGS, 1)->len, 0);
    assert_null(nidx_record_find(&r, NIDX_FIELD_TAGS, 2));
    assert_null(nidx_record_find(&r, NIDX_FIELD_URL, 0));
    assert_int_equal(r.n_restarts, 3);
    assert_int_equal(r.restarts[0].pos, 100);
    assert_int_equal(r.restarts[1].offset, 700);
    assert_int_equal(r.restarts[2].pos, 230);
    nidx_record_done(&r);
    nidx_text_cache_done(&cache);
    nidx_buf_done(&b);
    memory_part_done(&m);
}

static void any_damaged_record_is_survived(void **state)
{
    (void)state;
    struct nidx_text_cache cache = {0};
    struct nidx_record r = {0};
    struct nidx_buf b = {0};
    unsigned refused = 0;

    make_record(&b);
    for (size_t i = 0; i < b.len; i++) {
        for (unsigned v = 1; v < 256; v += 21) {
            struct memory_part m = {0};
            struct nidx_text t;
            b.data[i] ^= (uint8_t)v;
            add_record(&m, &t, &b);
            b.data[i] ^= (uint8_t)v;
            enum nidx_status status = nidx_record_open(&t, &cache, 6, &r, NULL);
            assert_true(status == NIDX_OK || status == NIDX_ERR_CORRUPT);
            assert_true(status != NIDX_OK || r.end <= t.n_bytes);
            refused += status != NIDX_OK;
            nidx_text_cache_done(&cache);
            memory_part_done(&m);
        }
    }
    assert_true(refused > 50);
    nidx_record_done(&r);
    nidx_buf_done(&b);
}

static void open_damaged(const uint8_t *bytes, size_t len)
{
    struct memory_part m = {0};
    struct nidx_text t;
    struct nidx_text_cache cache = {0};
    struct nidx_record r = {0};
    struct nidx_buf b = {0};

    nidx_buf_put(&b, bytes, len);
    add_record(&m, &t, &b);
    assert_int_equal(nidx_record_open(&t, &cache, 6, &r, NULL),
                     NIDX_ERR_CORRUPT);
    nidx_record_done(&r);
    nidx_text_cache_done(&cache);
    nidx_buf_done(&b);
    memory_part_done(&m);
}

static void impossible_headers_are_corrupt(void **state)
{
    (void)state;
    static const struct {
        size_t len;
        const char *bytes;
    } cases[] = {
        {1, "\x05"}, /* longer than the text */
        {11, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7fx"}, /* overflows */
        {4, "\x03\x80\x02\x00"},                           /* language 256 */
        {6, "\x05\x01\xff\x7f\x00\x00"},                   /* too many fields */
        {5, "\x04\x01\x01\x02\x09"}, /* value beyond the end */
        {4, "\x03\x01\x00\x7f"},     /* too many restarts */
        {5, "\x04\x01\x00\x00\x00"}, /* bytes left over */
        {3, "\x02\x01\x00"},         /* no restart count */
        {15, "\x0e\x01\x00\x02\xff\xff\xff\xff\x0f\x01\x01\x01\x01\x01\x01"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        open_damaged((const uint8_t *)cases[i].bytes, cases[i].len);
}

/* --------------------------------------------------------------- damage */

static void any_damaged_byte_is_survived(void **state)
{
    (void)state;
    struct memory_part m = {0};
    struct nidx_text t;
    static const enum nidx_part parts[] = {NIDX_PART_TEXT_TOP, NIDX_PART_TEXT};
    uint8_t *bytes = make_bytes(100000, 9);
    unsigned noticed = 0;

    make(&m, &t, bytes, 100, 1000);
    for (size_t p = 0; p < 2; p++) {
        struct memory_chunk *c = memory_part_find(&m, parts[p], 0);
        for (size_t i = 0; i < c->len && i < 400; i++) {
            struct nidx_text_cache cache = {0};
            struct nidx_buf out = {0};
            c->data[i] ^= 0x41;
            enum nidx_status status =
                nidx_text_read(&t, &cache, 60000, 20000, &out, NULL);
            assert_true(status == NIDX_OK || status == NIDX_ERR_CORRUPT);
            status = nidx_text_check(&t, NULL);
            assert_true(p == 1 || status == NIDX_ERR_CORRUPT);
            noticed += status == NIDX_ERR_CORRUPT;
            c->data[i] ^= 0x41;
            nidx_buf_done(&out);
            nidx_text_cache_done(&cache);
        }
    }
    assert_true(noticed > 60);
    memory_part_done(&m);
    free(bytes);
}

static void chunks_cut_short_are_corrupt(void **state)
{
    (void)state;
    static const enum nidx_part parts[] = {NIDX_PART_TEXT_TOP, NIDX_PART_TEXT};
    uint8_t *bytes = make_bytes(100000, 9);

    for (size_t p = 0; p < 2; p++) {
        for (size_t cut = 1; cut < 30; cut++) {
            struct memory_part m = {0};
            struct nidx_text t;
            make(&m, &t, bytes, 100, 1000);
            struct memory_chunk *c = memory_part_find(&m, parts[p], 0);
            memory_part_resize(c, c->len - cut);
            assert_int_equal(nidx_text_check(&t, NULL), NIDX_ERR_CORRUPT);
            memory_part_done(&m);
        }
    }
    free(bytes);
}

static void lengths_of_a_block_must_agree(void **state)
{
    (void)state;
    struct memory_part m = {0};
    struct nidx_text t;
    uint8_t *bytes = make_bytes(10000, 9);

    make(&m, &t, bytes, 10, 1000);
    struct memory_chunk *c = memory_part_find(&m, NIDX_PART_TEXT, 0);
    for (size_t i = 4; i < 8; i++) {
        c->data[i] ^= 1;
        assert_int_equal(nidx_text_check(&t, NULL), NIDX_ERR_CORRUPT);
        c->data[i] ^= 1;
    }
    assert_int_equal(nidx_text_check(&t, NULL), NIDX_OK);
    memory_part_done(&m);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_range_comes_back),
        cmocka_unit_test(small_records_are_not_cut_in_two),
        cmocka_unit_test(reads_behind_the_end_are_refused),
        cmocka_unit_test(the_cache_inflates_neighbours_once),
        cmocka_unit_test(copied_ranges_come_back),
        cmocka_unit_test(copies_and_adds_may_be_mixed),
        cmocka_unit_test(an_empty_stream_has_nothing),
        cmocka_unit_test(a_full_sink_is_passed_on),
        cmocka_unit_test(a_record_comes_back_with_its_body_last),
        cmocka_unit_test(any_damaged_record_is_survived),
        cmocka_unit_test(impossible_headers_are_corrupt),
        cmocka_unit_test(any_damaged_byte_is_survived),
        cmocka_unit_test(chunks_cut_short_are_corrupt),
        cmocka_unit_test(lengths_of_a_block_must_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
