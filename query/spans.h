/* spans.h: the span algebra of one document: what satisfies an operator.
 *
 * The value of a node under a positional operator is the set of all spans
 * [start, end) that satisfy it (nidx-query(7), "Spans"). This is the general
 * evaluator: it takes any operands and materialises sets, bounded by
 * NIDX_SPANS_MAX. Phrases of plain words have a path of their own (phrase.h),
 * equal by test.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_QUERY_SPANS_H
#define NIDX_QUERY_SPANS_H

#include "common/segment.h"
#include "query/exec.h"
#include "query/tree.h"

struct nidx_span {
    nidx_pos start, end;
};

/** Evaluates one expanded node in one segment. Owns its posting lists. */
struct nidx_spans;

/** node: any node; what has no spans (RANGE, ALL, KEYWORD) gives none. */
enum nidx_status nidx_spans_new(const struct nidx_node *node,
                                const struct nidx_segment *segment,
                                struct nidx_spans **out,
                                struct nidx_error *err);
void nidx_spans_free(struct nidx_spans *s);

/**
 * The spans of node in doc, sorted by start and then end, without doubles;
 * borrowed until the next call. Documents may come in any order, rising ones
 * are cheap. limited (may be NULL) is set where NIDX_SPANS_MAX was hit.
 */
enum nidx_status nidx_spans_of(struct nidx_spans *s, nidx_docid doc,
                               const struct nidx_span **spans, size_t *n,
                               bool *limited, struct nidx_error *err);

/**
 * The frequency of a positional node: spans that do not overlap, leftmost
 * first (of equal starts the shortest); a span that begins in the headline
 * (below title_end) counts weight, others 1.
 */
uint32_t nidx_spans_frequency(const struct nidx_span *spans, size_t n,
                              nidx_pos title_end, uint32_t weight);

/**
 * Every leaf occurrence that takes part in some span of node in doc, in order
 * of position (nidx_plan_matches is made of it). Appends to a malloc'ed array.
 */
enum nidx_status nidx_spans_matches(struct nidx_spans *s, nidx_docid doc,
                                    struct nidx_match **out, size_t *n,
                                    size_t *cap, struct nidx_error *err);

#endif
