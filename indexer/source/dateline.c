/* dateline.c: the date that an article states in its text or its address.
 *
 * A wrong date is worse than none, so only what can hardly be anything else
 * counts: a line, or a part of one between bars and bullets, that is a date
 * and nothing else, and the words before the dash of a dateline. A year alone
 * is a number, and never counts.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/source/dateline.h"

/* How far an article is looked at: its head. */
#define HEAD_BYTES 1000
#define HEAD_LINES 5
#define LINE_BYTES 120

static struct nidx_bytes cut(struct nidx_bytes b, size_t from, size_t to)
{
    return (struct nidx_bytes){b.data + from, to - from};
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == ':' || c == ',';
}

static struct nidx_bytes trim(struct nidx_bytes b)
{
    size_t from = 0;

    while (from < b.len && is_blank(b.data[from]))
        from++;
    while (b.len > from && is_blank(b.data[b.len - 1]))
        b.len--;
    return cut(b, from, b.len);
}

/* Whether more than digits stands there: a month's name or its signs. */
static bool is_more_than_a_number(struct nidx_bytes b)
{
    for (size_t i = 0; i < b.len; i++) {
        if (b.data[i] < '0' || b.data[i] > '9')
            return b.len >= 8 && b.data[0] != '-';
    }
    return false;
}

static bool read_date(struct nidx_bytes b, int64_t *seconds)
{
    b = trim(b);
    return is_more_than_a_number(b) &&
           nidx_date_read((const char *)b.data, b.len, seconds);
}

static bool begins(struct nidx_bytes b, const char *word)
{
    const size_t n = strlen(word);

    if (b.len < n)
        return false;
    for (size_t i = 0; i < n; i++) {
        if ((b.data[i] | 0x20) != word[i])
            return false;
    }
    return b.len == n || is_blank(b.data[n]);
}

/* "Published on: August 8, 2018" is a date without its first words. */
static struct nidx_bytes without_label(struct nidx_bytes b)
{
    static const char *const words[] = {"published", "posted", "updated",
                                        "released",  "date",   "on",
                                        "last",      "first"};

    b = trim(b);
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        if (begins(b, words[i])) {
            b = trim(cut(b, strlen(words[i]), b.len));
            i = (size_t)-1;
        }
    }
    return b;
}

/* Bars and bullets that part what stands in one line, and with dashes also
 * the dash behind a dateline: their bytes, or 0. Dashes part no other line:
 * they join the dates of a life or a reign. */
static size_t is_bar(struct nidx_bytes b, size_t i, bool dashes)
{
    static const char *const bars[] = {"\xe2\x80\xa2", "\xc2\xb7",
                                       "\xe2\x80\x94", "\xe2\x80\x93", " - "};
    const size_t n_bars = dashes ? 5 : 2;

    if (b.data[i] == '|')
        return 1;
    if (b.data[i] < 0x80 && b.data[i] != ' ')
        return 0;
    for (size_t k = 0; k < n_bars; k++) {
        const size_t n = strlen(bars[k]);
        if (b.len - i >= n && memcmp(b.data + i, bars[k], n) == 0)
            return n;
    }
    return 0;
}

static size_t find_bar(struct nidx_bytes b, size_t from, bool dashes,
                       size_t *len)
{
    for (size_t i = from; i < b.len; i++) {
        *len = is_bar(b, i, dashes);
        if (*len > 0)
            return i;
    }
    *len = 0;
    return b.len;
}

static bool date_in_parts(struct nidx_bytes line, int64_t *seconds)
{
    size_t from = 0;
    size_t len;

    do {
        const size_t to = find_bar(line, from, false, &len);
        if (read_date(without_label(cut(line, from, to)), seconds))
            return true;
        from = to + len;
    } while (len > 0);
    return false;
}

/* "MOSCOW, Aug. 8, 2018 (AP) -": capitals, a comma, a date, a dash. */
static bool date_in_dateline(struct nidx_bytes line, int64_t *seconds)
{
    size_t len;
    size_t i = 0;

    line = cut(line, 0, line.len < LINE_BYTES ? line.len : LINE_BYTES);
    while (i < line.len && line.data[i] != ',') {
        if (line.data[i] >= 'a' && line.data[i] <= 'z')
            return false;
        i++;
    }
    if (i < 2 || i == line.len)
        return false;
    const size_t dash = find_bar(line, i, true, &len);
    return len > 0 && read_date(cut(line, i, dash), seconds);
}

/* A date has a year, and so does not end before four digits. */
static bool has_year(struct nidx_bytes line)
{
    size_t n = 0;

    for (size_t i = 0; i < line.len && n < 4; i++)
        n = line.data[i] >= '0' && line.data[i] <= '9' ? n + 1 : 0;
    return n == 4;
}

