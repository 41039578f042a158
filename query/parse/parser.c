/* parser.c: query text to tree: operators, groups and precedence.
 *
 * From loose to tight: OR, AND (and words side by side), words side by side
 * within quotes, NEAR and its like, NOT. Where words are OR-ed by default,
 * words side by side bind as OR does.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/parse/parser_impl.h"

#include "query/parse/field.h"

static void ignore(struct nidx_parser *p, struct nidx_lexeme t, const char *why)
{
    char room[NIDX_SHOWN];

    nidx_parser_note(p, t.start, t.end, "`%s` is ignored: %s",
                     nidx_parser_show(p, t.start, t.end, room), why);
}

/* Whether the lexeme belongs to nothing and is passed over. */
static bool passes_over(struct nidx_parser *p)
{
    const enum nidx_lexeme_type type = p->now.type;

    if (type == NIDX_LEX_PUNCT && (!p->lexer.quoted || p->lexer.open > 0)) {
        ignore(p, p->now,
               p->now.unpaired ? "it is no regular expression and holds no "
                                 "letter and no digit"
                               : "it holds no letter and no digit");
    } else if (type == NIDX_LEX_QUOTE) {
        ignore(p, p->now, "there is no other quotation mark to go with it");
    } else if (type == NIDX_LEX_CLOSE && p->n_flat > 0) {
        p->n_flat--;
    } else if (type == NIDX_LEX_CLOSE && p->n_open == 0) {
        ignore(p, p->now, "no parenthesis is open");
    } else if (type == NIDX_LEX_OPEN && p->depth >= NIDX_QUERY_DEPTH) {
        if (p->n_flat++ == 0)
            ignore(p, p->now, "parentheses are nested too deep");
    } else {
        return false;
    }
    return true;
}

void nidx_parser_advance(struct nidx_parser *p)
{
    p->last_end = p->now.end;
    do {
        if (p->status != NIDX_OK) {
            p->now.type = NIDX_LEX_END;
            return;
        }
        p->now = nidx_lexer_next(&p->lexer);
    } while (passes_over(p));
    if (p->now.type == NIDX_LEX_OR && p->now.end - p->now.start == 1)
        nidx_parser_note(p, p->now.start, p->now.end, "`|` is read as OR");
}

bool nidx_parser_is_near(enum nidx_lexeme_type type)
{
    return type == NIDX_LEX_NEAR || type == NIDX_LEX_BEFORE ||
           type == NIDX_LEX_SENTENCE || type == NIDX_LEX_PARAGRAPH;
}

static bool is_binary(enum nidx_lexeme_type type)
{
    return nidx_parser_is_near(type) || type == NIDX_LEX_AND ||
           type == NIDX_LEX_OR;
}

bool nidx_parser_starts_operand(const struct nidx_parser *p)
{
    return p->now.type != NIDX_LEX_END && p->now.type != NIDX_LEX_CLOSE &&
           !is_binary(p->now.type);
}

/* A boost that follows no operand. */
static void pass_boosts(struct nidx_parser *p)
{
    while (p->now.type == NIDX_LEX_BOOST) {
        ignore(p, p->now, "there is nothing before it");
        nidx_parser_advance(p);
    }
}

/* An operator that lacks an operand on one side. */
static void stray(struct nidx_parser *p, struct nidx_lexeme op)
{
    const bool last = p->now.type == NIDX_LEX_END && !p->lexer.quoted;
    char room[NIDX_SHOWN];

    nidx_parser_note(p, op.start, op.end, "the `%s` %s is ignored",
                     nidx_parser_show(p, op.start, op.end, room),
                     op.start == 0 ? "at the beginning"
                     : last        ? "at the end"
                                   : "without a word on both its sides");
}

/* How an operand takes part. */
enum sign {
    PLAIN,
    PLUS,
    MINUS
};

struct operand {
    struct nidx_node *node;
    enum sign sign;
    bool from_or; /* OR stands before it */
};

/* NOT a NEAR b: the NOT is read as one of the whole. */
static void note_not_near(struct nidx_parser *p, const struct nidx_node *node,
                          struct nidx_lexeme op)
{
    char room[NIDX_SHOWN];

