/* forms.c: what the dictionary says of a form: its terms.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/codec/forms.h"

#include "common/segment/format.h"

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

enum lead {
    LEAD_DROP = 7, /* where as much: more follows */
    LEAD_REST_SHIFT = 3,
    LEAD_REST = 3, /* shifted; where as much: more follows */
    LEAD_NUMBER = 32,
    LEAD_DF = 64,
    LEAD_CF = 128
};

void nidx_form_value_add(struct nidx_buf *value, struct nidx_bytes folded,
                         struct nidx_bytes term, uint32_t number, uint32_t df,
                         uint64_t cf)
{
    size_t n = folded.len < term.len ? folded.len : term.len, same = 0;

    while (same < n && folded.data[same] == term.data[same])
        same++;
    const size_t drop = folded.len - same, rest = term.len - same;
    nidx_buf_u8(
        value,
        (uint8_t)((drop < LEAD_DROP ? drop : LEAD_DROP) |
                  (rest < LEAD_REST ? rest : LEAD_REST) << LEAD_REST_SHIFT |
                  (number != 0 ? LEAD_NUMBER : 0) | (df != 1 ? LEAD_DF : 0) |
                  (cf != df ? LEAD_CF : 0)));
    if (drop >= LEAD_DROP)
        nidx_buf_varint(value, drop - LEAD_DROP);
    if (rest >= LEAD_REST)
        nidx_buf_varint(value, rest - LEAD_REST);
    nidx_buf_put(value, term.data + same, rest);
    if (number != 0)
        nidx_buf_varint(value, number);
    if (df != 1)
        nidx_buf_varint(value, df);
    if (cf != df)
        nidx_buf_varint(value, cf - df);
}

bool nidx_form_value_next(struct nidx_reader *r, size_t folded_len,
                          struct nidx_form_term *out)
{
    if (r->bad || nidx_reader_left(r) == 0)
        return false;
    const uint8_t lead = nidx_read_u8(r);
    size_t drop = lead & LEAD_DROP, rest = lead >> LEAD_REST_SHIFT & LEAD_REST;
    if (drop == LEAD_DROP)
        drop += nidx_read_varint32(r);
    if (rest == LEAD_REST)
        rest += nidx_read_varint32(r);
    if (drop > folded_len)
        r->bad = true;
    out->lcp = (uint32_t)(folded_len - drop);
    out->rest.len = rest;
    out->rest.data = nidx_read_bytes(r, rest);
    out->number = lead & LEAD_NUMBER ? nidx_read_varint32(r) : 0;
    out->df = lead & LEAD_DF ? nidx_read_varint32(r) : 1;
    out->cf = out->df + (lead & LEAD_CF ? nidx_read_varint(r) : 0);
    return !r->bad;
}
