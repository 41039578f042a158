/* field.h: the fields that a query may name.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_QUERY_FIELD_H
#define NIDX_QUERY_FIELD_H

#include <stddef.h>

#include "common/segment/format.h"

/** What the values of a field are. */
enum nidx_field_kind {
    NIDX_FIELD_TEXT,    /**< analysed, has positions */
    NIDX_FIELD_KEYWORD, /**< one exact term */
    NIDX_FIELD_DATES,   /**< a column of days */
    NIDX_FIELD_NUMBERS  /**< a column of numbers */
};

/** The number of a field by name, in any case; ALL (0) where none is. */
uint8_t nidx_field_find(const char *name, size_t len);
/** "title"; "" for ALL and for numbers that are no field. */
const char *nidx_field_name(uint8_t field);
enum nidx_field_kind nidx_field_kind(uint8_t field);
/** The field that a name is like or another word for; NULL where none is. */
const char *nidx_field_nearest(const char *name, size_t len);

#endif
