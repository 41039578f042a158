/* phrase.c: phrases of plain words: their frequency in a document.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/topk/phrase.h"

#include <math.h>
#include <stdlib.h>

/* ------------------------------------------------------------- opening */

static bool same_word(const struct nidx_node *a, const struct nidx_node *b)
{
    if (a->n_terms != b->n_terms || a->field != b->field)
        return false;
    for (uint32_t i = 0; i < a->n_terms; i++) {
        if (a->terms[i].kind != b->terms[i].kind || a->terms[i].forms ||
            b->terms[i].forms ||
            nidx_bytes_compare(a->terms[i].text, b->terms[i].text) != 0)
            return false;
    }
    return true;
}

static bool is_plain(const struct nidx_pnode *leaf,
                     const struct nidx_node *first)
{
    if (leaf->type != NIDX_NODE_LEAF || leaf->node->type != NIDX_NODE_LEAF ||
        leaf->node->field == NIDX_FIELD_BODY ||
        leaf->node->field != first->field)
        return false;
    bool whole = leaf->node->n_terms == 0;
    for (uint32_t i = 0; i < leaf->node->n_terms; i++)
        whole |= !leaf->node->terms[i].forms;
    return whole;
}

static bool is_phrase(const struct nidx_pnode *node)
{
    if (node->type != NIDX_NODE_PHRASE ||
        node->node->type != NIDX_NODE_PHRASE || node->node->distance != 0)
        return false;
    const struct nidx_pnode *frame = node->children[0];
    if (frame->type != NIDX_NODE_BOOL ||
        frame->n_children != node->node->n_children)
        return false;
    for (uint32_t i = 0; i < frame->n_children; i++) {
        if (node->node->children[i] != frame->children[i]->node ||
            !is_plain(frame->children[i], frame->children[0]->node))
            return false;
    }
    return true;
}

static enum nidx_status open_word(struct nidx_phrase_word *w,
                                  const struct nidx_pnode *leaf,
                                  uint32_t segment, struct nidx_error *err)
{
    const struct nidx_part_leaf *part = &leaf->parts[segment];
    struct nidx_leaf_score how = leaf->how;
    enum nidx_status status = NIDX_OK;

    how.scored = false;
    w->leaf = leaf;
    w->readers = malloc(nidx_mul_size(part->n + 1, sizeof(*w->readers)));
    if (!w->readers)
        return nidx_nomem(err);
    for (uint32_t i = 0; i < part->n && status == NIDX_OK; i++) {
        struct nidx_phrase_reader *r = &w->readers[w->n_readers++];
        r->part = (struct nidx_part_leaf){
            .n = 1, .df = part->infos[i].df, .infos = &part->infos[i]};
        r->forms = leaf->node->terms[part->terms[i]].forms != NULL;
        status = nidx_list_open(&r->list, &r->part, &how, segment, err);
    }
    return status;
}

/* The word of a slot, among those there are or a new one. */
static enum nidx_status place(struct nidx_phrase *ph,
                              const struct nidx_pnode *leaf,
                              struct nidx_error *err)
{
    uint32_t w = 0;

    while (w < ph->n_words && !same_word(ph->words[w].leaf->node, leaf->node))
        w++;
    ph->slots[ph->n_slots++] = w;
    if (w < ph->n_words)
        return NIDX_OK;
    ph->n_words++;
    return open_word(&ph->words[w], leaf, ph->number, err);
}

static double df_at(const struct nidx_phrase *ph, uint32_t slot)
{
    const struct nidx_phrase_word *w = &ph->words[ph->slots[slot]];

    return (double)w->leaf->parts[ph->number].df;
}

static uint32_t rarest_pair(const struct nidx_phrase *ph)
{
    double least = HUGE_VAL;
    uint32_t best = 0;

    for (uint32_t i = 0; i + 1 < ph->n_slots; i++) {
        double both = df_at(ph, i) * df_at(ph, i + 1);
        if (ph->slots[i] != ph->slots[i + 1] && both < least) {
            least = both;
            best = i;
        }
    }
    return best;
}

