/* nidx-bench.c: the queries of the search benchmark game, in this process.
 *
 *   nidx-bench INDEX QUERIES [--passes N] [--class NAME] [--cursors] [--json]
 *   nidx-bench query INDEX QUERIES SECONDS [--plain]      (answer.h)
 *
 * QUERIES has lines MODE TAB QUERY: TOP_10, TOP_10_COUNT, COUNT; `a b` is a
 * union, `+a +b` an intersection, `"a b"` a phrase, one word a term. Reading a
 * query and expanding its words for the index (timed apart) are outside the
 * clock; dictionary, planning and searching are inside. Each pass runs all
 * queries once; a query's time is its best of all passes. Prints a table, or
 * with --json one object a line.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/answer.h"
#include "common/segment/index.h"
#include "query/plan/exec.h"
#include "query/expand/expand.h"
#include "query/parse/parser.h"
#include "query/plan/plan.h"

enum {
    TERM,
    UNION,
    INTERSECTION,
    PHRASE,
    N_KINDS,
    TOP = 10
};
enum {
    MODE_TOP,
    MODE_TOP_COUNT,
    MODE_COUNT,
    N_MODES
};

static const char *const kind_names[] = {"term", "union", "intersection",
                                         "phrase"};
static const char *const mode_names[] = {"TOP_10", "TOP_10_COUNT", "COUNT"};

struct query {
    int mode, kind;
    char *text;
    struct nidx_tree tree, expanded;
    double expand, run; /* best, microseconds */
    double passes[64];  /* run */
    uint64_t result;
};

struct bench {
    const struct nidx_catalog *catalog;
    struct nidx_norms *norms;
    struct query *queries;
    size_t n;
    int passes;
    bool cursors, json;
    const char *only;
};

