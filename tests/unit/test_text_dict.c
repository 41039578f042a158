/* test_text_dict.c: tests of common/codec/text where blocks have dictionaries.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/base/limits.h"
#include "common/codec/text.h"
#include "tests/support/memory_part.h"

/* Enough for a dictionary. */
#define ENOUGH (NIDX_TEXT_SAMPLE + NIDX_TEXT_SAMPLE / 2)

#define RECORD 3000

/* Sentences of a few hundred words, which depend on the seed. */
static uint8_t *make_prose(size_t n, unsigned seed)
{
    uint8_t *b = malloc(n + 32);
    const unsigned own = seed * 7919;
    size_t at = 0;

    assert_non_null(b);
    while (at < n) {
        seed = seed * 1103515245u + 12345u;
        unsigned word = (seed >> 16) % 700 * ((seed >> 8) % 5 + 1);
        at += (size_t)snprintf((char *)b + at, 32, "w%xord%u ",
                               word * 2654435761u, own + word % 50);
    }
    return b;
}

struct stream {
    struct memory_part part;
    struct nidx_text text;
};

static struct nidx_text_writer *begin(struct stream *s)
{
    struct nidx_text_writer *w = NULL;

    *s = (struct stream){0};
    memory_part_init(&s->part);
    s->text.source = &s->part.source;
    assert_int_equal(nidx_text_writer_new(&s->part.sink, 1, &w, NULL), NIDX_OK);
    return w;
}

static void end(struct stream *s, struct nidx_text_writer *w)
{
    struct nidx_error err = {0};

    if (nidx_text_finish(w, &s->text.n_bytes, &s->text.n_blocks, &err) !=
        NIDX_OK)
        fail_msg("%s", err.message);
    nidx_text_writer_free(w);
    if (nidx_text_check(&s->text, &err) != NIDX_OK)
        fail_msg("%s", err.message);
}

static void add(struct nidx_text_writer *w, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i += RECORD)
        assert_int_equal(
            nidx_text_add(
                w,
                (struct nidx_bytes){bytes + i, n - i < RECORD ? n - i : RECORD},
                NULL, NULL),
            NIDX_OK);
}

static void make(struct stream *s, const uint8_t *bytes, size_t n)
{
    struct nidx_text_writer *w = begin(s);

    add(w, bytes, n);
    end(s, w);
}

static void copy(struct nidx_text_writer *w, const struct stream *from)
{
    struct nidx_error err = {0};

    for (uint64_t at = 0; at < from->text.n_bytes; at += RECORD) {
        uint64_t to = at + RECORD;
        if (to > from->text.n_bytes)
            to = from->text.n_bytes;
        if (nidx_text_copy(w, &from->text, at, to, NULL, &err) != NIDX_OK)
            fail_msg("%s", err.message);
    }
}

static size_t n_dicts(const struct stream *s)
{
    return s->part.parts[NIDX_PART_TEXT_DICT].n;
}

static void assert_holds(const struct stream *s, const uint8_t *bytes,
                         uint64_t at, size_t n)
{
    struct nidx_text_cache cache = {0};
    struct nidx_buf out = {0};
    struct nidx_error err = {0};

    if (nidx_text_read(&s->text, &cache, at, n, &out, &err) != NIDX_OK)
        fail_msg("%s", err.message);
    assert_int_equal(out.len, n);
    assert_memory_equal(out.data, bytes, n);
    nidx_buf_done(&out);
    nidx_text_cache_done(&cache);
}

static void much_text_has_a_dictionary_and_gets_smaller(void **state)
{
    (void)state;
    struct stream much, little;
    uint8_t *bytes = make_prose(ENOUGH, 1);
    const size_t few = NIDX_TEXT_SAMPLE / 4;

    make(&little, bytes, few);
    assert_int_equal(n_dicts(&little), 0);
    assert_holds(&little, bytes, 0, few);
    make(&much, bytes, ENOUGH);
    assert_int_equal(n_dicts(&much), 1);
    assert_holds(&much, bytes, 0, ENOUGH);
    assert_true(memory_part_bytes(&much.part, NIDX_PART_TEXT_DICT) <=
                NIDX_CHUNK_MAX);
    assert_true(memory_part_bytes(&much.part, NIDX_PART_TEXT) <
                memory_part_bytes(&little.part, NIDX_PART_TEXT) * 59 / 10);
    memory_part_done(&much.part);
    memory_part_done(&little.part);
    free(bytes);
}

