/* known.c: words and terms that were looked up before.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/expand/known.h"

#include <stdlib.h>

/* 256 KB of words and 640 KB of terms at most; pages are touched as used. */
#define SLOTS 4096

struct word {
    struct nidx_known_key key;
    uint8_t len; /* of the term; 0: the slot is empty */
    char term[31];
};

struct nidx_known_words {
    struct word slots[SLOTS];
};

struct term {
    struct nidx_known_key key;
    bool used, found;
    struct nidx_term_info info;
};

struct nidx_known_terms {
    struct term slots[SLOTS];
};

/* False where the text is too long. */
static bool make_key(struct nidx_bytes text, uint32_t segment, uint8_t kind,
                     uint8_t field, struct nidx_known_key *key)
{
    if (text.len > NIDX_KNOWN_TEXT)
        return false;
    *key = (struct nidx_known_key){.tag = (uint64_t)segment << 32 |
                                          (uint64_t)kind << 16 |
                                          (uint64_t)field << 8 | text.len};
    if (text.len > 0)
        memcpy(key->text, text.data, text.len);
    return true;
}

static bool same(const struct nidx_known_key *a, const struct nidx_known_key *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

static uint32_t slot_of(const struct nidx_known_key *key)
{
    uint64_t h = key->tag;

    for (int i = 0; i < NIDX_KNOWN_TEXT / 8; i++)
        h = (h ^ key->text[i]) * UINT64_C(0x9e3779b97f4a7c15), h ^= h >> 32;
    return (uint32_t)h % SLOTS;
}

void nidx_known_words_free(struct nidx_known_words *w)
{
    free(w);
}

struct nidx_bytes nidx_known_word(const struct nidx_known_words *w,
                                  uint8_t field, struct nidx_bytes word)
{
    struct nidx_known_key key;

    if (!w || !make_key(word, 0, 0, field, &key))
        return (struct nidx_bytes){NULL, 0};
    const struct word *slot = &w->slots[slot_of(&key)];
    if (slot->len == 0 || !same(&slot->key, &key))
        return (struct nidx_bytes){NULL, 0};
    return (struct nidx_bytes){(const uint8_t *)slot->term, slot->len};
}

void nidx_known_word_put(struct nidx_known_words **w, uint8_t field,
                         struct nidx_bytes word, struct nidx_bytes term)
{
    struct nidx_known_key key;

    if (!make_key(word, 0, 0, field, &key) || term.len == 0 ||
        term.len > sizeof((*w)->slots[0].term))
        return;
    if (!*w)
        *w = calloc(1, sizeof(**w));
    if (!*w)
        return;
    struct word *slot = &(*w)->slots[slot_of(&key)];
    slot->key = key;
    slot->len = (uint8_t)term.len;
    memcpy(slot->term, term.data, term.len);
}

void nidx_known_terms_free(struct nidx_known_terms *t)
{
    free(t);
}

enum nidx_status nidx_known_term(struct nidx_known_terms **t,
                                 const struct nidx_segment *s, uint32_t number,
                                 enum nidx_term_kind kind, uint8_t field,
                                 struct nidx_bytes text, bool *found,
                                 struct nidx_term_info *info,
                                 struct nidx_error *err)
{
    struct nidx_known_key key;
    struct term *slot = NULL;

    if (!*t)
        *t = calloc(1, sizeof(**t));
    if (*t && make_key(text, number, (uint8_t)kind, field, &key))
        slot = &(*t)->slots[slot_of(&key)];
    if (slot && slot->used && same(&slot->key, &key)) {
        *found = slot->found;
        if (slot->found)
            *info = slot->info;
        return NIDX_OK;
    }
    enum nidx_status status =
        nidx_segment_term(s, kind, field, text, found, info, err);
    if (status == NIDX_OK && slot) {
        slot->key = key;
        slot->used = true;
        slot->found = *found;
        if (*found)
            slot->info = *info;
    }
    return status;
}
