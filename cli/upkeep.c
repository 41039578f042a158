/* upkeep.c: nidx check, nidx optimize, nidx compact.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"
#include "progress.h"

/** What the three have in common: one option, an index, no operands. */
static struct nidx_index *open_index(const struct nidx_cli_usage *usage,
                                     const char **path, int argc, char **argv,
                                     int *status, bool readonly)
{
    struct nidx_open_options open = NIDX_OPEN_OPTIONS_INIT;

    const int n = nidx_cli_options(usage, argc, argv, status);
    if (n < 0)
        return NULL;
    if (n > 0) {
        *status = nidx_cli_fail(argv[0], "no operand is expected here");
        return NULL;
    }
    open.readonly = readonly;
    *status = NIDX_CLI_ERROR;
    struct nidx_index *index = nidx_cli_open(*path, &open);
    if (index)
        nidx_cli_catch_stop();
    return index;
}

int nidx_cli_check(int argc, char **argv)
{
    const char *path = NULL;
    bool quiet = false;
    const struct nidx_cli_option options[] = {
        {"index", 'i', NIDX_CLI_TEXT, &path, "FILE", "the index"},
        {"quiet", 0, NIDX_CLI_FLAG, &quiet, NULL, "say nothing if it is sound"},
    };
    const struct nidx_cli_usage usage = {
        .synopsis = "check [options]",
        .text = "Reads every page, checksum and structure of the index. Exit "
                "status 2 where\nsomething is damaged, which is then said.",
        .options = options,
        .n_options = NIDX_CLI_COUNT(options),
        .examples = "    nidx check --index news.nidx\n"};
    int status;

    struct nidx_index *index =
        open_index(&usage, &path, argc, argv, &status, true);
    if (!index)
        return status;
    struct nidx_cli_progress bar;
    struct nidx_error err;
    nidx_cli_progress_start(&bar, "checked", quiet);
    const enum nidx_status found =
        nidx_index_check(index, nidx_cli_progress_call, &bar, &err);
    nidx_cli_progress_end(&bar);
    if (found != NIDX_OK)
        status = nidx_cli_failed(nidx_index_path(index), &err);
    else
        status = NIDX_CLI_FOUND;
    if (found == NIDX_OK && !quiet)
        printf("%s is sound\n", nidx_index_path(index));
    nidx_index_close(index);
    return status;
}

int nidx_cli_optimize(int argc, char **argv)
{
    const char *path = NULL;
    uint64_t memory = 0;
    bool quiet = false, no_wait = false;
    const struct nidx_cli_option options[] = {
        {"index", 'i', NIDX_CLI_TEXT, &path, "FILE", "the index"},
        {"memory", 'm', NIDX_CLI_SIZE, &memory, "SIZE",
         "memory for merging (256M)"},
        {"no-wait", 0, NIDX_CLI_FLAG, &no_wait, NULL,
         "leave at once where another process writes"},
        {"quiet", 0, NIDX_CLI_FLAG, &quiet, NULL, "no progress bar"},
    };
    const struct nidx_cli_usage usage = {
        .synopsis = "optimize [options]",
        .text = "Merges all segments into one: searching is fastest then, and "
                "deleted articles\nare gone.",
        .options = options,
        .n_options = NIDX_CLI_COUNT(options),
        .examples = "    nidx optimize && nidx compact\n"};
    int status;

    struct nidx_index *index =
        open_index(&usage, &path, argc, argv, &status, false);
    if (!index)
        return status;
    struct nidx_writer_options writer = NIDX_WRITER_OPTIONS_INIT;
    writer.memory = memory;
    struct nidx_writer *w = nidx_cli_writer(index, &writer, no_wait);
    if (w) {
        struct nidx_cli_progress bar;
        struct nidx_error err;
        nidx_cli_progress_start(&bar, "merged", quiet);
        const enum nidx_status done =
            nidx_writer_optimize(w, nidx_cli_progress_call, &bar, &err);
        nidx_cli_progress_end(&bar);
        status = done == NIDX_OK
                     ? NIDX_CLI_FOUND
                     : nidx_cli_failed(nidx_index_path(index), &err);
    }
    nidx_writer_close(w);
    nidx_index_close(index);
    return status;
}

int nidx_cli_compact(int argc, char **argv)
{
    const char *path = NULL;
    const struct nidx_cli_option options[] = {
        {"index", 'i', NIDX_CLI_TEXT, &path, "FILE", "the index"},
    };
    const struct nidx_cli_usage usage = {
        .synopsis = "compact [options]",
        .text = "Rewrites the index file without its free pages. Nobody else "
                "may have it open.",
        .options = options,
        .n_options = NIDX_CLI_COUNT(options),
        .examples = "    nidx compact\n"};
    int status;

    struct nidx_index *index =
        open_index(&usage, &path, argc, argv, &status, false);
    if (!index)
        return status;
    struct nidx_error err;
    uint64_t saved = 0;
    char text[32];
    if (nidx_index_compact(index, &saved, &err) != NIDX_OK) {
        status = nidx_cli_failed(nidx_index_path(index), &err);
    } else {
        fprintf(stderr, "%s saved\n", nidx_cli_bytes(saved, text));
        status = NIDX_CLI_FOUND;
    }
    nidx_index_close(index);
    return status;
}
