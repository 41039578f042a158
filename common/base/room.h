/* room.h: memory of large tables that are read here and there.
 *
 * A table of many megabytes on small pages misses the processor's table of
 * pages at nearly every look: large ones ask for huge pages.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_COMMON_ROOM_H
#define NIDX_COMMON_ROOM_H

#include <stddef.h>

/** Memory on huge pages is taken in steps of this, aligned to it. */
#define NIDX_ROOM_HUGE ((size_t)2 << 20)

/** Bytes without a value, for free(); NULL when memory is out. */
void *nidx_room_new(size_t bytes);

/** As realloc, keeping the first used bytes of old; NULL, and old still
 * there, when memory is out. */
void *nidx_room_resize(void *old, size_t used, size_t bytes);

#endif
