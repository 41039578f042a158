/* store_pages.c: LMDB's pages read with every step checked.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/store/store_pages.h"

#define META_MAGIC   0xBEEFC0DEu
#define META_VERSION 1

#define PAGE_BRANCH   0x01
#define PAGE_LEAF     0x02
#define PAGE_OVERFLOW 0x04
#define PAGE_META     0x08

#define NODE_HEADER   8
#define NODE_OVERFLOW 0x01

/* Flags of a tree as they are stored: those of the free list also hold
 * LMDB's MDB_NOSUBDIR. */
#define TREE_INTEGERKEY 0x08
#define TREE_NOSUBDIR   0x4000

static void parse_tree(const uint8_t *p, struct nidx_tree_meta *out)
{
    out->flags = nidx_load16(p + 4);
    out->depth = nidx_load16(p + 6);
    out->n_branch = nidx_load64(p + 8);
    out->n_leaf = nidx_load64(p + 16);
    out->n_overflow = nidx_load64(p + 24);
    out->n_entries = nidx_load64(p + 32);
    out->root = nidx_load64(p + 40);
}

static bool tree_is_sane(const struct nidx_tree_meta *t, uint64_t last_page)
{
    if (t->root == NIDX_NO_PAGE)
        return t->depth == 0 && t->n_entries == 0;
    return t->root >= 2 && t->root <= last_page && t->depth >= 1 &&
           t->depth <= NIDX_TREE_DEPTH;
}

enum nidx_meta_state nidx_meta_parse(const uint8_t *page, unsigned slot,
                                     struct nidx_meta *out)
{
    const uint8_t *p = page + NIDX_PAGE_HEADER;

    if (nidx_load32(p) != META_MAGIC)
        return NIDX_META_FOREIGN;
    if (nidx_load32(p + 4) != META_VERSION)
        return NIDX_META_VERSION;
    struct nidx_meta m = {.page_size = nidx_load32(p + 24),
                          .last_page = nidx_load64(p + 120),
                          .commit = nidx_load64(p + 128)};
    parse_tree(p + 24, &m.free);
    parse_tree(p + 72, &m.main);

    bool fine = nidx_load16(page + 10) == PAGE_META;
    fine = fine && nidx_load64(page) == slot;
    fine = fine && m.page_size >= 512 && m.page_size <= 32768 &&
           (m.page_size & (m.page_size - 1)) == 0;
    fine = fine && m.last_page >= 1 && m.last_page < UINT64_C(1) << 47;
    fine = fine && (m.commit == 0 || (m.commit & 1) == slot);
    fine = fine && (m.free.flags & ~TREE_NOSUBDIR) == TREE_INTEGERKEY;
    fine = fine && m.main.flags == 0;
    fine = fine && tree_is_sane(&m.free, m.last_page) &&
           tree_is_sane(&m.main, m.last_page);
    *out = m;
    return fine ? NIDX_META_FINE : NIDX_META_DAMAGED;
}

static bool set_bad(struct nidx_walk *w, uint64_t page, const char *why)
{
    w->bad = why;
    w->bad_page = page;
    w->n = 0;
    return false;
}

static uint64_t page_number(const struct nidx_walk *w, const uint8_t *page)
{
    return (uint64_t)(page - w->tree->base) / w->tree->page_size;
}

/* A node of a page that enter has checked, or NULL and bad. */
static const uint8_t *node_at(struct nidx_walk *w, const uint8_t *page,
                              uint32_t i)
{
    uint32_t size = w->tree->page_size;
    uint32_t at = nidx_load16(page + NIDX_PAGE_HEADER + 2 * (size_t)i);

    if (at < nidx_load16(page + 14) || at + NODE_HEADER > size ||
        at + NODE_HEADER + nidx_load16(page + at + 6) > size) {
        set_bad(w, page_number(w, page), "a node lies outside its page");
        return NULL;
    }
    return page + at;
}

static struct nidx_bytes node_key(const uint8_t *node)
{
    return (struct nidx_bytes){node + NODE_HEADER, nidx_load16(node + 6)};
}

