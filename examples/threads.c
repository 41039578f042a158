/* threads.c: readers in threads beside a writer, on one index.
 *
 *     threads INDEX
 *
 * An index is shared by all threads; each has a snapshot of its own and moves
 * it on when it likes. Nobody waits for anybody: a snapshot sees whole commits.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <nidx.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum {
    READERS = 3,
    COMMITS = 20,
    ARTICLES = 50
};

struct reader {
    pthread_t thread;
    struct nidx_index *index;
    const struct nidx_query *query; /**< one query, run by all */
    enum nidx_status status;
    struct nidx_error err;
};

/** Counts until all articles are there; each count is of whole commits. */
static void *read_on(void *context)
{
    struct reader *r = context;
    struct nidx_search_options options = NIDX_SEARCH_OPTIONS_INIT;
    struct nidx_snapshot *s = NULL;
    uint64_t total = 0;

    options.count = NIDX_COUNT_ONLY;
    r->status = nidx_snapshot_open(r->index, &s, &r->err);
    while (r->status == NIDX_OK && total < COMMITS * ARTICLES) {
        struct nidx_result *result = NULL;
        r->status = nidx_snapshot_refresh(s, NULL, &r->err);
        if (r->status == NIDX_OK)
            r->status = nidx_search(s, r->query, &options, &result, &r->err);
        if (r->status != NIDX_OK)
            break;
        total = nidx_result_total(result);
        nidx_result_free(result);
        if (total % ARTICLES != 0) {
            r->status = NIDX_ERR_CORRUPT;
            snprintf(r->err.message, sizeof(r->err.message),
                     "half a commit was seen");
        }
    }
    nidx_snapshot_close(s);
    return NULL;
}

static enum nidx_status write_all(struct nidx_index *index,
                                  struct nidx_error *err)
{
    struct nidx_document *doc = nidx_document_new();
    struct nidx_writer *w = NULL;
    enum nidx_status status = nidx_writer_open(index, NULL, &w, err);

    for (int i = 0; i < COMMITS * ARTICLES && doc && status == NIDX_OK; i++) {
        char key[32];
        const int len = snprintf(key, sizeof(key), "%d", i);
        nidx_document_clear(doc);
        status = nidx_document_set_key(doc, key, (size_t)len, err);
        if (status == NIDX_OK)
            status = nidx_document_add_field(doc, "body", "needle", 6, err);
        if (status == NIDX_OK)
            status = nidx_writer_add(w, doc, err);
        if (status == NIDX_OK && (i + 1) % ARTICLES == 0)
            status = nidx_writer_commit(w, err);
    }
    nidx_writer_close(w);
    nidx_document_free(doc);
    return status;
}

static int run(struct nidx_index *index, const struct nidx_query *query)
{
    struct reader readers[READERS];
    struct nidx_error err;
    int started = 0, failed = 0;

    for (; started < READERS; started++) {
        readers[started] = (struct reader){.index = index, .query = query};
        if (pthread_create(&readers[started].thread, NULL, read_on,
                           &readers[started]) != 0)
            break;
    }
    if (write_all(index, &err) != NIDX_OK) {
        /* The readers would wait for ever for what does not come. */
        fprintf(stderr, "%s\n", err.message);
        return 2;
    }
    for (int i = 0; i < started; i++) {
        pthread_join(readers[i].thread, NULL);
        if (readers[i].status != NIDX_OK) {
            fprintf(stderr, "%s\n", readers[i].err.message);
            failed = 1;
        }
    }
    printf("%d readers saw %d articles\n", started, COMMITS * ARTICLES);
    return failed ? 2 : 0;
}

int main(int argc, char **argv)
{
    struct nidx_open_options options = NIDX_OPEN_OPTIONS_INIT;
    struct nidx_index *index = NULL;
    struct nidx_query *query = NULL;
    struct nidx_error err;
    int status = 2;

    if (argc != 2) {
        fprintf(stderr, "usage: threads INDEX\n");
        return 2;
    }
    options.create = 1;
    if (nidx_index_open(argv[1], &options, &index, &err) == NIDX_OK &&
        nidx_query_parse("needle", 6, NULL, &query, &err) == NIDX_OK)
        status = run(index, query);
    else
        fprintf(stderr, "%s\n", err.message);
    nidx_query_free(query);
    nidx_index_close(index);
    return status;
}
