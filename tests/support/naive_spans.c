/* naive_spans.c: all spans of a node, by trying every combination.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "tests/support/naive.h"
#include "tests/support/naive_impl.h"

/** A span and the occurrences that make it, as bits. */
struct made {
    struct naive_span span;
    uint64_t parts[NAIVE_PARTS / 64];
};

/** The value of a node: spans, or several values joined by AND or OR. */
struct value {
    enum {
        SPANS,
        AND,
        OR
    } type;
    struct made *spans;
    size_t n;
    struct value **sides;
};

/** One evaluation: the document, and the occurrences met so far. */
struct eval {
    struct nidx_arena *arena;
    const struct naive_doc *doc;
    struct naive_part parts[NAIVE_PARTS];
    uint32_t n_parts;
};

static struct value *value_of(struct eval *e, const struct nidx_node *node);

static void *grab(struct eval *e, size_t n, size_t size)
{
    void *p = nidx_arena_alloc(e->arena, (n ? n : 1) * size);

    if (!p)
        abort();
    return p;
}

bool naive_same(const char *text, struct nidx_bytes bytes)
{
    /* Most differ in the first byte: worth a look, with a thousand forms of
     * a prefix. */
    if (bytes.len > 0 && (uint8_t)text[0] != bytes.data[0])
        return false;
    return strlen(text) == bytes.len &&
           memcmp(text, bytes.data, bytes.len) == 0;
}

bool naive_counts(const struct naive_token *t, const struct nidx_leaf_term *l)
{
    if (!naive_same(t->term, l->text))
        return false;
    for (uint32_t i = 0; i < l->n_forms; i++) {
        if (naive_same(t->form, l->forms[i]))
            return true;
    }
    return l->n_forms == 0;
}

uint32_t naive_in_field(const struct naive_field *f,
                        const struct nidx_node *leaf, struct naive_span *out,
                        uint32_t space)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < f->n; i++) {
        for (uint32_t k = 0; k < leaf->n_terms; k++) {
            const struct naive_token *t = &f->tokens[i];
            if (!naive_counts(t, &leaf->terms[k]))
                continue;
            if (out) {
                out[n].start = space + t->pos;
                out[n].end = space + t->pos + t->len;
            }
            n++;
        }
    }
    return n;
}

static int compare(const void *a, const void *b)
{
    const struct naive_span *x = &((const struct made *)a)->span;
    const struct naive_span *y = &((const struct made *)b)->span;

    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return x->end < y->end ? -1 : x->end > y->end;
}

/* Equal spans become one, made by the parts of all. */
static void sort_unique(struct made *spans, size_t *n)
{
    size_t kept = 0;

    if (*n)
        qsort(spans, *n, sizeof(*spans), compare);
    for (size_t i = 0; i < *n; i++) {
        if (!kept || compare(&spans[kept - 1], &spans[i]) != 0) {
            spans[kept++] = spans[i];
            continue;
        }
        for (uint32_t k = 0; k < NAIVE_PARTS / 64; k++)
            spans[kept - 1].parts[k] |= spans[i].parts[k];
    }
    *n = kept;
}

/* The number of an occurrence of a leaf; beyond NAIVE_PARTS all are one. */
static uint32_t part_number(struct eval *e, const struct nidx_node *leaf,
                            struct naive_span span)
{
    struct naive_part part = {.leaf = leaf->leaf, .span = span};

    for (uint32_t i = 0; i < e->n_parts; i++) {
        const struct naive_part *p = &e->parts[i];
        if (p->leaf == leaf->leaf && p->span.start == span.start &&
            p->span.end == span.end)
            return i;
    }
    if (e->n_parts == NAIVE_PARTS)
        return NAIVE_PARTS - 1;
    e->parts[e->n_parts] = part;
    return e->n_parts++;
}

