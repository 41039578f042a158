/* option.c: options of the command line, and --help.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"
#include "nearby.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void print_option(const struct nidx_cli_option *o)
{
    char left[64];

    if (o->letter)
        snprintf(left, sizeof(left), "-%c, --%s%s%s", o->letter, o->name,
                 o->arg ? " " : "", o->arg ? o->arg : "");
    else
        snprintf(left, sizeof(left), "    --%s%s%s", o->name, o->arg ? " " : "",
                 o->arg ? o->arg : "");
    printf("    %-24s %s\n", left, o->help);
}

static void print_usage(const struct nidx_cli_usage *u)
{
    printf("usage: nidx %s\n%s\n\noptions:\n", u->synopsis, u->text);
    for (size_t i = 0; i < u->n_options; i++)
        print_option(&u->options[i]);
    printf("    -h, --help               this text\n\nexamples:\n%s",
           u->examples);
}

/** What needs no index and asks nothing: --help and what scripts read. */
static bool print_about(const struct nidx_cli_usage *u, const char *arg)
{
    if (strcmp(arg, "--help") == 0)
        print_usage(u);
    else if (strcmp(arg, "--list-options") == 0)
        nidx_cli_list_options(u);
    else if (strcmp(arg, "--manual") == 0)
        nidx_cli_manual(u);
    else
        return false;
    return true;
}

static int bad_option(const char *option, const char *why, int *status)
{
    *status = nidx_cli_fail(option, why);
    return -1;
}

static bool read_number(const char *text, bool size, uint64_t *out)
{
    char *end;

    if (*text < '0' || *text > '9')
        return false;
    errno = 0;
    const unsigned long long n = strtoull(text, &end, 10);
    if (errno)
        return false;
    unsigned shift = 0;
    if (size && *end) {
        static const char units[] = "kmgt";
        const char *unit = strchr(units, *end | 0x20);
        if (!unit)
            return false;
        shift = 10 * (unsigned)(unit - units + 1);
        end++;
        if (*end == 'i')
            end++;
        if (*end == 'B')
            end++;
    }
    if (*end || n > UINT64_MAX >> shift)
        return false;
    *out = (uint64_t)n << shift;
    return true;
}

static bool append(struct nidx_cli_list *list, const char *item)
{
    if (list->n == NIDX_CLI_COUNT(list->items))
        return false;
    list->items[list->n++] = item;
    return true;
}

/** What is wrong with an argument that an option does not take. */
static const char *refusal(const struct nidx_cli_option *o)
{
    return o->kind == NIDX_CLI_LIST ? "is given too often" : "needs a number";
}

/** Sets an option from its argument (NULL for flags). */
static bool set_option(const struct nidx_cli_option *o, const char *arg)
{
    switch (o->kind) {
    case NIDX_CLI_FLAG:
        *(bool *)o->value = true;
        return true;
    case NIDX_CLI_TEXT:
        *(const char **)o->value = arg;
        return true;
    case NIDX_CLI_LIST:
        return append(o->value, arg);
    case NIDX_CLI_NUMBER:
        return read_number(arg, false, o->value);
    case NIDX_CLI_SIZE:
        return read_number(arg, true, o->value);
    default:
        return false;
    }
}

static const struct nidx_cli_option *find_long(const struct nidx_cli_usage *u,
                                               const char *name, size_t len)
{
    for (size_t i = 0; i < u->n_options; i++) {
        const char *n = u->options[i].name;
        if (strlen(n) == len && memcmp(n, name, len) == 0)
            return &u->options[i];
    }
    return NULL;
}

/** An unknown option, and the one that may be meant. */
static int no_option(const struct nidx_cli_usage *u, const char *arg,
                     int *status)
{
    char name[32], why[160];

    snprintf(name, sizeof(name), "%.*s", (int)strcspn(arg + 2, "="), arg + 2);
    for (size_t i = 0; i < u->n_options; i++) {
        if (!nidx_cli_is_nearby(name, u->options[i].name))
            continue;
        snprintf(why, sizeof(why),
                 "no such option; did you mean --%s? --help lists them",
                 u->options[i].name);
        return bad_option(arg, why, status);
    }
    return bad_option(arg, "no such option; --help lists them", status);
}

/** --name, --name=value or --name value at argv[0]; how many it took. */
static int take_long(const struct nidx_cli_usage *u, int argc, char **argv,
                     int *status)
{
    const char *name = argv[0] + 2;
    const char *equals = strchr(name, '=');
    const size_t len = equals ? (size_t)(equals - name) : strlen(name);
    const struct nidx_cli_option *o = find_long(u, name, len);

    if (print_about(u, argv[0])) {
        *status = NIDX_CLI_FOUND;
        return -1;
    }
    if (!o)
        return no_option(u, argv[0], status);
    const char *arg = equals ? equals + 1 : NULL;
    int taken = 1;
    if (o->kind == NIDX_CLI_FLAG) {
        if (arg)
            return bad_option(argv[0], "takes no argument", status);
    } else if (!arg) {
        if (argc < 2)
            return bad_option(argv[0], "needs an argument", status);
        arg = argv[1];
        taken = 2;
    }
    if (!set_option(o, arg))
        return bad_option(argv[0], refusal(o), status);
    return taken;
}

