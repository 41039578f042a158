/* test_postings_craft.c: posting lists crafted by hand to mislead readers.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include "common/codec/postings.h"
#include "tests/support/memory_part.h"

#include <stdlib.h>

enum {
    WEIGHT = 3,
    N_DOCS = 1000
};

/* A list of one block of three postings, its groups as given. */
struct craft {
    struct memory_part part;
    struct nidx_term_info info;
    struct nidx_postings p;
};

static void put(struct craft *c, enum nidx_part part,
                const struct nidx_buf *bytes)
{
    struct nidx_bytes payload = {bytes->data, bytes->len};
    assert_int_equal(c->part.sink.put(&c->part.sink, part, 0, payload, NULL),
                     NIDX_OK);
}

static void craft(struct craft *c, const uint32_t *gaps, const uint32_t *freqs,
                  const uint32_t *titles, const uint32_t *positions,
                  uint32_t n_positions)
{
    struct nidx_buf docs = {0};

    memset(c, 0, sizeof(*c));
    memory_part_init(&c->part);
    nidx_pack_write(&docs, gaps, 3);
    nidx_pack_write(&docs, freqs, 3);
    if (titles)
        nidx_pack_write(&docs, titles, 3);
    nidx_buf_u8(&docs, 0);
    nidx_pack_write(&docs, positions, n_positions);
    put(c, NIDX_PART_DOCS, &docs);
    nidx_buf_done(&docs);
    c->info = (struct nidx_term_info){
        .df = 3, .cf = n_positions, .n_forms = 1, .title_weight = 1};
    if (titles) {
        c->info.titles = true;
        c->info.title_weight = WEIGHT;
    }
}

static enum nidx_status open_craft(struct craft *c)
{
    return nidx_postings_open(&c->p, &c->part.source, &c->info, N_DOCS, NULL);
}

static void check_says(struct craft *c, bool good)
{
    const char *reason = NULL;
    assert_true(nidx_postings_check(&c->part.source, &c->info, N_DOCS,
                                    &reason) == good);
    assert_true(good == (reason == NULL));
}

static const uint32_t zeros[3] = {0, 0, 0};

static void a_sound_craft_is_read(void **state)
{
    (void)state;
    struct craft c;
    uint32_t out[NIDX_PACK_SLOTS];

    craft(&c, (uint32_t[]){4, 0, 9}, (uint32_t[]){0, 3, 0},
          (uint32_t[]){0, 1, 0}, (uint32_t[]){7, 1, 5, 7}, 4);
    assert_int_equal(open_craft(&c), NIDX_OK);
    assert_int_equal(nidx_postings_docs(&c.p, out), 3);
    assert_int_equal(out[0], 4);
    assert_int_equal(out[1], 5);
    assert_int_equal(out[2], 15);
    assert_int_equal(nidx_postings_positions(&c.p, 1, out, 3), 2);
    assert_int_equal(out[0], 1);
    assert_int_equal(out[1], 6);
    check_says(&c, true);
    c.info.cf++;
    check_says(&c, false);
    memory_part_done(&c.part);
}

static void gaps_that_wrap_are_damage(void **state)
{
    (void)state;
    struct craft c;

    craft(&c, (uint32_t[]){10, 0xfffffffa, 5}, zeros, NULL, zeros, 3);
    assert_int_equal(open_craft(&c), NIDX_ERR_CORRUPT);
    check_says(&c, false);
    memory_part_done(&c.part);
}

static void headline_counts_above_the_frequency_are_damage(void **state)
{
    (void)state;
    struct craft c;
    uint32_t out[NIDX_PACK_SLOTS];

    craft(&c, zeros, (uint32_t[]){2, 1, 2}, (uint32_t[]){0, 1, 0}, zeros, 3);
    assert_int_equal(open_craft(&c), NIDX_OK);
    assert_int_equal(nidx_postings_positions(&c.p, 0, out, 3), 0);
    assert_int_equal(c.p.status, NIDX_ERR_CORRUPT);
    check_says(&c, false);
    memory_part_done(&c.part);
}

