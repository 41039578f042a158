/* lexer.c: query text to lexemes, one at a time.
 *
 * Text is cut into chunks at blanks, quotation marks and parentheses; what a
 * chunk is (operator, field, wildcard, word) is decided by looking at all of
 * it, so that `a/b`, `C++` and `http://x?y` stay what they are.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/parse/lexer.h"

#include "query/parse/field.h"
#include "query/parse/lexer_text.h"

/* Parentheses within a chunk close within so many bytes, or end it: looking
 * further for each of them would take quadratic time. */
#define PAREN_REACH 256

/* No field has a longer name. */
#define FIELD_REACH 16

void nidx_lexer_init(struct nidx_lexer *lx, const char *text, uint32_t start,
                     uint32_t end, bool quoted)
{
    *lx = (struct nidx_lexer){
        .text = text, .at = start, .end = end, .quoted = quoted};
}

static bool operators_count(const struct nidx_lexer *lx)
{
    return !lx->quoted || lx->open > 0;
}

/* Where the parenthesis at `at` closes within its chunk; 0 where it does not. */
static uint32_t closes_at(const struct nidx_lexer *lx, uint32_t at)
{
    const uint32_t reach =
        lx->end - at < PAREN_REACH ? lx->end : at + PAREN_REACH;
    uint32_t depth = 0;

    for (uint32_t i = at; i < reach; i++) {
        if (nidx_lex_blank(lx->text, i, lx->end) ||
            nidx_lex_quote(lx->text, i, lx->end))
            return 0;
        if (lx->text[i] == '(')
            depth++;
        else if (lx->text[i] == ')' && --depth == 0)
            return i;
    }
    return 0;
}

static uint32_t chunk_end(const struct nidx_lexer *lx)
{
    uint32_t i = lx->at;

    while (i < lx->end && !nidx_lex_blank(lx->text, i, lx->end) &&
           !nidx_lex_quote(lx->text, i, lx->end) && lx->text[i] != ')') {
        if (lx->text[i] == '(') {
            struct nidx_lexeme t = {.start = lx->at, .end = i};
            const uint32_t close = closes_at(lx, i);
            if (!close || nidx_lex_operator(lx->text, &t))
                break;
            i = close;
        }
        i++;
    }
    return i;
}

/* Where a boost at the end of the chunk begins, or its end. */
static uint32_t without_boosts(const struct nidx_lexer *lx, uint32_t start,
                               uint32_t end)
{
    for (;;) {
        uint32_t i = end;
        while (i > start && lx->text[i - 1] != '^' &&
               nidx_lex_of_number(lx->text[i - 1]))
            i--;
        struct nidx_lexeme t = {.start = i - 1};
        if (i <= start + 1 || !nidx_lex_boost(lx->text, end, &t) ||
            t.end != end)
            return end;
        end = i - 1;
    }
}

/* date>2018, words<=500, date=2018: what a field of no text is compared with
 * begins with a digit. */
static bool scan_compared(struct nidx_lexer *lx, struct nidx_lexeme *t)
{
    const char *text = lx->text;
    uint32_t i = t->start;

    while (i < lx->end && i - t->start < FIELD_REACH &&
           !nidx_lex_mark(text, i, lx->end))
        i++;
    if (lx->quoted || i + 1 >= lx->end ||
        (text[i] != '<' && text[i] != '>' && text[i] != '='))
        return false;
    t->field = nidx_field_find(text + t->start, i - t->start);
    const enum nidx_field_kind kind = nidx_field_kind(t->field);
    uint32_t value = i + 1;
    value += text[i] != '=' && text[value] == '=';
    if ((kind != NIDX_FIELD_DATES && kind != NIDX_FIELD_NUMBERS) ||
        value >= lx->end || text[value] < '0' || text[value] > '9')
        return false;
    t->type = NIDX_LEX_FIELD;
    t->no_colon = true;
    t->text_end = i;
    t->end = text[i] == '=' ? i + 1 : i;
    lx->raw = true;
    return true;
}

/* Looks no further than a field's name goes: `a:a:a:` may be long. */
static bool scan_field(struct nidx_lexer *lx, struct nidx_lexeme *t)
{
    const uint32_t start = t->start;
    uint32_t i = start;

    while (i < lx->end && i - start < FIELD_REACH && lx->text[i] != ':')
        i++;
    if (lx->quoted || i >= lx->end || lx->text[i] != ':' ||
        nidx_lex_is_address(lx->text, start, lx->end))
        return false;
    t->field = nidx_field_find(lx->text + start, i - start);
    if (t->field == NIDX_FIELD_ALL)
        return false;
    t->type = NIDX_LEX_FIELD;
    t->text_end = i;
    t->end = i + 1;
    lx->raw = nidx_field_kind(t->field) != NIDX_FIELD_TEXT;
    return true;
}

