/* q.c: nidx q: searches.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "q.h"

#include "term.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/** The words of the command line as one query; malloc'ed. */
static char *join_words(int n, char **words, size_t *len)
{
    size_t size = 1;

    for (int i = 0; i < n; i++)
        size += strlen(words[i]) + 1;
    char *out = malloc(size);
    if (!out)
        return NULL;
    *len = 0;
    for (int i = 0; i < n; i++) {
        const size_t word = strlen(words[i]);
        if (i > 0)
            out[(*len)++] = ' ';
        memcpy(out + *len, words[i], word);
        *len += word;
    }
    out[*len] = '\0';
    return out;
}

/** What is wrong with a query, and a caret under the place. */
static int say_syntax(const char *query, size_t len,
                      const struct nidx_error *err)
{
    nidx_cli_fail("query", err->message);
    if (err->status != NIDX_ERR_SYNTAX || len > 400)
        return NIDX_CLI_ERROR;
    const size_t offset = err->offset < len ? err->offset : len;
    fputs("  ", stderr);
    nidx_cli_put_safe(stderr, query, len);
    fprintf(stderr, "\n  %*s^\n", (int)nidx_cli_text_width(query, offset), "");
    return NIDX_CLI_ERROR;
}

static void print_notes(const struct nidx_result *r)
{
    const size_t n = nidx_result_n_notes(r);

    for (size_t i = 0; i < n; i++)
        nidx_cli_note(nidx_result_note(r, i));
}

static enum nidx_status print_paths(const struct nidx_result *r, bool null)
{
    const size_t n = nidx_result_n_hits(r);
    const bool terminal = isatty(STDOUT_FILENO) == 1;

    for (size_t i = 0; i < n; i++) {
        size_t len;
        const char *key = nidx_hit_key(r, i, &len);
        if (terminal)
            nidx_cli_put_safe(stdout, key, len);
        else
            fwrite(key, 1, len, stdout);
        fputc(null ? '\0' : '\n', stdout);
    }
    return NIDX_OK;
}

static void print_query(const struct nidx_result *r, FILE *out)
{
    size_t len;
    const char *text = nidx_result_query(r, &len);

    fputs("query: ", out);
    nidx_cli_put_safe(out, text, len);
    fputc('\n', out);
}

static enum nidx_status print_hits(struct nidx_result *r,
                                   const struct nidx_cli_search *search,
                                   struct nidx_error *err)
{
    const bool people = !search->count && !search->paths && !search->json;

    if (search->explain)
        print_query(r, people ? stdout : stderr);
    if (search->count) {
        printf("%" PRIu64 "\n", nidx_result_total(r));
        return NIDX_OK;
    }
    if (search->paths)
        return print_paths(r, search->null);
    if (search->json)
        return nidx_cli_print_json(r, search, err);
    return nidx_cli_print_people(r, search, err);
}

/** One line on a terminal: how many there are. */
static void print_total(const struct nidx_result *r, double seconds)
{
    char n[32], total[32];

    if (nidx_result_total(r) == 0 || isatty(STDOUT_FILENO) != 1)
        return;
    fflush(stdout);
    fprintf(stderr, "%s of %s (%.1f ms)\n",
            nidx_cli_number(nidx_result_n_hits(r), n),
            nidx_cli_number(nidx_result_total(r), total), seconds * 1e3);
}

static struct nidx_search_options options_of(
    const struct nidx_cli_search *search)
{
    struct nidx_search_options o = NIDX_SEARCH_OPTIONS_INIT;
    const bool people = !search->count && !search->paths && !search->json;

    o.limit = (size_t)search->limit;
    o.offset = (size_t)search->offset;
    o.count = search->count ? NIDX_COUNT_ONLY
              : people      ? NIDX_COUNT_EXACT
                            : NIDX_COUNT_NONE;
    o.plain = search->plain;
    o.any = search->any;
    o.strict = search->strict;
    o.explain = search->explain;
    o.nearest =
        search->nearest || (people && isatty(STDOUT_FILENO) == 1);
    return o;
}

