/* add.c: nidx add: files, folders and JSON lines into the index.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"
#include "progress.h"
#include "term.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

/** What the command line asks for. */
struct request {
    const char *index, *map, *language;
    uint64_t memory, threads;
    bool plain_ids, quiet, list_skipped, strict, no_wait;
    bool prune, hidden, no_ignore;
    struct nidx_cli_list globs;
};

/** A run. */
struct run {
    const struct request *request;
    struct nidx_import *import;
    struct nidx_cli_progress bar;
    bool stopped; /**< Ctrl-C */
    bool failed;  /**< something named could not be added; said already */
};

static const char *const reasons[] = {[NIDX_SKIP_UNREADABLE] = "unreadable",
                                      [NIDX_SKIP_BINARY] = "binary",
                                      [NIDX_SKIP_HIDDEN] = "hidden",
                                      [NIDX_SKIP_FORMAT] = "of unknown format",
                                      [NIDX_SKIP_BROKEN] = "broken",
                                      [NIDX_SKIP_SPECIAL] = "special",
                                      [NIDX_SKIP_EMPTY] = "empty",
                                      [NIDX_SKIP_IGNORED] = "ignored"};

static int on_progress(void *context, uint64_t done, uint64_t total)
{
    struct run *run = context;
    struct nidx_import_counts counts = {.size = sizeof(counts)};

    if (run->import) {
        nidx_import_counts(run->import, &counts);
        run->bar.files = counts.files;
    }
    return nidx_cli_progress_call(&run->bar, done, total);
}

static void on_skipped(void *context, const char *path, uint64_t line,
                       enum nidx_skip why, const char *message)
{
    struct run *run = context;
    const size_t n = (size_t)why;

    if (!run->request->list_skipped)
        return;
    nidx_cli_progress_end(&run->bar);
    fputs("skipped: ", stderr);
    nidx_cli_put_safe(stderr, path, strlen(path));
    if (line > 0)
        fprintf(stderr, ":%" PRIu64, line);
    fprintf(stderr, ": %s", n < NIDX_CLI_COUNT(reasons) ? reasons[n] : "other");
    if (message && *message) {
        fputs(": ", stderr);
        nidx_cli_put_safe(stderr, message, strlen(message));
    }
    fputc('\n', stderr);
}

static void on_notice(void *context, const char *path, const char *message)
{
    struct run *run = context;

    nidx_cli_progress_end(&run->bar);
    fputs("nidx: ", stderr);
    nidx_cli_put_safe(stderr, path, strlen(path));
    fprintf(stderr, ": %s\n", message);
}

static uint64_t count_skipped(const struct nidx_import_counts *counts)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < NIDX_CLI_COUNT(counts->skipped); i++)
        sum += counts->skipped[i];
    return sum;
}

static void print_skipped(const struct nidx_import_counts *counts)
{
    const uint64_t sum = count_skipped(counts);
    const char *before = " (";
    char text[32];

    fprintf(stderr, ", skipped %s", nidx_cli_number(sum, text));
    for (size_t i = 0; i < NIDX_CLI_COUNT(reasons); i++) {
        if (counts->skipped[i] == 0)
            continue;
        fprintf(stderr, "%s%s %s", before,
                nidx_cli_number(counts->skipped[i], text), reasons[i]);
        before = ", ";
    }
    if (sum > 0)
        fputc(')', stderr);
}

static void print_if(const char *what, uint64_t n)
{
    char text[32];

    if (n > 0)
        fprintf(stderr, ", %s %s", what, nidx_cli_number(n, text));
}

static void print_summary(const struct run *run, const char *path)
{
    struct nidx_import_counts counts = {.size = sizeof(counts)};
    const double seconds = nidx_cli_now() - run->bar.start;
    char text[32];

    nidx_import_counts(run->import, &counts);
    fprintf(stderr, "added %s", nidx_cli_number(counts.added, text));
    fprintf(stderr, ", updated %s", nidx_cli_number(counts.updated, text));
    print_if("moved", counts.moved);
    print_if("unchanged", counts.unchanged);
    print_if("removed", counts.removed);
    if (counts.duplicates > 0)
        fprintf(stderr, ", %s keys came twice",
                nidx_cli_number(counts.duplicates, text));
    print_skipped(&counts);
    fprintf(stderr, "; %s in %.1f s", nidx_cli_bytes(counts.bytes, text),
            seconds);
    if (seconds > 0.5)
        fprintf(stderr, " (%.0f MB/s)", (double)counts.bytes / seconds / 1e6);
    fputs("; index: ", stderr);
    nidx_cli_put_safe(stderr, path, strlen(path));
    fputc('\n', stderr);
}

