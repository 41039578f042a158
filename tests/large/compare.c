/* compare.c: one query, asked of an index in every way, against an answer.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/large/compare.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "query/plan/exec.h"
#include "query/result/result.h"

static const size_t numbers[] = {10, 100, 1000};
#define N_NUMBERS (sizeof(numbers) / sizeof(*numbers))

float compare_k1(const struct inquiry *q)
{
    return q->k1 > 0 ? (float)q->k1 : 1.2f;
}

float compare_b(const struct inquiry *q)
{
    return q->b > 0 ? (float)q->b : q->b < 0 ? 0.0f : 0.75f;
}

/* Says that a number is not what it should be. */
static enum compared differs(const struct inquiry *q, const char *what,
                             size_t place, uint64_t got, uint64_t expected)
{
    fprintf(stderr, "%s: %s at %zu is %llu, not %llu\n", q->built->label, what,
            place, (unsigned long long)got, (unsigned long long)expected);
    return COMPARED_DIFFERS;
}

static enum compared failed(const struct inquiry *q,
                            const struct nidx_error *err)
{
    fprintf(stderr, "%s: %s\n", q->built->label, err->message);
    return COMPARED_DIFFERS;
}

static enum compared compare_hit(const struct inquiry *q, size_t i,
                                 uint64_t score, struct nidx_bytes key,
                                 const struct naive_hit *expected)
{
    const char *right = q->texts->docs[expected->doc].key;

    if (score != expected->score)
        return differs(q, "the score", i, score, expected->score);
    if (key.len == strlen(right) && memcmp(key.data, right, key.len) == 0)
        return COMPARED_EQUAL;
    fprintf(stderr, "%s: hit %zu is %.*s, not %s\n", q->built->label, i,
            (int)key.len, (const char *)key.data, right);
    return COMPARED_DIFFERS;
}

/* ---------------------------------------------------------------- plans */

static enum compared compare_hits(const struct inquiry *q,
                                  const struct answer *answer,
                                  const struct nidx_hit *hits, size_t n)
{
    const struct nidx_catalog *c = q->built->snapshot->commit->catalog;
    enum compared same = COMPARED_EQUAL;
    struct nidx_buf key = {0};
    struct nidx_error err;

    for (size_t i = 0; i < n && same == COMPARED_EQUAL; i++) {
        key.len = 0;
        if (nidx_segment_doc_key(c->segments[hits[i].segment], hits[i].doc,
                                 &key, &err) != NIDX_OK)
            same = failed(q, &err);
        else
            same = compare_hit(q, i, hits[i].score,
                               (struct nidx_bytes){key.data, key.len},
                               &answer->hits[i]);
    }
    nidx_buf_done(&key);
    return same;
}

static enum compared compare_top(const struct inquiry *q,
                                 const struct answer *answer,
                                 struct nidx_plan *plan, size_t k, bool counted)
{
    struct nidx_hit *hits = calloc(k, sizeof(*hits));
    size_t n = 0, wanted = k < answer->n ? k : answer->n;
    uint64_t total = 0;
    enum compared same;
    struct nidx_error err;

    if (!hits)
        abort();
    if (nidx_plan_top(plan, k, hits, &n, counted ? &total : NULL, &err) !=
        NIDX_OK)
        same = failed(q, &err);
    else if (n != wanted)
        same = differs(q, "the number of hits", k, n, wanted);
    else if (counted && total != answer->n)
        same = differs(q, "the total", k, total, answer->n);
    else
        same = compare_hits(q, answer, hits, n);
    free(hits);
    return same;
}

static enum compared compare_count(const struct inquiry *q,
                                   const struct answer *answer,
                                   struct nidx_plan *plan)
{
    uint64_t total = 0;
    struct nidx_error err;

    if (nidx_plan_count(plan, &total, &err) != NIDX_OK)
        return failed(q, &err);
    if (total != answer->n)
        return differs(q, "the count", 0, total, answer->n);
    return COMPARED_EQUAL;
}

