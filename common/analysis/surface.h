/* surface.h: words as they stand in the text, and the forms that they are.
 *
 * A cache of bounded size: two entries a bucket, the older one gives way. What
 * it forgets is only made again. Words of up to 23 bytes; the language is part
 * of the key, so several may share the cache.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_SURFACE_H
#define NIDX_COMMON_SURFACE_H

#include "common/base/bytes.h"
#include "common/analysis/language.h"

/** Longest word in bytes; the 24th is the language's. */
#define NIDX_SURFACE_MAX 23

/** What a word is besides a word of its own. */
enum nidx_surface_info {
    NIDX_SURFACE_RUN_ON = 1,   /**< PaulRandal */
    NIDX_SURFACE_SOFT = 2,     /**< has soft hyphens */
    NIDX_SURFACE_CAPITALS = 4, /**< US, WHO: also u.s. and w.h.o. */
    NIDX_SURFACE_PREFIX = 8,   /**< may be joined with any next word: bi */
    NIDX_SURFACE_PAIR = 16,    /**< may be joined with few: week */
    NIDX_SURFACE_CUT = 32,     /**< was too long; never in the cache */
    NIDX_SURFACE_FLAGS = 255
};
/** From this bit of info on: bytes at the end that are not lit (`'s`). */
#define NIDX_SURFACE_DROP 8

struct nidx_surface {
    uint64_t key[3]; /**< the bytes, then zeros; 0 in an empty entry */
    uint32_t form;
    uint32_t info;
};

struct nidx_surfaces {
    struct nidx_surface *entries;
    unsigned shift; /**< of a hash to a bucket */
    unsigned puts;  /**< while the table is small */
};

/** False when memory is out. */
bool nidx_surfaces_init(struct nidx_surfaces *s);
void nidx_surfaces_done(struct nidx_surfaces *s);
void nidx_surfaces_clear(struct nidx_surfaces *s);
/** Makes entry the newest of its bucket; pointers to entries end here. */
void nidx_surfaces_put(struct nidx_surfaces *s,
                       const struct nidx_surface *entry);

/** The first n < 8 bytes of a word that was loaded little-endian. */
static inline uint64_t nidx_surface_low(uint64_t x, size_t n)
{
    return x & (((uint64_t)1 << 8 * n) - 1);
}

/** A key's language, beside the word's bytes. */
static inline uint64_t nidx_surface_tag(nidx_language language)
{
    return (uint64_t)language << 56;
}

/** The high bit of each byte of x that is no ASCII letter or digit. */
static inline uint64_t nidx_surface_stops(uint64_t x)
{
    const uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
    const uint64_t low = x & ~high, small = (x | 0x20 * ones) & ~high;
    const uint64_t letter =
        (small + (0x80 - 'a') * ones) & ~(small + (0x7F - 'z') * ones);
    const uint64_t digit =
        (low + (0x80 - '0') * ones) & ~(low + (0x7F - '9') * ones);

    return (~(letter | digit) | x) & high;
}

/**
 * How many of the 24 bytes at p are ASCII letters and digits before the first
 * that is not, and those bytes as a key without language.
 */
static inline size_t nidx_surface_span(const uint8_t *p, uint64_t key[3])
{
    for (size_t i = 0; i < 3; i++) {
        uint64_t x = nidx_load64(p + 8 * i);
        uint64_t stops = nidx_surface_stops(x);
        key[i] = x;
        if (stops) {
            size_t n = (size_t)__builtin_ctzll(stops) / 8;
            key[i] = nidx_surface_low(x, n);
            for (size_t k = i + 1; k < 3; k++)
                key[k] = 0;
            return 8 * i + n;
        }
    }
    return 24;
}

/** The key of a word of at most NIDX_SURFACE_MAX bytes. */
static inline void nidx_surface_key(uint64_t key[3], const uint8_t *p,
                                    size_t len, nidx_language language)
{
    uint8_t bytes[24] = {0};

    memcpy(bytes, p, len);
    for (size_t i = 0; i < 3; i++)
        key[i] = nidx_load64(bytes + 8 * i);
    key[2] |= nidx_surface_tag(language);
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

/** The entry of a key in its bucket, or NULL. */
static inline const struct nidx_surface *nidx_surface_in(
    const struct nidx_surface *bucket, const uint64_t key[3])
{
    if (nidx_surface_is(bucket, key))
        return bucket;
    return nidx_surface_is(bucket + 1, key) ? bucket + 1 : NULL;
}

/** The entry of a key, or NULL. */
static inline const struct nidx_surface *nidx_surfaces_find(
    const struct nidx_surfaces *s, const uint64_t key[3])
{
    return nidx_surface_in(s->entries + 2 * nidx_surface_bucket(s, key), key);
}

#endif
