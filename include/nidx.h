/* nidx.h: the public interface of libnidx, and its manual.
 *
 * nidx indexes articles into one file and answers ranked full-text queries.
 *
 * Conventions. Handles are opaque: _open/_close for what holds the file,
 * _new/_free for memory; closing NULL is allowed. Functions that can fail
 * return enum nidx_status (0 is fine) and fill a struct nidx_error of the
 * caller's, which may be NULL; on failure handles become NULL and other
 * outputs stay untouched. Text goes in and out as pointer and length, UTF-8;
 * NUL is an ordinary byte. Option structs begin with their size: set them
 * with their _INIT macro, or zero them and set size; zero means the default.
 * The library never prints, exits, logs, reads the environment or installs
 * signal handlers. Handles must not be used after fork.
 *
 * Threads: an index may be shared by all threads. A writer, a snapshot, a
 * query, a result belongs to one thread at a time; a query may be run by
 * several threads at once. Snapshots of one index may be used side by side.
 *
 * A snapshot is a consistent view and pins every page of the file that is
 * freed while it lives: hold it as long as a search takes, not longer. A file
 * that somebody cuts short while it is open cannot be survived by a library.
 *
 * A complete program:
 *
 *     #include <nidx.h>
 *     #include <stdio.h>
 *     int main(void)
 *     {
 *         struct nidx_error err;
 *         struct nidx_index *index = NULL;
 *         struct nidx_result *r = NULL;
 *         if (nidx_index_open("news.nidx", NULL, &index, &err) ||
 *             nidx_search_text(index, "putin letter", 12, NULL, &r, &err)) {
 *             fprintf(stderr, "%s\n", err.message);
 *             nidx_index_close(index);
 *             return 2;
 *         }
 *         for (size_t i = 0; i < nidx_result_n_hits(r); i++) {
 *             size_t len;
 *             const char *key = nidx_hit_key(r, i, &len);
 *             printf("%.*s\n", (int)len, key);
 *         }
 *         nidx_result_free(r);
 *         nidx_index_close(index);
 *         return 0;
 *     }
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_H
#define NIDX_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NIDX_VERSION_MAJOR 0
#define NIDX_VERSION_MINOR 1
#define NIDX_VERSION_PATCH 0

#if defined(__GNUC__)
#define NIDX_API __attribute__((visibility("default")))
#else
#define NIDX_API
#endif

/**
 * What a function that can fail returns. 0 is fine, failures are negative and
 * never renumbered. Codes are for programs; the text in struct nidx_error is
 * for people.
 */
enum nidx_status {
    NIDX_OK = 0,
    NIDX_ERR_NOMEM = -1,     /**< out of memory */
    NIDX_ERR_IO = -2,        /**< the system refused: disk, permissions */
    NIDX_ERR_CORRUPT = -3,   /**< the index file is damaged */
    NIDX_ERR_INVALID = -4,   /**< an argument is not what it may be */
    NIDX_ERR_SYNTAX = -5,    /**< strict parsing of a query failed */
    NIDX_ERR_NOTFOUND = -6,  /**< no such file, document or field */
    NIDX_ERR_BUSY = -7,      /**< another writer, or a reader in the way */
    NIDX_ERR_READONLY = -8,  /**< writing was not asked for or not allowed */
    NIDX_ERR_VERSION = -9,   /**< made by a newer nidx, or not an index */
    NIDX_ERR_FULL = -10,     /**< the disk or the map is full */
    NIDX_ERR_LIMIT = -11,    /**< a stated limit was reached */
    NIDX_ERR_STOPPED = -12   /**< a callback asked to stop */
};

/** Details of a failure, for people. Owned by the caller; nothing to free. */
struct nidx_error {
    enum nidx_status status;
    size_t offset;     /**< byte offset in the input, where that has a sense */
    char message[496]; /**< one line, UTF-8, always terminated */
};

