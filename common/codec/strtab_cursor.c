/* strtab_cursor.c: string tables: walking them in order, and checking them.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/codec/strtab_impl.h"

static enum nidx_status fail_at(struct nidx_strtab_cursor *c, const char *what,
                                struct nidx_error *err)
{
    c->at_end = true;
    c->status =
        nidx_fail(err, NIDX_ERR_CORRUPT,
                  "corrupt: string table of part %u: %s (chunk %u, "
                  "block %u, entry %u)",
                  (unsigned)c->table->part, what, c->chunk, c->block, c->entry);
    return c->status;
}

static enum nidx_status stop(struct nidx_strtab_cursor *c,
                             enum nidx_status status)
{
    c->at_end = true;
    c->status = status;
    return status;
}

void nidx_strtab_cursor_init(struct nidx_strtab_cursor *c,
                             const struct nidx_strtab *t)
{
    *c = (struct nidx_strtab_cursor){.table = t, .at_end = true};
}

void nidx_strtab_cursor_done(struct nidx_strtab_cursor *c)
{
    nidx_buf_done(&c->key);
    c->at_end = true;
}

/* The chunk that the cursor stands in; its head was checked when it came. */
static struct nidx_strtab_chunk chunk_of(const struct nidx_strtab_cursor *c)
{
    uint32_t n = nidx_load32(c->bytes.data);

    return (struct nidx_strtab_chunk){c->bytes, n,
                                      (n - 1) / NIDX_STRTAB_BLOCK + 1};
}

/* Reads the entry at c->next, whose place is in chunk, block and entry. */
static enum nidx_status read_entry(struct nidx_strtab_cursor *c,
                                   struct nidx_error *err)
{
    struct nidx_strtab_entry e;

    if (!nidx_strtab_entry_read(&c->next, c->bytes.data + c->bytes.len, &e))
        return fail_at(c, "an entry is cut short", err);
    if (e.lcp > (c->entry == 0 ? 0 : c->key.len))
        return fail_at(c, "an entry shares more than there is", err);
    c->key.len = e.lcp;
    c->shared = e.lcp;
    nidx_buf_put(&c->key, e.rest.data, e.rest.len);
    if (c->key.oom)
        return stop(c, nidx_nomem(err));
    c->value = e.value;
    c->at_end = false;
    c->status = NIDX_OK;
    return NIDX_OK;
}

static enum nidx_status enter_block(struct nidx_strtab_cursor *c,
                                    uint32_t block, struct nidx_error *err)
{
    const struct nidx_strtab_chunk chunk = chunk_of(c);

    c->block = block;
    c->entry = 0;
    c->next = nidx_strtab_block(&chunk, block);
    if (!c->next)
        return fail_at(c, "bad offset of a block", err);
    return read_entry(c, err);
}

static enum nidx_status enter_chunk(struct nidx_strtab_cursor *c,
                                    uint32_t number, struct nidx_error *err)
{
    struct nidx_strtab_chunk chunk;
    enum nidx_status status =
        nidx_strtab_chunk_open(c->table, number, &chunk, err);

    if (status != NIDX_OK)
        return stop(c, status);
    c->chunk = number;
    c->bytes = chunk.bytes;
    return NIDX_OK;
}

enum nidx_status nidx_strtab_next(struct nidx_strtab_cursor *c,
                                  struct nidx_error *err)
{
    if (c->at_end)
        return c->status;
    uint32_t at = c->block * NIDX_STRTAB_BLOCK + c->entry + 1;
    c->ordinal++;
    if (at < nidx_load32(c->bytes.data)) {
        if (at % NIDX_STRTAB_BLOCK == 0)
            return enter_block(c, at / NIDX_STRTAB_BLOCK, err);
        c->entry++;
        return read_entry(c, err);
    }
    if (c->chunk + 1 >= c->table->n_chunks)
        return stop(c, NIDX_OK);
    enum nidx_status status = enter_chunk(c, c->chunk + 1, err);
    if (status != NIDX_OK)
        return status;
    return enter_block(c, 0, err);
}

enum nidx_status nidx_strtab_seek(struct nidx_strtab_cursor *c,
                                  struct nidx_bytes key, struct nidx_error *err)
{
    uint32_t number, block;

    if (c->table->n_chunks == 0)
        return stop(c, NIDX_OK);
    enum nidx_status status =
        nidx_strtab_chunk_of(c->table, key, &number, &c->ordinal, err);
    if (status != NIDX_OK)
        return stop(c, status);
    status = enter_chunk(c, number, err);
    if (status != NIDX_OK)
        return status;
    const struct nidx_strtab_chunk chunk = chunk_of(c);
    if (!nidx_strtab_block_of(&chunk, key, &block))
        return fail_at(c, "bad entry", err);
    c->ordinal += (uint64_t)block * NIDX_STRTAB_BLOCK;
    status = enter_block(c, block, err);
    while (status == NIDX_OK && !c->at_end &&
           nidx_bytes_compare((struct nidx_bytes){c->key.data, c->key.len},
                              key) < 0)
        status = nidx_strtab_next(c, err);
    return status;
}

enum nidx_status nidx_strtab_seek_ordinal(struct nidx_strtab_cursor *c,
                                          uint64_t ordinal,
                                          struct nidx_error *err)
{
    uint32_t number;
    uint64_t first;

