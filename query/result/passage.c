/* passage.c: the passages of a hit: where the query's words stand together.
 *
 * The matches of the document are clustered: a cluster is what lies within
 * CLUSTER positions, and counts for each leaf that it holds, leaves that are
 * rare in the document for more. The best clusters that do not overlap become
 * passages: the sentences around them, cut where they are too long.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <stdlib.h>

#include "query/result/result.h"

/** Positions that a cluster spans: two sentences of news. */
#define CLUSTER 48
/** Positions to both sides of a cluster that are read for whole sentences. */
#define AROUND       80
#define PASSAGES_MAX 64
/** Sentences of a passage. */
#define SENTENCES 3

/** A cluster: matches [first, last] of the body, and what it is worth. */
struct cluster {
    size_t first, last;
    double worth;
};

/** What passages of one hit are made from. */
struct maker {
    struct nidx_result *r;
    size_t hit;
    size_t max_passages, max_bytes;
    const struct nidx_match *body; /**< matches of the body */
    size_t n_body;
    double *worths;   /**< of a leaf, by number */
    uint32_t *counts; /**< of a leaf in the cluster in work */
};

/** Matches in the shared space of positions; others light nothing. */
static size_t keep_shared(const struct nidx_result *r,
                          struct nidx_match *matches, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        if (matches[i].leaf >= r->n_leaves || !r->leaves[matches[i].leaf])
            continue;
        const uint8_t field = r->leaves[matches[i].leaf]->field;
        if (field == NIDX_FIELD_ALL || field == NIDX_FIELD_TITLE ||
            field == NIDX_FIELD_BODY)
            matches[kept++] = matches[i];
    }
    return kept;
}

static void weigh_leaves(const struct maker *m)
{
    for (size_t i = 0; i < m->n_body; i++)
        m->worths[m->body[i].leaf] += 1;
    for (size_t i = 0; i < m->r->n_leaves; i++)
        m->worths[i] = 1 / (1 + log2(1 + m->worths[i]));
}

/** Whether match i lies in a cluster that was taken. */
static bool is_taken(const struct cluster *taken, size_t n, size_t i)
{
    for (size_t k = 0; k < n; k++) {
        if (i >= taken[k].first && i <= taken[k].last)
            return true;
    }
    return false;
}

/** The best cluster among the matches that are not taken; worth 0: none. */
static struct cluster best_cluster(const struct maker *m,
                                   const struct cluster *taken, size_t n_taken)
{
    struct cluster best = {0, 0, 0};
    double worth = 0;
    size_t first = 0;

    memset(m->counts, 0, (m->r->n_leaves + 1) * sizeof(*m->counts));
    for (size_t i = 0; i < m->n_body; i++) {
        if (n_taken > 0 && is_taken(taken, n_taken, i)) {
            memset(m->counts, 0, (m->r->n_leaves + 1) * sizeof(*m->counts));
            worth = 0;
            first = i + 1;
            continue;
        }
        const double w = m->worths[m->body[i].leaf];
        worth += m->counts[m->body[i].leaf]++ == 0 ? w : w / 16;
        while (m->body[i].pos - m->body[first].pos > CLUSTER) {
            const uint32_t leaf = m->body[first].leaf;
            worth -=
                --m->counts[leaf] == 0 ? m->worths[leaf] : m->worths[leaf] / 16;
            first++;
        }
        if (worth > best.worth + 1e-9)
            best = (struct cluster){first, i, worth};
    }
    return best;
}

static int by_position(const void *left, const void *right)
{
    const struct cluster *a = left, *b = right;
    return a->first < b->first ? -1 : a->first > b->first;
}

/* ------------------------------------------------------------- sentences */

/** Moves start behind blanks, and end before them. */
static void trim(const struct nidx_window *w, size_t *start, size_t *end)
{
    while (*start < *end && w->text.data[*start] <= ' ')
        ++*start;
    while (*end > *start && w->text.data[*end - 1] <= ' ')
        --*end;
}

