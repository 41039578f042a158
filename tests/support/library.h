/* library.h: a few articles, indexed and searched through nidx.h alone.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_TESTS_LIBRARY_H
#define NIDX_TESTS_LIBRARY_H

#include "nidx.h"

struct library {
    struct nidx_index *index;
    struct nidx_writer *writer;
    char text[4096]; /**< what the last question was answered with */
};

/** In the folder of the fixture (tmpdir.h). Failures fail the test. */
void library_open(struct library *l, void *const *state);
void library_close(struct library *l);
/** language, title, date: NULL is none. */
void library_add(struct library *l, const char *key, const char *language,
                 const char *title, const char *body, const char *date);
/** Makes what was added visible, as a segment of its own. */
void library_commit(struct library *l);

/** The keys that a query finds, rising, with blanks between. */
const char *library_keys(struct library *l, const char *query);
/** The keys in the order of the hits; options may be NULL. */
const char *library_hits(struct library *l, const char *query,
                         const struct nidx_search_options *options);
/** The notes of a search, one a line. */
const char *library_notes(struct library *l, const char *query);
/** The query as it ran. */
const char *library_query(struct library *l, const char *query);

#endif
