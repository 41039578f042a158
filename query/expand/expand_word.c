/* expand_word.c: a text to leaves, by way of a graph of tokens.
 *
 * The text is analysed once for each language of the catalog. Tokens of one
 * position and length are the alternatives of one edge, and so of one leaf.
 * Where no edge crosses a position the graph is cut; each piece is a leaf or
 * the OR of the paths through it.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "query/expand/expand_impl.h"

/* Paths through one piece: a piece that has more is read along two of them,
 * the one of the shortest and the one of the longest tokens. */
#define PATHS_MAX 16

#define TOKENS 64

/* A way in which an edge is spelt, in the arena. */
struct spelling {
    struct nidx_bytes form, folded;
};

struct edge {
    uint32_t pos, len;
    uint32_t start, end;     /* bytes of the text */
    struct nidx_stem *stems; /* malloc'ed */
    uint32_t n_stems;
    struct spelling *spellings; /* malloc'ed */
    uint32_t n_spellings;
};

struct graph {
    struct edge *edges; /* by position, then length */
    uint32_t n, cap;
};

static void graph_done(struct graph *g)
{
    for (uint32_t i = 0; i < g->n; i++) {
        free(g->edges[i].stems);
        free(g->edges[i].spellings);
    }
    free(g->edges);
}

/* The first edge that does not come before (pos, len). */
static uint32_t lower_bound(const struct graph *g, uint32_t pos, uint32_t len)
{
    uint32_t lo = 0, hi = g->n;

    while (lo < hi) {
        const uint32_t mid = lo + (hi - lo) / 2;
        const struct edge *e = &g->edges[mid];
        if (e->pos < pos || (e->pos == pos && e->len < len))
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static bool grow(struct graph *g)
{
    const uint32_t cap = g->cap ? g->cap * 2 : 8;
    struct edge *edges = realloc(g->edges, nidx_mul_size(cap, sizeof(*edges)));

    if (!edges)
        return false;
    g->edges = edges;
    g->cap = cap;
    return true;
}

static struct edge *edge_of(struct nidx_expansion *x, struct graph *g,
                            const struct nidx_token *t)
{
    const uint32_t i = lower_bound(g, t->pos, t->len);

    if (i < g->n && g->edges[i].pos == t->pos && g->edges[i].len == t->len)
        return &g->edges[i];
    if (g->n == g->cap && !grow(g)) {
        nidx_expand_fail(x, nidx_nomem(x->err));
        return NULL;
    }
    memmove(&g->edges[i + 1], &g->edges[i], (g->n - i) * sizeof(*g->edges));
    g->n++;
    g->edges[i] = (struct edge){
        .pos = t->pos, .len = t->len, .start = t->start, .end = t->end};
    return &g->edges[i];
}

static struct nidx_bytes copy(struct nidx_expansion *x, struct nidx_bytes text)
{
    const struct nidx_bytes b =
        nidx_arena_bytes(x->tree->arena, text.data, text.len);

    if (!b.data)
        nidx_expand_fail(x, nidx_nomem(x->err));
    return b;
}

static void add_spelling(struct nidx_expansion *x, struct edge *e,
                         uint32_t form)
{
    const struct nidx_bytes text = nidx_vocab_form_text(x->vocab, form);

    for (uint32_t i = 0; i < e->n_spellings; i++)
        if (nidx_bytes_compare(e->spellings[i].form, text) == 0)
            return;
    struct spelling *s =
        realloc(e->spellings, nidx_mul_size(e->n_spellings + 1, sizeof(*s)));
    if (!s) {
        nidx_expand_fail(x, nidx_nomem(x->err));
        return;
    }
    e->spellings = s;
    s[e->n_spellings++] = (struct spelling){
        copy(x, text), copy(x, nidx_vocab_form_folded(x->vocab, form))};
}

static void add_stem(struct nidx_expansion *x, struct edge *e,
                     struct nidx_bytes text, nidx_language language)
{
    const uint64_t bit = UINT64_C(1) << (language & 63);

    for (uint32_t i = 0; i < e->n_stems; i++)
        if (nidx_bytes_compare(e->stems[i].text, text) == 0) {
            e->stems[i].languages |= bit;
            return;
        }
    struct nidx_stem *s =
        realloc(e->stems, nidx_mul_size(e->n_stems + 1, sizeof(*s)));
    if (!s) {
        nidx_expand_fail(x, nidx_nomem(x->err));
        return;
    }
    e->stems = s;
    s[e->n_stems++] = (struct nidx_stem){copy(x, text), bit};
}

static void add_token(struct nidx_expansion *x, struct graph *g,
                      const struct nidx_token *t, nidx_language language)
{
    if (t->form == NIDX_FORM_SENTENCE || t->form == NIDX_FORM_PARAGRAPH ||
        t->len == 0)
        return;
    struct edge *e = edge_of(x, g, t);
    if (!e)
        return;
    const uint32_t term = nidx_vocab_form_terms(x->vocab)[t->form];
    add_stem(x, e, nidx_vocab_term_text(x->vocab, term), language);
    add_spelling(x, e, t->form);
}

static void analyse(struct nidx_expansion *x, struct graph *g,
                    struct nidx_bytes text, nidx_language language)
{
    struct nidx_token tokens[TOKENS];
    size_t n;

    nidx_analyzer_begin(x->analyzer, (const char *)text.data, text.len,
                        language, NIDX_ANALYZE_QUERY, 0);
    while (x->status == NIDX_OK &&
           (n = nidx_analyzer_next(x->analyzer, tokens, TOKENS)) > 0)
        for (size_t i = 0; i < n; i++)
            add_token(x, g, &tokens[i], language);
    if (nidx_analyzer_status(x->analyzer) != NIDX_OK)
        nidx_expand_fail(x, nidx_nomem(x->err));
}

/* Names are not stemmed, and an exact form needs no stem. present: only in the
 * languages that unseen stems count in. */
static void build(struct nidx_expansion *x, const struct nidx_node *of,
                  struct nidx_bytes text, bool present, struct graph *g)
{
    const bool stem =
        of->type != NIDX_NODE_EXACT && of->field != NIDX_FIELD_AUTHOR;

    for (unsigned i = 0; i < NIDX_LANGUAGE_COUNT; i++)
        if (i == NIDX_LANGUAGE_NONE ||
            (stem && x->catalog->languages >> i & 1 &&
             (!present || nidx_expand_is_present(x->catalog, i))))
            analyse(x, g, text, (nidx_language)i);
}

/* --------------------------------------------------------------- leaves */

/* Whether some article has a spelling of the edge. */
static bool look_up(struct nidx_expansion *x, const struct nidx_node *of,
                    const struct edge *e, struct nidx_terms *out)
{
    enum {
        FEW = 4
    };
    struct nidx_bytes few[FEW] = {{NULL, 0}}, *folded = few;

    if (of->type == NIDX_NODE_EXACT) {
        /* Further spellings are what a query may also mean: not this one. */
        if (e->n_spellings > 0)
            nidx_expand_exact(x, of->field, e->spellings[0].folded,
                              e->spellings[0].form, out);
        return out->n > 0;
    }
    if (e->n_spellings > FEW)
        folded = malloc(nidx_mul_size(e->n_spellings, sizeof(*folded)));
    if (!folded) {
        nidx_expand_fail(x, nidx_nomem(x->err));
        return false;
    }
    for (uint32_t i = 0; i < e->n_spellings; i++)
        folded[i] = e->spellings[i].folded;
    bool seen = nidx_expand_spellings(x, of->field, folded, e->n_spellings,
                                      e->stems, e->n_stems, out);
    if (folded != few)
        free(folded);
    return seen;
}

static struct nidx_node *leaf_of(struct nidx_expansion *x,
                                 const struct nidx_node *of,
                                 const struct edge *e)
{
    struct nidx_terms terms = {0};

    if (x->status == NIDX_OK)
        (void)look_up(x, of, e, &terms);
    if (x->status != NIDX_OK || e->n_spellings == 0) {
        nidx_terms_done(&terms);
        return NULL;
    }
    return nidx_expand_leaf(x, of, e->spellings[0].form, &terms);
}

/* ---------------------------------------------------------------- paths */

/* A piece of the graph that no edge leaves: edges first to last - 1. */
struct piece {
    const struct graph *graph;
    uint32_t first, last;
    uint32_t from, to; /* positions */
};

/* The first edge at or behind a position. */
static uint32_t edges_at(const struct piece *p, uint32_t pos)
{
    const uint32_t i = lower_bound(p->graph, pos, 0);

    return i < p->last ? i : p->last;
}

/* One more edge of the piece that begins where edge i does. */
static bool is_sibling(const struct piece *p, uint32_t i, uint32_t other)
{
    return other < p->last &&
           p->graph->edges[other].pos == p->graph->edges[i].pos;
}

/* Paths from each position to the piece's end, cut to PATHS_MAX + 1. */
static uint32_t *count_paths(struct nidx_expansion *x, const struct piece *p)
{
    const uint32_t n = p->to - p->from;
    uint32_t *counts = calloc((size_t)n + 1, sizeof(*counts));

    if (!counts) {
        nidx_expand_fail(x, nidx_nomem(x->err));
        return NULL;
    }
    counts[n] = 1;
    uint32_t i = p->last;
    for (uint32_t pos = n; pos-- > 0;) {
        uint32_t sum = 0;
        for (; i > p->first && p->graph->edges[i - 1].pos == p->from + pos; i--)
            sum += counts[pos + p->graph->edges[i - 1].len];
        /* No word begins here: go on at the next one. */
        counts[pos] = sum == 0          ? counts[pos + 1]
                      : sum < PATHS_MAX ? sum
                                        : PATHS_MAX + 1;
    }
    return counts;
}

/* How the next edge of a path is chosen. */
enum choice {
    SHORTEST,
    LONGEST,
    BY_NUMBER
};

static uint32_t choose(const struct piece *p, const uint32_t *counts,
                       uint32_t i, enum choice choice, uint32_t *number)
{
    while (choice != SHORTEST && is_sibling(p, i, i + 1)) {
        const struct edge *e = &p->graph->edges[i];
        const uint32_t here = counts[e->pos + e->len - p->from];
        if (choice == BY_NUMBER && *number < here)
            break;
        *number -= choice == BY_NUMBER ? here : 0;
        i++;
    }
    return i;
}

static struct nidx_node *path(struct nidx_expansion *x,
                              const struct nidx_node *of, const struct piece *p,
                              const uint32_t *counts, enum choice choice,
                              uint32_t number)
{
    struct nidx_nodes leaves = {0};

    for (uint32_t pos = p->from; pos < p->to && x->status == NIDX_OK;) {
        uint32_t i = edges_at(p, pos);
        if (i == p->last)
            break;
        i = choose(p, counts, i, choice, &number);
        const struct edge *e = &p->graph->edges[i];
        nidx_nodes_add(x, &leaves, leaf_of(x, of, e), NIDX_MUST);
        pos = e->pos + e->len;
    }
    if (leaves.n == 1) {
        struct nidx_node *only = leaves.items[0];
        nidx_nodes_done(&leaves);
        return only;
    }
    return nidx_nodes_parent(x, NIDX_NODE_PHRASE, of, &leaves);
}

static struct nidx_node *paths(struct nidx_expansion *x,
                               const struct nidx_node *of,
                               const struct piece *p)
{
    struct nidx_nodes all = {0};
    uint32_t *counts = count_paths(x, p);

    if (!counts)
        return NULL;
    if (counts[0] > PATHS_MAX) {
        nidx_nodes_add(x, &all, path(x, of, p, counts, SHORTEST, 0),
                       NIDX_SHOULD);
        nidx_nodes_add(x, &all, path(x, of, p, counts, LONGEST, 0),
                       NIDX_SHOULD);
    } else {
        for (uint32_t i = 0; i < counts[0]; i++)
            nidx_nodes_add(x, &all, path(x, of, p, counts, BY_NUMBER, i),
                           NIDX_SHOULD);
    }
    free(counts);
    return nidx_nodes_parent(x, NIDX_NODE_BOOL, of, &all);
}

static struct nidx_node *piece_node(struct nidx_expansion *x,
                                    const struct nidx_node *of,
                                    const struct piece *p)
{
    return p->last - p->first == 1 ? leaf_of(x, of, &p->graph->edges[p->first])
                                   : paths(x, of, p);
}

/* A word of lower-case ASCII letters is one edge, spelt as it stands, in every
 * language. */
static bool is_simple(const struct nidx_node *of, struct nidx_bytes text)
{
    if (of->type == NIDX_NODE_EXACT || text.len == 0 || text.len > 32)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] < 'a' || text.data[i] > 'z')
            return false;
    return true;
}

