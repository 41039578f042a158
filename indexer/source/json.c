/* json.c: a narrow, strict reader of JSON text.
 *
 * Nearly all bytes of an article stand in strings: these are scanned eight at
 * a time for what ends a run (a quote, a backslash, a control character), and
 * a run is copied once.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/source/json.h"

#include "common/analysis/utf8.h"

static bool fail(struct nidx_json *j, const char *error)
{
    if (!j->error)
        j->error = error;
    j->p = j->end;
    return false;
}

uint8_t nidx_json_peek(struct nidx_json *j)
{
    while (j->p < j->end &&
           (*j->p == ' ' || *j->p == '\n' || *j->p == '\r' || *j->p == '\t'))
        j->p++;
    return j->p < j->end ? *j->p : 0;
}

bool nidx_json_take(struct nidx_json *j, char c)
{
    if (nidx_json_peek(j) != (uint8_t)c || j->p == j->end)
        return false;
    j->p++;
    return true;
}

#define ONES UINT64_C(0x0101010101010101)
#define HIGH UINT64_C(0x8080808080808080)

/*
 * High bits where a byte is a quote, a backslash or below 0x20. A borrow may
 * flag a byte above a true one, never below, so the lowest is right (Warren,
 * Hacker's Delight, 6-1).
 */
static uint64_t run_ends(uint64_t w)
{
    const uint64_t quote = w ^ ONES * '"';
    const uint64_t slash = w ^ ONES * '\\';

    return (((quote - ONES) & ~quote) | ((slash - ONES) & ~slash) |
            ((w - ONES * 0x20) & ~w)) &
           HIGH;
}

static const uint8_t *run_end(const uint8_t *p, const uint8_t *end)
{
    while (end - p >= 8) {
        uint64_t w;
        memcpy(&w, p, sizeof(w));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        w = __builtin_bswap64(w);
#endif
        const uint64_t ends = run_ends(w);
        if (ends)
            return p + __builtin_ctzll(ends) / 8;
        p += 8;
    }
    while (p < end && *p != '"' && *p != '\\' && *p >= 0x20)
        p++;
    return p;
}

/* Four hexadecimal digits, or UINT32_MAX. */
static uint32_t hex4(const struct nidx_json *j)
{
    uint32_t value = 0;

    if (j->end - j->p < 4)
        return UINT32_MAX;
    for (int i = 0; i < 4; i++) {
        const uint8_t c = j->p[i];
        const uint8_t lower = c | 0x20;
        if (c >= '0' && c <= '9')
            value = value << 4 | (c - '0');
        else if (lower >= 'a' && lower <= 'f')
            value = value << 4 | (uint32_t)(lower - 'a' + 10);
        else
            return UINT32_MAX;
    }
    return value;
}

/* Behind "\u": a code point, of two escapes where they are a pair. */
static bool unicode(struct nidx_json *j, struct nidx_buf *out)
{
    uint32_t c = hex4(j);
    if (c == UINT32_MAX)
        return fail(j, "four hexadecimal digits must stand behind \\u");
    j->p += 4;

    if (c >= 0xd800 && c < 0xdc00 && j->end - j->p >= 6 && j->p[0] == '\\' &&
        j->p[1] == 'u') {
        struct nidx_json next = {j->p + 2, j->end, NULL, 0};
        const uint32_t low = hex4(&next);
        if (low >= 0xdc00 && low < 0xe000) {
            c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
            j->p += 6;
        }
    }
    if (c >= 0xd800 && c < 0xe000) {
        c = NIDX_REPLACEMENT;
        j->bad++;
    }
    if (out)
        nidx_utf8_put(out, c);
    return true;
}

/* Behind the backslash. */
static bool escape(struct nidx_json *j, struct nidx_buf *out)
{
    static const char names[] = "\"\\/bfnrt";
    static const char values[] = "\"\\/\b\f\n\r\t";

    if (j->p == j->end)
        return fail(j, "the text ends within a string");
    const uint8_t c = *j->p++;
    if (c == 'u')
        return unicode(j, out);
    const char *at = c ? strchr(names, c) : NULL;
    if (!at)
        return fail(j, "no such escape in a string");
    if (out)
        nidx_buf_u8(out, (uint8_t)values[at - names]);
    return true;
}

