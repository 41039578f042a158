/* store_impl.h: what the files of the store share and nobody else sees.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_STORE_IMPL_H
#define NIDX_COMMON_STORE_IMPL_H

#include <sys/stat.h>
#include <sys/types.h>

#include "common/store/store.h"
#include "common/store/store_pages.h"

struct MDB_env;
struct MDB_txn;

/**
 * An open index file: one for all handles of the process. Every field is
 * guarded by the table's mutex, except what the writer alone uses.
 */
struct nidx_env {
    struct nidx_env *next;
    unsigned refs;
    char *path; /**< absolute, links resolved: the lock file's name too */
    dev_t device;
    ino_t inode;
    uint64_t map_max;
    bool no_lock;   /**< asked for: nobody writes this copy */
    bool writable;  /**< the system lets us write data and lock file */
    bool shy;       /**< no lock file: each view keeps writers out instead */
    bool want_grow; /**< a transaction did not fit the map */
    bool broken;    /**< LMDB gave up: open anew before the next use */
    int fd;         /**< of the data file; carries our locks */
    int spare_fd;   /**< opened and locked already: what the next start takes */
    struct MDB_env *mdb;
    uint8_t *map; /**< our own, read-only */
    size_t map_size;
    uint32_t page_size;
    unsigned n_views;
    struct nidx_store *writer; /**< the handle that holds the writer's lock */
    struct nidx_txn *txn;
    uint64_t checked; /**< commit whose tree was found sound for writing */
};

struct nidx_store {
    struct nidx_env *env;
    char *path; /**< as the caller gave it */
    bool readonly;
    unsigned born; /**< count of forks when it was opened */
};

struct nidx_view {
    struct nidx_env *env;
    struct MDB_txn *mdb;
    unsigned born;
    uint64_t commit;
    uint64_t file_pages; /**< of the snapshot */
    struct nidx_tree main, free;
};

/* ---------------------------------------------------------- store_env.c */

/** The guard of the table of open files. Not held while waiting or copying. */
void nidx_table_lock(void);
void nidx_table_unlock(void);
/** How often this process is a fork of the one that loaded the library. */
unsigned nidx_fork_count(void);
enum nidx_status nidx_fail_forked(struct nidx_error *err);

/** Finds or opens the environment of path; table locked. */
enum nidx_status nidx_env_get(const char *path,
                              const struct nidx_store_options *options,
                              struct nidx_env **out, struct nidx_error *err);
void nidx_env_release(struct nidx_env *e);
/** Sees to it that e is the file that path names now, whole and mapped; the
 * first step of every transaction. Table locked. */
enum nidx_status nidx_env_ensure(struct nidx_env *e, struct nidx_error *err);
/** Closes and opens the parts below e; table locked, no transaction open. */
void nidx_env_stop(struct nidx_env *e);
enum nidx_status nidx_env_start(struct nidx_env *e, unsigned mode, bool create,
                                struct nidx_error *err);
/** Makes both maps cover at least size bytes. */
enum nidx_status nidx_env_remap(struct nidx_env *e, uint64_t size,
                                struct nidx_error *err);
/** The newest meta page, by pread; also tells what is no index. */
enum nidx_status nidx_env_probe(const char *path, int fd, struct nidx_meta *out,
                                struct nidx_error *err);
/** The status and words for what LMDB returned while doing what. */
enum nidx_status nidx_env_fail(const struct nidx_env *e, int rc,
                               const char *what, struct nidx_error *err);
enum nidx_status nidx_env_damage(const struct nidx_env *e, const char *what,
                                 uint64_t page, struct nidx_error *err);

/** Makes a new name in path's folder durable. */
void nidx_sync_folder(const char *path);

/* ------------------------------------------------------------- store.c */

/** Fills v (env set) with the trees of commit id as e's file has them; false
 * where a writer has gone on since. No transaction is opened. */
bool nidx_view_fill(struct nidx_view *v, uint64_t id);
/** Whether the file has all pages of v, and the map covers them. */
enum nidx_status nidx_view_check_extent(const struct nidx_view *v,
                                        struct nidx_error *err);

/* --------------------------------------------------------- store_lock.c */

/** Marks fd's file as open in this process; waits while it is swapped. */
int nidx_lock_presence(int fd);
/** Alone with the file, or false and who else has it open, in text. */
bool nidx_lock_alone(int fd, char *text, size_t cap);
void nidx_lock_not_alone(int fd);
/** 0, EAGAIN when another has it, or an errno. */
int nidx_lock_writer(int fd);
void nidx_unlock_writer(int fd);
/** Keeps writers out while it is held; 0, EAGAIN or an errno. */
int nidx_lock_out_writers(int fd);
/** Who holds the writer's lock: pid, command, start time. */
void nidx_lock_holder(int fd, char *text, size_t cap);

/* -------------------------------------------------------- store_check.c */

/** Whether a value's trailer fits payload and key. */
bool nidx_trailer_matches(struct nidx_bytes key, struct nidx_bytes value);
void nidx_trailer_write(struct nidx_bytes key, struct nidx_bytes payload,
                        uint8_t *out);

/** Walks both trees of a view: every page once, none outside, no page both
 * used and free. What LMDB trusts when it writes. */
enum nidx_status nidx_view_check_trees(struct nidx_view *v,
                                       struct nidx_error *err);
/** That, and every value's pages and checksum. */
enum nidx_status nidx_view_check_values(struct nidx_view *v,
                                        int (*progress)(void *context,
                                                        uint64_t done,
                                                        uint64_t total),
                                        void *context, struct nidx_error *err);

#endif
