/* lexicon.h: an endless vocabulary: the word of each rank, its forms, names.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_CORPORA_LEXICON_H
#define NIDX_CORPORA_LEXICON_H

#include <stddef.h>

#include "corpora/random.h"

/** The first ranks are English function words; the others are made up. */
#define NIDX_LEXICON_FUNCTION_WORDS 64
/** Room for any word, form or name. */
#define NIDX_LEXICON_MAX 64

/** How a word stands in the text. */
enum nidx_inflection {
    NIDX_INFLECTION_NONE,
    NIDX_INFLECTION_S,
    NIDX_INFLECTION_ED,
    NIDX_INFLECTION_ING,
    NIDX_INFLECTION_ER,
    NIDX_INFLECTION_LY,
    NIDX_INFLECTION_POSSESSIVE
};

/** Writes the word of rank (from 0), its length without the zero byte. No two
 * ranks below 5 * 10^8 have the same word. */
size_t nidx_lexicon_word(uint64_t rank, char out[NIDX_LEXICON_MAX]);

/** Appends an ending to a word of len bytes; the new length. */
size_t nidx_lexicon_inflect(char word[NIDX_LEXICON_MAX], size_t len,
                            enum nidx_inflection how);

/** The form in which the word of rank stands this time: nouns, verbs and
 * adjectives have different endings. */
enum nidx_inflection nidx_lexicon_draw_form(uint64_t rank, struct random *r);

/** The names of person and place number n. */
void nidx_lexicon_first_name(uint64_t n, char out[NIDX_LEXICON_MAX]);
void nidx_lexicon_last_name(uint64_t n, char out[NIDX_LEXICON_MAX]);
void nidx_lexicon_place(uint64_t n, char out[NIDX_LEXICON_MAX]);

#endif
