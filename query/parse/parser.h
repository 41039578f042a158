/* parser.h: query text to tree. The grammar stands in nidx-query(7).
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_QUERY_PARSER_H
#define NIDX_QUERY_PARSER_H

#include "query/parse/tree.h"

struct nidx_parse_options {
    bool any;    /**< words without an operator are OR-ed */
    bool strict; /**< the first note is NIDX_ERR_SYNTAX with its offset */
};

/** Every text is a query unless strict. Depth, length and number of leaves are
 * bounded (limits.h). tree is zero-initialised by the caller. */
enum nidx_status nidx_query_read(const char *text, size_t len,
                                 const struct nidx_parse_options *options,
                                 struct nidx_tree *tree,
                                 struct nidx_error *err);

#endif
