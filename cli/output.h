/* output.h: standard output: a terminal or not, in colour or not, paged.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_CLI_OUTPUT_H
#define NIDX_CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

/** Whether standard output was a terminal when the command began. */
bool nidx_cli_is_terminal(void);
/** Columns of the terminal, or $COLUMNS, or 80; at least 20. */
size_t nidx_cli_columns(void);
/** Says when colour is used: "auto", "always" or "never"; false: another
 * word. Without it $NO_COLOR and $CLICOLOR_FORCE decide, then the terminal. */
bool nidx_cli_set_colour(const char *when);
bool nidx_cli_has_colour(void);

/**
 * On a terminal: from now on what is printed is kept, until nidx_cli_page_end
 * shows it, through $PAGER where it is longer than the screen. So an index
 * can be let go of before a person reads at leisure.
 */
void nidx_cli_page_begin(void);
void nidx_cli_page_end(void);

#endif