static void print_stopped(const struct run *run)
{
    struct nidx_import_counts counts = {.size = sizeof(counts)};
    char files[32], articles[32];

    nidx_import_counts(run->import, &counts);
    fprintf(stderr,
            "stopped: %s articles of %s files are in the index; run the same "
            "command again to go on\n",
            nidx_cli_number(counts.added + counts.updated, articles),
            nidx_cli_number(counts.files, files));
}

static bool has_skipped(const struct run *run)
{
    struct nidx_import_counts counts = {.size = sizeof(counts)};

    nidx_import_counts(run->import, &counts);
    return count_skipped(&counts) - counts.skipped[NIDX_SKIP_HIDDEN] -
               counts.skipped[NIDX_SKIP_IGNORED] >
           0;
}

/** Whether the run can go on with the next path after this failure. */
static bool only_this_path(enum nidx_status status)
{
    return status == NIDX_ERR_NOTFOUND || status == NIDX_ERR_INVALID;
}

static enum nidx_status add_path(struct run *run, const char *path,
                                 struct nidx_error *err)
{
    enum nidx_status status =
        strcmp(path, "-") == 0
            ? nidx_import_stream(run->import, STDIN_FILENO, "stdin", err)
            : nidx_import_path(run->import, path, err);

    if (!only_this_path(status))
        return status;
    nidx_cli_progress_end(&run->bar);
    nidx_cli_failed(path, err);
    run->failed = true;
    return NIDX_OK;
}

/** Everything named, and the commit at the end. */
static enum nidx_status add_paths(struct run *run, int n, char **paths,
                                  struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;

    for (int i = 0; i < n && status == NIDX_OK && !nidx_cli_stopping(); i++)
        status = add_path(run, paths[i], err);
    nidx_cli_progress_say(&run->bar, "writing the index ...");
    if (status == NIDX_OK)
        status = nidx_import_finish(run->import, err);
    run->stopped = status == NIDX_ERR_STOPPED ||
                   (status == NIDX_OK && nidx_cli_stopping());
    return status;
}

static int run_import(struct nidx_index *index, struct nidx_writer *w,
                      const struct request *request, int n, char **paths)
{
    struct run run = {.request = request};
    struct nidx_error err;
    const char *path = nidx_index_path(index);
    struct nidx_import_options options = NIDX_IMPORT_OPTIONS_INIT;

    options.map = request->map;
    options.plain_ids = request->plain_ids;
    options.prune = request->prune;
    options.hidden = request->hidden;
    options.no_ignore = request->no_ignore;
    options.globs = request->globs.items;
    options.n_globs = request->globs.n;
    options.skipped = on_skipped;
    options.notice = on_notice;
    options.progress = on_progress;
    options.context = &run;
    nidx_cli_progress_start(&run.bar, "read", request->quiet);
    if (nidx_import_new(w, &options, &run.import, &err) != NIDX_OK)
        return nidx_cli_failed(path, &err);
    const enum nidx_status status = add_paths(&run, n, paths, &err);
    nidx_cli_progress_end(&run.bar);
    if (status != NIDX_OK && !run.stopped)
        nidx_cli_failed(path, &err);
    if (!request->quiet)
        print_summary(&run, path);
    if (run.stopped)
        print_stopped(&run);
    const bool skipped = request->strict && has_skipped(&run);
    if (skipped)
        nidx_cli_fail(NULL, "--strict: something was skipped; --list-skipped "
                            "names it");
    nidx_import_free(run.import);
    return status != NIDX_OK || run.stopped || run.failed || skipped
               ? NIDX_CLI_ERROR
               : NIDX_CLI_FOUND;
}

