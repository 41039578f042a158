/* test_store_lock.c: one file in many hands: handles, forks, writers, swaps.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/stores.h"
#include "tests/support/tmpdir.h"

static void assert_says(const struct nidx_error *err, const char *part)
{
    if (!strstr(err->message, part))
        fail_msg("\"%s\" is not in \"%s\"", part, err->message);
}

static uint64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* Rewrites one value again and again: pages are freed and used anew. */
static int churn(struct stores_child *c, void *path)
{
    struct nidx_store *s = stores_open(path);

    (void)c;
    stores_lock(s);
    for (int i = 0; i < 30; i++)
        stores_put(s, "k", (char)('a' + i % 26), 20000);
    nidx_store_close(s);
    return 0;
}

static void closing_one_handle_keeps_the_snapshots_of_another(void **state)
{
    char *path = tmpdir_path(state, "x.nidx");
    struct nidx_store *s = stores_open(path);

    stores_lock(s);
    stores_put(s, "k", '1', 20000);
    nidx_store_unlock_writer(s);
    struct nidx_view *v = stores_view(s);
    for (int i = 0; i < 3; i++)
        nidx_store_close(stores_open(path));
    assert_int_equal(stores_run(churn, path), 0);
    assert_true(stores_has(v, "k", '1', 20000));
    nidx_view_close(v);
    v = stores_view(s);
    assert_true(stores_has(v, "k", 'd', 20000));
    nidx_view_close(v);
    stores_check(s);
    nidx_store_close(s);
    free(path);
}

static void links_to_a_file_lead_to_one_environment(void **state)
{
    char *path = tmpdir_path(state, "x.nidx");
    char *link_path = tmpdir_path(state, "link.nidx");
    struct nidx_store *s = stores_open(path);

    assert_int_equal(symlink(path, link_path), 0);
    struct nidx_store *other = stores_open(link_path);
    stores_lock(other);
    stores_put(other, "k", '1', 10);
    nidx_store_close(other);
    struct nidx_view *v = stores_view(s);
    assert_true(stores_has(v, "k", '1', 10));
    nidx_view_close(v);
    nidx_store_close(s);
    free(path);
    free(link_path);
}

static void a_file_with_two_names_is_not_written(void **state)
{
    char *path = tmpdir_path(state, "x.nidx");
    char *hard = tmpdir_path(state, "hard.nidx");
    struct nidx_store *s = stores_open(path);
    struct nidx_error err = {0};

    assert_int_equal(link(path, hard), 0);
    assert_int_equal(nidx_store_lock_writer(s, 0, NULL, NULL, &err),
                     NIDX_ERR_INVALID);
    assert_says(&err, "hard links");
    unlink(hard);
    stores_lock(s);
    nidx_store_close(s);
    free(path);
    free(hard);
}

static bool refused(enum nidx_status status, const struct nidx_error *err)
{
    return status == NIDX_ERR_INVALID && strstr(err->message, "fork");
}

struct inherited {
    const char *path;
    struct nidx_store *s;
    struct nidx_view *v;
};

static int use_inherited(struct stores_child *c, void *context)
{
    struct inherited *in = context;
    const struct nidx_bytes key = {(const uint8_t *)"k", 1};
    struct nidx_bytes value;
    struct nidx_error err;
    struct nidx_view *v;
    struct nidx_txn *t;
    static struct nidx_store_info info;
    uint64_t saved;

    (void)c;
    if (!refused(nidx_view_open(in->s, &v, &err), &err))
        return 1;
    if (!refused(nidx_view_get(in->v, key, true, &value, &err), &err))
        return 2;
    if (!refused(nidx_view_each(in->v, key, NULL, NULL, &err), &err))
        return 3;
    if (!refused(nidx_store_lock_writer(in->s, 0, NULL, NULL, &err), &err))
        return 4;
    if (!refused(nidx_txn_begin(in->s, &t, &err), &err))
        return 5;
    if (!refused(nidx_store_info(in->s, &info, &err), &err))
        return 6;
    if (!refused(nidx_store_check(in->s, NULL, NULL, &err), &err))
        return 7;
    if (!refused(nidx_store_compact(in->s, &saved, &err), &err))
        return 8;
    if (nidx_store_commit_now(in->s) != 0)
        return 9;
    nidx_view_close(in->v);
    nidx_store_close(in->s);
    struct nidx_store *s = stores_open(in->path);
    v = stores_view(s);
    if (!stores_has(v, "k", '1', 20000))
        return 10;
    nidx_view_close(v);
    nidx_store_close(s);
    return 0;
}

