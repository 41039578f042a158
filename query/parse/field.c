/* field.c: the fields that a query may name.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/parse/field.h"

#include <string.h>
#include <strings.h>

static const struct {
    const char *name;
    uint8_t field;
    enum nidx_field_kind kind;
} fields[] = {
    {"title", NIDX_FIELD_TITLE, NIDX_FIELD_TEXT},
    {"body", NIDX_FIELD_BODY, NIDX_FIELD_TEXT},
    {"author", NIDX_FIELD_AUTHOR, NIDX_FIELD_TEXT},
    {"date", NIDX_FIELD_DATE, NIDX_FIELD_DATES},
    {"url", NIDX_FIELD_URL, NIDX_FIELD_KEYWORD},
    {"source", NIDX_FIELD_SOURCE, NIDX_FIELD_KEYWORD},
    {"language", NIDX_FIELD_LANGUAGE, NIDX_FIELD_KEYWORD},
    {"tags", NIDX_FIELD_TAGS, NIDX_FIELD_KEYWORD},
    {"words", NIDX_FIELD_WORDS, NIDX_FIELD_NUMBERS},
};
#define N_FIELDS (sizeof(fields) / sizeof(*fields))

/* Longer names are no field and near none. */
#define NAME_MAX_LEN 16

uint8_t nidx_field_find(const char *name, size_t len)
{
    for (size_t i = 0; i < N_FIELDS; i++)
        if (strlen(fields[i].name) == len &&
            strncasecmp(fields[i].name, name, len) == 0)
            return fields[i].field;
    return NIDX_FIELD_ALL;
}

const char *nidx_field_name(uint8_t field)
{
    for (size_t i = 0; i < N_FIELDS; i++)
        if (fields[i].field == field)
            return fields[i].name;
    return "";
}

enum nidx_field_kind nidx_field_kind(uint8_t field)
{
    for (size_t i = 0; i < N_FIELDS; i++)
        if (fields[i].field == field)
            return fields[i].kind;
    return NIDX_FIELD_TEXT;
}

static size_t least(size_t a, size_t b, size_t c)
{
    const size_t ab = a < b ? a : b;

    return ab < c ? ab : c;
}

/* Levenshtein's distance, case ignored; b is at most NAME_MAX_LEN long. */
static size_t edits_between(const char *a, size_t a_len, const char *b,
                            size_t b_len)
{
    size_t row[NAME_MAX_LEN + 1];

    for (size_t j = 0; j <= b_len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            const size_t same = strncasecmp(a + i - 1, b + j - 1, 1) == 0;
            const size_t replace = diagonal + (same ? 0 : 1);
            diagonal = row[j];
            row[j] = least(replace, row[j] + 1, row[j - 1] + 1);
        }
    }
    return row[b_len];
}

/* What other programs call a field; "" where the likeness of the name to a
 * field's is by chance. */
static const struct {
    const char *name, *field;
} synonyms[] = {
    {"headline", "title"}, {"heading", "title"}, {"subject", "title"},
    {"text", "body"},      {"content", "body"},  {"by", "author"},
    {"byline", "author"},  {"writer", "author"}, {"since", "date"},
    {"until", "date"},     {"before", "date"},   {"after", "date"},
    {"from", "date"},      {"year", "date"},     {"published", "date"},
    {"link", "url"},       {"site", "source"},   {"publisher", "source"},
    {"lang", "language"},  {"keyword", "tags"},  {"keywords", "tags"},
    {"topic", "tags"},     {"category", "tags"}, {"length", "words"},
    {"path", ""},          {"file", ""},
};

const char *nidx_field_nearest(const char *name, size_t len)
{
    const char *best = NULL;
    size_t least_edits = 3;

    for (size_t i = 0; i < sizeof(synonyms) / sizeof(*synonyms); i++)
        if (strlen(synonyms[i].name) == len &&
            strncasecmp(synonyms[i].name, name, len) == 0)
            return *synonyms[i].field ? synonyms[i].field : NULL;
    if (len > NAME_MAX_LEN)
        return NULL;
    for (size_t i = 0; i < N_FIELDS; i++) {
        const char *field = fields[i].name;
        const size_t n = edits_between(name, len, field, strlen(field));
        if (n < least_edits && 2 * n <= len) {
            least_edits = n;
            best = field;
        }
    }
    return best;
}
