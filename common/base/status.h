/* status.h: how failures are reported: a code, and a sentence for people.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_STATUS_H
#define NIDX_COMMON_STATUS_H

#include "nidx.h"

/** Fills err (which may be NULL) and returns status. */
enum nidx_status nidx_fail(struct nidx_error *err, enum nidx_status status,
                           const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** Out of memory, always said in the same words. */
enum nidx_status nidx_nomem(struct nidx_error *err);

/** Damage found in stored bytes; one place for a breakpoint. */
enum nidx_status nidx_corrupt(struct nidx_error *err, const char *what);

/** Like nidx_fail with the text of errno (or any errno code) appended. */
enum nidx_status nidx_fail_errno(struct nidx_error *err, int code,
                                 const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
