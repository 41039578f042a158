/* export.c: nidx export: all articles as JSON lines.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "article.h"
#include "cli.h"

#include <string.h>

static enum nidx_status export_key(struct nidx_snapshot *s, const char *key,
                                   size_t len, struct nidx_error *err)
{
    struct nidx_result *r;
    enum nidx_status status = nidx_snapshot_find(s, key, len, &r, err);

    if (status != NIDX_OK)
        return status;
    status = nidx_cli_article_json(r, "id", err);
    nidx_result_free(r);
    return status;
}

static int export(const struct nidx_cli_reader *r, const char *prefix)
{
    struct nidx_error err;
    struct nidx_keys *keys;
    const char *key;
    size_t len;
    int code = NIDX_CLI_NOTHING;

    enum nidx_status status =
        nidx_keys_new(r->snapshot, prefix, strlen(prefix), &keys, &err);
    while (status == NIDX_OK && !ferror(stdout) && !nidx_cli_stopping()) {
        status = nidx_keys_next(keys, &key, &len, &err);
        if (status != NIDX_OK || !key)
            break;
        status = export_key(r->snapshot, key, len, &err);
        code = NIDX_CLI_FOUND;
    }
    nidx_keys_free(keys);
    if (status != NIDX_OK)
        return nidx_cli_failed(r->path, &err);
    return code == NIDX_CLI_NOTHING ? nidx_cli_nothing() : code;
}

int nidx_cli_export(int argc, char **argv)
{
    const char *path = NULL;
    struct nidx_cli_reader r;
    const struct nidx_cli_option options[] = {
        {"index", 'i', NIDX_CLI_TEXT, &path, "FILE", "the index"},
    };
    const struct nidx_cli_usage usage = {
        .synopsis = "export [options] [PREFIX]",
        .text = "Prints articles as JSON lines, those whose key begins with "
                "PREFIX or all. The\nkey is `id`: `nidx add --plain-ids -` "
                "makes an equal index of them.",
        .options = options,
        .n_options = NIDX_CLI_COUNT(options),
        .examples = "    nidx export | zstd > backup.jsonl.zst\n"
                    "    nidx export | nidx add -i copy.nidx --plain-ids -\n"
                    "    zstdcat backup.jsonl.zst | nidx add --plain-ids -\n",
        .max_operands = 1};
    int status;

    const int n = nidx_cli_options(&usage, argc, argv, &status);
    if (n < 0)
        return status;
    if (!nidx_cli_reader_open(path, &r))
        return NIDX_CLI_ERROR;
    status = export(&r, n > 0 ? argv[0] : "");
    nidx_cli_reader_close(&r);
    return status;
}