/* A word and its wildcards: t->text_start..text_end is what it holds. */
static void scan_word(const struct nidx_lexer *lx, struct nidx_lexeme *t)
{
    const char *text = lx->text;

    if (text[t->start] == '=' && t->end - t->start > 1 &&
        nidx_lex_has_word(text, t->start + 1, t->end)) {
        t->exact = true;
        t->text_start++;
    }
    const uint32_t start = t->text_start, end = t->end;
    if (!nidx_lex_has_word(text, start, end)) {
        const bool star = end - start == 1 && text[start] == '*' &&
                          lx->before != NIDX_LEX_AFTER_TEXT && !lx->quoted;
        t->type = star ? NIDX_LEX_STAR : NIDX_LEX_PUNCT;
    } else if (nidx_lex_is_address(text, start, end)) {
        t->type = NIDX_LEX_WORD;
    } else {
        t->type = nidx_lex_pattern(text, t);
    }
}

/* A regular expression whose parentheses are not in pairs would be cut at one
 * of them. In groups within quotes it is, as it could not be told from what
 * closes the group. */
static bool scan_unpaired(const struct nidx_lexer *lx, struct nidx_lexeme *t)
{
    const uint32_t reach =
        lx->end - t->start < PAREN_REACH ? lx->end : t->start + PAREN_REACH;
    struct nidx_lexeme before = *t;
    uint32_t i = t->end;

    if (lx->text[t->start] != '/' || (lx->quoted && lx->open > 0) ||
        i >= lx->end ||
        (lx->text[i] != '(' && (lx->text[i] != ')' || lx->open > 0)) ||
        nidx_lex_operator(lx->text, &before) ||
        (i - t->start > 2 && lx->text[i - 1] == '/'))
        return false;
    while (i < reach && !nidx_lex_blank(lx->text, i, lx->end) &&
           !nidx_lex_quote(lx->text, i, lx->end))
        i++;
    if (i == reach && reach < lx->end)
        return false;
    if (!lx->quoted)
        i = without_boosts(lx, t->start, i);
    if (i <= t->end || lx->text[i - 1] != '/')
        return false;
    t->end = t->text_end = i;
    t->unpaired = true;
    return true;
}

static void scan_chunk(struct nidx_lexer *lx, struct nidx_lexeme *t)
{
    if (scan_field(lx, t) || scan_compared(lx, t)) {
        lx->at = t->end;
        lx->before = NIDX_LEX_AFTER_FIELD;
        return;
    }
    t->end = t->text_end = chunk_end(lx);
    if (scan_unpaired(lx, t)) {
        scan_word(lx, t);
    } else if (lx->before == NIDX_LEX_AFTER_FIELD || !operators_count(lx) ||
               !nidx_lex_operator(lx->text, t)) {
        if (!lx->quoted)
            t->end = t->text_end = without_boosts(lx, t->start, t->end);
        scan_word(lx, t);
    }
    lx->at = t->end;
    lx->before = NIDX_LEX_AFTER_TEXT;
}

static void scan_raw(struct nidx_lexer *lx, struct nidx_lexeme *t)
{
    t->type = NIDX_LEX_RAW;
    t->end = without_boosts(lx, t->start, chunk_end(lx));
    t->text_end = t->end;
    lx->at = t->end;
    lx->before = NIDX_LEX_AFTER_TEXT;
}

static void scan_slop(struct nidx_lexer *lx, struct nidx_lexeme *t)
{
    if (t->end >= lx->end || lx->text[t->end] != '~')
        return;
    t->end++;
    const uint32_t digits = t->end;
    t->number = nidx_lex_number(lx->text, &t->end, lx->end);
    t->bare_tilde = t->end == digits;
}

