/* test_damage.c: a small index with flipped bits, lost and mixed pages.
 *
 * A damaged file is opened, searched, checked, written and merged in a child.
 * Each step ends in an answer or says what is corrupt; no step crashes, hangs
 * or calls damage by another name. What the check passes gives the answers of
 * the undamaged file, and it passes no flipped bit of a stored value. The
 * argument is N: every Nth byte is damaged; 1 is all of them.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/store/store_impl.h"
#include "tests/support/engine.h"
#include "tests/support/image.h"
#include "tests/support/tmpdir.h"

#define PAGE  4096
#define BATCH 256 /* trials of one child */

static size_t stride = 299;

/** What is damaged, and what the children see of each other. */
static struct {
    char *path;
    uint8_t *bytes, *copy;
    size_t len;
    uint8_t *stored; /* of each byte: 1 where it is of a value or checksum */
    uint64_t counts[3];
    bool misled; /* checksums fit the damage */
    struct shared {
        size_t at; /* the trial that a child is in */
        char step[32];
        char message[512];
    } * shared;
} t;

static const char *const asked[] = {"treaty", "\"the senate\" OR early", "*"};

static void begin_step(const char *step)
{
    snprintf(t.shared->step, sizeof(t.shared->step), "%s", step);
    t.shared->message[0] = '\0';
}

/* Whether a status is an answer, or damage called by its name. */
static bool is_fair(enum nidx_status status, const struct nidx_error *err)
{
    if (status == NIDX_OK)
        return true;
    snprintf(t.shared->message, sizeof(t.shared->message), "status %d: %.400s",
             status, err->message);
    if (status == NIDX_ERR_CORRUPT)
        return strncmp(err->message, "corrupt: ", 9) == 0;
    /* The first bytes may say that it is another program's. */
    return status == NIDX_ERR_VERSION || status == NIDX_ERR_LIMIT;
}

static bool answers_are_right(struct nidx_index *index)
{
    for (size_t i = 0; i < 3; i++) {
        if (engine_count(index, asked[i]) != t.counts[i])
            return false;
    }
    return true;
}

/* Reading and checking; false where a step is not fair. */
static bool look(struct nidx_index *index, bool must_notice)
{
    struct nidx_error err = {0};

    begin_step("read");
    enum nidx_status status = engine_read(index, 0, &err);
    if (!is_fair(status, &err))
        return false;
    begin_step("verified read");
    status = engine_read(index, 1, &err);
    if (!is_fair(status, &err))
        return false;
    begin_step("check");
    enum nidx_status found = nidx_index_check(index, NULL, NULL, &err);
    if (!is_fair(found, &err))
        return false;
    begin_step("notice");
    if (found == NIDX_OK && must_notice)
        return false;
    begin_step("answer");
    if (t.misled)
        return true;
    return found != NIDX_OK || (status == NIDX_OK && answers_are_right(index));
}

static bool change(struct nidx_index *index)
{
    struct nidx_error err = {0};

    begin_step("add");
    if (!is_fair(engine_add(index, "third", &err), &err))
        return false;
    begin_step("merge");
    if (!is_fair(engine_optimize(index, &err), &err))
        return false;
    begin_step("compact");
    return is_fair(nidx_index_compact(index, NULL, &err), &err);
}

