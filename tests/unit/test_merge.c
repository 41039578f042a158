/* test_merge.c: which segments are merged, and where documents go.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <stdlib.h>

#include "indexer/docmap.h"
#include "indexer/policy.h"

#define MB (UINT64_C(1) << 20)

static struct nidx_segment_info segment(uint64_t bytes, uint32_t n_deleted)
{
    return (struct nidx_segment_info){
        .n_docs = 100, .n_deleted = n_deleted, .bytes = bytes};
}

static void a_full_tier_is_merged_with_what_is_smaller(void **state)
{
    struct nidx_segment_info s[16];
    uint32_t picked[16];

    (void)state;
    for (uint32_t i = 0; i < 9; i++)
        s[i] = segment(20 * MB, 0);
    s[9] = segment(500 * MB, 0);
    s[10] = segment(1000, 0);
    assert_int_equal(nidx_policy_choose(s, 11, picked), 0);
    s[11] = segment(30 * MB, 0);
    assert_int_equal(nidx_policy_choose(s, 12, picked), 11);
    assert_int_equal(picked[8], 8);
    assert_int_equal(picked[9], 10);
    assert_int_equal(picked[10], 11);
    assert_int_equal(nidx_policy_choose(s, 0, picked), 0);
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
        }
        most = n > most ? n : most;
        assert_true(n < 50);
    }
    assert_true(most > 5);
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
        cmocka_unit_test(a_segment_with_many_deleted_is_rewritten),
        cmocka_unit_test(the_index_of_segments_grows_with_the_logarithm),
        cmocka_unit_test(documents_follow_one_another_without_the_deleted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
