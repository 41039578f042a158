/* trec.c: judged collections: topics, judgements, runs.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "trec.h"

#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/** Room for one more item of an array; NULL: no memory. */
static void *grow(void **items, size_t *n, size_t *cap, size_t size)
{
    if (*n == *cap) {
        const size_t more = *cap ? 2 * *cap : 64;
        void *p = realloc(*items, more * size);
        if (!p) {
            nidx_cli_fail(NULL, "out of memory");
            return NULL;
        }
        *items = p;
        *cap = more;
    }
    return (char *)*items + (*n)++ * size;
}

static char *trimmed(const char *text)
{
    text += strspn(text, " \t\r\n");
    char *out = strdup(text);
    if (!out) {
        nidx_cli_fail(NULL, "out of memory");
        return NULL;
    }
    size_t len = strlen(out);
    while (len > 0 && strchr(" \t\r\n", out[len - 1]))
        out[--len] = '\0';
    return out;
}

static bool bad_line(const char *path, size_t line, const char *why)
{
    char text[160];

    snprintf(text, sizeof(text), "line %zu: %s", line, why);
    nidx_cli_fail(path, text);
    return false;
}

static FILE *open_file(const char *path)
{
    FILE *f = fopen(path, "r");

    if (!f)
        nidx_cli_fail(path, strerror(errno));
    return f;
}

/* ---------------------------------------------------------------- topics */

static bool add_topic(struct nidx_cli_topics *t, const char *id,
                      const char *text)
{
    struct nidx_cli_topic *topic =
        grow((void **)&t->items, &t->n, &t->cap, sizeof(*t->items));

    if (!topic)
        return false;
    *topic = (struct nidx_cli_topic){trimmed(id), trimmed(text)};
    return topic->id && topic->text;
}

/** What stands behind a tag on a line, and behind TREC's "Number:". */
static const char *behind_tag(const char *line, const char *tag)
{
    const char *at = strcasestr(line, tag);

    if (!at)
        return NULL;
    at += strlen(tag);
    at += strspn(at, " \t");
    if (strncasecmp(at, "Number:", 7) == 0 || strncasecmp(at, "Topic:", 6) == 0)
        at = strchr(at, ':') + 1;
    return at;
}

/** State of a file of <top>s. */
struct trec {
    char id[256];
    bool wants_text; /**< <title> was alone on its line */
};

static bool take_trec_line(struct trec *s, char *line,
                           struct nidx_cli_topics *out)
{
    const char *num = behind_tag(line, "<num>");
    const char *title = behind_tag(line, "<title>");

    line[strcspn(line, "\r\n")] = '\0';
    if (num) {
        snprintf(s->id, sizeof(s->id), "%s", num);
        s->id[strcspn(s->id, "<")] = '\0';
        return true;
    }
    if (s->wants_text && !title && line[strspn(line, " \t")] != '\0') {
        s->wants_text = false;
        return add_topic(out, s->id, line);
    }
    if (!title)
        return true;
    char *end = strchr(title, '<');
    if (end)
        *end = '\0';
    s->wants_text = title[strspn(title, " \t")] == '\0';
    return s->wants_text || add_topic(out, s->id, title);
}

static bool take_topic_line(const char *path, size_t n, char *line,
                            struct nidx_cli_topics *out)
{
    char *tab = strchr(line, '\t');

    if (line[strspn(line, " \t\r\n")] == '\0' || line[0] == '#')
        return true;
    if (!tab)
        return bad_line(path, n, "a topic is `id TAB text`");
    *tab = '\0';
    return add_topic(out, line, tab + 1);
}

bool nidx_cli_topics_read(const char *path, struct nidx_cli_topics *out)
{
    FILE *f = open_file(path);
    char *line = NULL;
    size_t cap = 0, n = 0;
    bool fine = f != NULL, trec = false;
    struct trec state = {.id = ""};

    *out = (struct nidx_cli_topics){0};
    while (fine && getline(&line, &cap, f) >= 0) {
        n++;
        trec |= strcasestr(line, "<top>") != NULL;
        fine = trec ? take_trec_line(&state, line, out)
                    : take_topic_line(path, n, line, out);
    }
    if (fine && out->n == 0) {
        nidx_cli_fail(path, "it holds no topics");
        fine = false;
    }
    free(line);
    if (f)
        fclose(f);
    return fine;
}

