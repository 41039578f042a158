/* article.h: a whole article as JSON.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_CLI_ARTICLE_H
#define NIDX_CLI_ARTICLE_H

#include <nidx.h>

/** Fields that are shown, in this order. */
extern const char *const nidx_cli_fields[];
extern const size_t nidx_cli_n_fields;

/** The first hit of r as an object on a line of stdout, its key under
 * key_name. */
enum nidx_status nidx_cli_article_json(struct nidx_result *r,
                                       const char *key_name,
                                       struct nidx_error *err);

#endif
