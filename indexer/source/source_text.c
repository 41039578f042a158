/* source_text.c: plain text: the first line that is not empty is the headline.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/source/source_whole.h"

/* A longer first line is a paragraph, not a headline. */
#define HEADLINE_MAX 1000

static enum nidx_status fill(struct nidx_bytes text, struct nidx_document *d,
                             struct nidx_error *err)
{
    struct nidx_bytes rest = nidx_trim(text);
    struct nidx_bytes title = {NULL, 0};

    struct nidx_bytes behind = rest;
    const struct nidx_bytes line = nidx_trim(nidx_take_line(&behind));
    if (line.len <= HEADLINE_MAX) {
        title = line;
        rest = nidx_trim(behind);
    }
    size_t from = d->bytes.len;
    nidx_buf_put(&d->bytes, title.data, title.len);
    enum nidx_status status =
        nidx_document_end_value(d, NIDX_FIELD_TITLE, from, err);
    if (status != NIDX_OK)
        return status;
    from = d->bytes.len;
    nidx_buf_put(&d->bytes, rest.data, rest.len);
    return nidx_document_end_value(d, NIDX_FIELD_BODY, from, err);
}

enum nidx_status nidx_source_text_open(const struct nidx_source_input *input,
                                       struct nidx_source **out,
                                       struct nidx_error *err)
{
    return nidx_source_whole_open(input, fill, out, err);
}
