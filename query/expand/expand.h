/* expand.h: a parsed tree and a catalog to an expanded tree.
 *
 * WORD: the text is analysed once for each language of the catalog (and NONE);
 * tokens at one position are the alternatives of one LEAF: the stems of all
 * languages, and the terms of every form with the same folded spelling. A word
 * of several tokens (bi-partisan, o'brien, 2018-08-08) becomes OR-ed paths:
 * each path a PHRASE of LEAFs. Words of a PHRASE are analysed together, so
 * that joined forms and compounds inside it work; wildcards, groups and other
 * sub-queries in it are children as they are.
 * PREFIX and EXACT: the forms of all segments; LEAF terms with forms, or
 * without where every form of the term matched; a bounded number, commonest
 * first, noted when it was hit.
 * Adjacent words under AND also try their joined form (nidx_analyze_joins).
 * An unknown word becomes a LEAF without terms (its df is 0).
 * Flattening: BOOL in BOOL of one kind, single children, NONE and ALL.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_QUERY_EXPAND_H
#define NIDX_QUERY_EXPAND_H

#include "common/segment/segment.h"
#include "query/parse/tree.h"

/** parsed is not changed; out is zero-initialised, gets notes of its own. */
enum nidx_status nidx_tree_expand(const struct nidx_tree *parsed,
                                  const struct nidx_catalog *catalog,
                                  struct nidx_tree *out,
                                  struct nidx_error *err);

/**
 * What expansions on one catalog (borrowed) share: an analyzer that is warm,
 * and cursors. Owned by the snapshot; one thread at a time.
 */
struct nidx_expander;
enum nidx_status nidx_expander_new(const struct nidx_catalog *catalog,
                                   struct nidx_expander **out,
                                   struct nidx_error *err);
void nidx_expander_free(struct nidx_expander *e);
/** nidx_tree_expand with what is there already. */
enum nidx_status nidx_expander_run(struct nidx_expander *e,
                                   const struct nidx_tree *parsed,
                                   struct nidx_tree *out,
                                   struct nidx_error *err);

#endif
