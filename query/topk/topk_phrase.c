/* topk_phrase.c: the best documents that hold a phrase of plain words.
 *
 * Documents that hold all words come first, without positions. A phrase is
 * not more frequent than its rarest word, which bounds its score: positions are
 * read only where that bound could enter the heap.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "query/topk/phrase.h"
#include "query/plan/shape.h"

struct work {
    struct nidx_plan *plan;
    uint32_t segment;
    const uint64_t *deleted;
    struct nidx_topk *topk; /* NULL: counting */
    uint64_t count;
    float w;
    struct nidx_phrase phrase;
    struct nidx_list *lists; /* of the distinct words, rarest first */
    /* By list: its word, and where the word's list is one of postings the
     * documents' ranks in it; NULL: not known. */
    struct of_list {
        uint32_t word;
        uint32_t *ranks;
    } * of;
    uint32_t *ranks;
    uint32_t n; /* of documents below */
    uint32_t docs[NIDX_PACK_SLOTS], freqs[NIDX_PACK_SLOTS];
    uint32_t scores[NIDX_PACK_SLOTS];
    struct nidx_probe probe;
};

static enum nidx_status open_lists(struct work *w, struct nidx_error *err)
{
    struct nidx_phrase *ph = &w->phrase;
    enum nidx_status status = NIDX_OK;

    w->lists = malloc(nidx_mul_size(2 * ph->n_words + 1, sizeof(*w->lists)));
    if (!w->lists)
        return nidx_nomem(err);
    for (uint32_t i = 0; i < ph->n_words && status == NIDX_OK; i++) {
        const struct nidx_pnode *leaf = ph->words[i].leaf;
        struct nidx_leaf_score how = leaf->how;
        how.scored = w->topk != NULL;
        how.w = w->w;
        status = nidx_list_open(&w->lists[i], &leaf->parts[w->segment], &how,
                                w->segment, err);
        if (status != NIDX_OK || nidx_part_lists(&leaf->parts[w->segment]) < 2)
            continue;
        w->lists[i].also = &w->lists[ph->n_words + i];
        status = nidx_list_open_others(
            w->lists[i].also, &leaf->parts[w->segment], &how, w->segment, err);
    }
    if (status == NIDX_OK)
        nidx_lists_sort(w->lists, ph->n_words);
    return status;
}

static uint32_t word_of(const struct work *w, const struct nidx_list *l)
{
    uint32_t i = 0;

    while (&w->phrase.words[i].leaf->parts[w->segment] != l->part)
        i++;
    return i;
}

static enum nidx_status open_ranks(struct work *w, struct nidx_error *err)
{
    struct nidx_phrase *ph = &w->phrase;

    w->of = malloc(nidx_mul_size(ph->n_words + 1, sizeof(*w->of)));
    w->ranks = malloc(
        nidx_mul_size(ph->n_words + 1, NIDX_PACK_SLOTS * sizeof(uint32_t)));
    if (!w->of || !w->ranks)
        return nidx_nomem(err);
    for (uint32_t i = 0; i < ph->n_words; i++) {
        struct nidx_phrase_word *word = &ph->words[word_of(w, &w->lists[i])];
        word->has_rank =
            nidx_list_has_ranks(&w->lists[i]) && word->n_readers == 1;
        w->of[i].word = (uint32_t)(word - ph->words);
        w->of[i].ranks =
            word->has_rank ? w->ranks + (size_t)i * NIDX_PACK_SLOTS : NULL;
    }
    return NIDX_OK;
}

/* What a bound must reach; 0: no document is left out. */
static nidx_score threshold_of(const struct work *w)
{
    return w->topk && !w->topk->counting ? w->topk->threshold : 0;
}

