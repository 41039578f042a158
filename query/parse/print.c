/* print.c: a tree in the query language, so that it parses to an equal one.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "query/parse/field.h"
#include "query/parse/lexer.h"
#include "query/parse/range.h"
#include "query/parse/tree.h"

/* What stands around a node: decides where it needs parentheses. */
enum place {
    TOP,
    IN_OR,
    IN_AND,
    IN_NEAR_LEFT, /* chains bind to the left */
    IN_NEAR,
    IN_BOOST, /* an operand with something attached: always closed */
    IN_PHRASE
};

struct printer {
    struct nidx_buf *out;
    bool quoted;
    uint8_t field; /* in force */
};

static void print(struct printer *pr, const struct nidx_node *node,
                  enum place place);

static void put(struct printer *pr, const char *text)
{
    nidx_buf_put(pr->out, text, strlen(text));
}

static void put_number(struct printer *pr, const char *before, uint32_t n)
{
    char text[32];

    snprintf(text, sizeof(text), "%s%u", before, n);
    put(pr, text);
}

static void put_boost(struct printer *pr, const struct nidx_node *node)
{
    const int n = (int)(node->boost * 1000.0f + 0.5f);
    char text[32];

    if (n == 1000)
        return;
    size_t len =
        (size_t)snprintf(text, sizeof(text), "^%d.%03d", n / 1000, n % 1000);
    while (text[len - 1] == '0')
        len--;
    len -= text[len - 1] == '.';
    nidx_buf_put(pr->out, text, len);
}

/* ---------------------------------------------------------------- words */

/* Whether the text, as printed since from, is lexed as what it was. */
static bool reads_back(const struct printer *pr, size_t from,
                       const struct nidx_node *node)
{
    const enum nidx_lexeme_type type =
        node->type == NIDX_NODE_PREFIX     ? NIDX_LEX_PREFIX
        : node->type == NIDX_NODE_WILDCARD ? NIDX_LEX_WILDCARD
        : node->type == NIDX_NODE_FUZZY    ? NIDX_LEX_FUZZY
        : node->type == NIDX_NODE_REGEX    ? NIDX_LEX_REGEX
                                           : NIDX_LEX_WORD;
    const char *text = (const char *)pr->out->data;
    struct nidx_lexer lx;

    if (pr->out->oom || pr->out->len - from > UINT32_MAX / 2)
        return true;
    /* title://x would be an address. */
    if (node->field != NIDX_FIELD_ALL && pr->out->len - from > 1 &&
        memcmp(text + from, "//", 2) == 0)
        return false;
    nidx_lexer_init(&lx, text + from, 0, (uint32_t)(pr->out->len - from),
                    false);
    const struct nidx_lexeme t = nidx_lexer_next(&lx);
    return t.type == type &&
           (type != NIDX_LEX_FUZZY || t.number == node->distance) &&
           t.exact == (node->type == NIDX_NODE_EXACT) &&
           t.text_end - t.text_start == node->text.len &&
           memcmp(text + from + t.text_start, node->text.data,
                  node->text.len) == 0 &&
           nidx_lexer_next(&lx).type == NIDX_LEX_END;
}

static void put_word(struct printer *pr, const struct nidx_node *node)
{
    if (node->type == NIDX_NODE_EXACT)
        put(pr, "=");
    else if (node->type == NIDX_NODE_REGEX)
        put(pr, "/");
    nidx_buf_put(pr->out, node->text.data, node->text.len);
    if (node->type == NIDX_NODE_PREFIX)
        put(pr, "*");
    else if (node->type == NIDX_NODE_REGEX)
        put(pr, "/");
    else if (node->type == NIDX_NODE_FUZZY)
        put(pr, "~");
    if (node->type == NIDX_NODE_FUZZY && node->distance != 1)
        put_number(pr, "", node->distance);
}

static void print_word(struct printer *pr, const struct nidx_node *node)
{
    const size_t from = pr->out->len;

    put_word(pr, node);
    if (pr->quoted || reads_back(pr, from, node))
        return;
    pr->out->len = from;
    put(pr, "\"");
    put_word(pr, node);
    put(pr, "\"");
}

