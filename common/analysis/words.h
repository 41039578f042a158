/* words.h: where words end, by Unicode Standard Annex #29.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_WORDS_H
#define NIDX_COMMON_WORDS_H

#include "common/analysis/unicode_tables.h"
#include "common/analysis/utf8.h"

enum nidx_word_rules {
    /** All of UAX #29. */
    NIDX_WORDS_UAX29,
    /** Without its rules that join over punctuation (WB6, 7, 11, 12, 13a and
     * 13b): what to make of `U.S.`, `l'eau` and `a_b` the analyzer decides. */
    NIDX_WORDS_PLAIN
};

/**
 * The end of the segment that begins at p < end. Any bytes; bad ones are
 * characters without properties. Time is linear in the segment's length, and
 * so is that of walking a text segment by segment.
 */
const uint8_t *nidx_word_end(const uint8_t *p, const uint8_t *end,
                             enum nidx_word_rules rules);

/** The value of the character at p < end, and the bytes that it takes. */
static inline unsigned nidx_value_at(const uint8_t *p, const uint8_t *end,
                                     unsigned *len)
{
    uint32_t cp;

    *len = nidx_utf8_decode(p, end, &cp);
    return nidx_unicode_value(cp & ~NIDX_UTF8_BAD);
}

/** Whether a word may begin with a character of this value. */
static inline bool nidx_value_is_word(unsigned value)
{
    unsigned wb = value & NIDX_WB_MASK;

    return wb == NIDX_WB_ALETTER || wb == NIDX_WB_HEBREW_LETTER ||
           wb == NIDX_WB_NUMERIC ||
           (value & (NIDX_UC_CJK | NIDX_UC_SOUTH_EAST)) != 0;
}

/** Whether the character belongs to the one before it (WB4). */
static inline bool nidx_value_is_mark(unsigned value)
{
    unsigned wb = value & NIDX_WB_MASK;

    return wb == NIDX_WB_EXTEND || wb == NIDX_WB_FORMAT || wb == NIDX_WB_ZWJ;
}

#endif
