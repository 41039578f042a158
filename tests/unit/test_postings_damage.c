/* test_postings_damage.c: posting lists whose bytes are not what was written.
 *
 * Sanitizers look on while damaged lists are walked; documents must rise and
 * stay below the segment's number of documents whatever the bytes are.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include "common/codec/postings.h"
#include "tests/support/memory_part.h"

#include <stdlib.h>

enum {
    WEIGHT = 3,
    MAX_N = 400
};

static uint64_t seed = 1;

static uint32_t random32(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 16);
}

static uint32_t below(uint32_t n)
{
    return n ? random32() % n : 0;
}

/* A list written to memory. */
struct written {
    struct memory_part part;
    struct nidx_buf value;
    uint32_t n_docs;
};

static void add_doc(struct nidx_postings_writer *w, nidx_docid doc, uint32_t n)
{
    struct nidx_occurrence items[MAX_N];
    nidx_pos pos = 0;

    for (uint32_t i = 0; i < n; i++) {
        pos += below(50);
        items[i] = (struct nidx_occurrence){
            pos, (uint16_t)(1 + (below(9) == 0)), (uint16_t)below(2)};
    }
    uint32_t titles = below(3) == 0 ? 1 : 0;
    assert_int_equal(nidx_postings_add(w, doc, titles, items, n, NULL),
                     NIDX_OK);
}

static void write_list(struct written *to, uint32_t n_docs, uint32_t df,
                       uint32_t max_n)
{
    struct nidx_postings_writer *w = NULL;
    uint32_t *lens = calloc(n_docs, sizeof(*lens));

    assert_non_null(lens);
    memset(to, 0, sizeof(*to));
    memory_part_init(&to->part);
    to->n_docs = n_docs;
    assert_int_equal(nidx_postings_writer_new(&to->part.sink, n_docs, lens,
                                              lens, WEIGHT, &w, NULL),
                     NIDX_OK);
    assert_int_equal(nidx_postings_begin(w, df, 2, NULL), NIDX_OK);
    uint32_t gap = n_docs / df;
    for (uint32_t i = 0; i < df; i++)
        add_doc(w, i * gap + below(gap), 1 + below(max_n));
    assert_int_equal(nidx_postings_end(w, &to->value, NULL), NIDX_OK);
    assert_int_equal(nidx_postings_writer_finish(w, NULL), NIDX_OK);
    nidx_postings_writer_free(w);
    free(lens);
}

static void written_done(struct written *w)
{
    memory_part_done(&w->part);
    nidx_buf_done(&w->value);
}

/* Reads all there is of a block; documents must be fit to index by. */
static void use_block(struct nidx_postings *p, nidx_docid *next)
{
    uint32_t docs[NIDX_PACK_SLOTS], freqs[NIDX_PACK_SLOTS];
    uint32_t n = nidx_postings_docs(p, docs);

    for (uint32_t i = 0; i < n; i++) {
        assert_true(docs[i] >= *next && docs[i] < p->n_docs);
        *next = docs[i] + 1;
    }
    if (n > 0)
        assert_int_equal(docs[n - 1], p->last);
    nidx_postings_freqs(p, 1, freqs);
    nidx_postings_freqs(p, WEIGHT, freqs);
    (void)nidx_postings_titles(p, freqs);
    (void)nidx_postings_impacts_in(p, below(p->n_docs), p->n_docs - 1);
    for (uint32_t i = 0; i < 4 && p->n > 0; i++) {
        uint32_t k = below(p->n);
        (void)nidx_postings_freq_at(p, k, 1);
        uint32_t count = nidx_postings_n_positions(p, k);
        uint32_t *pos = malloc((size_t)count * sizeof(*pos) + 1);
        assert_non_null(pos);
        assert_true(nidx_postings_positions(p, k, pos, count) <= count);
        free(pos);
    }
    struct nidx_occurrences o = {0};
    if (p->n > 0)
        (void)nidx_postings_occurrences(p, below(p->n), true, &o, NULL);
    nidx_occurrences_done(&o);
}

static void use_list(struct written *w)
{
    struct nidx_bytes value = {w->value.data, w->value.len};
    struct nidx_term_info info;
    struct nidx_postings p;
    const char *reason = NULL;
    nidx_docid next = 0;

    if (nidx_term_info_read(value, &info, NULL) != NIDX_OK)
        return;
    bool opened = nidx_postings_open(&p, &w->part.source, &info, w->n_docs,
                                     NULL) == NIDX_OK;
    while (opened && p.n > 0) {
        use_block(&p, &next);
        if (below(3) == 0)
            nidx_postings_seek(&p, next + below(w->n_docs / 4 + 1));
        else
            nidx_postings_next(&p);
    }
    if (opened && info.dense) {
        uint64_t bits[64];
        uint32_t i = 0;
        (void)nidx_postings_bits(&p, below(w->n_docs) / 64 * 64, 4096, bits);
        if (nidx_postings_open(&p, &w->part.source, &info, w->n_docs, NULL) ==
                NIDX_OK &&
            nidx_postings_find_dense(&p, below(w->n_docs), &i))
            assert_true(i < p.n);
    }
    (void)nidx_postings_check(&w->part.source, &info, w->n_docs, &reason);
}

static struct memory_chunk *some_chunk(struct written *w)
{
    static const enum nidx_part parts[] = {NIDX_PART_DOCS, NIDX_PART_POS,
                                           NIDX_PART_DENSE};
    enum nidx_part part = parts[below(3)];
    size_t n = w->part.parts[part].n;

