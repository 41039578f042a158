/* spans_build.c: a node becomes a formula of AND and OR over sets of spans.
 *
 * AND is moved up through the operators, because (a AND b) NEAR c means
 * (a NEAR c) AND (b NEAR c). Sets are shared, so that c is evaluated once.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/spans/spans_impl.h"

/** Less than what parts two spaces of positions. */
#define DISTANCE_MAX (NIDX_POS_MAX / 2)

/** Sets of one query: beyond this AND distributes no further. */
#define SETS_MAX 65536

/* What goes with the recursion. A failed allocation sets oom. */
struct build {
    struct nidx_spans *s;
    bool oom;
    struct nidx_set *ends[2]; /* of sentences, of paragraphs; once wanted */
};

/* What makes an operator of sets. */
struct operation {
    enum nidx_set_type type;
    uint32_t distance;
    struct nidx_set *ends;
};

static struct nidx_formula *build_node(struct build *b,
                                       const struct nidx_node *node);

static void *grab(struct build *b, size_t n, size_t size)
{
    size_t bytes = nidx_mul_size(n ? n : 1, size);
    void *p = bytes == SIZE_MAX ? NULL : nidx_arena_alloc(b->s->arena, bytes);

    if (!p)
        b->oom = true;
    return p;
}

static struct nidx_set *new_set(struct build *b, enum nidx_set_type type,
                                uint32_t n_operands)
{
    struct nidx_set *set = grab(b, 1, sizeof(*set));

    if (!set)
        return NULL;
    set->type = type;
    set->n_operands = n_operands;
    set->operands = grab(b, n_operands, sizeof(struct nidx_set *));
    set->older = b->s->newest;
    b->s->newest = set;
    b->s->n_sets++;
    return set->operands ? set : NULL;
}

static struct nidx_formula *formula_of(struct build *b, struct nidx_set *set)
{
    struct nidx_formula *f = set ? grab(b, 1, sizeof(*f)) : NULL;

    if (!f)
        return NULL;
    f->type = NIDX_FORMULA_SET;
    f->set = set;
    return f;
}

static struct nidx_formula *new_formula(struct build *b,
                                        enum nidx_formula_type type, uint32_t n)
{
    struct nidx_formula *f = grab(b, 1, sizeof(*f));

    if (!f)
        return NULL;
    f->type = type;
    f->n = n;
    f->sides = grab(b, n, sizeof(struct nidx_formula *));
    return f->sides ? f : NULL;
}

static struct nidx_formula *build_leaf(struct build *b,
                                       const struct nidx_node *node)
{
    struct nidx_set *set = new_set(b, NIDX_SET_LEAF, 0);

    if (!set)
        return NULL;
    set->leaf = node;
    if (node->field != NIDX_FIELD_ALL && node->field != NIDX_FIELD_TITLE &&
        node->field != NIDX_FIELD_BODY)
        set->space = (nidx_pos)(node->field % 12 + 2) * NIDX_POS_MAX;
    return formula_of(b, set);
}

/* Whether a child of BOOL is left out of its spans. */
static bool left_out(const struct nidx_node *child)
{
    return child->occur == NIDX_MUST_NOT || child->type == NIDX_NODE_RANGE ||
           child->type == NIDX_NODE_KEYWORD || child->type == NIDX_NODE_ALL;
}

static struct nidx_formula *union_of(struct build *b, uint32_t n,
                                     struct nidx_set *const *operands)
{
    struct nidx_set *set = new_set(b, NIDX_SET_UNION, n);

    if (set && n)
        memcpy(set->operands, operands, n * sizeof(*operands));
    return formula_of(b, set);
}

/* An OR: the sides without AND become one set. */
static struct nidx_formula *build_or(struct build *b, uint32_t n,
                                     struct nidx_formula **sides)
{
    struct nidx_set **sets = grab(b, n, sizeof(*sets));
    uint32_t n_sets = 0, n_rest = 0;

