/* test_score.c: tests of query/topk/score: the formula, and kernels against twins.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <stdlib.h>

#include "common/codec/dense_kernel.h"
#include "query/topk/bits_kernel.h"
#include "query/topk/probe_kernel.h"
#include "query/topk/score_kernel.h"

/* idf = ln(1 + (N - df + 0.5) / (df + 0.5)), w = boost * idf * 2^20, and so on:
 * computed by hand (in a calculator that rounds to single precision). */
static void leaves_score_as_computed_by_hand(void **state)
{
    (void)state;
    static const struct {
        uint64_t n, df;
        uint32_t freq;
        float len, avglen, boost;
        uint32_t score;
    } rows[] = {
        {10, 2, 1, 100, 100, 1.0f, 706170},
        {10, 2, 3, 50, 100, 1.0f, 1242860},
        {1000000, 1, 1, 400, 200, 2.5f, 11339880},
        {5, 5, 1, 7, 9, 1.0f, 45619},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        float idf = (float)nidx_score_idf(rows[i].n, rows[i].df);
        float w = nidx_score_weight(rows[i].boost, idf);
        float inv = nidx_score_inv(1.2f, 0.75f, rows[i].len, rows[i].avglen);
        assert_int_equal(nidx_score_leaf(w, rows[i].freq, inv), rows[i].score);
    }
}

static void a_leaf_that_matches_scores_at_least_one(void **state)
{
    (void)state;
    assert_int_equal(nidx_score_leaf(0.0f, 1, 0.5f), 1);
    assert_int_equal(nidx_score_leaf(nidx_score_weight(-3.0f, 2.0f), 5, 1.0f),
                     1);
    float idf = (float)nidx_score_idf(4000000000u, 4000000000u);
    assert_int_equal(nidx_score_leaf(nidx_score_weight(1.0f, idf), 1, 0.01f),
                     1);
}

static void weights_and_boosts_are_cut(void **state)
{
    (void)state;
    assert_true(nidx_score_weight(1000.0f, 1.0f) ==
                nidx_score_weight(100.0f, 1.0f));
    assert_true(nidx_score_weight(100.0f, 400.0f) == NIDX_SCORE_MAX);
    assert_true(nidx_score_idf(3, 7) == nidx_score_idf(7, 7));
}

static void scores_rise_with_frequency_and_fall_with_length(void **state)
{
    (void)state;
    float w = nidx_score_weight(1.0f, 3.3f);

    for (uint32_t f = 1; f < 300; f++) {
        for (uint32_t len = 1; len < 3000; len += 37) {
            float inv = nidx_score_inv(1.2f, 0.75f, (float)len, 321.0f);
            float longer = nidx_score_inv(1.2f, 0.75f, (float)len + 1, 321.0f);
            assert_true(longer <= inv);
            uint32_t score = nidx_score_leaf(w, f, inv);
            assert_true(nidx_score_leaf(w, f + 1, inv) >= score);
            assert_true(nidx_score_leaf(w, f, longer) <= score);
        }
    }
}

static void k1_of_0_and_b_of_1_stay_finite(void **state)
{
    (void)state;
    float w = nidx_score_weight(1.0f, 1.0f);

    assert_int_equal(nidx_score_leaf(w, 2, nidx_score_inv(0.0f, 0.75f, 10, 5)),
                     1 << 20);
    assert_int_equal(nidx_score_leaf(w, 2, nidx_score_inv(1.2f, 1.0f, 0, 5)),
                     1 << 20);
}

static void what_is_below_scores_less_than_the_limit(void **state)
{
    (void)state;
    for (float w = 3.0f; w < 3e7f; w *= 1.37f) {
        for (uint64_t limit = 2; limit < (uint64_t)w + 5;
             limit += 1 + (uint64_t)w / 53) {
            float x = nidx_score_x_below(w, limit);
            if (x >= 0)
                assert_true(nidx_score_x(w, x) < limit);
            if (isfinite(x) && x > 0 && limit < (uint64_t)(0.9f * w))
                assert_true(nidx_score_x(w, x * 1.001f + 1e-6f) + 2 >= limit);
        }
    }
    assert_true(nidx_score_x_below(5.0f, 1) < 0);
    assert_true(isinf(nidx_score_x_below(1000.0f, 5000)));
}

/* ---------------------------------------------------------------- kernels */

enum {
    N = 128,
    DOCS = 5000,
    SUMS = 4096
};

struct data {
    uint32_t docs[N + 16], freqs[N + 16], scores[N + 16], lens[DOCS];
    float inv[DOCS];
    uint32_t sums[SUMS];
};

