/* verify.c: real articles, and queries of every operator, against the naive
 * evaluator: documents, order, counts and the bits of scores.
 *
 *     verify [OPTION...] CORPUS
 *         CORPUS       JSON lines, or a folder of .txt files
 *         -n N         queries per operator (100)
 *         -t N         random trees (100)
 *         -m N         articles at most
 *         -s SEED      another seed
 *         -q FILE      queries of a file as well: one a line, behind a tab
 *         -d FOLDER    where the two indexes are made (/tmp)
 *         -p PHASES    letters of: l all live, d 30 % deleted, p purged (ldp)
 *         -o OPERATOR  this one alone
 *         -j N         processes (1); operators are dealt out to them
 *         -v           print every query
 *
 * The articles are indexed twice, as one segment and as twenty. Exit status: 0
 * equal, 1 different, 77 no such corpus.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/codec/pack.h"
#include "query/expand/expand.h"
#include "query/result/result.h"
#include "tests/large/compare.h"
#include "tests/large/draw.h"

#define N_BUILT 2

struct options {
    const char *corpus, *queries, *folder, *phases, *only;
    uint32_t n, n_trees, max_docs, jobs;
    uint64_t seed;
    bool verbose;
};

struct tally {
    uint32_t asked, matched, differ, limited, dear;
    double seconds;
};

struct verification {
    const struct options *options;
    struct built built[N_BUILT];
    struct texts *texts;
    struct asker *asker;
    uint32_t n_differ;
    bool poor; /* some operator matched too seldom */
};

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void stop(const struct nidx_error *err)
{
    fprintf(stderr, "%s\n", err->message);
    exit(2);
}

/* ------------------------------------------------------------- one query */

static bool is_supported(const struct nidx_node *node)
{
    bool ok = node->type != NIDX_NODE_KEYWORD;

    if (node->type >= NIDX_NODE_PHRASE && node->n_children > NAIVE_OPERANDS)
        return false;
    for (uint32_t i = 0; i < node->n_children; i++)
        ok = ok && is_supported(node->children[i]);
    return ok;
}

static void print_tree(const struct nidx_tree *tree)
{
    struct nidx_buf text = {0};

    nidx_tree_print(tree->root, &text);
    fprintf(stderr, "    %.*s\n", (int)text.len, (const char *)text.data);
    nidx_buf_done(&text);
}

static void count_result(struct verification *v, struct tally *t,
                         const struct draw *d, const struct inquiry *q,
                         enum compared same)
{
    t->limited += same == COMPARED_LIMITED;
    if (same != COMPARED_DIFFERS)
        return;
    fprintf(stderr, "    %s%s k1 %g b %g: %s\n", q->built->label,
            q->plain ? " plain" : "", q->k1, q->b, (const char *)d->out.data);
    print_tree(q->tree);
    t->differ++;
    v->n_differ++;
}

/* Expands for an index, asks the naive evaluator once, and compares. */
static bool compare_with(struct verification *v, struct tally *t,
                         const struct draw *d, struct inquiry *q,
                         struct answer *answer, bool first)
{
    struct nidx_tree tree = {0};
    struct nidx_error err;
    bool ok = true;

    if (nidx_tree_expand(&q->query->tree, q->built->snapshot->commit->catalog,
                         &tree, &err) != NIDX_OK)
        stop(&err);
    q->tree = &tree;
    if (first) {
        answer->dear = !is_supported(tree.root);
        if (!answer->dear)
            *answer = asker_ask(v->asker, tree.root, q->plain, compare_k1(q),
                                compare_b(q));
        t->dear += answer->dear;
        t->matched += answer->n > 0;
        ok = !answer->dear;
    }
    if (ok)
        count_result(v, t, d, q, compare_answer(q, answer));
    nidx_tree_done(&tree);
    return ok;
}

static void try_query(struct verification *v, struct tally *t,
                      const struct draw *d, bool any)
{
    const struct nidx_query_options options = {.size = sizeof(options),
                                               .any = any};
    struct inquiry q = {.texts = v->texts,
                        .number = t->asked,
                        .plain = d->plain,
                        .k1 = d->k1,
                        .b = d->b};
    struct answer answer = {0};
    struct nidx_query *query;
    struct nidx_error err;

    if (nidx_query_parse((const char *)d->out.data, d->out.len, &options,
                         &query, &err) != NIDX_OK)
        stop(&err);
    q.query = query;
    t->asked++;
    double start = now();
    bool go_on = true;
    for (size_t i = 0; i < N_BUILT && go_on; i++) {
        q.built = &v->built[i];
        go_on = compare_with(v, t, d, &q, &answer, i == 0);
    }
    if (v->options->verbose)
        printf("%8u %6.2f s%s  %s\n", answer.n, now() - start,
               answer.dear ? " (given up)" : "", (const char *)d->out.data);
    nidx_query_free(query);
}

