/* document.c: a document on its way in: a key, values of fields, a date.
 *
 * Values lie one after another in one buffer, which a document that is used
 * again keeps, so that reading a million records allocates hardly anything.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/source/document.h"

#include "common/analysis/charset.h"
#include "common/base/limits.h"

#include <stdlib.h>

struct nidx_document *nidx_document_new(void)
{
    return calloc(1, sizeof(struct nidx_document));
}

void nidx_document_free(struct nidx_document *doc)
{
    if (!doc)
        return;
    nidx_buf_done(&doc->key);
    nidx_buf_done(&doc->bytes);
    free(doc->values);
    free(doc);
}

static void clear_buf(struct nidx_buf *b)
{
    /* One article of 20 MB must not keep its room for all that follow. */
    if (b->cap > (size_t)1 << 20)
        nidx_buf_done(b);
    b->len = 0;
    b->oom = false;
}

void nidx_document_clear(struct nidx_document *doc)
{
    clear_buf(&doc->key);
    clear_buf(&doc->bytes);
    doc->n_values = 0;
    doc->date = 0;
    doc->date_rule = NIDX_DATE_NONE;
    doc->stat = 0;
    doc->content = 0;
    doc->bad_bytes = 0;
}

enum nidx_status nidx_document_set_key(struct nidx_document *doc,
                                       const char *key, size_t len,
                                       struct nidx_error *err)
{
    if (len == 0 || len > NIDX_KEY_MAX)
        return nidx_fail(err, NIDX_ERR_INVALID,
                         "a key has 1 to %d bytes, this one %zu", NIDX_KEY_MAX,
                         len);
    doc->key.len = 0;
    nidx_buf_put(&doc->key, key, len);
    return doc->key.oom ? nidx_nomem(err) : NIDX_OK;
}

uint8_t nidx_document_field_number(const char *name, size_t len)
{
    static const struct {
        const char *name;
        uint8_t field;
    } fields[] = {
        {"title", NIDX_FIELD_TITLE},   {"body", NIDX_FIELD_BODY},
        {"author", NIDX_FIELD_AUTHOR}, {"date", NIDX_FIELD_DATE},
        {"url", NIDX_FIELD_URL},       {"source", NIDX_FIELD_SOURCE},
        {"tags", NIDX_FIELD_TAGS},     {"language", NIDX_FIELD_LANGUAGE},
    };

    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
        if (strlen(fields[i].name) == len &&
            memcmp(fields[i].name, name, len) == 0)
            return fields[i].field;
    }
    return 0;
}

static bool reserve_value(struct nidx_document *d)
{
    if (d->n_values < d->cap_values)
        return true;
    if (d->cap_values > UINT32_MAX / 4)
        return false;
    const uint32_t cap = d->cap_values ? d->cap_values * 2 : 16;
    struct nidx_document_value *values =
        realloc(d->values, nidx_mul_size(cap, sizeof(*values)));
    if (!values)
        return false;
    d->values = values;
    d->cap_values = cap;
    return true;
}

/* A date that cannot be read leaves the document without one. */
static void take_date(struct nidx_document *d, size_t from)
{
    int64_t seconds;

    if (nidx_date_read((const char *)d->bytes.data + from, d->bytes.len - from,
                       &seconds)) {
        d->date = seconds;
        d->date_rule = NIDX_DATE_FIELD;
    }
    d->bytes.len = from;
}

enum nidx_status nidx_document_end_value(struct nidx_document *d, uint8_t field,
                                         size_t from, struct nidx_error *err)
{
    if (d->bytes.oom || !reserve_value(d))
        return nidx_nomem(err);
    if (d->bytes.len == from)
        return NIDX_OK;
    if (field == NIDX_FIELD_DATE) {
        take_date(d, from);
        return NIDX_OK;
    }
    d->values[d->n_values++] =
        (struct nidx_document_value){field, from, d->bytes.len - from};
    return NIDX_OK;
}

enum nidx_status nidx_document_add(struct nidx_document *d, uint8_t field,
                                   const char *value, size_t len,
                                   const char *declared, struct nidx_error *err)
{
    const size_t from = d->bytes.len;
    enum nidx_status status = nidx_charset_to_utf8(
        value, len, declared, &d->bytes, &d->bad_bytes, NULL, err);

    if (status != NIDX_OK)
        return status;
    return nidx_document_end_value(d, field, from, err);
}

enum nidx_status nidx_document_add_field(struct nidx_document *doc,
                                         const char *name, const char *value,
                                         size_t len, struct nidx_error *err)
{
    const uint8_t field = nidx_document_field_number(name, strlen(name));
    int64_t seconds;

    if (field == 0)
        return nidx_fail(err, NIDX_ERR_NOTFOUND, "there is no field %.64s",
                         name);
    if (field == NIDX_FIELD_DATE && !nidx_date_read(value, len, &seconds))
        return nidx_fail(err, NIDX_ERR_INVALID, "this is no date: %.*s",
                         (int)(len < 64 ? len : 64), value);
    return nidx_document_add(doc, field, value, len, NULL, err);
}
