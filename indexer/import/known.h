/* known.h: what the last commit knows of files: one walk over all keys.
 *
 * Requests that rise cost a step along the sorted keys of each segment; any
 * order is right. A view is open between the first request and _close, which
 * must come before a commit.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_KNOWN_H
#define NIDX_INDEXER_KNOWN_H

#include "common/segment/files.h"
#include "common/segment/segment.h"

/** A live document. */
struct nidx_known_doc {
    bool found;
    uint32_t segment; /**< index in the catalog */
    nidx_docid doc;
    uint64_t stat, content; /**< columns; content 0: it is no whole file */
};

struct nidx_known {
    struct nidx_store *store;           /**< borrowed */
    struct nidx_catalog *catalog;       /**< NULL: not open */
    struct nidx_strtab_cursor *cursors; /**< one a segment, on its first key
                                           that is at least last, or before */
    struct nidx_buf last;               /**< the key asked for last */
    uint64_t **seen; /**< bits of documents that were asked for */
};

/** Opens the view where none is; other functions do it themselves. */
enum nidx_status nidx_known_open(struct nidx_known *k, struct nidx_error *err);
void nidx_known_close(struct nidx_known *k);

/** The live document of a key; it counts as seen from then on. */
enum nidx_status nidx_known_find(struct nidx_known *k, struct nidx_bytes key,
                                 struct nidx_known_doc *out,
                                 struct nidx_error *err);
/** The entry of files.h of a path. */
enum nidx_status nidx_known_file(struct nidx_known *k, struct nidx_bytes path,
                                 struct nidx_file *out, struct nidx_error *err);

/** Is told of a live document; any status but NIDX_OK ends the walk. */
typedef enum nidx_status (*nidx_known_fn)(void *context, struct nidx_bytes key,
                                          const struct nidx_known_doc *doc,
                                          struct nidx_error *err);
/** Every live document whose key begins with prefix, in order of segments and
 * keys; unseen: only those that were not asked for. */
enum nidx_status nidx_known_each(struct nidx_known *k, struct nidx_bytes prefix,
                                 bool unseen, nidx_known_fn each, void *context,
                                 struct nidx_error *err);
/** Whether there is a live document whose key begins with prefix. */
enum nidx_status nidx_known_any(struct nidx_known *k, struct nidx_bytes prefix,
                                bool *any, struct nidx_error *err);

#endif
