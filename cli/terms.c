/* terms.c: nidx terms and nidx suggest: the words of an index.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"
#include "json.h"
#include "term.h"

#include <inttypes.h>
#include <string.h>

static void print_word(bool json, const char *word, size_t len, uint64_t docs,
                       uint64_t occurrences)
{
    if (json) {
        fputs("{\"word\":", stdout);
        nidx_cli_json_string(word, len);
        printf(",\"documents\":%" PRIu64 ",\"occurrences\":%" PRIu64 "}\n",
               docs, occurrences);
        return;
    }
    printf("%10" PRIu64 " %10" PRIu64 "  ", docs, occurrences);
    nidx_cli_put_safe(stdout, word, len);
    fputc('\n', stdout);
}

static int list_words(const struct nidx_cli_reader *r, const char *prefix,
                      uint64_t limit, bool json)
{
    struct nidx_error err;
    struct nidx_lexicon *words;
    const char *word;
    size_t len;
    uint64_t docs, n, shown = 0;

    if (nidx_lexicon_new(r->snapshot, prefix, strlen(prefix), &words, &err) !=
        NIDX_OK)
        return nidx_cli_failed(r->path, &err);
    int code = NIDX_CLI_NOTHING;
    while (!ferror(stdout) && (limit == 0 || shown < limit)) {
        if (nidx_lexicon_next(words, &word, &len, &docs, &n, &err) != NIDX_OK) {
            code = nidx_cli_failed(r->path, &err);
            break;
        }
        if (!word)
            break;
        if (shown++ == 0 && !json)
            fputs("  articles      times  word\n", stdout);
        print_word(json, word, len, docs, n);
        code = NIDX_CLI_FOUND;
    }
    nidx_lexicon_free(words);
    return code == NIDX_CLI_NOTHING ? nidx_cli_nothing() : code;
}

int nidx_cli_terms(int argc, char **argv)
{
    const char *path = NULL;
    uint64_t limit = 0;
    bool json = false;
    struct nidx_cli_reader r;
    const struct nidx_cli_option options[] = {
        {"index", 'i', NIDX_CLI_TEXT, &path, "FILE", "the index"},
        {"limit", 'n', NIDX_CLI_NUMBER, &limit, "N", "at most N words"},
        {"json", 0, NIDX_CLI_FLAG, &json, NULL, "a JSON object a line"},
    };
    const struct nidx_cli_usage usage = {
        .synopsis = "terms [options] [PREFIX]",
        .text = "Lists the words of the index as they are written (in small "
                "letters), with the\nnumber of articles that hold them and of "
                "times they occur; with PREFIX only\nthose that begin so, "
                "accents and case aside. Deleted articles count until they\n"
                "are merged away.",
        .options = options,
        .n_options = NIDX_CLI_COUNT(options),
        .examples = "    nidx terms putin\n"
                    "    nidx terms | sort -rn | head\n",
        .max_operands = 1};
    int status;

    const int n = nidx_cli_options(&usage, argc, argv, &status);
    if (n < 0)
        return status;
    if (json)
        nidx_cli_messages_json();
    if (!nidx_cli_reader_open(path, &r))
        return NIDX_CLI_ERROR;
    status = list_words(&r, n > 0 ? argv[0] : "", limit, json);
    nidx_cli_reader_close(&r);
    return status;
}

/* --------------------------------------------------------------- suggest */

static void print_suggestion(const struct nidx_words *words, size_t i,
                             bool json)
{
    size_t len;
    const char *text = nidx_words_text(words, i, &len);

    if (json) {
        fputs("{\"word\":", stdout);
        nidx_cli_json_string(text, len);
        printf(",\"documents\":%" PRIu64 "}\n", nidx_words_n_docs(words, i));
        return;
    }
    nidx_cli_put_safe(stdout, text, len);
    fputc('\n', stdout);
}

static int suggest(const struct nidx_cli_reader *r, const char *prefix,
                   size_t most, bool json)
{
    struct nidx_words *words = NULL;
    struct nidx_error err;

    if (nidx_words_new(r->snapshot, prefix, strlen(prefix), most, &words,
                       &err) != NIDX_OK)
        return nidx_cli_failed(r->path, &err);
    const size_t n = nidx_words_n(words);
    for (size_t i = 0; i < n; i++)
        print_suggestion(words, i, json);
    nidx_words_free(words);
    return n > 0 ? NIDX_CLI_FOUND : nidx_cli_nothing();
}

int nidx_cli_suggest(int argc, char **argv)
{
    const char *path = NULL;
    uint64_t limit = 10;
    bool json = false;
    struct nidx_cli_reader r;
    const struct nidx_cli_option options[] = {
        {"index", 'i', NIDX_CLI_TEXT, &path, "FILE", "the index"},
        {"limit", 'n', NIDX_CLI_NUMBER, &limit, "N", "at most N words (10)"},
        {"json", 0, NIDX_CLI_FLAG, &json, NULL, "a JSON object a line"},
    };
    const struct nidx_cli_usage usage = {
        .synopsis = "suggest [options] PREFIX",
        .text = "Completes the beginning of a word: the words of the index "
                "that begin so, those\nof most articles first.",
        .options = options,
        .n_options = NIDX_CLI_COUNT(options),
        .examples = "    nidx suggest put\n",
        .min_operands = 1,
        .max_operands = 1};
    int status;

    if (nidx_cli_options(&usage, argc, argv, &status) < 0)
        return status;
    if (json)
        nidx_cli_messages_json();
    if (limit == 0 || limit > 10000)
        return nidx_cli_fail("--limit", "from 1 to 10000");
    if (!nidx_cli_reader_open(path, &r))
        return NIDX_CLI_ERROR;
    status = suggest(&r, argv[0], (size_t)limit, json);
    nidx_cli_reader_close(&r);
    return status;
}
