/* normalise.c: characters to those of forms: NFKC, case, quotes.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/analysis/analyze.h"

#include <stdlib.h>
#include <utf8proc.h>

#include "common/analysis/ascii.h"
#include "common/analysis/charset.h"
#include "common/analysis/fold.h"
#include "common/analysis/utf8.h"

/* Code points that a call takes apart without allocating. */
#define ROOM 512

/* Apostrophes, quotation marks and hyphens that people and programs take for
 * one another. */
static int32_t unified(int32_t cp)
{
    switch (cp) {
    case 0x2018:
    case 0x2019:
    case 0x201B:
    case 0x02BC:
    case 0x05F3:
        return '\'';
    case 0x201C:
    case 0x201D:
    case 0x201E:
    case 0x201F:
    case 0x05F4:
        return '"';
    case 0x2010:
    case 0x2011:
        return '-';
    default:
        return cp;
    }
}

static void put_ascii(const uint8_t *p, size_t len, struct nidx_buf *out)
{
    uint8_t *to = nidx_buf_reserve(out, len);

    if (!to)
        return;
    for (size_t i = 0; i < len; i++)
        to[i] = nidx_to_lower(p[i]);
    out->len += len;
}

static const utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_COMPOSE |
                                         UTF8PROC_COMPAT | UTF8PROC_CASEFOLD |
                                         UTF8PROC_IGNORE;

static void put_composed(int32_t *points, utf8proc_ssize_t n,
                         struct nidx_buf *out)
{
    n = utf8proc_normalize_utf32(points, n, options);
    for (utf8proc_ssize_t i = 0; i < n; i++)
        nidx_utf8_put(out, (uint32_t)unified(points[i]));
}

/* text is valid UTF-8. */
static void put_valid(const uint8_t *text, size_t len, struct nidx_buf *out)
{
    int32_t room[ROOM];
    utf8proc_ssize_t n =
        utf8proc_decompose(text, (utf8proc_ssize_t)len, room, ROOM, options);

    if (n <= ROOM) {
        put_composed(room, n, out);
        return;
    }
    int32_t *points = malloc(nidx_mul_size((size_t)n, sizeof(*points)));
    if (!points) {
        out->oom = true;
        return;
    }
    n = utf8proc_decompose(text, (utf8proc_ssize_t)len, points, n, options);
    put_composed(points, n, out);
    free(points);
}

/* Bad bytes become U+FFFD, one for each maximal subpart. */
static void put_repaired(const uint8_t *p, const uint8_t *end,
                         struct nidx_buf *out)
{
    struct nidx_buf valid = {0};

    while (p < end) {
        uint32_t cp;
        p += nidx_utf8_decode(p, end, &cp);
        nidx_utf8_put(&valid, cp & ~NIDX_UTF8_BAD);
    }
    if (valid.oom)
        out->oom = true;
    else
        put_valid(valid.data, valid.len, out);
    nidx_buf_done(&valid);
}

static void normalise(const uint8_t *p, size_t len, struct nidx_buf *out)
{
    size_t ascii = 0;

    while (ascii < len && p[ascii] < 0x80)
        ascii++;
    if (ascii == len)
        put_ascii(p, len, out);
    else if (nidx_utf8_valid(p, len))
        put_valid(p, len, out);
    else
        put_repaired(p, p + len, out);
}

void nidx_analyze_normalise(const char *text, size_t len, bool fold,
                            struct nidx_buf *out)
{
    if (!fold) {
        normalise((const uint8_t *)text, len, out);
        return;
    }
    struct nidx_buf form = {0};
    normalise((const uint8_t *)text, len, &form);
    if (form.oom)
        out->oom = true;
    else
        nidx_fold_diacritics((const char *)form.data, form.len, out);
    nidx_buf_done(&form);
}
