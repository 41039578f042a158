/* date.c: dates as articles state them, to seconds since 1970.
 *
 * Two readers: one for dates that are digits from the start (RFC 3339 and its
 * prefixes, 20181024, seconds since 1970), one for dates with words, which
 * takes numbers, months, weekdays, times and zones in whatever order mail,
 * newspapers and programs put them, each at most once. A date without a zone
 * is UTC's.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/source/document.h"

#include <strings.h>

/* What has been read; -1 where nothing has. */
struct date {
    int year, month, day;
    int hour, minute, second;
    int zone; /* minutes east of Greenwich */
    bool has_zone, pm, am;
};

struct scan {
    const char *p, *end;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char peek(const struct scan *s)
{
    return s->p < s->end ? *s->p : '\0';
}

static bool take(struct scan *s, char c)
{
    if (peek(s) != c || s->p == s->end)
        return false;
    s->p++;
    return true;
}

static size_t n_digits(const struct scan *s)
{
    size_t n = 0;

    while (s->p + n < s->end && is_digit(s->p[n]))
        n++;
    return n;
}

/* The number of the next n digits, or -1 where there are fewer. */
static int digits(struct scan *s, size_t n)
{
    int value = 0;

    if (n > 9 || n_digits(s) < n)
        return -1;
    for (size_t i = 0; i < n; i++)
        value = value * 10 + (*s->p++ - '0');
    return value;
}

static void skip_blanks(struct scan *s)
{
    while (s->p < s->end && strchr(" \t\r\n", *s->p) && *s->p)
        s->p++;
}

static int month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return days[month - 1] + (month == 2 && leap);
}

/* Days since 1970 of the Gregorian calendar (Hinnant, "chrono-compatible
 * low-level date algorithms", days_from_civil). */
