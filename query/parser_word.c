/* parser_word.c: words, patterns and the values of fields.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/parser_impl.h"

#include "query/field.h"
#include "query/lexer_text.h"
#include "query/range.h"

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
    size_t edits;
    char room[NIDX_SHOWN];

    while (colon < t.text_end && is_name_char(text[colon]))
        colon++;
    if (colon == t.text_end || text[colon] != ':' || colon - t.text_start < 2 ||
        (uint8_t)text[t.text_start] < 'A' ||
        nidx_lex_is_address(text, t.text_start, t.text_end))
        return;
    const char *nearest =
        nidx_field_nearest(text + t.text_start, colon - t.text_start, &edits);
    if (colon + 1 == t.text_end && edits > 2)
        return;
    nidx_parser_note(p, t.text_start, colon + 1,
                     "`%s` is no field and is "
                     "searched as text; the nearest field is `%s:`",
                     nidx_parser_show(p, t.text_start, colon + 1, room),
                     nearest);
}

/* Takes stars off the beginning of a wildcard, or else its end (a star that
 * stays there makes a prefix); false where there are none to take. What = or a
 * parenthesis would say of the rest is not said by the pattern. */
static bool strip_stars(const char *text, struct nidx_lexeme *t)
{
    uint32_t start = t->text_start;

    while (text[start] == '*' || text[start] == '=')
        start++;
    if (start > t->text_start && text[start] != '(') {
        t->text_start = start;
        return true;
    }
    if (start > t->text_start || text[t->text_end - 1] != '*')
        return false;
    while (text[t->text_end - 1] == '*')
        t->text_end--;
    return true;
}

/* Patterns that cannot be searched: narrows t's text to what is instead, and
 * says whether that is a prefix. */
static bool narrow(const char *text, struct nidx_lexeme *t)
{
    for (;;) {
        const struct nidx_lexeme before = *t;
        const enum nidx_lexeme_type type = nidx_lex_pattern(text, t);
        if (type == NIDX_LEX_PREFIX)
            return true;
        if (type == NIDX_LEX_WORD)
            return false;
        if (type == NIDX_LEX_REGEX) {
            *t = before;
            return false;
        }
        if (type == NIDX_LEX_WILDCARD && !strip_stars(text, t))
            return false;
    }
}

static void note_pattern(struct nidx_parser *p, struct nidx_lexeme t,
                         struct nidx_lexeme instead, bool prefix)
{
    char room[NIDX_SHOWN], other[NIDX_SHOWN];
    const char *what = t.type == NIDX_LEX_FUZZY   ? "fuzzy matching is"
                       : t.type == NIDX_LEX_REGEX ? "regular expressions are"
                                                  : "such wildcards are";

    nidx_parser_note(
        p, t.start, t.end, "`%s`: %s not supported yet: searched `%s%s`",
        nidx_parser_show(p, t.start, t.end, room), what,
        nidx_parser_show(p, instead.text_start, instead.text_end, other),
        prefix ? "*" : "");
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

static struct nidx_node *pattern_node(struct nidx_parser *p,
                                      struct nidx_lexeme t)
{
    struct nidx_lexeme instead = t;
    char room[NIDX_SHOWN];

    if (p->exact || t.exact)
        nidx_parser_note(p, t.start, t.end,
                         "`%s` is a pattern: the `=` is "
                         "ignored",
                         nidx_parser_show(p, t.start, t.end, room));
    instead.text_start = t.start;
    instead.text_end = t.end;
    while (p->lexer.text[instead.text_start] == '=')
        instead.text_start++;
    if (p->lexer.text[instead.text_start] == '(')
        instead.text_start = t.start;
    const bool prefix = narrow(p->lexer.text, &instead);
    struct nidx_lexeme op = {.start = instead.text_start,
                             .end = instead.text_end};
    if (!prefix && (nidx_lex_operator(p->lexer.text, &op) ||
                    p->lexer.text[op.start] == '=')) {
        /* Nothing else would keep it a word within quotes. */
        instead.text_start = t.start;
        instead.text_end = t.end;
    }
    if (t.type != NIDX_LEX_PREFIX)
        note_pattern(p, t, instead, prefix);
    return text_node(p, prefix ? NIDX_NODE_PREFIX : NIDX_NODE_WORD, instead);
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
                     date ? "dates are 2018, 2018-08, 2018-08-08, a..b, >=a, <a"
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
