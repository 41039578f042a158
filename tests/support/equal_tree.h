/* equal_tree.h: whether two query trees are equal, places in the text aside.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_TESTS_EQUAL_TREE_H
#define NIDX_TESTS_EQUAL_TREE_H

#include "query/parse/tree.h"

bool equal_tree(const struct nidx_node *a, const struct nidx_node *b);

#endif
