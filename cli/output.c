/* output.c: standard output: a terminal or not, in colour or not, paged.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"

static enum {
    COLOUR_AUTO,
    COLOUR_ALWAYS,
    COLOUR_NEVER
} colour;
/** The terminal while its output is kept; -1: it is not. */
static int screen = -1;

static int terminal_fd(void)
{
    return screen >= 0 ? screen : STDOUT_FILENO;
}

bool nidx_cli_is_terminal(void)
{
    return isatty(terminal_fd()) == 1;
}

static bool window_size(struct winsize *size)
{
    return nidx_cli_is_terminal() &&
           ioctl(terminal_fd(), TIOCGWINSZ, size) == 0;
}

size_t nidx_cli_columns(void)
{
    struct winsize size;
    const char *columns = getenv("COLUMNS");
    size_t width = 80;

    if (window_size(&size) && size.ws_col > 0)
        width = size.ws_col;
    else if (columns && atoi(columns) > 0)
        width = (size_t)atoi(columns);
    return width < 20 ? 20 : width;
}

bool nidx_cli_set_colour(const char *when)
{
    if (strcmp(when, "auto") == 0)
        colour = COLOUR_AUTO;
    else if (strcmp(when, "always") == 0)
        colour = COLOUR_ALWAYS;
    else if (strcmp(when, "never") == 0)
        colour = COLOUR_NEVER;
    else
        return false;
    return true;
}

static bool is_set(const char *name)
{
    const char *value = getenv(name);

    return value && *value;
}

bool nidx_cli_has_colour(void)
{
    const char *force = getenv("CLICOLOR_FORCE");
    const char *term = getenv("TERM");

    if (colour != COLOUR_AUTO)
        return colour == COLOUR_ALWAYS;
    if (is_set("NO_COLOR"))
        return false;
    if (force && *force && strcmp(force, "0") != 0)
        return true;
    return nidx_cli_is_terminal() && term && *term && strcmp(term, "dumb") != 0;
}

/* ---------------------------------------------------------------- paging */

void nidx_cli_page_begin(void)
{
    const char *term = getenv("TERM");

    if (screen >= 0 || !nidx_cli_is_terminal() || !term ||
        strcmp(term, "dumb") == 0)
        return;
    const int kept = memfd_create("nidx output", MFD_CLOEXEC);
    if (kept < 0)
        return;
    fflush(stdout);
    const int saved = dup(STDOUT_FILENO);
    if (saved >= 0 && dup2(kept, STDOUT_FILENO) >= 0)
        screen = saved;
    else if (saved >= 0)
        close(saved);
    close(kept);
}

/** Lines of a file, counted up to most. */
static size_t count_lines(int fd, size_t most)
{
    char buffer[65536];
    size_t lines = 0;
    ssize_t n;

    for (off_t at = 0; lines < most; at += n) {
        n = pread(fd, buffer, sizeof(buffer), at);
        if (n <= 0)
            break;
        for (ssize_t i = 0; i < n; i++)
            lines += buffer[i] == '\n';
    }
    return lines;
}

static void copy_to_stdout(int fd)
{
    char buffer[65536];
    ssize_t n;

    for (off_t at = 0; (n = pread(fd, buffer, sizeof(buffer), at)) > 0; at += n)
        fwrite(buffer, 1, (size_t)n, stdout);
    fflush(stdout);
}

/** Runs the pager on a file; false where it could not be started. */
static bool run_pager(int fd)
{
    const char *pager = getenv("PAGER");
    int status = 0;

    if (!pager || !*pager)
        pager = "command -v less >/dev/null || exit 127; exec less";
    if (strcmp(pager, "cat") == 0)
        return false;
    setenv("LESS", "FRX", 0);
    const pid_t pid = fork();
    if (pid < 0)
        return false;
    if (pid == 0) {
        if (lseek(fd, 0, SEEK_SET) < 0 || dup2(fd, STDIN_FILENO) < 0)
            _exit(127);
        execl("/bin/sh", "sh", "-c", pager, (char *)NULL);
        _exit(127);
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return !(WIFEXITED(status) && WEXITSTATUS(status) == 127);
}

void nidx_cli_page_end(void)
{
    struct winsize size = {.ws_row = 24};

    if (screen < 0)
        return;
    fflush(stdout);
    window_size(&size);
    const int kept = dup(STDOUT_FILENO);
    const size_t rows = size.ws_row > 2 ? size.ws_row : 24;
    if (dup2(screen, STDOUT_FILENO) < 0)
        nidx_cli_fail("standard output", strerror(errno));
    close(screen);
    screen = -1;
    if (kept < 0)
        return;
    if (count_lines(kept, rows) < rows || !run_pager(kept))
        copy_to_stdout(kept);
    close(kept);
}