    nidx_parser_note(p, op.start, op.end,
                     "the `%s` is read as one of all of "
                     "`%s`: parentheses say it",
                     p->lexer.text[op.start] == '-' ? "-" : "NOT",
                     nidx_parser_show(p, node->start, node->end, room));
}

static struct operand signed_operand(struct nidx_parser *p)
{
    struct nidx_lexeme op = {.type = NIDX_LEX_END};
    bool plus = false, minus = false;

    for (pass_boosts(p);; pass_boosts(p)) {
        if (p->now.type == NIDX_LEX_PLUS)
            plus = true;
        else if (p->now.type == NIDX_LEX_MINUS || p->now.type == NIDX_LEX_NOT)
            minus = !minus;
        else
            break;
        op = p->now;
        nidx_parser_advance(p);
    }
    p->joined = false;
    struct nidx_node *node = NULL;
    if (nidx_parser_starts_operand(p))
        node = p->lexer.quoted ? nidx_parser_sequence(p) : nidx_parser_near(p);
    if (!node && op.type != NIDX_LEX_END)
        ignore(p, op, "there is nothing behind it to apply it to");
    if (node && minus && p->joined)
        note_not_near(p, node, op);
    return (struct operand){node, minus ? MINUS : plus ? PLUS : PLAIN, false};
}

static struct nidx_node *negation(struct nidx_parser *p, struct operand o)
{
    struct nidx_children not = {0};

    nidx_children_add(p, &not, o.node, NIDX_MUST_NOT);
    return nidx_parser_parent(p, NIDX_NODE_BOOL, &not );
}

/* Whether a further operand side by side belongs to this AND. */
static bool goes_on(const struct nidx_parser *p, uint32_t n, bool after_and)
{
    if (!nidx_parser_starts_operand(p))
        return false;
    return n == 0 || after_and || (!p->options.any && !p->lexer.quoted);
}

/* Operators at the place of an operand. */
static bool pass_and(struct nidx_parser *p, uint32_t n,
                     struct nidx_lexeme *pending)
{
    const struct nidx_lexeme op = p->now;

    if (op.type != NIDX_LEX_AND && !nidx_parser_is_near(op.type))
        return false;
    nidx_parser_advance(p);
    if (op.type == NIDX_LEX_AND && n > 0 && pending->type == NIDX_LEX_END)
        *pending = op;
    else
        stray(p, op);
    return true;
}

static struct operand read_and(struct nidx_parser *p)
{
    struct nidx_children items = {0};
    struct nidx_lexeme pending = {.type = NIDX_LEX_END};
    struct operand first = {NULL, PLAIN, false};
    uint32_t n = 0;

    for (;;) {
        if (pass_and(p, n, &pending))
            continue;
        if (!goes_on(p, n, pending.type == NIDX_LEX_AND))
            break;
        const struct operand o = signed_operand(p);
        if (!o.node)
            continue;
        if (n++ == 0)
            first = o;
        nidx_children_add(p, &items, o.node,
                          o.sign == MINUS ? NIDX_MUST_NOT : NIDX_MUST);
        pending.type = NIDX_LEX_END;
    }
    if (pending.type == NIDX_LEX_AND)
        stray(p, pending);
    if (n > 1)
        first = (struct operand){nidx_parser_parent(p, NIDX_NODE_BOOL, &items),
                                 PLAIN, false};
    nidx_children_done(&items);
    return first;
}

/* What was read at the level of OR. */
struct alternatives {
    struct nidx_children should, not ;
};

/* A negation side by side with others is one of all of them; behind an OR it
 * is an alternative. */
static void add_alternative(struct nidx_parser *p, struct alternatives *a,
                            struct operand o, bool alone)
{
    if (o.sign == PLAIN) {
        o.node->loose = alone && p->options.any;
        nidx_children_add(p, &a->should, o.node, NIDX_SHOULD);
    } else if (o.sign == PLUS)
        nidx_children_add(p, &a->should, o.node, NIDX_MUST);
    else if (alone)
        nidx_children_add(p, &a->not, o.node, NIDX_MUST_NOT);
    else
        nidx_children_add(p, &a->should, negation(p, o), NIDX_SHOULD);
}

static struct nidx_node *join_alternatives(struct nidx_parser *p,
                                           struct alternatives *a)
{
    struct nidx_node *node = NULL;

