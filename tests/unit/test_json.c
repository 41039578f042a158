/* test_json.c: tests of indexer/source/json and indexer/json_record.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include "indexer/source/json_record.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

/* Each case is one text that RFC 8259 allows. */
static const char *const valid[] = {
    "{}",
    "[]",
    "\"\"",
    "0",
    "-0",
    "-1",
    "12.5",
    "1e5",
    "1E+5",
    "1.5e-5",
    "true",
    "false",
    "null",
    " \t\r\n[ 1 , 2 ]\n",
    "{\"a\":1,\"a\":2}",
    "{\"\":0}",
    "[[[[]]],{\"a\":{\"b\":[]}}]",
    "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\"",
    "\"\\ud83d\\ude00\"",
    "\"\\ud800\"",
    "\"\x7f\"",
    "\"\xff\"",
    "123456789012345678901234567890",
    "1e999999",
};

/* And each of these one that it does not. */
static const char *const broken[] = {
    "",
    " ",
    "{",
    "}",
    "[",
    "]",
    "[1",
    "[1,",
    "[1,]",
    "[,1]",
    "[1 2]",
    "[1,,2]",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\":1,}",
    "{,}",
    "{a:1}",
    "{1:1}",
    "{\"a\" 1}",
    "{\"a\":1 \"b\":2}",
    "{\"a\":1]",
    "[1}",
    "\"",
    "\"a",
    "\"\\",
    "\"\\x\"",
    "\"\\u12\"",
    "\"\\u12g4\"",
    "\"\\u",
    "'a'",
    "\"a\nb\"",
    "\"\x01\"",
    "\"\t\"",
    "01",
    "-",
    "+1",
    ".5",
    "1.",
    "1.e5",
    "1e",
    "1e+",
    "-01",
    "0x10",
    "NaN",
    "Infinity",
    "tru",
    "True",
    "nul",
    "nulll",
    "[] []",
    "{}x",
    "1 2",
    "\xef\xbb\xbf{}",
    "// c\n1",
    "[1]/**/",
    "\"\\ud83d\\u\"",
    "[\"a\", \"b\"",
    "\"\\U0041\"",
    "--1",
    "1.5.5",
};

static void what_the_standard_allows_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(valid) / sizeof(*valid); i++) {
        if (!nidx_json_valid(valid[i], strlen(valid[i])))
            print_message("# refused: %s\n", valid[i]);
        assert_true(nidx_json_valid(valid[i], strlen(valid[i])));
    }
}

static void what_the_standard_forbids_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(broken) / sizeof(*broken); i++) {
        if (nidx_json_valid(broken[i], strlen(broken[i])))
            print_message("# taken: %s\n", broken[i]);
        assert_false(nidx_json_valid(broken[i], strlen(broken[i])));
    }
    assert_false(nidx_json_valid("1\0", 2));
    assert_false(nidx_json_valid("\"\0\"", 3));
    assert_false(nidx_json_valid("[\0]", 3));
}

static void nesting_is_bounded(void **state)
{
    (void)state;
    static char text[200000];

    memset(text, '[', NIDX_JSON_DEPTH);
    memset(text + NIDX_JSON_DEPTH, ']', NIDX_JSON_DEPTH);
    assert_true(nidx_json_valid(text, 2 * NIDX_JSON_DEPTH));
    memset(text, '[', NIDX_JSON_DEPTH + 1);
    memset(text + NIDX_JSON_DEPTH + 1, ']', NIDX_JSON_DEPTH + 1);
    assert_false(nidx_json_valid(text, 2 * NIDX_JSON_DEPTH + 2));
    memset(text, '[', sizeof(text));
    assert_false(nidx_json_valid(text, sizeof(text)));
    for (size_t i = 0; i + 5 <= sizeof(text); i += 5)
        memcpy(text + i, "{\"\":[", 5);
    assert_false(nidx_json_valid(text, sizeof(text)));
}

static void check_text(const char *json, const char *text, size_t len,
                       uint64_t bad)
{
    struct nidx_buf out = {0};
    struct nidx_json j = nidx_json_of(json, strlen(json));

    assert_true(nidx_json_string(&j, &out));
    assert_int_equal(out.len, len);
    if (len > 0)
        assert_memory_equal(out.data, text, len);
    assert_int_equal(j.bad, bad);
    nidx_buf_done(&out);
}

static void escapes_become_characters(void **state)
{
    (void)state;
    check_text("\"a\\\"\\\\\\/\\b\\f\\n\\r\\tz\"", "a\"\\/\b\f\n\r\tz", 10, 0);
    check_text("\"\\u0041\\u00e4\\u20AC\"", "Aä€", 6, 0);
    check_text("\"\\u0000\"", "\0", 1, 0);
    check_text("\"\\ud83d\\ude00\"", "😀", 4, 0);
    check_text("\"\\uDBFF\\uDFFF\"", "\U0010ffff", 4, 0);
}

