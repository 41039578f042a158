/* indexed.c: a random corpus, written to a file and opened again.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/support/indexed.h"
#include "tests/support/tmpdir.h"

void indexed_open(struct indexed *ix, void *const *state,
                  const struct corpus_options *options)
{
    const struct nidx_store_options readonly = {.readonly = true,
                                                .map_max = CORPUS_MAP};
    struct nidx_error err;
    char name[48];

    snprintf(name, sizeof(name), "%llu-%u.nidx",
             (unsigned long long)options->seed, options->n_segments);
    char *path = tmpdir_path(state, name);
    assert_non_null(path);
    ix->corpus = corpus_new(options);
    corpus_write(ix->corpus, path);
    if (nidx_store_open(path, &readonly, &ix->store, &err) != NIDX_OK ||
        nidx_catalog_open(ix->store, &ix->catalog, &err) != NIDX_OK)
        fail_msg("%s", err.message);
    free(path);
}

void indexed_close(struct indexed *ix)
{
    nidx_catalog_close(ix->catalog);
    nidx_store_close(ix->store);
    corpus_free(ix->corpus);
}
