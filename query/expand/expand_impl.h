/* expand_impl.h: what the files of expansion share.
 *
 * expand.c walks the parsed tree, expand_word.c turns a text into leaves by
 * way of a graph of tokens, expand_forms.c asks the dictionaries, rewrite.c
 * simplifies what came out. Functions that make nodes return NULL where
 * nothing is left of a word, or where status is not NIDX_OK.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_QUERY_EXPAND_IMPL_H
#define NIDX_QUERY_EXPAND_IMPL_H

#include "common/analysis/analyze.h"
#include "common/base/limits.h"
#include "query/expand/dictwalk.h"
#include "query/expand/expand.h"
#include "query/expand/known.h"

struct nidx_expansion {
    const struct nidx_catalog *catalog;
    struct nidx_tree *tree; /**< what is made */
    struct nidx_error *err;
    enum nidx_status status;
    struct nidx_vocab *vocab;
    struct nidx_analyzer *analyzer;
    struct nidx_strtab_cursor *cursors; /**< one for each segment */
    struct nidx_known_words **known;    /**< words of earlier queries */
    struct nidx_buf key, scratch;
    uint32_t n_leaves;
    bool full; /**< a word was left out: there are too many */
    uint64_t n_expanded, n_visited; /**< forms, of all patterns */
};

/** Terms of a leaf on their way; arrays are malloc'ed, texts in the arena. */
struct nidx_terms {
    struct nidx_leaf_term *items;
    uint32_t n, cap;
};
void nidx_terms_done(struct nidx_terms *t);
/** Adds a term of a word unless it is there; copies text. NULL: no memory. */
struct nidx_leaf_term *nidx_terms_add(struct nidx_expansion *x,
                                      struct nidx_terms *t,
                                      struct nidx_bytes text);

/** Adds a term without looking whether it is there. */
struct nidx_leaf_term *nidx_terms_append(struct nidx_expansion *x,
                                         struct nidx_terms *t,
                                         struct nidx_bytes text);

/* ------------------------------------------------------- expand_walk.c */

/** Makes x->key of kind, field and text, and returns it. */
struct nidx_bytes nidx_dict_key(struct nidx_expansion *x, uint8_t kind,
                                uint8_t field, struct nidx_bytes text);
/** To the first key at or after the one in x->key; NULL where that failed. */
struct nidx_strtab_cursor *nidx_dict_seek(struct nidx_expansion *x,
                                          uint32_t segment);
void nidx_dict_next(struct nidx_expansion *x, struct nidx_strtab_cursor *c);
/** Whether it stands on a key that begins with x->key. */
bool nidx_dict_in_range(const struct nidx_expansion *x,
                        const struct nidx_strtab_cursor *c);
/** The text of a form's term, in x->scratch. */
struct nidx_bytes nidx_dict_term(struct nidx_expansion *x,
                                 const struct nidx_form_entry *e,
                                 const struct nidx_form_term *t);
/** The reader has read a form's value to its end. */
void nidx_dict_check(struct nidx_expansion *x, const struct nidx_reader *r);

/** Where the words of a field have their dictionary of forms. */
uint8_t nidx_expand_forms_field(uint8_t field);
/** Whether some segment has the term in the field's list. */
bool nidx_expand_is_known(struct nidx_expansion *x, uint8_t field,
                          struct nidx_bytes text);
/** A stem of a word, and the languages that give it. */
struct nidx_stem {
    struct nidx_bytes text; /**< in the arena */
    uint64_t languages;
};
/** Whether enough articles are of a language for its unseen stems to count. */
bool nidx_expand_is_present(const struct nidx_catalog *c, unsigned language);
/** Adds what a word of text stands for: the terms of the forms that are
 * spelt so, and stems that the index cannot have shown (expand_spelling.c).
 * Returns whether some article has a spelling: then stems in languages that
 * are not present played no part. */
bool nidx_expand_spellings(struct nidx_expansion *x, uint8_t field,
                           const struct nidx_bytes *folded, uint32_t n_folded,
                           const struct nidx_stem *stems, uint32_t n_stems,
                           struct nidx_terms *out);
/** Adds the terms of precisely one form, with that form where they have
 * others too. */
