/* expand_walk.c: terms of leaves, and walks over the dictionaries of all
 * segments.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "query/expand/expand_impl.h"

void nidx_expand_fail(struct nidx_expansion *x, enum nidx_status status)
{
    if (x->status == NIDX_OK)
        x->status = status;
}

void nidx_terms_done(struct nidx_terms *t)
{
    free(t->items);
    *t = (struct nidx_terms){0};
}

struct nidx_leaf_term *nidx_terms_append(struct nidx_expansion *x,
                                         struct nidx_terms *t,
                                         struct nidx_bytes text)
{
    if (t->n == t->cap) {
        const uint32_t cap = t->cap ? t->cap * 2 : 4;
        struct nidx_leaf_term *items =
            realloc(t->items, nidx_mul_size(cap, sizeof(*items)));
        if (!items) {
            nidx_expand_fail(x, nidx_nomem(x->err));
            return NULL;
        }
        t->items = items;
        t->cap = cap;
    }
    const struct nidx_bytes copy =
        nidx_arena_bytes(x->tree->arena, text.data, text.len);
    if (!copy.data) {
        nidx_expand_fail(x, nidx_nomem(x->err));
        return NULL;
    }
    t->items[t->n] =
        (struct nidx_leaf_term){.kind = NIDX_KIND_WORD, .text = copy};
    return &t->items[t->n++];
}

struct nidx_leaf_term *nidx_terms_add(struct nidx_expansion *x,
                                      struct nidx_terms *t,
                                      struct nidx_bytes text)
{
    for (uint32_t i = 0; i < t->n; i++)
        if (nidx_bytes_compare(t->items[i].text, text) == 0)
            return &t->items[i];
    return nidx_terms_append(x, t, text);
}

uint8_t nidx_expand_forms_field(uint8_t field)
{
    return field == NIDX_FIELD_TITLE || field == NIDX_FIELD_BODY
               ? NIDX_FIELD_ALL
               : field;
}

struct nidx_bytes nidx_dict_key(struct nidx_expansion *x, uint8_t kind,
                                uint8_t field, struct nidx_bytes text)
{
    x->key.len = 0;
    nidx_buf_u8(&x->key, kind);
    nidx_buf_u8(&x->key, field);
    nidx_buf_put(&x->key, text.data, text.len);
    if (x->key.oom)
        nidx_expand_fail(x, nidx_nomem(x->err));
    return (struct nidx_bytes){x->key.data, x->key.len};
}

bool nidx_expand_is_known(struct nidx_expansion *x, uint8_t field,
                          struct nidx_bytes text)
{
    const uint8_t list = field == NIDX_FIELD_BODY ? NIDX_FIELD_ALL : field;
    const struct nidx_bytes key = nidx_dict_key(x, NIDX_KIND_WORD, list, text);

    for (uint32_t i = 0;
         i < x->catalog->manifest.n_segments && x->status == NIDX_OK; i++) {
        struct nidx_bytes value;
        uint64_t ordinal;
        bool found = false;
        nidx_expand_fail(x,
                         nidx_strtab_find(&x->catalog->segments[i]->terms, key,
                                          &found, &value, &ordinal, x->err));
        if (found)
            return true;
    }
    return false;
}

/* ------------------------------------------------------ walks over keys */

static bool begins_with(struct nidx_bytes text, struct nidx_bytes prefix)
{
    return text.len >= prefix.len &&
           (prefix.len == 0 || memcmp(text.data, prefix.data, prefix.len) == 0);
}

/* To the first key at or after the one in x->key; NULL where that failed. */
struct nidx_strtab_cursor *nidx_dict_seek(struct nidx_expansion *x,
                                          uint32_t segment)
{
    struct nidx_strtab_cursor *c = &x->cursors[segment];

    if (x->status != NIDX_OK)
        return NULL;
    nidx_expand_fail(
        x, nidx_strtab_seek(c, (struct nidx_bytes){x->key.data, x->key.len},
                            x->err));
    return x->status == NIDX_OK ? c : NULL;
}

bool nidx_dict_in_range(const struct nidx_expansion *x,
                        const struct nidx_strtab_cursor *c)
{
    return x->status == NIDX_OK && !c->at_end &&
           begins_with((struct nidx_bytes){c->key.data, c->key.len},
                       (struct nidx_bytes){x->key.data, x->key.len});
}

void nidx_dict_next(struct nidx_expansion *x, struct nidx_strtab_cursor *c)
{
    nidx_expand_fail(x, nidx_strtab_next(c, x->err));
}

/* The text of a form's term, in x->scratch. */
struct nidx_bytes nidx_dict_term(struct nidx_expansion *x,
                                 const struct nidx_form_entry *e,
                                 const struct nidx_form_term *t)
{
    x->scratch.len = 0;
    nidx_buf_put(&x->scratch, e->folded.data, t->lcp);
    nidx_buf_put(&x->scratch, t->rest.data, t->rest.len);
    if (x->scratch.oom)
        nidx_expand_fail(x, nidx_nomem(x->err));
    return (struct nidx_bytes){x->scratch.data, x->scratch.len};
}

void nidx_dict_check(struct nidx_expansion *x, const struct nidx_reader *r)
{
    if (r->bad && x->status == NIDX_OK)
        nidx_expand_fail(
            x, nidx_corrupt(x->err, "a form's entry in the dictionary"));
}

void nidx_expand_keywords(struct nidx_expansion *x, uint8_t field,
                          struct nidx_bytes prefix,
                          bool (*found)(void *context, struct nidx_bytes text),
                          void *context)
{
    nidx_dict_key(x, NIDX_KIND_KEYWORD, field, prefix);
    for (uint32_t i = 0; i < x->catalog->manifest.n_segments; i++) {
        struct nidx_strtab_cursor *c = nidx_dict_seek(x, i);
        for (; c && nidx_dict_in_range(x, c); nidx_dict_next(x, c))
            if (!found(context,
                       (struct nidx_bytes){c->key.data + 2, c->key.len - 2}))
                break;
    }
}
