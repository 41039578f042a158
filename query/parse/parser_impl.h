/* parser_impl.h: what the files of the parser share.
 *
 * Parsing is recursive descent, one function a level of precedence. Functions
 * that read a node return NULL where there was none, or where status is not
 * NIDX_OK, which every loop tests through its lexeme: a failed parser sees the
 * end of the text and nothing else.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_QUERY_PARSER_IMPL_H
#define NIDX_QUERY_PARSER_IMPL_H

#include "common/base/limits.h"
#include "query/parse/lexer.h"
#include "query/parse/parser.h"

struct nidx_parser {
    struct nidx_tree *tree;
    struct nidx_parse_options options;
    struct nidx_error *err;
    enum nidx_status status;

    struct nidx_lexer lexer;
    struct nidx_lexeme now; /**< the lexeme to be read next */
    uint32_t last_end;      /**< end of the one read before */
    uint32_t depth;         /**< parentheses and quotes that are open */
    uint32_t n_open;        /**< parentheses within the text or the quotes */
    uint32_t n_flat;        /**< parentheses too deep, read as none */
    uint32_t n_words;
    uint32_t n_notes; /**< those left out as well */
    bool joined;      /**< the node just read was NEAR or the like */
    uint8_t field;    /**< where words are looked for */
    bool exact;       /**< within an exact phrase */
};

/** Children on their way into a node. */
struct nidx_children {
    struct nidx_node **items;
    uint32_t n, cap;
};
void nidx_children_done(struct nidx_children *c);
void nidx_children_add(struct nidx_parser *p, struct nidx_children *c,
                       struct nidx_node *node, enum nidx_occur occur);

/** Takes the next lexeme; what belongs to nothing is noted and passed over. */
void nidx_parser_advance(struct nidx_parser *p);
bool nidx_parser_starts_operand(const struct nidx_parser *p);
bool nidx_parser_is_near(enum nidx_lexeme_type type);

/** Memory is out. */
void nidx_parser_nomem(struct nidx_parser *p);
/** Notes what is read differently; the end of the parse when strict. In the
 * format, %s is the text between start and end, shortened. */
void nidx_parser_note(struct nidx_parser *p, uint32_t start, uint32_t end,
                      const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/** Bytes of the query for a note: borrowed from room. */
#define NIDX_SHOWN 64
const char *nidx_parser_show(const struct nidx_parser *p, uint32_t start,
                             uint32_t end, char room[NIDX_SHOWN]);

/** A new node that was read from start to end; NULL when memory is out. */
struct nidx_node *nidx_parser_node(struct nidx_parser *p,
                                   enum nidx_node_type type, uint32_t start,
                                   uint32_t end);
/** A node of children, which are released. */
struct nidx_node *nidx_parser_parent(struct nidx_parser *p,
                                     enum nidx_node_type type,
                                     struct nidx_children *children);
void nidx_parser_set_text(struct nidx_parser *p, struct nidx_node *node,
                          const void *text, size_t len);

/** OR level and what binds tighter, to a parenthesis or the end. */
struct nidx_node *nidx_parser_any(struct nidx_parser *p);
/** One operand: a word, a phrase, a group, with its field and boosts. */
struct nidx_node *nidx_parser_primary(struct nidx_parser *p);
/** Operands joined by NEAR, BEFORE and their like. */
struct nidx_node *nidx_parser_near(struct nidx_parser *p);
/** Within quotes: operands that stand side by side. */
struct nidx_node *nidx_parser_sequence(struct nidx_parser *p);
/** The lexeme PHRASE. */
struct nidx_node *nidx_parser_phrase(struct nidx_parser *p);
/** Bytes start to end as what quotes hold; the lexeme stays what it is. */
struct nidx_node *nidx_parser_quoted(struct nidx_parser *p, uint32_t start,
                                     uint32_t end);
/** A lexeme that is a word or a pattern. */
struct nidx_node *nidx_parser_word(struct nidx_parser *p);
/** The lexeme as a value of the parser's field of keywords, dates, numbers.
 * It is not passed over. */
struct nidx_node *nidx_parser_value(struct nidx_parser *p);

/** Whether a distance to every match of it can be measured. */
bool nidx_node_has_spans(const struct nidx_node *node);

#endif
