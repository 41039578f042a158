/* runon.h: words that a scraper ran together.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_RUNON_H
#define NIDX_COMMON_RUNON_H

#include "common/base/bytes.h"

#define NIDX_RUNON_PARTS 16

/**
 * Splits a word where a small letter stands before a capital (`PaulRandal`,
 * `TrumpFive`). ends receives where the parts end; returns their number, 0
 * when the word is whole. A short head belongs to what follows it (McConnell,
 * DeSantis, iPhone, YouTube), a single last letter to what precedes it
 * (SpaceX). What follows the 16th part stays with it.
 */
unsigned nidx_runon_split(const uint8_t *start, const uint8_t *end,
                          const uint8_t *ends[NIDX_RUNON_PARTS]);

#endif
