/* naive.c: matching, scores and ranking, document by document.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/naive.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/naive_impl.h"

/* ----------------------------------------------------------- matching */

/* Occurrences of a leaf, those in the headline counting weight. */
static uint32_t leaf_frequency(const struct naive_doc *doc,
                               const struct nidx_node *leaf, uint32_t weight)
{
    uint32_t title = naive_in_field(&doc->title, leaf, NULL, 0);
    uint32_t body = naive_in_field(&doc->body, leaf, NULL, 0);

    if (leaf->field == NIDX_FIELD_ALL)
        return weight * title + body;
    if (leaf->field == NIDX_FIELD_TITLE)
        return title;
    if (leaf->field == NIDX_FIELD_BODY)
        return body;
    return naive_in_field(&doc->author, leaf, NULL, 0);
}

static uint64_t column_of(const struct naive_doc *doc, uint8_t column)
{
    if (column == NIDX_COLUMN_DATE)
        return doc->date;
    if (column == NIDX_COLUMN_TITLE)
        return doc->title.length;
    if (column == NIDX_COLUMN_LENGTH)
        return (uint64_t)doc->title.length + doc->body.length;
    if (column == NIDX_COLUMN_AUTHOR)
        return doc->author.length;
    abort();
}

static bool bool_matches(const struct naive_doc *doc,
                         const struct nidx_node *node)
{
    bool must = false, should = false, some = false;

    for (uint32_t i = 0; i < node->n_children; i++) {
        const struct nidx_node *child = node->children[i];
        bool matches = naive_matches(doc, child);
        if (child->occur == NIDX_MUST_NOT && matches)
            return false;
        if (child->occur == NIDX_MUST && !matches)
            return false;
        must |= child->occur == NIDX_MUST;
        should |= child->occur == NIDX_SHOULD;
        some |= child->occur == NIDX_SHOULD && matches;
    }
    return must || !should || some;
}

bool naive_matches(const struct naive_doc *doc, const struct nidx_node *node)
{
    if (node->type == NIDX_NODE_ALL)
        return true;
    if (node->type == NIDX_NODE_LEAF)
        return leaf_frequency(doc, node, 1) > 0;
    if (node->type == NIDX_NODE_KEYWORD)
        return naive_same(doc->source, node->text);
    if (node->type == NIDX_NODE_RANGE)
        return column_of(doc, node->column) >= node->lo &&
               column_of(doc, node->column) <= node->hi;
    if (node->type == NIDX_NODE_BOOL)
        return bool_matches(doc, node);
    if (!naive_is_positional(node))
        return false;
    if (node->n_children == 1)
        return naive_matches(doc, node->children[0]);
    struct naive_spans spans = naive_spans(doc, node);
    naive_spans_done(&spans);
    return spans.n > 0;
}

/* ------------------------------------------------------------- scores */

struct naive_query {
    const struct naive_index *ix;
    const struct nidx_node *root;
    float average[NIDX_FIELD_AUTHOR + 1];
    uint32_t n; /* nodes that score, each with its idf */
    struct {
        const struct nidx_node *node;
        float idf;
    } units[1024];
};

static uint32_t length_of(const struct naive_index *ix,
                          const struct naive_doc *doc, uint8_t field)
{
    if (field == NIDX_FIELD_TITLE)
        return doc->title.length;
    if (field == NIDX_FIELD_AUTHOR)
        return doc->author.length;
    if (field == NIDX_FIELD_BODY)
        return doc->body.length;
    return ix->title_weight * doc->title.length + doc->body.length;
}

static float average_length(const struct naive_index *ix, uint8_t field)
{
    bool some = field == NIDX_FIELD_TITLE || field == NIDX_FIELD_AUTHOR;
    uint64_t sum = 0, n = 0;

    for (uint32_t i = 0; i < ix->n; i++) {
        uint32_t len = length_of(ix, &ix->docs[i], field);
        sum += len;
        n += !some || len > 0;
    }
    return sum ? (float)((double)sum / (double)n) : 1.0f;
}

