/* generate.c: collections of articles of any size, as JSON lines or as files.
 *
 *   generate --docs N [--seed S] [--txt DIR] > OUT.jsonl
 *
 * Article number n of a seed is the same, to the byte, on every machine and
 * for every N: a larger collection begins as a smaller one does.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "corpora/synthetic.h"

#define FILES_A_FOLDER 1000

struct options {
    uint64_t docs, seed;
    const char *folder; /* NULL: JSON lines to standard output */
};

static int usage(void)
{
    fputs("usage: generate --docs N [--seed S] [--txt DIR] > OUT.jsonl\n",
          stderr);
    return 2;
}

static bool read_number(const char *text, uint64_t *number)
{
    char *end;

    if (*text < '0' || *text > '9')
        return false;
    errno = 0;
    *number = strtoull(text, &end, 10);
    return *end == '\0' && errno == 0;
}

static bool read_options(char **argv, struct options *o)
{
    bool has_docs = false;

    for (argv++; *argv; argv += 2) {
        if (!argv[1])
            return false;
        if (strcmp(argv[0], "--txt") == 0) {
            o->folder = argv[1];
        } else if (strcmp(argv[0], "--docs") == 0) {
            has_docs = true;
            if (!read_number(argv[1], &o->docs))
                return false;
        } else if (strcmp(argv[0], "--seed") != 0 ||
                   !read_number(argv[1], &o->seed)) {
            return false;
        }
    }
    return has_docs;
}

/* The text has no control characters but ends of lines, and no quotation
 * marks that JSON knows. */
static void print_json(const char *name, const struct nidx_buf *text)
{
    size_t from = 0;

    printf(",\"%s\":\"", name);
    for (size_t i = 0; i < text->len; i++) {
        if (text->data[i] == '\n') {
            fwrite(text->data + from, 1, i - from, stdout);
            fputs("\\n", stdout);
            from = i + 1;
        }
    }
    fwrite(text->data + from, 1, text->len - from, stdout);
    putchar('"');
}

static bool write_line(const struct nidx_synthetic *a, uint64_t seed,
                       uint64_t n)
{
    printf("{\"id\":\"%llu-%llu\"", (unsigned long long)seed,
           (unsigned long long)n);
    print_json("title", &a->title);
    print_json("body", &a->body);
    print_json("date", &a->date);
    print_json("author", &a->author);
    printf(",\"source\":\"%s\",\"language\":\"en\",\"tags\":[\"topic-%u\"]}\n",
           a->source, (unsigned)a->topic);
    return ferror(stdout) == 0;
}

static bool make_folder(const char *path)
{
    return mkdir(path, 0777) == 0 || errno == EEXIST;
}

static void print_file(FILE *f, const struct nidx_synthetic *a)
{
    fwrite(a->title.data, 1, a->title.len, f);
    fputs("\nPublished: ", f);
    fwrite(a->date.data, 1, a->date.len, f);
    fputs("\n\n", f);
    fwrite(a->body.data, 1, a->body.len, f);
    fputc('\n', f);
}

/* DIR/000/000042.txt: a thousand files a folder. */
static bool write_file(const struct nidx_synthetic *a, const char *folder,
                       uint64_t n)
{
    char path[4096];
    const unsigned long long number = n;

    const int len = snprintf(path, sizeof(path), "%s/%03llu", folder,
                             number / FILES_A_FOLDER);
    if (len < 0 || (size_t)len + 32 > sizeof(path)) {
        errno = ENAMETOOLONG;
        return false;
    }
    if (n % FILES_A_FOLDER == 0 && !make_folder(path))
        return false;
    snprintf(path + len, 32, "/%06llu.txt", number);
    FILE *f = fopen(path, "wb");
    if (!f)
        return false;
    print_file(f, a);
    const bool good = ferror(f) == 0;
    return fclose(f) == 0 && good;
}

static bool write_all(const struct options *o)
{
    static struct nidx_zipf z;
    struct nidx_synthetic a = {0};
    bool good = !o->folder || make_folder(o->folder);

    nidx_zipf_init(&z);
    for (uint64_t n = 0; good && n < o->docs; n++) {
        good = nidx_synthetic_write(&z, o->seed, n, &a) &&
               (o->folder ? write_file(&a, o->folder, n)
                          : write_line(&a, o->seed, n));
    }
    nidx_synthetic_done(&a);
    return good && fflush(stdout) == 0;
}

int main(int argc, char **argv)
{
    struct options o = {0, 1, NULL};

    if (argc < 2 || !read_options(argv, &o))
        return usage();
    if (!write_all(&o)) {
        fprintf(stderr, "generate: %s: %s\n",
                o.folder ? o.folder : "standard output", strerror(errno));
        return 2;
    }
    return 0;
}