/* LMDB moves nodes about by their sizes: they must add up to what the page
 * says is in use, and begin at even offsets. */
static bool nodes_fill(struct nidx_walk *w, const uint8_t *page, uint32_t n,
                       bool leaf)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < n; i++) {
        const uint8_t *node = node_at(w, page, i);
        if (!node || (node - page) % 2 != 0)
            return false;
        uint64_t size = NODE_HEADER + (uint64_t)nidx_load16(node + 6);
        if (leaf && (nidx_load16(node + 4) & NODE_OVERFLOW))
            size += 8;
        else if (leaf)
            size += nidx_load16(node) | (uint64_t)nidx_load16(node + 2) << 16;
        sum += (size + 1) & ~UINT64_C(1);
    }
    return sum == w->tree->page_size - nidx_load16(page + 14);
}

/* Enters a page of the tree: one more level. */
static bool enter(struct nidx_walk *w, uint64_t number)
{
    const struct nidx_tree *t = w->tree;

    if (number < 2 || number >= t->page_end)
        return set_bad(w, number, "a tree leads outside the file");
    const uint8_t *page = t->base + number * t->page_size;
    bool leaf = w->n + 1 == t->meta.depth;
    uint32_t lower = nidx_load16(page + 12), upper = nidx_load16(page + 14);
    if (nidx_load64(page) != number)
        return set_bad(w, number, "a page has another page's number");
    if (nidx_load16(page + 10) != (leaf ? PAGE_LEAF : PAGE_BRANCH))
        return set_bad(w, number, "a page is not of the kind expected");
    if (lower <= NIDX_PAGE_HEADER || (lower & 1) || lower > upper ||
        upper > t->page_size)
        return set_bad(w, number, "a page's bounds are wrong");
    if (w->visit && !w->visit(w->context, number, leaf))
        return set_bad(w, number, "a page is used twice");
    if (w->visit && !nodes_fill(w, page, (lower - NIDX_PAGE_HEADER) / 2, leaf))
        return set_bad(w, number, "a page's nodes do not fill it");
    w->level[w->n].page = page;
    w->level[w->n].n = (lower - NIDX_PAGE_HEADER) / 2;
    w->level[w->n].i = 0;
    w->n++;
    return true;
}

static bool enter_child(struct nidx_walk *w)
{
    const uint8_t *node =
        node_at(w, w->level[w->n - 1].page, w->level[w->n - 1].i);

    if (!node)
        return false;
    uint64_t child = nidx_load16(node) | (uint64_t)nidx_load16(node + 2) << 16 |
                     (uint64_t)nidx_load16(node + 4) << 32;
    return enter(w, child);
}

static int compare(const struct nidx_tree *t, struct nidx_bytes a,
                   struct nidx_bytes b)
{
    if (!t->numbers || a.len != 8 || b.len != 8)
        return nidx_bytes_compare(a, b);
    uint64_t x = nidx_load64(a.data), y = nidx_load64(b.data);
    return (x > y) - (x < y);
}

/* Places the deepest level on the first node not below key in a leaf, on the
 * last node not above key in a branch, whose first key counts as lowest. */
static bool search_page(struct nidx_walk *w, struct nidx_bytes key)
{
    bool leaf = w->n == w->tree->meta.depth;
    uint32_t low = leaf ? 0 : 1, high = w->level[w->n - 1].n;

    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        const uint8_t *node = node_at(w, w->level[w->n - 1].page, mid);
        if (!node)
            return false;
        int order = compare(w->tree, node_key(node), key);
        if (order < 0 || (order == 0 && !leaf))
            low = mid + 1;
        else
            high = mid;
    }
    w->level[w->n - 1].i = leaf ? low : low - 1;
    return true;
}

static bool descend(struct nidx_walk *w, const struct nidx_bytes *key)
{
    for (;;) {
        if (key && !search_page(w, *key))
            return false;
        if (w->n == w->tree->meta.depth)
            return true;
        if (!enter_child(w))
            return false;
    }
}

