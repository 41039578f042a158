/* test_strtab.c: tests of common/strtab.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/base/limits.h"
#include "common/codec/strtab.h"
#include "tests/support/memory_part.h"

#define CHUNKS NIDX_PART_KEYS
#define TOP    NIDX_PART_KEYS_TOP

static struct nidx_bytes text(const char *s)
{
    return (struct nidx_bytes){(const uint8_t *)s, strlen(s)};
}

static struct nidx_strtab_writer *begin(struct memory_part *m)
{
    struct nidx_strtab_writer *w = NULL;

    memory_part_init(m);
    assert_int_equal(nidx_strtab_writer_new(&m->sink, CHUNKS, TOP, &w, NULL),
                     NIDX_OK);
    return w;
}

static void end(struct memory_part *m, struct nidx_strtab_writer *w,
                struct nidx_strtab *t)
{
    uint64_t n = 0;

    assert_int_equal(nidx_strtab_finish(w, &n, NULL), NIDX_OK);
    nidx_strtab_writer_free(w);
    *t = (struct nidx_strtab){.source = &m->source,
                              .part = CHUNKS,
                              .top = TOP,
                              .n_chunks = (uint32_t)m->parts[CHUNKS].n,
                              .n_entries = n};
}

/* Key i of a made table, and key i.5 behind it, which is not in the table. */
static struct nidx_bytes key_of(char *buf, size_t cap, int i, bool between)
{
    int n = snprintf(buf, cap, "https://example.org/%c/%07d%s", 'a' + i / 20000,
                     i, between ? "!" : "");

    return (struct nidx_bytes){(const uint8_t *)buf, (size_t)n};
}

static void make(struct memory_part *m, struct nidx_strtab *t, int n,
                 size_t value_len)
{
    struct nidx_strtab_writer *w = begin(m);
    uint8_t *value = calloc(1, value_len + 4);

    assert_non_null(value);
    for (int i = 0; i < n; i++) {
        char buf[64];
        memcpy(value, &i, 4);
        assert_int_equal(
            nidx_strtab_add(w, key_of(buf, sizeof(buf), i, false),
                            (struct nidx_bytes){value, 4 + value_len}, NULL),
            NIDX_OK);
    }
    free(value);
    end(m, w, t);
}

static void assert_sound(const struct nidx_strtab *t)
{
    struct nidx_error err = {0};

    if (nidx_strtab_check(t, "keys", &err) != NIDX_OK)
        fail_msg("%s", err.message);
}

static void every_key_is_found_and_no_other(void **state)
{
    (void)state;
    struct memory_part m = {0};
    struct nidx_strtab t;

    make(&m, &t, 50000, 0);
    assert_true(t.n_chunks > 3);
    assert_int_equal(t.n_entries, 50000);
    for (int i = 0; i < 50000; i++) {
        char buf[64];
        bool found = false;
        struct nidx_bytes value;
        uint64_t ordinal = 0;
        assert_int_equal(nidx_strtab_find(&t,
                                          key_of(buf, sizeof(buf), i, false),
                                          &found, &value, &ordinal, NULL),
                         NIDX_OK);
        assert_true(found);
        assert_int_equal(ordinal, i);
        assert_int_equal(value.len, 4);
        assert_memory_equal(value.data, &i, 4);
        assert_int_equal(nidx_strtab_find(&t, key_of(buf, sizeof(buf), i, true),
                                          &found, NULL, NULL, NULL),
                         NIDX_OK);
        assert_false(found);
    }
    assert_sound(&t);
    memory_part_done(&m);
}

static void assert_at(const struct nidx_strtab_cursor *c, int i)
{
    char buf[64];
    struct nidx_bytes key = key_of(buf, sizeof(buf), i, false);

    assert_false(c->at_end);
    assert_int_equal(c->ordinal, i);
    assert_int_equal(c->key.len, key.len);
    assert_memory_equal(c->key.data, key.data, key.len);
    assert_memory_equal(c->value.data, &i, 4);
}

