/* files.h: what an index remembers of files besides their documents.
 *
 * A file that is one document has its fingerprint in columns STAT and CONTENT.
 * An entry stands for what columns cannot hold: a file of many records, and a
 * file that was touched since its document was written, for columns of a
 * segment never change. nidx-index(5) has the bytes.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_FILES_H
#define NIDX_COMMON_FILES_H

#include "common/store/store.h"

enum nidx_file_kind {
    NIDX_FILE_NONE = 0,    /**< no entry; as a change: drop it */
    NIDX_FILE_TOUCHED = 1, /**< stat stands in for column STAT of a document
                              whose column CONTENT is content */
    NIDX_FILE_RECORDS = 2, /**< of the file's records */
    NIDX_FILE_PLAIN = 3    /**< records whose ids are their keys */
};

struct nidx_file {
    enum nidx_file_kind kind;
    uint64_t stat;     /**< as in column STAT; 0: read it again */
    uint64_t content;  /**< XXH3-64 of its bytes */
    uint64_t size;     /**< its bytes */
    uint64_t settings; /**< hash of the options that it was read with */
};

/** The entry of a path; kind NONE where there is none. */
enum nidx_status nidx_file_get(struct nidx_view *v, struct nidx_bytes path,
                               struct nidx_file *file, struct nidx_error *err);
/** Writes the entry of path; drops it where kind is NONE. */
enum nidx_status nidx_file_put(struct nidx_txn *t, struct nidx_bytes path,
                               const struct nidx_file *file,
                               struct nidx_error *err);

/** Is told of an entry. Any status but NIDX_OK ends the walk. */
typedef enum nidx_status (*nidx_file_fn)(void *context, struct nidx_bytes path,
                                         const struct nidx_file *file,
                                         struct nidx_error *err);
/** Every entry, in no order. */
enum nidx_status nidx_file_each(struct nidx_view *v, nidx_file_fn each,
                                void *context, struct nidx_error *err);

#endif
