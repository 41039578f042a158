/* lines.h: the lines of a file in memory or of a stream.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_LINES_H
#define NIDX_INDEXER_LINES_H

#include "common/base/bytes.h"
#include "common/base/status.h"

/** A longer line is not kept: it is passed over, and cut says so. */
#define NIDX_LINE_MAX ((size_t)1 << 28)

struct nidx_lines {
    const uint8_t *p, *end; /**< what is in memory and not given out */
    int fd;                 /**< more comes from here; -1: nothing does */
    const char *name;       /**< of the stream, for messages */
    struct nidx_buf buf;    /**< of a stream */
    uint64_t line;          /**< number of the line given out last, from 1 */
    uint64_t consumed;      /**< bytes given out so far */
    void *hash;             /**< XXH3_state_t of what is read; or NULL */
    size_t max;             /**< NIDX_LINE_MAX; tests set less */
    bool cut;               /**< the line was too long; it is given out empty */
};

/** data is borrowed; where it is NULL, lines come from fd. */
void nidx_lines_init(struct nidx_lines *l, const uint8_t *data, size_t len,
                     int fd, const char *name);
void nidx_lines_done(struct nidx_lines *l);

/** The next line without its end, borrowed until the next call; done is true
 * behind the last. IO where the stream cannot be read. */
enum nidx_status nidx_lines_next(struct nidx_lines *l, struct nidx_bytes *line,
                                 bool *done, struct nidx_error *err);

#endif
