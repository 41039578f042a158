/* ascii.h: classes of ASCII bytes, whatever the locale.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_ASCII_H
#define NIDX_COMMON_ASCII_H

#include <stdbool.h>
#include <stdint.h>

static inline bool nidx_is_digit(uint8_t c)
{
    return (uint8_t)(c - '0') < 10;
}

static inline bool nidx_is_upper(uint8_t c)
{
    return (uint8_t)(c - 'A') < 26;
}

static inline bool nidx_is_letter(uint8_t c)
{
    return (uint8_t)((c | 0x20) - 'a') < 26;
}

static inline bool nidx_is_alnum(uint8_t c)
{
    return nidx_is_letter(c) || nidx_is_digit(c);
}

static inline uint8_t nidx_to_lower(uint8_t c)
{
    return (uint8_t)(nidx_is_upper(c) ? c | 0x20 : c);
}

#endif