static bool is_plain(struct nidx_bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        const uint8_t c = text.data[i];
        if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') &&
            !(c >= 'A' && c <= 'Z') && !(i > 0 && strchr("-_./:#+", c)))
            return false;
    }
    return text.len > 0;
}

static void print_keyword(struct printer *pr, const struct nidx_node *node)
{
    const bool star = node->type == NIDX_NODE_PREFIX;
    const bool bare = star || is_plain(node->text);

    if (!bare)
        put(pr, "\"");
    /* url://x would be an address. */
    if (star && node->text.len > 1 && memcmp(node->text.data, "//", 2) == 0)
        put(pr, "=");
    nidx_buf_put(pr->out, node->text.data, node->text.len);
    put(pr, star ? "*" : bare ? "" : "\"");
}

/* An expanded word: what was asked, and the terms that stand for it. */
static void print_leaf(struct printer *pr, const struct nidx_node *node)
{
    const bool same = node->n_terms == 1 &&
                      nidx_bytes_compare(node->terms[0].text, node->text) == 0;
    const uint32_t shown = node->n_terms < 8 ? node->n_terms : 8;

    nidx_buf_put(pr->out, node->text.data, node->text.len);
    if (same)
        return;
    put(pr, "{");
    for (uint32_t i = 0; i < shown; i++) {
        put(pr, i ? "|" : "");
        nidx_buf_put(pr->out, node->terms[i].text.data,
                     node->terms[i].text.len);
    }
    if (shown < node->n_terms)
        put_number(pr, "|...+", node->n_terms - shown);
    put(pr, "}");
}

/* ------------------------------------------------------------ operators */

/* Whether the children are alternatives. */
static bool has_should(const struct nidx_node *node)
{
    for (uint32_t i = 0; i < node->n_children; i++)
        if (node->children[i]->occur == NIDX_SHOULD)
            return true;
    return false;
}

static bool is_near(const struct nidx_node *node)
{
    return node->type == NIDX_NODE_NEAR || node->type == NIDX_NODE_BEFORE ||
           node->type == NIDX_NODE_SENTENCE ||
           node->type == NIDX_NODE_PARAGRAPH;
}

/* `+` before such a word would be read as a part of it; and it binds tighter
 * than NEAR does. */
static bool hides_sign(const struct nidx_node *node)
{
    return is_near(node) ||
           ((node->type == NIDX_NODE_WORD || node->type == NIDX_NODE_PREFIX ||
             node->type == NIDX_NODE_WILDCARD ||
             node->type == NIDX_NODE_FUZZY) &&
            node->text.len > 0 && memchr("-+>^~", node->text.data[0], 5));
}

static void print_bool(struct printer *pr, const struct nidx_node *node)
{
    const bool any = has_should(node);

    for (uint32_t i = 0; i < node->n_children; i++) {
        const struct nidx_node *child = node->children[i];
        const bool plus = any && child->occur == NIDX_MUST;
        const bool closed = plus && hides_sign(child);
        put(pr, i == 0 ? "" : any ? " OR " : " AND ");
        if (child->occur == NIDX_MUST_NOT)
            put(pr, "NOT ");
        put(pr, closed ? "+(" : plus ? "+" : "");
        print(pr, child, any && !plus ? IN_OR : IN_AND);
        put(pr, closed ? ")" : "");
    }
}

static void print_near(struct printer *pr, const struct nidx_node *node)
{
    for (uint32_t i = 0; i < node->n_children; i++) {
        if (i > 0 && node->type == NIDX_NODE_SENTENCE) {
            put(pr, " SENTENCE ");
        } else if (i > 0 && node->type == NIDX_NODE_PARAGRAPH) {
            put(pr, " PARAGRAPH ");
        } else if (i > 0) {
            put_number(pr,
                       node->type == NIDX_NODE_BEFORE ? " BEFORE/" : " NEAR/",
                       node->distance);
            put(pr, " ");
        }
        print(pr, node->children[i], i == 0 ? IN_NEAR_LEFT : IN_NEAR);
    }
}

