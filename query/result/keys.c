/* keys.c: the keys of a snapshot's documents, in order, over all segments.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "query/result/snapshot.h"

/** A segment's keys. */
struct key_cursor {
    const struct nidx_segment *segment;
    struct nidx_strtab_cursor table;
};

struct nidx_keys {
    struct nidx_commit_view *commit;
    struct nidx_buf prefix, key;
    struct key_cursor *cursors;
    uint32_t n_cursors;
};

static bool has_prefix(struct nidx_bytes key, const struct nidx_buf *prefix)
{
    return key.len >= prefix->len &&
           (prefix->len == 0 ||
            memcmp(key.data, prefix->data, prefix->len) == 0);
}

static struct nidx_bytes key_of(const struct key_cursor *c)
{
    return (struct nidx_bytes){c->table.key.data, c->table.key.len};
}

/** Moves on from deleted documents, and ends behind the prefix. */
static enum nidx_status settle(struct nidx_keys *k, struct key_cursor *c,
                               struct nidx_error *err)
{
    while (!c->table.at_end) {
        if (!has_prefix(key_of(c), &k->prefix)) {
            c->table.at_end = true;
            break;
        }
        struct nidx_reader r =
            nidx_reader_of(c->table.value.data, c->table.value.len);
        const uint32_t doc = nidx_read_varint32(&r);
        if (r.bad || doc >= c->segment->n_docs)
            return nidx_corrupt(err, "a key names no document");
        if (!nidx_segment_is_deleted(c->segment, doc))
            break;
        enum nidx_status status = nidx_strtab_next(&c->table, err);
        if (status != NIDX_OK)
            return status;
    }
    return NIDX_OK;
}

static enum nidx_status open_cursors(struct nidx_keys *k,
                                     struct nidx_error *err)
{
    const struct nidx_catalog *catalog = k->commit->catalog;
    const struct nidx_bytes prefix = {k->prefix.data, k->prefix.len};

    k->cursors = calloc(catalog->manifest.n_segments + 1, sizeof(*k->cursors));
    if (!k->cursors)
        return nidx_nomem(err);
    for (uint32_t i = 0; i < catalog->manifest.n_segments; i++) {
        struct key_cursor *c = &k->cursors[k->n_cursors++];
        c->segment = catalog->segments[i];
        nidx_strtab_cursor_init(&c->table, &c->segment->keys);
        enum nidx_status status = nidx_strtab_seek(&c->table, prefix, err);
        if (status == NIDX_OK)
            status = settle(k, c, err);
        if (status != NIDX_OK)
            return status;
    }
    return NIDX_OK;
}

enum nidx_status nidx_keys_new(struct nidx_snapshot *s, const char *prefix,
                               size_t len, struct nidx_keys **out,
                               struct nidx_error *err)
{
    *out = NULL;
    struct nidx_keys *k = calloc(1, sizeof(*k));
    if (!k)
        return nidx_nomem(err);
    k->commit = nidx_commit_view_ref(s->commit);
    nidx_buf_put(&k->prefix, prefix, len);
    enum nidx_status status =
        k->prefix.oom ? nidx_nomem(err) : open_cursors(k, err);
    if (status != NIDX_OK) {
        nidx_keys_free(k);
        return status;
    }
    *out = k;
    return NIDX_OK;
}

void nidx_keys_free(struct nidx_keys *k)
{
    if (!k)
        return;
    for (uint32_t i = 0; i < k->n_cursors; i++)
        nidx_strtab_cursor_done(&k->cursors[i].table);
    free(k->cursors);
    nidx_buf_done(&k->prefix);
    nidx_buf_done(&k->key);
    nidx_commit_view_unref(k->commit);
    free(k);
}

enum nidx_status nidx_keys_next(struct nidx_keys *k, const char **key,
                                size_t *len, struct nidx_error *err)
{
    struct key_cursor *least = NULL;

    for (uint32_t i = 0; i < k->n_cursors; i++) {
        struct key_cursor *c = &k->cursors[i];
        if (!c->table.at_end &&
            (!least || nidx_bytes_compare(key_of(c), key_of(least)) < 0))
            least = c;
    }
    if (!least) {
        *key = NULL;
        *len = 0;
        return NIDX_OK;
    }
    k->key.len = 0;
    nidx_buf_put(&k->key, least->table.key.data, least->table.key.len);
    if (k->key.oom)
        return nidx_nomem(err);
    enum nidx_status status = nidx_strtab_next(&least->table, err);
    if (status == NIDX_OK)
        status = settle(k, least, err);
    if (status != NIDX_OK)
        return status;
    *key = (const char *)k->key.data;
    *len = k->key.len;
    return NIDX_OK;
}
