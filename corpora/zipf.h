/* zipf.h: ranks of words, as often as texts have them.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_CORPORA_ZIPF_H
#define NIDX_CORPORA_ZIPF_H

#include "corpora/random.h"

/** Ranks below this one are drawn from a table. */
#define NIDX_ZIPF_HEAD 8192

/*
 * The law has two parts (Gerlach and Altmann, "Stochastic model for the
 * vocabulary growth in natural languages", Phys. Rev. X 3, 2013, who find a
 * bend at rank 7,873 and an exponent of 1.77 behind it):
 *
 *     p(r) ~ 1 / (r + 1)                   up to rank 8,192 (Mandelbrot)
 *     p(r) ~ r^(-5/3)                      behind it, without end
 *
 * The number of different words grows with the length of the text to the power
 * of 3/5 (Heaps). 5/3 instead of 1.77: then the tail is drawn with a square
 * root, which every machine rounds alike.
 */
struct nidx_zipf {
    /* Walker's alias method: row i stands for i below chance[i], else for
     * alias[i]. The last row is the tail. */
    uint32_t chance[NIDX_ZIPF_HEAD + 1];
    uint16_t alias[NIDX_ZIPF_HEAD + 1];
};

void nidx_zipf_init(struct nidx_zipf *z);

/** A rank, from 0. */
uint64_t nidx_zipf_draw(const struct nidx_zipf *z, struct random *r);

#endif
