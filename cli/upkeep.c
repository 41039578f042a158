/* upkeep.c: nidx check, nidx optimize, nidx compact.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"
#include "progress.h"

#include <stddef.h>

/** What the three have in common: one option, an index, no operands. */
static struct nidx_index *open_index(const struct nidx_cli_usage *usage,
                                     const char **path, int argc, char **argv,
                                     int *status, bool readonly)
{
    struct nidx_open_options open = NIDX_OPEN_OPTIONS_INIT;

    if (nidx_cli_options(usage, argc, argv, status) < 0)
        return NULL;
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

/** What the last commit holds, but for its readers. */
static bool read_stats(struct nidx_index *index, struct nidx_stats *out)
{
    struct nidx_error err;

    *out = (struct nidx_stats){.size = offsetof(struct nidx_stats, n_readers)};
    if (nidx_index_stats(index, out, &err) == NIDX_OK)
        return true;
    nidx_cli_failed(nidx_index_path(index), &err);
    return false;
}

/** Merges everything, and says what came of it. */
static int optimize(struct nidx_index *index, struct nidx_writer *w, bool quiet)
{
    struct nidx_cli_progress bar;
    struct nidx_error err;
    struct nidx_stats before, after;
    char n[32], m[32], room[32];

    if (!read_stats(index, &before))
        return NIDX_CLI_ERROR;
    nidx_cli_progress_start(&bar, "merged", quiet);
    const enum nidx_status done =
        nidx_writer_optimize(w, nidx_cli_progress_call, &bar, &err);
    nidx_cli_progress_end(&bar);
    if (done != NIDX_OK)
        return nidx_cli_failed(nidx_index_path(index), &err);
    if (quiet)
        return NIDX_CLI_FOUND;
    if (!read_stats(index, &after))
        return NIDX_CLI_ERROR;
    if (before.segments == after.segments && before.deleted == after.deleted)
        fputs("nothing to merge", stderr);
    else
        fprintf(stderr, "merged %s segment%s into %s",
                nidx_cli_number(before.segments, n),
                before.segments == 1 ? "" : "s",
                nidx_cli_number(after.segments, m));
    if (after.free_bytes > 0)
        fprintf(stderr, "; %s free, `nidx compact` gives it back",
                nidx_cli_bytes(after.free_bytes, room));
    fputc('\n', stderr);
    return NIDX_CLI_FOUND;
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
        {"quiet", 0, NIDX_CLI_FLAG, &quiet, NULL,
         "no progress bar, no closing line"},
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
    status = w ? optimize(index, w, quiet) : NIDX_CLI_ERROR;
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
