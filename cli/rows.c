/* rows.c: hits as comma-separated values, and as lines of --format.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "q.h"

#include "json.h"
#include "output.h"
#include "term.h"

#include <inttypes.h>
#include <string.h>

/** What a column or {name} may be. */
static const char *const names[] = {
    "rank",   "score",  "key",      "path", "title",   "date",  "url",
    "author", "source", "language", "tags", "passage", "total", "body"};

static const char *const csv_names[] = {"rank", "score", "key",    "title",
                                        "date", "url",   "passage"};

/** A value; what it points to is the result's or in scratch. */
struct value {
    const char *text;
    size_t len;
    char scratch[64];
};

static void set_scratch(struct value *v)
{
    v->text = v->scratch;
    v->len = strlen(v->scratch);
}

static enum nidx_status passage_value(struct nidx_result *r, size_t i,
                                      struct value *v, struct nidx_error *err)
{
    struct nidx_passage_options options = NIDX_PASSAGE_OPTIONS_INIT;
    uint64_t start;
    size_t n;

    options.max_passages = 1;
    const enum nidx_status status = nidx_hit_passages(r, i, &options, &n, err);
    if (status == NIDX_OK && n > 0)
        v->text = nidx_passage_text(r, i, 0, &v->len, &start);
    return status;
}

/** The path of a key: without what follows the file's name in records. */
static size_t path_len(const char *key, size_t len)
{
    const char *hash = key[0] == '/' ? memchr(key, '#', len) : NULL;

    return hash ? (size_t)(hash - key) : len;
}

static enum nidx_status value_of(struct nidx_result *r, size_t i,
                                 uint64_t offset, const char *name,
                                 struct value *v, struct nidx_error *err)
{
    int has;

    v->text = "";
    v->len = 0;
    if (strcmp(name, "rank") == 0) {
        snprintf(v->scratch, sizeof(v->scratch), "%" PRIu64, offset + i + 1);
        set_scratch(v);
    } else if (strcmp(name, "score") == 0) {
        snprintf(v->scratch, sizeof(v->scratch), "%.4f", nidx_hit_score(r, i));
        set_scratch(v);
    } else if (strcmp(name, "total") == 0) {
        snprintf(v->scratch, sizeof(v->scratch), "%" PRIu64,
                 nidx_result_total(r));
        set_scratch(v);
    } else if (strcmp(name, "key") == 0 || strcmp(name, "path") == 0) {
        v->text = nidx_hit_key(r, i, &v->len);
        if (name[0] == 'p')
            v->len = path_len(v->text, v->len);
    } else if (strcmp(name, "date") == 0) {
        const int64_t when = nidx_hit_date(r, i, &has);
        if (has)
            nidx_cli_date_json(when, v->scratch);
        if (has)
            set_scratch(v);
    } else if (strcmp(name, "passage") == 0) {
        return passage_value(r, i, v, err);
    } else {
        const enum nidx_status status =
            nidx_hit_field(r, i, name, 0, &v->text, &v->len, err);
        if (status != NIDX_OK || !v->text)
            v->len = 0;
        return status;
    }
    return NIDX_OK;
}

/** White space as single blanks, so that a value stays on its line. */
static void put_flat(const char *text, size_t len)
{
    const bool terminal = nidx_cli_is_terminal();
    size_t n;
    bool blank = false, begun = false;

    for (size_t i = 0; i < len; i += n) {
        const uint32_t c = nidx_cli_code_point(text + i, len - i, &n);
        if (nidx_cli_safe(c) == ' ') {
            blank = begun;
            continue;
        }
        if (blank)
            fputc(' ', stdout);
        blank = false;
        begun = true;
        if (terminal)
            nidx_cli_put_safe(stdout, text + i, n);
        else
            fwrite(text + i, 1, n, stdout);
    }
}

/* ------------------------------------------------------------------- csv */

static void put_quoted(const char *text, size_t len)
{
    fputc('"', stdout);
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '"')
            fputc('"', stdout);
        fputc(text[i], stdout);
    }
    fputc('"', stdout);
}

