/* record.c: stored documents: what a record's header says.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "common/codec/text.h"

/* -------------------------------------------------------------- writing */

/* Calls put for every field, bodies last. */
static void each_field(struct nidx_buf *out,
                       const struct nidx_stored_field *fields,
                       uint32_t n_fields,
                       void (*put)(struct nidx_buf *out,
                                   const struct nidx_stored_field *f))
{
    for (int body = 0; body < 2; body++) {
        for (uint32_t i = 0; i < n_fields; i++) {
            if ((fields[i].field == NIDX_FIELD_BODY) == (body == 1))
                put(out, &fields[i]);
        }
    }
}

static void put_head(struct nidx_buf *out, const struct nidx_stored_field *f)
{
    nidx_buf_varint(out, f->field);
    nidx_buf_varint(out, f->value.len);
}

static void put_value(struct nidx_buf *out, const struct nidx_stored_field *f)
{
    nidx_buf_put(out, f->value.data, f->value.len);
}

void nidx_record_write(struct nidx_buf *out, uint8_t language,
                       const struct nidx_stored_field *fields,
                       uint32_t n_fields, const struct nidx_restart *restarts,
                       uint32_t n_restarts)
{
    struct nidx_buf head = {0};
    struct nidx_restart before = {0, 0};

    nidx_buf_varint(&head, language);
    nidx_buf_varint(&head, n_fields);
    each_field(&head, fields, n_fields, put_head);
    nidx_buf_varint(&head, n_restarts);
    for (uint32_t i = 0; i < n_restarts; i++) {
        nidx_buf_varint(&head, restarts[i].offset - before.offset);
        nidx_buf_varint(&head, restarts[i].pos - before.pos);
        before = restarts[i];
    }
    nidx_buf_varint(out, head.len);
    nidx_buf_put(out, head.data, head.len);
    out->oom |= head.oom;
    nidx_buf_done(&head);
    each_field(out, fields, n_fields, put_value);
}

/* -------------------------------------------------------------- reading */

void nidx_record_done(struct nidx_record *r)
{
    free(r->fields);
    free(r->restarts);
    nidx_buf_done(&r->header);
    *r = (struct nidx_record){0};
}

static enum nidx_status damaged(const char *what, uint64_t offset,
                                struct nidx_error *err)
{
    return nidx_fail(err, NIDX_ERR_CORRUPT,
                     "corrupt: stored document at %llu: %s",
                     (unsigned long long)offset, what);
}

/* Reads the fields, whose values begin at offset at. */
static enum nidx_status read_fields(struct nidx_record *r,
                                    struct nidx_reader *in, uint64_t at,
                                    uint64_t end, struct nidx_error *err)
{
    uint32_t n = nidx_read_varint32(in);

    /* Two bytes a field: no count asks for more memory than it brought. */
    if (in->bad || n > nidx_reader_left(in) / 2)
        return damaged("bad number of fields", at, err);
    struct nidx_record_field *fields =
        realloc(r->fields, nidx_mul_size((size_t)n + 1, sizeof(*fields)));
    if (!fields)
        return nidx_nomem(err);
    r->fields = fields;
    for (uint32_t i = 0; i < n; i++) {
        fields[i].field = nidx_read_varint32(in);
        fields[i].offset = at;
        fields[i].len = nidx_read_varint(in);
        if (in->bad || fields[i].len > end - at)
            return damaged("a field is longer than the text", at, err);
        at += fields[i].len;
    }
    r->n_fields = n;
    r->end = at;
    return NIDX_OK;
}

static enum nidx_status read_restarts(struct nidx_record *r,
                                      struct nidx_reader *in, uint64_t offset,
                                      struct nidx_error *err)
{
    uint32_t n = nidx_read_varint32(in);
    struct nidx_restart at = {0, 0};

    if (in->bad || n > nidx_reader_left(in) / 2)
        return damaged("bad number of restart points", offset, err);
    struct nidx_restart *restarts =
        realloc(r->restarts, nidx_mul_size((size_t)n + 1, sizeof(*restarts)));
    if (!restarts)
        return nidx_nomem(err);
    r->restarts = restarts;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t ahead = nidx_read_varint32(in);
        uint32_t later = nidx_read_varint32(in);
        if (in->bad || ahead > UINT32_MAX - at.offset ||
            later > UINT32_MAX - at.pos)
            return damaged("bad restart points", offset, err);
        at.offset += ahead;
        at.pos += later;
        r->restarts[i] = at;
    }
    if (nidx_reader_left(in) != 0)
        return damaged("bytes lie behind its header", offset, err);
    r->n_restarts = n;
    return NIDX_OK;
}

/* The header's bytes into r->header; body is where the values begin. */
static enum nidx_status read_header(const struct nidx_text *t,
                                    struct nidx_text_cache *cache,
                                    uint64_t offset, struct nidx_record *r,
                                    uint64_t *values, struct nidx_error *err)
{
    if (offset >= t->n_bytes)
        return damaged("it begins behind the end", offset, err);
    uint64_t left = t->n_bytes - offset;
    r->header.len = 0;
    enum nidx_status status = nidx_text_read(
        t, cache, offset, left < 10 ? left : 10, &r->header, err);
    if (status != NIDX_OK)
        return status;
    struct nidx_reader in = nidx_reader_of(r->header.data, r->header.len);
    uint64_t len = nidx_read_varint(&in);
    uint64_t head = (uint64_t)(in.p - r->header.data);
    if (in.bad || len > left - head)
        return damaged("its header is longer than the text", offset, err);
    r->header.len = 0;
    *values = offset + head + len;
    return nidx_text_read(t, cache, offset + head, len, &r->header, err);
}

enum nidx_status nidx_record_open(const struct nidx_text *t,
                                  struct nidx_text_cache *cache,
                                  uint64_t offset, struct nidx_record *r,
                                  struct nidx_error *err)
{
    uint64_t values = offset;

    r->n_fields = 0;
    r->n_restarts = 0;
    enum nidx_status status = read_header(t, cache, offset, r, &values, err);
    if (status != NIDX_OK)
        return status;
    struct nidx_reader in = nidx_reader_of(r->header.data, r->header.len);
    uint32_t language = nidx_read_varint32(&in);
    if (in.bad || language > UINT8_MAX)
        return damaged("bad language", offset, err);
    r->language = (uint8_t)language;
    status = read_fields(r, &in, values, t->n_bytes, err);
    if (status == NIDX_OK)
        status = read_restarts(r, &in, offset, err);
    return status;
}

const struct nidx_record_field *nidx_record_find(const struct nidx_record *r,
                                                 uint32_t field, uint32_t nth)
{
    for (uint32_t i = 0; i < r->n_fields; i++) {
        if (r->fields[i].field == field && nth-- == 0)
            return &r->fields[i];
    }
    return NULL;
}
