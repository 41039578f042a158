/* source_markdown.c: Markdown: a title, the text without markup.
 *
 * The title is that of the front matter (between lines of ---), else the
 * first heading, which then is not repeated in the body.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/source/markdown.h"
#include "indexer/source/source_whole.h"

#include <strings.h>

struct reading {
    struct nidx_buf title, body;
    struct nidx_document *d;
    bool in_code;
};

static bool starts_with(struct nidx_bytes b, const char *text)
{
    const size_t n = strlen(text);
    return b.len >= n && memcmp(b.data, text, n) == 0;
}

static bool is_line(struct nidx_bytes line, const char *text)
{
    return line.len == strlen(text) && starts_with(line, text);
}

static struct nidx_bytes skip(struct nidx_bytes b, size_t n)
{
    return (struct nidx_bytes){b.data + n, b.len - n};
}

static struct nidx_bytes unquote(struct nidx_bytes b)
{
    b = nidx_trim(b);
    if (b.len >= 2 && (b.data[0] == '"' || b.data[0] == '\'') &&
        b.data[b.len - 1] == b.data[0])
        return (struct nidx_bytes){b.data + 1, b.len - 2};
    return b;
}

/* A value of the front matter to its field; the title is kept apart, since it
 * decides whether a heading is one. */
static enum nidx_status add_value(struct reading *r, uint8_t field,
                                  struct nidx_bytes value,
                                  struct nidx_error *err)
{
    value = unquote(value);
    if (field == NIDX_FIELD_TITLE) {
        if (r->title.len == 0)
            nidx_buf_put(&r->title, value.data, value.len);
        return NIDX_OK;
    }
    const size_t from = r->d->bytes.len;
    nidx_buf_put(&r->d->bytes, value.data, value.len);
    return nidx_document_end_value(r->d, field, from, err);
}

/* "[a, b]" is several values. */
static enum nidx_status add_values(struct reading *r, uint8_t field,
                                   struct nidx_bytes list,
                                   struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;

    if (list.len < 2 || list.data[0] != '[' || list.data[list.len - 1] != ']')
        return add_value(r, field, list, err);
    list = (struct nidx_bytes){list.data + 1, list.len - 2};
    while (status == NIDX_OK && list.len > 0) {
        const uint8_t *comma = memchr(list.data, ',', list.len);
        const size_t n = comma ? (size_t)(comma - list.data) : list.len;
        status = add_value(r, field, (struct nidx_bytes){list.data, n}, err);
        list = skip(list, comma ? n + 1 : n);
    }
    return status;
}

static uint8_t front_field(struct nidx_bytes name)
{
    static const struct {
        const char *name;
        uint8_t field;
    } others[] = {{"authors", NIDX_FIELD_AUTHOR},
                  {"lang", NIDX_FIELD_LANGUAGE},
                  {"link", NIDX_FIELD_URL},
                  {"keywords", NIDX_FIELD_TAGS}};
    const uint8_t field =
        nidx_document_field_number((const char *)name.data, name.len);

    for (size_t i = 0; field == 0 && i < sizeof(others) / sizeof(*others);
         i++) {
        if (is_line(name, others[i].name))
            return others[i].field;
    }
    return field == NIDX_FIELD_BODY ? 0 : field;
}

/* "name: value", or "- value" of the name before. */
static enum nidx_status front_line(struct reading *r, struct nidx_bytes line,
                                   uint8_t *field, struct nidx_error *err)
{
    const struct nidx_bytes item = nidx_trim(line);

    if (starts_with(item, "- "))
        return *field ? add_value(r, *field, skip(item, 2), err) : NIDX_OK;
    const uint8_t *colon = line.len ? memchr(line.data, ':', line.len) : NULL;
    if (!colon || line.data[0] == ' ' || line.data[0] == '\t')
        return NIDX_OK;
    const size_t n = (size_t)(colon - line.data);
    const struct nidx_bytes value = nidx_trim(skip(line, n + 1));
    *field = front_field((struct nidx_bytes){line.data, n});
    return *field && value.len > 0 ? add_values(r, *field, value, err)
                                   : NIDX_OK;
}

static bool ends_front(struct nidx_bytes line)
{
    line = nidx_trim(line);
    return is_line(line, "---") || is_line(line, "...");
}

/* Whether lines of --- hold a front matter, and not a line alone. */
static bool has_front(struct nidx_bytes text)
{
    if (!is_line(nidx_trim(nidx_take_line(&text)), "---"))
        return false;
    for (int n = 0; text.len > 0 && n < 200; n++) {
        if (ends_front(nidx_take_line(&text)))
            return true;
    }
    return false;
}

static enum nidx_status read_front(struct reading *r, struct nidx_bytes *text,
                                   struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;
    uint8_t field = 0;

    if (!has_front(*text))
        return NIDX_OK;
    nidx_take_line(text);
    while (status == NIDX_OK) {
        const struct nidx_bytes line = nidx_take_line(text);
        if (ends_front(line))
            break;
        status = front_line(r, line, &field, err);
    }
    return status;
}

