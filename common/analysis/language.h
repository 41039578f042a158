/* language.h: the languages that nidx stems, and guessing which one it is.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_LANGUAGE_H
#define NIDX_COMMON_LANGUAGE_H

#include <stddef.h>
#include <stdint.h>

/** Numbers of languages stand in index files and never change. */
typedef uint8_t nidx_language;
#define NIDX_LANGUAGE_NONE  0 /**< words are folded, not stemmed */
#define NIDX_LANGUAGE_COUNT 64 /**< numbers are below this */

/** By Snowball name or ISO 639 code ("german", "de", "deu", "de-AT");
 * NONE when it is not known. Case does not matter. */
nidx_language nidx_language_find(const char *name, size_t len);
/** "german"; NULL for a number that is no language. */
const char *nidx_language_name(nidx_language language);
/** "de"; "" for NONE. */
const char *nidx_language_code(nidx_language language);

/**
 * The language of a text by a vote of its function words and script, looking
 * at a few thousand bytes; NONE when the vote is not clear. Cost: a few
 * microseconds.
 */
nidx_language nidx_language_detect(const char *text, size_t len);

#endif
