/* document.h: a document on its way in: what struct nidx_document holds.
 *
 * nidx.h declares the public functions; sources fill one and hand it on.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_DOCUMENT_H
#define NIDX_INDEXER_DOCUMENT_H

#include <nidx.h>

#include "common/base/bytes.h"
#include "common/segment/format.h"
#include "common/base/status.h"

/** A field's value: bytes of the document's buffer, UTF-8 already. */
struct nidx_document_value {
    uint8_t field; /**< enum nidx_field; DATE is not here but in date */
    uint64_t offset, len;
};

struct nidx_document {
    struct nidx_buf key;
    struct nidx_buf bytes;              /**< values one after another */
    struct nidx_document_value *values; /**< in the order added */
    uint32_t n_values, cap_values;
    int64_t date; /**< seconds since 1970; where date_rule says there is one */
    enum nidx_date_rule date_rule;
    uint64_t stat;      /**< column STAT, 0: none */
    uint64_t content;   /**< column CONTENT, 0: none */
    uint64_t bad_bytes; /**< replaced by U+FFFD on the way in */
};

/** For sources: adds a value of a field by number; text may be any bytes and
 * is converted by charset.h (declared may be NULL). */
enum nidx_status nidx_document_add(struct nidx_document *d, uint8_t field,
                                   const char *value, size_t len,
                                   const char *declared,
                                   struct nidx_error *err);
/** For sources that write UTF-8 to d->bytes themselves: makes what stands
 * there from offset from on a value; nothing if that is nothing. A date is
 * read, and taken out again, whether it can be read or not. */
enum nidx_status nidx_document_end_value(struct nidx_document *d, uint8_t field,
                                         size_t from, struct nidx_error *err);
/** Field number of a default field's name ("title", "body", ...); 0: none. */
uint8_t nidx_document_field_number(const char *name, size_t len);

/**
 * A date in any form that articles state: RFC 3339 and its prefixes (year,
 * month, day; a time with or without zone), RFC 5322, "October 24, 2018",
 * "24 Oct 2018", 20181024, seconds since 1970 (9 to 11 digits; thousandths of
 * them where there are 13). Without a zone it is UTC's. false where it is
 * none.
 */
bool nidx_date_read(const char *text, size_t len, int64_t *seconds);

#endif
