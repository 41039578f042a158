/* stats.c: nidx stats: what an index holds.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"
#include "json.h"
#include "term.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    enum nidx_stats_part part;
    const char *name, *json;
} parts[] = {
    {NIDX_STATS_DICTIONARY, "dictionary", "dictionary"},
    {NIDX_STATS_POSTINGS, "postings", "postings"},
    {NIDX_STATS_POSITIONS, "positions", "positions"},
    {NIDX_STATS_KEYS, "keys", "keys"},
    {NIDX_STATS_COLUMNS, "columns", "columns"},
    {NIDX_STATS_TEXT, "stored text", "text"},
    {NIDX_STATS_OTHER, "other", "other"},
};

static void put_bytes(const char *name, uint64_t bytes, uint64_t all)
{
    char text[32];

    printf("  %-12s %10s", name, nidx_cli_bytes(bytes, text));
    if (all > 0)
        printf("  %3.0f %%", 100 * (double)bytes / (double)all);
    fputc('\n', stdout);
}

static void put_readers(const struct nidx_stats *s)
{
    char text[32];

    for (uint64_t i = 0; i < s->n_readers && i < 64; i++)
        printf("reader         process %" PRId64 " reads commit %" PRIu64
               " and pins up to %s\n",
               s->readers[i].pid, s->readers[i].commit,
               nidx_cli_bytes(s->readers[i].pinned_bytes, text));
}

static void print_people(const char *path, const struct nidx_stats *s)
{
    char text[32];

    fputs("index          ", stdout);
    nidx_cli_put_safe(stdout, path, strlen(path));
    printf("\ndocuments      %s", nidx_cli_number(s->docs, text));
    if (s->deleted > 0)
        printf(" (and %s deleted ones, until they are merged away)",
               nidx_cli_number(s->deleted, text));
    printf("\nsegments       %s\n", nidx_cli_number(s->segments, text));
    printf("commits        %s\n", nidx_cli_number(s->commit, text));
    printf("terms          %s terms and forms, summed over segments\n",
           nidx_cli_number(s->terms, text));
    printf("text           %s, before compression\n",
           nidx_cli_bytes(s->text_bytes, text));
    printf("file           %s, of which\n",
           nidx_cli_bytes(s->file_bytes, text));
    for (size_t i = 0; i < NIDX_CLI_COUNT(parts); i++)
        put_bytes(parts[i].name, s->part_bytes[parts[i].part], s->file_bytes);
    put_bytes("tree pages", s->tree_bytes, s->file_bytes);
    put_bytes("free pages", s->free_bytes, s->file_bytes);
    put_readers(s);
}

static void print_json(const char *path, const struct nidx_stats *s)
{
    fputs("{\"index\":", stdout);
    nidx_cli_json_string(path, strlen(path));
    printf(",\"documents\":%" PRIu64 ",\"deleted\":%" PRIu64
           ",\"segments\":%" PRIu64 ",\"commits\":%" PRIu64
           ",\"terms\":%" PRIu64 ",\"text_bytes\":%" PRIu64
           ",\"bytes\":%" PRIu64 ",\"free_bytes\":%" PRIu64
           ",\"tree_bytes\":%" PRIu64 ",\"parts\":{",
           s->docs, s->deleted, s->segments, s->commit, s->terms, s->text_bytes,
           s->file_bytes, s->free_bytes, s->tree_bytes);
    for (size_t i = 0; i < NIDX_CLI_COUNT(parts); i++)
        printf("%s\"%s\":%" PRIu64, i > 0 ? "," : "", parts[i].json,
               s->part_bytes[parts[i].part]);
    fputs("},\"readers\":[", stdout);
    for (uint64_t i = 0; i < s->n_readers && i < 64; i++)
        printf("%s{\"pid\":%" PRId64 ",\"commit\":%" PRIu64
               ",\"pinned_bytes\":%" PRIu64 "}",
               i > 0 ? "," : "", s->readers[i].pid, s->readers[i].commit,
               s->readers[i].pinned_bytes);
    fputs("]}\n", stdout);
}

static int print_stats(struct nidx_index *index, bool json)
{
    struct nidx_error err;
    const char *path = nidx_index_path(index);
    struct nidx_stats *s = calloc(1, sizeof(*s));

    if (!s)
        return nidx_cli_fail(NULL, "out of memory");
    s->size = sizeof(*s);
    int code = NIDX_CLI_FOUND;
    if (nidx_index_stats(index, s, &err) != NIDX_OK)
        code = nidx_cli_failed(path, &err);
    else
        (json ? print_json : print_people)(path, s);
    free(s);
    return code;
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
        .text = "Counts documents, segments and bytes by part, and names who "
                "reads the index\nnow: a reader pins what was freed since.",
        .options = options,
        .n_options = NIDX_CLI_COUNT(options),
        .examples = "    nidx stats\n    nidx stats --json | jq .documents\n",
        .more = "columns: numbers of each article, such as its length and "
                "date.\n\nother: the list of segments, deletions, parts "
                "that are not published yet.\n\ntree pages: what LMDB "
                "needs to find the parts.\n\nfree pages: room within the "
                "file that later commits use; `nidx compact` gives it back."};
    int status;

    if (nidx_cli_options(&usage, argc, argv, &status) < 0)
        return status;
    if (json)
        nidx_cli_messages_json();
    struct nidx_open_options open = NIDX_OPEN_OPTIONS_INIT;
    open.readonly = 1;
    struct nidx_index *index = nidx_cli_open(path, &open);
    if (!index)
        return NIDX_CLI_ERROR;
    status = print_stats(index, json);
    nidx_index_close(index);
    return status;
}
