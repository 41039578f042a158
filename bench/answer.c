/* answer.c: nidx-bench query: the queries of the game as peers answer them.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "bench/answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/segment/index.h"
#include "query/plan/exec.h"
#include "query/expand/expand.h"
#include "query/parse/parser.h"

enum {
    TOP = 10,
    PASSES_MAX = 100
};

struct question {
    char *mode, *text;
    float times[PASSES_MAX];
    uint64_t total;
    size_t n;
    struct nidx_hit hits[TOP];
};

struct answers {
    struct nidx_index *index;
    struct nidx_catalog *catalog;
    struct nidx_norms *norms;
    struct nidx_expander *expander;
    bool plain;
    struct question *questions;
    size_t n;
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
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void read_questions(struct answers *a, const char *path)
{
    FILE *in = fopen(path, "r");
    char *line = NULL, *tab;
    size_t cap = 0, room = 0;

    if (!in)
        die(path, NULL);
    while (getline(&line, &cap, in) > 0) {
        line[strcspn(line, "\r\n")] = 0;
        if ((tab = strchr(line, '\t')) == NULL)
            continue;
        *tab = 0;
        if (a->n == room) {
            room = 2 * room + 256;
            a->questions = realloc(a->questions, room * sizeof(*a->questions));
            if (!a->questions)
                die("out of memory", NULL);
        }
        struct question *q = &a->questions[a->n++];
        q->mode = strdup(line);
        q->text = strdup(tab + 1);
        if (!q->mode || !q->text)
            die("out of memory", NULL);
    }
    free(line);
    fclose(in);
}

static void run(const struct answers *a, struct question *q,
                const struct nidx_tree *tree)
{
    const struct nidx_exec_options options = {
        .k1 = 1.2f, .b = 0.75f, .plain = a->plain, .norms = a->norms};
    struct nidx_error err;
    struct nidx_plan *plan;

    enum nidx_status status =
        nidx_plan_new(tree, a->catalog, &options, &plan, &err);
    q->total = 0;
    q->n = 0;
    if (status == NIDX_OK && strcmp(q->mode, "COUNT") == 0)
        status = nidx_plan_count(plan, &q->total, &err);
    else if (status == NIDX_OK)
        status = nidx_plan_top(
            plan, TOP, q->hits, &q->n,
            strcmp(q->mode, "TOP_10") == 0 ? NULL : &q->total, &err);
    if (status != NIDX_OK)
        die(q->text, &err);
    nidx_plan_free(plan);
}

static void ask(const struct answers *a, struct question *q)
{
    const struct nidx_parse_options parse = {.any = true};
    struct nidx_tree tree = {0}, expanded = {0};
    struct nidx_error err;

    if (nidx_query_read(q->text, strlen(q->text), &parse, &tree, &err) !=
            NIDX_OK ||
        nidx_expander_run(a->expander, &tree, &expanded, &err) != NIDX_OK)
        die(q->text, &err);
    run(a, q, &expanded);
    nidx_tree_done(&expanded);
    nidx_tree_done(&tree);
}

static int by_value(const void *left, const void *right)
{
    const float a = *(const float *)left, b = *(const float *)right;

    return a < b ? -1 : a > b;
}

static void print(const struct answers *a, struct question *q, size_t passes)
{
    float *late = q->times + passes / 2;
    const size_t n = passes - passes / 2;
    struct nidx_buf key = {0};
    struct nidx_error err;

    qsort(late, n, sizeof(*late), by_value);
    printf("%s\t%s\t%.2f\t%.2f\t%llu\t", q->mode, q->text, (double)late[0],
           (double)late[n / 2], (unsigned long long)q->total);
    for (size_t i = 0; i < q->n; i++) {
        const struct nidx_hit *h = &q->hits[i];
        key.len = 0;
        if (nidx_segment_doc_key(a->catalog->segments[h->segment], h->doc, &key,
                                 &err) != NIDX_OK)
            die(q->text, &err);
        printf("%s%.*s", i ? " " : "", (int)key.len, (const char *)key.data);
    }
    putchar('\n');
    nidx_buf_done(&key);
}

static void open_index(struct answers *a, const char *path)
{
    const struct nidx_open_options readonly = {.size = sizeof(readonly),
                                               .readonly = 1};
    struct nidx_error err;

    if (nidx_index_open(path, &readonly, &a->index, &err) != NIDX_OK ||
        nidx_catalog_open(a->index->store, &a->catalog, &err) != NIDX_OK ||
        nidx_norms_new(a->catalog, &a->norms, &err) != NIDX_OK ||
        nidx_expander_new(a->catalog, &a->expander, &err) != NIDX_OK)
        die(path, &err);
}

static void close_all(struct answers *a)
{
    for (size_t i = 0; i < a->n; i++) {
        free(a->questions[i].mode);
        free(a->questions[i].text);
    }
    free(a->questions);
    nidx_expander_free(a->expander);
    nidx_norms_free(a->norms);
    nidx_catalog_close(a->catalog);
    nidx_index_close(a->index);
}

int answer_main(int argc, char **argv)
{
    struct answers a = {.plain = argc == 6 && strcmp(argv[5], "--plain") == 0};
    size_t passes = 0;

    if (argc != 5 && !a.plain)
        die("usage: nidx-bench query INDEX QUERIES SECONDS [--plain]", NULL);
    open_index(&a, argv[2]);
    read_questions(&a, argv[3]);
    const double start = now(), seconds = atof(argv[4]);
    while (passes < PASSES_MAX && (passes < 3 || now() - start < seconds)) {
        for (size_t i = 0; i < a.n; i++) {
            const double begin = now();
            ask(&a, &a.questions[i]);
            a.questions[i].times[passes] = (float)((now() - begin) * 1e6);
        }
        passes++;
    }
    for (size_t i = 0; i < a.n; i++)
        print(&a, &a.questions[i], passes);
    close_all(&a);
    return 0;
}
