/* kernels.c: nanoseconds for a group of 128 values, for each cpu level.
 *
 * Prints width, share of exceptions, and the time of reading, of reading with
 * running sums, of one value and of ten values. Best of several rounds.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/codec/pack.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    GROUPS = 64,
    ROUNDS = 400,
    TRIES = 15
};

static uint64_t seed = 1;
static volatile uint32_t sink;

struct groups {
    struct nidx_buf bytes;
    size_t at[GROUPS];
};

static uint32_t random32(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 16);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void make(struct groups *g, uint32_t bits, uint32_t exceptions)
{
    uint32_t values[NIDX_BLOCK];

    g->bytes.len = 0;
    for (uint32_t k = 0; k < GROUPS; k++) {
        for (uint32_t i = 0; i < NIDX_BLOCK; i++) {
            uint32_t more = random32() % 128 < exceptions ? 5 : 0;
            values[i] = random32() >> (32 - bits - more);
        }
        g->at[k] = g->bytes.len;
        nidx_pack_write(&g->bytes, values, NIDX_BLOCK);
    }
    nidx_buf_zero(&g->bytes, NIDX_PAD);
    if (g->bytes.oom)
        exit(2);
}

enum what {
    READ,
    GAPS,
    AT,
    RANGE
};

static void once(const uint8_t *p, enum what what, uint32_t i, uint32_t *out)
{
    switch (what) {
    case READ:
        nidx_pack_read(p, NIDX_BLOCK, out);
        break;
    case GAPS:
        nidx_pack_read_gaps(p, NIDX_BLOCK, 5, out);
        break;
    case AT:
        out[0] = nidx_pack_at(p, NIDX_BLOCK, i % NIDX_BLOCK);
        break;
    case RANGE:
        nidx_pack_range(p, NIDX_BLOCK, i % (NIDX_BLOCK - 10), 10, out);
        break;
    }
}

static double measure(const struct groups *g, enum what what)
{
    _Alignas(64) uint32_t out[NIDX_PACK_SLOTS];
    double best = 1e300;

    for (int try = 0; try < TRIES; try++) {
        double start = now();
        for (uint32_t r = 0; r < ROUNDS; r++)
            for (uint32_t k = 0; k < GROUPS; k++) {
                once(g->bytes.data + g->at[k], what, r + 7 * k, out);
                sink = out[0];
            }
        double took = (now() - start) / (ROUNDS * GROUPS);
        if (took < best)
            best = took;
    }
    return best;
}

int main(void)
{
    static const char *const names[] = {"portable", "avx2", "avx512"};
    static const uint32_t widths[] = {1, 4, 7, 12, 18, 26};
    struct groups g = {0};

    printf("level    bits exceptions  read  gaps    at   ten\n");
    for (int level = 0; level <= (int)NIDX_CPU_AVX512; level++) {
        nidx_cpu_force((enum nidx_cpu)level);
        if ((int)nidx_cpu_level() != level)
            continue;
        for (size_t w = 0; w < sizeof(widths) / sizeof(*widths); w++)
            for (uint32_t e = 0; e <= 8; e += 8) {
                make(&g, widths[w], e);
                printf("%-8s %4u %10u %5.1f %5.1f %5.1f %5.1f\n", names[level],
                       widths[w], e, measure(&g, READ), measure(&g, GAPS),
                       measure(&g, AT), measure(&g, RANGE));
            }
    }
    nidx_buf_done(&g.bytes);
    return 0;
}
