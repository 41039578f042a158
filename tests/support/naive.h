/* naive.h: the obvious evaluator: every document, every span, every score.
 *
 * Written from ARCHITECTURE.md ("Scores", "Spans") and query/spans/spans.h, and
 * from nothing that the engine does: it shares no code with query/. Whatever
 * the engine answers is compared with it, scores to the last bit.
 * Memory that runs out ends the test.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_TESTS_NAIVE_H
#define NIDX_TESTS_NAIVE_H

#include <stdbool.h>

#include "query/parse/tree.h"

struct naive_token {
    char term[8], form[8];
    uint32_t pos; /**< body: behind the headline and its gap */
    uint16_t len;
};

struct naive_field {
    struct naive_token *tokens; /**< in order of position */
    uint32_t n;
    uint32_t length; /**< what its column says */
    /** Positions where sentences and paragraphs end, rising. */
    uint32_t *ends[2], n_ends[2];
};

struct naive_doc {
    char key[16];
    bool deleted;
    struct naive_field title, body, author;
    char source[8]; /**< keyword */
    uint64_t date;  /**< raw column */
};

struct naive_index {
    struct naive_doc *docs;
    uint32_t n;
    uint32_t title_weight; /**< W; 1 for a plain ranking */
    float k1, b;
};

/** Occurrences, of all leaves, that an evaluation tells apart. */
#define NAIVE_PARTS 256
/** Children of an operator. */
#define NAIVE_OPERANDS 8
/** Where the author's positions begin in spans. */
#define NAIVE_AUTHOR (1u << 30)

struct naive_span {
    uint32_t start, end;
};

/** An occurrence of a leaf that helps to make a span. */
struct naive_part {
    uint32_t leaf;
    struct naive_span span;
    size_t of; /**< index of the span that it makes */
};

struct naive_spans {
    struct naive_span *items; /**< sorted, without doubles */
    size_t n;
    struct naive_part *parts; /**< rising by of */
    size_t n_parts;
    bool whole; /**< all parts could be told apart */
};

/** All spans of a node in a document. */
struct naive_spans naive_spans(const struct naive_doc *doc,
                               const struct nidx_node *node);
void naive_spans_done(struct naive_spans *s);

bool naive_matches(const struct naive_doc *doc, const struct nidx_node *node);

/** Adds the parts of everything that matches in a document; out is zero but
 * for whole, which is true. */
void naive_parts(const struct naive_doc *doc, const struct nidx_node *node,
                 struct naive_spans *out);

/** A tree that is asked of an index: statistics are taken once. */
struct naive_query;
/** Borrows both. */
struct naive_query *naive_query_new(const struct naive_index *ix,
                                    const struct nidx_node *root);
void naive_query_free(struct naive_query *q);

/** The score of the tree in a document; 0 where it does not match or where
 * nothing in it scores. */
uint64_t naive_score(const struct naive_query *q, const struct naive_doc *doc);

struct naive_hit {
    uint64_t score;
    uint32_t doc;
};
/** All live documents that match, best first; returns how many. hits has room
 * for all documents. */
uint32_t naive_rank(const struct naive_query *q, struct naive_hit *hits);

#endif
