/* source_whole.c: what all sources of one document a file have in common.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/source/source_whole.h"

#include "common/analysis/charset.h"
#include "indexer/source/dateline.h"

#include <stdlib.h>

struct whole {
    struct nidx_source base;
    const struct nidx_source_input *input;
    nidx_whole_fill fill;
    bool given;
};

static void close_whole(struct nidx_source *s)
{
    free(s);
}

/* The file's text: as it is where it is UTF-8 without a mark, else converted
 * into buf. */
static enum nidx_status text_of(const struct nidx_source_input *input,
                                struct nidx_buf *buf, struct nidx_bytes *text,
                                uint64_t *bad, struct nidx_error *err)
{
    *text = (struct nidx_bytes){input->data, input->len};
    const bool marked =
        input->len >= 3 && memcmp(input->data, "\xef\xbb\xbf", 3) == 0;
    const bool zeros = input->len > 0 && memchr(input->data, 0, input->len);

    if (!marked && !zeros && nidx_utf8_valid(input->data, input->len))
        return NIDX_OK;
    enum nidx_status status = nidx_charset_to_utf8(input->data, input->len,
                                                   NULL, buf, bad, NULL, err);
    *text = (struct nidx_bytes){buf->data, buf->len};
    return status;
}

/* The date that the article states, else the one in its file's name, else
 * the file's. */
static void find_date(const struct nidx_source_input *input,
                      struct nidx_document *d)
{
    const char *slash = strrchr(input->name, '/');
    const char *base = slash ? slash + 1 : input->name;
    const struct nidx_bytes name = {(const uint8_t *)base, strlen(base)};

    nidx_document_find_date(d, true);
    if (d->date_rule != NIDX_DATE_NONE)
        return;
    if (nidx_date_in_path(name, false, &d->date)) {
        d->date_rule = NIDX_DATE_URL;
    } else if (input->mtime != 0) {
        d->date = input->mtime;
        d->date_rule = NIDX_DATE_FILE;
    }
}

static enum nidx_status fill(const struct whole *w, struct nidx_document *d,
                             struct nidx_error *err)
{
    const struct nidx_source_input *input = w->input;
    struct nidx_buf buf = {0};
    struct nidx_bytes text;
    enum nidx_status status =
        nidx_document_set_key(d, input->name, strlen(input->name), err);

    if (status == NIDX_OK)
        status = text_of(input, &buf, &text, &d->bad_bytes, err);
    if (status == NIDX_OK)
        status = w->fill(text, d, err);
    nidx_buf_done(&buf);
    find_date(input, d);
    d->stat = input->stat;
    d->content = input->content;
    return status;
}

static enum nidx_status next_whole(struct nidx_source *s,
                                   struct nidx_document *d, bool *done,
                                   struct nidx_error *err)
{
    struct whole *w = (struct whole *)s;

    *done = w->given;
    if (w->given)
        return NIDX_OK;
    w->given = true;
    enum nidx_status status = fill(w, d, err);
    s->consumed = w->input->len;
    *done = d->n_values == 0;
    return status;
}

static const struct nidx_source_ops whole_ops = {next_whole, close_whole};

enum nidx_status nidx_source_whole_open(const struct nidx_source_input *input,
                                        nidx_whole_fill fill_document,
                                        struct nidx_source **out,
                                        struct nidx_error *err)
{
    struct whole *w = calloc(1, sizeof(*w));

    *out = NULL;
    if (!w)
        return nidx_nomem(err);
    w->base.ops = &whole_ops;
    w->input = input;
    w->fill = fill_document;
    *out = &w->base;
    return NIDX_OK;
}

struct nidx_bytes nidx_take_line(struct nidx_bytes *text)
{
    size_t n = 0;
    if (text->len == 0)
        return *text;
    while (n < text->len && text->data[n] != '\n' && text->data[n] != '\r')
        n++;
    const struct nidx_bytes line = {text->data, n};

    if (n + 1 < text->len && text->data[n] == '\r' && text->data[n + 1] == '\n')
        n++;
    if (n < text->len)
        n++;
    text->data += n;
    text->len -= n;
    return line;
}

static bool is_space(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct nidx_bytes nidx_trim(struct nidx_bytes b)
{
    while (b.len > 0 && is_space(b.data[0])) {
        b.data++;
        b.len--;
    }
    while (b.len > 0 && is_space(b.data[b.len - 1]))
        b.len--;
    return b;
}
