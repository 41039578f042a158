/* progress.h: how far a long run has come.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_CLI_PROGRESS_H
#define NIDX_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct nidx_cli_progress {
    bool quiet;       /**< nothing is said */
    bool terminal;    /**< a bar; else a line every ten seconds */
    bool drawn;       /**< a bar stands there */
    const char *what; /**< "added", "checked" */
    uint64_t files;   /**< 0: not counted */
    double start, last;
};

void nidx_cli_progress_start(struct nidx_cli_progress *p, const char *what,
                             bool quiet);
/** Says on a terminal what is done now that cannot be measured. */
void nidx_cli_progress_say(struct nidx_cli_progress *p, const char *text);
/** Wipes the bar away. */
void nidx_cli_progress_end(struct nidx_cli_progress *p);
/** The same on a line of its own: where no bar is, and at SIGUSR1. */
void nidx_cli_progress_line(struct nidx_cli_progress *p, uint64_t done,
                            uint64_t total);
/** A nidx_progress_fn over a struct nidx_cli_progress; stops on Ctrl-C. */
int nidx_cli_progress_call(void *context, uint64_t done, uint64_t total);

#endif