/** The range of whole sentences that holds [*start, *end). */
static void widen_to_sentences(const struct nidx_window *w, size_t max,
                               size_t *start, size_t *end)
{
    size_t before = 0, after = w->text.len;
    unsigned n = 0;

    for (size_t i = 0; i < w->n_tokens; i++) {
        const struct nidx_token *t = &w->tokens[i];
        if (t->form != NIDX_FORM_SENTENCE)
            continue;
        if (t->end <= *start) {
            before = t->end;
        } else if (t->end >= *end) {
            if (n > 0 && (t->end - before > max || n >= SENTENCES))
                break;
            after = t->end;
            n++;
        }
    }
    *start = before;
    *end = after;
}

static bool is_continuation(const struct nidx_window *w, size_t i)
{
    return i < w->text.len && (w->text.data[i] & 0xc0) == 0x80;
}

/** Moves i back to a blank or, where none is near, to a character. */
static size_t back_to_blank(const struct nidx_window *w, size_t i, size_t least)
{
    size_t j = i;

    while (j > least && i - j < 40 && w->text.data[j] > ' ')
        j--;
    if (j > least && i - j < 40)
        return j;
    while (i > least && is_continuation(w, i))
        i--;
    return i;
}

/** Cuts [*start, *end) down to max bytes that show what is lit first. */
static int cut_range(const struct nidx_window *w, size_t max,
                     struct nidx_range lit, size_t *start, size_t *end)
{
    int cut = 0;

    if (*end - *start <= max)
        return 0;
    /* The front is cut only where what is lit would not be seen otherwise. */
    const size_t core = lit.end - lit.start;
    const size_t lead = core < max ? (max - core) / 2 : 0;
    if (lit.end - *start > max && lit.start - *start > lead) {
        *start = back_to_blank(w, lit.start - lead, *start);
        cut |= 1;
    }
    if (*end - *start > max) {
        const size_t stop = back_to_blank(w, *start + max, *start + 1);
        if (stop < *end)
            cut |= 2;
        *end = stop;
    }
    return cut;
}

static enum nidx_status keep_lit(struct nidx_passage *p,
                                 const struct nidx_range *lit, size_t n,
                                 size_t start, size_t end,
                                 struct nidx_error *err)
{
    p->lit = malloc((n + 1) * sizeof(*p->lit));
    if (!p->lit)
        return nidx_nomem(err);
    for (size_t i = 0; i < n; i++) {
        if (lit[i].start < start || lit[i].start >= end)
            continue;
        const size_t to = lit[i].end < end ? lit[i].end : end;
        p->lit[p->n_lit++] =
            (struct nidx_range){lit[i].start - start, to - start};
    }
    return NIDX_OK;
}

/** Where a window's edge cuts a sentence. */
static int window_cut(const struct nidx_window *w, size_t start, size_t end)
{
    return (start == 0 && !w->at_begin ? 1 : 0) |
           (end == w->text.len && !w->at_end ? 2 : 0);
}

/** A passage around core: what is to be seen in it. */
static enum nidx_status write_passage(const struct maker *m,
                                      const struct nidx_window *w,
                                      struct nidx_range core,
                                      const struct nidx_range *lit,
                                      size_t n_lit, struct nidx_error *err)
{
    struct nidx_result_hit *h = &m->r->hits[m->hit];
    size_t start = core.start, end = core.end;

    widen_to_sentences(w, m->max_bytes, &start, &end);
    int cut = window_cut(w, start, end);
    trim(w, &start, &end);
    cut |= cut_range(w, m->max_bytes, core, &start, &end);
    trim(w, &start, &end);
    if (start == end)
        return NIDX_OK;
    struct nidx_passage *p = &h->passages[h->n_passages++];
    p->start = w->start + start;
    p->cut = cut;
    nidx_buf_put(&p->text, w->text.data + start, end - start);
    nidx_buf_u8(&p->text, 0);
    if (p->text.oom)
        return nidx_nomem(err);
    return keep_lit(p, lit, n_lit, start, end, err);
}

/** Matches of the body with positions in [from, to]. */
static void matches_between(const struct maker *m, nidx_pos from, nidx_pos to,
                            size_t *first, size_t *n)
{
    size_t low = 0, high = m->n_body;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (m->body[middle].pos < from)
            low = middle + 1;
        else
            high = middle;
    }
    *first = low;
    while (low < m->n_body && m->body[low].pos <= to)
        low++;
    *n = low - *first;
}

