/* test_store_damage.c: flipped bits, cut files and what is no index at all.
 *
 * LMDB trusts its pages. Each damage here is met by a child of its own, which
 * reads, checks, writes and compacts: it must end in an answer or in words.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/stores.h"
#include "tests/support/tmpdir.h"

#define PAGE     4096
#define HEAD     48 /* bytes of a page that tell LMDB what it is */
#define META_END 152

static uint8_t *read_file(const char *path, size_t *len)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &st), 0);
    *len = (size_t)st.st_size;
    uint8_t *bytes = malloc(*len);
    assert_non_null(bytes);
    assert_int_equal(read(fd, bytes, *len), *len);
    close(fd);
    return bytes;
}

static bool write_file(const char *path, const void *bytes, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool fine = fd >= 0 && write(fd, bytes, len) == (ssize_t)len;

    if (fd >= 0)
        close(fd);
    return fine;
}

static int see(void *context, struct nidx_bytes key, size_t len)
{
    struct nidx_view *v = *(struct nidx_view **)context;
    struct nidx_bytes value;
    struct nidx_error err;
    enum nidx_status status = nidx_view_get(v, key, true, &value, &err);

    (void)len;
    /* A broken branch may lead astray; what is found must be whole. */
    return status == NIDX_OK || status == NIDX_ERR_NOTFOUND ? 0 : (int)status;
}

static enum nidx_status change(struct nidx_store *s, struct nidx_error *err)
{
    const struct nidx_bytes large = {(const uint8_t *)"large", 5};
    const struct nidx_bytes k = {(const uint8_t *)"kk", 2};
    struct nidx_txn *t = NULL;
    enum nidx_status status = nidx_txn_begin(s, &t, err);

    if (status != NIDX_OK)
        return status;
    nidx_txn_put(t, k, k, NULL);
    nidx_txn_delete(t, large, NULL);
    nidx_txn_put(t, large, k, NULL);
    return nidx_txn_commit(t, err);
}

static bool in_words(enum nidx_status status)
{
    return status == NIDX_ERR_CORRUPT || status == NIDX_ERR_VERSION;
}

/* Everything that can be done to a file. What the check found, or OK; or the
 * status of a step that ends as none may. */
static enum nidx_status use(const char *path, int *odd)
{
    struct nidx_store *s = NULL;
    struct nidx_view *v = NULL;
    struct nidx_error err = {0};
    uint64_t saved;
    enum nidx_status status = nidx_store_open(path, NULL, &s, &err);

    *odd = 0;
    if (status != NIDX_OK) {
        *odd = in_words(status) ? 0 : 1;
        return status;
    }
    status = nidx_view_open(s, &v, &err);
    if (status == NIDX_OK)
        status = nidx_view_each(v, (struct nidx_bytes){NULL, 0}, see, &v, &err);
    nidx_view_close(v);
    if (status != NIDX_OK && !in_words(status))
        *odd = 2;
    const enum nidx_status found = nidx_store_check(s, NULL, NULL, &err);
    if (found != NIDX_OK && !in_words(found))
        *odd = 3;
    if (nidx_store_lock_writer(s, 0, NULL, NULL, &err) == NIDX_OK) {
        status = nidx_store_compact(s, &saved, &err);
        if (status != found && !in_words(status))
            *odd = 4;
        status = change(s, &err);
        if (status != NIDX_OK && !in_words(status))
            *odd = 5;
    }
    nidx_store_close(s);
    return found;
}

struct damage {
    const char *path;
    const uint8_t *bytes;
    size_t len, page;
};

/* Each byte of a page's head in turn; 1 + number of the byte that fails. */
static int flip_head(struct stores_child *c, void *context)
{
    const struct damage *d = context;
    uint8_t *copy = malloc(d->len);
    int odd;

    (void)c;
    alarm(60);
    if (!copy)
        return 250;
    for (size_t i = 0; i < HEAD; i++) {
        memcpy(copy, d->bytes, d->len);
        copy[d->page * PAGE + i] ^= (uint8_t)(1u << (i + d->page) % 8);
        if (!write_file(d->path, copy, d->len))
            return 251;
        use(d->path, &odd);
        if (odd)
            return 1 + (int)i;
    }
    free(copy);
    return 0;
}

