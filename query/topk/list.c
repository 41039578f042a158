/* list.c: one leaf's documents in one segment, a block at a time.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/topk/list.h"

#include <stdlib.h>

void nidx_merged_free(struct nidx_merged *m)
{
    if (!m)
        return;
    free(m->docs);
    free(m->freqs);
    free(m->x);
    free(m);
}

static float impacts_x(const struct nidx_norm_bounds *b, nidx_impacts impacts)
{
    float best = 0;

    for (int k = 0; k < 64; k += 16) {
        float x =
            b->freqs[impacts >> k & 255] * b->invs[impacts >> (k + 8) & 255];
        best = x > best ? x : best;
    }
    return best;
}

static bool fail(struct nidx_list *l, enum nidx_status status)
{
    l->status = status;
    l->n = 0;
    l->first = l->last = NIDX_DOC_END;
    return false;
}

/* Takes the fields of the block over from the postings. */
static bool take_block(struct nidx_list *l, bool there)
{
    l->docs_read = l->freqs_read = false;
    if (!there)
        return fail(l, l->postings.status);
    l->first = l->postings.first;
    l->last = l->postings.last;
    l->n = l->postings.n;
    return true;
}

static bool take_merged(struct nidx_list *l)
{
    const struct nidx_merged *m = l->merged;
    uint32_t start = l->block * NIDX_BLOCK;

    l->docs_read = l->freqs_read = false;
    if (start >= m->n)
        return fail(l, NIDX_OK);
    l->n = m->n - start < NIDX_BLOCK ? m->n - start : NIDX_BLOCK;
    l->first = m->docs[start];
    l->last = m->docs[start + l->n - 1];
    return true;
}

static float merged_max(const struct nidx_merged *m)
{
    float best = 0;

    for (uint32_t i = 0; m->x && i * NIDX_BLOCK < m->n; i++)
        best = m->x[i] > best ? m->x[i] : best;
    return best;
}

static enum nidx_status start(struct nidx_list *l,
                              const struct nidx_part_leaf *part,
                              const struct nidx_leaf_score *how,
                              uint32_t segment, struct nidx_error *err)
{
    struct nidx_norm *norm = NULL;
    enum nidx_status status = NIDX_OK;

    l->how = *how;
    l->part = part;
    l->others = false;
    l->segment = segment;
    l->merged = l->shared = NULL;
    l->also = NULL;
    l->status = NIDX_OK;
    l->block = 0;
    l->bounds = nidx_norms_bounds(how->norms, how->kind);
    if (how->scored)
        status = nidx_norms_of(how->norms, segment, how->kind, &norm, err);
    l->norm = norm;
    return status;
}

static void start_merged(struct nidx_list *l, const struct nidx_merged *m)
{
    l->merged = m;
    l->df = m->n;
    l->x_max = merged_max(m);
    take_merged(l);
}

enum nidx_status nidx_list_open(struct nidx_list *l,
                                const struct nidx_part_leaf *part,
                                const struct nidx_leaf_score *how,
                                uint32_t segment, struct nidx_error *err)
{
    struct nidx_segment *s = how->norms->catalog->segments[segment];
    const struct nidx_term_info *info = &part->infos[part->main];
    enum nidx_status status = start(l, part, how, segment, err);

    if (status != NIDX_OK)
        return status;
    if (part->merged) {
        start_merged(l, part->merged);
        return NIDX_OK;
    }
    l->df = info->df;
    l->x_max = impacts_x(l->bounds, info->impacts);
    if (part->shared) {
        l->shared = part->shared;
        float x = merged_max(part->shared);
        l->x_max = x > l->x_max ? x : l->x_max;
    }
    status = nidx_postings_open(&l->postings, &s->source, info, s->n_docs, err);
    if (status == NIDX_OK)
        take_block(l, l->postings.n > 0);
    return status;
}

enum nidx_status nidx_list_open_others(struct nidx_list *l,
                                       const struct nidx_part_leaf *part,
                                       const struct nidx_leaf_score *how,
                                       uint32_t segment, struct nidx_error *err)
{
    enum nidx_status status = start(l, part, how, segment, err);

    l->others = true;
    if (status == NIDX_OK)
        start_merged(l, part->others);
    return status;
}