    c->ordinal = ordinal;
    if (ordinal >= c->table->n_entries || c->table->n_chunks == 0)
        return stop(c, NIDX_OK);
    enum nidx_status status =
        nidx_strtab_chunk_at(c->table, ordinal, &number, &first, err);
    if (status != NIDX_OK)
        return stop(c, status);
    status = enter_chunk(c, number, err);
    if (status != NIDX_OK)
        return status;
    if (first > ordinal || ordinal - first >= nidx_load32(c->bytes.data))
        return fail_at(c, "first ordinals disagree with the chunks", err);
    uint32_t at = (uint32_t)(ordinal - first);
    status = enter_block(c, at / NIDX_STRTAB_BLOCK, err);
    while (status == NIDX_OK && c->entry < at % NIDX_STRTAB_BLOCK) {
        c->entry++;
        status = read_entry(c, err);
    }
    return status;
}

/* -------------------------------------------------------------- checking */

/* The walk of a check: the key before, and where the entry before ended. */
struct walk {
    const char *name;
    struct nidx_strtab_cursor c;
    struct nidx_buf before;
    const uint8_t *expected;
    uint64_t n;
};

static enum nidx_status says(const struct walk *w, const char *what,
                             struct nidx_error *err)
{
    return nidx_fail(err, NIDX_ERR_CORRUPT,
                     "corrupt: %s: %s (chunk %u, block %u, entry %u)", w->name,
                     what, w->c.chunk, w->c.block, w->c.entry);
}

static enum nidx_status check_separator(struct walk *w,
                                        const struct nidx_strtab_top *top,
                                        uint32_t i, struct nidx_error *err)
{
    struct nidx_bytes separator;
    uint64_t ordinal;
    struct nidx_bytes key = {w->c.key.data, w->c.key.len};
    struct nidx_bytes before = {w->before.data, w->before.len};

    if (!nidx_strtab_separator(top, i, &separator, &ordinal))
        return says(w, "a separator is cut short", err);
    if (ordinal != w->n)
        return says(w, "the top index has another first ordinal", err);
    if (nidx_bytes_compare(separator, key) > 0 ||
        (w->n > 0 && nidx_bytes_compare(separator, before) <= 0))
        return says(w, "a separator does not part two chunks", err);
    return NIDX_OK;
}

/* The entry that the cursor stands on, the first of a block or not. */
static enum nidx_status check_entry(struct walk *w, struct nidx_error *err)
{
    struct nidx_bytes key = {w->c.key.data, w->c.key.len};
    struct nidx_bytes before = {w->before.data, w->before.len};

    if (w->n > 0 && nidx_bytes_compare(before, key) >= 0)
        return says(w, "keys are out of order", err);
    if (w->c.ordinal != w->n)
        return says(w, "ordinals disagree", err);
    w->before.len = 0;
    nidx_buf_put(&w->before, key.data, key.len);
    if (w->before.oom)
        return nidx_nomem(err);
    w->n++;
    return NIDX_OK;
}

/* All entries of the chunk that the cursor has just come to. */
static enum nidx_status check_chunk(struct walk *w, struct nidx_error *err)
{
    const uint32_t number = w->c.chunk;
    const struct nidx_bytes bytes = w->c.bytes;
    const struct nidx_strtab_chunk chunk = chunk_of(&w->c);
    const uint8_t *expected = bytes.data + 4 + 4 * (size_t)chunk.n_blocks;

    for (;;) {
        if (w->c.entry == 0 &&
            nidx_strtab_block(&chunk, w->c.block) != expected)
            return says(w, "a block is not where the one before ends", err);
        expected = w->c.next;
        enum nidx_status status = check_entry(w, err);
        if (status == NIDX_OK)
            status = nidx_strtab_next(&w->c, err);
        if (status != NIDX_OK)
            return status;
        if (w->c.at_end || w->c.chunk != number)
            break;
    }
    if (expected != bytes.data + bytes.len)
        return says(w, "bytes lie behind the last entry of a chunk", err);
    return NIDX_OK;
}

static enum nidx_status check_top(struct walk *w, uint32_t number,
                                  uint32_t *n_tops, struct nidx_error *err)
{
    struct nidx_strtab_top top;
    enum nidx_status status =
        nidx_strtab_top_open(w->c.table, number, &top, err);

    if (status != NIDX_OK)
        return status;
    if (w->c.at_end || top.first_chunk != w->c.chunk ||
        (number > 0 && top.n_tops != *n_tops))
        return says(w, "top chunks do not follow each other", err);
    *n_tops = top.n_tops;
    for (uint32_t i = 0; i < top.n && status == NIDX_OK; i++) {
        status = check_separator(w, &top, i, err);
        if (status == NIDX_OK)
            status = check_chunk(w, err);
    }
    return status;
}

static enum nidx_status check_all(struct walk *w, struct nidx_error *err)
{
    uint32_t n_tops = 1;
    enum nidx_status status = enter_chunk(&w->c, 0, err);

    if (status == NIDX_OK)
        status = enter_block(&w->c, 0, err);
    for (uint32_t i = 0; i < n_tops && status == NIDX_OK; i++)
        status = check_top(w, i, &n_tops, err);
    if (status != NIDX_OK)
        return status;
    if (!w->c.at_end)
        return says(w, "the top index does not tell of all chunks", err);
    if (w->n != w->c.table->n_entries)
        return says(w, "the number of entries is another", err);
    return NIDX_OK;
}

enum nidx_status nidx_strtab_check(const struct nidx_strtab *t,
                                   const char *name, struct nidx_error *err)
{
    struct walk w = {.name = name};

    nidx_strtab_cursor_init(&w.c, t);
    enum nidx_status status = NIDX_OK;
    if (t->n_chunks > 0)
        status = check_all(&w, err);
    else if (t->n_entries > 0)
        status = says(&w, "entries without chunks", err);
    nidx_strtab_cursor_done(&w.c);
    nidx_buf_done(&w.before);
    return status;
}
