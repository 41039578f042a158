/* source_whole.h: sources of files that are one document each.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_SOURCE_WHOLE_H
#define NIDX_INDEXER_SOURCE_WHOLE_H

#include "indexer/source/source.h"

/** Fills d from the file's text, which is UTF-8. */
typedef enum nidx_status (*nidx_whole_fill)(struct nidx_bytes text,
                                            struct nidx_document *d,
                                            struct nidx_error *err);

/**
 * A source that gives one document: its key is the input's name, its date
 * the one that fill finds, else the file's. Nothing is given where fill adds
 * nothing.
 */
enum nidx_status nidx_source_whole_open(const struct nidx_source_input *input,
                                        nidx_whole_fill fill,
                                        struct nidx_source **out,
                                        struct nidx_error *err);

/** Takes a line off text, without its end: LF, CR LF or CR. */
struct nidx_bytes nidx_take_line(struct nidx_bytes *text);
/** Without blanks at both ends. */
struct nidx_bytes nidx_trim(struct nidx_bytes b);

#endif
