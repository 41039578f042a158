/* parser_word.c: words, patterns and the values of fields.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/parse/parser_impl.h"

#include <strings.h>

#include "query/expand/automaton.h"
#include "query/parse/field.h"
#include "query/parse/lexer_text.h"
#include "query/parse/range.h"

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/* foo:bar, where foo is no field: a note names the nearest one. Digits,
 * schemes, drives (C:) and a colon at a word's end are text. */
static void note_no_field(struct nidx_parser *p, struct nidx_lexeme t)
{
    const char *text = p->lexer.text;
    uint32_t colon = t.text_start;
    char room[NIDX_SHOWN];

    while (colon < t.text_end && is_name_char(text[colon]))
        colon++;
    if (colon == t.text_end || text[colon] != ':' || colon - t.text_start < 2 ||
        (uint8_t)text[t.text_start] < 'A' ||
        nidx_lex_is_address(text, t.text_start, t.text_end))
        return;
    const char *nearest =
        nidx_field_nearest(text + t.text_start, colon - t.text_start);
    if (colon + 1 == t.text_end && !nearest)
        return;
    nidx_parser_show(p, t.text_start, colon + 1, room);
    if (nearest)
        nidx_parser_note(p, t.text_start, colon + 1,
                         "`%s` is no field and is searched as text; the "
                         "nearest field is `%s:`",
                         room, nearest);
    else
        nidx_parser_note(p, t.text_start, colon + 1,
                         "`%s` is no field and is searched as text; fields "
                         "are title, body, author, date, url, source, "
                         "language, tags and words",
                         room);
}

/* near(a b) is what other languages write; here it is a word and a group. */
static bool looks_like_call(const struct nidx_parser *p, struct nidx_lexeme t)
{
    static const char *const names[] = {"near", "before", "and", "or", "not"};
    const char *text = p->lexer.text + t.start;
    const uint32_t left = p->lexer.end - t.start;

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        const size_t n = strlen(names[i]);
        if (left > n && text[n] == '(' && strncasecmp(text, names[i], n) == 0)
            return true;
    }
    return false;
}

/* title=putin, date=today: a field's name without a colon. */
static bool looks_like_field(const char *text, uint32_t len)
{
    uint32_t i = 0;

    while (i < len && is_name_char(text[i]))
        i++;
    return i + 1 < len && strchr("<>=", text[i]) &&
           nidx_field_find(text, i) != NIDX_FIELD_ALL;
}

/* NEAR/x, before/: an operator's name and no number. */
static bool looks_like_near(const char *text, uint32_t len)
{
    return (len > 4 && strncasecmp(text, "near/", 5) == 0) ||
           (len > 6 && strncasecmp(text, "before/", 7) == 0);
}

/* letter~10, ~3 */
static bool looks_fuzzy(const char *text, uint32_t len)
{
    uint32_t i = len;

    while (i > 0 && text[i - 1] >= '0' && text[i - 1] <= '9')
        i--;
    return i > 0 && i < len && text[i - 1] == '~';
}

/* What the writer of a word may have meant by a mark in it; NULL. */
static const char *mark_in_word(const char *text, uint32_t len)
{
    if (memchr(text, '^', len))
        return "a boost is a number behind a word, like river^2";
    if (looks_fuzzy(text, len) || (len > 1 && text[0] == '~'))
        return "`~` stands right behind a word, with at most 2, or a phrase";
    if (len > 1 && (text[0] == '<' || text[0] == '>') &&
        strchr("0123456789=", text[1]))
        return "ranges are written date:>2018, words:<500";
    if (text[0] == '|' || text[len - 1] == '|')
        return "`|` is OR between blanks";
    if (looks_like_field(text, len))
        return "a field's name ends with a colon";
    if (looks_like_near(text, len))
        return "a distance is a number, like NEAR/5";
    return NULL;
}