static void positions_that_wrap_are_damage(void **state)
{
    (void)state;
    struct craft c;
    struct nidx_occurrences o = {0};
    uint32_t out[NIDX_PACK_SLOTS];

    craft(&c, zeros, (uint32_t[]){2, 0, 0}, NULL,
          (uint32_t[]){UINT32_MAX, UINT32_MAX, 9, 1, 1}, 5);
    assert_int_equal(open_craft(&c), NIDX_OK);
    assert_int_equal(nidx_postings_positions(&c.p, 1, out, 3), 1);
    assert_int_equal(nidx_postings_positions(&c.p, 0, out, 3), 0);
    assert_int_equal(c.p.status, NIDX_ERR_CORRUPT);
    assert_int_equal(open_craft(&c), NIDX_OK);
    assert_int_equal(nidx_postings_occurrences(&c.p, 0, false, &o, NULL),
                     NIDX_ERR_CORRUPT);
    assert_int_equal(o.n, 0);
    nidx_occurrences_done(&o);
    memory_part_done(&c.part);
}

/* More occurrences than the bytes could hold are never promised. */
static void frequencies_do_not_promise_more_than_there_is(void **state)
{
    (void)state;
    struct craft c;

    craft(&c, zeros, (uint32_t[]){0x7fffffff, 0, 0}, NULL, zeros, 3);
    assert_int_equal(open_craft(&c), NIDX_OK);
    assert_int_equal(nidx_postings_n_positions(&c.p, 0), 0);
    assert_int_equal(c.p.status, NIDX_ERR_CORRUPT);
    memory_part_done(&c.part);
}

static enum nidx_status open_value(const uint8_t *value, size_t len)
{
    struct memory_part part = {0};
    struct nidx_term_info info;
    struct nidx_postings p;
    struct nidx_bytes bytes = {value, len};

    memory_part_init(&part);
    enum nidx_status status = nidx_term_info_read(bytes, &info, NULL);
    if (status == NIDX_OK)
        status = nidx_postings_open(&p, &part.source, &info, N_DOCS, NULL);
    memory_part_done(&part);
    return status;
}

#define OPEN_VALUE(...)                        \
    open_value((const uint8_t[]){__VA_ARGS__}, \
               sizeof((const uint8_t[]){__VA_ARGS__}))

static void entries_are_checked(void **state)
{
    (void)state;
    /* Headline first, then the body: sound. The other way round: not. */
    assert_int_equal(OPEN_VALUE(21, 1, 1, 3, 2, 5, 0, 3, 2), NIDX_OK);
    assert_int_equal(OPEN_VALUE(21, 1, 1, 3, 2, 5, 0, 2, 3), NIDX_ERR_CORRUPT);
    assert_int_equal(OPEN_VALUE(21, 1, 1, 3, 4, 5, 0, 1, 0, 3, 3, 1, 2),
                     NIDX_OK);
    assert_int_equal(OPEN_VALUE(21, 1, 1, 3, 4, 5, 0, 1, 0, 3, 3, 2, 1),
                     NIDX_ERR_CORRUPT);
    /* Some are two to four. */
    for (uint8_t n = 0; n < 7; n++)
        assert_int_equal(OPEN_VALUE(17, 1, 1, n, 5, 1, 2, 1, 6, 7, 8, 9),
                         n == 4 ? NIDX_OK : NIDX_ERR_CORRUPT);
    assert_int_equal(OPEN_VALUE(17, 1, 1, 3, 5, 1, 0, 6, 7, 8), NIDX_OK);
    /* Two documents, the sum of the second wraps. */
    assert_int_equal(OPEN_VALUE(17, 1, 1, 2, 5, 9, 2, 3), NIDX_OK);
    assert_int_equal(
        OPEN_VALUE(17, 1, 1, 2, 0xf0, 0xff, 0xff, 0xff, 0x0f, 0x20, 2, 3),
        NIDX_ERR_CORRUPT);
    /* Positions of one document wrap. */
    assert_int_equal(
        OPEN_VALUE(17, 1, 1, 2, 5, 0, 0xf0, 0xff, 0xff, 0x7f, 0x20), NIDX_OK);
    assert_int_equal(
        OPEN_VALUE(17, 1, 1, 2, 5, 0, 0xf0, 0xff, 0xff, 0xff, 0x0f, 0x20),
        NIDX_ERR_CORRUPT);
    /* The frequency of the impact may be left out. */
    assert_int_equal(OPEN_VALUE(3, 1, 5, 2), NIDX_OK);
    /* A document behind the last, bytes left over. */
    assert_int_equal(OPEN_VALUE(1, 1, 1, 0xe8, 0x07, 2), NIDX_ERR_CORRUPT);
    assert_int_equal(OPEN_VALUE(3, 1, 1, 5, 2), NIDX_ERR_CORRUPT);
    assert_int_equal(OPEN_VALUE(1, 1, 1, 5, 2, 0), NIDX_ERR_CORRUPT);
    /* A form that is not one of the term's. */
    assert_int_equal(OPEN_VALUE(129, 1, 1, 5, 2, 0, 0), NIDX_OK);
    assert_int_equal(OPEN_VALUE(129, 1, 1, 5, 2, 0, 1), NIDX_ERR_CORRUPT);
}