/* --------------------------------------------------------------- queries */

static void report(const char *phase, const char *name, const struct tally *t)
{
    printf("%-8s %-8s %6u asked %6u matched %4u differ %4u limited %4u given "
           "up %7.1f s\n",
           phase, name, t->asked, t->matched, t->differ, t->limited, t->dear,
           t->seconds);
    fflush(stdout);
}

/* Each on another kernel. */
static void turn_kernel(uint32_t i, enum nidx_cpu level)
{
    enum nidx_cpu wanted = (enum nidx_cpu)(i % 3);

    nidx_cpu_force(wanted < level ? wanted : level);
}

static void try_operator(struct verification *v, const char *phase,
                         const struct draw_operator *op, uint32_t n)
{
    const enum nidx_cpu level = nidx_cpu_level();
    struct tally t = {.seconds = -now()};

    for (uint32_t i = 0; i < n; i++) {
        struct rng r = {v->options->seed * 1000003 + i * 7919 +
                        (uint64_t)(op - draw_operators) * 104729};
        struct draw d = {.texts = v->texts, .r = &r};
        draw_query(&d, op->draw);
        turn_kernel(i, level);
        try_query(v, &t, &d, rng_percent(&r, 20));
        nidx_buf_done(&d.out);
    }
    nidx_cpu_force(level);
    t.seconds += now();
    report(phase, op->name, &t);
    v->poor |= t.matched < t.asked / 2;
}

static void try_file(struct verification *v, const char *phase)
{
    struct tally t = {.seconds = -now()};
    FILE *f = fopen(v->options->queries, "r");
    char *line = NULL;
    size_t cap = 0;
    ssize_t len;

    if (!f) {
        printf("%s: there is no such file, skipped\n", v->options->queries);
        return;
    }
    for (uint32_t i = 0; (len = getline(&line, &cap, f)) > 0; i++) {
        const char *tab = strchr(line, '\t');
        const char *text = tab ? tab + 1 : line;
        struct draw d = {0};
        line[len - 1] = '\0';
        nidx_buf_put(&d.out, text, strlen(text) + 1);
        d.out.len--;
        /* Lists of the game ask each query three times. */
        if (!tab || strncmp(line, "COUNT", 5) == 0)
            try_query(v, &t, &d, true);
        nidx_buf_done(&d.out);
    }
    free(line);
    fclose(f);
    t.seconds += now();
    report(phase, "file", &t);
}

static void try_share(struct verification *v, const char *phase, uint32_t job)
{
    const struct options *o = v->options;

    for (size_t i = 0; i < draw_n_operators; i++) {
        const struct draw_operator *op = &draw_operators[i];
        bool tree = strcmp(op->name, "tree") == 0;
        if (i % o->jobs == job && (!o->only || strcmp(o->only, op->name) == 0))
            try_operator(v, phase, op, tree ? o->n_trees : o->n);
    }
    if (o->queries && job == 0)
        try_file(v, phase);
}

static void try_all(struct verification *v, const char *phase)
{
    if (v->options->jobs == 1) {
        try_share(v, phase, 0);
        return;
    }
    fflush(stdout);
    for (uint32_t job = 0; job < v->options->jobs; job++) {
        if (fork() != 0)
            continue;
        v->n_differ = 0;
        for (size_t i = 0; i < N_BUILT; i++)
            built_reopen(&v->built[i]);
        try_share(v, phase, job);
        _exit((v->poor ? 128 : 0) |
              (v->n_differ < 127 ? (int)v->n_differ : 127));
    }
    for (int status; wait(&status) > 0;) {
        int code = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
        v->poor |= code >= 128;
        v->n_differ += (uint32_t)code % 128;
    }
}

/* ---------------------------------------------------------------- phases */

static void take(void *context, const struct nidx_document *d)
{
    struct verification *v = context;

    for (size_t i = 0; i < N_BUILT; i++)
        built_add(&v->built[i], d);
}

static void open_all(struct verification *v)
{
    static const char *const labels[N_BUILT] = {"one", "twenty"};
    const struct options *o = v->options;
    uint32_t n = texts_size(o->corpus);

    if (n > o->max_docs)
        n = o->max_docs;
    for (size_t i = 0; i < N_BUILT; i++) {
        char path[1024];
        struct built *b = &v->built[i];
        snprintf(path, sizeof(path), "%s/verify-%d-%s.nidx", o->folder,
                 (int)getpid(), labels[i]);
        b->label = labels[i];
        /* One of less than four might be deleted whole, and dropped. */
        b->every = i == 0 ? UINT32_MAX : n < 80 ? 4 : n / 20 + 1;
        built_open(b, path, UINT64_C(1) << 30);
    }
    double start = now();
    v->texts = texts_read(o->corpus, o->max_docs, take, v);
    for (size_t i = 0; i < N_BUILT && v->texts; i++)
        built_finish(&v->built[i]);
    printf("%s: %u articles, %llu tokens, %u terms; %.1f s\n", o->corpus,
           v->texts->n_docs, (unsigned long long)v->texts->n_tokens,
           v->texts->n_terms, now() - start);
}