static void a_cursor_seeks_anywhere_and_walks_on(void **state)
{
    (void)state;
    struct memory_part m = {0};
    struct nidx_strtab t;
    struct nidx_strtab_cursor c;
    char buf[64];

    make(&m, &t, 30000, 0);
    nidx_strtab_cursor_init(&c, &t);
    assert_int_equal(nidx_strtab_seek(&c, text(""), NULL), NIDX_OK);
    for (int i = 0; i < 30000; i++) {
        assert_at(&c, i);
        assert_int_equal(nidx_strtab_next(&c, NULL), NIDX_OK);
    }
    assert_true(c.at_end);
    assert_int_equal(nidx_strtab_next(&c, NULL), NIDX_OK);
    assert_true(c.at_end);
    for (int i = 29990; i >= 0; i -= 7) {
        nidx_strtab_seek(&c, key_of(buf, sizeof(buf), i, false), NULL);
        assert_at(&c, i);
        nidx_strtab_seek(&c, key_of(buf, sizeof(buf), i, true), NULL);
        assert_at(&c, i + 1);
        nidx_strtab_seek_ordinal(&c, (uint64_t)i, NULL);
        assert_at(&c, i);
        nidx_strtab_next(&c, NULL);
        assert_at(&c, i + 1);
    }
    assert_int_equal(nidx_strtab_seek(&c, text("z"), NULL), NIDX_OK);
    assert_true(c.at_end);
    assert_int_equal(nidx_strtab_seek_ordinal(&c, 30000, NULL), NIDX_OK);
    assert_true(c.at_end);
    nidx_strtab_cursor_done(&c);
    memory_part_done(&m);
}

static void an_empty_table_has_nothing(void **state)
{
    (void)state;
    struct memory_part m = {0};
    struct nidx_strtab t;
    struct nidx_strtab_cursor c;
    bool found = true;

    make(&m, &t, 0, 0);
    assert_int_equal(memory_part_bytes(&m, 0), 0);
    assert_int_equal(nidx_strtab_find(&t, text("a"), &found, NULL, NULL, NULL),
                     NIDX_OK);
    assert_false(found);
    nidx_strtab_cursor_init(&c, &t);
    assert_int_equal(nidx_strtab_seek(&c, text(""), NULL), NIDX_OK);
    assert_true(c.at_end);
    assert_int_equal(nidx_strtab_seek_ordinal(&c, 0, NULL), NIDX_OK);
    assert_true(c.at_end);
    assert_sound(&t);
    t.n_entries = 1;
    assert_int_equal(nidx_strtab_check(&t, "keys", NULL), NIDX_ERR_CORRUPT);
    memory_part_done(&m);
}

static void the_empty_key_and_bytes_above_127_are_keys(void **state)
{
    (void)state;
    static const char *const keys[] = {"",         "\x01", "\x7f",
                                       "\x80\x01", "\xff", "\xff\xff"};
    struct memory_part m = {0};
    struct nidx_strtab t;
    struct nidx_strtab_writer *w = begin(&m);
    bool found;

    for (size_t i = 0; i < 6; i++)
        assert_int_equal(nidx_strtab_add(w, text(keys[i]), text("v"), NULL),
                         NIDX_OK);
    end(&m, w, &t);
    for (size_t i = 0; i < 6; i++) {
        nidx_strtab_find(&t, text(keys[i]), &found, NULL, NULL, NULL);
        assert_true(found);
    }
    nidx_strtab_find(&t, text("\x80"), &found, NULL, NULL, NULL);
    assert_false(found);
    assert_sound(&t);
    memory_part_done(&m);
}

static void keys_must_rise(void **state)
{
    (void)state;
    struct memory_part m = {0};
    struct nidx_strtab_writer *w = begin(&m);

    assert_int_equal(nidx_strtab_add(w, text("b"), text(""), NULL), NIDX_OK);
    assert_int_equal(nidx_strtab_add(w, text("b"), text(""), NULL),
                     NIDX_ERR_INVALID);
    assert_int_equal(nidx_strtab_add(w, text("a"), text(""), NULL),
                     NIDX_ERR_INVALID);
    nidx_strtab_writer_free(w);
    memory_part_done(&m);
}

