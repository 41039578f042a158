/* charset.h: bytes of any encoding to UTF-8.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_CHARSET_H
#define NIDX_COMMON_CHARSET_H

#include "common/bytes.h"
#include "common/status.h"

/**
 * Appends data as UTF-8 to out: by byte order mark, else as valid UTF-8, else
 * as declared (a name that iconv knows, or NULL), else guessed (UTF-16 by its
 * zero bytes; Windows-1252 for the rest). Never fails on content: what cannot
 * be converted becomes U+FFFD, counted in bad (may be NULL). used receives a
 * static name of the encoding taken (may be NULL).
 */
enum nidx_status nidx_charset_to_utf8(const void *data, size_t len,
                                      const char *declared,
                                      struct nidx_buf *out, uint64_t *bad,
                                      const char **used,
                                      struct nidx_error *err);

/** Whether all of it is valid UTF-8 (no surrogates, no overlong forms). */
bool nidx_utf8_valid(const void *data, size_t len);

#endif