enum nidx_status nidx_phrase_open(struct nidx_phrase *ph, struct nidx_plan *p,
                                  const struct nidx_pnode *node,
                                  uint32_t segment, bool *fits,
                                  struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;

    *ph = (struct nidx_phrase){.segment = p->catalog->segments[segment],
                               .node = node,
                               .number = segment};
    *fits = is_phrase(node);
    if (!*fits)
        return NIDX_OK;
    const struct nidx_pnode *frame = node->children[0];
    ph->slots = calloc((size_t)frame->n_children + 1, sizeof(*ph->slots));
    ph->words = calloc((size_t)frame->n_children + 1, sizeof(*ph->words));
    if (!ph->slots || !ph->words)
        return nidx_nomem(err);
    for (uint32_t i = 0; i < frame->n_children && status == NIDX_OK; i++)
        status = place(ph, frame->children[i], err);
    ph->pair = rarest_pair(ph);
    return status;
}

void nidx_phrase_done(struct nidx_phrase *ph)
{
    for (uint32_t i = 0; ph->words && i < ph->n_words; i++) {
        free(ph->words[i].readers);
        free(ph->words[i].positions.items);
    }
    free(ph->words);
    free(ph->slots);
    free(ph->starts.items);
    nidx_spans_free(ph->spans);
}

/* ----------------------------------------------------------- positions */

static bool reserve(struct nidx_positions *p, uint32_t n)
{
    if (n <= p->cap)
        return true;
    uint32_t cap = n < 64 ? 64 : n;
    if (cap < UINT32_MAX / 2)
        cap += cap / 2;
    nidx_pos *items = realloc(p->items, nidx_mul_size(cap, sizeof(*items)));
    if (!items)
        return false;
    p->items = items;
    p->cap = cap;
    return true;
}

/* Stands on doc; false where the list does not hold it. */
static bool find_posting(const struct nidx_phrase_word *w, struct nidx_list *l,
                         nidx_docid doc, uint32_t *i)
{
    if (w->has_rank) {
        bool found = nidx_postings_find_rank(&l->postings, doc, w->rank, i);
        l->status = l->postings.status;
        return found;
    }
    if (l->postings.info.dense) {
        bool found = nidx_postings_find_dense(&l->postings, doc, i);
        l->status = l->postings.status;
        return found;
    }
    if (!nidx_list_seek(l, doc))
        return false;
    *i = nidx_list_find(l, doc);
    return *i < l->n && l->docs[*i] == doc;
}

static void insertion_sort(nidx_pos *items, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++) {
        nidx_pos moved = items[i];
        uint32_t k = i;
        for (; k > 0 && items[k - 1] > moved; k--)
            items[k] = items[k - 1];
        items[k] = moved;
    }
}

static int by_pos(const void *a, const void *b)
{
    nidx_pos x = *(const nidx_pos *)a, y = *(const nidx_pos *)b;

    return x < y ? -1 : x > y;
}

/**
 * Finds a word's postings of doc and how many positions they have. odd_ones
 * is set where an occurrence of their blocks spans more than one position, or
 * not all of them count.
 */
static enum nidx_status locate_word(struct nidx_phrase_word *w, nidx_docid doc,
                                    bool *odd_ones)
{
    w->n = 0;
    w->located = true;
    for (uint32_t k = 0; k < w->n_readers; k++) {
        struct nidx_phrase_reader *r = &w->readers[k];
        struct nidx_postings *p = &r->list.postings;
        r->n = 0;
        if (!find_posting(w, &r->list, doc, &r->index)) {
            if (r->list.status != NIDX_OK)
                return r->list.status;
            continue;
        }
        r->n = nidx_postings_n_positions(p, r->index);
        if (r->n == 0 || r->n > UINT32_MAX / 2 - w->n)
            return NIDX_ERR_CORRUPT;
        *odd_ones |= r->forms;
        if (p->info.in_entry ? p->info.marked : p->pos_lens.groups != NULL)
            *odd_ones |= nidx_postings_has_lens(p, r->index);
        w->n += r->n;
    }
    return NIDX_OK;
}

/* The positions of a word that was located, of all its alternatives. */
static enum nidx_status read_word(struct nidx_phrase_word *w)
{
    struct nidx_positions *out = &w->positions;
    uint32_t n_lists = 0;

