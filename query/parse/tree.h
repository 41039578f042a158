/* tree.h: a query as a tree, before and after its words are expanded.
 *
 * The parser makes it from text and knows no index. Expansion (expand.h) turns
 * what depends on an index (words, patterns, the words of a PHRASE) into
 * LEAF nodes, OR-ed paths and constants. Executors take the expanded tree.
 * Nodes live in an arena of the tree and die with it.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_QUERY_TREE_H
#define NIDX_QUERY_TREE_H

#include "common/base/arena.h"
#include "common/base/bytes.h"
#include "common/segment/format.h"
#include "common/base/status.h"

enum nidx_node_type {
    NIDX_NODE_NONE = 0, /**< no document */
    NIDX_NODE_ALL,      /**< every document; scores 0 */
    NIDX_NODE_WORD,     /**< text as typed: one or several tokens */
    NIDX_NODE_PREFIX,   /**< text: normalised and folded, without its star */
    NIDX_NODE_EXACT,    /**< text: a form, normalised, accents kept */
    NIDX_NODE_WILDCARD, /**< text: with * and ? anywhere */
    NIDX_NODE_FUZZY,    /**< text: a word; distance: edits */
    NIDX_NODE_REGEX,    /**< text: what stands between the slashes */
    NIDX_NODE_LEAF,     /**< expanded: alternatives of one word, one score */
    NIDX_NODE_KEYWORD,  /**< text: exact term of a keyword field; scores 0 */
    NIDX_NODE_RANGE,    /**< column in [lo, hi]; scores 0 */
    NIDX_NODE_BOOL,     /**< children with occur */
    NIDX_NODE_PHRASE,   /**< children in order, adjacent up to slop */
    NIDX_NODE_NEAR,     /**< two children, any order, distance */
    NIDX_NODE_BEFORE,   /**< two children, in order, distance */
    NIDX_NODE_SENTENCE, /**< two children, any order, in one sentence */
    NIDX_NODE_PARAGRAPH /**< two children, any order, in one paragraph */
};

/** How a child of BOOL takes part. */
enum nidx_occur {
    NIDX_MUST = 0,
    NIDX_SHOULD = 1, /**< where no child is MUST, at least one must match */
    NIDX_MUST_NOT = 2
};

/**
 * An alternative of a leaf. Without forms every occurrence of the term counts,
 * with forms only those whose form is one of them. len: how many places of a
 * phrase it fills is decided by the tree's paths, not here.
 */
struct nidx_leaf_term {
    uint8_t kind;           /**< enum nidx_term_kind: WORD in trees */
    struct nidx_bytes text; /**< the term */
    uint32_t n_forms;
    struct nidx_bytes *forms; /**< exact forms; NULL: any */
};

struct nidx_node {
    enum nidx_node_type type;
    enum nidx_occur occur; /**< within a BOOL parent */
    uint8_t field;         /**< enum nidx_field; of leaves and words */
    float boost;           /**< product along the path is applied by plans */
    uint32_t start, end;   /**< bytes of the query text it was read from */
    struct nidx_bytes text;

    uint32_t distance; /**< NEAR/BEFORE: n; PHRASE: slop; FUZZY: edits */
    uint8_t column;    /**< RANGE: enum nidx_column_id */
    uint64_t lo, hi;   /**< RANGE: raw column values, both included */

    bool loose;       /**< WORD: one of the words of which any may match;
                                so may its parts (two-dimensional) */
    uint32_t leaf;    /**< LEAF: its number, from 0 in preorder of the
                                whole tree; expansion sets it at its end */
    uint32_t n_terms; /**< LEAF */
    struct nidx_leaf_term *terms;

    uint32_t n_children;
    struct nidx_node **children;
};

/** What was read differently from what stands there. */
struct nidx_note {
    uint32_t start, end; /**< bytes of the query text */
    const char *text;    /**< a sentence; in the arena */
};

struct nidx_tree {
    struct nidx_arena *arena;
    struct nidx_node *root;
    struct nidx_bytes query; /**< a copy of the text */
    uint32_t n_notes, cap_notes;
    struct nidx_note *notes;
};
void nidx_tree_done(struct nidx_tree *t);
enum nidx_status nidx_tree_note(struct nidx_tree *t, uint32_t start,
                                uint32_t end, struct nidx_error *err,
                                const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/** The tree in the query language: parses again to an equal tree. */
void nidx_tree_print(const struct nidx_node *root, struct nidx_buf *out);

#endif