static void fill(struct data *d, unsigned seed)
{
    srand(seed);
    for (uint32_t i = 0; i < DOCS; i++)
        d->lens[i] = (uint32_t)rand() % 3000;
    for (uint32_t i = 0, doc = 0; i < N; i++) {
        doc += 1 + (uint32_t)rand() % 30;
        d->docs[i] = doc;
        d->freqs[i] = 1 + (uint32_t)rand() % 50;
        d->scores[i] = (uint32_t)rand();
    }
    for (uint32_t i = 0; i < SUMS; i++)
        d->sums[i] = rand() % 3 ? 0 : (uint32_t)rand() * 2u;
    nidx_score_invs_portable(d->lens, DOCS, 1.2f, 0.75f, 444.5f, d->inv);
}

static void run_all(const struct data *d, uint32_t n, struct data *out,
                    uint32_t *kept)
{
    uint32_t limit = 1u << 30;

    nidx_score_invs(d->lens, n, 0.9f, 0.4f, 300.25f, out->inv);
    nidx_score_block(d->docs, d->freqs, n, d->inv, 2345678.0f, out->scores);
    kept[0] =
        nidx_score_select(d->docs, d->scores, n, limit, out->docs, out->freqs);
    kept[1] = nidx_score_drain(out->sums, SUMS, 3000000000u, 70, out->lens,
                               (uint32_t *)(void *)(out->inv + N + 16));
    assert_true(kept[1] < DOCS - N - 32);
}

static void kernels_equal_their_portable_twins(void **state)
{
    (void)state;
    static struct data d, a, b;

    for (unsigned seed = 1; seed < 30; seed++) {
        uint32_t kept_a[2], kept_b[2], n = seed < 20 ? N : seed;
        fill(&d, seed);
        a = b = d;
        nidx_cpu_force(NIDX_CPU_PORTABLE);
        run_all(&d, n, &a, kept_a);
        nidx_cpu_force(seed % 2 ? NIDX_CPU_AVX512 : NIDX_CPU_AVX2);
        run_all(&d, n, &b, kept_b);
        assert_memory_equal(a.inv, b.inv, n * sizeof(float));
        assert_memory_equal(a.scores, b.scores, n * 4);
        assert_int_equal(kept_a[0], kept_b[0]);
        assert_memory_equal(a.docs, b.docs, kept_a[0] * 4);
        assert_memory_equal(a.freqs, b.freqs, kept_a[0] * 4);
        assert_int_equal(kept_a[1], kept_b[1]);
        assert_memory_equal(a.lens, b.lens, kept_a[1] * 4);
        assert_memory_equal(a.inv + N + 16, b.inv + N + 16, kept_a[1] * 4);
        assert_memory_equal(a.sums, b.sums, sizeof(a.sums));
    }
    nidx_cpu_force(NIDX_CPU_AVX512);
}

static void select_may_write_over_what_it_reads(void **state)
{
    (void)state;
    static struct data d, a;

    for (int level = NIDX_CPU_PORTABLE; level <= NIDX_CPU_AVX512; level++) {
        fill(&d, 7);
        a = d;
        nidx_cpu_force((enum nidx_cpu)level);
        uint32_t n =
            nidx_score_select(d.docs, d.scores, N, 1u << 29, a.docs, a.scores);
        uint32_t m =
            nidx_score_select(d.docs, d.scores, N, 1u << 29, d.docs, d.scores);
        assert_int_equal(n, m);
        assert_memory_equal(a.docs, d.docs, n * 4);
        assert_memory_equal(a.scores, d.scores, n * 4);
    }
    nidx_cpu_force(NIDX_CPU_AVX512);
}

static void bits_are_joined_and_counted(void **state)
{
    (void)state;
    uint64_t a[3] = {5, UINT64_MAX, 0}, b[3] = {6, 1, 8};

    assert_true(nidx_bits_count(a, 3) == 66);
    assert_true(nidx_bits_count_portable(a, 3) == 66);
    nidx_bits_or(a, b, 3);
    assert_true(a[0] == 7 && a[2] == 8);
    nidx_bits_and(a, b, 3);
    assert_true(a[0] == 6 && a[1] == 1 && a[2] == 8);
    nidx_bits_except(a, b, 2);
    assert_true(nidx_bits_count(a, 3) == 1);
}

static void bits_of_every_level_and_length_are_joined_alike(void **state)
{
    enum {
        MOST = 37
    };
    (void)state;
    uint64_t a[MOST], b[MOST], want[MOST], got[MOST];

    srand(3);
    for (uint32_t i = 0; i < MOST; i++) {
        a[i] = (uint64_t)rand() << 33 ^ (uint64_t)rand();
        b[i] = (uint64_t)rand() << 33 ^ (uint64_t)rand();
    }
    for (uint32_t n = 0; n <= MOST; n++)
        for (int level = 0; level <= NIDX_CPU_AVX512; level++) {
            nidx_cpu_force((enum nidx_cpu)level);
            assert_true(nidx_bits_count(a, n) ==
                        nidx_bits_count_portable(a, n));
            memcpy(want, a, sizeof(a));
            memcpy(got, a, sizeof(a));
            nidx_bits_or_portable(want, b, n);
            nidx_bits_or(got, b, n);
            assert_memory_equal(want, got, sizeof(a));
            nidx_bits_except_portable(want, b + 1, n ? n - 1 : 0);
            nidx_bits_except(got, b + 1, n ? n - 1 : 0);
            assert_memory_equal(want, got, sizeof(a));
            nidx_bits_and_portable(want, b, n);
            nidx_bits_and(got, b, n);
            assert_memory_equal(want, got, sizeof(a));
        }
    nidx_cpu_force(NIDX_CPU_AVX512);
}

