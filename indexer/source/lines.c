/* lines.c: the lines of a file in memory or of a stream.
 *
 * A stream is read into one buffer that grows to the longest line, so memory
 * is bounded by a line and not by the stream.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/source/lines.h"

#include <errno.h>
#include <unistd.h>
#include <xxhash.h>

#define READ_SIZE ((size_t)1 << 18)

void nidx_lines_init(struct nidx_lines *l, const uint8_t *data, size_t len,
                     int fd, const char *name)
{
    *l = (struct nidx_lines){
        .p = data, .fd = data ? -1 : fd, .name = name, .max = NIDX_LINE_MAX};
    l->end = data ? data + len : NULL;
}

void nidx_lines_done(struct nidx_lines *l)
{
    nidx_buf_done(&l->buf);
}

/* Moves what is left to the front of the buffer and reads behind it. */
static enum nidx_status read_more(struct nidx_lines *l, struct nidx_error *err)
{
    const size_t left = (size_t)(l->end - l->p);
    if (left > 0 && l->p != l->buf.data)
        memmove(l->buf.data, l->p, left);
    l->buf.len = left;
    uint8_t *room = nidx_buf_reserve(&l->buf, READ_SIZE);
    if (!room)
        return nidx_nomem(err);

    ssize_t n;
    do
        n = read(l->fd, room, l->buf.cap - left);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return nidx_fail_errno(err, errno, "cannot read %s", l->name);
    if (n == 0)
        l->fd = -1;
    if (l->hash)
        XXH3_64bits_update(l->hash, room, (size_t)n);
    l->buf.len += (size_t)n;
    l->p = l->buf.data;
    l->end = l->p + l->buf.len;
    return NIDX_OK;
}

static const uint8_t *find_end(const struct nidx_lines *l, size_t from)
{
    const size_t n = (size_t)(l->end - l->p);
    return n > from ? memchr(l->p + from, '\n', n - from) : NULL;
}

/* Passes over the rest of a line of which the first bytes are at l->p. */
static enum nidx_status drop_rest(struct nidx_lines *l, struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;
    const uint8_t *end = NULL;

    while (status == NIDX_OK && !end && l->fd >= 0) {
        l->consumed += (uint64_t)(l->end - l->p);
        l->p = l->end;
        status = read_more(l, err);
        end = find_end(l, 0);
    }
    const uint8_t *next = end ? end + 1 : l->end;
    l->consumed += (uint64_t)(next - l->p);
    l->p = next;
    return status;
}

static void give_out(struct nidx_lines *l, struct nidx_bytes *line,
                     const uint8_t *end)
{
    *line = (struct nidx_bytes){l->p, (size_t)(end - l->p)};
    l->p = end < l->end ? end + 1 : end;
    l->consumed += line->len + (end < l->end);
}

enum nidx_status nidx_lines_next(struct nidx_lines *l, struct nidx_bytes *line,
                                 bool *done, struct nidx_error *err)
{
    size_t seen = 0;
    const uint8_t *end = find_end(l, 0);

    l->cut = false;
    while (!end && l->fd >= 0 && seen <= l->max) {
        seen = (size_t)(l->end - l->p);
        enum nidx_status status = read_more(l, err);
        if (status != NIDX_OK)
            return status;
        end = find_end(l, seen);
    }
    *done = !end && l->p == l->end;
    if (*done)
        return NIDX_OK;
    l->line++;
    if (!end && l->fd >= 0) {
        l->cut = true;
        *line = (struct nidx_bytes){NULL, 0};
        return drop_rest(l, err);
    }
    give_out(l, line, end ? end : l->end);
    return NIDX_OK;
}