/* Documents that hold any alternative; a body's leaf counts the headline. */
static uint64_t document_frequency(const struct naive_index *ix,
                                   const struct nidx_node *leaf)
{
    struct nidx_node anywhere = *leaf;
    uint64_t df = 0;

    if (leaf->field == NIDX_FIELD_BODY)
        anywhere.field = NIDX_FIELD_ALL;
    for (uint32_t i = 0; i < ix->n; i++)
        df += leaf_frequency(&ix->docs[i], &anywhere, 1) > 0;
    return df;
}

static float idf_of(const struct naive_index *ix, const struct nidx_node *node)
{
    if (node->type == NIDX_NODE_LEAF) {
        double df = (double)document_frequency(ix, node);
        double n = (double)ix->n;
        return df > 0 ? (float)log(1.0 + (n - df + 0.5) / (df + 0.5)) : 0.0f;
    }
    float sum = 0, least = 0;
    for (uint32_t i = 0; i < node->n_children; i++) {
        const struct nidx_node *child = node->children[i];
        if (node->type == NIDX_NODE_BOOL && !naive_takes_part(node, child))
            continue;
        float idf = idf_of(ix, child);
        sum = sum + idf;
        if (idf > 0 && (least <= 0 || idf < least))
            least = idf;
        if (node->type == NIDX_NODE_BOOL && child->occur == NIDX_SHOULD)
            sum = least;
    }
    return sum;
}

/* The field of the leaves that take part; ALL where they differ. -1: none. */
static int field_of(const struct nidx_node *node)
{
    int field = -1;

    if (node->type == NIDX_NODE_LEAF)
        return node->field;
    for (uint32_t i = 0; i < node->n_children; i++) {
        const struct nidx_node *child = node->children[i];
        if (node->type == NIDX_NODE_BOOL && !naive_takes_part(node, child))
            continue;
        int f = field_of(child);
        if (f >= 0)
            field = field < 0 || field == f ? f : NIDX_FIELD_ALL;
    }
    return field;
}

/* Spans that do not overlap, leftmost first. */
static uint32_t span_frequency(const struct naive_index *ix,
                               const struct naive_doc *doc,
                               const struct nidx_node *node, int field)
{
    struct naive_spans s = naive_spans(doc, node);
    uint32_t f = 0, end = 0;

    for (size_t i = 0; i < s.n; i++) {
        if (s.items[i].start < end)
            continue;
        end = s.items[i].end;
        bool title =
            field == NIDX_FIELD_ALL && s.items[i].start < doc->title.length;
        f += title ? ix->title_weight : 1;
    }
    naive_spans_done(&s);
    return f;
}

/* Whether a node scores as one unit: a leaf, or an operator with all that is
 * below it. */
static bool is_unit(const struct nidx_node *node)
{
    return node->type == NIDX_NODE_LEAF ||
           (naive_is_positional(node) && node->n_children > 1);
}

static void add_units(struct naive_query *q, const struct nidx_node *node)
{
    if (is_unit(node)) {
        if (q->n == sizeof(q->units) / sizeof(*q->units))
            abort();
        q->units[q->n].node = node;
        q->units[q->n++].idf = idf_of(q->ix, node);
        return;
    }
    for (uint32_t i = 0; i < node->n_children; i++)
        add_units(q, node->children[i]);
}

struct naive_query *naive_query_new(const struct naive_index *ix,
                                    const struct nidx_node *root)
{
    struct naive_query *q = calloc(1, sizeof(*q));

    if (!q)
        abort();
    q->ix = ix;
    q->root = root;
    for (uint8_t field = 0; field <= NIDX_FIELD_AUTHOR; field++)
        q->average[field] = average_length(ix, field);
    add_units(q, root);
    return q;
}

void naive_query_free(struct naive_query *q)
{
    free(q);
}