static void flipped_bits_in_page_heads_end_in_words(void **state)
{
    char *path = tmpdir_path(state, "x.nidx");
    struct damage d = {.path = path};

    stores_make(path);
    uint8_t *bytes = read_file(path, &d.len);
    d.bytes = bytes;
    for (d.page = 0; d.page < d.len / PAGE; d.page++) {
        int status = stores_run(flip_head, &d);
        if (status != 0)
            fail_msg("page %u: %d", (unsigned)d.page, status);
    }
    print_message("# %u flipped bits\n", (unsigned)d.page * HEAD);
    free(bytes);
    free(path);
}

static int check_file(struct stores_child *c, void *path)
{
    struct nidx_store *s = NULL;
    struct nidx_error err;
    enum nidx_status status = nidx_store_open(path, NULL, &s, &err);

    (void)c;
    alarm(20);
    if (status == NIDX_OK)
        status = nidx_store_check(s, NULL, NULL, &err);
    nidx_store_close(s);
    return -(int)status;
}

/* The page of that kind (flags) that is nearest to the file's end. */
static size_t find_page(const uint8_t *bytes, size_t len, unsigned kind)
{
    for (size_t at = len - PAGE; at > 0; at -= PAGE) {
        if (nidx_load16(bytes + at + 10) == kind &&
            nidx_load64(bytes + at) == at / PAGE)
            return at;
    }
    fail_msg("no page of kind %u", kind);
    return 0;
}

static void assert_corrupt(const char *path, const uint8_t *bytes, size_t len)
{
    assert_true(write_file(path, bytes, len));
    assert_int_equal(stores_run(check_file, (void *)(uintptr_t)path),
                     -NIDX_ERR_CORRUPT);
}

static uint64_t commit_of(const uint8_t *bytes, size_t slot)
{
    return nidx_load64(bytes + slot * PAGE + META_END - 8);
}

static size_t main_root(const uint8_t *bytes)
{
    size_t slot = commit_of(bytes, 1) > commit_of(bytes, 0);

    return nidx_load64(bytes + slot * PAGE + 16 + 72 + 40) * PAGE;
}

static void a_branch_that_leads_astray_is_noticed(void **state)
{
    char *path = tmpdir_path(state, "x.nidx");
    size_t len;

    stores_make(path);
    uint8_t *bytes = read_file(path, &len);
    size_t at = main_root(bytes);
    assert_int_equal(bytes[at + 10], 1);
    size_t node = at + nidx_load16(bytes + at + 18);
    /* The last digit of the second separator; then the child it leads to. */
    bytes[node + 8 + nidx_load16(bytes + node + 6) - 1] ^= 8;
    assert_corrupt(path, bytes, len);
    bytes[node + 8 + nidx_load16(bytes + node + 6) - 1] ^= 8;
    assert_true(write_file(path, bytes, len));
    assert_int_equal(stores_run(check_file, path), 0);
    bytes[node] ^= 1;
    assert_corrupt(path, bytes, len);
    free(bytes);
    free(path);
}

static void a_value_is_not_copied_by_a_broken_header(void **state)
{
    char *path = tmpdir_path(state, "x.nidx");
    size_t len;
    int odd;

    stores_make(path);
    uint8_t *bytes = read_file(path, &len);
    bytes[find_page(bytes, len, 4) + 14] = 1; /* 65536 pages more */
    assert_corrupt(path, bytes, len);
    assert_int_equal(use(path, &odd), NIDX_ERR_CORRUPT);
    assert_int_equal(odd, 0);
    free(bytes);
    free(path);
}

