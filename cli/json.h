/* json.h: writing JSON.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_CLI_JSON_H
#define NIDX_CLI_JSON_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/** A string with its quotes; what is no UTF-8 becomes U+FFFD. */
void nidx_cli_json_put(FILE *out, const char *text, size_t len);
/** The same to stdout. */
void nidx_cli_json_string(const char *text, size_t len);
/** `"name":`, with a comma before it unless it is the first (*first). */
void nidx_cli_json_name(const char *name, int *first);

/** "2018-08-08" or "2018-08-08 12:54" (UTC) into out. */
const char *nidx_cli_date(int64_t seconds, char out[48]);
/** "2018-08-08T12:54:00Z" into out. */
const char *nidx_cli_date_json(int64_t seconds, char out[48]);

#endif