static void die(const char *what, const struct nidx_error *err)
{
    fprintf(stderr, "nidx-bench: %s%s%s\n", what, err ? ": " : "",
            err ? err->message : "");
    exit(2);
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int kind_of(const char *text)
{
    if (text[0] == '"')
        return PHRASE;
    if (text[0] == '+')
        return INTERSECTION;
    return strchr(text, ' ') ? UNION : TERM;
}

static void add_query(struct bench *b, char *line)
{
    char *tab = strchr(line, '\t');
    int mode = 0;

    if (!tab)
        return;
    *tab = 0;
    while (mode < N_MODES && strcmp(line, mode_names[mode]) != 0)
        mode++;
    if (mode == N_MODES)
        return;
    int kind = kind_of(tab + 1);
    if (b->only && strcmp(b->only, kind_names[kind]) != 0)
        return;
    if (b->n % 256 == 0) {
        b->queries = realloc(b->queries, (b->n + 256) * sizeof(*b->queries));
        if (!b->queries)
            die("out of memory", NULL);
    }
    struct query *q = &b->queries[b->n++];
    memset(q, 0, sizeof(*q));
    q->mode = mode;
    q->kind = kind;
    q->text = strdup(tab + 1);
    q->expand = q->run = 1e18;
    const struct nidx_parse_options options = {.any = kind == UNION};
    struct nidx_error err;
    if (!q->text || nidx_query_read(q->text, strlen(q->text), &options,
                                    &q->tree, &err) != NIDX_OK)
        die("a query cannot be read", &err);
}

static void read_queries(struct bench *b, const char *path)
{
    FILE *f = fopen(path, "r");
    char *line = NULL;
    size_t cap = 0;
    ssize_t len;

    if (!f)
        die(path, NULL);
    while ((len = getline(&line, &cap, f)) > 0) {
        line[strcspn(line, "\r\n")] = 0;
        add_query(b, line);
    }
    free(line);
    fclose(f);
}

static enum nidx_status search(struct bench *b, struct query *q,
                               const struct nidx_tree *tree,
                               struct nidx_error *err)
{
    const struct nidx_exec_options options = {
        .k1 = 1.2f, .b = 0.75f, .norms = b->norms};
    struct nidx_hit hits[TOP];
    struct nidx_plan *plan;
    size_t n = 0;
    uint64_t total = 0;
    enum nidx_status status =
        nidx_plan_new(tree, b->catalog, &options, &plan, err);

    if (status != NIDX_OK)
        return status;
    plan->cursors_only = b->cursors;
    if (q->mode == MODE_COUNT)
        status = nidx_plan_count(plan, &total, err);
    else
        status = nidx_plan_top(plan, TOP, hits, &n,
                               q->mode == MODE_TOP ? NULL : &total, err);
    q->result = total;
    for (size_t i = 0; i < n; i++)
        q->result = q->result * 31 + hits[i].score * 7 + hits[i].doc;
    nidx_plan_free(plan);
    return status;
}

static void expand_query(struct bench *b, struct query *q)
{
    struct nidx_error err;

    for (int pass = 0; pass < 2; pass++) {
        double start = now();
        nidx_tree_done(&q->expanded);
        memset(&q->expanded, 0, sizeof(q->expanded));
        if (nidx_tree_expand(&q->tree, b->catalog, &q->expanded, &err) !=
            NIDX_OK)
            die(q->text, &err);
        double time = now() - start;
        q->expand = time < q->expand ? time : q->expand;
    }
}

static void run_query(struct bench *b, struct query *q, int pass)
{
    struct nidx_error err;
    double start = now();

    if (search(b, q, &q->expanded, &err) != NIDX_OK)
        die(q->text, &err);
    double time = now() - start;
    q->run = time < q->run ? time : q->run;
    q->passes[pass] = time;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

/* The class's numbers: of its queries' best times, and the median of the sums
 * of each pass. */
static void report(const struct bench *b, int mode, int kind)
{
    double *best = malloc((b->n + 1) * sizeof(*best)), sums[64] = {0};
    double total = 0, expand = 0;
    uint64_t check = 0;
    size_t n = 0;

    if (!best)
        die("out of memory", NULL);
    for (size_t i = 0; i < b->n; i++) {
        const struct query *q = &b->queries[i];
        if (q->mode != mode || q->kind != kind)
            continue;
        best[n++] = q->run;
        total += q->run;
        expand += q->expand;
        check = check * 1000003 + q->result;
        for (int p = 0; p < b->passes; p++)
            sums[p] += q->passes[p];
    }
    if (n > 0) {
        qsort(best, n, sizeof(*best), by_value);
        qsort(sums, (size_t)b->passes, sizeof(*sums), by_value);
        printf(b->json ? "{\"mode\":\"%s\",\"class\":\"%s\",\"n\":%zu,"
                         "\"median_us\":%.2f,\"p99_us\":%.1f,\"total_ms\":"
                         "%.2f,\"median_pass_ms\":%.2f,\"expand_us\":%.2f,"
                         "\"check\":\"%016llx\"}\n"
                       : "%-13s %-13s %4zu %9.2f %9.1f %9.2f %9.2f %9.2f  "
                         "%016llx\n",
               mode_names[mode], kind_names[kind], n, best[n / 2],
               best[n * 99 / 100], total / 1e3, sums[b->passes / 2] / 1e3,
               expand / (double)n, (unsigned long long)check);
    }
    free(best);
}

static void run(struct bench *b)
{
    for (size_t i = 0; i < b->n; i++)
        expand_query(b, &b->queries[i]);
    for (int pass = 0; pass < b->passes; pass++) {
        for (size_t i = 0; i < b->n; i++)
            run_query(b, &b->queries[i], pass);
    }
    if (!b->json)
        printf("%-13s %-13s %4s %9s %9s %9s %9s %9s  %s\n", "mode", "class",
               "n", "median us", "p99 us", "total ms", "pass ms", "expand us",
               "check");
    for (int mode = 0; mode < N_MODES; mode++) {
        for (int kind = 0; kind < N_KINDS; kind++)
            report(b, mode, kind);
    }
}

static void take_arguments(struct bench *b, int argc, char **argv)
{
    for (int i = 3; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0)
            b->json = true;
        else if (strcmp(argv[i], "--cursors") == 0)
            b->cursors = true;
        else if (strcmp(argv[i], "--passes") == 0 && i + 1 < argc)
            b->passes = atoi(argv[++i]);
        else if (strcmp(argv[i], "--class") == 0 && i + 1 < argc)
            b->only = argv[++i];
        else
            die("unknown argument", NULL);
    }
    if (b->passes < 1 || b->passes > 64)
        die("--passes is from 1 to 64", NULL);
}

int main(int argc, char **argv)
{
    const struct nidx_open_options readonly = {.size = sizeof(readonly),
                                               .readonly = 1};
    struct bench b = {.passes = 5};
    struct nidx_index *index;
    struct nidx_catalog *catalog;
    struct nidx_error err;

    if (argc > 1 && strcmp(argv[1], "query") == 0)
        return answer_main(argc, argv);
    if (argc < 3)
        die("usage: nidx-bench INDEX QUERIES [--passes N] [--class NAME] "
            "[--cursors] [--json]",
            NULL);
    take_arguments(&b, argc, argv);
    if (nidx_index_open(argv[1], &readonly, &index, &err) != NIDX_OK ||
        nidx_catalog_open(index->store, &catalog, &err) != NIDX_OK ||
        nidx_norms_new(catalog, &b.norms, &err) != NIDX_OK)
        die(argv[1], &err);
    b.catalog = catalog;
    read_queries(&b, argv[2]);
    run(&b);
    for (size_t i = 0; i < b.n; i++) {
        nidx_tree_done(&b.queries[i].tree);
        nidx_tree_done(&b.queries[i].expanded);
        free(b.queries[i].text);
    }
    free(b.queries);
    nidx_norms_free(b.norms);
    nidx_catalog_close(catalog);
    nidx_index_close(index);
    return 0;
}
