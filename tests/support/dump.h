/* dump.h: all that an index says, as sorted lines, to be compared.
 *
 * Lines name documents by key and forms by their spelling, so they are equal
 * for indexes that differ in segments and numbers only.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_TESTS_DUMP_H
#define NIDX_TESTS_DUMP_H

#include <stdbool.h>

struct nidx_index;

/**
 * Live documents with their columns and fields, and every posting of a live
 * document. with_forms: entries of forms with their counts as well, which are
 * exact only where nothing is deleted. Ends the test when anything fails;
 * freed by the caller.
 */
char *dump_index(struct nidx_index *index, bool with_forms);

/** Fails where two dumps differ, and shows the first lines that do. */
void assert_dumps_equal(const char *a, const char *b);

#endif
