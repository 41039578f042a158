/* fuzz_stored.c: every stored structure with patches behind its checksum.
 *
 * A small index is made once. The input is a list of patches: number of the
 * value (u8), offset in it (u16), number of bytes (u8), the bytes. Values are
 * the header, the manifest, deletions and all parts of two segments: string
 * tables, postings, positions, bitmaps, columns, filters, text, records.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/engine.h"
#include "tests/support/image.h"

#define VALUES 256

static uint8_t *base, *copy;
static size_t base_len, n_values;
static struct image_value values[VALUES];

static void make_base(void)
{
    struct nidx_error err;

    image_remove();
    atexit(image_remove);
    if (engine_make(image_path(), &err) != NIDX_OK) {
        fprintf(stderr, "%s\n", err.message);
        abort();
    }
    base = image_read(image_path(), &base_len);
    copy = base ? malloc(base_len) : NULL;
    if (!copy)
        abort();
    n_values = image_values(base, base_len, values, VALUES);
    if (n_values < 10)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!base)
        make_base();
    memcpy(copy, base, base_len);
    while (size >= 4) {
        const struct image_value *v = &values[data[0] % n_values];
        size_t at = data[1] | (size_t)data[2] << 8, n = data[3];
        data += 4;
        size -= 4;
        n = n < size ? n : size;
        for (size_t i = 0; i < n && v->len > 0; i++)
            copy[v->at + (at + i) % v->len] = data[i];
        data += n;
        size -= n;
    }
    image_mend(copy, base_len);
    if (image_write(copy, base_len))
        image_use();
    return 0;
}
