/* mergeforms.c: form numbers of merged segments.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/merge/mergeforms.h"

#include <stdlib.h>
#include <xxhash.h>

#include "common/base/room.h"
#include "indexer/write/grow.h"

/* ------------------------------------------------------------------ ranges */

static uint64_t hash_term(struct nidx_bytes term)
{
    return XXH3_64bits(term.data, term.len);
}

/** Whether a term belongs to the range at hand. */
static bool in_range(const struct nidx_merge_forms *f, struct nidx_bytes term)
{
    if (f->range > 0) {
        const struct nidx_buf *low = &f->bounds[f->range - 1];
        if (nidx_bytes_compare(term, (struct nidx_bytes){low->data, low->len}) <
            0)
            return false;
    }
    if (f->range + 1 < f->n_ranges) {
        const struct nidx_buf *high = &f->bounds[f->range];
        if (nidx_bytes_compare(term,
                               (struct nidx_bytes){high->data, high->len}) >= 0)
            return false;
    }
    return true;
}

static enum nidx_status take_note(struct nidx_form_walk *w,
                                  const struct nidx_form_pair *p,
                                  uint32_t source,
                                  const struct nidx_form_term *t,
                                  struct nidx_error *err)
{
    struct nidx_merge_forms *f = w->context;
    const struct nidx_bytes term = {p->term.data, p->term.len};

    if (!in_range(f, term))
        return NIDX_OK;
    if (!nidx_grow(&f->notes, &f->cap_notes, (uint64_t)f->n_notes + 1,
                   sizeof(*f->notes)))
        return nidx_nomem(err);
    const uint32_t number = t->number < UINT16_MAX ? t->number : UINT16_MAX;
    f->notes[f->n_notes++] =
        (struct nidx_form_note){.term = hash_term(term),
                                .cf = t->cf,
                                .pair = w->first + (uint32_t)(p - w->pairs),
                                .source = (uint16_t)source,
                                .number = (uint16_t)number};
    return NIDX_OK;
}

static int by_term_and_pair(const void *a, const void *b)
{
    const struct nidx_form_note *x = a, *y = b;

    if (x->term != y->term)
        return x->term < y->term ? -1 : 1;
    return x->pair < y->pair ? -1 : x->pair > y->pair;
}

static int by_falling_cf(const void *a, const void *b)
{
    const struct nidx_form_note *x = a, *y = b;

    if (x->term != y->term)
        return x->term < y->term ? -1 : 1;
    if (x->cf != y->cf)
        return x->cf > y->cf ? -1 : 1;
    return x->pair < y->pair ? -1 : x->pair > y->pair;
}

