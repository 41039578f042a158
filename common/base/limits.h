/* limits.h: the limits of nidx, each with its reason.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_LIMITS_H
#define NIDX_COMMON_LIMITS_H

/** Postings in a block: a power of two that SIMD kernels unroll over. */
#define NIDX_BLOCK 128

/**
 * Payload of a value in the store. 16 pages of 4,096 bytes less LMDB's page
 * header are 65,520; the trailer (checksum and padding) takes 64.
 */
#define NIDX_TRAILER   64
#define NIDX_CHUNK_MAX (65520 - NIDX_TRAILER)

/** Bytes that may be read, never used, behind any payload: the widest load. */
#define NIDX_PAD 56

/** Bytes of a token's form or term: a longer word is cut, and counted. */
#define NIDX_TOKEN_MAX 255

/** Bytes of a document key: what a path or a URL may sensibly have. */
#define NIDX_KEY_MAX 65535

/** Positions of one document: 2^28 leaves room for gaps below 2^32. */
#define NIDX_POS_MAX (1u << 28)

/** Positions between headline and body and between repeated fields. */
#define NIDX_FIELD_GAP 100

/** What a headline occurrence counts for, in frequency and in length: W of a
 * new index. */
#define NIDX_TITLE_WEIGHT 3

/** Bytes of one document's text: positions stay below NIDX_POS_MAX, and one
 * document does not burst the memory of the writer. */
#define NIDX_DOCUMENT_MAX (1u << 27)

/** Values of one document: each costs a gap of positions. */
#define NIDX_VALUES_MAX 65536

/** Bytes of a keyword, a URL above all. */
#define NIDX_KEYWORD_MAX 16384

/** Raw bytes of a block of stored text: ten hits cost ten small reads. */
#define NIDX_TEXT_BLOCK 32768

/** Raw bytes that a dictionary of stored text is made of. Below that it would
 * take more room than it saves. */
#define NIDX_TEXT_SAMPLE (1u << 20)

/** Bytes of a dictionary: one chunk. */
#define NIDX_TEXT_DICT_MAX 64000

/** Dictionaries that a segment has, whatever was merged into it. */
#define NIDX_TEXT_DICTS 32

/** Positions between two restart points of a stored document: a passage reads
 * some hundred positions, and a point costs two bytes. */
#define NIDX_RESTART_EVERY 128

/** Terms whose documents are a bitmap: at least one document in so many. */
#define NIDX_DENSE_RATIO 16

/** Depth of a query tree: deeper parentheses are read flat, and noted. */
#define NIDX_QUERY_DEPTH 64

/** Bytes of a query: longer text is refused by name. */
#define NIDX_QUERY_BYTES (1u << 20)

/** Leaves of a query after expansion of alternatives. */
#define NIDX_QUERY_LEAVES 16384

/** Forms that one wildcard, fuzzy or regex word expands to. */
#define NIDX_EXPAND_MAX 4096

/** Spans of one positional operator in one document. */
#define NIDX_SPANS_MAX 65536

/** Boosts: beyond this scores would not fit a leaf's 31 bits. */
#define NIDX_BOOST_MAX 100.0f

/** Results in one answer. */
#define NIDX_HITS_MAX 100000

#endif
