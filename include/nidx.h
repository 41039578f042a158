/* nidx.h: the public interface of libnidx, and its manual.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_H
#define NIDX_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NIDX_VERSION_MAJOR 0
#define NIDX_VERSION_MINOR 1
#define NIDX_VERSION_PATCH 0

#if defined(__GNUC__)
#define NIDX_API __attribute__((visibility("default")))
#else
#define NIDX_API
#endif

/**
 * What a function that can fail returns. 0 is fine, failures are negative and
 * never renumbered. Codes are for programs; the text in struct nidx_error is
 * for people.
 */
enum nidx_status {
    NIDX_OK = 0,
    NIDX_ERR_NOMEM = -1,     /**< out of memory */
    NIDX_ERR_IO = -2,        /**< the system refused: disk, permissions */
    NIDX_ERR_CORRUPT = -3,   /**< the index file is damaged */
    NIDX_ERR_INVALID = -4,   /**< an argument is not what it may be */
    NIDX_ERR_SYNTAX = -5,    /**< strict parsing of a query failed */
    NIDX_ERR_NOTFOUND = -6,  /**< no such file, document or field */
    NIDX_ERR_BUSY = -7,      /**< another writer, or a reader in the way */
    NIDX_ERR_READONLY = -8,  /**< writing was not asked for or not allowed */
    NIDX_ERR_VERSION = -9,   /**< made by a newer nidx, or not an index */
    NIDX_ERR_FULL = -10,     /**< the disk or the map is full */
    NIDX_ERR_LIMIT = -11,    /**< a stated limit was reached */
    NIDX_ERR_STOPPED = -12   /**< a callback asked to stop */
};

/** Details of a failure, for people. Owned by the caller; nothing to free. */
struct nidx_error {
    enum nidx_status status;
    size_t offset;     /**< byte offset in the input, where that has a sense */
    char message[496]; /**< one line, UTF-8, always terminated */
};

#ifdef __cplusplus
}
#endif

#endif
