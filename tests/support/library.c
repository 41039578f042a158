/* library.c: a few articles, indexed and searched through nidx.h alone.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/library.h"
#include "tests/support/tmpdir.h"

#define KEYS 200

static void must(enum nidx_status status, const struct nidx_error *err)
{
    if (status != NIDX_OK)
        fail_msg("%s", err->message);
}

void library_open(struct library *l, void *const *state)
{
    struct nidx_open_options o = NIDX_OPEN_OPTIONS_INIT;
    struct nidx_error err;
    char *path = tmpdir_path(state, "library.nidx");

    assert_non_null(path);
    o.create = 1;
    must(nidx_index_open(path, &o, &l->index, &err), &err);
    must(nidx_writer_open(l->index, NULL, &l->writer, &err), &err);
    free(path);
}

void library_close(struct library *l)
{
    nidx_writer_close(l->writer);
    nidx_index_close(l->index);
}

static void put(struct nidx_document *d, const char *name, const char *value)
{
    struct nidx_error err;

    if (value)
        must(nidx_document_add_field(d, name, value, strlen(value), &err),
             &err);
}

void library_add(struct library *l, const char *key, const char *language,
                 const char *title, const char *body, const char *date)
{
    struct nidx_document *d = nidx_document_new();
    struct nidx_error err;

    assert_non_null(d);
    must(nidx_document_set_key(d, key, strlen(key), &err), &err);
    put(d, "language", language);
    put(d, "title", title);
    put(d, "body", body);
    put(d, "date", date);
    must(nidx_writer_add(l->writer, d, &err), &err);
    nidx_document_free(d);
}

void library_commit(struct library *l)
{
    struct nidx_error err;

    must(nidx_writer_commit(l->writer, &err), &err);
}

static struct nidx_result *search(struct library *l, const char *query,
                                  const struct nidx_search_options *options)
{
    struct nidx_result *r;
    struct nidx_error err;

    must(nidx_search_text(l->index, query, strlen(query), options, &r, &err),
         &err);
    return r;
}

/* Appends to the answer, which holds all that tests ask for. */
static void say(struct library *l, const char *before, const char *text,
                size_t len)
{
    const size_t n = strlen(l->text), gap = n > 0 ? strlen(before) : 0;

    assert_true(n + gap + len < sizeof(l->text));
    memcpy(l->text + n, before, gap);
    memcpy(l->text + n + gap, text, len);
    l->text[n + gap + len] = 0;
}

const char *library_hits(struct library *l, const char *query,
                         const struct nidx_search_options *options)
{
    struct nidx_result *r = search(l, query, options);

    l->text[0] = 0;
    for (size_t i = 0; i < nidx_result_n_hits(r); i++) {
        size_t len;
        const char *key = nidx_hit_key(r, i, &len);
        say(l, " ", key, len);
    }
    nidx_result_free(r);
    return l->text;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

const char *library_keys(struct library *l, const char *query)
{
    struct nidx_search_options o = NIDX_SEARCH_OPTIONS_INIT;
    char *keys[KEYS], *rest = NULL;
    size_t n = 0;

    o.limit = KEYS;
    library_hits(l, query, &o);
    char *copy = strdup(l->text);
    assert_non_null(copy);
    for (char *k = strtok_r(copy, " ", &rest); k;
         k = strtok_r(NULL, " ", &rest))
        keys[n++] = k;
    qsort(keys, n, sizeof(*keys), compare);
    l->text[0] = 0;
    for (size_t i = 0; i < n; i++)
        say(l, " ", keys[i], strlen(keys[i]));
    free(copy);
    return l->text;
}

const char *library_notes(struct library *l, const char *query)
{
    struct nidx_result *r = search(l, query, NULL);

    l->text[0] = 0;
    for (size_t i = 0; i < nidx_result_n_notes(r); i++) {
        const char *note = nidx_result_note(r, i);
        say(l, "\n", note, strlen(note));
    }
    nidx_result_free(r);
    return l->text;
}

const char *library_query(struct library *l, const char *query)
{
    struct nidx_result *r = search(l, query, NULL);
    size_t len;
    const char *text = nidx_result_query(r, &len);

    l->text[0] = 0;
    say(l, "", text, len);
    nidx_result_free(r);
    return l->text;
}
