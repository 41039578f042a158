/* compare.h: one query, asked of an index in every way, against an answer.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_TESTS_COMPARE_H
#define NIDX_TESTS_COMPARE_H

#include "tests/large/ask.h"
#include "tests/large/built.h"

struct inquiry {
    const struct built *built;
    const struct texts *texts;
    const struct nidx_query *query;
    const struct nidx_tree *tree; /**< expanded */
    uint32_t number;              /**< decides in which ways it is asked */
    bool plain;
    double k1, b; /**< as in nidx_search_options */
};

enum compared {
    COMPARED_EQUAL,
    COMPARED_DIFFERS,
    COMPARED_LIMITED /**< a limit was hit, which the answer does not know */
};

/** Says on stderr what differs. */
enum compared compare_answer(const struct inquiry *q,
                             const struct answer *answer);
/** What k1 and b of nidx_search_options mean. */
float compare_k1(const struct inquiry *q);
float compare_b(const struct inquiry *q);

#endif
