/* q.h: what nidx q was asked for, and the ways to print an answer.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_CLI_Q_H
#define NIDX_CLI_Q_H

#include "cli.h"

struct nidx_cli_search {
    const char *index;
    bool json, paths, null, count;
    bool explain, plain, any, strict, nearest;
    uint64_t limit, offset;
};

/** Hits for people: headline, date, path, passages. */
enum nidx_status nidx_cli_print_people(struct nidx_result *r,
                                       const struct nidx_cli_search *search,
                                       struct nidx_error *err);
/** A JSON object a line. */
enum nidx_status nidx_cli_print_json(struct nidx_result *r,
                                     const struct nidx_cli_search *search,
                                     struct nidx_error *err);

#endif
