/* test_writer.c: documents in, commits out.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/segment/index.h"
#include "common/segment/segment.h"
#include "indexer/write/writer.h"
#include "tests/support/dump.h"
#include "tests/support/tmpdir.h"

/** An index in the test's folder, open for writing. */
struct fixture {
    char *path;
    struct nidx_index *index;
    struct nidx_writer *w;
};

static void open_index(struct fixture *f)
{
    struct nidx_open_options o = NIDX_OPEN_OPTIONS_INIT;
    struct nidx_error err = {0};

    o.create = 1;
    if (nidx_index_open(f->path, &o, &f->index, &err) != NIDX_OK)
        fail_msg("%s", err.message);
}

static void open_writer(struct fixture *f, unsigned threads, uint64_t memory)
{
    struct nidx_writer_options o = NIDX_WRITER_OPTIONS_INIT;
    struct nidx_error err = {0};

    o.threads = threads;
    o.memory = memory;
    if (nidx_writer_open(f->index, &o, &f->w, &err) != NIDX_OK)
        fail_msg("%s", err.message);
}

static struct fixture begin(void **state, const char *name)
{
    struct fixture f = {.path = tmpdir_path(state, name)};

    open_index(&f);
    open_writer(&f, 2, 0);
    return f;
}

static void end(struct fixture *f)
{
    struct nidx_error err = {0};

    nidx_writer_close(f->w);
    if (nidx_index_check(f->index, NULL, NULL, &err) != NIDX_OK)
        fail_msg("%s", err.message);
    nidx_index_close(f->index);
    free(f->path);
}

static void add(struct fixture *f, const char *key, const char *title,
                const char *body)
{
    struct nidx_document *d = nidx_document_new();
    struct nidx_error err = {0};

    assert_non_null(d);
    assert_int_equal(nidx_document_set_key(d, key, strlen(key), &err), 0);
    if (*title)
        assert_int_equal(
            nidx_document_add_field(d, "title", title, strlen(title), &err), 0);
    assert_int_equal(
        nidx_document_add_field(d, "body", body, strlen(body), &err), 0);
    if (nidx_writer_add(f->w, d, &err) != NIDX_OK)
        fail_msg("%s", err.message);
    nidx_document_free(d);
}

static void commit(struct fixture *f)
{
    struct nidx_error err = {0};

    if (nidx_writer_commit(f->w, &err) != NIDX_OK)
        fail_msg("%s", err.message);
}

static void delete (struct fixture *f, const char *key)
{
    assert_int_equal(nidx_writer_delete(f->w, key, strlen(key), NULL), 0);
}

static void assert_live(struct fixture *f, uint64_t n)
{
    struct nidx_catalog *c = NULL;

    assert_int_equal(nidx_catalog_open(f->index->store, &c, NULL), 0);
    assert_int_equal(c->n_live, n);
    nidx_catalog_close(c);
}

static uint32_t n_segments(struct fixture *f)
{
    struct nidx_catalog *c = NULL;

    assert_int_equal(nidx_catalog_open(f->index->store, &c, NULL), 0);
    const uint32_t n = c->manifest.n_segments;
    nidx_catalog_close(c);
    return n;
}

static void assert_says(struct fixture *f, const char *text)
{
    char *dump = dump_index(f->index, true);

    if (!strstr(dump, text))
        fail_msg("no `%s` in\n%s", text, dump);
    free(dump);
}

static void assert_silent(struct fixture *f, const char *text)
{
    char *dump = dump_index(f->index, true);

    if (strstr(dump, text))
        fail_msg("`%s` in\n%s", text, dump);
    free(dump);
}

static void what_is_added_and_committed_is_there(void **state)
{
    struct fixture f = begin(state, "a");

    add(&f, "k1", "Putin wrote", "The letter. Letters were sent.");
    assert_live(&f, 0);
    commit(&f);
    assert_live(&f, 1);
    assert_says(&f, "doc k1 c0=7 c1=2 ");
    assert_says(&f, "1=Putin wrote 2=The letter. Letters were sent. @0:102");
    assert_says(&f, "list 1 0 letter in k1 titles=0 103+1letter "
                    "104+1letters\n");
    assert_says(&f, "list 1 0 putin in k1 titles=1 0+1putin\n");
    assert_says(&f, "list 1 1 putin in k1 titles=0 0+1putin\n");
    assert_says(&f, "list 4 0  in k1 titles=1 2+1 104+1 107+1\n");
    assert_says(&f, "form 0 letters letters letter df=1 cf=1\n");
    end(&f);
}

