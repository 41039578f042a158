/* test_writer.c: random additions, replacements, deletions, commits,
 * rollbacks and merges, compared with a table of what should be there.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/segment/index.h"
#include "indexer/write/writer.h"
#include "tests/support/corpus.h"
#include "tests/support/dump.h"
#include "tests/support/tmpdir.h"

#define KEYS 40

/** What a key's document holds: a number that makes its text; 0: none. */
struct model {
    uint64_t text[KEYS];
};

struct run {
    struct rng rng;
    struct nidx_index *index;
    struct nidx_writer *w;
    struct model now, committed;
};

static const char *const words[] = {
    "a",   "letter", "letters",   "Über",       "uber", "running",
    "ran", "runs",   "week-long", "PaulRandal", "U.S.", "x."};

static void set_text(struct nidx_document *d, const char *field, struct rng *r,
                     uint32_t most)
{
    char text[2000];
    size_t n = 0;

    for (uint32_t i = 0, len = rng_below(r, most); i < len; i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n, "%s ",
                              words[rng_below(r, 12)]);
    assert_int_equal(nidx_document_add_field(d, field, text, n, NULL), 0);
}

static void add(struct nidx_writer *w, uint32_t key, uint64_t seed)
{
    struct nidx_document *d = nidx_document_new();
    struct rng r = {seed};
    struct nidx_error err = {0};
    char name[16];

    snprintf(name, sizeof(name), "key %u", key);
    assert_int_equal(nidx_document_set_key(d, name, strlen(name), NULL), 0);
    if (rng_percent(&r, 70))
        set_text(d, "title", &r, 8);
    set_text(d, "body", &r, 150);
    if (rng_percent(&r, 40))
        set_text(d, "author", &r, 4);
    if (rng_percent(&r, 50))
        assert_int_equal(nidx_document_add_field(
                             d, "tags", words[rng_below(&r, 12)], 1, NULL),
                         0);
    if (nidx_writer_add(w, d, &err) != NIDX_OK)
        fail_msg("%s", err.message);
    nidx_document_free(d);
}

static void open_writer(struct run *r)
{
    struct nidx_writer_options o = NIDX_WRITER_OPTIONS_INIT;
    struct nidx_error err = {0};

    o.threads = 1 + rng_below(&r->rng, 3);
    o.memory = 1;
    if (nidx_writer_open(r->index, &o, &r->w, &err) != NIDX_OK)
        fail_msg("%s", err.message);
}

static void change(struct run *r)
{
    const uint32_t key = rng_below(&r->rng, KEYS);
    char name[16];

    if (rng_percent(&r->rng, 75)) {
        r->now.text[key] = rng_next(&r->rng) | 1;
        add(r->w, key, r->now.text[key]);
    } else {
        r->now.text[key] = 0;
        snprintf(name, sizeof(name), "key %u", key);
        assert_int_equal(nidx_writer_delete(r->w, name, strlen(name), NULL), 0);
    }
}

static void commit(struct run *r, bool optimize)
{
    struct nidx_error err = {0};
    const enum nidx_status status =
        optimize ? nidx_writer_optimize(r->w, NULL, NULL, &err)
                 : nidx_writer_commit(r->w, &err);

    if (status != NIDX_OK)
        fail_msg("%s", err.message);
    r->committed = r->now;
}

static void step(struct run *r)
{
    const uint32_t what = rng_below(&r->rng, 100);

    if (what < 80) {
        change(r);
    } else if (what < 94) {
        commit(r, false);
    } else if (what < 96) {
        assert_int_equal(nidx_writer_rollback(r->w, NULL), NIDX_OK);
        r->now = r->committed;
    } else if (what < 98) {
        commit(r, true);
    } else {
        nidx_writer_close(r->w);
        r->now = r->committed;
        open_writer(r);
    }
}

static void open_index(struct run *r, void **state, const char *name)
{
    struct nidx_open_options o = NIDX_OPEN_OPTIONS_INIT;
    char *path = tmpdir_path(state, name);

    o.create = 1;
    assert_int_equal(nidx_index_open(path, &o, &r->index, NULL), NIDX_OK);
    free(path);
}

static void close_index(struct run *r)
{
    struct nidx_error err = {0};

    nidx_writer_close(r->w);
    if (nidx_index_check(r->index, NULL, NULL, &err) != NIDX_OK)
        fail_msg("%s", err.message);
    nidx_index_close(r->index);
}

/** An index of what the model holds, made in one go. */
static char *dump_model(const struct model *m, void **state, const char *name,
                        bool with_forms)
{
    struct run r = {.rng = {1}};

    open_index(&r, state, name);
    open_writer(&r);
    for (uint32_t i = 0; i < KEYS; i++) {
        if (m->text[i] != 0)
            add(r.w, i, m->text[i]);
    }
    commit(&r, false);
    char *dump = dump_index(r.index, with_forms);
    close_index(&r);
    return dump;
}

static void run_seed(void **state, uint64_t seed)
{
    struct run r = {.rng = {seed}};
    char name[32];

    print_message("seed %llu\n", (unsigned long long)seed);
    snprintf(name, sizeof(name), "run%llu", (unsigned long long)seed);
    open_index(&r, state, name);
    open_writer(&r);
    for (int i = 0; i < 150; i++)
        step(&r);
    commit(&r, seed % 2 != 0);
    char *dump = dump_index(r.index, seed % 2 != 0);
    strcat(name, "m");
    char *model = dump_model(&r.committed, state, name, seed % 2 != 0);
    assert_dumps_equal(dump, model);
    free(dump);
    free(model);
    close_index(&r);
}

static void any_order_of_changes_ends_as_the_model_says(void **state)
{
    for (uint64_t seed = 1; seed <= 12; seed++)
        run_seed(state, seed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            any_order_of_changes_ends_as_the_model_says, tmpdir_setup,
            tmpdir_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