/** "0.1.0" of the library that runs; borrowed for ever. */
NIDX_API const char *nidx_version(void);
/** Versions of the parts (LMDB, stemmer, Unicode data), one line each. */
NIDX_API const char *nidx_version_details(void);
/** A short name of a status: "corrupt". Borrowed for ever. */
NIDX_API const char *nidx_status_name(enum nidx_status status);

/* --------------------------------------------------------------- index */

struct nidx_index;

struct nidx_open_options {
    size_t size;
    int create;           /**< make the file where there is none */
    int readonly;         /**< never write */
    int no_lock;          /**< a copy that nobody writes, without a lock file */
    unsigned mode;        /**< permissions of a new file; 0 is 0600 */
    const char *language; /**< of documents of unknown language, for a new
                               file: "english" where NULL, "none" for none */
};
#define NIDX_OPEN_OPTIONS_INIT {sizeof(struct nidx_open_options), 0, 0, 0, 0, 0}

/**
 * Opens an index file. options may be NULL (an existing file). NOTFOUND,
 * IO, CORRUPT, VERSION (no index, or a newer one), INVALID, NOMEM.
 */
NIDX_API enum nidx_status nidx_index_open(
    const char *path, const struct nidx_open_options *options,
    struct nidx_index **out, struct nidx_error *err);
/** Close what was opened from it first. */
NIDX_API void nidx_index_close(struct nidx_index *index);
/** The path as given; borrowed. */
NIDX_API const char *nidx_index_path(const struct nidx_index *index);
/** Whether the file lies on a network file system, where locks may fail. */
NIDX_API int nidx_index_is_remote(const struct nidx_index *index);

/** Called now and then in long work; non-zero stops it (NIDX_ERR_STOPPED).
 * Both numbers are in bytes; total is 0 where it is not known. */
typedef int (*nidx_progress_fn)(void *context, uint64_t done, uint64_t total);

/** Reads every page, checksum and structure. CORRUPT says what is broken. */
NIDX_API enum nidx_status nidx_index_check(struct nidx_index *index,
                                           nidx_progress_fn progress,
                                           void *context,
                                           struct nidx_error *err);
/** Rewrites the file without its free pages; BUSY names who has it open. */
NIDX_API enum nidx_status nidx_index_compact(struct nidx_index *index,
                                             uint64_t *bytes_saved,
                                             struct nidx_error *err);

/** Bytes of the parts of an index. */
enum nidx_stats_part {
    NIDX_STATS_DICTIONARY = 0, /**< terms and forms */
    NIDX_STATS_POSTINGS = 1,   /**< documents and frequencies */
    NIDX_STATS_POSITIONS = 2,
    NIDX_STATS_KEYS = 3,       /**< keys of documents, and their filter */
    NIDX_STATS_COLUMNS = 4,    /**< lengths, dates and the like */
    NIDX_STATS_TEXT = 5,       /**< stored documents */
    NIDX_STATS_OTHER = 6,      /**< manifest, deletions, unpublished parts */
    NIDX_STATS_PARTS = 7
};

/** Somebody who has a snapshot open, in any process. */
struct nidx_stats_reader {
    int64_t pid;
    uint64_t commit;       /**< that it sees */
    uint64_t pinned_bytes; /**< freed since, which it keeps from being used
                                again; an upper estimate */
};

/** What an index holds, at its last commit. */
struct nidx_stats {
    uint64_t size; /**< in: sizeof; what lies beyond it is not filled */
    uint64_t docs, deleted, segments, commit;
    uint64_t terms;      /**< entries of all segments' dictionaries */
    uint64_t text_bytes; /**< stored text before compression */
    uint64_t file_bytes, free_bytes; /**< of the file; free within it */
    uint64_t tree_bytes;             /**< LMDB's own pages */
    uint64_t part_bytes[16];         /**< by enum nidx_stats_part */
    int64_t created;                 /**< seconds since 1970 */
    uint64_t n_readers;              /**< filled into readers, at most 64 */
    struct nidx_stats_reader readers[64];
};
/** Cost: a walk over the keys of the file, none of its values. */
NIDX_API enum nidx_status nidx_index_stats(struct nidx_index *index,
                                           struct nidx_stats *out,
                                           struct nidx_error *err);

