/* spans_join.c: NEAR, BEFORE and phrases over sorted lists of spans.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "query/spans/spans_impl.h"

/* A join in work: what is told, and how much may still be done. */
struct join {
    const struct nidx_set *set;
    nidx_join_emit emit;
    void *context;
    uint64_t left; /* steps */
};

static uint32_t less(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static uint32_t more(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

/* The first span that begins at or behind pos. */
static uint32_t lower_bound(const struct nidx_span_list *l, int64_t pos)
{
    uint32_t lo = 0, hi = l->n;

    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if ((int64_t)l->items[mid].start < pos)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* --------------------------------------------------------- NEAR, BEFORE */

/* Where the sentence (or paragraph) ends in which something begins at pos. */
static nidx_pos end_behind(const struct nidx_set *set, nidx_pos pos)
{
    const struct nidx_span_list *ends = &set->ends->value;
    const uint32_t i = lower_bound(ends, (int64_t)pos + 1);

    /* Spaces of positions are this far apart. */
    return i < ends->n ? ends->items[i].start : UINT32_MAX;
}

/* Whether b lies too far behind a; sets skip where only b is too long. */
static bool is_far(const struct nidx_set *set, struct nidx_span a,
                   struct nidx_span b, nidx_pos end, bool *skip)
{
    *skip = false;
    if (set->type != NIDX_SET_WITHIN)
        return b.start - a.end >= set->distance;
    *skip = b.end > end;
    return b.start >= end || a.end > end ||
           b.start / NIDX_POS_MAX != a.start / NIDX_POS_MAX;
}

/* Every span of the other side that follows span i of side within distance.
 * false: stop. */
static bool follow(struct join *j, uint32_t side, uint32_t i)
{
    const struct nidx_set *set = j->set;
    const struct nidx_span_list *others = &set->operands[1 - side]->value;
    struct nidx_span a = set->operands[side]->value.items[i];
    uint32_t picks[2];

    const nidx_pos end =
        set->type == NIDX_SET_WITHIN ? end_behind(set, a.start) : 0;
    picks[side] = i;
    for (uint32_t k = lower_bound(others, a.end); k < others->n; k++) {
        struct nidx_span b = others->items[k];
        bool skip;
        if (is_far(set, a, b, end, &skip))
            break;
        if (!j->left)
            return false;
        j->left--;
        if (skip)
            continue;
        picks[1 - side] = k;
        struct nidx_span both = {a.start, b.end};
        if (!j->emit(j->context, both, picks))
            return false;
    }
    return true;
}

/* The spans of both sides by their start, so that what is told first lies
 * most to the left; BEFORE lets only the left side's begin. */
static void join_near(struct join *j)
{
    const struct nidx_span_list *a = &j->set->operands[0]->value;
    const struct nidx_span_list *b = &j->set->operands[1]->value;
    uint32_t i = 0, k = j->set->type == NIDX_SET_BEFORE ? b->n : 0;
    bool going = true;

    while (going && (i < a->n || k < b->n)) {
        if (k == b->n || (i < a->n && a->items[i].start <= b->items[k].start))
            going = follow(j, 0, i++);
        else
            going = follow(j, 1, k++);
    }
}

/* -------------------------------------------------------------- phrases */

/* What the choice of spans for the first operands comes to. */
struct level {
    uint32_t next;     /* candidate to try */
    int64_t last;      /* greatest start that is allowed */
    int64_t offset;    /* lengths of the spans chosen before */
    int64_t low, high; /* least and greatest start less offset */
    nidx_pos start, end;
};

/* Sets level i up, where those before it have chosen. */
static void enter(const struct join *j, struct level *levels, uint32_t i)
{
    struct level *l = &levels[i];
    const struct nidx_span_list *spans = &j->set->operands[i]->value;

    if (!i) {
        l->next = 0;
        l->last = INT64_MAX;
        l->offset = 0;
        return;
    }
    l->next = lower_bound(spans, l->high - j->set->distance + l->offset);
    l->last = l->low + j->set->distance + l->offset;
}

/* Whether s lies apart from every span that was chosen. */
static bool lies_apart(const struct join *j, const uint32_t *picks, uint32_t n,
                       struct nidx_span s)
{
    for (uint32_t i = 0; i < n; i++) {
        struct nidx_span p = j->set->operands[i]->value.items[picks[i]];
        if (s.start < p.end && p.start < s.end)
            return false;
    }
    return true;
}

/* What level i + 1 inherits once level i has chosen s. */
static void choose(struct level *levels, uint32_t i, struct nidx_span s)
{
    const struct level *l = &levels[i];
    struct level *up = &levels[i + 1];
    int64_t adjusted = (int64_t)s.start - l->offset;

    up->offset = l->offset + (s.end - s.start);
    up->low = !i || adjusted < l->low ? adjusted : l->low;
    up->high = !i || adjusted > l->high ? adjusted : l->high;
    up->start = i ? less(l->start, s.start) : s.start;
    up->end = i ? more(l->end, s.end) : s.end;
}

/* Depth first through the operands. Without slop every step is forced to
 * where the span before ends. */
static void join_phrase(struct join *j, struct level *levels, uint32_t *picks)
{
    const struct nidx_set *set = j->set;
    uint32_t i = 0;

    enter(j, levels, 0);
    for (;;) {
        struct level *l = &levels[i];
        const struct nidx_span_list *spans = &set->operands[i]->value;
        if (l->next >= spans->n ||
            (int64_t)spans->items[l->next].start > l->last) {
            if (!i--)
                return;
            continue;
        }
        if (!j->left)
            return;
        j->left--;
        struct nidx_span s = spans->items[l->next];
        picks[i] = l->next++;
        if (set->distance && !lies_apart(j, picks, i, s))
            continue;
        choose(levels, i, s);
        if (i + 1 < set->n_operands) {
            enter(j, levels, ++i);
            continue;
        }
        struct nidx_span whole = {levels[i + 1].start, levels[i + 1].end};
        if (!j->emit(j->context, whole, picks))
            return;
    }
}

enum nidx_status nidx_spans_join(const struct nidx_set *set,
                                 nidx_join_emit emit, void *context,
                                 bool *limited, struct nidx_error *err)
{
    struct join j = {
        .set = set, .emit = emit, .context = context, .left = NIDX_SPANS_WORK};

    if (set->type == NIDX_SET_PHRASE) {
        size_t n = set->n_operands;
        struct level *levels = calloc(n + 1, sizeof(*levels));
        uint32_t *picks = calloc(n, sizeof(*picks));
        if (levels && picks)
            join_phrase(&j, levels, picks);
        bool oom = !levels || !picks;
        free(levels);
        free(picks);
        if (oom)
            return nidx_nomem(err);
    } else {
        join_near(&j);
    }
    if (!j.left)
        *limited = true;
    return NIDX_OK;
}
