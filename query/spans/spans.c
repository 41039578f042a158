/* spans.c: the span algebra of one document: what satisfies an operator.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/spans/spans.h"

#include <stdlib.h>

#include "query/spans/spans_impl.h"

/* ------------------------------------------------------------- lists */

bool nidx_span_list_add(struct nidx_span_list *l, struct nidx_span span)
{
    if (l->n == l->cap) {
        uint32_t cap = l->cap ? l->cap * 2 : 16;
        void *items = realloc(l->items, nidx_mul_size(cap, sizeof(*l->items)));
        if (!items)
            return false;
        l->items = items;
        l->cap = cap;
    }
    l->items[l->n++] = span;
    return true;
}

static int compare(struct nidx_span a, struct nidx_span b)
{
    if (a.start != b.start)
        return a.start < b.start ? -1 : 1;
    return a.end < b.end ? -1 : a.end > b.end;
}

static int compare_items(const void *a, const void *b)
{
    const struct nidx_span *x = a, *y = b;

    return compare(*x, *y);
}

static bool is_sorted(const struct nidx_span_list *l)
{
    for (uint32_t i = 1; i < l->n; i++) {
        if (compare(l->items[i - 1], l->items[i]) >= 0)
            return false;
    }
    return true;
}

void nidx_span_list_sort(struct nidx_span_list *l)
{
    if (is_sorted(l))
        return;
    qsort(l->items, l->n, sizeof(*l->items), compare_items);
    uint32_t n = 1;
    for (uint32_t i = 1; i < l->n; i++) {
        if (compare(l->items[n - 1], l->items[i]) != 0)
            l->items[n++] = l->items[i];
    }
    l->n = n;
}

uint32_t nidx_span_list_find(const struct nidx_span_list *l,
                             struct nidx_span span)
{
    uint32_t lo = 0, hi = l->n;

    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (compare(l->items[mid], span) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < l->n && compare(l->items[lo], span) == 0 ? lo : UINT32_MAX;
}

/* -------------------------------------------------------------- sets */

/* The spans of an operator on their way into a list. */
struct collect {
    struct nidx_span_list *list;
    bool limited, oom;
};

static void keep_limit(struct collect *c)
{
    nidx_span_list_sort(c->list);
    if (c->list->n <= NIDX_SPANS_MAX)
        return;
    c->list->n = NIDX_SPANS_MAX;
    c->limited = true;
}

static bool collect_span(void *context, struct nidx_span span,
                         const uint32_t *picks)
{
    struct collect *c = context;

    (void)picks;
    /* Doubles are dropped now and then, so twice the limit is room enough. */
    if (c->list->n >= 2 * NIDX_SPANS_MAX)
        keep_limit(c);
    if (c->limited)
        return false;
    c->oom = !nidx_span_list_add(c->list, span);
    return !c->oom;
}

static enum nidx_status value_of_operator(struct nidx_spans *s,
                                          struct nidx_set *set,
                                          struct nidx_error *err)
{
    struct collect c = {.list = &set->value};
    enum nidx_status status =
        nidx_spans_join(set, collect_span, &c, &c.limited, err);

    if (status != NIDX_OK)
        return status;
    if (c.oom)
        return nidx_nomem(err);
    keep_limit(&c);
    s->limited |= c.limited;
    return NIDX_OK;
}

static enum nidx_status value_of_leaf(struct nidx_spans *s,
                                      struct nidx_set *set, nidx_docid doc,
                                      struct nidx_error *err)
{
    enum nidx_status status =
        nidx_leaf_read(set->reader, doc, s->with_forms, &set->occurrences, err);

