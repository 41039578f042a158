/* mergelist.c: the posting lists of one term in several segments to one.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/merge/mergelist.h"

#include <stdlib.h>

#include "indexer/write/grow.h"

enum nidx_status nidx_merge_list_init(struct nidx_merge_list *l,
                                      struct nidx_segment *const *segments,
                                      const struct nidx_docmap *maps,
                                      uint32_t n,
                                      struct nidx_postings_writer *postings,
                                      struct nidx_error *err)
{
    *l = (struct nidx_merge_list){
        .segments = segments, .maps = maps, .postings = postings};
    l->infos = calloc((size_t)n + 1, sizeof(*l->infos));
    return l->infos ? NIDX_OK : nidx_nomem(err);
}

void nidx_merge_list_done(struct nidx_merge_list *l)
{
    free(l->infos);
    nidx_buf_done(&l->value);
    nidx_posting_batch_done(&l->batch);
    free(l->numbers);
    free(l->pairs);
    free(l->seen);
    *l = (struct nidx_merge_list){0};
}

/** One list on its way: what its term's forms are, and whether it began. */
struct list {
    const struct nidx_form_note *notes;
    uint32_t n_notes, n_forms;
    uint32_t max_df;
    bool count; /**< count its documents for the forms */
    bool begun;
};

static bool make_tables(struct nidx_merge_list *l, uint32_t n_numbers,
                        uint32_t n_forms)
{
    if (!nidx_grow(&l->numbers, &l->cap_numbers, n_numbers,
                   sizeof(*l->numbers)) ||
        !nidx_grow(&l->pairs, &l->cap_pairs, n_numbers, sizeof(*l->pairs)) ||
        !nidx_grow(&l->seen, &l->cap_seen, n_forms, sizeof(*l->seen)))
        return false;
    if (n_numbers > 0) {
        memset(l->numbers, 0, n_numbers * sizeof(*l->numbers));
        memset(l->pairs, 0xff, n_numbers * sizeof(*l->pairs));
    }
    l->n_numbers = n_numbers;
    return true;
}

/** Makes numbers and pairs say what the forms of source become. */
static bool learn_source(struct nidx_merge_list *l, const struct list *list,
                         uint32_t source)
{
    uint32_t n = 0, from = 0;

    while (from < list->n_notes && list->notes[from].source < source)
        from++;
    uint32_t to = from;
    for (; to < list->n_notes && list->notes[to].source == source; to++)
        n = list->notes[to].number + 1u;
    if (!make_tables(l, n, list->n_forms))
        return false;
    for (uint32_t i = from; i < to; i++) {
        const struct nidx_form_note *note = &list->notes[i];
        l->numbers[note->number] = l->forms->numbers[note->pair];
        l->pairs[note->number] = note->pair;
    }
    return true;
}

/** Counts an occurrence, and doc once for its form. */
static inline void count_form(struct nidx_merge_list *l, uint32_t pair,
                              uint32_t form, nidx_docid doc)
{
    l->forms->cf[pair]++;
    if (l->seen[form] != doc + 1) {
        l->seen[form] = doc + 1;
        l->forms->df[pair]++;
    }
}

/** Gives the occurrences of postings their new form numbers. */
static void renumber(struct nidx_merge_list *l, const struct list *list)
{
    struct nidx_posting_batch *b = &l->batch;
    uint32_t any = 0, at = 0;

    nidx_posting_batch_use_forms(b);
    for (uint32_t i = 0; i < b->n; i++) {
        for (const uint32_t end = at + b->freqs[i]; at < end; at++) {
            const uint32_t old = b->forms[at];
            /* Beyond: damage of a form's entry, no more. */
            const bool known = old < l->n_numbers;
            b->forms[at] = known ? l->numbers[old] : 0;
            any |= b->forms[at];
            if (list->count && known && l->pairs[old] != UINT32_MAX)
                count_form(l, l->pairs[old], b->forms[at], b->docs[i]);
        }
    }
    b->any_forms = any > 0;
}

