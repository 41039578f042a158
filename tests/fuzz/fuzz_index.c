/* fuzz_index.c: any bytes as an index file.
 *
 * The first byte says whether the checksums of stored values are mended first,
 * so that damage gets behind them; the rest is the file.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int watching;

    if (!watching)
        atexit(image_remove);
    watching = 1;
    if (size < 2)
        return 0;
    uint8_t *bytes = malloc(size - 1);
    if (!bytes)
        return 0;
    memcpy(bytes, data + 1, size - 1);
    if (data[0] & 1)
        image_mend(bytes, size - 1);
    if (image_write(bytes, size - 1))
        image_use();
    free(bytes);
    return 0;
}
