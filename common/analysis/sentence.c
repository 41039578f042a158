/* sentence.c: whether a dot ends a sentence.
 *
 * Abbreviations are of three kinds: what stands before a name and never ends a
 * sentence (Sen., Mr.), what stands before a number (No., Aug.), and what may
 * stand at an end (Inc., U.S., p.m.). With the third kind the next word
 * decides: a sentence begins with few words often.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/analysis/sentence.h"

#include "common/analysis/ascii.h"

/* Words between blanks, lower case. */
static const char titles[] =
    " mr mrs ms mx dr sen sens rep reps gov govs gen col lt sgt cpl capt cmdr "
    "cdr adm maj brig prof rev hon st ste mt ft messrs mme mlle pres supt det "
    "atty asst vs viz cf eg ie ca approx herr hr fr dipl ing sr. ";
static const char numbered[] =
    " no nos nr fig figs vol vols p pp art sec ch para ed eq jan feb mar apr "
    "jun jul aug sep sept oct nov dec ";
static const char closing[] =
    " inc ltd co corp llc plc bros jr sr esq etc al est dept univ assn ave "
    "blvd rd sq bldg ala ariz ark calif colo conn del fla ga ill ind kan ky la "
    "md mass mich minn miss mo mont neb nev okla ore pa penn tenn tex va vt "
    "wash wis wyo mon tue tues wed thu thurs fri sat sun usw bzw ";
static const char starters[] =
    " the he she it they we but and in a an this that these those his her "
    "their its there if when as at on for after before by to you so what who "
    "how why however according while since with one our my i no not yet even "
    "some many most both all also then now here under over from during "
    "le la les il elle der die das er sie es el los las ";

#define WORD_MAX 12
/* The longest of the abbreviations: most sentences end in a longer word. */
#define LONGEST 6

/* The letters at the beginning of text in lower case, between blanks. */
static size_t key_of(struct nidx_bytes text, char key[WORD_MAX + 3])
{
    size_t n = 0;

    key[0] = ' ';
    while (n < text.len && n < WORD_MAX && nidx_is_letter(text.data[n])) {
        key[n + 1] = (char)(text.data[n] | 0x20);
        n++;
    }
    key[n + 1] = ' ';
    key[n + 2] = 0;
    return n;
}

static bool starts_sentence(struct nidx_bytes next)
{
    char key[WORD_MAX + 3];
    size_t n = key_of(next, key);

    return n > 0 && nidx_is_upper(next.data[0]) && strstr(starters, key);
}

/* `U.S.`, `p.m.`: before a name they go on; a capital behind small ones ends,
 * save `e.g.` and `i.e.`. */
static bool dotted_ends(struct nidx_bytes word, struct nidx_bytes next,
                        bool line)
{
    if (!nidx_is_upper(word.data[0]))
        return !memchr("ei", word.data[0] | 0x20, 2);
    return line || starts_sentence(next);
}

bool nidx_sentence_ends(struct nidx_bytes word, struct nidx_bytes next,
                        bool line)
{
    char key[WORD_MAX + 3];
    const size_t letters = key_of(word, key);

    if (word.len == 0 || next.len == 0)
        return true;
    if (letters < word.len && word.data[letters] == '.')
        return dotted_ends(word, next, line);
    if (letters != word.len || letters > LONGEST)
        return true;
    if (letters == 1 && nidx_is_upper(word.data[0]))
        return starts_sentence(next);
    if (strstr(titles, key))
        return false;
    if (strstr(numbered, key))
        return !nidx_is_digit(next.data[0]);
    if (strstr(closing, key))
        return line || starts_sentence(next);
    return true;
}