/* Of a large corpus, and of many queries, each is asked in some ways only. */
static bool is_asked(const struct inquiry *q, size_t way)
{
    return (q->texts->n_docs < 10000 && q->number < 500) ||
           way % 3 == q->number % 3;
}

static enum compared compare_plan(const struct inquiry *q,
                                  const struct answer *answer)
{
    const struct nidx_commit_view *c = q->built->snapshot->commit;
    const struct nidx_exec_options options = {.k1 = compare_k1(q),
                                              .b = compare_b(q),
                                              .plain = q->plain,
                                              .norms = c->norms};
    enum compared same = COMPARED_EQUAL;
    struct nidx_plan *plan;
    struct nidx_error err;

    if (nidx_plan_new(q->tree, c->catalog, &options, &plan, &err) != NIDX_OK)
        return failed(q, &err);
    for (size_t i = 0; i < 2 * N_NUMBERS && same == COMPARED_EQUAL; i++) {
        if (is_asked(q, i))
            same = compare_top(q, answer, plan, numbers[i / 2], i % 2);
    }
    if (same == COMPARED_EQUAL)
        same = compare_count(q, answer, plan);
    if (nidx_plan_n_notes(plan))
        same = COMPARED_LIMITED;
    nidx_plan_free(plan);
    return same;
}

/* --------------------------------------------------------------- search */

static enum compared compare_result(const struct inquiry *q,
                                    const struct answer *answer,
                                    const struct nidx_result *r,
                                    const struct nidx_search_options *o)
{
    size_t n = nidx_result_n_hits(r);
    size_t wanted = o->count == NIDX_COUNT_ONLY ? 0
                    : o->limit < answer->n      ? o->limit
                                                : answer->n;
    enum compared same = COMPARED_EQUAL;

    if (o->count != NIDX_COUNT_NONE && nidx_result_total(r) != answer->n)
        return differs(q, "the total found", o->limit, nidx_result_total(r),
                       answer->n);
    if (n != wanted)
        return differs(q, "the number found", o->limit, n, wanted);
    for (size_t i = 0; i < n && same == COMPARED_EQUAL; i++) {
        struct nidx_bytes key;
        key.data = (const uint8_t *)nidx_hit_key(r, i, &key.len);
        double score = nidx_hit_score(r, i) * NIDX_SCORE_ONE;
        same = compare_hit(q, i, (uint64_t)score, key, &answer->hits[i]);
    }
    return same;
}

static enum compared compare_search(const struct inquiry *q,
                                    const struct answer *answer, size_t limit,
                                    enum nidx_count_mode mode)
{
    const struct nidx_search_options options = {.size = sizeof(options),
                                                .limit = limit,
                                                .count = mode,
                                                .plain = q->plain,
                                                .k1 = q->k1,
                                                .b = q->b};
    struct nidx_result *r;
    struct nidx_error err;

    if (nidx_search(q->built->snapshot, q->query, &options, &r, &err) !=
        NIDX_OK)
        return failed(q, &err);
    enum compared same = compare_result(q, answer, r, &options);
    nidx_result_free(r);
    return same;
}

enum compared compare_answer(const struct inquiry *q,
                             const struct answer *answer)
{
    enum compared same = compare_plan(q, answer);

    for (size_t i = 0; i < N_NUMBERS && same == COMPARED_EQUAL; i++) {
        if (is_asked(q, 2 * i))
            same = compare_search(q, answer, numbers[i], NIDX_COUNT_EXACT);
        if (same == COMPARED_EQUAL && is_asked(q, 2 * i + 1))
            same = compare_search(q, answer, numbers[i], NIDX_COUNT_NONE);
    }
    if (same == COMPARED_EQUAL && is_asked(q, 0))
        same = compare_search(q, answer, 10, NIDX_COUNT_ONLY);
    return same;
}
