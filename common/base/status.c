/* status.c: how failures are reported: a code, and a sentence for people.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/base/status.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 3, 0))) static void set_message(
    struct nidx_error *err, enum nidx_status status, const char *format,
    va_list args)
{
    err->status = status;
    err->offset = 0;
    vsnprintf(err->message, sizeof(err->message), format, args);
}

enum nidx_status nidx_fail(struct nidx_error *err, enum nidx_status status,
                           const char *format, ...)
{
    if (err) {
        va_list args;
        va_start(args, format);
        set_message(err, status, format, args);
        va_end(args);
    }
    return status;
}

enum nidx_status nidx_nomem(struct nidx_error *err)
{
    return nidx_fail(err, NIDX_ERR_NOMEM, "out of memory");
}

enum nidx_status nidx_corrupt(struct nidx_error *err, const char *what)
{
    return nidx_fail(err, NIDX_ERR_CORRUPT, "corrupt: %s", what);
}

static enum nidx_status status_of_errno(int code)
{
    switch (code) {
    case ENOMEM:
        return NIDX_ERR_NOMEM;
    case ENOENT:
        return NIDX_ERR_NOTFOUND;
    case ENOSPC:
    case EDQUOT:
        return NIDX_ERR_FULL;
    case EROFS:
        return NIDX_ERR_READONLY;
    default:
        return NIDX_ERR_IO;
    }
}

enum nidx_status nidx_fail_errno(struct nidx_error *err, int code,
                                 const char *format, ...)
{
    enum nidx_status status = status_of_errno(code);

    if (err) {
        va_list args;
        va_start(args, format);
        set_message(err, status, format, args);
        va_end(args);
        size_t used = strlen(err->message);
        char text[128];
        const char *why = strerror_r(code, text, sizeof(text));
        snprintf(err->message + used, sizeof(err->message) - used, ": %s", why);
    }
    return status;
}
