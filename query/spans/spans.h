/* spans.h: the span algebra of one document: what satisfies an operator.
 *
 * The value of a node under a positional operator is the set of all spans
 * [start, end) that satisfy it. This is the general evaluator: it takes any
 * operands and materialises sets, bounded by NIDX_SPANS_MAX. Phrases of plain
 * words have a path of their own (phrase.h), equal by test.
 *
 * - LEAF: an occurrence at pos of length len is [pos, pos + len).
 * - NEAR/n: one span of each side, which do not overlap, with at most n - 1
 *   positions between them; in any order. From the first's start to the
 *   second's end. BEFORE/n: the left side's span comes first.
 * - SENTENCE, PARAGRAPH: one span of each side, which do not overlap, in any
 *   order, with no end of a sentence (paragraph) within the span of both: an
 *   end at p lies within [s, e) where s < p < e. A field outside of ALL is one
 *   sentence.
 * - PHRASE: one span [s, e) of each operand, the next begins where it ends.
 *   With slop, as Lucene's SloppyPhraseMatcher: from each span's start take
 *   the lengths of the chosen spans of the operands before it; the largest
 *   and the smallest of these numbers differ by at most slop, and the chosen
 *   spans do not overlap. So slop 1 lets one word stand between, and two words
 *   in the wrong order cost 2. From the least start to the greatest end.
 * - BOOL: MUST_NOT, RANGE, KEYWORD and ALL are left out. Where MUST children
 *   remain the BOOL is an AND of them (SHOULD is left out too), else an OR. OR
 *   is the union. AND distributes over operators: (a AND b) NEAR c is
 *   (a NEAR c) AND (b NEAR c), where c may be an OR. Of an OR that holds ANDs
 *   the sides without them are one set, and it distributes after the ANDs
 *   beside it; else the left operand goes first. At the top an AND holds where each side has a
 *   span, and then has those of all sides. Where distributing would make more
 *   than NIDX_SPANS_ATOMS alternatives, it is read as an OR, and limited says so.
 *
 * ALL, TITLE and BODY share a space of positions. AUTHOR and declared fields
 * have spaces of their own, moved up by multiples of NIDX_POS_MAX, so that no
 * span joins two. The gap of NIDX_FIELD_GAP between headline and body keeps
 * phrases from crossing it.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_QUERY_SPANS_H
#define NIDX_QUERY_SPANS_H

#include "common/segment/segment.h"
#include "query/plan/exec.h"
#include "query/parse/tree.h"

/** Alternatives that one operator may get by distributing AND. */
#define NIDX_SPANS_ATOMS 1024

/** Combinations that one operator tries in one document: without this bound a
 * sloppy phrase of frequent words could take for ever. */
#define NIDX_SPANS_WORK (16 * NIDX_SPANS_MAX)

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
 * are cheap. limited (may be NULL) is set to true where a limit was hit, and
 * then spans may be missing; else it is left alone.
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
 * Every leaf occurrence that takes part in some span of node in doc, once, in
 * order of position (nidx_plan_matches is made of it). Appends to a malloc'ed
 * array of n used and cap allocated elements. Occurrences of one span share
 * a group, so spans that share an occurrence do as well; groups are numbered
 * from 0 in each call. Positions are those of the field. A document where node
 * has no spans appends nothing.
 */
enum nidx_status nidx_spans_matches(struct nidx_spans *s, nidx_docid doc,
                                    struct nidx_match **out, size_t *n,
                                    size_t *cap, struct nidx_error *err);

#endif
