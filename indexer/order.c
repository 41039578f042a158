/* order.c: sorting things by their bytes.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/order.h"

#include <stdlib.h>

uint64_t nidx_order_prefix(struct nidx_bytes text)
{
    uint64_t v = 0;

    for (size_t i = 0; i < 8; i++)
        v = v << 8 | (i < text.len ? text.data[i] : 0);
    return v;
}

struct sorting {
    int (*compare)(const void *context, uint32_t a, uint32_t b);
    const void *context;
};

static int by_prefix(const void *a, const void *b, void *context)
{
    const struct nidx_ordered *x = a, *y = b;
    const struct sorting *s = context;

    if (x->prefix != y->prefix)
        return x->prefix < y->prefix ? -1 : 1;
    return s->compare(s->context, x->id, y->id);
}

void nidx_order_sort(struct nidx_ordered *items, size_t n,
                     int (*compare)(const void *context, uint32_t a,
                                    uint32_t b),
                     const void *context)
{
    struct sorting s = {compare, context};

    if (n > 1)
        qsort_r(items, n, sizeof(*items), by_prefix, &s);
}
