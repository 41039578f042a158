/* tree.c: a query as a tree: its memory and its notes.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/parse/tree.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void nidx_tree_done(struct nidx_tree *t)
{
    nidx_arena_free(t->arena);
    free(t->notes);
    *t = (struct nidx_tree){0};
}

static bool grow_notes(struct nidx_tree *t)
{
    const uint32_t cap = t->cap_notes ? t->cap_notes * 2 : 8;
    struct nidx_note *notes =
        realloc(t->notes, nidx_mul_size(cap, sizeof(*notes)));

    if (!notes)
        return false;
    t->notes = notes;
    t->cap_notes = cap;
    return true;
}

enum nidx_status nidx_tree_note(struct nidx_tree *t, uint32_t start,
                                uint32_t end, struct nidx_error *err,
                                const char *format, ...)
{
    char text[sizeof(((struct nidx_error *)0)->message)];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (t->n_notes == t->cap_notes && !grow_notes(t))
        return nidx_nomem(err);
    const struct nidx_bytes copy =
        nidx_arena_bytes(t->arena, text, strlen(text));
    if (!copy.data)
        return nidx_nomem(err);
    t->notes[t->n_notes++] =
        (struct nidx_note){start, end, (const char *)copy.data};
    return NIDX_OK;
}
