/* analyze_impl.h: what the files of the analyzer share.
 *
 * Text is cut into chunks: words that stand together without a blank, linked
 * by single marks (analyze_chunk.c). A chunk is read as units, each of one
 * position, and gives tokens (analyze_unit.c, analyze_emit.c). Nothing is
 * remembered from one chunk to the next but whether a sentence has begun,
 * so every chunk's start is a restart point. Plain ASCII words take a shorter
 * way to the same tokens (analyze.c).
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_ANALYZE_IMPL_H
#define NIDX_COMMON_ANALYZE_IMPL_H

#include "common/analysis/analyze.h"
#include "common/analysis/surface.h"

/** Words of a chunk; a longer chain is cut, and its parts are neighbours. */
#define NIDX_CHUNK_WORDS 48

/** What joins a word to the next one of its chunk. */
enum nidx_link {
    NIDX_LINK_NONE,
    NIDX_LINK_APOSTROPHE,
    NIDX_LINK_DOT,
    NIDX_LINK_COMMA,
    NIDX_LINK_HYPHEN,
    NIDX_LINK_BREAK, /**< a hyphen at a line's end */
    NIDX_LINK_UNDER,
    NIDX_LINK_AT,
    NIDX_LINK_OTHER
};

/** A word of a chunk, and the link behind it. */
struct nidx_piece {
    const uint8_t *start, *end;
    enum nidx_link link;
    uint8_t n_chars;   /**< at most 4 */
    bool digits;       /**< nothing but ASCII digits */
    bool upper, lower; /**< its first letter is; its last letter is */
};

struct nidx_chunk {
    const uint8_t *sigil; /**< `@` or `#` before the first word, or NULL */
    const uint8_t *end;   /**< behind the last word and suffix */
    uint8_t suffix;       /**< bytes of `++` or `#` behind the last word */
    bool plain_dots;      /**< a URL or an address: dots abbreviate nothing */
    bool cut;             /**< it went on */
    unsigned n;
    struct nidx_piece pieces[NIDX_CHUNK_WORDS];
};

/** Reads the chunk at p, where a word or sigil begins that is not CJK. */
void nidx_chunk_scan(const uint8_t *p, const uint8_t *end,
                     struct nidx_chunk *c);
/** Whether what stands at q, behind a word, may link it to more. Never false
 * where it does. */
bool nidx_chunk_may_link(const uint8_t *q, const uint8_t *end);

enum nidx_unit_kind {
    NIDX_UNIT_WORD,
    NIDX_UNIT_APOSTROPHE,  /**< o'brien, l'eau, don't */
    NIDX_UNIT_NUMBER,      /**< 1,000,000 and 3.5 */
    NIDX_UNIT_ABBREVIATION /**< u.s. and ph.d. */
};

/** Words of a chunk that take one position together. */
struct nidx_unit {
    enum nidx_unit_kind kind;
    unsigned first, n; /**< pieces */
    bool possessive;   /**< the last of them is an `s` to be dropped */
    bool grouped;      /**< a number with thousands separated */
};

/** The unit that begins at piece first. */
struct nidx_unit nidx_unit_at(const struct nidx_chunk *c, unsigned first);

struct nidx_pending {
    struct nidx_token *items;
    size_t n, cap, next;
};

struct nidx_analyzer {
    struct nidx_vocab *vocab;
    const uint8_t *text, *p, *end;
    /** The last word: what a dot behind it means depends on it. */
    const uint8_t *word, *word_end;
    nidx_language language;
    bool turkish, romance; /**< of that language */
    enum nidx_analysis_mode mode;
    uint32_t pos;
    bool in_sentence, in_paragraph; /**< a word came since the last end */
    enum nidx_status status;
    uint64_t bad_bytes;
    struct nidx_surfaces surfaces;
    struct nidx_pending pending;
    struct nidx_buf form; /**< of the token that is being made */
};

/** Appends a token, unless the mode has no use for it. */
void nidx_emit(struct nidx_analyzer *a, uint32_t form, uint32_t pos,
               unsigned len, const uint8_t *start, const uint8_t *end,
               unsigned flags);
/** Interns a->form (cut, and flagged so, where it is too long) and appends. */
void nidx_emit_form(struct nidx_analyzer *a, uint32_t pos, unsigned len,
                    const uint8_t *start, const uint8_t *end, unsigned flags);
/** The surface p[0, len) as a word: from the cache, or made. */
struct nidx_surface nidx_emit_lookup(struct nidx_analyzer *a, const uint8_t *p,
                                     size_t len);
/** A word and what else it is at its position: parts of run-ons and so on. */
void nidx_emit_word(struct nidx_analyzer *a, const uint8_t *start,
                    const uint8_t *end, uint32_t pos, unsigned flags);
/** All tokens of a chunk; moves a->pos and a->p. */
void nidx_emit_chunk(struct nidx_analyzer *a, const struct nidx_chunk *c);
void nidx_emit_unit(struct nidx_analyzer *a, const struct nidx_chunk *c,
                    const struct nidx_unit *u, uint32_t pos, unsigned flags);
/** A character of a script without blanks, and its overlap with the next. */
void nidx_emit_unspaced(struct nidx_analyzer *a);

/** Walks from the end of a word to the next; emits the ends between them. */
void nidx_gap_skip(struct nidx_analyzer *a);

#endif
