/* q.c: nidx q: searches.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "q.h"

#include "output.h"
#include "term.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

bool nidx_cli_is_for_people(const struct nidx_cli_search *search)
{
    return !search->count && !search->paths && !search->json && !search->csv &&
           !search->format;
}

/** What is wrong with a query, and a caret under the place. */
static int say_syntax(const char *query, size_t len, bool json,
                      const struct nidx_error *err)
{
    nidx_cli_failed("query", err);
    if (err->status != NIDX_ERR_SYNTAX || len > 400 || json)
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
    const bool terminal = nidx_cli_is_terminal();

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

/** Hits to be shown: the nearest only where they were asked for, or where
 * somebody looks. */
static bool is_shown(const struct nidx_result *r,
                     const struct nidx_cli_search *search)
{
    return !nidx_result_is_nearest(r) || search->nearest ||
           nidx_cli_is_terminal();
}

static enum nidx_status print_hits(struct nidx_result *r,
                                   const struct nidx_cli_search *search,
                                   struct nidx_error *err)
{
    const bool people = nidx_cli_is_for_people(search);

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
    if (search->csv)
        return nidx_cli_print_csv(r, search, err);
    if (search->format)
        return nidx_cli_print_format(r, search, err);
    return is_shown(r, search) ? nidx_cli_print_people(r, search, err)
                               : NIDX_OK;
}

/** What is said behind the hits on a terminal. */
struct total {
    uint64_t shown, all;
    double seconds;
};

/** One line: how many there are, and what to type for more. */
static void print_total(const struct nidx_cli_search *search,
                        const struct total *total)
{
    char first[32], last[32], all[32], more[32];
    const bool several = total->shown > 1;
    const uint64_t end = search->offset + total->shown;

    if (total->all == 0 || !nidx_cli_is_terminal())
        return;
    fflush(stdout);
    fprintf(stderr, "%s%s%s of %s (%.1f ms)",
            several ? nidx_cli_number(search->offset + 1, first) : "",
            several ? " to " : "",
            nidx_cli_number(total->shown ? end : 0, last),
            nidx_cli_number(total->all, all), total->seconds * 1e3);
    if (end < total->all && total->shown > 0)
        fprintf(stderr, "; more: --offset %s", nidx_cli_number(end, more));
    fputc('\n', stderr);
}

static struct nidx_search_options options_of(
    const struct nidx_cli_search *search)
{
    struct nidx_search_options o = NIDX_SEARCH_OPTIONS_INIT;
    const bool people = nidx_cli_is_for_people(search);

    o.limit = (size_t)search->limit;
    o.offset = (size_t)search->offset;
    o.count = search->count ? NIDX_COUNT_ONLY
              : people || (search->format && strstr(search->format, "{total}"))
                  ? NIDX_COUNT_EXACT
                  : NIDX_COUNT_NONE;
    o.plain = search->plain;
    o.any = search->any;
    o.strict = search->strict;
    o.since = search->since;
    o.until = search->until;
    o.recent = (double)search->recent;
    o.explain = search->explain;
    if (search->sort && strcmp(search->sort, "score") != 0)
        o.sort = strcmp(search->sort, "oldest") == 0 ? NIDX_SORT_OLDEST
                                                     : NIDX_SORT_NEWEST;
    /* A pipe gets no nearest articles, but what a note says of them. */
    o.nearest = search->nearest || people;
    return o;
}

static int exit_status(const struct nidx_result *r)
{
    const bool found = nidx_result_total(r) > 0 || (nidx_result_n_hits(r) > 0 &&
                                                    !nidx_result_is_nearest(r));

    return found ? NIDX_CLI_FOUND : NIDX_CLI_NOTHING;
}

static int search_index(struct nidx_index *index,
                        const struct nidx_cli_search *search, const char *query,
                        size_t len, struct total *total)
{
    struct nidx_error err;
    struct nidx_result *r;
    const struct nidx_search_options options = options_of(search);
    const double start = nidx_cli_now();

    enum nidx_status status =
        nidx_search_text(index, query, len, &options, &r, &err);
    if (status == NIDX_ERR_SYNTAX || status == NIDX_ERR_LIMIT)
        return say_syntax(query, len, search->json, &err);
    if (status == NIDX_ERR_INVALID)
        return nidx_cli_fail(NULL, err.message);
    if (status != NIDX_OK)
        return nidx_cli_failed(nidx_index_path(index), &err);
    *total =
        (struct total){.shown = is_shown(r, search) ? nidx_result_n_hits(r) : 0,
                       .all = nidx_result_total(r),
                       .seconds = nidx_cli_now() - start};
    print_notes(r);
    status = print_hits(r, search, &err);
    int code = exit_status(r);
    if (status != NIDX_OK)
        code = nidx_cli_failed(nidx_index_path(index), &err);
    nidx_result_free(r);
    return code;
}

/** Prints the answer; people may take their time to read it, so the index is
 * let go of before. */
static int answer(const struct nidx_cli_search *search, const char *query,
                  size_t len)
{
    struct nidx_open_options open = NIDX_OPEN_OPTIONS_INIT;
    struct total total = {0};
    const bool people = nidx_cli_is_for_people(search);

    open.readonly = 1;
    struct nidx_index *index = nidx_cli_open(search->index, &open);
    if (!index)
        return NIDX_CLI_ERROR;
    if (people && !search->no_pager)
        nidx_cli_page_begin();
    const int code = search_index(index, search, query, len, &total);
    nidx_index_close(index);
    nidx_cli_page_end();
    if (people && code == NIDX_CLI_FOUND)
        print_total(search, &total);
    else if (people && code == NIDX_CLI_NOTHING && total.shown == 0)
        nidx_cli_nothing();
    return code;
}

/** Whether the options make sense together; else says why not. */
static bool are_sound(struct nidx_cli_search *s)
{
    char why[160];

    if (s->null && !s->format)
        s->paths = true;
    if (s->json + s->csv + s->paths + s->count + (s->format != NULL) > 1) {
        nidx_cli_fail(NULL, "only one of --json, --csv, --format, --paths and "
                            "--count");
        return false;
    }
    if (s->limit == 0) {
        nidx_cli_fail("--limit", "at least 1; --count counts");
        return false;
    }
    if (s->format && nidx_cli_bad_format(s->format, why, sizeof(why))) {
        nidx_cli_fail("--format", why);
        return false;
    }
    if (s->sort && strcmp(s->sort, "score") != 0 &&
        strcmp(s->sort, "date") != 0 && strcmp(s->sort, "oldest") != 0) {
        nidx_cli_fail("--sort", "score, date or oldest");
        return false;
    }
    if (s->colour && !nidx_cli_set_colour(s->colour)) {
        nidx_cli_fail("--color", "auto, always or never");
        return false;
    }
    return true;
}

static int run(const struct nidx_cli_search *search, int n, char **words)
{
    size_t len;
    char *query = nidx_cli_join(n, words, &len);

    if (!query)
        return nidx_cli_fail(NULL, "out of memory");
    const int code = answer(search, query, len);
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
        {"csv", 0, NIDX_CLI_FLAG, &s.csv, NULL,
         "comma-separated values with a line of names"},
        {"format", 0, NIDX_CLI_TEXT, &s.format, "F",
         "a line a hit: '{rank} {score} {date} {path} {title}'"},
        {"paths", 'l', NIDX_CLI_FLAG, &s.paths, NULL, "keys alone"},
        {"null", '0', NIDX_CLI_FLAG, &s.null, NULL,
         "end keys with a zero byte, for xargs -0"},
        {"count", 'c', NIDX_CLI_FLAG, &s.count, NULL,
         "the number of matching articles alone"},
        {"sort", 0, NIDX_CLI_TEXT, &s.sort, "ORDER",
         "score (the best first), date (the newest first) or oldest"},
        {"since", 0, NIDX_CLI_TEXT, &s.since, "DATE",
         "only articles of that day, month or year or later: 2018-08"},
        {"until", 0, NIDX_CLI_TEXT, &s.until, "DATE",
         "only articles of that day, month or year or earlier"},
        {"recent", 0, NIDX_CLI_NUMBER, &s.recent, "DAYS",
         "new articles score higher: half of the gain is lost in DAYS"},
        {"any", 0, NIDX_CLI_FLAG, &s.any, NULL,
         "any of the words, not all of them"},
        {"plain", 0, NIDX_CLI_FLAG, &s.plain, NULL, "headlines count as body"},
        {"nearest", 0, NIDX_CLI_FLAG, &s.nearest, NULL,
         "where no article has all words, those with the most"},
        {"strict", 0, NIDX_CLI_FLAG, &s.strict, NULL,
         "a note about how the query is read is an error"},
        {"explain", 0, NIDX_CLI_FLAG, &s.explain, NULL,
         "the query as understood, and how each score comes about"},
        {"color", 0, NIDX_CLI_TEXT, &s.colour, "WHEN", "auto, always or never"},
        {"no-pager", 0, NIDX_CLI_FLAG, &s.no_pager, NULL,
         "never through $PAGER"},
    };
    const struct nidx_cli_usage usage = {
        .synopsis = "q [options] QUERY...",
        .text = "Searches, best articles first. The words are one query: "
                "`nidx help query` has the\nlanguage. "
                "On a terminal the nearest articles are shown where none has "
                "all words.\nExit status 0: found, 1: nothing found, 2: an "
                "error.",
        .options = options,
        .n_options = NIDX_CLI_COUNT(options),
        .examples = "    nidx q putin letter\n"
                    "    nidx q '\"Putin letter\" OR (putin NEAR/5 letter)'\n"
                    "    nidx q --paths -0 -n 1000 title:moscow | "
                    "xargs -0 grep -l kremlin\n",
        .words = true,
        .min_operands = 1,
        .max_operands = NIDX_CLI_MANY};
    int status;

    const int n = nidx_cli_options(&usage, argc, argv, &status);
    if (n < 0)
        return status;
    if (s.json)
        nidx_cli_messages_json();
    return are_sound(&s) ? run(&s, n, argv) : NIDX_CLI_ERROR;
}
