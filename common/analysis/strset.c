/* strset.c: an open-addressed hash table of strings.
 *
 * Linear probing at a load of at most one half: a miss, which every new word
 * is, ends after 2.5 slots on average (Knuth 6.4), nearly always in one or
 * two cache lines.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/analysis/strset.h"

#include "common/base/bytes.h"
#include "common/base/room.h"

#include <stdlib.h>

#define SLOTS_MIN 1024u
#define SLOTS_MAX (1u << 31)

void nidx_strset_done(struct nidx_strset *s)
{
    free(s->slots);
    *s = (struct nidx_strset){0};
}

static size_t n_slots(const struct nidx_strset *s)
{
    return s->slots ? (size_t)s->mask + 1 : 0;
}

/* All bits set is a free slot, since its id is NIDX_STRSET_NONE. */
static void make_free(struct nidx_strset_slot *slots, size_t n)
{
    memset(slots, 0xff, n * sizeof(*slots));
}

void nidx_strset_clear(struct nidx_strset *s, uint32_t keep)
{
    if (n_slots(s) > keep) {
        nidx_strset_done(s);
        return;
    }
    if (s->slots)
        make_free(s->slots, n_slots(s));
    s->n = 0;
}

static void place(struct nidx_strset_slot *slots, uint32_t mask,
                  struct nidx_strset_slot slot)
{
    uint32_t i = slot.hash & mask;

    while (slots[i].id != NIDX_STRSET_NONE)
        i = (i + 1) & mask;
    slots[i] = slot;
}

static bool grow(struct nidx_strset *s)
{
    const size_t old = n_slots(s);
    if (old >= SLOTS_MAX)
        return false;
    const size_t n = old ? old * 2 : SLOTS_MIN;
    struct nidx_strset_slot *slots =
        nidx_room_new(nidx_mul_size(n, sizeof(*slots)));
    if (!slots)
        return false;

    make_free(slots, n);
    for (size_t i = 0; i < old; i++) {
        if (s->slots[i].id != NIDX_STRSET_NONE)
            place(slots, (uint32_t)(n - 1), s->slots[i]);
    }
    free(s->slots);
    s->slots = slots;
    s->mask = (uint32_t)(n - 1);
    return true;
}

bool nidx_strset_reserve(struct nidx_strset *s)
{
    return (uint64_t)s->n * 2 < n_slots(s) || grow(s);
}

uint32_t nidx_strset_find(const struct nidx_strset *s, const uint8_t *pool,
                          uint32_t hash, const void *text, size_t len,
                          uint16_t tag)
{
    if (!s->slots)
        return NIDX_STRSET_NONE;
    for (uint32_t i = hash & s->mask;; i = (i + 1) & s->mask) {
        const struct nidx_strset_slot *slot = &s->slots[i];
        if (slot->id == NIDX_STRSET_NONE)
            return NIDX_STRSET_NONE;
        if (slot->hash == hash && slot->len == len && slot->tag == tag &&
            (len == 0 || memcmp(pool + slot->offset, text, len) == 0))
            return slot->id;
    }
}

void nidx_strset_add(struct nidx_strset *s, struct nidx_strset_slot slot)
{
    place(s->slots, s->mask, slot);
    s->n++;
}

size_t nidx_strset_memory(const struct nidx_strset *s)
{
    return n_slots(s) * sizeof(*s->slots);
}
