/* list_probe.c: which of many documents a list holds.
 *
 * Looking a term up for all candidates of a window at once, and not candidate
 * by candidate, keeps its headers, bitmap and block in registers and cache.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/list.h"

/* Takes over where the postings moved to. */
static void follow(struct nidx_list *l)
{
    const struct nidx_postings *p = &l->postings;

    if (p->n == l->n && p->last == l->last)
        return;
    l->docs_read = l->freqs_read = false;
    l->status = p->status;
    l->first = p->first;
    l->last = p->last;
    l->n = p->n;
}

static uint32_t probe_dense(struct nidx_list *l, const uint32_t *docs,
                            uint32_t n, bool freqs, struct nidx_probe *out)
{
    struct nidx_postings *p = &l->postings;
    uint32_t kept = 0;

    for (uint32_t i = 0; i < n; i++) {
        uint32_t index;
        if (!nidx_postings_find_dense(p, docs[i], &index))
            continue;
        out->at[kept] = i;
        if (freqs)
            out->freqs[kept] = nidx_postings_freq_at(p, index, l->how.weight);
        kept++;
    }
    follow(l);
    return kept;
}

/* The documents up to the block's last, by binary search in the block. */
static uint32_t probe_block(struct nidx_list *l, const uint32_t *docs,
                            uint32_t i, uint32_t n, bool freqs,
                            struct nidx_probe *out, uint32_t *kept)
{
    const uint32_t *own = nidx_list_docs(l);
    uint32_t from = 0, k = *kept;

    for (; i < n && l->n && docs[i] <= l->last; i++) {
        uint32_t low = from, left = l->n - from;
        while (left > 1) {
            uint32_t half = left / 2;
            low += own[low + half - 1] < docs[i] ? half : 0;
            left -= half;
        }
        from = low;
        if (own[low] != docs[i])
            continue;
        out->at[k] = i;
        if (freqs)
            out->freqs[k] = nidx_list_freq_at(l, low);
        k++;
    }
    *kept = k;
    return i;
}

static uint32_t probe_one(struct nidx_list *l, const uint32_t *docs, uint32_t n,
                          bool freqs, struct nidx_probe *out)
{
    uint32_t kept = 0;

    if (!l->merged && l->postings.info.dense)
        return probe_dense(l, docs, n, freqs, out);
    for (uint32_t i = 0; i < n && nidx_list_seek(l, docs[i]);) {
        uint32_t next = probe_block(l, docs, i, n, freqs, out, &kept);
        if (next == i)
            break;
        i = next;
    }
    return kept;
}

/* Dense lists take frequencies past nidx_list_freq_at. */
static void patch(const struct nidx_list *l, const uint32_t *docs,
                  uint32_t kept, struct nidx_probe *out)
{
    const struct nidx_merged *m = l->shared;

    for (uint32_t i = 0, k = 0; i < kept && k < m->n;) {
        nidx_docid doc = docs[out->at[i]];
        if (m->docs[k] < doc) {
            k++;
            continue;
        }
        if (m->docs[k] == doc)
            out->freqs[i] = m->freqs[k];
        i++;
    }
}

/* Documents of the sibling, found last, go in between: it has none of those
 * before. */
static void interleave(struct nidx_probe *out, uint32_t kept, uint32_t more,
                       const struct nidx_probe *from)
{
    while (more > 0) {
        uint32_t to = kept + more - 1;
        if (kept > 0 && out->at[kept - 1] > from->at[more - 1]) {
            kept--;
            out->at[to] = out->at[kept];
            out->freqs[to] = out->freqs[kept];
        } else {
            more--;
            out->at[to] = from->at[more];
            out->freqs[to] = from->freqs[more];
        }
    }
}

uint32_t nidx_list_probe(struct nidx_list *l, const uint32_t *docs, uint32_t n,
                         bool freqs, struct nidx_probe *out)
{
    uint32_t kept = probe_one(l, docs, n, freqs, out);

    if (l->shared && freqs && kept)
        patch(l, docs, kept, out);
    if (l->also && l->also->n) {
        struct nidx_probe more;
        uint32_t found = probe_one(l->also, docs, n, freqs, &more);
        interleave(out, kept, found, &more);
        kept += found;
    }
    return kept;
}