static void other_fields_have_lists_and_columns(void **state)
{
    struct fixture f = begin(state, "a");
    struct nidx_document *d = nidx_document_new();
    const char *fields[][2] = {
        {"title", "One"},       {"author", "Jane Doe"},
        {"author", "John Roe"}, {"tags", "News"},
        {"tags", "news"},       {"url", "https://x.example/A"},
        {"date", "2018-08-08"}, {"body", "Two three"},
        {"body", "four"}};

    assert_int_equal(nidx_document_set_key(d, "k", 1, NULL), 0);
    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
        assert_int_equal(nidx_document_add_field(d, fields[i][0], fields[i][1],
                                                 strlen(fields[i][1]), NULL),
                         0);
    assert_int_equal(nidx_writer_add(f.w, d, NULL), 0);
    nidx_document_free(d);
    commit(&f);
    assert_says(&f, "list 1 3 doe in k titles=0 1+1doe\n");
    assert_says(&f, "list 1 3 john in k titles=0 102+1john\n");
    assert_says(&f, "list 3 8 news in k titles=0 0+1\n");
    assert_says(&f, "list 3 5 https://x.example/a in k");
    assert_says(&f, "list 1 0 four in k titles=0 203+1four\n");
    assert_says(&f, "doc k c0=4 c1=1 c2=4611686019961074304 c3=1 ");
    assert_says(&f, " c8=4 ");
    assert_says(&f, "2=Two three 2=four @0:101 @9:203");
    assert_silent(&f, "list 1 0 doe ");
    end(&f);
}

static void the_last_of_equal_keys_stands(void **state)
{
    struct fixture f = begin(state, "a");
    struct nidx_writer_counts counts;

    add(&f, "k", "", "first");
    add(&f, "k", "", "second");
    add(&f, "other", "", "more");
    commit(&f);
    assert_live(&f, 2);
    assert_says(&f, "second");
    assert_silent(&f, "first in");
    add(&f, "k", "", "third");
    commit(&f);
    assert_live(&f, 2);
    assert_says(&f, "third");
    assert_silent(&f, "second in");
    nidx_writer_counts(f.w, &counts);
    assert_int_equal(counts.added, 2);
    assert_int_equal(counts.updated, 0);
    assert_int_equal(counts.duplicates, 2);
    nidx_writer_close(f.w);
    open_writer(&f, 1, 0);
    add(&f, "k", "", "fourth");
    commit(&f);
    nidx_writer_counts(f.w, &counts);
    assert_int_equal(counts.updated, 1);
    end(&f);
}

static void deletions_are_ordered_with_additions(void **state)
{
    struct fixture f = begin(state, "a");

    add(&f, "gone", "", "first");
    add(&f, "back", "", "first");
    delete (&f, "gone");
    delete (&f, "back");
    add(&f, "back", "", "second");
    delete (&f, "never");
    commit(&f);
    assert_live(&f, 1);
    assert_says(&f, "doc back");
    delete (&f, "back");
    commit(&f);
    assert_live(&f, 0);
    assert_int_equal(n_segments(&f), 0);
    end(&f);
}

static void rollback_forgets_what_was_not_committed(void **state)
{
    struct fixture f = begin(state, "a");

    add(&f, "k", "", "kept");
    commit(&f);
    add(&f, "k", "", "dropped");
    add(&f, "l", "", "dropped");
    delete (&f, "k");
    assert_int_equal(nidx_writer_rollback(f.w, NULL), NIDX_OK);
    commit(&f);
    assert_live(&f, 1);
    assert_says(&f, "kept");
    add(&f, "m", "", "later");
    nidx_writer_close(f.w);
    assert_live(&f, 1);
    open_writer(&f, 1, 0);
    end(&f);
}

static void there_is_one_writer_at_a_time(void **state)
{
    struct fixture f = begin(state, "a");
    struct nidx_writer *other = NULL;
    struct nidx_error err = {0};

    assert_int_equal(nidx_writer_open(f.index, NULL, &other, &err),
                     NIDX_ERR_INVALID);
    assert_null(other);
    end(&f);
}

