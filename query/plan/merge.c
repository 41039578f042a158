/* merge.c: the alternatives of a leaf as one list of documents.
 *
 * Frequencies are added up in an array over a window of documents, so no
 * comparison is made for any posting.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/plan/merge.h"

#include <stdlib.h>

#include "query/spans/leaf.h"

enum {
    WINDOW = 4096
};

/** One alternative. */
struct input {
    struct nidx_list list;
    uint32_t i; /* next posting of the block */
    const struct nidx_leaf_term *term;
    uint32_t n_numbers;
    uint32_t *numbers; /* of the forms that count; NULL: all */
    struct nidx_occurrences occurrences;
    uint32_t titles[NIDX_PACK_SLOTS];
    bool titles_read, any_titles;
};

struct window {
    uint32_t *freqs; /* 0 where bits are 0 */
    uint64_t bits[WINDOW / 64];
};

static void input_free(struct input *in)
{
    free(in->numbers);
    nidx_occurrences_done(&in->occurrences);
    free(in);
}

static enum nidx_status read_numbers(struct input *in,
                                     const struct nidx_segment *s,
                                     uint8_t field, struct nidx_error *err)
{
    const struct nidx_leaf_term *t = in->term;

    if (!t->forms)
        return NIDX_OK;
    in->numbers = calloc((size_t)t->n_forms + 1, sizeof(*in->numbers));
    if (!in->numbers)
        return nidx_nomem(err);
    return nidx_leaf_form_numbers(s, field, t, in->numbers, &in->n_numbers,
                                  err);
}

static bool counts(const struct input *in, uint16_t form)
{
    for (uint32_t i = 0; i < in->n_numbers; i++) {
        if (in->numbers[i] == form)
            return true;
    }
    return false;
}

/* The frequency of posting i among occurrences of the forms asked for. */
static uint32_t form_freq(struct input *in, uint32_t i)
{
    uint32_t freq = 0, titles = 0, weight = in->list.how.weight;
    struct nidx_occurrences *o = &in->occurrences;
    enum nidx_status status =
        nidx_postings_occurrences(&in->list.postings, i, true, o, NULL);

    if (status != NIDX_OK) {
        in->list.status = status;
        return 0;
    }
    if (!in->titles_read) {
        in->any_titles = nidx_postings_titles(&in->list.postings, in->titles);
        in->titles_read = true;
    }
    if (in->any_titles)
        titles = in->titles[i];
    for (uint32_t k = 0; k < o->n; k++) {
        if (counts(in, o->items[k].form))
            freq += k < titles ? weight : 1;
    }
    return freq;
}

/* Adds the postings of an input that lie below end. */
static void add_input(struct input *in, struct window *w, nidx_docid start,
                      nidx_docid end)
{
    struct nidx_list *l = &in->list;

    while (l->n && l->status == NIDX_OK) {
        const uint32_t *docs = nidx_list_docs(l);
        const uint32_t *freqs = in->numbers ? NULL : nidx_list_freqs(l);
        uint32_t i = in->i;
        for (; i < l->n && docs[i] < end && docs[i] >= start; i++) {
            uint32_t freq = freqs ? freqs[i] : form_freq(in, i);
            uint32_t at = docs[i] - start;
            if (freq == 0)
                continue;
            w->freqs[at] += freq;
            w->bits[at >> 6] |= UINT64_C(1) << (at & 63);
        }
        in->i = i;
        if (i < l->n)
            return;
        in->i = 0;
        in->titles_read = false;
        nidx_list_next(l);
    }
}

static bool grow(struct nidx_merged *m, uint32_t more)
{
    if (m->cap - m->n >= more && m->docs)
        return true;
    size_t cap = ((size_t)m->n + more) * 2;
    uint32_t *docs = realloc(m->docs, (cap + 16) * sizeof(*docs));
    if (docs)
        m->docs = docs;
    uint32_t *freqs = realloc(m->freqs, (cap + 16) * sizeof(*freqs));
    if (freqs)
        m->freqs = freqs;
    if (!docs || !freqs || cap > UINT32_MAX)
        return false;
    m->cap = (uint32_t)cap;
    return true;
}

/* Appends the window's documents and empties it. */
static bool drain(struct window *w, nidx_docid start, struct nidx_merged *m)
{
    uint32_t n = 0;

    for (uint32_t k = 0; k < WINDOW / 64; k++)
        n += (uint32_t)__builtin_popcountll(w->bits[k]);
    if (!grow(m, n))
        return false;
    for (uint32_t k = 0; k < WINDOW / 64; k++) {
        for (uint64_t bits = w->bits[k]; bits; bits &= bits - 1) {
            uint32_t at = 64 * k + (uint32_t)__builtin_ctzll(bits);
            uint32_t freq = w->freqs[at];
            m->docs[m->n] = start + at;
            m->freqs[m->n++] = freq < INT32_MAX ? freq : INT32_MAX;
            w->freqs[at] = 0;
        }
        w->bits[k] = 0;
    }
    return true;
}

