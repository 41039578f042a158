/* test_inverter.c: what gathers in memory before it becomes a segment.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/write/inverter.h"
#include "indexer/merge/order.h"
#include "tests/support/memory_part.h"

static void strings_of_any_length_come_back(void **state)
{
    struct nidx_slices s;
    struct nidx_slice strings[3] = {{0}};
    struct nidx_buf out = {0};
    const uint32_t lengths[3] = {5, 9000, 100000};
    struct nidx_bytes whole;

    (void)state;
    assert_true(nidx_slices_init(&s, 16)); /* it grows from there */
    for (uint32_t i = 0; i < 100000; i++) {
        for (uint32_t k = 0; k < 3; k++) {
            if (i < lengths[k])
                nidx_slices_u8(&s, &strings[k], (uint8_t)(i * (k + 3)));
        }
    }
    assert_false(s.oom);
    for (uint32_t k = 0; k < 3; k++) {
        out.len = 0;
        nidx_slices_read(&s, &strings[k], &out);
        assert_int_equal(out.len, lengths[k]);
        for (uint32_t i = 0; i < lengths[k]; i++)
            assert_int_equal(out.data[i], (uint8_t)(i * (k + 3)));
        assert_int_equal(nidx_slices_whole(&s, &strings[k], &whole), k == 0);
    }
    assert_true(nidx_slices_whole(&s, &(struct nidx_slice){0}, &whole));
    assert_int_equal(whole.len, 0);
    nidx_buf_done(&out);
    nidx_slices_done(&s);
}

static void chains_give_back_what_they_took(void **state)
{
    struct nidx_slices s;
    struct nidx_chain chain = {0};
    struct nidx_chain_reader r = {0};
    struct nidx_posting_batch b = {0};
    const struct nidx_headlines none = {0};
    uint32_t n = 0, at = 0;

    (void)state;
    assert_true(nidx_slices_init(&s, 1000));
    assert_true(nidx_chain_read(&r, &s, &chain));
    assert_true(nidx_chain_next(&r, &none, &b));
    assert_int_equal(b.n, 0);
    for (uint32_t doc = 3; doc < 100000; doc += doc / 2) {
        for (uint32_t i = 0; i <= doc % 7; i++)
            nidx_chain_add(&s, &chain, doc, i * i * 1000,
                           (uint16_t)(1 + (i == 3)), (uint16_t)(i * 100));
        n++;
    }
    assert_int_equal(chain.df, n);
    assert_true(nidx_chain_read(&r, &s, &chain));
    assert_true(nidx_chain_next(&r, &none, &b));
    assert_int_equal(b.n, n);
    n = 0;
    for (uint32_t doc = 3; doc < 100000; doc += doc / 2, n++) {
        uint32_t pos = 0;
        assert_int_equal(b.docs[n], doc);
        assert_int_equal(b.freqs[n], doc % 7 + 1);
        for (uint32_t i = 0; i <= doc % 7; i++, at++) {
            pos += b.deltas[at];
            assert_int_equal(pos, i * i * 1000);
            assert_int_equal(b.any_lens ? b.lens[at] : 0, i == 3);
            assert_int_equal(b.any_forms ? b.forms[at] : 0, i * 100);
        }
    }
    assert_true(nidx_chain_next(&r, &none, &b));
    assert_int_equal(b.n, 0);
    nidx_posting_batch_done(&b);
    nidx_chain_reader_done(&r);
    nidx_slices_done(&s);
}

static int by_number(const void *context, uint32_t a, uint32_t b)
{
    (void)context;
    return (a > b) - (a < b);
}

/* Few are compared, many are sorted by digits: with prefixes that are all
 * different, often equal, or equal in some digits. */
