/* merge.h: the alternatives of a leaf as few lists of documents.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_QUERY_MERGE_H
#define NIDX_QUERY_MERGE_H

#include "query/topk/list.h"
#include "query/parse/tree.h"

/**
 * Merges the terms of part (of node, in a segment) into part->merged: the
 * documents that hold any occurrence that counts, with the sum of their
 * frequencies. bounds asks for x, by how's norms.
 */
enum nidx_status nidx_merge(struct nidx_part_leaf *part,
                            const struct nidx_node *node,
                            const struct nidx_leaf_score *how, uint32_t segment,
                            bool bounds, struct nidx_error *err);

/**
 * The same where some term counts whole: the most frequent of these stays in
 * its postings, and part->others and part->shared are made of the rest. A word has
 * a term for each language that its spelling was stemmed in, of which one is
 * far more frequent, so this costs what the rare ones cost.
 */
enum nidx_status nidx_blend(struct nidx_part_leaf *part,
                            const struct nidx_node *node,
                            const struct nidx_leaf_score *how, uint32_t segment,
                            bool bounds, struct nidx_error *err);

#endif
