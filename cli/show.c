/* show.c: nidx show: prints a stored article.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"
#include "find.h"
#include "json.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

static const char *const fields[] = {"title",    "author", "url", "source",
                                     "language", "tags",   "body"};

/** Prints the values of one field in people's way. */
static enum nidx_status print_field(struct nidx_result *r, const char *name,
                                    bool terminal, struct nidx_error *err)
{
    const bool body = strcmp(name, "body") == 0;

    for (size_t nth = 0;; nth++) {
        const char *value;
        size_t len;
        const enum nidx_status status =
            nidx_hit_field(r, 0, name, nth, &value, &len, err);
        if (status != NIDX_OK || !value)
            return status;
        if (body)
            fputc('\n', stdout);
        else
            printf("%s: ", name);
        if (terminal)
            nidx_cli_put_lines(stdout, value, len);
        else
            fwrite(value, 1, len, stdout);
        fputc('\n', stdout);
    }
}

static enum nidx_status print_people(struct nidx_result *r,
                                     struct nidx_error *err)
{
    struct nidx_cli_style style;
    char date[48];
    int has;
    size_t len;
    const char *key = nidx_hit_key(r, 0, &len);

    nidx_cli_style(&style);
    fputs("key: ", stdout);
    nidx_cli_put_safe(stdout, key, len);
    fputc('\n', stdout);
    const int64_t when = nidx_hit_date(r, 0, &has);
    if (has)
        printf("date: %s\n", nidx_cli_date(when, date));
    for (size_t i = 0; i < NIDX_CLI_COUNT(fields); i++) {
        const enum nidx_status status =
            print_field(r, fields[i], style.terminal, err);
        if (status != NIDX_OK)
            return status;
    }
    return NIDX_OK;
}

/** "name":"value", or an array where the field repeats ("tags"). */
static enum nidx_status json_field(struct nidx_result *r, const char *name,
                                   int *first, struct nidx_error *err)
{
    const bool array = strcmp(name, "tags") == 0;

    for (size_t nth = 0;; nth++) {
        const char *value;
        size_t len;
        const enum nidx_status status =
            nidx_hit_field(r, 0, name, nth, &value, &len, err);
        if (status != NIDX_OK)
            return status;
        if (!value || (nth > 0 && !array)) {
            if (array && nth > 0)
                fputc(']', stdout);
            return NIDX_OK;
        }
        if (nth == 0)
            nidx_cli_json_name(name, first);
        if (array)
            fputc(nth == 0 ? '[' : ',', stdout);
        nidx_cli_json_string(value, len);
    }
}

static enum nidx_status print_json(struct nidx_result *r,
                                   struct nidx_error *err)
{
    char date[48];
    int has, first = 1;
    size_t len;
    const char *key = nidx_hit_key(r, 0, &len);

    fputc('{', stdout);
    nidx_cli_json_name("key", &first);
    nidx_cli_json_string(key, len);
    const int64_t when = nidx_hit_date(r, 0, &has);
    if (has) {
        nidx_cli_json_name("date", &first);
        printf("\"%s\"", nidx_cli_date_json(when, date));
    }
    for (size_t i = 0; i < NIDX_CLI_COUNT(fields); i++) {
        const enum nidx_status status = json_field(r, fields[i], &first, err);
        if (status != NIDX_OK)
            return status;
    }
    fputs("}\n", stdout);
    return NIDX_OK;
}

static int show(struct nidx_index *index, const char *name, bool json)
{
    struct nidx_error err;
    struct nidx_snapshot *s;
    struct nidx_result *r = NULL;
    char *key = NULL;

    if (nidx_snapshot_open(index, &s, &err) != NIDX_OK)
        return nidx_cli_failed(nidx_index_path(index), &err);
    enum nidx_status status = nidx_cli_find(s, name, &r, &key, &err);
    free(key);
    int code = NIDX_CLI_FOUND;
    if (status == NIDX_ERR_NOTFOUND) {
        nidx_cli_fail(name, "no such article");
        code = NIDX_CLI_NOTHING;
    } else {
        if (status == NIDX_OK)
            status = json ? print_json(r, &err) : print_people(r, &err);
        if (status != NIDX_OK)
            code = nidx_cli_failed(nidx_index_path(index), &err);
    }
    nidx_result_free(r);
    nidx_snapshot_close(s);
    return code;
}

int nidx_cli_show(int argc, char **argv)
{
    const char *path = NULL;
    bool json = false;
    const struct nidx_cli_option options[] = {
        {"index", 'i', NIDX_CLI_TEXT, &path, "FILE", "the index"},
        {"json", 0, NIDX_CLI_FLAG, &json, NULL, "as a JSON object a line"},
    };
    const struct nidx_cli_usage usage = {
        .synopsis = "show [options] KEY...",
        .text = "Prints articles as they are stored. A KEY is what `nidx ls` "
                "prints, or the path\nof a file.",
        .options = options,
        .n_options = NIDX_CLI_COUNT(options),
        .examples = "    nidx show ~/news/letter.txt\n"
                    "    nidx show --json news.jsonl#17\n",
        .min_operands = 1};
    int status;

    const int n = nidx_cli_options(&usage, argc, argv, &status);
    if (n < 0)
        return status;
    struct nidx_open_options open = NIDX_OPEN_OPTIONS_INIT;
    open.readonly = 1;
    struct nidx_index *index = nidx_cli_open(path, &open);
    if (!index)
        return NIDX_CLI_ERROR;
    status = NIDX_CLI_FOUND;
    for (int i = 0; i < n; i++) {
        if (i > 0 && !json)
            fputc('\n', stdout);
        const int one = show(index, argv[i], json);
        status = one > status ? one : status;
    }
    nidx_index_close(index);
    return status;
}
