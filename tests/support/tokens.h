/* tokens.h: what the analyzer makes of a text, in words; and finding.
 *
 * A naive matcher: a query's tokens are a graph, each path of it a phrase; a
 * text is found where a path's terms are neighbours in the text's graph.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_TESTS_TOKENS_H
#define NIDX_TESTS_TOKENS_H

#include "common/analysis/analyze.h"

struct tokens {
    struct nidx_vocab *vocab; /**< borrowed */
    struct nidx_token *items;
    size_t n;
    uint32_t pos; /**< behind the last word */
    uint64_t bad_bytes;
};

/** The tokens of text from pos on; fails the test when memory is out. */
struct tokens tokens_of(struct nidx_vocab *v, const char *text, size_t len,
                        const char *language, enum nidx_analysis_mode mode,
                        uint32_t pos);
void tokens_free(struct tokens *t);

/** "rand@0 paulrandal@1 paul@1i bipartisan@2+2 .@4 ^@4": forms, positions,
 * lengths, i for index only, ! for cut; . and ^ for ends. */
const char *tokens_text(const struct tokens *t, struct nidx_buf *out);
/** The same of a text in English, into a buffer that the next call reuses. */
const char *tokens_in(const char *text, enum nidx_analysis_mode mode);

/** Where text holds the query's words as neighbours, as text's tokens; false
 * when nowhere. end is behind the first such span, start at its beginning. */
bool tokens_find(const char *text, const char *query, const char *language,
                 uint32_t *start, uint32_t *end);
/** Whether the exact form is among the tokens of an indexed text. */
bool tokens_have_form(const char *text, const char *form);

#endif
