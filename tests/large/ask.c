/* ask.c: the naive evaluator on the articles of a real corpus.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/large/ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/** Comparisons of a token with a leaf's terms that one query may cost. */
#define WORK_MAX UINT64_C(4000000000)
/** Seconds of the processor. */
#define TIME_MAX 20

/** A term of the query. */
struct slot {
    uint32_t name;
    uint32_t uses;  /* in how many places of the tree it stands */
    uint32_t alias; /* the name that its tokens go by */
};

struct asker {
    const struct texts *texts;
    uint32_t title_weight;
    struct naive_doc *docs;
    uint32_t *text_of, *naive_of; /* numbers of documents */
    uint32_t n, n_words;          /* n_words: of a set of documents */
    struct naive_hit *hits;

    struct nidx_arena *arena; /* of this query */
    uint32_t *slots;          /* by name: slot + 1 of a term in the query */
    struct slot *terms;       /* the slots */
    uint32_t n_slots, cap_slots;
    uint64_t **sets; /* by slot: documents that have it */
    uint32_t *numbers, *spare;
    uint64_t n_numbers, cap_numbers, cap_spare;
    struct naive_token *tokens;
    uint64_t cap_tokens;
};

static void *must(void *p)
{
    if (!p)
        abort();
    return p;
}

static void *grab(struct asker *a, size_t n, size_t size)
{
    return must(nidx_arena_alloc(a->arena, (n ? n : 1) * size));
}

/* ------------------------------------------------------------- documents */

void asker_refresh(struct asker *a)
{
    a->n = 0;
    for (uint32_t i = 0; i < a->texts->n_docs; i++) {
        const struct text_doc *from = &a->texts->docs[i];
        a->naive_of[i] = UINT32_MAX;
        if (from->purged)
            continue;
        struct naive_doc *to = &a->docs[a->n];
        *to = (struct naive_doc){.deleted = from->deleted, .date = from->date};
        snprintf(to->key, sizeof(to->key), "%010u", from->rank);
        to->title.length = from->length[TEXT_TITLE];
        to->body.length = from->length[TEXT_BODY];
        to->author.length = from->length[TEXT_AUTHOR];
        a->text_of[a->n] = i;
        a->naive_of[i] = a->n++;
    }
    a->n_words = a->n / 64 + 1;
}

struct asker *asker_new(const struct texts *t, uint32_t title_weight)
{
    struct asker *a = must(calloc(1, sizeof(*a)));
    size_t n = t->n_docs + (size_t)1;

    a->texts = t;
    a->title_weight = title_weight;
    a->docs = must(calloc(n, sizeof(*a->docs)));
    a->hits = must(calloc(n, sizeof(*a->hits)));
    a->text_of = must(calloc(n, sizeof(*a->text_of)));
    a->naive_of = must(calloc(n, sizeof(*a->naive_of)));
    a->slots = must(calloc(t->names.n + (size_t)1, sizeof(*a->slots)));
    asker_refresh(a);
    return a;
}

void asker_free(struct asker *a)
{
    free(a->docs);
    free(a->hits);
    free(a->text_of);
    free(a->naive_of);
    free(a->slots);
    free(a->terms);
    free(a->numbers);
    free(a->spare);
    free(a->tokens);
    free(a);
}

/* ------------------------------------------------------------------ tree */

/* A name in at most seven letters: naive documents hold short words. */
static void spell(char out[8], uint32_t name)
{
    size_t n = 0;

    for (; name || !n; name /= 32)
        out[n++] = "abcdefghijklmnopqrstuvwxyz012345"[name % 32];
    out[n] = '\0';
}

static struct nidx_bytes spelled(struct asker *a, struct nidx_bytes text)
{
    uint32_t name = names_find(&a->texts->names, text);
    char short_name[8] = "?";

    if (name != UINT32_MAX)
        spell(short_name, name);
    struct nidx_bytes b =
        nidx_arena_bytes(a->arena, short_name, strlen(short_name));
    must((void *)(uintptr_t)b.data);
    return b;
}

