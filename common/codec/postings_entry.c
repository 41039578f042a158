/* postings_entry.c: the dictionary's value of a posting list.
 *
 * The grammar stands in postings_impl.h.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/codec/postings_impl.h"

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

static void write_item(struct nidx_buf *b, const struct nidx_occurrence *o,
                       nidx_pos before, bool marked, const bool *title)
{
    uint64_t pos = o->pos - before;

    if (title)
        pos = pos << 1 | (*title ? 1 : 0);
    nidx_buf_varint(b, pos);
    if (marked) {
        nidx_buf_varint(b, o->len - 1u);
        nidx_buf_varint(b, o->form);
    }
}

static void write_entry(struct nidx_buf *b, const struct nidx_term_info *info,
                        const struct nidx_posting_entry *e, bool marked)
{
    const struct nidx_occurrence *o = e->items;

    if (info->cf > 1)
        nidx_buf_u8(b, (uint8_t)info->cf);
    for (uint32_t d = 0; d < info->df; d++) {
        nidx_buf_varint(b, e->docs[d] - (d > 0 ? e->docs[d - 1] : 0));
        for (uint32_t k = 1; k < e->n[d]; k++)
            nidx_buf_varint(b, 0);
    }
    for (uint32_t d = 0; d < info->df; d++) {
        for (uint32_t k = 0; k < e->n[d]; k++, o++) {
            bool title = k < e->titles[d]; /* they come first */
            write_item(b, o, k > 0 ? o[-1].pos : 0, marked,
                       info->titles ? &title : NULL);
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
    bool more = info->in_entry ? info->cf > 1 : info->directory;
    uint32_t pairs = distinct_pairs(info->impacts);
    bool once = info->in_entry && pairs == 1 && (info->impacts & 0xff) == 1;

    nidx_buf_u8(
        value,
        (uint8_t)((info->in_entry ? VALUE_IN_ENTRY : 0) |
                  (once ? VALUE_ONCE : 0) | (info->dense ? VALUE_DENSE : 0) |
                  (info->titles ? VALUE_TITLES : 0) |
                  (info->n_forms > 1 ? VALUE_FORMS : 0) |
                  (more ? VALUE_SOME : 0) | (pairs - 1) << VALUE_PAIRS_SHIFT |
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

/* An occurrence of an entry; before is the position that it counts from. */
static bool read_item(struct nidx_reader *r, const struct nidx_term_info *info,
                      nidx_pos before, struct nidx_occurrence *o,
                      uint32_t *title)
{
    uint64_t pos = nidx_read_varint(r);

    *title = info->titles ? (uint32_t)(pos & 1) : 0;
    pos = info->titles ? pos >> 1 : pos;
    uint64_t len = info->marked ? nidx_read_varint(r) + 1 : 1;
    uint64_t form = info->marked ? nidx_read_varint(r) : 0;
    if (r->bad || pos > POS_LIMIT - before || len - 1 >= UINT16_MAX ||
        form >= info->n_forms || form > UINT16_MAX)
        return false;
    o->pos = before + (nidx_pos)pos;
    o->len = (uint16_t)len;
    o->form = (uint16_t)form;
    return true;
}

/* The documents, and how many occurrences each has. */
static bool read_docs(struct nidx_reader *r, const struct nidx_term_info *info,
                      struct nidx_posting_entry *e)
{
    uint32_t d = 0;

    e->docs[0] = nidx_read_varint32(r);
    e->n[0] = 1;
    for (uint32_t i = 1; i < info->cf; i++) {
        uint32_t gap = nidx_read_varint32(r);
        if (gap > 0) {
            e->docs[d + 1] = e->docs[d] + gap;
            if (e->docs[d + 1] < gap)
                return false;
            d++;
        }
        e->n[d]++;
    }
    return d + 1 == info->df;
}

bool nidx_posting_entry_read(const struct nidx_term_info *info,
                             struct nidx_posting_entry *e)
{
    struct nidx_reader r = nidx_reader_of(info->entry.data, info->entry.len);
    struct nidx_occurrence *o = e->items;

    *e = (struct nidx_posting_entry){0};
    if (info->cf > NIDX_ENTRY_MAX || !read_docs(&r, info, e))
        return false;
    for (uint32_t d = 0; d < info->df; d++) {
        for (uint32_t k = 0; k < e->n[d]; k++, o++) {
            uint32_t title;
            if (!read_item(&r, info, k > 0 ? o[-1].pos : 0, o, &title) ||
                (title && e->titles[d] < k))
                return false;
            e->titles[d] += title;
        }
    }
    return !r.bad && nidx_reader_left(&r) == 0;
}

/* Borrows the entry; only what df depends on is looked at. */
static void read_entry_head(struct nidx_reader *r, bool some,
                            struct nidx_term_info *info)
{
    info->cf = some ? nidx_read_u8(r) : 1;
    r->bad |= info->cf > NIDX_ENTRY_MAX || info->cf < (some ? 2 : 1);
    info->entry.data = r->p;
    info->entry.len = nidx_reader_left(r);
    (void)nidx_read_varint32(r);
    info->df = 1;
    for (uint64_t i = 1; i < info->cf && !r->bad; i++)
        info->df += nidx_read_varint32(r) > 0;
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
        read_entry_head(&r, flags & VALUE_SOME, info);
    else
        read_address(&r, info);
    if (r.bad || info->n_forms == 0 || info->title_weight == 0)
        return nidx_corrupt(err, "a posting list's dictionary entry");
    return NIDX_OK;
}
