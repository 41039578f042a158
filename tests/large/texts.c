/* texts.c: reading a corpus and analysing it.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/large/texts.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/limits.h"
#include "indexer/source/json_record.h"

static void *must(void *p)
{
    if (!p)
        abort();
    return p;
}

static void check(enum nidx_status status, const struct nidx_error *err)
{
    if (status == NIDX_OK)
        return;
    fprintf(stderr, "%s\n", err->message);
    exit(2);
}

/* ------------------------------------------------------------- analysis */

static void keep_token(struct texts *t, const struct nidx_token *token)
{
    if (token->form == NIDX_FORM_SENTENCE || token->form == NIDX_FORM_PARAGRAPH)
        return;
    if (t->n_tokens == t->cap_tokens) {
        t->cap_tokens = t->cap_tokens ? t->cap_tokens * 3 / 2 : 1 << 16;
        t->tokens =
            must(realloc(t->tokens, t->cap_tokens * sizeof(*t->tokens)));
    }
    t->tokens[t->n_tokens++] = (struct text_token){
        .form = token->form, .pos = token->pos, .len = token->len};
}

/* Tokens of one value from pos on; the position behind its last word. */
static uint32_t analyse(struct texts *t, struct nidx_bytes text,
                        nidx_language language, uint32_t pos)
{
    struct nidx_token tokens[256];
    size_t n;

    nidx_analyzer_begin(t->analyzer, (const char *)text.data, text.len,
                        language, NIDX_ANALYZE_INDEX, pos);
    while ((n = nidx_analyzer_next(t->analyzer, tokens, 256)) > 0) {
        for (size_t i = 0; i < n; i++)
            keep_token(t, &tokens[i]);
    }
    if (nidx_analyzer_status(t->analyzer) != NIDX_OK)
        abort();
    return nidx_analyzer_pos(t->analyzer);
}

static struct nidx_bytes value_of(const struct nidx_document *d, uint32_t i)
{
    return (struct nidx_bytes){d->bytes.data + d->values[i].offset,
                               (size_t)d->values[i].len};
}

/* All values of a field; gaps between them count where with_gaps says so. */
static uint32_t analyse_field(struct texts *t, const struct nidx_document *d,
                              uint8_t field, nidx_language language,
                              uint32_t pos, uint32_t *length)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < d->n_values; i++) {
        if (d->values[i].field != field)
            continue;
        if (n++ > 0)
            pos += NIDX_FIELD_GAP;
        uint32_t end = analyse(t, value_of(d, i), language, pos);
        *length += end - pos;
        pos = end;
    }
    return pos;
}

/* The language stated, else that of the longest text, else the index's. */
static nidx_language language_of(const struct texts *t,
                                 const struct nidx_document *d)
{
    struct nidx_bytes longest = {NULL, 0};
    nidx_language found = NIDX_LANGUAGE_NONE;

    for (uint32_t i = 0; i < d->n_values; i++) {
        struct nidx_bytes text = value_of(d, i);
        uint8_t field = d->values[i].field;
        if (field == NIDX_FIELD_LANGUAGE && found == NIDX_LANGUAGE_NONE)
            found = nidx_language_find((const char *)text.data, text.len);
        if ((field == NIDX_FIELD_TITLE || field == NIDX_FIELD_BODY) &&
            text.len > longest.len)
            longest = text;
    }
    if (found == NIDX_LANGUAGE_NONE && longest.len)
        found = nidx_language_detect((const char *)longest.data, longest.len);
    return found == NIDX_LANGUAGE_NONE ? t->language : found;
}

