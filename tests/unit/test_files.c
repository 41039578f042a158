/* test_files.c: tests of common/segment/files: what is remembered of files.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "common/segment/files.h"
#include "tests/support/tmpdir.h"

static struct nidx_store *open_new(void **state)
{
    struct nidx_store_options o = {.create = true};
    struct nidx_store *s = NULL;
    struct nidx_error err = {0};
    char *path = tmpdir_path(state, "x.nidx");

    if (nidx_store_open(path, &o, &s, &err) != NIDX_OK ||
        nidx_store_lock_writer(s, 0, NULL, NULL, &err) != NIDX_OK)
        fail_msg("%s", err.message);
    free(path);
    return s;
}

static void end(struct nidx_store *s)
{
    nidx_store_unlock_writer(s);
    nidx_store_close(s);
}

static struct nidx_bytes bytes(const char *text)
{
    return (struct nidx_bytes){(const uint8_t *)text, strlen(text)};
}

static void put(struct nidx_store *s, const char *path,
                const struct nidx_file *file)
{
    struct nidx_txn *t = NULL;

    assert_int_equal(nidx_txn_begin(s, &t, NULL), NIDX_OK);
    assert_int_equal(nidx_file_put(t, bytes(path), file, NULL), NIDX_OK);
    assert_int_equal(nidx_txn_commit(t, NULL), NIDX_OK);
}

static struct nidx_file get(struct nidx_store *s, const char *path,
                            enum nidx_status expected)
{
    struct nidx_view *v = NULL;
    struct nidx_file file;

    assert_int_equal(nidx_view_open(s, &v, NULL), NIDX_OK);
    assert_int_equal(nidx_file_get(v, bytes(path), &file, NULL), expected);
    nidx_view_close(v);
    return file;
}

static const struct nidx_file records = {.kind = NIDX_FILE_RECORDS,
                                         .stat = 1,
                                         .content = UINT64_MAX,
                                         .size = 3,
                                         .settings = 4};

static void what_is_put_is_read_and_can_be_dropped(void **state)
{
    const struct nidx_file none = {.kind = NIDX_FILE_NONE};
    struct nidx_store *s = open_new(state);

    assert_int_equal(get(s, "/a", NIDX_OK).kind, NIDX_FILE_NONE);
    put(s, "/a", &records);
    const struct nidx_file read = get(s, "/a", NIDX_OK);
    assert_memory_equal(&read, &records, sizeof(read));
    assert_int_equal(get(s, "/b", NIDX_OK).kind, NIDX_FILE_NONE);
    put(s, "/a", &none);
    put(s, "/a", &none);
    assert_int_equal(get(s, "/a", NIDX_OK).kind, NIDX_FILE_NONE);
    end(s);
}

static enum nidx_status gather(void *context, struct nidx_bytes path,
                               const struct nidx_file *file,
                               struct nidx_error *err)
{
    unsigned *seen = context;

    (void)err;
    assert_int_equal(path.len, 2);
    assert_int_equal(file->kind, NIDX_FILE_RECORDS);
    *seen |= 1u << (path.data[1] - 'a');
    return *seen == 7 ? NIDX_ERR_STOPPED : NIDX_OK;
}

static void every_entry_is_told_once(void **state)
{
    struct nidx_store *s = open_new(state);
    struct nidx_view *v = NULL;
    unsigned seen = 0;

    put(s, "/a", &records);
    put(s, "/b", &records);
    assert_int_equal(nidx_view_open(s, &v, NULL), NIDX_OK);
    assert_int_equal(nidx_file_each(v, gather, &seen, NULL), NIDX_OK);
    assert_int_equal(seen, 3);
    nidx_view_close(v);
    put(s, "/c", &records);
    assert_int_equal(nidx_view_open(s, &v, NULL), NIDX_OK);
    assert_int_equal(nidx_file_each(v, gather, &seen, NULL), NIDX_ERR_STOPPED);
    nidx_view_close(v);
    end(s);
}

static void put_raw(struct nidx_store *s, const char *path, const void *value,
                    size_t len)
{
    const uint64_t hash = XXH3_64bits(path, strlen(path));
    uint8_t key[10] = {0, 3};
    struct nidx_txn *t = NULL;

    for (unsigned i = 0; i < 8; i++)
        key[2 + i] = (uint8_t)(hash >> (56 - 8 * i));
    assert_int_equal(nidx_txn_begin(s, &t, NULL), NIDX_OK);
    assert_int_equal(nidx_txn_put(t, (struct nidx_bytes){key, sizeof(key)},
                                  (struct nidx_bytes){value, len}, NULL),
                     NIDX_OK);
    assert_int_equal(nidx_txn_commit(t, NULL), NIDX_OK);
}

static void damage_is_noticed(void **state)
{
    struct nidx_store *s = open_new(state);
    struct nidx_view *v = NULL;
    uint8_t value[35] = {NIDX_FILE_TOUCHED};
    unsigned seen = 0;

    value[33] = '/';
    value[34] = 'x';
    for (size_t len = 1; len < 34; len++) {
        put_raw(s, "/x", value, len);
        get(s, "/x", NIDX_ERR_CORRUPT);
    }
    put_raw(s, "/x", value, 35);
    assert_int_equal(get(s, "/x", NIDX_OK).kind, NIDX_FILE_TOUCHED);
    /* Another path of the same hash: nothing is known of this one. */
    value[34] = 'y';
    put_raw(s, "/x", value, 35);
    assert_int_equal(get(s, "/x", NIDX_OK).kind, NIDX_FILE_NONE);
    value[0] = NIDX_FILE_PLAIN + 1;
    put_raw(s, "/x", value, 35);
    get(s, "/x", NIDX_ERR_CORRUPT);
    value[0] = NIDX_FILE_NONE;
    put_raw(s, "/x", value, 35);
    get(s, "/x", NIDX_ERR_CORRUPT);
    assert_int_equal(nidx_view_open(s, &v, NULL), NIDX_OK);
    assert_int_equal(nidx_file_each(v, gather, &seen, NULL), NIDX_ERR_CORRUPT);
    nidx_view_close(v);
    end(s);
}

int main(void)
{
#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, tmpdir_setup, tmpdir_teardown)
    const struct CMUnitTest tests[] = {
        TEST(what_is_put_is_read_and_can_be_dropped),
        TEST(every_entry_is_told_once),
        TEST(damage_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
