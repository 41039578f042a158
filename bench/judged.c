/* judged.c: retrieval quality on a judged collection.
 *
 *   judged DIR [--plain] [--k1 X] [--b X] [--title-only]
 *
 * DIR holds corpus.jsonl (id, title, body), queries.tsv (id TAB text) and
 * qrels.txt (query 0 document gain). Indexes the corpus to a temporary file,
 * runs every judged query as an OR of its words and prints MAP, nDCG@10 and
 * P@10 as trec_eval defines them (1,000 documents a query).
 * SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <math.h>
#include <nidx.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DEPTH = 1000, CUT = 10 };

struct judgement {
    char query[32], doc[96];
    double gain;
};

struct judgements {
    struct judgement *items;
    size_t n;
};

struct measures {
    double map, ndcg, precision;
    size_t n;
};

static void die(const char *what, const struct nidx_error *err)
{
    fprintf(stderr, "judged: %s%s%s\n", what, err ? ": " : "",
            err ? err->message : "");
    exit(2);
}

static FILE *open_in(const char *dir, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "r");
    if (!f)
        die(path, NULL);
    return f;
}

static void read_judgements(const char *dir, struct judgements *out)
{
    FILE *f = open_in(dir, "qrels.txt");
    struct judgement j;
    size_t cap = 0;
    while (fscanf(f, "%31s %*s %95s %lf", j.query, j.doc, &j.gain) == 3) {
        if (out->n == cap) {
            cap = cap ? 2 * cap : 1024;
            out->items = realloc(out->items, cap * sizeof *out->items);
            if (!out->items)
                die("out of memory", NULL);
        }
        out->items[out->n++] = j;
    }
    fclose(f);
}

/* -1: not judged */
static double gain_of(const struct judgements *all, const char *query,
                      const char *doc, size_t len)
{
    for (size_t i = 0; i < all->n; i++)
        if (!strcmp(all->items[i].query, query) &&
            strlen(all->items[i].doc) == len &&
            !memcmp(all->items[i].doc, doc, len))
            return all->items[i].gain;
    return -1;
}

static int by_falling_gain(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

static double ideal_dcg(const struct judgements *all, const char *query,
                        size_t *n_relevant)
{
    double gains[4096];
    size_t n = 0;
    for (size_t i = 0; i < all->n && n < 4096; i++)
        if (!strcmp(all->items[i].query, query) && all->items[i].gain > 0)
            gains[n++] = all->items[i].gain;
    *n_relevant = n;
    qsort(gains, n, sizeof *gains, by_falling_gain);
    double sum = 0;
    for (size_t i = 0; i < n && i < CUT; i++)
        sum += gains[i] / log2((double)i + 2);
    return sum;
}

static void measure(const struct judgements *all, const char *query,
                    const struct nidx_result *r, struct measures *m)
{
    size_t n_relevant = 0, found = 0, early = 0;
    double ideal = ideal_dcg(all, query, &n_relevant), dcg = 0, ap = 0;
    if (!n_relevant)
        return;
    for (size_t i = 0; i < nidx_result_n_hits(r); i++) {
        size_t len = 0;
        const char *key = nidx_hit_key(r, i, &len);
        double gain = gain_of(all, query, key, len);
        if (gain <= 0)
            continue;
        found++;
        ap += (double)found / (double)(i + 1);
        if (i < CUT) {
            early++;
            dcg += gain / log2((double)i + 2);
        }
    }
    m->map += ap / (double)n_relevant;
    m->ndcg += dcg / ideal;
    m->precision += (double)early / CUT;
    m->n++;
}

static struct nidx_index *build(const char *dir, const char *path)
{
    struct nidx_error err;
    struct nidx_open_options open = NIDX_OPEN_OPTIONS_INIT;
    struct nidx_import_options options = NIDX_IMPORT_OPTIONS_INIT;
    struct nidx_index *index = NULL;
    struct nidx_writer *w = NULL;
    struct nidx_import *import = NULL;
    open.create = 1;
    options.plain_ids = 1;
    char corpus[4096];
    snprintf(corpus, sizeof corpus, "%s/corpus.jsonl", dir);
    if (nidx_index_open(path, &open, &index, &err) ||
        nidx_writer_open(index, NULL, &w, &err) ||
        nidx_import_new(w, &options, &import, &err) ||
        nidx_import_path(import, corpus, &err) ||
        nidx_import_finish(import, &err))
        die(dir, &err);
    nidx_import_free(import);
    nidx_writer_close(w);
    return index;
}

/** Makes prose of a topic: nothing in it is an operator. */
static void make_prose(char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (strchr("\"()^~*:+=[]{}/", text[i]))
            text[i] = ' ';
    }
    for (size_t i = 0, n; i < len; i += n + 1) {
        char word[8] = "";
        n = strcspn(text + i, " \n");
        if (n < sizeof word)
            memcpy(word, text + i, n);
        if (strcmp(word, "AND") && strcmp(word, "OR") && strcmp(word, "NOT") &&
            strcmp(word, "NEAR") && strcmp(word, "BEFORE"))
            continue;
        for (size_t j = 0; j < n; j++)
            text[i + j] = (char)(text[i + j] | 0x20);
    }
}

static void run(const char *dir, const struct nidx_search_options *options,
                struct nidx_index *index, struct measures *m)
{
    struct judgements all = {0};
    read_judgements(dir, &all);
    FILE *f = open_in(dir, "queries.tsv");
    char line[65536];
    while (fgets(line, sizeof line, f)) {
        char *tab = strchr(line, '\t');
        if (!tab)
            continue;
        *tab = 0;
        size_t len = strcspn(tab + 1, "\n");
        make_prose(tab + 1, len);
        struct nidx_error err;
        struct nidx_result *r = NULL;
        if (nidx_search_text(index, tab + 1, len, options, &r, &err))
            die(line, &err);
        measure(&all, line, r, m);
        nidx_result_free(r);
    }
    fclose(f);
    free(all.items);
}

int main(int argc, char **argv)
{
    struct nidx_search_options options = NIDX_SEARCH_OPTIONS_INIT;
    options.limit = DEPTH;
    options.any = 1;
    options.count = NIDX_COUNT_NONE;
    const char *dir = NULL;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--plain"))
            options.plain = 1;
        else if (!strcmp(argv[i], "--k1") && i + 1 < argc)
            options.k1 = atof(argv[++i]);
        else if (!strcmp(argv[i], "--b") && i + 1 < argc)
            options.b = atof(argv[++i]);
        else
            dir = argv[i];
    }
    if (!dir)
        die("usage: judged DIR [--plain] [--k1 X] [--b X]", NULL);
    char path[] = "/tmp/nidx-judged-XXXXXX.nidx";
    int fd = mkstemps(path, 5);
    if (fd < 0)
        die(path, NULL);
    close(fd);
    unlink(path);
    struct nidx_index *index = build(dir, path);
    struct measures m = {0};
    run(dir, &options, index, &m);
    nidx_index_close(index);
    unlink(path);
    char lock[sizeof path + 8];
    snprintf(lock, sizeof lock, "%s-lock", path);
    unlink(lock);
    double n = m.n ? (double)m.n : 1;
    printf("%s: queries %zu MAP %.4f nDCG@10 %.4f P@10 %.4f%s\n", dir, m.n,
           m.map / n, m.ndcg / n, m.precision / n,
           options.plain ? " (plain)" : "");
    return 0;
}
