/* expand_forms.c: asking the dictionaries of all segments for forms.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "query/expand/expand_impl.h"

/* Candidates of a wildcard that are held before the rare ones are dropped. */
#define CANDIDATES (8 * NIDX_EXPAND_MAX)

/* Bounds of all patterns of a query together: forms that they stand for (each
 * costs a hundred bytes), and forms that are looked at (a second or so). */
#define EXPANDED_MAX (64u * NIDX_EXPAND_MAX)
#define VISITED_MAX  (1u << 26)

/* ------------------------------------------------------------- patterns */

/* A form of a term in one segment. */
struct candidate {
    struct nidx_bytes form, term;
    uint64_t weight; /* documents of the form, over all segments */
    uint32_t segment, df;
};

struct candidates {
    struct candidate *items; /* malloc'ed; texts in an arena of its own */
    struct nidx_arena *arena;
    uint32_t n, cap;
    bool limited;
    uint64_t floor; /* forms of fewer documents would be dropped again */
};

static void candidates_done(struct candidates *all)
{
    nidx_arena_free(all->arena);
    free(all->items);
    *all = (struct candidates){0};
}

/* Copies what c borrows. */
static void own(struct nidx_expansion *x, struct nidx_arena *arena,
                struct candidate *c)
{
    c->form = nidx_arena_bytes(arena, c->form.data, c->form.len);
    c->term = nidx_arena_bytes(arena, c->term.data, c->term.len);
    if (!c->form.data || !c->term.data)
        nidx_expand_fail(x, nidx_nomem(x->err));
}

static struct nidx_arena *new_arena(struct nidx_expansion *x)
{
    struct nidx_arena *arena = nidx_arena_new();

    if (!arena)
        nidx_expand_fail(x, nidx_nomem(x->err));
    return arena;
}

static void keep(struct nidx_expansion *x, struct candidates *all,
                 const struct nidx_form_entry *e,
                 const struct nidx_form_term *t, uint32_t segment)
{
    if (t->df < all->floor)
        return;
    if (all->n == all->cap) {
        const uint32_t cap = all->cap ? all->cap * 2 : 64;
        struct candidate *items =
            realloc(all->items, nidx_mul_size(cap, sizeof(*items)));
        if (!items) {
            nidx_expand_fail(x, nidx_nomem(x->err));
            return;
        }
        all->items = items;
        all->cap = cap;
    }
    if (!all->arena)
        all->arena = new_arena(x);
    if (x->status != NIDX_OK)
        return;
    struct candidate *c = &all->items[all->n++];
    *c = (struct candidate){.form = e->form,
                            .term = nidx_dict_term(x, e, t),
                            .df = t->df,
                            .segment = segment};
    own(x, all->arena, c);
}

static int by_form(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;

    return nidx_bytes_compare(x->form, y->form);
}

static int by_weight(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;

    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    return by_form(a, b);
}

/* By term and then by form and segment: what a leaf is made of. */
static int by_term(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    int order = nidx_bytes_compare(x->term, y->term);

    if (order == 0)
        order = by_form(a, b);
    return order ? order
                 : (x->segment > y->segment) - (x->segment < y->segment);
}

/* Keeps the candidates of the commonest forms, at most so many forms. */
static void keep_commonest(struct candidates *all, uint32_t most)
{
    uint32_t n_forms = 0, kept = 0;

    if (all->n == 0)
        return;
    qsort(all->items, all->n, sizeof(*all->items), by_form);
    for (uint32_t i = 0, j; i < all->n; i = j, n_forms++) {
        uint64_t sum = 0;
        for (j = i; j < all->n && by_form(&all->items[i], &all->items[j]) == 0;
             j++)
            sum += all->items[j].df;
        for (uint32_t k = i; k < j; k++)
            all->items[k].weight = sum;
    }
    if (n_forms <= most)
        return;
    all->limited = true;
    qsort(all->items, all->n, sizeof(*all->items), by_weight);
    for (uint32_t n = 0; kept < all->n; kept++) {
        if (kept == 0 || by_form(&all->items[kept - 1], &all->items[kept]) != 0)
            n++;
        if (n > most)
            break;
    }
    all->n = kept;
}

