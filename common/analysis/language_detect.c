/* language_detect.c: which language a text is in, by script and small words.
 *
 * One pass over the first bytes splits words, hashes each (FNV-1a, in lower
 * case) and counts letters by script. Where a script has several languages
 * its function words vote; Cyrillic and Arabic are told by letters that only
 * some of their languages have. Languages that nidx does not stem vote too:
 * a text in Polish must not be stemmed as anything. No answer is better than
 * a wrong one, since a word without a stem is still found as written.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/analysis/language.h"
#include "common/analysis/language_tables.h"

#include <stdbool.h>
#include <string.h>

/* Bytes looked at: first the short length, and more if that is not clear. */
#define LOOK_FIRST 1536
/* Before them these, where the vote is so clear that more would not turn it. */
#define LOOK_GLANCE  512
#define GLANCE_WORDS 40
#define GLANCE_LEAD  40
/* The winner's votes are so many tenths of the next one's. */
#define LEAD      16
#define LOOK_MOST 4096

/* Below these a text is too short to be sure of. */
#define MIN_WORDS   12
#define MIN_LETTERS 40

/* The winner has function words in at least a fifth of the words, at least
 * four different ones, and 1.6 times the votes of the next language. */
#define MIN_COVER_PERCENT 20
#define MIN_DISTINCT      4

enum script {
    LATIN,
    GREEK,
    CYRILLIC,
    ARMENIAN,
    HEBREW,
    ARABIC,
    DEVANAGARI,
    TAMIL,
    OTHER,
    N_SCRIPTS
};

struct tally {
    uint32_t letters[N_SCRIPTS];
    uint32_t words;
    uint32_t hits[64], votes[64], distinct[64];
    uint64_t seen[NIDX_LANGUAGE_SLOTS / 64];
};

static void vote(struct tally *t, uint32_t slot, uint64_t mask)
{
    static const uint32_t weights[] = {0, 8, 4, 2};
    const int n = __builtin_popcountll(mask);
    const uint32_t weight = n < 4 ? weights[n] : 1;
    const uint64_t bit = UINT64_C(1) << slot % 64;
    const uint32_t first = !(t->seen[slot / 64] & bit);

    t->seen[slot / 64] |= bit;
    for (; mask; mask &= mask - 1) {
        const int l = __builtin_ctzll(mask);
        t->hits[l]++;
        t->votes[l] += weight;
        t->distinct[l] += first;
    }
}

static void count_word(struct tally *t, uint32_t hash)
{
    uint32_t i = (hash ^ hash >> 16) % NIDX_LANGUAGE_SLOTS;

    t->words++;
    for (; nidx_language_masks[i]; i = (i + 1) % NIDX_LANGUAGE_SLOTS) {
        if (nidx_language_hashes[i] == hash) {
            vote(t, i, nidx_language_masks[i]);
            return;
        }
    }
}

static enum script script_of(uint8_t lead, uint8_t second)
{
    if (lead < 0xce)
        return lead < 0xcd ? LATIN : OTHER;
    if (lead < 0xd0)
        return GREEK;
    if (lead < 0xd4)
        return CYRILLIC;
    if (lead < 0xd6 || (lead == 0xd6 && second < 0x90))
        return ARMENIAN;
    if (lead < 0xd8)
        return HEBREW;
    if (lead < 0xdc)
        return ARABIC;
    if (lead == 0xe0 && (second == 0xa4 || second == 0xa5))
        return DEVANAGARI;
    if (lead == 0xe0 && (second == 0xae || second == 0xaf))
        return TAMIL;
    if (lead == 0xe1 && second >= 0xb8)
        return second < 0xbc ? LATIN : GREEK;
    return OTHER;
}

/* Signs that end a word: of Latin-1, general punctuation, danda, the Arabic
 * comma, semicolon and question mark, ideographic punctuation. */
