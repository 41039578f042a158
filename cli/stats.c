/* stats.c: nidx stats: what an index holds.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"
#include "json.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

struct numbers {
    uint64_t docs, segments, commit, bytes;
};

static void print_people(const char *path, const struct numbers *n)
{
    char text[32];

    printf("index      %s\n", path);
    printf("documents  %s\n", nidx_cli_number(n->docs, text));
    printf("segments   %s\n", nidx_cli_number(n->segments, text));
    printf("commits    %s\n", nidx_cli_number(n->commit, text));
    printf("file       %s\n", nidx_cli_bytes(n->bytes, text));
}

static void print_json(const char *path, const struct numbers *n)
{
    fputs("{\"index\":", stdout);
    nidx_cli_json_string(path, strlen(path));
    printf(",\"documents\":%" PRIu64 ",\"segments\":%" PRIu64
           ",\"commits\":%" PRIu64 ",\"bytes\":%" PRIu64 "}\n",
           n->docs, n->segments, n->commit, n->bytes);
}

static int print_stats(struct nidx_index *index, bool json)
{
    struct nidx_error err;
    struct nidx_snapshot *s;
    struct stat st;
    const char *path = nidx_index_path(index);

    if (nidx_snapshot_open(index, &s, &err) != NIDX_OK)
        return nidx_cli_failed(path, &err);
    const struct numbers n = {
        .docs = nidx_snapshot_n_docs(s),
        .segments = nidx_snapshot_n_segments(s),
        .commit = nidx_snapshot_commit(s),
        .bytes = stat(path, &st) == 0 ? (uint64_t)st.st_size : 0};
    nidx_snapshot_close(s);
    (json ? print_json : print_people)(path, &n);
    return NIDX_CLI_FOUND;
}

int nidx_cli_stats(int argc, char **argv)
{
    const char *path = NULL;
    bool json = false;
    const struct nidx_cli_option options[] = {
        {"index", 'i', NIDX_CLI_TEXT, &path, "FILE", "the index"},
        {"json", 0, NIDX_CLI_FLAG, &json, NULL, "as a JSON object"},
    };
    const struct nidx_cli_usage usage = {
        .synopsis = "stats [options]",
        .text = "Counts documents, segments and bytes.",
        .options = options,
        .n_options = NIDX_CLI_COUNT(options),
        .examples = "    nidx stats\n"};
    int status;

    if (nidx_cli_options(&usage, argc, argv, &status) < 0)
        return status;
    struct nidx_open_options open = NIDX_OPEN_OPTIONS_INIT;
    open.readonly = 1;
    struct nidx_index *index = nidx_cli_open(path, &open);
    if (!index)
        return NIDX_CLI_ERROR;
    status = print_stats(index, json);
    nidx_index_close(index);
    return status;
}
