/* test_churn.c: an index that changes all the time, with readers open, keeps
 * what it should and does not grow without end.
 *
 * Rounds of additions, replacements and removals, each committed; a reader is
 * opened anew every few rounds and pins the pages of its snapshot meanwhile.
 * Keys are compared with a table; sizes are printed, and bounded.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/segment/index.h"
#include "indexer/write/writer.h"
#include "tests/support/corpus.h"
#include "tests/support/tmpdir.h"

#define KEYS     600
#define ROUNDS   120
#define PER_STEP 25

struct churn {
    struct rng rng;
    char *path;
    struct nidx_index *index;
    struct nidx_writer *w;
    struct nidx_catalog *reader;
    uint64_t dates[KEYS]; /**< of a key's document, plus one; 0: none */
    uint64_t next;        /**< the date of the next document */
    uint32_t last_id;     /**< segments up to it were counted */
    uint64_t flushed, copied;
};

static void open_all(struct churn *c, void **state)
{
    struct nidx_open_options o = NIDX_OPEN_OPTIONS_INIT;
    struct nidx_writer_options wo = NIDX_WRITER_OPTIONS_INIT;

    c->path = tmpdir_path(state, "churn");
    o.create = 1;
    assert_int_equal(nidx_index_open(c->path, &o, &c->index, NULL), 0);
    wo.threads = 2;
    assert_int_equal(nidx_writer_open(c->index, &wo, &c->w, NULL), 0);
}

static struct nidx_bytes name_of(uint32_t key, char name[16])
{
    const int n = snprintf(name, 16, "key %u", key);

    return (struct nidx_bytes){(const uint8_t *)name, (size_t)n};
}

static void add(struct churn *c, uint32_t key)
{
    struct nidx_document *d = nidx_document_new();
    char body[6000], name[16];
    size_t n = 0;

    for (uint32_t i = 0, len = 20 + rng_below(&c->rng, 400); i < len; i++) {
        /* Some words are everywhere, most are rare. */
        const uint32_t most = 1u << rng_below(&c->rng, 14);
        n += (size_t)snprintf(body + n, sizeof(body) - n, "word%u ",
                              rng_below(&c->rng, most));
    }
    const struct nidx_bytes bytes = name_of(key, name);
    assert_int_equal(
        nidx_document_set_key(d, (const char *)bytes.data, bytes.len, NULL), 0);
    assert_int_equal(nidx_document_add_field(d, "body", body, n, NULL), 0);
    d->date = (int64_t)c->next;
    d->date_rule = NIDX_DATE_FILE;
    assert_int_equal(nidx_writer_add(c->w, d, NULL), 0);
    nidx_document_free(d);
    c->dates[key] = ++c->next;
}

static void change(struct churn *c)
{
    char name[16];
    const uint32_t key = rng_below(&c->rng, KEYS);

    if (rng_percent(&c->rng, 75)) {
        add(c, key);
        return;
    }
    const struct nidx_bytes bytes = name_of(key, name);
    assert_int_equal(
        nidx_writer_delete(c->w, (const char *)bytes.data, bytes.len, NULL), 0);
    c->dates[key] = 0;
}

/** Counts the bytes of segments that were not there before. What a commit
 * flushes comes first; what has a greater id then was merged. */
static void count_written(struct churn *c)
{
    const struct nidx_manifest *m = &c->w->manifest;
    uint32_t most = c->last_id;

    for (uint32_t i = 0; i < m->n_segments; i++) {
        const struct nidx_segment_info *s = &m->segments[i];
        if (s->id <= c->last_id)
            continue;
        if (s->n_docs > PER_STEP)
            c->copied += s->bytes;
        else
            c->flushed += s->bytes;
        most = s->id > most ? s->id : most;
    }
    c->last_id = most;
}

static void compare_key(const struct nidx_catalog *catalog,
                        const struct churn *c, uint32_t key)
{
    char name[16];
    const struct nidx_bytes bytes = name_of(key, name);
    uint32_t n_live = 0;

    for (uint32_t i = 0; i < catalog->manifest.n_segments; i++) {
        const struct nidx_segment *s = catalog->segments[i];
        bool found = false;
        nidx_docid doc = 0;
        uint64_t date = 0;
        assert_int_equal(nidx_segment_find_key(s, bytes, &found, &doc, NULL),
                         0);
        if (!found || nidx_segment_is_deleted(s, doc))
            continue;
        n_live++;
        assert_int_equal(
            nidx_column_get(&s->columns[NIDX_COLUMN_DATE], doc, &date, NULL),
            0);
        assert_int_equal(date - (UINT64_C(1) << 62) + 1, c->dates[key]);
    }
    assert_int_equal(n_live, c->dates[key] != 0);
}

static void compare(const struct churn *c)
{
    struct nidx_catalog *catalog = NULL;

    assert_int_equal(nidx_catalog_open(c->index->store, &catalog, NULL), 0);
    for (uint32_t key = 0; key < KEYS; key++)
        compare_key(catalog, c, key);
    nidx_catalog_close(catalog);
}

static uint64_t live_bytes(const struct churn *c)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < c->w->manifest.n_segments; i++)
        sum += c->w->manifest.segments[i].bytes;
    return sum;
}

static void finish(struct churn *c)
{
    struct nidx_error err = {0};
    struct stat st;

    assert_int_equal(stat(c->path, &st), 0);
    const double size = (double)st.st_size, live = (double)live_bytes(c);
    print_message("# %.2f MB in %u segments hold, the file %.2f MB; merging "
                  "wrote %.1f times what was flushed\n",
                  live / 1e6, c->w->manifest.n_segments, size / 1e6,
                  (double)c->copied / (double)c->flushed);
    assert_true(c->w->manifest.n_segments < 2 * 10);
    assert_true(c->copied < 4 * c->flushed);
    /* Free pages, pinned ones, and each value's last page not full. */
    assert_true(size < 6 * live + 4e6);
    nidx_catalog_close(c->reader);
    nidx_writer_close(c->w);
    if (nidx_index_check(c->index, NULL, NULL, &err) != NIDX_OK)
        fail_msg("%s", err.message);
    nidx_index_close(c->index);
    free(c->path);
}

static void run_seed(void **state, uint64_t seed)
{
    struct churn c = {.rng = {seed}};

    print_message("# seed %llu\n", (unsigned long long)seed);
    open_all(&c, state);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        for (uint32_t i = 0; i < PER_STEP; i++)
            change(&c);
        assert_int_equal(nidx_writer_commit(c.w, NULL), 0);
        count_written(&c);
        if (round % 7 == 0) {
            nidx_catalog_close(c.reader);
            c.reader = NULL;
            assert_int_equal(nidx_catalog_open(c.index->store, &c.reader, NULL),
                             0);
        }
        if (round % 20 == 19)
            compare(&c);
    }
    finish(&c);
}

static void what_changes_all_the_time_stays_whole_and_small(void **state)
{
    run_seed(state, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            what_changes_all_the_time_stays_whole_and_small, tmpdir_setup,
            tmpdir_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