/* Its terms, where an article has its spelling: most are found so, and need
 * not be stemmed in all languages. */
static bool look_simple(struct nidx_expansion *x, const struct nidx_node *of,
                        struct nidx_bytes text, struct nidx_terms *terms)
{
    struct graph g = {0};
    bool seen = false;

    build(x, of, text, true, &g);
    const struct edge *e = g.edges;
    if (x->status == NIDX_OK && g.n == 1 && e->n_spellings > 0 &&
        nidx_bytes_compare(e->spellings[0].form, text) == 0)
        seen = look_up(x, of, e, terms);
    if (seen && x->status == NIDX_OK && terms->n == 1 && !terms->items->forms)
        nidx_known_word_put(x->known, of->field, text, terms->items->text);
    graph_done(&g);
    return seen;
}

static bool recall(struct nidx_expansion *x, const struct nidx_node *of,
                   struct nidx_bytes text, struct nidx_terms *terms)
{
    const struct nidx_bytes term = nidx_known_word(*x->known, of->field, text);

    return term.data && nidx_terms_append(x, terms, term);
}

/* Adds the leaf of such a word; false where no article has its spelling. */
static bool add_simple(struct nidx_expansion *x, const struct nidx_node *of,
                       struct nidx_bytes text, enum nidx_occur occur,
                       struct nidx_nodes *out)
{
    struct nidx_terms terms = {0};
    bool seen = recall(x, of, text, &terms) || look_simple(x, of, text, &terms);

