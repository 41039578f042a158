/* automaton.c: a deterministic automaton, made as its states are met.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/expand/automaton.h"

#include <stdlib.h>

#include "query/expand/nfa.h"

/* Bounds of one pattern: states that are met, and their transitions. */
#define STATES_MAX      20000
#define TRANSITIONS_MAX (1u << 22)

#define UNKNOWN UINT32_MAX
#define ASCII   128

struct nidx_automaton {
    struct nidx_nfa nfa;
    uint32_t *first; /* of each state its first edge, edges being sorted */

    uint32_t n_classes;
    uint32_t *bounds; /* class i holds characters from bounds[i] on */
    uint16_t ascii[ASCII];

    uint32_t n_words; /* of a set of states, as bits */
    uint32_t n_states, cap;
    uint64_t *sets;
    uint32_t *next; /* by state and class */
    uint8_t *accepts;
    uint32_t *table, n_table; /* open addressing: states by set; 0 is none */
    uint32_t *stack;
    enum nidx_status status;
};

void nidx_automaton_free(struct nidx_automaton *a)
{
    if (!a)
        return;
    free(a->nfa.edges);
    free(a->first);
    free(a->bounds);
    free(a->sets);
    free(a->next);
    free(a->accepts);
    free(a->table);
    free(a->stack);
    free(a);
}

static void fail(struct nidx_automaton *a, enum nidx_status status)
{
    if (a->status == NIDX_OK)
        a->status = status;
}

enum nidx_status nidx_automaton_status(const struct nidx_automaton *a)
{
    return a->status;
}

/* ------------------------------------------------------------- classes */

static int by_number(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return x < y ? -1 : x > y;
}

static uint32_t class_of(const struct nidx_automaton *a, uint32_t c)
{
    uint32_t lo = 0, hi = a->n_classes;

    if (c < ASCII)
        return a->ascii[c];
    while (hi - lo > 1) {
        const uint32_t mid = lo + (hi - lo) / 2;
        if (a->bounds[mid] <= c)
            lo = mid;
        else
            hi = mid;
    }
    return lo;
}

static bool make_classes(struct nidx_automaton *a)
{
    const struct nidx_nfa *n = &a->nfa;
    uint32_t k = 1;

    a->bounds = calloc(2 * (size_t)n->n_edges + 1, sizeof(*a->bounds));
    if (!a->bounds)
        return false;
    for (uint32_t i = 0; i < n->n_edges; i++) {
        if (n->edges[i].lo > n->edges[i].hi)
            continue;
        a->bounds[k++] = n->edges[i].lo;
        a->bounds[k++] = n->edges[i].hi + 1;
    }
    qsort(a->bounds, k, sizeof(*a->bounds), by_number);
    a->n_classes = 1;
    for (uint32_t i = 1; i < k; i++)
        if (a->bounds[i] != a->bounds[a->n_classes - 1] &&
            a->bounds[i] <= NIDX_CHAR_MAX)
            a->bounds[a->n_classes++] = a->bounds[i];
    for (uint32_t c = 0, i = 0; c < ASCII; c++) {
        while (i + 1 < a->n_classes && a->bounds[i + 1] <= c)
            i++;
        a->ascii[c] = (uint16_t)i;
    }
    return a->n_classes < UINT16_MAX;
}

/* -------------------------------------------------------------- states */

static uint64_t *set_of(const struct nidx_automaton *a, uint32_t state)
{
    return a->sets + (size_t)state * a->n_words;
}

static bool has(const uint64_t *set, uint32_t state)
{
    return set[state >> 6] >> (state & 63) & 1;
}

