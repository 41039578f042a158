/* leaf.c: the occurrences of one leaf in the documents of one segment.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/spans/leaf.h"

#include <stdlib.h>

#include "common/analysis/fold.h"

/** One alternative: its list, and the block that was decoded last. */
struct list {
    uint32_t term;
    struct nidx_term_info info;
    struct nidx_postings postings;
    nidx_docid asked;   /* documents below were passed */
    bool open, decoded; /* decoded: docs are of run and block */
    uint32_t run, block, n_docs;
    nidx_docid docs[NIDX_PACK_SLOTS];
    uint32_t *forms; /* numbers that count; NULL: all */
    uint32_t n_forms;
};

struct nidx_leaf_reader {
    const struct nidx_segment *segment;
    bool body; /* without the headline */
    struct nidx_occurrences buffer;
    uint32_t n_lists;
    struct list *lists;
};

void nidx_leaf_list_done(struct nidx_leaf_list *l)
{
    free(l->items);
    *l = (struct nidx_leaf_list){0};
}

void nidx_leaf_reader_free(struct nidx_leaf_reader *r)
{
    if (!r)
        return;
    for (uint32_t i = 0; i < r->n_lists; i++)
        free(r->lists[i].forms);
    free(r->lists);
    nidx_occurrences_done(&r->buffer);
    free(r);
}

/* Whether folded's first bytes and a rest are the text of a term. */
static bool spells(struct nidx_bytes folded, const struct nidx_form_term *f,
                   struct nidx_bytes text)
{
    if (f->lcp > folded.len || f->lcp + f->rest.len != text.len)
        return false;
    return memcmp(folded.data, text.data, f->lcp) == 0 &&
           memcmp(f->rest.data, text.data + f->lcp, f->rest.len) == 0;
}

/* Headline and body share ALL's dictionary of forms, and so their numbers. */
static uint8_t forms_field(uint8_t field)
{
    return field == NIDX_FIELD_TITLE || field == NIDX_FIELD_BODY
               ? NIDX_FIELD_ALL
               : field;
}

/* The number of one form among term's; found says whether there is one. */
static enum nidx_status form_number(const struct nidx_segment *segment,
                                    uint8_t field, struct nidx_bytes form,
                                    struct nidx_bytes term, bool *found,
                                    uint32_t *number, struct nidx_error *err)
{
    struct nidx_buf folded = {0}, key = {0};
    struct nidx_bytes value;
    struct nidx_form_term f;
    uint64_t ordinal;
    enum nidx_status status = NIDX_OK;

    *found = false;
    nidx_fold_diacritics((const char *)form.data, form.len, &folded);
    struct nidx_bytes spelling = {folded.data, folded.len};
    nidx_form_key(&key, forms_field(field), spelling, form);
    if (folded.oom || key.oom)
        status = nidx_nomem(err);
    bool known = false;
    if (status == NIDX_OK)
        status = nidx_strtab_find(&segment->terms,
                                  (struct nidx_bytes){key.data, key.len},
                                  &known, &value, &ordinal, err);
    if (status == NIDX_OK && known) {
        struct nidx_reader r = nidx_reader_of(value.data, value.len);
        while (!*found && nidx_form_value_next(&r, folded.len, &f))
            *found = spells(spelling, &f, term);
        if (*found)
            *number = f.number;
        else if (r.bad)
            status = nidx_corrupt(err, "a form's entry in the dictionary");
    }
    nidx_buf_done(&folded);
    nidx_buf_done(&key);
    return status;
}

enum nidx_status nidx_leaf_form_numbers(const struct nidx_segment *segment,
                                        uint8_t field,
                                        const struct nidx_leaf_term *term,
                                        uint32_t *numbers, uint32_t *n,
                                        struct nidx_error *err)
{
    *n = 0;
    for (uint32_t i = 0; i < term->n_forms; i++) {
        bool found;
        enum nidx_status status =
            form_number(segment, field, term->forms[i], term->text, &found,
                        &numbers[*n], err);
        if (status != NIDX_OK)
            return status;
        *n += found;
    }
    return NIDX_OK;
}

/* Adds the list of an alternative, where the segment has one. */
static enum nidx_status add_list(struct nidx_leaf_reader *r, uint8_t field,
                                 const struct nidx_leaf_term *term,
                                 uint32_t index, struct nidx_error *err)
{
    struct list *l = &r->lists[r->n_lists];
    bool found;
    enum nidx_status status =
        nidx_segment_term(r->segment, (enum nidx_term_kind)term->kind, field,
                          term->text, &found, &l->info, err);
    if (status != NIDX_OK || !found)
        return status;
    l->term = index;
    if (!term->n_forms) {
        r->n_lists++;
        return NIDX_OK;
    }
    l->forms = malloc(nidx_mul_size(term->n_forms, sizeof(*l->forms)));
    if (!l->forms)
        return nidx_nomem(err);
    r->n_lists++;
    status = nidx_leaf_form_numbers(r->segment, field, term, l->forms,
                                    &l->n_forms, err);
    if (status == NIDX_OK && !l->n_forms) {
        free(l->forms);
        l->forms = NULL;
        r->n_lists--;
    }
    return status;
}

