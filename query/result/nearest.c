/* nearest.c: what comes nearest where no document has everything asked for.
 *
 * Of the clauses that must match, the fewest possible are given up: first any
 * one, then any two, until something matches. Filters (dates, keywords) and
 * what must not match stay. No document matches more clauses than those of the
 * first non-empty step, so each found there is in one combination alone, and
 * scores are those of its clauses.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "query/result/result.h"

/** Clauses up to which all combinations are tried; beyond, a plain OR. */
#define CLAUSES_MAX      10
#define COMBINATIONS_MAX 256

/** The clauses of a query that must match, apart from filters. */
struct clauses {
    struct nidx_node *must[CLAUSES_MAX];
    uint32_t n;
};

static bool is_filter(const struct nidx_node *node)
{
    return node->type == NIDX_NODE_RANGE || node->type == NIDX_NODE_KEYWORD ||
           node->type == NIDX_NODE_ALL || node->type == NIDX_NODE_NONE;
}

static bool is_clause(const struct nidx_node *node)
{
    return node->occur == NIDX_MUST && !is_filter(node);
}

static struct nidx_node *new_bool(struct nidx_tree *tree, uint32_t room)
{
    struct nidx_node *node = nidx_arena_alloc(tree->arena, sizeof(*node));

    if (!node)
        return NULL;
    node->type = NIDX_NODE_BOOL;
    node->boost = 1;
    node->children =
        nidx_arena_alloc(tree->arena, (room + 1) * sizeof(*node->children));
    return node->children ? node : NULL;
}

static bool add_copy(struct nidx_tree *tree, struct nidx_node *parent,
                     const struct nidx_node *child, enum nidx_occur occur)
{
    struct nidx_node *copy = nidx_arena_alloc(tree->arena, sizeof(*copy));

    if (!copy)
        return false;
    *copy = *child;
    copy->occur = occur;
    parent->children[parent->n_children++] = copy;
    return true;
}

/** AND of the clauses of a bit set. */
static struct nidx_node *combination(struct nidx_tree *tree,
                                     const struct clauses *c, uint32_t set)
{
    struct nidx_node *node = new_bool(tree, c->n);

    for (uint32_t i = 0; node && i < c->n; i++) {
        if (set >> i & 1 && !add_copy(tree, node, c->must[i], NIDX_MUST))
            return NULL;
    }
    return node;
}

static uint32_t bits_of(uint32_t set)
{
    uint32_t n = 0;

    for (; set; set &= set - 1)
        n++;
    return n;
}

/** The tree that asks for keep of the clauses; NULL without memory or where
 * there are too many combinations (n_made tells). */
static struct nidx_node *relaxed(struct nidx_tree *tree,
                                 const struct nidx_node *root,
                                 const struct clauses *c, uint32_t keep)
{
    struct nidx_node *all = new_bool(tree, root->n_children + 1);
    struct nidx_node *any = new_bool(tree, COMBINATIONS_MAX);

    if (!all || !any)
        return NULL;
    for (uint32_t set = 1; set < 1u << c->n; set++) {
        if (bits_of(set) != keep || any->n_children == COMBINATIONS_MAX)
            continue;
        struct nidx_node *one = keep == 1 ? NULL : combination(tree, c, set);
        if (keep == 1) {
            uint32_t i = 0;
            while (!(set >> i & 1))
                i++;
            one = c->must[i];
        }
        if (!one || !add_copy(tree, any, one, NIDX_SHOULD))
            return NULL;
    }
    any->occur = NIDX_MUST;
    all->children[all->n_children++] = any;
    for (uint32_t i = 0; i < root->n_children; i++) {
        if (!is_clause(root->children[i]) &&
            !add_copy(tree, all, root->children[i], root->children[i]->occur))
            return NULL;
    }
    return all;
}

static enum nidx_status count_tree(struct nidx_result *r,
                                   struct nidx_node *root,
                                   const struct nidx_exec_options *options,
                                   uint64_t *n, struct nidx_error *err)
{
    struct nidx_tree tree = r->tree;
    struct nidx_plan *plan;

    tree.root = root;
    enum nidx_status status =
        nidx_plan_new(&tree, r->commit->catalog, options, &plan, err);
    if (status == NIDX_OK)
        status = nidx_plan_count(plan, n, err);
    nidx_plan_free(plan);
    return status;
}

static int typed_len(const struct nidx_result *r, const struct nidx_node *node)
{
    return node->end > node->start && node->end <= r->tree.query.len
               ? (int)(node->end - node->start)
               : 0;
}

static const char *typed(const struct nidx_result *r,
                         const struct nidx_node *node)
{
    return (const char *)r->tree.query.data + node->start;
}

/** Says of a pair of clauses that no document has both. */
static enum nidx_status note_pair(struct nidx_result *r,
                                  const struct nidx_exec_options *options,
                                  const struct clauses *c, uint32_t i,
                                  uint32_t j, bool *said,
                                  struct nidx_error *err)
{
    uint64_t n = 0;
    const struct nidx_node *a = c->must[i], *b = c->must[j];
    struct nidx_node *both = combination(&r->tree, c, 1u << i | 1u << j);

