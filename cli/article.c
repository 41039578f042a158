/* article.c: a whole article as JSON.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "article.h"

#include "cli.h"
#include "json.h"

#include <string.h>

const char *const nidx_cli_fields[] = {"title",    "author", "url", "source",
                                       "language", "tags",   "body"};
const size_t nidx_cli_n_fields = NIDX_CLI_COUNT(nidx_cli_fields);

/** "name":"value", or an array where the field repeats ("tags"). */
static enum nidx_status json_field(struct nidx_result *r, const char *name,
                                   int *first, struct nidx_error *err)
{
    const bool array = strcmp(name, "tags") == 0;

    for (size_t nth = 0;; nth++) {
        const char *value;
        size_t len;
        const enum nidx_status status =
            nidx_hit_field(r, 0, name, nth, &value, &len, err);
        if (status != NIDX_OK)
            return status;
        if (!value || (nth > 0 && !array)) {
            if (array && nth > 0)
                fputc(']', stdout);
            return NIDX_OK;
        }
        if (nth == 0)
            nidx_cli_json_name(name, first);
        if (array)
            fputc(nth == 0 ? '[' : ',', stdout);
        nidx_cli_json_string(value, len);
    }
}

enum nidx_status nidx_cli_article_json(struct nidx_result *r,
                                       const char *key_name,
                                       struct nidx_error *err)
{
    char date[48];
    int has, first = 1;
    size_t len;
    const char *key = nidx_hit_key(r, 0, &len);

    fputc('{', stdout);
    nidx_cli_json_name(key_name, &first);
    nidx_cli_json_string(key, len);
    const int64_t when = nidx_hit_date(r, 0, &has);
    if (has) {
        nidx_cli_json_name("date", &first);
        printf("\"%s\"", nidx_cli_date_json(when, date));
    }
    for (size_t i = 0; i < nidx_cli_n_fields; i++) {
        const enum nidx_status status =
            json_field(r, nidx_cli_fields[i], &first, err);
        if (status != NIDX_OK)
            return status;
    }
    fputs("}\n", stdout);
    return NIDX_OK;
}
