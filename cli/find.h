/* find.h: the article that a key or a path on the command line means.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_CLI_FIND_H
#define NIDX_CLI_FIND_H

#include "cli.h"

/**
 * Looks name up as a key, and as the absolute path of a file. key receives
 * the key in malloc'ed memory. NOTFOUND where neither is there.
 */
enum nidx_status nidx_cli_find(struct nidx_snapshot *s, const char *name,
                               struct nidx_result **out, char **key,
                               struct nidx_error *err);

#endif
