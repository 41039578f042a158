/* find.c: the article that a key or a path on the command line means.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "find.h"

#include <stdlib.h>
#include <string.h>

enum nidx_status nidx_cli_find(struct nidx_snapshot *s, const char *name,
                               struct nidx_result **out, char **key,
                               struct nidx_error *err)
{
    enum nidx_status status =
        nidx_snapshot_find(s, name, strlen(name), out, err);

    *key = status == NIDX_OK ? strdup(name) : NULL;
    if (status != NIDX_ERR_NOTFOUND)
        return status;
    char *absolute = realpath(name, NULL);
    if (!absolute)
        return status;
    status = nidx_snapshot_find(s, absolute, strlen(absolute), out, err);
    if (status == NIDX_OK)
        *key = absolute;
    else
        free(absolute);
    return status;
}