/** Where its documents go; those that are deleted are left out. */
static void move_docs(struct nidx_posting_batch *b,
                      const struct nidx_docmap *map)
{
    for (uint32_t i = 0; i < b->n; i++)
        b->docs[i] = nidx_docmap_get(map, b->docs[i]);
    if (map->before)
        nidx_posting_batch_compact(b);
}

static enum nidx_status copy_block(struct nidx_merge_list *l, struct list *list,
                                   struct nidx_postings *p,
                                   const struct nidx_docmap *map,
                                   struct nidx_error *err)
{
    /* A form that is left alone may still have another number than 0. */
    const bool wanted = list->n_forms > 1 || list->count;
    const bool with_forms = wanted && p->info.n_forms > 1;

    enum nidx_status status =
        nidx_postings_read_batch(p, with_forms, &l->batch, err);
    if (status != NIDX_OK)
        return status;
    if (l->batch.docs[l->batch.n - 1] >= map->n_docs)
        return nidx_corrupt(err, "a posting of no document");
    move_docs(&l->batch, map);
    if (l->batch.n == 0)
        return NIDX_OK;
    if (l->forms && wanted)
        renumber(l, list);
    if (!list->begun)
        status =
            nidx_postings_begin(l->postings, list->max_df, list->n_forms, err);
    list->begun = true;
    if (status != NIDX_OK)
        return status;
    return nidx_postings_add_batch(l->postings, &l->batch, err);
}

static enum nidx_status copy_source(struct nidx_merge_list *l,
                                    struct list *list, uint32_t source,
                                    const struct nidx_term_info *info,
                                    struct nidx_error *err)
{
    struct nidx_segment *s = l->segments[source];
    struct nidx_postings p;

    if (l->forms && !learn_source(l, list, source))
        return nidx_nomem(err);
    enum nidx_status status =
        nidx_postings_open(&p, &s->source, info, s->n_docs, err);
    if (status != NIDX_OK)
        return status;
    do {
        if (p.n == 0)
            break;
        status = copy_block(l, list, &p, &l->maps[source], err);
    } while (status == NIDX_OK && nidx_postings_next(&p));
    if (status == NIDX_OK && p.status != NIDX_OK)
        status = nidx_corrupt(err, "a posting list");
    return status;
}

/** What the dictionaries say of the term, and the forms that it has. */
static enum nidx_status learn_term(struct nidx_merge_list *l,
                                   const struct nidx_kway *k, struct list *list,
                                   struct nidx_error *err)
{
    const struct nidx_bytes key = nidx_kway_key(k);
    uint64_t df = 0;

    for (uint32_t i = 0; i < k->n_group; i++) {
        enum nidx_status status = nidx_term_info_read(
            k->cursors[k->group[i]].value, &l->infos[i], err);
        if (status != NIDX_OK)
            return status;
        df += l->infos[i].df;
    }
    list->max_df = df < UINT32_MAX ? (uint32_t)df : UINT32_MAX;
    if (!l->forms)
        return NIDX_OK;
    list->count = l->forms->recount && key.data[1] == l->forms->field;
    enum nidx_status status = nidx_merge_forms_find(
        l->forms, (struct nidx_bytes){key.data + 2, key.len - 2}, &list->notes,
        &list->n_notes, &list->n_forms, err);
    if (status == NIDX_OK && !make_tables(l, 0, list->n_forms))
        return nidx_nomem(err);
    if (list->n_forms > 0)
        memset(l->seen, 0, list->n_forms * sizeof(*l->seen));
    return status;
}

enum nidx_status nidx_merge_list_copy(struct nidx_merge_list *l,
                                      const struct nidx_kway *k,
                                      struct nidx_segment_writer *w,
                                      struct nidx_error *err)
{
    struct list list = {0};

    enum nidx_status status = learn_term(l, k, &list, err);
    for (uint32_t i = 0; i < k->n_group && status == NIDX_OK; i++)
        status = copy_source(l, &list, k->group[i], &l->infos[i], err);
    if (status != NIDX_OK || !list.begun)
        return status;
    l->value.len = 0;
    status = nidx_postings_end(l->postings, &l->value, err);
    if (status != NIDX_OK)
        return status;
    return nidx_segment_add_term(
        w, nidx_kway_key(k), (struct nidx_bytes){l->value.data, l->value.len},
        err);
}