/* ----------------------------------------------------------- documents */

/** A document to be added: a key and fields. */
struct nidx_document;
NIDX_API struct nidx_document *nidx_document_new(void); /**< NULL: no memory */
NIDX_API void nidx_document_free(struct nidx_document *doc);
/** Empties it for the next one. */
NIDX_API void nidx_document_clear(struct nidx_document *doc);
/** The key: 1 to 65,535 bytes. The last document with a key stands. */
NIDX_API enum nidx_status nidx_document_set_key(struct nidx_document *doc,
                                                const char *key, size_t len,
                                                struct nidx_error *err);
/**
 * Adds a field: "title", "body", "author", "url", "source", "language",
 * "tags" (may repeat), "date" (RFC 3339, or as RFC 5322, or a number of
 * seconds since 1970). Text may be any bytes; what is no UTF-8 is converted.
 * An unknown name is NOTFOUND; a date that cannot be read is INVALID.
 */
NIDX_API enum nidx_status nidx_document_add_field(struct nidx_document *doc,
                                                  const char *name,
                                                  const char *value,
                                                  size_t len,
                                                  struct nidx_error *err);

/* -------------------------------------------------------------- writer */

struct nidx_writer;

struct nidx_writer_options {
    size_t size;
    uint64_t memory;   /**< bytes; 0 is 256 MiB; at least 16 MiB is taken */
    unsigned threads;  /**< 0: as many as the machine has, at most 8 */
    uint32_t wait_ms;  /**< for another writer; UINT32_MAX is for ever */
    /** Called once before waiting, with who holds the lock. */
    void (*waiting)(void *context, const char *holder);
    void *context;
};
#define NIDX_WRITER_OPTIONS_INIT {sizeof(struct nidx_writer_options), 0, 0, 0, 0, 0}

/** One writer at a time and index; BUSY names the other. */
NIDX_API enum nidx_status nidx_writer_open(
    struct nidx_index *index, const struct nidx_writer_options *options,
    struct nidx_writer **out, struct nidx_error *err);
/** Rolls back what was not committed. */
NIDX_API void nidx_writer_close(struct nidx_writer *w);
/** Adds or replaces by key; the document is copied. Visible after a commit. */
NIDX_API enum nidx_status nidx_writer_add(struct nidx_writer *w,
                                          const struct nidx_document *doc,
                                          struct nidx_error *err);
/** Deletes by key; deleting what is not there is fine. */
NIDX_API enum nidx_status nidx_writer_delete(struct nidx_writer *w,
                                             const char *key, size_t len,
                                             struct nidx_error *err);
/** Makes everything so far visible, durably, all or nothing. */
NIDX_API enum nidx_status nidx_writer_commit(struct nidx_writer *w,
                                             struct nidx_error *err);
/** Forgets everything since the last commit. */
NIDX_API enum nidx_status nidx_writer_rollback(struct nidx_writer *w,
                                               struct nidx_error *err);
/** Merges all segments into one; deleted documents are gone then. */
NIDX_API enum nidx_status nidx_writer_optimize(struct nidx_writer *w,
                                               nidx_progress_fn progress,
                                               void *context,
                                               struct nidx_error *err);

/* -------------------------------------------------------------- import */

/** Adds files, folders and streams of articles through a writer. */
struct nidx_import;

/** Why something was skipped. */
enum nidx_skip {
    NIDX_SKIP_UNREADABLE = 0, /**< the system refused to read it */
    NIDX_SKIP_BINARY = 1,     /**< looks like no text */
    NIDX_SKIP_HIDDEN = 2,
    NIDX_SKIP_FORMAT = 3,     /**< no format that nidx reads */
    NIDX_SKIP_BROKEN = 4,     /**< a record that cannot be parsed */
    NIDX_SKIP_SPECIAL = 5,    /**< a device, a socket, a directory loop */
    NIDX_SKIP_EMPTY = 6,
    NIDX_SKIP_IGNORED = 7,    /**< an ignore file or a glob leaves it out */
    NIDX_SKIP_COUNT = 8
};

