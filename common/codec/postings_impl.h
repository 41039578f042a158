/* postings_impl.h: the bytes of posting lists, shared by common/codec/postings*.c.
 *
 * Numbers are little-endian; v is a varint (LEB128); group(n) is a packed
 * group of n values (pack.h). W is the weight of a headline occurrence.
 *
 * The dictionary's value of a list, in part terms:
 *   u8 flags: 1 in entry, 2 once (in entry) or dense (elsewhere), 4 titles,
 *             8 forms, 16 some (in entry) or directory (elsewhere), 32 and 64
 *             number of pairs less one, 128 marked (in entry)
 *   once: u8 length code: the frequency code of the only pair is 1
 *   otherwise: 1 to 4 pairs of u8 frequency code, u8 length code
 *     (impacts of the list)
 *   titles: v W, at least 1      (otherwise there are no headline occurrences)
 *   forms: v number of forms, at least 2            (otherwise there is one)
 *   in entry, which has one occurrence, or where flag 16 is set some:
 *     some: u8 how many, 2 to 4
 *     v document of the first, for each other: v less the one before (0: the
 *     same)
 *     for each occurrence: v position (less the one before, where that is of
 *     the same document), with titles shifted left by one, bit 0: headline;
 *     marked: v length less one, v form number    (otherwise 1 and 0)
 *   elsewhere:
 *     v df, v cf - df
 *     v place in part docs: of the directory (flag 16), of the block
 *     (df <= 128; its positions follow it), otherwise of the run
 *     dense: v place of the bitmap in part dense
 *     A place is 65,536 times the chunk, and the offset in it.
 *
 * A directory, in part docs: u32 number of runs n >= 2, then
 *   u32[n] last document, u64[n] impacts, u32[n] chunk, u32[n] offset,
 *   u32[n] blocks of the list before the run.
 * A list's runs hold blocks of 128 postings, the list's last block the rest.
 *
 * A run, in part docs: u16 number of blocks n >= 1, u32 chunk c, then
 *   u32[n] last document, u64[n] impacts, u16[n] offset of the block from the
 *   run's start, u32[n] positions: chunk less c (upper half), offset in it
 *   (lower half), then the blocks. A run does not cross chunks.
 *
 * A block of n postings: u8 flags (1: titles; not in lists of one block, whose
 *   flags are the list's), not dense: group(n) of document gaps less one,
 *   group(n) of weighted frequencies less one, titles: group(n) of headline
 *   counts. The first gap counts from the last document of the block before.
 *   Weighted is plain + titles * (W - 1); plain is the number of positions.
 *
 * Positions of a block, in part positions, in lists of one block behind the
 *   block: u8 flags: 1 lengths, 2 forms,
 *   4 wide (offsets are u32 and not u16); lengths: offset of their stream from
 *   the flags; forms: likewise; then the streams: positions, lengths less one,
 *   form numbers. A stream of n values: the offset of each group but the first
 *   from the first, then the groups of 128 values, the last of the rest.
 *   Positions are deltas within a document, its first one is itself.
 *   These bytes do not cross chunks; where they are more than a chunk holds,
 *   they are a larger chunk of their own.
 *
 * A bitmap, in part dense: for every 512 documents u32 number of postings
 *   before them and 64 bytes, bit i of byte j being document 8 j + i. Chunks
 *   hold 960 such groups; a bitmap of several chunks begins its first.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_POSTINGS_IMPL_H
#define NIDX_COMMON_POSTINGS_IMPL_H

#include "common/codec/postings_batch.h"

enum value_flags {
    VALUE_IN_ENTRY = 1,
    VALUE_ONCE = 2, /* in entry */
    VALUE_DENSE = 2,
    VALUE_TITLES = 4,
    VALUE_FORMS = 8,
    VALUE_SOME = 16, /* in entry */
    VALUE_DIRECTORY = 16,
    VALUE_PAIRS_SHIFT = 5,
    VALUE_MARKED = 128
};

enum block_flags {
    BLOCK_TITLES = 1
};
enum pos_flags {
    POS_LENS = 1,
    POS_FORMS = 2,
    POS_WIDE = 4
};

#define RUN_HEAD        6
#define RUN_BLOCK_BYTES 18 /* arrays, for each block */
#define DIRECTORY_ENTRY 24
#define DENSE_PER_CHUNK 960

/* Positions that a decoder lets pass: a length can still be added. */
#define POS_LIMIT (UINT32_MAX - UINT16_MAX)

/* Appends the dictionary's value; entry where info->in_entry. */
void nidx_term_info_write(struct nidx_buf *value,
                          const struct nidx_term_info *info,
                          const struct nidx_posting_entry *entry);
/* Decodes info->entry; false on damage. */
bool nidx_posting_entry_read(const struct nidx_term_info *info,
                             struct nidx_posting_entry *e);

/* Ends the walk; damage found in what was being read. */
void nidx_postings_damaged(struct nidx_postings *p);
/* Enters block b of the current run, b not before the current one. */
bool nidx_postings_enter(struct nidx_postings *p, uint32_t b);
/* Documents of a dense block, checked. */
bool nidx_postings_dense_docs(struct nidx_postings *p, nidx_docid *docs);
/* Finds the positions of the current block; false on damage. */
bool nidx_postings_pos_open(struct nidx_postings *p);
/* All values; out has room for a whole group behind the last. */
bool nidx_pos_stream_read_all(const struct nidx_pos_stream *s, uint32_t *out);
/* Values first .. first + n - 1 of a stream; false on damage. */
bool nidx_pos_stream_read(const struct nidx_pos_stream *s, uint32_t first,
                          uint32_t n, uint32_t *out);

/* The values of one stream of a block under construction, and its bytes. */
struct pos_block_writer {
    uint32_t *values, *lens, *forms; /* lens, forms: 0 where not any */
    size_t n, cap;
    bool any_lens, any_forms;
    struct nidx_buf index, groups[3]; /* scratch */
};
void nidx_pos_block_done(struct pos_block_writer *w);
/* Adds n occurrences of a batch, from first on; false without memory. */
bool nidx_pos_block_add(struct pos_block_writer *w,
                        const struct nidx_posting_batch *b, uint32_t first,
                        uint32_t n);
/* Appends the block's bytes to out and empties it; sticky oom in out. */
void nidx_pos_block_write(struct pos_block_writer *w, struct nidx_buf *out);

#endif