static void print_phrase(struct printer *pr, const struct nidx_node *node)
{
    const bool quoted = pr->quoted;

    if (!quoted)
        put(pr, "\"");
    pr->quoted = true;
    for (uint32_t i = 0; i < node->n_children; i++) {
        put(pr, i ? " " : "");
        print(pr, node->children[i], IN_PHRASE);
    }
    pr->quoted = quoted;
    if (!quoted)
        put(pr, "\"");
    if (!quoted && node->distance > 0)
        put_number(pr, "~", node->distance);
}

static bool needs_parens(const struct printer *pr, const struct nidx_node *node,
                         enum place place)
{
    const bool boosted = node->boost != 1.0f;

    switch (node->type) {
    case NIDX_NODE_BOOL:
        return place != TOP || boosted;
    case NIDX_NODE_NEAR:
    case NIDX_NODE_BEFORE:
    case NIDX_NODE_SENTENCE:
    case NIDX_NODE_PARAGRAPH:
        return place > IN_NEAR_LEFT || boosted ||
               (place == IN_AND && node->occur == NIDX_MUST_NOT);
    case NIDX_NODE_PHRASE:
        return pr->quoted && place >= IN_NEAR_LEFT;
    case NIDX_NODE_NONE:
    case NIDX_NODE_ALL:
    case NIDX_NODE_WORD:
    case NIDX_NODE_PREFIX:
    case NIDX_NODE_EXACT:
    case NIDX_NODE_WILDCARD:
    case NIDX_NODE_FUZZY:
    case NIDX_NODE_REGEX:
    case NIDX_NODE_LEAF:
    case NIDX_NODE_KEYWORD:
    case NIDX_NODE_RANGE:
        break;
    }
    return false;
}

static void print_inner(struct printer *pr, const struct nidx_node *node)
{
    switch (node->type) {
    case NIDX_NODE_NONE:
        put(pr, "(NOT *)");
        break;
    case NIDX_NODE_ALL:
        put(pr, "*");
        break;
    case NIDX_NODE_WORD:
    case NIDX_NODE_EXACT:
    case NIDX_NODE_WILDCARD:
    case NIDX_NODE_FUZZY:
    case NIDX_NODE_REGEX:
        print_word(pr, node);
        break;
    case NIDX_NODE_PREFIX:
        if (nidx_field_kind(node->field) == NIDX_FIELD_KEYWORD)
            print_keyword(pr, node);
        else
            print_word(pr, node);
        break;
    case NIDX_NODE_LEAF:
        print_leaf(pr, node);
        break;
    case NIDX_NODE_KEYWORD:
        print_keyword(pr, node);
        break;
    case NIDX_NODE_RANGE:
        nidx_range_print(nidx_range_field(node->column), node->lo, node->hi,
                         pr->out);
        break;
    case NIDX_NODE_BOOL:
        print_bool(pr, node);
        break;
    case NIDX_NODE_PHRASE:
        print_phrase(pr, node);
        break;
    case NIDX_NODE_NEAR:
    case NIDX_NODE_BEFORE:
    case NIDX_NODE_SENTENCE:
    case NIDX_NODE_PARAGRAPH:
        print_near(pr, node);
        break;
    }
}

static void print_field(struct printer *pr, const struct nidx_node *node)
{
    uint8_t field = node->field;

    if (node->type == NIDX_NODE_RANGE)
        field = nidx_range_field(node->column);
    else if (node->type == NIDX_NODE_BOOL || is_near(node) ||
             node->type == NIDX_NODE_ALL || node->type == NIDX_NODE_NONE ||
             pr->quoted)
        return;
    if (*nidx_field_name(field)) {
        put(pr, nidx_field_name(field));
        put(pr, ":");
    }
}

static void print(struct printer *pr, const struct nidx_node *node,
                  enum place place)
{
    const bool parens = needs_parens(pr, node, place);

    if (parens)
        put(pr, "(");
    print_field(pr, node);
    print_inner(pr, node);
    if (parens)
        put(pr, ")");
    put_boost(pr, node);
}

void nidx_tree_print(const struct nidx_node *root, struct nidx_buf *out)
{
    struct printer pr = {.out = out};

    if (root && root->type != NIDX_NODE_NONE)
        print(&pr, root, TOP);
}