struct nidx_import_options {
    size_t size;
    /** Other names of JSON members: "title=headline,body=text". */
    const char *map;
    /** Key of records: "source#id" (0) or the id alone (1). */
    int plain_ids;
    uint64_t commit_bytes; /**< input between commits; 0: the default */
    /** Called for each thing skipped: path, line (0: none), reason, text. */
    void (*skipped)(void *context, const char *path, uint64_t line,
                    enum nidx_skip why, const char *message);
    /** Called several times a second; non-zero commits what is whole and
     * stops with STOPPED. */
    nidx_progress_fn progress;
    void *context;
    /** Removes documents of files that vanished from the folders named, and
     * records that vanished from changed files. A file has vanished where
     * the system says that nothing is there; never because a folder could
     * not be read, nor where a folder named is empty that held many. */
    int prune;
    int hidden;    /**< hidden files and folders are read as well */
    int no_ignore; /**< .gitignore and .nidxignore are not heeded */
    /** Globs as in .gitignore, from the folder named: only files that one of
     * them fits are read; of those with a ! before, none. */
    const char *const *globs;
    size_t n_globs;
    /** Called for what a person should know: path and text. */
    void (*notice)(void *context, const char *path, const char *message);
};
#define NIDX_IMPORT_OPTIONS_INIT \
    {sizeof(struct nidx_import_options), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}

struct nidx_import_counts {
    uint64_t size; /**< in: sizeof; fields beyond it are not filled */
    uint64_t added, updated, duplicates; /**< duplicates: equal keys in this run */
    uint64_t skipped[16]; /**< by enum nidx_skip */
    uint64_t files, bytes; /**< read */
    uint64_t bad_bytes;    /**< replaced by U+FFFD */
    uint64_t cut_words;    /**< words too long to be indexed whole */
    uint64_t unchanged;    /**< files that hold what they held: not read, or
                                touched and compared */
    uint64_t moved;        /**< documents that stand under another path now,
                                and are neither added nor removed */
    uint64_t removed;      /**< documents that vanished */
};

NIDX_API enum nidx_status nidx_import_new(
    struct nidx_writer *w, const struct nidx_import_options *options,
    struct nidx_import **out, struct nidx_error *err);
/** A file or a folder, recursively. */
NIDX_API enum nidx_status nidx_import_path(struct nidx_import *import,
                                           const char *path,
                                           struct nidx_error *err);
/** JSON lines from a file descriptor; name stands for the path in keys. */
NIDX_API enum nidx_status nidx_import_stream(struct nidx_import *import,
                                             int fd, const char *name,
                                             struct nidx_error *err);
/** Waits for everything given so far and commits it. */
NIDX_API enum nidx_status nidx_import_finish(struct nidx_import *import,
                                             struct nidx_error *err);
NIDX_API void nidx_import_counts(const struct nidx_import *import,
                                 struct nidx_import_counts *out);
NIDX_API void nidx_import_free(struct nidx_import *import);

/* ------------------------------------------------------------ snapshot */

struct nidx_snapshot;
/** A consistent view of the last commit. Cost: some microseconds. */
NIDX_API enum nidx_status nidx_snapshot_open(struct nidx_index *index,
                                             struct nidx_snapshot **out,
                                             struct nidx_error *err);
NIDX_API void nidx_snapshot_close(struct nidx_snapshot *s);
/** Moves to the last commit where there is a newer one; changed (may be NULL)
 * says so. Results made before stay valid. */
NIDX_API enum nidx_status nidx_snapshot_refresh(struct nidx_snapshot *s,
                                                int *changed,
                                                struct nidx_error *err);
/** Documents that are not deleted. */
NIDX_API uint64_t nidx_snapshot_n_docs(const struct nidx_snapshot *s);
NIDX_API uint64_t nidx_snapshot_n_segments(const struct nidx_snapshot *s);
/** The number of the commit that it sees. */
NIDX_API uint64_t nidx_snapshot_commit(const struct nidx_snapshot *s);

/** The keys of a snapshot's documents that begin with a prefix, bytewise
 * rising. */
