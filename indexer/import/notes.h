/* notes.h: entries of files.h that a commit is to write.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_NOTES_H
#define NIDX_INDEXER_NOTES_H

#include "common/segment/files.h"

/** Each is the file, the length of its path, and the path. */
struct nidx_notes {
    struct nidx_buf bytes;
};

/** Appends an entry; kind NONE drops the one that there is. */
enum nidx_status nidx_notes_add(struct nidx_notes *n, struct nidx_bytes path,
                                const struct nidx_file *file,
                                struct nidx_error *err);
/** Writes all, in order. */
enum nidx_status nidx_notes_write(const struct nidx_notes *n,
                                  struct nidx_txn *t, struct nidx_error *err);
/** Forgets all. */
void nidx_notes_clear(struct nidx_notes *n);
void nidx_notes_done(struct nidx_notes *n);

#endif