static void lone_surrogates_are_replaced(void **state)
{
    (void)state;
    check_text("\"\\ud800\"", "\ufffd", 3, 1);
    check_text("\"\\ude00\\ud83d\"", "\ufffd\ufffd", 6, 2);
    check_text("\"\\ud83dx\"", "\ufffdx", 4, 1);
    check_text("\"\\ud83d\\u0041\"", "\ufffdA", 4, 1);
    check_text("\"\\ud83d\\ud83d\\ude00\"", "\ufffd😀", 7, 1);
    check_text("\"\\ud83d\\n\"", "\ufffd\n", 4, 1);
}

/* The scan goes eight bytes at a time: every place of what ends a run. */
static void a_run_may_end_anywhere(void **state)
{
    (void)state;
    static const uint8_t enders[] = {'"', '\\', 0x00, 0x1f, 0x0a};
    char text[42];

    for (size_t at = 0; at < 40; at++) {
        for (size_t e = 0; e < sizeof(enders); e++) {
            struct nidx_buf out = {0};
            memset(text, '\x80', sizeof(text));
            text[0] = '"';
            text[1 + at] = (char)enders[e];
            struct nidx_json j = nidx_json_of(text, 2 + at);
            assert_int_equal(nidx_json_string(&j, &out), e == 0);
            assert_int_equal(out.len, at);
            nidx_buf_done(&out);
        }
    }
}

/* All bytes but three kinds are ordinary within a string. */
static void every_byte_is_judged_alike_wherever_it_stands(void **state)
{
    (void)state;
    char text[32];

    for (unsigned c = 0; c < 256; c++) {
        for (size_t at = 1; at < 17; at++) {
            memset(text, 'x', sizeof(text));
            text[0] = text[31] = '"';
            text[at] = (char)c;
            const bool ends = c < 0x20 || c == '"' || c == '\\';
            assert_int_equal(nidx_json_valid(text, 32), !ends);
        }
    }
}

struct fixture {
    struct nidx_json_record r;
    struct nidx_document *d;
};

static int make(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    *state = f;
    f->d = nidx_document_new();
    return nidx_json_record_init(&f->r, NULL, NULL) == NIDX_OK ? 0 : -1;
}

static int drop(void **state)
{
    struct fixture *f = *state;

    nidx_json_record_done(&f->r);
    nidx_document_free(f->d);
    free(f);
    return 0;
}

static const char *read_record(struct fixture *f, const char *text)
{
    struct nidx_json j = nidx_json_of(text, strlen(text));

    nidx_document_clear(f->d);
    assert_int_equal(nidx_json_record_read(&f->r, &j, f->d, NULL), NIDX_OK);
    return j.error;
}

static void check_id(const struct fixture *f, const char *id)
{
    assert_int_equal(f->r.id.len, strlen(id));
    if (*id)
        assert_memory_equal(f->r.id.data, id, strlen(id));
}

static void check_value(const struct fixture *f, uint32_t i, uint8_t field,
                        const char *text)
{
    const struct nidx_document *d = f->d;

    assert_true(i < d->n_values);
    assert_int_equal(d->values[i].field, field);
    assert_int_equal(d->values[i].len, strlen(text));
    assert_memory_equal(d->bytes.data + d->values[i].offset, text,
                        strlen(text));
}

static void members_become_fields(void **state)
{
    struct fixture *f = *state;

    assert_null(read_record(
        f, "{\"id\":\"x1\",\"skip\":{\"title\":[1]},\"title\":\"T\\u0041\","
           "\"body\":\"B\",\"date\":\"2018-08-08\",\"tags\":[\"a\",\"b\"]}"));
    check_id(f, "x1");
    assert_int_equal(f->d->n_values, 4);
    check_value(f, 0, NIDX_FIELD_TITLE, "TA");
    check_value(f, 1, NIDX_FIELD_BODY, "B");
    check_value(f, 2, NIDX_FIELD_TAGS, "a");
    check_value(f, 3, NIDX_FIELD_TAGS, "b");
    assert_true(f->d->date == 1533686400);
}

static void numbers_are_ids_and_dates(void **state)
{
    struct fixture *f = *state;

    assert_null(read_record(f, "{\"id\": -12, \"date\": 1533686400}"));
    check_id(f, "-12");
    assert_true(f->d->date == 1533686400);
    assert_null(read_record(f, "{\"id\": true, \"date\": \"soon\"}"));
    check_id(f, "");
    assert_int_equal(f->d->date_rule, NIDX_DATE_NONE);
}

static void values_that_are_no_text_are_passed_over(void **state)
{
    struct fixture *f = *state;

    assert_null(read_record(f,
                            "{\"title\":null,\"body\":true,\"author\":{},"
                            "\"tags\":[1,null,[\"x\"],\"y\"],\"url\":\"\"}"));
    assert_int_equal(f->d->n_values, 2);
    check_value(f, 0, NIDX_FIELD_TAGS, "1");
    check_value(f, 1, NIDX_FIELD_TAGS, "y");
}