struct nidx_keys;
/** The snapshot must stay open and where it is until _free. */
NIDX_API enum nidx_status nidx_keys_new(struct nidx_snapshot *s,
                                        const char *prefix, size_t len,
                                        struct nidx_keys **out,
                                        struct nidx_error *err);
NIDX_API void nidx_keys_free(struct nidx_keys *keys);
/** The next key, borrowed until the next call; NULL behind the last. */
NIDX_API enum nidx_status nidx_keys_next(struct nidx_keys *keys,
                                         const char **key, size_t *len,
                                         struct nidx_error *err);

/** The commonest words of headlines and bodies that begin with a text, in any
 * case, accents aside: what may follow what a person has typed so far. */
struct nidx_words;
/**
 * Takes at most max words (at least 1, at most 100,000), those of most
 * documents first and then by bytes. Cost: it reads all words that begin so,
 * some ten nanoseconds each. The words outlive the snapshot.
 */
NIDX_API enum nidx_status nidx_words_new(struct nidx_snapshot *s,
                                         const char *prefix, size_t len,
                                         size_t max, struct nidx_words **out,
                                         struct nidx_error *err);
NIDX_API void nidx_words_free(struct nidx_words *words);
NIDX_API size_t nidx_words_n(const struct nidx_words *words);
/** Word i as it is written, in lower case; borrowed. */
NIDX_API const char *nidx_words_text(const struct nidx_words *words, size_t i,
                                     size_t *len);
/** How many documents hold it so, deleted ones not yet purged included. */
NIDX_API uint64_t nidx_words_n_docs(const struct nidx_words *words, size_t i);

/** All words of headlines and bodies, as written but in small letters, in
 * bytewise order of their spelling without accents. */
struct nidx_lexicon;
/** Words that begin with a prefix (accents and case aside). The snapshot must
 * stay open and where it is until _free. */
NIDX_API enum nidx_status nidx_lexicon_new(struct nidx_snapshot *s,
                                         const char *prefix, size_t len,
                                         struct nidx_lexicon **out,
                                         struct nidx_error *err);
NIDX_API void nidx_lexicon_free(struct nidx_lexicon *lexicon);
/** The next word, borrowed until the next call; NULL behind the last. docs
 * and occurrences (may be NULL) count documents that were deleted and not yet
 * purged by merging, too. */
NIDX_API enum nidx_status nidx_lexicon_next(struct nidx_lexicon *lexicon,
                                          const char **word, size_t *len,
                                          uint64_t *docs,
                                          uint64_t *occurrences,
                                          struct nidx_error *err);

/* --------------------------------------------------------------- query */

struct nidx_query;

struct nidx_query_options {
    size_t size;
    int any;    /**< words are OR-ed where no operator stands */
    int strict; /**< what would be a note is SYNTAX, with its offset */
};
#define NIDX_QUERY_OPTIONS_INIT {sizeof(struct nidx_query_options), 0, 0}

/**
 * Reads a query; nidx-query(7) is the language. Every text is a query unless
 * strict; LIMIT when it is longer than 1 MiB. Needs no index.
 */
NIDX_API enum nidx_status nidx_query_parse(
    const char *text, size_t len, const struct nidx_query_options *options,
    struct nidx_query **out, struct nidx_error *err);
NIDX_API void nidx_query_free(struct nidx_query *q);
/** What was read differently from what stands there: number and texts. */
NIDX_API size_t nidx_query_n_notes(const struct nidx_query *q);
/** A note, borrowed; offset and length (may be NULL) are of the text. */
NIDX_API const char *nidx_query_note(const struct nidx_query *q, size_t i,
                                     size_t *offset, size_t *len);
/** The query as understood, in the query language; borrowed. */
NIDX_API const char *nidx_query_text(const struct nidx_query *q, size_t *len);

/* -------------------------------------------------------------- search */

struct nidx_result;

enum nidx_sort {
    NIDX_SORT_SCORE = 0,
    NIDX_SORT_NEWEST = 1, /**< by date; what has none comes last */
    NIDX_SORT_OLDEST = 2
};

