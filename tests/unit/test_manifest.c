/* test_manifest.c: tests of common/segment/manifest: header, manifest, deletions.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <stdlib.h>

#include "common/segment/manifest.h"
#include "tests/support/tmpdir.h"

static struct nidx_store *open_new(void **state)
{
    struct nidx_store_options o = {.create = true};
    struct nidx_store *s = NULL;
    struct nidx_error err = {0};
    char *path = tmpdir_path(state, "x.nidx");

    if (nidx_store_open(path, &o, &s, &err) != NIDX_OK ||
        nidx_store_lock_writer(s, 0, NULL, NULL, &err) != NIDX_OK)
        fail_msg("%s", err.message);
    free(path);
    return s;
}

static struct nidx_txn *begin(struct nidx_store *s)
{
    struct nidx_txn *t = NULL;

    assert_int_equal(nidx_txn_begin(s, &t, NULL), NIDX_OK);
    return t;
}

static struct nidx_view *view(struct nidx_store *s)
{
    struct nidx_view *v = NULL;

    assert_int_equal(nidx_view_open(s, &v, NULL), NIDX_OK);
    return v;
}

static void put_raw(struct nidx_store *s, const void *key, size_t key_len,
                    const void *value, size_t len)
{
    struct nidx_txn *t = begin(s);

    assert_int_equal(nidx_txn_put(t, (struct nidx_bytes){key, key_len},
                                  (struct nidx_bytes){value, len}, NULL),
                     NIDX_OK);
    assert_int_equal(nidx_txn_commit(t, NULL), NIDX_OK);
}

static const struct nidx_header header = {.version = NIDX_FORMAT_VERSION,
                                          .title_weight = 3,
                                          .language = 2,
                                          .created = -5,
                                          .fingerprint = "analysis 1"};

static void write_header(struct nidx_store *s, const struct nidx_header *h)
{
    struct nidx_txn *t = begin(s);

    assert_int_equal(nidx_header_write(t, h, NULL), NIDX_OK);
    assert_int_equal(nidx_txn_commit(t, NULL), NIDX_OK);
}

static enum nidx_status read_header(struct nidx_store *s, struct nidx_header *h)
{
    struct nidx_view *v = view(s);
    struct nidx_error err = {0};
    enum nidx_status status = nidx_header_read(v, h, &err);

    if (status != NIDX_OK && status != NIDX_ERR_NOTFOUND)
        assert_true(err.message[0] != '\0');
    nidx_view_close(v);
    return status;
}

static void a_header_comes_back(void **state)
{
    struct nidx_store *s = open_new(state);
    struct nidx_header h = {0};

    assert_int_equal(read_header(s, &h), NIDX_ERR_NOTFOUND);
    write_header(s, &header);
    assert_int_equal(read_header(s, &h), NIDX_OK);
    assert_int_equal(h.version, NIDX_FORMAT_VERSION);
    assert_int_equal(h.title_weight, 3);
    assert_int_equal(h.language, 2);
    assert_int_equal(h.created, -5);
    assert_string_equal(h.fingerprint, "analysis 1");
    nidx_store_close(s);
}

static void newer_files_are_refused_by_name(void **state)
{
    struct nidx_store *s = open_new(state);
    struct nidx_header h = header, out;

    h.version = NIDX_FORMAT_VERSION + 1;
    write_header(s, &h);
    assert_int_equal(read_header(s, &out), NIDX_ERR_VERSION);
    h = header;
    h.features_read = UINT64_C(1) << 63;
    write_header(s, &h);
    assert_int_equal(read_header(s, &out), NIDX_ERR_VERSION);
    h = header;
    h.features_write = 1;
    write_header(s, &h);
    assert_int_equal(read_header(s, &out), NIDX_OK);
    assert_int_equal(out.features_write, 1);
    nidx_store_close(s);
}

static void damaged_headers_are_refused(void **state)
{
    struct nidx_store *s = open_new(state);
    struct nidx_header h = header, out;
    static const uint8_t key[2] = {0, 0};
    uint8_t bytes[64] = NIDX_MAGIC;

    h.title_weight = 0;
    write_header(s, &h);
    assert_int_equal(read_header(s, &out), NIDX_ERR_CORRUPT);
    bytes[16] = 1;
    put_raw(s, key, 2, bytes, sizeof(bytes));
    assert_int_equal(read_header(s, &out), NIDX_ERR_CORRUPT);
    bytes[16] = 0;
    put_raw(s, key, 2, bytes, sizeof(bytes));
    assert_int_equal(read_header(s, &out), NIDX_ERR_CORRUPT);
    put_raw(s, key, 2, bytes, 10);
    assert_int_equal(read_header(s, &out), NIDX_ERR_VERSION);
    bytes[0] = 'N';
    put_raw(s, key, 2, bytes, sizeof(bytes));
    assert_int_equal(read_header(s, &out), NIDX_ERR_VERSION);
    nidx_store_close(s);
}

static void a_file_of_somebody_else_is_no_index(void **state)
{
    struct nidx_store *s = open_new(state);
    struct nidx_header out;
    uint8_t key[NIDX_PART_KEY];

    nidx_part_key(key, 7, NIDX_PART_DOCS, 1);
    put_raw(s, key, sizeof(key), "x", 1);
    assert_int_equal(read_header(s, &out), NIDX_ERR_NOTFOUND);
    put_raw(s, "some key", 8, "x", 1);
    assert_int_equal(read_header(s, &out), NIDX_ERR_VERSION);
    nidx_store_close(s);
}

/* ------------------------------------------------------------- manifest */

