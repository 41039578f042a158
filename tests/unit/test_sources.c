/* test_sources.c: tests of indexer/source/source and the formats behind it.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include "indexer/source/lines.h"
#include "indexer/source/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Bytes of a literal, zeros included. */
#define B(literal) literal, sizeof(literal) - 1

/* What a source gave, one line a document or skip:
 * key|field=value|...   or   !line why message */
struct seen {
    struct nidx_buf text;
    uint64_t n_docs, bad_bytes, consumed;
};

static void put(struct nidx_buf *b, const char *text)
{
    nidx_buf_put(b, text, strlen(text));
}

static void on_skip(void *context, const char *name, uint64_t line,
                    enum nidx_skip why, const char *message)
{
    struct seen *seen = context;
    char text[200];

    (void)name;
    snprintf(text, sizeof(text), "!%llu %d %s\n", (unsigned long long)line,
             (int)why, message);
    put(&seen->text, text);
}

static void put_document(struct seen *seen, const struct nidx_document *d)
{
    static const char *const names[] = {"?",      "title",    "body",
                                        "author", "date",     "url",
                                        "source", "language", "tags"};
    char text[64];

    nidx_buf_put(&seen->text, d->key.data, d->key.len);
    for (uint32_t i = 0; i < d->n_values; i++) {
        put(&seen->text, "|");
        put(&seen->text, names[d->values[i].field]);
        put(&seen->text, "=");
        nidx_buf_put(&seen->text, d->bytes.data + d->values[i].offset,
                     d->values[i].len);
    }
    if (d->date_rule != NIDX_DATE_NONE) {
        snprintf(text, sizeof(text), "|date%d=%lld", (int)d->date_rule,
                 (long long)d->date);
        put(&seen->text, text);
    }
    put(&seen->text, "\n");
    seen->n_docs++;
    seen->bad_bytes += d->bad_bytes;
}

static void read_source(const struct nidx_source_input *input,
                        struct seen *seen)
{
    const struct nidx_source_report report = {on_skip, seen};
    struct nidx_document *d = nidx_document_new();
    struct nidx_source *s = NULL;
    const char *message = NULL;
    enum nidx_skip why = NIDX_SKIP_COUNT;
    bool done = false;

    assert_int_equal(nidx_source_open(input, &report, &s, &why, &message, NULL),
                     NIDX_OK);
    if (!s)
        on_skip(seen, input->name, 0, why, message);
    while (s && !done) {
        nidx_document_clear(d);
        assert_int_equal(s->ops->next(s, d, &done, NULL), NIDX_OK);
        seen->consumed = s->consumed;
        if (!done)
            put_document(seen, d);
    }
    nidx_source_close(s);
    nidx_document_free(d);
}

static void check_input(const struct nidx_source_input *input,
                        const char *expected, uint64_t bad)
{
    struct seen seen = {0};

    read_source(input, &seen);
    nidx_buf_u8(&seen.text, 0);
    assert_string_equal((const char *)seen.text.data, expected);
    assert_int_equal(seen.bad_bytes, bad);
    nidx_buf_done(&seen.text);
}

/* Reads from a copy without a byte behind it, so that a read past the end is
 * seen by valgrind and ASan. */
static void check(const char *name, const char *data, size_t len,
                  const char *expected)
{
    uint8_t *copy = malloc(len ? len : 1);
    const struct nidx_source_input input = {
        .name = name, .data = copy, .len = len, .fd = -1};

    memcpy(copy, data, len);
    check_input(&input, expected, 0);
    free(copy);
}

static void the_first_line_of_a_text_is_its_headline(void **state)
{
    (void)state;
    check("/a.txt", B("\n  Headline \n\nFirst.\nSecond.\n"),
          "/a.txt|title=Headline|body=First.\nSecond.\n");
    check("/a.txt", B("Headline\r\n\r\nBody\r\n"),
          "/a.txt|title=Headline|body=Body\n");
    check("/a.txt", B("Headline\rBody"), "/a.txt|title=Headline|body=Body\n");
    check("/a.txt", B("Only"), "/a.txt|title=Only\n");
    check("/a.TXT", B("\xef\xbb\xbfMark\nBody"),
          "/a.TXT|title=Mark|body=Body\n");
}

