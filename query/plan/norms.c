/* norms.c: length factors of documents, computed as they are first met.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/plan/norms.h"

#include <stdlib.h>

#include "query/topk/score.h"

enum nidx_norm_kind nidx_norm_kind_of(uint8_t field)
{
    switch (field) {
    case NIDX_FIELD_ALL:
        return NIDX_NORM_ALL;
    case NIDX_FIELD_BODY:
        return NIDX_NORM_BODY;
    case NIDX_FIELD_TITLE:
        return NIDX_NORM_TITLE;
    case NIDX_FIELD_AUTHOR:
        return NIDX_NORM_AUTHOR;
    default:
        return NIDX_NORM_NONE;
    }
}

enum nidx_status nidx_norms_new(const struct nidx_catalog *catalog,
                                struct nidx_norms **out, struct nidx_error *err)
{
    *out = NULL;
    struct nidx_norms *n = calloc(1, sizeof(*n));
    if (!n)
        return nidx_nomem(err);
    n->catalog = catalog;
    n->norms =
        calloc((size_t)catalog->manifest.n_segments * NIDX_NORM_KINDS + 1,
               sizeof(*n->norms));
    if (!n->norms) {
        free(n);
        return nidx_nomem(err);
    }
    *out = n;
    return NIDX_OK;
}

void nidx_norms_free(struct nidx_norms *n)
{
    if (!n)
        return;
    size_t count = (size_t)n->catalog->manifest.n_segments * NIDX_NORM_KINDS;
    for (size_t i = 0; i < count; i++) {
        free(n->norms[i].inv);
        free(n->norms[i].filled);
        free(n->norms[i].asked);
    }
    free(n->norms);
    nidx_known_terms_free(n->known);
    free(n->scratch);
    free(n->sums);
    free(n);
}

void *nidx_norms_scratch(struct nidx_norms *n, size_t size)
{
    if (size > n->scratch_size) {
        void *more = malloc(size);
        if (!more)
            return NULL;
        free(n->scratch);
        n->scratch = more;
        n->scratch_size = size;
    }
    return n->scratch;
}

uint32_t *nidx_norms_sums(struct nidx_norms *n)
{
    if (!n->sums)
        n->sums = calloc(NIDX_SUMS + 16, sizeof(*n->sums));
    return n->sums;
}

static uint32_t chunks_of(uint32_t n_docs)
{
    return n_docs / NIDX_COLUMN_ROWS + (n_docs % NIDX_COLUMN_ROWS != 0);
}

static size_t filled_words(uint32_t n_docs)
{
    return n_docs / NIDX_COLUMN_ROWS / 64 + 1;
}

static void forget(struct nidx_norm *norm, uint32_t n_docs)
{
    norm->n_empty = chunks_of(n_docs);
    if (norm->filled)
        memset(norm->filled, 0, filled_words(n_docs) * sizeof(uint64_t));
    if (norm->asked)
        memset(norm->asked, 0, norm->n_empty * sizeof(*norm->asked));
}

static uint32_t title_extra(const struct nidx_norms *n)
{
    uint32_t weight = n->catalog->header.title_weight;

    return n->plain || weight == 0 ? 0 : weight - 1;
}

static float quotient(uint64_t sum, uint64_t n)
{
    return sum == 0 || n == 0 ? 1.0f : (float)((double)sum / (double)n);
}

static void take_averages(struct nidx_norms *n)
{
    const struct nidx_manifest *m = &n->catalog->manifest;
    uint64_t docs = 0, length = 0, title = 0, author = 0, with_title = 0,
             with_author = 0;

    for (uint32_t i = 0; i < m->n_segments; i++) {
        docs += m->segments[i].n_docs;
        length += m->segments[i].sum_length;
        title += m->segments[i].sum_title;
        author += m->segments[i].sum_author;
        with_title += m->segments[i].n_title;
        with_author += m->segments[i].n_author;
    }
    n->avglens[NIDX_NORM_ALL] = quotient(length + title_extra(n) * title, docs);
    n->avglens[NIDX_NORM_BODY] =
        quotient(length > title ? length - title : 0, docs);
    n->avglens[NIDX_NORM_TITLE] = quotient(title, with_title);
    n->avglens[NIDX_NORM_AUTHOR] = quotient(author, with_author);
    n->avglens[NIDX_NORM_NONE] = 1.0f;
}

static void fill_bounds(struct nidx_norms *n)
{
    float avg = n->avglens[NIDX_NORM_ALL];

    for (uint32_t i = 0; i < 256; i++) {
        n->all.freqs[i] = n->other.freqs[i] =
            (float)(int32_t)nidx_impact_freq_of[i];
        n->all.invs[i] = nidx_score_inv(
            n->k1, n->b, (float)(int32_t)nidx_impact_len_of[i], avg);
        n->other.invs[i] = nidx_score_inv(n->k1, n->b, 0.0f, 1.0f);
    }
}

void nidx_norms_use(struct nidx_norms *n, float k1, float b, bool plain)
{
    if (n->ready && n->k1 == k1 && n->b == b && n->plain == plain)
        return;
    const struct nidx_manifest *m = &n->catalog->manifest;
    n->k1 = k1;
    n->b = b;
    n->plain = plain;
    n->ready = true;
    take_averages(n);
    fill_bounds(n);
    for (uint32_t i = 0; i < m->n_segments * NIDX_NORM_KINDS; i++) {
        uint32_t n_docs = n->catalog->segments[i / NIDX_NORM_KINDS]->n_docs;
        forget(&n->norms[i], n_docs);
    }
}

enum nidx_status nidx_norms_of(struct nidx_norms *n, uint32_t segment,
                               enum nidx_norm_kind kind, struct nidx_norm **out,
                               struct nidx_error *err)
{
    struct nidx_norm *norm =
        &n->norms[(size_t)segment * NIDX_NORM_KINDS + (size_t)kind];
    uint32_t n_docs = n->catalog->segments[segment]->n_docs;

    if (!norm->inv)
        norm->inv = malloc(((size_t)n_docs + 16) * sizeof(float));
    if (!norm->filled)
        norm->filled = calloc(filled_words(n_docs), sizeof(uint64_t));
    if (!norm->asked)
        norm->asked =
            calloc((size_t)chunks_of(n_docs) + 1, sizeof(*norm->asked));
    if (!norm->inv || !norm->filled || !norm->asked)
        return nidx_nomem(err);
    *out = norm;
    return NIDX_OK;
}

/* lens = base + factor * TITLE, where BASE is LENGTH. */
static enum nidx_status combine_title(const struct nidx_norms *n,
                                      const struct nidx_segment *s, bool body,
                                      uint32_t first, uint32_t count,
                                      uint32_t *lens, struct nidx_error *err)
{
    uint32_t titles[NIDX_COLUMN_ROWS], extra = title_extra(n);
    enum nidx_status status = nidx_column_read32(
        &s->columns[NIDX_COLUMN_LENGTH], first, count, lens, err);

    if (status != NIDX_OK || (!body && extra == 0))
        return status;
    status = nidx_column_read32(&s->columns[NIDX_COLUMN_TITLE], first, count,
                                titles, err);
    if (status != NIDX_OK)
        return status;
    for (uint32_t i = 0; i < count; i++) {
        if (body)
            lens[i] = lens[i] > titles[i] ? lens[i] - titles[i] : 0;
        else
            lens[i] += extra * titles[i];
    }
    return NIDX_OK;
}

