/* function_words.h: short English words that capitals may turn into others.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_FUNCTION_WORDS_H
#define NIDX_COMMON_FUNCTION_WORDS_H

#include "common/base/bytes.h"

/**
 * Whether a word of two to four letters, in any case, is a pronoun, article
 * and the like: `U.S.` is not indexed as `us`, nor `W.H.O.` as `who`. `D.C.`
 * is simply also `dc`.
 */
static inline bool nidx_is_function_word(const uint8_t *p, size_t len)
{
    static const char words[] =
        " am an as at be by do go he if in is it me my no of oh ok on or so to "
        "up us we all and any are but can did for had has her him his how its "
        "may not now off our out own per she the too was who why yes you than "
        "that them then they this were what when will with ";
    char key[8] = " ";

    if (len < 2 || len > 4)
        return false;
    for (size_t i = 0; i < len; i++)
        key[i + 1] = (char)(p[i] | 0x20);
    key[len + 1] = ' ';
    return strstr(words, key) != NULL;
}

/**
 * Whether a word in capitals (`US`, `WHO`) is one of those that also stand for
 * something: it is indexed and asked for as `u.s.` and `w.h.o.` as well.
 */
static inline bool nidx_is_acronym(const uint8_t *p, size_t len)
{
    static const char words[] = " US IT WHO AM ME OK ";
    char key[8] = " ";

    if (len < 2 || len > 4)
        return false;
    memcpy(key + 1, p, len);
    key[len + 1] = ' ';
    return strstr(words, key) != NULL;
}

#endif