/* Adds a state and all that is reached from it without a character. */
static void add(struct nidx_automaton *a, uint64_t *set, uint32_t state)
{
    uint32_t n = 0;

    if (has(set, state))
        return;
    set[state >> 6] |= UINT64_C(1) << (state & 63);
    a->stack[n++] = state;
    while (n > 0) {
        state = a->stack[--n];
        for (uint32_t i = a->first[state]; i < a->first[state + 1]; i++) {
            const struct nidx_edge *e = &a->nfa.edges[i];
            if (e->lo <= e->hi || has(set, e->to))
                continue;
            set[e->to >> 6] |= UINT64_C(1) << (e->to & 63);
            a->stack[n++] = e->to;
        }
    }
}

static bool grow(struct nidx_automaton *a)
{
    const uint32_t cap = a->cap ? a->cap * 2 : 64;
    uint64_t *sets =
        realloc(a->sets, nidx_mul_size((size_t)cap * a->n_words, 8));
    if (sets)
        a->sets = sets;
    uint32_t *next =
        realloc(a->next, nidx_mul_size((size_t)cap * a->n_classes, 4));
    if (next)
        a->next = next;
    uint8_t *accepts = realloc(a->accepts, cap);
    if (accepts)
        a->accepts = accepts;
    uint32_t *table = calloc((size_t)cap * 2, sizeof(*table));
    if (!sets || !next || !accepts || !table) {
        free(table);
        return false;
    }
    free(a->table);
    a->table = table;
    a->n_table = cap * 2;
    a->cap = cap;
    return true;
}

static uint32_t hash_of(const struct nidx_automaton *a, const uint64_t *set)
{
    uint64_t h = 0;

    for (uint32_t i = 0; i < a->n_words; i++)
        h = (h ^ set[i]) * UINT64_C(0x9e3779b97f4a7c15) ^ h >> 29;
    return (uint32_t)(h >> 32) & (a->n_table - 1);
}

/* Where the set stands in the table, or would. */
static uint32_t slot_of(const struct nidx_automaton *a, const uint64_t *set)
{
    uint32_t i = hash_of(a, set);

    while (a->table[i] &&
           memcmp(set_of(a, a->table[i]), set, a->n_words * sizeof(*set)) != 0)
        i = (i + 1) & (a->n_table - 1);
    return i;
}

static uint8_t accepts(const struct nidx_automaton *a, const uint64_t *set)
{
    for (uint32_t i = 0; i < a->nfa.n_accept; i++)
        if (has(set, a->nfa.accept[i]))
            return (uint8_t)(i + 1);
    return 0;
}

static bool make_room(struct nidx_automaton *a)
{
    if (a->n_states < a->cap)
        return true;
    if (a->n_states >= STATES_MAX ||
        (uint64_t)a->n_states * a->n_classes >= TRANSITIONS_MAX) {
        fail(a, NIDX_ERR_LIMIT);
        return false;
    }
    if (!grow(a)) {
        fail(a, NIDX_ERR_NOMEM);
        return false;
    }
    for (uint32_t i = 1; i < a->n_states; i++)
        a->table[slot_of(a, set_of(a, i))] = i;
    return true;
}

/* The state at n_states, whose set was made there: it, or one that has it. */
static uint32_t intern(struct nidx_automaton *a)
{
    uint64_t *set = set_of(a, a->n_states);
    bool any = false;

    for (uint32_t i = 0; i < a->n_words; i++)
        any |= set[i] != 0;
    if (!any)
        return NIDX_DEAD;
    const uint32_t slot = slot_of(a, set);
    if (a->table[slot])
        return a->table[slot];
    a->table[slot] = a->n_states;
    a->accepts[a->n_states] = accepts(a, set);
    for (uint32_t i = 0; i < a->n_classes; i++)
        a->next[(size_t)a->n_states * a->n_classes + i] = UNKNOWN;
    return a->n_states++;
}

