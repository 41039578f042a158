/* test_ask.c: asking an index beside searching: one article, all matches,
 * words, likeness, figures.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <nidx.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/tmpdir.h"

enum {
    ARTICLES = 60
};

/** An index and a snapshot of articles in two segments, some deleted. */
struct asked {
    struct nidx_index *index;
    struct nidx_snapshot *snapshot;
};

static void add(struct nidx_writer *w, struct nidx_document *doc, unsigned i)
{
    char key[16], body[128], date[32];

    snprintf(key, sizeof(key), "k%02u", i);
    snprintf(body, sizeof(body), "needle %s %s word%u", i % 2 ? "odd" : "even",
             i % 3 ? "" : "third", i);
    snprintf(date, sizeof(date), "2018-%02u-%02u", i % 12 + 1, i % 28 + 1);
    nidx_document_clear(doc);
    assert_int_equal(nidx_document_set_key(doc, key, strlen(key), NULL), 0);
    assert_int_equal(
        nidx_document_add_field(doc, "body", body, strlen(body), NULL), 0);
    if (i % 5)
        assert_int_equal(
            nidx_document_add_field(doc, "date", date, strlen(date), NULL), 0);
    assert_int_equal(nidx_writer_add(w, doc, NULL), 0);
}

static void open_asked(struct asked *a, void **state)
{
    struct nidx_open_options options = NIDX_OPEN_OPTIONS_INIT;
    struct nidx_document *doc = nidx_document_new();
    struct nidx_writer *w = NULL;
    char path[512];

    options.create = 1;
    snprintf(path, sizeof(path), "%s/asked.nidx", (const char *)*state);
    assert_int_equal(nidx_index_open(path, &options, &a->index, NULL), 0);
    assert_int_equal(nidx_writer_open(a->index, NULL, &w, NULL), 0);
    for (unsigned i = 0; i < ARTICLES; i++) {
        add(w, doc, i);
        if (i == ARTICLES / 2)
            assert_int_equal(nidx_writer_commit(w, NULL), 0);
    }
    assert_int_equal(nidx_writer_delete(w, "k07", 3, NULL), 0);
    assert_int_equal(nidx_writer_commit(w, NULL), 0);
    nidx_writer_close(w);
    nidx_document_free(doc);
    assert_int_equal(nidx_snapshot_open(a->index, &a->snapshot, NULL), 0);
}

static void close_asked(struct asked *a)
{
    nidx_snapshot_close(a->snapshot);
    nidx_index_close(a->index);
}

static struct nidx_query *parse(const char *text)
{
    struct nidx_query *q = NULL;

    assert_int_equal(nidx_query_parse(text, strlen(text), NULL, &q, NULL), 0);
    return q;
}

static const char *const queries[] = {"needle",       "odd OR third",
                                      "needle -odd",  "\"needle odd\"",
                                      "date:2018-03", "*",
                                      "zebra",        "needle NEAR/3 word11"};

static void matches_are_as_many_as_are_counted(void **state)
{
    struct asked a;

    open_asked(&a, state);
    for (size_t i = 0; i < sizeof(queries) / sizeof(*queries); i++) {
        struct nidx_query *q = parse(queries[i]);
        struct nidx_result *r = NULL;
        struct nidx_matches *m = NULL;
        int found = 1, has;
        int64_t date;
        uint64_t n = 0;
        assert_int_equal(nidx_search(a.snapshot, q, NULL, &r, NULL), 0);
        assert_int_equal(nidx_matches_new(a.snapshot, q, NULL, &m, NULL), 0);
        while (found) {
            assert_int_equal(nidx_matches_next(m, &found, &date, &has, NULL),
                             0);
            n += found != 0;
        }
        assert_int_equal(nidx_matches_next(m, &found, &date, &has, NULL), 0);
        assert_int_equal(found, 0);
        assert_int_equal(n, nidx_result_total(r));
        nidx_matches_free(m);
        nidx_result_free(r);
        nidx_query_free(q);
    }
    close_asked(&a);
}

