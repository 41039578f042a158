/* query.c: a parsed query, as nidx.h shows it.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "query/parse/parser.h"
#include "query/result/result.h"

/** Options of a caller that may be older or newer than this library. */
static struct nidx_query_options options_of(const struct nidx_query_options *o)
{
    struct nidx_query_options full = NIDX_QUERY_OPTIONS_INIT;

    if (o)
        memcpy(&full, o, o->size < sizeof(full) ? o->size : sizeof(full));
    return full;
}

enum nidx_status nidx_query_parse(const char *text, size_t len,
                                  const struct nidx_query_options *options,
                                  struct nidx_query **out,
                                  struct nidx_error *err)
{
    const struct nidx_query_options o = options_of(options);
    const struct nidx_parse_options parse = {.any = o.any != 0,
                                             .strict = o.strict != 0};

    *out = NULL;
    struct nidx_query *q = calloc(1, sizeof(*q));
    if (!q)
        return nidx_nomem(err);
    enum nidx_status status = nidx_query_read(text, len, &parse, &q->tree, err);
    if (status == NIDX_OK) {
        nidx_tree_print(q->tree.root, &q->text);
        nidx_buf_u8(&q->text, 0);
        if (q->text.oom)
            status = nidx_nomem(err);
    }
    if (status != NIDX_OK) {
        nidx_query_free(q);
        return status;
    }
    *out = q;
    return NIDX_OK;
}

void nidx_query_free(struct nidx_query *q)
{
    if (!q)
        return;
    nidx_tree_done(&q->tree);
    nidx_buf_done(&q->text);
    free(q);
}

size_t nidx_query_n_notes(const struct nidx_query *q)
{
    return q->tree.n_notes;
}

const char *nidx_query_note(const struct nidx_query *q, size_t i,
                            size_t *offset, size_t *len)
{
    if (i >= q->tree.n_notes)
        return NULL;
    const struct nidx_note *note = &q->tree.notes[i];
    if (offset)
        *offset = note->start;
    if (len)
        *len = note->end - note->start;
    return note->text;
}

const char *nidx_query_text(const struct nidx_query *q, size_t *len)
{
    if (len)
        *len = q->text.len - 1;
    return (const char *)q->text.data;
}
