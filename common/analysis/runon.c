/* runon.c: words that a scraper ran together.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/analysis/runon.h"

#include "common/analysis/words.h"

/* Heads of three letters are parts of names and brands (MacArthur, VanDyke,
 * YouTube), unless they are words that stand before names. */
static bool is_function_word(const uint8_t *p)
{
    static const char words[][4] = {"the", "and", "for", "but", "was", "has",
                                    "had", "not", "his", "her", "are", "who",
                                    "she", "sen", "rep", "gov", "gop"};

    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if ((p[0] | 0x20) == words[i][0] && (p[1] | 0x20) == words[i][1] &&
            (p[2] | 0x20) == words[i][2])
            return true;
    return false;
}

/* Whether a part of so many letters cannot stand alone before another. */
static bool is_head(const uint8_t *part, unsigned letters, bool first)
{
    return letters <= 2 || (first && letters == 3 && !is_function_word(part));
}

unsigned nidx_runon_split(const uint8_t *start, const uint8_t *end,
                          const uint8_t *ends[NIDX_RUNON_PARTS])
{
    const uint8_t *part = start;
    unsigned n = 0, letters = 0, len = 0;
    bool lower = false, pending = false;

    for (const uint8_t *p = start; p < end; p += len) {
        unsigned value = nidx_value_at(p, end, &len);

        if (nidx_value_is_mark(value))
            continue;
        bool upper = value & NIDX_UC_UPPER;
        if (upper && lower) {
            if (pending)
                n++;
            pending =
                !is_head(part, letters, n == 0) && n < NIDX_RUNON_PARTS - 1;
            if (pending) {
                ends[n] = p;
                part = p;
                letters = 0;
            } else {
                letters += 2; /* a head and its name are long enough */
            }
        }
        letters++;
        lower = value & NIDX_UC_LOWER;
    }
    /* The last boundary stands if more than a letter follows it. */
    if (pending && letters > 1)
        n++;
    if (n == 0)
        return 0;
    ends[n] = end;
    return n + 1;
}