static void one_article_has_the_score_that_a_search_gives_it(void **state)
{
    struct nidx_search_options all = NIDX_SEARCH_OPTIONS_INIT;
    struct asked a;

    all.limit = ARTICLES;
    open_asked(&a, state);
    for (size_t i = 0; i < sizeof(queries) / sizeof(*queries); i++) {
        struct nidx_query *q = parse(queries[i]);
        struct nidx_result *r = NULL, *one = NULL;
        assert_int_equal(nidx_search(a.snapshot, q, &all, &r, NULL), 0);
        for (size_t k = 0; k < nidx_result_n_hits(r); k++) {
            size_t len;
            const char *key = nidx_hit_key(r, k, &len);
            assert_int_equal(
                nidx_search_key(a.snapshot, q, NULL, key, len, &one, NULL), 0);
            assert_int_equal(nidx_result_total(one), 1);
            assert_true(nidx_hit_score(one, 0) >= nidx_hit_score(r, k) &&
                        nidx_hit_score(one, 0) <= nidx_hit_score(r, k));
            nidx_result_free(one);
        }
        nidx_result_free(r);
        nidx_query_free(q);
    }
    close_asked(&a);
}

static void an_article_that_is_not_found_is_told_why(void **state)
{
    struct nidx_query *q = parse("needle odd -even (third OR zebra)");
    struct nidx_result *r = NULL;
    struct nidx_error err;
    struct asked a;
    const char *why;
    size_t len;

    open_asked(&a, state);
    assert_int_equal(nidx_search_key(a.snapshot, q, NULL, "k02", 3, &r, NULL),
                     0);
    assert_int_equal(nidx_result_total(r), 0);
    assert_int_equal(nidx_hit_why(r, 0, &why, &len, NULL), 0);
    assert_int_equal(strlen(why), len);
    assert_non_null(strstr(why, "it has:                   needle\n"));
    assert_non_null(strstr(why, "it lacks:                 odd\n"));
    assert_non_null(strstr(why, "it has what is excluded:  even\n"));
    assert_non_null(strstr(why, "it lacks:                 third OR zebra\n"));
    assert_int_equal(nidx_hit_why(r, 1, &why, &len, &err), NIDX_ERR_INVALID);
    nidx_result_free(r);
    assert_int_equal(nidx_search_key(a.snapshot, q, NULL, "k07", 3, &r, &err),
                     NIDX_ERR_NOTFOUND);
    assert_null(r);
    assert_int_equal(nidx_snapshot_find(a.snapshot, "k01", 3, &r, NULL), 0);
    assert_int_equal(nidx_hit_why(r, 0, &why, &len, &err), NIDX_ERR_INVALID);
    nidx_result_free(r);
    nidx_query_free(q);
    close_asked(&a);
}

static void sorting_by_date_puts_what_has_none_last(void **state)
{
    struct nidx_search_options o = NIDX_SEARCH_OPTIONS_INIT;
    struct nidx_query *q = parse("needle");
    struct asked a;

    open_asked(&a, state);
    o.limit = ARTICLES;
    for (int sort = NIDX_SORT_NEWEST; sort <= NIDX_SORT_OLDEST; sort++) {
        struct nidx_result *r = NULL;
        int had = 1;
        int64_t before = sort == NIDX_SORT_NEWEST ? INT64_MAX : INT64_MIN;
        o.sort = (enum nidx_sort)sort;
        assert_int_equal(nidx_search(a.snapshot, q, &o, &r, NULL), 0);
        assert_int_equal(nidx_result_total(r), ARTICLES - 1);
        assert_int_equal(nidx_result_n_hits(r), ARTICLES - 1);
        for (size_t i = 0; i < nidx_result_n_hits(r); i++) {
            int has;
            const int64_t date = nidx_hit_date(r, i, &has);
            assert_true(had || !has);
            if (has && sort == NIDX_SORT_NEWEST)
                assert_true(date <= before);
            else if (has)
                assert_true(date >= before);
            assert_true(nidx_hit_score(r, i) > 0);
            before = date;
            had = has;
        }
        nidx_result_free(r);
    }
    nidx_query_free(q);
    close_asked(&a);
}

