/* list_probe.c: which of many documents a list holds.
 *
 * Looking a term up for all candidates of a window at once, and not candidate
 * by candidate, keeps its headers, bitmap and block in registers and cache.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/topk/list.h"
#include "query/topk/probe_kernel.h"

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

/* Documents that the bitmap has; where ranks are asked for, freqs receives
 * their ranks in the list. */
static uint32_t probe_bitmap(struct nidx_list *l, const uint32_t *docs,
                             uint32_t n, bool ranks, struct nidx_probe *out)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < n;) {
        uint32_t g = docs[i] / NIDX_DENSE_GROUP, end = i;
        const uint8_t *group = nidx_postings_dense_group(&l->postings, g);
        if (!group)
            return 0;
        while (end < n && docs[end] / NIDX_DENSE_GROUP == g)
            end++;
        kept += nidx_probe_group(group, docs, i, end, out->at + kept,
                                 ranks ? out->freqs + kept : NULL);
        i = end;
    }
    return kept;
}

/* Moves to the block of a rank, whose document is doc. */
static bool enter_rank(struct nidx_list *l, nidx_docid doc, uint32_t rank)
{
    struct nidx_postings *p = &l->postings;

    if (!nidx_postings_seek(p, doc) ||
        rank / NIDX_BLOCK != p->first_block + p->block ||
        rank % NIDX_BLOCK >= p->n || doc < p->first)
        return false;
    follow(l);
    return true;
}

/* Turns ranks into frequencies, a block of the list at a time: where many of
 * its postings are asked for, all of them are unpacked. */
static bool rank_freqs(struct nidx_list *l, const uint32_t *docs, uint32_t kept,
                       struct nidx_probe *out)
{
    enum {
        MANY = 5
    };

    for (uint32_t i = 0; i < kept;) {
        uint32_t block = out->freqs[i] / NIDX_BLOCK, end = i + 1;
        if (!enter_rank(l, docs[out->at[i]], out->freqs[i]))
            return false;
        while (end < kept && out->freqs[end] / NIDX_BLOCK == block)
            end++;
        if (end - i >= MANY && !l->shared)
            nidx_list_freqs(l);
        for (; i < end; i++) {
            uint32_t index = out->freqs[i] % NIDX_BLOCK;
            if (index >= l->n)
                return false;
            out->freqs[i] =
                l->freqs_read
                    ? l->freqs[index]
                    : nidx_postings_freq_at(&l->postings, index, l->how.weight);
        }
    }
    return true;
}

static uint32_t probe_dense(struct nidx_list *l, const uint32_t *docs,
                            uint32_t n, unsigned want, struct nidx_probe *out)
{
    if (l->n == 0)
        return 0;
    uint32_t kept = probe_bitmap(l, docs, n, want != NIDX_PROBE_DOCS, out);
    if (want & NIDX_PROBE_RANKS)
        memcpy(out->ranks, out->freqs, kept * sizeof(*out->ranks));
    if (l->postings.status == NIDX_OK &&
        (!(want & NIDX_PROBE_FREQS) || rank_freqs(l, docs, kept, out)))
        return kept;
    l->status = NIDX_ERR_CORRUPT;
    l->n = 0;
    l->first = l->last = NIDX_DOC_END;
    return 0;
}

/* The documents up to the block's last; returns the first behind it. */
static uint32_t probe_block(struct nidx_list *l, const uint32_t *docs,
                            uint32_t i, uint32_t n, unsigned want,
                            struct nidx_probe *out, uint32_t *kept)
{
    enum {
        MANY = 5
    };
    const uint32_t *own = nidx_list_docs(l);
    uint32_t end = i, *indexes = out->freqs + *kept;

    if (l->n == 0)
        return i;
    while (end < n && docs[end] <= l->last)
        end++;
    uint32_t found =
        nidx_probe_block(own, l->n, docs, i, end, out->at + *kept, indexes);
    for (uint32_t k = 0; (want & NIDX_PROBE_RANKS) && k < found; k++)
        out->ranks[*kept + k] = nidx_list_rank(l, indexes[k]);
    *kept += found;
    if (!(want & NIDX_PROBE_FREQS) || found == 0)
        return end;
    if (found >= MANY)
        nidx_list_freqs(l);
    for (uint32_t k = 0; k < found; k++)
        indexes[k] = nidx_list_freq_at(l, indexes[k]);
    return end;
}

static uint32_t probe_one(struct nidx_list *l, const uint32_t *docs, uint32_t n,
                          unsigned want, struct nidx_probe *out)
{
    uint32_t kept = 0;

    if (!l->merged && l->postings.info.dense)
        return probe_dense(l, docs, n, want, out);
    for (uint32_t i = 0; i < n && nidx_list_seek(l, docs[i]);) {
        uint32_t next = probe_block(l, docs, i, n, want, out, &kept);
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
                         unsigned want, struct nidx_probe *out)
{
    uint32_t kept = probe_one(l, docs, n, want, out);

    if (l->shared && (want & NIDX_PROBE_FREQS) && kept)
        patch(l, docs, kept, out);
    if (l->also && l->also->n) {
        struct nidx_probe more;
        uint32_t found = probe_one(l->also, docs, n, want, &more);
        interleave(out, kept, found, &more);
        kept += found;
    }
    return kept;
}