/* Notes words that hold what would be an operator elsewhere. */
static void note_no_operator(struct nidx_parser *p, struct nidx_lexeme t)
{
    const char *text = p->lexer.text + t.start;
    const uint32_t len = t.end - t.start;
    char room[NIDX_SHOWN];

    if (len == 0 || (t.type != NIDX_LEX_WORD && t.type != NIDX_LEX_PREFIX &&
                     t.type != NIDX_LEX_WILDCARD && t.type != NIDX_LEX_FUZZY))
        return;
    if (nidx_lex_is_address(text, 0, len))
        return;
    const char *why =
        t.type == NIDX_LEX_FUZZY && text[0] != '~' && !memchr(text, '^', len)
            ? NULL
            : mark_in_word(text, len);
    if (!why && looks_like_call(p, t))
        why = "operators stand between words, like a NEAR/5 b, a OR b";
    if (why)
        nidx_parser_note(p, t.start, t.end, "`%s` is searched as text: %s",
                         nidx_parser_show(p, t.start, t.end, room), why);
}

static struct nidx_node *text_node(struct nidx_parser *p,
                                   enum nidx_node_type type,
                                   struct nidx_lexeme t)
{
    struct nidx_node *node = nidx_parser_node(p, type, t.start, t.end);

    nidx_parser_set_text(p, node, p->lexer.text + t.text_start,
                         t.text_end - t.text_start);
    return node;
}

static bool has_wildcard(const char *text, struct nidx_lexeme t)
{
    for (uint32_t i = t.text_start; i < t.text_end; i++)
        if (text[i] == '*' || text[i] == '?')
            return true;
    return false;
}

static struct nidx_node *fuzzy_node(struct nidx_parser *p, struct nidx_lexeme t)
{
    struct nidx_node *node = text_node(p, NIDX_NODE_FUZZY, t);
    char room[NIDX_SHOWN];

    if (!node)
        return NULL;
    node->distance = t.number < NIDX_EDITS_MAX ? t.number : NIDX_EDITS_MAX;
    if (node->distance != t.number)
        nidx_parser_note(p, t.start, t.end, "`%s` is read with %u edits",
                         nidx_parser_show(p, t.start, t.end, room),
                         node->distance);
    if (has_wildcard(p->lexer.text, t))
        nidx_parser_note(p, t.start, t.end,
                         "`%s` is fuzzy: the wildcards in it are ignored",
                         nidx_parser_show(p, t.start, t.end, room));
    return node;
}

/* What is no regular expression is a word. */
static struct nidx_node *regex_node(struct nidx_parser *p, struct nidx_lexeme t)
{
    const struct nidx_bytes text = {(const uint8_t *)p->lexer.text +
                                        t.text_start,
                                    t.text_end - t.text_start};
    struct nidx_automaton *automaton = NULL;
    struct nidx_error err = {0};
    char room[NIDX_SHOWN];

    const enum nidx_status status =
        nidx_automaton_regex(text, &automaton, &err);
    nidx_automaton_free(automaton);
    if (status == NIDX_ERR_NOMEM)
        nidx_parser_nomem(p);
    if (status == NIDX_OK && !t.unpaired)
        return text_node(p, NIDX_NODE_REGEX, t);
    t.text_start = t.start;
    t.text_end = t.end;
    nidx_parser_note(p, t.start, t.end,
                     "`%s` is no regular expression and is searched as a "
                     "word: %s",
                     nidx_parser_show(p, t.start, t.end, room),
                     t.unpaired ? "its parentheses are not in pairs"
                                : err.message);
    return text_node(p, NIDX_NODE_WORD, t);
}

static struct nidx_node *pattern_node(struct nidx_parser *p,
                                      struct nidx_lexeme t)
{
    const char *text = p->lexer.text;
    char room[NIDX_SHOWN];

    if (p->exact || t.exact)
        nidx_parser_note(p, t.start, t.end,
                         "`%s` is a pattern: the `=` is "
                         "ignored",
                         nidx_parser_show(p, t.start, t.end, room));
    if (t.type == NIDX_LEX_REGEX)
        return regex_node(p, t);
    t.text_start = t.start;
    while (text[t.text_start] == '=')
        t.text_start++;
    if (text[t.text_start] == '(')
        t.text_start = t.start;
    if (t.type == NIDX_LEX_FUZZY)
        return fuzzy_node(p, t);
    return text_node(
        p, t.type == NIDX_LEX_PREFIX ? NIDX_NODE_PREFIX : NIDX_NODE_WILDCARD,
        t);
}

static struct nidx_node *keyword(struct nidx_parser *p, struct nidx_lexeme t)
{
    const char *text = p->lexer.text;