static void the_lexicon_adds_segments_up(void **state)
{
    struct nidx_lexicon *l = NULL;
    struct asked a;
    const char *word;
    size_t len;
    uint64_t docs, n;
    unsigned words = 0;

    open_asked(&a, state);
    assert_int_equal(nidx_lexicon_new(a.snapshot, "Need", 4, &l, NULL), 0);
    assert_int_equal(nidx_lexicon_next(l, &word, &len, &docs, &n, NULL), 0);
    assert_int_equal(len, 6);
    assert_memory_equal(word, "needle", 6);
    assert_int_equal(docs, ARTICLES); /* the deleted one included */
    assert_int_equal(n, ARTICLES);
    assert_int_equal(nidx_lexicon_next(l, &word, &len, NULL, NULL, NULL), 0);
    assert_null(word);
    nidx_lexicon_free(l);
    assert_int_equal(nidx_lexicon_new(a.snapshot, "", 0, &l, NULL), 0);
    for (;; words++) {
        assert_int_equal(nidx_lexicon_next(l, &word, &len, &docs, &n, NULL), 0);
        if (!word)
            break;
        assert_true(docs > 0 && n >= docs);
    }
    assert_int_equal(words, ARTICLES + 4);
    nidx_lexicon_free(l);
    close_asked(&a);
}

static void likeness_asks_for_words_that_others_have(void **state)
{
    struct nidx_result *r = NULL;
    struct nidx_error err;
    struct asked a;
    const char *text;
    size_t len;

    open_asked(&a, state);
    assert_int_equal(nidx_snapshot_find(a.snapshot, "k09", 3, &r, NULL), 0);
    assert_int_equal(nidx_hit_similar(r, 0, 0, &text, &len, NULL), 0);
    assert_string_equal(text, "third OR odd OR needle");
    assert_int_equal(nidx_hit_similar(r, 0, 1, &text, &len, NULL), 0);
    assert_string_equal(text, "third");
    assert_int_equal(nidx_hit_similar(r, 1, 1, &text, &len, &err),
                     NIDX_ERR_INVALID);
    nidx_result_free(r);
    close_asked(&a);
}

static void statistics_name_the_reader(void **state)
{
    struct nidx_stats s = {.size = sizeof(s)};
    struct nidx_stats first = {.size = 24, .segments = 77};
    struct nidx_error err;
    struct asked a;
    uint64_t sum = 0;

    open_asked(&a, state);
    assert_int_equal(nidx_index_stats(a.index, &s, NULL), 0);
    assert_int_equal(s.docs + s.deleted, ARTICLES);
    assert_true(s.segments >= 1);
    assert_int_equal(s.commit, nidx_snapshot_commit(a.snapshot));
    assert_int_equal(s.n_readers, 1);
    for (unsigned i = 0; i < NIDX_STATS_PARTS; i++)
        sum += s.part_bytes[i];
    assert_true(sum > 0 && sum <= s.file_bytes);
    /* A caller who knows less gets less. */
    assert_int_equal(nidx_index_stats(a.index, &first, NULL), 0);
    assert_int_equal(first.docs, s.docs);
    assert_int_equal(first.segments, 77);
    s.size = 0;
    assert_int_equal(nidx_index_stats(a.index, &s, &err), NIDX_ERR_INVALID);
    close_asked(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(matches_are_as_many_as_are_counted,
                                        tmpdir_setup, tmpdir_teardown),
        cmocka_unit_test_setup_teardown(
            one_article_has_the_score_that_a_search_gives_it, tmpdir_setup,
            tmpdir_teardown),
        cmocka_unit_test_setup_teardown(
            an_article_that_is_not_found_is_told_why, tmpdir_setup,
            tmpdir_teardown),
        cmocka_unit_test_setup_teardown(sorting_by_date_puts_what_has_none_last,
                                        tmpdir_setup, tmpdir_teardown),
        cmocka_unit_test_setup_teardown(the_lexicon_adds_segments_up,
                                        tmpdir_setup, tmpdir_teardown),
        cmocka_unit_test_setup_teardown(
            likeness_asks_for_words_that_others_have, tmpdir_setup,
            tmpdir_teardown),
        cmocka_unit_test_setup_teardown(statistics_name_the_reader,
                                        tmpdir_setup, tmpdir_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
