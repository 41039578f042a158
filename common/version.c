/* version.c: which nidx this is, and names of its status codes.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "nidx.h"

#define TEXT_OF(x) #x
#define NUMBER(x) TEXT_OF(x)

const char *nidx_version(void)
{
    return NUMBER(NIDX_VERSION_MAJOR) "." NUMBER(NIDX_VERSION_MINOR) "."
           NUMBER(NIDX_VERSION_PATCH);
}

const char *nidx_version_details(void)
{
    return NIDX_PARTS;
}

const char *nidx_status_name(enum nidx_status status)
{
    static const char *const names[] = {
        "ok",       "out of memory", "input or output", "corrupt",
        "invalid",  "syntax",        "not found",       "busy",
        "readonly", "version",       "full",            "limit",
        "stopped"};
    const int n = -(int)status;

    if (n < 0 || n >= (int)(sizeof(names) / sizeof(*names)))
        return "unknown";
    return names[n];
}
