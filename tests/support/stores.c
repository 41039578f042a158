/* stores.c: steps on a store that a test takes for granted, and processes to
 * take them in.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/stores.h"

static bool in_child;

/* A failed assertion of cmocka would run the parent's tests in the child. */
static void must(enum nidx_status status, const struct nidx_error *err)
{
    if (status == NIDX_OK)
        return;
    if (in_child) {
        fprintf(stderr, "# in the child: %s\n", err->message);
        _exit(99);
    }
    fail_msg("%s", err->message);
}

static struct nidx_bytes text(const char *s)
{
    return (struct nidx_bytes){(const uint8_t *)s, strlen(s)};
}

struct nidx_store *stores_open(const char *path)
{
    struct nidx_store_options o = {.create = true};
    struct nidx_store *s = NULL;
    struct nidx_error err = {0};

    must(nidx_store_open(path, &o, &s, &err), &err);
    return s;
}

void stores_lock(struct nidx_store *s)
{
    struct nidx_error err = {0};

    must(nidx_store_lock_writer(s, 5000, NULL, NULL, &err), &err);
}

struct nidx_view *stores_view(struct nidx_store *s)
{
    struct nidx_view *v = NULL;
    struct nidx_error err = {0};

    must(nidx_view_open(s, &v, &err), &err);
    return v;
}

void stores_put(struct nidx_store *s, const char *key, char fill, size_t len)
{
    struct nidx_txn *t = NULL;
    struct nidx_error err = {0};
    uint8_t *value = malloc(len + 1);

    if (!value)
        abort();
    memset(value, fill, len);
    must(nidx_txn_begin(s, &t, &err), &err);
    must(nidx_txn_put(t, text(key), (struct nidx_bytes){value, len}, &err),
         &err);
    must(nidx_txn_commit(t, &err), &err);
    free(value);
}

bool stores_has(struct nidx_view *v, const char *key, char fill, size_t len)
{
    struct nidx_bytes found;

    if (nidx_view_get(v, text(key), true, &found, NULL) != NIDX_OK ||
        found.len != len)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (found.data[i] != (uint8_t)fill)
            return false;
    }
    return true;
}

void stores_check(struct nidx_store *s)
{
    struct nidx_error err = {0};

    must(nidx_store_check(s, NULL, NULL, &err), &err);
}

void stores_make(const char *path)
{
    struct nidx_store *s = stores_open(path);
    char key[512];

    stores_lock(s);
    for (int i = 0; i < 12; i++) {
        /* Long keys make a tree of two levels. */
        memset(key, 'k', 400);
        snprintf(key + 400, sizeof(key) - 400, "%02d", i);
        stores_put(s, key, 's', 100);
    }
    for (int i = 0; i < 4; i++) {
        snprintf(key, sizeof(key), "large%d", i);
        stores_put(s, key, 'L', 9000);
    }
    nidx_store_close(s);
}

void stores_fork(struct stores_child *c,
                 int (*body)(struct stores_child *c, void *context),
                 void *context)
{
    int up[2], down[2];
    char byte;

    assert_int_equal(pipe(up), 0);
    assert_int_equal(pipe(down), 0);
    fflush(NULL);
    c->pid = fork();
    assert_true(c->pid >= 0);
    if (c->pid == 0) {
        in_child = true;
        close(up[0]);
        close(down[1]);
        c->ready = up[1];
        c->go = down[0];
        _exit(body(c, context));
    }
    close(up[1]);
    close(down[0]);
    c->ready = up[0];
    c->go = down[1];
    while (read(c->ready, &byte, 1) < 0)
        continue;
}

void stores_ready(struct stores_child *c)
{
    char byte = 'r';

    if (write(c->ready, &byte, 1) != 1 || read(c->go, &byte, 1) < 0)
        _exit(98);
}

static int reap(struct stores_child *c)
{
    int status = 0;

    close(c->ready);
    close(c->go);
    while (waitpid(c->pid, &status, 0) != c->pid)
        continue;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

int stores_join(struct stores_child *c)
{
    return reap(c);
}

void stores_kill(struct stores_child *c)
{
    kill(c->pid, SIGKILL);
    assert_int_equal(reap(c), 1000 + SIGKILL);
}

int stores_run(int (*body)(struct stores_child *c, void *context),
               void *context)
{
    struct stores_child c;

    stores_fork(&c, body, context);
    return stores_join(&c);
}