/* At a quotation mark of n bytes. */
static void scan_quote(struct nidx_lexer *lx, struct nidx_lexeme *t, uint32_t n)
{
    const bool inside = lx->before == NIDX_LEX_AFTER_TEXT;
    uint32_t i = lx->at + n, close = 0;

    t->text_start = i;
    t->end = i;
    lx->before = NIDX_LEX_AFTER_TEXT;
    if (!inside || (i < lx->end && !nidx_lex_blank(lx->text, i, lx->end))) {
        while (i < lx->end && !close) {
            close = nidx_lex_quote(lx->text, i, lx->end);
            i += close ? 0 : 1;
        }
        if (close || (!inside && nidx_lex_has_word(lx->text, t->end, i))) {
            t->type = NIDX_LEX_PHRASE;
            t->unclosed = !close;
            t->text_end = i;
            t->end = i + close;
            scan_slop(lx, t);
            lx->at = t->end;
            return;
        }
    }
    t->type = NIDX_LEX_QUOTE;
    t->text_end = t->end;
    lx->at = t->end;
}

static void scan_mark(struct nidx_lexer *lx, struct nidx_lexeme *t,
                      enum nidx_lexeme_type type, enum nidx_lex_before before)
{
    t->type = type;
    t->end = t->start + 1;
    t->text_end = t->end;
    lx->at = t->end;
    lx->before = before;
}

static void scan_paren(struct nidx_lexer *lx, struct nidx_lexeme *t)
{
    if (lx->text[lx->at] == '(') {
        lx->open++;
        scan_mark(lx, t, NIDX_LEX_OPEN, NIDX_LEX_AFTER_OPEN);
    } else {
        lx->open -= lx->open > 0;
        scan_mark(lx, t, NIDX_LEX_CLOSE, NIDX_LEX_AFTER_TEXT);
    }
}

/* Whether + or - here stands before a word or a group, behind a blank. */
static bool is_sign(const struct nidx_lexer *lx)
{
    const char c = lx->text[lx->at];
    const uint32_t next = lx->at + 1;

    if ((c != '-' && c != '+') || lx->quoted || next >= lx->end ||
        (lx->before != NIDX_LEX_AFTER_BLANK &&
         lx->before != NIDX_LEX_AFTER_OPEN))
        return false;
    const char after = lx->text[next];
    return !nidx_lex_blank(lx->text, next, lx->end) &&
           !(after && strchr("-+)>^~", after));
}

static bool is_boost(struct nidx_lexer *lx, struct nidx_lexeme *t)
{
    if (lx->text[lx->at] != '^' || lx->quoted ||
        lx->before != NIDX_LEX_AFTER_TEXT ||
        !nidx_lex_boost(lx->text, lx->end, t))
        return false;
    t->type = NIDX_LEX_BOOST;
    t->text_end = t->end;
    lx->at = t->end;
    return true;
}

/* ="new york" is an exact phrase. */
static bool is_exact_phrase(struct nidx_lexer *lx, struct nidx_lexeme *t)
{
    if (lx->text[lx->at] != '=' || lx->quoted || lx->at + 1 >= lx->end ||
        lx->before == NIDX_LEX_AFTER_TEXT)
        return false;
    const uint32_t n = nidx_lex_quote(lx->text, lx->at + 1, lx->end);
    if (!n)
        return false;
    lx->at++;
    t->exact = true;
    scan_quote(lx, t, n);
    return true;
}

struct nidx_lexeme nidx_lexer_next(struct nidx_lexer *lx)
{
    uint32_t n;
    const bool raw = lx->raw;
    struct nidx_lexeme t = {.glued = lx->before != NIDX_LEX_AFTER_BLANK};

    while (lx->at < lx->end &&
           (n = nidx_lex_blank(lx->text, lx->at, lx->end)) > 0) {
        lx->at += n;
        lx->before = NIDX_LEX_AFTER_BLANK;
        t.glued = false;
    }
    t.start = t.end = t.text_start = t.text_end = lx->at;
    lx->raw = false;
    if (lx->at >= lx->end)
        return t;

    const char c = lx->text[lx->at];
    n = nidx_lex_quote(lx->text, lx->at, lx->end);
    if (n)
        scan_quote(lx, &t, n);
    else if (c == '(' || c == ')')
        scan_paren(lx, &t);
    else if (raw)
        scan_raw(lx, &t);
    else if (is_sign(lx))
        scan_mark(lx, &t, c == '-' ? NIDX_LEX_MINUS : NIDX_LEX_PLUS,
                  NIDX_LEX_AFTER_SIGN);
    else if (!is_boost(lx, &t) && !is_exact_phrase(lx, &t))
        scan_chunk(lx, &t);
    return t;
}
