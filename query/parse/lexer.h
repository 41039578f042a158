/* lexer.h: query text to lexemes, one at a time.
 *
 * Any bytes are lexed; nothing is allocated, and a lexer is copied to look
 * ahead. nidx-query(7) has the rules.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_QUERY_LEXER_H
#define NIDX_QUERY_LEXER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum nidx_lexeme_type {
    NIDX_LEX_END = 0,
    NIDX_LEX_WORD,
    NIDX_LEX_PREFIX,   /**< lett*: text is without the star */
    NIDX_LEX_WILDCARD, /**< l?tter, *etter */
    NIDX_LEX_FUZZY,    /**< letter~ letter~2: text is without, number 1, 2 */
    NIDX_LEX_REGEX,    /**< /lett?er/: text is what the slashes hold */
    NIDX_LEX_RAW,      /**< the value behind a field of no text */
    NIDX_LEX_STAR,     /**< * alone */
    NIDX_LEX_PUNCT,    /**< neither letters nor digits */
    NIDX_LEX_PHRASE,   /**< text is what the quotes hold, number the slop */
    NIDX_LEX_QUOTE,    /**< a quotation mark without a partner */
    NIDX_LEX_OPEN,
    NIDX_LEX_CLOSE,
    NIDX_LEX_AND,
    NIDX_LEX_OR,
    NIDX_LEX_NOT,
    NIDX_LEX_PLUS,
    NIDX_LEX_MINUS,
    NIDX_LEX_NEAR, /**< number is the distance */
    NIDX_LEX_BEFORE,
    NIDX_LEX_SENTENCE,
    NIDX_LEX_PARAGRAPH,
    NIDX_LEX_FIELD, /**< title: of a declared field */
    NIDX_LEX_BOOST  /**< ^2: number is in thousandths */
};

/** Distance of NEAR and BEFORE without a number. */
#define NIDX_NEAR_DEFAULT 10
/** The largest number in a lexeme; larger ones are cut to it. */
#define NIDX_LEX_NUMBER_MAX 1000000000u

struct nidx_lexeme {
    enum nidx_lexeme_type type;
    uint32_t start, end;           /**< bytes of the query */
    uint32_t text_start, text_end; /**< what matters of them */
    uint32_t number;
    uint8_t field;   /**< FIELD: enum nidx_field */
    bool glued;      /**< no blank stands before it */
    bool exact;      /**< = stands before it (and is in start..end) */
    bool negative;   /**< BOOST: a minus stands before the number */
    bool unclosed;   /**< PHRASE: its end is the end of the text */
    bool bare_tilde; /**< PHRASE: ~ without a number */
    bool no_colon;   /**< FIELD: date>2018, date=2018 */
    bool unpaired;   /**< REGEX: a parenthesis in it has no partner */
};

/** What stood before: decides whether - and ( and " begin something. */
enum nidx_lex_before {
    NIDX_LEX_AFTER_BLANK = 0,
    NIDX_LEX_AFTER_OPEN,
    NIDX_LEX_AFTER_FIELD,
    NIDX_LEX_AFTER_SIGN,
    NIDX_LEX_AFTER_TEXT
};

struct nidx_lexer {
    const char *text; /**< borrowed */
    uint32_t at, end;
    uint32_t open; /**< parentheses that are open */
    enum nidx_lex_before before;
    bool quoted; /**< within quotes there are words and groups alone */
    bool raw;    /**< the next lexeme is the value of a field */
};

/** Lexes bytes start to end of text; quoted: what a PHRASE holds. */
void nidx_lexer_init(struct nidx_lexer *lx, const char *text, uint32_t start,
                     uint32_t end, bool quoted);
/** The next lexeme; END for ever behind the last. */
struct nidx_lexeme nidx_lexer_next(struct nidx_lexer *lx);

/** Whether some letter or digit (or what may be one) is among the bytes. */
bool nidx_lex_has_word(const char *text, uint32_t start, uint32_t end);

#endif
