/* strtab.h: a string table: sorted keys with values, front-coded.
 *
 * Blocks of 32 entries; chunks of blocks with the offsets of their blocks (the
 * last block of a chunk may be shorter); a top index with the first ordinal of
 * each chunk and a separator: the shortest key that is above all keys before
 * the chunk and not above its first. Used for the dictionary of terms and for
 * the keys of documents.
 *
 * Chunk:
 *   u32 number of entries n, ceil(n / 32) x u32 offset of a block in the chunk
 *   n entries: u8 lcp and 16 * rest, each at most 15; where lcp is 15, varint
 *   what is more; where rest is 15, likewise; varint size of value; rest bytes
 *   of the key behind the first lcp of the key before (lcp is 0 where a block
 *   begins), the value
 * Top chunk:
 *   u32 number of top chunks, u32 first chunk it tells of, u32 how many m,
 *   m x u32 offset in the top chunk of: u64 first ordinal, varint n, separator
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_STRTAB_H
#define NIDX_COMMON_STRTAB_H

#include "common/codec/part.h"

#define NIDX_STRTAB_BLOCK 32

struct nidx_strtab_writer;

/** Writes chunks of part and, at the end, of part top (both to sink). */
enum nidx_status nidx_strtab_writer_new(struct nidx_part_sink *sink,
                                        enum nidx_part part, enum nidx_part top,
                                        struct nidx_strtab_writer **out,
                                        struct nidx_error *err);
/** Keys rise strictly; a key that does not is NIDX_ERR_INVALID. */
enum nidx_status nidx_strtab_add(struct nidx_strtab_writer *w,
                                 struct nidx_bytes key, struct nidx_bytes value,
                                 struct nidx_error *err);
enum nidx_status nidx_strtab_finish(struct nidx_strtab_writer *w,
                                    uint64_t *n_entries,
                                    struct nidx_error *err);
void nidx_strtab_writer_free(struct nidx_strtab_writer *w);

/** An open table; small, no allocation, cheap to open. */
struct nidx_strtab {
    struct nidx_part_source *source; /**< borrowed */
    enum nidx_part part, top;
    uint32_t n_chunks;
    uint64_t n_entries;
};

/** Stands on an entry, or behind the last (at_end). Owns its key buffer. */
struct nidx_strtab_cursor {
    const struct nidx_strtab *table;
    struct nidx_buf key;     /**< the whole key */
    struct nidx_bytes value; /**< borrowed from the chunk */
    uint64_t ordinal;
    uint32_t shared; /**< bytes of the key that a step by _next left as they
                          were; there may be more */
    bool at_end;
    enum nidx_status status;
    uint32_t chunk, block, entry; /* where it stands */
    struct nidx_bytes bytes;      /* the chunk */
    const uint8_t *next;          /* the entry behind the current one */
};

/** The value of key; found says whether there is one. */
enum nidx_status nidx_strtab_find(const struct nidx_strtab *t,
                                  struct nidx_bytes key, bool *found,
                                  struct nidx_bytes *value, uint64_t *ordinal,
                                  struct nidx_error *err);

void nidx_strtab_cursor_init(struct nidx_strtab_cursor *c,
                             const struct nidx_strtab *t);
void nidx_strtab_cursor_done(struct nidx_strtab_cursor *c);
/** To the first entry whose key is >= key (anywhere, forward or back). */
enum nidx_status nidx_strtab_seek(struct nidx_strtab_cursor *c,
                                  struct nidx_bytes key,
                                  struct nidx_error *err);
/** To the entry of an ordinal; behind the last is at_end. */
enum nidx_status nidx_strtab_seek_ordinal(struct nidx_strtab_cursor *c,
                                          uint64_t ordinal,
                                          struct nidx_error *err);
enum nidx_status nidx_strtab_next(struct nidx_strtab_cursor *c,
                                  struct nidx_error *err);

/** Walks the whole table: order, counts, offsets, separators. name begins the
 * message ("terms", "keys"). */
enum nidx_status nidx_strtab_check(const struct nidx_strtab *t,
                                   const char *name, struct nidx_error *err);

#endif
