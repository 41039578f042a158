/* sentence.h: whether a dot ends a sentence.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_SENTENCE_H
#define NIDX_COMMON_SENTENCE_H

#include "common/base/bytes.h"

/**
 * Whether the dot behind a word ends its sentence. word is the word as it
 * stands (`Sen`, `U.S`, `J`), next what begins with the following word, and
 * line whether a line ended between them. A small letter as next is not for
 * this function: nothing ends before it.
 */
bool nidx_sentence_ends(struct nidx_bytes word, struct nidx_bytes next,
                        bool line);

#endif
