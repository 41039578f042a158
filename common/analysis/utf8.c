/* utf8.c: one code point of UTF-8 at a time, from bytes that nobody checked.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/analysis/utf8.h"

/* How many bytes a lead byte announces, and what the second may be: the other
 * bytes are 80..BF (Unicode 15, table 3-7). */
static unsigned announced(uint8_t lead, uint8_t *low, uint8_t *high)
{
    *low = 0x80;
    *high = 0xBF;
    if (lead < 0xC2 || lead > 0xF4)
        return 1;
    if (lead < 0xE0)
        return 2;
    if (lead == 0xE0)
        *low = 0xA0;
    if (lead == 0xED)
        *high = 0x9F;
    if (lead == 0xF0)
        *low = 0x90;
    if (lead == 0xF4)
        *high = 0x8F;
    return lead < 0xF0 ? 3 : 4;
}

unsigned nidx_utf8_decode(const uint8_t *p, const uint8_t *end, uint32_t *cp)
{
    if (p[0] < 0x80) {
        *cp = p[0];
        return 1;
    }
    uint8_t low, high;
    unsigned n = announced(p[0], &low, &high);
    uint32_t value = p[0] & (0x7Fu >> n);
    unsigned i = 1;

    while (i < n && i < (size_t)(end - p) && p[i] >= low && p[i] <= high) {
        value = value << 6 | (p[i] & 0x3Fu);
        low = 0x80;
        high = 0xBF;
        i++;
    }
    *cp = n > 1 && i == n ? value : NIDX_REPLACEMENT | NIDX_UTF8_BAD;
    return i;
}

void nidx_utf8_put(struct nidx_buf *out, uint32_t cp)
{
    uint8_t bytes[4];
    size_t n = 0;

    if (cp < 0x80) {
        bytes[n++] = (uint8_t)cp;
    } else if (cp < 0x800) {
        bytes[n++] = (uint8_t)(0xC0 | cp >> 6);
    } else if (cp < 0x10000) {
        bytes[n++] = (uint8_t)(0xE0 | cp >> 12);
        bytes[n++] = (uint8_t)(0x80 | (cp >> 6 & 0x3F));
    } else {
        bytes[n++] = (uint8_t)(0xF0 | cp >> 18);
        bytes[n++] = (uint8_t)(0x80 | (cp >> 12 & 0x3F));
        bytes[n++] = (uint8_t)(0x80 | (cp >> 6 & 0x3F));
    }
    if (cp >= 0x80)
        bytes[n++] = (uint8_t)(0x80 | (cp & 0x3F));
    nidx_buf_put(out, bytes, n);
}

size_t nidx_utf8_floor(const uint8_t *p, size_t max)
{
    size_t n = max;

    while (n > 0 && max - n < 3 && (p[n - 1] & 0xC0) == 0x80)
        n--;
    if (n == 0 || p[n - 1] < 0xC0)
        return max;
    uint8_t low, high;
    return announced(p[n - 1], &low, &high) <= max - n + 1 ? max : n - 1;
}
