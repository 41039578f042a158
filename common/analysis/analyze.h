/* analyze.h: text to tokens: the one chain of indexing, querying, passages.
 *
 * UTF-8 (bad bytes read as U+FFFD) -> words by UAX #29, tailored -> NFKC,
 * case folding, quotes unified -> stem of the accented form -> folding of
 * diacritics. What scraped articles need (run-on words, compounds, broken
 * lines, abbreviations) is decided here; the table is in nidx-query(7).
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_ANALYZE_H
#define NIDX_COMMON_ANALYZE_H

#include "common/analysis/vocab.h"

/** Forms that are no words: they mark ends and take no position. */
#define NIDX_FORM_SENTENCE  (UINT32_MAX - 1)
#define NIDX_FORM_PARAGRAPH (UINT32_MAX - 2)

enum nidx_token_flags {
    /** Analysis of the same text may begin at this token's start, at its
     * position, and gives the same tokens from here on. */
    NIDX_TOKEN_RESTART = 1,
    /** Only indexed, not asked for: a part of a run-on word and the like. */
    NIDX_TOKEN_INDEX_ONLY = 2,
    /** The word was longer than NIDX_TOKEN_MAX and was cut. */
    NIDX_TOKEN_CUT = 4
};

/**
 * A token of the graph: an edge from position pos to pos + len. Tokens come
 * in rising pos. For SENTENCE and PARAGRAPH len is 0 and pos the position of
 * the next word; the byte range is empty, at the end.
 */
struct nidx_token {
    uint32_t form; /**< id in the vocabulary */
    uint32_t pos;
    uint32_t start, end; /**< bytes of the text: precisely what is lit */
    uint16_t len;
    uint16_t flags;
};

enum nidx_analysis_mode {
    NIDX_ANALYZE_INDEX,
    /** Without INDEX_ONLY tokens; spellings that a query asks for (`US` asks
     * for U.S. as well) are further tokens at the same position. */
    NIDX_ANALYZE_QUERY
};

struct nidx_analyzer;

/** Tokens name forms of v (borrowed), which grows as new words come. */
enum nidx_status nidx_analyzer_new(struct nidx_vocab *v,
                                   struct nidx_analyzer **out,
                                   struct nidx_error *err);
void nidx_analyzer_free(struct nidx_analyzer *a);
/** The vocabulary was cleared: forget the ids that were cached. */
void nidx_analyzer_clear(struct nidx_analyzer *a);

/**
 * Begins a text (borrowed until the next begin): a field of a document, or a
 * piece of it from a restart point. The first word gets position pos.
 */
void nidx_analyzer_begin(struct nidx_analyzer *a, const char *text, size_t len,
                         nidx_language language, enum nidx_analysis_mode mode,
                         uint32_t pos);

/**
 * The next tokens into out, at most cap (at least 64); 0 at the end. The end
 * of the text ends a sentence and a paragraph, where there were words. When
 * memory is out it returns 0 and nidx_analyzer_status says so.
 */
size_t nidx_analyzer_next(struct nidx_analyzer *a, struct nidx_token *out,
                          size_t cap);
enum nidx_status nidx_analyzer_status(const struct nidx_analyzer *a);

/** The position behind the last word so far. */
uint32_t nidx_analyzer_pos(const struct nidx_analyzer *a);
/** Bad bytes met since begin. */
uint64_t nidx_analyzer_bad_bytes(const struct nidx_analyzer *a);

/**
 * Whether two neighbouring words are also written as one ("bi partisan",
 * "week long"), and then that word in out.
 */
bool nidx_analyze_joins(const char *a, size_t a_len, const char *b,
                        size_t b_len, struct nidx_buf *out);

/**
 * Normalises as forms are (NFKC, case, quotes), and with fold also the
 * diacritics: for wildcard patterns and keywords. Appends to out.
 */
void nidx_analyze_normalise(const char *text, size_t len, bool fold,
                            struct nidx_buf *out);

/** Name and versions of the chain (stemmer, Unicode, rules): an index made
 * by another chain is refused for writing, and noted for reading. */
const char *nidx_analyze_fingerprint(void);

#endif