static void a_long_first_line_is_no_headline(void **state)
{
    (void)state;
    char text[3000];
    char expected[3100];

    memset(text, 'a', sizeof(text));
    snprintf(expected, sizeof(expected), "a.txt|body=%.*s\n", (int)sizeof(text),
             text);
    check("a.txt", text, sizeof(text), expected);
}

static void texts_of_other_charsets_are_converted(void **state)
{
    (void)state;
    check("a.txt", B("Caf\xe9\nb"), "a.txt|title=Café|body=b\n");
    check("a.txt", B("\xff\xfeH\0i\0\n\0b\0"), "a.txt|title=Hi|body=b\n");
    check("a.txt", B("H\0i\0.\0\n\0b\0o\0"), "a.txt|title=Hi.|body=bo\n");
}

static void zeros_in_a_text_file_are_kept(void **state)
{
    (void)state;
    struct seen seen = {0};
    const char data[] = "alpha\0beta gamma and other words\nbody of it";
    const struct nidx_source_input input = {.name = "a.txt",
                                            .data = (const uint8_t *)data,
                                            .len = sizeof(data) - 1,
                                            .fd = -1};

    read_source(&input, &seen);
    assert_int_equal(seen.n_docs, 1);
    assert_memory_equal(seen.text.data, "a.txt|title=alpha\0beta", 22);
    assert_int_equal(seen.consumed, sizeof(data) - 1);
    nidx_buf_done(&seen.text);
}

static void a_file_has_its_date_and_fingerprints(void **state)
{
    (void)state;
    struct nidx_source_input input = {.name = "a.txt",
                                      .data = (const uint8_t *)"Title",
                                      .len = 5,
                                      .mtime = 1533686400,
                                      .stat = 7,
                                      .content = 8};
    struct nidx_document *d = nidx_document_new();
    struct nidx_source *s;
    bool done;

    check_input(&input, "a.txt|title=Title|date5=1533686400\n", 0);
    assert_int_equal(nidx_source_text_open(&input, &s, NULL), NIDX_OK);
    assert_int_equal(s->ops->next(s, d, &done, NULL), NIDX_OK);
    assert_false(done);
    assert_int_equal(d->stat, 7);
    assert_int_equal(d->content, 8);
    nidx_source_close(s);
    nidx_document_free(d);
}

static void what_an_article_states_beats_the_files_date(void **state)
{
    (void)state;
    struct nidx_source_input input = {
        .name = "/2017-01-01-dump/a.txt",
        .data = (const uint8_t *)"Title\nAugust 8, 2018\nText",
        .len = 25,
        .mtime = 1};
    static const char url[] =
        "{\"title\":\"T\",\"url\":\"http://2017-01-01.org/2018/08/08/x\"}";

    check_input(&input,
                "/2017-01-01-dump/a.txt|title=Title|"
                "body=August 8, 2018\nText|date3=1533686400\n",
                0);
    input.name = "/2018-08-08-a.txt";
    input.len = 5;
    check_input(&input, "/2018-08-08-a.txt|title=Title|date4=1533686400\n", 0);
    input.name = "/2018-08-08-dump/a.txt";
    check_input(&input, "/2018-08-08-dump/a.txt|title=Title|date5=1\n", 0);
    check("n.jsonl", url, sizeof(url) - 1,
          "n.jsonl#1|title=T|url=http://2017-01-01.org/2018/08/08/x|"
          "date4=1533686400\n");
}

