/* postings_entry.c: the dictionary's value of a posting list.
 *
 * The grammar stands in postings_impl.h.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/postings_impl.h"

/* Repeats a pair. */
#define PAIR_FOUR_TIMES UINT64_C(0x0001000100010001)

static uint32_t distinct_pairs(nidx_impacts impacts)
{
    uint32_t n = 4;

    while (n > 1 && (uint16_t)(impacts >> 16 * (n - 1)) ==
                        (uint16_t)(impacts >> 16 * (n - 2)))
        n--;
    return n;
}

static nidx_impacts read_pairs(struct nidx_reader *r, uint32_t n)
{
    nidx_impacts impacts = 0;
    uint64_t pair = 0;

    for (uint32_t i = 0; i < 4; i++) {
        if (i < n)
            pair = nidx_read_u16(r);
        impacts |= pair << 16 * i;
    }
    return impacts;
}

/* ------------------------------------------------------------- writing */

static bool is_marked(const struct nidx_posting_entry *e, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++)
        if (e->items[i].len != 1 || e->items[i].form != 0)
            return true;
    return false;
}

/* Occurrence i is a headline's: those come first in each document. */
static bool is_title(const struct nidx_posting_entry *e, uint32_t i)
{
    return e->n[0] == 2 ? i < e->titles[0] : e->titles[i] > 0;
}

static void write_entry(struct nidx_buf *b, const struct nidx_term_info *info,
                        const struct nidx_posting_entry *e, bool marked)
{
    bool same = e->n[0] == 2;

    nidx_buf_varint(b, e->docs[0]);
    if (info->cf == 2)
        nidx_buf_varint(b, same ? 0 : e->docs[1] - e->docs[0]);
    for (uint32_t i = 0; i < info->cf; i++) {
        uint64_t pos = e->items[i].pos;
        if (i == 1 && same)
            pos -= e->items[0].pos;
        if (info->titles)
            pos = pos << 1 | (is_title(e, i) ? 1 : 0);
        nidx_buf_varint(b, pos);
        if (marked) {
            nidx_buf_varint(b, e->items[i].len - 1u);
            nidx_buf_varint(b, e->items[i].form);
        }
    }
}

static void write_place(struct nidx_buf *b, uint32_t chunk, uint32_t offset)
{
    nidx_buf_varint(b, (uint64_t)chunk << 16 | offset);
}

static void write_address(struct nidx_buf *b, const struct nidx_term_info *info)
{
    nidx_buf_varint(b, info->df);
    nidx_buf_varint(b, info->cf - info->df);
    write_place(b, info->docs_chunk, info->docs_offset);
    if (info->dense)
        write_place(b, info->dense_chunk, info->dense_offset);
}

void nidx_term_info_write(struct nidx_buf *value,
                          const struct nidx_term_info *info,
                          const struct nidx_posting_entry *entry)
{
    bool marked = info->in_entry && is_marked(entry, info->cf);
    bool more = info->in_entry ? info->cf == 2 : info->directory;
    uint32_t pairs = distinct_pairs(info->impacts);
    bool once = info->in_entry && pairs == 1 && (info->impacts & 0xff) == 1;

    nidx_buf_u8(
        value,
        (uint8_t)((info->in_entry ? VALUE_IN_ENTRY : 0) |
                  (once ? VALUE_ONCE : 0) | (info->dense ? VALUE_DENSE : 0) |
                  (info->titles ? VALUE_TITLES : 0) |
                  (info->n_forms > 1 ? VALUE_FORMS : 0) |
                  (more ? VALUE_TWO : 0) | (pairs - 1) << VALUE_PAIRS_SHIFT |
                  (marked ? VALUE_MARKED : 0)));
    if (once)
        nidx_buf_u8(value, (uint8_t)(info->impacts >> 8));
    for (uint32_t i = 0; i < pairs && !once; i++)
        nidx_buf_u16(value, (uint16_t)(info->impacts >> 16 * i));
    if (info->titles)
        nidx_buf_varint(value, info->title_weight);
    if (info->n_forms > 1)
        nidx_buf_varint(value, info->n_forms);
    if (info->in_entry)
        write_entry(value, info, entry, marked);
    else
        write_address(value, info);
}

/* ------------------------------------------------------------- reading */

static void read_place(struct nidx_reader *r, uint32_t *chunk, uint32_t *offset)
{
    uint64_t place = nidx_read_varint(r);

    r->bad |= place >> 48 != 0;
    *chunk = (uint32_t)(place >> 16);
    *offset = (uint32_t)(place & 0xffff);
}

