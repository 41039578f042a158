/* json_record.h: a JSON object to a document: which member is which field.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_JSON_RECORD_H
#define NIDX_INDEXER_JSON_RECORD_H

#include "indexer/source/document.h"
#include "indexer/source/json.h"

struct nidx_json_name; /* a member that is read, and the field it goes to */

struct nidx_json_record {
    struct nidx_json_name *names;
    size_t n_names;
    struct nidx_buf name; /**< of the member being read */
    struct nidx_buf id;   /**< of the record that was read last */
};

/**
 * map is that of nidx_import_options ("title=headline,body=text"), or NULL: a
 * field that it names is read from the members named there, every other from
 * the member of its own name. INVALID where map names no field.
 */
enum nidx_status nidx_json_record_init(struct nidx_json_record *r,
                                       const char *map, struct nidx_error *err);
void nidx_json_record_done(struct nidx_json_record *r);

/**
 * Reads the object that comes next into d, and its id, which is empty where
 * there is none. A broken text is no failure but stands in j->error.
 */
enum nidx_status nidx_json_record_read(struct nidx_json_record *r,
                                       struct nidx_json *j,
                                       struct nidx_document *d,
                                       struct nidx_error *err);

#endif
