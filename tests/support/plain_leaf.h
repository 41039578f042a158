/* plain_leaf.h: leaves that read naive documents instead of posting lists.
 *
 * plain_leaf.c has the functions of query/spans/leaf.h; a program that compiles it
 * in tests the span algebra alone, and fast.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_TESTS_PLAIN_LEAF_H
#define NIDX_TESTS_PLAIN_LEAF_H

#include "tests/support/naive.h"

/** The documents that leaves read from now on; borrowed. */
void plain_leaf_docs(const struct naive_doc *docs);

#endif
