/* manual.c: what scripts and manuals read of a subcommand's option table.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"

#include <string.h>

void nidx_cli_list_options(const struct nidx_cli_usage *u)
{
    for (size_t i = 0; i < u->n_options; i++) {
        const struct nidx_cli_option *o = &u->options[i];
        printf("--%s\t%s%c\t%s\t%s\n", o->name, o->letter ? "-" : "",
               o->letter ? o->letter : '-', o->arg ? o->arg : "", o->help);
    }
    fputs("--help\t-h\t\tthis text\n", stdout);
}

/** Text of a manual: a backslash is escaped, a leading dot kept off the
 * margin. */
static void put_text(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        const bool begins = i == 0 || text[i - 1] == '\n';
        if (begins && (text[i] == '.' || text[i] == '\''))
            fputs("\\&", stdout);
        if (text[i] == '\\')
            fputs("\\e", stdout);
        else if (text[i] == '-')
            fputs("\\-", stdout);
        else
            fputc(text[i], stdout);
    }
}

static void put_words(const char *text)
{
    put_text(text, strlen(text));
    fputc('\n', stdout);
}

static void put_option(const struct nidx_cli_option *o)
{
    fputs(".It ", stdout);
    if (o->letter)
        printf("Fl %c , ", o->letter);
    printf("Fl Fl %s", o->name);
    if (o->arg)
        printf(" Ar %s", o->arg);
    fputc('\n', stdout);
    put_words(o->help);
}

static void put_head(const struct nidx_cli_usage *u, size_t len)
{
    const char *name = u->synopsis;
    const char *summary = "";

    for (size_t i = 0; i < nidx_cli_n_commands; i++) {
        const char *n = nidx_cli_commands[i].name;
        if (strlen(n) == len && memcmp(n, name, len) == 0)
            summary = nidx_cli_commands[i].summary;
    }
    printf(".\\\" Made by scripts/make-manuals from the table of options.\n"
           ".\\\" SPDX-License-Identifier: BSD-2-Clause\n"
           ".Dd November 25, 2026\n.Dt NIDX-");
    for (size_t i = 0; i < len; i++)
        fputc(name[i] & ~0x20, stdout);
    printf(" 1\n.Os\n.Sh NAME\n.Nm nidx-%.*s\n.Nd ", (int)len, name);
    put_words(summary);
    printf(".Sh SYNOPSIS\n.Nm nidx\n.Cm %.*s\n", (int)len, name);
}

/** Operands of a synopsis, behind "[options]". */
static void put_operands(const char *synopsis, size_t len)
{
    const char *rest = synopsis + len;
    static const char options[] = " [options]";

    if (strncmp(rest, options, sizeof(options) - 1) == 0) {
        fputs(".Op Ar options\n", stdout);
        rest += sizeof(options) - 1;
    }
    if (*rest)
        printf(".Ar %s\n", rest + 1);
}

/** Paragraphs of a text, which empty lines divide. */
static void put_paragraphs(const char *text)
{
    for (const char *end; text; text = end ? end + 2 : NULL) {
        end = strstr(text, "\n\n");
        fputs(".Pp\n", stdout);
        put_text(text, end ? (size_t)(end - text) : strlen(text));
        fputc('\n', stdout);
    }
}

void nidx_cli_manual(const struct nidx_cli_usage *u)
{
    const size_t len = strcspn(u->synopsis, " ");

    put_head(u, len);
    put_operands(u->synopsis, len);
    fputs(".Sh DESCRIPTION\n", stdout);
    put_words(u->text);
    if (u->more)
        put_paragraphs(u->more);
    fputs(".Pp\nThe options are:\n.Bl -tag -width Ds\n", stdout);
    for (size_t i = 0; i < u->n_options; i++)
        put_option(&u->options[i]);
    fputs(".It Fl h , Fl Fl help\nExplains the command in short.\n.El\n"
          ".Sh EXIT STATUS\n0 found or done, 1 nothing found, 2 an error, "
          "which is said on standard error.\n"
          ".Sh EXAMPLES\n.Bd -literal\n",
          stdout);
    put_text(u->examples, strlen(u->examples));
    fputs(".Ed\n.Sh SEE ALSO\n.Xr nidx 1 ,\n.Xr nidx-query 7\n", stdout);
}
