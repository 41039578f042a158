/* range.c: dates and numbers of a query as ranges of a column.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/parse/range.h"

#include <inttypes.h>
#include <stdio.h>

#define DAY 86400

/* One value: the first and last raw value that it stands for. */
struct value {
    uint64_t first, last;
};

/* Days since 1970 of a date of the proleptic Gregorian calendar (Hinnant,
 * "chrono-compatible low-level date algorithms": days_from_civil). */
static int64_t days_of(int year, int month, int day)
{
    const int y = month <= 2 ? year - 1 : year;
    const int era = y / 400;
    const int of_era = y - era * 400;
    const int of_year =
        (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return (int64_t)era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
           of_year - 719468;
}

static void date_of(int64_t days, int *year, int *month, int *day)
{
    days += 719468;
    const int64_t era = days / 146097;
    const int e = (int)(days - era * 146097);
    const int y = (e - e / 1460 + e / 36524 - e / 146096) / 365;
    const int of_year = e - (365 * y + y / 4 - y / 100);
    const int m = (5 * of_year + 2) / 153;

    *day = of_year - (153 * m + 2) / 5 + 1;
    *month = m < 10 ? m + 3 : m - 9;
    *year = (int)(y + era * 400) + (*month <= 2 ? 1 : 0);
}

/* n digits as a number, or -1. */
static int digits(const char *text, size_t n)
{
    int v = 0;

    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        v = v * 10 + (text[i] - '0');
    }
    return v;
}

static int days_in(int year, int month)
{
    const int next_year = month == 12 ? year + 1 : year;
    const int next_month = month == 12 ? 1 : month + 1;

    return (int)(days_of(next_year, next_month, 1) - days_of(year, month, 1));
}

static bool read_date(const char *text, size_t len, struct value *out)
{
    int m1 = 1, m2 = 12, d1 = 1, d2 = 31;

    if ((len != 4 && len != 7 && len != 10) || (len > 4 && text[4] != '-') ||
        (len > 7 && text[7] != '-'))
        return false;
    const int year = digits(text, 4);
    if (len > 4)
        m1 = m2 = digits(text + 5, 2);
    if (year < 1 || m1 < 1 || m2 > 12)
        return false;
    if (len > 7)
        d1 = d2 = digits(text + 8, 2);
    else
        d2 = days_in(year, m2);
    if (d1 < 1 || d2 > days_in(year, m2))
        return false;
    const int64_t first = days_of(year, m1, d1) * DAY;
    const int64_t last = days_of(year, m2, d2) * DAY + DAY - 1;
    out->first = (uint64_t)(first + (int64_t)NIDX_DATE_ZERO);
    out->last = (uint64_t)(last + (int64_t)NIDX_DATE_ZERO);
    return true;
}

/* `T10:17` or `T10:17:01` behind a day, with or without a Z: narrows it to the
 * minute or the second. */
static bool read_time(const char *text, size_t len, struct value *out)
{
    if (len > 0 && text[len - 1] == 'Z')
        len--;
    if ((len != 6 && len != 9) || (text[0] != 'T' && text[0] != ' ') ||
        text[3] != ':' || (len == 9 && text[6] != ':'))
        return false;
    const int hour = digits(text + 1, 2), minute = digits(text + 4, 2);
    const int second = len == 9 ? digits(text + 7, 2) : 0;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
        second > 59)
        return false;
    out->first += (uint64_t)(hour * 3600 + minute * 60 + second);
    out->last = out->first + (len == 9 ? 0 : 59);
    return true;
}

static bool read_moment(const char *text, size_t len, struct value *out)
{
    if (len <= 10)
        return read_date(text, len, out);
    return read_date(text, 10, out) && read_time(text + 10, len - 10, out);
}

static bool read_number(const char *text, size_t len, struct value *out)
{
    uint64_t v = 0;

    if (len == 0 || len > 18)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        v = v * 10 + (uint64_t)(text[i] - '0');
    }
    *out = (struct value){v, v};
    return true;
}

static bool read_value(uint8_t field, const char *text, size_t len,
                       struct value *out)
{
    return field == NIDX_FIELD_DATE ? read_moment(text, len, out)
                                    : read_number(text, len, out);
}

/* The least value: a date of 0 says that there is none. */
static uint64_t least(uint8_t field)
{
    return field == NIDX_FIELD_DATE ? 1 : 0;
}

static bool read_compared(uint8_t field, const char *text, size_t len,
                          struct nidx_range *out)
{
    const bool more = text[0] == '>';
    const bool equal = len > 1 && text[1] == '=';
    const size_t skip = equal ? 2 : 1;
    struct value v;

