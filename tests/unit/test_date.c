/* test_date.c: tests of indexer/date.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include "indexer/source/dateline.h"

#include <stdlib.h>

static const struct {
    const char *text;
    int64_t seconds;
} good[] = {
    {"1970-01-01", 0},
    {"2018-08-08", 1533686400},
    {"2018-08", 1533081600},
    {"2018", 1514764800},
    {"2018/08/08", 1533686400},
    {"2018-8-8", 1533686400},
    {"  2018-08-08\n", 1533686400},
    {"2018-08-08T12:54:00Z", 1533732840},
    {"2018-08-08T12:54Z", 1533732840},
    {"2018-08-08 12:54:00.123 UTC", 1533732840},
    {"2018-08-08T14:54:00+02:00", 1533732840},
    {"2018-08-08T08:54:00-0400", 1533732840},
    {"2018-08-08T14:54:00+02", 1533732840},
    {"2018-08-08t12:54:00z", 1533732840},
    {"2016-12-31T23:59:60Z", 1483228800},
    {"2018-08-07T24:00:00Z", 1533686400},
    {"Wed, 24 Oct 2018 15:04:05 +0000", 1540393445},
    {"Wed, 24 Oct 2018 11:04:05 -0400 (EDT)", 1540393445},
    {"24 Oct 18 15:04 GMT", 1540393440},
    {"Wed Oct 24 15:04:05 2018", 1540393445},
    {"October 24, 2018", 1540339200},
    {"Oct. 24, 2018", 1540339200},
    {"Wednesday, October 24, 2018 at 3:04 p.m. EDT", 1540407840},
    {"October 24th, 2018 3 PM", 1540393200},
    {"12:30 AM, 24 October 2018", 1540341000},
    {"24 Oct 2018", 1540339200},
    {"24th of October 2018", 1540339200},
    {"24-OCT-2018", 1540339200},
    {"26-FEB-1987 15:01:01.79", 541350061},
    {"Sept. 11, 2001", 1000166400},
    {"October 2018", 1538352000},
    {"20181024", 1540339200},
    {"201810241504", 1540393440},
    {"20181024150405", 1540393445},
    {"20181024T150405Z", 1540393445},
    {"1540393445", 1540393445},
    {"1540393445.75", 1540393445},
    {"1540393445123", 1540393445},
    {"-123456789", -123456789},
    {"2000-02-29", 951782400},
    {"1600-01-01", -11676096000},
    {"0001-01-01", -62135596800},
};

static const char *const bad[] = {
    "",
    " ",
    "today",
    "yesterday at 3 pm",
    "2018-13-01",
    "2018-00-10",
    "2018-02-30",
    "1900-02-29",
    "0000-01-01",
    "2018-08-08T25:00:00Z",
    "2018-08-08T12:60:00Z",
    "2018-08-08T12:54:61Z",
    "2018-08-08T24:00:01Z",
    "2018-08-08T12:54:00+99:00",
    "2018-08-08T12",
    "2018-08-08Z12:00",
    "2018-08-",
    "2018-",
    "2018-08-08 and so on",
    "2018_08",
    "20181324",
    "20181024X",
    "12345",
    "123",
    "October 32, 2018",
    "October",
    "24 October",
    "Oct 24 2018 2019 2020",
    "October November 2018",
    "24 Oct 2018 13:00 pm",
    "24 Oct 2018 12:5",
    "24 Oct 2018 (unclosed",
    "15404\n93445",
    "12345678901234567890",
    "-",
    "-12",
    "on the 24th of the month",
    "\xff\xfe",
    "October 24, 2018 \xc2\xa9",
};

static void dates_are_read_as_they_are_stated(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
        int64_t seconds = 1;
        if (!nidx_date_read(good[i].text, strlen(good[i].text), &seconds) ||
            seconds != good[i].seconds)
            print_message("# %s reads as %lld\n", good[i].text,
                          (long long)seconds);
        assert_true(seconds == good[i].seconds);
    }
}

static void what_is_no_date_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        int64_t seconds = 4711;
        if (nidx_date_read(bad[i], strlen(bad[i]), &seconds))
            print_message("# '%s' reads as %lld\n", bad[i], (long long)seconds);
        assert_true(seconds == 4711);
    }
}

static void zero_bytes_are_no_blanks(void **state)
{
    (void)state;
    int64_t seconds;

    assert_false(nidx_date_read("2018\0", 5, &seconds));
    assert_false(nidx_date_read("\0", 1, &seconds));
    assert_false(nidx_date_read("24 Oct\0 2018", 12, &seconds));
}

static bool in_text(const char *text, int64_t *seconds)
{
    return nidx_date_in_text(
        (struct nidx_bytes){(const uint8_t *)text, strlen(text)}, seconds);
}

static bool in_path(const char *path, bool month, int64_t *seconds)
{
    return nidx_date_in_path(
        (struct nidx_bytes){(const uint8_t *)path, strlen(path)}, month,
        seconds);
}

static void a_date_that_an_article_states_is_found(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "August 8, 2018",
        "By Ann Writer\nPublished: August 8, 2018\n\nText.",
        "By Ann Writer | Aug 8, 2018\nText",
        "Ann Writer \xe2\x80\xa2 2018-08-08 \xe2\x80\xa2 News\nText",
        "Last updated on 8 August 2018\r\nText",
        "MOSCOW, Aug. 8, 2018 (AP) - A senator delivered a letter.",
        "MOSCOW, August 8, 2018 \xe2\x80\x94 A senator delivered a letter.",
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        int64_t seconds = 0;
        in_text(texts[i], &seconds);
        if (seconds != 1533686400)
            print_message("# not found: %s\n", texts[i]);
        assert_true(seconds == 1533686400);
    }
}

static void dates_within_sentences_are_not_the_articles(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "2018",
        "1984\n19840101",
        "On August 8, 2018 he delivered a letter.",
        "He was born on August 8, 1918.\nMore.",
        "MOSCOW - August 8 is a day",
        "The letter of Moscow, August 8, 2018 - and what it meant",
        "SALVADOR, Feb 26 - Showers continued",
        "One\ntwo\nthree\nfour\nfive\nsix\nAugust 8, 2018",
        "25 November 1697 - 8 May 1740",
        "-\n--\n|",
    };
    int64_t seconds;

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        if (in_text(texts[i], &seconds))
            print_message("# found in: %s\n", texts[i]);
        assert_false(in_text(texts[i], &seconds));
    }
}

static void a_path_may_hold_a_date(void **state)
{
    (void)state;
    static const char *const paths[] = {"/news/2018/08/08/letter.html",
                                        "/world/2018/aug/08/letter",
                                        "2018-08-08-letter.md",
                                        "letter_2018-08-08.txt",
                                        "/2018/8/8/",
                                        "/a/2018_08_08"};
    static const char *const none[] = {
        "/news/letter",   "/12018-08-08", "/2018/13/01/x", "/2018/letter/08",
        "/2018/08080/",   "/v2018-08-08", "/2018",         "/2018/",
        "/2018/08/080/x", "/2018/08",     "/3018/08/08",   ""};
    int64_t seconds;

    for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
        assert_true(in_path(paths[i], false, &seconds));
        assert_true(seconds == 1533686400);
    }
    for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++) {
        if (in_path(none[i], true, &seconds))
            print_message("# found in: %s\n", none[i]);
        assert_false(in_path(none[i], true, &seconds));
    }
    assert_false(in_path("/2018/08/letter", false, &seconds));
    assert_true(in_path("/2018/08/letter", true, &seconds));
    assert_true(seconds == 1533081600);
}

static void every_prefix_and_change_of_a_date_is_survived(void **state)
{
    (void)state;
    char text[64];
    int64_t seconds;

    srand(7);
    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
        const size_t len = strlen(good[i].text);
        for (size_t n = 0; n <= len; n++) {
            char *copy = malloc(n + 1);
            memcpy(copy, good[i].text, n);
            nidx_date_read(copy, n, &seconds);
            free(copy);
        }
        for (int k = 0; k < 2000; k++) {
            memcpy(text, good[i].text, len);
            text[(size_t)rand() % len] = (char)rand();
            nidx_date_read(text, len, &seconds);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_read_as_they_are_stated),
        cmocka_unit_test(what_is_no_date_is_refused),
        cmocka_unit_test(zero_bytes_are_no_blanks),
        cmocka_unit_test(a_date_that_an_article_states_is_found),
        cmocka_unit_test(dates_within_sentences_are_not_the_articles),
        cmocka_unit_test(a_path_may_hold_a_date),
        cmocka_unit_test(every_prefix_and_change_of_a_date_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