static void what_is_no_article_is_skipped_by_reason(void **state)
{
    (void)state;
    check("a.txt", B(""), "!0 6 it is empty\n");
    check("a.txt", B(" \r\n\t "), "!0 6 it is empty\n");
    check("a", B("ab\0cdefg"), "!0 1 it is no text\n");
    check("a.txt", B("\x89PNG\r\n\x1a\nabc"), "!0 1 it is no text\n");
    check("a.txt", B("%PDF-1.4 abc"), "!0 1 it is no text\n");
    check("a.txt", B("\1\2\3\4abc\1\2\3"), "!0 1 it is no text\n");
    check("a.css", B("p { color: red }"),
          "!0 3 nidx reads no files of this kind\n");
}

static void the_name_and_the_beginning_tell_the_format(void **state)
{
    (void)state;
    check("dir.d/README", B("Read me"), "dir.d/README|title=Read me\n");
    check("speech.2018", B("Speech"), "speech.2018|title=Speech\n");
    check(".name", B("Name"), ".name|title=Name\n");
    check("end.", B("End"), "end.|title=End\n");
    check("dump", B("{ \"title\": \"T\"}"), "dump#1|title=T\n");
    check("dump", B("{ not JSON }"), "dump|title={ not JSON }\n");
    check("a.x-long-ending", B("End"), "a.x-long-ending|title=End\n");
}

static void each_line_of_json_is_a_document(void **state)
{
    (void)state;
    check("/n.jsonl",
          B("{\"id\":\"a\",\"title\":\"T\"}\n\n \r\n"
            "{\"id\":7,\"body\":\"B\"}\r\n{\"body\":\"C\"}"),
          "/n.jsonl#a|title=T\n/n.jsonl#7|body=B\n/n.jsonl#5|body=C\n");
    check("n.jsonl", B("{\"id\":4,\"title\":null}"), "n.jsonl#4\n");
    check("n.ndjson", B("\xef\xbb\xbf{\"id\":\"a\",\"title\":\"T\"}\n"),
          "n.ndjson#a|title=T\n");
}

static void broken_lines_are_told_and_passed_over(void **state)
{
    (void)state;
    check("n.jsonl",
          B("{broken\n{\"title\":\"T\"}\n[1]\n{\"title\":\"x\"} {}\n"
            "{\"other\":1}\n{\"title\":null}\n{\"title\":\"U\"}\n{\"ti"),
          "!1 4 a string must stand here\n"
          "n.jsonl#2|title=T\n"
          "!3 4 a record must be an object\n"
          "!4 4 something stands behind the object\n"
          "!5 6 neither an id nor text in the members that are read\n"
          "!6 6 neither an id nor text in the members that are read\n"
          "n.jsonl#7|title=U\n"
          "!8 4 the text ends within a string\n");
}

static void a_key_that_is_too_long_breaks_its_record(void **state)
{
    (void)state;
    static char text[70100];
    char *p = text + sprintf(text, "{\"title\":\"T\",\"id\":\"");

    memset(p, 'k', 70000);
    strcpy(p + 70000, "\"}\n{\"title\":\"U\"}");
    check("n.jsonl", text, strlen(text),
          "!1 4 the id is too long\nn.jsonl#2|title=U\n");
}

static void ids_may_stand_alone_and_members_have_other_names(void **state)
{
    (void)state;
    const char data[] = "{\"guid\":\"g\",\"head\":\"H\",\"title\":\"T\"}\n"
                        "{\"head\":\"no id\"}";
    const struct nidx_source_input input = {.name = "n.jsonl",
                                            .data = (const uint8_t *)data,
                                            .len = sizeof(data) - 1,
                                            .map = "id=guid,title=head",
                                            .plain_ids = true};

    check_input(&input, "g|title=H\nn.jsonl#2|title=no id\n", 0);
}

static void a_wrong_map_is_refused(void **state)
{
    (void)state;
    const struct nidx_source_input input = {.name = "n.jsonl",
                                            .data = (const uint8_t *)"{}",
                                            .len = 2,
                                            .map = "colour=red"};
    struct nidx_source *s = NULL;
    const char *message;
    enum nidx_skip why;

    assert_int_equal(nidx_source_open(&input, NULL, &s, &why, &message, NULL),
                     NIDX_ERR_INVALID);
    assert_null(s);
}

