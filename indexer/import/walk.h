/* walk.h: the files below a path, in order of their names.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_WALK_H
#define NIDX_INDEXER_WALK_H

#include <sys/stat.h>

#include "indexer/import/ignore.h"

/** A file that was met; it is not open yet, and may be never. */
struct nidx_walk_file {
    const char *path; /**< absolute */
    size_t len;
    int dirfd;        /**< of its folder, */
    const char *name; /**< and its name there */
    const struct stat *st;
};

/** Opens the file for reading; -1 and errno where that is not possible, ESTALE
 * where it is no file any more. st becomes what it is now. */
int nidx_walk_open(const struct nidx_walk_file *f, struct stat *st);

/** What the walker hands on. Any status but NIDX_OK ends the walk. */
struct nidx_walk {
    enum nidx_status (*file)(void *context, const struct nidx_walk_file *f,
                             struct nidx_error *err);
    /** What is passed over, and why. */
    enum nidx_status (*skipped)(void *context, const char *path,
                                enum nidx_skip why, const char *message,
                                struct nidx_error *err);
    /** A folder, before what is in it; n_names is -1 where it could not be
     * read. May be NULL. */
    enum nidx_status (*folder)(void *context, const char *path, int64_t n_names,
                               struct nidx_error *err);
    void *context;
    const struct nidx_ignore *globs; /**< of the command line; may be NULL */
    bool only;      /**< some glob says what to read: nothing else is */
    bool hidden;    /**< hidden files are read as well */
    bool no_ignore; /**< .gitignore and .nidxignore are files as others */
};

/**
 * Walks path (a file, or a folder with all that is in it). Entries are told
 * under their absolute path; names that begin with a point are hidden and
 * skipped, and so is what ignore files leave out, but not path itself. Links
 * are followed; a folder that holds itself is told as special. Fails where
 * path itself cannot be read.
 */
enum nidx_status nidx_walk_path(const struct nidx_walk *w, const char *path,
                                struct nidx_error *err);
/** The absolute path, without points and double slashes, and a zero behind
 * it; links stay. */
enum nidx_status nidx_walk_absolute(const char *path, struct nidx_buf *out,
                                    struct nidx_error *err);

#endif
