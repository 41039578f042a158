/* list.c: one leaf's documents in one segment, a block at a time.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/list.h"

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

enum nidx_status nidx_list_open(struct nidx_list *l,
                                const struct nidx_part_leaf *part,
                                const struct nidx_leaf_score *how,
                                uint32_t segment, struct nidx_error *err)
{
    struct nidx_segment *s = how->norms->catalog->segments[segment];
    struct nidx_norm *norm = NULL;
    enum nidx_status status = NIDX_OK;

    l->how = *how;
    l->segment = segment;
    l->df = part->df;
    l->merged = part->merged;
    l->status = NIDX_OK;
    l->block = 0;
    l->bounds = nidx_norms_bounds(how->norms, how->kind);
    if (how->scored)
        status = nidx_norms_of(how->norms, segment, how->kind, &norm, err);
    l->norm = norm;
    if (status != NIDX_OK)
        return status;
    if (part->merged) {
        l->x_max = merged_max(part->merged);
        take_merged(l);
        return NIDX_OK;
    }
    l->x_max = impacts_x(l->bounds, part->infos[0].impacts);
    status = nidx_postings_open(&l->postings, &s->source, &part->infos[0],
                                s->n_docs, err);
    if (status == NIDX_OK)
        take_block(l, l->postings.n > 0);
    return status;
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
    if (l->n && l->how.scored) {
        enum nidx_status status = nidx_norms_fill(
            l->how.norms, l->segment, l->how.kind, l->docs[0], l->last, NULL);
        if (status != NIDX_OK)
            fail(l, status);
    }
    return l->docs;
}

const uint32_t *nidx_list_read_freqs(struct nidx_list *l)
{
    if (l->merged)
        memcpy(l->freqs, l->merged->freqs + l->block * NIDX_BLOCK,
               l->n * sizeof(uint32_t));
    else
        nidx_postings_freqs(&l->postings, l->how.weight, l->freqs);
    l->freqs_read = true;
    return l->freqs;
}

uint32_t nidx_list_freq_at(struct nidx_list *l, uint32_t i)
{
    if (l->freqs_read)
        return l->freqs[i];
    if (l->merged)
        return l->merged->freqs[l->block * NIDX_BLOCK + i];
    return nidx_postings_freq_at(&l->postings, i, l->how.weight);
}

void nidx_list_scores(struct nidx_list *l, uint32_t *scores)
{
    const uint32_t *docs = nidx_list_docs(l);

    nidx_score_block(docs, nidx_list_freqs(l), l->n, l->norm->inv, l->how.w,
                     scores);
}

float nidx_list_x(const struct nidx_list *l)
{
    if (l->merged)
        return l->merged->x ? l->merged->x[l->block] : 0;
    return impacts_x(l->bounds, nidx_postings_impacts(&l->postings));
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
float nidx_list_x_to(const struct nidx_list *l, nidx_docid to)
{
    const struct nidx_postings *p = &l->postings;
    float best = 0;

    if (l->n == 0 || l->first > to)
        return 0;
    if (l->merged)
        return merged_x_to(l, to);
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

bool nidx_list_skip_low(struct nidx_list *l, float low)
{
    while (l->n && nidx_list_x(l) <= low) {
        const struct nidx_postings *p = &l->postings;
        uint32_t b = p->block + 1;
        if (l->merged || !p->last_docs) {
            nidx_list_next(l);
            continue;
        }
        while (b < p->n_blocks &&
               impacts_x(l->bounds, nidx_load64(p->block_impacts + 8 * b)) <=
                   low)
            b++;
        nidx_list_seek_far(l, nidx_load32(p->last_docs + 4 * (b - 1)) + 1);
    }
    return l->n > 0;
}