static void lines_that_are_no_utf8_are_converted(void **state)
{
    (void)state;
    const char data[] = "{\"title\":\"caf\xe9\"}\n{\"title\":\"M\xc3\xbcn"
                        " \xff\"}\n{\"title\":\"\\ud800\"}";
    const struct nidx_source_input input = {.name = "n.jsonl",
                                            .data = (const uint8_t *)data,
                                            .len = sizeof(data) - 1};

    check_input(&input,
                "n.jsonl#1|title=café\nn.jsonl#2|title=Mün \ufffd\n"
                "n.jsonl#3|title=\ufffd\n",
                2);
}

static void json_in_utf16_is_converted(void **state)
{
    (void)state;
    static const char text[] = "{\"title\":\"T\"}\n{\"title\":\"U\"}";
    char wide[2 * sizeof(text)] = "\xff\xfe";

    for (size_t i = 0; i + 1 < sizeof(text); i++) {
        wide[2 + 2 * i] = text[i];
        wide[3 + 2 * i] = 0;
    }
    const char *expected[] = {"n.jsonl#1|title=T\nn.jsonl#2|title=U\n",
                              "n.json#1|title=T\nn.json#2|title=U\n"};
    check("n.jsonl", wide, 2 * sizeof(text), expected[0]);
    check("n.json", wide, 2 * sizeof(text), expected[1]);
}

static void a_json_file_may_hold_an_object_or_an_array(void **state)
{
    (void)state;
    check("n.json", B("{\n \"title\": \"T\",\n \"id\": 1\n}\n"),
          "n.json#1|title=T\n");
    check("n.json",
          B("\xef\xbb\xbf [\n{\"title\":\"T\"},\n{\"title\":\"U\"}\n]\n"),
          "n.json#1|title=T\nn.json#2|title=U\n");
    check("n.json", B("[]"), "");
    check("n.json", B("{\"title\":\"caf\xe9\"}"), "n.json#1|title=café\n");
    check("n.json", B("{\"title\":\"T\"}{\"title\":\"U\"}\n{\"title\":\"V\"}"),
          "n.json#1|title=T\nn.json#2|title=U\nn.json#3|title=V\n");
}

static void a_broken_json_file_gives_what_is_whole(void **state)
{
    (void)state;
    check("n.json", B("{\"title\":\"T\"}\n{\"title\":oops}\n{\"title\":\"U\"}"),
          "n.json#1|title=T\n!2 4 a value must stand here\nn.json#3|title=U\n");
    check("n.json", B("[{\"title\":\"T\"},\n{\"title\":\"U\" oops]"),
          "n.json#1|title=T\n"
          "!2 4 a comma or a closing bracket must stand here\n");
    check("n.json", B("[{\"title\":\"T\"} {\"title\":\"U\"}]"),
          "n.json#1|title=T\n"
          "!1 4 a comma or a closing bracket must stand here\n");
    check("n.json", B("[{\"title\":\"T\"}] x"),
          "n.json#1|title=T\n!1 4 a value must stand here\n");
    check("n.json", B("[{\"title\":\"T\"}, 1, {\"title\":\"U\"}]"),
          "n.json#1|title=T\n!1 4 a record must be an object\n"
          "n.json#3|title=U\n");
    check("n.json", B("12"), "!1 4 a record must be an object\n");
}

static void markdown_loses_its_markup(void **state)
{
    (void)state;
    check("a.md",
          B("# The *title*\n\nSome **bold** and _soft_ words, `code`,\n"
            "a [link](http://x.y/z_(1)) and ![image](i.png).\n\n"
            "## Part ##\n- one\n- two\n\n> quoted\n\n---\n"),
          "a.md|title=The title|body=Some bold and soft words, code,\n"
          "a link and image.\n\n\nPart\n\none\ntwo\n\nquoted\n");
    check("a.md", B("Title\n=====\nText\n\nPart\n----\nMore"),
          "a.md|title=Title|body=Text\n\n\nPart\n\nMore\n");
    check("a.md", B("No heading"), "a.md|body=No heading\n");
}

