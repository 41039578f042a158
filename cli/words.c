/* words.c: queries that come as words of the command line.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

char *nidx_cli_join(int n, char **words, size_t *len)
{
    size_t size = 1;

    for (int i = 0; i < n; i++)
        size += strlen(words[i]) + 1;
    char *out = malloc(size);
    if (!out)
        return NULL;
    *len = 0;
    for (int i = 0; i < n; i++) {
        const size_t word = strlen(words[i]);
        if (i > 0)
            out[(*len)++] = ' ';
        memcpy(out + *len, words[i], word);
        *len += word;
    }
    out[*len] = '\0';
    return out;
}

struct nidx_query *nidx_cli_parse(const char *text, size_t len, bool any)
{
    struct nidx_query_options options = NIDX_QUERY_OPTIONS_INIT;
    struct nidx_query *q = NULL;
    struct nidx_error err;

    options.any = any;
    if (nidx_query_parse(text, len, &options, &q, &err) != NIDX_OK)
        nidx_cli_failed("query", &err);
    return q;
}
