/* source.h: where documents come from: one interface, a file for each format.
 *
 * A source gives documents one after another. A broken record is no failure:
 * the source tells the sink of skips and goes on. A new format is a file
 * source_x.c and a row in the table of source.c.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_SOURCE_H
#define NIDX_INDEXER_SOURCE_H

#include "indexer/source/document.h"

/** What a file is, and how sources of its format are told of it. */
struct nidx_source_input {
    const char *name;    /**< path, or what stands for it in keys */
    const uint8_t *data; /**< the whole file (mapped or read), or NULL: fd */
    size_t len;
    int fd;                 /**< of a stream, where data is NULL */
    int64_t mtime;          /**< seconds; the date of last resort; 0: none */
    uint64_t stat, content; /**< columns of a document that is a whole file */
    void *hash;      /**< XXH3_state_t of what is read from fd; or NULL */
    const char *map; /**< of nidx_import_options; may be NULL */
    bool plain_ids;
};

/** Told by a source of what it passes over. */
struct nidx_source_report {
    void (*skipped)(void *context, const char *name, uint64_t line,
                    enum nidx_skip why, const char *message);
    void *context;
};

struct nidx_source;

struct nidx_source_ops {
    /** The next document into d (cleared by the caller); done is true behind
     * the last. consumed (bytes of input so far) is for progress. */
    enum nidx_status (*next)(struct nidx_source *s, struct nidx_document *d,
                             bool *done, struct nidx_error *err);
    void (*close)(struct nidx_source *s);
};

struct nidx_source {
    const struct nidx_source_ops *ops;
    uint64_t consumed;
    bool records; /**< documents are parts of the file */
};

/** A source for input, by name and content; NULL and the reason for a skip
 * in why and message (static text) where no format fits. input and report
 * are borrowed until it is closed. */
enum nidx_status nidx_source_open(const struct nidx_source_input *input,
                                  const struct nidx_source_report *report,
                                  struct nidx_source **out, enum nidx_skip *why,
                                  const char **message, struct nidx_error *err);
/** Whether it would be refused whatever follows: data may be its first 8 KiB
 * alone. */
bool nidx_source_is_refused(const struct nidx_source_input *input);
void nidx_source_close(struct nidx_source *s);

/** Formats. */
enum nidx_status nidx_source_text_open(const struct nidx_source_input *input,
                                       struct nidx_source **out,
                                       struct nidx_error *err);
enum nidx_status nidx_source_markdown_open(
    const struct nidx_source_input *input, struct nidx_source **out,
    struct nidx_error *err);
enum nidx_status nidx_source_jsonl_open(const struct nidx_source_input *input,
                                        const struct nidx_source_report *report,
                                        struct nidx_source **out,
                                        struct nidx_error *err);

#endif
