/* json.c: writing JSON.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "json.h"

#include "term.h"

#include <inttypes.h>
#include <stdio.h>

static void put_escaped(FILE *out, uint32_t c)
{
    switch (c) {
    case '"':
        fputs("\\\"", out);
        break;
    case '\\':
        fputs("\\\\", out);
        break;
    case '\n':
        fputs("\\n", out);
        break;
    case '\r':
        fputs("\\r", out);
        break;
    case '\t':
        fputs("\\t", out);
        break;
    default:
        fprintf(out, "\\u%04x", (unsigned)c);
        break;
    }
}

/** Whether c must not stand in a string as it is; C1 and DEL would be obeyed
 * by a terminal. */
static bool must_escape(uint32_t c)
{
    return c < 0x20 || c == '"' || c == '\\' || (c >= 0x7f && c < 0xa0) ||
           c == 0x2028 || c == 0x2029 ||
           (c < 0x10000 && c > 0xa0 && nidx_cli_safe(c) == 0xfffd &&
            c != 0xfffd);
}

void nidx_cli_json_put(FILE *out, const char *text, size_t len)
{
    size_t done = 0, n;

    fputc('"', out);
    for (size_t i = 0; i < len; i += n) {
        const unsigned char byte = (unsigned char)text[i];
        n = 1;
        if (byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\')
            continue;
        const uint32_t c = nidx_cli_code_point(text + i, len - i, &n);
        const bool bad = c == 0xfffd && n == 1;
        if (!bad && !must_escape(c))
            continue;
        fwrite(text + done, 1, i - done, out);
        if (bad)
            fputs("\xef\xbf\xbd", out);
        else
            put_escaped(out, c);
        done = i + n;
    }
    fwrite(text + done, 1, len - done, out);
    fputc('"', out);
}

void nidx_cli_json_string(const char *text, size_t len)
{
    nidx_cli_json_put(stdout, text, len);
}

void nidx_cli_json_name(const char *name, int *first)
{
    printf(*first ? "\"%s\":" : ",\"%s\":", name);
    *first = 0;
}

struct civil {
    int64_t year;
    unsigned month, day, hour, minute, second;
};

/** Howard Hinnant, "chrono-compatible low-level date algorithms", 2013. */
static struct civil civil_of(int64_t seconds)
{
    int64_t days = seconds / 86400;
    int64_t rest = seconds % 86400;

    if (rest < 0) {
        rest += 86400;
        days--;
    }
    days += 719468;
    const int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    const int64_t doe = days - era * 146097;
    const int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    const int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    const int64_t mp = (5 * doy + 2) / 153;
    return (struct civil){.year = yoe + era * 400 + (mp >= 10),
                          .month = (unsigned)(mp < 10 ? mp + 3 : mp - 9),
                          .day = (unsigned)(doy - (153 * mp + 2) / 5 + 1),
                          .hour = (unsigned)(rest / 3600),
                          .minute = (unsigned)(rest / 60 % 60),
                          .second = (unsigned)(rest % 60)};
}

const char *nidx_cli_date(int64_t seconds, char out[48])
{
    const struct civil c = civil_of(seconds);

    if (c.hour == 0 && c.minute == 0 && c.second == 0)
        snprintf(out, 48, "%04" PRId64 "-%02u-%02u", c.year, c.month, c.day);
    else
        snprintf(out, 48, "%04" PRId64 "-%02u-%02u %02u:%02u", c.year, c.month,
                 c.day, c.hour, c.minute);
    return out;
}

const char *nidx_cli_date_json(int64_t seconds, char out[48])
{
    const struct civil c = civil_of(seconds);

    snprintf(out, 48, "%04" PRId64 "-%02u-%02uT%02u:%02u:%02uZ", c.year,
             c.month, c.day, c.hour, c.minute, c.second);
    return out;
}