static void limits_are_told_and_nothing_is_lost(void **state)
{
    struct fixture f = begin(state, "a");
    struct nidx_document *d = nidx_document_new();
    struct nidx_error err = {0};
    char *url = calloc(1, NIDX_KEYWORD_MAX + 1);

    assert_int_equal(nidx_writer_add(f.w, d, &err), NIDX_ERR_INVALID);
    memset(url, 'u', NIDX_KEYWORD_MAX + 1);
    assert_int_equal(nidx_document_set_key(d, "k", 1, NULL), 0);
    assert_int_equal(
        nidx_document_add_field(d, "url", url, NIDX_KEYWORD_MAX + 1, NULL), 0);
    assert_int_equal(nidx_writer_add(f.w, d, &err), NIDX_ERR_LIMIT);
    assert_non_null(strstr(err.message, "k: a keyword of"));
    assert_int_equal(nidx_writer_delete(f.w, "", 0, &err), NIDX_ERR_INVALID);
    nidx_document_free(d);
    free(url);
    add(&f, "k", "", "fine");
    commit(&f);
    assert_live(&f, 1);
    end(&f);
}

/** Documents with words of several forms, some in headlines. */
static void add_many(struct fixture *f, int from, int to)
{
    static const char *const words[] = {
        "letter",  "letters", "lettered", "Café",        "cafe",
        "running", "runs",    "run",      "bi-partisan", "PaulRandal",
        "U.S.",    "polic",   "police",   "policies"};
    char key[32], title[200], body[4000];

    for (int i = from; i < to; i++) {
        size_t n = 0;
        unsigned x = (unsigned)i * 2654435761u;
        snprintf(key, sizeof(key), "key %d", i);
        snprintf(title, sizeof(title), "%s no. %d", words[x % 14], i % 7);
        for (unsigned k = 0; k < 5 + x % 40; k++) {
            x = x * 1664525u + 1013904223u;
            n += (size_t)snprintf(body + n, sizeof(body) - n, "%s%s",
                                  words[(x >> 16) % 14],
                                  (x >> 20) % 5 ? " " : ". ");
        }
        add(f, key, title, body);
    }
}

static void many_segments_merged_equal_one(void **state)
{
    struct fixture one = begin(state, "one"), many = begin(state, "many");

    add_many(&one, 0, 400);
    commit(&one);
    assert_int_equal(n_segments(&one), 1);
    for (int i = 0; i < 8; i++) {
        add_many(&many, i * 50, i * 50 + 50);
        commit(&many);
    }
    assert_int_equal(n_segments(&many), 8);
    char *a = dump_index(one.index, false), *b = dump_index(many.index, false);
    assert_dumps_equal(a, b);
    free(a);
    free(b);
    assert_int_equal(nidx_writer_optimize(many.w, NULL, NULL, NULL), NIDX_OK);
    assert_int_equal(n_segments(&many), 1);
    a = dump_index(one.index, true);
    b = dump_index(many.index, true);
    assert_dumps_equal(a, b);
    free(a);
    free(b);
    end(&one);
    end(&many);
}

static void merging_drops_what_was_deleted(void **state)
{
    struct fixture left = begin(state, "left"), fresh = begin(state, "fresh");

    add_many(&left, 0, 60);
    commit(&left);
    add_many(&left, 60, 200);
    add_many(&left, 20, 40);
    commit(&left);
    for (int i = 100; i < 160; i++) {
        char key[32];
        snprintf(key, sizeof(key), "key %d", i);
        delete (&left, key);
    }
    commit(&left);
    assert_int_equal(nidx_writer_optimize(left.w, NULL, NULL, NULL), NIDX_OK);
    add_many(&fresh, 0, 100);
    add_many(&fresh, 160, 200);
    commit(&fresh);
    char *a = dump_index(left.index, true), *b = dump_index(fresh.index, true);
    assert_dumps_equal(a, b);
    free(a);
    free(b);
    assert_live(&left, 140);
    end(&left);
    end(&fresh);
}

static void many_commits_leave_few_segments(void **state)
{
    struct fixture f = begin(state, "a");

    for (int i = 0; i < 35; i++) {
        add_many(&f, i, i + 1);
        commit(&f);
        assert_true(n_segments(&f) < 12);
    }
    assert_live(&f, 35);
    end(&f);
}