static void add_slot(struct asker *a, struct nidx_bytes text)
{
    uint32_t name = names_find(&a->texts->names, text);

    if (name == UINT32_MAX)
        return;
    if (a->slots[name]) {
        a->terms[a->slots[name] - 1].uses++;
        return;
    }
    if (a->n_slots == a->cap_slots) {
        a->cap_slots = 2 * a->cap_slots + 16;
        a->terms = must(realloc(a->terms, a->cap_slots * sizeof(*a->terms)));
    }
    a->terms[a->n_slots++] =
        (struct slot){.name = name, .uses = 1, .alias = name};
    a->slots[name] = a->n_slots;
}

static void add_slots(struct asker *a, const struct nidx_node *node)
{
    for (uint32_t i = 0; i < node->n_terms; i++)
        add_slot(a, node->terms[i].text);
    for (uint32_t i = 0; i < node->n_children; i++)
        add_slots(a, node->children[i]);
}

/* The slot of a term that no other place of the tree asks for, in any form; or
 * NULL. All such terms of a leaf may go by one name: a thousand words that
 * begin alike are told apart by nobody. */
static struct slot *own_slot(struct asker *a, const struct nidx_leaf_term *t)
{
    uint32_t name = names_find(&a->texts->names, t->text);

    if (name == UINT32_MAX || t->n_forms > 0)
        return NULL;
    struct slot *slot = &a->terms[a->slots[name] - 1];
    return slot->uses == 1 ? slot : NULL;
}

static void copy_terms(struct asker *a, struct nidx_node *to,
                       const struct nidx_node *from)
{
    const struct slot *first = NULL;

    to->terms = grab(a, from->n_terms, sizeof(*to->terms));
    to->n_terms = 0;
    for (uint32_t i = 0; i < from->n_terms; i++) {
        const struct nidx_leaf_term *t = &from->terms[i];
        struct slot *own = own_slot(a, t);
        if (own && first) {
            own->alias = first->name;
            continue;
        }
        first = own ? own : first;
        struct nidx_leaf_term *copy = &to->terms[to->n_terms++];
        *copy = *t;
        copy->text = spelled(a, t->text);
        copy->forms = grab(a, t->n_forms, sizeof(*t->forms));
        for (uint32_t k = 0; k < t->n_forms; k++)
            copy->forms[k] = spelled(a, t->forms[k]);
    }
}

/* The tree with its terms and forms under their short names. */
static struct nidx_node *copy_tree(struct asker *a,
                                   const struct nidx_node *from)
{
    struct nidx_node *to = grab(a, 1, sizeof(*to));

    *to = *from;
    if (from->type == NIDX_NODE_KEYWORD)
        abort();
    if (from->type == NIDX_NODE_LEAF)
        copy_terms(a, to, from);
    to->children = grab(a, from->n_children, sizeof(struct nidx_node *));
    for (uint32_t i = 0; i < from->n_children; i++)
        to->children[i] = copy_tree(a, from->children[i]);
    return to;
}

/* What it costs to look for the leaves in all tokens of the query. */
static uint64_t work_of(const struct nidx_node *node, uint64_t n_tokens)
{
    uint64_t work =
        node->type == NIDX_NODE_LEAF ? 4 * n_tokens * node->n_terms : 0;

    for (uint32_t i = 0; i < node->n_children; i++)
        work += work_of(node->children[i], n_tokens);
    return work;
}

/* ---------------------------------------------------------------- tokens */

/* Sorts numbers, 11 bits a pass. */
static void sort_numbers(struct asker *a)
{
    if (a->cap_spare < a->n_numbers) {
        free(a->spare);
        a->cap_spare = a->cap_numbers;
        a->spare = must(malloc(a->cap_spare * sizeof(*a->spare)));
    }
    for (unsigned shift = 0; shift < 33; shift += 11) {
        uint64_t starts[2049] = {0};
        for (uint64_t i = 0; i < a->n_numbers; i++)
            starts[(a->numbers[i] >> shift & 2047) + 1]++;
        for (unsigned i = 0; i < 2048; i++)
            starts[i + 1] += starts[i];
        for (uint64_t i = 0; i < a->n_numbers; i++)
            a->spare[starts[a->numbers[i] >> shift & 2047]++] = a->numbers[i];
        memcpy(a->numbers, a->spare, a->n_numbers * sizeof(*a->numbers));
    }
}

