/* stop.c: signals: stopping a long run, and a file that was cut short.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t stopping, asked;
/** /dev/null, to take the place of a standard input that is waited for. */
static int nothing = -1;

static void die(const char *text)
{
    /* Nothing can be done about a failed write here. */
    if (write(STDERR_FILENO, text, strlen(text)) < 0)
        _exit(NIDX_CLI_ERROR);
    _exit(NIDX_CLI_ERROR);
}

static void on_bus_error(int signal)
{
    (void)signal;
    die("nidx: a file was cut short, or its disk failed, while it was read\n");
}

static void on_stop(int signal)
{
    (void)signal;
    if (stopping)
        die("\nnidx: stopped at once; what was committed stays\n");
    stopping = 1;
    if (nothing >= 0)
        dup2(nothing, STDIN_FILENO);
}

static void on_status(int signal)
{
    (void)signal;
    asked = 1;
}

static void handle(int signal, void (*handler)(int), int flags)
{
    struct sigaction action;

    memset(&action, 0, sizeof(action));
    action.sa_handler = handler;
    action.sa_flags = flags;
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, NULL);
}

void nidx_cli_guard(void)
{
    handle(SIGBUS, on_bus_error, (int)SA_RESETHAND);
    /* A file above the limit of the shell is an error of the write then. */
    handle(SIGXFSZ, SIG_IGN, 0);
}

void nidx_cli_catch_stop(void)
{
    handle(SIGINT, on_stop, SA_RESTART);
    handle(SIGTERM, on_stop, SA_RESTART);
    handle(SIGUSR1, on_status, SA_RESTART);
    handle(SIGPIPE, SIG_IGN, 0);
    nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

bool nidx_cli_asked_status(void)
{
    const bool was = asked != 0;

    asked = 0;
    return was;
}

bool nidx_cli_stopping(void)
{
    return stopping != 0;
}
