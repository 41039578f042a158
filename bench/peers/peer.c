/* peer.c: what the peers in C and C++ share.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PASSES_MAX 100

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* ------------------------------------------------------------- articles */

static size_t put_utf8(char *out, unsigned c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 63));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 63));
        out[2] = (char)(0x80 | (c & 63));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 63));
    out[2] = (char)(0x80 | (c >> 6 & 63));
    out[3] = (char)(0x80 | (c & 63));
    return 4;
}

static unsigned hex4(const char *p)
{
    char digits[5] = {p[0], p[1], p[2], p[3], 0};
    return (unsigned)strtoul(digits, NULL, 16);
}

/** Unescapes the string that begins at p (behind its quote) in place. */
static char *unescape(char *p, char **value, size_t *len)
{
    char *out = p;

    *value = p;
    while (*p && *p != '"') {
        if (*p != '\\') {
            *out++ = *p++;
            continue;
        }
        const char c = p[1];
        p += 2;
        if (c == 'u') {
            unsigned code = hex4(p);
            p += 4;
            if (code >= 0xd800 && code < 0xdc00 && p[0] == '\\') {
                code = 0x10000 + ((code - 0xd800) << 10) + hex4(p + 2) - 0xdc00;
                p += 6;
            }
            out += put_utf8(out, code);
        } else {
            *out++ = c == 'n'   ? '\n'
                     : c == 't' ? '\t'
                     : c == 'r' ? '\r'
                     : c == 'b' ? '\b'
                     : c == 'f' ? '\f'
                                : c;
        }
    }
    *len = (size_t)(out - *value);
    return *p ? p + 1 : p;
}

/** Takes a flat object of strings apart; other values are passed over. */
static void parse_line(char *p, struct peer_article *a)
{
    char *name, *value;
    size_t name_len, len;

    memset(a, 0, sizeof(*a));
    a->id = a->title = a->body = "";
    while ((p = strchr(p, '"')) != NULL) {
        p = unescape(p + 1, &name, &name_len);
        while (*p == ' ' || *p == ':')
            p++;
        if (*p != '"')
            continue;
        p = unescape(p + 1, &value, &len);
        if (name_len == 2 && memcmp(name, "id", 2) == 0) {
            a->id = value;
            a->id_len = len;
        } else if (name_len == 5 && memcmp(name, "title", 5) == 0) {
            a->title = value;
            a->title_len = len;
        } else if (name_len == 4 && memcmp(name, "body", 4) == 0) {
            a->body = value;
            a->body_len = len;
        }
    }
}

int peer_read_articles(const char *path,
                       void (*add)(void *context, const struct peer_article *),
                       void *context)
{
    FILE *in = fopen(path, "r");
    char *line = NULL;
    size_t cap = 0;
    struct peer_article a;

    if (!in) {
        perror(path);
        return 2;
    }
    while (getline(&line, &cap, in) > 0) {
        parse_line(line, &a);
        add(context, &a);
    }
    free(line);
    fclose(in);
    return 0;
}

/* -------------------------------------------------------------- queries */

void peer_answer_id(struct peer_answer *a, const char *id)
{
    const size_t len = strlen(id);

    if (!a->keep || a->len + len + 2 > sizeof(a->ids))
        return;
    if (a->len > 0)
        a->ids[a->len++] = ' ';
    memcpy(a->ids + a->len, id, len + 1);
    a->len += len;
}

struct query {
    char *mode, *text;
    float times[PASSES_MAX];
};

static int compare_floats(const void *left, const void *right)
{
    const float a = *(const float *)left, b = *(const float *)right;
    return a < b ? -1 : a > b;
}

static struct query *read_queries(const char *path, size_t *n)
{
    FILE *in = fopen(path, "r");
    char *line = NULL;
    size_t cap = 0, room = 0;
    ssize_t len;
    struct query *queries = NULL;

    *n = 0;
    while (in && (len = getline(&line, &cap, in)) > 0) {
        if (line[len - 1] == '\n')
            line[len - 1] = '\0';
        char *tab = strchr(line, '\t');
        if (!tab)
            continue;
        *tab = '\0';
        if (*n == room) {
            room = room ? 2 * room : 1024;
            queries = (struct query *)realloc(queries, room * sizeof(*queries));
            if (!queries)
                exit(2);
        }
        queries[*n].mode = strdup(line);
        queries[(*n)++].text = strdup(tab + 1);
    }
    free(line);
    if (in)
        fclose(in);
    return queries;
}

static void print_query(struct query *q, size_t passes,
                        const struct peer_answer *a)
{
    float *late = q->times + passes / 2;
    const size_t n = passes - passes / 2;

    qsort(late, n, sizeof(*late), compare_floats);
    printf("%s\t%s\t%.2f\t%.2f\t%llu\t%s\n", q->mode, q->text,
           (double)late[0], (double)late[n / 2], a->count,
           a->len > 0 ? a->ids : "");
}

int peer_answer_main(int argc, char **argv,
                     void (*ask)(void *context, const char *mode,
                                 const char *query, struct peer_answer *),
                     void *context)
{
    static struct peer_answer answer;
    size_t n, passes = 0;

    if (argc == 4 && strcmp(argv[1], "one") == 0) {
        answer.keep = 1;
        ask(context, "TOP_10", argv[3], &answer);
        puts(answer.ids);
        return 0;
    }
    if (argc != 5 || strcmp(argv[1], "query") != 0)
        return 2;
    struct query *queries = read_queries(argv[3], &n);
    const double start = now(), seconds = atof(argv[4]);
    while (passes < PASSES_MAX && (passes < 3 || now() - start < seconds)) {
        for (size_t i = 0; i < n; i++) {
            const double begin = now();
            answer.len = 0;
            ask(context, queries[i].mode, queries[i].text, &answer);
            queries[i].times[passes] = (float)((now() - begin) * 1e6);
        }
        passes++;
    }
    answer.keep = 1;
    for (size_t i = 0; i < n; i++) {
        answer.len = 0;
        answer.count = 0;
        ask(context, queries[i].mode, queries[i].text, &answer);
        print_query(&queries[i], passes, &answer);
    }
    return 0;
}
