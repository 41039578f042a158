/* lexer_text.c: what the bytes of a query are, apart from any state.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/parse/lexer_text.h"

#include <strings.h>

/* The three bytes at `at` as one number, or as many as there are. */
static uint32_t bytes_at(const char *text, uint32_t at, uint32_t end)
{
    uint32_t v = 0;

    for (uint32_t i = 0; i < 3; i++)
        v = v << 8 | (at + i < end ? (uint8_t)text[at + i] : 0);
    return v;
}

static bool between(uint32_t v, uint32_t lo, uint32_t hi)
{
    return v >= lo && v <= hi;
}

uint32_t nidx_lex_blank(const char *text, uint32_t at, uint32_t end)
{
    const uint8_t c = (uint8_t)text[at];

    if (c <= ' ' || c == 0x7f)
        return 1;
    if (c < 0xc2)
        return 0;
    const uint32_t v = bytes_at(text, at, end);
    if (v >> 8 == 0xc2a0 || v >> 8 == 0xc285) /* U+00A0, U+0085 */
        return 2;
    if (v == 0xe19a80 || between(v, 0xe28080, 0xe2808a) || /* U+1680, U+200x */
        v == 0xe280a8 || v == 0xe280a9 ||                  /* U+2028, U+2029 */
        v == 0xe280af || v == 0xe2819f || v == 0xe38080)   /* 202F 205F 3000 */
        return 3;
    return 0;
}

