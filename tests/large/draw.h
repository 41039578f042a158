/* draw.h: random queries of every operator, of the words of a corpus.
 *
 * Words are drawn so that every order of frequency is as likely, or of one
 * article so that they meet; phrases and NEARs of running text.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_TESTS_DRAW_H
#define NIDX_TESTS_DRAW_H

#include "tests/large/texts.h"
#include "tests/support/corpus.h"

struct draw {
    const struct texts *texts;
    struct rng *r;
    struct nidx_buf out; /**< the query's text */
    uint32_t doc;        /**< the article whose words are drawn */
    double k1, b;        /**< 0: the usual */
    bool plain;
    bool failed; /**< no such words were found: draw anew */
};

struct draw_operator {
    const char *name;
    void (*draw)(struct draw *d);
};
extern const struct draw_operator draw_operators[];
extern const size_t draw_n_operators;
/** A tree of so many levels. */
void draw_tree(struct draw *d, uint32_t depth);

/** A query of an operator; out ends in a zero that does not count. */
void draw_query(struct draw *d, void (*operator)(struct draw *d));

#endif
