/* test_find.c: which articles a query finds, from the writer to the hits.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include "tests/support/library.h"
#include "tests/support/tmpdir.h"

static void forms_are_found_in_headlines(void **state)
{
    struct library l;

    library_open(&l, state);
    library_add(&l, "a", "english", "A letter", "letters letters letters",
                NULL);
    library_add(&l, "b", "english", "The letters", "letter", NULL);
    library_add(&l, "c", "english", "Other", "letter letters lettering", NULL);
    library_commit(&l);
    assert_string_equal(library_keys(&l, "title:=letter"), "a");
    assert_string_equal(library_keys(&l, "title:=letters"), "b");
    assert_string_equal(library_keys(&l, "title:letter"), "a b");
    assert_string_equal(library_keys(&l, "title:letters*"), "b");
    assert_string_equal(library_keys(&l, "title:=\"the letters\""), "b");
    assert_string_equal(library_keys(&l, "=letter"), "a b c");
    assert_string_equal(library_keys(&l, "body:=letter"), "b c");
    library_add(&l, "d", "english", "One letter", "letters", NULL);
    library_commit(&l);
    assert_string_equal(library_keys(&l, "title:=letter"), "a d");
    library_close(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(forms_are_found_in_headlines,
                                        tmpdir_setup, tmpdir_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