static int add(const struct request *request, int n, char **paths)
{
    struct nidx_open_options open = NIDX_OPEN_OPTIONS_INIT;
    struct nidx_writer_options writer = NIDX_WRITER_OPTIONS_INIT;

    open.create = 1;
    open.language = request->language;
    struct nidx_index *index = nidx_cli_open(request->index, &open);
    if (!index)
        return NIDX_CLI_ERROR;
    writer.memory = request->memory;
    writer.threads = (unsigned)request->threads;
    struct nidx_writer *w = nidx_cli_writer(index, &writer, request->no_wait);
    int status = NIDX_CLI_ERROR;
    if (w) {
        nidx_cli_catch_stop();
        status = run_import(index, w, request, n, paths);
    }
    nidx_writer_close(w);
    nidx_index_close(index);
    return status;
}

int nidx_cli_add(int argc, char **argv)
{
    struct request r = {0};
    const struct nidx_cli_option options[] = {
        {"index", 'i', NIDX_CLI_TEXT, &r.index, "FILE", "the index"},
        {"memory", 'm', NIDX_CLI_SIZE, &r.memory, "SIZE",
         "memory for indexing (256M)"},
        {"threads", 'j', NIDX_CLI_NUMBER, &r.threads, "N",
         "threads (as many as the machine has)"},
        {"map", 0, NIDX_CLI_TEXT, &r.map, "M",
         "names of JSON members: title=headline,body=text"},
        {"plain-ids", 0, NIDX_CLI_FLAG, &r.plain_ids, NULL,
         "the id alone is the key of a record, not SOURCE#ID"},
        {"language", 0, NIDX_CLI_TEXT, &r.language, "L",
         "of articles of unknown language, for a new index (english)"},
        {"prune", 0, NIDX_CLI_FLAG, &r.prune, NULL,
         "remove what vanished from the folders named"},
        {"glob", 'g', NIDX_CLI_LIST, &r.globs, "GLOB",
         "only files that it fits; with a ! before: none of them"},
        {"hidden", 0, NIDX_CLI_FLAG, &r.hidden, NULL, "hidden files as well"},
        {"no-ignore", 0, NIDX_CLI_FLAG, &r.no_ignore, NULL,
         "what .gitignore and .nidxignore leave out as well"},
        {"list-skipped", 0, NIDX_CLI_FLAG, &r.list_skipped, NULL,
         "name each thing that was skipped, and why"},
        {"strict", 0, NIDX_CLI_FLAG, &r.strict, NULL,
         "exit status 2 where something was skipped (hidden and ignored files "
         "aside)"},
        {"no-wait", 0, NIDX_CLI_FLAG, &r.no_wait, NULL,
         "leave at once where another process writes"},
        {"quiet", 'q', NIDX_CLI_FLAG, &r.quiet, NULL,
         "no progress, no closing line"},
    };
    const struct nidx_cli_usage usage = {
        .synopsis = "add [options] PATH...",
        .text = "Adds files, folders (with all that is in them) and JSON "
                "lines; `-` is JSON lines\nfrom standard input. An article "
                "with the key of another replaces it.\nRun again, it reads "
                "only what changed. The date of a plain text file is the one "
                "that its text or its\nname states, else its modification "
                "time.",
        .options = options,
        .n_options = NIDX_CLI_COUNT(options),
        .examples = "    nidx add ~/news\n"
                    "    nidx add --prune -g '*.md' -g '!drafts/' ~/notes\n"
                    "    zcat dump.jsonl.gz | nidx add --map body=text -\n",
        .more = "A run can be stopped with Ctrl-C or SIGTERM at any moment: "
                "what is whole is committed,\nand the same command goes on. "
                "A second one stops at once; what was committed stays.\n"
                "SIGUSR1 prints how far it is. Progress is a bar on a terminal "
                "and a line every ten\nseconds elsewhere. What is skipped is "
                "counted by reason in the last line.",
        .min_operands = 1,
        .max_operands = NIDX_CLI_MANY};
    int status;

    const int n = nidx_cli_options(&usage, argc, argv, &status);
    if (n < 0)
        return status;
    if (r.threads > 256)
        return nidx_cli_fail("--threads", "at most 256");
    return add(&r, n, argv);
}