static struct nidx_segment_info info_of(uint32_t id)
{
    return (struct nidx_segment_info){.id = id,
                                      .n_docs = 100,
                                      .n_deleted = 3,
                                      .sum_length = UINT64_C(1) << 40,
                                      .sum_title = 5,
                                      .sum_author = 6,
                                      .n_title = 7,
                                      .n_author = 8,
                                      .languages = UINT64_C(1) << 63,
                                      .in_language = {[1] = 9, [63] = 91},
                                      .bytes = 9,
                                      .n_terms = 10,
                                      .n_text = 11,
                                      .present = 12,
                                      .n_text_blocks = 13,
                                      .n_terms_chunks = 14,
                                      .n_keys_chunks = 15,
                                      .n_keys = 100};
}

static void write_manifest(struct nidx_store *s, const struct nidx_manifest *m)
{
    struct nidx_txn *t = begin(s);

    assert_int_equal(nidx_manifest_write(t, m, NULL), NIDX_OK);
    assert_int_equal(nidx_txn_commit(t, NULL), NIDX_OK);
}

static enum nidx_status read_manifest(struct nidx_store *s,
                                      struct nidx_manifest *m)
{
    struct nidx_view *v = view(s);
    enum nidx_status status = nidx_manifest_read(v, m, NULL);

    nidx_view_close(v);
    if (status != NIDX_OK)
        assert_null(m->segments);
    return status;
}

static void a_manifest_comes_back(void **state)
{
    struct nidx_store *s = open_new(state);
    struct nidx_segment_info infos[] = {info_of(3), info_of(1)};
    struct nidx_manifest m = {9, 4, 2, infos}, out;

    assert_int_equal(read_manifest(s, &out), NIDX_ERR_CORRUPT);
    write_manifest(s, &m);
    assert_int_equal(read_manifest(s, &out), NIDX_OK);
    assert_int_equal(out.commit, 9);
    assert_int_equal(out.next_id, 4);
    assert_int_equal(out.n_segments, 2);
    for (int i = 0; i < 2; i++) {
        const struct nidx_segment_info *a = &out.segments[i], *b = &infos[i];
        assert_true(
            a->id == b->id && a->n_docs == b->n_docs &&
            a->n_deleted == b->n_deleted && a->sum_length == b->sum_length &&
            a->sum_title == b->sum_title && a->sum_author == b->sum_author &&
            a->n_title == b->n_title && a->n_author == b->n_author &&
            a->languages == b->languages && a->in_language[1] == 9 &&
            a->in_language[63] == 91 && a->bytes == b->bytes &&
            a->n_terms == b->n_terms && a->n_text == b->n_text &&
            a->present == b->present && a->n_keys == b->n_keys &&
            a->n_text_blocks == b->n_text_blocks &&
            a->n_terms_chunks == b->n_terms_chunks &&
            a->n_keys_chunks == b->n_keys_chunks);
    }
    nidx_manifest_done(&out);
    m.n_segments = 0;
    write_manifest(s, &m);
    assert_int_equal(read_manifest(s, &out), NIDX_OK);
    assert_int_equal(out.n_segments, 0);
    nidx_manifest_done(&out);
    nidx_store_close(s);
}