static const struct nidx_cli_option *find_letter(const struct nidx_cli_usage *u,
                                                 char letter)
{
    for (size_t i = 0; i < u->n_options; i++) {
        if (u->options[i].letter == letter)
            return &u->options[i];
    }
    return NULL;
}

static const char behind_dashes[] =
    "no such option; a query that begins with a minus goes behind `--`";

/** -abc, -n5 or -n 5 at argv[0]; how many it took. */
static int take_letters(const struct nidx_cli_usage *u, int argc, char **argv,
                        int *status)
{
    for (const char *p = argv[0] + 1; *p; p++) {
        if (*p == 'h') {
            print_usage(u);
            *status = NIDX_CLI_FOUND;
            return -1;
        }
        const struct nidx_cli_option *o = find_letter(u, *p);
        if (!o)
            return bad_option(argv[0],
                              u->words ? behind_dashes
                                       : "no such option; --help lists them",
                              status);
        if (o->kind == NIDX_CLI_FLAG) {
            set_option(o, NULL);
            continue;
        }
        const bool apart = p[1] == '\0';
        if (u->words && !apart && o->kind == NIDX_CLI_TEXT)
            return bad_option(argv[0], behind_dashes, status);
        if (apart && argc < 2)
            return bad_option(argv[0], "needs an argument", status);
        if (!set_option(o, apart ? argv[1] : p + 1))
            return bad_option(argv[0], refusal(o), status);
        return apart ? 2 : 1;
    }
    return 1;
}

/** Whether arg, which stands behind words of a query, is an option all the
 * same: a whole --option, or a letter alone or before a number (-n, -n5). */
static bool is_late_option(const struct nidx_cli_usage *u, const char *arg)
{
    if (arg[1] == '-')
        return find_long(u, arg + 2, strcspn(arg + 2, "=")) != NULL ||
               strcmp(arg, "--help") == 0;
    const struct nidx_cli_option *o = find_letter(u, arg[1]);
    return o && (arg[2] == '\0' ||
                 (o->kind == NIDX_CLI_NUMBER &&
                  strspn(arg + 2, "0123456789") == strlen(arg + 2)));
}

/** Whether arg is an option, when n operands stand before it. */
static bool is_option(const struct nidx_cli_usage *u, const char *arg, int n)
{
    if (arg[0] != '-' || arg[1] == '\0')
        return false;
    return !u->words || n == 0 || is_late_option(u, arg);
}

/** Says that there are operands which nobody looks at. */
static int too_many(const struct nidx_cli_usage *u, int n, char **operands)
{
    static const char end[] = ".nidx";
    char why[128];
    bool index = false;

    for (int i = 0; i < n && !index; i++) {
        const size_t len = strlen(operands[i]);
        index = len >= sizeof(end) - 1 &&
                strcmp(operands[i] + len - (sizeof(end) - 1), end) == 0;
    }
    const char *hint = index ? " (the index is named with --index)" : "";
    if (u->max_operands == 0)
        snprintf(why, sizeof(why), "no operand is expected here%s", hint);
    else
        snprintf(why, sizeof(why), "at most %s expected here%s",
                 u->max_operands == 1 ? "one operand is" : "two operands are",
                 hint);
    return nidx_cli_fail(operands[u->max_operands], why);
}

int nidx_cli_options(const struct nidx_cli_usage *usage, int argc, char **argv,
                     int *status)
{
    int n = 0;

    for (int i = 0; i < argc;) {
        if (strcmp(argv[i], "--") == 0) {
            for (i++; i < argc; i++)
                argv[n++] = argv[i];
            break;
        }
        if (!is_option(usage, argv[i], n)) {
            argv[n++] = argv[i++];
            continue;
        }
        const int taken = argv[i][1] == '-'
                              ? take_long(usage, argc - i, argv + i, status)
                              : take_letters(usage, argc - i, argv + i, status);
        if (taken < 0)
            return -1;
        i += taken;
    }
    if (n < usage->min_operands) {
        fprintf(stderr, "usage: nidx %s\n(--help explains it)\n",
                usage->synopsis);
        *status = NIDX_CLI_ERROR;
        return -1;
    }
    if (n > usage->max_operands) {
        *status = too_many(usage, n, argv);
        return -1;
    }
    return n;
}
