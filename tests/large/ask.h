/* ask.h: the naive evaluator on the articles of a real corpus.
 *
 * For each query the tokens that its leaves may count are put in documents of
 * the naive evaluator, under short names; everything else of an article is of
 * no matter to it. Spans and scores come from the naive code alone. So that
 * this ends on large corpora, articles that lack a word which the tree demands
 * are not looked at.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_TESTS_ASK_H
#define NIDX_TESTS_ASK_H

#include "tests/large/texts.h"
#include "tests/support/naive.h"

struct asker;

struct answer {
    struct naive_hit *hits; /**< all, best first; doc is that of the texts */
    uint32_t n;
    bool dear; /**< it was given up: too much work */
};

/** Takes the articles that are not purged. */
struct asker *asker_new(const struct texts *t, uint32_t title_weight);
void asker_free(struct asker *a);
/** Deleted articles changed. */
void asker_refresh(struct asker *a);

/** root is expanded and holds no KEYWORD. The answer's hits are the asker's,
 * until it is asked again. */
struct answer asker_ask(struct asker *a, const struct nidx_node *root,
                        bool plain, float k1, float b);

#endif