    return n ? &w->part.parts[part].items[below((uint32_t)n)] : NULL;
}

/* Where headers are, damage is likelier to matter. */
static size_t some_place(size_t len)
{
    uint32_t most = below(2) ? 64 : (uint32_t)len;
    return below(most < len ? most : (uint32_t)len);
}

static void spoil_byte(struct written *w)
{
    struct memory_chunk *c = some_chunk(w);

    if (!c)
        return;
    size_t at = some_place(c->len);
    uint8_t old = c->data[at];
    c->data[at] = below(2) ? (uint8_t)random32() : (uint8_t)(old ^ 1);
    use_list(w);
    c->data[at] = old;
}

static void spoil_value(struct written *w)
{
    if (w->value.len == 0)
        return;
    size_t at = below((uint32_t)w->value.len);
    uint8_t old = w->value.data[at];
    w->value.data[at] ^= (uint8_t)(1u << below(8));
    use_list(w);
    w->value.data[at] = old;
}

static void spoil(uint32_t n_docs, uint32_t df, uint32_t max_n, int rounds)
{
    struct written w;

    write_list(&w, n_docs, df, max_n);
    use_list(&w);
    for (int i = 0; i < rounds; i++) {
        spoil_byte(&w);
        spoil_value(&w);
    }
    written_done(&w);
}

static void damaged_bytes_are_walked_safely(void **state)
{
    (void)state;
    spoil(500, 1, 2, 500);
    spoil(500, 2, 1, 500);
    spoil(900, 60, 3, 4000);
    spoil(9000, 100, 300, 200);
    spoil(60000, 1000, 2, 500);
    spoil(2000, 900, 2, 500);
}

static void cut_chunks_and_values_are_damage(void **state)
{
    (void)state;
    struct written w;
    struct nidx_term_info info;
    const char *reason = NULL;

    write_list(&w, 4000, 1500, 3);
    struct nidx_bytes value = {w.value.data, w.value.len};
    for (size_t cut = 0; cut < value.len; cut++) {
        struct nidx_bytes shorter = {value.data, cut};
        assert_int_equal(nidx_term_info_read(shorter, &info, NULL),
                         NIDX_ERR_CORRUPT);
    }
    assert_int_equal(nidx_term_info_read(value, &info, NULL), NIDX_OK);
    /* Documents last: without them nothing else is reached. */
    static const enum nidx_part parts[] = {NIDX_PART_DENSE, NIDX_PART_POS,
                                           NIDX_PART_DOCS};
    for (int k = 0; k < 3; k++) {
        struct memory_chunk *c = memory_part_find(&w.part, parts[k], 0);
        assert_non_null(c);
        for (int i = 0; i < 25 && c->len > 0; i++) {
            memory_part_resize(c, c->len - 1 - below((uint32_t)c->len / 4));
            use_list(&w);
            assert_false(
                nidx_postings_check(&w.part.source, &info, w.n_docs, &reason));
            assert_non_null(reason);
        }
    }
    written_done(&w);
}

static void a_missing_chunk_ends_the_walk_with_its_status(void **state)
{
    (void)state;
    struct written w;
    struct nidx_term_info info;
    struct nidx_postings p;
    nidx_pos pos[MAX_N];
    struct nidx_error err;

    /* More than a block: the positions have a chunk of their own. */
    write_list(&w, 4000, 200, 3);
    struct nidx_bytes value = {w.value.data, w.value.len};
    assert_int_equal(nidx_term_info_read(value, &info, NULL), NIDX_OK);
    assert_int_equal(
        nidx_postings_open(&p, &w.part.source, &info, w.n_docs, NULL), NIDX_OK);
    memory_part_drop(&w.part, NIDX_PART_POS, 0);
    assert_int_equal(nidx_postings_positions(&p, 0, pos, MAX_N), 0);
    assert_int_equal(p.status, NIDX_ERR_CORRUPT);
    assert_int_equal(p.n, 0);
    assert_false(nidx_postings_next(&p));
    memory_part_drop(&w.part, NIDX_PART_DOCS, 0);
    assert_int_equal(
        nidx_postings_open(&p, &w.part.source, &info, w.n_docs, &err),
        NIDX_ERR_CORRUPT);
    assert_int_equal(err.status, NIDX_ERR_CORRUPT);
    written_done(&w);
}

static void a_list_of_more_documents_than_there_are_is_damage(void **state)
{
    (void)state;
    struct written w;
    struct nidx_term_info info;
    struct nidx_postings p;

    write_list(&w, 4000, 100, 3);
    struct nidx_bytes value = {w.value.data, w.value.len};
    assert_int_equal(nidx_term_info_read(value, &info, NULL), NIDX_OK);
    assert_int_equal(nidx_postings_open(&p, &w.part.source, &info, 99, NULL),
                     NIDX_ERR_CORRUPT);
    assert_int_equal(nidx_postings_open(&p, &w.part.source, &info, 3000, NULL),
                     NIDX_ERR_CORRUPT);
    written_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damaged_bytes_are_walked_safely),
        cmocka_unit_test(cut_chunks_and_values_are_damage),
        cmocka_unit_test(a_missing_chunk_ends_the_walk_with_its_status),
        cmocka_unit_test(a_list_of_more_documents_than_there_are_is_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
