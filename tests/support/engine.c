/* engine.c: the whole engine, as a program uses it.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/engine.h"

#include <stdio.h>
#include <string.h>

static const char *const words[] = {"harbor",
                                    "treaty",
                                    "glacier",
                                    "ferry",
                                    "senate",
                                    "letter",
                                    "Erdo\xc4\x9f"
                                    "an"};

#define N_WORDS (sizeof(words) / sizeof(*words))

enum nidx_status engine_open(const char *path, int create,
                             struct nidx_index **out, struct nidx_error *err)
{
    struct nidx_open_options o = NIDX_OPEN_OPTIONS_INIT;

    o.create = create;
    return nidx_index_open(path, &o, out, err);
}

static enum nidx_status open_writer(struct nidx_index *index,
                                    struct nidx_writer **out,
                                    struct nidx_error *err)
{
    struct nidx_writer_options o = NIDX_WRITER_OPTIONS_INIT;

    o.threads = 1;
    o.memory = 1 << 24;
    return nidx_writer_open(index, &o, out, err);
}

static enum nidx_status add_field(struct nidx_document *d, const char *name,
                                  const char *text, struct nidx_error *err)
{
    return nidx_document_add_field(d, name, text, strlen(text), err);
}

static enum nidx_status add(struct nidx_writer *w, struct nidx_document *d,
                            const char *key, const char *word, unsigned i,
                            struct nidx_error *err)
{
    char title[80], body[300];

    snprintf(title, sizeof(title), "The %s of run %s", words[i % N_WORDS],
             word);
    snprintf(body, sizeof(body),
             "A %s wrote %s to the %s. The bi-partisan %s met %s, and the %s "
             "signed a %s again.",
             words[(i + 1) % N_WORDS], word, words[(i * 3) % N_WORDS],
             words[(i * 5 + 1) % N_WORDS], word, words[(i + 3) % N_WORDS],
             words[(i + 1) % N_WORDS]);
    nidx_document_clear(d);
    enum nidx_status status = nidx_document_set_key(d, key, strlen(key), err);
    if (status == NIDX_OK)
        status = add_field(d, "title", title, err);
    if (status == NIDX_OK)
        status = add_field(d, "body", body, err);
    if (status == NIDX_OK)
        status = add_field(d, "author", "Rand Paul", err);
    if (status == NIDX_OK)
        status = add_field(d, "date", "2018-08-08", err);
    return status == NIDX_OK ? nidx_writer_add(w, d, err) : status;
}

static enum nidx_status add_all(struct nidx_writer *w, const char *word,
                                struct nidx_error *err)
{
    struct nidx_document *d = nidx_document_new();
    enum nidx_status status = NIDX_OK;
    char key[80];

    if (!d) {
        snprintf(err->message, sizeof(err->message), "out of memory");
        return NIDX_ERR_NOMEM;
    }
    for (unsigned i = 0; i < 3 && status == NIDX_OK; i++) {
        snprintf(key, sizeof(key), "%s.%u", word, i);
        status = add(w, d, key, word, i, err);
    }
    if (status == NIDX_OK)
        status = add(w, d, "always", "always", 3, err);
    if (status == NIDX_OK)
        status = nidx_writer_delete(w, "early.1", 7, err);
    nidx_document_free(d);
    return status == NIDX_OK ? nidx_writer_commit(w, err) : status;
}

enum nidx_status engine_add(struct nidx_index *index, const char *word,
                            struct nidx_error *err)
{
    struct nidx_writer *w = NULL;
    enum nidx_status status = open_writer(index, &w, err);

    if (status == NIDX_OK)
        status = add_all(w, word, err);
    nidx_writer_close(w);
    return status;
}

enum nidx_status engine_optimize(struct nidx_index *index,
                                 struct nidx_error *err)
{
    struct nidx_writer *w = NULL;
    enum nidx_status status = open_writer(index, &w, err);

    if (status == NIDX_OK)
        status = nidx_writer_optimize(w, NULL, NULL, err);
    nidx_writer_close(w);
    return status;
}

static enum nidx_status read_hit(struct nidx_result *r, size_t i,
                                 struct nidx_error *err)
{
    static const char *const fields[] = {"title", "body", "author", "url"};
    const char *text;
    size_t n, len;
    enum nidx_status status = nidx_hit_passages(r, i, NULL, &n, err);

    for (size_t f = 0; f < 4 && status == NIDX_OK; f++)
        status = nidx_hit_field(r, i, fields[f], 0, &text, &len, err);
    if (status == NIDX_OK)
        status = nidx_hit_explain(r, i, &text, &len, err);
    return status;
}

static enum nidx_status search(struct nidx_index *index, const char *query,
                               int verify, struct nidx_error *err)
{
    struct nidx_search_options o = NIDX_SEARCH_OPTIONS_INIT;
    struct nidx_result *r = NULL;

    o.verify = verify;
    o.explain = 1;
    o.nearest = 1;
    enum nidx_status status =
        nidx_search_text(index, query, strlen(query), &o, &r, err);
    for (size_t i = 0; status == NIDX_OK && i < nidx_result_n_hits(r); i++)
        status = read_hit(r, i, err);
    nidx_result_free(r);
    return status;
}

static enum nidx_status read_keys(struct nidx_index *index,
                                  struct nidx_error *err)
{
    struct nidx_snapshot *s = NULL;
    struct nidx_keys *keys = NULL;
    const char *key = "";
    size_t len;
    enum nidx_status status = nidx_snapshot_open(index, &s, err);

    if (status == NIDX_OK)
        status = nidx_keys_new(s, "", 0, &keys, err);
    while (status == NIDX_OK && key)
        status = nidx_keys_next(keys, &key, &len, err);
    nidx_keys_free(keys);
    nidx_snapshot_close(s);
    return status;
}

enum nidx_status engine_read(struct nidx_index *index, int verify,
                             struct nidx_error *err)
{
    static const char *const queries[] = {"harbor",
                                          "harbor treaty",
                                          "harbor OR treaty OR nowhere",
                                          "\"the treaty\"",
                                          "harbor NEAR/9 signed",
                                          "title:glacier -letter",
                                          "author:paul date:2018-08",
                                          "s*e l?tter fery~ /harb.r/ =harbor",
                                          "bipartisan SENTENCE wrote",
                                          "harbr zzyx",
                                          "*"};
    enum nidx_status status = read_keys(index, err);

    for (size_t i = 0; i < sizeof(queries) / sizeof(*queries); i++) {
        if (status == NIDX_OK)
            status = search(index, queries[i], verify, err);
    }
    return status;
}

uint64_t engine_count(struct nidx_index *index, const char *text)
{
    struct nidx_result *r = NULL;
    uint64_t n = UINT64_MAX;

    if (nidx_search_text(index, text, strlen(text), NULL, &r, NULL) == NIDX_OK)
        n = nidx_result_total(r);
    nidx_result_free(r);
    return n;
}

enum nidx_status engine_make(const char *path, struct nidx_error *err)
{
    struct nidx_index *index = NULL;
    enum nidx_status status = engine_open(path, 1, &index, err);

    if (status == NIDX_OK)
        status = engine_add(index, "early", err);
    if (status == NIDX_OK)
        status = engine_add(index, "later", err);
    nidx_index_close(index);
    return status;
}
