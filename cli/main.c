/* main.c: the nidx command: which subcommand is meant.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"
#include "nearby.h"

#include <string.h>

const struct nidx_cli_command nidx_cli_commands[] = {
    {"add", nidx_cli_add, "add files, folders or JSON lines to the index"},
    {"q", nidx_cli_q, "search"},
    {"show", nidx_cli_show, "print an article"},
    {"ls", nidx_cli_ls, "list the keys of all articles"},
    {"explain", nidx_cli_explain, "say why an article is found, or is not"},
    {"similar", nidx_cli_similar, "find articles like one"},
    {"timeline", nidx_cli_timeline, "count hits by month"},
    {"suggest", nidx_cli_suggest, "complete the beginning of a word"},
    {"terms", nidx_cli_terms, "list words with their frequencies"},
    {"rm", nidx_cli_rm, "remove articles"},
    {"stats", nidx_cli_stats, "count documents, segments and bytes"},
    {"check", nidx_cli_check, "read everything and look for damage"},
    {"optimize", nidx_cli_optimize, "merge everything into one segment"},
    {"compact", nidx_cli_compact, "give free space back to the system"},
    {"export", nidx_cli_export, "print all articles as JSON lines"},
    {"eval", nidx_cli_eval, "measure ranking on judged queries"},
    {"completion", nidx_cli_completion, "print completion for a shell"},
    {"help", nidx_cli_help, "explain a command or a topic"},
};
const size_t nidx_cli_n_commands = NIDX_CLI_COUNT(nidx_cli_commands);

static const struct nidx_cli_command *find_command(const char *name)
{
    for (size_t i = 0; i < nidx_cli_n_commands; i++) {
        if (strcmp(nidx_cli_commands[i].name, name) == 0)
            return &nidx_cli_commands[i];
    }
    return NULL;
}

/** The command that a name of another tool stands for, or NULL. */
static const char *other_name(const char *name)
{
    static const char *const names[][2] = {
        {"search", "q"},       {"query", "q"},         {"find", "q"},
        {"grep", "q"},         {"index", "add"},       {"update", "add"},
        {"import", "add"},     {"load", "add"},        {"new", "add"},
        {"remove", "rm"},      {"delete", "rm"},       {"del", "rm"},
        {"list", "ls"},        {"keys", "ls"},         {"cat", "show"},
        {"get", "show"},       {"print", "show"},      {"info", "stats"},
        {"status", "stats"},   {"verify", "check"},    {"fsck", "check"},
        {"vacuum", "compact"}, {"merge", "optimize"},  {"dump", "export"},
        {"more", "similar"},   {"complete", "suggest"}};

    for (size_t i = 0; i < NIDX_CLI_COUNT(names); i++) {
        if (nidx_cli_slips(name, names[i][0]) <= (strlen(name) > 4))
            return find_command(names[i][1]) ? names[i][1] : NULL;
    }
    return NULL;
}

int nidx_cli_unknown_command(const char *name)
{
    const char *meant = other_name(name);
    char why[128];

    for (size_t i = 0; i < nidx_cli_n_commands && !meant; i++) {
        if (nidx_cli_is_nearby(name, nidx_cli_commands[i].name))
            meant = nidx_cli_commands[i].name;
    }
    if (!meant)
        return nidx_cli_fail(name, "no such command; `nidx help` lists them");
    snprintf(why, sizeof(why),
             "no such command; did you mean `nidx %s`? `nidx help` lists them",
             meant);
    return nidx_cli_fail(name, why);
}

static int version(void)
{
    printf("nidx %s\n%s\n", nidx_version(), nidx_version_details());
    return NIDX_CLI_FOUND;
}

static int run(int argc, char **argv)
{
    if (argc == 0) {
        nidx_cli_help(-1, argv);
        return NIDX_CLI_ERROR;
    }
    if (strcmp(argv[0], "--version") == 0 || strcmp(argv[0], "-V") == 0)
        return version();
    if (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0)
        return nidx_cli_help(0, argv);
    const struct nidx_cli_command *c = find_command(argv[0]);
    if (!c && argv[0][0] == '-')
        return nidx_cli_fail(argv[0],
                             "options stand behind the command: `nidx q "
                             "--limit 5 WORDS`; `nidx help` lists them");
    if (!c)
        return nidx_cli_unknown_command(argv[0]);
    return c->run(argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
    nidx_cli_guard();
    return nidx_cli_finish(run(argc > 0 ? argc - 1 : 0, argv + 1));
}
