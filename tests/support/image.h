/* image.h: the bytes of an index file in memory, to be damaged and written.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_TESTS_IMAGE_H
#define NIDX_TESTS_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Gives every value of the newest commit the checksum that it ought to have,
 * so that damage reaches what stands behind checksums. Any bytes will do. */
void image_mend(uint8_t *bytes, size_t len);

/** A stored value: its payload in the image. */
struct image_value {
    size_t at, len;
};
/** The values of a whole image in the order of their keys; at most cap. */
size_t image_values(const uint8_t *bytes, size_t len, struct image_value *out,
                    size_t cap);

/** A file of this process alone, where no disk is waited for; borrowed. */
const char *image_path(void);
/** Writes it there; false where that fails. */
bool image_write(const uint8_t *bytes, size_t len);
/** Reads the file at path into malloc'd memory, or NULL. */
uint8_t *image_read(const char *path, size_t *len);
/** Removes image_path and its lock file. */
void image_remove(void);

/** Opens image_path, reads, checks: nothing may crash. */
void image_use(void);

#endif
