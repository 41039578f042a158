/* spans_match.c: which occurrences took part in the spans of a document.
 *
 * Every span of every set is an element of a union-find forest (Tarjan, JACM
 * 1975). From the top down, each span that is wanted makes the spans of the
 * operands from which it is made wanted too, and joins their trees; so the
 * root of a leaf's span is its group.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "query/spans/spans_impl.h"

#define UNWANTED UINT32_MAX

struct trace {
    struct nidx_spans *s;
    uint32_t *parent; /* UNWANTED: takes no part */
    uint32_t n;
    const struct nidx_set *set; /* whose combinations are being told */
};

static uint32_t root_of(struct trace *t, uint32_t x)
{
    while (t->parent[x] != x) {
        t->parent[x] = t->parent[t->parent[x]];
        x = t->parent[x];
    }
    return x;
}

static void want(struct trace *t, uint32_t x)
{
    if (t->parent[x] == UNWANTED)
        t->parent[x] = x;
}

/* Makes child wanted and puts it in the group of parent. The lesser root
 * stays, so that a group's root does not depend on the order. */
static void want_with(struct trace *t, uint32_t parent, uint32_t child)
{
    want(t, child);
    uint32_t a = root_of(t, parent), b = root_of(t, child);
    if (a < b)
        t->parent[b] = a;
    else
        t->parent[a] = b;
}

/* Numbers the spans of the value, and of all sets that this visit evaluated. */
static enum nidx_status number_spans(struct trace *t, struct nidx_error *err)
{
    uint64_t n = t->s->top->n;

    for (struct nidx_set *set = t->s->newest; set; set = set->older) {
        set->first = (uint32_t)n;
        if (set->visit == t->s->visit)
            n += set->value.n;
        if (n >= UNWANTED)
            return nidx_nomem(err);
    }
    t->n = (uint32_t)n;
    t->parent = malloc(nidx_mul_size(n, sizeof(*t->parent)));
    if (!t->parent)
        return nidx_nomem(err);
    for (uint32_t i = 0; i < t->n; i++)
        t->parent[i] = UNWANTED;
    return NIDX_OK;
}

/* From the spans of the value to those of the sets that hold. */
static void trace_top(struct trace *t, const struct nidx_formula *f)
{
    if (!f->holds)
        return;
    if (f->type == NIDX_FORMULA_SET) {
        for (uint32_t i = 0; i < f->set->value.n; i++) {
            uint32_t at =
                nidx_span_list_find(t->s->top, f->set->value.items[i]);
            want(t, at);
            want_with(t, at, f->set->first + i);
        }
    }
    for (uint32_t i = 0; i < f->n; i++)
        trace_top(t, f->sides[i]);
}

static void trace_union(struct trace *t, const struct nidx_set *set)
{
    for (uint32_t i = 0; i < set->n_operands; i++) {
        const struct nidx_set *operand = set->operands[i];
        for (uint32_t k = 0; k < operand->value.n; k++) {
            uint32_t at =
                nidx_span_list_find(&set->value, operand->value.items[k]);
            if (at != UINT32_MAX && t->parent[set->first + at] != UNWANTED)
                want_with(t, set->first + at, operand->first + k);
        }
    }
}

/* One combination: where the span that it makes is wanted, so are its parts. */
static bool trace_picks(void *context, struct nidx_span span,
                        const uint32_t *picks)
{
    struct trace *t = context;
    const struct nidx_set *set = t->set;
    uint32_t at = nidx_span_list_find(&set->value, span);

    if (at == UINT32_MAX || t->parent[set->first + at] == UNWANTED)
        return true;
    for (uint32_t i = 0; i < set->n_operands; i++)
        want_with(t, set->first + at, set->operands[i]->first + picks[i]);
    return true;
}

/* From each wanted span to its parts. A set is newer than its operands, so
 * all who want a span have said so before its turn comes. */
