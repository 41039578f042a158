/* corpus.h: random articles of one-letter words, as documents of the naive
 * evaluator and as an index file.
 *
 * Few different words in short documents make every operator meet its corner
 * cases: repeats, overlaps, equal scores. Words have several forms, some stand
 * at one position (run-on words), some span two (compounds).
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_TESTS_CORPUS_H
#define NIDX_TESTS_CORPUS_H

#include "tests/support/naive.h"

/** Random numbers: the same for the same seed everywhere (splitmix64). */
struct rng {
    uint64_t state;
};
uint64_t rng_next(struct rng *r);
/** From 0 to n - 1. */
uint32_t rng_below(struct rng *r, uint32_t n);
/** True in so many of 100 cases. */
bool rng_percent(struct rng *r, uint32_t percent);

struct corpus_options {
    uint64_t seed;
    uint32_t n_docs;
    uint32_t n_segments; /**< documents are dealt out at random */
    uint32_t deleted;    /**< per cent */
    uint32_t n_words;    /**< different words, at most 20 */
    bool steep;          /**< most of them are rare */
    uint32_t length;     /**< of a body, at most */
    uint32_t title_weight;
};

struct corpus {
    struct corpus_options options;
    struct naive_index naive;
    uint32_t *segment_of; /**< of each document */
    uint32_t *number_in;  /**< its number in its segment */
};

/** Ends the test when memory is out. */
struct corpus *corpus_new(const struct corpus_options *options);
void corpus_free(struct corpus *c);

/** Bytes of address space for an index of it: little, so that many may be
 * opened one after another under valgrind. */
#define CORPUS_MAP (UINT64_C(1) << 28)

/** Writes the corpus to a new index file; failures fail the test. */
void corpus_write(const struct corpus *c, const char *path);

/** A random tree, expanded and numbered, of at most depth levels. */
struct nidx_node *corpus_tree(struct nidx_arena *arena, struct rng *r,
                              uint32_t n_words, uint32_t depth);
/** A leaf alone. */
struct nidx_node *corpus_leaf(struct nidx_arena *arena, struct rng *r,
                              uint32_t n_words);
/** One whose root is a phrase, NEAR or BEFORE. */
struct nidx_node *corpus_operator(struct nidx_arena *arena, struct rng *r,
                                  uint32_t n_words, uint32_t depth);
/** Prints a tree for people, for the message of a failed test. */
void corpus_show(const struct nidx_node *node);

#endif
