/* people.c: hits as people read them.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "q.h"

#include "json.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

/** Bytes of a headline that are shown; longer ones are no headlines. */
#define TITLE_MAX 400

/** What it is printed with. */
struct page {
    struct nidx_result *r;
    const struct nidx_cli_search *search;
    struct nidx_cli_style style;
    size_t indent;
    struct nidx_cli_lit *lit; /**< room for the ranges of one text */
    size_t cap;
};

static enum nidx_status make_room(struct page *p, size_t n,
                                  struct nidx_error *err)
{
    if (n <= p->cap)
        return NIDX_OK;
    struct nidx_cli_lit *lit = realloc(p->lit, n * sizeof(*lit));
    if (!lit) {
        err->status = NIDX_ERR_NOMEM;
        snprintf(err->message, sizeof(err->message), "out of memory");
        return NIDX_ERR_NOMEM;
    }
    p->lit = lit;
    p->cap = n;
    return NIDX_OK;
}

static enum nidx_status print_title(struct page *p, size_t i,
                                    struct nidx_error *err)
{
    const char *title, *shown;
    size_t len, key_len, start, n;
    const char *key = nidx_hit_key(p->r, i, &key_len);

    enum nidx_status status =
        nidx_hit_field(p->r, i, "title", 0, &title, &len, err);
    if (status != NIDX_OK)
        return status;
    size_t n_lit = title ? nidx_title_n_lit(p->r, i) : 0;
    status = make_room(p, n_lit, err);
    if (status != NIDX_OK)
        return status;
    for (size_t j = 0; j < n_lit; j++) {
        nidx_title_lit(p->r, i, j, &start, &n);
        p->lit[j] = (struct nidx_cli_lit){start, start + n};
    }
    shown = title ? title : key;
    if (!title)
        len = key_len;
    if (len > TITLE_MAX) {
        for (len = TITLE_MAX; len > 0 && (shown[len] & 0xc0) == 0x80;)
            len--;
    }
    printf("%*llu  ", (int)p->indent - 2,
           (unsigned long long)(p->search->offset + i + 1));
    nidx_cli_wrap(&p->style, p->indent, shown, len, p->lit, n_lit, true);
    return NIDX_OK;
}

/** Bytes of a link as a URI; what it may not hold is escaped. */
static void put_uri(const char *text, size_t len)
{
    static const char plain[] = "/-._~:?#[]@!$&'()*+,;=%";

    for (size_t i = 0; i < len; i++) {
        const unsigned char c = (unsigned char)text[i];
        const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9');
        if (word || (c && strchr(plain, c)))
            fputc(c, stdout);
        else
            printf("%%%02X", c);
    }
}

/** Opens a link (OSC 8) to the article: its address, or its file. */
static enum nidx_status open_link(struct page *p, size_t i, bool *open,
                                  struct nidx_error *err)
{
    size_t len, url_len;
    const char *url, *key = nidx_hit_key(p->r, i, &len);

    *open = false;
    if (!p->style.terminal || !p->style.colour)
        return NIDX_OK;
    const enum nidx_status status =
        nidx_hit_field(p->r, i, "url", 0, &url, &url_len, err);
    if (status != NIDX_OK)
        return status;
    const bool web = url && (strncmp(url, "https://", 8) == 0 ||
                             strncmp(url, "http://", 7) == 0);
    if (!web && key[0] != '/')
        return NIDX_OK;
    const char *hash = memchr(key, '#', len);
    *open = true;
    fputs(web ? "\033]8;;" : "\033]8;;file://", stdout);
    put_uri(web ? url : key, web ? url_len : hash ? (size_t)(hash - key) : len);
    fputs("\033\\", stdout);
    return NIDX_OK;
}

static enum nidx_status print_where(struct page *p, size_t i,
                                    struct nidx_error *err)
{
    bool open;

    char date[48];
    int has;
    size_t len;
    const char *key = nidx_hit_key(p->r, i, &len);
    const int64_t when = nidx_hit_date(p->r, i, &has);