enum nidx_count_mode {
    NIDX_COUNT_EXACT = 0, /**< hits, and the exact number of matches */
    NIDX_COUNT_NONE = 1,  /**< hits alone: the fastest */
    NIDX_COUNT_ONLY = 2   /**< the number alone */
};

struct nidx_search_options {
    size_t size;
    size_t limit;  /**< hits; 0 is 10 */
    size_t offset; /**< hits to skip before them */
    enum nidx_count_mode count;
    int plain;     /**< headlines count as body */
    int any;       /**< for nidx_search_text */
    int strict;    /**< for nidx_search_text */
    int nearest;   /**< where nothing has all words, the nearest instead */
    int explain;   /**< keep what nidx_hit_explain needs */
    double k1, b;  /**< of BM25; k1 0 means 1.2, b 0 means 0.75; a negative b
                        means 0 */
    int (*cancelled)(void *context); /**< non-zero stops with STOPPED */
    void *context;
    int verify;    /**< compare checksums of postings too */
    /** Only documents of these days: "2018", "2018-08" or "2018-08-08", from
     * the first of them to the last; NULL is no bound. INVALID where one cannot
     * be read. Documents without a date are none of them. */
    const char *since, *until;
    /** A half-life in days: scores are multiplied by
     * (1 + 2^(-age / recent)) / 2, and documents without a date by 1/2. 0: age
     * does not matter. Every match is looked at. */
    double recent;
    int64_t now; /**< from where ages count: seconds since 1970; 0 is now */
    enum nidx_sort sort;
};
#define NIDX_SEARCH_OPTIONS_INIT \
    {sizeof(struct nidx_search_options), 0, 0, NIDX_COUNT_EXACT, 0, 0, 0, 0, \
     0, 0, 0, 0, 0, 0, 0, 0, 0, 0, NIDX_SORT_SCORE}

/** Runs a query. The result owns copies of keys, scores and numbers; fields
 * and passages are read when they are asked for, while the snapshot is open. */
NIDX_API enum nidx_status nidx_search(struct nidx_snapshot *s,
                                      const struct nidx_query *q,
                                      const struct nidx_search_options *options,
                                      struct nidx_result **out,
                                      struct nidx_error *err);
/** Opens a snapshot, parses and runs: the result keeps both until it is
 * freed. */
NIDX_API enum nidx_status nidx_search_text(
    struct nidx_index *index, const char *text, size_t len,
    const struct nidx_search_options *options, struct nidx_result **out,
    struct nidx_error *err);
/** The document of a key as a result of one hit that scores 0. NOTFOUND. */
NIDX_API enum nidx_status nidx_snapshot_find(struct nidx_snapshot *s,
                                             const char *key, size_t len,
                                             struct nidx_result **out,
                                             struct nidx_error *err);
/**
 * Runs a query on one document: a result of one hit with its score, whether it
 * matches or not; nidx_result_total is 1 or 0. NOTFOUND where no document has
 * the key.
 */
NIDX_API enum nidx_status nidx_search_key(
    struct nidx_snapshot *s, const struct nidx_query *q,
    const struct nidx_search_options *options, const char *key, size_t len,
    struct nidx_result **out, struct nidx_error *err);
NIDX_API void nidx_result_free(struct nidx_result *r);
/** Matching documents in all; exact unless counting was switched off. */
NIDX_API uint64_t nidx_result_total(const struct nidx_result *r);
NIDX_API size_t nidx_result_n_hits(const struct nidx_result *r);
/** Whether the hits are the nearest, because nothing matches. */
NIDX_API int nidx_result_is_nearest(const struct nidx_result *r);
/** Notes of the query and of this run: limits hit, unknown words, spellings,
 * which words no document has together. */
NIDX_API size_t nidx_result_n_notes(const struct nidx_result *r);
NIDX_API const char *nidx_result_note(const struct nidx_result *r, size_t i);
/** The query as it ran, after expansion; borrowed. */
NIDX_API const char *nidx_result_query(const struct nidx_result *r,
                                       size_t *len);