static void add_field(struct eval *e, struct value *v,
                      const struct naive_field *f, const struct nidx_node *leaf,
                      uint32_t space)
{
    struct naive_span *spans =
        grab(e, (size_t)f->n * leaf->n_terms, sizeof(*spans));
    uint32_t n = naive_in_field(f, leaf, spans, space);

    for (uint32_t i = 0; i < n; i++) {
        struct made *m = &v->spans[v->n++];
        uint32_t part = part_number(e, leaf, spans[i]);
        m->span = spans[i];
        m->parts[part / 64] |= UINT64_C(1) << part % 64;
    }
}

static struct value *value_of_leaf(struct eval *e, const struct nidx_node *leaf)
{
    const struct naive_doc *doc = e->doc;
    struct value *v = grab(e, 1, sizeof(*v));
    size_t room =
        (size_t)(doc->title.n + doc->body.n + doc->author.n) * leaf->n_terms;

    v->spans = grab(e, room, sizeof(*v->spans));
    if (leaf->field == NIDX_FIELD_ALL || leaf->field == NIDX_FIELD_TITLE)
        add_field(e, v, &doc->title, leaf, 0);
    if (leaf->field == NIDX_FIELD_ALL || leaf->field == NIDX_FIELD_BODY)
        add_field(e, v, &doc->body, leaf, 0);
    if (leaf->field == NIDX_FIELD_AUTHOR)
        add_field(e, v, &doc->author, leaf, NAIVE_AUTHOR);
    sort_unique(v->spans, &v->n);
    return v;
}

static bool has_no_spans(const struct nidx_node *child)
{
    return child->occur == NIDX_MUST_NOT || child->type == NIDX_NODE_RANGE ||
           child->type == NIDX_NODE_KEYWORD || child->type == NIDX_NODE_ALL;
}

bool naive_takes_part(const struct nidx_node *node,
                      const struct nidx_node *child)
{
    bool must = false;

    for (uint32_t i = 0; i < node->n_children; i++)
        must |= !has_no_spans(node->children[i]) &&
                node->children[i]->occur == NIDX_MUST;
    return !has_no_spans(child) && (child->occur == NIDX_MUST) == must;
}

/* The sides of an OR that are spans become one; alone, it is the value. */
static struct value *merge_spans(struct eval *e, struct value *v)
{
    struct value *all = grab(e, 1, sizeof(*all));
    size_t n = 0, kept = 0;

    for (size_t i = 0; i < v->n; i++)
        n += v->sides[i]->type == SPANS ? v->sides[i]->n : 0;
    all->spans = grab(e, n, sizeof(*all->spans));
    for (size_t i = 0; i < v->n; i++) {
        const struct value *side = v->sides[i];
        if (side->type != SPANS)
            v->sides[kept++] = v->sides[i];
        for (size_t k = 0; side->type == SPANS && k < side->n; k++)
            all->spans[all->n++] = side->spans[k];
    }
    sort_unique(all->spans, &all->n);
    if (!kept)
        return all;
    if (kept < v->n)
        v->sides[kept++] = all;
    v->n = kept;
    return v;
}

static struct value *value_of_bool(struct eval *e, const struct nidx_node *node)
{
    struct value *v = grab(e, 1, sizeof(*v));

    v->type = OR;
    v->sides = grab(e, node->n_children, sizeof(struct value *));
    for (uint32_t i = 0; i < node->n_children; i++) {
        const struct nidx_node *child = node->children[i];
        if (!naive_takes_part(node, child))
            continue;
        if (child->occur == NIDX_MUST)
            v->type = AND;
        v->sides[v->n++] = value_of(e, child);
    }
    if (v->n == 1)
        return v->sides[0];
    return v->type == OR ? merge_spans(e, v) : v;
}

/* ---------------------------------------------------------- operators */

static bool overlap(struct naive_span a, struct naive_span b)
{
    return a.start < b.end && b.start < a.end;
}

static bool ends_within(const struct naive_field *f, int which,
                        struct naive_span s)
{
    for (uint32_t i = 0; i < f->n_ends[which]; i++) {
        if (s.start < f->ends[which][i] && f->ends[which][i] < s.end)
            return true;
    }
    return false;
}