/* The numbers of all tokens that are one of the query's terms, rising. */
static void gather(struct asker *a)
{
    const struct texts *t = a->texts;

    a->n_numbers = 0;
    for (uint32_t i = 0; i < a->n_slots; i++) {
        uint32_t term = a->terms[i].name;
        uint64_t n = texts_count(t, term);
        if (a->n_numbers + n > a->cap_numbers) {
            a->cap_numbers = 2 * (a->n_numbers + n);
            a->numbers =
                must(realloc(a->numbers, a->cap_numbers * sizeof(uint32_t)));
        }
        memcpy(a->numbers + a->n_numbers, t->lists + t->starts[term],
               n * sizeof(uint32_t));
        a->n_numbers += n;
    }
    if (a->n_slots > 1)
        sort_numbers(a);
    if (a->n_numbers > a->cap_tokens) {
        free(a->tokens);
        a->cap_tokens = a->n_numbers;
        a->tokens = must(malloc(a->cap_tokens * sizeof(*a->tokens)));
    }
}

static void forget_tokens(struct naive_doc *doc)
{
    doc->title.n = doc->body.n = doc->author.n = 0;
}

/* Puts a token behind those of its document's field. */
static void put_token(struct asker *a, uint32_t doc, uint64_t number,
                      struct naive_token *token)
{
    const struct text_doc *from = &a->texts->docs[a->text_of[doc]];
    uint64_t i = number - from->first;
    struct naive_doc *to = &a->docs[doc];
    struct naive_field *f = i < from->n[TEXT_TITLE] ? &to->title
                            : i - from->n[TEXT_TITLE] < from->n[TEXT_BODY]
                                ? &to->body
                                : &to->author;

    if (f->n++ == 0)
        f->tokens = token;
}

/* Fills the documents, and the sets of those that have a term. */
static void fill(struct asker *a)
{
    const struct texts *t = a->texts;
    uint32_t doc = 0;

    for (uint32_t i = 0; i < a->n; i++)
        forget_tokens(&a->docs[i]);
    a->sets = grab(a, a->n_slots, sizeof(*a->sets));
    for (uint32_t i = 0; i < a->n_slots; i++)
        a->sets[i] = grab(a, a->n_words, sizeof(uint64_t));
    for (uint64_t i = 0; i < a->n_numbers; i++) {
        const struct text_token *from = &t->tokens[a->numbers[i]];
        struct naive_token *to = &a->tokens[i];
        while (doc + 1 < t->n_docs && t->docs[doc + 1].first <= a->numbers[i])
            doc++;
        uint32_t naive = a->naive_of[doc];
        uint32_t slot = a->slots[t->term_of[from->form]] - 1;
        if (naive == UINT32_MAX)
            continue;
        spell(to->term, a->terms[slot].alias);
        spell(to->form, t->form_of[from->form]);
        to->pos = from->pos;
        to->len = from->len;
        put_token(a, naive, a->numbers[i], to);
        a->sets[slot][naive / 64] |= UINT64_C(1) << naive % 64;
    }
}

/* ------------------------------------------------------------ candidates */

static uint64_t *new_set(struct asker *a, bool full)
{
    uint64_t *set = grab(a, a->n_words, sizeof(*set));

    if (full)
        memset(set, 255, a->n_words * sizeof(*set));
    return set;
}

static void join(struct asker *a, uint64_t *to, const uint64_t *from, bool all)
{
    for (uint32_t i = 0; i < a->n_words; i++)
        to[i] = all ? to[i] & from[i] : to[i] | from[i];
}

static uint64_t *candidates(struct asker *a, const struct nidx_node *node);

