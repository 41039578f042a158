/* cli.h: what the subcommands of nidx share.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_CLI_CLI_H
#define NIDX_CLI_CLI_H

#include <limits.h>
#include <nidx.h>
#include <stdbool.h>
#include <stdio.h>

/** Exit status, as grep's. */
enum nidx_cli_exit {
    NIDX_CLI_FOUND = 0,
    NIDX_CLI_NOTHING = 1,
    NIDX_CLI_ERROR = 2
};

/* ------------------------------------------------------------- options */

enum nidx_cli_kind {
    NIDX_CLI_FLAG,   /**< value is a bool */
    NIDX_CLI_TEXT,   /**< value is a const char * */
    NIDX_CLI_NUMBER, /**< value is a uint64_t */
    NIDX_CLI_SIZE,   /**< value is a uint64_t; K, M, G may follow */
    NIDX_CLI_LIST    /**< value is a struct nidx_cli_list; may be repeated */
};

struct nidx_cli_list {
    const char *items[256];
    size_t n;
};

struct nidx_cli_option {
    const char *name; /**< without its dashes */
    char letter;      /**< or 0 */
    enum nidx_cli_kind kind;
    void *value;
    const char *arg; /**< what --help calls its argument */
    const char *help;
};

/** A subcommand as --help shows it. */
struct nidx_cli_usage {
    const char *synopsis; /**< "q [options] QUERY..." */
    const char *text;     /**< what it does, one paragraph */
    const struct nidx_cli_option *options;
    size_t n_options;
    const char *examples; /**< lines */
    const char *more;     /**< further paragraphs of the manual, or NULL */
    bool words; /**< operands are words of a query: behind the first only
                     whole --options are options */
    int min_operands;
    int max_operands; /**< 0: none are expected */
};

/** max_operands where there may be any number of them. */
#define NIDX_CLI_MANY INT_MAX

/** A subcommand. */
struct nidx_cli_command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
};
extern const struct nidx_cli_command nidx_cli_commands[];
extern const size_t nidx_cli_n_commands;

/** Says that there is no command of this name, and which one may be meant. */
int nidx_cli_unknown_command(const char *name);

/** `--list-options`: name, letter, argument and help of each, by tabs. */
void nidx_cli_list_options(const struct nidx_cli_usage *usage);
/** `--manual`: the manual page in mdoc, from the same table as --help. */
void nidx_cli_manual(const struct nidx_cli_usage *usage);

/**
 * Takes the options out of argv and leaves the operands in it. Returns their
 * number; or, where there is nothing left to do, -1 with the exit status in
 * *status (--help was printed, or what is wrong).
 */
int nidx_cli_options(const struct nidx_cli_usage *usage, int argc, char **argv,
                     int *status);

#define NIDX_CLI_COUNT(array) (sizeof(array) / sizeof(*(array)))

/* ------------------------------------------------------------ messages */

/** `nidx: <what>: <why>` on stderr; what may be NULL. Returns 2. */
int nidx_cli_fail(const char *what, const char *why);
/** The same from an error of the library. */
int nidx_cli_failed(const char *what, const struct nidx_error *err);
/** `note: <text>` on stderr, made safe for terminals. */
void nidx_cli_note(const char *text);
/** `nothing found` on stderr; nothing where messages are JSON. Returns 1. */
int nidx_cli_nothing(void);
/** From now on errors and notes are a JSON object a line each. */
void nidx_cli_messages_json(void);
/** Flushes stdout; a failed write is said, and becomes status 2. */
int nidx_cli_finish(int status);
/** "1,234,567" into out. */
const char *nidx_cli_number(uint64_t n, char out[32]);
/** "135.5 MB" into out. */
const char *nidx_cli_bytes(uint64_t n, char out[32]);
/** Seconds since some moment that stays. */
double nidx_cli_now(void);

/* --------------------------------------------------------------- index */

/** --index, $NIDX_INDEX or the default; malloc'ed, NULL: said why. */
char *nidx_cli_index_path(const char *option);
/** Opens it; NULL: said why. create makes the file and its folder. */
struct nidx_index *nidx_cli_open(const char *option,
                                 struct nidx_open_options *options);
/** The writer, after waiting for another one unless no_wait; NULL: said
 * why. */
struct nidx_writer *nidx_cli_writer(struct nidx_index *index,
                                    struct nidx_writer_options *options,
                                    bool no_wait);

/** An index and a view of it, to read. */
struct nidx_cli_reader {
    struct nidx_index *index;
    struct nidx_snapshot *snapshot;
    const char *path; /**< of the index, for messages */
};
/** False: said why, and nothing is to be closed. */
bool nidx_cli_reader_open(const char *option, struct nidx_cli_reader *r);
void nidx_cli_reader_close(struct nidx_cli_reader *r);

/** Words of the command line as one text; malloc'ed, NULL: no memory. */
char *nidx_cli_join(int n, char **words, size_t *len);
/** Reads a query; NULL: said what is wrong with it. */
struct nidx_query *nidx_cli_parse(const char *text, size_t len, bool any);

/* ------------------------------------------------------------- signals */

/** Says what happened when the index file is cut short under our feet. */
void nidx_cli_guard(void);
/** From now on Ctrl-C and SIGTERM only ask to stop (and end standard input),
 * the second time they end the process; SIGUSR1 asks how far it is. */
void nidx_cli_catch_stop(void);
bool nidx_cli_stopping(void);
/** Whether SIGUSR1 came since the last call. */
bool nidx_cli_asked_status(void);

/* ------------------------------------------------------------ commands */

int nidx_cli_add(int argc, char **argv);
int nidx_cli_completion(int argc, char **argv);
int nidx_cli_eval(int argc, char **argv);
int nidx_cli_explain(int argc, char **argv);
int nidx_cli_export(int argc, char **argv);
int nidx_cli_help(int argc, char **argv);
int nidx_cli_similar(int argc, char **argv);
int nidx_cli_suggest(int argc, char **argv);
int nidx_cli_terms(int argc, char **argv);
int nidx_cli_timeline(int argc, char **argv);
int nidx_cli_check(int argc, char **argv);
int nidx_cli_compact(int argc, char **argv);
int nidx_cli_ls(int argc, char **argv);
int nidx_cli_optimize(int argc, char **argv);
int nidx_cli_q(int argc, char **argv);
int nidx_cli_rm(int argc, char **argv);
int nidx_cli_show(int argc, char **argv);
int nidx_cli_stats(int argc, char **argv);

#endif
