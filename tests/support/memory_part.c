/* memory_part.c: a sink and source of parts in memory, for tests of codecs.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/memory_part.h"

#include <stdlib.h>

#include "common/base/limits.h"

/* The index of the first chunk whose number is >= chunk. */
static size_t place_of(const struct memory_part *m, unsigned part,
                       uint32_t chunk)
{
    size_t lo = 0, hi = m->parts[part].n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (m->parts[part].items[mid].number < chunk)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

struct memory_chunk *memory_part_find(struct memory_part *m,
                                      enum nidx_part part, uint32_t chunk)
{
    size_t at = place_of(m, part, chunk);

    if (at == m->parts[part].n || m->parts[part].items[at].number != chunk)
        return NULL;
    return &m->parts[part].items[at];
}

static bool has_room(struct memory_part *m, unsigned part)
{
    size_t cap = m->parts[part].cap;

    if (m->parts[part].n < cap)
        return true;
    cap = cap ? 2 * cap : 16;
    void *items =
        realloc(m->parts[part].items, cap * sizeof(struct memory_chunk));
    if (!items)
        return false;
    m->parts[part].items = items;
    m->parts[part].cap = cap;
    return true;
}

static enum nidx_status put(struct nidx_part_sink *sink, enum nidx_part part,
                            uint32_t chunk, struct nidx_bytes payload,
                            struct nidx_error *err)
{
    struct memory_part *m = (struct memory_part *)sink;

    if (m->puts_left == 0)
        return nidx_fail(err, NIDX_ERR_FULL, "the test's sink is full");
    if (m->puts_left > 0)
        m->puts_left--;
    if (memory_part_find(m, part, chunk))
        return nidx_fail(err, NIDX_ERR_INVALID, "chunk %u.%u comes twice",
                         (unsigned)part, chunk);
    uint8_t *data = calloc(1, payload.len + NIDX_PAD);
    if (!data || !has_room(m, part)) {
        free(data);
        return nidx_nomem(err);
    }
    if (payload.len)
        memcpy(data, payload.data, payload.len);
    size_t at = place_of(m, part, chunk);
    struct memory_chunk *items = m->parts[part].items;
    memmove(items + at + 1, items + at,
            (m->parts[part].n - at) * sizeof(*items));
    items[at] = (struct memory_chunk){chunk, payload.len, data};
    m->parts[part].n++;
    return NIDX_OK;
}

static enum nidx_status get(struct nidx_part_source *source,
                            enum nidx_part part, uint32_t chunk,
                            struct nidx_bytes *out, struct nidx_error *err)
{
    struct memory_part *m =
        (struct memory_part *)(void *)((char *)source -
                                       offsetof(struct memory_part, source));
    struct memory_chunk *c = memory_part_find(m, part, chunk);

    if (m->gets_left == 0)
        return nidx_fail(err, NIDX_ERR_IO, "the test's source is dry");
    if (m->gets_left > 0)
        m->gets_left--;
    if (!c)
        return nidx_corrupt(err, "a chunk is not there");
    *out = (struct nidx_bytes){c->data, c->len};
    return NIDX_OK;
}

void memory_part_init(struct memory_part *m)
{
    m->sink.put = put;
    m->source.get = get;
    m->puts_left = -1;
    m->gets_left = -1;
}

void memory_part_done(struct memory_part *m)
{
    for (unsigned part = 0; part < NIDX_PART_COUNT; part++) {
        for (size_t i = 0; i < m->parts[part].n; i++)
            free(m->parts[part].items[i].data);
        free(m->parts[part].items);
    }
    *m = (struct memory_part){0};
}

void memory_part_resize(struct memory_chunk *c, size_t len)
{
    uint8_t *data = calloc(1, len + NIDX_PAD);

    if (!data)
        abort();
    memcpy(data, c->data, len < c->len ? len : c->len);
    free(c->data);
    c->data = data;
    c->len = len;
}

void memory_part_drop(struct memory_part *m, enum nidx_part part,
                      uint32_t chunk)
{
    struct memory_chunk *c = memory_part_find(m, part, chunk);

    if (!c)
        return;
    size_t at = (size_t)(c - m->parts[part].items);
    free(c->data);
    memmove(c, c + 1, (m->parts[part].n - at - 1) * sizeof(*c));
    m->parts[part].n--;
}

uint64_t memory_part_bytes(const struct memory_part *m, unsigned part)
{
    uint64_t sum = 0;

    for (unsigned p = 0; p < NIDX_PART_COUNT; p++) {
        if (part != 0 && part != p)
            continue;
        for (size_t i = 0; i < m->parts[p].n; i++)
            sum += m->parts[p].items[i].len;
    }
    return sum;
}
