/* plain_leaf.c: leaves that read naive documents instead of posting lists.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/plain_leaf.h"

#include <stdlib.h>

#include "query/spans/leaf.h"
#include "tests/support/naive_impl.h"

static const struct naive_doc *the_docs;

void plain_leaf_docs(const struct naive_doc *docs)
{
    the_docs = docs;
}

struct nidx_leaf_reader {
    const struct nidx_node *leaf;
};

enum nidx_status nidx_leaf_reader_new(const struct nidx_node *leaf,
                                      const struct nidx_segment *segment,
                                      struct nidx_leaf_reader **out,
                                      struct nidx_error *err)
{
    (void)segment;
    *out = malloc(sizeof(**out));
    if (!*out)
        return nidx_nomem(err);
    (*out)->leaf = leaf;
    return NIDX_OK;
}

void nidx_leaf_reader_free(struct nidx_leaf_reader *r)
{
    free(r);
}

void nidx_leaf_list_done(struct nidx_leaf_list *l)
{
    free(l->items);
}

static void read_token(const struct nidx_node *leaf,
                       const struct naive_token *t, struct nidx_leaf_list *out)
{
    for (uint32_t i = 0; i < leaf->n_terms; i++) {
        if (!naive_counts(t, &leaf->terms[i]))
            continue;
        out->items[out->n++] = (struct nidx_leaf_occurrence){
            .pos = t->pos, .len = t->len, .term = i};
    }
}

static void read_field(const struct nidx_node *leaf,
                       const struct naive_field *f, struct nidx_leaf_list *out)
{
    for (uint32_t i = 0; i < f->n; i++)
        read_token(leaf, &f->tokens[i], out);
}

static enum nidx_status read_ends(const struct naive_doc *d, int which,
                                  struct nidx_leaf_list *out,
                                  struct nidx_error *err)
{
    const struct naive_field *fields[] = {&d->title, &d->body};

    out->cap = d->title.n_ends[which] + d->body.n_ends[which] + 1;
    void *items = realloc(out->items, out->cap * sizeof(*out->items));
    if (!items)
        return nidx_nomem(err);
    out->items = items;
    for (int k = 0; k < 2; k++)
        for (uint32_t i = 0; i < fields[k]->n_ends[which]; i++)
            out->items[out->n++] = (struct nidx_leaf_occurrence){
                .pos = fields[k]->ends[which][i], .len = 1};
    return NIDX_OK;
}

enum nidx_status nidx_leaf_read(struct nidx_leaf_reader *r, nidx_docid doc,
                                bool with_forms, struct nidx_leaf_list *out,
                                struct nidx_error *err)
{
    const struct naive_doc *d = &the_docs[doc];
    const struct nidx_node *leaf = r->leaf;

    (void)with_forms;
    out->cap = (d->title.n + d->body.n + d->author.n) * leaf->n_terms + 1;
    void *items = realloc(out->items, out->cap * sizeof(*out->items));
    if (!items)
        return nidx_nomem(err);
    out->items = items;
    out->n = 0;
    if (leaf->n_terms > 0 && leaf->terms[0].kind != NIDX_KIND_WORD)
        return read_ends(d, leaf->terms[0].kind == NIDX_KIND_PARAGRAPH, out,
                         err);
    if (leaf->field == NIDX_FIELD_ALL || leaf->field == NIDX_FIELD_TITLE)
        read_field(leaf, &d->title, out);
    if (leaf->field == NIDX_FIELD_ALL || leaf->field == NIDX_FIELD_BODY)
        read_field(leaf, &d->body, out);
    if (leaf->field == NIDX_FIELD_AUTHOR)
        read_field(leaf, &d->author, out);
    return NIDX_OK;
}
