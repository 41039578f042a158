/* test_memory.c: memory runs out at every allocation of the engine.
 *
 * Each step of a program's life (making an index, adding and committing,
 * searching, merging, checking, compacting) is taken again and again, and each
 * time another allocation fails: alone, or with all behind it. The status is
 * NIDX_ERR_NOMEM, or the step did without; the index holds the last commit and
 * is sound; nothing is lost (leaks are errors under AddressSanitizer). Without
 * `all`, some of the allocations.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/engine.h"
#include "tests/support/failing.h"
#include "tests/support/tmpdir.h"

/** More than any step makes. */
#define ALLOCATIONS 100000

static unsigned stride = 41;

/** A step, and what holds behind it, whether it failed or not. */
struct step {
    enum nidx_status (*run)(const char *path, const char *word,
                            struct nidx_error *err);
    /** Documents with word that a success leaves; -1: does not matter. */
    int found;
    bool fresh; /* begins without a file */
};

static enum nidx_status run_add(const char *path, const char *word,
                                struct nidx_error *err)
{
    struct nidx_index *index = NULL;
    enum nidx_status status = engine_open(path, 1, &index, err);

    if (status == NIDX_OK)
        status = engine_add(index, word, err);
    nidx_index_close(index);
    return status;
}

static enum nidx_status run_read(const char *path, const char *word,
                                 struct nidx_error *err)
{
    struct nidx_index *index = NULL;
    enum nidx_status status = engine_open(path, 0, &index, err);

    (void)word;
    if (status == NIDX_OK)
        status = engine_read(index, 1, err);
    nidx_index_close(index);
    return status;
}

static enum nidx_status run_check(const char *path, const char *word,
                                  struct nidx_error *err)
{
    struct nidx_index *index = NULL;
    enum nidx_status status = engine_open(path, 0, &index, err);

    (void)word;
    if (status == NIDX_OK)
        status = nidx_index_check(index, NULL, NULL, err);
    nidx_index_close(index);
    return status;
}

static enum nidx_status run_optimize(const char *path, const char *word,
                                     struct nidx_error *err)
{
    struct nidx_index *index = NULL;
    enum nidx_status status = engine_open(path, 0, &index, err);

    (void)word;
    if (status == NIDX_OK)
        status = engine_optimize(index, err);
    nidx_index_close(index);
    return status;
}

static enum nidx_status run_compact(const char *path, const char *word,
                                    struct nidx_error *err)
{
    struct nidx_index *index = NULL;
    enum nidx_status status = engine_open(path, 0, &index, err);

    (void)word;
    if (status == NIDX_OK)
        status = nidx_index_compact(index, NULL, err);
    nidx_index_close(index);
    return status;
}

static enum nidx_status run_import(const char *path, const char *word,
                                   struct nidx_error *err)
{
    struct nidx_writer_options o = NIDX_WRITER_OPTIONS_INIT;
    struct nidx_index *index = NULL;
    struct nidx_writer *w = NULL;
    struct nidx_import *import = NULL;
    char news[600];

    o.threads = 1;
    o.memory = 1 << 24;
    snprintf(news, sizeof(news), "%s-news", path);
    enum nidx_status status = engine_open(path, 1, &index, err);
    if (status == NIDX_OK)
        status = nidx_writer_open(index, &o, &w, err);
    if (status == NIDX_OK)
        status = nidx_import_new(w, NULL, &import, err);
    if (status == NIDX_OK)
        status = nidx_import_path(import, news, err);
    if (status == NIDX_OK)
        status = nidx_import_finish(import, err);
    nidx_import_free(import);
    nidx_writer_close(w);
    nidx_index_close(index);
    (void)word;
    return status;
}

