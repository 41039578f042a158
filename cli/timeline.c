/* timeline.c: nidx timeline: hits by year, month or day.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"
#include "json.h"
#include "output.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct request {
    const char *index, *by;
    bool json, any;
    size_t digits; /**< of a date as text: 4, 7 or 10 */
};

/** Hits of one year, month or day. */
struct bin {
    char name[32];
    uint64_t n;
};

struct bins {
    struct bin *items;
    size_t n, cap;
    uint64_t undated;
};

/** The bin of a name; kept sorted, for dates come in any order. */
static struct bin *find_bin(struct bins *b, const char *name)
{
    size_t low = 0, high = b->n;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (strcmp(b->items[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < b->n && strcmp(b->items[low].name, name) == 0)
        return &b->items[low];
    if (b->n == b->cap) {
        const size_t cap = b->cap ? 2 * b->cap : 64;
        struct bin *items = realloc(b->items, cap * sizeof(*items));
        if (!items)
            return NULL;
        b->items = items;
        b->cap = cap;
    }
    memmove(b->items + low + 1, b->items + low,
            (b->n - low) * sizeof(*b->items));
    b->items[low] = (struct bin){.n = 0};
    snprintf(b->items[low].name, sizeof(b->items[low].name), "%s", name);
    b->n++;
    return &b->items[low];
}

static enum nidx_status gather(struct nidx_matches *m, size_t digits,
                               struct bins *b, struct nidx_error *err)
{
    int found, has;
    int64_t date;
    char name[48];

    for (;;) {
        const enum nidx_status status =
            nidx_matches_next(m, &found, &date, &has, err);
        if (status != NIDX_OK || !found)
            return status;
        if (!has) {
            b->undated++;
            continue;
        }
        nidx_cli_date_json(date, name);
        name[digits] = '\0';
        struct bin *bin = find_bin(b, name);
        if (!bin) {
            snprintf(err->message, sizeof(err->message), "out of memory");
            return err->status = NIDX_ERR_NOMEM;
        }
        bin->n++;
    }
}

/** The year or month after a name, in place; false for days and odd years. */
static bool step_name(char *name, size_t digits)
{
    unsigned year, month;

    if (digits == 4 && sscanf(name, "%4u", &year) == 1) {
        snprintf(name, 32, "%04u", year + 1);
        return true;
    }
    if (digits != 7 || sscanf(name, "%4u-%2u", &year, &month) != 2)
        return false;
    snprintf(name, 32, "%04u-%02u", month == 12 ? year + 1 : year,
             month == 12 ? 1 : month + 1);
    return true;
}

/** Puts the empty months between the first and the last in, unless that makes
 * the list absurdly long. */
static bool fill_gaps(struct bins *b, size_t digits)
{
    char name[32], last[32];

    if (b->n < 2)
        return true;
    memcpy(name, b->items[0].name, sizeof(name));
    memcpy(last, b->items[b->n - 1].name, sizeof(last));
    for (unsigned i = 0; i < 600 && strcmp(name, last) < 0; i++) {
        if (!find_bin(b, name))
            return false;
        if (!step_name(name, digits))
            return true;
    }
    return true;
}

static void print_bar(const struct bin *bin, uint64_t most, size_t width)
{
    char text[32];
    size_t cells = (size_t)((double)bin->n / (double)most * (double)width);

    if (bin->n > 0 && cells == 0)
        cells = 1;
    printf("%-10s %8s", bin->name, nidx_cli_number(bin->n, text));
    fputs(cells > 0 ? " " : "", stdout);
    while (cells-- > 0)
        fputs("\xe2\x96\x88", stdout);
    fputc('\n', stdout);
}

/** How many bins from i on are empty. */
static size_t empty_from(const struct bins *b, size_t i)
{
    size_t n = 0;

    while (i + n < b->n && b->items[i + n].n == 0)
        n++;
    return n;
}

static void print_people(const struct bins *b)
{
    uint64_t most = 1;
    char text[32];
    const size_t width = nidx_cli_columns() - 20;

    for (size_t i = 0; i < b->n; i++)
        most = b->items[i].n > most ? b->items[i].n : most;
    for (size_t i = 0; i < b->n; i++) {
        const size_t empty = empty_from(b, i);
        if (empty > 3) {
            printf("%-10s %8s\n", "...", "0");
            i += empty - 1;
        } else {
            print_bar(&b->items[i], most, width);
        }
    }
    if (b->undated > 0)
        printf("%-10s %8s\n", "undated", nidx_cli_number(b->undated, text));
}

static void print_json(const struct bins *b, const char *by)
{
    for (size_t i = 0; i < b->n; i++)
        printf("{\"%s\":\"%s\",\"count\":%" PRIu64 "}\n", by, b->items[i].name,
               b->items[i].n);
    if (b->undated > 0)
        printf("{\"%s\":null,\"count\":%" PRIu64 "}\n", by, b->undated);
}

static int timeline(const struct nidx_cli_reader *r, const struct request *q,
                    const char *text, size_t len)
{
    struct nidx_query *query = nidx_cli_parse(text, len, q->any);
    struct nidx_matches *m = NULL;
    struct bins b = {0};
    struct nidx_error err;

    if (!query)
        return NIDX_CLI_ERROR;
    for (size_t i = 0; i < nidx_query_n_notes(query); i++)
        nidx_cli_note(nidx_query_note(query, i, NULL, NULL));
    enum nidx_status status =
        nidx_matches_new(r->snapshot, query, NULL, &m, &err);
    if (status == NIDX_OK)
        status = gather(m, q->digits, &b, &err);
    nidx_matches_free(m);
    nidx_query_free(query);
    int code = b.n + b.undated > 0 ? NIDX_CLI_FOUND : NIDX_CLI_NOTHING;
    if (status != NIDX_OK)
        code = nidx_cli_failed(r->path, &err);
    else if (!fill_gaps(&b, q->digits))
        code = nidx_cli_fail(NULL, "out of memory");
    else if (q->json)
        print_json(&b, q->by);
    else if (code == NIDX_CLI_NOTHING)
        nidx_cli_nothing();
    else
        print_people(&b);
    free(b.items);
    return code;
}

int nidx_cli_timeline(int argc, char **argv)
{
    struct request q = {.by = "month"};
    struct nidx_cli_reader r;
    const struct nidx_cli_option options[] = {
        {"index", 'i', NIDX_CLI_TEXT, &q.index, "FILE", "the index"},
        {"by", 0, NIDX_CLI_TEXT, &q.by, "UNIT", "year, month or day (month)"},
        {"any", 0, NIDX_CLI_FLAG, &q.any, NULL,
         "any of the words, not all of them"},
        {"json", 0, NIDX_CLI_FLAG, &q.json, NULL, "a JSON object a line"},
    };
    const struct nidx_cli_usage usage = {
        .synopsis = "timeline [options] QUERY...",
        .text = "Counts the articles that a query finds by month, as bars.",
        .options = options,
        .n_options = NIDX_CLI_COUNT(options),
        .examples = "    nidx timeline putin letter\n"
                    "    nidx timeline --by year --json election\n",
        .words = true,
        .min_operands = 1,
        .max_operands = NIDX_CLI_MANY};
    int status;
    size_t len;

    const int n = nidx_cli_options(&usage, argc, argv, &status);
    if (n < 0)
        return status;
    if (q.json)
        nidx_cli_messages_json();
    q.digits = strcmp(q.by, "year") == 0    ? 4
               : strcmp(q.by, "month") == 0 ? 7
               : strcmp(q.by, "day") == 0   ? 10
                                            : 0;
    if (q.digits == 0)
        return nidx_cli_fail("--by", "year, month or day");
    char *text = nidx_cli_join(n, argv, &len);
    if (!text)
        return nidx_cli_fail(NULL, "out of memory");
    status = NIDX_CLI_ERROR;
    if (nidx_cli_reader_open(q.index, &r)) {
        status = timeline(&r, &q, text, len);
        nidx_cli_reader_close(&r);
    }
    free(text);
    return status;
}