/* Whether two spans lie in one sentence, or paragraph. */
static bool within_one(const struct naive_doc *doc,
                       const struct nidx_node *node, struct naive_span a,
                       struct naive_span b)
{
    const int which = node->type == NIDX_NODE_PARAGRAPH;
    const struct naive_span both = {a.start < b.start ? a.start : b.start,
                                    a.end > b.end ? a.end : b.end};

    if ((a.start >= NAIVE_AUTHOR) != (b.start >= NAIVE_AUTHOR))
        return false;
    return both.start >= NAIVE_AUTHOR ||
           (!ends_within(&doc->title, which, both) &&
            !ends_within(&doc->body, which, both));
}

/* Whether one span of each operand satisfies the operator. */
static bool satisfies(const struct naive_doc *doc, const struct nidx_node *node,
                      const struct made *made, uint32_t n)
{
    struct naive_span s[NAIVE_OPERANDS];

    for (uint32_t i = 0; i < n; i++)
        s[i] = made[i].span;
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t k = 0; k < i; k++) {
            if (overlap(s[i], s[k]))
                return false;
        }
    }
    if (node->type == NIDX_NODE_PHRASE) {
        int64_t shift = 0, low = INT64_MAX, high = INT64_MIN;
        for (uint32_t i = 0; i < n; i++) {
            int64_t at = (int64_t)s[i].start - shift;
            low = at < low ? at : low;
            high = at > high ? at : high;
            shift += s[i].end - s[i].start;
        }
        return high - low <= (int64_t)node->distance;
    }
    if (node->type == NIDX_NODE_SENTENCE || node->type == NIDX_NODE_PARAGRAPH)
        return within_one(doc, node, s[0], s[1]);
    bool in_order = s[0].end <= s[1].start;
    if (node->type == NIDX_NODE_BEFORE && !in_order)
        return false;
    int64_t between = in_order ? (int64_t)s[1].start - s[0].end
                               : (int64_t)s[0].start - s[1].end;
    return between <= (int64_t)node->distance - 1;
}

struct combination {
    struct eval *e;
    const struct nidx_node *node;
    struct value **operands;
    uint32_t n;
    struct made chosen[NAIVE_OPERANDS];
    struct value *out;
    size_t room;
};

static void add_span(struct combination *c)
{
    struct made whole = c->chosen[0];

    for (uint32_t i = 1; i < c->n; i++) {
        const struct made *m = &c->chosen[i];
        if (m->span.start < whole.span.start)
            whole.span.start = m->span.start;
        if (m->span.end > whole.span.end)
            whole.span.end = m->span.end;
        for (uint32_t k = 0; k < NAIVE_PARTS / 64; k++)
            whole.parts[k] |= m->parts[k];
    }
    if (c->out->n == c->room) {
        c->room = c->room ? 2 * c->room : 16;
        struct made *more = grab(c->e, c->room, sizeof(*more));
        if (c->out->n)
            memcpy(more, c->out->spans, c->out->n * sizeof(*more));
        c->out->spans = more;
    }
    c->out->spans[c->out->n++] = whole;
}

static void try_all(struct combination *c, uint32_t i)
{
    if (i == c->n) {
        if (satisfies(c->e->doc, c->node, c->chosen, c->n))
            add_span(c);
        return;
    }
    for (size_t k = 0; k < c->operands[i]->n; k++) {
        c->chosen[i] = c->operands[i]->spans[k];
        /* The beginning of a phrase is one: four frequent words in a long
         * article would have too many combinations to try. */
        if (c->node->type != NIDX_NODE_PHRASE ||
            satisfies(c->e->doc, c->node, c->chosen, i + 1))
            try_all(c, i + 1);
    }
}

/* The operand that is taken apart first: an AND, else an OR. */
static uint32_t first_apart(struct value **operands, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (operands[i]->type == AND)
            return i;
    }
    for (uint32_t i = 0; i < n; i++) {
        if (operands[i]->type == OR)
            return i;
    }
    return n;
}

