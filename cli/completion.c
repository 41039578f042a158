/* completion.c: nidx completion: words for bash, zsh and fish.
 *
 * The scripts ask nidx itself (`nidx help --list-commands`, `nidx q
 * --list-options`), so they know what this nidx knows.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"

#include <string.h>

static const char bash[] =
    "_nidx()\n{\n"
    "    local word=\"${COMP_WORDS[COMP_CWORD]}\"\n"
    "    local command=\"${COMP_WORDS[1]}\"\n"
    "    COMPREPLY=()\n"
    "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
    "        COMPREPLY=($(compgen -W \"$(nidx help --list-commands | cut "
    "-f1)\" "
    "-- \"$word\"))\n"
    "    elif [ \"$command\" = help ]; then\n"
    "        COMPREPLY=($(compgen -W \"$(nidx help --list-commands | cut "
    "-f1)\" "
    "-- \"$word\"))\n"
    "    elif [[ \"$word\" == -* ]]; then\n"
    "        COMPREPLY=($(compgen -W \"$(nidx \"$command\" --list-options "
    "2>/dev/null | cut -f1)\" -- \"$word\"))\n"
    "    else\n"
    "        COMPREPLY=($(compgen -f -- \"$word\"))\n"
    "    fi\n}\n"
    "complete -o filenames -F _nidx nidx\n";

static const char zsh[] =
    "#compdef nidx\n"
    "_nidx()\n{\n"
    "    local -a words_\n"
    "    local line name rest\n"
    "    if (( CURRENT == 2 )) || [[ $words[2] == help ]]; then\n"
    "        nidx help --list-commands | while IFS=$'\\t' read -r name rest; "
    "do\n"
    "            words_+=(\"$name:$rest\")\n"
    "        done\n"
    "        _describe command words_\n"
    "    elif [[ $PREFIX == -* ]]; then\n"
    "        nidx $words[2] --list-options 2>/dev/null | while IFS=$'\\t' read "
    "-r name line rest; do\n"
    "            words_+=(\"$name:${rest##*$'\\t'}\")\n"
    "        done\n"
    "        _describe option words_\n"
    "    else\n"
    "        _files\n"
    "    fi\n}\n"
    "compdef _nidx nidx\n";

static const char fish[] =
    "complete -c nidx -n __fish_use_subcommand -f -a "
    "'(nidx help --list-commands)'\n"
    "complete -c nidx -n 'not __fish_use_subcommand' -a "
    "'(nidx (commandline -opc)[2] --list-options 2>/dev/null | "
    "string replace -r \"\\t[^\\t]*\\t[^\\t]*\\t\" \"\\t\")'\n";

int nidx_cli_completion(int argc, char **argv)
{
    const struct nidx_cli_usage usage = {
        .synopsis = "completion SHELL",
        .text = "Prints completion for bash, zsh or fish.",
        .examples = "    . <(nidx completion bash)\n"
                    "    nidx completion fish > "
                    "~/.config/fish/completions/nidx.fish\n",
        .min_operands = 1,
        .max_operands = 1};
    int status;

    if (nidx_cli_options(&usage, argc, argv, &status) < 0)
        return status;
    if (strcmp(argv[0], "bash") == 0)
        fputs(bash, stdout);
    else if (strcmp(argv[0], "zsh") == 0)
        fputs(zsh, stdout);
    else if (strcmp(argv[0], "fish") == 0)
        fputs(fish, stdout);
    else
        return nidx_cli_fail(argv[0], "bash, zsh or fish");
    return NIDX_CLI_FOUND;
}