static int by_source(const void *a, const void *b)
{
    const struct nidx_form_note *x = a, *y = b;

    if (x->term != y->term)
        return x->term < y->term ? -1 : 1;
    if (x->source != y->source)
        return x->source < y->source ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

/** Every note gets its pair's whole frequency. */
static void sum_pairs(struct nidx_form_note *notes, uint32_t n)
{
    for (uint32_t i = 0; i < n;) {
        uint64_t cf = 0;
        uint32_t end = i;
        for (; end < n && notes[end].term == notes[i].term &&
               notes[end].pair == notes[i].pair;
             end++)
            cf += notes[end].cf;
        for (; i < end; i++)
            notes[i].cf = cf;
    }
}

/** Numbers the pairs of each term by falling frequency. */
static void number_pairs(struct nidx_merge_forms *f)
{
    struct nidx_form_note *notes = f->notes;
    uint32_t number = 0;

    for (uint32_t i = 0; i < f->n_notes; i++) {
        if (i == 0 || notes[i].term != notes[i - 1].term)
            number = 0;
        else if (notes[i].pair != notes[i - 1].pair && number < UINT16_MAX - 1)
            number++;
        f->numbers[notes[i].pair] = (uint16_t)number;
    }
}

static bool make_pairs(struct nidx_merge_forms *f)
{
    /* Each round of reading finds the same pairs. */
    if (!f->numbers)
        f->numbers = calloc((size_t)f->n_pairs + 1, sizeof(*f->numbers));
    if (!f->numbers)
        return false;
    if (!f->recount || f->df)
        return true;
    f->df = calloc((size_t)f->n_pairs + 1, sizeof(*f->df));
    f->cf = calloc((size_t)f->n_pairs + 1, sizeof(*f->cf));
    return f->df && f->cf;
}

/** Hashes are spread evenly, so their first bits lead near the place. */
static bool index_notes(struct nidx_merge_forms *f)
{
    uint32_t at = 0;

    f->shift = 63;
    while (f->shift > 32 && (UINT64_C(2) << (63 - f->shift)) < f->n_notes)
        f->shift--;
    const size_t n = (size_t)1 << (64 - f->shift);
    uint32_t *starts =
        nidx_room_resize(f->starts, 0, (n + 1) * sizeof(*starts));
    if (!starts)
        return false;
    f->starts = starts;
    for (size_t i = 0; i <= n; i++) {
        while (at < f->n_notes && f->notes[at].term >> f->shift < i)
            at++;
        starts[i] = at;
    }
    return true;
}

/** Reads all forms and keeps notes of those whose term is in the range. */
static enum nidx_status load(struct nidx_merge_forms *f, uint32_t range,
                             struct nidx_error *err)
{
    struct nidx_form_walk w;
    bool done = false;

    f->range = range;
    f->n_notes = 0;
    enum nidx_status status =
        nidx_form_walk_init(&w, f->tables, f->n_tables, f->field, f, err);
    while (status == NIDX_OK && !done)
        status = nidx_form_walk_next(&w, take_note, &done, err);
    f->n_pairs = w.first + w.n;
    nidx_form_walk_done(&w);
    if (status == NIDX_OK && !make_pairs(f))
        status = nidx_nomem(err);
    if (status != NIDX_OK)
        return status;
    if (f->n_notes > 0) {
        qsort(f->notes, f->n_notes, sizeof(*f->notes), by_term_and_pair);
        sum_pairs(f->notes, f->n_notes);
        qsort(f->notes, f->n_notes, sizeof(*f->notes), by_falling_cf);
        number_pairs(f);
        qsort(f->notes, f->n_notes, sizeof(*f->notes), by_source);
    }
    if (!index_notes(f))
        return nidx_nomem(err);
    f->loaded = true;
    return NIDX_OK;
}

/** The ordinals of field's words in a table: [from, to). */
static enum nidx_status word_ordinals(const struct nidx_strtab *t,
                                      uint8_t field, uint64_t *from,
                                      uint64_t *to, struct nidx_error *err)
{
    const uint8_t low[2] = {NIDX_KIND_WORD, field};
    const uint8_t high[2] = {NIDX_KIND_WORD, (uint8_t)(field + 1)};
    struct nidx_strtab_cursor c;

    nidx_strtab_cursor_init(&c, t);
    enum nidx_status status =
        nidx_strtab_seek(&c, (struct nidx_bytes){low, 2}, err);
    *from = c.at_end ? t->n_entries : c.ordinal;
    if (status == NIDX_OK)
        status = nidx_strtab_seek(&c, (struct nidx_bytes){high, 2}, err);
    *to = c.at_end ? t->n_entries : c.ordinal;
    nidx_strtab_cursor_done(&c);
    return status;
}

/** Takes the words that cut the largest table in equal parts. */
static enum nidx_status choose_bounds(struct nidx_merge_forms *f,
                                      const struct nidx_strtab *t,
                                      struct nidx_error *err)
{
    struct nidx_strtab_cursor c;
    uint64_t from = 0, to = 0;

    enum nidx_status status = word_ordinals(t, f->field, &from, &to, err);
    if (status != NIDX_OK || to <= from)
        f->n_ranges = 1;
    if (status != NIDX_OK)
        return status;
    nidx_strtab_cursor_init(&c, t);
    for (uint32_t i = 1; i < f->n_ranges && status == NIDX_OK; i++) {
        const uint64_t at = from + (to - from) * i / f->n_ranges;
        status = nidx_strtab_seek_ordinal(&c, at, err);
        if (status == NIDX_OK && c.key.len >= 2)
            nidx_buf_put(&f->bounds[i - 1], c.key.data + 2, c.key.len - 2);
        if (f->bounds[i - 1].oom)
            status = nidx_nomem(err);
    }
    nidx_strtab_cursor_done(&c);
    return status;
}

enum nidx_status nidx_merge_forms_init(struct nidx_merge_forms *f,
                                       const struct nidx_strtab *const *tables,
                                       uint32_t n_tables, uint8_t field,
                                       bool recount, size_t memory,
                                       struct nidx_error *err)
{
    const struct nidx_strtab *largest = NULL;
    uint64_t n_entries = 0;

    *f = (struct nidx_merge_forms){.tables = tables,
                                   .n_tables = n_tables,
                                   .field = field,
                                   .recount = recount};
    for (uint32_t i = 0; i < n_tables; i++) {
        n_entries += tables[i]->n_entries;
        if (!largest || tables[i]->n_entries > largest->n_entries)
            largest = tables[i];
    }
    /* About half of the entries are forms; arrays grow by half. */
    const uint64_t need = n_entries * sizeof(struct nidx_form_note) * 3 / 4;
    const uint64_t ranges = need / (memory > 0 ? memory : 1) + 1;
    f->n_ranges = ranges < 1024 ? (uint32_t)ranges : 1024;
    f->bounds = calloc(f->n_ranges, sizeof(*f->bounds));
    if (!f->bounds) {
        f->n_ranges = 0;
        return nidx_nomem(err);
    }
    return f->n_ranges > 1 ? choose_bounds(f, largest, err) : NIDX_OK;
}

void nidx_merge_forms_done(struct nidx_merge_forms *f)
{
    for (uint32_t i = 0; f->bounds && i < f->n_ranges; i++)
        nidx_buf_done(&f->bounds[i]);
    free(f->bounds);
    free(f->numbers);
    free(f->df);
    free(f->cf);
    free(f->notes);
    free(f->starts);
    *f = (struct nidx_merge_forms){0};
}

/** The range that a term belongs to. */
static uint32_t range_of(const struct nidx_merge_forms *f,
                         struct nidx_bytes term)
{
    uint32_t range = 0;

    while (range + 1 < f->n_ranges) {
        const struct nidx_buf *high = &f->bounds[range];
        if (nidx_bytes_compare(term,
                               (struct nidx_bytes){high->data, high->len}) < 0)
            break;
        range++;
    }
    return range;
}

static uint32_t first_note(const struct nidx_merge_forms *f, uint64_t term)
{
    uint32_t at = f->starts[term >> f->shift];

    while (at < f->n_notes && f->notes[at].term < term)
        at++;
    return at;
}

enum nidx_status nidx_merge_forms_find(struct nidx_merge_forms *f,
                                       struct nidx_bytes term,
                                       const struct nidx_form_note **notes,
                                       uint32_t *n, uint32_t *n_forms,
                                       struct nidx_error *err)
{
    const uint32_t range = f->n_ranges > 1 ? range_of(f, term) : 0;
    enum nidx_status status = NIDX_OK;

    *n = *n_forms = 0;
    if (!f->loaded || range != f->range)
        status = load(f, range, err);
    if (status != NIDX_OK)
        return status;
    const uint64_t hash = hash_term(term);
    const uint32_t from = first_note(f, hash);
    uint32_t to = from;
    for (; to < f->n_notes && f->notes[to].term == hash; to++) {
        const uint32_t number = f->numbers[f->notes[to].pair] + 1u;
        *n_forms = number > *n_forms ? number : *n_forms;
    }
    *notes = f->notes + from;
    *n = to - from;
    return NIDX_OK;
}

/* ----------------------------------------------------------------- writing */

static uint64_t pair_cf(const struct nidx_form_walk *w, uint32_t i)
{
    const struct nidx_merge_forms *f = w->context;

    return f->recount ? f->cf[w->first + i] : w->pairs[i].cf;
}

static int commonest_first(const void *a, const void *b, void *context)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    const struct nidx_form_walk *w = context;
    const uint64_t cx = pair_cf(w, x), cy = pair_cf(w, y);

    if (cx != cy)
        return cx > cy ? -1 : 1;
    return nidx_bytes_compare(
        (struct nidx_bytes){w->pairs[x].term.data, w->pairs[x].term.len},
        (struct nidx_bytes){w->pairs[y].term.data, w->pairs[y].term.len});
}

