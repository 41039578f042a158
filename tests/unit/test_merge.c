/* test_merge.c: which segments are merged, and where documents go.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <stdlib.h>

#include "indexer/merge/docmap.h"
#include "indexer/merge/policy.h"

#define MB (UINT64_C(1) << 20)

static struct nidx_segment_info segment(uint64_t bytes, uint32_t n_deleted)
{
    return (struct nidx_segment_info){
        .n_docs = 100, .n_deleted = n_deleted, .bytes = bytes};
}

static void a_full_tier_is_merged_with_what_is_smaller(void **state)
{
    struct nidx_segment_info s[32];
    uint32_t picked[32];

    (void)state;
    for (uint32_t i = 0; i < 9; i++)
        s[i] = segment(2 * MB, 0);
    s[9] = segment(500 * MB, 0);
    assert_int_equal(nidx_policy_choose(s, 10, picked), 0);
    s[10] = segment(1000, 0);
    assert_int_equal(nidx_policy_choose(s, 11, picked), 10);
    assert_int_equal(picked[8], 8);
    assert_int_equal(picked[9], 10);
    assert_int_equal(nidx_policy_choose(s, 0, picked), 0);
    for (uint32_t i = 0; i < 15; i++)
        s[i] = segment(20 * MB, 0);
    s[15] = segment(500 * MB, 0);
    s[16] = segment(1000, 0);
    assert_int_equal(nidx_policy_choose(s, 17, picked), 0);
    s[17] = segment(30 * MB, 0);
    assert_int_equal(nidx_policy_choose(s, 18, picked), 17);
    assert_int_equal(picked[15], 16);
    assert_int_equal(picked[16], 17);
}

static void of_large_segments_at_most_half_is_merged(void **state)
{
    struct nidx_segment_info s[17];
    uint32_t picked[17];

    (void)state;
    for (uint32_t i = 0; i < 15; i++)
        s[i] = segment(20 * MB, 0);
    s[15] = segment(1000, 0);
    s[16] = segment(30 * MB, 0);
    assert_int_equal(nidx_policy_choose(s, 17, picked), 9);
    for (uint32_t i = 0; i < 8; i++)
        assert_true(picked[i] < 15);
    assert_int_equal(picked[8], 15);
}

static void a_segment_with_many_deleted_is_rewritten(void **state)
{
    struct nidx_segment_info s[3] = {segment(MB, 0), segment(MB, 33),
                                     segment(500 * MB, 34)};
    uint32_t picked[3];

    (void)state;
    assert_int_equal(nidx_policy_choose(s, 3, picked), 1);
    assert_int_equal(picked[0], 2);
}

static void the_index_of_segments_grows_with_the_logarithm(void **state)
{
    struct nidx_segment_info s[200];
    uint32_t picked[200], n = 0, most = 0;
    uint64_t copied = 0;

    (void)state;
    for (uint32_t i = 0; i < 5000; i++) {
        s[n++] = segment(3 * MB, 0);
        uint32_t n_picked;
        while ((n_picked = nidx_policy_choose(s, n, picked)) > 0) {
            uint64_t bytes = 0;
            for (uint32_t k = n_picked; k-- > 0;) {
                bytes += s[picked[k]].bytes;
                s[picked[k]] = s[--n];
            }
            s[n++] = segment(bytes, 0);
            copied += bytes;
        }
        most = n > most ? n : most;
        assert_true(n < 50);
    }
    assert_true(most > 5);
    print_message("# %u segments at most, every byte copied %.1f times\n", most,
                  (double)copied / (5000.0 * 3 * MB));
    assert_true(copied < 6 * UINT64_C(5000) * 3 * MB);
}

static void documents_follow_one_another_without_the_deleted(void **state)
{
    uint64_t deleted[4] = {UINT64_C(0x8000000000000001), 0, UINT64_MAX, 2};
    struct nidx_docmap m;
    uint32_t next = 1000;

    (void)state;
    assert_int_equal(nidx_docmap_init(&m, deleted, 200, 1000, NULL), NIDX_OK);
    for (uint32_t doc = 0; doc < 200; doc++) {
        const bool gone = deleted[doc / 64] >> (doc % 64) & 1;
        assert_int_equal(nidx_docmap_get(&m, doc), gone ? NIDX_DOC_END : next);
        next += !gone;
    }
    assert_int_equal(m.n_live, next - 1000);
    nidx_docmap_done(&m);
    assert_int_equal(nidx_docmap_init(&m, NULL, 200, 5, NULL), NIDX_OK);
    assert_int_equal(nidx_docmap_get(&m, 7), 12);
    nidx_docmap_done(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_tier_is_merged_with_what_is_smaller),
        cmocka_unit_test(of_large_segments_at_most_half_is_merged),
        cmocka_unit_test(a_segment_with_many_deleted_is_rewritten),
        cmocka_unit_test(the_index_of_segments_grows_with_the_logarithm),
        cmocka_unit_test(documents_follow_one_another_without_the_deleted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