    if (status != NIDX_OK)
        return status;
    for (uint32_t i = 0; i < set->occurrences.n; i++) {
        const struct nidx_leaf_occurrence *o = &set->occurrences.items[i];
        nidx_pos start = set->space + o->pos;
        struct nidx_span span = {start, start + o->len};
        if (!nidx_span_list_add(&set->value, span))
            return nidx_nomem(err);
    }
    nidx_span_list_sort(&set->value);
    return NIDX_OK;
}

static enum nidx_status value_of_union(struct nidx_set *set,
                                       struct nidx_error *err)
{
    for (uint32_t i = 0; i < set->n_operands; i++) {
        const struct nidx_span_list *l = &set->operands[i]->value;
        for (uint32_t k = 0; k < l->n; k++) {
            if (!nidx_span_list_add(&set->value, l->items[k]))
                return nidx_nomem(err);
        }
    }
    nidx_span_list_sort(&set->value);
    return NIDX_OK;
}

/* Evaluates a set in doc, once a visit. An operator with an empty operand is
 * empty: the operands behind it are not read. */
static enum nidx_status evaluate(struct nidx_spans *s, struct nidx_set *set,
                                 nidx_docid doc, struct nidx_error *err)
{
    if (set->visit == s->visit)
        return NIDX_OK;
    set->visit = s->visit;
    set->value.n = 0;
    if (set->type == NIDX_SET_LEAF)
        return value_of_leaf(s, set, doc, err);
    for (uint32_t i = 0; i < set->n_operands; i++) {
        struct nidx_set *operand = set->operands[i];
        enum nidx_status status = evaluate(s, operand, doc, err);
        if (status != NIDX_OK)
            return status;
        if (!operand->value.n && set->type != NIDX_SET_UNION)
            return NIDX_OK;
    }
    if (set->type == NIDX_SET_UNION)
        return value_of_union(set, err);
    if (set->ends) {
        enum nidx_status status = evaluate(s, set->ends, doc, err);
        if (status != NIDX_OK)
            return status;
    }
    return value_of_operator(s, set, err);
}

/* ---------------------------------------------------------- formulas */

static enum nidx_status decide(struct nidx_spans *s, struct nidx_formula *f,
                               nidx_docid doc, struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;

    if (f->type == NIDX_FORMULA_SET) {
        status = evaluate(s, f->set, doc, err);
        f->holds = status == NIDX_OK && f->set->value.n > 0;
        return status;
    }
    bool all = f->type == NIDX_FORMULA_AND;
    f->holds = all;
    for (uint32_t i = 0; i < f->n && status == NIDX_OK; i++) {
        status = decide(s, f->sides[i], doc, err);
        if (all && !f->sides[i]->holds) {
            f->holds = false;
            break;
        }
        f->holds |= f->sides[i]->holds;
    }
    return status;
}

/* Adds the spans of every set that helps the formula to hold. */
static bool gather(struct nidx_spans *s, const struct nidx_formula *f)
{
    if (!f->holds)
        return true;
    if (f->type == NIDX_FORMULA_SET) {
        for (uint32_t i = 0; i < f->set->value.n; i++) {
            if (!nidx_span_list_add(&s->all, f->set->value.items[i]))
                return false;
        }
    }
    for (uint32_t i = 0; i < f->n; i++) {
        if (!gather(s, f->sides[i]))
            return false;
    }
    return true;
}

enum nidx_status nidx_spans_visit(struct nidx_spans *s, nidx_docid doc,
                                  struct nidx_error *err)
{
    s->visit++;
    s->limited = s->cut;
    enum nidx_status status = decide(s, s->root, doc, err);
    if (status != NIDX_OK)
        return status;
    s->top = &s->all;
    s->all.n = 0;
    if (s->root->type == NIDX_FORMULA_SET) {
        s->top = &s->root->set->value;
    } else {
        if (!gather(s, s->root))
            return nidx_nomem(err);
        nidx_span_list_sort(&s->all);
    }
    return NIDX_OK;
}

/* ------------------------------------------------------------ public */

static enum nidx_status open_readers(struct nidx_spans *s,
                                     struct nidx_error *err)
{
    for (struct nidx_set *set = s->newest; set; set = set->older) {
        if (set->type != NIDX_SET_LEAF)
            continue;
        enum nidx_status status =
            nidx_leaf_reader_new(set->leaf, s->segment, &set->reader, err);
        if (status != NIDX_OK)
            return status;
    }
    return NIDX_OK;
}

enum nidx_status nidx_spans_new(const struct nidx_node *node,
                                const struct nidx_segment *segment,
                                struct nidx_spans **out, struct nidx_error *err)
{
    *out = NULL;

    struct nidx_spans *s = calloc(1, sizeof(*s));
    if (!s)
        return nidx_nomem(err);
    s->segment = segment;
    s->arena = nidx_arena_new();
    enum nidx_status status =
        s->arena ? nidx_spans_build(s, node, err) : nidx_nomem(err);
    if (status == NIDX_OK)
        status = open_readers(s, err);
    if (status != NIDX_OK) {
        nidx_spans_free(s);
        return status;
    }
    *out = s;
    return NIDX_OK;
}

void nidx_spans_free(struct nidx_spans *s)
{
    if (!s)
        return;
    for (struct nidx_set *set = s->newest; set; set = set->older) {
        nidx_leaf_reader_free(set->reader);
        nidx_leaf_list_done(&set->occurrences);
        free(set->value.items);
    }
    free(s->all.items);
    nidx_arena_free(s->arena);
    free(s);
}

enum nidx_status nidx_spans_of(struct nidx_spans *s, nidx_docid doc,
                               const struct nidx_span **spans, size_t *n,
                               bool *limited, struct nidx_error *err)
{
    enum nidx_status status = nidx_spans_visit(s, doc, err);

    if (status != NIDX_OK)
        return status;
    *spans = s->top->items;
    *n = s->top->n;
    if (limited && s->limited)
        *limited = true;
    return NIDX_OK;
}

uint32_t nidx_spans_frequency(const struct nidx_span *spans, size_t n,
                              nidx_pos title_end, uint32_t weight)
{
    uint32_t f = 0;
    nidx_pos end = 0;

    for (size_t i = 0; i < n; i++) {
        if (spans[i].start < end)
            continue;
        f += spans[i].start < title_end ? weight : 1;
        end = spans[i].end;
    }
    return f;
}
