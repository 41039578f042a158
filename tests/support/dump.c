/* dump.c: all that an index says, as sorted lines, to be compared.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include "tests/support/dump.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/segment/index.h"
#include "common/segment/segment.h"

struct lines {
    char **items;
    size_t n, cap;
};

/** What a number means: a form's spelling, for a term of a field. */
struct named {
    char *name; /* field, term, number */
    char *form;
};

struct dump {
    struct lines lines;
    struct named *names;
    size_t n_names, cap_names;
    const struct nidx_segment *segment;
    bool with_forms;
};

static void add_line(struct lines *l, char *line)
{
    assert_non_null(line);
    if (l->n == l->cap) {
        l->cap = l->cap ? l->cap * 2 : 256;
        l->items = realloc(l->items, l->cap * sizeof(*l->items));
        assert_non_null(l->items);
    }
    l->items[l->n++] = line;
}

static void put_text(FILE *f, const void *data, size_t len)
{
    const uint8_t *p = data;

    for (size_t i = 0; i < len; i++) {
        if (p[i] < 0x20 || p[i] == '\\')
            fprintf(f, "\\%02x", p[i]);
        else
            fputc(p[i], f);
    }
}

static FILE *open_line(char **line, size_t *len)
{
    FILE *f = open_memstream(line, len);

    assert_non_null(f);
    return f;
}

static void put_key(FILE *f, const struct nidx_segment *s, nidx_docid doc)
{
    struct nidx_buf key = {0};

    assert_int_equal(nidx_segment_doc_key(s, doc, &key, NULL), NIDX_OK);
    put_text(f, key.data, key.len);
    nidx_buf_done(&key);
}

/* -------------------------------------------------------------- documents */

static void put_fields(FILE *f, const struct nidx_segment *s, nidx_docid doc)
{
    struct nidx_text_cache cache = {0};
    struct nidx_record r = {0};
    struct nidx_buf value = {0};

    assert_int_equal(nidx_segment_record(s, doc, &cache, &r, NULL), NIDX_OK);
    fprintf(f, " language=%u", r.language);
    for (uint32_t i = 0; i < r.n_fields; i++) {
        value.len = 0;
        assert_int_equal(nidx_text_read(&s->text, &cache, r.fields[i].offset,
                                        r.fields[i].len, &value, NULL),
                         NIDX_OK);
        fprintf(f, " %u=", r.fields[i].field);
        put_text(f, value.data, value.len);
    }
    for (uint32_t i = 0; i < r.n_restarts; i++)
        fprintf(f, " @%u:%u", r.restarts[i].offset, r.restarts[i].pos);
    nidx_buf_done(&value);
    nidx_record_done(&r);
    nidx_text_cache_done(&cache);
}

static void dump_doc(struct dump *d, nidx_docid doc)
{
    char *line = NULL;
    size_t len = 0;
    FILE *f = open_line(&line, &len);

    fputs("doc ", f);
    put_key(f, d->segment, doc);
    for (unsigned i = 0; i < NIDX_COLUMN_COUNT; i++) {
        uint64_t value = 0;
        if (i == NIDX_COLUMN_RANK || i == NIDX_COLUMN_TEXT)
            continue;
        assert_int_equal(
            nidx_column_get(&d->segment->columns[i], doc, &value, NULL),
            NIDX_OK);
        fprintf(f, " c%u=%llu", i, (unsigned long long)value);
    }
    put_fields(f, d->segment, doc);
    fclose(f);
    add_line(&d->lines, line);
}

/* ------------------------------------------------------------------- forms */

static char *name_of(uint8_t field, struct nidx_bytes term, uint32_t number)
{
    char *name = NULL;
    size_t len = 0;
    FILE *f = open_line(&name, &len);

    fprintf(f, "%u ", field == NIDX_FIELD_AUTHOR ? field : NIDX_FIELD_ALL);
    put_text(f, term.data, term.len);
    fprintf(f, " %u", number);
    fclose(f);
    return name;
}