/* Whether some document of the leader's block may enter the heap. */
static bool block_may_win(struct work *w)
{
    struct nidx_list *lead = &w->lists[0];

    if (threshold_of(w) <= 1)
        return true;
    float low = nidx_score_x_below(w->w, threshold_of(w));
    for (uint32_t i = 1; i < w->phrase.n_words; i++) {
        const struct nidx_list *l = &w->lists[i];
        if (!l->also && !l->merged && !l->shared &&
            nidx_list_x_to(l, lead->last) <= low)
            return false;
    }
    return lead->merged || lead->shared || nidx_list_x(lead) > low;
}

/* Document from takes the place of document to, in the lists before n. */
static void move_doc(struct work *w, uint32_t n, uint32_t to, uint32_t from)
{
    w->docs[to] = w->docs[from];
    w->freqs[to] = w->freqs[from];
    for (uint32_t i = 0; i < n; i++) {
        if (w->of[i].ranks)
            w->of[i].ranks[to] = w->of[i].ranks[from];
    }
}

/* Drops the documents whose bound by frequency is below the threshold; n lists
 * have been asked for them. */
static void prune(struct work *w, uint32_t n)
{
    uint32_t kept = 0;

    nidx_score threshold = threshold_of(w);

    if (threshold <= 1 || w->n == 0)
        return;
    nidx_list_score(&w->lists[0], w->docs, w->freqs, w->n, w->scores);
    for (uint32_t i = 0; i < w->n; i++) {
        if (w->scores[i] >= threshold)
            move_doc(w, n, kept++, i);
    }
    w->n = kept;
}

static void pick(uint32_t *values, const uint32_t *at, uint32_t n)
{
    for (uint32_t k = 0; k < n; k++)
        values[k] = values[at[k]];
}

static void narrow(struct work *w, uint32_t list)
{
    struct nidx_probe *p = &w->probe;
    unsigned want = (w->topk ? NIDX_PROBE_FREQS : NIDX_PROBE_DOCS) |
                    (w->of[list].ranks ? NIDX_PROBE_RANKS : NIDX_PROBE_DOCS);

    w->n = nidx_list_probe(&w->lists[list], w->docs, w->n, want, p);
    pick(w->docs, p->at, w->n);
    for (uint32_t i = 0; i < list; i++) {
        if (w->of[i].ranks)
            pick(w->of[i].ranks, p->at, w->n);
    }
    if (w->of[list].ranks)
        memcpy(w->of[list].ranks, p->ranks, w->n * sizeof(*p->ranks));
    if (!w->topk)
        return;
    pick(w->freqs, p->at, w->n);
    for (uint32_t k = 0; k < w->n; k++)
        w->freqs[k] = w->freqs[k] < p->freqs[k] ? w->freqs[k] : p->freqs[k];
}

static void use_ranks(struct work *w, uint32_t k)
{
    for (uint32_t i = 0; i < w->phrase.n_words; i++) {
        if (w->of[i].ranks)
            w->phrase.words[w->of[i].word].rank = w->of[i].ranks[k];
    }
}

static enum nidx_status take_doc(struct work *w, nidx_docid doc)
{
    uint32_t freq = 0;
    enum nidx_status status = nidx_phrase_freq(&w->phrase, doc, &freq);

    if (status != NIDX_OK || freq == 0)
        return status;
    w->count++;
    if (!w->topk)
        return NIDX_OK;
    uint32_t score = nidx_score_leaf(w->w, freq, w->lists[0].norm->inv[doc]);
    if (score >= w->topk->threshold)
        nidx_topk_add(w->topk, w->segment, doc, score);
    return NIDX_OK;
}

static enum nidx_status take_block(struct work *w, struct nidx_error *err)
{
    struct nidx_list *lead = &w->lists[0];
    enum nidx_status status = NIDX_OK;

