/* charset.h: bytes of any encoding to UTF-8.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_CHARSET_H
#define NIDX_COMMON_CHARSET_H

#include "common/base/bytes.h"
#include "common/base/status.h"

/**
 * Appends data as UTF-8 to out: by byte order mark, else as UTF-16 where every
 * other byte of many is zero, else as valid UTF-8, else as declared (a name
 * that iconv knows, or NULL), else as UTF-8 with some damage where most of it
 * is well formed, else as Windows-1252. The mark is dropped. Never fails on content: what cannot
 * be converted becomes U+FFFD, counted in bad (may be NULL). used receives a
 * static name of the encoding taken, "declared" where iconv read it (may be
 * NULL).
 */
enum nidx_status nidx_charset_to_utf8(const void *data, size_t len,
                                      const char *declared,
                                      struct nidx_buf *out, uint64_t *bad,
                                      const char **used,
                                      struct nidx_error *err);

/** Whether all of it is valid UTF-8 (no surrogates, no overlong forms). */
bool nidx_utf8_valid(const void *data, size_t len);
/** How many bytes at the beginning are. */
size_t nidx_utf8_valid_prefix(const void *data, size_t len);

#endif
