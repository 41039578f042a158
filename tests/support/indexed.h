/* indexed.h: a random corpus, written to a file and opened again.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_TESTS_INDEXED_H
#define NIDX_TESTS_INDEXED_H

#include "common/segment/segment.h"
#include "tests/support/corpus.h"

struct indexed {
    struct corpus *corpus;
    struct nidx_store *store;
    struct nidx_catalog *catalog;
};

/** Writes it into the folder of the fixture (tmpdir.h), under a name made of
 * the seed. Failures fail the test. */
void indexed_open(struct indexed *ix, void *const *state,
                  const struct corpus_options *options);
void indexed_close(struct indexed *ix);

#endif