static void add_doc(struct texts *t, const struct nidx_document *d)
{
    if (t->n_docs == t->cap_docs) {
        t->cap_docs = t->cap_docs ? 2 * t->cap_docs : 1024;
        t->docs = must(realloc(t->docs, t->cap_docs * sizeof(*t->docs)));
    }
    struct text_doc *doc = &t->docs[t->n_docs++];
    nidx_language language = language_of(t, d);

    *doc = (struct text_doc){.first = t->n_tokens};
    doc->key = must(strndup((const char *)d->key.data, d->key.len));
    if (d->date_rule != NIDX_DATE_NONE)
        doc->date = (uint64_t)d->date + (UINT64_C(1) << 62);
    uint32_t words = 0;
    uint32_t pos = analyse_field(t, d, NIDX_FIELD_TITLE, language, 0, &words);
    /* The headline ends where its last word does, gaps included. */
    doc->length[TEXT_TITLE] = pos;
    doc->n[TEXT_TITLE] = (uint32_t)(t->n_tokens - doc->first);
    uint64_t before = t->n_tokens;
    analyse_field(t, d, NIDX_FIELD_BODY, language,
                  pos ? pos + NIDX_FIELD_GAP : 0, &doc->length[TEXT_BODY]);
    doc->n[TEXT_BODY] = (uint32_t)(t->n_tokens - before);
    before = t->n_tokens;
    analyse_field(t, d, NIDX_FIELD_AUTHOR, NIDX_LANGUAGE_NONE, 0,
                  &doc->length[TEXT_AUTHOR]);
    doc->n[TEXT_AUTHOR] = (uint32_t)(t->n_tokens - before);
}

/* -------------------------------------------------------------- sources */

struct reading {
    struct texts *texts;
    uint32_t max_docs;
    texts_take take;
    void *context;
};

static void take_doc(struct reading *r, const struct nidx_document *d)
{
    add_doc(r->texts, d);
    r->take(r->context, d);
}

static void read_lines(struct reading *r, FILE *f)
{
    struct nidx_document *d = must(nidx_document_new());
    struct nidx_json_record record;
    struct nidx_error err;
    char *line = NULL;
    size_t cap = 0;
    ssize_t len;

    check(nidx_json_record_init(&record, NULL, &err), &err);
    while (r->texts->n_docs < r->max_docs &&
           (len = getline(&line, &cap, f)) > 0) {
        struct nidx_json json = nidx_json_of(line, (size_t)len);
        nidx_document_clear(d);
        check(nidx_json_record_read(&record, &json, d, &err), &err);
        if (json.error)
            abort();
        check(nidx_document_set_key(d, (const char *)record.id.data,
                                    record.id.len, &err),
              &err);
        take_doc(r, d);
    }
    free(line);
    nidx_json_record_done(&record);
    nidx_document_free(d);
}

static void read_file(struct reading *r, const char *folder, const char *name)
{
    static char text[1 << 20];
    struct nidx_document *d = must(nidx_document_new());
    struct nidx_error err;
    char path[1024];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *f = must(fopen(path, "r"));
    size_t len = fread(text, 1, sizeof(text), f);
    fclose(f);
    char *end = must(memchr(text, '\n', len));
    size_t title = (size_t)(end - text);
    check(nidx_document_set_key(d, name, strlen(name), &err), &err);
    check(nidx_document_add_field(d, "title", text, title, &err), &err);
    check(nidx_document_add_field(d, "body", end, len - title, &err), &err);
    take_doc(r, d);
    nidx_document_free(d);
}

static int is_text(const struct dirent *e)
{
    size_t len = strlen(e->d_name);

    return len > 4 && strcmp(e->d_name + len - 4, ".txt") == 0;
}

static bool read_folder(struct reading *r, const char *path)
{
    struct dirent **list;
    int n = scandir(path, &list, is_text, alphasort);

    for (int i = 0; i < n; i++) {
        read_file(r, path, list[i]->d_name);
        free(list[i]);
    }
    if (n >= 0)
        free(list);
    return n > 0;
}

uint32_t texts_size(const char *path)
{
    struct dirent **list;
    int n = scandir(path, &list, is_text, alphasort);
    uint32_t lines = 0;

    for (int i = 0; i < n; i++)
        free(list[i]);
    if (n >= 0) {
        free(list);
        return (uint32_t)n;
    }
    FILE *f = fopen(path, "r");
    if (!f)
        return 0;
    for (int c; (c = getc_unlocked(f)) != EOF;)
        lines += c == '\n';
    fclose(f);
    return lines;
}