static enum nidx_status make_passage(const struct maker *m,
                                     const struct cluster *c,
                                     struct nidx_error *err)
{
    struct nidx_window w;
    struct nidx_range *core = NULL, *lit = NULL;
    size_t n_core = 0, n_lit = 0, first, n;
    const nidx_pos from = m->body[c->first].pos, to = m->body[c->last].pos;
    const nidx_pos low = from > AROUND ? from - AROUND : 0;

    enum nidx_status status =
        nidx_window_body(m->r, m->hit, low, to + AROUND, &w, err);
    if (status == NIDX_OK)
        status = nidx_window_lit(m->r, &w, m->body + c->first,
                                 c->last - c->first + 1, &core, &n_core, err);
    matches_between(m, low, to + AROUND, &first, &n);
    if (status == NIDX_OK)
        status =
            nidx_window_lit(m->r, &w, m->body + first, n, &lit, &n_lit, err);
    if (status == NIDX_OK && n_core > 0)
        status = write_passage(
            m, &w, (struct nidx_range){core[0].start, core[n_core - 1].end},
            lit, n_lit, err);
    free(core);
    free(lit);
    nidx_window_done(&w);
    return status;
}

/** The beginning of the body, where nothing in it is to be lit. */
static enum nidx_status make_lead(const struct maker *m, struct nidx_error *err)
{
    struct nidx_window w;

    enum nidx_status status =
        nidx_window_body(m->r, m->hit, 0, 2 * AROUND, &w, err);
    if (status == NIDX_OK && w.text.len > 0) {
        const size_t start = w.n_tokens > 0 ? w.tokens[0].start : 0;
        status = write_passage(m, &w, (struct nidx_range){start, start}, NULL,
                               0, err);
    }
    nidx_window_done(&w);
    return status;
}

static enum nidx_status make_passages(const struct maker *m,
                                      struct nidx_error *err)
{
    struct cluster taken[PASSAGES_MAX];
    size_t n = 0;

    while (n < m->max_passages) {
        const struct cluster c = best_cluster(m, taken, n);
        if (c.worth <= 0 || (n > 0 && c.worth < taken[0].worth / 2))
            break;
        taken[n++] = c;
    }
    if (n == 0)
        return make_lead(m, err);
    qsort(taken, n, sizeof(*taken), by_position);
    enum nidx_status status = NIDX_OK;
    for (size_t i = 0; i < n && status == NIDX_OK; i++)
        status = make_passage(m, &taken[i], err);
    return status;
}

static enum nidx_status light_title(struct nidx_result *r, size_t i,
                                    const struct nidx_match *matches, size_t n,
                                    struct nidx_error *err)
{
    struct nidx_window w;

    if (n == 0)
        return NIDX_OK;
    enum nidx_status status = nidx_window_title(r, i, &w, err);
    if (status == NIDX_OK)
        status = nidx_window_lit(r, &w, matches, n, &r->hits[i].title_lit,
                                 &r->hits[i].n_title_lit, err);
    nidx_window_done(&w);
    return status;
}

/** How many of the matches, sorted by position, lie in the headline. */
static enum nidx_status count_title(const struct nidx_result *r, size_t i,
                                    const struct nidx_match *matches, size_t n,
                                    size_t *n_title, struct nidx_error *err)
{
    uint64_t title_end;

    enum nidx_status status =
        nidx_column_get(&nidx_result_segment(r, i)->columns[NIDX_COLUMN_TITLE],
                        r->hits[i].doc, &title_end, err);
    if (status != NIDX_OK)
        return status;
    *n_title = 0;
    while (*n_title < n && matches[*n_title].pos < title_end)
        ++*n_title;
    return NIDX_OK;
}