/* Keys as long as may be: chunks of one entry, and top indexes of many
 * chunks, since neighbours differ at their ends alone. */
static void long_keys_make_small_chunks_and_several_tops(void **state)
{
    (void)state;
    struct memory_part m = {0};
    struct nidx_strtab t;
    struct nidx_strtab_writer *w = begin(&m);
    uint8_t *key = malloc(NIDX_KEY_MAX);
    bool found;
    uint64_t ordinal;

    assert_non_null(key);
    memset(key, 'k', NIDX_KEY_MAX);
    for (uint8_t i = 0; i < 40; i++) {
        key[NIDX_KEY_MAX - 1] = i;
        assert_int_equal(nidx_strtab_add(w,
                                         (struct nidx_bytes){key, NIDX_KEY_MAX},
                                         text("v"), NULL),
                         NIDX_OK);
    }
    end(&m, w, &t);
    assert_true(t.n_chunks > 20);
    assert_true(m.parts[TOP].n > 20);
    assert_sound(&t);
    for (uint8_t i = 0; i < 41; i++) {
        key[NIDX_KEY_MAX - 1] = i;
        assert_int_equal(
            nidx_strtab_find(&t, (struct nidx_bytes){key, NIDX_KEY_MAX}, &found,
                             NULL, &ordinal, NULL),
            NIDX_OK);
        assert_true(found == (i < 40));
        assert_true(!found || ordinal == i);
    }
    free(key);
    memory_part_done(&m);
}

static void chunks_fit_a_value_of_the_store(void **state)
{
    (void)state;
    struct memory_part m = {0};
    struct nidx_strtab t;

    make(&m, &t, 4000, 1000);
    for (size_t i = 0; i < m.parts[CHUNKS].n; i++)
        assert_true(m.parts[CHUNKS].items[i].len <= NIDX_CHUNK_MAX);
    assert_sound(&t);
    memory_part_done(&m);
}

static void a_full_sink_and_a_dry_source_are_passed_on(void **state)
{
    (void)state;
    for (int fails = 0; fails < 3; fails++) {
        struct memory_part m = {0};
        struct nidx_strtab_writer *w = begin(&m);
        enum nidx_status status = NIDX_OK;
        uint64_t n;
        m.puts_left = fails;
        for (int i = 0; i < 6000 && status == NIDX_OK; i++) {
            char buf[64];
            status = nidx_strtab_add(w, key_of(buf, sizeof(buf), i, false),
                                     text("some more bytes"), NULL);
        }
        if (status == NIDX_OK)
            status = nidx_strtab_finish(w, &n, NULL);
        assert_int_equal(status, NIDX_ERR_FULL);
        nidx_strtab_writer_free(w);
        memory_part_done(&m);
    }
    struct memory_part m = {0};
    struct nidx_strtab t;
    struct nidx_strtab_cursor c;
    bool found;
    make(&m, &t, 10000, 0);
    nidx_strtab_cursor_init(&c, &t);
    for (int left = 0; left < 2; left++) {
        m.gets_left = left;
        assert_int_equal(
            nidx_strtab_find(&t, text("h"), &found, NULL, NULL, NULL),
            NIDX_ERR_IO);
        m.gets_left = left;
        assert_int_equal(nidx_strtab_seek(&c, text("h"), NULL), NIDX_ERR_IO);
        assert_true(c.at_end);
        m.gets_left = left;
        assert_int_equal(nidx_strtab_seek_ordinal(&c, 1, NULL), NIDX_ERR_IO);
        assert_int_equal(c.status, NIDX_ERR_IO);
    }
    nidx_strtab_cursor_done(&c);
    memory_part_done(&m);
}

static bool is_sound_status(enum nidx_status status)
{
    return status == NIDX_OK || status == NIDX_ERR_CORRUPT;
}