    if (a->should.n == 1) {
        node = a->should.items[0];
        node->occur = NIDX_MUST;
        node->loose = false;
        nidx_children_done(&a->should);
    } else if (a->should.n > 1) {
        node = nidx_parser_parent(p, NIDX_NODE_BOOL, &a->should);
    }
    if (a->not .n == 0)
        return node;
    struct nidx_children all = {0};
    nidx_children_add(p, &all, node, NIDX_MUST);
    for (uint32_t i = 0; i < a->not .n; i++)
        nidx_children_add(p, &all, a->not .items[i], NIDX_MUST_NOT);
    nidx_children_done(&a->not );
    return nidx_parser_parent(p, NIDX_NODE_BOOL, &all);
}

struct nidx_node *nidx_parser_any(struct nidx_parser *p)
{
    struct alternatives a = {{0}, {0}};
    struct nidx_lexeme pending = {.type = NIDX_LEX_END};
    bool first = true;

    while (p->now.type != NIDX_LEX_END && p->now.type != NIDX_LEX_CLOSE) {
        if (p->now.type == NIDX_LEX_OR) {
            const struct nidx_lexeme op = p->now;
            nidx_parser_advance(p);
            if (first || pending.type == NIDX_LEX_OR)
                stray(p, op);
            else
                pending = op;
            continue;
        }
        const struct operand o = read_and(p);
        if (!o.node)
            continue;
        const bool alone = pending.type != NIDX_LEX_OR &&
                           !(first && p->now.type == NIDX_LEX_OR);
        add_alternative(p, &a, o, alone);
        pending.type = NIDX_LEX_END;
        first = false;
    }
    if (pending.type == NIDX_LEX_OR)
        stray(p, pending);
    return join_alternatives(p, &a);
}

static struct nidx_node *group(struct nidx_parser *p)
{
    const struct nidx_lexeme open = p->now;

    p->depth++;
    p->n_open++;
    nidx_parser_advance(p);
    struct nidx_node *node = nidx_parser_any(p);
    p->depth--;
    p->n_open--;
    if (p->now.type == NIDX_LEX_CLOSE)
        nidx_parser_advance(p);
    else
        nidx_parser_note(p, open.start, open.end,
                         "the `(` is not closed: it "
                         "is read to the end");
    if (!node)
        nidx_parser_note(p, open.start, p->last_end,
                         "the parentheses hold "
                         "nothing and are ignored");
    p->joined = false;
    return node;
}

/* A field without a value is a word. */
static struct nidx_node *field_as_word(struct nidx_parser *p,
                                       struct nidx_lexeme field)
{
    char room[NIDX_SHOWN];
    struct nidx_node *node =
        nidx_parser_node(p, NIDX_NODE_WORD, field.start, field.text_end);

    if (node && nidx_field_kind(p->field) != NIDX_FIELD_TEXT)
        node->field = NIDX_FIELD_ALL;
    nidx_parser_set_text(p, node, p->lexer.text + field.start,
                         field.text_end - field.start);
    nidx_parser_note(p, field.start, field.end,
                     "nothing follows the field "
                     "`%s`: it is searched as a word",
                     nidx_parser_show(p, field.start, field.end, room));
    return node;
}

static bool starts_value(const struct nidx_parser *p)
{
    return nidx_parser_starts_operand(p) && p->now.type != NIDX_LEX_NOT &&
           p->now.type != NIDX_LEX_PLUS && p->now.type != NIDX_LEX_MINUS &&
           p->now.type != NIDX_LEX_BOOST;
}

static struct nidx_node *with_field(struct nidx_parser *p)
{
    const uint8_t outer = p->field;
    struct nidx_lexeme field = p->now;
    char room[NIDX_SHOWN], value[NIDX_SHOWN];

    nidx_parser_advance(p);
    while (p->now.type == NIDX_LEX_FIELD) {
        ignore(p, field, "another field follows");
        field = p->now;
        nidx_parser_advance(p);
    }
    if (!starts_value(p))
        return field_as_word(p, field);
    if (!p->now.glued)
        nidx_parser_note(p, field.start, p->now.start,
                         "`%s` is read without "
                         "the blank behind it",
                         nidx_parser_show(p, field.start, field.end, room));
    if (field.no_colon)
        nidx_parser_note(p, field.start, p->now.end, "`%s` is read as `%s:%s`",
                         nidx_parser_show(p, field.start, p->now.end, room),
                         nidx_field_name(field.field),
                         nidx_parser_show(p, p->now.start, p->now.end, value));
    p->field = field.field;
    struct nidx_node *node = nidx_parser_primary(p);
    p->field = outer;
    if (node && node->start > field.start)
        node->start = field.start;
    return node;
}

