/* message.c: errors, notes, numbers for people.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"
#include "json.h"
#include "term.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

/** Errors and notes are JSON too, because the answer is. */
static bool as_json;

void nidx_cli_messages_json(void)
{
    as_json = true;
}

static void put_member(const char *name, const char *text)
{
    fprintf(stderr, ",\"%s\":", name);
    nidx_cli_json_put(stderr, text, strlen(text));
}

static int fail_json(const char *what, const char *why,
                     const struct nidx_error *err)
{
    fputs("{\"error\":", stderr);
    nidx_cli_json_put(stderr, why, strlen(why));
    if (what)
        put_member("what", what);
    if (err)
        put_member("code", nidx_status_name(err->status));
    if (err && err->status == NIDX_ERR_SYNTAX)
        fprintf(stderr, ",\"offset\":%zu", err->offset);
    fputs("}\n", stderr);
    return NIDX_CLI_ERROR;
}

int nidx_cli_fail(const char *what, const char *why)
{
    fflush(stdout);
    if (as_json)
        return fail_json(what, why, NULL);
    fputs("nidx: ", stderr);
    if (what) {
        nidx_cli_put_safe(stderr, what, strlen(what));
        fputs(": ", stderr);
    }
    nidx_cli_put_safe(stderr, why, strlen(why));
    fputc('\n', stderr);
    return NIDX_CLI_ERROR;
}

int nidx_cli_failed(const char *what, const struct nidx_error *err)
{
    /* Messages of the library often name the thing already. */
    const char *named = what ? strstr(err->message, what) : NULL;
    struct nidx_error rest = *err;

    const bool whole = named && (named == err->message || named[-1] == ' ');
    if (whole && strncmp(named + strlen(what), ": ", 2) == 0)
        snprintf(rest.message, sizeof(rest.message), "%.*s%s",
                 (int)(named - err->message), err->message,
                 named + strlen(what) + 2);
    else if (named)
        what = NULL;
    if (!as_json)
        return nidx_cli_fail(what, rest.message);
    fflush(stdout);
    return fail_json(what, rest.message, err);
}

void nidx_cli_note(const char *text)
{
    if (as_json) {
        fputs("{\"note\":", stderr);
        nidx_cli_json_put(stderr, text, strlen(text));
        fputs("}\n", stderr);
        return;
    }
    fputs("note: ", stderr);
    nidx_cli_put_safe(stderr, text, strlen(text));
    fputc('\n', stderr);
}

int nidx_cli_nothing(void)
{
    fflush(stdout);
    if (!as_json)
        fputs("nothing found\n", stderr);
    return NIDX_CLI_NOTHING;
}

int nidx_cli_finish(int status)
{
    errno = 0;
    const bool failed = fflush(stdout) != 0 || ferror(stdout);
    if (!failed)
        return status;
    if (errno != EPIPE)
        nidx_cli_fail("standard output",
                      errno ? strerror(errno) : "a write failed");
    return NIDX_CLI_ERROR;
}

const char *nidx_cli_number(uint64_t n, char out[32])
{
    char digits[24];
    const int len = snprintf(digits, sizeof(digits), "%" PRIu64, n);
    size_t used = 0;

    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            out[used++] = ',';
        out[used++] = digits[i];
    }
    out[used] = '\0';
    return out;
}

const char *nidx_cli_bytes(uint64_t n, char out[32])
{
    static const char *const units[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
    double value = (double)n;
    size_t unit = 0;

    if (n < 1000) {
        snprintf(out, 32, "%u bytes", (unsigned)n);
        return out;
    }
    for (value /= 1000; value >= 999.95 && unit + 1 < NIDX_CLI_COUNT(units);
         value /= 1000)
        unit++;
    snprintf(out, 32, "%.1f %s", value, units[unit]);
    return out;
}

double nidx_cli_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}
