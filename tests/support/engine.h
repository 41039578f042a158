/* engine.h: the whole engine, as a program uses it: what tests of damage and
 * of failing memory put to it.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_TESTS_ENGINE_H
#define NIDX_TESTS_ENGINE_H

#include "nidx.h"

/** Opens; makes the file where create is set. err is never NULL here. */
enum nidx_status engine_open(const char *path, int create,
                             struct nidx_index **out, struct nidx_error *err);
/** Adds three documents that hold word (keys word.0 to word.2), replaces one
 * that is always there, deletes another, and commits. */
enum nidx_status engine_add(struct nidx_index *index, const char *word,
                            struct nidx_error *err);
enum nidx_status engine_optimize(struct nidx_index *index,
                                 struct nidx_error *err);
/** Queries of each kind, with passages, fields and explanations, and all
 * keys; the first status that is not fine. */
enum nidx_status engine_read(struct nidx_index *index, int verify,
                             struct nidx_error *err);
/** Documents that a text finds; UINT64_MAX where that fails. */
uint64_t engine_count(struct nidx_index *index, const char *text);

/** Makes a small index of several segments and deletions; 0 or a status. */
enum nidx_status engine_make(const char *path, struct nidx_error *err);

#endif
