/* order.c: sorting things by their bytes.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/merge/order.h"

#include <stdlib.h>

/** Passes of so many bits sort the prefixes (LSD radix sort, Knuth 5.2.5);
 * below LEAST things comparing is as fast. */
#define DIGIT_BITS 11
#define DIGITS     (1u << DIGIT_BITS)
#define PASSES     6
#define LEAST      4096

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

static inline uint32_t digit(uint64_t prefix, unsigned pass)
{
    return (uint32_t)(prefix >> DIGIT_BITS * pass) & (DIGITS - 1);
}

/** Moves items to out, by a digit; starts says how many have which. False
 * where all have the same: then nothing is moved. */
static bool scatter(const struct nidx_ordered *items, size_t n, unsigned pass,
                    size_t starts[DIGITS], struct nidx_ordered *out)
{
    size_t sum = 0;

    if (starts[digit(items[0].prefix, pass)] == n)
        return false;
    for (uint32_t d = 0; d < DIGITS; d++) {
        const size_t count = starts[d];
        starts[d] = sum;
        sum += count;
    }
    for (size_t i = 0; i < n; i++)
        out[starts[digit(items[i].prefix, pass)]++] = items[i];
    return true;
}

/** Sorts by prefix alone; room has n items. */
static void sort_prefixes(struct nidx_ordered *items, size_t n,
                          struct nidx_ordered *room,
                          size_t starts[PASSES][DIGITS])
{
    struct nidx_ordered *from = items, *to = room;

    for (size_t i = 0; i < n; i++) {
        for (unsigned pass = 0; pass < PASSES; pass++)
            starts[pass][digit(items[i].prefix, pass)]++;
    }
    for (unsigned pass = 0; pass < PASSES; pass++) {
        if (!scatter(from, n, pass, starts[pass], to))
            continue;
        struct nidx_ordered *sorted = to;
        to = from;
        from = sorted;
    }
    if (from != items)
        memcpy(items, from, n * sizeof(*items));
}

/** Where prefixes are equal, compare decides. */
static void sort_runs(struct nidx_ordered *items, size_t n, struct sorting *s)
{
    for (size_t i = 0; i < n;) {
        size_t end = i + 1;
        while (end < n && items[end].prefix == items[i].prefix)
            end++;
        if (end - i > 1)
            qsort_r(items + i, end - i, sizeof(*items), by_prefix, s);
        i = end;
    }
}

void nidx_order_sort(struct nidx_ordered *items, size_t n,
                     int (*compare)(const void *context, uint32_t a,
                                    uint32_t b),
                     const void *context)
{
    struct sorting s = {compare, context};
    struct nidx_ordered *room = NULL;
    size_t(*starts)[DIGITS] = NULL;

    if (n >= LEAST) {
        room = malloc(nidx_mul_size(n, sizeof(*room)));
        starts = calloc(PASSES, sizeof(*starts));
    }
    if (room && starts) {
        sort_prefixes(items, n, room, starts);
        sort_runs(items, n, &s);
    } else if (n > 1) {
        qsort_r(items, n, sizeof(*items), by_prefix, &s);
    }
    free(room);
    free(starts);
}
