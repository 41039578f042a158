/* joins.c: words that are written apart and together.
 *
 * `bi partisan` and `week long` are also bipartisan and weeklong: the analyzer
 * indexes the joined word beside such a pair, and a query for the pair asks
 * for it. The lists hold what is common and what cannot hurt: a first half
 * that seldom stands alone, or a pair whose halves belong together.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/analysis/joins.h"

#include "common/analysis/analyze.h"

/* Prefixes, written before any word of at least three letters. */
static const char prefixes[] =
    " anti bi co cyber hyper infra inter intra macro mega micro multi neo non "
    "poly pre pseudo quasi re semi tele trans ultra ";

#define LONG                                                                  \
    " hour day night week month year decade century life mile season summer " \
    "career head "
#define WIDE                                                                  \
    " nation world state city county country company system campus industry " \
    "continent region province europe network "
#define CARE " health child day after "
#define BOOK " e hand note text "
#define MAIL " e voice "
#define MADE " law policy film peace "

/* Pairs: the first halves of each second half. */
static const struct {
    const char *second;
    const char *firsts;
} pairs[] = {
    {"long", LONG},      {"wide", WIDE},      {"care", CARE},
    {"mail", MAIL},      {"mails", MAIL},     {"mailed", " e "},
    {"commerce", " e "}, {"book", BOOK},      {"books", BOOK},
    {"site", " web "},   {"sites", " web "},  {"maker", MADE},
    {"makers", MADE},    {"fire", " cease "}, {"base", " data "},
    {"bases", " data "},
};

/* All first halves, looked through for every new word. */
static const char firsts[] = LONG WIDE CARE BOOK MAIL MADE " e web cease data ";

/* Longest word of the lists, and of what they are looked up with. */
#define WORD_MAX      24
#define LONGEST_FIRST 9

static bool lower_word(const char *from, size_t len, char word[WORD_MAX + 2])
{
    if (len == 0 || len >= WORD_MAX)
        return false;
    for (size_t i = 0; i < len; i++) {
        char c = from[i];
        /* `UN troops` is no untroops: only the first may be a capital. */
        if (c >= 'A' && c <= 'Z' && (i == 0 || len == 1))
            c = (char)(c | 0x20);
        if ((c < 'a' || c > 'z') && c != '\'')
            return false;
        word[i] = c;
    }
    word[len] = 0;
    return true;
}

/* Whether words, between blanks, have word. */
static bool has_word(const char *words, const char *word)
{
    char key[WORD_MAX + 3];
    size_t len = strlen(word);

    key[0] = ' ';
    memcpy(key + 1, word, len);
    key[len + 1] = ' ';
    key[len + 2] = 0;
    return strstr(words, key) != NULL;
}

enum nidx_joins nidx_joins_first(const char *a, size_t a_len)
{
    char word[WORD_MAX + 2];

    if (a_len > LONGEST_FIRST || !lower_word(a, a_len, word))
        return NIDX_JOINS_NEVER;
    if (has_word(prefixes, word))
        return NIDX_JOINS_PREFIX;
    return has_word(firsts, word) ? NIDX_JOINS_PAIR : NIDX_JOINS_NEVER;
}

static bool is_pair(const char *first, const char *second)
{
    for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
        if (strcmp(second, pairs[i].second) == 0 &&
            has_word(pairs[i].firsts, first))
            return true;
    return false;
}

bool nidx_analyze_joins(const char *a, size_t a_len, const char *b,
                        size_t b_len, struct nidx_buf *out)
{
    char first[WORD_MAX + 2], second[WORD_MAX + 2];

    if (!lower_word(a, a_len, first) || !lower_word(b, b_len, second))
        return false;
    if (!(has_word(prefixes, first) && b_len >= 3) && !is_pair(first, second))
        return false;
    nidx_buf_put(out, first, a_len);
    nidx_buf_put(out, second, b_len);
    return true;
}