static enum nidx_status trace_sets(struct trace *t, struct nidx_error *err)
{
    for (struct nidx_set *set = t->s->newest; set; set = set->older) {
        if (set->visit != t->s->visit || !set->value.n ||
            set->type == NIDX_SET_LEAF)
            continue;
        if (set->type == NIDX_SET_UNION) {
            trace_union(t, set);
            continue;
        }
        bool limited = false;
        t->set = set;
        enum nidx_status status =
            nidx_spans_join(set, trace_picks, t, &limited, err);
        if (status != NIDX_OK)
            return status;
    }
    return NIDX_OK;
}

static bool append(struct nidx_match **out, size_t *n, size_t *cap,
                   struct nidx_match match)
{
    if (*n == *cap) {
        size_t more = *cap ? *cap * 2 : 16;
        void *items = realloc(*out, nidx_mul_size(more, sizeof(**out)));
        if (!items)
            return false;
        *out = items;
        *cap = more;
    }
    (*out)[(*n)++] = match;
    return true;
}

static bool tell_leaf(struct trace *t, const struct nidx_set *set,
                      struct nidx_match **out, size_t *n, size_t *cap)
{
    for (uint32_t i = 0; i < set->occurrences.n; i++) {
        const struct nidx_leaf_occurrence *o = &set->occurrences.items[i];
        nidx_pos start = set->space + o->pos;
        struct nidx_span span = {start, start + o->len};
        uint32_t at = set->first + nidx_span_list_find(&set->value, span);
        if (t->parent[at] == UNWANTED)
            continue;
        struct nidx_match match = {.pos = o->pos,
                                   .len = o->len,
                                   .form = o->form,
                                   .leaf = set->leaf->leaf,
                                   .term = o->term,
                                   .group = root_of(t, at)};
        if (!append(out, n, cap, match))
            return false;
    }
    return true;
}

static int compare(const void *a, const void *b)
{
    const struct nidx_match *x = a, *y = b;

    if (x->pos != y->pos)
        return x->pos < y->pos ? -1 : 1;
    if (x->len != y->len)
        return x->len < y->len ? -1 : 1;
    if (x->leaf != y->leaf)
        return x->leaf < y->leaf ? -1 : 1;
    return x->term < y->term ? -1 : x->term > y->term;
}

/* Groups become 0, 1, ... in the order in which they are first met. */
static void number_groups(struct trace *t, struct nidx_match *m, size_t n)
{
    uint32_t next = 0;

    for (uint32_t i = 0; i < t->n; i++)
        t->parent[i] = UNWANTED;
    for (size_t i = 0; i < n; i++) {
        uint32_t *number = &t->parent[m[i].group];
        if (*number == UNWANTED)
            *number = next++;
        m[i].group = *number;
    }
}

static enum nidx_status trace_all(struct trace *t, struct nidx_match **out,
                                  size_t *n, size_t *cap,
                                  struct nidx_error *err)
{
    size_t before = *n;
    enum nidx_status status = number_spans(t, err);

    if (status != NIDX_OK)
        return status;
    trace_top(t, t->s->root);
    status = trace_sets(t, err);
    if (status != NIDX_OK)
        return status;
    for (struct nidx_set *set = t->s->newest; set; set = set->older) {
        if (set->type == NIDX_SET_LEAF && set->visit == t->s->visit &&
            !tell_leaf(t, set, out, n, cap))
            return nidx_nomem(err);
    }
    if (*n == before)
        return NIDX_OK;
    qsort(*out + before, *n - before, sizeof(**out), compare);
    number_groups(t, *out + before, *n - before);
    return NIDX_OK;
}

enum nidx_status nidx_spans_matches(struct nidx_spans *s, nidx_docid doc,
                                    struct nidx_match **out, size_t *n,
                                    size_t *cap, struct nidx_error *err)
{
    struct trace t = {.s = s};

    s->with_forms = true;
    enum nidx_status status = nidx_spans_visit(s, doc, err);
    s->with_forms = false;
    if (status == NIDX_OK && s->root->holds)
        status = trace_all(&t, out, n, cap, err);
    free(t.parent);
    return status;
}
