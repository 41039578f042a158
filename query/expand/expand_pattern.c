/* expand_pattern.c: prefixes and the values of keyword fields.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/expand/expand_impl.h"

bool nidx_expand_is_word(uint8_t c)
{
    return c >= 0x80 || c == '\'' || (c >= '0' && c <= '9') ||
           (c >= 'a' && c <= 'z');
}

static struct nidx_bytes bytes_of(const struct nidx_buf *b)
{
    return (struct nidx_bytes){b->data, b->len};
}

static void normalise(struct nidx_expansion *x, struct nidx_bytes text,
                      bool folded, struct nidx_buf *out)
{
    out->len = 0;
    nidx_analyze_normalise((const char *)text.data, text.len, folded, out);
    if (out->oom)
        nidx_expand_fail(x, nidx_nomem(x->err));
}

/* ------------------------------------------------------------- prefixes */

struct nidx_node *nidx_expand_prefix_leaf(struct nidx_expansion *x,
                                          const struct nidx_node *of,
                                          struct nidx_bytes prefix)
{
    struct nidx_terms terms = {0};
    struct nidx_buf shown = {0};
    bool limited = false;

    nidx_expand_prefix(x, of->field, prefix, &terms, &limited);
    if (limited)
        nidx_expand_note(x, of,
                         "`%.*s*` stands for more than %d words: the "
                         "commonest of them are searched",
                         (int)(prefix.len < 40 ? prefix.len : 40),
                         (const char *)prefix.data, NIDX_EXPAND_MAX);
    nidx_buf_put(&shown, prefix.data, prefix.len);
    nidx_buf_put(&shown, "*", 1);
    if (shown.oom)
        nidx_expand_fail(x, nidx_nomem(x->err));
    struct nidx_node *leaf = nidx_expand_leaf(x, of, bytes_of(&shown), &terms);
    nidx_buf_done(&shown);
    return leaf;
}

/* bi-part*: the words before the last are whole. */
static struct nidx_node *prefix_phrase(struct nidx_expansion *x,
                                       const struct nidx_node *of,
                                       struct nidx_bytes head,
                                       struct nidx_bytes tail)
{
    struct nidx_nodes words = {0};

    nidx_expand_text(x, of, head, &words);
    nidx_nodes_add(x, &words, nidx_expand_prefix_leaf(x, of, tail), NIDX_MUST);
    return nidx_nodes_parent(x, NIDX_NODE_PHRASE, of, &words);
}

/* Adds a way to read a compound where the index knows it. */
static void add_known(struct nidx_expansion *x, const struct nidx_node *of,
                      struct nidx_bytes prefix, struct nidx_nodes *out)
{
    struct nidx_node *leaf = nidx_expand_prefix_leaf(x, of, prefix);

    if (leaf && leaf->n_terms > 0)
        nidx_nodes_add(x, out, leaf, NIDX_SHOULD);
}

static struct nidx_node *compound(struct nidx_expansion *x,
                                  const struct nidx_node *of,
                                  struct nidx_bytes text, size_t split)
{
    const struct nidx_bytes head = {text.data, split};
    const struct nidx_bytes tail = {text.data + split, text.len - split};
    struct nidx_nodes ways = {0};
    struct nidx_buf joined = {0};

    nidx_nodes_add(x, &ways, prefix_phrase(x, of, head, tail), NIDX_SHOULD);
    add_known(x, of, text, &ways);
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] != '-')
            nidx_buf_u8(&joined, text.data[i]);
    if (joined.oom)
        nidx_expand_fail(x, nidx_nomem(x->err));
    if (joined.len < text.len)
        add_known(x, of, bytes_of(&joined), &ways);
    nidx_buf_done(&joined);
    return nidx_nodes_parent(x, NIDX_NODE_BOOL, of, &ways);
}

struct nidx_node *nidx_expand_prefix_node(struct nidx_expansion *x,
                                          const struct nidx_node *of)
{
    struct nidx_buf buf = {0};
    struct nidx_node *node = NULL;

    normalise(x, of->text, true, &buf);
    struct nidx_bytes text = bytes_of(&buf);
    while (text.len > 0 && !nidx_expand_is_word(text.data[0])) {
        text.data++;
        text.len--;
    }
    while (text.len > 0 && !nidx_expand_is_word(text.data[text.len - 1]))
        text.len--;
    size_t split = text.len;
    while (split > 0 && nidx_expand_is_word(text.data[split - 1]))
        split--;
    if (x->status == NIDX_OK && text.len > 0)
        node = split > 0 ? compound(x, of, text, split)
                         : nidx_expand_prefix_leaf(x, of, text);
    nidx_buf_done(&buf);
    return node;
}