static bool is_sign(const uint8_t *p, size_t n)
{
    switch (p[0]) {
    case 0xc2:
        return true;
    case 0xd8:
        return p[1] == 0x8c || p[1] == 0x9b || p[1] == 0x9f;
    case 0xe0:
        return n == 3 && p[1] == 0xa5 && (p[2] == 0xa4 || p[2] == 0xa5);
    case 0xe2:
        return p[1] == 0x80 || p[1] == 0x81;
    case 0xe3:
        return p[1] == 0x80;
    default:
        return false;
    }
}

static size_t char_len(uint8_t lead)
{
    if (lead < 0xe0)
        return 2;
    return lead < 0xf0 ? 3 : 4;
}

static uint32_t hash_byte(uint32_t hash, uint8_t byte)
{
    return (hash ^ byte) * 16777619u;
}

/* Letters of Latin-1 are put in lower case; others seldom begin a sentence. */
static uint32_t hash_char(uint32_t hash, const uint8_t *p, size_t n)
{
    hash = hash_byte(hash, p[0]);
    if (p[0] == 0xc3 && p[1] >= 0x80 && p[1] < 0x9f)
        return hash_byte(hash, p[1] | 0x20);
    for (size_t i = 1; i < n; i++)
        hash = hash_byte(hash, p[i]);
    return hash;
}

#define HASH_BASIS 2166136261u

static void count(struct tally *t, const uint8_t *p, const uint8_t *end)
{
    uint32_t hash = HASH_BASIS;
    bool in_word = false;

    while (p < end) {
        size_t n = 1;
        bool letter;
        if (*p < 0x80) {
            const uint8_t lower = *p | 0x20;
            letter = lower >= 'a' && lower <= 'z';
            if (letter) {
                hash = hash_byte(hash, lower);
                t->letters[LATIN]++;
            }
        } else {
            n = char_len(*p);
            if ((size_t)(end - p) < n)
                return;
            letter = !is_sign(p, n);
            if (letter) {
                hash = hash_char(hash, p, n);
                t->letters[script_of(p[0], p[1])]++;
            }
        }
        if (!letter && in_word)
            count_word(t, hash);
        if (!letter)
            hash = HASH_BASIS;
        in_word = letter;
        p += n;
    }
}

/* The language below 64 that wins the vote clearly, by tenths of lead, or 0. */
static uint32_t winner(const struct tally *t, uint32_t lead)
{
    uint32_t best = 0;
    uint32_t next = 0;

    for (uint32_t l = 1; l < 64; l++) {
        if (t->votes[l] > t->votes[best]) {
            next = t->votes[best];
            best = l;
        } else if (t->votes[l] > next) {
            next = t->votes[l];
        }
    }
    const bool clear = t->words >= MIN_WORDS &&
                       t->distinct[best] >= MIN_DISTINCT &&
                       t->hits[best] * 100 >= t->words * MIN_COVER_PERCENT &&
                       t->votes[best] * 10 >= next * lead;
    return clear ? best : 0;
}

static nidx_language by_vote(const struct tally *t)
{
    const uint32_t best = winner(t, LEAD);
    return best < 32 ? (nidx_language)best : NIDX_LANGUAGE_NONE;
}

/* How often each character of two bytes occurs, from lead 0xd0 to 0xdb. */
struct pairs {
    uint32_t n[12][64];
};

static uint32_t pair(const struct pairs *s, const char *utf8)
{
    return s->n[(uint8_t)utf8[0] - 0xd0][utf8[1] & 0x3f];
}

static uint32_t pair_sum(const struct pairs *s, const char *letters)
{
    uint32_t sum = 0;

    for (; *letters; letters += 2)
        sum += pair(s, letters);
    return sum;
}

static void count_pairs(struct pairs *s, const uint8_t *p, const uint8_t *end)
{
    for (; p + 1 < end; p++) {
        if (*p >= 0xd0 && *p <= 0xdb && (p[1] & 0xc0) == 0x80)
            s->n[*p - 0xd0][p[1] & 0x3f]++;
    }
}

/* Whether n letters are at least so many thousandths of all. */
static bool is_share(uint32_t n, uint32_t mille, uint32_t letters)
{
    return (uint64_t)n * 1000 >= (uint64_t)mille * letters;
}

