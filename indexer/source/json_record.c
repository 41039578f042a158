/* json_record.c: a JSON object to a document.
 *
 * Strings go straight into the document's buffer. Of members with one name
 * the last counts, as in most readers of JSON, so a name keeps which values
 * came of it. Values that are no text (true, null, objects) are passed over.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/source/json_record.h"

#include <stdlib.h>

/* The id is no field, but is read and mapped as one. */
#define FIELD_ID 255

struct nidx_json_name {
    char *text;
    size_t len;
    uint8_t field;
    uint32_t first, n; /* its values in the record being read */
    bool seen;         /* whether that has such a member */
};

static uint8_t field_of(const char *name, size_t len)
{
    if (len == 2 && memcmp(name, "id", 2) == 0)
        return FIELD_ID;
    return nidx_document_field_number(name, len);
}

static enum nidx_status add_name(struct nidx_json_record *r, const char *text,
                                 size_t len, uint8_t field,
                                 struct nidx_error *err)
{
    struct nidx_json_name *names =
        realloc(r->names, nidx_mul_size(r->n_names + 1, sizeof(*names)));
    if (!names)
        return nidx_nomem(err);
    r->names = names;
    char *copy = malloc(len + 1);
    if (!copy)
        return nidx_nomem(err);
    memcpy(copy, text, len);
    copy[len] = '\0';
    r->names[r->n_names++] =
        (struct nidx_json_name){.text = copy, .len = len, .field = field};
    return NIDX_OK;
}

/* One "field=name" of the map. */
static enum nidx_status add_mapping(struct nidx_json_record *r,
                                    const char *text, size_t len,
                                    struct nidx_error *err)
{
    const char *sign = memchr(text, '=', len);
    const size_t field_len = sign ? (size_t)(sign - text) : 0;
    const uint8_t field = sign ? field_of(text, field_len) : 0;

    if (field == 0 || field_len + 1 == len)
        return nidx_fail(err, NIDX_ERR_INVALID,
                         "'%.*s' does not say which member a field is, as "
                         "title=headline does",
                         (int)(len < 128 ? len : 128), text);
    return add_name(r, sign + 1, len - field_len - 1, field, err);
}

static enum nidx_status add_map(struct nidx_json_record *r, const char *map,
                                struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;

    while (status == NIDX_OK && *map) {
        const size_t n = strcspn(map, ",");
        if (n > 0)
            status = add_mapping(r, map, n, err);
        map += map[n] ? n + 1 : n;
    }
    return status;
}

static bool is_mapped(const struct nidx_json_record *r, size_t n, uint8_t field)
{
    for (size_t i = 0; i < n; i++) {
        if (r->names[i].field == field)
            return true;
    }
    return false;
}

enum nidx_status nidx_json_record_init(struct nidx_json_record *r,
                                       const char *map, struct nidx_error *err)
{
    static const char *const fields[] = {"id",     "title",    "body",
                                         "author", "date",     "url",
                                         "source", "language", "tags"};

    *r = (struct nidx_json_record){0};
    enum nidx_status status = map ? add_map(r, map, err) : NIDX_OK;
    const size_t n_mapped = r->n_names;
    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
        const size_t len = strlen(fields[i]);
        const uint8_t field = field_of(fields[i], len);
        if (status == NIDX_OK && !is_mapped(r, n_mapped, field))
            status = add_name(r, fields[i], len, field, err);
    }
    if (status != NIDX_OK)
        nidx_json_record_done(r);
    return status;
}

void nidx_json_record_done(struct nidx_json_record *r)
{
    for (size_t i = 0; i < r->n_names; i++)
        free(r->names[i].text);
    free(r->names);
    nidx_buf_done(&r->name);
    nidx_buf_done(&r->id);
    *r = (struct nidx_json_record){0};
}

