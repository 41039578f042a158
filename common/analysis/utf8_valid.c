/* utf8_valid.c: how much of some bytes is valid UTF-8.
 *
 * Articles are mostly ASCII, which is passed over eight bytes at a time.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/analysis/charset.h"

#define HIGH_BITS UINT64_C(0x8080808080808080)

/* The place of the first byte that is not ASCII among eight that hold one. */
static unsigned first_high(uint64_t w)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    w = __builtin_bswap64(w);
#endif
    return (unsigned)__builtin_ctzll(w & HIGH_BITS) / 8;
}

static const uint8_t *skip_ascii(const uint8_t *p, const uint8_t *end)
{
    uint64_t w[4];

    while (end - p >= 32) {
        memcpy(w, p, sizeof(w));
        if ((w[0] | w[1] | w[2] | w[3]) & HIGH_BITS)
            break;
        p += 32;
    }
    while (end - p >= 8) {
        memcpy(w, p, sizeof(*w));
        if (w[0] & HIGH_BITS)
            return p + first_high(w[0]);
        p += 8;
    }
    while (p < end && *p < 0x80)
        p++;
    return p;
}

static bool is_tail(uint8_t byte)
{
    return (byte & 0xc0) == 0x80;
}

/* The length of the well-formed sequence of several bytes at p, or 0
 * (Unicode 15, table 3-7). */
static size_t sequence(const uint8_t *p, size_t left)
{
    if (left < 2 || !is_tail(p[1]) || p[0] < 0xc2)
        return 0;
    if (p[0] < 0xe0)
        return 2;
    if (left < 3 || !is_tail(p[2]))
        return 0;
    if (p[0] < 0xf0) {
        const bool bad =
            (p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f);
        return bad ? 0 : 3;
    }
    if (left < 4 || !is_tail(p[3]) || p[0] > 0xf4 ||
        (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
        return 0;
    return 4;
}

size_t nidx_utf8_valid_prefix(const void *data, size_t len)
{
    const uint8_t *start = data;
    const uint8_t *p = start;

    if (len == 0)
        return 0;
    const uint8_t *end = start + len;
    for (;;) {
        p = skip_ascii(p, end);
        size_t n = 0;
        while (p < end && *p >= 0x80 &&
               (n = sequence(p, (size_t)(end - p))) > 0)
            p += n;
        if (p == end || (*p >= 0x80 && n == 0))
            break;
    }
    return (size_t)(p - start);
}

bool nidx_utf8_valid(const void *data, size_t len)
{
    return nidx_utf8_valid_prefix(data, len) == len;
}