/* A single list, block by block. */
static enum nidx_status copy_list(struct nidx_list *l, struct nidx_merged *m,
                                  struct nidx_error *err)
{
    if (!grow(m, l->df))
        return nidx_nomem(err);
    for (; l->n; nidx_list_next(l)) {
        const uint32_t *docs = nidx_list_docs(l);
        if (l->n == 0)
            break;
        if (!grow(m, l->n))
            return nidx_nomem(err);
        memcpy(m->docs + m->n, docs, l->n * sizeof(*docs));
        memcpy(m->freqs + m->n, nidx_list_freqs(l), l->n * sizeof(*docs));
        m->n += l->n;
    }
    return l->status == NIDX_OK ? NIDX_OK : nidx_corrupt(err, "a posting list");
}

static nidx_docid next_doc(struct input *in)
{
    struct nidx_list *l = &in->list;

    if (l->n == 0)
        return NIDX_DOC_END;
    const uint32_t *docs = nidx_list_docs(l);
    return l->n ? docs[in->i] : NIDX_DOC_END;
}

static enum nidx_status merge_windows(struct input **inputs, uint32_t n,
                                      struct window *w, struct nidx_merged *m,
                                      struct nidx_error *err)
{
    for (;;) {
        nidx_docid least = NIDX_DOC_END;
        for (uint32_t i = 0; i < n; i++) {
            nidx_docid doc = next_doc(inputs[i]);
            if (inputs[i]->list.status != NIDX_OK)
                return nidx_corrupt(err, "a posting list");
            least = doc < least ? doc : least;
        }
        if (least == NIDX_DOC_END)
            return NIDX_OK;
        nidx_docid start = least - least % WINDOW;
        for (uint32_t i = 0; i < n; i++)
            add_input(inputs[i], w, start, start + WINDOW);
        if (!drain(w, start, m)) {
            memset(w->freqs, 0, WINDOW * sizeof(*w->freqs));
            return nidx_nomem(err);
        }
    }
}

static enum nidx_status take_bounds(struct nidx_merged *m,
                                    const struct nidx_leaf_score *how,
                                    uint32_t segment, struct nidx_error *err)
{
    uint32_t n_blocks = (m->n + NIDX_BLOCK - 1) / NIDX_BLOCK;
    struct nidx_norm *norm;
    enum nidx_status status =
        nidx_norms_of(how->norms, segment, how->kind, &norm, err);

    m->x = calloc((size_t)n_blocks + 1, sizeof(*m->x));
    if (!m->x)
        return nidx_nomem(err);
    for (uint32_t i = 0; i < m->n && status == NIDX_OK; i++) {
        if (i % NIDX_BLOCK == 0) {
            uint32_t end = m->n - i < NIDX_BLOCK ? m->n : i + NIDX_BLOCK;
            status = nidx_norms_need(how->norms, segment, how->kind, norm,
                                     m->docs + i, end - i, err);
            if (status != NIDX_OK)
                break;
        }
        float x = (float)m->freqs[i] * norm->inv[m->docs[i]];
        float *best = &m->x[i / NIDX_BLOCK];
        *best = x > *best ? x : *best;
    }
    return status;
}

static enum nidx_status open_input(struct input **out,
                                   const struct nidx_part_leaf *part,
                                   uint32_t k, const struct nidx_node *node,
                                   const struct nidx_leaf_score *how,
                                   uint32_t segment, struct nidx_error *err)
{
    struct nidx_part_leaf one = {.n = 1, .infos = &part->infos[k]};
    struct nidx_leaf_score plain = *how;
    struct input *in = *out = calloc(1, sizeof(*in));
    uint8_t field =
        node->field == NIDX_FIELD_BODY ? NIDX_FIELD_ALL : node->field;

    if (!in)
        return nidx_nomem(err);
    plain.scored = false;
    in->term = node->n_terms ? &node->terms[part->terms[k]] : NULL;
    enum nidx_status status =
        nidx_list_open(&in->list, &one, &plain, segment, err);
    if (status != NIDX_OK || !in->term)
        return status;
    return read_numbers(in, how->norms->catalog->segments[segment], field, err);
}

/* Merges the terms of part but one (UINT32_MAX: all). */
static enum nidx_status merge_but(const struct nidx_part_leaf *part,
                                  uint32_t but, const struct nidx_node *node,
                                  const struct nidx_leaf_score *how,
                                  uint32_t segment, struct nidx_merged **out,
                                  struct nidx_error *err)
{
    struct input **inputs = calloc((size_t)part->n + 1, sizeof(*inputs));
    struct window w = {.freqs = nidx_norms_sums(how->norms)};
    struct nidx_merged *m = calloc(1, sizeof(*m));
    enum nidx_status status = NIDX_OK;
    uint32_t n = 0;

