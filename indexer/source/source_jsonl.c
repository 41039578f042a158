/* source_jsonl.c: JSON lines, and files of JSON objects.
 *
 * Lines are taken apart one by one, so that a broken one costs itself alone.
 * A file whose name ends in .json may hold an object, an array of objects, or
 * objects one after another (often lines under another name): it is walked
 * from value to value, and behind a broken one goes on at the next line that
 * begins with a brace.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/analysis/charset.h"
#include "common/base/limits.h"
#include "indexer/source/dateline.h"
#include "indexer/source/json_record.h"
#include "indexer/source/lines.h"
#include "indexer/source/source.h"

#include <stdio.h>
#include <stdlib.h>

struct jsonl {
    struct nidx_source base;
    const struct nidx_source_input *input;
    const struct nidx_source_report *report;
    struct nidx_json_record record;
    struct nidx_buf text; /* of the file, where it was converted */
    struct nidx_buf line; /* of a line, where it was converted */
    struct nidx_lines lines;
    /* Of a file of values: */
    struct nidx_json json;
    const uint8_t *counted; /* lines.line is the line that this stands in */
    uint64_t n_values;      /* so far: several may stand in one line */
    bool in_array, first;
};

static void close_jsonl(struct nidx_source *s)
{
    struct jsonl *j = (struct jsonl *)s;

    nidx_json_record_done(&j->record);
    nidx_lines_done(&j->lines);
    nidx_buf_done(&j->text);
    nidx_buf_done(&j->line);
    free(j);
}

static void skipped(const struct jsonl *j, enum nidx_skip why,
                    const char *message)
{
    if (j->report && j->report->skipped)
        j->report->skipped(j->report->context, j->input->name, j->lines.line,
                           why, message);
}

/* "source#id", the id alone, or "source#line"; in a file of values the number
 * of the value instead of the line. */
static enum nidx_status set_key(struct jsonl *j, struct nidx_document *d)
{
    char number[24];
    const struct nidx_buf *id = &j->record.id;
    const uint64_t n = j->n_values ? j->n_values : j->lines.line;

    d->key.len = 0;
    if (id->len == 0 || !j->input->plain_ids) {
        nidx_buf_put(&d->key, j->input->name, strlen(j->input->name));
        nidx_buf_u8(&d->key, '#');
    }
    if (id->len > 0) {
        nidx_buf_put(&d->key, id->data, id->len);
    } else {
        snprintf(number, sizeof(number), "%llu", (unsigned long long)n);
        nidx_buf_put(&d->key, number, strlen(number));
    }
    return d->key.oom ? NIDX_ERR_NOMEM : NIDX_OK;
}

/* Whether what was read is a document; else it is told why not, and d is
 * empty again. A record that has an id is somebody's, even without text. */
static enum nidx_status accept(struct jsonl *j, struct nidx_document *d,
                               const char *error, bool *accepted,
                               struct nidx_error *err)
{
    *accepted = false;
    if (set_key(j, d) != NIDX_OK)
        return nidx_nomem(err);
    if (error)
        skipped(j, NIDX_SKIP_BROKEN, error);
    else if (d->key.len > NIDX_KEY_MAX)
        skipped(j, NIDX_SKIP_BROKEN, "the id is too long");
    else if (d->n_values == 0 && j->record.id.len == 0)
        skipped(j, NIDX_SKIP_EMPTY,
                "neither an id nor text in the members that are read");
    else
        *accepted = true;
    if (*accepted)
        nidx_document_find_date(d, false);
    else
        nidx_document_clear(d);
    return NIDX_OK;
}

static bool is_blank(struct nidx_bytes b)
{
    struct nidx_json j = nidx_json_of(b.data, b.len);
    return nidx_json_peek(&j) == 0 && j.p == j.end;
}

/* A line that is no UTF-8 is converted; a mark at the start is passed over. */
static enum nidx_status to_utf8(struct jsonl *j, struct nidx_bytes *line,
                                struct nidx_document *d, struct nidx_error *err)
{
    if (j->lines.line == 1 && line->len >= 3 &&
        memcmp(line->data, "\xef\xbb\xbf", 3) == 0) {
        line->data += 3;
        line->len -= 3;
    }
    if (nidx_utf8_valid(line->data, line->len))
        return NIDX_OK;
    j->line.len = 0;
    enum nidx_status status = nidx_charset_to_utf8(
        line->data, line->len, NULL, &j->line, &d->bad_bytes, NULL, err);
    *line = (struct nidx_bytes){j->line.data, j->line.len};
    return status;
}

/* One line that is not blank. */
static enum nidx_status read_line(struct jsonl *j, struct nidx_bytes line,
                                  struct nidx_document *d, bool *accepted,
                                  struct nidx_error *err)
{
    if (j->lines.cut)
        return accept(j, d, "the line is longer than 256 MiB", accepted, err);
    enum nidx_status status = to_utf8(j, &line, d, err);
    if (status != NIDX_OK)
        return status;
    struct nidx_json json = nidx_json_of(line.data, line.len);
    status = nidx_json_record_read(&j->record, &json, d, err);
    if (status != NIDX_OK)
        return status;
    if (!json.error && (nidx_json_peek(&json) != 0 || json.p < json.end))
        json.error = "something stands behind the object";
    return accept(j, d, json.error, accepted, err);
}

static enum nidx_status next_line(struct nidx_source *s,
                                  struct nidx_document *d, bool *done,
                                  struct nidx_error *err)
{
    struct jsonl *j = (struct jsonl *)s;
    bool accepted = false;
    struct nidx_bytes line;