void nidx_expand_exact(struct nidx_expansion *x, uint8_t field,
                       struct nidx_bytes folded, struct nidx_bytes form,
                       struct nidx_terms *out);
/** Adds the terms of all forms whose folded spelling begins with prefix, or
 * of the commonest; limited says that there were more. */
void nidx_expand_prefix(struct nidx_expansion *x, uint8_t field,
                        struct nidx_bytes prefix, struct nidx_terms *out,
                        bool *limited);
/** The same for forms that an automaton accepts; unfinished says that some
 * were not looked at, because the pattern is too costly. */
void nidx_expand_matching(struct nidx_expansion *x, uint8_t field,
                          struct nidx_automaton *automaton,
                          struct nidx_terms *out, bool *limited,
                          bool *unfinished);
/** Calls found for each keyword of field that begins with prefix, until it
 * returns false. Keywords of several segments come several times. */
void nidx_expand_keywords(struct nidx_expansion *x, uint8_t field,
                          struct nidx_bytes prefix,
                          bool (*found)(void *context, struct nidx_bytes text),
                          void *context);

/** A growing list of nodes, malloc'ed. */
struct nidx_nodes {
    struct nidx_node **items;
    uint32_t n, cap;
};
void nidx_nodes_done(struct nidx_nodes *n);
void nidx_nodes_add(struct nidx_expansion *x, struct nidx_nodes *n,
                    struct nidx_node *node, enum nidx_occur occur);
/** A node of children, which are released; of: where its places come from. */
struct nidx_node *nidx_nodes_parent(struct nidx_expansion *x,
                                    enum nidx_node_type type,
                                    const struct nidx_node *of,
                                    struct nidx_nodes *children);
struct nidx_node *nidx_expand_node(struct nidx_expansion *x,
                                   enum nidx_node_type type,
                                   const struct nidx_node *of);
/** A leaf of terms, which are released; NULL where there are too many. */
struct nidx_node *nidx_expand_leaf(struct nidx_expansion *x,
                                   const struct nidx_node *of,
                                   struct nidx_bytes text,
                                   struct nidx_terms *terms);
/** Notes something about the text that of was read from. */
void nidx_expand_note(struct nidx_expansion *x, const struct nidx_node *of,
                      const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void nidx_expand_fail(struct nidx_expansion *x, enum nidx_status status);

/** Appends what text is, one node a position or compound: leaves, and OR-ed
 * paths where it can be read in several ways. */
void nidx_expand_text(struct nidx_expansion *x, const struct nidx_node *of,
                      struct nidx_bytes text, struct nidx_nodes *out);
/** The same as one node: a leaf, a phrase or OR-ed paths. */
struct nidx_node *nidx_expand_word(struct nidx_expansion *x,
                                   const struct nidx_node *of,
                                   struct nidx_bytes text);

/** Appends every way to read text, and every part of it, as leaves of which
 * any may match. */
void nidx_expand_loose(struct nidx_expansion *x, const struct nidx_node *of,
                       struct nidx_bytes text, struct nidx_nodes *out);

/** A WILDCARD, FUZZY or REGEX (expand_match.c). */
struct nidx_node *nidx_expand_pattern_node(struct nidx_expansion *x,
                                           const struct nidx_node *of);
/** The leaf of the words that begin with prefix. */
struct nidx_node *nidx_expand_prefix_leaf(struct nidx_expansion *x,
                                          const struct nidx_node *of,
                                          struct nidx_bytes prefix);
/** Whether the byte may be part of a word of a pattern. */
bool nidx_expand_is_word(uint8_t c);

/** A PREFIX of a text field: a leaf, or OR-ed ways to read it. */
struct nidx_node *nidx_expand_prefix_node(struct nidx_expansion *x,
                                          const struct nidx_node *of);
/** A KEYWORD, or a PREFIX of a keyword field. */
struct nidx_node *nidx_expand_keyword_node(struct nidx_expansion *x,
                                           const struct nidx_node *of);

/** Flattens and folds constants; the root may become NONE. */
struct nidx_node *nidx_rewrite(struct nidx_expansion *x,
                               struct nidx_node *node);

#endif
