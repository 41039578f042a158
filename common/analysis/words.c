/* words.c: where words end, by Unicode Standard Annex #29.
 *
 * The rules are those of revision 41 (Unicode 15), named WB3 to WB16 as there.
 * A segment is walked once; only the rules with three parts look further.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/analysis/words.h"

#define BIT(wb) (1u << (wb))

enum {
    AH_LETTER = BIT(NIDX_WB_ALETTER) | BIT(NIDX_WB_HEBREW_LETTER),
    DIGIT = BIT(NIDX_WB_NUMERIC),
    MID_NUM_LET_Q = BIT(NIDX_WB_MID_NUM_LET) | BIT(NIDX_WB_SINGLE_QUOTE),
    MID_LETTER = BIT(NIDX_WB_MID_LETTER) | MID_NUM_LET_Q,
    MID_NUMBER = BIT(NIDX_WB_MID_NUM) | MID_NUM_LET_Q,
    LINE_END = BIT(NIDX_WB_CR) | BIT(NIDX_WB_LF) | BIT(NIDX_WB_NEWLINE)
};

/* The class of the first character behind p that is no mark, as a bit. */
static unsigned class_behind(const uint8_t *p, const uint8_t *end,
                             const uint8_t **at)
{
    while (p < end) {
        unsigned len;
        unsigned value = nidx_value_at(p, end, &len);

        if (!nidx_value_is_mark(value)) {
            *at = p;
            return BIT(value & NIDX_WB_MASK);
        }
        p += len;
    }
    return 0;
}

/* WB5, WB8, WB9, WB10, WB13, WB13a, WB13b: two neighbours that stay. */
static bool pair_stays(unsigned a, unsigned b, enum nidx_word_rules rules)
{
    const unsigned katakana = BIT(NIDX_WB_KATAKANA);
    const unsigned under = BIT(NIDX_WB_EXTEND_NUM_LET);

    if (a & (AH_LETTER | DIGIT) && b & (AH_LETTER | DIGIT))
        return true;
    if (a & katakana && b & katakana)
        return true;
    if (rules == NIDX_WORDS_PLAIN)
        return false;
    return (a & (AH_LETTER | DIGIT | katakana | under) && b & under) ||
           (a & under && b & (AH_LETTER | DIGIT | katakana));
}

/* WB6 and WB7, WB7b and WB7c, WB11 and WB12: b stands between a and c. */
static bool triple_stays(unsigned a, unsigned b, unsigned c)
{
    const unsigned hebrew = BIT(NIDX_WB_HEBREW_LETTER);

    return (a & AH_LETTER && b & MID_LETTER && c & AH_LETTER) ||
           (a & DIGIT && b & MID_NUMBER && c & DIGIT) ||
           (a & hebrew && b & BIT(NIDX_WB_DOUBLE_QUOTE) && c & hebrew);
}

/* The walk over one segment: bits of the last character and of the last that
 * is no mark. */
struct walk {
    const uint8_t *q, *end;
    unsigned base, last;
    bool flag; /* a regional indicator that still waits for its second */
};

/* Takes the character at q, of the value and length given, or says no. */
static bool take(struct walk *w, unsigned value, unsigned len,
                 enum nidx_word_rules rules)
{
    const unsigned b = BIT(value & NIDX_WB_MASK);
    const uint8_t *next = w->q + len, *at = next;

    if (nidx_value_is_mark(value)) {
        w->last = b;
        w->q = next;
        return true;
    }
    bool emoji = w->last & BIT(NIDX_WB_ZWJ) && value & NIDX_UC_PICTOGRAPH;
    bool blanks = w->last & b & BIT(NIDX_WB_WSEG_SPACE);
    bool flags = w->flag && b & BIT(NIDX_WB_REGIONAL_INDICATOR);
    bool stays = emoji || blanks || flags || pair_stays(w->base, b, rules);
    unsigned taken = b;

    if (!stays && rules == NIDX_WORDS_UAX29) {
        unsigned c = class_behind(next, w->end, &at);
        unsigned c_len = 0;
        if (triple_stays(w->base, b, c)) {
            nidx_value_at(at, w->end, &c_len);
            next = at + c_len;
            taken = c;
            stays = true;
        } else if (w->base & BIT(NIDX_WB_HEBREW_LETTER) &&
                   b & BIT(NIDX_WB_SINGLE_QUOTE)) {
            stays = true; /* WB7a */
        }
    }
    if (!stays)
        return false;
    w->flag = false;
    w->base = w->last = taken;
    w->q = next;
    return true;
}

const uint8_t *nidx_word_end(const uint8_t *p, const uint8_t *end,
                             enum nidx_word_rules rules)
{
    unsigned len;
    unsigned value = nidx_value_at(p, end, &len);
    struct walk w = {p + len, end, BIT(value & NIDX_WB_MASK), 0, false};

    w.last = w.base;
    w.flag = w.base & BIT(NIDX_WB_REGIONAL_INDICATOR);
    if (w.base & BIT(NIDX_WB_CR) && w.q < end && *w.q == '\n')
        return w.q + 1;
    if (w.base & LINE_END)
        return w.q;
    while (w.q < end) {
        value = nidx_value_at(w.q, end, &len);
        if (BIT(value & NIDX_WB_MASK) & LINE_END)
            break;
        if (!take(&w, value, len, rules))
            break;
    }
    return w.q;
}