    printf("%*s", (int)p->indent, "");
    if (has)
        printf("%s  ", nidx_cli_date(when, date));
    const enum nidx_status status = open_link(p, i, &open, err);
    nidx_cli_put_safe(stdout, key, len);
    fputs(open ? "\033]8;;\033\\\n" : "\n", stdout);
    return status;
}

/** A passage with an ellipsis where it was cut. */
static enum nidx_status print_passage(struct page *p, size_t i, size_t j,
                                      struct nidx_error *err)
{
    static const char dots[] = "\xe2\x80\xa6";
    uint64_t body_start;
    size_t len, start, n;
    const char *text = nidx_passage_text(p->r, i, j, &len, &body_start);
    const int cut = nidx_passage_cut(p->r, i, j);
    const size_t shift = cut & 1 ? sizeof(dots) - 1 : 0;
    const size_t n_lit = nidx_passage_n_lit(p->r, i, j);

    const enum nidx_status status = make_room(p, n_lit, err);
    if (status != NIDX_OK)
        return status;
    for (size_t k = 0; k < n_lit; k++) {
        nidx_passage_lit(p->r, i, j, k, &start, &n);
        p->lit[k] = (struct nidx_cli_lit){start + shift, start + n + shift};
    }
    char *whole = malloc(len + 2 * sizeof(dots));
    if (!whole)
        return NIDX_ERR_NOMEM;
    memcpy(whole, dots, shift);
    memcpy(whole + shift, text, len);
    size_t whole_len = shift + len;
    if (cut & 2) {
        memcpy(whole + whole_len, dots, sizeof(dots) - 1);
        whole_len += sizeof(dots) - 1;
    }
    printf("%*s", (int)p->indent, "");
    nidx_cli_wrap(&p->style, p->indent, whole, whole_len, p->lit, n_lit, false);
    free(whole);
    return NIDX_OK;
}

static enum nidx_status print_explanation(struct page *p, size_t i,
                                          struct nidx_error *err)
{
    const char *text;
    size_t len;
    const enum nidx_status status = nidx_hit_explain(p->r, i, &text, &len, err);

    if (status != NIDX_OK)
        return status;
    for (size_t line = 0; line < len;) {
        const char *end = memchr(text + line, '\n', len - line);
        const size_t n = end ? (size_t)(end - text) - line : len - line;
        printf("%*s", (int)p->indent, "");
        nidx_cli_put_safe(stdout, text + line, n);
        fputc('\n', stdout);
        line += n + 1;
    }
    return NIDX_OK;
}

static enum nidx_status print_hit(struct page *p, size_t i,
                                  struct nidx_error *err)
{
    size_t n;
    enum nidx_status status = nidx_hit_passages(p->r, i, NULL, &n, err);

    if (status == NIDX_OK)
        status = print_title(p, i, err);
    if (status != NIDX_OK)
        return status;
    status = print_where(p, i, err);
    for (size_t j = 0; j < n && status == NIDX_OK; j++)
        status = print_passage(p, i, j, err);
    if (status == NIDX_OK && p->search->explain)
        status = print_explanation(p, i, err);
    return status;
}

enum nidx_status nidx_cli_print_people(struct nidx_result *r,
                                       const struct nidx_cli_search *search,
                                       struct nidx_error *err)
{
    struct page p = {.r = r, .search = search, .indent = 4};
    const size_t n = nidx_result_n_hits(r);
    enum nidx_status status = NIDX_OK;

    nidx_cli_style(&p.style);
    for (uint64_t last = search->offset + n; last > 99; last /= 10)
        p.indent++;
    if (n > 0 && nidx_result_is_nearest(r))
        nidx_cli_note("no article has all of it; these are the nearest");
    for (size_t i = 0; i < n && status == NIDX_OK && !ferror(stdout); i++) {
        if (i > 0)
            fputc('\n', stdout);
        status = print_hit(&p, i, err);
    }
    free(p.lit);
    return status;
}
