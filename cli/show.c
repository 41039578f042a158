/* show.c: nidx show: prints a stored article.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "article.h"
#include "cli.h"
#include "find.h"
#include "json.h"
#include "output.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

struct request {
    const char *index, *query, *colour;
    bool json, no_pager;
    struct nidx_cli_style style;
};

/** Ranges of the title or the body that a query lights. */
struct lights {
    struct nidx_cli_lit *items;
    size_t n;
};

static enum nidx_status no_memory(struct nidx_error *err)
{
    err->status = NIDX_ERR_NOMEM;
    snprintf(err->message, sizeof(err->message), "out of memory");
    return NIDX_ERR_NOMEM;
}

static enum nidx_status title_lights(struct nidx_result *r, struct lights *l,
                                     struct nidx_error *err)
{
    size_t start, len;
    const size_t n = nidx_title_n_lit(r, 0);

    l->items = malloc((n + 1) * sizeof(*l->items));
    if (!l->items)
        return no_memory(err);
    for (size_t i = 0; i < n; i++) {
        nidx_title_lit(r, 0, i, &start, &len);
        l->items[l->n++] = (struct nidx_cli_lit){start, start + len};
    }
    return NIDX_OK;
}

static int by_start(const void *a, const void *b)
{
    const struct nidx_cli_lit *x = a, *y = b;

    return x->start < y->start ? -1 : x->start > y->start;
}

/** What is lit in all passages, as ranges of the body. */
static enum nidx_status body_lights(struct nidx_result *r, size_t n_passages,
                                    struct lights *l, struct nidx_error *err)
{
    size_t cap = 1, len, start;
    uint64_t from;

    for (size_t p = 0; p < n_passages; p++)
        cap += nidx_passage_n_lit(r, 0, p);
    l->items = malloc(cap * sizeof(*l->items));
    if (!l->items)
        return no_memory(err);
    for (size_t p = 0; p < n_passages; p++) {
        nidx_passage_text(r, 0, p, &len, &from);
        for (size_t i = 0; i < nidx_passage_n_lit(r, 0, p); i++) {
            nidx_passage_lit(r, 0, p, i, &start, &len);
            l->items[l->n++] = (struct nidx_cli_lit){
                (size_t)from + start, (size_t)from + start + len};
        }
    }
    qsort(l->items, l->n, sizeof(*l->items), by_start);
    return NIDX_OK;
}

static void put_piece(const struct request *q, const char *text, size_t len)
{
    if (q->style.terminal)
        nidx_cli_put_lines(stdout, text, len);
    else
        fwrite(text, 1, len, stdout);
}

static void put_lit(const struct request *q, const char *text, size_t len,
                    const struct lights *l)
{
    size_t done = 0;

    for (size_t i = 0; i < l->n; i++) {
        const struct nidx_cli_lit *lit = &l->items[i];
        if (lit->start < done || lit->end > len || lit->end <= lit->start)
            continue;
        put_piece(q, text + done, lit->start - done);
        fputs(q->style.colour ? "\033[1;31m" : "\xc2\xab", stdout);
        put_piece(q, text + lit->start, lit->end - lit->start);
        fputs(q->style.colour ? "\033[0m" : "\xc2\xbb", stdout);
        done = lit->end;
    }
    put_piece(q, text + done, len - done);
}

/** Prints the values of one field in people's way. */
static enum nidx_status print_field(struct nidx_result *r,
                                    const struct request *q, const char *name,
                                    const struct lights *l,
                                    struct nidx_error *err)
{
    static const struct lights none = {NULL, 0};

    for (size_t nth = 0;; nth++) {
        const char *value;
        size_t len;
        const enum nidx_status status =
            nidx_hit_field(r, 0, name, nth, &value, &len, err);
        if (status != NIDX_OK || !value)
            return status;
        if (strcmp(name, "body") == 0)
            fputc('\n', stdout);
        else
            printf("%s: ", name);
        put_lit(q, value, len, nth == 0 ? l : &none);
        fputc('\n', stdout);
    }
}

static enum nidx_status print_fields(struct nidx_result *r,
                                     const struct request *q,
                                     const struct lights *title,
                                     const struct lights *body,
                                     struct nidx_error *err)
{
    static const struct lights none = {NULL, 0};
    enum nidx_status status = NIDX_OK;

    for (size_t i = 0; i < nidx_cli_n_fields && status == NIDX_OK; i++) {
        const char *name = nidx_cli_fields[i];
        status = print_field(r, q, name,
                             strcmp(name, "title") == 0  ? title
                             : strcmp(name, "body") == 0 ? body
                                                         : &none,
                             err);
    }
    return status;
}

static enum nidx_status print_people(struct nidx_result *r,
                                     const struct request *q,
                                     struct nidx_error *err)
{
    struct nidx_passage_options all = NIDX_PASSAGE_OPTIONS_INIT;
    struct lights title = {NULL, 0}, body = {NULL, 0};
    char date[48];
    int has;
    size_t len, n = 0;
    const char *key = nidx_hit_key(r, 0, &len);
    enum nidx_status status = NIDX_OK;