void nidx_cli_topics_free(struct nidx_cli_topics *t)
{
    for (size_t i = 0; i < t->n; i++) {
        free(t->items[i].id);
        free(t->items[i].text);
    }
    free(t->items);
}

/* ---------------------------------------------------- judgements and runs */

/** One line; doc and number are the columns that matter. */
static bool take_judgement(const char *path, size_t n, char *line, int number,
                           struct nidx_cli_judgements *out)
{
    char *fields[6] = {NULL}, *save = NULL, *end;
    int k = 0;

    for (char *p = strtok_r(line, " \t\r\n", &save); p && k < 6;
         p = strtok_r(NULL, " \t\r\n", &save))
        fields[k++] = p;
    if (k == 0)
        return true;
    if (k <= number)
        return bad_line(path, n,
                        number == 3 ? "a judgement is `topic 0 document gain`"
                                    : "a run is `topic Q0 document rank score "
                                      "tag`");
    struct nidx_cli_judgement *j =
        grow((void **)&out->items, &out->n, &out->cap, sizeof(*out->items));
    if (!j)
        return false;
    *j = (struct nidx_cli_judgement){.topic = strdup(fields[0]),
                                     .doc = strdup(fields[2]),
                                     .gain = strtod(fields[number], &end),
                                     .line = n};
    if (*end)
        return bad_line(path, n, "a number is expected");
    return j->topic && j->doc;
}

static bool read_lines(const char *path, int number,
                       struct nidx_cli_judgements *out)
{
    FILE *f = open_file(path);
    char *line = NULL;
    size_t cap = 0, n = 0;
    bool fine = f != NULL;

    *out = (struct nidx_cli_judgements){0};
    while (fine && getline(&line, &cap, f) >= 0)
        fine = take_judgement(path, ++n, line, number, out);
    free(line);
    if (f)
        fclose(f);
    return fine;
}

static int by_doc(const void *a, const void *b)
{
    const struct nidx_cli_judgement *x = a, *y = b;
    const int topic = strcmp(x->topic, y->topic);

    return topic ? topic : strcmp(x->doc, y->doc);
}

static int by_score(const void *a, const void *b)
{
    const struct nidx_cli_judgement *x = a, *y = b;
    const int topic = strcmp(x->topic, y->topic);

    if (topic)
        return topic;
    if (x->gain > y->gain || x->gain < y->gain)
        return x->gain > y->gain ? -1 : 1;
    /* Equal scores as trec_eval orders them: by document, falling. */
    const int doc = strcmp(y->doc, x->doc);
    if (doc)
        return doc;
    return x->line < y->line ? -1 : 1;
}

bool nidx_cli_qrels_read(const char *path, struct nidx_cli_judgements *out)
{
    if (!read_lines(path, 3, out))
        return false;
    if (out->n == 0) {
        nidx_cli_fail(path, "it holds no judgements");
        return false;
    }
    qsort(out->items, out->n, sizeof(*out->items), by_doc);
    return true;
}

bool nidx_cli_run_read(const char *path, struct nidx_cli_judgements *out)
{
    if (!read_lines(path, 4, out))
        return false;
    if (out->n > 1)
        qsort(out->items, out->n, sizeof(*out->items), by_score);
    return true;
}

void nidx_cli_judgements_free(struct nidx_cli_judgements *j)
{
    for (size_t i = 0; i < j->n; i++) {
        free(j->items[i].topic);
        free(j->items[i].doc);
    }
    free(j->items);
}

size_t nidx_cli_judged(const struct nidx_cli_judgements *j, const char *topic,
                       const struct nidx_cli_judgement **first)
{
    size_t low = 0, high = j->n, n = 0;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (strcmp(j->items[middle].topic, topic) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *first = j->items + low;
    while (low + n < j->n && strcmp(j->items[low + n].topic, topic) == 0)
        n++;
    return n;
}
