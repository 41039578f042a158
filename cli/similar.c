/* similar.c: nidx similar: articles like one.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"
#include "find.h"
#include "json.h"
#include "output.h"
#include "q.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

struct request {
    const char *index;
    struct nidx_cli_search search;
};

/** Prints hits but the article itself, which is the best of all. */
static enum nidx_status print_others(struct nidx_result *r, const char *key,
                                     const struct request *q, size_t *shown,
                                     struct nidx_error *err)
{
    const size_t n = nidx_result_n_hits(r), most = (size_t)q->search.limit;
    enum nidx_status status = NIDX_OK;

    *shown = 0;
    for (size_t i = 0; i < n && *shown < most && status == NIDX_OK; i++) {
        size_t len, title_len;
        const char *title, *other = nidx_hit_key(r, i, &len);
        if (len == strlen(key) && memcmp(other, key, len) == 0)
            continue;
        ++*shown;
        status = nidx_hit_field(r, i, "title", 0, &title, &title_len, err);
        if (status != NIDX_OK)
            break;
        if (q->search.json) {
            printf("{\"rank\":%zu,\"key\":", *shown);
            nidx_cli_json_string(other, len);
            printf(",\"score\":%.6f", nidx_hit_score(r, i));
            if (title) {
                fputs(",\"title\":", stdout);
                nidx_cli_json_string(title, title_len);
            }
            fputs("}\n", stdout);
        } else if (q->search.paths) {
            fwrite(other, 1, len, stdout);
            fputc(q->search.null ? '\0' : '\n', stdout);
        } else {
            printf("%2zu  ", *shown);
            nidx_cli_put_safe(stdout, title ? title : other,
                              title ? title_len : len);
            fputs("\n    ", stdout);
            nidx_cli_put_safe(stdout, other, len);
            fputc('\n', stdout);
        }
    }
    return status;
}

/** The query of the article's telling words, run. */
static enum nidx_status search(const struct nidx_cli_reader *reader,
                               const struct request *q,
                               struct nidx_result *article,
                               struct nidx_result **out, struct nidx_error *err)
{
    struct nidx_search_options options = NIDX_SEARCH_OPTIONS_INIT;
    const char *text;
    size_t len;
    struct nidx_query *query = NULL;

    enum nidx_status status = nidx_hit_similar(article, 0, 0, &text, &len, err);
    if (status == NIDX_OK)
        status = nidx_query_parse(text, len, NULL, &query, err);
    if (status != NIDX_OK)
        return status;
    if (q->search.explain) {
        fputs("query: ", stderr);
        nidx_cli_put_safe(stderr, text, len);
        fputc('\n', stderr);
    }
    options.limit = (size_t)q->search.limit + 1;
    options.count = NIDX_COUNT_NONE;
    if (len > 0)
        status = nidx_search(reader->snapshot, query, &options, out, err);
    nidx_query_free(query);
    return status;
}

static int similar(const struct nidx_cli_reader *reader,
                   const struct request *q, const char *name)
{
    struct nidx_error err;
    struct nidx_result *article = NULL, *r = NULL;
    char *key = NULL;
    size_t shown = 0;
    enum nidx_status status =
        nidx_cli_find(reader->snapshot, name, &article, &key, &err);

    if (status == NIDX_ERR_NOTFOUND)
        return nidx_cli_fail(name, "no such article in the index");
    if (status == NIDX_OK && key)
        status = search(reader, q, article, &r, &err);
    if (status == NIDX_OK && r)
        status = print_others(r, key, q, &shown, &err);
    nidx_result_free(r);
    nidx_result_free(article);
    free(key);
    if (status != NIDX_OK)
        return nidx_cli_failed(reader->path, &err);
    if (shown > 0)
        return NIDX_CLI_FOUND;
    return q->search.paths ? NIDX_CLI_NOTHING : nidx_cli_nothing();
}

int nidx_cli_similar(int argc, char **argv)
{
    struct request q = {.search = {.limit = 10}};
    struct nidx_cli_reader r;
    const struct nidx_cli_option options[] = {
        {"index", 'i', NIDX_CLI_TEXT, &q.index, "FILE", "the index"},
        {"limit", 'n', NIDX_CLI_NUMBER, &q.search.limit, "N",
         "at most N articles (10)"},
        {"json", 0, NIDX_CLI_FLAG, &q.search.json, NULL,
         "a JSON object a line"},
        {"paths", 'l', NIDX_CLI_FLAG, &q.search.paths, NULL, "keys alone"},
        {"null", '0', NIDX_CLI_FLAG, &q.search.null, NULL,
         "end keys with a zero byte, for xargs -0"},
        {"explain", 0, NIDX_CLI_FLAG, &q.search.explain, NULL,
         "print the query that is asked, on standard error"},
    };
    const struct nidx_cli_usage usage = {
        .synopsis = "similar [options] KEY",
        .text = "Finds articles like one: asks for its words that are "
                "frequent in it and rare in\nthe index. KEY is what `nidx ls` "
                "prints, or the path of a file.",
        .options = options,
        .n_options = NIDX_CLI_COUNT(options),
        .examples = "    nidx similar ~/news/letter.txt\n",
        .min_operands = 1,
        .max_operands = 1};
    int status;

    if (nidx_cli_options(&usage, argc, argv, &status) < 0)
        return status;
    if (q.search.json)
        nidx_cli_messages_json();
    if (q.search.null)
        q.search.paths = true;
    if (q.search.limit == 0 || q.search.limit > 10000)
        return nidx_cli_fail("--limit", "from 1 to 10000");
    if (!nidx_cli_reader_open(q.index, &r))
        return NIDX_CLI_ERROR;
    status = similar(&r, &q, argv[0]);
    nidx_cli_reader_close(&r);
    return status;
}
