/* expand.c: a parsed tree and a catalog to an expanded tree: the walk.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/expand/expand.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "query/expand/expand_impl.h"
#include "query/parse/field.h"

/* What the words of earlier queries may take before they are forgotten. */
#define WORDS_BYTES ((size_t)1 << 20)

/* ---------------------------------------------------------------- nodes */

void nidx_nodes_done(struct nidx_nodes *n)
{
    free(n->items);
    *n = (struct nidx_nodes){0};
}

void nidx_nodes_add(struct nidx_expansion *x, struct nidx_nodes *n,
                    struct nidx_node *node, enum nidx_occur occur)
{
    if (!node)
        return;
    if (n->n == n->cap) {
        const uint32_t cap = n->cap ? n->cap * 2 : 4;
        struct nidx_node **items =
            realloc(n->items, nidx_mul_size(cap, sizeof(struct nidx_node *)));
        if (!items) {
            nidx_expand_fail(x, nidx_nomem(x->err));
            return;
        }
        n->items = items;
        n->cap = cap;
    }
    node->occur = occur;
    n->items[n->n++] = node;
}

struct nidx_node *nidx_expand_node(struct nidx_expansion *x,
                                   enum nidx_node_type type,
                                   const struct nidx_node *of)
{
    struct nidx_node *node = nidx_arena_alloc(x->tree->arena, sizeof(*node));

    if (!node) {
        nidx_expand_fail(x, nidx_nomem(x->err));
        return NULL;
    }
    node->type = type;
    node->boost = 1.0f;
    node->field = of->field;
    node->start = of->start;
    node->end = of->end;
    return node;
}

struct nidx_node *nidx_nodes_parent(struct nidx_expansion *x,
                                    enum nidx_node_type type,
                                    const struct nidx_node *of,
                                    struct nidx_nodes *children)
{
    const size_t size = children->n * sizeof(struct nidx_node *);
    struct nidx_node *node = NULL;

    if (children->n > 0 && x->status == NIDX_OK)
        node = nidx_expand_node(x, type, of);
    if (node) {
        node->children = nidx_arena_alloc(x->tree->arena, size);
        node->n_children = children->n;
        if (node->children)
            memcpy(node->children, children->items, size);
        else
            nidx_expand_fail(x, nidx_nomem(x->err));
    }
    nidx_nodes_done(children);
    return x->status == NIDX_OK ? node : NULL;
}

void nidx_expand_note(struct nidx_expansion *x, const struct nidx_node *of,
                      const char *format, ...)
{
    char text[400];
    va_list args;

    if (x->status != NIDX_OK)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    nidx_expand_fail(
        x, nidx_tree_note(x->tree, of->start, of->end, x->err, "%s", text));
}

static struct nidx_leaf_term *own_terms(struct nidx_expansion *x,
                                        const struct nidx_terms *terms)
{
    const size_t size = terms->n * sizeof(*terms->items);
    struct nidx_leaf_term *copy = nidx_arena_alloc(x->tree->arena, size);

    if (copy && size > 0)
        memcpy(copy, terms->items, size);
    return copy;
}

struct nidx_node *nidx_expand_leaf(struct nidx_expansion *x,
                                   const struct nidx_node *of,
                                   struct nidx_bytes text,
                                   struct nidx_terms *terms)
{
    struct nidx_node *leaf = NULL;

    if (x->n_leaves == NIDX_QUERY_LEAVES && !x->full) {
        nidx_expand_note(x, of,
                         "the query has more than %d words: the rest "
                         "is ignored",
                         NIDX_QUERY_LEAVES);
        x->full = true;
    }
    if (!x->full && x->status == NIDX_OK)
        leaf = nidx_expand_node(x, NIDX_NODE_LEAF, of);
    if (leaf) {
        leaf->text = nidx_arena_bytes(x->tree->arena, text.data, text.len);
        leaf->terms = own_terms(x, terms);
        leaf->n_terms = terms->n;
        x->n_leaves++;
        if (!leaf->text.data || !leaf->terms)
            nidx_expand_fail(x, nidx_nomem(x->err));
    }
    nidx_terms_done(terms);
    return leaf;
}

