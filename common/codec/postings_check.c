/* postings_check.c: whether every structure of a posting list is sound.
 *
 * The walk itself checks what memory safety needs. Here is what it lets pass:
 * sums, exceptions of packed groups, counts of bitmaps, positions and their
 * groups, and what only people who print a list would notice.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/codec/postings_impl.h"

#include <stdlib.h>

struct check {
    struct nidx_postings p;
    struct nidx_occurrences occurrences;
    uint64_t df, cf;
    const char *reason;
};

static bool fail(struct check *c, const char *reason)
{
    if (!c->reason)
        c->reason = reason;
    return false;
}

/* No reason where memory is out: that says nothing of the list. */
static bool fail_by(struct check *c, enum nidx_status status,
                    const char *reason)
{
    return fail(c, status == NIDX_ERR_NOMEM ? NULL : reason);
}

/* Packed groups end where the next begins, and their exceptions rise. */
static bool check_groups(struct check *c)
{
    const struct nidx_postings *p = &c->p;
    const uint8_t *groups[3] = {p->docs_at, p->freqs_at, p->titles_at};

    for (uint32_t i = 0; i < 3; i++)
        if (groups[i] && nidx_pack_check(groups[i], SIZE_MAX / 2, p->n) == 0)
            return fail(c, "exceptions of a block are out of order");
    return true;
}

static bool check_counts(struct check *c)
{
    uint32_t weighted[NIDX_PACK_SLOTS], plain[NIDX_PACK_SLOTS];
    uint32_t titles[NIDX_PACK_SLOTS];
    struct nidx_postings *p = &c->p;

    nidx_postings_freqs(p, p->info.title_weight, weighted);
    nidx_postings_freqs(p, 1, plain);
    bool any = nidx_postings_titles(p, titles);
    for (uint32_t i = 0; i < p->n; i++) {
        uint64_t n_title = any ? titles[i] : 0;
        uint64_t sum = plain[i] + n_title * (p->info.title_weight - 1);
        if (plain[i] == 0 || n_title > plain[i] || sum != weighted[i])
            return fail(c, "frequencies of a block contradict each other");
        c->cf += plain[i];
    }
    return true;
}

/* Groups of a stream follow each other without gaps. */
static bool check_stream(struct check *c, const struct nidx_pos_stream *s,
                         const uint8_t **end)
{
    size_t at = 0;

    for (uint32_t done = 0, g = 0; done < s->n; g++) {
        uint32_t n = s->n - done < NIDX_BLOCK ? s->n - done : NIDX_BLOCK;
        uint32_t offset = 0;
        if (g > 0 && s->wide)
            offset = nidx_load32(s->index + 4 * ((size_t)g - 1));
        else if (g > 0)
            offset = nidx_load16(s->index + 2 * ((size_t)g - 1));
        size_t size = nidx_pack_check(s->groups + at, s->avail - at, n);
        if (offset != at || size == 0)
            return fail(c, "a group of positions is not where it should be");
        at += size;
        done += n;
    }
    *end = s->groups + at;
    return true;
}

static bool check_streams(struct check *c)
{
    struct nidx_postings *p = &c->p;
    struct nidx_pos_stream *streams[3] = {&p->pos_values, &p->pos_lens,
                                          &p->pos_forms};
    const uint8_t *end = NULL;

    if (!nidx_postings_pos_open(p))
        return fail(c, "positions of a block cannot be found");
    for (uint32_t i = 0; i < 3; i++) {
        struct nidx_pos_stream *s = streams[i];
        if (!s->groups)
            continue;
        size_t index = (size_t)(s->n - 1) / NIDX_BLOCK * (s->wide ? 4 : 2);
        if (end && s->groups - index != end)
            return fail(c, "streams of positions do not follow each other");
        if (!check_stream(c, s, &end))
            return false;
    }
    return true;
}

static bool check_occurrences(struct check *c)
{
    for (uint32_t i = 0, n = c->p.n; i < n; i++) {
        enum nidx_status status = nidx_postings_occurrences(
            &c->p, i, true, &c->occurrences, NULL);
        if (status != NIDX_OK)
            return fail_by(c, status, "positions of a document are damaged");
    }
    return true;
}

static bool check_block(struct check *c)
{
    nidx_docid docs[NIDX_PACK_SLOTS];
    struct nidx_postings *p = &c->p;

    if (nidx_postings_docs(p, docs) == 0)
        return fail(c, "documents of a block are damaged");
    c->df += p->n;
    if (!check_counts(c))
        return false;
    if (!p->info.in_entry && (!check_groups(c) || !check_streams(c)))
        return false;
    return check_occurrences(c);
}

/* Counts before the groups are the sums of the groups. */
static bool check_bitmap(struct check *c)
{
    struct nidx_postings *p = &c->p;
    uint64_t sum = 0;

    for (uint32_t g = 0; g <= (p->n_docs - 1) / NIDX_DENSE_GROUP; g++) {
        const uint8_t *group = nidx_postings_dense_group(p, g);
        if (!group || nidx_load32(group) != sum)
            return fail(c, "a count of a bitmap is wrong");
        for (uint32_t k = 0; k < NIDX_DENSE_GROUP / 64; k++) {
            uint64_t word = nidx_load64(group + 4 + 8 * (size_t)k);
            uint64_t first = (uint64_t)g * NIDX_DENSE_GROUP + 64 * k;
            sum += (uint32_t)__builtin_popcountll(word);
            if (word &&
                first + 63 - (uint32_t)__builtin_clzll(word) >= p->n_docs)
                return fail(c, "a bitmap has bits behind the last document");
        }
    }
    return sum == p->info.df || fail(c, "a bitmap has another count");
}

static bool check_list(struct check *c)
{
    struct nidx_postings *p = &c->p;

    do {
        if (!check_block(c))
            return false;
    } while (nidx_postings_next(p));
    if (p->status != NIDX_OK)
        return fail_by(c, p->status, "a block or run is damaged");
    if (c->df != p->info.df || c->cf != p->info.cf)
        return fail(c, "a list's totals are not its dictionary entry's");
    return !p->info.dense || check_bitmap(c);
}

bool nidx_postings_check(struct nidx_part_source *source,
                         const struct nidx_term_info *info, uint32_t n_docs,
                         const char **reason)
{
    struct check *c = calloc(1, sizeof(*c));

    if (!c) {
        *reason = NULL;
        return false;
    }
    bool good = false;
    enum nidx_status status =
        nidx_postings_open(&c->p, source, info, n_docs, NULL);
    if (status != NIDX_OK)
        fail_by(c, status, "the list cannot be opened");
    else
        good = check_list(c);
    nidx_occurrences_done(&c->occurrences);
    *reason = c->reason;
    free(c);
    return good;
}
