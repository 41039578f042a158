/* test_store_limits.c: when maps, slots, pages and disks run out.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/support/stores.h"
#include "tests/support/tmpdir.h"

#define SLOTS 1024 /* for snapshots, in all processes together */

static void assert_says(const struct nidx_error *err, const char *part)
{
    if (!strstr(err->message, part))
        fail_msg("\"%s\" is not in \"%s\"", part, err->message);
}

static enum nidx_status put(struct nidx_store *s, size_t len,
                            struct nidx_error *err)
{
    static uint8_t value[1 << 25];
    const struct nidx_bytes key = {(const uint8_t *)"big", 3};
    struct nidx_txn *t = NULL;
    enum nidx_status status = nidx_txn_begin(s, &t, err);

    if (status != NIDX_OK)
        return status;
    memset(value, 'B', sizeof(value));
    nidx_txn_put(t, key, (struct nidx_bytes){value, len}, NULL);
    return nidx_txn_commit(t, err);
}

/* ------------------------------------------------------------------ maps */

static void limit_space(rlim_t bytes)
{
    struct rlimit r;

    getrlimit(RLIMIT_AS, &r);
    r.rlim_cur = bytes;
    if (setrlimit(RLIMIT_AS, &r) != 0)
        _exit(97);
}

static void skip_where_space_cannot_be_limited(void)
{
    const char *preload = getenv("LD_PRELOAD");

    /* Memory checkers reserve more than any limit leaves. */
    if (STORES_SANITIZED || (preload && strstr(preload, "vgpreload")))
        skip();
}

static int use_little_space(struct stores_child *c, void *path)
{
    struct nidx_error err = {0};

    (void)c;
    limit_space(160 << 20);
    struct nidx_store *s = stores_open(path);
    stores_lock(s);
    stores_put(s, "k", '1', 20000);
    struct nidx_view *v = stores_view(s);
    if (!stores_has(v, "k", '1', 20000))
        return 1;

    /* 32 MiB are mapped. What does not fit fails, and can be repeated once
     * nothing of this process is open. */
    limit_space(RLIM_INFINITY);
    for (int i = 0; i < 2; i++) {
        if (put(s, 1 << 25, &err) != NIDX_ERR_BUSY ||
            !strstr(err.message, "outgrew its map"))
            return 2 + i;
    }
    if (!stores_has(v, "k", '1', 20000))
        return 4;
    nidx_view_close(v);
    if (put(s, 1 << 25, &err) != NIDX_OK)
        return 5;
    v = stores_view(s);
    if (!stores_has(v, "big", 'B', 1 << 25))
        return 6;
    nidx_view_close(v);
    stores_check(s);
    nidx_store_close(s);
    return 0;
}

static void maps_fit_a_small_address_space_and_grow(void **state)
{
    skip_where_space_cannot_be_limited();
    char *path = tmpdir_path(state, "x.nidx");
    assert_int_equal(stores_run(use_little_space, path), 0);
    free(path);
}

static int follow(struct stores_child *c, void *path)
{
    struct nidx_error err;
    struct nidx_view *second = NULL;

    limit_space(160 << 20);
    struct nidx_store *s = stores_open(path);
    limit_space(RLIM_INFINITY);
    struct nidx_view *v = stores_view(s);
    stores_ready(c);
    if (nidx_view_open(s, &second, &err) != NIDX_ERR_BUSY)
        return 1;
    nidx_view_close(v);
    v = stores_view(s);
    if (!stores_has(v, "big", 'B', 1 << 25))
        return 2;
    nidx_view_close(v);
    nidx_store_close(s);
    return 0;
}

static void readers_follow_a_file_that_others_made_larger(void **state)
{
    struct stores_child c;

    skip_where_space_cannot_be_limited();
    char *path = tmpdir_path(state, "x.nidx");
    stores_make(path);
    stores_fork(&c, follow, path);
    struct nidx_store *s = stores_open(path);
    stores_lock(s);
    assert_int_equal(put(s, 1 << 25, NULL), NIDX_OK);
    nidx_store_close(s);
    assert_int_equal(stores_join(&c), 0);
    free(path);
}

static void a_map_that_may_not_grow_is_full(void **state)
{
    char *path = tmpdir_path(state, "x.nidx");
    struct nidx_store_options o = {.create = true, .map_max = 1 << 20};
    struct nidx_store *s = NULL;
    struct nidx_error err;

    assert_int_equal(nidx_store_open(path, &o, &s, NULL), NIDX_OK);
    stores_lock(s);
    stores_put(s, "k", '1', 20000);
    assert_int_equal(put(s, 1 << 21, &err), NIDX_ERR_BUSY);
    assert_int_equal(put(s, 1 << 21, &err), NIDX_ERR_FULL);
    assert_says(&err, "cannot grow");
    struct nidx_view *v = stores_view(s);
    assert_true(stores_has(v, "k", '1', 20000));
    nidx_view_close(v);
    stores_check(s);
    nidx_store_close(s);
    free(path);
}

/* ------------------------------------------------------------- snapshots */

static void rewrite(struct nidx_store *s, int times)
{
    for (int i = 0; i < times; i++)
        stores_put(s, "k", 'c', 100000);
}