/* All that reads, on damaged bytes: it may not find, but it must not crash. */
static void read_all(struct nidx_strtab *t)
{
    struct nidx_strtab_cursor c;
    bool found;
    char buf[64];

    nidx_strtab_cursor_init(&c, t);
    for (int i = 0; i < 300; i += 37) {
        struct nidx_bytes key = key_of(buf, sizeof(buf), i, false);
        assert_true(is_sound_status(
            nidx_strtab_find(t, key, &found, NULL, NULL, NULL)));
        assert_true(is_sound_status(nidx_strtab_seek(&c, key, NULL)));
        assert_true(
            is_sound_status(nidx_strtab_seek_ordinal(&c, (uint64_t)i, NULL)));
    }
    nidx_strtab_seek(&c, text(""), NULL);
    for (int i = 0; i < 1000 && !c.at_end; i++)
        assert_true(is_sound_status(nidx_strtab_next(&c, NULL)));
    nidx_strtab_cursor_done(&c);
}

static void any_damaged_byte_is_survived_and_most_are_noticed(void **state)
{
    (void)state;
    struct memory_part m = {0};
    struct nidx_strtab t;
    unsigned noticed = 0, n = 0;
    static const enum nidx_part parts[] = {CHUNKS, TOP};

    make(&m, &t, 300, 0);
    for (size_t p = 0; p < 2; p++) {
        struct memory_chunk *c = memory_part_find(&m, parts[p], 0);
        for (size_t i = 0; i < c->len; i++) {
            for (unsigned bit = 0; bit < 8; bit += 3) {
                c->data[i] ^= (uint8_t)(1u << bit);
                read_all(&t);
                noticed += nidx_strtab_check(&t, "keys", NULL) != NIDX_OK;
                n++;
                c->data[i] ^= (uint8_t)(1u << bit);
            }
        }
    }
    assert_sound(&t);
    assert_true(noticed > n / 3);
    memory_part_done(&m);
}

static void a_chunk_cut_short_is_survived_and_noticed(void **state)
{
    (void)state;
    struct memory_part m = {0};
    struct nidx_strtab t;
    static const enum nidx_part parts[] = {CHUNKS, TOP};

    for (size_t p = 0; p < 2; p++) {
        make(&m, &t, 300, 0);
        struct memory_chunk *c = memory_part_find(&m, parts[p], 0);
        while (c->len > 0) {
            memory_part_resize(c, c->len > 60 ? c->len - 31 : c->len - 1);
            read_all(&t);
            assert_int_equal(nidx_strtab_check(&t, "keys", NULL),
                             NIDX_ERR_CORRUPT);
        }
        memory_part_done(&m);
    }
}

static void a_table_told_wrong_counts_is_noticed(void **state)
{
    (void)state;
    struct memory_part m = {0};
    struct nidx_strtab t;
    struct nidx_strtab_cursor c;

    make(&m, &t, 20000, 0);
    t.n_entries++;
    assert_int_equal(nidx_strtab_check(&t, "keys", NULL), NIDX_ERR_CORRUPT);
    nidx_strtab_cursor_init(&c, &t);
    assert_int_equal(nidx_strtab_seek_ordinal(&c, 20000, NULL),
                     NIDX_ERR_CORRUPT);
    nidx_strtab_cursor_done(&c);
    t.n_entries--;
    t.n_chunks--;
    assert_int_equal(nidx_strtab_check(&t, "keys", NULL), NIDX_ERR_CORRUPT);
    t.n_chunks += 2;
    assert_int_equal(nidx_strtab_check(&t, "keys", NULL), NIDX_ERR_CORRUPT);
    memory_part_done(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_is_found_and_no_other),
        cmocka_unit_test(a_cursor_seeks_anywhere_and_walks_on),
        cmocka_unit_test(an_empty_table_has_nothing),
        cmocka_unit_test(the_empty_key_and_bytes_above_127_are_keys),
        cmocka_unit_test(keys_must_rise),
        cmocka_unit_test(long_keys_make_small_chunks_and_several_tops),
        cmocka_unit_test(chunks_fit_a_value_of_the_store),
        cmocka_unit_test(a_full_sink_and_a_dry_source_are_passed_on),
        cmocka_unit_test(any_damaged_byte_is_survived_and_most_are_noticed),
        cmocka_unit_test(a_chunk_cut_short_is_survived_and_noticed),
        cmocka_unit_test(a_table_told_wrong_counts_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
