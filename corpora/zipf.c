/* zipf.c: ranks of words, as often as texts have them.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "corpora/zipf.h"

#include <math.h>

#define ROWS       (NIDX_ZIPF_HEAD + 1)
#define MANDELBROT 1.0
/* Ranks are cut here: a word in 10^13 is not missed. */
#define LAST_RANK 4e9

/* The law's weights, with a mean of 1. */
static void set_weights(double weight[ROWS])
{
    double sum = 0;

    for (int i = 0; i < NIDX_ZIPF_HEAD; i++)
        weight[i] = 1 / (i + 1 + MANDELBROT);
    /* The integral of w (b/r)^(5/3) from b on is 3/2 b w. */
    weight[NIDX_ZIPF_HEAD] = 1.5 * NIDX_ZIPF_HEAD * weight[NIDX_ZIPF_HEAD - 1];
    for (int i = 0; i < ROWS; i++)
        sum += weight[i];
    for (int i = 0; i < ROWS; i++)
        weight[i] *= ROWS / sum;
}

static void set_row(struct nidx_zipf *z, int row, double chance, int alias)
{
    z->chance[row] =
        chance >= 1 ? UINT32_MAX : (uint32_t)(chance * 4294967295.);
    z->alias[row] = (uint16_t)alias;
}

/* Vose's order: a row that is too small is filled up by one that is too
 * large. Ranks fall in weight, so that the large ones are taken from the
 * front; the tail is the largest of all and comes first. */
void nidx_zipf_init(struct nidx_zipf *z)
{
    double weight[ROWS];
    int small[ROWS];
    int large[ROWS];
    int n_small = 0;
    int n_large = 0;

    set_weights(weight);
    for (int i = 0; i < ROWS; i++) {
        if (weight[i] < 1)
            small[n_small++] = i;
        else
            large[n_large++] = i;
    }
    while (n_small > 0 && n_large > 0) {
        const int s = small[--n_small];
        const int l = large[n_large - 1];
        set_row(z, s, weight[s], l);
        weight[l] -= 1 - weight[s];
        if (weight[l] < 1) {
            n_large--;
            small[n_small++] = l;
        }
    }
    while (n_small > 0)
        set_row(z, small[--n_small], 1, 0);
    while (n_large > 0)
        set_row(z, large[--n_large], 1, 0);
}

uint64_t nidx_zipf_draw(const struct nidx_zipf *z, struct random *r)
{
    const uint64_t x = random_next(r);
    uint32_t row = (uint32_t)((x >> 32) * ROWS >> 32);

    if ((uint32_t)x >= z->chance[row])
        row = z->alias[row];
    if (row < NIDX_ZIPF_HEAD)
        return row;
    /* The tail's distribution function, turned round: b u^(-3/2). */
    const double u = random_unit(r);
    const double rank = NIDX_ZIPF_HEAD / (u * sqrt(u));
    return (uint64_t)(rank < LAST_RANK ? rank : LAST_RANK);
}