    if (!read_value(field, text + skip, len - skip, &v))
        return false;
    if (more)
        out->lo = equal ? v.first : v.last + 1;
    else if (equal)
        out->hi = v.last;
    else if (v.first == least(field))
        return false;
    else
        out->hi = v.first - 1;
    return true;
}

static bool read_between(uint8_t field, const char *text, size_t len,
                         size_t dots, struct nidx_range *out)
{
    const size_t rest = dots + 2;
    struct value a = {out->lo, out->lo}, b = {out->hi, out->hi};

    if (dots == 0 && rest == len)
        return false;
    if (dots > 0 && !read_value(field, text, dots, &a))
        return false;
    if (rest < len && !read_value(field, text + rest, len - rest, &b))
        return false;
    out->swapped = a.first > b.last;
    out->lo = out->swapped ? b.first : a.first;
    out->hi = out->swapped ? a.last : b.last;
    return true;
}

bool nidx_range_read(uint8_t field, const char *text, size_t len,
                     struct nidx_range *out)
{
    struct nidx_range r = {least(field), UINT64_MAX, false};
    struct value v;
    bool good;

    if (len == 0)
        return false;
    if (text[0] == '<' || text[0] == '>') {
        good = read_compared(field, text, len, &r);
    } else {
        const char *dots = memmem(text, len, "..", 2);
        if (dots) {
            good = read_between(field, text, len, (size_t)(dots - text), &r);
        } else {
            good = read_value(field, text, len, &v);
            if (good)
                r = (struct nidx_range){v.first, v.last, false};
        }
    }
    if (good)
        *out = r;
    return good;
}

/* A date goes without its time where that is the day's first or last second,
 * as `edge` says. */
static void print_date(uint64_t raw, int64_t edge, struct nidx_buf *out)
{
    const int64_t seconds = (int64_t)(raw - NIDX_DATE_ZERO);
    const int64_t days = (seconds - (seconds < 0 ? DAY - 1 : 0)) / DAY;
    const int time = (int)(seconds - days * DAY);
    char text[64];
    int year, month, day;

    date_of(days, &year, &month, &day);
    int n = snprintf(text, sizeof(text), "%04d-%02d-%02d", year, month, day);
    nidx_buf_put(out, text, (size_t)n);
    if (time == edge)
        return;
    n = snprintf(text, sizeof(text), "T%02d:%02d:%02dZ", time / 3600,
                 time / 60 % 60, time % 60);
    nidx_buf_put(out, text, (size_t)n);
}

static void print_value(uint8_t field, uint64_t raw, int64_t edge,
                        struct nidx_buf *out)
{
    char text[64];

    if (field == NIDX_FIELD_DATE) {
        print_date(raw, edge, out);
        return;
    }
    const int n = snprintf(text, sizeof(text), "%" PRIu64, raw);
    nidx_buf_put(out, text, (size_t)n);
}

/* Whether one value, as it is printed, is all of the range. */
static bool is_single(uint8_t field, uint64_t lo, uint64_t hi)
{
    if (lo == hi)
        return field != NIDX_FIELD_DATE ||
               (int64_t)(lo - NIDX_DATE_ZERO) % DAY != 0;
    return field == NIDX_FIELD_DATE && hi - lo == DAY - 1 &&
           (int64_t)(lo - NIDX_DATE_ZERO) % DAY == 0;
}

void nidx_range_print(uint8_t field, uint64_t lo, uint64_t hi,
                      struct nidx_buf *out)
{
    const bool single = is_single(field, lo, hi);
    const bool from = single || lo != least(field) || hi == UINT64_MAX;

    /* Every date has a year of four digits; where both ends are open, the
     * least of them says so. */
    if (field == NIDX_FIELD_DATE && lo == 1 && hi == UINT64_MAX) {
        nidx_buf_put(out, "*", 1);
        return;
    }
    if (from)
        print_value(field, lo, 0, out);
    if (single)
        return;
    nidx_buf_put(out, "..", 2);
    if (hi != UINT64_MAX)
        print_value(field, hi, DAY - 1, out);
}

uint8_t nidx_range_column(uint8_t field)
{
    return field == NIDX_FIELD_DATE ? NIDX_COLUMN_DATE : NIDX_COLUMN_LENGTH;
}

uint8_t nidx_range_field(uint8_t column)
{
    return column == NIDX_COLUMN_DATE ? NIDX_FIELD_DATE : NIDX_FIELD_WORDS;
}
