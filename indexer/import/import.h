/* import.h: what an import holds: files and streams on their way to a writer.
 *
 * import.c hands documents on and commits; import_file.c decides what is to be
 * done with a file; import_prune.c removes what is no more.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_IMPORT_H
#define NIDX_INDEXER_IMPORT_H

#include "indexer/import/known.h"
#include "indexer/import/moves.h"
#include "indexer/source/source.h"
#include "indexer/import/walk.h"
#include "indexer/write/writer.h"

/** The folder that is being walked. */
struct nidx_import_root {
    struct nidx_buf path;   /**< absolute, with a slash at its end; no zero */
    int64_t n_names;        /**< in it */
    struct nidx_buf failed; /**< folders below that could not be read, each
                                 with a slash and a zero behind it */
};

/** What came of an input. */
struct nidx_import_result {
    bool read;       /**< some format fits */
    bool records;    /**< it is a file of records */
    uint64_t n_docs; /**< handed on */
};

struct nidx_import {
    struct nidx_writer *writer; /**< borrowed */
    struct nidx_import_options options;
    char *map;                /**< owned; options.map is it */
    uint64_t settings;        /**< hash of what records depend on */
    struct nidx_ignore globs; /**< options.globs */
    struct nidx_known known;  /**< of the last commit */
    struct nidx_moves moves;  /**< of the same */
    struct nidx_import_root root;
    void *hash;                       /**< XXH3_state_t, of a file of lines */
    struct nidx_document *doc;        /**< the one at hand */
    struct nidx_buf file;             /**< the file at hand */
    struct nidx_buf key;              /**< at hand, or its prefix */
    struct nidx_buf keys;             /**< u64 hashes of keys of records */
    uint32_t n_removals;              /**< the import's own, not committed */
    uint64_t n_moved;                 /**< not committed */
    struct nidx_import_counts counts; /**< what the writer does not count */
    struct nidx_writer_counts base;   /**< of the writer, before the import */
    uint64_t bytes;                   /**< of input, of whole files */
    uint64_t total;                   /**< of input, where it is known */
    uint64_t last_commit;             /**< bytes when the last one was made */
    uint64_t commits;                 /**< made so far */
    uint64_t last_tick;               /**< of progress, in ms */
    enum nidx_status stopped;         /**< once STOPPED, everything is */
};

/** Reads a file from fd into out as it is now: it may shrink or grow while it
 * is read. An errno, or 0. */
int nidx_import_read(int fd, uint64_t size, struct nidx_buf *out);

/* ---------------------------------------------------------------- import.c */

/** Asks now and then whether to go on; done is bytes of input so far. */
enum nidx_status nidx_import_tick(struct nidx_import *m, uint64_t done,
                                  struct nidx_error *err);
void nidx_import_skip(struct nidx_import *m, const char *path, uint64_t line,
                      enum nidx_skip why, const char *message);
/** Every document of an input. */
enum nidx_status nidx_import_input(struct nidx_import *m,
                                   const struct nidx_source_input *input,
                                   struct nidx_import_result *result,
                                   struct nidx_error *err);

/* ----------------------------------------------------------- import_file.c */

/** A file that the walker met. */
enum nidx_status nidx_import_file(void *context, const struct nidx_walk_file *f,
                                  struct nidx_error *err);

/* ---------------------------------------------------------- import_prune.c */

/** Deletes a document, and remembers whose deletion that is. */
enum nidx_status nidx_import_remove(struct nidx_import *m,
                                    struct nidx_bytes key,
                                    struct nidx_error *err);
/** Deletes the records of a file that the last input did not have; all: each
 * of them. */
enum nidx_status nidx_import_remove_records(struct nidx_import *m,
                                            struct nidx_bytes path, bool all,
                                            struct nidx_error *err);
/** Whether there is a record of a file. */
enum nidx_status nidx_import_has_records(struct nidx_import *m,
                                         struct nidx_bytes path, bool *any,
                                         struct nidx_error *err);
/** Removes what vanished from the root that was walked. */
enum nidx_status nidx_import_prune(struct nidx_import *m,
                                   struct nidx_error *err);

#endif