static uint64_t *leaf_candidates(struct asker *a, const struct nidx_node *leaf)
{
    uint64_t *set = new_set(a, false);

    for (uint32_t i = 0; i < leaf->n_terms; i++) {
        uint32_t name = names_find(&a->texts->names, leaf->terms[i].text);
        if (name != UINT32_MAX && a->slots[name])
            join(a, set, a->sets[a->slots[name] - 1], false);
    }
    return set;
}

static uint64_t *bool_candidates(struct asker *a, const struct nidx_node *node)
{
    uint64_t *all = new_set(a, true), *any = new_set(a, false);
    bool must = false, should = false;

    for (uint32_t i = 0; i < node->n_children; i++) {
        const struct nidx_node *child = node->children[i];
        if (child->occur == NIDX_MUST_NOT)
            continue;
        must |= child->occur == NIDX_MUST;
        should |= child->occur == NIDX_SHOULD;
        join(a, child->occur == NIDX_MUST ? all : any, candidates(a, child),
             child->occur == NIDX_MUST);
    }
    return must || !should ? all : any;
}

/* A set of documents that has all that match, and perhaps more. The tree is
 * the one with long names. */
static uint64_t *candidates(struct asker *a, const struct nidx_node *node)
{
    if (node->type == NIDX_NODE_LEAF)
        return leaf_candidates(a, node);
    if (node->type == NIDX_NODE_BOOL)
        return bool_candidates(a, node);
    uint64_t *set = new_set(a, node->type != NIDX_NODE_NONE);
    for (uint32_t i = 0; i < node->n_children; i++)
        join(a, set, candidates(a, node->children[i]), true);
    return set;
}

/* --------------------------------------------------------------- ranking */

static int compare_hits(const void *a, const void *b, void *context)
{
    const struct texts *t = context;
    const struct naive_hit *x = a, *y = b;

    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    uint32_t i = t->docs[x->doc].rank, k = t->docs[y->doc].rank;
    return i < k ? -1 : i > k;
}

/* Scores every candidate; false when it takes too long. */
static bool rank(struct asker *a, const struct naive_query *q,
                 const struct nidx_node *root, const uint64_t *set,
                 struct answer *out)
{
    const clock_t end = clock() + (clock_t)TIME_MAX * CLOCKS_PER_SEC;

    for (uint32_t i = 0; i < a->n; i++) {
        const struct naive_doc *doc = &a->docs[i];
        if (!(set[i / 64] >> i % 64 & 1) || doc->deleted ||
            !naive_matches(doc, root))
            continue;
        a->hits[out->n++] =
            (struct naive_hit){naive_score(q, doc), a->text_of[i]};
        if (clock() > end)
            return false;
    }
    qsort_r(a->hits, out->n, sizeof(*a->hits), compare_hits,
            (void *)(uintptr_t)a->texts);
    return true;
}

static void evaluate(struct asker *a, const struct nidx_node *root,
                     const struct naive_index *ix, struct answer *out)
{
    add_slots(a, root);
    struct nidx_node *copy = copy_tree(a, root);

    gather(a);
    if (work_of(copy, a->n_numbers) > WORK_MAX) {
        out->dear = true;
        return;
    }
    fill(a);
    struct naive_query *q = naive_query_new(ix, copy);
    out->dear = !rank(a, q, copy, candidates(a, root), out);
    naive_query_free(q);
}

struct answer asker_ask(struct asker *a, const struct nidx_node *root,
                        bool plain, float k1, float b)
{
    const struct naive_index ix = {.docs = a->docs,
                                   .n = a->n,
                                   .title_weight = plain ? 1 : a->title_weight,
                                   .k1 = k1,
                                   .b = b};
    struct answer out = {.hits = a->hits};

    a->arena = must(nidx_arena_new());
    a->n_slots = 0;
    evaluate(a, root, &ix, &out);
    for (uint32_t i = 0; i < a->n_slots; i++)
        a->slots[a->terms[i].name] = 0;
    nidx_arena_free(a->arena);
    return out;
}
