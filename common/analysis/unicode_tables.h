/* unicode_tables.h: what the analysis asks of Unicode 15.0.0's characters.
 * Made by scripts/make-unicode-tables; do not edit.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_UNICODE_TABLES_H
#define NIDX_COMMON_UNICODE_TABLES_H

#include <stdint.h>

#define NIDX_UNICODE_VERSION "15.0.0"

/** Word_Break classes (UAX #29): the low five bits of a value. */
enum nidx_word_break {
    NIDX_WB_OTHER,
    NIDX_WB_CR,
    NIDX_WB_LF,
    NIDX_WB_NEWLINE,
    NIDX_WB_EXTEND,
    NIDX_WB_FORMAT,
    NIDX_WB_ZWJ,
    NIDX_WB_ALETTER,
    NIDX_WB_HEBREW_LETTER,
    NIDX_WB_NUMERIC,
    NIDX_WB_KATAKANA,
    NIDX_WB_EXTEND_NUM_LET,
    NIDX_WB_MID_LETTER,
    NIDX_WB_MID_NUM,
    NIDX_WB_MID_NUM_LET,
    NIDX_WB_SINGLE_QUOTE,
    NIDX_WB_DOUBLE_QUOTE,
    NIDX_WB_WSEG_SPACE,
    NIDX_WB_REGIONAL_INDICATOR
};
#define NIDX_WB_MASK 31u
/** Extended_Pictographic. */
#define NIDX_UC_PICTOGRAPH 32u
/** Han, Hiragana, Katakana and other ideographs: written without blanks. */
#define NIDX_UC_CJK 64u
/** Thai, Lao, Khmer, Myanmar ...: letters written without blanks. */
#define NIDX_UC_SOUTH_EAST 128u
#define NIDX_UC_UPPER      256u
#define NIDX_UC_LOWER      512u

extern const uint8_t nidx_unicode_index[8704];
extern const uint16_t nidx_unicode_values[30336];

/** cp is at most 0x10FFFF. */
static inline unsigned nidx_unicode_value(uint32_t cp)
{
    uint32_t block = nidx_unicode_index[cp >> 7];

    return nidx_unicode_values[block << 7 | (cp & 127)];
}

#endif