static bool start(struct nidx_walk *w)
{
    w->n = 0;
    w->bad = NULL;
    if (w->tree->meta.root == NIDX_NO_PAGE)
        return false;
    if (w->tree->meta.depth > NIDX_TREE_DEPTH)
        return set_bad(w, w->tree->meta.root, "a tree is too deep");
    return enter(w, w->tree->meta.root);
}

bool nidx_walk_seek(struct nidx_walk *w, struct nidx_bytes key)
{
    if (!start(w) || !descend(w, &key))
        return false;
    if (w->level[w->n - 1].i < w->level[w->n - 1].n)
        return true;
    w->level[w->n - 1].i--;
    return nidx_walk_next(w);
}

bool nidx_walk_first(struct nidx_walk *w)
{
    return start(w) && descend(w, NULL);
}

bool nidx_walk_next(struct nidx_walk *w)
{
    while (w->n > 0 && ++w->level[w->n - 1].i >= w->level[w->n - 1].n)
        w->n--;
    if (w->n == 0)
        return false;
    if (w->n == w->tree->meta.depth)
        return true;
    return enter_child(w) && descend(w, NULL);
}

/* The value in overflow pages that a leaf's node names. */
static bool read_overflow(struct nidx_walk *w, uint64_t number, size_t size,
                          struct nidx_entry *out)
{
    const struct nidx_tree *t = w->tree;
    uint64_t n = (NIDX_PAGE_HEADER + size - 1) / t->page_size + 1;

    if (number < 2 || number >= t->page_end || t->page_end - number < n)
        return set_bad(w, number, "a value lies outside the file");
    const uint8_t *page = t->base + number * t->page_size;
    if (!w->lazy) {
        uint32_t stated = nidx_load32(page + 12);
        if (nidx_load64(page) != number ||
            nidx_load16(page + 10) != PAGE_OVERFLOW || stated < n ||
            t->page_end - number < stated)
            return set_bad(w, number, "the header of a value is wrong");
        n = stated;
    }
    out->page = number;
    out->n_pages = n;
    out->value = (struct nidx_bytes){page + NIDX_PAGE_HEADER, size};
    return true;
}

/* Whether searching for key would lead to where the walk stands. */
static bool leads_here(struct nidx_walk *w, struct nidx_bytes key)
{
    for (unsigned l = 0; l + 1 < w->n; l++) {
        uint32_t i = w->level[l].i;
        const uint8_t *low = node_at(w, w->level[l].page, i);
        if (!low || (i > 0 && compare(w->tree, node_key(low), key) > 0))
            return false;
        if (i + 1 == w->level[l].n)
            continue;
        const uint8_t *high = node_at(w, w->level[l].page, i + 1);
        if (!high || compare(w->tree, node_key(high), key) <= 0)
            return false;
    }
    return true;
}

bool nidx_walk_entry(struct nidx_walk *w, struct nidx_entry *out)
{
    if (w->n == 0)
        return false;
    const uint8_t *page = w->level[w->n - 1].page;
    const uint8_t *node = node_at(w, page, w->level[w->n - 1].i);
    if (!node)
        return false;
    out->key = node_key(node);
    if (w->visit && !leads_here(w, out->key))
        return set_bad(w, page_number(w, page),
                       "a key is not where its branches lead");
    size_t size = nidx_load16(node) | (size_t)nidx_load16(node + 2) << 16;
    const uint8_t *data = out->key.data + out->key.len;
    size_t left = (size_t)(page + w->tree->page_size - data);
    unsigned flags = nidx_load16(node + 4);

    if (flags == NODE_OVERFLOW && left >= 8)
        return read_overflow(w, nidx_load64(data), size, out);
    if (flags != 0 || size > left)
        return set_bad(w, page_number(w, page),
                       "a value lies outside its page");
    out->page = 0;
    out->n_pages = 0;
    out->value = (struct nidx_bytes){data, size};
    return true;
}