static struct nidx_json_name *find_name(struct nidx_json_record *r)
{
    for (size_t i = 0; i < r->n_names; i++) {
        struct nidx_json_name *name = &r->names[i];
        if (name->len == r->name.len &&
            memcmp(name->text, r->name.data, name->len) == 0)
            return name;
    }
    return NULL;
}

/* Takes back the values that an earlier member of this name gave. */
static void forget(struct nidx_json_record *r, struct nidx_json_name *name,
                   struct nidx_document *d)
{
    const uint32_t end = name->first + name->n;

    if (name->field == FIELD_ID)
        r->id.len = 0;
    if (name->field == NIDX_FIELD_DATE)
        d->date_rule = NIDX_DATE_NONE;
    if (name->n == 0)
        return;
    memmove(d->values + name->first, d->values + end,
            (d->n_values - end) * sizeof(*d->values));
    d->n_values -= name->n;
    for (size_t i = 0; i < r->n_names; i++) {
        if (r->names[i].first >= end)
            r->names[i].first -= name->n;
    }
    name->n = 0;
}

static enum nidx_status take_id(struct nidx_json_record *r, struct nidx_json *j,
                                struct nidx_error *err)
{
    const uint8_t c = nidx_json_peek(j);
    struct nidx_bytes number = {NULL, 0};

    if (c == '"')
        nidx_json_string(j, &r->id);
    else if (c == '-' || (c >= '0' && c <= '9'))
        nidx_json_number(j, &number);
    else
        nidx_json_skip(j);
    nidx_buf_put(&r->id, number.data, number.len);
    return r->id.oom ? nidx_nomem(err) : NIDX_OK;
}

/* A string or a number as a value of a field; nothing of anything else. */
static enum nidx_status take_scalar(struct nidx_json *j,
                                    struct nidx_document *d, uint8_t field,
                                    struct nidx_error *err)
{
    const size_t from = d->bytes.len;
    const uint8_t c = nidx_json_peek(j);
    struct nidx_bytes number;

    if (c == '"') {
        nidx_json_string(j, &d->bytes);
    } else if (c == '-' || (c >= '0' && c <= '9')) {
        if (nidx_json_number(j, &number))
            nidx_buf_put(&d->bytes, number.data, number.len);
    } else {
        nidx_json_skip(j);
    }
    return nidx_document_end_value(d, field, from, err);
}

static enum nidx_status take_value(struct nidx_json *j, struct nidx_document *d,
                                   uint8_t field, struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;
    bool first = true;

    if (!nidx_json_take(j, '['))
        return take_scalar(j, d, field, err);
    while (status == NIDX_OK && nidx_json_element(j, &first))
        status = take_scalar(j, d, field, err);
    return status;
}

static enum nidx_status take_member(struct nidx_json_record *r,
                                    struct nidx_json *j,
                                    struct nidx_document *d,
                                    struct nidx_error *err)
{
    struct nidx_json_name *name = find_name(r);

    if (!name) {
        nidx_json_skip(j);
        return NIDX_OK;
    }
    if (name->seen)
        forget(r, name, d);
    name->seen = true;
    if (name->field == FIELD_ID)
        return take_id(r, j, err);
    name->first = d->n_values;
    enum nidx_status status = take_value(j, d, name->field, err);
    name->n = d->n_values - name->first;
    return status;
}

enum nidx_status nidx_json_record_read(struct nidx_json_record *r,
                                       struct nidx_json *j,
                                       struct nidx_document *d,
                                       struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;
    bool first = true;

    r->id.len = 0;
    for (size_t i = 0; i < r->n_names; i++) {
        r->names[i].n = 0;
        r->names[i].seen = false;
    }
    if (!nidx_json_take(j, '{')) {
        nidx_json_skip(j);
        if (!j->error)
            j->error = "a record must be an object";
        return NIDX_OK;
    }
    while (status == NIDX_OK && nidx_json_member(j, &first, &r->name)) {
        if (r->name.oom)
            return nidx_nomem(err);
        status = take_member(r, j, d, err);
    }
    d->bad_bytes += j->bad;
    return status;
}
