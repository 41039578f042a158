/* walk.h: the files below a path, in order of their names.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_WALK_H
#define NIDX_INDEXER_WALK_H

#include <sys/stat.h>

#include "common/status.h"

/** What the walker hands on. Any status but NIDX_OK ends the walk. */
struct nidx_walk {
    /** A file to be read, open for reading; fd is closed by the walker. */
    enum nidx_status (*file)(void *context, const char *path, int fd,
                             const struct stat *st, struct nidx_error *err);
    /** What is passed over, and why. */
    enum nidx_status (*skipped)(void *context, const char *path,
                                enum nidx_skip why, const char *message,
                                struct nidx_error *err);
    void *context;
};

/**
 * Walks path (a file, or a folder with all that is in it). Entries are told
 * under their absolute path; names that begin with a point are hidden and
 * skipped, but not path itself. Links are followed; a folder that holds
 * itself is told as special. Fails where path itself cannot be read.
 */
enum nidx_status nidx_walk_path(const struct nidx_walk *w, const char *path,
                                struct nidx_error *err);

#endif
