/* store.h: the index file: LMDB with its traps fenced off.
 *
 * Only store*.c include lmdb.h. Keys and values are bytes; what they mean is
 * the business of segment.h and manifest.h. Every value that is put gets a
 * trailer of NIDX_TRAILER bytes (XXH3-64 seeded by its key, then zeros) that
 * callers never see; get gives the payload, followed by NIDX_PAD readable
 * bytes.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_STORE_H
#define NIDX_COMMON_STORE_H

#include "common/base/bytes.h"
#include "common/base/limits.h"
#include "common/base/status.h"

struct nidx_store;
struct nidx_view;
struct nidx_txn;

struct nidx_store_options {
    bool create;      /**< make the file where there is none */
    bool readonly;    /**< never write, not even the lock file if it need not */
    bool no_lock;     /**< a copy that nobody writes: no lock file at all */
    unsigned mode;    /**< permissions of a new file; 0 is 0600 */
    uint64_t map_max; /**< bytes of address space; 0 is the most that fits */
};

/**
 * Opens the file at path. Files that are open already in this process (same
 * device and inode) share one environment, reference-counted and guarded: the
 * library's only global state. A file that is no index, of a newer version or
 * damaged is refused by name (the caller checks its own header besides).
 */
enum nidx_status nidx_store_open(const char *path,
                                 const struct nidx_store_options *options,
                                 struct nidx_store **out,
                                 struct nidx_error *err);
void nidx_store_close(struct nidx_store *s);
const char *nidx_store_path(const struct nidx_store *s);
/** Whether it lies on a network file system, where neither locks nor mapped
 * pages can be trusted between machines: a reason to warn. */
bool nidx_store_is_remote(const struct nidx_store *s);

/* ------------------------------------------------------------- reading */

/** A snapshot. It pins every page that is freed while it lives. */
enum nidx_status nidx_view_open(struct nidx_store *s, struct nidx_view **out,
                                struct nidx_error *err);
void nidx_view_close(struct nidx_view *v);
/** Number of the last commit that it sees; rises with every commit. */
uint64_t nidx_view_commit(const struct nidx_view *v);
/** Bytes of the file that it sees: no stored size can be larger. */
uint64_t nidx_view_bytes(const struct nidx_view *v);
/** The number a view opened now would have: cheap, no lock. */
uint64_t nidx_store_commit_now(struct nidx_store *s);

/**
 * The payload of key, borrowed until the view closes. verify compares the
 * checksum. NIDX_ERR_NOTFOUND (err untouched) where there is none. Safe to
 * call from several threads on one view.
 */
enum nidx_status nidx_view_get(struct nidx_view *v, struct nidx_bytes key,
                               bool verify, struct nidx_bytes *value,
                               struct nidx_error *err);

/** Calls each(context, key, payload length) for keys that begin with prefix,
 * in order; stops where it returns non-zero, and returns that. */
enum nidx_status nidx_view_each(struct nidx_view *v, struct nidx_bytes prefix,
                                int (*each)(void *context,
                                            struct nidx_bytes key, size_t len),
                                void *context, struct nidx_error *err);

/* ------------------------------------------------------------- writing */

/** wait_ms: 0 not at all, UINT32_MAX for ever. A busy lock is NIDX_ERR_BUSY
 * with pid, command and start time of its holder in the message. waiting (may
 * be NULL) is called once before it waits, with that text. */
enum nidx_status nidx_store_lock_writer(struct nidx_store *s, uint32_t wait_ms,
                                        void (*waiting)(void *context,
                                                        const char *holder),
                                        void *context, struct nidx_error *err);
void nidx_store_unlock_writer(struct nidx_store *s);

/** A write transaction; the writer's lock must be held. One at a time, begun
 * and ended by the same thread. After a failure in it, all that is left is to
 * abort or to commit, which then fails in the same words. */
enum nidx_status nidx_txn_begin(struct nidx_store *s, struct nidx_txn **out,
                                struct nidx_error *err);
enum nidx_status nidx_txn_put(struct nidx_txn *t, struct nidx_bytes key,
                              struct nidx_bytes payload,
                              struct nidx_error *err);
/** Deletes every key that begins with prefix. */
enum nidx_status nidx_txn_delete(struct nidx_txn *t, struct nidx_bytes prefix,
                                 struct nidx_error *err);
/** Reads what the transaction sees, its own writes included. */
enum nidx_status nidx_txn_get(struct nidx_txn *t, struct nidx_bytes key,
                              struct nidx_bytes *value, struct nidx_error *err);
/** Payload bytes put so far: memory, until it commits. */
size_t nidx_txn_bytes(const struct nidx_txn *t);
/** Durable when it returns NIDX_OK. Frees t in any case. */
enum nidx_status nidx_txn_commit(struct nidx_txn *t, struct nidx_error *err);
void nidx_txn_abort(struct nidx_txn *t);

/* --------------------------------------------------------------- upkeep */

struct nidx_store_reader {
    int pid;
    uint64_t commit;       /**< what it sees */
    uint64_t pinned_bytes; /**< freed since, and not reusable while it lives;
                              an upper estimate */
};

struct nidx_store_info {
    uint64_t file_bytes; /**< used pages times page size */
    uint64_t free_bytes; /**< on the free list */
    uint64_t tree_bytes; /**< branch and leaf pages */
    uint64_t n_values;
    uint64_t commit;
    uint32_t n_readers; /**< filled into readers, at most 64 */
    struct nidx_store_reader readers[64];
};
enum nidx_status nidx_store_info(struct nidx_store *s,
                                 struct nidx_store_info *out,
                                 struct nidx_error *err);

/** Walks every page and value: damage ends it. progress may be NULL;
 * non-zero stops with NIDX_ERR_STOPPED. */
enum nidx_status nidx_store_check(struct nidx_store *s,
                                  int (*progress)(void *context, uint64_t done,
                                                  uint64_t total),
                                  void *context, struct nidx_error *err);

/**
 * Copies the live pages to a new file and puts it in this one's place. Needs
 * the writer's lock; who else has the file open is NIDX_ERR_BUSY, named.
 * saved receives the bytes gained.
 */
enum nidx_status nidx_store_compact(struct nidx_store *s, uint64_t *saved,
                                    struct nidx_error *err);

#endif
