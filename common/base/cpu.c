/* cpu.c: which instruction sets the kernels may use.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/codec/pack.h"
#include "common/codec/pack_kernel.h"

#include <stdatomic.h>

/* -1: nobody has asked yet. Threads that ask first together agree. */
static atomic_int level_now = -1;

static enum nidx_cpu detect(void)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("bmi2"))
        return NIDX_CPU_PORTABLE;
    if (__builtin_cpu_supports("avx512f") &&
        __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512cd") &&
        __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512vbmi"))
        return NIDX_CPU_AVX512;
    return NIDX_CPU_AVX2;
#else
    return NIDX_CPU_PORTABLE;
#endif
}

enum nidx_cpu nidx_cpu_level(void)
{
    int level = atomic_load_explicit(&level_now, memory_order_relaxed);

    if (level < 0) {
        level = (int)detect();
        atomic_store_explicit(&level_now, level, memory_order_relaxed);
    }
    return (enum nidx_cpu)level;
}

void nidx_cpu_force(enum nidx_cpu level)
{
    enum nidx_cpu most = detect();

    if (level > most)
        level = most;
    atomic_store_explicit(&level_now, (int)level, memory_order_relaxed);
    nidx_pack_use(level);
}
