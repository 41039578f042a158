/* charset.c: bytes of any encoding to UTF-8.
 *
 * What is decided, in this order: a byte order mark; zero bytes in every
 * second place (UTF-16, which would else pass as UTF-8); valid UTF-8; the
 * declared encoding; UTF-8 with some damage, where most of what is not ASCII
 * is well formed; Windows-1252.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/analysis/charset.h"

#include "common/analysis/utf8.h"

#include <errno.h>
#include <iconv.h>
#include <strings.h>

/* How an input is read: a name for people, and the code that does it. */
struct encoding {
    const char *name;
    void (*convert)(const uint8_t *p, size_t len, struct nidx_buf *out,
                    uint64_t *bad);
};

static void put_bad(struct nidx_buf *out, uint64_t *bad)
{
    nidx_utf8_put(out, NIDX_REPLACEMENT);
    ++*bad;
}

static void put_char(struct nidx_buf *out, uint32_t c, uint64_t *bad)
{
    if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
        put_bad(out, bad);
    else
        nidx_utf8_put(out, c);
}

/* How many bytes of an ill-formed sequence one U+FFFD stands for. */
static size_t bad_len(const uint8_t *p, const uint8_t *end)
{
    uint32_t c;
    return nidx_utf8_decode(p, end, &c);
}

static void from_utf8(const uint8_t *p, size_t len, struct nidx_buf *out,
                      uint64_t *bad)
{
    const uint8_t *end = p + len;

    while (p < end) {
        const size_t good = nidx_utf8_valid_prefix(p, (size_t)(end - p));
        nidx_buf_put(out, p, good);
        p += good;
        if (p == end)
            return;
        p += bad_len(p, end);
        put_bad(out, bad);
    }
}

static uint32_t unit(const uint8_t *p, bool big)
{
    return big ? (uint32_t)p[0] << 8 | p[1] : nidx_load16(p);
}

static void from_utf16(const uint8_t *p, size_t len, bool big,
                       struct nidx_buf *out, uint64_t *bad)
{
    size_t i = 0;

    while (i + 2 <= len) {
        uint32_t c = unit(p + i, big);
        i += 2;
        if (c >= 0xd800 && c < 0xdc00 && i + 2 <= len) {
            const uint32_t low = unit(p + i, big);
            if (low >= 0xdc00 && low < 0xe000) {
                c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
                i += 2;
            }
        }
        put_char(out, c, bad);
    }
    if (i < len)
        put_bad(out, bad);
}

static void from_utf16le(const uint8_t *p, size_t len, struct nidx_buf *out,
                         uint64_t *bad)
{
    from_utf16(p, len, false, out, bad);
}

static void from_utf16be(const uint8_t *p, size_t len, struct nidx_buf *out,
                         uint64_t *bad)
{
    from_utf16(p, len, true, out, bad);
}

static void from_utf32(const uint8_t *p, size_t len, bool big,
                       struct nidx_buf *out, uint64_t *bad)
{
    size_t i = 0;

    for (; i + 4 <= len; i += 4) {
        const uint32_t c = nidx_load32(p + i);
        put_char(out, big ? __builtin_bswap32(c) : c, bad);
    }
    if (i < len)
        put_bad(out, bad);
}

static void from_utf32le(const uint8_t *p, size_t len, struct nidx_buf *out,
                         uint64_t *bad)
{
    from_utf32(p, len, false, out, bad);
}

static void from_utf32be(const uint8_t *p, size_t len, struct nidx_buf *out,
                         uint64_t *bad)
{
    from_utf32(p, len, true, out, bad);
}

/* 0x80 to 0x9f of Windows-1252; the five that it leaves open are bad. */
static const uint16_t windows_1252[32] = {
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
    0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017d, 0,
    0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
    0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178,
};

static void from_windows_1252(const uint8_t *p, size_t len,
                              struct nidx_buf *out, uint64_t *bad)
{
    for (size_t i = 0; i < len; i++) {
        const uint8_t c = p[i];
        if (c < 0x80)
            nidx_buf_u8(out, c);
        else if (c >= 0xa0)
            put_char(out, c, bad);
        else if (windows_1252[c - 0x80])
            put_char(out, windows_1252[c - 0x80], bad);
        else
            put_bad(out, bad);
    }
}

static const struct encoding utf8 = {"UTF-8", from_utf8};
static const struct encoding utf16le = {"UTF-16LE", from_utf16le};
static const struct encoding utf16be = {"UTF-16BE", from_utf16be};
static const struct encoding utf32le = {"UTF-32LE", from_utf32le};
static const struct encoding utf32be = {"UTF-32BE", from_utf32be};
static const struct encoding cp1252 = {"windows-1252", from_windows_1252};

/* A mark of UTF-32LE begins with that of UTF-16LE, so it comes first. */
static const struct encoding *by_mark(const uint8_t *p, size_t len,
                                      size_t *mark)
{
    static const struct {
        const char *bytes;
        size_t len;
        const struct encoding *encoding;
    } marks[] = {
        {"\xff\xfe\0\0", 4, &utf32le}, {"\0\0\xfe\xff", 4, &utf32be},
        {"\xef\xbb\xbf", 3, &utf8},    {"\xff\xfe", 2, &utf16le},
        {"\xfe\xff", 2, &utf16be},
    };

    for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
        if (len >= marks[i].len &&
            memcmp(p, marks[i].bytes, marks[i].len) == 0) {
            *mark = marks[i].len;
            return marks[i].encoding;
        }
    }
    return NULL;
}