/* All that can be done to t.copy; must_notice: the check may not pass it. */
static bool try_copy(size_t len, bool must_notice, bool write)
{
    struct nidx_index *index = NULL;
    struct nidx_error err = {0};
    int fd = open(t.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    begin_step("write the file");
    bool fine = fd >= 0 && pwrite(fd, t.copy, len, 0) == (ssize_t)len;
    if (fd >= 0)
        close(fd);
    if (!fine)
        return false;
    begin_step("open");
    enum nidx_status status = engine_open(t.path, 0, &index, &err);
    if (status != NIDX_OK)
        return is_fair(status, &err);
    fine = look(index, must_notice) && (!write || change(index));
    nidx_index_close(index);
    return fine;
}

/* ------------------------------------------------------- kinds of damage */

static bool flip(size_t i)
{
    memcpy(t.copy, t.bytes, t.len);
    t.copy[i] ^= (uint8_t)(1u << (i * 5 + i / 8) % 8);
    return try_copy(t.len, t.stored[i] != 0, i / stride % 4 == 0);
}

static bool invert(size_t i)
{
    memcpy(t.copy, t.bytes, t.len);
    t.copy[i] ^= 0xff;
    return try_copy(t.len, t.stored[i] != 0, i / stride % 4 == 0);
}

/* What a checksum would have caught: decoders stand on their own. Answers may
 * be wrong then, and the check may find nothing to say. */
static bool mislead(size_t i)
{
    if (!t.stored[i])
        return true;
    memcpy(t.copy, t.bytes, t.len);
    t.copy[i] ^= i % 3 == 0 ? 0xff : (uint8_t)(1u << (i + i / 8) % 8);
    image_mend(t.copy, t.len);
    t.misled = true;
    return try_copy(t.len, false, i / stride % 4 == 0);
}

static bool cut(size_t page)
{
    memcpy(t.copy, t.bytes, t.len);
    return try_copy(page * PAGE, false, true);
}

static bool zero(size_t page)
{
    memcpy(t.copy, t.bytes, t.len);
    memset(t.copy + page * PAGE, 0, PAGE);
    return try_copy(t.len, false, true);
}

/* Each page takes the place of each of its next 7 neighbours. */
static bool mix(size_t i)
{
    size_t from = i / 7, to = (from + 1 + i % 7) % (t.len / PAGE);

    memcpy(t.copy, t.bytes, t.len);
    memcpy(t.copy + to * PAGE, t.bytes + from * PAGE, PAGE);
    return try_copy(t.len, false, true);
}

static bool swap(size_t i)
{
    size_t from = i / 7, to = (from + 1 + i % 7) % (t.len / PAGE);

    memcpy(t.copy, t.bytes, t.len);
    memcpy(t.copy + to * PAGE, t.bytes + from * PAGE, PAGE);
    memcpy(t.copy + from * PAGE, t.bytes + to * PAGE, PAGE);
    return try_copy(t.len, false, true);
}

/* A child for a batch, so that a crash is one failed test and is named. */
static void run_batch(bool (*trial)(size_t i), size_t from, size_t to,
                      size_t step)
{
    int status = 0;

    fflush(NULL);
    const pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        /* Time for a few steps of the slowest machine, not for a hang. */
        for (size_t i = from; i < to; i += step) {
            alarm(60);
            t.shared->at = i;
            if (!trial(i))
                _exit(1);
        }
        _exit(0);
    }
    while (waitpid(pid, &status, 0) != pid)
        continue;
    if (status != 0)
        fail_msg("damage %zu, %s: %s %d: %s", t.shared->at, t.shared->step,
                 WIFSIGNALED(status) ? "signal" : "exit status",
                 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
                 t.shared->message);
}

static void run(bool (*trial)(size_t i), size_t first, size_t n, size_t step)
{
    size_t trials = 0;

    for (size_t i = first; i < n; i += BATCH * step) {
        size_t end = i + BATCH * step < n ? i + BATCH * step : n;
        run_batch(trial, i, end, step);
        trials += (end - i + step - 1) / step;
    }
    print_message("# %zu damaged files\n", trials);
}

static void flipped_bits_are_noticed(void **state)
{
    (void)state;
    run(flip, 0, t.len, stride);
}

static void inverted_bytes_are_noticed(void **state)
{
    (void)state;
    run(invert, stride / 2, t.len, stride);
}

static void damage_behind_checksums_is_survived(void **state)
{
    (void)state;
    run(mislead, stride / 3, t.len, stride);
}