static void copied_blocks_bring_their_dictionaries(void **state)
{
    (void)state;
    struct stream from[2], to;
    uint8_t *bytes[2] = {make_prose(ENOUGH, 1), make_prose(ENOUGH, 2)};
    uint32_t n_blocks = 0;

    for (int i = 0; i < 2; i++) {
        make(&from[i], bytes[i], ENOUGH);
        n_blocks += from[i].text.n_blocks;
    }
    struct nidx_text_writer *w = begin(&to);
    for (int i = 0; i < 4; i++)
        copy(w, &from[i % 2]);
    add(w, bytes[0], 50000);
    end(&to, w);
    /* Each once, though two streams had it; blocks are the same ones. */
    assert_int_equal(n_dicts(&to), 2);
    assert_true(to.text.n_blocks <= 2 * n_blocks + 2);
    for (int i = 0; i < 4; i++)
        assert_holds(&to, bytes[i % 2], (uint64_t)i * ENOUGH, ENOUGH);
    assert_holds(&to, bytes[0], 4ull * ENOUGH, 50000);
    for (int i = 0; i < 2; i++) {
        memory_part_done(&from[i].part);
        free(bytes[i]);
    }
    memory_part_done(&to.part);
}

static void text_that_waits_gets_the_dictionary_of_what_follows(void **state)
{
    (void)state;
    struct stream from, to;
    uint8_t *bytes = make_prose(ENOUGH, 1);

    make(&from, bytes, ENOUGH);
    struct nidx_text_writer *w = begin(&to);
    add(w, bytes, 300000);
    copy(w, &from);
    end(&to, w);
    assert_int_equal(n_dicts(&to), 1);
    assert_holds(&to, bytes, 0, 300000);
    assert_holds(&to, bytes, 300000, ENOUGH);
    memory_part_done(&from.part);
    memory_part_done(&to.part);
    free(bytes);
}

static void small_streams_get_a_dictionary_when_they_are_many(void **state)
{
    (void)state;
    struct stream from, to;
    const size_t few = NIDX_TEXT_SAMPLE / 4;
    uint8_t *bytes = make_prose(few, 1);

    make(&from, bytes, few);
    struct nidx_text_writer *w = begin(&to);
    for (int i = 0; i < 6; i++)
        copy(w, &from);
    end(&to, w);
    assert_int_equal(n_dicts(&to), 1);
    for (int i = 0; i < 6; i++)
        assert_holds(&to, bytes, (uint64_t)i * few, few);
    memory_part_done(&from.part);
    memory_part_done(&to.part);
    free(bytes);
}

static void beyond_the_most_dictionaries_text_is_compressed_anew(void **state)
{
    (void)state;
    const size_t n = NIDX_TEXT_SAMPLE + 40000;
    struct stream to;
    struct nidx_text_writer *w = begin(&to);

    for (unsigned i = 0; i < NIDX_TEXT_DICTS + 2; i++) {
        struct stream from;
        uint8_t *bytes = make_prose(n, i + 1);
        make(&from, bytes, n);
        copy(w, &from);
        /* The copy is made at the latest here, while its source is there. */
        assert_int_equal(
            nidx_text_add(w, (struct nidx_bytes){bytes, 1}, NULL, NULL),
            NIDX_OK);
        memory_part_done(&from.part);
        free(bytes);
    }
    end(&to, w);
    assert_int_equal(n_dicts(&to), NIDX_TEXT_DICTS);
    for (unsigned i = 0; i < NIDX_TEXT_DICTS + 2; i += NIDX_TEXT_DICTS + 1) {
        uint8_t *bytes = make_prose(n, i + 1);
        assert_holds(&to, bytes, i * (uint64_t)(n + 1), n);
        free(bytes);
    }
    memory_part_done(&to.part);
}

static void a_reader_may_go_from_dictionary_to_dictionary(void **state)
{
    (void)state;
    struct stream s[3];
    uint8_t *bytes = make_prose(ENOUGH, 1), *other = make_prose(ENOUGH, 2);
    struct nidx_text_cache cache = {0};
    struct nidx_buf out = {0};

    make(&s[0], bytes, ENOUGH);
    make(&s[1], other, ENOUGH);
    make(&s[2], bytes, 100000);
    for (unsigned i = 0; i < 12; i++) {
        out.len = 0;
        assert_int_equal(
            nidx_text_read(&s[i % 3].text, &cache, 5000, 40000, &out, NULL),
            NIDX_OK);
        assert_memory_equal(out.data, (i % 3 == 1 ? other : bytes) + 5000,
                            40000);
    }
    nidx_buf_done(&out);
    nidx_text_cache_done(&cache);
    for (int i = 0; i < 3; i++)
        memory_part_done(&s[i].part);
    free(bytes);
    free(other);
}