static void put_csv(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (strchr("\",\r\n", text[i])) {
            put_quoted(text, len);
            return;
        }
    }
    fwrite(text, 1, len, stdout);
}

enum nidx_status nidx_cli_print_csv(struct nidx_result *r,
                                    const struct nidx_cli_search *search,
                                    struct nidx_error *err)
{
    enum {
        COLUMNS = NIDX_CLI_COUNT(csv_names)
    };
    const size_t n = nidx_result_n_hits(r);
    struct value v;

    for (size_t c = 0; c < COLUMNS; c++)
        printf("%s%s", csv_names[c], c + 1 < COLUMNS ? "," : "\r\n");
    for (size_t i = 0; i < n && !ferror(stdout); i++) {
        for (size_t c = 0; c < COLUMNS; c++) {
            const enum nidx_status status =
                value_of(r, i, search->offset, csv_names[c], &v, err);
            if (status != NIDX_OK)
                return status;
            put_csv(v.text ? v.text : "", v.len);
            fputs(c + 1 < COLUMNS ? "," : "\r\n", stdout);
        }
    }
    return NIDX_OK;
}

/* ---------------------------------------------------------------- format */

/** The name in braces at text ("{name}"), or NULL; *len is of all of it. */
static const char *name_at(const char *text, size_t *len)
{
    for (size_t i = 0; i < NIDX_CLI_COUNT(names); i++) {
        const size_t n = strlen(names[i]);
        if (strncmp(text + 1, names[i], n) == 0 && text[n + 1] == '}') {
            *len = n + 2;
            return names[i];
        }
    }
    return NULL;
}

bool nidx_cli_bad_format(const char *format, char *why, size_t size)
{
    size_t len;

    for (const char *p = format; *p; p += len) {
        len = 1;
        if (*p != '{')
            continue;
        if (p[1] == '{') {
            len = 2;
        } else if (!name_at(p, &len)) {
            int n = snprintf(why, size, "%.*s: write {{ for a brace, or",
                             (int)strcspn(p, "} "), p);
            for (size_t i = 0; i < NIDX_CLI_COUNT(names); i++)
                n += snprintf(why + n, size - (size_t)n, " {%s}", names[i]);
            return true;
        }
    }
    return false;
}

/** Puts a character of a format; how many bytes it took. */
static size_t put_literal(const char *p)
{
    if (p[0] == '\\' && (p[1] == 'n' || p[1] == 't' || p[1] == '\\')) {
        fputc(p[1] == 'n' ? '\n' : p[1] == 't' ? '\t' : '\\', stdout);
        return 2;
    }
    fputc(*p, stdout);
    return (p[0] == '{' || p[0] == '}') && p[1] == p[0] ? 2 : 1;
}

static enum nidx_status put_line(struct nidx_result *r, size_t i,
                                 const struct nidx_cli_search *search,
                                 struct nidx_error *err)
{
    struct value v;
    size_t len;

    for (const char *p = search->format; *p; p += len) {
        const char *name = *p == '{' && p[1] != '{' ? name_at(p, &len) : NULL;
        if (!name) {
            len = put_literal(p);
            continue;
        }
        const enum nidx_status status =
            value_of(r, i, search->offset, name, &v, err);
        if (status != NIDX_OK)
            return status;
        if (name[0] == 'k' || (name[0] == 'p' && name[2] == 't'))
            fwrite(v.text, 1, v.len, stdout);
        else if (v.text)
            put_flat(v.text, v.len);
    }
    fputc(search->null ? '\0' : '\n', stdout);
    return NIDX_OK;
}

enum nidx_status nidx_cli_print_format(struct nidx_result *r,
                                       const struct nidx_cli_search *search,
                                       struct nidx_error *err)
{
    const size_t n = nidx_result_n_hits(r);
    enum nidx_status status = NIDX_OK;

    for (size_t i = 0; i < n && status == NIDX_OK && !ferror(stdout); i++)
        status = put_line(r, i, search, err);
    return status;
}
