/* eval.c: nidx eval: measures ranking on judged queries.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"
#include "measure.h"
#include "term.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/** How to rank: "plain,all,language,k1=0.9,b=0.4". */
struct settings {
    bool plain, all, language;
    double k1, b;
};

struct request {
    const char *index, *settings, *versus, *run, *read;
    bool per_query, json;
    FILE *run_file;
};

/** The documents of one topic, best first. */
struct ranking {
    char **docs;
    size_t n;
};

enum {
    DEPTH = 1000
};

static bool read_settings(const char *text, struct settings *s)
{
    *s = (struct settings){.k1 = 1.2, .b = 0.75};
    while (text && *text) {
        const size_t len = strcspn(text, ",");
        char word[64], *end = word;
        snprintf(word, sizeof(word), "%.*s", (int)len, text);
        if (strcmp(word, "plain") == 0)
            s->plain = true;
        else if (strcmp(word, "all") == 0)
            s->all = true;
        else if (strcmp(word, "language") == 0)
            s->language = true;
        else if (strncmp(word, "k1=", 3) == 0)
            s->k1 = strtod(word + 3, &end);
        else if (strncmp(word, "b=", 2) == 0)
            s->b = strtod(word + 2, &end);
        else
            end = NULL;
        if (!end || (end != word && *end)) {
            nidx_cli_fail(word, "settings are plain, all, language, k1=N, "
                                "b=N, with commas between");
            return false;
        }
        text += len + (text[len] == ',');
    }
    return true;
}

/** Topics are words, not the query language: marks become blanks, capitals
 * small, so that no word is taken for an operator. */
static void make_words(char *text)
{
    for (; *text; text++) {
        const char c = *text;
        if (c >= 'A' && c <= 'Z')
            *text = (char)(c | 0x20);
        else if (strchr("\"()[]{}:^*~=/\\+-?<>|&!", c))
            *text = ' ';
    }
}

/** The id of a document: what follows the source in the key of a record. */
static char *doc_id(const char *key, size_t len)
{
    const char *hash = memrchr(key, '#', len);

    if (hash) {
        len -= (size_t)(hash + 1 - key);
        key = hash + 1;
    }
    return strndup(key, len);
}

static void ranking_done(struct ranking *r)
{
    for (size_t i = 0; i < r->n; i++)
        free(r->docs[i]);
    free(r->docs);
    *r = (struct ranking){0};
}

static bool take_ranking(const struct nidx_result *result, struct ranking *out)
{
    const size_t n = nidx_result_n_hits(result);

    *out = (struct ranking){.docs = calloc(n + 1, sizeof(*out->docs))};
    if (!out->docs)
        return false;
    for (size_t i = 0; i < n; i++) {
        size_t len;
        const char *key = nidx_hit_key(result, i, &len);
        out->docs[i] = doc_id(key, len);
        if (!out->docs[i])
            return false;
        out->n++;
    }
    return true;
}

static void write_run(FILE *f, const char *topic, const struct ranking *r,
                      const struct nidx_result *result)
{
    for (size_t i = 0; f && i < r->n; i++)
        fprintf(f, "%s Q0 %s %zu %.6f nidx\n", topic, r->docs[i], i + 1,
                nidx_hit_score(result, i));
}

/** Runs one topic. */
static bool search(const struct nidx_cli_reader *reader,
                   const struct settings *s, const struct nidx_cli_topic *topic,
                   FILE *run, struct ranking *out)
{
    struct nidx_search_options options = NIDX_SEARCH_OPTIONS_INIT;
    struct nidx_result *result = NULL;
    struct nidx_error err;
    char *text = strdup(topic->text);

    if (text && !s->language)
        make_words(text);
    struct nidx_query *q =
        text ? nidx_cli_parse(text, strlen(text), !s->all) : NULL;
    options.limit = DEPTH;
    options.count = NIDX_COUNT_NONE;
    options.plain = s->plain;
    options.k1 = s->k1;
    options.b = s->b > 0 ? s->b : -1;
    bool fine = q != NULL;
    if (fine &&
        nidx_search(reader->snapshot, q, &options, &result, &err) != NIDX_OK) {
        nidx_cli_failed(topic->id, &err);
        fine = false;
    }
    if (fine)
        fine = take_ranking(result, out);
    if (fine)
        write_run(run, topic->id, out, result);
    nidx_result_free(result);
    nidx_query_free(q);
    free(text);
    return fine;
}

/** Measures of the topics that are judged: n rows of NIDX_CLI_MEASURES. */
struct table {
    double *rows;
    const char **topics;
    size_t n;
};

static bool table_new(struct table *t, size_t n)
{
    *t = (struct table){.rows =
                            calloc(n * NIDX_CLI_MEASURES + 1, sizeof(*t->rows)),
                        .topics = calloc(n + 1, sizeof(*t->topics))};
    return t->rows && t->topics;
}

static void table_done(struct table *t)
{
    free(t->rows);
    free(t->topics);
}

