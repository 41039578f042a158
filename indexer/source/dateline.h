/* dateline.h: the date that an article states in its text or its address.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_DATELINE_H
#define NIDX_INDEXER_DATELINE_H

#include "indexer/source/document.h"

/** A date that stands alone in one of the first lines ("Published: August 8,
 * 2018"), or in a dateline ("MOSCOW, Aug. 8, 2018 (AP) - "). */
bool nidx_date_in_text(struct nidx_bytes text, int64_t *seconds);

/** A date among the parts of a path ("/2018/08/08/", "/2018/aug/8/",
 * "2018-08-08-letter.md"); with a day, or if month_is_enough without one. */
bool nidx_date_in_path(struct nidx_bytes path, bool month_is_enough,
                       int64_t *seconds);

/** Gives a document without a date the one of its body (in_text: a record of
 * a collection has a field for its date, and no need of guessing) or else of
 * its URL. */
void nidx_document_find_date(struct nidx_document *d, bool in_text);

#endif
