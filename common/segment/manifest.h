/* manifest.h: the values that change in place: header, manifest, deletions.
 *
 * Store keys begin with a kind: 0 these, 1 the parts of segments. nidx-index(5)
 * has them byte by byte.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_MANIFEST_H
#define NIDX_COMMON_MANIFEST_H

#include "common/segment/format.h"
#include "common/analysis/language.h"
#include "common/store/store.h"

#define NIDX_MAGIC "nidx index\r\n\x1a\n"

/** Settings of an index, fixed when it is made. */
struct nidx_header {
    uint32_t version;        /**< NIDX_FORMAT_VERSION */
    uint64_t features_read;  /**< who does not know a bit must not read */
    uint64_t features_write; /**< nor write */
    uint32_t title_weight;   /**< W: what a headline word counts for */
    uint8_t language;        /**< of documents whose own is not known */
    int64_t created;         /**< seconds since 1970 */
    char fingerprint[128];   /**< of the analysis chain */
};

/** What the manifest says of a segment. */
struct nidx_segment_info {
    uint32_t id;
    uint32_t n_docs;    /**< deleted ones included */
    uint32_t n_deleted; /**< must equal the bits of its bitmap */
    uint64_t sum_length; /**< of column LENGTH over all documents */
    uint64_t sum_title;  /**< of column TITLE */
    uint64_t sum_author; /**< of column AUTHOR */
    uint32_t n_title, n_author; /**< documents that have the field */
    uint64_t languages;  /**< bit n: documents of language n */
    /** Documents of each language; near enough where others were dropped by
     * merging, whose language is not known then. */
    uint32_t in_language[NIDX_LANGUAGE_COUNT];
    uint64_t bytes;      /**< of its parts */
    uint64_t n_terms;
    uint64_t n_text;     /**< raw bytes of stored text */
    uint32_t present;    /**< bit n: column n is not 0 throughout */
    uint32_t n_text_blocks;
    uint32_t n_terms_chunks, n_keys_chunks; /**< of the two string tables */
    uint64_t n_keys;
};

struct nidx_manifest {
    uint64_t commit;   /**< rises by one with every commit */
    uint32_t next_id;  /**< ids below were given away */
    uint32_t n_segments;
    struct nidx_segment_info *segments; /**< owned; in order of age */
};
void nidx_manifest_done(struct nidx_manifest *m);

/** NOTFOUND in a file without a header (just made). VERSION and INVALID by
 * name where this program may not read it. */
enum nidx_status nidx_header_read(struct nidx_view *v, struct nidx_header *h,
                                  struct nidx_error *err);
enum nidx_status nidx_header_write(struct nidx_txn *t,
                                   const struct nidx_header *h,
                                   struct nidx_error *err);
enum nidx_status nidx_manifest_read(struct nidx_view *v,
                                    struct nidx_manifest *m,
                                    struct nidx_error *err);
enum nidx_status nidx_manifest_write(struct nidx_txn *t,
                                     const struct nidx_manifest *m,
                                     struct nidx_error *err);

/** Bits of deleted documents; words has (n_docs + 63) / 64 elements and is
 * owned by the caller (malloc); NULL where nothing is deleted. */
enum nidx_status nidx_deletions_read(struct nidx_view *v,
                                     const struct nidx_segment_info *s,
                                     uint64_t **words,
                                     struct nidx_error *err);
enum nidx_status nidx_deletions_write(struct nidx_txn *t, uint32_t segment,
                                      uint32_t n_docs, const uint64_t *words,
                                      struct nidx_error *err);
enum nidx_status nidx_deletions_drop(struct nidx_txn *t, uint32_t segment,
                                     struct nidx_error *err);

/** The store key of a part's chunk, 10 bytes into key. */
#define NIDX_PART_KEY 10
void nidx_part_key(uint8_t key[NIDX_PART_KEY], uint32_t segment,
                   enum nidx_part part, uint32_t chunk);
/** The prefix of all parts of a segment (5 bytes), for deleting them. */
#define NIDX_SEGMENT_KEY 5
void nidx_segment_key(uint8_t key[NIDX_SEGMENT_KEY], uint32_t segment);
/** Deletes the parts of segments that the manifest does not name. */
enum nidx_status nidx_manifest_sweep(struct nidx_store *s,
                                     const struct nidx_manifest *m,
                                     uint32_t *n_dropped,
                                     struct nidx_error *err);

#endif
