/* postings.h: posting lists: writing, and walking them block by block.
 *
 * The format stands in nidx-index(5). A list is cut in blocks of 128
 * postings and blocks in runs that fit one chunk. Reading never trusts the
 * bytes: every offset and count is checked before use, and damage ends the
 * walk with status.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_POSTINGS_H
#define NIDX_COMMON_POSTINGS_H

#include "common/codec/impact.h"
#include "common/base/limits.h"
#include "common/codec/pack.h"
#include "common/codec/part.h"

typedef uint32_t nidx_docid;
typedef uint32_t nidx_pos;

/** Follows the last document of any list. */
#define NIDX_DOC_END UINT32_MAX

/** One occurrence of a term in a document. */
struct nidx_occurrence {
    nidx_pos pos;
    uint16_t len;  /**< positions that it spans */
    uint16_t form; /**< number of the form among the term's, 0 commonest */
};

/** A list of so many occurrences stands in the dictionary. */
#define NIDX_ENTRY_MAX 4

/** What the dictionary says of a list: decoded from an entry's value. */
struct nidx_term_info {
    uint32_t df;      /**< documents, deleted ones included */
    uint64_t cf;      /**< occurrences */
    uint32_t n_forms; /**< distinct forms among the occurrences, at least 1 */
    /** W as the list was written; 1 where no occurrence is a headline's. */
    uint32_t title_weight;
    bool titles;    /**< some occurrence is a headline's */
    bool in_entry;  /**< few occurrences: no list elsewhere */
    bool marked;    /**< in_entry: lengths and form numbers are given */
    bool dense;     /**< documents are a bitmap */
    bool directory; /**< several runs: docs is the address of the directory */
    uint32_t docs_chunk, docs_offset;
    uint32_t dense_chunk, dense_offset;
    nidx_impacts impacts;    /**< of the whole list */
    struct nidx_bytes entry; /**< borrowed: where in_entry */
};

/** Decodes a dictionary value; damage is NIDX_ERR_CORRUPT. */
enum nidx_status nidx_term_info_read(struct nidx_bytes value,
                                     struct nidx_term_info *info,
                                     struct nidx_error *err);

/* ------------------------------------------------------------- writing */

struct nidx_postings_writer;

/**
 * Writes the lists of one segment to sink (borrowed). n_docs is the number of
 * documents of the segment, lens their weighted lengths and plain_lens their
 * plain ones (borrowed; for the impacts). title_weight is W.
 */
enum nidx_status nidx_postings_writer_new(struct nidx_part_sink *sink,
                                          uint32_t n_docs, const uint32_t *lens,
                                          const uint32_t *plain_lens,
                                          uint32_t title_weight,
                                          struct nidx_postings_writer **out,
                                          struct nidx_error *err);

/** Impacts of the lists from here on are of a field whose lengths have these
 * codes (nidx_impact_len_code; borrowed); NULL: those of ALL. */
void nidx_postings_use_lengths(struct nidx_postings_writer *w,
                               const uint8_t *codes);

/**
 * Begins a list. max_df is at least the number of documents that will be
 * added (it decides whether the list may be dense), n_forms the number of
 * forms (0 and 1: no form numbers are stored).
 */
enum nidx_status nidx_postings_begin(struct nidx_postings_writer *w,
                                     uint32_t max_df, uint32_t n_forms,
                                     struct nidx_error *err);

/**
 * Adds a document with its n > 0 occurrences, documents and positions rising
 * (equal positions may follow each other). The first n_title are headline
 * occurrences.
 */
enum nidx_status nidx_postings_add(struct nidx_postings_writer *w,
                                   nidx_docid doc, uint32_t n_title,
                                   const struct nidx_occurrence *occurrences,
                                   uint32_t n, struct nidx_error *err);

/** Ends the list and appends its dictionary value to value. */
enum nidx_status nidx_postings_end(struct nidx_postings_writer *w,
                                   struct nidx_buf *value,
                                   struct nidx_error *err);

