/* moves.h: whether a new file is one that the index knows under another path.
 *
 * A table from fingerprints to what has them, made when it is first asked; a
 * candidate's path must be gone. Indexes that are too large for the table have
 * no moves: their files are new, and the old ones vanished.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_MOVES_H
#define NIDX_INDEXER_MOVES_H

#include "indexer/import/known.h"

struct nidx_moves_slot {
    uint32_t tag;  /**< of the fingerprint */
    uint32_t what; /**< documents, then entries, from 1; 0: free */
};

/** An entry of files.h with records. */
struct nidx_moves_entry {
    struct nidx_file file;
    size_t path, len; /**< in paths */
};

struct nidx_moves {
    bool built;
    struct nidx_moves_slot *slots; /**< NULL: nothing can have moved */
    size_t mask;
    uint32_t n_docs;
    struct nidx_moves_entry *entries;
    uint32_t n_entries, cap_entries;
    struct nidx_buf paths;
    struct nidx_buf key; /**< of the move found last */
};

/** What is asked. */
struct nidx_moves_request {
    uint64_t stat;          /**< 0: any */
    uint64_t content;       /**< 0: any; asked where stat is 0 */
    bool records;           /**< a file of records, not a document */
    struct nidx_bytes root; /**< the old path begins with this */
    size_t memory;          /**< that the table may take */
};

/** Looks for a file that moved. found: its old path (or key) is m->key, file
 * its entry. It is not found again until _clear. */
enum nidx_status nidx_moves_find(struct nidx_moves *m, struct nidx_known *k,
                                 const struct nidx_moves_request *r,
                                 bool *found, struct nidx_file *file,
                                 struct nidx_error *err);
/** Forgets the table: the view that it was made of closes. */
void nidx_moves_clear(struct nidx_moves *m);

/** Whether nothing is at the path any more: not where it cannot be told, nor
 * where a link on the way leads nowhere now. path ends in a zero. */
bool nidx_path_is_gone(const char *path);

#endif
