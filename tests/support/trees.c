/* trees.c: random query trees, as expansion leaves them.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/corpus.h"

/* What goes with the recursion. */
struct grow {
    struct nidx_arena *arena;
    struct rng *r;
    uint32_t n_words;
    uint32_t n_leaves;
};

static struct nidx_node *grow_any(struct grow *g, uint32_t depth);
static struct nidx_node *grow_operand(struct grow *g, uint32_t depth);

static void *grab(struct grow *g, size_t n, size_t size)
{
    void *p = nidx_arena_alloc(g->arena, n * size);

    if (!p)
        abort();
    return p;
}

static struct nidx_bytes text_of(struct grow *g, const char *text)
{
    struct nidx_bytes b = nidx_arena_bytes(g->arena, text, strlen(text));

    if (!b.data)
        abort();
    return b;
}

static struct nidx_node *new_node(struct grow *g, enum nidx_node_type type,
                                  uint32_t n_children)
{
    static const float boosts[] = {1, 1, 1, 1, 2, 0.3f, 7.5f};
    struct nidx_node *node = grab(g, 1, sizeof(*node));

    node->type = type;
    node->boost = boosts[rng_below(g->r, 7)];
    node->n_children = n_children;
    node->children = grab(g, n_children + 1, sizeof(struct nidx_node *));
    return node;
}

static void fill_term(struct grow *g, struct nidx_leaf_term *t)
{
    static const char *const endings[] = {"", "\xcc\x81", "x", "q"};
    char text[8];

    /* Now and then a word that no document has. */
    snprintf(text, sizeof(text), "%c",
             'a' + (int)rng_below(g->r, g->n_words + 1));
    t->kind = NIDX_KIND_WORD;
    t->text = text_of(g, text);
    if (!rng_percent(g->r, 20))
        return;
    t->n_forms = 1 + rng_below(g->r, 2);
    t->forms = grab(g, t->n_forms, sizeof(*t->forms));
    uint32_t first = rng_below(g->r, 3);
    for (uint32_t i = 0; i < t->n_forms; i++) {
        char form[16];
        snprintf(form, sizeof(form), "%s%s", text, endings[first + i]);
        t->forms[i] = text_of(g, form);
    }
}

static struct nidx_node *grow_leaf(struct grow *g)
{
    static const uint8_t fields[] = {
        NIDX_FIELD_ALL, NIDX_FIELD_ALL,  NIDX_FIELD_ALL,   NIDX_FIELD_ALL,
        NIDX_FIELD_ALL, NIDX_FIELD_BODY, NIDX_FIELD_TITLE, NIDX_FIELD_AUTHOR};
    struct nidx_node *node = new_node(g, NIDX_NODE_LEAF, 0);

    node->field = fields[rng_below(g->r, sizeof(fields))];
    node->n_terms = rng_percent(g->r, 70) ? 1 : rng_below(g->r, 4);
    node->terms = grab(g, node->n_terms + 1, sizeof(*node->terms));
    for (uint32_t i = 0; i < node->n_terms; i++)
        fill_term(g, &node->terms[i]);
    return node;
}

/* What scores nothing and has no spans. */
static struct nidx_node *grow_filter(struct grow *g)
{
    static const enum nidx_node_type types[] = {
        NIDX_NODE_KEYWORD, NIDX_NODE_RANGE, NIDX_NODE_RANGE, NIDX_NODE_ALL,
        NIDX_NODE_NONE};
    struct nidx_node *node = new_node(g, types[rng_below(g->r, 5)], 0);
    char text[16];

    node->field = NIDX_FIELD_SOURCE;
    snprintf(text, sizeof(text), "s%u", rng_below(g->r, 4));
    node->text = text_of(g, text);
    node->column = NIDX_COLUMN_DATE;
    node->lo = 1000 + rng_below(g->r, 40);
    node->hi = node->lo + rng_below(g->r, 40);
    return node;
}

static enum nidx_occur any_occur(struct grow *g)
{
    if (rng_percent(g->r, 10))
        return NIDX_MUST_NOT;
    return rng_percent(g->r, 50) ? NIDX_MUST : NIDX_SHOULD;
}

/* A BOOL: an AND, an OR or, more rarely, a mixture. */
static struct nidx_node *grow_bool(struct grow *g, uint32_t depth,
                                   struct nidx_node *(*grow)(struct grow *,
                                                             uint32_t))
{
    struct nidx_node *node =
        new_node(g, NIDX_NODE_BOOL, 2 + rng_below(g->r, 3));
    uint32_t kind = rng_below(g->r, 3);

    for (uint32_t i = 0; i < node->n_children; i++) {
        struct nidx_node *child =
            rng_percent(g->r, 8) ? grow_filter(g) : grow(g, depth - 1);
        child->occur = kind == 0   ? NIDX_MUST
                       : kind == 1 ? NIDX_SHOULD
                                   : any_occur(g);
        node->children[i] = child;
    }
    return node;
}

