/* range.h: dates and numbers of a query as ranges of a column.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_QUERY_RANGE_H
#define NIDX_QUERY_RANGE_H

#include <stdbool.h>

#include "common/base/bytes.h"
#include "common/segment/format.h"

/** Raw values of column DATE are seconds since 1970 plus this. */
#define NIDX_DATE_ZERO (UINT64_C(1) << 62)

struct nidx_range {
    uint64_t lo, hi; /**< both included */
    bool swapped;    /**< it stood there with its ends the other way round */
};

/**
 * Reads `2018`, `2018-08`, `2018-08-08`, `a..b`, `a..`, `..b`, `>=a`, `>a`,
 * `<=a`, `<a` for field DATE (UTC; a day may have a time: `2018-08-08T10:17`,
 * `...T10:17:01Z`), and the same of whole numbers for
 * WORDS. false where the text is none of these.
 */
bool nidx_range_read(uint8_t field, const char *text, size_t len,
                     struct nidx_range *out);
/** Appends what nidx_range_read reads as [lo, hi]; dates to the
 * day, or to the second where the range begins or ends within one. */
void nidx_range_print(uint8_t field, uint64_t lo, uint64_t hi,
                      struct nidx_buf *out);
/** The column of a field of dates or numbers. */
uint8_t nidx_range_column(uint8_t field);
/** The field of a column that a query can name. */
uint8_t nidx_range_field(uint8_t column);

#endif
