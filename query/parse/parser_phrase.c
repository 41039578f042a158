/* parser_phrase.c: phrases, and operands joined by NEAR and its like.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/parse/parser_impl.h"

#include "query/parse/field.h"
#include "query/parse/lexer_text.h"

/* ---------------------------------------------------------------- NEAR */

static uint32_t height(const struct nidx_node *node)
{
    uint32_t most = 0;

    for (uint32_t i = 0; i < node->n_children; i++) {
        const uint32_t h = height(node->children[i]);
        most = h > most ? h : most;
    }
    return most + 1;
}

/* An operator on its way, with what stands before its right operand. */
struct near_op {
    struct nidx_lexeme op;
    bool not_near; /* a NOT NEAR b */
    bool not ;     /* a NEAR NOT b */
};

static bool at_not_near(const struct nidx_parser *p)
{
    struct nidx_lexer ahead = p->lexer;

    return p->now.type == NIDX_LEX_NOT &&
           nidx_parser_is_near(nidx_lexer_next(&ahead).type);
}

static void note_stray(struct nidx_parser *p, struct nidx_lexeme op)
{
    char room[NIDX_SHOWN];

    nidx_parser_note(p, op.start, op.end, "the `%s` %s is ignored",
                     nidx_parser_show(p, op.start, op.end, room),
                     p->now.type == NIDX_LEX_END
                         ? "at the end"
                         : "without a word on both its sides");
}

/* Takes the operator and what stands before its right operand. */
static bool take_op(struct nidx_parser *p, struct near_op *out)
{
    *out = (struct near_op){.not_near = at_not_near(p)};
    if (out->not_near)
        nidx_parser_advance(p);
    out->op = p->now;
    nidx_parser_advance(p);
    while (nidx_parser_is_near(p->now.type) || p->now.type == NIDX_LEX_AND ||
           p->now.type == NIDX_LEX_OR) {
        const struct nidx_lexeme further = p->now;
        nidx_parser_advance(p);
        note_stray(p, further);
    }
    while (p->now.type == NIDX_LEX_NOT || p->now.type == NIDX_LEX_MINUS ||
           p->now.type == NIDX_LEX_PLUS || p->now.type == NIDX_LEX_BOOST) {
        if (p->now.type == NIDX_LEX_NOT || p->now.type == NIDX_LEX_MINUS)
            out->not = !out->not ;
        nidx_parser_advance(p);
    }
    return nidx_parser_starts_operand(p);
}

/* Why the distance cannot be asked for; NULL where it can. */
static const char *why_not(const struct near_op *op,
                           const struct nidx_node *left,
                           const struct nidx_node *right)
{
    if (op->not )
        return "nothing is near a NOT";
    if (!nidx_node_has_spans(left) || !nidx_node_has_spans(right))
        return "a NOT, a date, a number, a keyword or `*` has no place in the "
               "text";
    if (height(left) >= NIDX_QUERY_DEPTH || height(right) >= NIDX_QUERY_DEPTH)
        return "operators are nested too deep";
    return NULL;
}

static enum nidx_node_type type_of(enum nidx_lexeme_type op)
{
    return op == NIDX_LEX_BEFORE      ? NIDX_NODE_BEFORE
           : op == NIDX_LEX_SENTENCE  ? NIDX_NODE_SENTENCE
           : op == NIDX_LEX_PARAGRAPH ? NIDX_NODE_PARAGRAPH
                                      : NIDX_NODE_NEAR;
}

static struct nidx_node *near_node(struct nidx_parser *p,
                                   const struct near_op *op,
                                   struct nidx_node *left,
                                   struct nidx_node *right)
{
    struct nidx_children both = {0};
    const uint32_t n = op->op.number;

    nidx_children_add(p, &both, left, NIDX_MUST);
    nidx_children_add(p, &both, right, NIDX_MUST);
    struct nidx_node *node = nidx_parser_parent(p, type_of(op->op.type), &both);
    if (!node || node->type == NIDX_NODE_SENTENCE ||
        node->type == NIDX_NODE_PARAGRAPH)
        return node;
    node->distance = n < 1 ? 1 : n > NIDX_POS_MAX ? NIDX_POS_MAX : n;
    if (node->distance != n)
        nidx_parser_note(p, op->op.start, op->op.end,
                         "the distance is read as %u", node->distance);
    return node;
}

