/* image.c: the bytes of an index file in memory, to be damaged and written.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/image.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/store/store_impl.h"
#include "tests/support/engine.h"

/* Linked with -Wl,--wrap=getrlimit64: sanitizers look after each page of a
 * map, which takes long with those of a terabyte. */
int __wrap_getrlimit64(int resource, struct rlimit *out);
int __wrap_getrlimit64(int resource, struct rlimit *out)
{
    out->rlim_cur = resource == RLIMIT_AS ? UINT64_C(1) << 24 : RLIM_INFINITY;
    out->rlim_max = RLIM_INFINITY;
    return 0;
}

/* The tree of the newest commit, cut to what the image holds. */
static bool find_tree(const uint8_t *bytes, size_t len, struct nidx_tree *out)
{
    struct nidx_meta m[2];

    if (len < NIDX_META_SIZE ||
        nidx_meta_parse(bytes, 0, &m[0]) != NIDX_META_FINE ||
        len < m[0].page_size + (size_t)NIDX_META_SIZE ||
        nidx_meta_parse(bytes + m[0].page_size, 1, &m[1]) != NIDX_META_FINE)
        return false;
    const struct nidx_meta *newest = &m[m[1].commit > m[0].commit];
    const uint64_t pages = len / m[0].page_size;
    *out = (struct nidx_tree){.base = bytes,
                              .page_end = newest->last_page + 1,
                              .page_size = m[0].page_size,
                              .meta = newest->main};
    if (out->page_end > pages)
        out->page_end = pages;
    return true;
}

/* Calls each for all values, until n_max or damage; their number. */
static size_t walk(const uint8_t *bytes, size_t len, size_t n_max,
                   void (*each)(void *context, const struct nidx_entry *e,
                                size_t n),
                   void *context)
{
    struct nidx_tree tree;
    struct nidx_entry e;
    size_t n = 0;

    if (!find_tree(bytes, len, &tree))
        return 0;
    struct nidx_walk w = {.tree = &tree};
    for (bool on = nidx_walk_first(&w); on && n < n_max;
         on = nidx_walk_next(&w)) {
        if (!nidx_walk_entry(&w, &e))
            break;
        if (e.value.len >= NIDX_TRAILER)
            each(context, &e, n++);
    }
    return n;
}

static void mend(void *context, const struct nidx_entry *e, size_t n)
{
    uint8_t *bytes = context;
    const size_t len = e->value.len - NIDX_TRAILER;
    uint8_t trailer[NIDX_TRAILER];

    (void)n;
    nidx_trailer_write(e->key, (struct nidx_bytes){e->value.data, len},
                       trailer);
    memcpy(bytes + (e->value.data - bytes) + len, trailer, 8);
}

void image_mend(uint8_t *bytes, size_t len)
{
    /* A page may be reached many times in a broken tree. */
    walk(bytes, len, 10000, mend, bytes);
}

struct listing {
    const uint8_t *bytes;
    struct image_value *out;
};

static void list(void *context, const struct nidx_entry *e, size_t n)
{
    const struct listing *l = context;

    l->out[n] = (struct image_value){(size_t)(e->value.data - l->bytes),
                                     e->value.len - NIDX_TRAILER};
}

size_t image_values(const uint8_t *bytes, size_t len, struct image_value *out,
                    size_t cap)
{
    struct listing l = {bytes, out};

    return walk(bytes, len, cap, list, &l);
}

const char *image_path(void)
{
    static char path[64];

    if (!*path)
        snprintf(path, sizeof(path), "%s/nidx-image-%d",
                 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp",
                 (int)getpid());
    return path;
}

bool image_write(const uint8_t *bytes, size_t len)
{
    int fd = open(image_path(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool fine = fd >= 0 && write(fd, bytes, len) == (ssize_t)len;

    if (fd >= 0)
        close(fd);
    return fine;
}

uint8_t *image_read(const char *path, size_t *len)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    uint8_t *bytes = NULL;

    if (fd >= 0 && fstat(fd, &st) == 0)
        bytes = malloc((size_t)st.st_size + 1);
    if (bytes && read(fd, bytes, (size_t)st.st_size) != st.st_size) {
        free(bytes);
        bytes = NULL;
    }
    if (bytes)
        *len = (size_t)st.st_size;
    if (fd >= 0)
        close(fd);
    return bytes;
}

void image_remove(void)
{
    char lock[80];

    snprintf(lock, sizeof(lock), "%s-lock", image_path());
    unlink(image_path());
    unlink(lock);
}

void image_use(void)
{
    struct nidx_open_options o = NIDX_OPEN_OPTIONS_INIT;
    struct nidx_index *index = NULL;
    struct nidx_error err;

    o.readonly = 1;
    o.no_lock = 1;
    if (nidx_index_open(image_path(), &o, &index, &err) != NIDX_OK)
        return;
    engine_read(index, 0, &err);
    nidx_index_check(index, NULL, NULL, &err);
    nidx_index_close(index);
}