/** Writes what is buffered. The writer can only be freed afterwards. */
enum nidx_status nidx_postings_writer_finish(struct nidx_postings_writer *w,
                                             struct nidx_error *err);
void nidx_postings_writer_free(struct nidx_postings_writer *w);

/* ------------------------------------------------------------- reading */

/**
 * Stands on one block of a list at a time, or behind the last. The fields are
 * there for the bulk evaluators, which read headers of the run directly.
 */
struct nidx_postings {
    struct nidx_part_source *source; /**< borrowed */
    struct nidx_term_info info;
    uint32_t n_docs; /**< documents of the segment */
    enum nidx_status status;

    /* The run: flat arrays, one element a block, unaligned little-endian. */
    uint32_t run, n_runs;
    struct nidx_bytes directory;  /**< of runs, where n_runs > 1 */
    uint32_t first_block;         /**< blocks of the list before the run */
    struct nidx_bytes run_bytes;  /**< from its start (one block: all) */
    uint32_t n_blocks;            /**< of the run */
    const uint8_t *last_docs;     /**< u32 each; NULL: single block */
    const uint8_t *block_impacts; /**< u64 each */
    const uint8_t *block_offsets; /**< u16 each, from run start */
    const uint8_t *pos_offsets;   /**< u32 each: chunk << 16 | offset */
    uint32_t run_first;           /**< least document the run may hold */
    uint32_t run_last;            /**< its last document */
    uint32_t pos_chunk;           /**< the chunk 0 of pos_offsets */

    /* The block. */
    uint32_t block;           /**< index in the run */
    nidx_docid first, last;   /**< range: first is a lower bound */
    uint32_t n;               /**< postings in it; 0 behind the end */
    const uint8_t *docs_at;   /**< packed gaps (NULL: dense or in_entry) */
    const uint8_t *freqs_at;  /**< packed weighted frequencies less one */
    const uint8_t *titles_at; /**< packed headline counts, or NULL */
    bool docs_rise;           /**< the gaps are so small that sums never wrap */

    /* A bitmap's chunk, as last used. */
    struct nidx_bytes dense_bytes;
    uint32_t dense_index; /**< its number from dense_chunk; UINT32_MAX: none */

    /* Positions of the block, found when first asked for. */
    const uint8_t *behind; /**< what follows the block's groups */
    bool pos_ready;
    struct nidx_pos_stream {
        const uint8_t *index;  /**< offsets of groups 1, 2, .. */
        const uint8_t *groups; /**< NULL: all values are 0 */
        size_t avail;          /**< bytes from groups on */
        uint32_t n;            /**< values */
        bool wide;             /**< offsets have 4 bytes and not 2 */
    } pos_values, pos_lens, pos_forms;
    /** Positions of postings 0 .. i together. */
    uint32_t pos_ends[NIDX_PACK_SLOTS];

    /** The postings of a list that is in its dictionary entry. */
    struct nidx_posting_entry {
        nidx_docid docs[NIDX_ENTRY_MAX];
        /** Occurrences, and a headline's of them. */
        uint32_t n[NIDX_ENTRY_MAX], titles[NIDX_ENTRY_MAX];
        struct nidx_occurrence items[NIDX_ENTRY_MAX];
    } entry;
};

/** Stands on the first block. Nothing is owned: there is no close. */
enum nidx_status nidx_postings_open(struct nidx_postings *p,
                                    struct nidx_part_source *source,
                                    const struct nidx_term_info *info,
                                    uint32_t n_docs, struct nidx_error *err);

/** Moves to the next block; false at the end, or when status is not OK. */
bool nidx_postings_next(struct nidx_postings *p);

/**
 * Moves forward to the first block whose last document is >= target (stays
 * where it already is one); false when there is none.
 */
bool nidx_postings_seek(struct nidx_postings *p, nidx_docid target);

/**
 * Documents of the block into docs[NIDX_PACK_SLOTS]; returns n, or 0 and
 * status on damage: documents that are returned rise and are below n_docs.
 */
