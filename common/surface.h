/* surface.h: words as they stand in the text, and the forms that they are.
 *
 * A cache of fixed size: two entries a bucket, the older one gives way. What
 * it forgets is only made again. Words of up to 23 bytes; the language is part
 * of the key, so several may share the cache.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_SURFACE_H
#define NIDX_COMMON_SURFACE_H

#include "common/bytes.h"
#include "common/language.h"

/** Longest word in bytes; the 24th is the language's. */
#define NIDX_SURFACE_MAX 23

/** What a word is besides a word of its own. */
enum nidx_surface_info {
    NIDX_SURFACE_RUN_ON = 1,   /**< PaulRandal */
    NIDX_SURFACE_SOFT = 2,     /**< has soft hyphens */
    NIDX_SURFACE_CAPITALS = 4, /**< US, WHO: also u.s. and w.h.o. */
    NIDX_SURFACE_JOINS = 8,    /**< may be joined with the next: bi, week */
    NIDX_SURFACE_CUT = 16      /**< was too long; never in the cache */
};

struct nidx_surface {
    uint64_t key[3]; /**< the bytes, then zeros; 0 in an empty entry */
    uint32_t form;
    uint32_t info;
};

struct nidx_surfaces {
    struct nidx_surface *entries;
    unsigned shift; /**< of a hash to a bucket */
};

/** False when memory is out. */
bool nidx_surfaces_init(struct nidx_surfaces *s);
void nidx_surfaces_done(struct nidx_surfaces *s);
void nidx_surfaces_clear(struct nidx_surfaces *s);
/** Makes entry the newest of its bucket. */
void nidx_surfaces_put(struct nidx_surfaces *s,
                       const struct nidx_surface *entry);

/** As many bytes of ones as a word may have, then zeros: read at an offset it
 * is the mask of a word's bytes. */
extern const uint8_t nidx_surface_ones[2 * NIDX_SURFACE_MAX + 1];

/** The key of a word of at most NIDX_SURFACE_MAX bytes that ends by end. */
static inline void nidx_surface_key(uint64_t key[3], const uint8_t *p,
                                    size_t len, const uint8_t *end,
                                    nidx_language language)
{
    if ((size_t)(end - p) >= 24) {
        uint64_t mask[3];
        memcpy(mask, nidx_surface_ones + NIDX_SURFACE_MAX - len, 24);
        memcpy(key, p, 24);
        key[0] &= mask[0];
        key[1] &= mask[1];
        key[2] &= mask[2];
    } else {
        memset(key, 0, 24);
        memcpy(key, p, len);
    }
    ((uint8_t *)key)[NIDX_SURFACE_MAX] = language;
}

static inline size_t nidx_surface_bucket(const struct nidx_surfaces *s,
                                         const uint64_t key[3])
{
    uint64_t h = key[0] * 0x9E3779B97F4A7C15u ^
                 (key[1] + 0xD6E8FEB86659FD93u) * 0xC2B2AE3D27D4EB4Fu ^
                 (key[2] + 0xA0761D6478BD642Fu) * 0xE7037ED1A0B428DBu;

    h ^= h >> 32;
    return (size_t)((h * 0x9FB21C651E98DF25u) >> s->shift);
}

static inline bool nidx_surface_is(const struct nidx_surface *e,
                                   const uint64_t key[3])
{
    return ((e->key[0] ^ key[0]) | (e->key[1] ^ key[1]) |
            (e->key[2] ^ key[2])) == 0;
}

/** The entry of a key, or NULL. */
static inline const struct nidx_surface *nidx_surfaces_find(
    const struct nidx_surfaces *s, const uint64_t key[3])
{
    const struct nidx_surface *e = s->entries + 2 * nidx_surface_bucket(s, key);

    if (nidx_surface_is(e, key))
        return e;
    return nidx_surface_is(e + 1, key) ? e + 1 : NULL;
}

#endif
