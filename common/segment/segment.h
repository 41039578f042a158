/* segment.h: a segment: all its parts, written once and read often.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_SEGMENT_H
#define NIDX_COMMON_SEGMENT_H

#include "common/codec/column.h"
#include "common/codec/forms.h"
#include "common/segment/manifest.h"
#include "common/codec/postings.h"
#include "common/codec/strtab.h"
#include "common/codec/text.h"

/* ------------------------------------------------------------- writing */

/**
 * Writes a segment to a sink in this order: every document (add_doc or
 * copy_doc), then terms in rising key order (postings through
 * nidx_segment_postings, then add_term), then document keys in rising order,
 * then finish. Memory: 12 bytes a document, one column chunk each, the chunks
 * in work. Any failure leaves the writer only to be freed.
 */
struct nidx_segment_writer;

struct nidx_segment_doc {
    uint64_t columns[NIDX_COLUMN_COUNT]; /**< RANK and TEXT are ignored */
    uint8_t language;
    struct nidx_bytes record; /**< of nidx_record_write */
};

enum nidx_status nidx_segment_writer_new(struct nidx_part_sink *sink,
                                         uint32_t title_weight,
                                         struct nidx_segment_writer **out,
                                         struct nidx_error *err);
void nidx_segment_writer_free(struct nidx_segment_writer *w);
/** Documents are numbered from 0 as they come. */
enum nidx_status nidx_segment_add_doc(struct nidx_segment_writer *w,
                                      const struct nidx_segment_doc *doc,
                                      struct nidx_error *err);
/** Copies columns and stored text of a document of another segment, which
 * must stay open until nidx_segment_postings returns. */
struct nidx_segment;
enum nidx_status nidx_segment_copy_doc(struct nidx_segment_writer *w,
                                       const struct nidx_segment *from,
                                       nidx_docid doc, struct nidx_error *err);
/** Ends the documents; the postings writer, which the segment writer owns. */
enum nidx_status nidx_segment_postings(struct nidx_segment_writer *w,
                                       struct nidx_postings_writer **out,
                                       struct nidx_error *err);
/** key: kind, field, text; value: of nidx_postings_end or of forms.h. */
/** The lists from here on are of field: its lengths make their impacts. */
void nidx_segment_lists_of(struct nidx_segment_writer *w, uint8_t field);
enum nidx_status nidx_segment_add_term(struct nidx_segment_writer *w,
                                       struct nidx_bytes key,
                                       struct nidx_bytes value,
                                       struct nidx_error *err);
/** Keys of documents, strictly rising; each document has exactly one. */
enum nidx_status nidx_segment_add_key(struct nidx_segment_writer *w,
                                      struct nidx_bytes key, nidx_docid doc,
                                      struct nidx_error *err);
/** Writes the rest and fills info (id and deletions are the caller's). */
enum nidx_status nidx_segment_finish(struct nidx_segment_writer *w,
                                     struct nidx_segment_info *info,
                                     struct nidx_error *err);

/* ------------------------------------------------------------- reading */

/**
 * An open segment of a view. Members may be read; nothing may be changed.
 * Safe for several threads (chunk pointers are cached with atomics; chunks of
 * small parts are verified on first use, once for an open segment).
 */
struct nidx_segment {
    struct nidx_part_source source; /* first: it is its own source */
    struct nidx_view *view;         /**< borrowed */
    struct nidx_segment_info info;
    uint32_t n_docs;
    struct nidx_strtab terms, keys;
    struct nidx_column columns[NIDX_COLUMN_COUNT];
    struct nidx_text text;
    const uint64_t *deleted; /**< bitmap, or NULL: none */
    /** Set before the first use: posting chunks are verified as well. */
    bool verify;
    void *chunks; /* private */
};

enum nidx_status nidx_segment_open(struct nidx_view *v,
                                   const struct nidx_segment_info *info,
                                   struct nidx_segment **out,
                                   struct nidx_error *err);
void nidx_segment_close(struct nidx_segment *s);

static inline bool nidx_segment_is_deleted(const struct nidx_segment *s,
                                           nidx_docid doc)
{
    return s->deleted && (s->deleted[doc >> 6] >> (doc & 63) & 1);
}

/** Looks a term with postings up (kind WORD, KEYWORD, SENTENCE, PARAGRAPH). */
enum nidx_status nidx_segment_term(const struct nidx_segment *s,
                                   enum nidx_term_kind kind, uint8_t field,
                                   struct nidx_bytes text, bool *found,
                                   struct nidx_term_info *info,
                                   struct nidx_error *err);
/** The document of a key (asks the filter first); deleted ones too. */
enum nidx_status nidx_segment_find_key(const struct nidx_segment *s,
                                       struct nidx_bytes key, bool *found,
                                       nidx_docid *doc, struct nidx_error *err);
/** Appends the key of a document, by its rank. */
enum nidx_status nidx_segment_doc_key(const struct nidx_segment *s,
                                      nidx_docid doc, struct nidx_buf *out,
                                      struct nidx_error *err);
/** Opens the stored record of a document. */
enum nidx_status nidx_segment_record(const struct nidx_segment *s,
                                     nidx_docid doc,
                                     struct nidx_text_cache *cache,
                                     struct nidx_record *out,
                                     struct nidx_error *err);
/** Walks every part and cross-reference, checksums included; damage ends it
 * with what is broken, and in which segment. */
enum nidx_status nidx_segment_check(const struct nidx_segment *s,
                                    struct nidx_error *err);

/* ------------------------------------------------------------- catalog */

/** All segments of one commit, opened together: what readers stand on. */
struct nidx_catalog {
    struct nidx_view *view; /**< owned */
    struct nidx_header header;
    struct nidx_manifest manifest;
    struct nidx_segment **segments; /**< manifest.n_segments, owned */
    uint64_t n_docs;                /**< deleted ones included */
    uint64_t n_live;
    uint64_t languages; /**< bit n: some document is of language n */
    uint64_t in_language[NIDX_LANGUAGE_COUNT]; /**< how many are, nearly */
};
/** NOTFOUND where the file has no header yet. Cost: a few microseconds a
 * segment, no part is read. */
enum nidx_status nidx_catalog_open(struct nidx_store *s,
                                   struct nidx_catalog **out,
                                   struct nidx_error *err);
/** Asks for checksums of posting lists too, each on its first use: for who
 * would rather wait than be misled. Before the catalog is used. */
void nidx_catalog_verify(struct nidx_catalog *c);
void nidx_catalog_close(struct nidx_catalog *c);

#endif