static void markdown_that_is_none_stays(void **state)
{
    (void)state;
    check("a.md", B("5*3 a * b snake_case [x] (y) <3 a<b AT&T \\ # no\n#no"),
          "a.md|body=5*3 a * b snake_case [x] (y) <3 a<b AT&T \\ # no\n#no\n");
    check("a.md",
          B("\\*a\\* &amp; &lt;b&gt; ~~c~~ d<br>e <b>f</b>g "
            "<http://h.i> <!-- j -->k"),
          "a.md|body=*a* & <b> c d e fg http://h.i  k\n");
    check("a.md", B("```c\nint *a_b;\n```\n|a|b|\n|--|:-:|\n[r]: http://x\nz"),
          "a.md|body=int *a_b;\n\n a b \n\n\nz\n");
    check("a.md", B("[![badge](b.svg)](http://x) [t][r]"),
          "a.md|body=badge t\n");
}

static void front_matter_gives_fields(void **state)
{
    (void)state;
    check("a.md",
          B("---\ntitle: \"A: title\"\ndate: 2018-08-08\n"
            "tags: [a, 'b c']\nauthors:\n  - X\n  - Y\nlayout: post\n"
            "lang: en\n---\n# Heading\nText"),
          "a.md|tags=a|tags=b c|author=X|author=Y|language=en|title=A: title|"
          "body=Heading\n\nText|date1=1533686400\n");
    check("a.md", B("---\nText below a rule"), "a.md|body=Text below a rule\n");
}

static void brackets_without_end_cost_no_time(void **state)
{
    (void)state;
    static char text[4 << 20];
    const struct nidx_source_input input = {
        .name = "a.md", .data = (const uint8_t *)text, .len = sizeof(text)};
    struct seen seen = {0};

    memset(text, '[', sizeof(text));
    memset(text + sizeof(text) / 2, '<', sizeof(text) / 2);
    read_source(&input, &seen);
    assert_int_equal(seen.n_docs, 1);
    nidx_buf_done(&seen.text);
}

/* The reading end of a pipe into which a child writes data piece by piece. */
static int pipe_of(const char *data, size_t len)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) {
        for (size_t at = 0; at < len;) {
            const size_t n = len - at < 777 ? len - at : 777;
            const ssize_t written = write(ends[1], data + at, n);
            if (written < 0)
                _exit(1);
            at += (size_t)written;
        }
        _exit(0);
    }
    close(ends[1]);
    return ends[0];
}

static void stream(const char *data, size_t len, struct seen *seen)
{
    const struct nidx_source_input input = {.name = "-",
                                            .fd = pipe_of(data, len)};

    read_source(&input, seen);
    close(input.fd);
}

static void a_stream_gives_what_a_file_gives(void **state)
{
    (void)state;
    struct nidx_buf text = {0};
    struct seen file = {0};
    struct seen piped = {0};

    for (int i = 0; i < 3000; i++) {
        char head[64];
        snprintf(head, sizeof(head), "{\"id\":%d,\"title\":\"T\",\"body\":\"",
                 i);
        put(&text, head);
        for (int k = 0; k < i % 97 + (i == 1500 ? 100000 : 0); k++)
            put(&text, "word ");
        put(&text, i % 100 ? "\"}\n" : "broken\n");
    }
    struct nidx_source_input input = {
        .name = "-", .data = text.data, .len = text.len, .fd = -1};
    read_source(&input, &file);
    stream((const char *)text.data, text.len, &piped);
    assert_int_equal(file.text.len, piped.text.len);
    assert_memory_equal(file.text.data, piped.text.data, file.text.len);
    assert_int_equal(piped.n_docs, 2970);
    assert_int_equal(piped.consumed, text.len);
    nidx_buf_done(&text);
    nidx_buf_done(&file.text);
    nidx_buf_done(&piped.text);
}