    if (w->read)
        return NIDX_OK;
    w->read = true;
    out->n = 0;
    if (!reserve(out, w->n))
        return NIDX_ERR_NOMEM;
    for (uint32_t k = 0; k < w->n_readers; k++) {
        struct nidx_phrase_reader *r = &w->readers[k];
        if (r->n == 0)
            continue;
        if (nidx_postings_positions(&r->list.postings, r->index,
                                    out->items + out->n, r->n) != r->n)
            return NIDX_ERR_CORRUPT;
        out->n += r->n;
        n_lists++;
    }
    if (n_lists > 1 && out->n > 32)
        qsort(out->items, out->n, sizeof(*out->items), by_pos);
    else if (n_lists > 1)
        insertion_sort(out->items, out->n);
    return NIDX_OK;
}

/* First index from i on whose item is >= target: gallops. */
static uint32_t gallop(const nidx_pos *items, uint32_t i, uint32_t n,
                       nidx_pos target)
{
    uint32_t step = 1;

    while (i + step < n && items[i + step] < target) {
        i += step;
        step *= 2;
    }
    uint32_t end = i + step < n ? i + step : n;
    while (i < end) {
        uint32_t middle = i + (end - i) / 2;
        if (items[middle] < target)
            i = middle + 1;
        else
            end = middle;
    }
    return i;
}

/* Keeps the starts that have the word's position at offset behind them. */
static void keep_followed(struct nidx_positions *starts,
                          const struct nidx_positions *word, uint32_t offset)
{
    uint32_t kept = 0, i = 0;

    for (uint32_t k = 0; k < starts->n && i < word->n; k++) {
        nidx_pos target = starts->items[k] + offset;
        if (word->items[i] < target)
            i = gallop(word->items, i, word->n, target);
        if (i < word->n && word->items[i] == target)
            starts->items[kept++] = starts->items[k];
    }
    starts->n = kept;
}

/* The starts that a word at its first slot allows. */
static bool first_starts(struct nidx_phrase *ph, uint32_t word, uint32_t slot)
{
    const struct nidx_positions *p = &ph->words[word].positions;
    struct nidx_positions *starts = &ph->starts;

    if (!reserve(starts, p->n))
        return false;
    starts->n = 0;
    for (uint32_t i = 0; i < p->n; i++) {
        if (p->items[i] < slot ||
            (starts->n && starts->items[starts->n - 1] == p->items[i] - slot))
            continue;
        starts->items[starts->n++] = p->items[i] - slot;
    }
    return true;
}

/* The word with the fewest positions among those not used. */
static uint32_t rarest_unused(const struct nidx_phrase *ph)
{
    uint32_t best = UINT32_MAX;

    for (uint32_t i = 0; i < ph->n_words; i++) {
        if (!ph->words[i].used &&
            (best == UINT32_MAX || ph->words[i].n < ph->words[best].n))
            best = i;
    }
    return best;
}

/* Reads words, rarest first, for as long as some start is left: frequent
 * words are most often not read at all. */
static enum nidx_status find_starts(struct nidx_phrase *ph)
{
    for (uint32_t done = 0; done < ph->n_words; done++) {
        uint32_t word = rarest_unused(ph);
        enum nidx_status status = read_word(&ph->words[word]);
        if (status != NIDX_OK)
            return status;
        ph->words[word].used = true;
        uint32_t first = 0;
        while (ph->slots[first] != word)
            first++;
        if (done == 0 && !first_starts(ph, word, first))
            return NIDX_ERR_NOMEM;
        for (uint32_t i = first + (done == 0); i < ph->n_slots && ph->starts.n;
             i++) {
            if (ph->slots[i] == word)
                keep_followed(&ph->starts, &ph->words[word].positions, i);
        }
        if (ph->starts.n == 0)
            return NIDX_OK;
    }
    return NIDX_OK;
}

