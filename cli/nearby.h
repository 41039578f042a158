/* nearby.h: what somebody may have meant who mistyped a name.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_CLI_NEARBY_H
#define NIDX_CLI_NEARBY_H

#include <stddef.h>

/** Slips between a and b: a letter too many, missing, wrong, or two swapped
 * (optimal string alignment). Names longer than 31 bytes are far apart. */
unsigned nidx_cli_slips(const char *a, const char *b);
/** Whether so few slips lie between typed and name that it may be meant. */
int nidx_cli_is_nearby(const char *typed, const char *name);

#endif
