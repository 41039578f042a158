/* synthetic.h: articles that nobody wrote.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_CORPORA_SYNTHETIC_H
#define NIDX_CORPORA_SYNTHETIC_H

#include "common/base/bytes.h"
#include "corpora/zipf.h"

/** An article; its buffers are used again for the next one. */
struct nidx_synthetic {
    struct nidx_buf title, body, author, date;
    uint32_t topic;
    const char *source;
};

/** Writes article number n of a seed into a, whatever others were written
 * before. False where memory ran out. */
bool nidx_synthetic_write(const struct nidx_zipf *z, uint64_t seed, uint64_t n,
                          struct nidx_synthetic *a);

void nidx_synthetic_done(struct nidx_synthetic *a);

#endif