/** Borrowed from the result, as everything below. */
NIDX_API const char *nidx_hit_key(const struct nidx_result *r, size_t i,
                                  size_t *len);
/** The score: a multiple of 2^-20, exact. */
NIDX_API double nidx_hit_score(const struct nidx_result *r, size_t i);
/** Seconds since 1970; has (may be NULL) says whether there is a date. */
NIDX_API int64_t nidx_hit_date(const struct nidx_result *r, size_t i,
                               int *has);
/** The nth value of a stored field, NULL where there is none. */
NIDX_API enum nidx_status nidx_hit_field(struct nidx_result *r, size_t i,
                                         const char *name, size_t nth,
                                         const char **value, size_t *len,
                                         struct nidx_error *err);

struct nidx_passage_options {
    size_t size;
    size_t max_passages; /**< 0 is 3 */
    size_t max_bytes;    /**< of one passage; 0 is 320 */
};
#define NIDX_PASSAGE_OPTIONS_INIT {sizeof(struct nidx_passage_options), 0, 0}

/** Finds the passages of a hit's body, and what is lit in its title. */
NIDX_API enum nidx_status nidx_hit_passages(
    struct nidx_result *r, size_t i, const struct nidx_passage_options *options,
    size_t *n, struct nidx_error *err);
/** The text of passage p, and the byte where it begins in the body. */
NIDX_API const char *nidx_passage_text(const struct nidx_result *r, size_t i,
                                       size_t p, size_t *len, uint64_t *start);
/** Ranges lit in passage p, as bytes from its start. */
NIDX_API size_t nidx_passage_n_lit(const struct nidx_result *r, size_t i,
                                   size_t p);
NIDX_API void nidx_passage_lit(const struct nidx_result *r, size_t i, size_t p,
                               size_t j, size_t *start, size_t *len);
/** Where passage p was cut: 1 its beginning, 2 its end stands within a
 * sentence; 3 both. */
NIDX_API int nidx_passage_cut(const struct nidx_result *r, size_t i, size_t p);
/** Ranges lit in the title; after nidx_hit_passages. */
NIDX_API size_t nidx_title_n_lit(const struct nidx_result *r, size_t i);
NIDX_API void nidx_title_lit(const struct nidx_result *r, size_t i, size_t j,
                             size_t *start, size_t *len);
/** One readable line per term of the score; needs options.explain. */
NIDX_API enum nidx_status nidx_hit_explain(struct nidx_result *r, size_t i,
                                           const char **text, size_t *len,
                                           struct nidx_error *err);

/** A line for each clause of the query: whether the hit satisfies it, and so
 * why it is found or not. */
NIDX_API enum nidx_status nidx_hit_why(struct nidx_result *r, size_t i,
                                       const char **text, size_t *len,
                                       struct nidx_error *err);
/**
 * A query for documents like a hit: of its words those that are frequent in it
 * and rare in the index, at most n_words (0 is 25), OR-ed. Borrowed from the
 * result until the next call. Empty where it has no such words.
 */
NIDX_API enum nidx_status nidx_hit_similar(struct nidx_result *r, size_t i,
                                           size_t n_words, const char **text,
                                           size_t *len,
                                           struct nidx_error *err);

/**
 * Every document that a query matches, in no order that means anything, with
 * its date: for counting by time. options may be NULL; limit, offset and the
 * like have no effect. The snapshot must stay open until _free.
 */
struct nidx_matches;
NIDX_API enum nidx_status nidx_matches_new(
    struct nidx_snapshot *s, const struct nidx_query *q,
    const struct nidx_search_options *options, struct nidx_matches **out,
    struct nidx_error *err);
NIDX_API void nidx_matches_free(struct nidx_matches *m);
/** The next one; found is 0 behind the last. date: seconds since 1970, where
 * has_date is not 0. */
NIDX_API enum nidx_status nidx_matches_next(struct nidx_matches *m, int *found,
                                            int64_t *date, int *has_date,
                                            struct nidx_error *err);

#ifdef __cplusplus
}
#endif

#endif