    if (!inputs || !w.freqs || !m || !grow(m, 1))
        status = nidx_nomem(err);
    for (uint32_t k = 0; k < part->n && status == NIDX_OK; k++) {
        if (k != but)
            status = open_input(&inputs[n++], part, k, node, how, segment, err);
    }
    if (status == NIDX_OK && n == 1 && !inputs[0]->numbers && how->weight != 0)
        status = copy_list(&inputs[0]->list, m, err);
    else if (status == NIDX_OK)
        status = merge_windows(inputs, n, &w, m, err);
    for (uint32_t k = 0; inputs && k < n; k++) {
        if (inputs[k])
            input_free(inputs[k]);
    }
    free(inputs);
    if (status != NIDX_OK) {
        nidx_merged_free(m);
        m = NULL;
    }
    *out = m;
    return status;
}

enum nidx_status nidx_merge(struct nidx_part_leaf *part,
                            const struct nidx_node *node,
                            const struct nidx_leaf_score *how, uint32_t segment,
                            bool bounds, struct nidx_error *err)
{
    struct nidx_merged *m;
    enum nidx_status status =
        merge_but(part, UINT32_MAX, node, how, segment, &m, err);

    if (status == NIDX_OK && bounds)
        status = take_bounds(m, how, segment, err);
    part->merged = m;
    return status;
}

/* ----------------------------------------------------------------- blends */

static bool append(struct nidx_merged *m, nidx_docid doc, uint32_t freq)
{
    if (!grow(m, 1))
        return false;
    m->docs[m->n] = doc;
    m->freqs[m->n++] = freq;
    return true;
}

/* Parts rest in documents that the main list has and such that it has not. */
static enum nidx_status part_rest(struct nidx_list *list,
                                  const struct nidx_merged *rest,
                                  struct nidx_merged *others,
                                  struct nidx_merged *shared,
                                  struct nidx_error *err)
{
    struct nidx_probe *probe =
        nidx_norms_scratch(list->how.norms, sizeof(*probe));
    bool room = probe != NULL;

    for (uint32_t i = 0; room && i < rest->n; i += NIDX_PROBE) {
        uint32_t n = rest->n - i < NIDX_PROBE ? rest->n - i : NIDX_PROBE;
        uint32_t found =
            nidx_list_probe(list, rest->docs + i, n, NIDX_PROBE_FREQS, probe);
        for (uint32_t k = 0, f = 0; room && k < n; k++) {
            uint32_t freq = rest->freqs[i + k];
            if (f < found && probe->at[f] == k)
                room =
                    append(shared, rest->docs[i + k], freq + probe->freqs[f++]);
            else
                room = append(others, rest->docs[i + k], freq);
        }
    }
    if (!room)
        return nidx_nomem(err);
    return list->status == NIDX_OK ? NIDX_OK
                                   : nidx_corrupt(err, "a posting list");
}

static enum nidx_status blend_rest(struct nidx_part_leaf *part,
                                   const struct nidx_merged *rest,
                                   const struct nidx_leaf_score *how,
                                   uint32_t segment, struct nidx_error *err)
{
    struct nidx_part_leaf only = {
        .n = 1, .infos = part->infos, .main = part->main};
    struct nidx_leaf_score plain = *how;
    struct nidx_list *list = malloc(sizeof(*list));
    enum nidx_status status = NIDX_OK;

    plain.scored = false;
    part->others = calloc(1, sizeof(*part->others));
    part->shared = calloc(1, sizeof(*part->shared));
    if (!list || !part->others || !part->shared)
        status = nidx_nomem(err);
    if (status == NIDX_OK)
        status = nidx_list_open(list, &only, &plain, segment, err);
    if (status == NIDX_OK)
        status = part_rest(list, rest, part->others, part->shared, err);
    free(list);
    return status;
}

static enum nidx_status keep_filled(struct nidx_merged **m, bool bounds,
                                    const struct nidx_leaf_score *how,
                                    uint32_t segment, struct nidx_error *err)
{
    if ((*m)->n > 0)
        return bounds ? take_bounds(*m, how, segment, err) : NIDX_OK;
    nidx_merged_free(*m);
    *m = NULL;
    return NIDX_OK;
}

/* The most frequent of the terms that count whole. */
static uint32_t main_of(const struct nidx_part_leaf *part,
                        const struct nidx_node *node)
{
    uint32_t best = UINT32_MAX;

    for (uint32_t i = 0; i < part->n; i++) {
        if (node->terms[part->terms[i]].forms)
            continue;
        if (best == UINT32_MAX || part->infos[i].df > part->infos[best].df)
            best = i;
    }
    return best;
}

enum nidx_status nidx_blend(struct nidx_part_leaf *part,
                            const struct nidx_node *node,
                            const struct nidx_leaf_score *how, uint32_t segment,
                            bool bounds, struct nidx_error *err)
{
    struct nidx_merged *rest;

    part->main = main_of(part, node);
    enum nidx_status status =
        merge_but(part, part->main, node, how, segment, &rest, err);
    if (status == NIDX_OK)
        status = blend_rest(part, rest, how, segment, err);
    nidx_merged_free(rest);
    if (status != NIDX_OK)
        return status;
    part->df = part->infos[part->main].df + part->others->n;
    status = keep_filled(&part->others, bounds, how, segment, err);
    if (status == NIDX_OK)
        status = keep_filled(&part->shared, bounds, how, segment, err);
    return status;
}