static void a_line_that_is_too_long_is_passed_over(void **state)
{
    (void)state;
    static char text[2000000];
    struct nidx_lines l;
    struct nidx_bytes line;
    bool done = false;

    memset(text, 'a', sizeof(text));
    memcpy(text, "first\n", 6);
    memcpy(text + sizeof(text) - 6, "\nlast\n", 6);
    const int fd = pipe_of(text, sizeof(text));
    nidx_lines_init(&l, NULL, 0, fd, "stream");
    l.max = 300000;
    assert_int_equal(nidx_lines_next(&l, &line, &done, NULL), NIDX_OK);
    assert_int_equal(line.len, 5);
    assert_int_equal(nidx_lines_next(&l, &line, &done, NULL), NIDX_OK);
    assert_true(l.cut);
    assert_int_equal(line.len, 0);
    assert_int_equal(nidx_lines_next(&l, &line, &done, NULL), NIDX_OK);
    assert_false(l.cut);
    assert_int_equal(l.line, 3);
    assert_memory_equal(line.data, "last", 4);
    assert_int_equal(nidx_lines_next(&l, &line, &done, NULL), NIDX_OK);
    assert_true(done);
    assert_int_equal(l.consumed, sizeof(text));
    assert_true(l.buf.cap < 1500000);
    nidx_lines_done(&l);
    close(fd);
}

static void a_mark_alone_is_nothing(void **state)
{
    (void)state;
    check("a.jsonl", B("\xff\xfe"), "");
    check("a.json", B("\xff\xfe"), "");
    check("a.txt", B("\xff\xfe"), "");
    check("a.md", B("\xef\xbb\xbf"), "");
}

static void a_stream_that_cannot_be_read_is_an_error(void **state)
{
    (void)state;
    struct nidx_error err;
    struct nidx_lines l;
    struct nidx_bytes line;
    bool done;

    nidx_lines_init(&l, NULL, 0, 1000000, "stream");
    assert_int_equal(nidx_lines_next(&l, &line, &done, &err), NIDX_ERR_IO);
    assert_non_null(strstr(err.message, "cannot read stream"));
    nidx_lines_done(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_line_of_a_text_is_its_headline),
        cmocka_unit_test(a_long_first_line_is_no_headline),
        cmocka_unit_test(texts_of_other_charsets_are_converted),
        cmocka_unit_test(zeros_in_a_text_file_are_kept),
        cmocka_unit_test(a_file_has_its_date_and_fingerprints),
        cmocka_unit_test(what_an_article_states_beats_the_files_date),
        cmocka_unit_test(what_is_no_article_is_skipped_by_reason),
        cmocka_unit_test(the_name_and_the_beginning_tell_the_format),
        cmocka_unit_test(each_line_of_json_is_a_document),
        cmocka_unit_test(broken_lines_are_told_and_passed_over),
        cmocka_unit_test(a_key_that_is_too_long_breaks_its_record),
        cmocka_unit_test(ids_may_stand_alone_and_members_have_other_names),
        cmocka_unit_test(a_wrong_map_is_refused),
        cmocka_unit_test(lines_that_are_no_utf8_are_converted),
        cmocka_unit_test(json_in_utf16_is_converted),
        cmocka_unit_test(a_json_file_may_hold_an_object_or_an_array),
        cmocka_unit_test(a_broken_json_file_gives_what_is_whole),
        cmocka_unit_test(markdown_loses_its_markup),
        cmocka_unit_test(markdown_that_is_none_stays),
        cmocka_unit_test(front_matter_gives_fields),
        cmocka_unit_test(brackets_without_end_cost_no_time),
        cmocka_unit_test(a_stream_gives_what_a_file_gives),
        cmocka_unit_test(a_line_that_is_too_long_is_passed_over),
        cmocka_unit_test(a_mark_alone_is_nothing),
        cmocka_unit_test(a_stream_that_cannot_be_read_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
