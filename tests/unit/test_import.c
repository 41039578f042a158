/* test_import.c: files, folders and streams of articles into an index.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/segment/index.h"
#include "common/segment/segment.h"
#include "indexer/import/import.h"
#include "tests/support/dump.h"
#include "tests/support/tmpdir.h"

struct fixture {
    char *folder; /**< of articles */
    struct nidx_index *index;
    struct nidx_writer *w;
    struct nidx_import *import;
    struct nidx_import_counts counts;
    char skipped[4000]; /**< lines: reason, path within the folder */
    int calls_left;     /**< of progress, before it says stop; -1: never */
};

static void on_skipped(void *context, const char *path, uint64_t line,
                       enum nidx_skip why, const char *message)
{
    struct fixture *f = context;
    const size_t n = strlen(f->skipped), len = strlen(f->folder);

    assert_non_null(message);
    if (strncmp(path, f->folder, len) == 0)
        path += len;
    snprintf(f->skipped + n, sizeof(f->skipped) - n, "%d %s:%u\n", (int)why,
             path, (unsigned)line);
}

static int on_progress(void *context, uint64_t done, uint64_t total)
{
    struct fixture *f = context;

    (void)done;
    (void)total;
    return f->calls_left >= 0 && f->calls_left-- == 0;
}

static void begin(struct fixture *f, void **state, uint64_t commit_bytes)
{
    struct nidx_open_options o = NIDX_OPEN_OPTIONS_INIT;
    struct nidx_import_options io = NIDX_IMPORT_OPTIONS_INIT;
    char *path = tmpdir_path(state, "index");

    *f = (struct fixture){.folder = tmpdir_path(state, "files"),
                          .calls_left = -1};
    o.create = 1;
    assert_int_equal(nidx_index_open(path, &o, &f->index, NULL), NIDX_OK);
    free(path);
    assert_int_equal(mkdir(f->folder, 0700), 0);
    assert_int_equal(nidx_writer_open(f->index, NULL, &f->w, NULL), NIDX_OK);
    io.skipped = on_skipped;
    io.progress = on_progress;
    io.context = f;
    io.commit_bytes = commit_bytes;
    assert_int_equal(nidx_import_new(f->w, &io, &f->import, NULL), NIDX_OK);
}

static void count(struct fixture *f)
{
    f->counts.size = sizeof(f->counts);
    nidx_import_counts(f->import, &f->counts);
}

static void end(struct fixture *f)
{
    struct nidx_error err = {0};

    nidx_import_free(f->import);
    nidx_writer_close(f->w);
    if (nidx_index_check(f->index, NULL, NULL, &err) != NIDX_OK)
        fail_msg("%s", err.message);
    nidx_index_close(f->index);
    free(f->folder);
}

