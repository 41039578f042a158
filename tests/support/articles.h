/* articles.h: a few short texts, analysed and written to an index file.
 *
 * All of a text is the body; postings, forms and tags are as an indexer makes
 * them, so that a query can be expanded and run against real words.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_TESTS_ARTICLES_H
#define NIDX_TESTS_ARTICLES_H

#include "common/segment/segment.h"

struct article {
    uint32_t segment;     /**< from 0 on, rising */
    const char *language; /**< "english"; "" is none */
    const char *text;
    const char *tag; /**< or NULL */
};

struct articles {
    struct nidx_store *store;
    struct nidx_catalog *catalog;
};

/** Writes them into the folder of the fixture (tmpdir.h) under name. Document
 * n of a segment is its nth article; keys are "a", "b", ... over all. */
void articles_open(struct articles *a, void *const *state, const char *name,
                   const struct article *list, uint32_t n);
void articles_close(struct articles *a);

#endif
