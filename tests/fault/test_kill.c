/* test_kill.c: a writer that is killed at any moment leaves its last commit.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/segment/index.h"
#include "common/segment/segment.h"
#include "tests/support/tmpdir.h"

#define ROUNDS 10
#define DOCS   3 /* of one commit */

static struct nidx_index *open_index(const char *path)
{
    struct nidx_open_options o = NIDX_OPEN_OPTIONS_INIT;
    struct nidx_index *index = NULL;

    o.create = 1;
    return nidx_index_open(path, &o, &index, NULL) == NIDX_OK ? index : NULL;
}

static int add(struct nidx_writer *w, struct nidx_document *d, int round,
               int commit, int i)
{
    char key[64];
    const int n = snprintf(key, sizeof(key), "%d.%d.%d", round, commit, i);

    nidx_document_clear(d);
    return nidx_document_set_key(d, key, (size_t)n, NULL) ||
           nidx_document_add_field(d, "body", key, (size_t)n, NULL) ||
           nidx_writer_add(w, d, NULL);
}

/** Commits until it is killed; a byte to fd for each commit. */
static void child(const char *path, int round, int fd)
{
    struct nidx_index *index = open_index(path);
    struct nidx_document *d = nidx_document_new();
    struct nidx_writer *w = NULL;

    if (!index || !d || nidx_writer_open(index, NULL, &w, NULL) != NIDX_OK)
        _exit(1);
    for (int commit = 0;; commit++) {
        for (int i = 0; i < DOCS; i++) {
            if (add(w, d, round, commit, i) != 0)
                _exit(2);
        }
        if (nidx_writer_commit(w, NULL) != NIDX_OK || write(fd, "c", 1) != 1)
            _exit(3);
    }
}

static uint64_t count_live(struct nidx_index *index)
{
    struct nidx_catalog *c = NULL;

    assert_int_equal(nidx_catalog_open(index->store, &c, NULL), NIDX_OK);
    const uint64_t n = c->n_live;
    nidx_catalog_close(c);
    return n;
}

static int is_named(void *context, struct nidx_bytes key, size_t len)
{
    const struct nidx_manifest *m = context;
    const uint32_t id = (uint32_t)key.data[1] << 24 |
                        (uint32_t)key.data[2] << 16 |
                        (uint32_t)key.data[3] << 8 | key.data[4];

    (void)len;
    for (uint32_t i = 0; i < m->n_segments; i++) {
        if (m->segments[i].id == id)
            return 0;
    }
    return 1;
}

/** Nothing of what was never published is left once a writer was open. */
static void assert_swept(struct nidx_index *index)
{
    static const uint8_t kind = 1;
    struct nidx_writer *w = NULL;
    struct nidx_catalog *c = NULL;

    assert_int_equal(nidx_writer_open(index, NULL, &w, NULL), NIDX_OK);
    assert_int_equal(nidx_catalog_open(index->store, &c, NULL), NIDX_OK);
    assert_int_equal(nidx_view_each(c->view, (struct nidx_bytes){&kind, 1},
                                    is_named, &c->manifest, NULL),
                     0);
    nidx_catalog_close(c);
    nidx_writer_close(w);
}

/** Runs a child for some milliseconds; how many commits it told of. */
static uint64_t run_and_kill(const char *path, int round, unsigned ms)
{
    int pipes[2], status = 0;
    uint64_t commits = 0;
    char c;

    assert_int_equal(pipe(pipes), 0);
    const pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        close(pipes[0]);
        child(path, round, pipes[1]);
    }
    close(pipes[1]);
    /* The first commit shows that it has begun in earnest. */
    commits += read(pipes[0], &c, 1) == 1;
    usleep(ms * 1000);
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
    while (read(pipes[0], &c, 1) == 1)
        commits++;
    close(pipes[0]);
    return commits;
}

static void a_killed_writer_leaves_its_last_commit(void **state)
{
    char *path = tmpdir_path(state, "index");
    uint64_t before = 0;

    for (int round = 0; round < ROUNDS; round++) {
        const uint64_t commits =
            run_and_kill(path, round, 3 + 17u * (unsigned)round % 41);
        struct nidx_error err = {0};
        struct nidx_index *index = open_index(path);
        assert_non_null(index);
        const uint64_t n = count_live(index);
        assert_int_equal(n % DOCS, 0);
        /* The last commit may have been killed before it was told of. */
        assert_in_range(n, before + commits * DOCS,
                        before + (commits + 1) * DOCS);
        if (nidx_index_check(index, NULL, NULL, &err) != NIDX_OK)
            fail_msg("%s", err.message);
        assert_swept(index);
        assert_int_equal(count_live(index), n);
        before = n;
        nidx_index_close(index);
    }
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_killed_writer_leaves_its_last_commit,
                                        tmpdir_setup, tmpdir_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
