/* explain.c: nidx explain: why an article is found, or is not.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"
#include "find.h"
#include "json.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

struct request {
    const char *index;
    bool any, plain, why_not, json;
};

static void print_json(const struct nidx_result *r, const char *query,
                       const char *score, const char *why)
{
    size_t len;
    const char *key = nidx_hit_key(r, 0, &len);

    fputs("{\"query\":", stdout);
    nidx_cli_json_string(query, strlen(query));
    fputs(",\"key\":", stdout);
    nidx_cli_json_string(key, len);
    printf(",\"matches\":%s,\"score\":%.6f,\"explain\":",
           nidx_result_total(r) ? "true" : "false", nidx_hit_score(r, 0));
    nidx_cli_json_string(score, strlen(score));
    fputs(",\"clauses\":", stdout);
    nidx_cli_json_string(why, strlen(why));
    fputs("}\n", stdout);
}

static int print_result(struct nidx_result *r, const struct request *q,
                        const char *path)
{
    const char *score, *why, *query;
    size_t score_len, why_len, query_len;
    struct nidx_error err;
    const bool matches = nidx_result_total(r) > 0;

    if (nidx_hit_explain(r, 0, &score, &score_len, &err) != NIDX_OK ||
        nidx_hit_why(r, 0, &why, &why_len, &err) != NIDX_OK)
        return nidx_cli_failed(path, &err);
    query = nidx_result_query(r, &query_len);
    if (q->json) {
        print_json(r, query, score, why);
    } else {
        fputs("query: ", stdout);
        nidx_cli_put_safe(stdout, query, query_len);
        fputs(matches ? "\nIt is found:\n" : "\nIt is not found:\n", stdout);
        if (!matches || q->why_not)
            nidx_cli_put_lines(stdout, why, why_len);
        if (matches)
            nidx_cli_put_lines(stdout, score, score_len);
    }
    return matches ? NIDX_CLI_FOUND : NIDX_CLI_NOTHING;
}

/** The key that name means, malloc'ed; NULL: said that there is none. */
static char *key_of(const struct nidx_cli_reader *r, const char *name)
{
    struct nidx_result *found = NULL;
    struct nidx_error err;
    char *key = NULL;
    const enum nidx_status status =
        nidx_cli_find(r->snapshot, name, &found, &key, &err);

    nidx_result_free(found);
    if (status == NIDX_ERR_NOTFOUND)
        nidx_cli_fail(name, "no such article in the index");
    else if (status != NIDX_OK)
        nidx_cli_failed(r->path, &err);
    return key;
}

static int explain(const struct nidx_cli_reader *r, const struct request *q,
                   const char *text, size_t len, const char *name)
{
    struct nidx_search_options options = NIDX_SEARCH_OPTIONS_INIT;
    struct nidx_result *result = NULL;
    struct nidx_error err;
    int code = NIDX_CLI_ERROR;

    options.plain = q->plain;
    options.explain = 1;
    struct nidx_query *query = nidx_cli_parse(text, len, q->any);
    char *key = query ? key_of(r, name) : NULL;
    if (key && nidx_search_key(r->snapshot, query, &options, key, strlen(key),
                               &result, &err) != NIDX_OK)
        nidx_cli_failed(r->path, &err);
    for (size_t i = 0; result && i < nidx_result_n_notes(result); i++)
        nidx_cli_note(nidx_result_note(result, i));
    if (result)
        code = print_result(result, q, r->path);
    nidx_result_free(result);
    nidx_query_free(query);
    free(key);
    return code;
}

int nidx_cli_explain(int argc, char **argv)
{
    struct request q = {0};
    struct nidx_cli_reader r;
    const struct nidx_cli_option options[] = {
        {"index", 'i', NIDX_CLI_TEXT, &q.index, "FILE", "the index"},
        {"why-not", 0, NIDX_CLI_FLAG, &q.why_not, NULL,
         "each clause, also where the article is found"},
        {"any", 0, NIDX_CLI_FLAG, &q.any, NULL,
         "any of the words, not all of them"},
        {"plain", 0, NIDX_CLI_FLAG, &q.plain, NULL, "headlines count as body"},
        {"json", 0, NIDX_CLI_FLAG, &q.json, NULL, "as a JSON object"},
    };
    const struct nidx_cli_usage usage = {
        .synopsis = "explain [options] QUERY... KEY",
        .text = "Says how the score of an article comes about, a line for "
                "each term; or, where\nthe query does not find it, which "
                "clauses it does not satisfy. KEY is what\n`nidx ls` prints, "
                "or the path of a file. Exit status 0: found, 1: not found, "
                "2: an\nerror.",
        .options = options,
        .n_options = NIDX_CLI_COUNT(options),
        .examples = "    nidx explain putin letter ~/news/letter.txt\n"
                    "    nidx explain --why-not 'putin date:2019' "
                    "news.jsonl#17\n",
        .words = true,
        .min_operands = 2,
        .max_operands = NIDX_CLI_MANY};
    int status;
    size_t len;

    const int n = nidx_cli_options(&usage, argc, argv, &status);
    if (n < 0)
        return status;
    if (q.json)
        nidx_cli_messages_json();
    char *text = nidx_cli_join(n - 1, argv, &len);
    if (!text)
        return nidx_cli_fail(NULL, "out of memory");
    status = NIDX_CLI_ERROR;
    if (nidx_cli_reader_open(q.index, &r)) {
        status = explain(&r, &q, text, len, argv[n - 1]);
        nidx_cli_reader_close(&r);
    }
    free(text);
    return status;
}
