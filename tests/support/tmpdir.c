/* tmpdir.c: a folder of the test's own, removed with all that is in it.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/tmpdir.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int tmpdir_setup(void **state)
{
    const char *base = getenv("TMPDIR");
    size_t cap = 32 + (base ? strlen(base) : 0);
    char *path = malloc(cap);

    if (!path)
        return -1;
    snprintf(path, cap, "%s/nidx-test-XXXXXX", base ? base : "/tmp");
    *state = mkdtemp(path);
    return *state ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int type,
                      struct FTW *where)
{
    (void)st;
    (void)type;
    (void)where;
    return remove(path);
}

int tmpdir_teardown(void **state)
{
    int rc = nftw(*state, remove_one, 16, FTW_DEPTH | FTW_PHYS);

    free(*state);
    *state = NULL;
    return rc;
}

char *tmpdir_path(void *const *state, const char *name)
{
    const char *folder = *state;
    size_t cap = strlen(folder) + strlen(name) + 2;
    char *path = malloc(cap);

    if (path)
        snprintf(path, cap, "%s/%s", folder, name);
    return path;
}
