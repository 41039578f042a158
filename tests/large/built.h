/* built.h: an index of a corpus with as many segments as a test wants.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_TESTS_BUILT_H
#define NIDX_TESTS_BUILT_H

#include <nidx.h>

#include "query/result/snapshot.h"
#include "tests/large/texts.h"

struct built {
    const char *label;
    uint32_t every; /**< articles of a segment; UINT32_MAX: all in one */
    uint32_t n_added;
    struct nidx_index *index;
    struct nidx_writer *writer;
    struct nidx_snapshot *snapshot;
};

/** Makes the file anew. Failures of all of these end the program. */
void built_open(struct built *b, const char *path, uint64_t memory);
void built_add(struct built *b, const struct nidx_document *d);
/** Commits the rest; one segment is made of what is to be one. */
void built_finish(struct built *b);
/** Deletes what is marked deleted in t; nothing is merged. */
void built_delete(struct built *b, const struct texts *t);
/** Opens it again, in a process that was forked. */
void built_reopen(struct built *b);
/** Merges all, and so purges what was deleted. */
void built_optimize(struct built *b);
/** Removes the file as well. */
void built_close(struct built *b);

#endif
