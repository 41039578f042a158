/* help.c: nidx help: commands and topics.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"
#include "nearby.h"

#include <string.h>

static const struct topic {
    const char *name, *summary, *text;
} topics[] = {
    {"query", "the query language",
     "putin letter             both words, in any order (--any: one of them)\n"
     "putin OR letter          AND, OR, NOT; -word excludes; ( ) groups\n"
     "\"putin letter\"           a phrase; \"putin letter\"~3 lets words "
     "between\n"
     "putin NEAR/5 letter      at most 4 words between; BEFORE/5: in this "
     "order\n"
     "title:putin              also body: author: url: source: language: "
     "tags:\n"
     "date:2018-08             also date:2018-08-01..2018-08-31, date:>=2018\n"
     "words:>500               long articles\n"
     "lett* l?tter *etter      words of this shape\n"
     "letter~ letter~2         words with one or two slips; /lett?ers?/ a "
     "regular expression\n"
     "putin SENTENCE letter    in one sentence; PARAGRAPH likewise\n"
     "=letters                 this form only, not its stem\n"
     "letter^2                 counts twice\n"
     "*                        every article\n\n"
     "Every text is a query: what is read differently from what stands there "
     "is said in\na note. Quote what the shell would take for itself: nidx q "
     "'\"Putin letter\"'.\nnidx-query(7) has the whole language.\n"},
    {"formats", "what nidx add reads",
     "Plain text: the first line is the headline. Markdown. JSON lines, an "
     "object a line\nwith id, title, body, author, date, url, source, "
     "language, tags; --map names\nother members. A folder is read with all "
     "that is in it; `-` is JSON lines from\nstandard input.\n"},
    {"json", "what --json prints",
     "nidx q --json prints an object a line:\n"
     "  rank, key, score\n"
     "  title, date (ISO 8601, UTC), url   where the article has them\n"
     "  title_lit   [[start, end], ...]    bytes of title that matched\n"
     "  passages    [{start, text, lit, cut_start, cut_end}, ...]; start is a "
     "byte of the\n              body, lit are bytes of text\n"
     "  nearest     true where no article has all the words (--nearest)\n"
     "  explain     with --explain\n"
     "Errors and notes are objects too, on standard error: {\"error\": ..., "
     "\"what\": ...},\n{\"note\": ...}.\n"},
    {"status", "exit status",
     "0  found, or done\n1  nothing found\n2  an error, which was said on "
     "standard error\n"},
    {"environment", "variables that are read",
     "NIDX_INDEX       the index, where no --index says another\n"
     "XDG_DATA_HOME    else the index is nidx/default.nidx in it "
     "(~/.local/share)\n"
     "PAGER            shows what is longer than the screen (less)\n"
     "NO_COLOR         never colour; CLICOLOR_FORCE: always\n"
     "COLUMNS          width of the output where it is no terminal\n"
     "TERM             dumb: neither colour nor pager nor links\n"},
};

static void print_overview(FILE *out)
{
    fputs("usage: nidx COMMAND [options] ...\n"
          "Full-text search of articles in one file.\n\n"
          "    nidx add ~/news          index a folder of articles\n"
          "    nidx q putin letter      the best articles with both words\n\n"
          "commands (nidx COMMAND --help explains one):\n",
          out);
    for (size_t i = 0; i < nidx_cli_n_commands; i++)
        fprintf(out, "    %-11s %s\n", nidx_cli_commands[i].name,
                nidx_cli_commands[i].summary);
    fputs("\ntopics (nidx help TOPIC):\n", out);
    for (size_t i = 0; i < NIDX_CLI_COUNT(topics); i++)
        fprintf(out, "    %-11s %s\n", topics[i].name, topics[i].summary);
    fputs("\nThe index is --index FILE, or $NIDX_INDEX, or "
          "$XDG_DATA_HOME/nidx/default.nidx.\n"
          "Exit status: 0 found or done, 1 nothing found, 2 an error.\n",
          out);
}

/** For completion: name and summary, by a tab. */
static void list_commands(void)
{
    for (size_t i = 0; i < nidx_cli_n_commands; i++)
        printf("%s\t%s\n", nidx_cli_commands[i].name,
               nidx_cli_commands[i].summary);
}

static int explain(const char *name)
{
    char option[] = "--help";
    char *args[] = {option, NULL};

    for (size_t i = 0; i < nidx_cli_n_commands; i++) {
        if (strcmp(nidx_cli_commands[i].name, name) == 0)
            return nidx_cli_commands[i].run(1, args);
    }
    for (size_t i = 0; i < NIDX_CLI_COUNT(topics); i++) {
        if (strcmp(topics[i].name, name) == 0) {
            fputs(topics[i].text, stdout);
            return NIDX_CLI_FOUND;
        }
    }
    for (size_t i = 0; i < NIDX_CLI_COUNT(topics); i++) {
        if (nidx_cli_is_nearby(name, topics[i].name)) {
            char why[128];
            snprintf(why, sizeof(why),
                     "no such topic; did you mean `nidx help %s`?",
                     topics[i].name);
            return nidx_cli_fail(name, why);
        }
    }
    return nidx_cli_unknown_command(name);
}

int nidx_cli_help(int argc, char **argv)
{
    const struct nidx_cli_usage usage = {
        .synopsis = "help [COMMAND | TOPIC]",
        .text = "Explains a command or a topic; without one, lists them.",
        .examples = "    nidx help q\n    nidx help query\n",
        .max_operands = 1};
    int status;

    if (argc < 0) {
        print_overview(stderr);
        return NIDX_CLI_ERROR;
    }
    if (argc > 0 && strcmp(argv[0], "--list-commands") == 0) {
        list_commands();
        return NIDX_CLI_FOUND;
    }
    const int n = nidx_cli_options(&usage, argc, argv, &status);
    if (n < 0)
        return status;
    if (n == 0) {
        print_overview(stdout);
        return NIDX_CLI_FOUND;
    }
    return explain(argv[0]);
}