static int search_index(struct nidx_index *index,
                        const struct nidx_cli_search *search,
                        const char *query, size_t len)
{
    struct nidx_error err;
    struct nidx_result *r;
    const struct nidx_search_options options = options_of(search);
    const double start = nidx_cli_now();

    enum nidx_status status =
        nidx_search_text(index, query, len, &options, &r, &err);
    if (status == NIDX_ERR_SYNTAX || status == NIDX_ERR_LIMIT)
        return say_syntax(query, len, &err);
    if (status != NIDX_OK)
        return nidx_cli_failed(nidx_index_path(index), &err);
    const double seconds = nidx_cli_now() - start;
    print_notes(r);
    status = print_hits(r, search, &err);
    int code = nidx_result_total(r) > 0 ||
                       (nidx_result_n_hits(r) > 0 && !nidx_result_is_nearest(r))
                   ? NIDX_CLI_FOUND
                   : NIDX_CLI_NOTHING;
    if (status != NIDX_OK)
        code = nidx_cli_failed(nidx_index_path(index), &err);
    else if (!search->json && !search->paths && !search->count)
        print_total(r, seconds);
    nidx_result_free(r);
    return code;
}

static int run(const struct nidx_cli_search *search, int n, char **words)
{
    struct nidx_open_options open = NIDX_OPEN_OPTIONS_INIT;
    size_t len;

    open.readonly = 1;
    if (search->json + search->paths + search->count > 1)
        return nidx_cli_fail(NULL,
                             "only one of --json, --paths and --count");
    char *query = join_words(n, words, &len);
    if (!query)
        return nidx_cli_fail(NULL, "out of memory");
    struct nidx_index *index = nidx_cli_open(search->index, &open);
    const int code =
        index ? search_index(index, search, query, len) : NIDX_CLI_ERROR;
    nidx_index_close(index);
    free(query);
    return code;
}

int nidx_cli_q(int argc, char **argv)
{
    struct nidx_cli_search s = {.limit = 10};
    const struct nidx_cli_option options[] = {
        {"index", 'i', NIDX_CLI_TEXT, &s.index, "FILE", "the index"},
        {"limit", 'n', NIDX_CLI_NUMBER, &s.limit, "N", "at most N hits (10)"},
        {"offset", 0, NIDX_CLI_NUMBER, &s.offset, "N", "leave N hits out"},
        {"json", 0, NIDX_CLI_FLAG, &s.json, NULL, "a JSON object a line"},
        {"paths", 'l', NIDX_CLI_FLAG, &s.paths, NULL, "keys alone"},
        {"null", '0', NIDX_CLI_FLAG, &s.null, NULL,
         "end keys with a zero byte, for xargs -0"},
        {"count", 'c', NIDX_CLI_FLAG, &s.count, NULL,
         "the number of matching articles alone"},
        {"any", 0, NIDX_CLI_FLAG, &s.any, NULL,
         "any of the words, not all of them"},
        {"plain", 0, NIDX_CLI_FLAG, &s.plain, NULL,
         "headlines count as body"},
        {"nearest", 0, NIDX_CLI_FLAG, &s.nearest, NULL,
         "where no article has all words, those with the most"},
        {"strict", 0, NIDX_CLI_FLAG, &s.strict, NULL,
         "what would be a note is an error"},
        {"explain", 0, NIDX_CLI_FLAG, &s.explain, NULL,
         "the query as understood, and how each score comes about"},
    };
    const struct nidx_cli_usage usage = {
        .synopsis = "q [options] QUERY...",
        .text = "Searches, best articles first. Exit status 0: found, 1: "
                "nothing found, 2: an error.",
        .options = options,
        .n_options = NIDX_CLI_COUNT(options),
        .examples = "    nidx q putin letter\n"
                    "    nidx q '\"Putin letter\" OR (putin NEAR/5 letter)'\n"
                    "    nidx q --paths -0 -n 1000 title:moscow | "
                    "xargs -0 grep -l kremlin\n",
        .words = true,
        .min_operands = 1};
    int status;

    const int n = nidx_cli_options(&usage, argc, argv, &status);
    if (n < 0)
        return status;
    if (s.limit == 0)
        return nidx_cli_fail("--limit", "at least 1; --count counts");
    if (s.null)
        s.paths = true;
    return run(&s, n, argv);
}