static void handles_refuse_use_after_fork(void **state)
{
    char *path = tmpdir_path(state, "x.nidx");
    struct nidx_store *s = stores_open(path);

    stores_lock(s);
    stores_put(s, "k", '1', 20000);
    nidx_store_unlock_writer(s);
    struct inherited in = {path, s, stores_view(s)};
    assert_int_equal(stores_run(use_inherited, &in), 0);
    /* The parent's snapshot outlives what the child closed. */
    assert_int_equal(stores_run(churn, path), 0);
    assert_true(stores_has(in.v, "k", '1', 20000));
    nidx_view_close(in.v);
    nidx_store_close(s);
    free(path);
}

static int just_live(struct stores_child *c, void *context)
{
    (void)context;
    stores_ready(c);
    return 0;
}

static void a_fork_that_lives_on_is_in_nobodys_way(void **state)
{
    char *path = tmpdir_path(state, "x.nidx");
    struct nidx_store *s = stores_open(path);
    struct nidx_error err = {0};
    struct stores_child c;
    uint64_t saved = 0;

    stores_lock(s);
    stores_put(s, "k", '1', 20000);
    stores_fork(&c, just_live, NULL);
    nidx_store_close(s);
    s = stores_open(path);
    stores_lock(s);
    if (nidx_store_compact(s, &saved, &err) != NIDX_OK)
        fail_msg("%s", err.message);
    nidx_store_close(s);
    assert_int_equal(stores_join(&c), 0);
    free(path);
}

/* ------------------------------------------------------ the writer's lock */

static int hold_lock(struct stores_child *c, void *path)
{
    struct nidx_store *s = stores_open(path);

    stores_lock(s);
    stores_ready(c);
    nidx_store_close(s);
    return 0;
}

static void count_waits(void *context, const char *holder)
{
    int *n = context;

    *n += strstr(holder, "process ") != NULL;
}

static void a_busy_lock_names_its_holder(void **state)
{
    char *path = tmpdir_path(state, "x.nidx");
    struct nidx_store *s = stores_open(path);
    struct nidx_error err = {0};
    struct stores_child c;
    char text[64];
    int waits = 0;

    stores_fork(&c, hold_lock, path);
    assert_int_equal(nidx_store_lock_writer(s, 0, NULL, NULL, &err),
                     NIDX_ERR_BUSY);
    snprintf(text, sizeof(text), "process %d (", (int)c.pid);
    assert_says(&err, text);
    assert_says(&err, "test_store_lock");
    time_t now = time(NULL);
    struct tm tm;
    strftime(text, sizeof(text), "since %Y-%m-", localtime_r(&now, &tm));
    assert_says(&err, text);
    assert_says(&err, path);

    uint64_t before = now_ms();
    assert_int_equal(nidx_store_lock_writer(s, 80, count_waits, &waits, &err),
                     NIDX_ERR_BUSY);
    assert_in_range(now_ms() - before, 80, 5000);
    assert_int_equal(waits, 1);
    assert_int_equal(stores_join(&c), 0);
    stores_lock(s);
    nidx_store_close(s);
    free(path);
}

static void waiting_ends_when_the_holder_is_killed(void **state)
{
    char *path = tmpdir_path(state, "x.nidx");
    struct nidx_store *s = stores_open(path);
    struct stores_child c;

    stores_fork(&c, hold_lock, path);
    stores_kill(&c);
    assert_int_equal(nidx_store_lock_writer(s, UINT32_MAX, NULL, NULL, NULL),
                     NIDX_OK);
    nidx_store_close(s);
    free(path);
}

static void a_lock_is_kept_from_other_handles_of_the_process(void **state)
{
    char *path = tmpdir_path(state, "x.nidx");
    struct nidx_store *a = stores_open(path), *b = stores_open(path);
    struct nidx_error err = {0};
    struct nidx_txn *t = NULL;

    stores_lock(a);
    assert_int_equal(nidx_store_lock_writer(b, 0, NULL, NULL, &err),
                     NIDX_ERR_BUSY);
    assert_says(&err, "this process");
    assert_int_equal(nidx_store_lock_writer(a, 0, NULL, NULL, &err),
                     NIDX_ERR_INVALID);
    assert_int_equal(nidx_txn_begin(b, &t, &err), NIDX_ERR_INVALID);
    assert_says(&err, "not held");
    assert_int_equal(nidx_txn_begin(a, &t, &err), NIDX_OK);
    struct nidx_txn *second = NULL;
    assert_int_equal(nidx_txn_begin(a, &second, &err), NIDX_ERR_INVALID);
    assert_says(&err, "open already");
    nidx_txn_abort(t);
    nidx_store_close(a);
    stores_lock(b);
    nidx_store_close(b);
    free(path);
}