static void flipped_payload_is_noticed_by_the_check(void **state)
{
    char *path = tmpdir_path(state, "x.nidx");
    size_t len;

    stores_make(path);
    uint8_t *bytes = read_file(path, &len);
    size_t at = find_page(bytes, len, 4);
    static const size_t places[] = {16, 5000, 9015, 9016, 9023};
    for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
        bytes[at + places[i]] ^= 16;
        assert_corrupt(path, bytes, len);
        bytes[at + places[i]] ^= 16;
    }
    free(bytes);
    free(path);
}

static void a_file_cut_short_is_said_so(void **state)
{
    char *path = tmpdir_path(state, "x.nidx");
    struct nidx_error err = {0};
    struct nidx_view *v = NULL;
    size_t len;

    stores_make(path);
    uint8_t *bytes = read_file(path, &len);
    struct nidx_store *s = stores_open(path);
    v = stores_view(s);
    nidx_view_close(v);
    assert_int_equal(truncate(path, (off_t)len - 1), 0);
    assert_int_equal(nidx_view_open(s, &v, &err), NIDX_ERR_CORRUPT);
    assert_non_null(strstr(err.message, "cut short"));
    nidx_store_close(s);
    for (size_t n = len - PAGE; n > 2 * PAGE; n -= PAGE)
        assert_corrupt(path, bytes, n);
    for (size_t n = 1; n < 2 * PAGE; n += 500) {
        int odd;
        assert_true(write_file(path, bytes, n));
        assert_true(in_words(use(path, &odd)));
    }
    free(bytes);
    free(path);
}

static void a_file_cut_short_is_not_written(void **state)
{
    char *path = tmpdir_path(state, "x.nidx");
    struct nidx_error err = {0};
    struct nidx_txn *t = NULL;
    size_t len;

    stores_make(path);
    free(read_file(path, &len));
    struct nidx_store *s = stores_open(path);
    stores_lock(s);
    assert_int_equal(truncate(path, (off_t)len - PAGE), 0);
    assert_int_equal(nidx_txn_begin(s, &t, &err), NIDX_ERR_CORRUPT);
    assert_null(t);
    nidx_store_close(s);
    free(path);
}

/* ------------------------------------------------------------ first pages */

static void a_torn_first_page_of_an_older_commit_does_not_matter(void **state)
{
    char *path = tmpdir_path(state, "x.nidx");
    size_t len;
    int odd;

    stores_make(path);
    uint8_t *bytes = read_file(path, &len);
    size_t older = commit_of(bytes, 0) < commit_of(bytes, 1) ? 0 : 1;
    /* A root behind the last page: half of what a commit writes there. */
    memset(bytes + older * PAGE + 16 + 24 + 40, 0x7f, 4);
    assert_true(write_file(path, bytes, len));
    assert_int_equal(use(path, &odd), NIDX_OK);
    assert_int_equal(odd, 0);
    free(bytes);
    bytes = read_file(path, &len);
    older = commit_of(bytes, 0) < commit_of(bytes, 1) ? 0 : 1;
    memset(bytes + (1 - older) * PAGE + 16 + 24 + 40, 0x7f, 4);
    assert_corrupt(path, bytes, len);
    free(bytes);
    free(path);
}

