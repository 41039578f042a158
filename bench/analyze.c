/* analyze.c: megabytes of text a second through the analyzer.
 *
 *   analyze FILE [--language CODE] [--raw]
 *
 * Takes the bodies of a JSON-lines file (or with --raw the file as it is),
 * analyses them as one document each, several times, and prints the best
 * round by its CPU time: MB/s, ns a token, and how many forms and terms.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/analysis/analyze.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/analysis/utf8.h"

enum {
    ROUNDS = 5,
    BATCH = 512
};

struct texts {
    struct nidx_buf bytes;
    size_t *ends;
    size_t n, cap;
};

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void end_text(struct texts *t)
{
    if (t->n == t->cap) {
        t->cap = 2 * t->cap + 1024;
        t->ends = realloc(t->ends, t->cap * sizeof(*t->ends));
        if (!t->ends)
            exit(2);
    }
    t->ends[t->n++] = t->bytes.len;
}

/* Appends the JSON string at p, behind its opening quote. */
static void unescape(const char *p, struct nidx_buf *out)
{
    for (; *p && *p != '"'; p++) {
        if (*p != '\\') {
            nidx_buf_u8(out, (uint8_t)*p);
            continue;
        }
        p++;
        if (*p == 'u') {
            char hex[5] = {0};
            memcpy(hex, p + 1, 4);
            nidx_utf8_put(out, (uint32_t)strtoul(hex, NULL, 16));
            p += 4;
        } else {
            nidx_buf_u8(out, (uint8_t)(*p == 'n'   ? '\n'
                                       : *p == 't' ? '\t'
                                                   : *p));
        }
    }
}

static void read_file(const char *path, int raw, struct texts *t)
{
    FILE *f = fopen(path, "rb");
    char *line = NULL;
    size_t cap = 0;
    ssize_t len;

    if (!f) {
        perror(path);
        exit(2);
    }
    while ((len = getline(&line, &cap, f)) > 0) {
        const char *body = strstr(line, "\"body\":");
        if (raw)
            nidx_buf_put(&t->bytes, line, (size_t)len);
        else if (body && (body = strchr(body + 7, '"')))
            unescape(body + 1, &t->bytes);
        if (!raw)
            end_text(t);
    }
    if (raw)
        end_text(t);
    free(line);
    fclose(f);
}

/* One round over all texts; returns the tokens. */
static size_t analyze_all(struct nidx_analyzer *a, const struct texts *t,
                          nidx_language language)
{
    struct nidx_token out[BATCH];
    size_t tokens = 0, n, start = 0;

    for (size_t i = 0; i < t->n; i++) {
        nidx_analyzer_begin(a, (const char *)t->bytes.data + start,
                            t->ends[i] - start, language, NIDX_ANALYZE_INDEX,
                            0);
        while ((n = nidx_analyzer_next(a, out, BATCH)) > 0)
            tokens += n;
        start = t->ends[i];
    }
    return tokens;
}

int main(int argc, char **argv)
{
    struct texts t = {0};
    const char *path = NULL, *code = "en";
    int raw = 0;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--raw") == 0)
            raw = 1;
        else if (strcmp(argv[i], "--language") == 0 && i + 1 < argc)
            code = argv[++i];
        else
            path = argv[i];
    }
    if (!path) {
        fprintf(stderr, "usage: analyze FILE [--language CODE] [--raw]\n");
        return 2;
    }
    read_file(path, raw, &t);

    struct nidx_vocab *v = NULL;
    struct nidx_analyzer *a = NULL;
    if (nidx_vocab_new(&v, NULL) || nidx_analyzer_new(v, &a, NULL))
        return 2;
    double best = 1e9;
    size_t tokens = 0;
    for (int i = 0; i < ROUNDS; i++) {
        double start = now();
        tokens = analyze_all(a, &t, nidx_language_find(code, strlen(code)));
        double seconds = now() - start;
        printf("%d %.1f MB/s\n", i, (double)t.bytes.len / seconds / 1e6);
        best = seconds < best ? seconds : best;
    }
    printf("%zu texts, %.1f MB, %zu tokens, %u forms, %u terms: %.1f MB/s, "
           "%.1f ns a token\n",
           t.n, (double)t.bytes.len / 1e6, tokens, nidx_vocab_n_forms(v),
           nidx_vocab_n_terms(v), (double)t.bytes.len / best / 1e6,
           best * 1e9 / (double)tokens);
    nidx_analyzer_free(a);
    nidx_vocab_free(v);
    nidx_buf_done(&t.bytes);
    free(t.ends);
    return 0;
}