/** Appends the pairs that occur still; order has room for all. */
static void write_value(struct nidx_form_walk *w, uint32_t *order,
                        struct nidx_buf *value)
{
    const struct nidx_merge_forms *f = w->context;

    for (uint32_t i = 0; i < w->n; i++)
        order[i] = i;
    if (w->n > 1)
        qsort_r(order, w->n, sizeof(*order), commonest_first, w);
    value->len = 0;
    for (uint32_t i = 0; i < w->n; i++) {
        const struct nidx_form_pair *p = &w->pairs[order[i]];
        const uint32_t id = w->first + order[i];
        const uint32_t df = f->recount ? f->df[id] : p->df;
        if (df > 0)
            nidx_form_value_add(value, w->folded,
                                (struct nidx_bytes){p->term.data, p->term.len},
                                f->numbers[id], df, pair_cf(w, order[i]));
    }
}

enum nidx_status nidx_merge_forms_write(struct nidx_merge_forms *f,
                                        struct nidx_segment_writer *writer,
                                        struct nidx_error *err)
{
    struct nidx_buf value = {0};
    uint32_t *order = NULL, cap = 0;
    struct nidx_form_walk w;
    bool done = false;

    if (!f->loaded)
        return NIDX_OK; /* no word, no form */
    enum nidx_status status =
        nidx_form_walk_init(&w, f->tables, f->n_tables, f->field, f, err);
    while (status == NIDX_OK) {
        status = nidx_form_walk_next(&w, NULL, &done, err);
        if (status != NIDX_OK || done)
            break;
        if (!nidx_grow(&order, &cap, w.n, sizeof(*order))) {
            status = nidx_nomem(err);
            break;
        }
        write_value(&w, order, &value);
        if (value.oom)
            status = nidx_nomem(err);
        else if (value.len > 0)
            status = nidx_segment_add_term(
                writer, nidx_kway_key(&w.k),
                (struct nidx_bytes){value.data, value.len}, err);
    }
    nidx_form_walk_done(&w);
    free(order);
    nidx_buf_done(&value);
    return status;
}
