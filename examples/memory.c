/* memory.c: indexes articles that a program has in memory, and finds one.
 *
 *     memory INDEX
 *
 * SPDX-License-Identifier: BSD-2-Clause */
#include <nidx.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *key, *title, *body, *date;
} articles[] = {
    {"1", "Harbor tunnel opens", "The tunnel under the harbor is open.",
     "2018-08-09"},
    {"2", "Ferry news", "The ferry leaves the harbor at noon.", "2018-08-20"},
    {"3", "Glacier melts", "Ice on the glacier is thin.", "2018-10-01"},
};

static enum nidx_status fill(struct nidx_document *doc, size_t i,
                             struct nidx_error *err)
{
    const struct {
        const char *name, *value;
    } fields[] = {{"title", articles[i].title},
                  {"body", articles[i].body},
                  {"date", articles[i].date}};

    nidx_document_clear(doc);
    enum nidx_status status = nidx_document_set_key(
        doc, articles[i].key, strlen(articles[i].key), err);
    for (size_t k = 0; k < 3 && status == NIDX_OK; k++)
        status = nidx_document_add_field(doc, fields[k].name, fields[k].value,
                                         strlen(fields[k].value), err);
    return status;
}

static enum nidx_status add_all(struct nidx_index *index,
                                struct nidx_error *err)
{
    struct nidx_document *doc = nidx_document_new();
    struct nidx_writer *w = NULL;
    enum nidx_status status = doc ? NIDX_OK : NIDX_ERR_NOMEM;

    if (!doc)
        snprintf(err->message, sizeof(err->message), "out of memory");
    else
        status = nidx_writer_open(index, NULL, &w, err);
    for (size_t i = 0; i < 3 && status == NIDX_OK; i++) {
        status = fill(doc, i, err);
        if (status == NIDX_OK)
            status = nidx_writer_add(w, doc, err);
    }
    /* Nothing is visible before this, and everything after it. */
    if (status == NIDX_OK)
        status = nidx_writer_commit(w, err);
    nidx_writer_close(w);
    nidx_document_free(doc);
    return status;
}

static enum nidx_status find(struct nidx_index *index, const char *query,
                             struct nidx_error *err)
{
    struct nidx_result *r = NULL;
    const enum nidx_status status =
        nidx_search_text(index, query, strlen(query), NULL, &r, err);

    for (size_t i = 0; r && i < nidx_result_n_hits(r); i++) {
        size_t len;
        const char *key = nidx_hit_key(r, i, &len);
        printf("%.*s\n", (int)len, key);
    }
    nidx_result_free(r);
    return status;
}

int main(int argc, char **argv)
{
    struct nidx_open_options options = NIDX_OPEN_OPTIONS_INIT;
    struct nidx_index *index = NULL;
    struct nidx_error err;

    if (argc != 2) {
        fprintf(stderr, "usage: memory INDEX\n");
        return 2;
    }
    options.create = 1;
    enum nidx_status status = nidx_index_open(argv[1], &options, &index, &err);
    if (status == NIDX_OK)
        status = add_all(index, &err);
    if (status == NIDX_OK)
        status = find(index, "harbor -ferry", &err);
    if (status != NIDX_OK)
        fprintf(stderr, "%s\n", err.message);
    nidx_index_close(index);
    return status != NIDX_OK ? 2 : 0;
}