/* ----------------------------------------------------------------- lists */

static struct texts *sorted_texts; /* for compare functions: one thread */

static int compare_keys(const void *a, const void *b)
{
    const struct text_doc *docs = sorted_texts->docs;

    return strcmp(docs[*(const uint32_t *)a].key,
                  docs[*(const uint32_t *)b].key);
}

static void rank_keys(struct texts *t)
{
    uint32_t *order = must(calloc(t->n_docs + 1, sizeof(*order)));

    for (uint32_t i = 0; i < t->n_docs; i++)
        order[i] = i;
    sorted_texts = t;
    qsort(order, t->n_docs, sizeof(*order), compare_keys);
    for (uint32_t i = 0; i < t->n_docs; i++)
        t->docs[order[i]].rank = i;
    free(order);
}

static void name_forms(struct texts *t)
{
    uint32_t n = nidx_vocab_n_forms(t->vocab);
    const uint32_t *terms = nidx_vocab_form_terms(t->vocab);

    t->term_of = must(calloc(n + 1, sizeof(*t->term_of)));
    t->form_of = must(calloc(n + 1, sizeof(*t->form_of)));
    for (uint32_t i = 0; i < n; i++) {
        t->form_of[i] = names_add(&t->names, nidx_vocab_form_text(t->vocab, i));
        t->term_of[i] =
            names_add(&t->names, nidx_vocab_term_text(t->vocab, terms[i]));
    }
}

static int compare_counts(const void *a, const void *b)
{
    uint64_t x = texts_count(sorted_texts, *(const uint32_t *)a);
    uint64_t y = texts_count(sorted_texts, *(const uint32_t *)b);

    return x < y ? -1 : x > y;
}

static void make_lists(struct texts *t)
{
    uint32_t n = t->names.n;
    uint64_t *next = must(calloc(n + 2, sizeof(*next)));

    t->starts = must(calloc(n + 2, sizeof(*t->starts)));
    t->lists = must(malloc((t->n_tokens + 1) * sizeof(*t->lists)));
    t->terms = must(calloc(n + 1, sizeof(*t->terms)));
    for (uint64_t i = 0; i < t->n_tokens; i++)
        t->starts[t->term_of[t->tokens[i].form] + 1]++;
    for (uint32_t i = 0; i < n; i++) {
        if (t->starts[i + 1])
            t->terms[t->n_terms++] = i;
        t->starts[i + 1] += t->starts[i];
        next[i] = t->starts[i];
    }
    for (uint64_t i = 0; i < t->n_tokens; i++)
        t->lists[next[t->term_of[t->tokens[i].form]]++] = (uint32_t)i;
    free(next);
    sorted_texts = t;
    qsort(t->terms, t->n_terms, sizeof(*t->terms), compare_counts);
}

/* ----------------------------------------------------------------- frame */

struct texts *texts_read(const char *path, uint32_t max_docs, texts_take take,
                         void *context)
{
    struct texts *t = must(calloc(1, sizeof(*t)));
    struct reading r = {t, max_docs, take, context};
    struct nidx_error err;

    t->language = nidx_language_find("english", 7);
    check(nidx_vocab_new(&t->vocab, &err), &err);
    check(nidx_analyzer_new(t->vocab, &t->analyzer, &err), &err);
    if (!read_folder(&r, path)) {
        FILE *f = fopen(path, "r");
        if (!f) {
            texts_free(t);
            return NULL;
        }
        read_lines(&r, f);
        fclose(f);
    }
    rank_keys(t);
    name_forms(t);
    make_lists(t);
    return t;
}

void texts_free(struct texts *t)
{
    for (uint32_t i = 0; i < t->n_docs; i++)
        free(t->docs[i].key);
    free(t->docs);
    free(t->tokens);
    nidx_analyzer_free(t->analyzer);
    nidx_vocab_free(t->vocab);
    names_done(&t->names);
    free(t->term_of);
    free(t->form_of);
    free(t->starts);
    free(t->lists);
    free(t->terms);
    free(t);
}
