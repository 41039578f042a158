/* language.c: the languages that nidx stems, by name and by ISO 639 code.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/analysis/language.h"

#include <stdbool.h>
#include <string.h>

/* "no" is both Norwegians; nb and nn are the written forms of it. */
struct language {
    const char *name, *code;
    const char *others; /* further codes, each with a blank behind it */
};

/* The index is the number that stands in index files: add at the end. */
static const struct language languages[] = {
    {NULL, "", ""},
    {"arabic", "ar", "ara "},
    {"armenian", "hy", "hye arm "},
    {"basque", "eu", "eus baq "},
    {"catalan", "ca", "cat "},
    {"danish", "da", "dan "},
    {"dutch", "nl", "nld dut "},
    {"english", "en", "eng "},
    {"finnish", "fi", "fin "},
    {"french", "fr", "fra fre "},
    {"german", "de", "deu ger "},
    {"greek", "el", "ell gre "},
    {"hindi", "hi", "hin "},
    {"hungarian", "hu", "hun "},
    {"indonesian", "id", "ind "},
    {"irish", "ga", "gle "},
    {"italian", "it", "ita "},
    {"lithuanian", "lt", "lit "},
    {"nepali", "ne", "nep "},
    {"norwegian", "no", "nor nb nob nn nno "},
    {"portuguese", "pt", "por "},
    {"romanian", "ro", "ron rum mo "},
    {"russian", "ru", "rus "},
    {"serbian", "sr", "srp "},
    {"spanish", "es", "spa "},
    {"swedish", "sv", "swe "},
    {"tamil", "ta", "tam "},
    {"turkish", "tr", "tur "},
    {"yiddish", "yi", "yid ji "},
};

#define N_LANGUAGES (sizeof(languages) / sizeof(*languages))

_Static_assert(N_LANGUAGES <= 32, "bits from 32 on are other languages");

static bool is_name(const char *text, size_t len, const char *name)
{
    return strlen(name) == len && memcmp(text, name, len) == 0;
}

static bool is_other(const char *text, size_t len, const char *others)
{
    while (*others) {
        const size_t n = strcspn(others, " ");
        if (n == len && memcmp(text, others, len) == 0)
            return true;
        others += n + 1;
    }
    return false;
}

/* "de" of "de-AT" and of "de_AT.UTF-8"; a name as it stands. */
static size_t lower_stem(const char *name, size_t len, char *out, size_t cap)
{
    size_t n = 0;

    while (n < len && name[n] != '-' && name[n] != '_' && name[n] != '.') {
        if (n == cap)
            return 0;
        const char c = name[n];
        out[n++] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
    }
    return n;
}

nidx_language nidx_language_find(const char *name, size_t len)
{
    char lower[16];
    const size_t n = lower_stem(name, len, lower, sizeof(lower));

    if (n == 0)
        return NIDX_LANGUAGE_NONE;
    for (size_t i = 1; i < N_LANGUAGES; i++) {
        if (is_name(lower, n, languages[i].name) ||
            is_name(lower, n, languages[i].code) ||
            is_other(lower, n, languages[i].others))
            return (nidx_language)i;
    }
    return NIDX_LANGUAGE_NONE;
}

const char *nidx_language_name(nidx_language language)
{
    return language < N_LANGUAGES ? languages[language].name : NULL;
}

const char *nidx_language_code(nidx_language language)
{
    return language < N_LANGUAGES ? languages[language].code : "";
}