/* How many forms the term has in a segment; 0 where it is not there. */
static uint32_t forms_in(struct nidx_expansion *x, uint8_t field,
                         uint32_t segment, struct nidx_bytes term)
{
    struct nidx_term_info info;
    bool found = false;

    nidx_expand_fail(x, nidx_segment_term(x->catalog->segments[segment],
                                          NIDX_KIND_WORD, field, term, &found,
                                          &info, x->err));
    if (!found || x->status != NIDX_OK)
        return 0;
    return info.n_forms ? info.n_forms : 1;
}

/* Whether the candidates, all of one term, are all forms that it has. */
static bool are_all_forms(struct nidx_expansion *x, uint8_t field,
                          const struct candidate *c, uint32_t n)
{
    for (uint32_t i = 0; i < x->catalog->manifest.n_segments; i++) {
        uint32_t here = 0;
        for (uint32_t k = 0; k < n; k++)
            here += c[k].segment == i;
        if (here < forms_in(x, field, i, c[0].term))
            return false;
    }
    return true;
}

/* Drops the rare half of many candidates, and the memory of its texts. */
static void compact(struct nidx_expansion *x, struct candidates *all)
{
    struct nidx_arena *old = all->arena;

    keep_commonest(all, NIDX_EXPAND_MAX);
    /* A form that is commoner over all segments is as common in one of them as
     * its share of these. */
    if (all->limited && all->n > 0)
        all->floor =
            all->items[all->n - 1].weight / x->catalog->manifest.n_segments;
    all->arena = new_arena(x);
    for (uint32_t i = 0; i < all->n && x->status == NIDX_OK; i++)
        own(x, all->arena, &all->items[i]);
    nidx_arena_free(old);
}

static void add_candidates(struct nidx_expansion *x, uint8_t field,
                           const struct candidate *c, uint32_t n,
                           struct nidx_terms *out)
{
    struct nidx_leaf_term *term = nidx_terms_append(x, out, c[0].term);

    x->n_expanded += n;
    if (x->n_expanded > EXPANDED_MAX)
        nidx_expand_fail(x, nidx_fail(x->err, NIDX_ERR_LIMIT,
                                      "the query's words with `*` stand for "
                                      "more than %u words in all",
                                      EXPANDED_MAX));
    if (x->status != NIDX_OK || are_all_forms(x, field, c, n))
        return;
    term->forms = nidx_arena_alloc(x->tree->arena,
                                   nidx_mul_size(n, sizeof(*term->forms)));
    if (!term->forms) {
        nidx_expand_fail(x, nidx_nomem(x->err));
        return;
    }
    for (uint32_t i = 0; i < n; i++)
        if (i == 0 || by_form(&c[i - 1], &c[i]) != 0)
            term->forms[term->n_forms++] =
                nidx_arena_bytes(x->tree->arena, c[i].form.data, c[i].form.len);
    for (uint32_t i = 0; i < term->n_forms; i++)
        if (!term->forms[i].data)
            nidx_expand_fail(x, nidx_nomem(x->err));
}

static void add_terms(struct nidx_expansion *x, uint8_t field,
                      struct candidates *all, struct nidx_terms *out)
{
    if (all->n > 0)
        qsort(all->items, all->n, sizeof(*all->items), by_term);
    for (uint32_t i = 0, j; i < all->n && x->status == NIDX_OK; i = j) {
        for (j = i + 1;
             j < all->n &&
             nidx_bytes_compare(all->items[i].term, all->items[j].term) == 0;)
            j++;
        add_candidates(x, field, &all->items[i], j - i, out);
    }
    candidates_done(all);
}

