/* json.h: a narrow, strict reader of JSON text (RFC 8259).
 *
 * It walks a text from front to back and builds nothing: the caller asks for
 * the next member and takes or skips its value. Whether the bytes are UTF-8
 * is the caller's business. The first error stays and ends every loop.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_JSON_H
#define NIDX_INDEXER_JSON_H

#include "common/base/bytes.h"

/** Arrays and objects within each other: more is refused, so that no text can
 * exhaust the stack. */
#define NIDX_JSON_DEPTH 128

struct nidx_json {
    const uint8_t *p, *end;
    const char *error; /**< static text; NULL: none so far */
    uint64_t bad;      /**< lone surrogates, read as U+FFFD */
};

static inline struct nidx_json nidx_json_of(const void *data, size_t len)
{
    const uint8_t *p = data;
    struct nidx_json j = {p, len ? p + len : p, NULL, 0};
    return j;
}

/** The first byte of what comes next, behind white space; 0 at the end. */
uint8_t nidx_json_peek(struct nidx_json *j);
/** Takes the byte c if it comes next, behind white space. */
bool nidx_json_take(struct nidx_json *j, char c);
/** Takes a string and appends it as UTF-8 (out NULL: nowhere). */
bool nidx_json_string(struct nidx_json *j, struct nidx_buf *out);
/** Takes a number; text is as it stands there. */
bool nidx_json_number(struct nidx_json *j, struct nidx_bytes *text);
/** Takes any value. */
bool nidx_json_skip(struct nidx_json *j);

/**
 * Loops over an object or an array behind its opening bracket:
 *     bool first = true;
 *     while (nidx_json_member(j, &first, &name))
 *         take one value;
 *     if (j->error) ...
 * name is cleared, then filled with the member's name.
 */
bool nidx_json_member(struct nidx_json *j, bool *first, struct nidx_buf *name);
bool nidx_json_element(struct nidx_json *j, bool *first);

/** Whether all of a text is one value. */
bool nidx_json_valid(const void *data, size_t len);

#endif