/** Enough for several batches, and for several segments of a small writer. */
static void add_large(struct fixture *f)
{
    char key[32], body[2000];

    for (unsigned i = 0; i < 240; i++) {
        size_t n = 0;
        for (unsigned k = 0; k < 150; k++)
            n += (size_t)snprintf(body + n, sizeof(body) - n, "w%u ",
                                  (i * 7919u + k * k * 104729u) % 2000u);
        snprintf(key, sizeof(key), "key %u", i % 200);
        add(f, key, "", body);
    }
}

static void workers_and_memory_change_nothing(void **state)
{
    struct fixture one = {.path = tmpdir_path(state, "one")};
    struct fixture many = {.path = tmpdir_path(state, "many")};

    open_index(&one);
    open_writer(&one, 1, 0);
    add_large(&one);
    commit(&one);
    open_index(&many);
    open_writer(&many, 4, (uint64_t)128 << 20);
    assert_int_equal(many.w->n_workers, 4);
    many.w->share = 100000;
    many.w->batch_bytes = 4000;
    add_large(&many);
    commit(&many);
    assert_true(many.w->next_id > 3); /* it took several segments */
    assert_live(&one, 200);
    char *a = dump_index(one.index, false), *b = dump_index(many.index, false);
    assert_dumps_equal(a, b);
    free(a);
    free(b);
    end(&one);
    end(&many);
}

/* A worker has what it gathers, 8 MiB of words that its analyzer keeps, and
 * chunks that LMDB copies; 3 MiB are there anyhow. */
static void the_parts_of_a_budget_are_not_more_than_it(void **state)
{
    for (uint64_t mebi = 32; mebi <= 512; mebi *= 2) {
        for (unsigned threads = 1; threads <= 16; threads++) {
            struct fixture f = {.path = tmpdir_path(state, "a")};
            open_index(&f);
            open_writer(&f, threads, mebi << 20);
            const uint64_t each =
                f.w->share + 2 * f.w->sink_limit + ((uint64_t)8 << 20);
            assert_true(f.w->n_workers * each + f.w->queue_limit +
                            ((uint64_t)3 << 20) <=
                        mebi << 20);
            assert_true(f.w->n_workers >= 1 && f.w->share >= 1 << 20);
            end(&f);
        }
    }
}

static int stop(void *context, uint64_t done, uint64_t total)
{
    (void)context;
    (void)done;
    (void)total;
    return 1;
}

static void a_stopped_merge_loses_nothing(void **state)
{
    struct fixture f = begin(state, "a");

    for (int i = 0; i < 6; i++) {
        add_many(&f, i * 100, i * 100 + 100);
        commit(&f);
    }
    char *before = dump_index(f.index, true);
    assert_int_equal(nidx_writer_optimize(f.w, stop, NULL, NULL),
                     NIDX_ERR_STOPPED);
    char *after = dump_index(f.index, true);
    assert_dumps_equal(before, after);
    free(before);
    free(after);
    end(&f);
}

/* Ten small segments are merged by a commit, which can be stopped. */
static void a_commit_stands_where_its_merge_is_stopped(void **state)
{
    struct fixture f = begin(state, "a");

    f.w->merging = stop;
    for (int i = 0; i < 12; i++) {
        add_many(&f, i * 100, i * 100 + 100);
        commit(&f);
    }
    assert_int_equal(n_segments(&f), 12);
    assert_live(&f, 1200);
    f.w->merging = NULL;
    add_many(&f, 1200, 1210);
    commit(&f);
    assert_int_equal(n_segments(&f), 1);
    assert_live(&f, 1210);
    end(&f);
}

int main(void)
{
#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, tmpdir_setup, tmpdir_teardown)
    const struct CMUnitTest tests[] = {
        TEST(what_is_added_and_committed_is_there),
        TEST(other_fields_have_lists_and_columns),
        TEST(the_last_of_equal_keys_stands),
        TEST(deletions_are_ordered_with_additions),
        TEST(rollback_forgets_what_was_not_committed),
        TEST(there_is_one_writer_at_a_time),
        TEST(limits_are_told_and_nothing_is_lost),
        TEST(many_segments_merged_equal_one),
        TEST(merging_drops_what_was_deleted),
        TEST(many_commits_leave_few_segments),
        TEST(workers_and_memory_change_nothing),
        TEST(the_parts_of_a_budget_are_not_more_than_it),
        TEST(a_stopped_merge_loses_nothing),
        TEST(a_commit_stands_where_its_merge_is_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
