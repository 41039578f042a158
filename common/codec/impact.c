/* impact.c: pairs of frequency and length that bound a block's scores.
 *
 * Codes have a sign-less floating form with four bits behind the first:
 * numbers below 32 are exact, above a code is within a sixteenth. The last
 * code of a length stands for all greater ones (a lower bound stays one); the
 * last of a frequency is the greatest number there is.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/codec/impact.h"

#include <assert.h>
#include <string.h>

#define ROW(s)                                                              \
    16u << (s), 17u << (s), 18u << (s), 19u << (s), 20u << (s), 21u << (s), \
        22u << (s), 23u << (s), 24u << (s), 25u << (s), 26u << (s),         \
        27u << (s), 28u << (s), 29u << (s), 30u << (s)
#define ROWS                                                                   \
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, ROW(0), 31u, ROW(1), \
        31u << 1, ROW(2), 31u << 2, ROW(3), 31u << 3, ROW(4), 31u << 4,        \
        ROW(5), 31u << 5, ROW(6), 31u << 6, ROW(7), 31u << 7, ROW(8),          \
        31u << 8, ROW(9), 31u << 9, ROW(10), 31u << 10, ROW(11), 31u << 11,    \
        ROW(12), 31u << 12, ROW(13), 31u << 13, ROW(14)

const uint32_t nidx_impact_freq_of[256] = {ROWS, UINT32_MAX};
const uint32_t nidx_impact_len_of[256] = {ROWS, 31u << 14};

/* The greatest code whose number is at most v, without the special 255. */
static uint32_t code_below(uint32_t v)
{
    if (v < 16)
        return v;
    uint32_t shift = 27 - (uint32_t)__builtin_clz(v);
    uint32_t code = 16 * shift + (v >> shift);
    return code > 255 ? 255 : code;
}

uint8_t nidx_impact_len_code(uint32_t len)
{
    return (uint8_t)code_below(len);
}

uint8_t nidx_impact_freq_code(uint32_t freq)
{
    uint32_t code = code_below(freq);

    if (code < 255 && nidx_impact_freq_of[code] < freq)
        code++;
    return (uint8_t)code;
}

void nidx_impact_reset(struct nidx_impact_builder *b)
{
    memset(b->used, 0, sizeof(b->used));
}

void nidx_impact_add(struct nidx_impact_builder *b, uint32_t freq, uint32_t len)
{
    nidx_impact_add_code(b, freq, nidx_impact_len_code(len));
}

/* A frontier: lengths and frequencies both rise strictly. */
struct frontier {
    uint32_t n;
    uint8_t freq[256], len[256];
};

/* Adds a pair; lengths come in rising order. */
static void frontier_add(struct frontier *f, uint8_t freq, uint8_t len)
{
    if (f->n > 0 && f->freq[f->n - 1] >= freq)
        return;
    if (f->n > 0 && f->len[f->n - 1] == len)
        f->n--;
    f->freq[f->n] = freq;
    f->len[f->n++] = len;
}

/*
 * About the score of a pair: BM25 with k1 = 1.2 and b = 0.75 where the mean
 * length is 400. It only decides which pairs are joined: any choice is valid.
 */
static uint64_t joined_score(const struct frontier *f, uint32_t i)
{
    uint64_t freq = nidx_impact_freq_of[f->freq[i + 1]];
    uint64_t len = nidx_impact_len_of[f->len[i]];
    return (freq << 30) / (freq * 4000 + 1200 + 9 * len);
}

/* Joins the neighbours whose common bound is least, so that the greatest
 * bound of the block rises as late as possible. */
static void join_cheapest(struct frontier *f)
{
    uint32_t best = 0;
    uint64_t least = UINT64_MAX;

    for (uint32_t i = 0; i + 1 < f->n; i++) {
        uint64_t score = joined_score(f, i);
        if (score < least) {
            least = score;
            best = i;
        }
    }
    f->freq[best] = f->freq[best + 1];
    f->n--;
    for (uint32_t i = best + 1; i < f->n; i++) {
        f->freq[i] = f->freq[i + 1];
        f->len[i] = f->len[i + 1];
    }
}

/* Four pairs; the last is repeated where there are fewer. */
static nidx_impacts frontier_finish(struct frontier *f)
{
    nidx_impacts pairs = 0;

    if (f->n == 0)
        return 0;
    while (f->n > 4)
        join_cheapest(f);
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t k = i < f->n ? i : f->n - 1;
        uint64_t pair = (uint64_t)f->freq[k] | (uint64_t)f->len[k] << 8;
        pairs |= pair << 16 * i;
    }
    return pairs;
}

nidx_impacts nidx_impact_finish(const struct nidx_impact_builder *b)
{
    struct frontier f;

    f.n = 0;
    for (uint32_t w = 0; w < 8; w++)
        for (uint32_t bits = b->used[w]; bits; bits &= bits - 1) {
            uint32_t l = 32 * w + (uint32_t)__builtin_ctz(bits);
            frontier_add(&f, b->freq[l], (uint8_t)l);
        }
    return frontier_finish(&f);
}

nidx_impacts nidx_impact_merge(nidx_impacts a, nidx_impacts b)
{
    struct frontier f;

    if (a == b || b == 0)
        return a;
    if (a == 0)
        return b;
    f.n = 0;
    /* Stored pairs are sorted by length, but damaged ones need not be: a
     * selection of the least remaining keeps the result a bound anyway. */
    uint16_t pairs[8];
    for (uint32_t i = 0; i < 4; i++) {
        pairs[i] = (uint16_t)(a >> 16 * i);
        pairs[4 + i] = (uint16_t)(b >> 16 * i);
    }
    for (uint32_t i = 1; i < 8; i++) {
        uint16_t pair = pairs[i];
        uint32_t k = i;
        for (; k > 0 && pairs[k - 1] > pair; k--)
            pairs[k] = pairs[k - 1];
        pairs[k] = pair;
    }
    for (uint32_t i = 0; i < 8; i++)
        frontier_add(&f, (uint8_t)pairs[i], (uint8_t)(pairs[i] >> 8));
    return frontier_finish(&f);
}
