/* strtab.c: string tables: taking chunks apart, and finding one key.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/codec/strtab_impl.h"

static enum nidx_status damaged(const struct nidx_strtab *t, const char *what,
                                uint32_t chunk, struct nidx_error *err)
{
    return nidx_fail(err, NIDX_ERR_CORRUPT,
                     "corrupt: string table of part %u: %s (chunk %u)",
                     (unsigned)t->part, what, chunk);
}

/* ------------------------------------------------------ parts of chunks */

enum nidx_status nidx_strtab_chunk_open(const struct nidx_strtab *t,
                                        uint32_t number,
                                        struct nidx_strtab_chunk *out,
                                        struct nidx_error *err)
{
    struct nidx_bytes b;
    enum nidx_status status =
        t->source->get(t->source, t->part, number, &b, err);

    if (status != NIDX_OK)
        return status;
    uint32_t n = b.len < 4 ? 0 : nidx_load32(b.data);
    /* An entry takes two bytes at least. */
    if (n == 0 || n > b.len / 2)
        return damaged(t, "bad number of entries", number, err);
    uint32_t n_blocks = (n - 1) / NIDX_STRTAB_BLOCK + 1;
    if (4 + 4 * (size_t)n_blocks > b.len)
        return damaged(t, "offsets are cut short", number, err);
    *out = (struct nidx_strtab_chunk){b, n, n_blocks};
    return NIDX_OK;
}

const uint8_t *nidx_strtab_block(const struct nidx_strtab_chunk *c,
                                 uint32_t block)
{
    if (block >= c->n_blocks)
        return NULL;
    uint32_t offset = nidx_load32(c->bytes.data + 4 + 4 * (size_t)block);
    if (offset < 4 + 4 * (size_t)c->n_blocks || offset >= c->bytes.len)
        return NULL;
    return c->bytes.data + offset;
}

static uint32_t read_more(struct nidx_reader *r)
{
    uint32_t more = nidx_read_varint32(r);

    r->bad |= more > UINT32_MAX - NIDX_STRTAB_MORE;
    return more + NIDX_STRTAB_MORE;
}

bool nidx_strtab_entry_read(const uint8_t **p, const uint8_t *end,
                            struct nidx_strtab_entry *out)
{
    const uint8_t *at = *p;
    size_t rest, size;

    if (end - at < 2)
        return false;
    out->lcp = at[0] & NIDX_STRTAB_MORE;
    rest = at[0] >> 4;
    size = at[1];
    if (out->lcp < NIDX_STRTAB_MORE && rest < NIDX_STRTAB_MORE && size < 0x80) {
        at += 2;
    } else {
        struct nidx_reader r = nidx_reader_of(at + 1, (size_t)(end - at) - 1);
        if (out->lcp == NIDX_STRTAB_MORE)
            out->lcp = read_more(&r);
        if (rest == NIDX_STRTAB_MORE)
            rest = read_more(&r);
        size = nidx_read_varint32(&r);
        if (r.bad)
            return false;
        at = r.p;
    }
    if ((size_t)(end - at) < rest || (size_t)(end - at) - rest < size)
        return false;
    out->rest = (struct nidx_bytes){at, rest};
    out->value = (struct nidx_bytes){at + rest, size};
    *p = at + rest + size;
    return true;
}

/* ------------------------------------------------------------ top index */

enum nidx_status nidx_strtab_top_open(const struct nidx_strtab *t,
                                      uint32_t number,
                                      struct nidx_strtab_top *out,
                                      struct nidx_error *err)
{
    struct nidx_bytes b;
    enum nidx_status status =
        t->source->get(t->source, t->top, number, &b, err);