/* ----------------------------------------------------------------- walk */

static struct nidx_node *expand(struct nidx_expansion *x,
                                const struct nidx_node *of);

static void note_no_word(struct nidx_expansion *x, const struct nidx_node *of)
{
    if (!x->full)
        nidx_expand_note(x, of,
                         "`%.*s` holds nothing that is indexed and is "
                         "ignored",
                         (int)(of->text.len < 40 ? of->text.len : 40),
                         (const char *)of->text.data);
}

/* Two neighbours that are also written as one: (a AND b) OR ab. */
static struct nidx_node *joined(struct nidx_expansion *x,
                                const struct nidx_node *a,
                                const struct nidx_node *b)
{
    struct nidx_buf text = {0};
    struct nidx_node *both = NULL, *one = NULL;

    if (nidx_analyze_joins((const char *)a->text.data, a->text.len,
                           (const char *)b->text.data, b->text.len, &text) &&
        !text.oom)
        one = nidx_expand_word(x, a, (struct nidx_bytes){text.data, text.len});
    if (text.oom)
        nidx_expand_fail(x, nidx_nomem(x->err));
    nidx_buf_done(&text);
    if (!one || one->type != NIDX_NODE_LEAF || one->n_terms == 0)
        return NULL;
    one->end = b->end;
    struct nidx_nodes parts = {0}, ways = {0};
    nidx_nodes_add(x, &parts, expand(x, a), NIDX_MUST);
    nidx_nodes_add(x, &parts, expand(x, b), NIDX_MUST);
    both = nidx_nodes_parent(x, NIDX_NODE_BOOL, a, &parts);
    nidx_nodes_add(x, &ways, both, NIDX_SHOULD);
    nidx_nodes_add(x, &ways, one, NIDX_SHOULD);
    return nidx_nodes_parent(x, NIDX_NODE_BOOL, a, &ways);
}

static bool may_join(const struct nidx_node *a, const struct nidx_node *b)
{
    return a->type == NIDX_NODE_WORD && b->type == NIDX_NODE_WORD &&
           a->occur == NIDX_MUST && b->occur == NIDX_MUST &&
           a->field == b->field && a->boost == 1.0f && b->boost == 1.0f;
}

/* Where any of the words may match, any part of a compound may too: who asks
 * for `two-dimensional flow` in prose also means articles that say it
 * otherwise. Measured on judged collections; see bench/judged.c. */
static bool is_loose(const struct nidx_node *node)
{
    return node->loose && node->type == NIDX_NODE_WORD && node->boost == 1.0f &&
           nidx_field_kind(node->field) == NIDX_FIELD_TEXT;
}

static struct nidx_node *expand_bool(struct nidx_expansion *x,
                                     const struct nidx_node *of)
{
    struct nidx_nodes children = {0};

    for (uint32_t i = 0; i < of->n_children && x->status == NIDX_OK; i++) {
        const struct nidx_node *child = of->children[i];
        struct nidx_node *node = NULL;
        if (is_loose(child)) {
            nidx_expand_loose(x, child, child->text, &children);
            continue;
        }
        if (i + 1 < of->n_children && may_join(child, of->children[i + 1])) {
            node = joined(x, child, of->children[i + 1]);
            i += node != NULL;
        }
        if (!node)
            node = expand(x, child);
        nidx_nodes_add(x, &children, node, child->occur);
    }
    return nidx_nodes_parent(x, NIDX_NODE_BOOL, of, &children);
}

/* Words of a phrase give a node each; other operands are one. */
static struct nidx_node *expand_phrase(struct nidx_expansion *x,
                                       const struct nidx_node *of)
{
    struct nidx_nodes children = {0};

    for (uint32_t i = 0; i < of->n_children && x->status == NIDX_OK; i++) {
        const struct nidx_node *child = of->children[i];
        const uint32_t before = children.n;
        if (child->type == NIDX_NODE_WORD || child->type == NIDX_NODE_EXACT) {
            nidx_expand_text(x, child, child->text, &children);
            if (children.n == before)
                note_no_word(x, child);
        } else {
            nidx_nodes_add(x, &children, expand(x, child), NIDX_MUST);
        }
    }
    struct nidx_node *node =
        nidx_nodes_parent(x, NIDX_NODE_PHRASE, of, &children);
    if (node)
        node->distance = of->distance;
    return node;
}