static void documents_of_bitmaps_are_listed_alike(void **state)
{
    (void)state;
    uint64_t words[5];
    uint32_t want[5 * 64 + 16], got[5 * 64 + 16];

    srand(4);
    for (int round = 0; round < 200; round++) {
        uint32_t n = 1 + (uint32_t)rand() % 5;
        for (uint32_t i = 0; i < n; i++) {
            words[i] = (uint64_t)rand() << 33 ^ (uint64_t)rand();
            for (int k = rand() % 6; k > 0; k--)
                words[i] &= (uint64_t)rand() << 33 ^ (uint64_t)rand();
        }
        uint32_t room = (uint32_t)nidx_bits_count(words, n);
        for (int level = 0; level <= NIDX_CPU_AVX512; level++) {
            nidx_cpu_force((enum nidx_cpu)level);
            assert_int_equal(
                nidx_dense_list_portable(words, n, 640, room, want), room);
            assert_int_equal(nidx_dense_list(words, n, 640, room, got), room);
            assert_memory_equal(want, got, room * sizeof(*got));
            if (room > 0)
                assert_true(nidx_dense_list(words, n, 640, room - 1, got) >
                            room - 1);
        }
    }
    nidx_cpu_force(NIDX_CPU_AVX512);
}

static void documents_are_found_in_blocks_as_by_binary_search(void **state)
{
    (void)state;
    static struct data d;
    uint32_t asked[200], at[2][216], index[2][216];

    for (unsigned seed = 1; seed < 140; seed++) {
        uint32_t n = seed < 128 ? seed : N, doc = 0;
        fill(&d, seed);
        for (uint32_t i = 0; i < 200; i++)
            asked[i] = doc += 1 + (uint32_t)rand() % 20;
        uint32_t kept = nidx_probe_block_portable(d.docs, n, asked, 3, 200,
                                                  at[0], index[0]);
        assert_int_equal(
            nidx_probe_block(d.docs, n, asked, 3, 200, at[1], index[1]), kept);
        assert_memory_equal(at[0], at[1], kept * 4);
        assert_memory_equal(index[0], index[1], kept * 4);
        assert_int_equal(nidx_score_most(d.freqs, n),
                         nidx_score_most_portable(d.freqs, n));
    }
}

static void documents_are_found_in_bitmaps_with_their_ranks(void **state)
{
    (void)state;
    uint8_t group[68 + 56] = {7}; /* seven postings come before it */
    uint32_t docs[3] = {512, 514, 1023}, at[3], ranks[3];

    group[4] = 0x5;   /* documents 0 and 2 */
    group[67] = 0x80; /* document 511 */
    for (int level = 0; level < 2; level++) {
        uint32_t kept =
            level ? nidx_probe_group(group, docs, 0, 3, at, ranks)
                  : nidx_probe_group_portable(group, docs, 0, 3, at, ranks);
        assert_int_equal(kept, 3);
        assert_int_equal(ranks[0], 7);
        assert_int_equal(ranks[1], 8);
        assert_int_equal(ranks[2], 9);
    }
    docs[1] = 513;
    assert_int_equal(nidx_probe_group(group, docs, 0, 3, at, NULL), 2);
    assert_int_equal(at[1], 2);
    assert_int_equal(nidx_probe_group(group, docs, 0, 3, at, ranks), 2);
    assert_int_equal(at[1], 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_score_as_computed_by_hand),
        cmocka_unit_test(a_leaf_that_matches_scores_at_least_one),
        cmocka_unit_test(weights_and_boosts_are_cut),
        cmocka_unit_test(scores_rise_with_frequency_and_fall_with_length),
        cmocka_unit_test(k1_of_0_and_b_of_1_stay_finite),
        cmocka_unit_test(what_is_below_scores_less_than_the_limit),
        cmocka_unit_test(kernels_equal_their_portable_twins),
        cmocka_unit_test(select_may_write_over_what_it_reads),
        cmocka_unit_test(bits_are_joined_and_counted),
        cmocka_unit_test(bits_of_every_level_and_length_are_joined_alike),
        cmocka_unit_test(documents_of_bitmaps_are_listed_alike),
        cmocka_unit_test(documents_are_found_in_blocks_as_by_binary_search),
        cmocka_unit_test(documents_are_found_in_bitmaps_with_their_ranks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
