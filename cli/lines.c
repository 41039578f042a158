/* lines.c: hits as JSON, an object a line.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "q.h"

#include "json.h"

#include <inttypes.h>

/** "name":"value" where the hit has the field. */
static enum nidx_status put_field(struct nidx_result *r, size_t i,
                                  const char *name, int *first,
                                  struct nidx_error *err)
{
    const char *value;
    size_t len;
    const enum nidx_status status =
        nidx_hit_field(r, i, name, 0, &value, &len, err);

    if (status == NIDX_OK && value) {
        nidx_cli_json_name(name, first);
        nidx_cli_json_string(value, len);
    }
    return status;
}

static void put_range(size_t j, size_t start, size_t len)
{
    printf("%s[%zu,%zu]", j > 0 ? "," : "", start, start + len);
}

static void put_title_lit(const struct nidx_result *r, size_t i, int *first)
{
    const size_t n = nidx_title_n_lit(r, i);
    size_t start, len;

    nidx_cli_json_name("title_lit", first);
    fputc('[', stdout);
    for (size_t j = 0; j < n; j++) {
        nidx_title_lit(r, i, j, &start, &len);
        put_range(j, start, len);
    }
    fputc(']', stdout);
}

static void put_passage(const struct nidx_result *r, size_t i, size_t p)
{
    uint64_t body_start;
    size_t text_len, start, len;
    const char *text = nidx_passage_text(r, i, p, &text_len, &body_start);
    const size_t n = nidx_passage_n_lit(r, i, p);
    const int cut = nidx_passage_cut(r, i, p);

    printf("%s{\"start\":%" PRIu64 ",\"text\":", p > 0 ? "," : "", body_start);
    nidx_cli_json_string(text, text_len);
    fputs(",\"lit\":[", stdout);
    for (size_t j = 0; j < n; j++) {
        nidx_passage_lit(r, i, p, j, &start, &len);
        put_range(j, start, len);
    }
    printf("],\"cut_start\":%s,\"cut_end\":%s}", cut & 1 ? "true" : "false",
           cut & 2 ? "true" : "false");
}

static enum nidx_status put_explanation(struct nidx_result *r, size_t i,
                                        int *first, struct nidx_error *err)
{
    const char *text;
    size_t len;
    const enum nidx_status status = nidx_hit_explain(r, i, &text, &len, err);

    if (status != NIDX_OK)
        return status;
    nidx_cli_json_name("explain", first);
    nidx_cli_json_string(text, len);
    return NIDX_OK;
}

static void put_date(const struct nidx_result *r, size_t i, int *first)
{
    char date[48];
    int has;
    const int64_t when = nidx_hit_date(r, i, &has);

    if (!has)
        return;
    nidx_cli_json_name("date", first);
    printf("\"%s\"", nidx_cli_date_json(when, date));
}

static enum nidx_status put_hit(struct nidx_result *r, size_t i,
                                const struct nidx_cli_search *search,
                                struct nidx_error *err)
{
    size_t n, len;
    int first = 1;
    const char *key = nidx_hit_key(r, i, &len);

    enum nidx_status status = nidx_hit_passages(r, i, NULL, &n, err);
    if (status != NIDX_OK)
        return status;
    printf("{\"rank\":%" PRIu64 ",\"key\":", search->offset + i + 1);
    nidx_cli_json_string(key, len);
    printf(",\"score\":%.6f", nidx_hit_score(r, i));
    first = 0;
    if (nidx_result_is_nearest(r))
        fputs(",\"nearest\":true", stdout);
    status = put_field(r, i, "title", &first, err);
    put_date(r, i, &first);
    if (status == NIDX_OK)
        status = put_field(r, i, "url", &first, err);
    put_title_lit(r, i, &first);
    nidx_cli_json_name("passages", &first);
    fputc('[', stdout);
    for (size_t p = 0; p < n; p++)
        put_passage(r, i, p);
    fputc(']', stdout);
    if (status == NIDX_OK && search->explain)
        status = put_explanation(r, i, &first, err);
    fputs("}\n", stdout);
    return status;
}

enum nidx_status nidx_cli_print_json(struct nidx_result *r,
                                     const struct nidx_cli_search *search,
                                     struct nidx_error *err)
{
    const size_t n = nidx_result_n_hits(r);
    enum nidx_status status = NIDX_OK;

    for (size_t i = 0; i < n && status == NIDX_OK && !ferror(stdout); i++)
        status = put_hit(r, i, search, err);
    return status;
}