static int by_name(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    return strcmp(x->name, y->name);
}

static void learn_form(struct dump *d, uint8_t field, struct nidx_bytes folded,
                       struct nidx_bytes form, const struct nidx_form_term *t)
{
    struct nidx_buf term = {0};
    char *text = NULL, *line = NULL;
    size_t len = 0;

    nidx_buf_put(&term, folded.data, t->lcp);
    nidx_buf_put(&term, t->rest.data, t->rest.len);
    if (d->n_names == d->cap_names) {
        d->cap_names = d->cap_names ? d->cap_names * 2 : 256;
        d->names = realloc(d->names, d->cap_names * sizeof(*d->names));
        assert_non_null(d->names);
    }
    FILE *f = open_line(&text, &len);
    put_text(f, form.data, form.len);
    fclose(f);
    const struct nidx_bytes whole = {term.data, term.len};
    d->names[d->n_names++] =
        (struct named){name_of(field, whole, t->number), text};
    if (d->with_forms) {
        f = open_line(&line, &len);
        fprintf(f, "form %u %s ", field, text);
        put_text(f, folded.data, folded.len);
        fputc(' ', f);
        put_text(f, term.data, term.len);
        fprintf(f, " df=%u cf=%llu", t->df, (unsigned long long)t->cf);
        fclose(f);
        add_line(&d->lines, line);
    }
    nidx_buf_done(&term);
}

static void learn_forms(struct dump *d)
{
    struct nidx_strtab_cursor c;
    const uint8_t from[2] = {NIDX_KIND_FORM, 0};

    nidx_strtab_cursor_init(&c, &d->segment->terms);
    assert_int_equal(nidx_strtab_seek(&c, (struct nidx_bytes){from, 2}, NULL),
                     NIDX_OK);
    for (; !c.at_end && c.key.data[0] == NIDX_KIND_FORM;
         assert_int_equal(nidx_strtab_next(&c, NULL), NIDX_OK)) {
        struct nidx_bytes folded, form;
        struct nidx_form_term t;
        nidx_form_key_split((struct nidx_bytes){c.key.data + 2, c.key.len - 2},
                            &folded, &form);
        struct nidx_reader r = nidx_reader_of(c.value.data, c.value.len);
        while (nidx_form_value_next(&r, folded.len, &t))
            learn_form(d, c.key.data[1], folded, form, &t);
        assert_false(r.bad);
    }
    nidx_strtab_cursor_done(&c);
    if (d->n_names > 1)
        qsort(d->names, d->n_names, sizeof(*d->names), by_name);
}

static void forget_forms(struct dump *d)
{
    for (size_t i = 0; i < d->n_names; i++) {
        free(d->names[i].name);
        free(d->names[i].form);
    }
    d->n_names = 0;
}

static const char *form_name(const struct dump *d, struct nidx_bytes key,
                             uint32_t number)
{
    if (key.data[0] != NIDX_KIND_WORD)
        return "";
    struct named wanted = {
        name_of(key.data[1], (struct nidx_bytes){key.data + 2, key.len - 2},
                number),
        NULL};
    const struct named *found =
        bsearch(&wanted, d->names, d->n_names, sizeof(*d->names), by_name);
    if (!found)
        print_error("no form: %s\n", wanted.name);
    free(wanted.name);
    assert_non_null(found);
    return found->form;
}

/* ---------------------------------------------------------------- postings */