static void write_file(const struct fixture *f, const char *name,
                       const void *data, size_t len)
{
    char path[1000];

    snprintf(path, sizeof(path), "%s/%s", f->folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static void write_text(const struct fixture *f, const char *name,
                       const char *text)
{
    write_file(f, name, text, strlen(text));
}

static void make_folder(const struct fixture *f, const char *name)
{
    char path[1000];

    snprintf(path, sizeof(path), "%s/%s", f->folder, name);
    assert_int_equal(mkdir(path, 0700), 0);
}

static void import_all(struct fixture *f)
{
    struct nidx_error err = {0};

    if (nidx_import_path(f->import, f->folder, &err) != NIDX_OK ||
        nidx_import_finish(f->import, &err) != NIDX_OK)
        fail_msg("%s", err.message);
    count(f);
}

static uint64_t n_live(struct fixture *f)
{
    struct nidx_catalog *c = NULL;

    assert_int_equal(nidx_catalog_open(f->index->store, &c, NULL), 0);
    const uint64_t n = c->n_live;
    nidx_catalog_close(c);
    return n;
}

static void a_folder_is_read_with_all_that_is_in_it(void **state)
{
    struct fixture f;
    char *dump, key[1100];

    begin(&f, state, 0);
    make_folder(&f, "a");
    make_folder(&f, "a/b");
    write_text(&f, "one.txt", "Headline\n\nThe body of one.\n");
    write_text(&f, "a/b/two.md", "# Two\n\nText.\n");
    write_text(&f, "records.jsonl",
               "{\"id\":\"r1\",\"title\":\"T\",\"body\":\"B one\"}\n"
               "{\"id\":\"r2\",\"body\":\"B two\"}\n");
    import_all(&f);
    assert_int_equal(f.counts.added, 4);
    assert_int_equal(f.counts.files, 3);
    assert_string_equal(f.skipped, "");
    dump = dump_index(f.index, false);
    snprintf(key, sizeof(key), "doc %s/a/b/two.md ", f.folder);
    assert_non_null(strstr(dump, key));
    snprintf(key, sizeof(key), "doc %s/records.jsonl#r2 ", f.folder);
    assert_non_null(strstr(dump, key));
    free(dump);
    end(&f);
}

static void what_cannot_be_indexed_is_told_and_passed_over(void **state)
{
    struct fixture f;
    char path[1000], target[1000];

    begin(&f, state, 0);
    make_folder(&f, "sub");
    write_text(&f, ".hidden.txt", "x");
    write_file(&f, "binary",
               "\x7f"
               "ELF\0\0\0\1\2\3",
               10);
    write_text(&f, "empty.txt", "");
    write_text(&f, "fine.txt", "fine");
    write_text(&f, "program.exe2", "text of no kind");
    write_text(&f, "broken.jsonl", "{\"id\":1,\"body\":\"x\"}\n{oops\n");
    snprintf(path, sizeof(path), "%s/pipe", f.folder);
    assert_int_equal(mkfifo(path, 0600), 0);
    snprintf(path, sizeof(path), "%s/sub/loop", f.folder);
    assert_int_equal(symlink(f.folder, path), 0);
    snprintf(path, sizeof(path), "%s/dangling", f.folder);
    snprintf(target, sizeof(target), "%s/nowhere", f.folder);
    assert_int_equal(symlink(target, path), 0);
    import_all(&f);
    assert_int_equal(f.counts.added, 2);
    assert_string_equal(f.skipped, "2 /.hidden.txt:0\n"
                                   "1 /binary:0\n"
                                   "4 /broken.jsonl:2\n"
                                   "0 /dangling:0\n"
                                   "6 /empty.txt:0\n"
                                   "5 /pipe:0\n"
                                   "3 /program.exe2:0\n"
                                   "5 /sub/loop:0\n");
    assert_int_equal(f.counts.skipped[NIDX_SKIP_SPECIAL], 2);
    end(&f);
}

static void a_path_that_is_not_there_is_an_error(void **state)
{
    struct fixture f;
    struct nidx_error err = {0};
    char path[1000];

    begin(&f, state, 0);
    snprintf(path, sizeof(path), "%s/nowhere", f.folder);
    assert_int_equal(nidx_import_path(f.import, path, &err), NIDX_ERR_NOTFOUND);
    assert_non_null(strstr(err.message, "nowhere"));
    assert_int_equal(nidx_import_path(f.import, "", &err), NIDX_ERR_INVALID);
    end(&f);
}

static void a_second_run_updates(void **state)
{
    struct fixture f;

    begin(&f, state, 0);
    write_text(&f, "one.txt", "first");
    import_all(&f);
    nidx_import_free(f.import);
    nidx_writer_close(f.w);
    assert_int_equal(nidx_writer_open(f.index, NULL, &f.w, NULL), NIDX_OK);
    assert_int_equal(nidx_import_new(f.w, NULL, &f.import, NULL), NIDX_OK);
    write_text(&f, "one.txt", "second");
    write_text(&f, "two.txt", "third");
    import_all(&f);
    assert_int_equal(f.counts.added, 1);
    assert_int_equal(f.counts.updated, 1);
    assert_int_equal(n_live(&f), 2);
    end(&f);
}

/** Makes a file look as if it had been written a while ago. */
static void set_age(const struct fixture *f, const char *name, time_t age)
{
    char path[1000];
    const struct timespec times[2] = {{.tv_sec = time(NULL) - age},
                                      {.tv_sec = time(NULL) - age}};

    snprintf(path, sizeof(path), "%s/%s", f->folder, name);
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void unchanged_files_are_not_read_again(void **state)
{
    struct fixture f;

    begin(&f, state, 0);
    write_text(&f, "old.txt", "settled");
    write_text(&f, "new.txt", "just written");
    write_text(&f, "touched.txt", "to be touched");
    set_age(&f, "old.txt", 1000);
    set_age(&f, "touched.txt", 1000);
    import_all(&f);
    assert_int_equal(f.counts.added, 3);
    set_age(&f, "touched.txt", 900);
    import_all(&f);
    assert_int_equal(f.counts.unchanged, 3); /* two were read and compared */
    assert_int_equal(f.counts.duplicates, 0);
    assert_int_equal(n_live(&f), 3);
    const char *key = "old.txt";
    char path[1000];
    const int n = snprintf(path, sizeof(path), "%s/%s", f.folder, key);
    assert_int_equal(nidx_writer_delete(f.w, path, (size_t)n, NULL), 0);
    import_all(&f); /* the deletion was not committed, and comes first */
    assert_int_equal(f.counts.unchanged, 3);
    assert_int_equal(f.counts.duplicates, 3);
    assert_int_equal(n_live(&f), 3);
    assert_int_equal(nidx_writer_delete(f.w, path, (size_t)n, NULL), 0);
    assert_int_equal(nidx_writer_commit(f.w, NULL), 0);
    import_all(&f);
    assert_int_equal(f.counts.unchanged, 5); /* old.txt is gone */
    assert_int_equal(n_live(&f), 3);
    end(&f);
}

static void commits_in_between_lose_no_place(void **state)
{
    struct fixture f;
    char name[32];

    begin(&f, state, 100);
    write_text(&f, "records.jsonl", "{\"id\":\"a\",\"body\":\"one\"}\n");
    set_age(&f, "records.jsonl", 1000);
    for (int i = 0; i < 60; i++) {
        snprintf(name, sizeof(name), "%03d.txt", i);
        write_text(&f, name, "article");
        set_age(&f, name, 1000);
    }
    import_all(&f);
    assert_int_equal(f.counts.added, 61);
    for (int i = 0; i < 60; i += 3) {
        snprintf(name, sizeof(name), "%03d.txt", i);
        write_text(&f, name, "another article, longer than it was before");
    }
    import_all(&f);
    assert_int_equal(f.counts.unchanged, 41);
    assert_int_equal(n_live(&f), 61);
    end(&f);
}

static void many_files_of_the_same_bytes_are_no_matter(void **state)
{
    struct fixture f;
    char name[32], path[1000];

    begin(&f, state, 0);
    for (int i = 0; i < 40; i++) {
        snprintf(name, sizeof(name), "%03d.txt", i);
        write_text(&f, name, "the same");
        set_age(&f, name, 1000 + i);
    }
    import_all(&f);
    for (int i = 0; i < 40; i++) {
        snprintf(name, sizeof(name), "%03d.txt", i);
        snprintf(path, sizeof(path), "%s/%s", f.folder, name);
        assert_int_equal(unlink(path), 0);
        snprintf(name, sizeof(name), "n%03d.txt", i);
        write_text(&f, name, "the same");
    }
    import_all(&f);
    assert_int_equal(f.counts.added + f.counts.moved, 80);
    assert_true(f.counts.moved > 0);
    assert_int_equal(n_live(&f), 80 - f.counts.moved);
    end(&f);
}

static void options_of_an_older_caller_are_taken(void **state)
{
    struct fixture f;
    struct nidx_import_options o = NIDX_IMPORT_OPTIONS_INIT;
    const char *none = "!";

    begin(&f, state, 0);
    nidx_import_free(f.import);
    o.globs = &none;
    o.n_globs = 1;
    assert_int_equal(nidx_import_new(f.w, &o, &f.import, NULL),
                     NIDX_ERR_INVALID);
    assert_null(f.import);
    o.size = offsetof(struct nidx_import_options, prune);
    assert_int_equal(nidx_import_new(f.w, &o, &f.import, NULL), NIDX_OK);
    end(&f);
}

static void a_stream_is_json_lines(void **state)
{
    struct fixture f;
    int pipes[2];
    const char *text = "{\"id\":\"a\",\"body\":\"one\"}\n"
                       "{\"id\":\"a\",\"body\":\"two\"}\n"
                       "{\"body\":\"three\"}\n";

    begin(&f, state, 0);
    assert_int_equal(pipe(pipes), 0);
    assert_int_equal(write(pipes[1], text, strlen(text)),
                     (ssize_t)strlen(text));
    close(pipes[1]);
    assert_int_equal(nidx_import_stream(f.import, pipes[0], "in", NULL),
                     NIDX_OK);
    close(pipes[0]);
    assert_int_equal(nidx_import_finish(f.import, NULL), NIDX_OK);
    count(&f);
    assert_int_equal(f.counts.added, 2);
    assert_int_equal(f.counts.duplicates, 1);
    char *dump = dump_index(f.index, false);
    assert_non_null(strstr(dump, "doc in#a "));
    assert_non_null(strstr(dump, "doc in#3 "));
    assert_null(strstr(dump, "=one"));
    free(dump);
    end(&f);
}

static void write_numbered(struct fixture *f, int n)
{
    char name[32], text[64];

    for (int i = 0; i < n; i++) {
        snprintf(name, sizeof(name), "%03d.txt", i);
        snprintf(text, sizeof(text), "article number %d", i);
        write_text(f, name, text);
    }
}

static void commits_fall_at_amounts_of_input(void **state)
{
    struct fixture f;

    begin(&f, state, 100);
    write_numbered(&f, 60);
    assert_int_equal(nidx_import_path(f.import, f.folder, NULL), NIDX_OK);
    assert_true(n_live(&f) > 30);
    assert_true(n_live(&f) < 60);
    assert_int_equal(nidx_import_finish(f.import, NULL), NIDX_OK);
    assert_int_equal(n_live(&f), 60);
    end(&f);
}

static void stopping_commits_what_is_whole(void **state)
{
    struct fixture f;
    struct nidx_error err = {0};

    begin(&f, state, 0);
    write_numbered(&f, 5);
    f.calls_left = 0;
    write_text(&f, "dup.jsonl", "{\"id\":\"a\",\"body\":\"one\"}\n");
    assert_int_equal(nidx_import_path(f.import, f.folder, &err),
                     NIDX_ERR_STOPPED);
    const uint64_t n = n_live(&f);
    count(&f);
    assert_int_equal(f.counts.added, n);
    assert_int_equal(nidx_import_path(f.import, f.folder, &err),
                     NIDX_ERR_STOPPED);
    assert_int_equal(nidx_import_finish(f.import, &err), NIDX_ERR_STOPPED);
    end(&f);
}

static void a_file_is_read_as_it_is_now(void **state)
{
    struct nidx_buf out = {0};
    char *path = tmpdir_path(state, "file");
    const int fd = open(path, O_RDWR | O_CREAT, 0600);

    assert_int_equal(write(fd, "0123456789", 10), 10);
    lseek(fd, 0, SEEK_SET);
    assert_int_equal(nidx_import_read(fd, 1000000, &out), 0); /* it shrank */
    assert_int_equal(out.len, 10);
    lseek(fd, 0, SEEK_SET);
    assert_int_equal(nidx_import_read(fd, 3, &out), 0); /* it grew */
    assert_int_equal(out.len, 10);
    nidx_buf_done(&out);
    close(fd);
    free(path);
}

int main(void)
{
#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, tmpdir_setup, tmpdir_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_folder_is_read_with_all_that_is_in_it),
        TEST(what_cannot_be_indexed_is_told_and_passed_over),
        TEST(a_path_that_is_not_there_is_an_error),
        TEST(a_second_run_updates),
        TEST(unchanged_files_are_not_read_again),
        TEST(commits_in_between_lose_no_place),
        TEST(many_files_of_the_same_bytes_are_no_matter),
        TEST(options_of_an_older_caller_are_taken),
        TEST(a_stream_is_json_lines),
        TEST(commits_fall_at_amounts_of_input),
        TEST(stopping_commits_what_is_whole),
        TEST(a_file_is_read_as_it_is_now),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