enum nidx_status nidx_list_reopen(struct nidx_list *l, struct nidx_error *err)
{
    const struct nidx_leaf_score how = l->how;
    struct nidx_list *also = l->also;
    enum nidx_status status =
        l->others ? nidx_list_open_others(l, l->part, &how, l->segment, err)
                  : nidx_list_open(l, l->part, &how, l->segment, err);

    l->also = also;
    return status == NIDX_OK && also ? nidx_list_reopen(also, err) : status;
}

bool nidx_list_next(struct nidx_list *l)
{
    if (l->n == 0)
        return false;
    if (!l->merged)
        return take_block(l, nidx_postings_next(&l->postings));
    l->block++;
    return take_merged(l);
}

/* Gallops over the last documents of the blocks. */
static bool seek_merged(struct nidx_list *l, nidx_docid target)
{
    const struct nidx_merged *m = l->merged;
    uint32_t low = (l->block + 1) * NIDX_BLOCK, step = NIDX_BLOCK;

    while (low + step < m->n && m->docs[low + step - 1] < target) {
        low += step;
        step *= 2;
    }
    while (low < m->n && l->n) {
        uint32_t end = m->n - low < NIDX_BLOCK ? m->n : low + NIDX_BLOCK;
        if (m->docs[end - 1] >= target)
            break;
        low = end;
    }
    l->block = (low + NIDX_BLOCK - 1) / NIDX_BLOCK;
    return take_merged(l);
}

bool nidx_list_seek_far(struct nidx_list *l, nidx_docid target)
{
    if (l->merged)
        return seek_merged(l, target);
    return take_block(l, nidx_postings_seek(&l->postings, target));
}

const uint32_t *nidx_list_read_docs(struct nidx_list *l)
{
    if (l->merged)
        memcpy(l->docs, l->merged->docs + l->block * NIDX_BLOCK,
               l->n * sizeof(uint32_t));
    else if (nidx_postings_docs(&l->postings, l->docs) != l->n)
        fail(l, NIDX_ERR_CORRUPT);
    l->docs_read = true;
    return l->docs;
}

