/* text.h: stored documents: a stream of bytes in zstd blocks, and records.
 *
 * The stream of a segment is the records of its documents one after another,
 * cut in blocks of about NIDX_TEXT_BLOCK raw bytes, compressed each alone, with
 * a dictionary where the segment has text enough to make one of.
 * Column TEXT has the offset in the stream where each record begins.
 *
 * Chunk of part TEXT: blocks one after another, each
 *   u32 compressed bytes n, u16 raw bytes (at most NIDX_TEXT_BLOCK),
 *   u16 dictionary: 0 none, else its chunk in part TEXT_DICT and one,
 *   n bytes: one zstd frame; what does not fit the chunk goes on at the
 *   beginning of the next
 * Chunk of part TEXT_DICT: one zstd dictionary
 * Chunk of part TEXT_TOP: NIDX_TEXT_TOP_ROWS blocks (the last chunk fewer) of
 *   u64 raw offset of the block, u32 chunk, u32 offset in the chunk
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_TEXT_H
#define NIDX_COMMON_TEXT_H

#include "common/codec/part.h"

/** Blocks that a chunk of TEXT_TOP tells of. */
#define NIDX_TEXT_TOP_ROWS 4000

/** A record: what is kept of a document besides postings and columns. */
struct nidx_stored_field {
    uint32_t field;          /**< enum nidx_field or declared */
    struct nidx_bytes value; /**< UTF-8 */
};

/** Where analysis may begin anew: byte offset in the body, and position. */
struct nidx_restart {
    uint32_t offset, pos;
};

/**
 * Appends a record: the key (field number 0), fields, restart points of the
 * body (rising). The body field, if there is one, comes last in the bytes, so
 * that the small fields lie together at the front.
 *
 *   varint bytes of the header behind this number; header:
 *     varint language, varint n_fields, n_fields x (varint field, varint len),
 *     varint n_restarts, n_restarts x (varint offset delta, varint pos delta)
 *   then the values in that order.
 */
void nidx_record_write(struct nidx_buf *out, uint8_t language,
                       const struct nidx_stored_field *fields,
                       uint32_t n_fields, const struct nidx_restart *restarts,
                       uint32_t n_restarts);

struct nidx_text_writer;
/** Level is zstd's; 1 unless measured otherwise. */
enum nidx_status nidx_text_writer_new(struct nidx_part_sink *sink, int level,
                                      struct nidx_text_writer **out,
                                      struct nidx_error *err);
/** Appends to the stream; offset (may be NULL) receives where it begins. */
enum nidx_status nidx_text_add(struct nidx_text_writer *w,
                               struct nidx_bytes record, uint64_t *offset,
                               struct nidx_error *err);
/** Copies [from, to) of another segment's stream: whole blocks as they are,
 * without inflating them. Ranges that follow each other are gathered first,
 * so text is borrowed until the next add, the next copy from elsewhere, or
 * finish. */
struct nidx_text;
enum nidx_status nidx_text_copy(struct nidx_text_writer *w,
                                const struct nidx_text *text, uint64_t from,
                                uint64_t to, uint64_t *offset,
                                struct nidx_error *err);
enum nidx_status nidx_text_finish(struct nidx_text_writer *w, uint64_t *n_bytes,
                                  uint32_t *n_blocks, struct nidx_error *err);
void nidx_text_writer_free(struct nidx_text_writer *w);

/** An open stream. Reads inflate the blocks that they touch. */
struct nidx_text {
    struct nidx_part_source *source; /**< borrowed */
    uint64_t n_bytes;
    uint32_t n_blocks;
};

/** Keeps the last inflated block, so that neighbouring reads inflate once.
 * One per thread; zero-initialised is empty. It knows a stream by its address:
 * done before the segment closes. */
struct nidx_text_cache {
    const struct nidx_text *text;
    uint64_t block_start, block_end; /**< raw offsets of what is held */
    struct nidx_buf raw, joined;
    void *context;                     /* of zstd */
    const struct nidx_text *dict_text; /* whose dictionary it has loaded */
    uint32_t dict;                     /* its number; 0 is none */
};
void nidx_text_cache_done(struct nidx_text_cache *c);

/** Appends raw bytes [offset, offset + len) to out. */
enum nidx_status nidx_text_read(const struct nidx_text *t,
                                struct nidx_text_cache *cache, uint64_t offset,
                                uint64_t len, struct nidx_buf *out,
                                struct nidx_error *err);

/** A record taken apart. Owns its buffers; reuse it for the next document. */
struct nidx_record {
    uint8_t language;
    uint32_t n_fields;
    struct nidx_record_field {
        uint32_t field;
        uint64_t offset; /**< in the stream */
        uint64_t len;
    } * fields;
    uint32_t n_restarts;
    struct nidx_restart *restarts;
    uint64_t end; /**< offset in the stream behind the record */
    struct nidx_buf header;
};
void nidx_record_done(struct nidx_record *r);
/** Reads every block and compares the index with the blocks. */
enum nidx_status nidx_text_check(const struct nidx_text *t,
                                 struct nidx_error *err);
/** Reads the header of the record at offset; fields are read as needed. */
enum nidx_status nidx_record_open(const struct nidx_text *t,
                                  struct nidx_text_cache *cache,
                                  uint64_t offset, struct nidx_record *r,
                                  struct nidx_error *err);
/** The n-th value of field (repeated fields: 0, 1, ...), NULL behind the last. */
const struct nidx_record_field *nidx_record_find(const struct nidx_record *r,
                                                 uint32_t field, uint32_t nth);

#endif
