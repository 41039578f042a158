/* test_store_access.c: reading what one may not write, and where that is.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "tests/support/stores.h"
#include "tests/support/tmpdir.h"

#define NOBODY 65534

int __real_statfs64(const char *path, struct statfs *out);
int __wrap_statfs64(const char *path, struct statfs *out);
static unsigned pretended_type; /* of every file system; 0: the real one */

int __wrap_statfs64(const char *path, struct statfs *out)
{
    int rc = __real_statfs64(path, out);

    if (rc == 0 && pretended_type)
        memcpy(&out->f_type, &pretended_type, sizeof(pretended_type));
    return rc;
}

static void network_file_systems_are_told_apart(void **state)
{
    char *path = tmpdir_path(state, "x.nidx");
    struct nidx_store *s = stores_open(path);
    static const unsigned remote[] = {0x6969, 0xFF534D42, 0xFE534D42,
                                      0x01021997, 0x00C36400};

    assert_false(nidx_store_is_remote(s));
    for (size_t i = 0; i < sizeof(remote) / sizeof(*remote); i++) {
        pretended_type = remote[i];
        assert_true(nidx_store_is_remote(s));
    }
    pretended_type = 0xEF53; /* ext4 */
    assert_false(nidx_store_is_remote(s));
    pretended_type = 0;
    nidx_store_close(s);
    free(path);
}

static bool has_first(struct nidx_view *v)
{
    return stores_has(v, "large0", 'L', 9000);
}

/* Reads, keeps writers out while it does, and cannot write. */
static int read_shyly(struct stores_child *c, const char *path)
{
    struct nidx_store_options o = {0};
    struct nidx_store *s = NULL;
    struct nidx_view *v = NULL;
    struct nidx_error err = {0};

    if (nidx_store_open(path, &o, &s, &err) != NIDX_OK ||
        nidx_view_open(s, &v, &err) != NIDX_OK) {
        fprintf(stderr, "# in the child: %s\n", err.message);
        return 1;
    }
    if (!has_first(v))
        return 2;
    if (nidx_store_lock_writer(s, 0, NULL, NULL, &err) != NIDX_ERR_READONLY)
        return 3;
    stores_ready(c);
    nidx_view_close(v);
    if (nidx_view_open(s, &v, &err) != NIDX_OK || !has_first(v))
        return 4;
    nidx_view_close(v);
    nidx_store_close(s);
    return 0;
}

static int read_as_nobody(struct stores_child *c, void *path)
{
    if (setgid(NOBODY) != 0 || setuid(NOBODY) != 0)
        return 97;
    return read_shyly(c, path);
}

static void share(void **state, const char *path, mode_t mode)
{
    chmod(*state, 0755);
    stores_make(path);
    chmod(path, mode);
}

static void assert_kept_out(const char *path)
{
    struct nidx_store *s = stores_open(path);

    assert_int_equal(nidx_store_lock_writer(s, 0, NULL, NULL, NULL),
                     NIDX_ERR_BUSY);
    nidx_store_close(s);
}

static void another_user_reads_without_the_lock_file(void **state)
{
    struct stores_child c;

    if (getuid() != 0)
        skip();
    char *path = tmpdir_path(state, "x.nidx");
    share(state, path, 0644);
    stores_fork(&c, read_as_nobody, path);
    assert_kept_out(path);
    assert_int_equal(stores_join(&c), 0);
    struct nidx_store *s = stores_open(path);
    stores_lock(s);
    /* And the other way about: no reading beside a writer unseen. */
    assert_int_equal(stores_run(read_as_nobody, path), 1);
    nidx_store_close(s);
    free(path);
}

static int fail_to_read(struct stores_child *c, void *path)
{
    struct nidx_store *s = NULL;
    struct nidx_error err = {0};

    (void)c;
    if (setgid(NOBODY) != 0 || setuid(NOBODY) != 0)
        return 97;
    return nidx_store_open(path, NULL, &s, &err) == NIDX_ERR_IO &&
                   strstr(err.message, "Permission denied") &&
                   strstr(err.message, path)
               ? 0
               : 1;
}

