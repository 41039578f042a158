/* ls.c: nidx ls: the keys of all articles.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"
#include "term.h"

#include <string.h>

static int list(struct nidx_snapshot *s, const char *prefix, bool zero,
                const char *path)
{
    struct nidx_error err;
    struct nidx_keys *keys;
    struct nidx_cli_style style;
    const char *key;
    size_t len;
    int status = NIDX_CLI_NOTHING;

    nidx_cli_style(&style);
    if (nidx_keys_new(s, prefix, strlen(prefix), &keys, &err) != NIDX_OK)
        return nidx_cli_failed(path, &err);
    while (!ferror(stdout)) {
        if (nidx_keys_next(keys, &key, &len, &err) != NIDX_OK) {
            status = nidx_cli_failed(path, &err);
            break;
        }
        if (!key)
            break;
        if (style.terminal)
            nidx_cli_put_safe(stdout, key, len);
        else
            fwrite(key, 1, len, stdout);
        fputc(zero ? '\0' : '\n', stdout);
        status = NIDX_CLI_FOUND;
    }
    nidx_keys_free(keys);
    return status;
}

int nidx_cli_ls(int argc, char **argv)
{
    const char *path = NULL;
    bool zero = false;
    const struct nidx_cli_option options[] = {
        {"index", 'i', NIDX_CLI_TEXT, &path, "FILE", "the index"},
        {"null", '0', NIDX_CLI_FLAG, &zero, NULL,
         "end keys with a zero byte, for xargs -0"},
    };
    const struct nidx_cli_usage usage = {
        .synopsis = "ls [options] [PREFIX]",
        .text = "Lists the keys of all articles, or of those whose key "
                "begins with PREFIX.",
        .options = options,
        .n_options = NIDX_CLI_COUNT(options),
        .examples = "    nidx ls\n    nidx ls ~/news/2018\n"};
    int status;

    const int n = nidx_cli_options(&usage, argc, argv, &status);
    if (n < 0)
        return status;
    struct nidx_open_options open = NIDX_OPEN_OPTIONS_INIT;
    open.readonly = 1;
    struct nidx_index *index = nidx_cli_open(path, &open);
    if (!index)
        return NIDX_CLI_ERROR;
    struct nidx_snapshot *s;
    struct nidx_error err;
    if (nidx_snapshot_open(index, &s, &err) != NIDX_OK)
        status = nidx_cli_failed(nidx_index_path(index), &err);
    else
        status = list(s, n > 0 ? argv[0] : "", zero, nidx_index_path(index));
    nidx_snapshot_close(s);
    nidx_index_close(index);
    return status;
}