static void a_manifest_that_cannot_be_is_corrupt(void **state)
{
    struct nidx_store *s = open_new(state);
    struct nidx_segment_info infos[] = {info_of(3), info_of(3)};
    struct nidx_manifest m = {9, 4, 2, infos}, out;
    static const uint8_t key[2] = {0, 1};

    write_manifest(s, &m);
    assert_int_equal(read_manifest(s, &out), NIDX_ERR_CORRUPT);
    m.n_segments = 1;
    m.next_id = 3;
    write_manifest(s, &m);
    assert_int_equal(read_manifest(s, &out), NIDX_ERR_CORRUPT);
    m.next_id = 4;
    infos[0].n_deleted = 101;
    write_manifest(s, &m);
    assert_int_equal(read_manifest(s, &out), NIDX_ERR_CORRUPT);
    infos[0] = info_of(3);
    infos[0].in_language[63] = 101;
    write_manifest(s, &m);
    assert_int_equal(read_manifest(s, &out), NIDX_ERR_CORRUPT);
    infos[0] = info_of(3);
    infos[0].n_docs = 0;
    write_manifest(s, &m);
    assert_int_equal(read_manifest(s, &out), NIDX_ERR_CORRUPT);
    for (size_t n = 0; n < 40; n++) {
        uint8_t bytes[40] = {0};
        bytes[12] = 1;
        put_raw(s, key, 2, bytes, n);
        assert_int_equal(read_manifest(s, &out), NIDX_ERR_CORRUPT);
    }
    nidx_store_close(s);
}

/* ------------------------------------------------------------- deletions */

#define N     1000
#define WORDS ((N + 63) / 64)

static void write_deletions(struct nidx_store *s, uint32_t id,
                            const uint64_t *words)
{
    struct nidx_txn *t = begin(s);

    assert_int_equal(nidx_deletions_write(t, id, N, words, NULL), NIDX_OK);
    assert_int_equal(nidx_txn_commit(t, NULL), NIDX_OK);
}

static enum nidx_status read_deletions(struct nidx_store *s, uint32_t id,
                                       uint32_t n_deleted, uint64_t **words)
{
    struct nidx_view *v = view(s);
    struct nidx_segment_info info = {
        .id = id, .n_docs = N, .n_deleted = n_deleted};
    enum nidx_status status = nidx_deletions_read(v, &info, words, NULL);

    nidx_view_close(v);
    return status;
}

static void assert_round_trip(struct nidx_store *s, const uint64_t *words)
{
    uint32_t n = 0;
    uint64_t *out = NULL;

    for (size_t i = 0; i < WORDS; i++)
        n += (uint32_t)__builtin_popcountll(words[i]);
    write_deletions(s, 5, words);
    assert_int_equal(read_deletions(s, 5, n, &out), NIDX_OK);
    assert_memory_equal(out, words, 8 * WORDS);
    free(out);
    assert_int_equal(read_deletions(s, 5, n + 1, &out), NIDX_ERR_CORRUPT);
    assert_null(out);
}

static void few_and_many_deletions_come_back(void **state)
{
    struct nidx_store *s = open_new(state);
    uint64_t words[WORDS] = {0}, *out;

    words[0] = 1;
    assert_round_trip(s, words);
    words[WORDS - 1] = UINT64_C(1) << (N % 64 - 1);
    words[3] = UINT64_C(0x8000000000000001);
    assert_round_trip(s, words);
    for (size_t i = 0; i + 1 < WORDS; i++)
        words[i] = UINT64_MAX << i;
    assert_round_trip(s, words);
    assert_int_equal(read_deletions(s, 6, 0, &out), NIDX_OK);
    assert_null(out);
    assert_int_equal(read_deletions(s, 6, 1, &out), NIDX_ERR_CORRUPT);
    struct nidx_txn *t = begin(s);
    assert_int_equal(nidx_deletions_drop(t, 5, NULL), NIDX_OK);
    assert_int_equal(nidx_txn_commit(t, NULL), NIDX_OK);
    assert_int_equal(read_deletions(s, 5, 1, &out), NIDX_ERR_CORRUPT);
    nidx_store_close(s);
}