/* The index is sound, and holds word as often as the status says. */
static void assert_intact(const char *path, const struct step *step,
                          const char *word, enum nidx_status status,
                          unsigned nth)
{
    struct nidx_index *index = NULL;
    struct nidx_error err = {0};

    if (engine_open(path, 1, &index, &err) != NIDX_OK ||
        nidx_index_check(index, NULL, NULL, &err) != NIDX_OK)
        fail_msg("behind allocation %u: %s", nth, err.message);
    if (step->found >= 0) {
        const uint64_t n = engine_count(index, word);
        const uint64_t want = status == NIDX_OK ? (uint64_t)step->found : 0;
        if (n != want)
            fail_msg("behind allocation %u (status %d): %u documents, not %u",
                     nth, status, (unsigned)n, (unsigned)want);
    }
    nidx_index_close(index);
}

static void make_ready(const char *path, const struct step *step)
{
    char lock[600];
    struct nidx_error err = {0};

    snprintf(lock, sizeof(lock), "%s-lock", path);
    unlink(path);
    unlink(lock);
    if (!step->fresh && engine_make(path, &err) != NIDX_OK)
        fail_msg("%s", err.message);
}

/* A thread that cannot have its memory is EAGAIN to the system. */
static bool is_told(enum nidx_status status, const struct nidx_error *err)
{
    return status == NIDX_ERR_NOMEM ||
           (status == NIDX_ERR_IO && strstr(err->message, "start a thread"));
}

static void exhaust(void **state, const struct step *step, bool once)
{
    char *path = tmpdir_path(state, "x.nidx");
    unsigned trials = 0;

    for (unsigned nth = 1;; nth += stride) {
        char word[32];
        struct nidx_error err = {0};
        assert_true(nth < ALLOCATIONS);
        snprintf(word, sizeof(word), "run%u", nth);
        make_ready(path, step);
        (once ? failing_once : failing_from)(nth);
        const enum nidx_status status = step->run(path, word, &err);
        const int met = failing_met();
        failing_from(0);
        if (status != NIDX_OK && (!is_told(status, &err) || !met))
            fail_msg("allocation %u: status %d: %s", nth, status, err.message);
        if (status != NIDX_OK && !*err.message)
            fail_msg("allocation %u: nothing is said", nth);
        assert_intact(path, step, word, status, nth);
        trials++;
        if (!met)
            break;
    }
    print_message("# %u trials\n", trials);
    free(path);
}

static void exhaust_both(void **state, const struct step *step)
{
    exhaust(state, step, false);
    exhaust(state, step, true);
}

static void adding_survives(void **state)
{
    exhaust_both(state, &(struct step){run_add, 3, false});
}

static void making_survives(void **state)
{
    exhaust_both(state, &(struct step){run_add, 3, true});
}

static void searching_survives(void **state)
{
    exhaust_both(state, &(struct step){run_read, -1, false});
}

static void checking_survives(void **state)
{
    exhaust_both(state, &(struct step){run_check, -1, false});
}

static void merging_survives(void **state)
{
    exhaust_both(state, &(struct step){run_optimize, -1, false});
}

static void compacting_survives(void **state)
{
    exhaust_both(state, &(struct step){run_compact, -1, false});
}

static void importing_survives(void **state)
{
    char *news = tmpdir_path(state, "x.nidx-news");
    FILE *f = fopen(news, "w");

    assert_non_null(f);
    fputs("A letter\n\nThe senate wrote a letter.\n", f);
    fclose(f);
    exhaust_both(state, &(struct step){run_import, -1, false});
    free(news);
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, tmpdir_setup, tmpdir_teardown)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST(making_survives),     TEST(adding_survives),
        TEST(importing_survives),  TEST(searching_survives),
        TEST(merging_survives),    TEST(checking_survives),
        TEST(compacting_survives),
    };
    if (argc > 1 && strcmp(argv[1], "all") == 0)
        stride = 1;
    /* Thousands of commits: where a disk need not be waited for. */
    if (access("/dev/shm", W_OK) == 0)
        setenv("TMPDIR", "/dev/shm", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