static void of_equal_names_the_last_counts(void **state)
{
    struct fixture *f = *state;

    assert_null(read_record(
        f, "{\"id\":\"a\",\"tags\":[\"1\",\"2\"],\"title\":\"old\","
           "\"body\":\"B\",\"tags\":[\"3\"],\"title\":\"new\",\"id\":\"b\","
           "\"date\":\"2018\",\"date\":null}"));
    check_id(f, "b");
    assert_int_equal(f->d->n_values, 3);
    check_value(f, 0, NIDX_FIELD_BODY, "B");
    check_value(f, 1, NIDX_FIELD_TAGS, "3");
    check_value(f, 2, NIDX_FIELD_TITLE, "new");
    assert_int_equal(f->d->date_rule, NIDX_DATE_NONE);
}

static void a_broken_record_says_why(void **state)
{
    struct fixture *f = *state;

    assert_string_equal(read_record(f, "[1]"), "a record must be an object");
    assert_string_equal(read_record(f, "{\"title\":\"a"),
                        "the text ends within a string");
    assert_non_null(read_record(f, "{\"title\":\"a\",}"));
    assert_non_null(read_record(f, "{\"id\":nul}"));
    assert_non_null(read_record(f, "{\"tags\":[\"a\" \"b\"]}"));
    assert_non_null(read_record(f, ""));
    assert_null(read_record(f, "{}"));
}

static void a_map_renames_members(void **state)
{
    struct fixture *f = *state;

    nidx_json_record_done(&f->r);
    assert_int_equal(
        nidx_json_record_init(
            &f->r, "title=headline,body=lead,body=text,id=guid,", NULL),
        NIDX_OK);
    assert_null(read_record(
        f, "{\"guid\":7,\"id\":8,\"headline\":\"H\",\"title\":\"T\","
           "\"lead\":\"L\",\"text\":\"X\",\"tags\":\"t\"}"));
    check_id(f, "7");
    assert_int_equal(f->d->n_values, 4);
    check_value(f, 0, NIDX_FIELD_TITLE, "H");
    check_value(f, 1, NIDX_FIELD_BODY, "L");
    check_value(f, 2, NIDX_FIELD_BODY, "X");
    check_value(f, 3, NIDX_FIELD_TAGS, "t");
}

static void a_map_that_names_no_field_is_invalid(void **state)
{
    (void)state;
    static const char *const maps[] = {"title", "=x", "title=", "colour=x",
                                       "title=a,b"};
    struct nidx_json_record r;
    struct nidx_error err;

    for (size_t i = 0; i < sizeof(maps) / sizeof(*maps); i++)
        assert_int_equal(nidx_json_record_init(&r, maps[i], &err),
                         NIDX_ERR_INVALID);
}

/* The public conformance files, where NIDX_JSON_SUITE names them: y_ must be
 * taken, n_ refused, i_ is free. */
static void conformance_files_are_judged_right(void **state)
{
    (void)state;
    const char *folder = getenv("NIDX_JSON_SUITE");
    DIR *dir = folder ? opendir(folder) : NULL;
    static char data[1 << 20];
    char path[4096];

    if (!dir)
        return; /* cmocka would report a skipped test as a failed one */
    for (struct dirent *e = readdir(dir); e; e = readdir(dir)) {
        snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
        FILE *f = e->d_name[0] == '.' ? NULL : fopen(path, "rb");
        if (!f)
            continue;
        const bool good =
            nidx_json_valid(data, fread(data, 1, sizeof(data), f));
        fclose(f);
        if ((e->d_name[0] == 'y' && !good) || (e->d_name[0] == 'n' && good))
            fail_msg("%s", e->d_name);
    }
    closedir(dir);
}

int main(void)
{
#define RECORD(f) cmocka_unit_test_setup_teardown(f, make, drop)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_standard_allows_is_read),
        cmocka_unit_test(what_the_standard_forbids_is_refused),
        cmocka_unit_test(nesting_is_bounded),
        cmocka_unit_test(escapes_become_characters),
        cmocka_unit_test(lone_surrogates_are_replaced),
        cmocka_unit_test(a_run_may_end_anywhere),
        cmocka_unit_test(every_byte_is_judged_alike_wherever_it_stands),
        RECORD(members_become_fields),
        RECORD(numbers_are_ids_and_dates),
        RECORD(values_that_are_no_text_are_passed_over),
        RECORD(of_equal_names_the_last_counts),
        RECORD(a_broken_record_says_why),
        RECORD(a_map_renames_members),
        cmocka_unit_test(a_map_that_names_no_field_is_invalid),
        cmocka_unit_test(conformance_files_are_judged_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
