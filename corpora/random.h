/* random.h: random numbers that are the same on every machine.
 *
 * SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). Of floating point only
 * operations are used that IEEE 754 rounds correctly: no exp, log or pow, whose
 * last bits differ from one C library to the next.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_CORPORA_RANDOM_H
#define NIDX_CORPORA_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct random {
    uint64_t state;
};

/** A number that looks random, made of x. */
static inline uint64_t random_mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

static inline uint64_t random_next(struct random *r)
{
    r->state += UINT64_C(0x9e3779b97f4a7c15);
    return random_mix(r->state);
}

/** 0 to n - 1. */
static inline uint32_t random_below(struct random *r, uint32_t n)
{
    return (uint32_t)((random_next(r) >> 32) * n >> 32);
}

/** Above 0 and below 1. */
static inline double random_unit(struct random *r)
{
    return ((double)(random_next(r) >> 11) + 0.5) / 9007199254740992.0;
}

/** True n times in a thousand. */
static inline bool random_permille(struct random *r, uint32_t n)
{
    return random_below(r, 1000) < n;
}

/** About normal, mean 0 and deviation 1: a sum of twelve. */
static inline double random_normal(struct random *r)
{
    double sum = -6;

    for (int i = 0; i < 12; i++)
        sum += random_unit(r);
    return sum;
}

#endif