static void read_address(struct nidx_reader *r, struct nidx_term_info *info)
{
    info->df = nidx_read_varint32(r);
    uint64_t more = nidx_read_varint(r);
    info->cf = info->df + more;
    read_place(r, &info->docs_chunk, &info->docs_offset);
    if (info->dense)
        read_place(r, &info->dense_chunk, &info->dense_offset);
    if (info->df <= NIDX_BLOCK)
        r->bad |= info->dense || info->directory;
    r->bad |= info->df == 0 || info->cf < more;
}

/* Where an occurrence of an entry stands, before its document is known. */
static bool read_item(struct nidx_reader *r, const struct nidx_term_info *info,
                      struct nidx_occurrence *o, uint32_t *title)
{
    uint64_t pos = nidx_read_varint(r);

    *title = info->titles ? (uint32_t)(pos & 1) : 0;
    pos = info->titles ? pos >> 1 : pos;
    uint64_t len = info->marked ? nidx_read_varint(r) + 1 : 1;
    uint64_t form = info->marked ? nidx_read_varint(r) : 0;
    if (pos > POS_LIMIT / 2 || len - 1 >= UINT16_MAX || form >= info->n_forms ||
        form > UINT16_MAX)
        return false;
    o->pos = (nidx_pos)pos;
    o->len = (uint16_t)len;
    o->form = (uint16_t)form;
    return true;
}

/* Gives each document its occurrences. */
static bool share_items(struct nidx_posting_entry *e, uint32_t df,
                        const uint32_t title[2])
{
    if (df == 2) {
        for (uint32_t i = 0; i < 2; i++) {
            e->n[i] = 1;
            e->titles[i] = title[i];
        }
        return true;
    }
    e->n[0] = 2;
    e->titles[0] = title[0] + title[1];
    e->items[1].pos += e->items[0].pos;
    return title[0] >= title[1];
}

bool nidx_posting_entry_read(const struct nidx_term_info *info,
                             struct nidx_posting_entry *e)
{
    struct nidx_reader r = nidx_reader_of(info->entry.data, info->entry.len);
    uint32_t title[2] = {0, 0};

    *e = (struct nidx_posting_entry){0};
    e->docs[0] = nidx_read_varint32(&r);
    if (info->cf == 2) {
        uint32_t gap = nidx_read_varint32(&r);
        e->docs[1] = e->docs[0] + gap;
        if (e->docs[1] < e->docs[0] || (gap > 0) != (info->df == 2))
            return false;
    }
    for (uint32_t i = 0; i < info->cf; i++)
        if (!read_item(&r, info, &e->items[i], &title[i]))
            return false;
    if (r.bad || nidx_reader_left(&r) > 0)
        return false;
    if (info->cf == 2)
        return share_items(e, info->df, title);
    e->n[0] = 1;
    e->titles[0] = title[0];
    return true;
}

/* Borrows the entry; only what df depends on is looked at. */
static void read_entry_head(struct nidx_reader *r, bool two,
                            struct nidx_term_info *info)
{
    info->entry.data = r->p;
    info->entry.len = nidx_reader_left(r);
    (void)nidx_read_varint32(r);
    info->cf = two ? 2 : 1;
    info->df = two && nidx_read_varint32(r) > 0 ? 2 : 1;
}

enum nidx_status nidx_term_info_read(struct nidx_bytes value,
                                     struct nidx_term_info *info,
                                     struct nidx_error *err)
{
    struct nidx_reader r = nidx_reader_of(value.data, value.len);
    uint8_t flags = nidx_read_u8(&r);
    bool in_entry = flags & VALUE_IN_ENTRY;

    *info = (struct nidx_term_info){
        .n_forms = 1,
        .title_weight = 1,
        .in_entry = in_entry,
        .dense = !in_entry && (flags & VALUE_DENSE),
        .titles = flags & VALUE_TITLES,
        .directory = !in_entry && (flags & VALUE_DIRECTORY),
        .marked = in_entry && (flags & VALUE_MARKED),
    };
    if (in_entry && (flags & VALUE_ONCE))
        info->impacts = ((uint64_t)nidx_read_u8(&r) << 8 | 1) * PAIR_FOUR_TIMES;
    else
        info->impacts = read_pairs(&r, (flags >> VALUE_PAIRS_SHIFT & 3) + 1u);
    if (info->titles)
        info->title_weight = nidx_read_varint32(&r);
    if (flags & VALUE_FORMS)
        info->n_forms = nidx_read_varint32(&r);
    if (in_entry)
        read_entry_head(&r, flags & VALUE_TWO, info);
    else
        read_address(&r, info);
    if (r.bad || info->n_forms == 0 || info->title_weight == 0)
        return nidx_corrupt(err, "a posting list's dictionary entry");
    return NIDX_OK;
}
