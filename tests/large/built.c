/* built.c: an index of a corpus with as many segments as a test wants.
 *
 * Segments are published by the writer's own steps, less the one that merges.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/large/built.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "indexer/write/publish.h"
#include "indexer/write/writer.h"

static void check(const struct built *b, enum nidx_status status,
                  const struct nidx_error *err)
{
    if (status == NIDX_OK)
        return;
    fprintf(stderr, "%s: %s\n", b->label, err->message);
    exit(2);
}

static void remove_files(const char *path)
{
    char lock[1100];

    snprintf(lock, sizeof(lock), "%s-lock", path);
    unlink(path);
    unlink(lock);
}

void built_open(struct built *b, const char *path, uint64_t memory)
{
    const struct nidx_open_options create = {.size = sizeof(create),
                                             .create = 1};
    const struct nidx_writer_options options = {
        .size = sizeof(options), .memory = memory, .threads = 1};
    struct nidx_error err;

    remove_files(path);
    check(b, nidx_index_open(path, &create, &b->index, &err), &err);
    check(b, nidx_writer_open(b->index, &options, &b->writer, &err), &err);
}

/* Publishes what is there; nothing is merged. */
static void publish(struct built *b)
{
    struct nidx_error err;

    check(b, nidx_workers_drain(b->writer, &err), &err);
    check(b, nidx_publish(b->writer, &err), &err);
}

void built_add(struct built *b, const struct nidx_document *d)
{
    struct nidx_error err;

    check(b, nidx_writer_add(b->writer, d, &err), &err);
    if (++b->n_added % b->every == 0)
        publish(b);
}

static void look(struct built *b)
{
    struct nidx_error err;

    if (b->snapshot)
        check(b, nidx_snapshot_refresh(b->snapshot, NULL, &err), &err);
    else
        check(b, nidx_snapshot_open(b->index, &b->snapshot, &err), &err);
}

void built_finish(struct built *b)
{
    struct nidx_error err;

    publish(b);
    if (b->every == UINT32_MAX)
        check(b, nidx_writer_optimize(b->writer, NULL, NULL, &err), &err);
    look(b);
}

void built_reopen(struct built *b)
{
    const char *path = nidx_index_path(b->index);
    struct nidx_error err;

    check(b, nidx_index_open(path, NULL, &b->index, &err), &err);
    b->snapshot = NULL;
    look(b);
}

void built_delete(struct built *b, const struct texts *t)
{
    struct nidx_error err;

    for (uint32_t i = 0; i < t->n_docs; i++) {
        const char *key = t->docs[i].key;
        if (t->docs[i].deleted)
            check(b, nidx_writer_delete(b->writer, key, strlen(key), &err),
                  &err);
    }
    publish(b);
    look(b);
}

void built_optimize(struct built *b)
{
    struct nidx_error err;

    check(b, nidx_writer_optimize(b->writer, NULL, NULL, &err), &err);
    look(b);
}

void built_close(struct built *b)
{
    char *path = strdup(nidx_index_path(b->index));

    nidx_snapshot_close(b->snapshot);
    nidx_writer_close(b->writer);
    nidx_index_close(b->index);
    if (path)
        remove_files(path);
    free(path);
}