/* AND and OR of an operand stand around the operator instead. */
static struct value *combine(struct eval *e, const struct nidx_node *node,
                             struct value **operands, uint32_t n)
{
    struct value *out = grab(e, 1, sizeof(*out));
    uint32_t i = first_apart(operands, n);

    if (i < n) {
        struct value *operand = operands[i];
        out->type = operand->type;
        out->n = operand->n;
        out->sides = grab(e, operand->n, sizeof(struct value *));
        for (size_t k = 0; k < operand->n; k++) {
            operands[i] = operand->sides[k];
            out->sides[k] = combine(e, node, operands, n);
        }
        operands[i] = operand;
        return out;
    }
    struct combination c = {.e = e, .node = node, .operands = operands};
    c.n = n;
    c.out = out;
    try_all(&c, 0);
    sort_unique(out->spans, &out->n);
    return out;
}

static struct value *value_of(struct eval *e, const struct nidx_node *node)
{
    if (node->type == NIDX_NODE_LEAF)
        return value_of_leaf(e, node);
    if (node->type == NIDX_NODE_BOOL)
        return value_of_bool(e, node);
    if (!naive_is_positional(node))
        return grab(e, 1, sizeof(struct value));
    if (node->n_children == 1)
        return value_of(e, node->children[0]);
    if (node->n_children > NAIVE_OPERANDS)
        abort();
    struct value **operands = grab(e, node->n_children, sizeof(struct value *));
    for (uint32_t i = 0; i < node->n_children; i++)
        operands[i] = value_of(e, node->children[i]);
    return combine(e, node, operands, node->n_children);
}

/* ------------------------------------------------------------- result */

static bool holds(const struct value *v)
{
    bool any = false, all = true;

    if (v->type == SPANS)
        return v->n > 0;
    for (size_t i = 0; i < v->n; i++) {
        any |= holds(v->sides[i]);
        all &= holds(v->sides[i]);
    }
    return v->type == AND ? all : any;
}

/* Appends the spans of v, where it holds, to out. */
static void gather(struct eval *e, const struct value *v, struct value *out)
{
    if (!v->n || !holds(v))
        return;
    if (v->type != SPANS) {
        for (size_t i = 0; i < v->n; i++)
            gather(e, v->sides[i], out);
        return;
    }
    struct made *all = grab(e, out->n + v->n, sizeof(*all));
    if (out->n)
        memcpy(all, out->spans, out->n * sizeof(*all));
    memcpy(all + out->n, v->spans, v->n * sizeof(*all));
    out->spans = all;
    out->n += v->n;
}

/* Copies spans, and for each the parts that made it, out of the arena. */
static void hand_out(const struct eval *e, const struct value *all,
                     struct naive_spans *out)
{
    out->n = all->n;
    out->items = malloc((all->n + 1) * sizeof(*out->items));
    out->parts = malloc((all->n * e->n_parts + 1) * sizeof(*out->parts));
    if (!out->items || !out->parts)
        abort();
    for (size_t i = 0; i < all->n; i++) {
        out->items[i] = all->spans[i].span;
        for (uint32_t k = 0; k < e->n_parts; k++) {
            if (!(all->spans[i].parts[k / 64] >> k % 64 & 1))
                continue;
            out->parts[out->n_parts] = e->parts[k];
            out->parts[out->n_parts++].of = i;
        }
    }
}

struct naive_spans naive_spans(const struct naive_doc *doc,
                               const struct nidx_node *node)
{
    struct naive_spans out = {0};
    struct value all = {0};
    struct eval *e = calloc(1, sizeof(*e));

    if (!e || !(e->arena = nidx_arena_new()))
        abort();
    e->doc = doc;
    gather(e, value_of(e, node), &all);
    sort_unique(all.spans, &all.n);
    hand_out(e, &all, &out);
    out.whole = e->n_parts < NAIVE_PARTS;
    nidx_arena_free(e->arena);
    free(e);
    return out;
}

void naive_spans_done(struct naive_spans *s)
{
    free(s->items);
    free(s->parts);
}
