/* test_column.c: tests of common/column.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <stdlib.h>

#include "common/codec/column.h"
#include "tests/support/memory_part.h"

#define N (3 * NIDX_COLUMN_ROWS + 17)

/* Values whose chunks take 0, 1, 2, 4 and 8 bytes a row. */
static uint64_t value_of(unsigned kind, uint32_t doc)
{
    switch (kind) {
    case 0:
        return 0;
    case 1:
        return 77;
    case 2:
        return 1000 + doc % 256;
    case 3:
        return 5 + doc % 65536;
    case 4:
        return (UINT64_C(1) << 62) + doc * 1000u;
    case 5:
        return doc * UINT64_C(0x9e3779b97f4a7c15);
    case 6: /* nothing but 0 in the first chunks */
        return doc < 2 * NIDX_COLUMN_ROWS + 5 ? 0 : doc;
    default: /* crosses 2^32 */
        return UINT32_MAX - 4000 + doc;
    }
}
#define KINDS 8

static void make(struct memory_part *m, struct nidx_column *c, unsigned kind,
                 uint32_t n)
{
    struct nidx_column_writer *w = calloc(1, sizeof(*w));

    assert_non_null(w);
    memory_part_init(m);
    w->sink = &m->sink;
    w->column = NIDX_COLUMN_STAT;
    for (uint32_t i = 0; i < n; i++)
        assert_int_equal(nidx_column_add(w, value_of(kind, i), NULL), NIDX_OK);
    assert_int_equal(nidx_column_finish(w, NULL), NIDX_OK);
    *c = (struct nidx_column){.source = &m->source,
                              .column = NIDX_COLUMN_STAT,
                              .n_docs = n,
                              .present = w->any};
    free(w);
}

static void values_of_any_width_come_back(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < KINDS; kind++) {
        struct memory_part m = {0};
        struct nidx_column c;
        make(&m, &c, kind, N);
        for (uint32_t i = 0; i < N; i++) {
            uint64_t v = 1;
            assert_int_equal(nidx_column_get(&c, i, &v, NULL), NIDX_OK);
            assert_true(v == value_of(kind, i));
        }
        memory_part_done(&m);
    }
}

static void ranges_come_back_over_chunk_borders(void **state)
{
    (void)state;
    static uint32_t out32[N];
    static uint64_t out64[N];

    for (unsigned kind = 0; kind < KINDS; kind++) {
        struct memory_part m = {0};
        struct nidx_column c;
        make(&m, &c, kind, N);
        for (uint32_t first = 0; first < N; first += 1021) {
            uint32_t n = (N - first) / (1 + first % 3);
            assert_int_equal(nidx_column_read32(&c, first, n, out32, NULL),
                             NIDX_OK);
            assert_int_equal(nidx_column_read64(&c, first, n, out64, NULL),
                             NIDX_OK);
            for (uint32_t i = 0; i < n; i++) {
                uint64_t v = value_of(kind, first + i);
                assert_true(out64[i] == v);
                assert_true(out32[i] == (v > UINT32_MAX ? UINT32_MAX : v));
            }
        }
        memory_part_done(&m);
    }
}

static void a_column_of_zeros_has_no_chunks(void **state)
{
    (void)state;
    struct memory_part m = {0};
    struct nidx_column c;

    make(&m, &c, 0, N);
    assert_false(c.present);
    assert_int_equal(m.parts[NIDX_PART_COLUMN].n, 0);
    memory_part_done(&m);
    make(&m, &c, 6, N);
    assert_true(c.present);
    assert_int_equal(m.parts[NIDX_PART_COLUMN].n, 4);
    assert_int_equal(m.parts[NIDX_PART_COLUMN].items[0].number,
                     NIDX_COLUMN_STAT << 20);
    memory_part_done(&m);
}

static void documents_behind_the_last_are_refused(void **state)
{
    (void)state;
    struct memory_part m = {0};
    struct nidx_column c;
    uint64_t v;
    uint32_t v32;

    make(&m, &c, 1, 10);
    assert_int_equal(nidx_column_get(&c, 10, &v, NULL), NIDX_ERR_INVALID);
    assert_int_equal(nidx_column_read32(&c, 10, 1, &v32, NULL),
                     NIDX_ERR_INVALID);
    assert_int_equal(nidx_column_read32(&c, 10, 0, &v32, NULL), NIDX_OK);
    assert_int_equal(nidx_column_read64(&c, 11, 0, &v, NULL), NIDX_ERR_INVALID);
    assert_int_equal(nidx_column_read64(&c, 2, UINT32_MAX, &v, NULL),
                     NIDX_ERR_INVALID);
    memory_part_done(&m);
}

static void damaged_chunks_are_corrupt(void **state)
{
    (void)state;
    struct memory_part m = {0};
    struct nidx_column c;
    uint64_t v;
    uint32_t v32;

    make(&m, &c, 3, 100);
    struct memory_chunk *chunk =
        memory_part_find(&m, NIDX_PART_COLUMN, NIDX_COLUMN_STAT << 20);
    static const uint8_t widths[] = {0, 2, 3, 4, 8, 16, 255};
    for (size_t i = 0; i < sizeof(widths); i++) {
        chunk->data[0] = widths[i];
        assert_int_equal(nidx_column_get(&c, 99, &v, NULL), NIDX_ERR_CORRUPT);
    }
    chunk->data[0] = 1;
    assert_int_equal(nidx_column_get(&c, 99, &v, NULL), NIDX_OK);
    memory_part_resize(chunk, chunk->len - 1);
    assert_int_equal(nidx_column_get(&c, 0, &v, NULL), NIDX_ERR_CORRUPT);
    memory_part_resize(chunk, 15);
    assert_int_equal(nidx_column_read32(&c, 0, 1, &v32, NULL),
                     NIDX_ERR_CORRUPT);
    memory_part_drop(&m, NIDX_PART_COLUMN, NIDX_COLUMN_STAT << 20);
    assert_int_equal(nidx_column_read64(&c, 0, 1, &v, NULL), NIDX_ERR_CORRUPT);
    memory_part_done(&m);
}

static void a_full_sink_is_passed_on(void **state)
{
    (void)state;
    for (int puts = 0; puts < 3; puts++) {
        struct memory_part m = {0};
        struct nidx_column_writer *w = calloc(1, sizeof(*w));
        enum nidx_status status = NIDX_OK;
        assert_non_null(w);
        memory_part_init(&m);
        m.puts_left = puts;
        w->sink = &m.sink;
        for (uint32_t i = 0; i < N && status == NIDX_OK; i++)
            status = nidx_column_add(w, value_of(6, i), NULL);
        if (status == NIDX_OK)
            status = nidx_column_finish(w, NULL);
        assert_int_equal(status, NIDX_ERR_FULL);
        free(w);
        memory_part_done(&m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_of_any_width_come_back),
        cmocka_unit_test(ranges_come_back_over_chunk_borders),
        cmocka_unit_test(a_column_of_zeros_has_no_chunks),
        cmocka_unit_test(documents_behind_the_last_are_refused),
        cmocka_unit_test(damaged_chunks_are_corrupt),
        cmocka_unit_test(a_full_sink_is_passed_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