uint32_t nidx_postings_docs(struct nidx_postings *p, nidx_docid *docs);

/** Frequencies, headline occurrences counting weight, into [SLOTS]. */
void nidx_postings_freqs(struct nidx_postings *p, uint32_t weight,
                         uint32_t *freqs);
uint32_t nidx_postings_freq_at(const struct nidx_postings *p, uint32_t i,
                               uint32_t weight);
/** Headline occurrences alone, into [SLOTS]; false (and out untouched) where
 * there are none. */
bool nidx_postings_titles(const struct nidx_postings *p, uint32_t *titles);

/** Impacts of the block it stands on. */
nidx_impacts nidx_postings_impacts(const struct nidx_postings *p);

/**
 * A bound for all documents in [from, to], without moving: the union of the
 * impacts of the blocks (or runs) at or after the current one that may hold
 * them; 0 where there is none.
 */
nidx_impacts nidx_postings_impacts_in(const struct nidx_postings *p,
                                      nidx_docid from, nidx_docid to);

/**
 * The bitmap of a dense list for documents [first, first + n): out[k] bit j
 * is document first + 64k + j; first is a multiple of 64.
 */
enum nidx_status nidx_postings_bits(struct nidx_postings *p, nidx_docid first,
                                    uint32_t n, uint64_t *out);

/** Documents of a group of a bitmap. */
#define NIDX_DENSE_GROUP 512
/** Bytes of a group: a u32, postings before it, and its bits. */
#define NIDX_DENSE_GROUP_BYTES 68

/**
 * Group g (documents 512 g .. 512 g + 511) of a dense list's bitmap: 68
 * bytes, NIDX_PAD readable bytes behind them. NULL and status on damage. The
 * count and bits beyond n_docs are not to be trusted.
 */
const uint8_t *nidx_postings_dense_group(struct nidx_postings *p, uint32_t g);

/**
 * Whether doc, below n_docs, is in a dense list; then the walk moves (forward
 * only: doc is not before the current block) to its block, and i receives
 * its index there. Constant time within a run. Where doc is not in the list,
 * nothing moves.
 */
bool nidx_postings_find_dense(struct nidx_postings *p, nidx_docid doc,
                              uint32_t *i);

/**
 * Moves (forward only) to the block of posting rank of the list, which is
 * doc's, and gives its index there; false and status where it is not.
 */
bool nidx_postings_find_rank(struct nidx_postings *p, nidx_docid doc,
                             uint32_t rank, uint32_t *i);
/** Reads the positions of single postings of the current block. */
struct nidx_occurrences {
    struct nidx_occurrence *items;
    uint32_t n, cap;
};
void nidx_occurrences_done(struct nidx_occurrences *o);

/**
 * The occurrences of posting i of the current block, without decoding its
 * neighbours' positions. with_forms asks for form numbers (else 0).
 */
enum nidx_status nidx_postings_occurrences(struct nidx_postings *p, uint32_t i,
                                           bool with_forms,
                                           struct nidx_occurrences *out,
                                           struct nidx_error *err);

/**
 * The number of positions of posting i (its plain frequency), bounded by what
 * the block's bytes can hold, so it is fit to allocate by; 0 and status on
 * damage.
 */
uint32_t nidx_postings_n_positions(struct nidx_postings *p, uint32_t i);

/** Whether some occurrence of posting i spans more than one position; true on
 * damage. */
bool nidx_postings_has_lens(struct nidx_postings *p, uint32_t i);

/**
 * Positions alone of posting i into out, which has room for cap; the number
 * is returned: nidx_postings_n_positions, or 0 where that is more than cap or
 * on damage. For phrases.
 */
uint32_t nidx_postings_positions(struct nidx_postings *p, uint32_t i,
                                 nidx_pos *out, uint32_t cap);

/** Walks a whole list and checks every structure; reason says what is bad;
 * NULL where memory is out. */
bool nidx_postings_check(struct nidx_part_source *source,
                         const struct nidx_term_info *info, uint32_t n_docs,
                         const char **reason);

#endif