    if (!sets)
        return NULL;
    for (uint32_t i = 0; i < n; i++) {
        if (sides[i]->type == NIDX_FORMULA_SET)
            sets[n_sets++] = sides[i]->set;
        else
            sides[n_rest++] = sides[i];
    }
    if (!n_rest)
        return union_of(b, n_sets, sets);
    struct nidx_formula *f =
        new_formula(b, NIDX_FORMULA_OR, n_rest + (n_sets > 0));
    if (!f)
        return NULL;
    memcpy(f->sides, sides, n_rest * sizeof(struct nidx_formula *));
    if (n_sets)
        f->sides[n_rest] = union_of(b, n_sets, sets);
    return !n_sets || f->sides[n_rest] ? f : NULL;
}

static struct nidx_formula *build_bool(struct build *b,
                                       const struct nidx_node *node)
{
    struct nidx_formula **sides = grab(b, node->n_children, sizeof(*sides));
    enum nidx_occur wanted = NIDX_SHOULD;
    uint32_t n = 0;

    for (uint32_t i = 0; i < node->n_children; i++) {
        if (!left_out(node->children[i]) &&
            node->children[i]->occur == NIDX_MUST)
            wanted = NIDX_MUST;
    }
    for (uint32_t i = 0; sides && i < node->n_children; i++) {
        const struct nidx_node *child = node->children[i];
        if (left_out(child) || child->occur != wanted)
            continue;
        sides[n] = build_node(b, child);
        if (!sides[n++])
            return NULL;
    }
    if (!sides || n == 1)
        return sides ? sides[0] : NULL;
    if (wanted == NIDX_SHOULD)
        return build_or(b, n, sides);
    struct nidx_formula *f = new_formula(b, NIDX_FORMULA_AND, n);
    if (f)
        memcpy(f->sides, sides, n * sizeof(struct nidx_formula *));
    return f;
}

static uint64_t count_sets(const struct nidx_formula *f)
{
    uint64_t n = f->type == NIDX_FORMULA_SET;

    for (uint32_t i = 0; i < f->n; i++)
        n += count_sets(f->sides[i]);
    return n;
}

static void list_sets(const struct nidx_formula *f, struct nidx_set **sets,
                      uint32_t *n)
{
    if (f->type == NIDX_FORMULA_SET)
        sets[(*n)++] = f->set;
    for (uint32_t i = 0; i < f->n; i++)
        list_sets(f->sides[i], sets, n);
}

/* The formula with every AND read as OR: one set. */
static struct nidx_formula *flatten(struct build *b, struct nidx_formula *f)
{
    if (f->type == NIDX_FORMULA_SET)
        return f;
    struct nidx_set **sets = grab(b, count_sets(f), sizeof(*sets));
    uint32_t n = 0;

    if (!sets)
        return NULL;
    b->s->cut = true;
    list_sets(f, sets, &n);
    return union_of(b, n, sets);
}

/* Holds the number of sets that distributing makes under the limits. */
static bool bound_operands(struct build *b, uint32_t n,
                           struct nidx_formula **operands)
{
    uint64_t product = 1;

    for (uint32_t i = 0; i < n; i++) {
        product *= count_sets(operands[i]);
        if (product <= NIDX_SPANS_ATOMS && b->s->n_sets + product <= SETS_MAX)
            continue;
        for (uint32_t k = 0; k < n; k++) {
            operands[k] = flatten(b, operands[k]);
            if (!operands[k])
                return false;
        }
        return true;
    }
    return true;
}

/* Which operand is taken apart next: the first AND, else the first OR; n where
 * all are sets. (a OR b) NEAR (c AND d) is ((a OR b) NEAR c) AND ... */
static uint32_t next_apart(uint32_t n, struct nidx_formula *const *operands)
{
    uint32_t first = n;

    for (uint32_t i = 0; i < n; i++) {
        if (operands[i]->type == NIDX_FORMULA_AND)
            return i;
        if (operands[i]->type == NIDX_FORMULA_OR && first == n)
            first = i;
    }
    return first;
}

/* The operator over operands, with every AND and OR of them moved up. */
static struct nidx_formula *distribute(struct build *b,
                                       const struct operation *op, uint32_t n,
                                       struct nidx_formula **operands)
{
    uint32_t i = next_apart(n, operands);