    nidx_list_docs(lead);
    w->n = lead->n;
    memcpy(w->docs, lead->docs, w->n * sizeof(uint32_t));
    if (w->topk && w->n)
        memcpy(w->freqs, nidx_list_freqs(lead), w->n * sizeof(uint32_t));
    for (uint32_t k = 0; w->of[0].ranks && k < w->n; k++)
        w->of[0].ranks[k] = nidx_list_rank(lead, k);
    prune(w, 1);
    for (uint32_t i = 1; i < w->phrase.n_words && w->n; i++)
        narrow(w, i);
    prune(w, w->phrase.n_words);
    if (w->topk)
        status = nidx_norms_need(lead->how.norms, w->segment, lead->how.kind,
                                 lead->norm, w->docs, w->n, err);
    for (uint32_t i = 0; i < w->n && status == NIDX_OK; i++) {
        nidx_docid doc = w->docs[i];
        if (w->deleted && w->deleted[doc >> 6] >> (doc & 63) & 1)
            continue;
        if (threshold_of(w) > 1 &&
            nidx_score_leaf(w->w, w->freqs[i], lead->norm->inv[doc]) <
                threshold_of(w))
            continue;
        use_ranks(w, i);
        status = take_doc(w, doc);
    }
    return status == NIDX_OK ? nidx_plan_poll(w->plan, err)
                             : nidx_plan_fail(err, status);
}

static enum nidx_status run(struct work *w, struct nidx_error *err)
{
    struct nidx_list *lead = &w->lists[0];
    enum nidx_status status = NIDX_OK;

    while (lead->n && status == NIDX_OK &&
           nidx_lists_catch_up(lead, w->phrase.n_words)) {
        if (block_may_win(w))
            status = take_block(w, err);
        nidx_list_next(lead);
    }
    for (uint32_t i = 0; i < w->phrase.n_words && status == NIDX_OK; i++) {
        const struct nidx_list *l = &w->lists[i];
        if (l->status != NIDX_OK)
            status = nidx_plan_fail(err, l->status);
        else if (l->also && l->also->status != NIDX_OK)
            status = nidx_plan_fail(err, l->also->status);
    }
    w->plan->limited |= w->phrase.limited;
    return status;
}

/* The readers of positions begin again, too. */
static enum nidx_status reset_phrase(struct work *w, struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;

    for (uint32_t i = 0; i < w->phrase.n_words; i++) {
        struct nidx_phrase_word *word = &w->phrase.words[i];
        for (uint32_t k = 0; k < word->n_readers && status == NIDX_OK; k++)
            status = nidx_list_reopen(&word->readers[k].list, err);
    }
    return status;
}

static bool any_absent(const struct nidx_phrase *ph)
{
    for (uint32_t i = 0; i < ph->n_words; i++) {
        if (ph->words[i].leaf->parts[ph->number].n == 0)
            return true;
    }
    return false;
}

enum nidx_status nidx_phrase_run(struct nidx_plan *p,
                                 const struct nidx_pnode *node,
                                 uint32_t segment, struct nidx_topk *t,
                                 uint64_t *total, bool *done,
                                 struct nidx_error *err)
{
    struct work *w = nidx_norms_scratch(p->norms, sizeof(*w));

    if (!w)
        return nidx_nomem(err);
    w->plan = p;
    w->segment = segment;
    w->deleted = p->catalog->segments[segment]->deleted;
    w->topk = t;
    w->count = 0;
    w->w = node->how.w;
    w->lists = NULL;
    w->of = NULL;
    w->ranks = NULL;
    enum nidx_status status =
        nidx_phrase_open(&w->phrase, p, node, segment, done, err);
    if (status == NIDX_OK && *done && !any_absent(&w->phrase)) {
        status = open_lists(w, err);
        if (status == NIDX_OK)
            status = open_ranks(w, err);
        if (status == NIDX_OK)
            status = run(w, err);
        while (status == NIDX_OK && w->lists[0].also) {
            status = nidx_lists_next_lead(w->lists, w->phrase.n_words, err);
            status = status == NIDX_OK ? reset_phrase(w, err) : status;
            if (status == NIDX_OK)
                status = run(w, err);
        }
    }
    if (total)
        *total = w->count;
    if (t)
        t->total += w->count;
    free(w->lists);
    free(w->of);
    free(w->ranks);
    nidx_phrase_done(&w->phrase);
    return status;
}
