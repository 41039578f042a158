/* source.c: which format an input is in, by its name and its first bytes.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/source/source.h"

#include <string.h>
#include <strings.h>

/* Bytes that are looked at to tell text from what is none. */
#define LOOK 8192

enum format {
    UNKNOWN,
    TEXT,
    MARKDOWN,
    JSON
};

/* Endings in lower case, each with a blank behind it. */
static const struct {
    enum format format;
    const char *endings;
} formats[] = {
    {TEXT, "txt text asc log rst org adoc tex nfo "},
    {MARKDOWN, "md markdown mdown mkd "},
    {JSON, "jsonl ndjson json "},
};

/* What stands behind the last point of the name's last part, or "". Endings
 * of digits are none: articles are called speech.2018. */
static const char *ending_of(const char *name)
{
    const char *slash = strrchr(name, '/');
    const char *base = slash ? slash + 1 : name;
    const char *point = strrchr(base, '.');

    if (!point || point == base || point[1] == '\0' || strlen(point) > 9 ||
        strspn(point + 1, "0123456789") == strlen(point + 1))
        return "";
    return point + 1;
}

static bool is_in(const char *word, const char *list)
{
    const size_t len = strlen(word);

    while (*list) {
        const size_t n = strcspn(list, " ");
        if (n == len && strncasecmp(word, list, n) == 0)
            return true;
        list += n + 1;
    }
    return false;
}

static enum format by_ending(const char *ending)
{
    for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
        if (is_in(ending, formats[i].endings))
            return formats[i].format;
    }
    return UNKNOWN;
}

/* Beginnings of files that hold no text but may look like some. */
static bool has_magic(const uint8_t *data, size_t len)
{
    static const char *const magics[] = {"%PDF-",
                                         "{\\rtf",
                                         "\x7f"
                                         "ELF",
                                         "\x1f\x8b",
                                         "PK\3\4",
                                         "\x28\xb5\x2f\xfd",
                                         "\x89PNG",
                                         "\xff\xd8\xff",
                                         "GIF8",
                                         "BZh",
                                         "\xfd"
                                         "7zXZ",
                                         "SQLite format 3"};

    for (size_t i = 0; i < sizeof(magics) / sizeof(*magics); i++) {
        const size_t n = strlen(magics[i]);
        if (len >= n && memcmp(data, magics[i], n) == 0)
            return true;
    }
    return false;
}

static bool is_utf16(const uint8_t *p, size_t n)
{
    size_t zeros[2] = {0, 0};

    if (n >= 2 &&
        ((p[0] == 0xff && p[1] == 0xfe) || (p[0] == 0xfe && p[1] == 0xff)))
        return true;
    for (size_t i = 0; i < n; i++)
        zeros[i % 2] += p[i] == 0;
    if (zeros[0] + zeros[1] < 3)
        return false;
    return (zeros[0] * 8 >= n && zeros[1] * 100 <= n) ||
           (zeros[1] * 8 >= n && zeros[0] * 100 <= n);
}

/*
 * Text has hardly any control characters. Where the name says that it is
 * text, stray zero bytes are believed to be damage: an eighth may be
 * controls.
 */
static bool is_binary(const struct nidx_source_input *input, bool named_text)
{
    const size_t n = input->len < LOOK ? input->len : LOOK;
    size_t controls = 0;

    if (has_magic(input->data, n))
        return true;
    if (is_utf16(input->data, n))
        return false;
    for (size_t i = 0; i < n; i++) {
        const uint8_t c = input->data[i];
        controls += c < 0x20 && !(c >= '\t' && c <= '\r') && c != 0x1b;
    }
    if (!named_text && memchr(input->data, 0, n))
        return true;
    return controls * (named_text ? 7 : 50) > n;
}

static bool is_blank(const struct nidx_source_input *input)
{
    for (size_t i = 0; i < input->len; i++) {
        const uint8_t c = input->data[i];
        if (c != ' ' && !(c >= '\t' && c <= '\r'))
            return false;
    }
    return true;
}

/* Whether a file without an ending begins as a JSON object does. */
static bool looks_like_json(const struct nidx_source_input *input)
{
    const uint8_t *p = input->data;
    const uint8_t *end = p + input->len;

    if (p == end || *p++ != '{')
        return false;
    while (p < end && (*p == ' ' || *p == '\t'))
        p++;
    return p < end && *p == '"';
}

static enum nidx_status refuse(enum nidx_skip *why, const char **message,
                               enum nidx_skip reason, const char *text)
{
    *why = reason;
    *message = text;
    return NIDX_OK;
}

enum nidx_status nidx_source_open(const struct nidx_source_input *input,
                                  const struct nidx_source_report *report,
                                  struct nidx_source **out, enum nidx_skip *why,
                                  const char **message, struct nidx_error *err)
{
    *out = NULL;
    if (!input->data)
        return nidx_source_jsonl_open(input, report, out, err);

    const char *ending = ending_of(input->name);
    enum format format = by_ending(ending);
    if (is_blank(input))
        return refuse(why, message, NIDX_SKIP_EMPTY, "it is empty");
    if (is_binary(input, format != UNKNOWN))
        return refuse(why, message, NIDX_SKIP_BINARY, "it is no text");
    if (format == UNKNOWN && *ending == '\0')
        format = looks_like_json(input) ? JSON : TEXT;
    switch (format) {
    case TEXT:
        return nidx_source_text_open(input, out, err);
    case MARKDOWN:
        return nidx_source_markdown_open(input, out, err);
    case JSON:
        return nidx_source_jsonl_open(input, report, out, err);
    case UNKNOWN:
        break;
    }
    return refuse(why, message, NIDX_SKIP_FORMAT,
                  "nidx reads no files of this kind");
}

bool nidx_source_is_refused(const struct nidx_source_input *input)
{
    const char *ending = ending_of(input->name);
    const enum format format = by_ending(ending);

    return (format == UNKNOWN && *ending != '\0') ||
           is_binary(input, format != UNKNOWN);
}

void nidx_source_close(struct nidx_source *s)
{
    if (s)
        s->ops->close(s);
}
