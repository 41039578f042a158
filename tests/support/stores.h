/* stores.h: steps on a store that a test takes for granted, and processes to
 * take them in.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_TESTS_STORES_H
#define NIDX_TESTS_STORES_H

#include <stdbool.h>
#include <sys/types.h>

#include "common/store/store.h"

/** Sanitizers and valgrind reserve address space beyond any limit. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define STORES_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define STORES_SANITIZED 1
#endif
#endif
#ifndef STORES_SANITIZED
#define STORES_SANITIZED 0
#endif

/** Each ends the test when it fails. */
struct nidx_store *stores_open(const char *path);
void stores_lock(struct nidx_store *s);
struct nidx_view *stores_view(struct nidx_store *s);
/** One transaction: key gets len bytes of fill. The lock must be held. */
void stores_put(struct nidx_store *s, const char *key, char fill, size_t len);
/** Whether the view has key with that value, checksum and all. */
bool stores_has(struct nidx_view *v, const char *key, char fill, size_t len);
void stores_check(struct nidx_store *s);
/** A new file with values small and large, closed again. */
void stores_make(const char *path);

/** A child process that runs body and then waits to be killed or let go; its
 * exit status is what body returns. */
struct stores_child {
    pid_t pid;
    int ready, go; /* pipes */
};
/** Returns when body calls stores_ready, or has ended. */
void stores_fork(struct stores_child *c,
                 int (*body)(struct stores_child *c, void *context),
                 void *context);
/** In the child: lets the parent go on and waits to be let go. */
void stores_ready(struct stores_child *c);
/** Lets it go and waits for its end: its exit status, or 1000 + signal. */
int stores_join(struct stores_child *c);
void stores_kill(struct stores_child *c);
/** All in one: body in a child of its own, to its end. */
int stores_run(int (*body)(struct stores_child *c, void *context),
               void *context);

#endif