bool nidx_json_string(struct nidx_json *j, struct nidx_buf *out)
{
    if (!nidx_json_take(j, '"'))
        return fail(j, "a string must stand here");
    for (;;) {
        const uint8_t *end = run_end(j->p, j->end);
        if (out)
            nidx_buf_put(out, j->p, (size_t)(end - j->p));
        j->p = end;
        if (end == j->end)
            return fail(j, "the text ends within a string");
        j->p++;
        if (*end == '"')
            return true;
        if (*end != '\\')
            return fail(j, "a control character stands in a string");
        if (!escape(j, out))
            return false;
    }
}

static bool digits(struct nidx_json *j)
{
    const uint8_t *start = j->p;

    while (j->p < j->end && *j->p >= '0' && *j->p <= '9')
        j->p++;
    return j->p > start;
}

static bool at(const struct nidx_json *j, char c)
{
    return j->p < j->end && *j->p == (uint8_t)c;
}

bool nidx_json_number(struct nidx_json *j, struct nidx_bytes *text)
{
    nidx_json_peek(j);
    const uint8_t *start = j->p;

    if (at(j, '-'))
        j->p++;
    if (at(j, '0'))
        j->p++;
    else if (!digits(j))
        return fail(j, "a value must stand here");
    if (at(j, '.')) {
        j->p++;
        if (!digits(j))
            return fail(j, "digits must stand behind the point");
    }
    if (at(j, 'e') || at(j, 'E')) {
        j->p++;
        if (at(j, '+') || at(j, '-'))
            j->p++;
        if (!digits(j))
            return fail(j, "digits must stand in the exponent");
    }
    *text = (struct nidx_bytes){start, (size_t)(j->p - start)};
    return true;
}

static bool literal(struct nidx_json *j, const char *name)
{
    const size_t n = strlen(name);

    if ((size_t)(j->end - j->p) < n || memcmp(j->p, name, n) != 0)
        return fail(j, "a value must stand here");
    j->p += n;
    return true;
}

static bool skip(struct nidx_json *j, unsigned depth);

static bool skip_array(struct nidx_json *j, unsigned depth)
{
    bool first = true;

    while (nidx_json_element(j, &first))
        skip(j, depth);
    return !j->error;
}

static bool skip_object(struct nidx_json *j, unsigned depth)
{
    bool first = true;

    while (nidx_json_member(j, &first, NULL))
        skip(j, depth);
    return !j->error;
}

static bool skip(struct nidx_json *j, unsigned depth)
{
    struct nidx_bytes text;
    const uint8_t c = nidx_json_peek(j);

    if (depth >= NIDX_JSON_DEPTH && (c == '[' || c == '{'))
        return fail(j, "arrays and objects are nested too deeply");
    switch (c) {
    case '"':
        return nidx_json_string(j, NULL);
    case '[':
        j->p++;
        return skip_array(j, depth + 1);
    case '{':
        j->p++;
        return skip_object(j, depth + 1);
    case 't':
        return literal(j, "true");
    case 'f':
        return literal(j, "false");
    case 'n':
        return literal(j, "null");
    default:
        return nidx_json_number(j, &text);
    }
}

bool nidx_json_skip(struct nidx_json *j)
{
    return skip(j, 0);
}

/* Whether another item comes: takes the comma between, or the end. */
static bool next(struct nidx_json *j, bool *first, char end)
{
    if (j->error)
        return false;
    if (*first) {
        *first = false;
        return !nidx_json_take(j, end);
    }
    if (nidx_json_take(j, end))
        return false;
    if (nidx_json_take(j, ','))
        return true;
    return fail(j, "a comma or a closing bracket must stand here");
}

bool nidx_json_element(struct nidx_json *j, bool *first)
{
    return next(j, first, ']');
}

bool nidx_json_member(struct nidx_json *j, bool *first, struct nidx_buf *name)
{
    if (!next(j, first, '}'))
        return false;
    if (name)
        name->len = 0;
    if (!nidx_json_string(j, name))
        return false;
    return nidx_json_take(j, ':') ||
           fail(j, "a colon must stand behind a name");
}

bool nidx_json_valid(const void *data, size_t len)
{
    struct nidx_json j = nidx_json_of(data, len);

    return nidx_json_skip(&j) && nidx_json_peek(&j) == 0 && j.p == j.end;
}