static struct nidx_node *grow_operator(struct grow *g, uint32_t depth)
{
    static const enum nidx_node_type types[] = {
        NIDX_NODE_PHRASE, NIDX_NODE_PHRASE,   NIDX_NODE_PHRASE,
        NIDX_NODE_NEAR,   NIDX_NODE_NEAR,     NIDX_NODE_BEFORE,
        NIDX_NODE_BEFORE, NIDX_NODE_SENTENCE, NIDX_NODE_PARAGRAPH};
    enum nidx_node_type type = types[rng_below(g->r, 9)];
    bool phrase = type == NIDX_NODE_PHRASE;
    uint32_t n = phrase ? 1 + rng_below(g->r, 4) : 2;
    struct nidx_node *node = new_node(g, type, n);

    if (phrase)
        node->distance = rng_percent(g->r, 50) ? 0 : 1 + rng_below(g->r, 4);
    else
        node->distance = 1 + rng_below(g->r, rng_percent(g->r, 5) ? 200 : 6);
    for (uint32_t i = 0; i < n; i++)
        node->children[i] = grow_operand(g, depth - 1);
    return node;
}

static struct nidx_node *grow_operand(struct grow *g, uint32_t depth)
{
    if (depth == 0 || rng_percent(g->r, 55))
        return grow_leaf(g);
    return rng_percent(g->r, 50) ? grow_operator(g, depth)
                                 : grow_bool(g, depth, grow_operand);
}

static struct nidx_node *grow_any(struct grow *g, uint32_t depth)
{
    if (depth == 0 || rng_percent(g->r, 30))
        return rng_percent(g->r, 93) ? grow_leaf(g) : grow_filter(g);
    return rng_percent(g->r, 35) ? grow_operator(g, depth)
                                 : grow_bool(g, depth, grow_any);
}

static void number(struct nidx_node *node, uint32_t *next)
{
    if (node->type == NIDX_NODE_LEAF)
        node->leaf = (*next)++;
    for (uint32_t i = 0; i < node->n_children; i++)
        number(node->children[i], next);
}

struct nidx_node *corpus_tree(struct nidx_arena *arena, struct rng *r,
                              uint32_t n_words, uint32_t depth)
{
    struct grow g = {.arena = arena, .r = r, .n_words = n_words};
    struct nidx_node *root = grow_any(&g, depth);

    number(root, &g.n_leaves);
    return root;
}

struct nidx_node *corpus_leaf(struct nidx_arena *arena, struct rng *r,
                              uint32_t n_words)
{
    struct grow g = {.arena = arena, .r = r, .n_words = n_words};

    return grow_leaf(&g);
}

struct nidx_node *corpus_operator(struct nidx_arena *arena, struct rng *r,
                                  uint32_t n_words, uint32_t depth)
{
    struct grow g = {.arena = arena, .r = r, .n_words = n_words};
    struct nidx_node *root = grow_operator(&g, depth);

    number(root, &g.n_leaves);
    return root;
}

static void show_leaf(const struct nidx_node *node)
{
    fprintf(stderr, " field %u leaf %u:", node->field, node->leaf);
    for (uint32_t i = 0; i < node->n_terms; i++) {
        const struct nidx_leaf_term *t = &node->terms[i];
        fprintf(stderr, " %s", (const char *)t->text.data);
        for (uint32_t k = 0; k < t->n_forms; k++)
            fprintf(stderr, "=%s", (const char *)t->forms[k].data);
    }
}

void corpus_show(const struct nidx_node *node)
{
    static const char *const names[] = {
        "NONE",   "ALL",   "WORD",   "PREFIX",   "EXACT",    "WILDCARD",
        "FUZZY",  "REGEX", "LEAF",   "KEYWORD",  "RANGE",    "BOOL",
        "PHRASE", "NEAR",  "BEFORE", "SENTENCE", "PARAGRAPH"};
    static const char *const occurs[] = {"+", "", "-"};

    fprintf(stderr, "(%s%s", occurs[node->occur], names[node->type]);
    if (node->boost < 1 || node->boost > 1)
        fprintf(stderr, "^%g", (double)node->boost);
    if (node->type >= NIDX_NODE_PHRASE)
        fprintf(stderr, "/%u", node->distance);
    if (node->type == NIDX_NODE_LEAF)
        show_leaf(node);
    if (node->type == NIDX_NODE_KEYWORD)
        fprintf(stderr, " %s", (const char *)node->text.data);
    if (node->type == NIDX_NODE_RANGE)
        fprintf(stderr, " %u in %u..%u", node->column, (unsigned)node->lo,
                (unsigned)node->hi);
    for (uint32_t i = 0; i < node->n_children; i++) {
        fputc(' ', stderr);
        corpus_show(node->children[i]);
    }
    fputc(')', stderr);
}