/* -------------------------------------------------- lists of many blocks */

static void write_many(struct craft *c, uint32_t n_docs, uint32_t gap,
                       uint32_t n)
{
    uint32_t *lens = calloc(n_docs, sizeof(*lens));
    struct nidx_postings_writer *w = NULL;
    struct nidx_buf value = {0};
    struct nidx_occurrence items[8];

    assert_non_null(lens);
    for (uint32_t i = 0; i < 8; i++)
        items[i] = (struct nidx_occurrence){i * 0x1000000 + i, 1, 0};
    memset(c, 0, sizeof(*c));
    memory_part_init(&c->part);
    assert_int_equal(nidx_postings_writer_new(&c->part.sink, n_docs, lens, lens,
                                              WEIGHT, &w, NULL),
                     NIDX_OK);
    assert_int_equal(nidx_postings_begin(w, n_docs / gap, 1, NULL), NIDX_OK);
    for (uint32_t doc = 0; doc < n_docs; doc += gap)
        assert_int_equal(
            nidx_postings_add(w, doc, 0, items, 1 + doc / gap % n, NULL),
            NIDX_OK);
    assert_int_equal(nidx_postings_end(w, &value, NULL), NIDX_OK);
    assert_int_equal(nidx_postings_writer_finish(w, NULL), NIDX_OK);
    struct nidx_bytes bytes = {value.data, value.len};
    assert_int_equal(nidx_term_info_read(bytes, &c->info, NULL), NIDX_OK);
    nidx_postings_writer_free(w);
    nidx_buf_done(&value);
    free(lens);
}

static enum nidx_status open_many(struct craft *c, uint32_t n_docs)
{
    return nidx_postings_open(&c->p, &c->part.source, &c->info, n_docs, NULL);
}

static void last_documents_out_of_range_or_order_are_damage(void **state)
{
    (void)state;
    struct craft c;

    write_many(&c, 40000, 20, 2);
    assert_false(c.info.directory);
    assert_int_equal(open_many(&c, 20000), NIDX_OK);
    while (nidx_postings_next(&c.p))
        assert_true(c.p.last < 20000);
    assert_int_equal(c.p.status, NIDX_ERR_CORRUPT);
    assert_int_equal(open_many(&c, 40000), NIDX_OK);
    /* The second block's last document is made 0. */
    memset(memory_part_find(&c.part, NIDX_PART_DOCS, 0)->data + 10, 0, 4);
    assert_false(nidx_postings_seek(&c.p, 2 * 128 * 20 + 1));
    assert_int_equal(c.p.status, NIDX_ERR_CORRUPT);
    memory_part_done(&c.part);
}

static void a_seek_to_the_last_document_of_a_run_stays_in_it(void **state)
{
    (void)state;
    struct craft c;

    write_many(&c, 8000000, 100, 2);
    assert_true(c.info.directory);
    assert_int_equal(open_many(&c, 8000000), NIDX_OK);
    assert_true(c.p.n_runs > 1);
    uint32_t last = c.p.run_last;
    assert_true(nidx_postings_seek(&c.p, last));
    assert_int_equal(c.p.run, 0);
    assert_int_equal(c.p.last, last);
    assert_true(nidx_postings_seek(&c.p, last + 1));
    assert_int_equal(c.p.run, 1);
    assert_int_equal(c.p.first, last + 1);
    /* A directory of one run, or of none, is none. */
    struct memory_chunk *chunk =
        memory_part_find(&c.part, NIDX_PART_DOCS, c.info.docs_chunk);
    for (uint8_t n = 0; n < 2; n++) {
        memset(chunk->data + c.info.docs_offset, 0, 4);
        chunk->data[c.info.docs_offset] = n;
        assert_int_equal(open_many(&c, 8000000), NIDX_ERR_CORRUPT);
    }
    memory_part_done(&c.part);
}