static int64_t days_of(int year, int month, int day)
{
    const int64_t y = month <= 2 ? year - 1 : year;
    const int64_t era = (y >= 0 ? y : y - 399) / 400;
    const int64_t yoe = y - era * 400;
    const int64_t doy =
        (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    const int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

    return era * 146097 + doe - 719468;
}

static bool to_seconds(const struct date *d, int64_t *seconds)
{
    const int month = d->month < 0 ? 1 : d->month;
    const int day = d->day < 0 ? 1 : d->day;
    int hour = d->hour < 0 ? 0 : d->hour;
    const int minute = d->minute < 0 ? 0 : d->minute;
    const int second = d->second < 0 ? 0 : d->second;

    if (d->year < 1 || d->year > 9999 || month < 1 || month > 12 || day < 1 ||
        day > month_days(d->year, month))
        return false;
    if ((d->am || d->pm) && (hour < 1 || hour > 12))
        return false;
    if (d->am || d->pm)
        hour = hour % 12 + (d->pm ? 12 : 0);
    /* A leap second counts as the one after it; 24:00 is midnight. */
    if (minute > 59 || second > 60 || hour > 24 ||
        (hour == 24 && minute + second > 0))
        return false;
    *seconds = days_of(d->year, month, day) * 86400 + hour * 3600 +
               (minute - d->zone) * 60 + second;
    return true;
}

/* "Z", "+02:00", "-0500", "+02"; nothing at all is fine as well. */
static bool read_offset(struct scan *s, struct date *d)
{
    const int sign = peek(s) == '-' ? -1 : 1;

    if (take(s, 'Z') || take(s, 'z')) {
        d->has_zone = true;
        return true;
    }
    if (!take(s, '+') && !take(s, '-'))
        return true;
    const int hours = digits(s, 2);
    int minutes = 0;
    if (take(s, ':') || n_digits(s) > 0)
        minutes = digits(s, 2);
    if (hours < 0 || hours > 15 || minutes < 0 || minutes > 59)
        return false;
    d->zone = sign * (hours * 60 + minutes);
    d->has_zone = true;
    return true;
}

/* "12:54", "12:54:03", "12:54:03.25" from the colon on. */
static bool read_minutes(struct scan *s, struct date *d)
{
    d->minute = digits(s, 2);
    if (d->minute < 0)
        return false;
    if (!take(s, ':'))
        return true;
    d->second = digits(s, 2);
    if (d->second < 0)
        return false;
    if (take(s, '.') || take(s, ','))
        s->p += n_digits(s);
    return true;
}

static bool read_iso_time(struct scan *s, struct date *d)
{
    d->hour = digits(s, 2);
    if (d->hour < 0 || !take(s, ':') || !read_minutes(s, d))
        return false;
    skip_blanks(s);
    if (s->end - s->p >= 3 && (strncasecmp(s->p, "UTC", 3) == 0 ||
                               strncasecmp(s->p, "GMT", 3) == 0)) {
        s->p += 3;
        return true;
    }
    return read_offset(s, d);
}

/* Year, and behind the same sign each month and day; then the time. */
static bool read_iso(struct scan *s, struct date *d)
{
    d->year = digits(s, 4);
    const char sign = peek(s);
    if (s->p == s->end)
        return true;
    if (sign != '-' && sign != '/' && sign != '.')
        return false;
    s->p++;
    d->month = digits(s, n_digits(s) == 1 ? 1 : 2);
    if (d->month < 0)
        return false;
    if (s->p == s->end)
        return true;
    if (!take(s, sign))
        return false;
    d->day = digits(s, n_digits(s) == 1 ? 1 : 2);
    if (d->day < 0)
        return false;
    if (take(s, 'T') || take(s, 't'))
        return read_iso_time(s, d) && s->p == s->end;
    skip_blanks(s);
    if (s->p == s->end)
        return true;
    return read_iso_time(s, d) && s->p == s->end;
}

/* 20181024, 20181024T1254 and the like: all digits. */
static bool read_compact(struct scan *s, struct date *d)
{
    d->year = digits(s, 4);
    d->month = digits(s, 2);
    d->day = digits(s, 2);
    if (s->p == s->end)
        return true;
    if (!take(s, 'T') && !is_digit(peek(s)))
        return false;
    d->hour = digits(s, 2);
    d->minute = digits(s, 2);
    if (d->hour < 0 || d->minute < 0)
        return false;
    if (n_digits(s) > 0)
        d->second = digits(s, 2);
    return read_offset(s, d) && s->p == s->end;
}

/* Seconds since 1970, or thousandths where there are 13 digits; what stands
 * behind a point is dropped. */
static bool read_epoch(struct scan *s, int64_t *seconds)
{
    const bool minus = take(s, '-');
    const size_t n = n_digits(s);
    int64_t value = 0;

    if (n < 9 || n > 13)
        return false;
    for (size_t i = 0; i < n; i++)
        value = value * 10 + (*s->p++ - '0');
    if (take(s, '.'))
        s->p += n_digits(s);
    if (s->p != s->end)
        return false;
    if (n == 13)
        value /= 1000;
    *seconds = minus ? -value : value;
    return true;
}

/* The place of a word in a list of names with a blank behind each, of which
 * at least three letters must be there; -1 where it is none. */
static int name_index(const char *word, size_t len, const char *names)
{
    for (int i = 0; *names; i++) {
        const size_t n = strcspn(names, " ");
        if (len >= 3 && len <= n && strncasecmp(word, names, len) == 0)
            return i;
        names += n + 1;
    }
    return -1;
}

static bool is_word(const char *word, size_t len, const char *name)
{
    return strlen(name) == len && strncasecmp(word, name, len) == 0;
}

static bool take_zone(struct date *d, const char *word, size_t len)
{
    static const struct {
        const char *name;
        int minutes;
    } zones[] = {
        {"utc", 0},    {"gmt", 0},    {"ut", 0},     {"z", 0},
        {"est", -300}, {"edt", -240}, {"cst", -360}, {"cdt", -300},
        {"mst", -420}, {"mdt", -360}, {"pst", -480}, {"pdt", -420},
        {"et", -300},  {"bst", 60},   {"cet", 60},   {"cest", 120},
    };

    for (size_t i = 0; i < sizeof(zones) / sizeof(*zones); i++) {
        if (is_word(word, len, zones[i].name)) {
            d->zone = zones[i].minutes;
            d->has_zone = true;
            return true;
        }
    }
    return false;
}

/* Words that say nothing: "24th of October, at 3 p.m." */
static bool is_filler(const char *word, size_t len)
{
    static const char *const fillers[] = {"at", "on", "of", "the",
                                          "st", "nd", "rd", "th"};

    for (size_t i = 0; i < sizeof(fillers) / sizeof(*fillers); i++) {
        if (is_word(word, len, fillers[i]))
            return true;
    }
    return false;
}

/* "am", "pm", "a.m.", "p.m." */
static bool take_half(struct scan *s, struct date *d, const char *word,
                      size_t len)
{
    const bool dotted = len == 1 && s->end - s->p >= 2 && s->p[0] == '.' &&
                        (s->p[1] | 0x20) == 'm';
    const bool plain = len == 2 && (word[1] | 0x20) == 'm';
    const char first = (char)(word[0] | 0x20);

    if ((!dotted && !plain) || (first != 'a' && first != 'p') || d->hour < 0)
        return false;
    if (dotted) {
        s->p += 2;
        take(s, '.');
    }
    d->am = first == 'a';
    d->pm = first == 'p';
    return true;
}

static bool read_word(struct scan *s, struct date *d)
{
    const char *word = s->p;
    static const char months[] = "january february march april may june july "
                                 "august september october november december ";
    static const char weekdays[] = "monday tuesday wednesday thursday friday "
                                   "saturday sunday ";

    while (s->p < s->end && is_letter(*s->p))
        s->p++;
    const size_t len = (size_t)(s->p - word);
    const int month = name_index(word, len, months);
    if (month >= 0 && d->month < 0) {
        d->month = month + 1;
        return true;
    }
    if (take_half(s, d, word, len))
        return true;
    return name_index(word, len, weekdays) >= 0 || is_filler(word, len) ||
           take_zone(d, word, len);
}

/* Two digits of a year as RFC 5322, section 4.3, reads them. */
static int full_year(int year, size_t n)
{
    if (n == 2)
        return year < 50 ? 2000 + year : 1900 + year;
    return year;
}

static bool read_number(struct scan *s, struct date *d)
{
    const size_t n = n_digits(s);
    if (n > 4)
        return false;
    const int value = digits(s, n);

    if (peek(s) == ':' && d->hour < 0 && n <= 2) {
        s->p++;
        d->hour = value;
        return read_minutes(s, d);
    }
    if (d->day < 0 && n <= 2) {
        d->day = value;
        return true;
    }
    if (d->year < 0 && (n == 4 || n == 2)) {
        d->year = full_year(value, n);
        return true;
    }
    if (d->hour < 0 && n <= 2) {
        d->hour = value; /* "3 pm" */
        return true;
    }
    return false;
}

/* Signs between the parts; a sign before four digits behind a time is a
 * zone's, and what stands in brackets is a comment. */
static bool read_sign(struct scan *s, struct date *d)
{
    if ((*s->p == '+' || *s->p == '-') && d->hour >= 0 && !d->has_zone &&
        s->end - s->p >= 3 && is_digit(s->p[1]) && is_digit(s->p[2]) &&
        d->year >= 0)
        return read_offset(s, d);
    if (*s->p == '(') {
        while (s->p < s->end && *s->p != ')')
            s->p++;
        return take(s, ')');
    }
    if (!strchr(",.-/|", *s->p) || *s->p == '\0')
        return false;
    s->p++;
    return true;
}

static bool read_words(struct scan *s, struct date *d)
{
    for (skip_blanks(s); s->p < s->end; skip_blanks(s)) {
        bool good;
        if (is_digit(*s->p))
            good = read_number(s, d);
        else if (is_letter(*s->p))
            good = read_word(s, d);
        else
            good = read_sign(s, d);
        if (!good)
            return false;
    }
    return d->month >= 0 && d->year >= 0;
}

static bool read_date(struct scan *s, struct date *d)
{
    const size_t n = n_digits(s);

    if (n == 4 && (s->end - s->p == 4 || !is_letter(s->p[4])))
        return read_iso(s, d) && s->p == s->end;
    if (n == 8 || n == 12 || n == 14)
        return read_compact(s, d);
    return read_words(s, d);
}

bool nidx_date_read(const char *text, size_t len, int64_t *seconds)
{
    struct scan s = {text, text + len};
    struct date d = {-1, -1, -1, -1, -1, -1, 0, false, false, false};

    /* Longer text is no date, however it begins. */
    if (len == 0 || len > 128)
        return false;
    skip_blanks(&s);
    while (s.end > s.p && strchr(" \t\r\n", s.end[-1]) && s.end[-1])
        s.end--;
    const size_t n = n_digits(&s);
    if ((n >= 9 && n != 12 && n != 14) || peek(&s) == '-')
        return read_epoch(&s, seconds);
    return read_date(&s, &d) && to_seconds(&d, seconds);
}