    if (status != NIDX_OK)
        return status;
    if (b.len < NIDX_STRTAB_TOP_HEAD)
        return damaged(t, "top index is cut short", number, err);
    *out = (struct nidx_strtab_top){.bytes = b,
                                    .n_tops = nidx_load32(b.data),
                                    .first_chunk = nidx_load32(b.data + 4),
                                    .n = nidx_load32(b.data + 8)};
    if (out->n == 0 || out->n > (b.len - NIDX_STRTAB_TOP_HEAD) / 4 ||
        number >= out->n_tops || out->n_tops > t->n_chunks ||
        out->first_chunk >= t->n_chunks ||
        out->n > t->n_chunks - out->first_chunk)
        return damaged(t, "bad counts in the top index", number, err);
    return NIDX_OK;
}

bool nidx_strtab_separator(const struct nidx_strtab_top *top, uint32_t i,
                           struct nidx_bytes *key, uint64_t *ordinal)
{
    uint32_t offset =
        nidx_load32(top->bytes.data + NIDX_STRTAB_TOP_HEAD + 4 * (size_t)i);

    if (offset > top->bytes.len)
        return false;
    struct nidx_reader r =
        nidx_reader_of(top->bytes.data + offset, top->bytes.len - offset);
    *ordinal = nidx_read_u64(&r);
    key->len = nidx_read_varint32(&r);
    key->data = nidx_read_bytes(&r, key->len);
    return !r.bad;
}

/* A key, or (data NULL) the ordinal in len's place: what is searched for. */
struct target {
    const struct nidx_bytes *key;
    uint64_t ordinal;
};

/* Whether entry i of a top chunk begins at or before the target. */
static bool begins_before(const struct nidx_strtab_top *top, uint32_t i,
                          const struct target *target, bool *bad,
                          uint64_t *ordinal)
{
    struct nidx_bytes separator;

    if (!nidx_strtab_separator(top, i, &separator, ordinal)) {
        *bad = true;
        return false;
    }
    if (target->key)
        return nidx_bytes_compare(separator, *target->key) <= 0;
    return *ordinal <= target->ordinal;
}

/* The last top chunk that begins at or before the target. */
static enum nidx_status find_top(const struct nidx_strtab *t,
                                 const struct target *target,
                                 struct nidx_strtab_top *out,
                                 struct nidx_error *err)
{
    uint64_t ordinal;
    bool bad = false;
    enum nidx_status status = nidx_strtab_top_open(t, 0, out, err);

    if (status != NIDX_OK)
        return status;
    uint32_t lo = 0, hi = out->n_tops;
    while (hi - lo > 1) {
        struct nidx_strtab_top top;
        uint32_t mid = lo + (hi - lo) / 2;
        status = nidx_strtab_top_open(t, mid, &top, err);
        if (status != NIDX_OK)
            return status;
        if (begins_before(&top, 0, target, &bad, &ordinal)) {
            lo = mid;
            *out = top;
        } else {
            hi = mid;
        }
        if (bad)
            return damaged(t, "bad separator", mid, err);
    }
    return NIDX_OK;
}

static enum nidx_status find_chunk(const struct nidx_strtab *t,
                                   const struct target *target, uint32_t *chunk,
                                   uint64_t *ordinal, struct nidx_error *err)
{
    struct nidx_strtab_top top;
    bool bad = false;
    enum nidx_status status = find_top(t, target, &top, err);

    if (status != NIDX_OK)
        return status;
    uint32_t lo = 0, hi = top.n;
    uint64_t first;
    begins_before(&top, 0, target, &bad, ordinal);
    while (hi - lo > 1 && !bad) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (begins_before(&top, mid, target, &bad, &first)) {
            lo = mid;
            *ordinal = first;
        } else {
            hi = mid;
        }
    }
    if (bad)
        return damaged(t, "bad separator", top.first_chunk + lo, err);
    *chunk = top.first_chunk + lo;
    return NIDX_OK;
}

enum nidx_status nidx_strtab_chunk_of(const struct nidx_strtab *t,
                                      struct nidx_bytes key, uint32_t *chunk,
                                      uint64_t *ordinal, struct nidx_error *err)
{
    const struct target target = {&key, 0};

    return find_chunk(t, &target, chunk, ordinal, err);
}