static enum nidx_status count_starts(struct nidx_phrase *ph, nidx_docid doc,
                                     uint32_t *freq)
{
    uint32_t weight = ph->node->how.weight, f = 0;
    uint64_t title = 0;
    nidx_pos end = 0;
    enum nidx_status status = NIDX_OK;

    if (weight != 1 && ph->starts.n)
        status = nidx_column_get(&ph->segment->columns[NIDX_COLUMN_TITLE], doc,
                                 &title, NULL);
    for (uint32_t i = 0; i < ph->starts.n; i++) {
        nidx_pos start = ph->starts.items[i];
        if (start < end)
            continue;
        end = start + ph->n_slots;
        f += start < title ? weight : 1;
    }
    *freq = f;
    return status;
}

/* By the span algebra. */
static enum nidx_status general_freq(struct nidx_phrase *ph, nidx_docid doc,
                                     uint32_t *freq)
{
    const struct nidx_span *spans;
    uint64_t title = 0;
    size_t n;
    enum nidx_status status = NIDX_OK;

    if (!ph->spans)
        status = nidx_spans_new(ph->node->node, ph->segment, &ph->spans, NULL);
    if (status == NIDX_OK)
        status = nidx_spans_of(ph->spans, doc, &spans, &n, &ph->limited, NULL);
    if (status == NIDX_OK)
        status = nidx_column_get(&ph->segment->columns[NIDX_COLUMN_TITLE], doc,
                                 &title, NULL);
    if (status == NIDX_OK)
        *freq = nidx_spans_frequency(spans, n, (nidx_pos)title,
                                     ph->node->how.weight);
    return status;
}

/* Whether some position of a is followed by one of b: the rarer one is looked
 * up in the other. */
static bool is_followed(const struct nidx_positions *a,
                        const struct nidx_positions *b)
{
    bool by_a = a->n <= b->n;
    const struct nidx_positions *few = by_a ? a : b, *many = by_a ? b : a;
    uint32_t i = 0;

    for (uint32_t k = 0; k < few->n && i < many->n; k++) {
        nidx_pos target = by_a ? few->items[k] + 1 : few->items[k] - 1;
        if (!by_a && few->items[k] == 0)
            continue;
        if (many->items[i] < target)
            i = gallop(many->items, i, many->n, target);
        if (i < many->n && many->items[i] == target)
            return true;
    }
    return false;
}

/**
 * Whether the phrase's rarest pair stands in doc; true also where that is not
 * easily said. Most documents that hold all words end here, the positions of
 * the other words unread.
 */
static enum nidx_status look_for_pair(struct nidx_phrase *ph, nidx_docid doc,
                                      bool *odd_ones, bool *may)
{
    struct nidx_phrase_word *a = &ph->words[ph->slots[ph->pair]];
    struct nidx_phrase_word *b = &ph->words[ph->slots[ph->pair + 1]];
    enum nidx_status status = locate_word(a, doc, odd_ones);

    *may = true;
    if (status == NIDX_OK)
        status = locate_word(b, doc, odd_ones);
    if (status != NIDX_OK || *odd_ones || a->n == 0 || b->n == 0)
        return status;
    status = read_word(a);
    if (status == NIDX_OK)
        status = read_word(b);
    if (status == NIDX_OK)
        *may = is_followed(&a->positions, &b->positions);
    return status;
}

enum nidx_status nidx_phrase_freq(struct nidx_phrase *ph, nidx_docid doc,
                                  uint32_t *freq)
{
    enum nidx_status status = NIDX_OK;
    bool odd_ones = false, may = true;

    *freq = 0;
    for (uint32_t i = 0; i < ph->n_words; i++)
        ph->words[i].located = ph->words[i].read = ph->words[i].used = false;
    if (ph->n_words > 1)
        status = look_for_pair(ph, doc, &odd_ones, &may);
    if (status != NIDX_OK || !may)
        return status;
    for (uint32_t i = 0; i < ph->n_words; i++) {
        if (!ph->words[i].located)
            status = locate_word(&ph->words[i], doc, &odd_ones);
        if (status != NIDX_OK || ph->words[i].n == 0)
            return status;
    }
    if (odd_ones)
        return general_freq(ph, doc, freq);
    status = find_starts(ph);
    return status == NIDX_OK ? count_starts(ph, doc, freq) : status;
}
