/* expand_match.c: wildcards, fuzzy words and regular expressions to leaves.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/expand/expand_impl.h"

/* What a note shows of a pattern. */
static int shown(const struct nidx_node *of)
{
    return (int)(of->end - of->start < 60 ? of->end - of->start : 60);
}

static const char *text_of(const struct nidx_expansion *x,
                           const struct nidx_node *of)
{
    return (const char *)x->tree->query.data + of->start;
}

/* A leaf of all that the automaton, which is released, accepts. */
static struct nidx_node *leaf_of(struct nidx_expansion *x,
                                 const struct nidx_node *of,
                                 struct nidx_bytes name,
                                 struct nidx_automaton *automaton)
{
    struct nidx_terms terms = {0};
    bool limited = false, unfinished = false;

    nidx_expand_matching(x, of->field, automaton, &terms, &limited,
                         &unfinished);
    nidx_automaton_free(automaton);
    if (limited)
        nidx_expand_note(x, of,
                         "`%.*s` stands for more than %d words: the commonest "
                         "of them are searched",
                         shown(of), text_of(x, of), NIDX_EXPAND_MAX);
    if (unfinished)
        nidx_expand_note(x, of,
                         "`%.*s` takes too long to find all words that it "
                         "stands for: some are not searched",
                         shown(of), text_of(x, of));
    return nidx_expand_leaf(x, of, name, &terms);
}

/* A pattern that cannot be searched is said, and finds nothing. */
static struct nidx_node *refused(struct nidx_expansion *x,
                                 const struct nidx_node *of,
                                 enum nidx_status status)
{
    struct nidx_terms none = {0};

    if (status != NIDX_ERR_LIMIT && status != NIDX_ERR_SYNTAX) {
        nidx_expand_fail(x, status);
        return NULL;
    }
    nidx_expand_note(x, of, "`%.*s` finds nothing: the pattern is %s",
                     shown(of), text_of(x, of),
                     status == NIDX_ERR_LIMIT ? "too long or repeats too much"
                                              : "no regular expression");
    return nidx_expand_leaf(x, of, of->text, &none);
}

static bool is_word(uint8_t c)
{
    return nidx_expand_is_word(c) || c == '*' || c == '?';
}

static struct nidx_node *wildcard_leaf(struct nidx_expansion *x,
                                       const struct nidx_node *of,
                                       struct nidx_bytes text)
{
    struct nidx_automaton *automaton;
    size_t plain = 0;

    while (plain < text.len && text.data[plain] != '*' &&
           text.data[plain] != '?')
        plain++;
    if (plain == text.len)
        return nidx_expand_word(x, of, text);
    if (plain > 0 && plain + 1 == text.len && text.data[plain] == '*')
        return nidx_expand_prefix_leaf(x, of,
                                       (struct nidx_bytes){text.data, plain});
    const enum nidx_status status =
        nidx_automaton_wildcard(text, &automaton, x->err);
    return status == NIDX_OK ? leaf_of(x, of, text, automaton)
                             : refused(x, of, status);
}

/* Words of it that stand apart are neighbours. */
static struct nidx_node *wildcard(struct nidx_expansion *x,
                                  const struct nidx_node *of,
                                  struct nidx_bytes text)
{
    struct nidx_nodes words = {0};

    /* At the end a question mark asks a question. */
    while (text.len > 0 && !nidx_expand_is_word(text.data[text.len - 1]) &&
           text.data[text.len - 1] != '*')
        text.len--;
    for (size_t i = 0, j; i < text.len && x->status == NIDX_OK; i = j) {
        for (j = i; j < text.len && is_word(text.data[j]); j++) {
        }
        if (j > i)
            nidx_nodes_add(
                x, &words,
                wildcard_leaf(x, of, (struct nidx_bytes){text.data + i, j - i}),
                NIDX_MUST);
        else
            j++;
    }
    if (words.n == 1) {
        struct nidx_node *only = words.items[0];
        nidx_nodes_done(&words);
        return only;
    }
    return nidx_nodes_parent(x, NIDX_NODE_PHRASE, of, &words);
}

/* One word: what is no part of words is left out (bi-partisan~). */
static struct nidx_node *fuzzy(struct nidx_expansion *x,
                               const struct nidx_node *of,
                               struct nidx_buf *text)
{
    struct nidx_automaton *automaton;
    struct nidx_buf name = {0};
    size_t n = 0, n_chars = 0;

    for (size_t i = 0; i < text->len; i++)
        if (nidx_expand_is_word(text->data[i])) {
            n_chars += (text->data[i] & 0xc0) != 0x80;
            text->data[n++] = text->data[i];
        }
    text->len = n;
    if (n == 0)
        return NULL;
    /* Fewer edits than characters: else any short word would do. */
    const uint32_t edits =
        of->distance < n_chars ? of->distance : (uint32_t)n_chars - 1;
    if (edits < of->distance)
        nidx_expand_note(x, of, "`%.*s` is searched with %u edits: it is short",
                         shown(of), text_of(x, of), edits);
    const struct nidx_bytes word = {text->data, n};
    const enum nidx_status status =
        nidx_automaton_edits(word, edits, &automaton, x->err);
    if (status != NIDX_OK)
        return refused(x, of, status);
    nidx_buf_put(&name, word.data, word.len);
    nidx_buf_put(&name, "~", 1);
    if (edits != 1)
        nidx_buf_u8(&name, (uint8_t)('0' + edits));
    if (name.oom)
        nidx_expand_fail(x, nidx_nomem(x->err));
    struct nidx_node *leaf =
        leaf_of(x, of, (struct nidx_bytes){name.data, name.len}, automaton);
    nidx_buf_done(&name);
    return leaf;
}

static struct nidx_node *regex(struct nidx_expansion *x,
                               const struct nidx_node *of,
                               struct nidx_bytes text)
{
    struct nidx_automaton *automaton;
    struct nidx_buf name = {0};
    const enum nidx_status status =
        nidx_automaton_regex(text, &automaton, x->err);

    if (status != NIDX_OK)
        return refused(x, of, status);
    nidx_buf_put(&name, "/", 1);
    nidx_buf_put(&name, text.data, text.len);
    nidx_buf_put(&name, "/", 1);
    if (name.oom)
        nidx_expand_fail(x, nidx_nomem(x->err));
    struct nidx_node *leaf =
        leaf_of(x, of, (struct nidx_bytes){name.data, name.len}, automaton);
    nidx_buf_done(&name);
    return leaf;
}

struct nidx_node *nidx_expand_pattern_node(struct nidx_expansion *x,
                                           const struct nidx_node *of)
{
    struct nidx_buf buf = {0};
    struct nidx_node *node = NULL;

    nidx_analyze_normalise((const char *)of->text.data, of->text.len, true,
                           &buf);
    if (buf.oom)
        nidx_expand_fail(x, nidx_nomem(x->err));
    const struct nidx_bytes text = {buf.data, buf.len};
    if (x->status != NIDX_OK)
        node = NULL;
    else if (of->type == NIDX_NODE_FUZZY)
        node = fuzzy(x, of, &buf);
    else
        node = of->type == NIDX_NODE_REGEX ? regex(x, of, text)
                                           : wildcard(x, of, text);
    nidx_buf_done(&buf);
    return node;
}
