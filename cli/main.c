/* main.c: the nidx command: which subcommand is meant.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"

#include <string.h>

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
} commands[] = {
    {"add", nidx_cli_add, "add files, folders or JSON lines to the index"},
    {"q", nidx_cli_q, "search"},
    {"show", nidx_cli_show, "print an article"},
    {"ls", nidx_cli_ls, "list the keys of all articles"},
    {"rm", nidx_cli_rm, "remove articles"},
    {"stats", nidx_cli_stats, "count documents, segments and bytes"},
    {"check", nidx_cli_check, "read everything and look for damage"},
    {"optimize", nidx_cli_optimize, "merge everything into one segment"},
    {"compact", nidx_cli_compact, "give free space back to the system"},
};

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < NIDX_CLI_COUNT(commands); i++) {
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    }
    return NULL;
}

static void print_help(FILE *out)
{
    fputs("usage: nidx COMMAND [options] ...\n"
          "Full-text search of articles in one file.\n\n"
          "    nidx add ~/news          index a folder of articles\n"
          "    nidx q putin letter      the best articles with both words\n\n"
          "commands:\n",
          out);
    for (size_t i = 0; i < NIDX_CLI_COUNT(commands); i++)
        fprintf(out, "    %-10s %s\n", commands[i].name, commands[i].summary);
    fputs("    help       explain a command: nidx help COMMAND\n\n"
          "The index is --index FILE, or $NIDX_INDEX, or "
          "$XDG_DATA_HOME/nidx/default.nidx.\n"
          "Exit status: 0 found or done, 1 nothing found, 2 an error.\n",
          out);
}

static int unknown_command(const char *name)
{
    nidx_cli_fail(name, "no such command; `nidx help` lists them");
    return NIDX_CLI_ERROR;
}

static int help(int argc, char **argv)
{
    if (argc == 0) {
        print_help(stdout);
        return NIDX_CLI_FOUND;
    }
    const struct command *c = find_command(argv[0]);
    if (!c)
        return unknown_command(argv[0]);
    char option[] = "--help";
    char *args[] = {option, NULL};
    return c->run(1, args);
}

static int version(void)
{
    printf("nidx %s\n%s\n", nidx_version(), nidx_version_details());
    return NIDX_CLI_FOUND;
}

static int run(int argc, char **argv)
{
    if (argc == 0) {
        print_help(stderr);
        return NIDX_CLI_ERROR;
    }
    if (strcmp(argv[0], "--version") == 0 || strcmp(argv[0], "-V") == 0)
        return version();
    if (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0 ||
        strcmp(argv[0], "help") == 0)
        return help(argc - 1, argv + 1);
    const struct command *c = find_command(argv[0]);
    if (!c)
        return unknown_command(argv[0]);
    return c->run(argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
    nidx_cli_guard();
    return nidx_cli_finish(run(argc > 0 ? argc - 1 : 0, argv + 1));
}