static struct nidx_node *expand_near(struct nidx_expansion *x,
                                     const struct nidx_node *of)
{
    struct nidx_nodes children = {0};

    for (uint32_t i = 0; i < of->n_children && x->status == NIDX_OK; i++)
        nidx_nodes_add(x, &children, expand(x, of->children[i]), NIDX_MUST);
    struct nidx_node *node = nidx_nodes_parent(x, of->type, of, &children);
    if (node)
        node->distance = of->distance;
    return node;
}

static struct nidx_node *expand_range(struct nidx_expansion *x,
                                      const struct nidx_node *of)
{
    struct nidx_node *node = nidx_expand_node(x, NIDX_NODE_RANGE, of);

    if (node) {
        node->column = of->column;
        node->lo = of->lo;
        node->hi = of->hi;
    }
    return node;
}

static struct nidx_node *expand_words(struct nidx_expansion *x,
                                      const struct nidx_node *of)
{
    struct nidx_node *node;

    if (nidx_field_kind(of->field) == NIDX_FIELD_KEYWORD)
        return nidx_expand_keyword_node(x, of);
    if (of->type == NIDX_NODE_PREFIX)
        node = nidx_expand_prefix_node(x, of);
    else if (of->type == NIDX_NODE_WORD || of->type == NIDX_NODE_EXACT)
        node = nidx_expand_word(x, of, of->text);
    else
        node = nidx_expand_pattern_node(x, of);
    if (!node)
        note_no_word(x, of);
    return node;
}

static struct nidx_node *expand(struct nidx_expansion *x,
                                const struct nidx_node *of)
{
    struct nidx_node *node = NULL;

    switch (of->type) {
    case NIDX_NODE_WORD:
    case NIDX_NODE_PREFIX:
    case NIDX_NODE_EXACT:
    case NIDX_NODE_WILDCARD:
    case NIDX_NODE_FUZZY:
    case NIDX_NODE_REGEX:
    case NIDX_NODE_KEYWORD:
        node = expand_words(x, of);
        break;
    case NIDX_NODE_RANGE:
        node = expand_range(x, of);
        break;
    case NIDX_NODE_BOOL:
        node = expand_bool(x, of);
        break;
    case NIDX_NODE_PHRASE:
        node = expand_phrase(x, of);
        break;
    case NIDX_NODE_NEAR:
    case NIDX_NODE_BEFORE:
    case NIDX_NODE_SENTENCE:
    case NIDX_NODE_PARAGRAPH:
        node = expand_near(x, of);
        break;
    case NIDX_NODE_NONE:
    case NIDX_NODE_ALL:
    case NIDX_NODE_LEAF:
        node = nidx_expand_node(
            x, of->type == NIDX_NODE_ALL ? NIDX_NODE_ALL : NIDX_NODE_NONE, of);
        break;
    }
    if (node)
        node->boost *= of->boost;
    return x->status == NIDX_OK ? node : NULL;
}

static void number(struct nidx_node *node, uint32_t *next)
{
    if (node->type == NIDX_NODE_LEAF)
        node->leaf = (*next)++;
    for (uint32_t i = 0; i < node->n_children; i++)
        number(node->children[i], next);
}

/* ---------------------------------------------------------------- frame */

struct nidx_expander {
    const struct nidx_catalog *catalog;
    struct nidx_vocab *vocab;       /* made when first needed */
    struct nidx_analyzer *analyzer; /* likewise */
    struct nidx_strtab_cursor *cursors;
    struct nidx_known_words *known;
    struct nidx_buf key, scratch;
};

enum nidx_status nidx_expander_new(const struct nidx_catalog *catalog,
                                   struct nidx_expander **out,
                                   struct nidx_error *err)
{
    const uint32_t n = catalog->manifest.n_segments;
    struct nidx_expander *e = calloc(1, sizeof(*e));

