/* postings_freqs.c: frequencies of the postings of a block.
 *
 * What is stored is weighted; any other weight of a headline occurrence
 * differs from it by a multiple of the headline count.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/codec/postings_impl.h"

static uint32_t entry_freq(const struct nidx_postings *p, uint32_t i,
                           uint32_t weight)
{
    return p->entry.n[i] + p->entry.titles[i] * (weight - 1);
}

void nidx_postings_freqs(struct nidx_postings *p, uint32_t weight,
                         uint32_t *freqs)
{
    if (p->n == 0)
        return;
    if (p->info.in_entry) {
        for (uint32_t i = 0; i < p->n; i++)
            freqs[i] = entry_freq(p, i, weight);
        return;
    }
    nidx_pack_read_more(p->freqs_at, p->n, 1, freqs);
    if (p->titles_at && weight != p->info.title_weight)
        nidx_pack_add_scaled(p->titles_at, p->n, weight - p->info.title_weight,
                             freqs);
}

uint32_t nidx_postings_freq_at(const struct nidx_postings *p, uint32_t i,
                               uint32_t weight)
{
    if (p->info.in_entry)
        return entry_freq(p, i, weight);
    uint32_t freq = nidx_pack_at(p->freqs_at, p->n, i) + 1;
    if (!p->titles_at || weight == p->info.title_weight)
        return freq;
    return freq + nidx_pack_at(p->titles_at, p->n, i) *
                      (weight - p->info.title_weight);
}

bool nidx_postings_titles(const struct nidx_postings *p, uint32_t *titles)
{
    if (p->n > 0 && p->info.in_entry && p->info.titles) {
        memcpy(titles, p->entry.titles, sizeof(p->entry.titles));
        return true;
    }
    if (p->n == 0 || !p->titles_at)
        return false;
    nidx_pack_read(p->titles_at, p->n, titles);
    return true;
}