static void dump_posting(struct dump *d, struct nidx_bytes key,
                         struct nidx_postings *p, uint32_t i, nidx_docid doc,
                         uint32_t n_title)
{
    struct nidx_occurrences found = {0};
    char *line = NULL;
    size_t len = 0;
    FILE *f = open_line(&line, &len);

    assert_int_equal(nidx_postings_occurrences(p, i, true, &found, NULL),
                     NIDX_OK);
    fprintf(f, "list %u %u ", key.data[0], key.data[1]);
    put_text(f, key.data + 2, key.len - 2);
    fputs(" in ", f);
    put_key(f, d->segment, doc);
    fprintf(f, " titles=%u", n_title);
    for (uint32_t k = 0; k < found.n; k++)
        fprintf(f, " %u+%u%s", found.items[k].pos, found.items[k].len,
                form_name(d, key, found.items[k].form));
    fclose(f);
    nidx_occurrences_done(&found);
    add_line(&d->lines, line);
}

static void dump_list(struct dump *d, struct nidx_bytes key,
                      struct nidx_bytes value)
{
    struct nidx_term_info info;
    struct nidx_postings p;
    nidx_docid docs[NIDX_PACK_SLOTS];
    uint32_t titles[NIDX_PACK_SLOTS];

    assert_int_equal(nidx_term_info_read(value, &info, NULL), NIDX_OK);
    struct nidx_segment *s = (struct nidx_segment *)(uintptr_t)d->segment;
    assert_int_equal(nidx_postings_open(&p, &s->source, &info, s->n_docs, NULL),
                     NIDX_OK);
    do {
        const uint32_t n = nidx_postings_docs(&p, docs);
        const bool headlines = nidx_postings_titles(&p, titles);
        for (uint32_t i = 0; i < n; i++) {
            if (!nidx_segment_is_deleted(s, docs[i]))
                dump_posting(d, key, &p, i, docs[i], headlines ? titles[i] : 0);
        }
    } while (nidx_postings_next(&p));
    assert_int_equal(p.status, NIDX_OK);
}

static void dump_segment(struct dump *d)
{
    struct nidx_strtab_cursor c;

    for (uint32_t doc = 0; doc < d->segment->n_docs; doc++) {
        if (!nidx_segment_is_deleted(d->segment, doc))
            dump_doc(d, doc);
    }
    learn_forms(d);
    nidx_strtab_cursor_init(&c, &d->segment->terms);
    assert_int_equal(nidx_strtab_seek(&c, (struct nidx_bytes){0}, NULL),
                     NIDX_OK);
    for (; !c.at_end; assert_int_equal(nidx_strtab_next(&c, NULL), NIDX_OK)) {
        if (c.key.data[0] != NIDX_KIND_FORM)
            dump_list(d, (struct nidx_bytes){c.key.data, c.key.len}, c.value);
    }
    nidx_strtab_cursor_done(&c);
    forget_forms(d);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *join(struct lines *l)
{
    char *all = NULL;
    size_t len = 0;
    FILE *f = open_line(&all, &len);

    if (l->n > 1)
        qsort(l->items, l->n, sizeof(*l->items), by_text);
    for (size_t i = 0; i < l->n; i++) {
        fprintf(f, "%s\n", l->items[i]);
        free(l->items[i]);
    }
    free(l->items);
    fclose(f);
    return all;
}

char *dump_index(struct nidx_index *index, bool with_forms)
{
    struct dump d = {.with_forms = with_forms};
    struct nidx_catalog *c = NULL;

    assert_int_equal(nidx_catalog_open(index->store, &c, NULL), NIDX_OK);
    for (uint32_t i = 0; i < c->manifest.n_segments; i++) {
        d.segment = c->segments[i];
        dump_segment(&d);
    }
    nidx_catalog_close(c);
    free(d.names);
    return join(&d.lines);
}

void assert_dumps_equal(const char *a, const char *b)
{
    if (strcmp(a, b) == 0)
        return;
    while (*a && *b) {
        const size_t n = strcspn(a, "\n"), m = strcspn(b, "\n");
        if (n != m || memcmp(a, b, n) != 0)
            break;
        a += n + 1;
        b += m + 1;
    }
    fail_msg("dumps differ:\n%.*s\n%.*s", (int)strcspn(a, "\n"), a,
             (int)strcspn(b, "\n"), b);
}