enum nidx_status nidx_norms_lens(const struct nidx_norms *n, uint32_t segment,
                                 enum nidx_norm_kind kind, uint32_t first,
                                 uint32_t count, uint32_t *lens,
                                 struct nidx_error *err)
{
    const struct nidx_segment *s = n->catalog->segments[segment];

    switch (kind) {
    case NIDX_NORM_ALL:
    case NIDX_NORM_BODY:
        return combine_title(n, s, kind == NIDX_NORM_BODY, first, count, lens,
                             err);
    case NIDX_NORM_TITLE:
        return nidx_column_read32(&s->columns[NIDX_COLUMN_TITLE], first, count,
                                  lens, err);
    case NIDX_NORM_AUTHOR:
        return nidx_column_read32(&s->columns[NIDX_COLUMN_AUTHOR], first, count,
                                  lens, err);
    case NIDX_NORM_NONE:
    case NIDX_NORM_KINDS:
    default:
        for (uint32_t i = 0; i < count; i++)
            lens[i] = 1;
        return NIDX_OK;
    }
}

static enum nidx_status fill_chunk(struct nidx_norms *n, uint32_t segment,
                                   enum nidx_norm_kind kind, uint32_t chunk,
                                   struct nidx_norm *norm,
                                   struct nidx_error *err)
{
    uint32_t lens[NIDX_COLUMN_ROWS], first = chunk * NIDX_COLUMN_ROWS;
    uint32_t left = n->catalog->segments[segment]->n_docs - first;
    uint32_t count = left < NIDX_COLUMN_ROWS ? left : NIDX_COLUMN_ROWS;
    enum nidx_status status =
        nidx_norms_lens(n, segment, kind, first, count, lens, err);

    if (status != NIDX_OK)
        return status;
    nidx_score_invs(lens, count, n->k1, n->b, n->avglens[kind],
                    norm->inv + first);
    norm->filled[chunk >> 6] |= UINT64_C(1) << (chunk & 63);
    norm->n_empty--;
    return NIDX_OK;
}

static bool is_filled(const struct nidx_norm *norm, uint32_t chunk)
{
    return norm->filled[chunk >> 6] >> (chunk & 63) & 1;
}

enum nidx_status nidx_norms_find(struct nidx_norms *n, uint32_t segment,
                                 enum nidx_norm_kind kind,
                                 const nidx_docid *docs, uint32_t count,
                                 struct nidx_error *err)
{
    enum {
        MANY = 64 /* one by one they cost what all the chunk does */
    };
    struct nidx_norm *norm;

    if (n->unscored)
        return NIDX_OK;
    enum nidx_status status = nidx_norms_of(n, segment, kind, &norm, err);
    for (uint32_t i = 0; i < count && status == NIDX_OK; i++) {
        uint32_t chunk = docs[i] / NIDX_COLUMN_ROWS, len = 0;
        if (is_filled(norm, chunk))
            continue;
        if (norm->asked[chunk]++ >= MANY) {
            status = fill_chunk(n, segment, kind, chunk, norm, err);
            continue;
        }
        status = nidx_norms_lens(n, segment, kind, docs[i], 1, &len, err);
        norm->inv[docs[i]] =
            nidx_score_inv(n->k1, n->b, (float)(int32_t)len, n->avglens[kind]);
    }
    return status;
}
