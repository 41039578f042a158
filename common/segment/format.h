/* format.h: numbers that stand in the file: kinds, fields, parts, columns.
 *
 * A number here never changes its meaning; new ones are added at the end and,
 * where an older program could misread the file, with a feature bit.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_FORMAT_H
#define NIDX_COMMON_FORMAT_H

#include <stdint.h>

/** The version of the file format that this program reads and writes. */
#define NIDX_FORMAT_VERSION 1

/** Kinds of term keys: the first byte. The second is the field. */
enum nidx_term_kind {
    NIDX_KIND_WORD = 1,      /**< stemmed and folded -> posting list */
    NIDX_KIND_FORM = 2,      /**< folded [0 exact] -> terms (forms.h) */
    NIDX_KIND_KEYWORD = 3,   /**< exact bytes -> posting list */
    NIDX_KIND_SENTENCE = 4,  /**< no text -> posting list of ends */
    NIDX_KIND_PARAGRAPH = 5, /**< no text -> posting list of ends */
    NIDX_KIND_PAIR = 6       /**< word 0 word -> posting list (room) */
};

/**
 * Field numbers. ALL is the shared space of positions of the fields searched
 * by default (headline, then body). Declared fields begin at USER.
 */
enum nidx_field {
    NIDX_FIELD_ALL = 0,
    NIDX_FIELD_TITLE = 1,
    NIDX_FIELD_BODY = 2,
    NIDX_FIELD_AUTHOR = 3,   /**< text, own positions, not in ALL */
    NIDX_FIELD_DATE = 4,     /**< column DATE */
    NIDX_FIELD_URL = 5,      /**< keyword and stored */
    NIDX_FIELD_SOURCE = 6,   /**< keyword and stored */
    NIDX_FIELD_LANGUAGE = 7, /**< keyword and stored */
    NIDX_FIELD_TAGS = 8,     /**< keyword, repeated, and stored */
    NIDX_FIELD_WORDS = 9,    /**< column LENGTH, not stored */
    NIDX_FIELD_USER = 32
};

/** Parts of a segment, in the order of their keys in the store. */
enum nidx_part {
    NIDX_PART_META = 1,   /**< counts of chunks and sums, one value */
    NIDX_PART_TERMS = 2,  /**< string table: term key -> list address */
    NIDX_PART_TERMS_TOP = 3,
    NIDX_PART_DOCS = 4,   /**< posting runs: documents and frequencies */
    NIDX_PART_POS = 5,    /**< positions, lengths, form numbers */
    NIDX_PART_DENSE = 6,  /**< bitmaps of frequent terms */
    NIDX_PART_KEYS = 7,   /**< string table: document key -> document */
    NIDX_PART_KEYS_TOP = 8,
    NIDX_PART_FILTER = 9, /**< Bloom filter of the keys */
    NIDX_PART_COLUMN = 10, /**< chunk = column << 20 | index */
    NIDX_PART_TEXT = 11,  /**< stored documents, zstd */
    NIDX_PART_TEXT_TOP = 12,
    NIDX_PART_TEXT_DICT = 13, /**< zstd dictionaries of stored documents */
    NIDX_PART_COUNT
};

/** Columns: one number, or one fixed string of bytes, per document. */
enum nidx_column_id {
    NIDX_COLUMN_LENGTH = 0,   /**< positions in ALL, headline included */
    NIDX_COLUMN_TITLE = 1,    /**< positions of the headline */
    NIDX_COLUMN_DATE = 2,     /**< seconds since 1970 + 2^62; 0 is none */
    NIDX_COLUMN_DATE_FROM = 3, /**< which rule found the date: nidx_date_rule */
    NIDX_COLUMN_RANK = 4,     /**< rank of the key among the segment's */
    NIDX_COLUMN_TEXT = 5,     /**< offset of the stored document */
    NIDX_COLUMN_STAT = 6,     /**< hash of size, mtime, inode, device; 0: none */
    NIDX_COLUMN_CONTENT = 7,  /**< XXH3-64 of the file; 0: it is no whole file */
    NIDX_COLUMN_AUTHOR = 8,   /**< positions of the author field */
    NIDX_COLUMN_COUNT
};

/** Where a document's date comes from. */
enum nidx_date_rule {
    NIDX_DATE_NONE = 0,
    NIDX_DATE_FIELD = 1,   /**< a field of the record */
    NIDX_DATE_META = 2,    /**< metadata of the page */
    NIDX_DATE_DATELINE = 3,
    NIDX_DATE_URL = 4,
    NIDX_DATE_FILE = 5     /**< modification time, the last resort */
};

/**
 * Feature bits. A program that does not know a bit of READ must not open the
 * file; one that does not know a bit of WRITE must not write it.
 */
#define NIDX_FEATURES_READ  UINT64_C(0)
#define NIDX_FEATURES_WRITE UINT64_C(0)

#endif
