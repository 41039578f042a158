/* formtable.c: the forms of a space in order, with their final numbers.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/write/formtable.h"

#include <stdlib.h>

#include "indexer/merge/order.h"

/** Orders form ids as their keys (folded, then a zero byte and the form). */
static int by_key(const void *context, uint32_t a, uint32_t b)
{
    const struct nidx_space *s = context;
    const struct nidx_bytes fa = nidx_vocab_form_folded(s->vocab, a);
    const struct nidx_bytes fb = nidx_vocab_form_folded(s->vocab, b);
    int order = nidx_bytes_compare(fa, fb);

    if (order != 0)
        return order;
    const struct nidx_bytes ta = nidx_vocab_form_text(s->vocab, a);
    const struct nidx_bytes tb = nidx_vocab_form_text(s->vocab, b);
    const bool plain_a = nidx_bytes_compare(fa, ta) == 0;
    const bool plain_b = nidx_bytes_compare(fb, tb) == 0;
    if (plain_a != plain_b)
        return plain_a ? -1 : 1;
    return nidx_bytes_compare(ta, tb);
}

static int by_key_and_term(const void *context, uint32_t a, uint32_t b)
{
    const struct nidx_space *s = context;
    const int order = by_key(context, a, b);

    if (order != 0)
        return order;
    if (s->forms[a].term != s->forms[b].term)
        return s->forms[a].term < s->forms[b].term ? -1 : 1;
    return a < b ? -1 : a > b;
}

static bool allocate(struct nidx_form_table *t)
{
    const struct nidx_space *s = t->space;
    size_t n_numbers = 0;

    t->base = calloc((size_t)s->n_terms + 1, sizeof(*t->base));
    t->n_forms = calloc((size_t)s->n_terms + 1, sizeof(*t->n_forms));
    if (!t->base || !t->n_forms)
        return false;
    for (uint32_t i = 0; i < s->n_terms; i++) {
        t->base[i] = (uint32_t)n_numbers;
        n_numbers += s->chains[i].n_forms;
    }
    t->base[s->n_terms] = (uint32_t)n_numbers;
    t->entries = calloc((size_t)s->n_forms + 1, sizeof(*t->entries));
    t->numbers = calloc(n_numbers + 1, sizeof(*t->numbers));
    t->df = calloc(n_numbers + 1, sizeof(*t->df));
    t->seen = calloc(n_numbers + 1, sizeof(*t->seen));
    return t->entries && t->numbers && t->df && t->seen;
}

static struct nidx_ordered *sort_forms(const struct nidx_space *s)
{
    struct nidx_ordered *order = calloc((size_t)s->n_forms + 1, sizeof(*order));

    if (!order)
        return NULL;
    for (uint32_t i = 0; i < s->n_forms; i++)
        order[i] = (struct nidx_ordered){
            nidx_order_prefix(nidx_vocab_form_folded(s->vocab, i)), i};
    nidx_order_sort(order, s->n_forms, by_key_and_term, s);
    return order;
}

/** Entries in order of keys; where each form went, in place of its prefix. */
static void collect(struct nidx_form_table *t, struct nidx_ordered *order)
{
    const struct nidx_space *s = t->space;

    for (uint32_t i = 0; i < s->n_forms; i++) {
        const uint32_t form = order[i].id;
        const uint32_t term = s->forms[form].term;
        struct nidx_form_entry *last = t->n ? &t->entries[t->n - 1] : NULL;
        if (!last || last->term != term || by_key(s, last->form, form) != 0) {
            last = &t->entries[t->n++];
            *last = (struct nidx_form_entry){.form = form, .term = term};
            t->n_forms[term]++;
        }
        last->cf += s->forms[form].cf;
        order[i].prefix = t->n - 1;
    }
}

/** Sorts a term's entries by falling frequency, equal ones as they stand. */
static void sort_by_frequency(const struct nidx_form_entry *entries,
                              uint32_t *order, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++) {
        const uint32_t at = order[i];
        uint32_t k = i;
        for (; k > 0 && entries[order[k - 1]].cf < entries[at].cf; k--)
            order[k] = order[k - 1];
        order[k] = at;
    }
}

static int by_frequency(const void *a, const void *b, void *context)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    const struct nidx_form_entry *entries = context;

    if (entries[x].cf != entries[y].cf)
        return entries[x].cf > entries[y].cf ? -1 : 1;
    return x < y ? -1 : x > y;
}

/** Numbers the n entries of a term. */
static void number_term(struct nidx_form_table *t, uint32_t term,
                        uint32_t *order)
{
    const uint32_t n = t->n_forms[term];
    const uint32_t room = t->base[term + 1] - t->base[term];

    if (n < 32)
        sort_by_frequency(t->entries, order, n);
    else
        qsort_r(order, n, sizeof(*order), by_frequency, t->entries);
    for (uint32_t i = 0; i < n; i++)
        t->entries[order[i]].number = i < room ? i : room - 1;
}

