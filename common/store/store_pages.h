/* store_pages.h: LMDB's pages read with every step checked.
 *
 * LMDB trusts its pages; a flipped bit in one crashes it. Reading therefore
 * never asks LMDB to walk anything: an LMDB read transaction protects the
 * snapshot, and this walker reads the mapped pages of the data file itself.
 * The layout is that of LMDB 0.9, data version 1, 64-bit, little-endian:
 *
 *   page    u64 number, u16 zero, u16 flags, then lower and upper u16 (tree)
 *           or u32 number of pages (overflow); then lower.. u16 offsets
 *   node    u16 lo, u16 hi, u16 flags, u16 key size, key, then in leaves
 *           the value (size lo | hi << 16) or the u64 number of its first
 *           overflow page; in branches the child is lo | hi << 16 | flags << 32
 *   meta    (in pages 0 and 1) u32 magic, u32 version, u64 address, u64 map
 *           size, two trees (free list, main), u64 last page, u64 commit
 *   tree    u32 page size (free list's only), u16 flags, u16 depth,
 *           u64 branch, leaf, overflow pages, u64 entries, u64 root
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_STORE_PAGES_H
#define NIDX_COMMON_STORE_PAGES_H

#include "common/base/bytes.h"

#define NIDX_PAGE_HEADER 16
#define NIDX_META_SIZE   152
#define NIDX_NO_PAGE     UINT64_MAX

/** More levels than 2^48 pages with two children each can need. */
#define NIDX_TREE_DEPTH 48

/** What a meta page says of a tree. */
struct nidx_tree_meta {
    uint16_t flags, depth;
    uint64_t n_branch, n_leaf, n_overflow, n_entries, root;
};

struct nidx_meta {
    uint32_t page_size;
    uint64_t last_page, commit;
    struct nidx_tree_meta free, main;
};

/** What a file's first bytes are. */
enum nidx_meta_state {
    NIDX_META_FINE,
    NIDX_META_FOREIGN, /**< no LMDB file */
    NIDX_META_VERSION, /**< LMDB of another format */
    NIDX_META_DAMAGED
};

/** Takes apart the NIDX_META_SIZE bytes of meta page slot (0 or 1); out is
 * filled where it is fine or damaged. */
enum nidx_meta_state nidx_meta_parse(const uint8_t *page, unsigned slot,
                                     struct nidx_meta *out);

/** A tree of a snapshot over mapped pages; page_end is the first page behind
 * the last one that may be read. */
struct nidx_tree {
    const uint8_t *base;
    uint64_t page_end;
    uint32_t page_size;
    bool numbers; /**< keys are host u64 (the free list), not bytes */
    struct nidx_tree_meta meta;
};

/** A key and its value, as they stand in a leaf. */
struct nidx_entry {
    struct nidx_bytes key, value;
    uint64_t page;    /**< first overflow page, or 0: within the leaf */
    uint64_t n_pages; /**< of the overflow */
};

/**
 * A position in a tree. Zero-initialise it and set tree; bad names what is
 * wrong with page bad_page, and ends the walk. visit (may be NULL) is called
 * for each tree page that is entered, and false from it is damage as well;
 * with it, pages are looked at as closely as LMDB needs before it writes.
 */
struct nidx_walk {
    const struct nidx_tree *tree;
    bool (*visit)(void *context, uint64_t page, bool leaf);
    void *context;
    bool lazy; /**< do not look at the headers of overflow pages */
    const char *bad;
    uint64_t bad_page;
    unsigned n; /**< levels entered */
    struct {
        const uint8_t *page;
        uint32_t n, i;
    } level[NIDX_TREE_DEPTH];
};

/** Stands on the first key not below key; false at the end or when bad. */
bool nidx_walk_seek(struct nidx_walk *w, struct nidx_bytes key);
/** Stands on the first key of all. */
bool nidx_walk_first(struct nidx_walk *w);
bool nidx_walk_next(struct nidx_walk *w);
/** The entry it stands on; false when bad. */
bool nidx_walk_entry(struct nidx_walk *w, struct nidx_entry *out);

#endif