static void views_come_and_go_within_a_transaction(void **state)
{
    char *path = tmpdir_path(state, "x.nidx");
    struct nidx_store *s = stores_open(path);
    struct nidx_txn *t = NULL;

    stores_lock(s);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(nidx_txn_begin(s, &t, NULL), NIDX_OK);
        struct nidx_view *v = stores_view(s);
        nidx_view_close(v);
        assert_int_equal(nidx_txn_commit(t, NULL), NIDX_OK);
    }
    nidx_store_close(s);
    free(path);
}

/* ------------------------------------------------------------- swapping */

static int hold_open(struct stores_child *c, void *path)
{
    struct nidx_store *s = stores_open(path);

    stores_ready(c);
    nidx_store_close(s);
    return 0;
}

static int is_locked(struct stores_child *c, void *path)
{
    struct nidx_store *s = stores_open(path);

    (void)c;
    return nidx_store_lock_writer(s, 0, NULL, NULL, NULL) == NIDX_ERR_BUSY;
}

static void compacting_names_who_is_in_the_way(void **state)
{
    char *path = tmpdir_path(state, "x.nidx");
    struct nidx_store *s = stores_open(path);
    struct nidx_error err = {0};
    struct stores_child c;
    uint64_t saved = 0;
    char text[64];

    assert_int_equal(nidx_store_compact(s, &saved, &err), NIDX_ERR_INVALID);
    stores_lock(s);
    stores_put(s, "k", '1', 20000);
    stores_fork(&c, hold_open, path);
    assert_int_equal(nidx_store_compact(s, &saved, &err), NIDX_ERR_BUSY);
    snprintf(text, sizeof(text), "process %d (", (int)c.pid);
    assert_says(&err, text);
    assert_int_equal(stores_join(&c), 0);

    struct nidx_view *v = stores_view(s);
    assert_int_equal(nidx_store_compact(s, &saved, &err), NIDX_ERR_BUSY);
    assert_says(&err, "this process (a snapshot)");
    assert_true(stores_has(v, "k", '1', 20000));
    nidx_view_close(v);
    assert_int_equal(nidx_store_compact(s, &saved, &err), NIDX_OK);
    /* The lock went over to the new file. */
    assert_int_equal(stores_run(is_locked, path), 1);
    nidx_store_close(s);
    free(path);
}

/* Puts another file in path's place, as a careless copy would. */
static void replace(void **state, const char *path, char fill)
{
    char *other = tmpdir_path(state, "other.nidx");
    char *lock = tmpdir_path(state, "other.nidx-lock");
    struct nidx_store *s = stores_open(other);

    stores_lock(s);
    stores_put(s, "k", fill, 5000);
    nidx_store_close(s);
    assert_int_equal(rename(other, path), 0);
    unlink(lock);
    free(other);
    free(lock);
}

static void another_inode_is_noticed_at_the_next_begin(void **state)
{
    char *path = tmpdir_path(state, "x.nidx");
    struct nidx_store *s = stores_open(path);
    struct nidx_error err = {0};
    struct nidx_view *v = NULL;

    stores_lock(s);
    stores_put(s, "k", '1', 5000);
    nidx_store_unlock_writer(s);
    replace(state, path, '2');
    v = stores_view(s);
    assert_true(stores_has(v, "k", '2', 5000));

    replace(state, path, '3');
    struct nidx_view *second = NULL;
    assert_int_equal(nidx_view_open(s, &second, &err), NIDX_ERR_BUSY);
    assert_says(&err, "replaced");
    assert_true(stores_has(v, "k", '2', 5000));
    nidx_view_close(v);
    v = stores_view(s);
    assert_true(stores_has(v, "k", '3', 5000));
    nidx_view_close(v);

    unlink(path);
    assert_int_equal(nidx_view_open(s, &v, &err), NIDX_ERR_NOTFOUND);
    assert_says(&err, "gone");
    nidx_store_close(s);
    free(path);
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, tmpdir_setup, tmpdir_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(closing_one_handle_keeps_the_snapshots_of_another),
        TEST(links_to_a_file_lead_to_one_environment),
        TEST(a_file_with_two_names_is_not_written),
        TEST(handles_refuse_use_after_fork),
        TEST(a_fork_that_lives_on_is_in_nobodys_way),
        TEST(a_busy_lock_names_its_holder),
        TEST(waiting_ends_when_the_holder_is_killed),
        TEST(a_lock_is_kept_from_other_handles_of_the_process),
        TEST(views_come_and_go_within_a_transaction),
        TEST(compacting_names_who_is_in_the_way),
        TEST(another_inode_is_noticed_at_the_next_begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