/** Numbers the entries of each term by falling frequency. */
static bool number_entries(struct nidx_form_table *t)
{
    const uint32_t n_terms = t->space->n_terms;
    uint32_t *starts = calloc((size_t)n_terms + 1, sizeof(*starts));
    uint32_t *order = calloc((size_t)t->n + 1, sizeof(*order));
    const bool ok = starts && order;

    for (uint32_t term = 0; ok && term < n_terms; term++)
        starts[term + 1] = starts[term] + t->n_forms[term];
    for (uint32_t i = t->n; ok && i-- > 0;)
        order[--starts[t->entries[i].term + 1]] = i;
    /* What was the end of a term's entries is now where they begin. */
    for (uint32_t term = 0; ok && term < n_terms; term++) {
        if (t->n_forms[term] > 1)
            number_term(t, term, order + starts[term + 1]);
    }
    free(starts);
    free(order);
    return ok;
}

enum nidx_status nidx_form_table_init(struct nidx_form_table *t,
                                      const struct nidx_space *space,
                                      struct nidx_error *err)
{
    *t = (struct nidx_form_table){.space = space};
    struct nidx_ordered *order = allocate(t) ? sort_forms(space) : NULL;
    if (!order) {
        nidx_form_table_done(t);
        return nidx_nomem(err);
    }
    collect(t, order);
    const bool ok = number_entries(t);
    for (uint32_t i = 0; ok && i < space->n_forms; i++) {
        const struct nidx_form_state *f = &space->forms[order[i].id];
        t->numbers[t->base[f->term] + f->number] =
            (uint16_t)t->entries[order[i].prefix].number;
    }
    free(order);
    if (ok)
        return NIDX_OK;
    nidx_form_table_done(t);
    return nidx_nomem(err);
}

void nidx_form_table_done(struct nidx_form_table *t)
{
    free(t->entries);
    free(t->base);
    free(t->numbers);
    free(t->df);
    free(t->seen);
    free(t->n_forms);
    *t = (struct nidx_form_table){0};
}

static void count_docs(struct nidx_form_table *t, uint32_t base,
                       const struct nidx_posting_batch *b)
{
    const uint32_t *forms = b->forms;

    for (uint32_t i = 0; i < b->n; forms += b->freqs[i], i++) {
        for (uint32_t k = 0; k < b->freqs[i]; k++) {
            const uint32_t at = base + (b->any_forms ? forms[k] : 0);
            t->df[at] += t->seen[at] != b->docs[i] + 1;
            t->seen[at] = b->docs[i] + 1;
        }
    }
}

void nidx_form_table_renumber(struct nidx_form_table *t, uint32_t term,
                              struct nidx_posting_batch *b, bool count)
{
    const uint32_t base = t->base[term];
    const uint16_t *numbers = t->numbers + base;
    uint32_t any = 0;

    if (!b->any_forms && numbers[0] == 0) {
        if (count)
            count_docs(t, base, b);
        return;
    }
    nidx_posting_batch_use_forms(b);
    for (uint32_t i = 0; i < b->n_values; i++) {
        b->forms[i] = numbers[b->forms[i]];
        any |= b->forms[i];
    }
    b->any_forms = any > 0;
    if (count)
        count_docs(t, base, b);
}

static int commonest_first(const void *a, const void *b, void *context)
{
    const struct nidx_form_entry *x = a, *y = b;
    const struct nidx_vocab *v = context;

    if (x->cf != y->cf)
        return x->cf > y->cf ? -1 : 1;
    return nidx_bytes_compare(nidx_vocab_term_text(v, x->term),
                              nidx_vocab_term_text(v, y->term));
}

/** Writes the n entries of one key. */
static enum nidx_status write_form(const struct nidx_form_table *t,
                                   struct nidx_segment_writer *w, uint8_t field,
                                   struct nidx_form_entry *entries, uint32_t n,
                                   struct nidx_buf buf[2],
                                   struct nidx_error *err)
{
    struct nidx_vocab *v = t->space->vocab;
    const struct nidx_bytes folded = nidx_vocab_form_folded(v, entries[0].form);

    buf[0].len = buf[1].len = 0;
    nidx_form_key(&buf[0], field, folded,
                  nidx_vocab_form_text(v, entries[0].form));
    if (n > 1)
        qsort_r(entries, n, sizeof(*entries), commonest_first, v);
    for (uint32_t i = 0; i < n; i++) {
        const struct nidx_form_entry *e = &entries[i];
        nidx_form_value_add(&buf[1], folded, nidx_vocab_term_text(v, e->term),
                            e->number, t->df[t->base[e->term] + e->number],
                            e->cf);
    }
    if (buf[0].oom || buf[1].oom)
        return nidx_nomem(err);
    return nidx_segment_add_term(
        w, (struct nidx_bytes){buf[0].data, buf[0].len},
        (struct nidx_bytes){buf[1].data, buf[1].len}, err);
}

enum nidx_status nidx_form_table_write(const struct nidx_form_table *t,
                                       struct nidx_segment_writer *w,
                                       uint8_t field, struct nidx_error *err)
{
    struct nidx_buf buf[2] = {{0}, {0}};
    enum nidx_status status = NIDX_OK;

    for (uint32_t i = 0; i < t->n && status == NIDX_OK;) {
        uint32_t n = 1;
        while (i + n < t->n && by_key(t->space, t->entries[i].form,
                                      t->entries[i + n].form) == 0)
            n++;
        status = write_form(t, w, field, t->entries + i, n, buf, err);
        i += n;
    }
    nidx_buf_done(&buf[0]);
    nidx_buf_done(&buf[1]);
    return status;
}