    if (t.type == NIDX_LEX_PHRASE)
        return t.text_start < t.text_end ? text_node(p, NIDX_NODE_KEYWORD, t)
                                         : NULL;
    t.text_start = t.start;
    t.text_end = t.end;
    if (text[t.text_start] == '=' && t.text_end - t.text_start > 1)
        t.text_start++;
    if (text[t.text_end - 1] != '*')
        return text_node(p, NIDX_NODE_KEYWORD, t);
    t.text_end--;
    while (t.text_start < t.text_end && text[t.text_start] == '=')
        t.text_start++;
    return text_node(p, NIDX_NODE_PREFIX, t);
}

static struct nidx_node *range_node(struct nidx_parser *p, struct nidx_lexeme t,
                                    const struct nidx_range *r)
{
    struct nidx_node *node =
        nidx_parser_node(p, NIDX_NODE_RANGE, t.start, t.end);
    char room[NIDX_SHOWN];

    if (!node)
        return NULL;
    node->column = nidx_range_column(p->field);
    node->lo = r->lo;
    node->hi = r->hi;
    if (r->swapped)
        nidx_parser_note(p, t.start, t.end,
                         "`%s` ends before it begins: its "
                         "ends are read the other way round",
                         nidx_parser_show(p, t.start, t.end, room));
    return node;
}

/* What is no date or no number is searched as text. */
static struct nidx_node *not_a_range(struct nidx_parser *p,
                                     struct nidx_lexeme t)
{
    const uint8_t field = p->field;
    const bool date = field == NIDX_FIELD_DATE;
    char room[NIDX_SHOWN];

    nidx_parser_note(p, t.start, t.end,
                     "`%s` is no %s and is searched as text; %s",
                     nidx_parser_show(p, t.text_start, t.text_end, room),
                     date ? "date" : "number",
                     date ? "dates are 2018, 2018-08, 2018-08-31, "
                            "2018-08-31T10:17, a..b, >=a, <a"
                          : "numbers are 500, a..b, >=a, <a");
    p->field = NIDX_FIELD_ALL;
    struct nidx_node *node = nidx_parser_quoted(p, t.text_start, t.text_end);
    p->field = field;
    return node;
}

struct nidx_node *nidx_parser_value(struct nidx_parser *p)
{
    struct nidx_lexeme t = p->now;
    struct nidx_range r;

    if (nidx_field_kind(p->field) == NIDX_FIELD_KEYWORD)
        return keyword(p, t);
    if (t.type != NIDX_LEX_PHRASE) {
        t.text_start = t.start;
        t.text_end = t.end;
    }
    const char *text = p->lexer.text + t.text_start;
    const size_t len = t.text_end - t.text_start;
    if (len == 1 && *text == '*')
        r = (struct nidx_range){p->field == NIDX_FIELD_DATE, UINT64_MAX, false};
    else if (!nidx_range_read(p->field, text, len, &r))
        return not_a_range(p, t);
    return range_node(p, t, &r);
}

static bool too_many(struct nidx_parser *p)
{
    if (p->n_words++ < NIDX_QUERY_LEAVES)
        return false;
    nidx_parser_note(p, p->now.start, p->lexer.end,
                     "the query has more than "
                     "%d words: the rest is ignored",
                     NIDX_QUERY_LEAVES);
    p->lexer.at = p->lexer.end;
    return true;
}

struct nidx_node *nidx_parser_word(struct nidx_parser *p)
{
    const struct nidx_lexeme t = p->now;
    struct nidx_node *node = NULL;

    if (!too_many(p)) {
        if (!p->lexer.quoted && nidx_field_kind(p->field) == NIDX_FIELD_TEXT)
            note_no_operator(p, t);
        if (nidx_field_kind(p->field) != NIDX_FIELD_TEXT) {
            node = nidx_parser_value(p);
        } else if (t.type == NIDX_LEX_PREFIX || t.type == NIDX_LEX_WILDCARD ||
                   t.type == NIDX_LEX_FUZZY || t.type == NIDX_LEX_REGEX) {
            node = pattern_node(p, t);
        } else {
            if (!p->lexer.quoted)
                note_no_field(p, t);
            node = (t.exact || p->exact) && t.type == NIDX_LEX_WORD
                       ? text_node(p, NIDX_NODE_EXACT, t)
                       : text_node(p, NIDX_NODE_WORD, t);
        }
    }
    nidx_parser_advance(p);
    p->joined = false;
    return node;
}
