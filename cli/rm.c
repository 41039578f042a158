/* rm.c: nidx rm: removes articles by key.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"
#include "find.h"

#include <stdlib.h>
#include <string.h>

/** Removes one article; *removed counts those that were there. */
static enum nidx_status remove_key(struct nidx_writer *w,
                                   struct nidx_snapshot *s, const char *name,
                                   unsigned *removed, struct nidx_error *err)
{
    struct nidx_result *r;
    char *key;
    enum nidx_status status = nidx_cli_find(s, name, &r, &key, err);

    if (status == NIDX_ERR_NOTFOUND) {
        nidx_cli_fail(name, "no such article");
        return NIDX_OK;
    }
    if (status != NIDX_OK)
        return status;
    nidx_result_free(r);
    if (!key)
        return NIDX_ERR_NOMEM;
    status = nidx_writer_delete(w, key, strlen(key), err);
    free(key);
    if (status == NIDX_OK)
        ++*removed;
    return status;
}

static int remove_all(struct nidx_index *index, struct nidx_writer *w, int n,
                      char **names)
{
    struct nidx_error err;
    struct nidx_snapshot *s;
    unsigned removed = 0;
    enum nidx_status status = nidx_snapshot_open(index, &s, &err);

    for (int i = 0; i < n && status == NIDX_OK; i++)
        status = remove_key(w, s, names[i], &removed, &err);
    nidx_snapshot_close(s);
    if (status == NIDX_OK)
        status = nidx_writer_commit(w, &err);
    if (status != NIDX_OK)
        return nidx_cli_failed(nidx_index_path(index), &err);
    fprintf(stderr, "removed %u of %d\n", removed, n);
    return removed == (unsigned)n ? NIDX_CLI_FOUND : NIDX_CLI_NOTHING;
}

int nidx_cli_rm(int argc, char **argv)
{
    const char *path = NULL;
    bool no_wait = false;
    const struct nidx_cli_option options[] = {
        {"index", 'i', NIDX_CLI_TEXT, &path, "FILE", "the index"},
        {"no-wait", 0, NIDX_CLI_FLAG, &no_wait, NULL,
         "leave at once where another process writes"},
    };
    const struct nidx_cli_usage usage = {
        .synopsis = "rm [options] KEY...",
        .text = "Removes articles from the index, never the files. A KEY is "
                "what `nidx ls`\nprints, or the path of a file. The next `nidx "
                "add` of the "
                "same folder brings an\narticle back, unless its file is gone "
                "or ignored (.nidxignore).",
        .options = options,
        .n_options = NIDX_CLI_COUNT(options),
        .examples = "    nidx rm ~/news/old.txt\n"
                    "    nidx ls -0 ~/news/2017 | xargs -0 nidx rm\n",
        .min_operands = 1,
        .max_operands = NIDX_CLI_MANY};
    int status;

    const int n = nidx_cli_options(&usage, argc, argv, &status);
    if (n < 0)
        return status;
    struct nidx_index *index = nidx_cli_open(path, NULL);
    if (!index)
        return NIDX_CLI_ERROR;
    struct nidx_writer_options options_w = NIDX_WRITER_OPTIONS_INIT;
    struct nidx_writer *w = nidx_cli_writer(index, &options_w, no_wait);
    status = w ? remove_all(index, w, n, argv) : NIDX_CLI_ERROR;
    nidx_writer_close(w);
    nidx_index_close(index);
    return status;
}
