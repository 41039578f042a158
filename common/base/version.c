/* version.c: which nidx this is, and names of its status codes.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "nidx.h"

#include <lmdb.h>
#include <utf8proc.h>
#include <xxhash.h>
#include <zstd.h>

#include "common/analysis/unicode_tables.h"

#define TEXT_OF(x) #x
#define NUMBER(x)  TEXT_OF(x)

const char *nidx_version(void)
{
    return NUMBER(NIDX_VERSION_MAJOR) "." NUMBER(NIDX_VERSION_MINOR) "." NUMBER(
        NIDX_VERSION_PATCH);
}

const char *nidx_version_details(void)
{
    /* libstemmer's header has no version: these are its Snowball rules. */
    return "LMDB " NUMBER(MDB_VERSION_MAJOR) "." NUMBER(MDB_VERSION_MINOR) "." NUMBER(
        MDB_VERSION_PATCH) "\n"
                           "Snowball stemmers 2.2\n"
                           "Unicode " NIDX_UNICODE_VERSION
                           " (word boundaries)\n"
                           "utf8proc " NUMBER(UTF8PROC_VERSION_MAJOR) "." NUMBER(UTF8PROC_VERSION_MINOR) "." NUMBER(
                               UTF8PROC_VERSION_PATCH) "\n"
                                                       "zstd " NUMBER(ZSTD_VERSION_MAJOR) "." NUMBER(ZSTD_VERSION_MINOR) "." NUMBER(
                                                           ZSTD_VERSION_RELEASE) "\n"
                                                                                 "xxHash " NUMBER(XXH_VERSION_MAJOR) "." NUMBER(
                                                                                     XXH_VERSION_MINOR) "." NUMBER(XXH_VERSION_RELEASE);
}

const char *nidx_status_name(enum nidx_status status)
{
    static const char *const names[] = {
        "ok",        "out of memory", "input or output",
        "corrupt",   "invalid",       "syntax",
        "not found", "busy",          "readonly",
        "version",   "full",          "limit",
        "stopped"};
    const int n = -(int)status;

    if (n < 0 || n >= (int)(sizeof(names) / sizeof(*names)))
        return "unknown";
    return names[n];
}