/* A copy of what cannot be read is refused, and so is a look at it. */
static void assert_corrupt(struct stream *s)
{
    struct stream to;
    struct nidx_text_writer *w = begin(&to);

    assert_int_equal(nidx_text_check(&s->text, NULL), NIDX_ERR_CORRUPT);
    /* The last block is short, so a copy inflates it. */
    enum nidx_status status =
        nidx_text_copy(w, &s->text, 0, s->text.n_bytes - 1, NULL, NULL);
    if (status == NIDX_OK)
        status = nidx_text_add(w, (struct nidx_bytes){(const uint8_t *)"", 0},
                               NULL, NULL);
    assert_int_equal(status, NIDX_ERR_CORRUPT);
    nidx_text_writer_free(w);
    memory_part_done(&to.part);
}

static void damaged_dictionaries_are_noticed(void **state)
{
    (void)state;
    struct stream s;
    uint8_t *bytes = make_prose(ENOUGH, 1);

    make(&s, bytes, ENOUGH);
    struct memory_chunk *block = memory_part_find(&s.part, NIDX_PART_TEXT, 0);
    assert_int_equal(block->data[6], 1);
    block->data[6] = 2; /* not there */
    assert_corrupt(&s);
    block->data[7] = 0xff; /* cannot be */
    assert_corrupt(&s);
    block->data[6] = block->data[7] = 0; /* it has one */
    assert_int_equal(nidx_text_check(&s.text, NULL), NIDX_ERR_CORRUPT);
    block->data[6] = 1;
    struct memory_chunk *dict =
        memory_part_find(&s.part, NIDX_PART_TEXT_DICT, 0);
    for (size_t i = 0; i < 300; i++) {
        dict->data[i] ^= 0x55;
        enum nidx_status status = nidx_text_check(&s.text, NULL);
        assert_true(i >= 8 || status == NIDX_ERR_CORRUPT);
        dict->data[i] ^= 0x55;
    }
    memory_part_resize(dict, 40);
    assert_corrupt(&s);
    memory_part_drop(&s.part, NIDX_PART_TEXT_DICT, 0);
    assert_corrupt(&s);
    memory_part_done(&s.part);
    free(bytes);
}

static void frames_in_two_chunks_need_both(void **state)
{
    (void)state;
    struct stream s;
    uint8_t *bytes = make_prose(ENOUGH, 1);

    make(&s, bytes, ENOUGH);
    assert_int_equal(memory_part_find(&s.part, NIDX_PART_TEXT, 0)->len,
                     NIDX_CHUNK_MAX);
    memory_part_resize(memory_part_find(&s.part, NIDX_PART_TEXT, 1), 5);
    assert_int_equal(nidx_text_check(&s.text, NULL), NIDX_ERR_CORRUPT);
    memory_part_drop(&s.part, NIDX_PART_TEXT, 1);
    assert_int_equal(nidx_text_check(&s.text, NULL), NIDX_ERR_CORRUPT);
    memory_part_done(&s.part);
    free(bytes);
}

static void a_full_sink_is_passed_on(void **state)
{
    (void)state;
    struct stream from;
    uint8_t *bytes = make_prose(ENOUGH, 1);

    make(&from, bytes, ENOUGH);
    for (int puts = 0; puts < 4; puts++) {
        for (int copies = 0; copies < 2; copies++) {
            struct stream s;
            struct nidx_text_writer *w = begin(&s);
            const struct nidx_bytes all = {bytes, ENOUGH};
            s.part.puts_left = puts;
            enum nidx_status status;
            if (copies)
                status = nidx_text_copy(w, &from.text, 0, ENOUGH, NULL, NULL);
            else
                status = nidx_text_add(w, all, NULL, NULL);
            if (status == NIDX_OK)
                status = nidx_text_finish(w, &s.text.n_bytes, &s.text.n_blocks,
                                          NULL);
            assert_int_equal(status, NIDX_ERR_FULL);
            nidx_text_writer_free(w);
            memory_part_done(&s.part);
        }
    }
    memory_part_done(&from.part);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(much_text_has_a_dictionary_and_gets_smaller),
        cmocka_unit_test(copied_blocks_bring_their_dictionaries),
        cmocka_unit_test(text_that_waits_gets_the_dictionary_of_what_follows),
        cmocka_unit_test(small_streams_get_a_dictionary_when_they_are_many),
        cmocka_unit_test(beyond_the_most_dictionaries_text_is_compressed_anew),
        cmocka_unit_test(a_reader_may_go_from_dictionary_to_dictionary),
        cmocka_unit_test(damaged_dictionaries_are_noticed),
        cmocka_unit_test(frames_in_two_chunks_need_both),
        cmocka_unit_test(a_full_sink_is_passed_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