/* Adds left and what op says of right to an AND. */
static void join_flat(struct nidx_parser *p, const struct near_op *op,
                      struct nidx_node *left, struct nidx_node *right,
                      struct nidx_children *flat)
{
    char room[NIDX_SHOWN];
    const char *why = why_not(op, left, right);

    if (flat->n == 0)
        nidx_children_add(p, flat, left, NIDX_MUST);
    if (why || flat->n > 1) {
        nidx_children_add(p, flat, right,
                          op->not != op->not_near ? NIDX_MUST_NOT : NIDX_MUST);
        nidx_parser_note(
            p, op->op.start, op->op.end, "`%s` is read as AND: %s",
            nidx_parser_show(p, op->op.start, op->op.end, room),
            why ? why : "what stands before it has no place in the text");
    } else {
        nidx_children_add(p, flat, near_node(p, op, left, right),
                          NIDX_MUST_NOT);
    }
}

struct nidx_node *nidx_parser_near(struct nidx_parser *p)
{
    struct nidx_children flat = {0};
    struct near_op op;
    bool joined = false;
    struct nidx_node *left = nidx_parser_primary(p);

    while (left && (nidx_parser_is_near(p->now.type) || at_not_near(p))) {
        struct nidx_node *right =
            take_op(p, &op) ? nidx_parser_primary(p) : NULL;
        if (!right) {
            note_stray(p, op.op);
            continue;
        }
        joined = true;
        if (flat.n > 0 || op.not_near || why_not(&op, left, right))
            join_flat(p, &op, left, right, &flat);
        else
            left = near_node(p, &op, left, right);
    }
    if (flat.n > 0)
        left = nidx_parser_parent(p, NIDX_NODE_BOOL, &flat);
    nidx_children_done(&flat);
    p->joined = joined;
    return left;
}

/* ------------------------------------------------------------- phrases */

/* Words side by side become one text, which is analysed as one. */
struct run {
    struct nidx_children done;
    struct nidx_buf text;
    uint32_t start, end;
};

static void flush(struct nidx_parser *p, struct run *r)
{
    const uint32_t len = (uint32_t)r->text.len;

    if (r->text.oom)
        nidx_parser_nomem(p);
    if (p->status == NIDX_OK && len > 0 &&
        nidx_lex_has_word((const char *)r->text.data, 0, len)) {
        struct nidx_node *node =
            nidx_parser_node(p, NIDX_NODE_WORD, r->start, r->end);
        nidx_parser_set_text(p, node, r->text.data, len);
        nidx_children_add(p, &r->done, node, NIDX_MUST);
    }
    r->text.len = 0;
}

static void add_to_run(struct nidx_parser *p, struct run *r,
                       struct nidx_node *node)
{
    if (node->type != NIDX_NODE_WORD) {
        flush(p, r);
        nidx_children_add(p, &r->done, node, NIDX_MUST);
        return;
    }
    if (r->text.len > 0)
        nidx_buf_put(&r->text, " ", 1);
    else
        r->start = node->start;
    nidx_buf_put(&r->text, node->text.data, node->text.len);
    r->end = node->end;
}

static bool is_text_of_several(const struct nidx_node *node)
{
    return node->type == NIDX_NODE_WORD &&
           memchr(node->text.data, ' ', node->text.len);
}

static struct nidx_node *phrase_of_one(struct nidx_parser *p,
                                       struct nidx_node *words)
{
    struct nidx_children one = {0};

    nidx_children_add(p, &one, words, NIDX_MUST);
    return nidx_parser_parent(p, NIDX_NODE_PHRASE, &one);
}

static struct nidx_node *phrase_of(struct nidx_parser *p,
                                   struct nidx_children *children)
{
    if (children->n == 1 && !is_text_of_several(children->items[0])) {
        struct nidx_node *only = children->items[0];
        nidx_children_done(children);
        return only;
    }
    bool all = true;
    for (uint32_t i = 0; i < children->n; i++)
        all = all && nidx_node_has_spans(children->items[i]);
    if (all)
        return nidx_parser_parent(p, NIDX_NODE_PHRASE, children);
    for (uint32_t i = 0; i < children->n; i++)
        if (is_text_of_several(children->items[i]))
            children->items[i] = phrase_of_one(p, children->items[i]);
    struct nidx_node *node =
        p->status == NIDX_OK ? nidx_parser_parent(p, NIDX_NODE_BOOL, children)
                             : NULL;
    nidx_children_done(children);
    if (node)
        nidx_parser_note(p, node->start, node->end,
                         "the phrase is read as AND: a NOT in it has no place "
                         "in the text");
    return node;
}