static void things_are_ordered_by_prefix_then_by_text(void **state)
{
    static struct nidx_ordered items[20000];
    static const uint64_t masks[] = {UINT64_MAX, 0xff, 0,
                                     UINT64_C(0xff00000000000000)};
    uint64_t x = 1;

    (void)state;
    for (size_t k = 0; k < 4; k++) {
        for (uint32_t n = 0; n <= 20000; n = n * 3 + 1) {
            for (uint32_t i = 0; i < n; i++) {
                x = x * 6364136223846793005u + 1442695040888963407u;
                items[i] =
                    (struct nidx_ordered){(x ^ x >> 29) & masks[k], n - i};
            }
            nidx_order_sort(items, n, by_number, NULL);
            for (uint32_t i = 1; i < n; i++)
                assert_true(items[i - 1].prefix < items[i].prefix ||
                            (items[i - 1].prefix == items[i].prefix &&
                             items[i - 1].id < items[i].id));
        }
    }
}

static void a_keyword_counts_once_in_a_document(void **state)
{
    struct nidx_slices s;
    struct nidx_keywords k = {0};
    char text[16];

    (void)state;
    assert_true(nidx_slices_init(&s, 1000));
    for (uint32_t doc = 0; doc < 2; doc++) {
        for (uint32_t i = 0; i < 3000; i++) {
            const int n = snprintf(text, sizeof(text), "k%u", i / 2);
            assert_true(nidx_keywords_add(
                &k, &s, NIDX_FIELD_TAGS,
                (struct nidx_bytes){(const uint8_t *)text, (size_t)n}, doc));
        }
    }
    assert_int_equal(k.n, 1500);
    for (uint32_t i = 0; i < k.n; i++)
        assert_int_equal(k.items[i].chain.df, 2);
    const struct nidx_bytes key = nidx_keyword_key(&k, 7);
    assert_memory_equal(key.data, "\3\10k7", 4);
    assert_true(nidx_keywords_memory(&k) > 1500 * sizeof(*k.items));
    nidx_keywords_clear(&k);
    assert_int_equal(k.n, 0);
    nidx_keywords_done(&k);
    nidx_slices_done(&s);
}

static void an_inverter_counts_its_memory(void **state)
{
    struct nidx_inverter v;
    struct memory_part parts = {0};
    struct nidx_segment_writer *w = NULL;
    struct nidx_document *d = nidx_document_new();
    char body[4000];

    (void)state;
    memory_part_init(&parts);
    assert_int_equal(nidx_inverter_init(&v, 1000, 0, NULL), NIDX_OK);
    assert_int_equal(nidx_segment_writer_new(&parts.sink, 3, &w, NULL),
                     NIDX_OK);
    const size_t empty = nidx_inverter_memory(&v);
    for (unsigned i = 0; i < 50; i++) {
        size_t n = 0;
        for (unsigned k = 0; k < 300; k++)
            n += (size_t)snprintf(body + n, sizeof(body) - n, "w%u ",
                                  i * 300 + k);
        nidx_document_clear(d);
        assert_int_equal(nidx_document_set_key(d, body, 5, NULL), NIDX_OK);
        assert_int_equal(nidx_document_add_field(d, "body", body, n, NULL),
                         NIDX_OK);
        assert_int_equal(nidx_inverter_add(&v, w, d, i + 1, NULL), NIDX_OK);
    }
    assert_int_equal(v.n_docs, 50);
    assert_true(nidx_inverter_memory(&v) > empty + 50 * 300 * 8);
    nidx_inverter_clear(&v);
    assert_int_equal(v.n_docs, 0);
    assert_int_equal(v.slices.used, 0);
    nidx_segment_writer_free(w);
    nidx_inverter_done(&v);
    nidx_document_free(d);
    memory_part_done(&parts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_of_any_length_come_back),
        cmocka_unit_test(chains_give_back_what_they_took),
        cmocka_unit_test(things_are_ordered_by_prefix_then_by_text),
        cmocka_unit_test(a_keyword_counts_once_in_a_document),
        cmocka_unit_test(an_inverter_counts_its_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