/* ------------------------------------------------------------- keywords */

struct found_keywords {
    struct nidx_expansion *x;
    const struct nidx_node *of;
    struct nidx_nodes nodes;
    uint32_t visited;
};

static struct nidx_node *keyword(struct nidx_expansion *x,
                                 const struct nidx_node *of,
                                 struct nidx_bytes text)
{
    struct nidx_node *node = nidx_expand_node(x, NIDX_NODE_KEYWORD, of);

    if (!node)
        return NULL;
    node->text = nidx_arena_bytes(x->tree->arena, text.data, text.len);
    if (!node->text.data)
        nidx_expand_fail(x, nidx_nomem(x->err));
    return node;
}

static bool add_keyword(void *context, struct nidx_bytes text)
{
    struct found_keywords *f = context;

    if (f->nodes.n >= NIDX_EXPAND_MAX) {
        f->visited++;
        return false;
    }
    if (++f->x->n_expanded > 64u * NIDX_EXPAND_MAX) {
        nidx_expand_fail(f->x, nidx_fail(f->x->err, NIDX_ERR_LIMIT,
                                         "the query's keywords with `*` stand "
                                         "for too many keywords"));
        return false;
    }
    nidx_nodes_add(f->x, &f->nodes, keyword(f->x, f->of, text), NIDX_SHOULD);
    return f->x->status == NIDX_OK;
}

static struct nidx_node *keyword_prefix(struct nidx_expansion *x,
                                        const struct nidx_node *of,
                                        struct nidx_bytes prefix)
{
    struct found_keywords f = {.x = x, .of = of};

    nidx_expand_keywords(x, of->field, prefix, add_keyword, &f);
    if (f.visited > 0)
        nidx_expand_note(x, of,
                         "`%.*s*` stands for more than %d keywords: "
                         "the first of them are searched",
                         (int)(prefix.len < 40 ? prefix.len : 40),
                         (const char *)prefix.data, NIDX_EXPAND_MAX);
    if (f.nodes.n == 0 && x->status == NIDX_OK)
        return nidx_expand_node(x, NIDX_NODE_NONE, of);
    return nidx_nodes_parent(x, NIDX_NODE_BOOL, of, &f.nodes);
}

static void add_name(struct nidx_expansion *x, const struct nidx_node *of,
                     const char *name, struct nidx_nodes *out)
{
    const struct nidx_bytes text = {(const uint8_t *)name, strlen(name)};

    for (uint32_t i = 0; i < out->n; i++)
        if (nidx_bytes_compare(out->items[i]->text, text) == 0)
            return;
    if (text.len > 0)
        nidx_nodes_add(x, out, keyword(x, of, text), NIDX_SHOULD);
}

/* A language is found by its name and by its code, whichever the articles
 * state. */
static struct nidx_node *language(struct nidx_expansion *x,
                                  const struct nidx_node *of,
                                  struct nidx_bytes text)
{
    const nidx_language id =
        nidx_language_find((const char *)text.data, text.len);
    struct nidx_nodes names = {0};

    nidx_nodes_add(x, &names, keyword(x, of, text), NIDX_SHOULD);
    if (id != NIDX_LANGUAGE_NONE && x->status == NIDX_OK) {
        add_name(x, of, nidx_language_name(id), &names);
        add_name(x, of, nidx_language_code(id), &names);
    }
    return nidx_nodes_parent(x, NIDX_NODE_BOOL, of, &names);
}

struct nidx_node *nidx_expand_keyword_node(struct nidx_expansion *x,
                                           const struct nidx_node *of)
{
    struct nidx_buf buf = {0};
    struct nidx_node *node = NULL;

    normalise(x, of->text, false, &buf);
    if (x->status != NIDX_OK)
        node = NULL;
    else if (of->type == NIDX_NODE_PREFIX)
        node = keyword_prefix(x, of, bytes_of(&buf));
    else if (of->field == NIDX_FIELD_LANGUAGE)
        node = language(x, of, bytes_of(&buf));
    else
        node = keyword(x, of, bytes_of(&buf));
    nidx_buf_done(&buf);
    return node;
}
