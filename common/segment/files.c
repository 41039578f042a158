/* files.c: what an index remembers of files besides their documents.
 *
 * Key: 0, 3, XXH3-64 of the path (big-endian). Value: u8 kind, u64 stat, u64
 * content, u64 size, u64 settings, the path. Of two paths of one hash the
 * last stands; the other is read again each time.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/segment/files.h"

#include <xxhash.h>

#define KEY_BYTES 10
#define HEAD      33

static void make_key(uint8_t key[KEY_BYTES], struct nidx_bytes path)
{
    const uint64_t hash = XXH3_64bits(path.data, path.len);

    key[0] = 0;
    key[1] = 3;
    for (unsigned i = 0; i < 8; i++)
        key[2 + i] = (uint8_t)(hash >> (56 - 8 * i));
}

/** The entry that value holds, and its path; false where it is none. */
static bool parse(struct nidx_bytes value, struct nidx_file *file,
                  struct nidx_bytes *path)
{
    struct nidx_reader r = nidx_reader_of(value.data, value.len);
    const uint8_t kind = nidx_read_u8(&r);

    file->kind = (enum nidx_file_kind)kind;
    file->stat = nidx_read_u64(&r);
    file->content = nidx_read_u64(&r);
    file->size = nidx_read_u64(&r);
    file->settings = nidx_read_u64(&r);
    if (r.bad || kind < NIDX_FILE_TOUCHED || kind > NIDX_FILE_PLAIN)
        return false;
    *path = (struct nidx_bytes){value.data + HEAD, value.len - HEAD};
    return path->len > 0;
}

enum nidx_status nidx_file_get(struct nidx_view *v, struct nidx_bytes path,
                               struct nidx_file *file, struct nidx_error *err)
{
    uint8_t key[KEY_BYTES];
    struct nidx_bytes value, of;
    struct nidx_file found;

    *file = (struct nidx_file){.kind = NIDX_FILE_NONE};
    make_key(key, path);
    enum nidx_status status = nidx_view_get(
        v, (struct nidx_bytes){key, sizeof(key)}, true, &value, err);
    if (status == NIDX_ERR_NOTFOUND)
        return NIDX_OK;
    if (status != NIDX_OK)
        return status;
    if (!parse(value, &found, &of))
        return nidx_corrupt(err, "what is known of a file");
    if (nidx_bytes_compare(of, path) == 0)
        *file = found;
    return NIDX_OK;
}

enum nidx_status nidx_file_put(struct nidx_txn *t, struct nidx_bytes path,
                               const struct nidx_file *file,
                               struct nidx_error *err)
{
    uint8_t key[KEY_BYTES];
    struct nidx_buf b = {0};

    make_key(key, path);
    if (file->kind == NIDX_FILE_NONE)
        return nidx_txn_delete(t, (struct nidx_bytes){key, sizeof(key)}, err);
    nidx_buf_u8(&b, (uint8_t)file->kind);
    nidx_buf_u64(&b, file->stat);
    nidx_buf_u64(&b, file->content);
    nidx_buf_u64(&b, file->size);
    nidx_buf_u64(&b, file->settings);
    nidx_buf_put(&b, path.data, path.len);
    enum nidx_status status =
        b.oom ? nidx_nomem(err)
              : nidx_txn_put(t, (struct nidx_bytes){key, sizeof(key)},
                             (struct nidx_bytes){b.data, b.len}, err);
    nidx_buf_done(&b);
    return status;
}

struct each {
    struct nidx_view *view;
    nidx_file_fn fn;
    void *context;
    struct nidx_error *err;
};

static int visit(void *context, struct nidx_bytes key, size_t len)
{
    const struct each *e = context;
    struct nidx_bytes value, path;
    struct nidx_file file;

    (void)len;
    enum nidx_status status = nidx_view_get(e->view, key, true, &value, e->err);
    if (status != NIDX_OK)
        return status;
    if (!parse(value, &file, &path))
        return nidx_corrupt(e->err, "what is known of a file");
    return e->fn(e->context, path, &file, e->err);
}

enum nidx_status nidx_file_each(struct nidx_view *v, nidx_file_fn each,
                                void *context, struct nidx_error *err)
{
    static const uint8_t prefix[] = {0, 3};
    struct each e = {v, each, context, err};

    return nidx_view_each(v, (struct nidx_bytes){prefix, sizeof(prefix)}, visit,
                          &e, err);
}
