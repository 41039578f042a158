/* grow.c: room in arrays that grow.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/write/grow.h"

#include <string.h>

#include "common/base/bytes.h"
#include "common/base/room.h"

bool nidx_grow_slow(void *array, uint32_t *cap, uint64_t n, size_t size)
{
    uint64_t room = *cap < 16 ? 16 : *cap + (uint64_t)*cap / 2;
    void *old = NULL;

    if (room < n)
        room = n;
    if (room > UINT32_MAX)
        room = UINT32_MAX;
    if (room < n)
        return false;
    /* Copied, for pointers of different types must not alias. */
    memcpy(&old, array, sizeof(old));
    void *grown = nidx_room_resize(old, (size_t)*cap * size,
                                   nidx_mul_size((size_t)room, size));
    if (!grown)
        return false;
    memcpy(array, &grown, sizeof(grown));
    *cap = (uint32_t)room;
    return true;
}
