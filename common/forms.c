/* forms.c: what the dictionary says of a form: its terms.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/forms.h"

#include "common/format.h"

static bool same_bytes(struct nidx_bytes a, struct nidx_bytes b)
{
    return a.len == b.len && nidx_bytes_compare(a, b) == 0;
}

void nidx_form_key(struct nidx_buf *out, uint8_t field,
                   struct nidx_bytes folded, struct nidx_bytes form)
{
    nidx_buf_u8(out, NIDX_KIND_FORM);
    nidx_buf_u8(out, field);
    nidx_buf_put(out, folded.data, folded.len);
    if (same_bytes(folded, form))
        return;
    nidx_buf_u8(out, 0);
    nidx_buf_put(out, form.data, form.len);
}

void nidx_form_key_split(struct nidx_bytes text, struct nidx_bytes *folded,
                         struct nidx_bytes *form)
{
    const uint8_t *zero = text.len ? memchr(text.data, 0, text.len) : NULL;

    *folded = text;
    *form = text;
    if (!zero)
        return;
    folded->len = (size_t)(zero - text.data);
    form->data = zero + 1;
    form->len = text.len - folded->len - 1;
}

void nidx_form_value_add(struct nidx_buf *value, struct nidx_bytes folded,
                         struct nidx_bytes term, uint32_t number, uint32_t df,
                         uint64_t cf)
{
    size_t n = folded.len < term.len ? folded.len : term.len, same = 0;

    while (same < n && folded.data[same] == term.data[same])
        same++;
    nidx_buf_varint(value, same);
    nidx_buf_varint(value, term.len - same);
    nidx_buf_put(value, term.data + same, term.len - same);
    nidx_buf_varint(value, number);
    nidx_buf_varint(value, df);
    nidx_buf_varint(value, cf);
}

bool nidx_form_value_next(struct nidx_reader *r, size_t folded_len,
                          struct nidx_form_term *out)
{
    if (r->bad || nidx_reader_left(r) == 0)
        return false;
    out->lcp = nidx_read_varint32(r);
    out->rest.len = nidx_read_varint32(r);
    out->rest.data = nidx_read_bytes(r, out->rest.len);
    out->number = nidx_read_varint32(r);
    out->df = nidx_read_varint32(r);
    out->cf = nidx_read_varint(r);
    if (out->lcp > folded_len)
        r->bad = true;
    return !r->bad;
}
