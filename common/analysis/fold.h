/* fold.h: words without their diacritics.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_FOLD_H
#define NIDX_COMMON_FOLD_H

#include "common/base/bytes.h"

/**
 * Appends a form (UTF-8, NFKC, case-folded) with its diacritics folded. What
 * is folded, and nothing else:
 * - Latin letters to their base letter; those that have none by the table in
 *   fold.c (ø o, ł l, đ d, æ ae, œ oe, ı i, þ th ...; case folding has
 *   already made ß ss);
 * - Greek tonos, dialytika and the polytonic accents;
 * - Cyrillic ё to е, and stress marks (U+0300, U+0301).
 * Never й, the signs of Indic and Thai scripts, the voicing of kana.
 */
void nidx_fold_diacritics(const char *form, size_t len, struct nidx_buf *out);

#endif