/*
 * UTF-16 of most languages has a zero in the high byte of a good share of its
 * units (blanks and digits at the least) and hardly one in the low byte.
 */
static const struct encoding *by_zeros(const uint8_t *p, size_t len)
{
    const size_t n = (len < 4096 ? len : 4096) / 2;
    size_t zeros[2] = {0, 0};

    if (n < 4 || !memchr(p, 0, n * 2))
        return NULL;
    for (size_t i = 0; i < n * 2; i++)
        zeros[i % 2] += p[i] == 0;
    if (zeros[0] + zeros[1] < 3)
        return NULL;
    if (zeros[1] * 4 >= n && zeros[0] * 50 <= n)
        return &utf16le;
    if (zeros[0] * 4 >= n && zeros[1] * 50 <= n)
        return &utf16be;
    return NULL;
}

/* Whether bytes are UTF-8 with some damage rather than an 8-bit charset: at
 * least as many well-formed sequences of several bytes as bad ones. */
static bool is_damaged_utf8(const uint8_t *p, size_t len)
{
    const uint8_t *end = p + len;
    size_t good = 0;
    size_t bad = 0;

    while (p < end) {
        const size_t n = nidx_utf8_valid_prefix(p, (size_t)(end - p));
        for (size_t i = 0; i < n; i++)
            good += p[i] >= 0xc0;
        p += n;
        if (p == end)
            break;
        p += bad_len(p, end);
        bad++;
    }
    return good >= bad;
}

/* Names that people and programs write where the text is Windows-1252. */
static const struct encoding *by_name(const char *name)
{
    static const struct {
        const char *name;
        const struct encoding *encoding;
    } names[] = {
        {"utf-8", &utf8},        {"utf8", &utf8},
        {"ascii", &cp1252},      {"us-ascii", &cp1252},
        {"iso-8859-1", &cp1252}, {"iso8859-1", &cp1252},
        {"latin1", &cp1252},     {"latin-1", &cp1252},
        {"cp1252", &cp1252},     {"windows-1252", &cp1252},
        {"utf-16le", &utf16le},  {"utf-16be", &utf16be},
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (strcasecmp(name, names[i].name) == 0)
            return names[i].encoding;
    }
    return NULL;
}

/* One call of iconv into fresh room; false at bytes that cannot be read. */
static bool convert_some(iconv_t cd, char **in, size_t *left,
                         struct nidx_buf *out)
{
    for (;;) {
        uint8_t *room = nidx_buf_reserve(out, *left * 2 + 64);
        if (!room)
            return true;
        char *to = (char *)room;
        size_t to_left = out->cap - out->len;
        const size_t n = iconv(cd, in, left, &to, &to_left);
        out->len = (size_t)((uint8_t *)to - out->data);
        if (n != (size_t)-1 || *left == 0)
            return true;
        if (errno != E2BIG)
            return false;
    }
}

/* false where iconv does not know the name. */
static bool by_iconv(const uint8_t *p, size_t len, const char *name,
                     struct nidx_buf *out, uint64_t *bad)
{
    /* "//TRANSLIT" and the like are orders to iconv, not names. */
    if (strchr(name, '/'))
        return false;
    iconv_t cd = iconv_open("UTF-8", name);
    if (cd == (iconv_t)-1)
        return false;

    union {
        const uint8_t *from;
        char *in; /* iconv reads it only */
    } at = {.from = p};
    size_t left = len;
    while (left > 0 && !out->oom) {
        if (!convert_some(cd, &at.in, &left, out)) {
            put_bad(out, bad);
            at.from++;
            left--;
        }
    }
    iconv_close(cd);
    return true;
}

/* What the bytes are where nothing but their look tells, or NULL. */
static const struct encoding *by_look(const uint8_t *p, size_t len,
                                      size_t *mark)
{
    const struct encoding *e = by_mark(p, len, mark);

    if (!e)
        e = by_zeros(p, len);
    if (!e && nidx_utf8_valid(p, len))
        e = &utf8;
    return e;
}

enum nidx_status nidx_charset_to_utf8(const void *data, size_t len,
                                      const char *declared,
                                      struct nidx_buf *out, uint64_t *bad,
                                      const char **used, struct nidx_error *err)
{
    const uint8_t *p = data;
    const char *name = "declared";
    uint64_t n_bad = 0;
    size_t mark = 0;

    if (len == 0)
        p = (const uint8_t *)""; /* so that it may be NULL */
    const struct encoding *e = by_look(p, len, &mark);
    if (!e && declared)
        e = by_name(declared);
    if (e || !declared || !by_iconv(p, len, declared, out, &n_bad)) {
        if (!e)
            e = is_damaged_utf8(p, len) ? &utf8 : &cp1252;
        e->convert(p + mark, len - mark, out, &n_bad);
        name = e->name;
    }
    if (out->oom)
        return nidx_nomem(err);
    if (bad)
        *bad += n_bad;
    if (used)
        *used = name;
    return NIDX_OK;
}