static nidx_language cyrillic(const struct pairs *s, uint32_t letters)
{
    const uint32_t not_russian = pair_sum(s, "іїєґўјљњћђџѓќѕөүқғңұәһҳҷӣӯ");
    const uint32_t not_serbian = pair_sum(s, "ѓќѕыэъёіїєґўщьйюя");

    if (is_share(pair(s, "ы"), 5, letters) && pair(s, "ы") > 2 * pair(s, "ъ") &&
        !is_share(not_russian, 3, letters))
        return nidx_language_find("ru", 2);
    if (is_share(pair(s, "ј"), 10, letters) && pair_sum(s, "ћђ") >= 2 &&
        !is_share(not_serbian, 3, letters))
        return nidx_language_find("sr", 2);
    return NIDX_LANGUAGE_NONE;
}

static nidx_language arabic(const struct pairs *s, uint32_t letters)
{
    const uint32_t not_arabic = pair_sum(s, "پچژگکیٹڈڑےںۆێەڕڵښ");

    if (!is_share(not_arabic, 5, letters) &&
        is_share(pair_sum(s, "يةكى"), 20, letters))
        return nidx_language_find("ar", 2);
    return NIDX_LANGUAGE_NONE;
}

static nidx_language by_letters(enum script script, uint32_t letters,
                                const uint8_t *p, const uint8_t *end)
{
    struct pairs s = {0};

    count_pairs(&s, p, end);
    return script == CYRILLIC ? cyrillic(&s, letters) : arabic(&s, letters);
}

/* The script of at least two thirds of the letters. */
static enum script script_most(const struct tally *t, uint32_t *letters)
{
    uint32_t all = 0;
    enum script best = LATIN;

    for (int i = 0; i < N_SCRIPTS; i++) {
        all += t->letters[i];
        if (t->letters[i] > t->letters[best])
            best = (enum script)i;
    }
    *letters = t->letters[best];
    return (uint64_t)*letters * 3 >= (uint64_t)all * 2 ? best : OTHER;
}

/* A stemmed language of Latin script that shows at once, or NONE. */
static nidx_language glance(const uint8_t *p, const uint8_t *end)
{
    struct tally t;
    uint32_t letters;

    memset(&t, 0, sizeof(t));
    count(&t, p, end);
    if (t.words < GLANCE_WORDS || script_most(&t, &letters) != LATIN)
        return NIDX_LANGUAGE_NONE;
    const uint32_t best = winner(&t, GLANCE_LEAD);
    return best < 32 ? (nidx_language)best : NIDX_LANGUAGE_NONE;
}

static nidx_language look(const uint8_t *p, const uint8_t *end)
{
    struct tally t;
    uint32_t letters;

    memset(&t, 0, sizeof(t));
    count(&t, p, end);
    const enum script script = script_most(&t, &letters);
    if (letters < MIN_LETTERS)
        return NIDX_LANGUAGE_NONE;
    switch (script) {
    case LATIN:
    case HEBREW:
    case DEVANAGARI:
        return by_vote(&t);
    case CYRILLIC:
    case ARABIC:
        return by_letters(script, letters, p, end);
    case GREEK:
        return nidx_language_find("el", 2);
    case ARMENIAN:
        return nidx_language_find("hy", 2);
    case TAMIL:
        return nidx_language_find("ta", 2);
    case OTHER:
    case N_SCRIPTS:
        break;
    }
    return NIDX_LANGUAGE_NONE;
}

nidx_language nidx_language_detect(const char *text, size_t len)
{
    const uint8_t *p = (const uint8_t *)text;
    const size_t first = len < LOOK_FIRST ? len : LOOK_FIRST;
    const size_t most = len < LOOK_MOST ? len : LOOK_MOST;

    if (len == 0)
        return NIDX_LANGUAGE_NONE;
    if (len > LOOK_GLANCE) {
        const nidx_language at_once = glance(p, p + LOOK_GLANCE);
        if (at_once != NIDX_LANGUAGE_NONE)
            return at_once;
    }
    const nidx_language language = look(p, p + first);
    if (language != NIDX_LANGUAGE_NONE || most == first)
        return language;
    return look(p, p + most);
}
