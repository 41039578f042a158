/* progress.c: how far a long run has come.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "progress.h"

#include "cli.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/** Seconds between two lines where no bar can be. */
#define LINE_EVERY 10
/** Seconds before the bar shows: short runs need none. */
#define BAR_AFTER 0.3

void nidx_cli_progress_start(struct nidx_cli_progress *p, const char *what,
                             bool quiet)
{
    const double now = nidx_cli_now();
    const char *term = getenv("TERM");

    *p = (struct nidx_cli_progress){.what = what,
                                    .quiet = quiet,
                                    .terminal =
                                        isatty(STDERR_FILENO) == 1 &&
                                        !(term && strcmp(term, "dumb") == 0),
                                    .start = now,
                                    .last = now};
}

static void draw_bar(double part)
{
    enum {
        CELLS = 24
    };
    char bar[CELLS + 1];
    const int full = (int)(part * CELLS);

    memset(bar, '.', CELLS);
    memset(bar, '#', (size_t)(full > CELLS ? CELLS : full));
    bar[CELLS] = '\0';
    fprintf(stderr, "[%s] %3.0f %%  ", bar, part * 100);
}

static void put_numbers(const struct nidx_cli_progress *p, uint64_t done,
                        uint64_t total)
{
    const double elapsed = nidx_cli_now() - p->start;
    char text[32];

    if (p->files > 0)
        fprintf(stderr, "%s files, ", nidx_cli_number(p->files, text));
    fputs(nidx_cli_bytes(done, text), stderr);
    if (total > 0)
        fprintf(stderr, " of %s", nidx_cli_bytes(total, text));
    fprintf(stderr, " %s", p->what);
    if (elapsed > 0.5)
        fprintf(stderr, ", %.1f MB/s", (double)done / elapsed / 1e6);
    if (total > done && done > 0 && elapsed > 1) {
        const double left = elapsed * (double)(total - done) / (double)done;
        fprintf(stderr, ", %d:%02d left", (int)left / 60, (int)left % 60);
    }
}

void nidx_cli_progress_line(struct nidx_cli_progress *p, uint64_t done,
                            uint64_t total)
{
    nidx_cli_progress_end(p);
    put_numbers(p, done, total);
    fputc('\n', stderr);
}

/** Whether there is room for bar and numbers on one line. */
static bool has_room(void)
{
    struct winsize size;

    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 ||
           size.ws_col >= 100;
}

static void draw(struct nidx_cli_progress *p, uint64_t done, uint64_t total)
{
    p->drawn = true;
    fputs("\r\033[K", stderr);
    if (total > 0 && has_room())
        draw_bar(done < total ? (double)done / (double)total : 1);
    else if (total > 0)
        fprintf(stderr, "%3.0f %%  ", 100.0 * (double)done / (double)total);
    put_numbers(p, done, total);
    fflush(stderr);
}

void nidx_cli_progress_end(struct nidx_cli_progress *p)
{
    if (p->drawn)
        fputs("\r\033[K", stderr);
    p->drawn = false;
}

void nidx_cli_progress_say(struct nidx_cli_progress *p, const char *text)
{
    if (p->quiet || !p->terminal || nidx_cli_now() - p->start < BAR_AFTER)
        return;
    p->drawn = true;
    fprintf(stderr, "\r\033[K%s", text);
    fflush(stderr);
}

int nidx_cli_progress_call(void *context, uint64_t done, uint64_t total)
{
    struct nidx_cli_progress *p = context;
    const double now = nidx_cli_now();

    if (nidx_cli_asked_status()) {
        nidx_cli_progress_line(p, done, total);
    } else if (!p->quiet && p->terminal) {
        if (now - p->start > BAR_AFTER && now - p->last >= 0.1) {
            p->last = now;
            draw(p, done, total);
        }
    } else if (!p->quiet && now - p->last >= LINE_EVERY) {
        p->last = now;
        nidx_cli_progress_line(p, done, total);
    }
    return nidx_cli_stopping();
}