static void a_file_cut_off_while_it_was_made_is_made_again(void **state)
{
    char *path = tmpdir_path(state, "x.nidx");
    struct nidx_store_options make = {.create = true};
    struct nidx_store *s = stores_open(path);
    size_t len;

    nidx_store_close(s);
    uint8_t *bytes = read_file(path, &len);
    assert_true(len >= 2 * PAGE);
    static const size_t cuts[] = {META_END, 1000, PAGE, PAGE + 100};
    for (size_t i = 0; i < sizeof(cuts) / sizeof(*cuts); i++) {
        assert_true(write_file(path, bytes, cuts[i]));
        assert_int_not_equal(nidx_store_open(path, NULL, &s, NULL), NIDX_OK);
        assert_int_equal(nidx_store_open(path, &make, &s, NULL), NIDX_OK);
        stores_lock(s);
        stores_put(s, "k", '1', 10);
        stores_check(s);
        nidx_store_close(s);
    }
    /* One that has seen a commit is nobody's to empty. */
    free(bytes);
    bytes = read_file(path, &len);
    assert_true(write_file(path, bytes, PAGE));
    if (commit_of(bytes, 0) == 0)
        bytes[META_END - 8] = 2;
    assert_true(write_file(path, bytes, PAGE));
    assert_int_equal(nidx_store_open(path, &make, &s, NULL), NIDX_ERR_CORRUPT);
    free(bytes);
    bytes = read_file(path, &len);
    assert_int_equal(len, PAGE);
    free(bytes);
    free(path);
}

static void assert_refused(const char *path, enum nidx_status status,
                           const char *words)
{
    struct nidx_store_options make = {.create = true};
    struct nidx_store *s = NULL;
    struct nidx_error err = {0};

    assert_int_equal(nidx_store_open(path, &make, &s, &err), status);
    assert_null(s);
    if (!strstr(err.message, words))
        fail_msg("\"%s\" is not in \"%s\"", words, err.message);
}

static void what_is_no_index_is_refused_and_left_alone(void **state)
{
    char *path = tmpdir_path(state, "x.nidx");
    char *fifo = tmpdir_path(state, "fifo");
    static const char letter[] = "Dear Mr. Putin,\n";
    size_t len;

    assert_true(write_file(path, letter, sizeof(letter)));
    assert_refused(path, NIDX_ERR_VERSION, "not an index");
    uint8_t *bytes = read_file(path, &len);
    assert_int_equal(len, sizeof(letter));
    free(bytes);
    assert_refused(*state, NIDX_ERR_INVALID, "a folder");
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_refused(fifo, NIDX_ERR_INVALID, "not a regular file");
    assert_refused("/nowhere/x.nidx", NIDX_ERR_NOTFOUND, "/nowhere/x.nidx");
    assert_true(write_file(path, "", 0));
    struct nidx_store *s = NULL;
    struct nidx_error err;
    assert_int_equal(nidx_store_open(path, NULL, &s, &err), NIDX_ERR_VERSION);
    assert_non_null(strstr(err.message, "empty"));
    free(path);
    free(fifo);
}

static void a_foreign_lock_file_does_no_harm(void **state)
{
    char *path = tmpdir_path(state, "x.nidx");
    char *lock = tmpdir_path(state, "x.nidx-lock");
    static uint8_t junk[70000];
    int odd;

    stores_make(path);
    for (size_t i = 0; i < sizeof(junk); i++)
        junk[i] = (uint8_t)(i * 151);
    static const size_t sizes[] = {0, 1, 100, 4096, 8192, sizeof(junk)};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        assert_true(write_file(lock, junk, sizes[i]));
        assert_int_equal(use(path, &odd), NIDX_OK);
        assert_int_equal(odd, 0);
    }
    free(path);
    free(lock);
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, tmpdir_setup, tmpdir_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(flipped_bits_in_page_heads_end_in_words),
        TEST(a_branch_that_leads_astray_is_noticed),
        TEST(a_value_is_not_copied_by_a_broken_header),
        TEST(flipped_payload_is_noticed_by_the_check),
        TEST(a_file_cut_short_is_said_so),
        TEST(a_file_cut_short_is_not_written),
        TEST(a_torn_first_page_of_an_older_commit_does_not_matter),
        TEST(a_file_cut_off_while_it_was_made_is_made_again),
        TEST(what_is_no_index_is_refused_and_left_alone),
        TEST(a_foreign_lock_file_does_no_harm),
    };
    /* Thousands of commits: where a disk need not be waited for. */
    if (access("/dev/shm", W_OK) == 0)
        setenv("TMPDIR", "/dev/shm", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
