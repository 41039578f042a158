/* filter.c: a Bloom filter over the keys of a segment's documents.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/codec/filter.h"

#include <stdlib.h>
#include <xxhash.h>

#define BLOCK_BYTES  64
#define BITS_PER_KEY 10

uint32_t nidx_filter_n_blocks(uint32_t n_keys)
{
    return (uint32_t)(((uint64_t)n_keys * BITS_PER_KEY + 8 * BLOCK_BYTES - 1) /
                      (8 * BLOCK_BYTES));
}

uint32_t nidx_filter_n_chunks(uint32_t n_keys)
{
    return (nidx_filter_n_blocks(n_keys) + NIDX_FILTER_ROWS - 1) /
           NIDX_FILTER_ROWS;
}

/* Where a key's bits are. */
struct place {
    uint32_t block;
    uint64_t bits; /* six numbers of 9 bits from bit 10 on */
};

static struct place place_of(struct nidx_bytes key, uint32_t n_blocks)
{
    const uint64_t hash = XXH3_64bits(key.data, key.len);

    return (struct place){(uint32_t)((hash >> 32) * n_blocks >> 32),
                          hash * UINT64_C(0x9e3779b97f4a7c15)};
}

enum nidx_status nidx_filter_begin(struct nidx_filter_writer *w,
                                   uint32_t n_keys, struct nidx_error *err)
{
    w->n_keys = n_keys;
    w->bits = calloc((size_t)nidx_filter_n_blocks(n_keys) + 1, BLOCK_BYTES);
    return w->bits ? NIDX_OK : nidx_nomem(err);
}

void nidx_filter_done(struct nidx_filter_writer *w)
{
    free(w->bits);
    w->bits = NULL;
}

void nidx_filter_add(struct nidx_filter_writer *w, struct nidx_bytes key)
{
    const struct place p = place_of(key, nidx_filter_n_blocks(w->n_keys));
    uint8_t *block = w->bits + (size_t)p.block * BLOCK_BYTES;

    for (unsigned shift = 10; shift < 64; shift += 9) {
        unsigned bit = p.bits >> shift & 511;
        block[bit / 8] |= (uint8_t)(1u << bit % 8);
    }
}

enum nidx_status nidx_filter_finish(struct nidx_filter_writer *w,
                                    struct nidx_part_sink *sink,
                                    struct nidx_error *err)
{
    const uint32_t n = nidx_filter_n_blocks(w->n_keys);
    enum nidx_status status = NIDX_OK;
    uint32_t chunk = 0;

    for (uint32_t at = 0; at < n && status == NIDX_OK; at += NIDX_FILTER_ROWS) {
        uint32_t m = n - at < NIDX_FILTER_ROWS ? n - at : NIDX_FILTER_ROWS;
        struct nidx_bytes b = {w->bits + (size_t)at * BLOCK_BYTES,
                               (size_t)m * BLOCK_BYTES};
        status = sink->put(sink, NIDX_PART_FILTER, chunk++, b, err);
    }
    return status;
}

enum nidx_status nidx_filter_ask(struct nidx_part_source *source,
                                 uint32_t n_keys, struct nidx_bytes key,
                                 bool *maybe, struct nidx_error *err)
{
    struct nidx_bytes b;

    *maybe = false;
    if (n_keys == 0)
        return NIDX_OK;
    const struct place p = place_of(key, nidx_filter_n_blocks(n_keys));
    const uint32_t chunk = p.block / NIDX_FILTER_ROWS;
    const size_t at = (size_t)(p.block % NIDX_FILTER_ROWS) * BLOCK_BYTES;
    enum nidx_status status =
        source->get(source, NIDX_PART_FILTER, chunk, &b, err);
    if (status != NIDX_OK)
        return status;
    if (b.len < at + BLOCK_BYTES)
        return nidx_fail(err, NIDX_ERR_CORRUPT,
                         "corrupt: filter: it is cut short (chunk %u)", chunk);
    for (unsigned shift = 10; shift < 64; shift += 9) {
        unsigned bit = p.bits >> shift & 511;
        if (!(b.data[at + bit / 8] >> bit % 8 & 1))
            return NIDX_OK;
    }
    *maybe = true;
    return NIDX_OK;
}
