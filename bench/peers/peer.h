/* peer.h: what the peers in C and C++ share: reading articles, asking
 * queries in passes, and printing times and answers.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_BENCH_PEER_H
#define NIDX_BENCH_PEER_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct peer_article {
    const char *id, *title, *body;
    size_t id_len, title_len, body_len;
};

/** Calls add for each line of a file of JSON lines; 0, or 2: said why. */
int peer_read_articles(const char *path,
                       void (*add)(void *context, const struct peer_article *),
                       void *context);

/** What a peer answers. Ids are kept only where keep is set. */
struct peer_answer {
    int keep;
    unsigned long long count;
    char ids[16384];
    size_t len;
};
void peer_answer_id(struct peer_answer *a, const char *id);

/**
 * The verbs query and one. `query X QUERIES.tsv SECONDS` asks the whole list
 * (MODE TAB QUERY a line) in passes for about so long, at least three, drops
 * the first half of them and prints a line a query: mode, query, best and
 * median microseconds, matches, ids.
 */
int peer_answer_main(int argc, char **argv,
                     void (*ask)(void *context, const char *mode,
                                 const char *query, struct peer_answer *),
                     void *context);

#ifdef __cplusplus
}
#endif

#endif
