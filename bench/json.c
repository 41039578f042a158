/* json.c: how fast JSON lines are taken apart.
 *
 *   json FILE [ROUNDS]
 *
 * Reads FILE into memory, then every record into a document, and prints the
 * best round. A benchmark, no test: it checks only that nothing is skipped.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/source/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static uint8_t *read_file(const char *path, size_t *len)
{
    FILE *f = fopen(path, "rb");
    uint8_t *data = NULL;

    if (!f)
        return NULL;
    if (fseek(f, 0, SEEK_END) == 0) {
        *len = (size_t)ftell(f);
        rewind(f);
        data = malloc(*len + 1);
        if (data && fread(data, 1, *len, f) != *len) {
            free(data);
            data = NULL;
        }
    }
    fclose(f);
    return data;
}

static void skipped(void *context, const char *name, uint64_t line,
                    enum nidx_skip why, const char *message)
{
    (void)why;
    ++*(uint64_t *)context;
    fprintf(stderr, "%s:%llu: %s\n", name, (unsigned long long)line, message);
}

static uint64_t read_all(const struct nidx_source_input *input,
                         struct nidx_document *d, uint64_t *bytes)
{
    uint64_t n_skipped = 0;
    uint64_t n = 0;
    bool done = false;
    const char *message;
    enum nidx_skip why;
    struct nidx_source *s;
    const struct nidx_source_report report = {skipped, &n_skipped};

    if (nidx_source_open(input, &report, &s, &why, &message, NULL) || !s)
        return 0;
    while (!done && s->ops->next(s, d, &done, NULL) == NIDX_OK) {
        n += !done;
        *bytes += d->bytes.len;
        nidx_document_clear(d);
    }
    nidx_source_close(s);
    return n;
}

int main(int argc, char **argv)
{
    struct nidx_source_input input = {.name = argc > 1 ? argv[1] : "",
                                      .fd = -1};
    uint8_t *data = read_file(input.name, &input.len);
    struct nidx_document *d = nidx_document_new();
    const int rounds = argc > 2 ? atoi(argv[2]) : 3;
    double best = 1e9;
    uint64_t n = 0;
    uint64_t bytes = 0;

    if (!data || !d) {
        fprintf(stderr, "json: cannot read %s\n", input.name);
        return 2;
    }
    input.data = data;
    for (int i = 0; i < rounds; i++) {
        const double start = now();
        bytes = 0;
        n = read_all(&input, d, &bytes);
        if (now() - start < best)
            best = now() - start;
    }
    printf("%llu records, %.1f MB of text, %.3f s, %.0f MB/s\n",
           (unsigned long long)n, (double)bytes / 1e6, best,
           (double)input.len / 1e6 / best);
    nidx_document_free(d);
    free(data);
    return 0;
}
