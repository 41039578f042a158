/* search.c: searches an index and prints the best articles.
 *
 *     search INDEX QUERY
 *
 * SPDX-License-Identifier: BSD-2-Clause */
#include <nidx.h>
#include <stdio.h>
#include <string.h>

/** The passages of a hit, what matched between stars. */
static enum nidx_status print_passages(struct nidx_result *r, size_t i,
                                       struct nidx_error *err)
{
    size_t n;
    const enum nidx_status status = nidx_hit_passages(r, i, NULL, &n, err);

    if (status != NIDX_OK)
        return status;
    for (size_t p = 0; p < n; p++) {
        size_t len, start, lit, done = 0;
        uint64_t body;
        const char *text = nidx_passage_text(r, i, p, &len, &body);
        fputs("   ", stdout);
        for (size_t j = 0; j < nidx_passage_n_lit(r, i, p); j++) {
            nidx_passage_lit(r, i, p, j, &start, &lit);
            printf("%.*s*%.*s*", (int)(start - done), text + done, (int)lit,
                   text + start);
            done = start + lit;
        }
        printf("%.*s\n", (int)(len - done), text + done);
    }
    return NIDX_OK;
}

static enum nidx_status print_hits(struct nidx_result *r,
                                   struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;

    for (size_t i = 0; i < nidx_result_n_hits(r) && status == NIDX_OK; i++) {
        const char *title;
        size_t len;
        status = nidx_hit_field(r, i, "title", 0, &title, &len, err);
        if (status != NIDX_OK)
            break;
        printf("%zu. %.*s (%.3f)\n", i + 1, title ? (int)len : 0,
               title ? title : "", nidx_hit_score(r, i));
        status = print_passages(r, i, err);
    }
    return status;
}

int main(int argc, char **argv)
{
    struct nidx_index *index = NULL;
    struct nidx_result *result = NULL;
    struct nidx_open_options options = NIDX_OPEN_OPTIONS_INIT;
    struct nidx_error err;

    if (argc != 3) {
        fprintf(stderr, "usage: search INDEX QUERY\n");
        return 2;
    }
    options.readonly = 1;
    enum nidx_status status = nidx_index_open(argv[1], &options, &index, &err);
    if (status == NIDX_OK)
        status = nidx_search_text(index, argv[2], strlen(argv[2]), NULL,
                                  &result, &err);
    if (status == NIDX_OK)
        status = print_hits(result, &err);
    if (status != NIDX_OK)
        fprintf(stderr, "%s\n", err.message);
    const uint64_t total = result ? nidx_result_total(result) : 0;
    nidx_result_free(result);
    nidx_index_close(index);
    return status != NIDX_OK ? 2 : total == 0;
}