    *out = NULL;
    if (!e)
        return nidx_nomem(err);
    e->catalog = catalog;
    e->cursors = calloc((size_t)n + 1, sizeof(*e->cursors));
    if (!e->cursors) {
        free(e);
        return nidx_nomem(err);
    }
    for (uint32_t i = 0; i < n; i++)
        nidx_strtab_cursor_init(&e->cursors[i], &catalog->segments[i]->terms);
    *out = e;
    return NIDX_OK;
}

static void drop_words(struct nidx_expander *e)
{
    nidx_analyzer_free(e->analyzer);
    nidx_vocab_free(e->vocab);
    e->analyzer = NULL;
    e->vocab = NULL;
}

void nidx_expander_free(struct nidx_expander *e)
{
    if (!e)
        return;
    for (uint32_t i = 0; i < e->catalog->manifest.n_segments; i++)
        nidx_strtab_cursor_done(&e->cursors[i]);
    free(e->cursors);
    nidx_known_words_free(e->known);
    drop_words(e);
    nidx_buf_done(&e->key);
    nidx_buf_done(&e->scratch);
    free(e);
}

/* Words of earlier queries are kept, but not for ever. */
static enum nidx_status ready(struct nidx_expander *e, struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;

    if (e->vocab && nidx_vocab_memory(e->vocab) > WORDS_BYTES)
        drop_words(e);
    if (!e->vocab)
        status = nidx_vocab_new(&e->vocab, err);
    if (status == NIDX_OK && !e->analyzer)
        status = nidx_analyzer_new(e->vocab, &e->analyzer, err);
    return status;
}

static void start(struct nidx_expansion *x, struct nidx_expander *e,
                  const struct nidx_tree *parsed)
{
    nidx_expand_fail(x, ready(e, x->err));
    if (x->status != NIDX_OK)
        return;
    x->vocab = e->vocab;
    x->analyzer = e->analyzer;
    x->tree->arena = nidx_arena_new();
    if (x->tree->arena)
        x->tree->query = nidx_arena_bytes(x->tree->arena, parsed->query.data,
                                          parsed->query.len);
    if (!x->tree->query.data)
        nidx_expand_fail(x, nidx_nomem(x->err));
}

/* After a failure nothing is taken to be in order. */
static void end(struct nidx_expansion *x, struct nidx_expander *e)
{
    e->key = x->key;
    e->scratch = x->scratch;
    if (x->status == NIDX_OK)
        return;
    nidx_buf_done(&e->key);
    nidx_buf_done(&e->scratch);
    drop_words(e);
    nidx_tree_done(x->tree);
}

enum nidx_status nidx_expander_run(struct nidx_expander *e,
                                   const struct nidx_tree *parsed,
                                   struct nidx_tree *out,
                                   struct nidx_error *err)
{
    struct nidx_expansion x = {.catalog = e->catalog,
                               .tree = out,
                               .err = err,
                               .cursors = e->cursors,
                               .known = &e->known,
                               .key = e->key,
                               .scratch = e->scratch};
    uint32_t n_leaves = 0;

    start(&x, e, parsed);
    struct nidx_node *root = NULL;
    if (x.status == NIDX_OK)
        root = expand(&x, parsed->root);
    if (x.status == NIDX_OK && root)
        root = nidx_rewrite(&x, root);
    if (x.status == NIDX_OK && !root)
        root = nidx_expand_node(&x, NIDX_NODE_NONE, parsed->root);
    out->root = root;
    if (x.status == NIDX_OK)
        number(root, &n_leaves);
    end(&x, e);
    return x.status;
}

enum nidx_status nidx_tree_expand(const struct nidx_tree *parsed,
                                  const struct nidx_catalog *catalog,
                                  struct nidx_tree *out, struct nidx_error *err)
{
    struct nidx_expander *e;
    enum nidx_status status = nidx_expander_new(catalog, &e, err);

    if (status == NIDX_OK)
        status = nidx_expander_run(e, parsed, out, err);
    nidx_expander_free(e);
    return status;
}