enum nidx_status nidx_leaf_reader_new(const struct nidx_node *leaf,
                                      const struct nidx_segment *segment,
                                      struct nidx_leaf_reader **out,
                                      struct nidx_error *err)
{
    *out = NULL;

    struct nidx_leaf_reader *r = calloc(1, sizeof(*r));
    if (!r)
        return nidx_nomem(err);
    r->segment = segment;
    r->body = leaf->field == NIDX_FIELD_BODY;
    uint8_t field = r->body ? NIDX_FIELD_ALL : leaf->field;
    enum nidx_status status = NIDX_OK;
    if (leaf->n_terms) {
        r->lists = calloc(leaf->n_terms, sizeof(*r->lists));
        if (!r->lists)
            status = nidx_nomem(err);
    }
    for (uint32_t i = 0; i < leaf->n_terms && status == NIDX_OK; i++)
        status = add_list(r, field, &leaf->terms[i], i, err);
    if (status != NIDX_OK) {
        nidx_leaf_reader_free(r);
        return status;
    }
    *out = r;
    return NIDX_OK;
}

/* Moves to doc; at receives its place in the block, or UINT32_MAX. */
static enum nidx_status find_doc(struct nidx_leaf_reader *r, struct list *l,
                                 nidx_docid doc, uint32_t *at,
                                 struct nidx_error *err)
{
    *at = UINT32_MAX;
    if (!l->open || doc < l->asked) {
        struct nidx_part_source *source =
            (struct nidx_part_source *)&r->segment->source;
        enum nidx_status status = nidx_postings_open(
            &l->postings, source, &l->info, r->segment->n_docs, err);
        l->open = status == NIDX_OK;
        l->decoded = false;
        if (status != NIDX_OK)
            return status;
    }
    l->asked = doc;
    struct nidx_postings *p = &l->postings;
    if (!nidx_postings_seek(p, doc))
        return p->status == NIDX_OK
                   ? NIDX_OK
                   : nidx_fail(err, p->status, "a posting list is damaged");
    if (!l->decoded || l->run != p->run || l->block != p->block) {
        l->n_docs = nidx_postings_docs(p, l->docs);
        l->run = p->run;
        l->block = p->block;
        l->decoded = true;
    }
    uint32_t lo = 0, hi = l->n_docs;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (l->docs[mid] < doc)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (lo < l->n_docs && l->docs[lo] == doc)
        *at = lo;
    return NIDX_OK;
}

static bool form_counts(const struct list *l, uint16_t form)
{
    if (!l->forms)
        return true;
    for (uint32_t i = 0; i < l->n_forms; i++) {
        if (l->forms[i] == form)
            return true;
    }
    return false;
}

static bool append(struct nidx_leaf_list *out, struct nidx_leaf_occurrence o)
{
    if (out->n == out->cap) {
        uint32_t cap = out->cap ? out->cap * 2 : 16;
        void *items =
            realloc(out->items, nidx_mul_size(cap, sizeof(*out->items)));
        if (!items)
            return false;
        out->items = items;
        out->cap = cap;
    }
    out->items[out->n++] = o;
    return true;
}

static enum nidx_status read_list(struct nidx_leaf_reader *r, struct list *l,
                                  nidx_docid doc, bool with_forms,
                                  struct nidx_leaf_list *out,
                                  struct nidx_error *err)
{
    uint32_t at, titles[NIDX_PACK_SLOTS];
    enum nidx_status status = find_doc(r, l, doc, &at, err);

    if (status != NIDX_OK || at == UINT32_MAX)
        return status;
    status = nidx_postings_occurrences(
        &l->postings, at, with_forms || l->forms != NULL, &r->buffer, err);
    if (status != NIDX_OK)
        return status;
    uint32_t n_title =
        nidx_postings_titles(&l->postings, titles) ? titles[at] : 0;
    for (uint32_t i = 0; i < r->buffer.n; i++) {
        const struct nidx_occurrence *o = &r->buffer.items[i];
        if ((r->body && i < n_title) || !form_counts(l, o->form))
            continue;
        struct nidx_leaf_occurrence occur = {.pos = o->pos,
                                             .len = o->len,
                                             .form = o->form,
                                             .term = l->term,
                                             .title = i < n_title};
        if (!append(out, occur))
            return nidx_nomem(err);
    }
    return NIDX_OK;
}

static int compare(const void *a, const void *b)
{
    const struct nidx_leaf_occurrence *x = a, *y = b;

    if (x->pos != y->pos)
        return x->pos < y->pos ? -1 : 1;
    if (x->len != y->len)
        return x->len < y->len ? -1 : 1;
    return x->term < y->term ? -1 : x->term > y->term;
}

enum nidx_status nidx_leaf_read(struct nidx_leaf_reader *r, nidx_docid doc,
                                bool with_forms, struct nidx_leaf_list *out,
                                struct nidx_error *err)
{
    out->n = 0;
    for (uint32_t i = 0; i < r->n_lists; i++) {
        enum nidx_status status =
            read_list(r, &r->lists[i], doc, with_forms, out, err);
        if (status != NIDX_OK)
            return status;
    }
    if (out->n > 1)
        qsort(out->items, out->n, sizeof(*out->items), compare);
    return NIDX_OK;
}
