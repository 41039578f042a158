/* answer.h: nidx-bench query: the queries of the game as peers answer them.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_BENCH_ANSWER_H
#define NIDX_BENCH_ANSWER_H

/**
 * `query INDEX QUERIES.tsv SECONDS [--plain]`: asks the whole list in passes
 * and prints a line a query, as bench/peers/peer.h describes. Parsing,
 * expansion, planning and searching are timed; fetching ids is not.
 */
int answer_main(int argc, char **argv);

#endif