static void damaged_deletions_are_corrupt(void **state)
{
    struct nidx_store *s = open_new(state);
    static const uint8_t key[6] = {0, 2, 0, 0, 0, 5};
    uint8_t bytes[9 + 8 * WORDS + 1] = {N & 255, N >> 8, 0, 0, 2};
    uint64_t *out;
    const struct {
        uint8_t form, first, second;
        size_t len;
    } cases[] = {
        {2, 0, 0, 11},                /* no such form */
        {1, 0, 0, 10},                /* cut short */
        {1, 0, 0, 12},                /* bytes left over */
        {1, 0xe7, 7, 12},             /* the second is behind the last */
        {1, 200, 7, 11},              /* only one document */
        {0, 1, 0, 9 + 8 * WORDS},     /* another count */
        {0, 3, 0, 9 + 8 * WORDS - 1}, /* cut short */
        {0, 3, 0, 9 + 8 * WORDS + 1}, /* bytes left over */
        {0, 0, 0, 8},                 /* no form */
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        bytes[8] = cases[i].form;
        bytes[9] = cases[i].first;
        bytes[10] = cases[i].second;
        put_raw(s, key, 6, bytes, cases[i].len);
        assert_int_equal(read_deletions(s, 5, 2, &out), NIDX_ERR_CORRUPT);
        assert_null(out);
    }
    bytes[8] = 0; /* a document behind the last */
    bytes[9] = 1;
    bytes[10] = 0;
    bytes[8 + 8 * WORDS] = 0x80;
    bytes[9 + 8 * WORDS - 1] = 0x80;
    put_raw(s, key, 6, bytes, 9 + 8 * WORDS);
    assert_int_equal(read_deletions(s, 5, 2, &out), NIDX_ERR_CORRUPT);
    nidx_store_close(s);
}

static void sweeping_drops_what_no_manifest_names(void **state)
{
    struct nidx_store *s = open_new(state);
    struct nidx_segment_info infos[] = {info_of(2)};
    struct nidx_manifest m = {1, 3, 1, infos};
    uint8_t key[NIDX_PART_KEY];
    uint64_t words[WORDS] = {1};
    uint32_t n = 77;
    uint64_t *out;

    for (uint32_t id = 1; id < 5; id++) {
        for (uint32_t chunk = 0; chunk < 3; chunk++) {
            nidx_part_key(key, id, NIDX_PART_DOCS, chunk);
            put_raw(s, key, sizeof(key), "x", 1);
        }
        write_deletions(s, id, words);
    }
    write_deletions(s, 9, words);
    assert_int_equal(nidx_manifest_sweep(s, &m, &n, NULL), NIDX_OK);
    assert_int_equal(n, 3);
    struct nidx_view *v = view(s);
    for (uint32_t id = 1; id < 5; id++) {
        struct nidx_bytes value;
        nidx_part_key(key, id, NIDX_PART_DOCS, 2);
        assert_int_equal(nidx_view_get(v, (struct nidx_bytes){key, sizeof(key)},
                                       true, &value, NULL),
                         id == 2 ? NIDX_OK : NIDX_ERR_NOTFOUND);
    }
    nidx_view_close(v);
    assert_int_equal(read_deletions(s, 2, 1, &out), NIDX_OK);
    free(out);
    assert_int_equal(read_deletions(s, 9, 1, &out), NIDX_ERR_CORRUPT);
    uint64_t commit = nidx_store_commit_now(s);
    assert_int_equal(nidx_manifest_sweep(s, &m, &n, NULL), NIDX_OK);
    assert_int_equal(n, 0);
    assert_true(nidx_store_commit_now(s) == commit);
    nidx_store_close(s);
}

#define IN_FOLDER(f) \
    cmocka_unit_test_setup_teardown(f, tmpdir_setup, tmpdir_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_header_comes_back),
        IN_FOLDER(newer_files_are_refused_by_name),
        IN_FOLDER(damaged_headers_are_refused),
        IN_FOLDER(a_file_of_somebody_else_is_no_index),
        IN_FOLDER(a_manifest_comes_back),
        IN_FOLDER(a_manifest_that_cannot_be_is_corrupt),
        IN_FOLDER(few_and_many_deletions_come_back),
        IN_FOLDER(damaged_deletions_are_corrupt),
        IN_FOLDER(sweeping_drops_what_no_manifest_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