static void add_row(struct table *t, const char *topic, const struct ranking *r,
                    const struct nidx_cli_judgement *judged, size_t n_judged)
{
    nidx_cli_measure((const char *const *)r->docs, r->n, judged, n_judged,
                     t->rows + t->n * NIDX_CLI_MEASURES);
    t->topics[t->n++] = topic;
}

static bool measure_index(const struct nidx_cli_reader *reader,
                          const struct settings *s,
                          const struct nidx_cli_topics *topics,
                          const struct nidx_cli_judgements *qrels, FILE *run,
                          struct table *out)
{
    bool fine = table_new(out, topics->n);

    for (size_t i = 0; i < topics->n && fine; i++) {
        const struct nidx_cli_judgement *judged;
        struct ranking r = {0};
        const size_t n = nidx_cli_judged(qrels, topics->items[i].id, &judged);
        if (n == 0)
            continue;
        fine = search(reader, s, &topics->items[i], run, &r);
        if (fine)
            add_row(out, topics->items[i].id, &r, judged, n);
        ranking_done(&r);
    }
    return fine;
}

/** Measures of a run that is read from a file. */
static bool measure_run(const char *path, const struct nidx_cli_topics *topics,
                        const struct nidx_cli_judgements *qrels,
                        struct table *out)
{
    struct nidx_cli_judgements run = {0};
    bool fine = table_new(out, topics->n) && nidx_cli_run_read(path, &run);

    for (size_t i = 0; i < topics->n && fine; i++) {
        const struct nidx_cli_judgement *judged, *hits;
        const char *id = topics->items[i].id;
        const size_t n = nidx_cli_judged(qrels, id, &judged);
        const size_t found = nidx_cli_judged(&run, id, &hits);
        struct ranking r = {.docs = calloc(found + 1, sizeof(*r.docs)),
                            .n = found};
        fine = r.docs != NULL;
        for (size_t k = 0; k < found && fine; k++)
            r.docs[k] = hits[k].doc;
        if (n > 0 && fine)
            add_row(out, id, &r, judged, n);
        free(r.docs);
    }
    nidx_cli_judgements_free(&run);
    return fine;
}

static int print_means(const char *name, const struct table *t, bool json)
{
    struct nidx_cli_interval in;

    if (json) {
        printf("{\"settings\":\"%s\",\"topics\":%zu", name, t->n);
    } else {
        printf("%s (%zu topics)\n", name, t->n);
    }
    for (size_t m = 0; m < NIDX_CLI_MEASURES; m++) {
        if (!nidx_cli_bootstrap(t->rows + m, t->n, NIDX_CLI_MEASURES, &in))
            return nidx_cli_fail(NULL, "out of memory");
        if (json)
            printf(",\"%s\":{\"mean\":%.4f,\"low\":%.4f,\"high\":%.4f}",
                   nidx_cli_measure_names[m], in.mean, in.low, in.high);
        else
            printf("  %-8s %.4f  (95 %%: %.4f to %.4f)\n",
                   nidx_cli_measure_names[m], in.mean, in.low, in.high);
    }
    fputs(json ? "}\n" : "", stdout);
    return NIDX_CLI_FOUND;
}

/** Differences b - a of every measure, with how many topics gain and lose. */
static int print_difference(const struct table *a, const struct table *b)
{
    struct nidx_cli_interval in;
    const size_t cells = a->n * NIDX_CLI_MEASURES;
    double *rows = malloc((cells + 1) * sizeof(*rows));

    if (!rows)
        return nidx_cli_fail(NULL, "out of memory");
    for (size_t i = 0; i < cells; i++)
        rows[i] = b->rows[i] - a->rows[i];
    puts("difference, the second less the first");
    for (size_t m = 0; m < NIDX_CLI_MEASURES; m++) {
        size_t better = 0, worse = 0;
        for (size_t i = 0; i < a->n; i++) {
            better += rows[i * NIDX_CLI_MEASURES + m] > 1e-9;
            worse += rows[i * NIDX_CLI_MEASURES + m] < -1e-9;
        }
        if (!nidx_cli_bootstrap(rows + m, a->n, NIDX_CLI_MEASURES, &in))
            break;
        printf("  %-8s %+.4f  (95 %%: %+.4f to %+.4f)  %zu better, %zu worse, "
               "%zu equal\n",
               nidx_cli_measure_names[m], in.mean, in.low, in.high, better,
               worse, a->n - better - worse);
    }
    free(rows);
    return NIDX_CLI_FOUND;
}

static void print_topics(const struct table *a, const struct table *b)
{
    printf("%-12s %8s %8s %8s %8s%s\n", "topic", nidx_cli_measure_names[0],
           nidx_cli_measure_names[1], nidx_cli_measure_names[2],
           nidx_cli_measure_names[3], b ? "  difference of MAP, nDCG" : "");
    for (size_t i = 0; i < a->n; i++) {
        const double *row = a->rows + i * NIDX_CLI_MEASURES;
        fputs("", stdout);
        nidx_cli_put_safe(stdout, a->topics[i], strlen(a->topics[i]));
        printf("%*s", (int)(12 - strlen(a->topics[i]) % 12), "");
        for (size_t m = 0; m < NIDX_CLI_MEASURES; m++)
            printf(" %8.4f", row[m]);
        if (b)
            printf("  %+8.4f %+8.4f", b->rows[i * NIDX_CLI_MEASURES] - row[0],
                   b->rows[i * NIDX_CLI_MEASURES + 1] - row[1]);
        fputc('\n', stdout);
    }
}