static float unit_idf(const struct naive_query *q, const struct nidx_node *node)
{
    uint32_t i = 0;

    while (q->units[i].node != node)
        i++;
    return q->units[i].idf;
}

static uint64_t unit_score(const struct naive_query *q,
                           const struct naive_doc *doc,
                           const struct nidx_node *node, float boost)
{
    const struct naive_index *ix = q->ix;
    int any = field_of(node), field = any < 0 ? NIDX_FIELD_ALL : any;
    uint32_t n = node->type == NIDX_NODE_LEAF
                     ? leaf_frequency(doc, node, ix->title_weight)
                     : span_frequency(ix, doc, node, field);

    if (!n)
        return 0;
    boost = boost < 0.0f ? 0.0f : boost > 100.0f ? 100.0f : boost;
    float w = (boost * unit_idf(q, node)) * 1048576.0f;
    if (w > 1073741824.0f)
        w = 1073741824.0f;
    float f = (float)n;
    float len = (float)length_of(ix, doc, (uint8_t)field);
    float avglen = q->average[field];
    float inv = 1.0f / (ix->k1 * ((1.0f - ix->b) + (ix->b * len) / avglen));
    long long score = llrintf(w - w / (1.0f + f * inv));
    return score < 1 ? 1 : (uint64_t)score;
}

static uint64_t score_node(const struct naive_query *q,
                           const struct naive_doc *doc,
                           const struct nidx_node *node, float boost)
{
    uint64_t sum = 0;

    boost = boost * node->boost;
    if (is_unit(node))
        return unit_score(q, doc, node, boost);
    if (node->type != NIDX_NODE_BOOL && !naive_is_positional(node))
        return 0;
    for (uint32_t i = 0; i < node->n_children; i++) {
        const struct nidx_node *child = node->children[i];
        if (node->type == NIDX_NODE_BOOL && child->occur == NIDX_MUST_NOT)
            continue;
        if (naive_matches(doc, child))
            sum += score_node(q, doc, child, boost);
    }
    return sum;
}

uint64_t naive_score(const struct naive_query *q, const struct naive_doc *doc)
{
    return naive_matches(doc, q->root) ? score_node(q, doc, q->root, 1.0f) : 0;
}

/* ------------------------------------------------------------ ranking */

static int compare_hits(const void *a, const void *b, void *context)
{
    const struct naive_index *ix = context;
    const struct naive_hit *x = a, *y = b;

    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return strcmp(ix->docs[x->doc].key, ix->docs[y->doc].key);
}

uint32_t naive_rank(const struct naive_query *q, struct naive_hit *hits)
{
    struct naive_index ix = *q->ix;
    uint32_t n = 0;

    for (uint32_t i = 0; i < ix.n; i++) {
        const struct naive_doc *doc = &ix.docs[i];
        if (doc->deleted || !naive_matches(doc, q->root))
            continue;
        hits[n].score = naive_score(q, doc);
        hits[n++].doc = i;
    }
    qsort_r(hits, n, sizeof(*hits), compare_hits, &ix);
    return n;
}

/* ------------------------------------------------------------- matches */

void naive_parts(const struct naive_doc *doc, const struct nidx_node *node,
                 struct naive_spans *out)
{
    if (!naive_matches(doc, node))
        return;
    if (is_unit(node)) {
        struct naive_spans s = naive_spans(doc, node);
        out->parts = realloc(out->parts, (out->n_parts + s.n_parts + 1) *
                                             sizeof(*out->parts));
        if (!out->parts)
            abort();
        memcpy(out->parts + out->n_parts, s.parts,
               s.n_parts * sizeof(*out->parts));
        out->n_parts += s.n_parts;
        out->whole &= s.whole;
        naive_spans_done(&s);
        return;
    }
    for (uint32_t i = 0; i < node->n_children; i++) {
        const struct nidx_node *child = node->children[i];
        if (node->type != NIDX_NODE_BOOL || child->occur != NIDX_MUST_NOT)
            naive_parts(doc, child, out);
    }
}