static enum nidx_status show_hit(struct maker *m, struct nidx_match *matches,
                                 size_t n, struct nidx_error *err)
{
    struct nidx_result_hit *h = &m->r->hits[m->hit];
    size_t n_title = 0;

    h->passages = calloc(m->max_passages, sizeof(*h->passages));
    m->worths = calloc(m->r->n_leaves + 1, sizeof(*m->worths));
    m->counts = calloc(m->r->n_leaves + 1, sizeof(*m->counts));
    enum nidx_status status =
        h->passages && m->worths && m->counts ? NIDX_OK : nidx_nomem(err);
    if (status == NIDX_OK)
        status = count_title(m->r, m->hit, matches, n, &n_title, err);
    if (status == NIDX_OK) {
        m->body = n > n_title ? matches + n_title : matches;
        m->n_body = n - n_title;
        weigh_leaves(m);
        status = light_title(m->r, m->hit, matches, n_title, err);
    }
    if (status == NIDX_OK)
        status = make_passages(m, err);
    free(m->worths);
    free(m->counts);
    return status;
}

enum nidx_status nidx_hit_passages(struct nidx_result *r, size_t i,
                                   const struct nidx_passage_options *options,
                                   size_t *n, struct nidx_error *err)
{
    struct nidx_passage_options o = NIDX_PASSAGE_OPTIONS_INIT;
    struct nidx_match *matches = NULL;
    size_t n_matches = 0;

    if (i >= r->n_hits)
        return nidx_fail(err, NIDX_ERR_INVALID, "no such hit");
    if (options)
        memcpy(&o, options,
               options->size < sizeof(o) ? options->size : sizeof(o));
    struct nidx_result_hit *h = &r->hits[i];
    enum nidx_status status = NIDX_OK;
    if (!h->passages) {
        struct maker m = {.r = r, .hit = i};
        m.max_passages = o.max_passages ? o.max_passages : 3;
        if (m.max_passages > PASSAGES_MAX)
            m.max_passages = PASSAGES_MAX;
        m.max_bytes = o.max_bytes ? o.max_bytes : 320;
        if (r->plan)
            status = nidx_plan_matches(r->plan, h->segment, h->doc, &matches,
                                       &n_matches, err);
        if (status == NIDX_OK)
            status =
                show_hit(&m, matches, keep_shared(r, matches, n_matches), err);
        free(matches);
    }
    if (status == NIDX_OK)
        *n = h->n_passages;
    return status;
}

/* ------------------------------------------------------------- accessors */

static const struct nidx_passage *passage_of(const struct nidx_result *r,
                                             size_t i, size_t p)
{
    if (i >= r->n_hits || p >= r->hits[i].n_passages)
        return NULL;
    return &r->hits[i].passages[p];
}

const char *nidx_passage_text(const struct nidx_result *r, size_t i, size_t p,
                              size_t *len, uint64_t *start)
{
    const struct nidx_passage *passage = passage_of(r, i, p);

    *len = passage ? passage->text.len - 1 : 0;
    if (start)
        *start = passage ? passage->start : 0;
    return passage ? (const char *)passage->text.data : NULL;
}

size_t nidx_passage_n_lit(const struct nidx_result *r, size_t i, size_t p)
{
    const struct nidx_passage *passage = passage_of(r, i, p);
    return passage ? passage->n_lit : 0;
}

void nidx_passage_lit(const struct nidx_result *r, size_t i, size_t p, size_t j,
                      size_t *start, size_t *len)
{
    const struct nidx_passage *passage = passage_of(r, i, p);

    *start = *len = 0;
    if (!passage || j >= passage->n_lit)
        return;
    *start = passage->lit[j].start;
    *len = passage->lit[j].end - passage->lit[j].start;
}

int nidx_passage_cut(const struct nidx_result *r, size_t i, size_t p)
{
    const struct nidx_passage *passage = passage_of(r, i, p);
    return passage ? passage->cut : 0;
}

size_t nidx_title_n_lit(const struct nidx_result *r, size_t i)
{
    return i < r->n_hits ? r->hits[i].n_title_lit : 0;
}

void nidx_title_lit(const struct nidx_result *r, size_t i, size_t j,
                    size_t *start, size_t *len)
{
    *start = *len = 0;
    if (i >= r->n_hits || j >= r->hits[i].n_title_lit)
        return;
    *start = r->hits[i].title_lit[j].start;
    *len = r->hits[i].title_lit[j].end - *start;
}
