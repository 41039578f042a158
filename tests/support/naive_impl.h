/* naive_impl.h: what the two files of the naive evaluator share.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_TESTS_NAIVE_IMPL_H
#define NIDX_TESTS_NAIVE_IMPL_H

#include "tests/support/naive.h"

bool naive_same(const char *text, struct nidx_bytes bytes);
/** Whether a token is an occurrence of an alternative. */
bool naive_counts(const struct naive_token *t, const struct nidx_leaf_term *l);
/** The occurrences of a leaf in a field: how many, and, where out is not NULL,
 * which; an occurrence of two alternatives is two. */
uint32_t naive_in_field(const struct naive_field *f,
                        const struct nidx_node *leaf, struct naive_span *out,
                        uint32_t space);
/** Whether a child of a BOOL under an operator has a say there. */
bool naive_takes_part(const struct nidx_node *node,
                      const struct nidx_node *child);

static inline bool naive_is_positional(const struct nidx_node *node)
{
    return node->type == NIDX_NODE_PHRASE || node->type == NIDX_NODE_NEAR ||
           node->type == NIDX_NODE_BEFORE || node->type == NIDX_NODE_SENTENCE ||
           node->type == NIDX_NODE_PARAGRAPH;
}

#endif
