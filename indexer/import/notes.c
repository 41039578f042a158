/* notes.c: entries of files.h that a commit is to write.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/import/notes.h"

#include <string.h>

/** What stands before the path. */
struct head {
    struct nidx_file file;
    size_t len;
};

enum nidx_status nidx_notes_add(struct nidx_notes *n, struct nidx_bytes path,
                                const struct nidx_file *file,
                                struct nidx_error *err)
{
    struct head head;

    memset(&head, 0, sizeof(head));
    head.file = *file;
    head.len = path.len;
    if (!nidx_buf_reserve(&n->bytes, sizeof(head) + path.len)) {
        n->bytes.oom = false;
        return nidx_nomem(err);
    }
    nidx_buf_put(&n->bytes, &head, sizeof(head));
    nidx_buf_put(&n->bytes, path.data, path.len);
    return NIDX_OK;
}

enum nidx_status nidx_notes_write(const struct nidx_notes *n,
                                  struct nidx_txn *t, struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;
    struct head head;

    for (size_t at = 0; at < n->bytes.len && status == NIDX_OK;) {
        memcpy(&head, n->bytes.data + at, sizeof(head));
        at += sizeof(head);
        const struct nidx_bytes path = {n->bytes.data + at, head.len};
        status = nidx_file_put(t, path, &head.file, err);
        at += head.len;
    }
    return status;
}

void nidx_notes_clear(struct nidx_notes *n)
{
    n->bytes.len = 0;
}

void nidx_notes_done(struct nidx_notes *n)
{
    nidx_buf_done(&n->bytes);
}