    if (seen && x->status == NIDX_OK)
        nidx_nodes_add(x, out, nidx_expand_leaf(x, of, text, &terms), occur);
    nidx_terms_done(&terms);
    return seen;
}

void nidx_expand_text(struct nidx_expansion *x, const struct nidx_node *of,
                      struct nidx_bytes text, struct nidx_nodes *out)
{
    struct graph g = {0};

    if (is_simple(of, text) && add_simple(x, of, text, NIDX_MUST, out))
        return;
    build(x, of, text, false, &g);
    for (uint32_t i = 0, j; i < g.n && x->status == NIDX_OK; i = j) {
        struct piece p = {&g, i, i, g.edges[i].pos, g.edges[i].pos};
        for (j = i; j < g.n && (j == i || g.edges[j].pos < p.to); j++)
            if (g.edges[j].pos + g.edges[j].len > p.to)
                p.to = g.edges[j].pos + g.edges[j].len;
        p.last = j;
        nidx_nodes_add(x, out, piece_node(x, of, &p), NIDX_MUST);
    }
    graph_done(&g);
}

void nidx_expand_loose(struct nidx_expansion *x, const struct nidx_node *of,
                       struct nidx_bytes text, struct nidx_nodes *out)
{
    struct graph g = {0};

    if (is_simple(of, text) && add_simple(x, of, text, NIDX_SHOULD, out))
        return;
    build(x, of, text, false, &g);
    for (uint32_t i = 0; i < g.n && x->status == NIDX_OK; i++)
        nidx_nodes_add(x, out, leaf_of(x, of, &g.edges[i]), NIDX_SHOULD);
    graph_done(&g);
}

struct nidx_node *nidx_expand_word(struct nidx_expansion *x,
                                   const struct nidx_node *of,
                                   struct nidx_bytes text)
{
    struct nidx_nodes pieces = {0};

    nidx_expand_text(x, of, text, &pieces);
    if (pieces.n == 1) {
        struct nidx_node *only = pieces.items[0];
        nidx_nodes_done(&pieces);
        return only;
    }
    return nidx_nodes_parent(x, NIDX_NODE_PHRASE, of, &pieces);
}
