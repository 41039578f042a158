/* column.c: one number per document, read at random.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/codec/column.h"

#include "common/base/limits.h"

#define HEAD 16

/* -------------------------------------------------------------- writing */

static enum nidx_status put_chunk(struct nidx_column_writer *w, uint32_t index,
                                  struct nidx_bytes payload,
                                  struct nidx_error *err)
{
    return w->sink->put(w->sink, NIDX_PART_COLUMN,
                        (uint32_t)w->column << 20 | index, payload, err);
}

/* The chunks before index, in which nothing but 0 was seen. */
static enum nidx_status put_zeros(struct nidx_column_writer *w, uint32_t index,
                                  struct nidx_error *err)
{
    static const uint8_t zeros[HEAD];
    enum nidx_status status = NIDX_OK;

    for (uint32_t i = 0; i < index && status == NIDX_OK; i++)
        status = put_chunk(w, i, (struct nidx_bytes){zeros, HEAD}, err);
    return status;
}

static unsigned width_of(uint64_t range)
{
    if (range == 0)
        return 0;
    if (range <= UINT8_MAX)
        return 1;
    if (range <= UINT16_MAX)
        return 2;
    return range <= UINT32_MAX ? 4 : 8;
}

static void store_row(uint8_t *to, uint64_t v, unsigned width)
{
    for (unsigned i = 0; i < width; i++)
        to[i] = (uint8_t)(v >> 8 * i);
}

static enum nidx_status flush(struct nidx_column_writer *w, uint32_t n,
                              struct nidx_error *err)
{
    uint8_t out[HEAD + 8 * NIDX_COLUMN_ROWS] = {0};
    const uint32_t index = (w->n - 1) / NIDX_COLUMN_ROWS;
    uint64_t least = UINT64_MAX, most = 0;

    for (uint32_t i = 0; i < n; i++) {
        least = w->rows[i] < least ? w->rows[i] : least;
        most = w->rows[i] > most ? w->rows[i] : most;
    }
    if (most == 0 && !w->any)
        return NIDX_OK;
    enum nidx_status status = NIDX_OK;
    if (!w->any)
        status = put_zeros(w, index, err);
    w->any = true;
    if (status != NIDX_OK)
        return status;
    unsigned width = width_of(most - least);
    out[0] = (uint8_t)width;
    store_row(out + 8, least, 8);
    for (uint32_t i = 0; i < n; i++)
        store_row(out + HEAD + (size_t)i * width, w->rows[i] - least, width);
    return put_chunk(w, index,
                     (struct nidx_bytes){out, HEAD + (size_t)n * width}, err);
}

enum nidx_status nidx_column_add(struct nidx_column_writer *w, uint64_t value,
                                 struct nidx_error *err)
{
    w->rows[w->n % NIDX_COLUMN_ROWS] = value;
    w->n++;
    if (w->n % NIDX_COLUMN_ROWS == 0)
        return flush(w, NIDX_COLUMN_ROWS, err);
    return NIDX_OK;
}

enum nidx_status nidx_column_finish(struct nidx_column_writer *w,
                                    struct nidx_error *err)
{
    uint32_t n = w->n % NIDX_COLUMN_ROWS;

    return n > 0 ? flush(w, n, err) : NIDX_OK;
}

/* -------------------------------------------------------------- reading */

/* A chunk taken apart: its rows are known to be there. */
struct rows {
    const uint8_t *data;
    unsigned width;
    uint64_t base;
};

static enum nidx_status open_chunk(const struct nidx_column *c, uint32_t index,
                                   struct rows *out, struct nidx_error *err)
{
    struct nidx_bytes b;
    enum nidx_status status =
        c->source->get(c->source, NIDX_PART_COLUMN,
                       (uint32_t)c->column << 20 | index, &b, err);

    if (status != NIDX_OK)
        return status;
    uint32_t n = c->n_docs - index * NIDX_COLUMN_ROWS;
    if (n > NIDX_COLUMN_ROWS)
        n = NIDX_COLUMN_ROWS;
    unsigned width = b.len < HEAD ? 255 : b.data[0];
    if (width > 8 || (width & (width - 1)) != 0 ||
        b.len != HEAD + (size_t)n * width)
        return nidx_fail(err, NIDX_ERR_CORRUPT,
                         "corrupt: column %u: bad width or length (chunk %u)",
                         (unsigned)c->column, index);
    *out = (struct rows){b.data + HEAD, width, nidx_load64(b.data + 8)};
    return NIDX_OK;
}