static void counts_and_bits_of_a_bitmap_are_checked(void **state)
{
    (void)state;
    struct craft c;
    const char *reason = NULL;

    write_many(&c, 4000, 2, 1);
    assert_true(c.info.dense);
    struct memory_chunk *chunk = memory_part_find(&c.part, NIDX_PART_DENSE, 0);
    assert_true(nidx_postings_check(&c.part.source, &c.info, 4000, &reason));
    chunk->data[NIDX_DENSE_GROUP_BYTES] ^= 1;
    assert_false(nidx_postings_check(&c.part.source, &c.info, 4000, &reason));
    chunk->data[NIDX_DENSE_GROUP_BYTES] ^= 1;
    chunk->data[chunk->len - 1] ^= 0x80;
    assert_false(nidx_postings_check(&c.part.source, &c.info, 4000, &reason));
    uint64_t bits[8];
    assert_int_equal(open_many(&c, 4000), NIDX_OK);
    assert_int_equal(nidx_postings_bits(&c.p, 3584, 512, bits), NIDX_OK);
    assert_true(bits[7] == 0);
    memory_part_resize(chunk, 30);
    assert_int_equal(open_many(&c, 4000), NIDX_OK);
    assert_int_equal(nidx_postings_bits(&c.p, 0, 512, bits), NIDX_ERR_CORRUPT);
    memory_part_done(&c.part);
}

/* Bounds of a range begin with the very block that its end falls into. */
static void a_bound_covers_the_first_document_of_a_block(void **state)
{
    (void)state;
    struct craft c;

    write_many(&c, 4000, 1, 7);
    assert_int_equal(open_many(&c, 4000), NIDX_OK);
    for (uint32_t b = 1; b < 30; b++) {
        nidx_impacts pairs = nidx_postings_impacts_in(&c.p, b * 128, b * 128);
        assert_true(pairs == nidx_load64(c.p.block_impacts + 8 * (size_t)b));
    }
    assert_true(nidx_postings_seek(&c.p, 640));
    assert_true(nidx_postings_impacts_in(&c.p, 0, 639) == 0);
    memory_part_done(&c.part);
}

static void arguments_of_the_writer_are_checked(void **state)
{
    (void)state;
    struct memory_part part = {0};
    struct nidx_postings_writer *w = NULL;
    uint32_t lens[2] = {1, 1};
    struct nidx_occurrence far = {NIDX_POS_MAX + 1, 1, 0};

    memory_part_init(&part);
    assert_int_equal(
        nidx_postings_writer_new(&part.sink, 2, lens, lens, 0, &w, NULL),
        NIDX_ERR_INVALID);
    assert_null(w);
    assert_int_equal(
        nidx_postings_writer_new(&part.sink, 2, lens, lens, 2, &w, NULL),
        NIDX_OK);
    assert_int_equal(nidx_postings_begin(w, 1, 1, NULL), NIDX_OK);
    assert_int_equal(nidx_postings_add(w, 0, 0, &far, 1, NULL), NIDX_ERR_LIMIT);
    nidx_postings_writer_free(w);
    nidx_postings_writer_free(NULL);
    memory_part_done(&part);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sound_craft_is_read),
        cmocka_unit_test(gaps_that_wrap_are_damage),
        cmocka_unit_test(headline_counts_above_the_frequency_are_damage),
        cmocka_unit_test(positions_that_wrap_are_damage),
        cmocka_unit_test(frequencies_do_not_promise_more_than_there_is),
        cmocka_unit_test(entries_are_checked),
        cmocka_unit_test(last_documents_out_of_range_or_order_are_damage),
        cmocka_unit_test(a_seek_to_the_last_document_of_a_run_stays_in_it),
        cmocka_unit_test(counts_and_bits_of_a_bitmap_are_checked),
        cmocka_unit_test(a_bound_covers_the_first_document_of_a_block),
        cmocka_unit_test(arguments_of_the_writer_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
