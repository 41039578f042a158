/* test_store.c: tests of common/store.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/store/store.h"
#include "tests/support/tmpdir.h"

static struct nidx_bytes text(const char *s)
{
    return (struct nidx_bytes){(const uint8_t *)s, strlen(s)};
}

static struct nidx_store *open_new(void **state)
{
    struct nidx_store_options o = {.create = true};
    struct nidx_store *s = NULL;
    struct nidx_error err = {0};
    char *path = tmpdir_path(state, "x.nidx");

    if (nidx_store_open(path, &o, &s, &err) != NIDX_OK)
        fail_msg("%s", err.message);
    free(path);
    return s;
}

static void lock(struct nidx_store *s)
{
    struct nidx_error err = {0};

    if (nidx_store_lock_writer(s, 0, NULL, NULL, &err) != NIDX_OK)
        fail_msg("%s", err.message);
}

static struct nidx_txn *begin(struct nidx_store *s)
{
    struct nidx_txn *t = NULL;
    struct nidx_error err = {0};

    if (nidx_txn_begin(s, &t, &err) != NIDX_OK)
        fail_msg("%s", err.message);
    return t;
}

static void put(struct nidx_txn *t, const char *key, const char *value)
{
    assert_int_equal(nidx_txn_put(t, text(key), text(value), NULL), NIDX_OK);
}

static void commit(struct nidx_txn *t)
{
    struct nidx_error err = {0};

    if (nidx_txn_commit(t, &err) != NIDX_OK)
        fail_msg("%s", err.message);
}

static struct nidx_view *view(struct nidx_store *s)
{
    struct nidx_view *v = NULL;
    struct nidx_error err = {0};

    if (nidx_view_open(s, &v, &err) != NIDX_OK)
        fail_msg("%s", err.message);
    return v;
}

static void assert_value(struct nidx_view *v, const char *key,
                         const char *value)
{
    struct nidx_bytes found;

    if (!value) {
        assert_int_equal(nidx_view_get(v, text(key), true, &found, NULL),
                         NIDX_ERR_NOTFOUND);
        return;
    }
    assert_int_equal(nidx_view_get(v, text(key), true, &found, NULL), NIDX_OK);
    assert_int_equal(found.len, strlen(value));
    assert_memory_equal(found.data, value, found.len);
}

static void assert_sound(struct nidx_store *s)
{
    struct nidx_error err = {0};

    if (nidx_store_check(s, NULL, NULL, &err) != NIDX_OK)
        fail_msg("%s", err.message);
}

static void what_is_put_is_got_after_commit(void **state)
{
    struct nidx_store *s = open_new(state);

    lock(s);
    struct nidx_txn *t = begin(s);
    put(t, "a", "one");
    put(t, "b", "");
    struct nidx_bytes found;
    assert_int_equal(nidx_txn_get(t, text("a"), &found, NULL), NIDX_OK);
    assert_int_equal(found.len, 3);
    assert_int_equal(nidx_txn_bytes(t), 3);
    struct nidx_view *before = view(s);
    commit(t);
    assert_value(before, "a", NULL);
    struct nidx_view *after = view(s);
    assert_value(after, "a", "one");
    assert_value(after, "b", "");
    assert_value(after, "c", NULL);
    assert_true(nidx_view_commit(after) > nidx_view_commit(before));
    assert_true(nidx_view_commit(after) == nidx_store_commit_now(s));
    nidx_view_close(before);
    nidx_view_close(after);
    assert_sound(s);
    nidx_store_close(s);
}

static void an_aborted_transaction_leaves_nothing(void **state)
{
    struct nidx_store *s = open_new(state);

    lock(s);
    struct nidx_txn *t = begin(s);
    put(t, "a", "one");
    nidx_txn_abort(t);
    struct nidx_view *v = view(s);
    assert_value(v, "a", NULL);
    nidx_view_close(v);
    nidx_store_close(s);
}

static int count_key(void *context, struct nidx_bytes key, size_t len)
{
    size_t *counts = context;

    counts[0]++;
    counts[1] += key.len;
    counts[2] += len;
    return counts[0] == 50 ? 7 : 0;
}

static void put_numbers(struct nidx_txn *t, char kind, int n)
{
    for (int i = 0; i < n; i++) {
        char key[16];
        snprintf(key, sizeof(key), "%c%05d", kind, i);
        put(t, key, "value");
    }
}

static void each_meets_a_prefix_in_order_and_can_stop(void **state)
{
    struct nidx_store *s = open_new(state);
    size_t counts[3] = {0};

    lock(s);
    struct nidx_txn *t = begin(s);
    put_numbers(t, 'k', 20);
    put_numbers(t, 'l', 3000);
    put_numbers(t, 'm', 20);
    commit(t);
    struct nidx_view *v = view(s);
    assert_int_equal(nidx_view_each(v, text("m"), count_key, counts, NULL), 0);
    assert_int_equal(counts[0], 20);
    assert_int_equal(counts[1], 120);
    assert_int_equal(counts[2], 100);
    counts[0] = 0;
    assert_int_equal(nidx_view_each(v, text("l"), count_key, counts, NULL), 7);
    counts[0] = 100;
    assert_int_equal(nidx_view_each(v, text(""), count_key, counts, NULL), 0);
    assert_int_equal(counts[0], 3140);
    nidx_view_close(v);
    nidx_store_close(s);
}

static void delete_takes_a_prefix_and_nothing_else(void **state)
{
    struct nidx_store *s = open_new(state);

    lock(s);
    struct nidx_txn *t = begin(s);
    put_numbers(t, 'k', 20);
    put_numbers(t, 'l', 3000);
    put_numbers(t, 'm', 20);
    commit(t);
    t = begin(s);
    assert_int_equal(nidx_txn_delete(t, text("l"), NULL), NIDX_OK);
    commit(t);
    struct nidx_view *v = view(s);
    assert_value(v, "l00000", NULL);
    assert_value(v, "l02999", NULL);
    assert_value(v, "k00019", "value");
    assert_value(v, "m00000", "value");
    nidx_view_close(v);
    assert_sound(s);
    t = begin(s);
    assert_int_equal(nidx_txn_delete(t, text(""), NULL), NIDX_OK);
    commit(t);
    assert_sound(s);
    nidx_store_close(s);
}

static void large_values_are_followed_by_readable_bytes(void **state)
{
    struct nidx_store *s = open_new(state);
    static uint8_t big[200000];

    lock(s);
    for (size_t i = 0; i < sizeof(big); i++)
        big[i] = (uint8_t)(i * 7);
    static const size_t sizes[] = {1900, 1950, 2000, NIDX_CHUNK_MAX,
                                   sizeof(big)};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        struct nidx_txn *t = begin(s);
        struct nidx_bytes value = {big, sizes[i]}, found;
        assert_int_equal(nidx_txn_put(t, text("k"), value, NULL), NIDX_OK);
        commit(t);
        struct nidx_view *v = view(s);
        assert_int_equal(nidx_view_get(v, text("k"), true, &found, NULL), 0);
        assert_int_equal(found.len, sizes[i]);
        assert_memory_equal(found.data, big, found.len);
        for (size_t j = 0; j < NIDX_PAD; j++)
            assert_in_range(found.data[found.len + j], 0, 255);
        nidx_view_close(v);
        assert_sound(s);
    }
    nidx_store_close(s);
}

static void both_files_are_private(void **state)
{
    struct nidx_store *s = open_new(state);
    char *data = tmpdir_path(state, "x.nidx");
    char *lock_file = tmpdir_path(state, "x.nidx-lock");
    struct stat st;

    assert_int_equal(stat(data, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(stat(lock_file, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    nidx_store_close(s);
    free(data);
    free(lock_file);
}

static void compacting_makes_the_file_small_and_keeps_all(void **state)
{
    struct nidx_store *s = open_new(state), *other = open_new(state);
    static uint8_t big[NIDX_CHUNK_MAX];
    struct nidx_error err = {0};
    uint64_t saved = 0;

    lock(s);
    struct nidx_txn *t = begin(s);
    put_numbers(t, 'a', 100);
    for (int i = 0; i < 100; i++) {
        char key[16];
        snprintf(key, sizeof(key), "z%d", i);
        struct nidx_bytes value = {big, sizeof(big)};
        assert_int_equal(nidx_txn_put(t, text(key), value, NULL), NIDX_OK);
    }
    commit(t);
    t = begin(s);
    assert_int_equal(nidx_txn_delete(t, text("z"), NULL), NIDX_OK);
    commit(t);
    uint64_t number = nidx_store_commit_now(s);
    if (nidx_store_compact(s, &saved, &err) != NIDX_OK)
        fail_msg("%s", err.message);
    assert_true(saved > 6000000);
    assert_true(nidx_store_commit_now(s) > number);
    assert_sound(other);
    t = begin(s);
    put(t, "new", "value");
    commit(t);
    struct nidx_view *v = view(other);
    assert_value(v, "a00099", "value");
    assert_value(v, "new", "value");
    nidx_view_close(v);
    nidx_store_close(s);
    nidx_store_close(other);
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, tmpdir_setup, tmpdir_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_put_is_got_after_commit),
        TEST(an_aborted_transaction_leaves_nothing),
        TEST(each_meets_a_prefix_in_order_and_can_stop),
        TEST(delete_takes_a_prefix_and_nothing_else),
        TEST(large_values_are_followed_by_readable_bytes),
        TEST(both_files_are_private),
        TEST(compacting_makes_the_file_small_and_keeps_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
