/* progress.c: a bar on stderr, on terminals only.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "progress.h"

#include "cli.h"

#include <string.h>
#include <unistd.h>

void nidx_cli_progress_start(struct nidx_cli_progress *p, const char *what,
                             bool quiet)
{
    *p = (struct nidx_cli_progress){.what = what,
                                    .shown = !quiet &&
                                             isatty(STDERR_FILENO) == 1,
                                    .start = nidx_cli_now()};
}

static void draw_bar(double part)
{
    enum { CELLS = 24 };
    char bar[CELLS + 1];
    const int full = (int)(part * CELLS);

    memset(bar, '.', CELLS);
    memset(bar, '#', (size_t)(full > CELLS ? CELLS : full));
    bar[CELLS] = '\0';
    fprintf(stderr, "[%s] %3.0f %%  ", bar, part * 100);
}

void nidx_cli_progress_draw(struct nidx_cli_progress *p, uint64_t done,
                            uint64_t total)
{
    const double now = nidx_cli_now();
    const double elapsed = now - p->start;
    char text[32];

    if (!p->shown || now - p->last < 0.1)
        return;
    p->last = now;
    p->drawn = true;
    fputs("\r\033[K", stderr);
    if (total > 0)
        draw_bar(done < total ? (double)done / (double)total : 1);
    if (p->files > 0)
        fprintf(stderr, "%s files, ", nidx_cli_number(p->files, text));
    fprintf(stderr, "%s %s", nidx_cli_bytes(done, text), p->what);
    if (elapsed > 0.5)
        fprintf(stderr, ", %.1f MB/s", (double)done / elapsed / 1e6);
    if (total > done && done > 0 && elapsed > 2) {
        const double left =
            elapsed * (double)(total - done) / (double)done;
        fprintf(stderr, ", %d:%02d left", (int)left / 60, (int)left % 60);
    }
    fflush(stderr);
}

void nidx_cli_progress_end(struct nidx_cli_progress *p)
{
    if (p->drawn)
        fputs("\r\033[K", stderr);
    p->drawn = false;
}

int nidx_cli_progress_call(void *context, uint64_t done, uint64_t total)
{
    nidx_cli_progress_draw(context, done, total);
    return nidx_cli_stopping();
}
