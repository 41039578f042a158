/* lexicon.c: an endless vocabulary: the word of each rank, its forms, names.
 *
 * A word is syllables of consonants and vowels and a last consonant, numbered.
 * So words are distinct (consonants and vowels alternate: there is one way to
 * read a word) and need no table. Frequent words are shorter.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "corpora/lexicon.h"

#include <stdio.h>
#include <string.h>

#define N_OF(a) (sizeof(a) / sizeof(*(a)))

static const char *const function_words[NIDX_LEXICON_FUNCTION_WORDS] = {
    "the",  "of",   "and",   "to",    "a",    "in",    "that",  "is",
    "for",  "on",   "was",   "with",  "said", "it",    "as",    "at",
    "by",   "he",   "from",  "be",    "have", "his",   "are",   "has",
    "an",   "not",  "but",   "they",  "who",  "will",  "their", "she",
    "were", "or",   "had",   "this",  "we",   "which", "more",  "been",
    "one",  "its",  "would", "about", "her",  "when",  "there", "after",
    "all",  "also", "than",  "two",   "what", "other", "no",    "out",
    "if",   "up",   "some",  "into",  "can",  "over",  "last",  "only"};

/* Those of one consonant come first. */
#define N_SINGLE 12
static const char *const onsets[] = {
    "b",  "d",  "h",  "k",  "l",  "m",  "n",  "r",  "s",  "t",  "v",  "z",
    "br", "dr", "kl", "kr", "pl", "pr", "st", "tr", "vr", "bl", "sl", "j"};
static const char *const vowels[] = {"a", "e", "i", "o", "u", "ai"};
static const char *const codas[] = {"",  "n",  "r",  "l",  "m",
                                    "t", "nd", "rk", "st", "th"};

/* How many words have two and three syllables; the others have four. */
#define TWO   30000
#define THREE 3000000

static size_t put(char *out, size_t len, const char *text)
{
    const size_t n = strlen(text);

    memcpy(out + len, text, n + 1);
    return len + n;
}

/* Word number i of those with n syllables; only the first may begin with
 * several consonants. The numbers of spellings are products of 2, 3 and 5, so
 * that multiplying by another prime shuffles them. */
static size_t spell(uint64_t i, int n, char *out)
{
    uint64_t space = N_OF(codas) * N_OF(onsets) * N_OF(vowels);
    size_t len = 0;

    for (int k = 1; k < n; k++)
        space *= N_SINGLE * N_OF(vowels);
    uint64_t code = i % space * 7919 % space;
    const char *coda = codas[code % N_OF(codas)];
    code /= N_OF(codas);
    for (int k = 0; k < n; k++) {
        const uint64_t n_onsets = k == 0 ? N_OF(onsets) : N_SINGLE;
        len = put(out, len, onsets[code % n_onsets]);
        code /= n_onsets;
        len = put(out, len, vowels[code % N_OF(vowels)]);
        code /= N_OF(vowels);
    }
    return put(out, len, coda);
}

size_t nidx_lexicon_word(uint64_t rank, char out[NIDX_LEXICON_MAX])
{
    if (rank < NIDX_LEXICON_FUNCTION_WORDS)
        return put(out, 0, function_words[rank]);
    rank -= NIDX_LEXICON_FUNCTION_WORDS;
    if (rank < TWO)
        return spell(rank, 2, out);
    if (rank < THREE)
        return spell(rank - TWO, 3, out);
    return spell(rank - THREE, 4, out);
}

size_t nidx_lexicon_inflect(char word[NIDX_LEXICON_MAX], size_t len,
                            enum nidx_inflection how)
{
    static const char *const endings[] = {"",   "s",  "ed",           "ing",
                                          "er", "ly", "\xe2\x80\x99s"};
    const bool starts_with_vowel = how == NIDX_INFLECTION_ED ||
                                   how == NIDX_INFLECTION_ING ||
                                   how == NIDX_INFLECTION_ER;

    if (starts_with_vowel && word[len - 1] == 'e')
        len--;
    return put(word, len, endings[how]);
}

enum nidx_inflection nidx_lexicon_draw_form(uint64_t rank, struct random *r)
{
    /* In 64ths, in the order of the endings. */
    static const uint8_t shares[3][7] = {
        {38, 20, 0, 0, 0, 0, 6},   /* nouns */
        {26, 10, 14, 12, 2, 0, 0}, /* verbs */
        {50, 0, 0, 0, 4, 10, 0}    /* adjectives */
    };
    static const uint8_t kinds[8] = {0, 0, 0, 0, 1, 1, 1, 2};
    const uint8_t *share = shares[kinds[random_mix(rank) >> 61]];
    uint32_t x = random_below(r, 64);
    int i = 0;

    while (x >= share[i])
        x -= share[i++];
    return (enum nidx_inflection)i;
}

void nidx_lexicon_first_name(uint64_t n, char out[NIDX_LEXICON_MAX])
{
    static const char *const names[] = {
        "Ada",          "Bram",       "Chiara",
        "Dilek",        "Emeka",      "Farah",
        "Gustav",       "Hana",       "Ivo",
        "Jos\xc3\xa9",  "Kaya",       "Lucia",
        "Mateo",        "Noor",       "Olga",
        "Pavel",        "Quinn",      "Ren\303\251e",
        "Sven",         "Tomoko",     "Umberto",
        "Vera",         "Wanda",      "Xenia",
        "Yusuf",        "Zo\xc3\xab", "Ji\xc5\x99\xc3\xad",
        "Bj\xc3\xb6rn", "Ana",        "Karl",
        "Mary",         "John"};

    put(out, 0, names[random_mix(n * 3 + 1) % N_OF(names)]);
}

/* A word with a capital and an ending that names have. */
static void name(uint64_t n, const char *const *endings, size_t n_endings,
                 char *out)
{
    const uint64_t x = random_mix(n * 3 + 2);
    size_t len = spell(n, 2, out);

    out[0] = (char)(out[0] - 'a' + 'A');
    len = put(out, len, endings[x % n_endings]);
}

void nidx_lexicon_last_name(uint64_t n, char out[NIDX_LEXICON_MAX])
{
    static const char *const endings[] = {
        "", "", "son", "ov", "ez", "i", "sen", "man", "ski", "ka", "er", "ley"};

    name(n + 30011, endings, N_OF(endings), out);
}

void nidx_lexicon_place(uint64_t n, char out[NIDX_LEXICON_MAX])
{
    static const char *const endings[] = {"",     "ville", "ton", "burg",
                                          "dale", "a",     "ia",  " Bay"};

    name(n + 96001, endings, N_OF(endings), out);
}
