/* fuzz_query.c: any bytes as a query.
 *
 * Every text is read, notes lie within it, and what is printed is read as an
 * equal tree. The first byte chooses the options.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "query/parse/parser.h"
#include "tests/support/equal_tree.h"

static void check_places(const struct nidx_node *node, size_t len)
{
    if (node->start > node->end || node->end > len)
        abort();
    for (uint32_t i = 0; i < node->n_children; i++)
        check_places(node->children[i], len);
}

static void check_tree(const struct nidx_tree *tree, size_t len)
{
    struct nidx_tree again = {0};
    struct nidx_buf out = {0};

    check_places(tree->root, len);
    for (uint32_t i = 0; i < tree->n_notes; i++)
        if (tree->notes[i].start > tree->notes[i].end ||
            tree->notes[i].end > len)
            abort();
    nidx_tree_print(tree->root, &out);
    if (out.oom || nidx_query_read((const char *)out.data, out.len, NULL,
                                   &again, NULL) != NIDX_OK)
        abort();
    if (!equal_tree(tree->root, again.root))
        abort();
    nidx_buf_done(&out);
    nidx_tree_done(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nidx_parse_options options = {0};
    struct nidx_tree tree = {0};

    if (size == 0 || size > 10000)
        return 0;
    options.any = data[0] & 1;
    options.strict = data[0] & 2;
    const char *text = (const char *)data + 1;
    const enum nidx_status status =
        nidx_query_read(text, size - 1, &options, &tree, NULL);
    if (status != NIDX_OK && !(options.strict && status == NIDX_ERR_SYNTAX))
        abort();
    if (status == NIDX_OK)
        check_tree(&tree, size - 1);
    nidx_tree_done(&tree);
    return 0;
}
