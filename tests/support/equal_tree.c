/* equal_tree.c: whether two query trees are equal, places in the text aside.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/equal_tree.h"

bool equal_tree(const struct nidx_node *a, const struct nidx_node *b)
{
    if (a->type != b->type || a->occur != b->occur || a->field != b->field ||
        a->boost != b->boost || a->distance != b->distance ||
        a->column != b->column || a->lo != b->lo || a->hi != b->hi ||
        a->n_children != b->n_children ||
        nidx_bytes_compare(a->text, b->text) != 0)
        return false;
    for (uint32_t i = 0; i < a->n_children; i++)
        if (!equal_tree(a->children[i], b->children[i]))
            return false;
    return true;
}