    while (!accepted) {
        enum nidx_status status = nidx_lines_next(&j->lines, &line, done, err);
        s->consumed = j->lines.consumed;
        if (status != NIDX_OK || *done)
            return status;
        if (is_blank(line) && !j->lines.cut)
            continue;
        status = read_line(j, line, d, &accepted, err);
        if (status != NIDX_OK)
            return status;
    }
    return NIDX_OK;
}

static void count_lines(struct jsonl *j, const uint8_t *to)
{
    while (j->counted < to) {
        const uint8_t *at = memchr(j->counted, '\n', (size_t)(to - j->counted));
        if (!at)
            break;
        j->lines.line++;
        j->counted = at + 1;
    }
    j->counted = to;
}

/* Where reading may go on behind a broken value, or the end. An array is
 * lost: nothing says where in it the next object begins. */
static void recover(struct jsonl *j, const uint8_t *from)
{
    const uint8_t *p = from;

    while (!j->in_array && p < j->json.end) {
        p = memchr(p, '\n', (size_t)(j->json.end - p));
        if (!p || ++p == j->json.end)
            break;
        if (*p == '{') {
            j->json.p = p;
            j->json.error = NULL;
            return;
        }
    }
    j->in_array = false;
    j->json.p = j->json.end;
}

/* Moves to the next value; false at the end of all. */
static bool find_value(struct jsonl *j)
{
    if (j->in_array && nidx_json_element(&j->json, &j->first))
        return true;
    if (j->in_array) {
        j->in_array = false;
        if (j->json.error)
            skipped(j, NIDX_SKIP_BROKEN, j->json.error);
    }
    return nidx_json_peek(&j->json) != 0 || j->json.p < j->json.end;
}

static enum nidx_status next_value(struct nidx_source *s,
                                   struct nidx_document *d, bool *done,
                                   struct nidx_error *err)
{
    struct jsonl *j = (struct jsonl *)s;
    bool accepted = false;

    while (!accepted && find_value(j)) {
        nidx_json_peek(&j->json);
        const uint8_t *from = j->json.p;
        count_lines(j, from);
        j->n_values++;
        j->json.bad = 0;
        enum nidx_status status =
            nidx_json_record_read(&j->record, &j->json, d, err);
        const char *error = j->json.error;
        if (status == NIDX_OK)
            status = accept(j, d, error, &accepted, err);
        if (status != NIDX_OK)
            return status;
        if (error && j->json.p < j->json.end)
            j->json.error = NULL; /* a whole value, but no object */
        else if (error)
            recover(j, from);
    }
    s->consumed = j->input->len - (size_t)(j->json.end - j->json.p);
    *done = !accepted;
    return NIDX_OK;
}

static const struct nidx_source_ops line_ops = {next_line, close_jsonl};
static const struct nidx_source_ops value_ops = {next_value, close_jsonl};

static bool ends_in_json(const char *name)
{
    const size_t n = strlen(name);
    return n >= 5 && strcmp(name + n - 5, ".json") == 0;
}

/*
 * Makes UTF-8 of a file that is wholly in another encoding: UTF-16 shows by
 * its mark or a zero byte, neither of which JSON begins with. Lines can be
 * converted one by one when they come, a file of values cannot.
 */
static enum nidx_status convert(struct jsonl *j, bool lines,
                                struct nidx_bytes *data, struct nidx_error *err)
{
    const size_t look = data->len < 4096 ? data->len : 4096;
    const bool wide =
        look >= 2 && (data->data[0] >= 0xfe || memchr(data->data, 0, look));

    if (!wide && (lines || nidx_utf8_valid(data->data, data->len)))
        return NIDX_OK;
    enum nidx_status status = nidx_charset_to_utf8(data->data, data->len, NULL,
                                                   &j->text, NULL, NULL, err);
    /* A file of a mark alone leaves nothing, and NULL would mean a stream. */
    *data = (struct nidx_bytes){
        j->text.data ? j->text.data : (const uint8_t *)"", j->text.len};
    return status;
}

static void begin_values(struct jsonl *j, struct nidx_bytes data)
{
    j->base.ops = &value_ops;
    j->json = nidx_json_of(data.data, data.len);
    if (data.len >= 3 && memcmp(data.data, "\xef\xbb\xbf", 3) == 0)
        j->json.p += 3;
    j->counted = data.data;
    j->lines.line = 1;
    j->first = true;
    j->in_array = nidx_json_take(&j->json, '[');
}

static enum nidx_status begin(struct jsonl *j, struct nidx_error *err)
{
    const struct nidx_source_input *input = j->input;
    const bool lines = !input->data || !ends_in_json(input->name);
    struct nidx_bytes data = {input->data, input->data ? input->len : 0};
    enum nidx_status status =
        nidx_json_record_init(&j->record, input->map, err);

    if (status == NIDX_OK && input->data)
        status = convert(j, lines, &data, err);
    if (status != NIDX_OK)
        return status;
    if (!lines) {
        begin_values(j, data);
        return NIDX_OK;
    }
    j->base.ops = &line_ops;
    nidx_lines_init(&j->lines, data.data, data.len, input->fd, input->name);
    j->lines.hash = input->hash;
    return NIDX_OK;
}

enum nidx_status nidx_source_jsonl_open(const struct nidx_source_input *input,
                                        const struct nidx_source_report *report,
                                        struct nidx_source **out,
                                        struct nidx_error *err)
{
    struct jsonl *j = calloc(1, sizeof(*j));

    *out = NULL;
    if (!j)
        return nidx_nomem(err);
    j->input = input;
    j->report = report;
    j->base.records = true;
    enum nidx_status status = begin(j, err);
    if (status != NIDX_OK) {
        close_jsonl(&j->base);
        return status;
    }
    *out = &j->base;
    return NIDX_OK;
}