static uint64_t file_bytes(struct nidx_store *s, struct nidx_store_info *info)
{
    struct nidx_error err;

    if (nidx_store_info(s, info, &err) != NIDX_OK)
        fail_msg("%s", err.message);
    return info->file_bytes;
}

static void a_snapshot_pins_pages_and_is_named(void **state)
{
    static struct nidx_store_info info;
    char *path = tmpdir_path(state, "x.nidx");
    struct nidx_store *s = stores_open(path);

    stores_lock(s);
    stores_put(s, "k", '1', 100000);
    struct nidx_view *v = stores_view(s);
    const uint64_t commit = nidx_view_commit(v);
    rewrite(s, 20);
    const uint64_t grown = file_bytes(s, &info);
    assert_in_range(grown, 2000000, 4000000);
    assert_int_equal(info.n_readers, 1);
    assert_int_equal(info.readers[0].pid, getpid());
    assert_int_equal(info.readers[0].commit, commit);
    assert_in_range(info.readers[0].pinned_bytes, 1900000, grown);
    assert_true(stores_has(v, "k", '1', 100000));
    nidx_view_close(v);
    rewrite(s, 20);
    assert_int_equal(file_bytes(s, &info), grown);
    assert_int_equal(info.n_readers, 0);
    nidx_store_close(s);
    free(path);
}

static int pin(struct stores_child *c, void *path)
{
    struct nidx_store *s = stores_open(path);
    struct nidx_view *v = stores_view(s);

    stores_ready(c);
    nidx_view_close(v);
    return 0;
}

static void a_killed_reader_pins_nothing_for_long(void **state)
{
    static struct nidx_store_info info;
    char *path = tmpdir_path(state, "x.nidx");
    struct nidx_store *s = stores_open(path);
    struct stores_child c;

    stores_lock(s);
    stores_put(s, "k", '1', 100000);
    nidx_store_unlock_writer(s);
    stores_fork(&c, pin, path);
    file_bytes(s, &info);
    assert_int_equal(info.n_readers, 1);
    assert_int_equal(info.readers[0].pid, c.pid);
    stores_kill(&c);
    stores_lock(s);
    rewrite(s, 20);
    assert_in_range(file_bytes(s, &info), 100000, 500000);
    assert_int_equal(info.n_readers, 0);
    nidx_store_close(s);
    free(path);
}

static int take_slots(struct stores_child *c, void *path)
{
    struct nidx_store *s = stores_open(path);

    for (int i = 0; i < SLOTS; i++)
        stores_view(s);
    stores_ready(c);
    return 0;
}

static void all_slots_taken_is_said_and_passes(void **state)
{
    char *path = tmpdir_path(state, "x.nidx");
    struct nidx_store *s = stores_open(path);
    struct nidx_view *v = NULL;
    struct nidx_error err;
    struct stores_child c;

    stores_fork(&c, take_slots, path);
    assert_int_equal(nidx_view_open(s, &v, &err), NIDX_ERR_BUSY);
    assert_null(v);
    assert_says(&err, "all slots for snapshots are taken");
    /* Nobody writes here, and still the dead are found out. */
    stores_kill(&c);
    v = stores_view(s);
    nidx_view_close(v);
    nidx_store_close(s);
    free(path);
}

/* ------------------------------------------------------------------ disk */

static int write_too_much(struct stores_child *c, void *path)
{
    struct rlimit r;
    struct nidx_error err = {0};
    struct nidx_store *s = stores_open(path);

    (void)c;
    signal(SIGXFSZ, SIG_IGN);
    stores_lock(s);
    stores_put(s, "k", '1', 20000);
    getrlimit(RLIMIT_FSIZE, &r);
    const rlim_t before = r.rlim_cur;
    r.rlim_cur = 1 << 20;
    setrlimit(RLIMIT_FSIZE, &r);
    for (int i = 0; i < 3; i++) {
        if (put(s, 1 << 21, &err) != NIDX_ERR_FULL ||
            !strstr(err.message, "no room on the disk") ||
            !strstr(err.message, path))
            return 1;
        struct nidx_view *v = stores_view(s);
        if (!stores_has(v, "k", '1', 20000))
            return 2;
        nidx_view_close(v);
    }
    stores_check(s);
    r.rlim_cur = before;
    setrlimit(RLIMIT_FSIZE, &r);
    if (put(s, 1 << 21, &err) != NIDX_OK)
        return 3;
    stores_check(s);
    nidx_store_close(s);
    return 0;
}

static void a_file_that_may_not_grow_keeps_its_last_commit(void **state)
{
    char *path = tmpdir_path(state, "x.nidx");

    assert_int_equal(stores_run(write_too_much, path), 0);
    free(path);
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, tmpdir_setup, tmpdir_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(maps_fit_a_small_address_space_and_grow),
        TEST(readers_follow_a_file_that_others_made_larger),
        TEST(a_map_that_may_not_grow_is_full),
        TEST(a_snapshot_pins_pages_and_is_named),
        TEST(a_killed_reader_pins_nothing_for_long),
        TEST(all_slots_taken_is_said_and_passes),
        TEST(a_file_that_may_not_grow_keeps_its_last_commit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