static void keep_all(struct nidx_expansion *x, struct candidates *all,
                     const struct nidx_form_entry *e, uint32_t segment)
{
    struct nidx_reader r = nidx_reader_of(e->value.data, e->value.len);
    struct nidx_form_term t;

    while (x->status == NIDX_OK && nidx_form_value_next(&r, e->folded.len, &t))
        keep(x, all, e, &t, segment);
    nidx_dict_check(x, &r);
}

void nidx_expand_exact(struct nidx_expansion *x, uint8_t field,
                       struct nidx_bytes folded, struct nidx_bytes form,
                       struct nidx_terms *out)
{
    const uint8_t at = nidx_expand_forms_field(field);
    struct candidates all = {0};

    for (uint32_t i = 0; i < x->catalog->manifest.n_segments; i++) {
        x->key.len = 0;
        nidx_form_key(&x->key, at, folded, form);
        if (x->key.oom)
            nidx_expand_fail(x, nidx_nomem(x->err));
        struct nidx_strtab_cursor *c = nidx_dict_seek(x, i);
        if (!c || !nidx_dict_in_range(x, c) || c->key.len != x->key.len)
            continue;
        const struct nidx_form_entry e = nidx_form_entry_at(c);
        keep_all(x, &all, &e, i);
    }
    add_terms(x, at, &all, out);
}

/* One pattern may walk over a whole dictionary; thousands of them may not. */
static void count_visit(struct nidx_expansion *x)
{
    if (++x->n_visited > VISITED_MAX)
        nidx_expand_fail(x, nidx_fail(x->err, NIDX_ERR_LIMIT,
                                      "the query's words with `*` are too "
                                      "many for so large an index"));
}

struct matching {
    struct nidx_expansion *x;
    struct candidates all;
    uint32_t segment;
};

static bool keep_match(void *context, const struct nidx_form_entry *e,
                       uint32_t accepts)
{
    struct matching *m = context;

    (void)accepts;
    keep_all(m->x, &m->all, e, m->segment);
    if (m->all.n >= CANDIDATES)
        compact(m->x, &m->all);
    return m->x->status == NIDX_OK;
}

void nidx_expand_matching(struct nidx_expansion *x, uint8_t field,
                          struct nidx_automaton *automaton,
                          struct nidx_terms *out, bool *limited,
                          bool *unfinished)
{
    const uint8_t at = nidx_expand_forms_field(field);
    struct matching m = {.x = x};
    struct nidx_dictwalk w = {.automaton = automaton,
                              .found = keep_match,
                              .context = &m,
                              .steps = VISITED_MAX - x->n_visited};

    for (; m.segment < x->catalog->manifest.n_segments && x->status == NIDX_OK;
         m.segment++) {
        const enum nidx_status status =
            nidx_dictwalk(&w, x->catalog->segments[m.segment], at, x->err);
        if (status == NIDX_ERR_LIMIT)
            *unfinished = true;
        else
            nidx_expand_fail(x, status);
    }
    x->n_visited = VISITED_MAX - w.steps;
    keep_commonest(&m.all, NIDX_EXPAND_MAX);
    *limited = m.all.limited;
    add_terms(x, at, &m.all, out);
}

void nidx_expand_prefix(struct nidx_expansion *x, uint8_t field,
                        struct nidx_bytes prefix, struct nidx_terms *out,
                        bool *limited)
{
    const uint8_t at = nidx_expand_forms_field(field);
    struct candidates all = {0};

    nidx_dict_key(x, NIDX_KIND_FORM, at, prefix);
    for (uint32_t i = 0; i < x->catalog->manifest.n_segments; i++) {
        struct nidx_strtab_cursor *c = nidx_dict_seek(x, i);
        for (; c && nidx_dict_in_range(x, c); nidx_dict_next(x, c)) {
            const struct nidx_form_entry e = nidx_form_entry_at(c);
            keep_all(x, &all, &e, i);
            count_visit(x);
            if (all.n >= CANDIDATES)
                compact(x, &all);
        }
    }
    keep_commonest(&all, NIDX_EXPAND_MAX);
    *limited = all.limited;
    add_terms(x, at, &all, out);
}
