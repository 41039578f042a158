/* inverter.h: documents to postings, in memory, until a segment is full.
 *
 * Columns and stored text of a document go to the segment at once; its
 * postings gather until nidx_flush writes them. Not for several threads: each
 * worker has an inverter.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_INVERTER_H
#define NIDX_INDEXER_INVERTER_H

#include "common/segment/segment.h"
#include "indexer/source/document.h"
#include "indexer/write/keywords.h"
#include "indexer/write/space.h"

struct nidx_inverted_doc {
    uint64_t seq;      /**< when it was added, among all of the writer */
    size_t key_offset; /**< in keys */
    uint32_t key_len;
    bool dead; /**< another of the same segment took its key */
};

/** Words of headlines alone: lists of field TITLE. */
struct nidx_titles {
    uint32_t *index; /**< by term of the space: in chains, plus one */
    uint32_t cap_index;
    struct nidx_chain *chains;
    uint32_t *terms; /**< beside chains */
    uint32_t n, cap_chains, cap_terms;
};

struct nidx_inverter {
    struct nidx_slices slices;
    struct nidx_space all, author;
    struct nidx_titles titles;
    struct nidx_keywords keywords;
    struct nidx_chain sentence, paragraph;

    struct nidx_inverted_doc *docs;
    uint32_t n_docs, cap_docs;
    struct nidx_buf keys;
    uint32_t *body_starts; /**< beside docs: positions below are headline */
    uint32_t cap_body_starts, body_start_most;

    uint64_t cut_words, bad_bytes; /**< of its documents */
    nidx_language language;        /**< where a document's is not known */

    /* Of the document at hand. */
    struct nidx_buf record, text;
    struct nidx_stored_field *fields;
    uint32_t cap_fields;
    struct nidx_restart *restarts;
    uint32_t n_restarts, cap_restarts;
};

static inline bool nidx_field_is_keyword(uint8_t field)
{
    return field == NIDX_FIELD_URL || field == NIDX_FIELD_SOURCE ||
           field == NIDX_FIELD_LANGUAGE || field == NIDX_FIELD_TAGS;
}

/** room: bytes that its postings will take, about. */
enum nidx_status nidx_inverter_init(struct nidx_inverter *v, size_t room,
                                    nidx_language language,
                                    struct nidx_error *err);
void nidx_inverter_done(struct nidx_inverter *v);
/** Forgets all documents. */
void nidx_inverter_clear(struct nidx_inverter *v);
/** Bytes of memory that its documents take. */
size_t nidx_inverter_memory(const struct nidx_inverter *v);

/** Inverts a document and writes its columns and stored text to w. After a
 * failure both can only be cleared and freed. */
enum nidx_status nidx_inverter_add(struct nidx_inverter *v,
                                   struct nidx_segment_writer *w,
                                   const struct nidx_document *d, uint64_t seq,
                                   struct nidx_error *err);

static inline struct nidx_bytes nidx_inverter_key(const struct nidx_inverter *v,
                                                  uint32_t doc)
{
    return (struct nidx_bytes){v->keys.data + v->docs[doc].key_offset,
                               v->docs[doc].key_len};
}

#endif