static void a_private_file_is_refused_by_name(void **state)
{
    if (getuid() != 0)
        skip();
    char *path = tmpdir_path(state, "x.nidx");
    share(state, path, 0600);
    assert_int_equal(stores_run(fail_to_read, path), 0);
    free(path);
}

/* The folder of path becomes a read-only mount, for this process alone. */
static int read_on_readonly_mount(struct stores_child *c, void *path)
{
    char folder[400];

    snprintf(folder, sizeof(folder), "%s", (char *)path);
    *strrchr(folder, '/') = '\0';
    if (unshare(CLONE_NEWNS) != 0 ||
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount(folder, folder, NULL, MS_BIND, NULL) != 0 ||
        mount(folder, folder, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL))
        return 97;
    return read_shyly(c, path);
}

static void a_readonly_file_system_is_read(void **state)
{
    struct stores_child c;

    if (getuid() != 0)
        skip();
    char *path = tmpdir_path(state, "x.nidx");
    stores_make(path);
    stores_fork(&c, read_on_readonly_mount, path);
    struct nidx_store *s = stores_open(path);
    bool kept_out = nidx_store_lock_writer(s, 0, NULL, NULL, NULL) != NIDX_OK;
    nidx_store_close(s);
    int status = stores_join(&c);
    free(path);
    if (status == 97)
        skip();
    assert_int_equal(status, 0);
    assert_true(kept_out);
}

static int read_in_readonly_folder(struct stores_child *c, void *path)
{
    char *lock = NULL;

    if (asprintf(&lock, "%s-lock", (char *)path) < 0 || unlink(lock) != 0)
        return 96;
    free(lock);
    return read_as_nobody(c, path);
}

static void a_folder_without_lock_file_is_read(void **state)
{
    if (getuid() != 0)
        skip();
    char *path = tmpdir_path(state, "x.nidx");
    share(state, path, 0644);
    assert_int_equal(stores_run(read_in_readonly_folder, path), 0);
    free(path);
}

static void a_copy_is_read_without_a_lock_file(void **state)
{
    char *path = tmpdir_path(state, "x.nidx");
    char *lock = tmpdir_path(state, "x.nidx-lock");
    struct nidx_store_options o = {.no_lock = true};
    struct nidx_store *s = NULL, *second = NULL;
    struct nidx_error err;

    stores_make(path);
    unlink(lock);
    assert_int_equal(nidx_store_open(path, &o, &s, NULL), NIDX_OK);
    struct nidx_view *v = stores_view(s);
    assert_true(has_first(v));
    nidx_view_close(v);
    assert_int_not_equal(access(lock, F_OK), 0);
    assert_int_equal(nidx_store_lock_writer(s, 0, NULL, NULL, &err),
                     NIDX_ERR_READONLY);
    assert_int_equal(nidx_store_open(path, NULL, &second, &err), NIDX_ERR_BUSY);
    stores_check(s);
    nidx_store_close(s);
    free(path);
    free(lock);
}

static void a_reader_may_not_write(void **state)
{
    char *path = tmpdir_path(state, "x.nidx");
    struct nidx_store_options o = {.readonly = true};
    struct nidx_store *s = NULL;
    struct nidx_error err;

    assert_int_equal(nidx_store_open(path, &o, &s, &err), NIDX_ERR_NOTFOUND);
    stores_make(path);
    assert_int_equal(nidx_store_open(path, &o, &s, NULL), NIDX_OK);
    assert_int_equal(nidx_store_lock_writer(s, 0, NULL, NULL, &err),
                     NIDX_ERR_READONLY);
    nidx_store_close(s);
    free(path);
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, tmpdir_setup, tmpdir_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(network_file_systems_are_told_apart),
        TEST(another_user_reads_without_the_lock_file),
        TEST(a_private_file_is_refused_by_name),
        TEST(a_readonly_file_system_is_read),
        TEST(a_folder_without_lock_file_is_read),
        TEST(a_copy_is_read_without_a_lock_file),
        TEST(a_reader_may_not_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
