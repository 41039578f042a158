/* q.h: what nidx q was asked for, and the ways to print an answer.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_CLI_Q_H
#define NIDX_CLI_Q_H

#include "cli.h"

struct nidx_cli_search {
    const char *index;
    const char *format; /**< of --format, or NULL */
    const char *sort;   /**< of --sort, or NULL */
    const char *colour; /**< of --color, or NULL */
    bool json, csv, paths, null, count;
    bool explain, plain, any, strict, nearest, no_pager;
    const char *since, *until; /**< of --since and --until, or NULL */
    uint64_t limit, offset, recent;
};

/** Whether the answer is for people, not for programs. */
bool nidx_cli_is_for_people(const struct nidx_cli_search *search);

/** Hits for people: headline, date, path, passages. */
enum nidx_status nidx_cli_print_people(struct nidx_result *r,
                                       const struct nidx_cli_search *search,
                                       struct nidx_error *err);
/** A JSON object a line. */
enum nidx_status nidx_cli_print_json(struct nidx_result *r,
                                     const struct nidx_cli_search *search,
                                     struct nidx_error *err);
/** Comma-separated values with a line of names (RFC 4180). */
enum nidx_status nidx_cli_print_csv(struct nidx_result *r,
                                    const struct nidx_cli_search *search,
                                    struct nidx_error *err);
/** A line of the shape of --format a hit. */
enum nidx_status nidx_cli_print_format(struct nidx_result *r,
                                       const struct nidx_cli_search *search,
                                       struct nidx_error *err);
/** What is wrong with a format, into why; false where nothing is. */
bool nidx_cli_bad_format(const char *format, char *why, size_t size);

#endif
