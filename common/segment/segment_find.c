/* segment_find.c: a segment: terms, keys and records of documents.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "common/codec/filter.h"
#include "common/segment/segment_impl.h"

/* Longer texts are no terms; the look-up key lies on the stack. */
#define TEXT_MAX 1024

enum nidx_status nidx_segment_term(const struct nidx_segment *s,
                                   enum nidx_term_kind kind, uint8_t field,
                                   struct nidx_bytes text, bool *found,
                                   struct nidx_term_info *info,
                                   struct nidx_error *err)
{
    uint8_t key[2 + TEXT_MAX];
    struct nidx_bytes value;

    *found = false;
    if (text.len > TEXT_MAX)
        return NIDX_OK;
    key[0] = (uint8_t)kind;
    key[1] = field;
    if (text.len)
        memcpy(key + 2, text.data, text.len);
    bool there;
    enum nidx_status status =
        nidx_strtab_find(&s->terms, (struct nidx_bytes){key, 2 + text.len},
                         &there, &value, NULL, err);
    if (status != NIDX_OK || !there)
        return status;
    status = nidx_term_info_read(value, info, err);
    if (status == NIDX_OK)
        *found = true;
    return status;
}

static enum nidx_status bad_key(const struct nidx_segment *s,
                                struct nidx_error *err)
{
    return nidx_fail(err, NIDX_ERR_CORRUPT,
                     "corrupt: segment %u, keys: a key of no document",
                     s->info.id);
}

enum nidx_status nidx_segment_find_key(const struct nidx_segment *s,
                                       struct nidx_bytes key, bool *found,
                                       nidx_docid *doc, struct nidx_error *err)
{
    /* The interface of sources is not const, but reading changes nothing. */
    struct nidx_part_source *source = s->keys.source;
    struct nidx_bytes value;
    bool maybe, there;

    *found = false;
    enum nidx_status status =
        nidx_filter_ask(source, s->n_docs, key, &maybe, err);
    if (status != NIDX_OK || !maybe)
        return status;
    status = nidx_strtab_find(&s->keys, key, &there, &value, NULL, err);
    if (status != NIDX_OK || !there)
        return status;
    struct nidx_reader r = nidx_reader_of(value.data, value.len);
    uint32_t d = nidx_read_varint32(&r);
    if (r.bad || d >= s->n_docs)
        return bad_key(s, err);
    *doc = d;
    *found = true;
    return NIDX_OK;
}

enum nidx_status nidx_segment_doc_key(const struct nidx_segment *s,
                                      nidx_docid doc, struct nidx_buf *out,
                                      struct nidx_error *err)
{
    struct nidx_strtab_cursor c;
    uint64_t rank;
    enum nidx_status status =
        nidx_column_get(&s->columns[NIDX_COLUMN_RANK], doc, &rank, err);

    if (status != NIDX_OK)
        return status;
    nidx_strtab_cursor_init(&c, &s->keys);
    status = nidx_strtab_seek_ordinal(&c, rank, err);
    if (status == NIDX_OK && c.at_end)
        status = bad_key(s, err);
    if (status == NIDX_OK)
        nidx_buf_put(out, c.key.data, c.key.len);
    if (status == NIDX_OK && out->oom)
        status = nidx_nomem(err);
    nidx_strtab_cursor_done(&c);
    return status;
}

enum nidx_status nidx_segment_record(const struct nidx_segment *s,
                                     nidx_docid doc,
                                     struct nidx_text_cache *cache,
                                     struct nidx_record *out,
                                     struct nidx_error *err)
{
    uint64_t offset;
    enum nidx_status status =
        nidx_column_get(&s->columns[NIDX_COLUMN_TEXT], doc, &offset, err);

    if (status != NIDX_OK)
        return status;
    return nidx_record_open(&s->text, cache, offset, out, err);
}
