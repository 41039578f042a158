/* progress.h: a bar on stderr, on terminals only.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_CLI_PROGRESS_H
#define NIDX_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct nidx_cli_progress {
    bool shown;       /**< stderr is a terminal, and nobody said --quiet */
    bool drawn;       /**< a bar stands there */
    const char *what; /**< "added", "checked" */
    uint64_t files;   /**< 0: not counted */
    double start, last;
};

void nidx_cli_progress_start(struct nidx_cli_progress *p, const char *what,
                             bool quiet);
/** Draws it, at most ten times a second; total 0 is not known. */
void nidx_cli_progress_draw(struct nidx_cli_progress *p, uint64_t done,
                            uint64_t total);
/** Wipes the bar away. */
void nidx_cli_progress_end(struct nidx_cli_progress *p);
/** A nidx_progress_fn over a struct nidx_cli_progress; stops on Ctrl-C. */
int nidx_cli_progress_call(void *context, uint64_t done, uint64_t total);

#endif