uint32_t nidx_lex_quote(const char *text, uint32_t at, uint32_t end)
{
    const uint8_t c = (uint8_t)text[at];

    if (c == '"')
        return 1;
    if (c < 0xc2)
        return 0;
    const uint32_t v = bytes_at(text, at, end);
    if (v >> 8 == 0xc2ab || v >> 8 == 0xc2bb) /* angle quotes */
        return 2;
    if (between(v, 0xe2809c, 0xe2809f) || v == 0xefbc82) /* curly, full-width */
        return 3;
    return 0;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* What is not ASCII may be a word, but for Latin-1's and General Punctuation's
 * marks. */
uint32_t nidx_lex_mark(const char *text, uint32_t at, uint32_t end)
{
    const char c = text[at];

    if ((uint8_t)c < 0x80)
        return !is_digit(c) && !is_letter(c);
    const uint32_t v = bytes_at(text, at, end);
    if (between(v >> 8, 0xc2a0, 0xc2a9) || between(v >> 8, 0xc2ab, 0xc2b1) ||
        v >> 8 == 0xc2b4 || between(v >> 8, 0xc2b6, 0xc2b8) ||
        v >> 8 == 0xc2bb || v >> 8 == 0xc2bf)
        return 2;
    return between(v, 0xe28080, 0xe2819f) ? 3 : 0;
}

bool nidx_lex_has_word(const char *text, uint32_t start, uint32_t end)
{
    uint32_t n;

    for (uint32_t i = start; i < end; i += n) {
        n = nidx_lex_mark(text, i, end);
        if (n == 0)
            return true;
    }
    return false;
}

uint32_t nidx_lex_number(const char *text, uint32_t *at, uint32_t end)
{
    uint32_t v = 0;

    for (; *at < end && is_digit(text[*at]); ++*at)
        v = v > NIDX_LEX_NUMBER_MAX / 10 ? NIDX_LEX_NUMBER_MAX
                                         : v * 10 + (uint32_t)(text[*at] - '0');
    return v < NIDX_LEX_NUMBER_MAX ? v : NIDX_LEX_NUMBER_MAX;
}

bool nidx_lex_of_number(char c)
{
    return is_digit(c) || c == '.' || c == '-' || c == '+';
}

/* Digits behind a point as thousandths; more than three do not count. */
static uint32_t thousandths(const char *text, uint32_t *at, uint32_t end)
{
    uint32_t v = 0, weight = 100;

    for (; *at < end && is_digit(text[*at]); ++*at) {
        v += weight * (uint32_t)(text[*at] - '0');
        weight /= 10;
    }
    return v;
}

bool nidx_lex_boost(const char *text, uint32_t end, struct nidx_lexeme *t)
{
    uint32_t i = t->start + 1;

    if (text[t->start] != '^')
        return false;
    t->negative = i < end && text[i] == '-';
    i += i < end && (text[i] == '-' || text[i] == '+');
    const uint32_t first = i;
    uint32_t whole = nidx_lex_number(text, &i, end);
    uint32_t part = 0, n_digits = i - first;
    if (i < end && text[i] == '.') {
        const uint32_t point = ++i;
        part = thousandths(text, &i, end);
        n_digits += i - point;
    }
    const bool ends = i == end || strchr(")^", text[i]) ||
                      nidx_lex_blank(text, i, end) ||
                      nidx_lex_quote(text, i, end);
    if (n_digits == 0 || !ends)
        return false;
    whole = whole < 1000000 ? whole : 1000000;
    t->number = whole * 1000 + part;
    t->end = i;
    return true;
}

struct operator_name {
    const char *name;
    enum nidx_lexeme_type type;
};

static const struct operator_name plain_operators[] = {
    {"AND", NIDX_LEX_AND},
    {"OR", NIDX_LEX_OR},
    {"NOT", NIDX_LEX_NOT},
    {"&&", NIDX_LEX_AND},
    {"||", NIDX_LEX_OR},
    {"|", NIDX_LEX_OR},
    {"NEAR", NIDX_LEX_NEAR},
    {"BEFORE", NIDX_LEX_BEFORE},
    {"SENTENCE", NIDX_LEX_SENTENCE},
    {"/s", NIDX_LEX_SENTENCE},
    {"PARAGRAPH", NIDX_LEX_PARAGRAPH},
    {"/p", NIDX_LEX_PARAGRAPH},
};

/* With a slash and a number behind them, in any case. */
static const struct operator_name numbered_operators[] = {
    {"near/", NIDX_LEX_NEAR},
    {"before/", NIDX_LEX_BEFORE},
    {"w/", NIDX_LEX_NEAR},
    {"pre/", NIDX_LEX_BEFORE},
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static bool numbered_operator(const char *text, struct nidx_lexeme *t,
                              const struct operator_name *op)
{
    const size_t n = strlen(op->name);
    uint32_t i = t->start + (uint32_t)n;

    if (t->end - t->start <= n ||
        strncasecmp(text + t->start, op->name, n) != 0)
        return false;
    const uint32_t number = nidx_lex_number(text, &i, t->end);
    if (i != t->end)
        return false;
    t->type = op->type;
    t->number = number;
    return true;
}

bool nidx_lex_operator(const char *text, struct nidx_lexeme *t)
{
    const size_t len = t->end - t->start;

    for (size_t i = 0; i < COUNT(plain_operators); i++) {
        const char *name = plain_operators[i].name;
        if (strlen(name) == len && memcmp(text + t->start, name, len) == 0) {
            t->type = plain_operators[i].type;
            if (t->type == NIDX_LEX_NEAR || t->type == NIDX_LEX_BEFORE)
                t->number = NIDX_NEAR_DEFAULT;
            return true;
        }
    }
    for (size_t i = 0; i < COUNT(numbered_operators); i++)
        if (numbered_operator(text, t, &numbered_operators[i]))
            return true;
    return false;
}

/* Schemes are short: looking further would take quadratic time. */
bool nidx_lex_is_address(const char *text, uint32_t start, uint32_t end)
{
    for (uint32_t i = start + 1; i + 3 <= end && i < start + 32; i++) {
        if (text[i] == ':')
            return memcmp(text + i, "://", 3) == 0;
        if (!is_letter(text[i]) && !is_digit(text[i]) &&
            !strchr("+-.", text[i]))
            return false;
    }
    return false;
}

/* A star anywhere; a question mark with a word character behind it. */
static bool is_wildcard(const char *text, uint32_t start, uint32_t end)
{
    for (uint32_t i = start; i < end; i++)
        if (text[i] == '*' ||
            (text[i] == '?' && i + 1 < end && !nidx_lex_mark(text, i + 1, end)))
            return true;
    return false;
}

enum nidx_lexeme_type nidx_lex_pattern(const char *text, struct nidx_lexeme *t)
{
    const uint32_t start = t->text_start, end = t->text_end;
    uint32_t tilde = end;

    if (end - start > 2 && text[start] == '/' && text[end - 1] == '/') {
        t->text_start++;
        t->text_end--;
        return NIDX_LEX_REGEX;
    }
    while (tilde > start && is_digit(text[tilde - 1]))
        tilde--;
    if (tilde > start && text[tilde - 1] == '~' && end - tilde < 2 &&
        nidx_lex_has_word(text, start, tilde - 1)) {
        t->text_end = tilde - 1;
        t->number = tilde == end ? 1 : nidx_lex_number(text, &tilde, end);
        return NIDX_LEX_FUZZY;
    }
    if (text[end - 1] == '*' && !is_wildcard(text, start, end - 1) &&
        nidx_lex_has_word(text, start, end - 1)) {
        t->text_end = end - 1;
        return NIDX_LEX_PREFIX;
    }
    return is_wildcard(text, start, end) ? NIDX_LEX_WILDCARD : NIDX_LEX_WORD;
}
