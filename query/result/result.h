/* result.h: what a search found, and what it keeps to show it.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_QUERY_RESULT_H
#define NIDX_QUERY_RESULT_H

#include "common/analysis/analyze.h"
#include "query/plan/exec.h"
#include "query/result/snapshot.h"
#include "query/parse/tree.h"

struct nidx_query {
    struct nidx_tree tree;
    struct nidx_buf text; /**< as understood */
};

/** A range of bytes. */
struct nidx_range {
    size_t start, end;
};

struct nidx_passage {
    struct nidx_buf text;
    uint64_t start; /**< byte in the body */
    struct nidx_range *lit;
    size_t n_lit;
    int cut;
};

/** A stored value that was asked for. */
struct nidx_fetched {
    struct nidx_fetched *next;
    uint8_t field;
    size_t nth;
    struct nidx_buf value;
};

struct nidx_result_hit {
    uint32_t segment;
    nidx_docid doc;
    nidx_score score;
    struct nidx_buf key;
    bool has_date;
    int64_t date;
    bool has_record;
    struct nidx_record record;
    struct nidx_fetched *fetched;
    struct nidx_buf explanation;
    struct nidx_buf why, similar;
    struct nidx_passage *passages;
    size_t n_passages;
    struct nidx_range *title_lit;
    size_t n_title_lit;
};

struct nidx_result {
    struct nidx_commit_view *commit;
    struct nidx_query *own_query;    /**< of nidx_search_text */
    struct nidx_tree tree;           /**< expanded, as it ran */
    struct nidx_plan *plan;          /**< NULL: nothing was run */
    const struct nidx_node **leaves; /**< by number */
    size_t n_leaves;
    struct nidx_buf text;
    char **notes;
    size_t n_notes, cap_notes;
    uint64_t total;
    bool nearest;
    struct nidx_result_hit *hits;
    size_t n_hits;
    struct nidx_text_cache cache;
    struct nidx_vocab *vocab; /**< made when a passage is asked for */
    struct nidx_analyzer *analyzer;
};

/** Adds a note unless it stands there already. */
enum nidx_status nidx_result_add_note(struct nidx_result *r,
                                      struct nidx_error *err,
                                      const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/** Collects the leaves of r->tree by number. */
enum nidx_status nidx_result_index_leaves(struct nidx_result *r,
                                          struct nidx_error *err);
/** Opens the stored record of hit i, once. */
enum nidx_status nidx_result_record(struct nidx_result *r, size_t i,
                                    struct nidx_error *err);
/** Fills key and date of a hit whose segment and doc are set. */
enum nidx_status nidx_result_fill_hit(struct nidx_result *r, size_t i,
                                      struct nidx_error *err);
const struct nidx_segment *nidx_result_segment(const struct nidx_result *r,
                                               size_t i);

/** The column's date; false where the document has none. */
enum nidx_status nidx_result_date(const struct nidx_segment *s, nidx_docid doc,
                                  bool *has, int64_t *date,
                                  struct nidx_error *err);
/** What a search is made of, for those who run plans in ways of their own: a
 * result with an expanded tree, its notes and its plan, but no hits. */
enum nidx_status nidx_result_prepare(struct nidx_snapshot *s,
                                     const struct nidx_query *q,
                                     const struct nidx_search_options *options,
                                     struct nidx_result **out,
                                     struct nidx_error *err);
/** The live document of a key, as the one hit of r. NOTFOUND. */
enum nidx_status nidx_result_take_key(struct nidx_result *r,
                                      struct nidx_bytes key,
                                      struct nidx_error *err);
/** The k newest (or oldest) matches, best first, and their number. */
enum nidx_status nidx_plan_by_date(struct nidx_plan *p, bool oldest, size_t k,
                                   struct nidx_hit *hits, size_t *n,
                                   uint64_t *total, struct nidx_error *err);

/* ------------------------------------------------------------ nearest.c */

/**
 * Nothing matches tree: says in r's notes which words no document has
 * together, and puts the tree of the nearest documents in its place (those
 * that match the most clauses). changed is false where there is none.
 */
enum nidx_status nidx_result_nearest(struct nidx_result *r,
                                     const struct nidx_exec_options *options,
                                     bool *changed, struct nidx_error *err);

/* ------------------------------------------------------------ window.c */

/** A piece of a text, analysed. */
struct nidx_window {
    struct nidx_buf text;      /**< the bytes from start on */
    uint64_t start;            /**< byte in the field */
    bool at_begin, at_end;     /**< whether it reaches the field's ends */
    nidx_language language;    /**< in which its words were stemmed */
    struct nidx_token *tokens; /**< byte ranges are of text */
    size_t n_tokens, cap_tokens;
};
void nidx_window_done(struct nidx_window *w);
/** The piece of hit i's body that holds the positions [from, to]. */
enum nidx_status nidx_window_body(struct nidx_result *r, size_t i,
                                  nidx_pos from, nidx_pos to,
                                  struct nidx_window *w,
                                  struct nidx_error *err);
/** The headline of hit i. */
enum nidx_status nidx_window_title(struct nidx_result *r, size_t i,
                                   struct nidx_window *w,
                                   struct nidx_error *err);
/**
 * The byte ranges of matches within w, merged and sorted; malloc'ed.
 */
enum nidx_status nidx_window_lit(const struct nidx_result *r,
                                 const struct nidx_window *w,
                                 const struct nidx_match *matches, size_t n,
                                 struct nidx_range **lit, size_t *n_lit,
                                 struct nidx_error *err);

#endif