    if (!both)
        return nidx_nomem(err);
    enum nidx_status status = count_tree(r, both, options, &n, err);
    if (status != NIDX_OK || n > 0 || typed_len(r, a) == 0 ||
        typed_len(r, b) == 0)
        return status;
    *said = true;
    return nidx_result_add_note(r, err, "no article has both `%.*s` and `%.*s`",
                                typed_len(r, a), typed(r, a), typed_len(r, b),
                                typed(r, b));
}

/** Whether a clause matches nothing at all: it is said on its own. */
static enum nidx_status is_empty(struct nidx_result *r,
                                 const struct nidx_exec_options *options,
                                 const struct clauses *c, uint32_t i,
                                 bool *empty, struct nidx_error *err)
{
    uint64_t n = 0;
    struct nidx_node *one = combination(&r->tree, c, 1u << i);

    if (!one)
        return nidx_nomem(err);
    enum nidx_status status = count_tree(r, one, options, &n, err);
    *empty = n == 0;
    if (status != NIDX_OK || n > 0 || typed_len(r, c->must[i]) == 0)
        return status;
    return nidx_result_add_note(r, err, "no article has `%.*s`",
                                typed_len(r, c->must[i]), typed(r, c->must[i]));
}

static enum nidx_status note_missing(struct nidx_result *r,
                                     const struct nidx_exec_options *options,
                                     const struct clauses *c,
                                     struct nidx_error *err)
{
    bool empty[CLAUSES_MAX] = {false}, said = false;
    enum nidx_status status = NIDX_OK;

    for (uint32_t i = 0; i < c->n && status == NIDX_OK; i++) {
        status = is_empty(r, options, c, i, &empty[i], err);
        said |= empty[i];
    }
    for (uint32_t i = 0; i < c->n; i++) {
        for (uint32_t j = i + 1; j < c->n && status == NIDX_OK; j++) {
            if (!empty[i] && !empty[j])
                status = note_pair(r, options, c, i, j, &said, err);
        }
    }
    if (status == NIDX_OK && !said)
        status =
            nidx_result_add_note(r, err, "no article has all of this together");
    return status;
}

/** Every clause becomes optional: where there are too many to combine. */
static struct nidx_node *all_optional(struct nidx_tree *tree,
                                      const struct nidx_node *root)
{
    struct nidx_node *any = new_bool(tree, root->n_children);
    struct nidx_node *all = new_bool(tree, root->n_children + 1);

    if (!any || !all)
        return NULL;
    any->occur = NIDX_MUST;
    all->children[all->n_children++] = any;
    for (uint32_t i = 0; i < root->n_children; i++) {
        const bool clause = is_clause(root->children[i]);
        if (!add_copy(tree, clause ? any : all, root->children[i],
                      clause ? NIDX_SHOULD : root->children[i]->occur))
            return NULL;
    }
    return all;
}

static enum nidx_status relax(struct nidx_result *r,
                              const struct nidx_exec_options *options,
                              const struct clauses *c, bool *changed,
                              struct nidx_error *err)
{
    uint64_t n = 0;

    for (uint32_t keep = c->n - 1; keep > 0; keep--) {
        struct nidx_node *root = relaxed(&r->tree, r->tree.root, c, keep);
        if (!root)
            return nidx_nomem(err);
        enum nidx_status status = count_tree(r, root, options, &n, err);
        if (status != NIDX_OK)
            return status;
        if (n > 0) {
            r->tree.root = root;
            *changed = true;
            return NIDX_OK;
        }
    }
    return NIDX_OK;
}

enum nidx_status nidx_result_nearest(struct nidx_result *r,
                                     const struct nidx_exec_options *options,
                                     bool *changed, struct nidx_error *err)
{
    const struct nidx_node *root = r->tree.root;
    struct clauses c = {.n = 0};
    uint32_t n = 0;

    *changed = false;
    if (root->type != NIDX_NODE_BOOL)
        return NIDX_OK;
    for (uint32_t i = 0; i < root->n_children; i++) {
        if (!is_clause(root->children[i]))
            continue;
        if (n < CLAUSES_MAX)
            c.must[n] = root->children[i];
        n++;
    }
    if (n < 2)
        return NIDX_OK;
    if (n > CLAUSES_MAX) {
        struct nidx_node *loose = all_optional(&r->tree, root);
        if (!loose)
            return nidx_nomem(err);
        r->tree.root = loose;
        *changed = true;
        return nidx_result_add_note(r, err,
                                    "no article has all of this together");
    }
    c.n = n;
    enum nidx_status status = note_missing(r, options, &c, err);
    if (status == NIDX_OK)
        status = relax(r, options, &c, changed, err);
    return status;
}