static uint64_t row_at(const struct rows *r, uint32_t i)
{
    switch (r->width) {
    case 0:
        return r->base;
    case 1:
        return r->base + r->data[i];
    case 2:
        return r->base + nidx_load16(r->data + 2 * (size_t)i);
    case 4:
        return r->base + nidx_load32(r->data + 4 * (size_t)i);
    default:
        return r->base + nidx_load64(r->data + 8 * (size_t)i);
    }
}

static enum nidx_status outside(const struct nidx_column *c,
                                struct nidx_error *err)
{
    return nidx_fail(err, NIDX_ERR_INVALID,
                     "column %u is asked for a document that is not there",
                     (unsigned)c->column);
}

enum nidx_status nidx_column_get(const struct nidx_column *c, uint32_t doc,
                                 uint64_t *value, struct nidx_error *err)
{
    struct rows rows;

    if (doc >= c->n_docs)
        return outside(c, err);
    if (!c->present) {
        *value = 0;
        return NIDX_OK;
    }
    enum nidx_status status = open_chunk(c, doc / NIDX_COLUMN_ROWS, &rows, err);
    if (status == NIDX_OK)
        *value = row_at(&rows, doc % NIDX_COLUMN_ROWS);
    return status;
}

static uint32_t cut(uint64_t v)
{
    return v > UINT32_MAX ? UINT32_MAX : (uint32_t)v;
}

/* One loop a width, so that each can be vectorised. */
static void rows_to_32(const struct rows *r, uint32_t first, uint32_t n,
                       uint32_t *out)
{
    const uint8_t *p = r->data + (size_t)first * r->width;
    const uint32_t base = (uint32_t)r->base;

    if (r->base > UINT32_MAX - UINT16_MAX || r->width > 2) {
        for (uint32_t i = 0; i < n; i++)
            out[i] = cut(row_at(r, first + i));
    } else if (r->width == 0) {
        for (uint32_t i = 0; i < n; i++)
            out[i] = base;
    } else if (r->width == 1) {
        for (uint32_t i = 0; i < n; i++)
            out[i] = base + p[i];
    } else {
        for (uint32_t i = 0; i < n; i++)
            out[i] = base + nidx_load16(p + 2 * (size_t)i);
    }
}

static void rows_to_64(const struct rows *r, uint32_t first, uint32_t n,
                       uint64_t *out)
{
    for (uint32_t i = 0; i < n; i++)
        out[i] = row_at(r, first + i);
}

/* Reads [first, first + n) into whichever of the two is not NULL. */
static enum nidx_status read_rows(const struct nidx_column *c, uint32_t first,
                                  uint32_t n, uint32_t *out32, uint64_t *out64,
                                  struct nidx_error *err)
{
    if (first > c->n_docs || n > c->n_docs - first)
        return outside(c, err);
    for (uint32_t done = 0; done < n;) {
        struct rows rows = {NULL, 0, 0};
        uint32_t doc = first + done, at = doc % NIDX_COLUMN_ROWS;
        uint32_t m = NIDX_COLUMN_ROWS - at;
        if (m > n - done)
            m = n - done;
        enum nidx_status status = NIDX_OK;
        if (c->present)
            status = open_chunk(c, doc / NIDX_COLUMN_ROWS, &rows, err);
        if (status != NIDX_OK)
            return status;
        if (out32)
            rows_to_32(&rows, at, m, out32 + done);
        else
            rows_to_64(&rows, at, m, out64 + done);
        done += m;
    }
    return NIDX_OK;
}

enum nidx_status nidx_column_read32(const struct nidx_column *c, uint32_t first,
                                    uint32_t n, uint32_t *out,
                                    struct nidx_error *err)
{
    return read_rows(c, first, n, out, NULL, err);
}

enum nidx_status nidx_column_read64(const struct nidx_column *c, uint32_t first,
                                    uint32_t n, uint64_t *out,
                                    struct nidx_error *err)
{
    return read_rows(c, first, n, NULL, out, err);
}
