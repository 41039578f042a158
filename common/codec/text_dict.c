/* text_dict.c: stored documents: a dictionary made of the first of them.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <zdict.h>

#include "common/base/limits.h"
#include "common/codec/text_impl.h"

/* The dictionary holds pieces of the sample at even distances: a common phrase
 * is likely to be in one. Choosing pieces by what they save is not worth it:
 * text gets 1 % smaller, for ten times the time. */
#define PIECE 256

/* The codes of the dictionary are made of so many blocks. */
#define N_BLOCKS   16
#define BLOCK_SIZE NIDX_TEXT_BLOCK

/* What zstd needs of a dictionary for its codes, at most. */
#define HEADER_MAX 1024

void nidx_text_make_dict(struct nidx_bytes sample, struct nidx_buf *out)
{
    struct nidx_buf pieces = {0};
    const size_t n = (NIDX_TEXT_DICT_MAX - HEADER_MAX) / PIECE;
    size_t sizes[N_BLOCKS];

    if (sample.len < N_BLOCKS * BLOCK_SIZE)
        return;
    for (size_t i = 0; i < n; i++)
        nidx_buf_put(&pieces, sample.data + (sample.len - PIECE) / n * i,
                     PIECE);
    for (size_t i = 0; i < N_BLOCKS; i++)
        sizes[i] = BLOCK_SIZE;
    uint8_t *to = nidx_buf_reserve(out, NIDX_TEXT_DICT_MAX);
    out->oom |= pieces.oom;
    if (to && !out->oom) {
        const ZDICT_params_t params = {0};
        size_t len = ZDICT_finalizeDictionary(
            to, NIDX_TEXT_DICT_MAX, pieces.data, pieces.len, sample.data, sizes,
            N_BLOCKS, params);
        out->len = ZDICT_isError(len) ? 0 : len;
    }
    nidx_buf_done(&pieces);
}
