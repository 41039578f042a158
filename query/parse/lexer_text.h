/* lexer_text.h: what the bytes of a query are, apart from any state.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_QUERY_LEXER_TEXT_H
#define NIDX_QUERY_LEXER_TEXT_H

#include <string.h>

#include "query/parse/lexer.h"

/** Bytes of the blank at `at` (Unicode's too, and control characters); 0. */
uint32_t nidx_lex_blank(const char *text, uint32_t at, uint32_t end);
/** Bytes of the double quotation mark at `at`, straight or curly; 0. */
uint32_t nidx_lex_quote(const char *text, uint32_t at, uint32_t end);
/** Bytes of the punctuation mark at `at`; 0 where it may be of a word. */
uint32_t nidx_lex_mark(const char *text, uint32_t at, uint32_t end);
/** Takes digits off at *at; cut to NIDX_LEX_NUMBER_MAX. */
uint32_t nidx_lex_number(const char *text, uint32_t *at, uint32_t end);
/** Whether c may stand in a boost's number. */
bool nidx_lex_of_number(char c);
/** A boost at t->start, with an end of chunk behind it: sets t->end, number
 * and negative. */
bool nidx_lex_boost(const char *text, uint32_t end, struct nidx_lexeme *t);
/** Whether t->start..end is an operator: sets type and number. */
bool nidx_lex_operator(const char *text, struct nidx_lexeme *t);
/** Whether the chunk holds scheme:// and so is text. */
bool nidx_lex_is_address(const char *text, uint32_t start, uint32_t end);
/** WORD, PREFIX, WILDCARD, FUZZY or REGEX: narrows t's text. */
enum nidx_lexeme_type nidx_lex_pattern(const char *text, struct nidx_lexeme *t);

#endif