    fputs("key: ", stdout);
    nidx_cli_put_safe(stdout, key, len);
    fputc('\n', stdout);
    const int64_t when = nidx_hit_date(r, 0, &has);
    if (has)
        printf("date: %s\n", nidx_cli_date(when, date));
    all.max_passages = 1000000;
    if (q->query)
        status = nidx_hit_passages(r, 0, &all, &n, err);
    if (status == NIDX_OK && q->query)
        status = title_lights(r, &title, err);
    if (status == NIDX_OK && q->query)
        status = body_lights(r, n, &body, err);
    if (status == NIDX_OK)
        status = print_fields(r, q, &title, &body, err);
    free(title.items);
    free(body.items);
    return status;
}

/** The article as the hit of the query, so that its words can be lit. */
static enum nidx_status find_lit(const struct nidx_cli_reader *reader,
                                 const struct request *q, const char *key,
                                 struct nidx_result **out,
                                 struct nidx_error *err)
{
    struct nidx_query_options options = NIDX_QUERY_OPTIONS_INIT;
    struct nidx_query *query = NULL;

    options.any = 1;
    enum nidx_status status =
        nidx_query_parse(q->query, strlen(q->query), &options, &query, err);
    if (status == NIDX_OK)
        status = nidx_search_key(reader->snapshot, query, NULL, key,
                                 strlen(key), out, err);
    nidx_query_free(query);
    return status;
}

static int show(const struct nidx_cli_reader *reader, const struct request *q,
                const char *name)
{
    struct nidx_error err;
    struct nidx_result *r = NULL;
    char *key = NULL;
    enum nidx_status status =
        nidx_cli_find(reader->snapshot, name, &r, &key, &err);

    if (status == NIDX_ERR_NOTFOUND) {
        nidx_cli_fail(name, "no such article in the index");
        return NIDX_CLI_NOTHING;
    }
    if (status == NIDX_OK && !key)
        status = no_memory(&err);
    if (status == NIDX_OK && q->query) {
        nidx_result_free(r);
        r = NULL;
        status = find_lit(reader, q, key, &r, &err);
    }
    if (status == NIDX_OK)
        status = q->json ? nidx_cli_article_json(r, "key", &err)
                         : print_people(r, q, &err);
    free(key);
    nidx_result_free(r);
    return status == NIDX_OK ? NIDX_CLI_FOUND
                             : nidx_cli_failed(reader->path, &err);
}

static int show_all(struct request *q, int n, char **names)
{
    struct nidx_cli_reader reader;
    int status = NIDX_CLI_FOUND;

    if (!nidx_cli_reader_open(q->index, &reader))
        return NIDX_CLI_ERROR;
    nidx_cli_style(&q->style);
    if (!q->json && !q->no_pager)
        nidx_cli_page_begin();
    for (int i = 0; i < n; i++) {
        if (i > 0 && !q->json)
            fputc('\n', stdout);
        const int one = show(&reader, q, names[i]);
        status = one > status ? one : status;
    }
    nidx_cli_reader_close(&reader);
    nidx_cli_page_end();
    return status;
}

int nidx_cli_show(int argc, char **argv)
{
    struct request q = {0};
    const struct nidx_cli_option options[] = {
        {"index", 'i', NIDX_CLI_TEXT, &q.index, "FILE", "the index"},
        {"query", 0, NIDX_CLI_TEXT, &q.query, "QUERY",
         "light what this query finds"},
        {"json", 0, NIDX_CLI_FLAG, &q.json, NULL, "as a JSON object a line"},
        {"color", 0, NIDX_CLI_TEXT, &q.colour, "WHEN", "auto, always or never"},
        {"no-pager", 0, NIDX_CLI_FLAG, &q.no_pager, NULL,
         "never through $PAGER"},
    };
    const struct nidx_cli_usage usage = {
        .synopsis = "show [options] KEY...",
        .text = "Prints articles as they are stored. A KEY is what `nidx ls` "
                "prints, or the path\nof a file. Exit status 1 where one is "
                "not in the index.",
        .options = options,
        .n_options = NIDX_CLI_COUNT(options),
        .examples = "    nidx show ~/news/letter.txt\n"
                    "    nidx show --query 'putin letter' news.jsonl#17\n"
                    "    nidx show --json news.jsonl#17 | jq .body\n",
        .min_operands = 1,
        .max_operands = NIDX_CLI_MANY};
    int status;

    const int n = nidx_cli_options(&usage, argc, argv, &status);
    if (n < 0)
        return status;
    if (q.json)
        nidx_cli_messages_json();
    if (q.colour && !nidx_cli_set_colour(q.colour))
        return nidx_cli_fail("--color", "auto, always or never");
    return show_all(&q, n, argv);
}
