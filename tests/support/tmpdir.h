/* tmpdir.h: a folder of the test's own, removed with all that is in it.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_TESTS_TMPDIR_H
#define NIDX_TESTS_TMPDIR_H

/** cmocka fixtures: *state is the folder's path. */
int tmpdir_setup(void **state);
int tmpdir_teardown(void **state);

/** The path of name in the folder; freed by the caller. */
char *tmpdir_path(void *const *state, const char *name);

#endif
