/* test_ignore.c: rules as in .gitignore, and globs.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "indexer/import/ignore.h"
#include "tests/support/tmpdir.h"

static bool glob(const char *pattern, const char *text)
{
    return nidx_glob_match(pattern, strlen(pattern), text, strlen(text));
}

static void globs_match_as_git_says(void **state)
{
    static const struct {
        const char *pattern, *text;
        bool fits;
    } rows[] = {
        {"a", "a", true},
        {"a", "ab", false},
        {"", "", true},
        {"*", "", true},
        {"*", "abc", true},
        {"*", "a/b", false},
        {"a*c", "abbc", true},
        {"a*c", "abbd", false},
        {"*.t?t", "x.txt", true},
        {"?", "/", false},
        {"[a-c]x", "bx", true},
        {"[a-c]x", "dx", false},
        {"[!a-c]x", "dx", true},
        {"[^a-c]x", "ax", false},
        {"[]x]", "]", true},
        {"[a-]", "-", true},
        {"[!a]", "/", false},
        {"[\\]]", "]", true},
        {"[a", "[a", true},
        {"\\*", "*", true},
        {"\\*", "a", false},
        {"a\\", "a\\", true},
        {"**/b", "b", true},
        {"**/b", "a/b", true},
        {"**/b", "a/c/b", true},
        {"**/b", "ab", false},
        {"a/**/b", "a/b", true},
        {"a/**/b", "a/x/y/b", true},
        {"a/**/b", "a/xb", false},
        {"a/**", "a/b/c", true},
        {"a/**", "a", false},
        {"a/**", "a/", false},
        {"a**b", "axxb", true},
        {"a**b", "a/b", false},
        {"**", "a/b", true},
        {"*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        if (glob(rows[i].pattern, rows[i].text) != rows[i].fits)
            fail_msg("%s on %s", rows[i].pattern, rows[i].text);
    }
}

static void a_glob_that_is_too_long_fits_nothing(void **state)
{
    char pattern[2000];

    (void)state;
    memset(pattern, 'a', sizeof(pattern));
    assert_false(
        nidx_glob_match(pattern, sizeof(pattern), pattern, sizeof(pattern)));
    assert_true(nidx_glob_match(pattern, 1024, pattern, 1024));
}

static struct nidx_ignore rules(const char *text, size_t base)
{
    struct nidx_ignore g = {.base = base};

    assert_int_equal(nidx_ignore_parse(&g, text, strlen(text), NULL), NIDX_OK);
    return g;
}

static char ask(const struct nidx_ignore *g, const char *path, bool folder)
{
    return "-xo"[nidx_ignore_ask(g, path, strlen(path), folder)];
}

static void rules_are_read_as_git_reads_them(void **state)
{
    struct nidx_ignore g = rules("\xef\xbb\xbf# comment\n"
                                 "\n"
                                 "*.log  \n"
                                 "!keep.log\r\n"
                                 "build/\n"
                                 "/top\n"
                                 "doc/*.txt\n"
                                 "\\#odd\n"
                                 "\\!bang\n"
                                 "tail\\ \n"
                                 "/\n"
                                 "!\n",
                                 5);

    (void)state;
    assert_int_equal(g.n, 8);
    assert_int_equal(ask(&g, "/top/x.log", false), 'x');
    assert_int_equal(ask(&g, "/top/a/x.log", false), 'x');
    assert_int_equal(ask(&g, "/top/a/keep.log", false), 'o');
    assert_int_equal(ask(&g, "/top/build", true), 'x');
    assert_int_equal(ask(&g, "/top/build", false), '-');
    assert_int_equal(ask(&g, "/top/top", false), 'x');
    assert_int_equal(ask(&g, "/top/a/top", false), '-');
    assert_int_equal(ask(&g, "/top/doc/a.txt", false), 'x');
    assert_int_equal(ask(&g, "/top/doc/b/a.txt", false), '-');
    assert_int_equal(ask(&g, "/top/a/doc/a.txt", false), '-');
    assert_int_equal(ask(&g, "/top/#odd", false), 'x');
    assert_int_equal(ask(&g, "/top/!bang", false), 'x');
    assert_int_equal(ask(&g, "/top/tail ", false), 'x');
    nidx_ignore_done(&g);
}

static void inner_files_come_before_outer_ones(void **state)
{
    struct nidx_ignore outer = rules("*.txt\n", 1);
    struct nidx_ignore inner = rules("!a.txt\n", 3);

    (void)state;
    inner.outer = &outer;
    assert_int_equal(ask(&inner, "/d/a.txt", false), 'o');
    assert_int_equal(ask(&inner, "/d/b.txt", false), 'x');
    assert_int_equal(ask(&outer, "/d/a.txt", false), 'x');
    assert_int_equal(ask(NULL, "/d/a.txt", false), '-');
    nidx_ignore_done(&inner);
    nidx_ignore_done(&outer);
}

static void files_of_rules_may_be_anything(void **state)
{
    struct nidx_ignore g = {.base = 1};
    char *folder = tmpdir_path(state, "");
    char *file = tmpdir_path(state, "rules");
    char *pipe = tmpdir_path(state, "pipe");
    const int dir = open(folder, O_RDONLY | O_DIRECTORY);
    FILE *f = fopen(file, "wb");

    assert_true(dir >= 0);
    assert_non_null(f);
    assert_int_equal(fwrite("a\0b\nfine\n", 1, 9, f), 9);
    fclose(f);
    assert_int_equal(mkfifo(pipe, 0600), 0);
    assert_int_equal(nidx_ignore_load(&g, dir, "nothing", NULL), NIDX_OK);
    assert_int_equal(nidx_ignore_load(&g, dir, "pipe", NULL), NIDX_OK);
    assert_int_equal(nidx_ignore_load(&g, dir, ".", NULL), NIDX_OK);
    assert_int_equal(g.n, 0);
    assert_int_equal(nidx_ignore_load(&g, dir, "rules", NULL), NIDX_OK);
    assert_int_equal(g.n, 1);
    assert_int_equal(ask(&g, "/fine", false), 'x');
    nidx_ignore_done(&g);
    close(dir);
    free(folder);
    free(file);
    free(pipe);
}

int main(void)
{
#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, tmpdir_setup, tmpdir_teardown)
    const struct CMUnitTest tests[] = {
        TEST(globs_match_as_git_says),
        TEST(a_glob_that_is_too_long_fits_nothing),
        TEST(rules_are_read_as_git_reads_them),
        TEST(inner_files_come_before_outer_ones),
        TEST(files_of_rules_may_be_anything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