bool nidx_date_in_text(struct nidx_bytes text, int64_t *seconds)
{
    const size_t end = text.len < HEAD_BYTES ? text.len : HEAD_BYTES;
    size_t from = 0;

    for (int n = 0; n < HEAD_LINES && from < end;) {
        const uint8_t *at = memchr(text.data + from, '\n', end - from);
        const size_t to = at ? (size_t)(at - text.data) : end;
        const struct nidx_bytes line = trim(cut(text, from, to));
        n += line.len > 0;
        if ((line.len <= LINE_BYTES && has_year(line) &&
             date_in_parts(line, seconds)) ||
            date_in_dateline(line, seconds))
            return true;
        from = to + 1;
    }
    return false;
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* The number or name of a month or day at *i: how many bytes it has. */
static size_t part_len(struct nidx_bytes p, size_t i, bool letters)
{
    size_t n = 0;

    while (i + n < p.len && n < 4 &&
           (letters
                ? (p.data[i + n] | 0x20) >= 'a' && (p.data[i + n] | 0x20) <= 'z'
                : is_digit(p.data[i + n])))
        n++;
    return n;
}

static bool put(char *out, size_t *n, struct nidx_bytes part)
{
    if (*n + part.len + 1 > 24)
        return false;
    out[(*n)++] = ' ';
    memcpy(out + *n, part.data, part.len);
    *n += part.len;
    return true;
}

/* Year, month and day that begin at i and are parted by one sign, read as
 * "8 aug 2018" or "2018-08-08". */
static bool date_at(struct nidx_bytes p, size_t i, bool month_is_enough,
                    int64_t *seconds)
{
    char text[32];
    size_t n = 0;
    const size_t sign_at = i + 4;
    if (part_len(p, i, false) != 4 || sign_at >= p.len ||
        (p.data[i] != '1' && p.data[i] != '2'))
        return false;
    const uint8_t sign = p.data[sign_at];
    if (sign != '/' && sign != '-' && sign != '_' && sign != '.')
        return false;

    const size_t month = sign_at + 1;
    const size_t letters = part_len(p, month, true);
    const size_t month_len = letters == 3 ? 3 : part_len(p, month, false);
    const size_t day = month + month_len + 1;
    const bool has_sign = day <= p.len && p.data[day - 1] == sign;
    const size_t day_len = has_sign ? part_len(p, day, false) : 0;
    if (month_len == 0 || (letters != 3 && month_len > 2) || day_len > 2 ||
        (day_len == 0 && !(month_is_enough && has_sign && month_len > 1)))
        return false;
    if (letters == 3) {
        if (!put(text, &n, cut(p, day, day + day_len)) ||
            !put(text, &n, cut(p, month, month + 3)) ||
            !put(text, &n, cut(p, i, i + 4)))
            return false;
        return nidx_date_read(text, n, seconds);
    }
    n = (size_t)(day_len > 0 ? day + day_len : day - 1) - i;
    memcpy(text, p.data + i, n);
    text[4] = '-';
    if (day_len > 0)
        text[day - 1 - i] = '-';
    return nidx_date_read(text, n, seconds);
}

bool nidx_date_in_path(struct nidx_bytes path, bool month_is_enough,
                       int64_t *seconds)
{
    for (size_t i = 0; i < path.len; i++) {
        const bool begins_part =
            i == 0 || (!is_digit(path.data[i - 1]) &&
                       (path.data[i - 1] < 'A' || path.data[i - 1] == '_'));
        if (begins_part && date_at(path, i, month_is_enough, seconds))
            return true;
    }
    return false;
}

/* What stands behind "https://host". */
static struct nidx_bytes path_of(struct nidx_bytes url)
{
    const uint8_t *host =
        url.len > 3 ? memmem(url.data, url.len, "://", 3) : NULL;
    size_t i = host ? (size_t)(host - url.data) + 3 : 0;

    while (host && i < url.len && url.data[i] != '/')
        i++;
    return cut(url, i, url.len);
}

void nidx_document_find_date(struct nidx_document *d, bool in_text)
{
    for (uint32_t i = 0; i < d->n_values; i++) {
        const struct nidx_document_value *v = &d->values[i];
        const struct nidx_bytes text = {d->bytes.data + v->offset,
                                        (size_t)v->len};
        if (in_text && d->date_rule == NIDX_DATE_NONE &&
            v->field == NIDX_FIELD_BODY && nidx_date_in_text(text, &d->date))
            d->date_rule = NIDX_DATE_DATELINE;
    }
    for (uint32_t i = 0; i < d->n_values; i++) {
        const struct nidx_document_value *v = &d->values[i];
        const struct nidx_bytes url = {d->bytes.data + v->offset,
                                       (size_t)v->len};
        if (d->date_rule == NIDX_DATE_NONE && v->field == NIDX_FIELD_URL &&
            nidx_date_in_path(path_of(url), true, &d->date))
            d->date_rule = NIDX_DATE_URL;
    }
}