static void cut_files_are_refused(void **state)
{
    (void)state;
    run(cut, 0, t.len / PAGE, 1);
}

static void zeroed_pages_end_in_words(void **state)
{
    (void)state;
    run(zero, 0, t.len / PAGE, 1);
}

static void copied_pages_end_in_words(void **state)
{
    (void)state;
    run(mix, 0, 7 * (t.len / PAGE), stride > 1 ? 3 : 1);
}

static void swapped_pages_end_in_words(void **state)
{
    (void)state;
    run(swap, 0, 7 * (t.len / PAGE), stride > 1 ? 3 : 1);
}

/* ----------------------------------------------------------- the index */

static int mark_stored(void *context, struct nidx_bytes key, size_t len)
{
    struct nidx_view *v = context;
    struct nidx_bytes value;

    if (nidx_view_get(v, key, true, &value, NULL) != NIDX_OK)
        return -1;
    /* The checksum stands behind it. */
    memset(t.stored + (value.data - v->main.base), 1, len + 8);
    return 0;
}

static void find_stored(void)
{
    struct nidx_store *s = NULL;
    struct nidx_view *v = NULL;

    assert_int_equal(nidx_store_open(t.path, NULL, &s, NULL), NIDX_OK);
    assert_int_equal(nidx_view_open(s, &v, NULL), NIDX_OK);
    assert_int_equal(
        nidx_view_each(v, (struct nidx_bytes){NULL, 0}, mark_stored, v, NULL),
        0);
    nidx_view_close(v);
    nidx_store_close(s);
}

static void read_index(void)
{
    FILE *f = fopen(t.path, "rb");

    assert_non_null(f);
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    t.len = (size_t)ftell(f);
    rewind(f);
    t.bytes = malloc(t.len);
    t.copy = malloc(t.len);
    t.stored = calloc(t.len, 1);
    assert_true(t.bytes && t.copy && t.stored);
    assert_int_equal(fread(t.bytes, 1, t.len, f), t.len);
    fclose(f);
}

static int make(void **state)
{
    struct nidx_index *index = NULL;
    struct nidx_error err = {0};

    if (tmpdir_setup(state) != 0)
        return -1;
    t.path = tmpdir_path(state, "x.nidx");
    t.shared = mmap(NULL, sizeof(*t.shared), PROT_READ | PROT_WRITE,
                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(t.shared != MAP_FAILED);
    if (engine_make(t.path, &err) != NIDX_OK)
        fail_msg("%s", err.message);
    assert_int_equal(engine_open(t.path, 0, &index, &err), NIDX_OK);
    for (size_t i = 0; i < 3; i++) {
        t.counts[i] = engine_count(index, asked[i]);
        assert_in_range(t.counts[i], 1, 10);
    }
    nidx_index_close(index);
    read_index();
    find_stored();
    return 0;
}

static int drop(void **state)
{
    free(t.path);
    free(t.bytes);
    free(t.copy);
    free(t.stored);
    munmap(t.shared, sizeof(*t.shared));
    return tmpdir_teardown(state);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flipped_bits_are_noticed),
        cmocka_unit_test(inverted_bytes_are_noticed),
        cmocka_unit_test(damage_behind_checksums_is_survived),
        cmocka_unit_test(cut_files_are_refused),
        cmocka_unit_test(zeroed_pages_end_in_words),
        cmocka_unit_test(copied_pages_end_in_words),
        cmocka_unit_test(swapped_pages_end_in_words),
    };
    if (argc > 1)
        stride = strtoul(argv[1], NULL, 10);
    if (stride == 0) {
        fprintf(stderr, "usage: test_damage [N]: every Nth byte\n");
        return 2;
    }
    /* Thousands of commits: where a disk need not be waited for. */
    if (access("/dev/shm", W_OK) == 0)
        setenv("TMPDIR", "/dev/shm", 1);
    return cmocka_run_group_tests(tests, make, drop);
}