static bool starts_item(const struct nidx_parser *p)
{
    return nidx_parser_starts_operand(p) && p->now.type != NIDX_LEX_NOT;
}

struct nidx_node *nidx_parser_sequence(struct nidx_parser *p)
{
    struct run r = {0};

    while (starts_item(p)) {
        struct nidx_node *node = nidx_parser_near(p);
        if (node)
            add_to_run(p, &r, node);
    }
    flush(p, &r);
    nidx_buf_done(&r.text);
    p->joined = false;
    return phrase_of(p, &r.done);
}

struct nidx_node *nidx_parser_quoted(struct nidx_parser *p, uint32_t start,
                                     uint32_t end)
{
    const struct nidx_lexer lexer = p->lexer;
    const struct nidx_lexeme now = p->now;
    const uint32_t n_open = p->n_open, n_flat = p->n_flat;

    nidx_lexer_init(&p->lexer, lexer.text, start, end, true);
    p->n_open = p->n_flat = 0;
    nidx_parser_advance(p);
    struct nidx_node *node = nidx_parser_sequence(p);
    p->lexer = lexer;
    p->n_open = n_open;
    p->n_flat = n_flat;
    if (p->status == NIDX_OK)
        p->now = now;
    return node;
}

static void set_slop(struct nidx_parser *p, struct nidx_node *node,
                     struct nidx_lexeme t)
{
    if (t.bare_tilde)
        nidx_parser_note(p, t.start, t.end,
                         "the `~` has no number and is ignored");
    if (t.number == 0)
        return;
    if (node->type != NIDX_NODE_PHRASE) {
        nidx_parser_note(p, t.start, t.end,
                         "the `~%u` is ignored: it needs a "
                         "phrase of several words",
                         t.number);
        return;
    }
    node->distance = t.number < NIDX_POS_MAX ? t.number : NIDX_POS_MAX;
    if (node->distance != t.number)
        nidx_parser_note(p, t.start, t.end, "the slop is read as %u",
                         node->distance);
}

/* "a b" ~3: the blank before the slop is overlooked. */
static void take_slop(struct nidx_parser *p, struct nidx_lexeme *phrase)
{
    const struct nidx_lexeme t = p->now;
    uint32_t i = t.start + 1;

    if (t.type != NIDX_LEX_WORD || p->lexer.text[t.start] != '~')
        return;
    const uint32_t number = nidx_lex_number(p->lexer.text, &i, t.end);
    if (i != t.end || i == t.start + 1)
        return;
    phrase->number = number;
    phrase->bare_tilde = false;
    phrase->end = t.end;
    nidx_parser_note(p, t.start, t.end,
                     "`~%u` is read as the slop of the phrase before it, "
                     "without the blank",
                     number);
    nidx_parser_advance(p);
}

struct nidx_node *nidx_parser_phrase(struct nidx_parser *p)
{
    struct nidx_lexeme t = p->now;
    const bool exact = p->exact;
    struct nidx_node *node;

    if (t.unclosed)
        nidx_parser_note(p, t.start, t.start + 1,
                         "the quotation mark is not "
                         "closed: the phrase is read to the end");
    p->exact = t.exact;
    if (nidx_field_kind(p->field) == NIDX_FIELD_TEXT)
        node = nidx_parser_quoted(p, t.text_start, t.text_end);
    else
        node = nidx_parser_value(p);
    p->exact = exact;
    if (!node)
        nidx_parser_note(p, t.start, t.end,
                         "the quotation marks hold no word and are ignored");
    nidx_parser_advance(p);
    if (node && p->status == NIDX_OK && !t.number)
        take_slop(p, &t);
    if (node && p->status == NIDX_OK) {
        node->start = t.start;
        node->end = t.end;
        set_slop(p, node, t);
    }
    p->joined = false;
    return node;
}
