/* index.c: which index is meant, and opening it.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char *join(const char *a, const char *b)
{
    const size_t a_len = strlen(a), b_len = strlen(b);
    char *out = malloc(a_len + b_len + 1);

    if (!out) {
        nidx_cli_fail(NULL, "out of memory");
        return NULL;
    }
    memcpy(out, a, a_len);
    memcpy(out + a_len, b, b_len + 1);
    return out;
}

char *nidx_cli_index_path(const char *option)
{
    const char *set = option ? option : getenv("NIDX_INDEX");

    if (set && *set)
        return join(set, "");
    const char *data = getenv("XDG_DATA_HOME");
    if (data && *data == '/') /* relative ones are to be ignored (XDG) */
        return join(data, "/nidx/default.nidx");
    const char *home = getenv("HOME");
    if (home && *home)
        return join(home, "/.local/share/nidx/default.nidx");
    nidx_cli_fail(NULL, "which index? Set --index, $NIDX_INDEX or $HOME");
    return NULL;
}

/** Makes the folders that path lies in, private ones. */
static bool make_folders(char *path)
{
    for (char *p = path + 1; *p; p++) {
        if (*p != '/')
            continue;
        *p = '\0';
        const bool failed = mkdir(path, 0700) != 0 && errno != EEXIST;
        if (failed)
            nidx_cli_fail(path, strerror(errno));
        *p = '/';
        if (failed)
            return false;
    }
    return true;
}

/** Whether the folder that path lies in is missing; names it. */
static bool is_folder_missing(const char *path, char *folder, size_t size)
{
    const char *slash = strrchr(path, '/');
    struct stat st;

    if (!slash || slash == path)
        return false;
    snprintf(folder, size, "%.*s", (int)(slash - path), path);
    return stat(folder, &st) != 0 && errno == ENOENT;
}

static void say_why(const char *path, bool create, const struct nidx_error *err)
{
    struct stat st;
    char folder[4096];
    const bool missing = err->status == NIDX_ERR_NOTFOUND &&
                         stat(path, &st) != 0 && errno == ENOENT;

    if (missing && create && is_folder_missing(path, folder, sizeof(folder)))
        nidx_cli_fail(folder, "no such folder for an index; make it first");
    else if (missing && !create)
        nidx_cli_fail(path, "no index yet; `nidx add PATH...` makes one");
    else
        nidx_cli_failed(path, err);
}

struct nidx_index *nidx_cli_open(const char *option,
                                 struct nidx_open_options *options)
{
    struct nidx_index *index = NULL;
    struct nidx_error err;
    char *path = nidx_cli_index_path(option);

    if (!path)
        return NULL;
    /* A folder that the user names is the user's business. */
    const bool ours = !option && options && options->create;
    if (ours && !make_folders(path)) {
        free(path);
        return NULL;
    }
    if (nidx_index_open(path, options, &index, &err) != NIDX_OK)
        say_why(path, options && options->create, &err);
    else if (nidx_index_is_remote(index) && !(options && options->readonly))
        nidx_cli_note("the index lies on a network file system: write it from "
                      "one machine only, and read it there");
    free(path);
    return index;
}

static void say_waiting(void *context, const char *holder)
{
    (void)context;
    char text[600];
    snprintf(text, sizeof(text),
             "waiting for another writer: %s; --no-wait would leave at once",
             holder);
    nidx_cli_note(text);
}

struct nidx_writer *nidx_cli_writer(struct nidx_index *index,
                                    struct nidx_writer_options *options,
                                    bool no_wait)
{
    struct nidx_writer *w = NULL;
    struct nidx_error err;

    options->wait_ms = no_wait ? 0 : UINT32_MAX;
    options->waiting = say_waiting;
    if (nidx_writer_open(index, options, &w, &err) != NIDX_OK)
        nidx_cli_failed(nidx_index_path(index), &err);
    return w;
}

bool nidx_cli_reader_open(const char *option, struct nidx_cli_reader *r)
{
    struct nidx_open_options open = NIDX_OPEN_OPTIONS_INIT;
    struct nidx_error err;

    open.readonly = 1;
    *r = (struct nidx_cli_reader){.index = nidx_cli_open(option, &open)};
    if (!r->index)
        return false;
    r->path = nidx_index_path(r->index);
    if (nidx_snapshot_open(r->index, &r->snapshot, &err) == NIDX_OK)
        return true;
    nidx_cli_failed(r->path, &err);
    nidx_cli_reader_close(r);
    return false;
}

void nidx_cli_reader_close(struct nidx_cli_reader *r)
{
    nidx_snapshot_close(r->snapshot);
    nidx_index_close(r->index);
}