/* Index of the first shared document >= doc. */
static uint32_t find_shared(const struct nidx_merged *m, nidx_docid doc)
{
    uint32_t low = 0, high = m->n;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (m->docs[middle] < doc)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Puts the frequencies of shared documents in the block's. */
static void patch_shared(struct nidx_list *l)
{
    const struct nidx_merged *m = l->shared;

    for (uint32_t k = find_shared(m, l->first);
         k < m->n && m->docs[k] <= l->last; k++) {
        uint32_t i = nidx_list_find(l, m->docs[k]);
        if (i < l->n && l->docs[i] == m->docs[k])
            l->freqs[i] = m->freqs[k];
    }
}

const uint32_t *nidx_list_read_freqs(struct nidx_list *l)
{
    if (l->merged)
        memcpy(l->freqs, l->merged->freqs + l->block * NIDX_BLOCK,
               l->n * sizeof(uint32_t));
    else
        nidx_postings_freqs(&l->postings, l->how.weight, l->freqs);
    if (l->shared)
        patch_shared(l);
    l->freqs_read = true;
    return l->freqs;
}

uint32_t nidx_list_freq_at(struct nidx_list *l, uint32_t i)
{
    if (l->freqs_read)
        return l->freqs[i];
    if (l->merged)
        return l->merged->freqs[l->block * NIDX_BLOCK + i];
    if (l->shared)
        return nidx_list_read_freqs(l)[i];
    return nidx_postings_freq_at(&l->postings, i, l->how.weight);
}

void nidx_list_score(struct nidx_list *l, const uint32_t *docs,
                     const uint32_t *freqs, uint32_t n, uint32_t *scores)
{
    enum nidx_status status = nidx_norms_need(
        l->how.norms, l->segment, l->how.kind, l->norm, docs, n, NULL);

    if (status == NIDX_OK) {
        nidx_score_block(docs, freqs, n, l->norm->inv, l->how.w, scores);
        return;
    }
    fail(l, status);
    memset(scores, 0, n * sizeof(*scores));
}

void nidx_list_scores(struct nidx_list *l, uint32_t *scores)
{
    const uint32_t *docs = nidx_list_docs(l);

    nidx_list_score(l, docs, nidx_list_freqs(l), l->n, scores);
}

/* Raises a bound of the postings to that of shared documents up to `to`. */
static float with_shared(const struct nidx_list *l, float x, nidx_docid to)
{
    const struct nidx_merged *m = l->shared;
    uint32_t k = find_shared(m, l->first);

    if (k == m->n || m->docs[k] > to)
        return x;
    float most = merged_max(m);
    return most > x ? most : x;
}

float nidx_list_x(const struct nidx_list *l)
{
    if (l->merged)
        return l->merged->x ? l->merged->x[l->block] : 0;
    float x = impacts_x(l->bounds, nidx_postings_impacts(&l->postings));
    return l->shared ? with_shared(l, x, l->last) : x;
}

float nidx_list_most_inv(const struct nidx_list *l)
{
    nidx_impacts impacts = nidx_postings_impacts(&l->postings);
    float best = 0;

    for (int k = 8; k < 64; k += 16) {
        float inv = l->bounds->invs[impacts >> k & 255];
        best = inv > best ? inv : best;
    }
    return best;
}

static float merged_x_to(const struct nidx_list *l, nidx_docid to)
{
    const struct nidx_merged *m = l->merged;
    float best = 0;

    for (uint32_t b = l->block;
         m->x && b * NIDX_BLOCK < m->n && m->docs[b * NIDX_BLOCK] <= to; b++)
        best = m->x[b] > best ? m->x[b] : best;
    return best;
}

/* The blocks of the current run, straight from its arrays. */
static float postings_x_to(const struct nidx_list *l, nidx_docid to)
{
    const struct nidx_postings *p = &l->postings;
    float best = 0;

    if (l->last >= to)
        return impacts_x(l->bounds, nidx_postings_impacts(p));
    if (!p->last_docs || to > p->run_last)
        return impacts_x(l->bounds, nidx_postings_impacts_in(p, l->first, to));
    for (uint32_t b = p->block; b < p->n_blocks; b++) {
        float x = impacts_x(l->bounds, nidx_load64(p->block_impacts + 8 * b));
        best = x > best ? x : best;
        if (nidx_load32(p->last_docs + 4 * b) >= to)
            break;
    }
    return best;
}

float nidx_list_x_to(const struct nidx_list *l, nidx_docid to)
{
    if (l->n == 0 || l->first > to)
        return 0;
    if (l->merged)
        return merged_x_to(l, to);
    float x = postings_x_to(l, to);
    return l->shared ? with_shared(l, x, to) : x;
}

/* To the next block of the run whose impacts are above low, or its end. */
static void skip_in_run(struct nidx_list *l, float low)
{
    const struct nidx_postings *p = &l->postings;
    uint32_t b = p->block + 1;

    while (b < p->n_blocks &&
           impacts_x(l->bounds, nidx_load64(p->block_impacts + 8 * b)) <= low)
        b++;
    nidx_list_seek_far(l, nidx_load32(p->last_docs + 4 * (b - 1)) + 1);
}

bool nidx_list_skip_low(struct nidx_list *l, float low)
{
    while (l->n && nidx_list_x(l) <= low) {
        if (l->merged || l->shared || !l->postings.last_docs)
            nidx_list_next(l);
        else
            skip_in_run(l, low);
    }
    return l->n > 0;
}

nidx_docid nidx_list_seek_both(struct nidx_list *l, nidx_docid target)
{
    nidx_docid first = nidx_list_seek(l, target) ? l->first : NIDX_DOC_END;

    if (l->also && nidx_list_seek(l->also, target) && l->also->first < first)
        first = l->also->first;
    return first > target ? first : target;
}

float nidx_list_x_both(const struct nidx_list *l, nidx_docid to)
{
    float x = nidx_list_x_to(l, to);
    float y = l->also ? nidx_list_x_to(l->also, to) : 0;

    return x > y ? x : y;
}
