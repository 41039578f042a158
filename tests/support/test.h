/* test.h: what every cmocka test includes first.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_TESTS_TEST_H
#define NIDX_TESTS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
