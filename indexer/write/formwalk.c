/* formwalk.c: the forms of several dictionaries, form by form.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/write/formwalk.h"

#include <stdlib.h>

#include "indexer/write/grow.h"

enum nidx_status nidx_form_walk_init(struct nidx_form_walk *w,
                                     const struct nidx_strtab *const *tables,
                                     uint32_t n, uint8_t field, void *context,
                                     struct nidx_error *err)
{
    const uint8_t prefix[2] = {NIDX_KIND_FORM, field};

    *w = (struct nidx_form_walk){.field = field, .context = context};
    enum nidx_status status = nidx_kway_init(&w->k, tables, n, err);
    if (status == NIDX_OK)
        status = nidx_kway_seek(
            &w->k, (struct nidx_bytes){prefix, sizeof(prefix)}, err);
    return status;
}

void nidx_form_walk_done(struct nidx_form_walk *w)
{
    for (uint32_t i = 0; i < w->cap; i++)
        nidx_buf_done(&w->pairs[i].term);
    free(w->pairs);
    nidx_kway_done(&w->k);
}

static bool same_term(const struct nidx_form_walk *w,
                      const struct nidx_form_pair *p,
                      const struct nidx_form_term *t)
{
    return p->term.len == t->lcp + t->rest.len &&
           (t->lcp == 0 || memcmp(p->term.data, w->folded.data, t->lcp) == 0) &&
           (t->rest.len == 0 ||
            memcmp(p->term.data + t->lcp, t->rest.data, t->rest.len) == 0);
}

/** The pair of a term, a new one where it comes first. */
static struct nidx_form_pair *pair_of(struct nidx_form_walk *w,
                                      const struct nidx_form_term *t)
{
    for (uint32_t i = 0; i < w->n; i++) {
        if (same_term(w, &w->pairs[i], t))
            return &w->pairs[i];
    }
    const uint32_t before = w->cap;
    if (!nidx_grow(&w->pairs, &w->cap, (uint64_t)w->n + 1, sizeof(*w->pairs)))
        return NULL;
    if (w->cap > before)
        memset(w->pairs + before, 0, (w->cap - before) * sizeof(*w->pairs));
    struct nidx_form_pair *p = &w->pairs[w->n++];
    p->df = 0;
    p->cf = 0;
    p->term.len = 0;
    nidx_buf_put(&p->term, w->folded.data, t->lcp);
    nidx_buf_put(&p->term, t->rest.data, t->rest.len);
    return p->term.oom ? NULL : p;
}

/** Takes in what one source says of the form. */
static enum nidx_status read_source(struct nidx_form_walk *w, uint32_t source,
                                    nidx_form_note_fn *note,
                                    struct nidx_error *err)
{
    const struct nidx_bytes value = w->k.cursors[source].value;
    struct nidx_reader r = nidx_reader_of(value.data, value.len);
    struct nidx_form_term t;

    while (nidx_form_value_next(&r, w->folded.len, &t)) {
        struct nidx_form_pair *p = pair_of(w, &t);
        if (!p)
            return nidx_nomem(err);
        p->df += t.df;
        p->cf += t.cf;
        enum nidx_status status = note ? note(w, p, source, &t, err) : NIDX_OK;
        if (status != NIDX_OK)
            return status;
    }
    return r.bad ? nidx_corrupt(err, "the entry of a form") : NIDX_OK;
}

enum nidx_status nidx_form_walk_next(struct nidx_form_walk *w,
                                     nidx_form_note_fn *note, bool *done,
                                     struct nidx_error *err)
{
    enum nidx_status status = nidx_kway_next(&w->k, err);

    *done = true;
    if (status != NIDX_OK || w->k.n_group == 0)
        return status;
    const struct nidx_bytes key = nidx_kway_key(&w->k);
    if (key.len < 2 || key.data[0] != NIDX_KIND_FORM || key.data[1] != w->field)
        return NIDX_OK;
    struct nidx_bytes form;
    nidx_form_key_split((struct nidx_bytes){key.data + 2, key.len - 2},
                        &w->folded, &form);
    w->first += w->n;
    w->n = 0;
    for (uint32_t i = 0; i < w->k.n_group && status == NIDX_OK; i++)
        status = read_source(w, w->k.group[i], note, err);
    *done = false;
    return status;
}
