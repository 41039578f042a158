/* ls.c: nidx ls: the keys of all articles.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"
#include "json.h"
#include "output.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

struct request {
    const char *index;
    uint64_t limit; /**< 0: all */
    bool zero, json;
};

static void print_key(const struct request *q, const char *key, size_t len)
{
    if (q->json) {
        fputs("{\"key\":", stdout);
        nidx_cli_json_string(key, len);
        fputs("}\n", stdout);
        return;
    }
    if (nidx_cli_is_terminal())
        nidx_cli_put_safe(stdout, key, len);
    else
        fwrite(key, 1, len, stdout);
    fputc(q->zero ? '\0' : '\n', stdout);
}

/** Prints the keys that begin with prefix; exit status. */
static int list(const struct nidx_cli_reader *r, const struct request *q,
                const char *prefix)
{
    struct nidx_error err;
    struct nidx_keys *keys;
    const char *key;
    size_t len;
    uint64_t n = 0;
    int status = NIDX_CLI_NOTHING;

    if (nidx_keys_new(r->snapshot, prefix, strlen(prefix), &keys, &err) !=
        NIDX_OK)
        return nidx_cli_failed(r->path, &err);
    while (!ferror(stdout) && (q->limit == 0 || n < q->limit)) {
        if (nidx_keys_next(keys, &key, &len, &err) != NIDX_OK) {
            status = nidx_cli_failed(r->path, &err);
            break;
        }
        if (!key)
            break;
        print_key(q, key, len);
        status = NIDX_CLI_FOUND;
        n++;
    }
    nidx_keys_free(keys);
    return status;
}

int nidx_cli_ls(int argc, char **argv)
{
    struct request q = {0};
    struct nidx_cli_reader r;
    const struct nidx_cli_option options[] = {
        {"index", 'i', NIDX_CLI_TEXT, &q.index, "FILE", "the index"},
        {"limit", 'n', NIDX_CLI_NUMBER, &q.limit, "N", "at most N keys"},
        {"json", 0, NIDX_CLI_FLAG, &q.json, NULL, "a JSON object a line"},
        {"null", '0', NIDX_CLI_FLAG, &q.zero, NULL,
         "end keys with a zero byte, for xargs -0"},
    };
    const struct nidx_cli_usage usage = {
        .synopsis = "ls [options] [PREFIX]",
        .text = "Lists the keys of all articles, or of those whose key "
                "begins with PREFIX, in\nbytewise order. A PREFIX that is the "
                "path of a file or folder means its\nabsolute path too. Exit "
                "status 1 where there are none.",
        .options = options,
        .n_options = NIDX_CLI_COUNT(options),
        .examples = "    nidx ls\n    nidx ls ~/news/2018\n",
        .max_operands = 1};
    int status;

    const int n = nidx_cli_options(&usage, argc, argv, &status);
    if (n < 0)
        return status;
    if (q.json)
        nidx_cli_messages_json();
    if (!nidx_cli_reader_open(q.index, &r))
        return NIDX_CLI_ERROR;
    const char *prefix = n > 0 ? argv[0] : "";
    status = list(&r, &q, prefix);
    char *absolute =
        status == NIDX_CLI_NOTHING && *prefix ? realpath(prefix, NULL) : NULL;
    if (absolute && strcmp(absolute, prefix) != 0)
        status = list(&r, &q, absolute);
    free(absolute);
    if (status == NIDX_CLI_NOTHING)
        nidx_cli_nothing();
    nidx_cli_reader_close(&r);
    return status;
}
