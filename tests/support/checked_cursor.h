/* checked_cursor.h: a cursor around a cursor, which asserts its contract.
 *
 * As Lucene's AssertingScorer: documents rise, a seek never falls short, a
 * document and a failure exclude each other, a score does not change while
 * the cursor stands, nothing is asked of a cursor at its end.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_TESTS_CHECKED_CURSOR_H
#define NIDX_TESTS_CHECKED_CURSOR_H

#include "query/cursor/cursor.h"

/** Owns inner. n_docs is the number of documents of the segment. */
struct nidx_cursor *checked_cursor(struct nidx_cursor *inner, uint32_t n_docs);

#endif