/* Three of ten neighbours: so no segment has so many that it is rewritten. */
static void mark_deleted(struct texts *t, uint64_t seed)
{
    struct rng r = {seed};

    for (uint32_t i = 0; i + 10 <= t->n_docs; i += 10) {
        for (uint32_t n = 0; n < 3;) {
            struct text_doc *doc = &t->docs[i + rng_below(&r, 10)];
            n += !doc->deleted;
            doc->deleted = true;
        }
    }
}

static void check_sizes(struct verification *v)
{
    uint64_t live = 0;

    for (uint32_t i = 0; i < v->texts->n_docs; i++)
        live += !v->texts->docs[i].deleted;
    for (size_t i = 0; i < N_BUILT; i++) {
        const struct built *b = &v->built[i];
        printf("%s: %llu segments, %llu live articles of %llu\n", b->label,
               (unsigned long long)nidx_snapshot_n_segments(b->snapshot),
               (unsigned long long)nidx_snapshot_n_docs(b->snapshot),
               (unsigned long long)b->snapshot->commit->catalog->n_docs);
        if (nidx_snapshot_n_docs(b->snapshot) != live)
            v->n_differ++;
    }
}

static void delete_some(struct verification *v)
{
    mark_deleted(v->texts, v->options->seed);
    for (size_t i = 0; i < N_BUILT; i++)
        built_delete(&v->built[i], v->texts);
    asker_refresh(v->asker);
}

static void purge(struct verification *v)
{
    for (uint32_t i = 0; i < v->texts->n_docs; i++)
        v->texts->docs[i].purged = v->texts->docs[i].deleted;
    for (size_t i = 0; i < N_BUILT; i++)
        built_optimize(&v->built[i]);
    asker_refresh(v->asker);
}

static void run(struct verification *v)
{
    const char *phases = v->options->phases;

    open_all(v);
    v->asker = asker_new(v->texts, v->built[0].index->header.title_weight);
    check_sizes(v);
    if (strchr(phases, 'l'))
        try_all(v, "live");
    delete_some(v);
    check_sizes(v);
    if (strchr(phases, 'd'))
        try_all(v, "deleted");
    if (strchr(phases, 'p')) {
        purge(v);
        check_sizes(v);
        try_all(v, "purged");
    }
    asker_free(v->asker);
    texts_free(v->texts);
    for (size_t i = 0; i < N_BUILT; i++)
        built_close(&v->built[i]);
}

/* --------------------------------------------------------------- options */

static bool read_option(struct options *o, int c)
{
    switch (c) {
    case 'n':
        o->n = (uint32_t)strtoul(optarg, NULL, 10);
        return true;
    case 't':
        o->n_trees = (uint32_t)strtoul(optarg, NULL, 10);
        return true;
    case 'm':
        o->max_docs = (uint32_t)strtoul(optarg, NULL, 10);
        return true;
    case 's':
        o->seed = strtoull(optarg, NULL, 10);
        return true;
    case 'q':
        o->queries = optarg;
        return true;
    case 'd':
        o->folder = optarg;
        return true;
    case 'p':
        o->phases = optarg;
        return true;
    case 'o':
        o->only = optarg;
        return true;
    case 'j':
        o->jobs = (uint32_t)strtoul(optarg, NULL, 10);
        return o->jobs > 0;
    case 'v':
        o->verbose = true;
        return true;
    default:
        return false;
    }
}

int main(int argc, char **argv)
{
    struct options o = {.folder = "/tmp",
                        .phases = "ldp",
                        .n = 100,
                        .n_trees = 100,
                        .max_docs = UINT32_MAX,
                        .jobs = 1,
                        .seed = 1};
    struct verification v = {.options = &o};

    for (int c; (c = getopt(argc, argv, "n:t:m:s:q:d:p:o:j:v")) != -1;) {
        if (!read_option(&o, c))
            return 2;
    }
    if (optind + 1 != argc)
        return 2;
    o.corpus = argv[optind];
    if (!texts_size(o.corpus)) {
        printf("%s: there is no such corpus, skipped\n", o.corpus);
        return 77;
    }
    run(&v);
    if (v.poor)
        printf("some operator matched in less than half of its queries\n");
    printf("%u differences\n", v.n_differ);
    return v.n_differ ? 1 : 0;
}