    if (i == n) {
        struct nidx_set *set = new_set(b, op->type, n);
        for (uint32_t k = 0; set && k < n; k++)
            set->operands[k] = operands[k]->set;
        if (set) {
            set->distance =
                op->distance < DISTANCE_MAX ? op->distance : DISTANCE_MAX;
            set->ends = op->ends;
        }
        return formula_of(b, set);
    }
    struct nidx_formula *whole = operands[i];
    struct nidx_formula *f = new_formula(b, whole->type, whole->n);
    for (uint32_t k = 0; f && k < whole->n; k++) {
        operands[i] = whole->sides[k];
        f->sides[k] = distribute(b, op, n, operands);
        if (!f->sides[k])
            f = NULL;
    }
    operands[i] = whole;
    return f;
}

/* The ends of sentences or paragraphs, as the set of a leaf. Fields that are
 * not in ALL have none: each is one sentence. */
static struct nidx_set *ends_of(struct build *b, bool paragraph)
{
    struct nidx_node *leaf;
    struct nidx_set *set = b->ends[paragraph];

    if (set)
        return set;
    leaf = grab(b, 1, sizeof(*leaf));
    set = new_set(b, NIDX_SET_LEAF, 0);
    if (!leaf || !set)
        return NULL;
    leaf->type = NIDX_NODE_LEAF;
    leaf->field = NIDX_FIELD_ALL;
    leaf->terms = grab(b, 1, sizeof(*leaf->terms));
    if (!leaf->terms)
        return NULL;
    leaf->n_terms = 1;
    leaf->terms[0].kind = paragraph ? NIDX_KIND_PARAGRAPH : NIDX_KIND_SENTENCE;
    set->leaf = leaf;
    b->ends[paragraph] = set;
    return set;
}

/* Ends that are wanted are made first: sets are newer than what they need. */
static bool operation_of(struct build *b, const struct nidx_node *node,
                         struct operation *out)
{
    const bool paragraph = node->type == NIDX_NODE_PARAGRAPH;

    *out = (struct operation){
        .type = node->type == NIDX_NODE_PHRASE   ? NIDX_SET_PHRASE
                : node->type == NIDX_NODE_NEAR   ? NIDX_SET_NEAR
                : node->type == NIDX_NODE_BEFORE ? NIDX_SET_BEFORE
                                                 : NIDX_SET_WITHIN,
        .distance = node->distance};
    if (out->type == NIDX_SET_WITHIN)
        out->ends = ends_of(b, paragraph);
    return out->type != NIDX_SET_WITHIN || out->ends;
}

static struct nidx_formula *build_operator(struct build *b,
                                           const struct nidx_node *node)
{
    struct nidx_formula **operands =
        grab(b, node->n_children, sizeof(*operands));
    struct operation op;

    if (!operation_of(b, node, &op))
        return NULL;

    for (uint32_t i = 0; operands && i < node->n_children; i++) {
        operands[i] = build_node(b, node->children[i]);
        if (!operands[i])
            return NULL;
    }
    if (!operands || !bound_operands(b, node->n_children, operands))
        return NULL;
    if (op.type == NIDX_SET_PHRASE)
        return distribute(b, &op, node->n_children, operands);
    /* A NEAR of several binds to the left, as a chain of two does. */
    struct nidx_formula *f = operands[0];
    for (uint32_t i = 1; f && i < node->n_children; i++) {
        struct nidx_formula *pair[2] = {f, operands[i]};
        f = bound_operands(b, 2, pair) ? distribute(b, &op, 2, pair) : NULL;
    }
    return f;
}

static struct nidx_formula *build_node(struct build *b,
                                       const struct nidx_node *node)
{
    if (node->type == NIDX_NODE_LEAF)
        return build_leaf(b, node);
    if (node->type == NIDX_NODE_BOOL)
        return build_bool(b, node);
    if (!node->n_children || node->type < NIDX_NODE_BOOL)
        return union_of(b, 0, NULL);
    if (node->n_children == 1)
        return build_node(b, node->children[0]);
    return build_operator(b, node);
}

enum nidx_status nidx_spans_build(struct nidx_spans *s,
                                  const struct nidx_node *node,
                                  struct nidx_error *err)
{
    struct build b = {.s = s};

    s->root = build_node(&b, node);
    return s->root ? NIDX_OK : nidx_nomem(err);
}
