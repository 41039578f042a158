/* trec.h: judged collections: topics, judgements, runs.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_CLI_TREC_H
#define NIDX_CLI_TREC_H

#include <stdbool.h>
#include <stddef.h>

struct nidx_cli_topic {
    char *id, *text;
};

struct nidx_cli_topics {
    struct nidx_cli_topic *items;
    size_t n, cap;
};

/** What somebody found of a document for a topic (gain above 0: relevant),
 * or what a run says of it (gain is its score). */
struct nidx_cli_judgement {
    char *topic, *doc;
    double gain;
    size_t line; /**< in the file */
};

struct nidx_cli_judgements {
    struct nidx_cli_judgement *items; /**< qrels: by topic, then document */
    size_t n, cap;
};

/** Lines of `id TAB text`, or TREC's <top> with <num> and <title>. False:
 * said why. */
bool nidx_cli_topics_read(const char *path, struct nidx_cli_topics *out);
void nidx_cli_topics_free(struct nidx_cli_topics *t);
/** Lines of `topic iteration document gain`; sorted. */
bool nidx_cli_qrels_read(const char *path, struct nidx_cli_judgements *out);
/** Lines of `topic Q0 document rank score tag`; by topic, best first. */
bool nidx_cli_run_read(const char *path, struct nidx_cli_judgements *out);
void nidx_cli_judgements_free(struct nidx_cli_judgements *j);
/** Those of one topic: the first, and their number. */
size_t nidx_cli_judged(const struct nidx_cli_judgements *j, const char *topic,
                       const struct nidx_cli_judgement **first);

#endif
