/* import.h: what an import holds: files and streams on their way to a writer.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_IMPORT_H
#define NIDX_INDEXER_IMPORT_H

#include "common/segment.h"
#include "indexer/source.h"
#include "indexer/writer.h"

struct nidx_import {
    struct nidx_writer *writer; /**< borrowed */
    struct nidx_import_options options;
    char *map;                        /**< owned; options.map is it */
    struct nidx_catalog *catalog;     /**< of the last commit; NULL: not open */
    struct nidx_document *doc;        /**< the one at hand */
    struct nidx_buf file;             /**< the file at hand */
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

#endif