/* Lines of signs alone: rules, underlines, what divides a table's head. */
static bool is_rule(struct nidx_bytes line)
{
    size_t n = 0;

    for (size_t i = 0; i < line.len; i++) {
        if (!strchr("-*_=|:+ \t", line.data[i]) || line.data[i] == '\0')
            return false;
        n += strchr("-*_=", line.data[i]) != NULL;
    }
    return n >= 2;
}

static bool is_underline(struct nidx_bytes line)
{
    line = nidx_trim(line);
    return line.len >= 2 && is_rule(line) &&
           (line.data[0] == '=' || line.data[0] == '-');
}

/* Takes quotation marks and bullets off the front. */
static struct nidx_bytes without_marks(struct nidx_bytes line)
{
    line = nidx_trim(line);
    while (line.len > 0 && (line.data[0] == '>' || starts_with(line, "- ") ||
                            starts_with(line, "* ") || starts_with(line, "+ ")))
        line = nidx_trim(skip(line, 1));
    return line;
}

/* The text of "## heading ##", or nothing. */
static struct nidx_bytes heading_of(struct nidx_bytes line)
{
    size_t n = 0;

    while (n < line.len && n < 7 && line.data[n] == '#')
        n++;
    if (n == 0 || n == 7 || n == line.len || line.data[n] != ' ')
        return (struct nidx_bytes){NULL, 0};
    line = nidx_trim(skip(line, n));
    while (line.len > 0 && line.data[line.len - 1] == '#')
        line.len--;
    return nidx_trim(line);
}

static void put_line(struct nidx_buf *out, struct nidx_bytes line)
{
    nidx_markdown_inline(line, out);
    nidx_buf_u8(out, '\n');
}

/* The first heading is the title; others are paragraphs of the body. */
static void put_heading(struct reading *r, struct nidx_bytes heading)
{
    if (r->title.len == 0) {
        nidx_markdown_inline(heading, &r->title);
        return;
    }
    nidx_buf_u8(&r->body, '\n');
    put_line(&r->body, heading);
    nidx_buf_u8(&r->body, '\n');
}

static bool is_fence(struct nidx_bytes line)
{
    return starts_with(line, "```") || starts_with(line, "~~~");
}

/* "[name]: address" gives a link its address. */
static bool is_reference(struct nidx_bytes line)
{
    const uint8_t *close =
        starts_with(line, "[") ? memchr(line.data, ']', line.len) : NULL;
    return close && close + 1 < line.data + line.len && close[1] == ':';
}

static void read_line(struct reading *r, struct nidx_bytes raw,
                      struct nidx_bytes *rest)
{
    const struct nidx_bytes line = without_marks(raw);
    const struct nidx_bytes heading = heading_of(line);

    if (is_fence(line)) {
        r->in_code = !r->in_code;
        nidx_buf_u8(&r->body, '\n');
    } else if (r->in_code) {
        nidx_buf_put(&r->body, raw.data, raw.len);
        nidx_buf_u8(&r->body, '\n');
    } else if (heading.len > 0) {
        put_heading(r, heading);
    } else if (is_rule(line) || is_reference(line)) {
        nidx_buf_u8(&r->body, '\n');
    } else {
        struct nidx_bytes behind = *rest;
        if (line.len > 0 && is_underline(nidx_take_line(&behind))) {
            put_heading(r, line);
            *rest = behind;
        } else {
            put_line(&r->body, line);
        }
    }
}

static enum nidx_status read_all(struct reading *r, struct nidx_bytes text,
                                 struct nidx_error *err)
{
    enum nidx_status status = read_front(r, &text, err);

    if (status != NIDX_OK)
        return status;
    while (text.len > 0) {
        const struct nidx_bytes line = nidx_take_line(&text);
        read_line(r, line, &text);
    }
    return r->title.oom || r->body.oom ? nidx_nomem(err) : NIDX_OK;
}

static enum nidx_status put_value(struct nidx_document *d, uint8_t field,
                                  const struct nidx_buf *from_buf,
                                  struct nidx_error *err)
{
    const size_t from = d->bytes.len;
    const struct nidx_bytes text =
        nidx_trim((struct nidx_bytes){from_buf->data, from_buf->len});

    nidx_buf_put(&d->bytes, text.data, text.len);
    return nidx_document_end_value(d, field, from, err);
}

static enum nidx_status fill(struct nidx_bytes text, struct nidx_document *d,
                             struct nidx_error *err)
{
    struct reading r = {.d = d};
    enum nidx_status status = read_all(&r, text, err);

    if (status == NIDX_OK)
        status = put_value(d, NIDX_FIELD_TITLE, &r.title, err);
    if (status == NIDX_OK)
        status = put_value(d, NIDX_FIELD_BODY, &r.body, err);
    nidx_buf_done(&r.title);
    nidx_buf_done(&r.body);
    return status;
}

enum nidx_status nidx_source_markdown_open(
    const struct nidx_source_input *input, struct nidx_source **out,
    struct nidx_error *err)
{
    return nidx_source_whole_open(input, fill, out, err);
}