static struct nidx_node *every_document(struct nidx_parser *p)
{
    const struct nidx_lexeme star = p->now;

    if (nidx_field_kind(p->field) != NIDX_FIELD_TEXT)
        return nidx_parser_word(p);
    nidx_parser_advance(p);
    struct nidx_node *node =
        nidx_parser_node(p, NIDX_NODE_ALL, star.start, star.end);
    if (node && p->field != NIDX_FIELD_ALL) {
        nidx_parser_note(p, star.start, star.end,
                         "`*` is every document, "
                         "with or without a field");
        node->field = NIDX_FIELD_ALL;
    }
    return node;
}

static void apply_boost(struct nidx_parser *p, struct nidx_node *node)
{
    const struct nidx_lexeme t = p->now;
    float boost = (float)(node->boost * ((double)t.number / 1000));
    char room[NIDX_SHOWN];

    nidx_parser_show(p, t.start, t.end, room);
    nidx_parser_advance(p);
    if (t.negative && t.number > 0) {
        nidx_parser_note(p, t.start, t.end,
                         "`%s` is ignored: a boost is not "
                         "negative",
                         room);
        return;
    }
    if (boost > NIDX_BOOST_MAX) {
        boost = NIDX_BOOST_MAX;
        nidx_parser_note(p, t.start, t.end,
                         "the boost `%s` is read as the "
                         "largest, %g",
                         room, (double)boost);
    }
    /* In thousandths, as it is printed. */
    node->boost = (float)((int)(boost * 1000.0f + 0.5f) / 1000.0);
}

struct nidx_node *nidx_parser_primary(struct nidx_parser *p)
{
    struct nidx_node *node;

    if (p->now.type == NIDX_LEX_OPEN)
        node = group(p);
    else if (p->now.type == NIDX_LEX_FIELD)
        node = with_field(p);
    else if (p->now.type == NIDX_LEX_PHRASE)
        node = nidx_parser_phrase(p);
    else if (p->now.type == NIDX_LEX_STAR)
        node = every_document(p);
    else
        node = nidx_parser_word(p);
    while (node && p->now.type == NIDX_LEX_BOOST)
        apply_boost(p, node);
    return node;
}

static enum nidx_status start(struct nidx_parser *p, const char *text,
                              size_t len)
{
    struct nidx_tree *tree = p->tree;

    if (len > NIDX_QUERY_BYTES)
        return nidx_fail(p->err, NIDX_ERR_LIMIT,
                         "the query has %zu bytes; at most %u can be read", len,
                         NIDX_QUERY_BYTES);
    tree->arena = nidx_arena_new();
    if (!tree->arena)
        return nidx_nomem(p->err);
    tree->query = nidx_arena_bytes(tree->arena, text, len);
    if (!tree->query.data)
        return nidx_nomem(p->err);
    nidx_lexer_init(&p->lexer, (const char *)tree->query.data, 0, (uint32_t)len,
                    false);
    return NIDX_OK;
}

enum nidx_status nidx_query_read(const char *text, size_t len,
                                 const struct nidx_parse_options *options,
                                 struct nidx_tree *tree, struct nidx_error *err)
{
    struct nidx_parser p = {.tree = tree, .err = err};

    if (options)
        p.options = *options;
    p.status = start(&p, text, len);
    if (p.status == NIDX_OK) {
        nidx_parser_advance(&p);
        tree->root = nidx_parser_any(&p);
        if (!tree->root) {
            nidx_parser_note(&p, 0, (uint32_t)len,
                             "the query holds no word and finds nothing");
            tree->root = nidx_parser_node(&p, NIDX_NODE_NONE, 0, (uint32_t)len);
        }
    }
    if (p.status != NIDX_OK)
        nidx_tree_done(tree);
    return p.status;
}
