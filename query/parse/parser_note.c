/* parser_note.c: nodes and notes that the parser makes.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/parse/parser_impl.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* A query may be one mistake a byte; nobody reads more than this. */
#define NOTES_MAX 50

void nidx_parser_nomem(struct nidx_parser *p)
{
    if (p->status == NIDX_OK)
        p->status = nidx_nomem(p->err);
    p->now.type = NIDX_LEX_END;
}

const char *nidx_parser_show(const struct nidx_parser *p, uint32_t start,
                             uint32_t end, char room[NIDX_SHOWN])
{
    const char *text = (const char *)p->tree->query.data + start;
    size_t len = end - start;
    const bool cut = len > NIDX_SHOWN - 4;

    if (cut) {
        len = NIDX_SHOWN - 4;
        while (len > 0 && ((uint8_t)text[len] & 0xc0) == 0x80)
            len--;
    }
    for (size_t i = 0; i < len; i++)
        room[i] = (uint8_t)text[i] < ' ' || text[i] == 0x7f ? ' ' : text[i];
    strcpy(room + len, cut ? "..." : "");
    return room;
}

void nidx_parser_note(struct nidx_parser *p, uint32_t start, uint32_t end,
                      const char *format, ...)
{
    char text[400];
    va_list args;

    if (p->status != NIDX_OK || ++p->n_notes > NOTES_MAX + 1)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (p->options.strict) {
        p->status = nidx_fail(p->err, NIDX_ERR_SYNTAX, "%s", text);
        if (p->err)
            p->err->offset = start;
    } else {
        p->status = nidx_tree_note(
            p->tree, start, end, p->err, "%s",
            p->n_notes > NOTES_MAX ? "further notes are left out" : text);
    }
    if (p->status != NIDX_OK)
        p->now.type = NIDX_LEX_END;
}

struct nidx_node *nidx_parser_node(struct nidx_parser *p,
                                   enum nidx_node_type type, uint32_t start,
                                   uint32_t end)
{
    struct nidx_node *node = nidx_arena_alloc(p->tree->arena, sizeof(*node));

    if (!node) {
        nidx_parser_nomem(p);
        return NULL;
    }
    node->type = type;
    node->boost = 1.0f;
    node->field = p->field;
    node->start = start;
    node->end = end;
    return node;
}

void nidx_parser_set_text(struct nidx_parser *p, struct nidx_node *node,
                          const void *text, size_t len)
{
    if (!node)
        return;
    node->text = nidx_arena_bytes(p->tree->arena, text, len);
    if (!node->text.data)
        nidx_parser_nomem(p);
}

void nidx_children_done(struct nidx_children *c)
{
    free(c->items);
    *c = (struct nidx_children){0};
}

void nidx_children_add(struct nidx_parser *p, struct nidx_children *c,
                       struct nidx_node *node, enum nidx_occur occur)
{
    if (!node)
        return;
    if (c->n == c->cap) {
        const uint32_t cap = c->cap ? c->cap * 2 : 4;
        struct nidx_node **items =
            realloc(c->items, nidx_mul_size(cap, sizeof(struct nidx_node *)));
        if (!items) {
            nidx_parser_nomem(p);
            return;
        }
        c->items = items;
        c->cap = cap;
    }
    node->occur = occur;
    c->items[c->n++] = node;
}

struct nidx_node *nidx_parser_parent(struct nidx_parser *p,
                                     enum nidx_node_type type,
                                     struct nidx_children *children)
{
    const uint32_t n = children->n;
    struct nidx_node *node = NULL;

    if (n > 0)
        node = nidx_parser_node(p, type, UINT32_MAX, 0);
    for (uint32_t i = 0; i < n && node; i++) {
        const struct nidx_node *child = children->items[i];
        node->start = child->start < node->start ? child->start : node->start;
        node->end = child->end > node->end ? child->end : node->end;
    }
    struct nidx_node **copy =
        node ? nidx_arena_alloc(p->tree->arena,
                                nidx_mul_size(n, sizeof(struct nidx_node *)))
             : NULL;
    if (copy) {
        node->field = type == NIDX_NODE_PHRASE ? p->field : NIDX_FIELD_ALL;
        memcpy(copy, children->items, n * sizeof(struct nidx_node *));
        node->children = copy;
        node->n_children = n;
    } else if (node) {
        nidx_parser_nomem(p);
        node = NULL;
    }
    nidx_children_done(children);
    return node;
}

bool nidx_node_has_spans(const struct nidx_node *node)
{
    switch (node->type) {
    case NIDX_NODE_WORD:
    case NIDX_NODE_PREFIX:
    case NIDX_NODE_EXACT:
    case NIDX_NODE_WILDCARD:
    case NIDX_NODE_FUZZY:
    case NIDX_NODE_REGEX:
    case NIDX_NODE_LEAF:
    case NIDX_NODE_PHRASE:
    case NIDX_NODE_NEAR:
    case NIDX_NODE_BEFORE:
    case NIDX_NODE_SENTENCE:
    case NIDX_NODE_PARAGRAPH:
        return true;
    case NIDX_NODE_BOOL:
        for (uint32_t i = 0; i < node->n_children; i++)
            if (node->children[i]->occur == NIDX_MUST_NOT ||
                !nidx_node_has_spans(node->children[i]))
                return false;
        return true;
    case NIDX_NODE_NONE:
    case NIDX_NODE_ALL:
    case NIDX_NODE_KEYWORD:
    case NIDX_NODE_RANGE:
        break;
    }
    return false;
}