enum nidx_status nidx_strtab_chunk_at(const struct nidx_strtab *t,
                                      uint64_t wanted, uint32_t *chunk,
                                      uint64_t *ordinal, struct nidx_error *err)
{
    const struct target target = {NULL, wanted};

    return find_chunk(t, &target, chunk, ordinal, err);
}

/* -------------------------------------------------------------- looking up */

bool nidx_strtab_block_of(const struct nidx_strtab_chunk *c,
                          struct nidx_bytes key, uint32_t *block)
{
    const uint8_t *end = c->bytes.data + c->bytes.len;
    uint32_t lo = 0, hi = c->n_blocks;

    while (hi - lo > 1) {
        uint32_t mid = lo + (hi - lo) / 2;
        const uint8_t *p = nidx_strtab_block(c, mid);
        struct nidx_strtab_entry e;
        if (!p || !nidx_strtab_entry_read(&p, end, &e) || e.lcp != 0)
            return false;
        if (nidx_bytes_compare(e.rest, key) <= 0)
            lo = mid;
        else
            hi = mid;
    }
    *block = lo;
    return true;
}

static size_t shared(struct nidx_bytes a, struct nidx_bytes b)
{
    size_t n = a.len < b.len ? a.len : b.len, i = 0;

    while (i < n && a.data[i] == b.data[i])
        i++;
    return i;
}

/*
 * Scans a block without rebuilding its keys. The entry before is below key
 * and shares same bytes with it. An entry that shares more with the one before
 * is below key in the same byte; one that shares less is above it.
 */
static bool scan_block(const struct nidx_strtab_chunk *c, uint32_t block,
                       struct nidx_bytes key, bool *found,
                       struct nidx_bytes *value, uint32_t *entry)
{
    const uint8_t *p = nidx_strtab_block(c, block);
    const uint8_t *end = c->bytes.data + c->bytes.len;
    uint32_t n = c->n_entries - block * NIDX_STRTAB_BLOCK;
    size_t same = 0;

    *found = false;
    if (n > NIDX_STRTAB_BLOCK)
        n = NIDX_STRTAB_BLOCK;
    for (uint32_t i = 0; i < n; i++) {
        struct nidx_strtab_entry e;
        if (!p || !nidx_strtab_entry_read(&p, end, &e) ||
            (i == 0 && e.lcp != 0))
            return false;
        if (e.lcp > same)
            continue;
        if (e.lcp < same)
            return true;
        struct nidx_bytes left = {key.data + same, key.len - same};
        size_t more = shared(e.rest, left);
        if (more == e.rest.len && more == left.len) {
            *found = true;
            *value = e.value;
            *entry = i;
            return true;
        }
        if (more == left.len ||
            (more < e.rest.len && e.rest.data[more] > left.data[more]))
            return true;
        same += more;
    }
    return true;
}

enum nidx_status nidx_strtab_find(const struct nidx_strtab *t,
                                  struct nidx_bytes key, bool *found,
                                  struct nidx_bytes *value, uint64_t *ordinal,
                                  struct nidx_error *err)
{
    struct nidx_strtab_chunk c;
    struct nidx_bytes at;
    uint32_t number, block, entry = 0;
    uint64_t first;
    bool is_there;

    *found = false;
    if (t->n_chunks == 0)
        return NIDX_OK;
    enum nidx_status status =
        nidx_strtab_chunk_of(t, key, &number, &first, err);
    if (status == NIDX_OK)
        status = nidx_strtab_chunk_open(t, number, &c, err);
    if (status != NIDX_OK)
        return status;
    if (!nidx_strtab_block_of(&c, key, &block) ||
        !scan_block(&c, block, key, &is_there, &at, &entry))
        return damaged(t, "bad entry", number, err);
    if (!is_there)
        return NIDX_OK;
    *found = true;
    if (value)
        *value = at;
    if (ordinal)
        *ordinal = first + (uint64_t)block * NIDX_STRTAB_BLOCK + entry;
    return NIDX_OK;
}