static uint32_t make_next(struct nidx_automaton *a, uint32_t state,
                          uint32_t class)
{
    const uint32_t c = a->bounds[class];

    if (a->status != NIDX_OK || !make_room(a))
        return NIDX_DEAD;
    uint64_t *set = set_of(a, a->n_states);
    memset(set, 0, a->n_words * sizeof(*set));
    for (uint32_t w = 0; w < a->n_words; w++) {
        for (uint64_t bits = set_of(a, state)[w]; bits; bits &= bits - 1) {
            const uint32_t from = w * 64 + (uint32_t)__builtin_ctzll(bits);
            for (uint32_t i = a->first[from]; i < a->first[from + 1]; i++) {
                const struct nidx_edge *e = &a->nfa.edges[i];
                if (e->lo <= c && c <= e->hi)
                    add(a, set, e->to);
            }
        }
    }
    const uint32_t next = intern(a);
    a->next[(size_t)state * a->n_classes + class] = next;
    return next;
}

static uint32_t step_class(struct nidx_automaton *a, uint32_t state,
                           uint32_t class)
{
    const uint32_t next = a->next[(size_t)state * a->n_classes + class];

    return next != UNKNOWN ? next : make_next(a, state, class);
}

uint32_t nidx_automaton_step(struct nidx_automaton *a, uint32_t state,
                             uint32_t c)
{
    return step_class(a, state, class_of(a, c));
}

uint32_t nidx_automaton_accepts(const struct nidx_automaton *a, uint32_t state)
{
    return a->accepts[state];
}

bool nidx_automaton_live(struct nidx_automaton *a, uint32_t state, uint32_t c,
                         uint32_t *out)
{
    if (c > NIDX_CHAR_MAX)
        return false;
    for (uint32_t i = class_of(a, c); i < a->n_classes; i++) {
        if (step_class(a, state, i) == NIDX_DEAD)
            continue;
        *out = c > a->bounds[i] ? c : a->bounds[i];
        return true;
    }
    return false;
}

/* -------------------------------------------------------------- making */

static int by_from(const void *a, const void *b)
{
    const struct nidx_edge *x = a, *y = b;

    return x->from < y->from ? -1 : x->from > y->from;
}

static bool index_edges(struct nidx_automaton *a)
{
    const struct nidx_nfa *n = &a->nfa;
    uint32_t i = 0;

    a->first = calloc((size_t)n->n_states + 1, sizeof(*a->first));
    a->stack = calloc((size_t)n->n_states + 1, sizeof(*a->stack));
    if (!a->first || !a->stack)
        return false;
    if (n->n_edges > 0)
        qsort(n->edges, n->n_edges, sizeof(*n->edges), by_from);
    for (uint32_t s = 0; s <= n->n_states; s++) {
        while (i < n->n_edges && n->edges[i].from < s)
            i++;
        a->first[s] = i;
    }
    return true;
}

static bool make_start(struct nidx_automaton *a)
{
    a->n_words = a->nfa.n_states / 64 + 1;
    a->n_states = NIDX_START;
    if (!grow(a))
        return false;
    a->accepts[NIDX_DEAD] = 0;
    memset(set_of(a, NIDX_DEAD), 0, 2 * a->n_words * sizeof(*a->sets));
    for (uint32_t i = 0; i < a->n_classes; i++)
        a->next[i] = NIDX_DEAD;
    add(a, set_of(a, NIDX_START), a->nfa.start);
    return intern(a) == NIDX_START;
}

enum nidx_status nidx_automaton_new(struct nidx_nfa *n,
                                    struct nidx_automaton **out,
                                    struct nidx_error *err)
{
    struct nidx_automaton *a = calloc(1, sizeof(*a));

    *out = NULL;
    if (n->full) {
        free(n->edges);
        free(a);
        return nidx_fail(err, NIDX_ERR_LIMIT,
                         "the pattern is too long or repeats too much");
    }
    if (!a || n->oom) {
        free(n->edges);
        free(a);
        return nidx_nomem(err);
    }
    a->nfa = *n;
    if (!index_edges(a) || !make_classes(a) || !make_start(a)) {
        nidx_automaton_free(a);
        return nidx_nomem(err);
    }
    *out = a;
    return NIDX_OK;
}