static const char *name_of(const char *settings)
{
    return settings && *settings ? settings : "as usual";
}

static int print_tables(const struct request *q, const struct table *a,
                        const struct table *b)
{
    if (a->n == 0)
        return nidx_cli_fail(NULL, "no topic is judged: do the ids of topics "
                                   "and judgements agree?");
    if (q->per_query)
        print_topics(a, b);
    int code =
        print_means(q->read ? q->read : name_of(q->settings), a, q->json);
    if (b && code == NIDX_CLI_FOUND)
        code = print_means(name_of(q->versus), b, q->json);
    if (b && code == NIDX_CLI_FOUND && !q->json)
        code = print_difference(a, b);
    return code;
}

static int eval(const struct nidx_cli_reader *reader, const struct request *q,
                const struct nidx_cli_topics *topics,
                const struct nidx_cli_judgements *qrels)
{
    struct settings first, second;
    struct table a = {0}, b = {0};

    if (!read_settings(q->settings, &first) ||
        !read_settings(q->versus, &second))
        return NIDX_CLI_ERROR;
    bool fine =
        q->read ? measure_run(q->read, topics, qrels, &a)
                : measure_index(reader, &first, topics, qrels, q->run_file, &a);
    if (fine && q->versus)
        fine = measure_index(reader, &second, topics, qrels, NULL, &b);
    const int code =
        fine ? print_tables(q, &a, q->versus ? &b : NULL) : NIDX_CLI_ERROR;
    table_done(&a);
    table_done(&b);
    return code;
}

static int read_and_eval(struct request *q, char **argv)
{
    struct nidx_cli_topics topics = {0};
    struct nidx_cli_judgements qrels = {0};
    struct nidx_cli_reader reader = {0};
    int code = NIDX_CLI_ERROR;
    const bool wants_index = !q->read || q->versus;

    if (nidx_cli_topics_read(argv[0], &topics) &&
        nidx_cli_qrels_read(argv[1], &qrels) &&
        (!wants_index || nidx_cli_reader_open(q->index, &reader)))
        code = eval(&reader, q, &topics, &qrels);
    nidx_cli_reader_close(&reader);
    nidx_cli_topics_free(&topics);
    nidx_cli_judgements_free(&qrels);
    return code;
}

int nidx_cli_eval(int argc, char **argv)
{
    struct request q = {0};
    const struct nidx_cli_option options[] = {
        {"index", 'i', NIDX_CLI_TEXT, &q.index, "FILE", "the index"},
        {"settings", 's', NIDX_CLI_TEXT, &q.settings, "S",
         "plain, all (words), language, k1=N, b=N, with commas between"},
        {"versus", 0, NIDX_CLI_TEXT, &q.versus, "S",
         "compare with these settings"},
        {"read", 0, NIDX_CLI_TEXT, &q.read, "RUN",
         "measure a TREC run instead of asking the index"},
        {"run", 0, NIDX_CLI_TEXT, &q.run, "FILE",
         "write the answers as a TREC run"},
        {"per-query", 0, NIDX_CLI_FLAG, &q.per_query, NULL,
         "a line for each topic as well"},
        {"json", 0, NIDX_CLI_FLAG, &q.json, NULL, "a JSON object a setting"},
    };
    const struct nidx_cli_usage usage = {
        .synopsis = "eval [options] TOPICS QRELS",
        .text = "Measures ranking on judged queries: MAP, nDCG@10, P@10 and "
                "R@1000, with 95 %\nbootstrap intervals over topics. TOPICS "
                "are lines of `id TAB text` or TREC's <top>;\nQRELS lines of "
                "`topic 0 document gain`. A document is the key of an "
                "article, or what\nfollows its last #. Topics are words, any "
                "of which may be there.",
        .options = options,
        .n_options = NIDX_CLI_COUNT(options),
        .examples = "    nidx eval queries.tsv qrels.txt\n"
                    "    nidx eval --versus plain --per-query queries.tsv "
                    "qrels.txt\n",
        .min_operands = 2,
        .max_operands = 2};
    int status;

    if (nidx_cli_options(&usage, argc, argv, &status) < 0)
        return status;
    if (q.json)
        nidx_cli_messages_json();
    if (q.run) {
        q.run_file = fopen(q.run, "w");
        if (!q.run_file)
            return nidx_cli_fail(q.run, "cannot be written");
    }
    status = read_and_eval(&q, argv);
    if (q.run_file && fclose(q.run_file) != 0)
        status = nidx_cli_fail(q.run, "a write failed");
    return status;
}
