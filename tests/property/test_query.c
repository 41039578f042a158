/* test_query.c: random trees and texts: what is printed is read as the same.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/limits.h"
#include "query/parse/parser.h"
#include "query/parse/range.h"
#include "tests/support/corpus.h"
#include "tests/support/equal_tree.h"

/* Texts of words: plain ones, and such as an operator would be read into. */
static const char *const words[] = {
    "putin",       "letter",  "o'brien",
    "AT&T",        "C++",     "$1,000",
    "AND",         "NOT",     "-x",
    "+y",          "title:z", "foo:bar",
    "1:2",         "x^2",     "(s)he",
    "photo(s)",    "^2",      "NEAR/3",
    "who/what",    "what?",   "http://a.b/c?d=*",
    "caf\xc3\xa9", "\xff",    "a=b",
    "/s",          "~x",      "date:2018",
    "||x",         "=",       "x)",
};

struct maker {
    struct nidx_arena *arena;
    struct rng rng;
    bool quoted, grouped; /* grouped: in parentheses in quotes */
};

static struct nidx_node *node(struct maker *m, enum nidx_node_type type)
{
    struct nidx_node *n = nidx_arena_alloc(m->arena, sizeof(*n));

    assert_non_null(n);
    n->type = type;
    n->boost = 1.0f;
    return n;
}

static void set_text(struct maker *m, struct nidx_node *n, const char *text)
{
    n->text = nidx_arena_bytes(m->arena, text, strlen(text));
    assert_non_null(n->text.data);
}

static void set_children(struct maker *m, struct nidx_node *n, uint32_t count)
{
    n->children = nidx_arena_alloc(m->arena, count * sizeof(*n->children));
    assert_non_null(n->children);
    n->n_children = count;
}

static void boost(struct maker *m, struct nidx_node *n)
{
    if (!m->quoted && rng_percent(&m->rng, 15))
        n->boost = (float)(rng_below(&m->rng, 20000) / 1000.0);
}

/* A word that the parser can make: some are none, or only in quotes. */
static struct nidx_node *word(struct maker *m, uint8_t field)
{
    static const enum nidx_node_type types[] = {NIDX_NODE_WORD, NIDX_NODE_WORD,
                                                NIDX_NODE_WORD, NIDX_NODE_EXACT,
                                                NIDX_NODE_PREFIX};
    static const enum nidx_node_type patterns[] = {
        NIDX_NODE_WILDCARD, NIDX_NODE_FUZZY, NIDX_NODE_REGEX};
    static const char *const texts[] = {"l?tter", "letter", "lett?(er|re)+"};
    struct nidx_node *n = node(m, types[rng_below(&m->rng, 5)]);
    const uint32_t plain = 5;
    const uint32_t all = sizeof(words) / sizeof(*words);

    /* The last two have no letters, or a parenthesis that ends them. */
    set_text(m, n,
             words[rng_below(&m->rng, n->type == NIDX_NODE_WORD && !m->grouped
                                          ? all - 2
                                          : plain)]);
    if (n->type == NIDX_NODE_WORD &&
        strcmp((const char *)n->text.data, "(s)he") == 0)
        set_text(m, n, "she");
    if (rng_percent(&m->rng, 15)) {
        const uint32_t i = rng_below(&m->rng, 3);
        n->type = patterns[i];
        n->distance = i == 1 ? rng_below(&m->rng, 3) : 0;
        set_text(m, n, texts[i]);
    }
    n->field = field;
    boost(m, n);
    return n;
}

static uint8_t some_field(struct maker *m)
{
    static const uint8_t fields[] = {NIDX_FIELD_ALL, NIDX_FIELD_ALL,
                                     NIDX_FIELD_TITLE, NIDX_FIELD_BODY,
                                     NIDX_FIELD_AUTHOR};

    return m->quoted ? NIDX_FIELD_ALL : fields[rng_below(&m->rng, 5)];
}

static struct nidx_node *range(struct maker *m)
{
    struct nidx_node *n = node(m, NIDX_NODE_RANGE);
    const bool date = rng_percent(&m->rng, 70);
    const uint64_t unit = date ? 86400 : 1;
    const uint64_t zero = date ? NIDX_DATE_ZERO : 0;

    n->column = date ? NIDX_COLUMN_DATE : NIDX_COLUMN_LENGTH;
    n->field = date ? NIDX_FIELD_DATE : NIDX_FIELD_WORDS;
    n->lo = rng_percent(&m->rng, 20)
                ? date
                : zero + (uint64_t)rng_below(&m->rng, 30000) * unit;
    n->hi = rng_percent(&m->rng, 20)
                ? UINT64_MAX
                : zero + (uint64_t)(30000 + rng_below(&m->rng, 30000)) * unit +
                      unit - 1;
    boost(m, n);
    return n;
}

static struct nidx_node *keyword(struct maker *m)
{
    static const char *const values[] = {"news", "the hill", "C#",
                                         "a*",   "x^2",      "a)b",
                                         "AND",  "=x",       "http://a.b/c?d"};
    struct nidx_node *n = node(m, NIDX_NODE_KEYWORD);

    set_text(m, n, values[rng_below(&m->rng, 9)]);
    n->field = rng_percent(&m->rng, 50) ? NIDX_FIELD_TAGS : NIDX_FIELD_URL;
    if (rng_percent(&m->rng, 20)) {
        n->type = NIDX_NODE_PREFIX;
        set_text(m, n, "http://a");
    }
    boost(m, n);
    return n;
}

static struct nidx_node *tree(struct maker *m, uint32_t depth, bool spans);

/* Words side by side are one child; so no two of them are neighbours. */
static struct nidx_node *phrase(struct maker *m, uint32_t depth)
{
    struct nidx_node *n = node(m, NIDX_NODE_PHRASE);
    const bool outer = !m->quoted, grouped = m->grouped;
    const uint32_t count = 1 + rng_below(&m->rng, 3);
    bool was_word = false;

    n->field = some_field(m);
    m->quoted = true;
    set_children(m, n, count);
    for (uint32_t i = 0; i < count; i++) {
        struct nidx_node *child;
        do {
            m->grouped = depth > 0 && rng_percent(&m->rng, 40);
            child = m->grouped ? tree(m, depth - 1, true) : NULL;
            m->grouped = grouped;
            child = child ? child : word(m, 0);
        } while (was_word && child->type == NIDX_NODE_WORD);
        was_word = child->type == NIDX_NODE_WORD;
        if (was_word && (count == 1 || rng_percent(&m->rng, 50)))
            set_text(m, child,
                     grouped ? "new york"
                             : "putin - letter AND \xc3\xa9t\xc3\xa9");
        if (count == 1 && !was_word) {
            child = node(m, NIDX_NODE_WORD);
            set_text(m, child, "new york");
        }
        n->children[i] = child;
    }
    m->quoted = !outer;
    if (outer && rng_percent(&m->rng, 30))
        n->distance = rng_below(&m->rng, 5);
    boost(m, n);
    return n;
}

/* Fields of what is in quotes are those of the quotes. */
static void set_fields(struct nidx_node *n, uint8_t field)
{
    if (n->type == NIDX_NODE_WORD || n->type == NIDX_NODE_EXACT ||
        n->type == NIDX_NODE_PREFIX || n->type == NIDX_NODE_WILDCARD ||
        n->type == NIDX_NODE_FUZZY || n->type == NIDX_NODE_REGEX ||
        n->type == NIDX_NODE_PHRASE)
        n->field = field;
    for (uint32_t i = 0; i < n->n_children; i++)
        set_fields(n->children[i], field);
}

static struct nidx_node *near(struct maker *m, uint32_t depth)
{
    static const enum nidx_node_type types[] = {
        NIDX_NODE_NEAR, NIDX_NODE_BEFORE, NIDX_NODE_SENTENCE,
        NIDX_NODE_PARAGRAPH};
    const uint32_t type = rng_below(&m->rng, 4);
    struct nidx_node *n = node(m, types[type]);

    set_children(m, n, 2);
    n->distance = type < 2 ? 1 + rng_below(&m->rng, 20) : 0;
    for (uint32_t i = 0; i < 2; i++)
        n->children[i] = tree(m, depth - 1, true);
    boost(m, n);
    return n;
}

/* AND with NOT, or OR with +: the two shapes that there are. */
static struct nidx_node *boolean(struct maker *m, uint32_t depth, bool spans)
{
    struct nidx_node *n = node(m, NIDX_NODE_BOOL);
    const bool any = rng_percent(&m->rng, 50);
    const uint32_t count = 2 + rng_below(&m->rng, 3);

    set_children(m, n, count);
    for (uint32_t i = 0; i < count; i++) {
        struct nidx_node *child = tree(m, depth - 1, spans);
        const bool other = i > 0 && !spans && rng_percent(&m->rng, 25);
        child->occur = any ? (other ? NIDX_MUST : NIDX_SHOULD)
                           : (other ? NIDX_MUST_NOT : NIDX_MUST);
        n->children[i] = child;
    }
    boost(m, n);
    return n;
}

static struct nidx_node *tree(struct maker *m, uint32_t depth, bool spans)
{
    const uint32_t what = rng_below(&m->rng, depth > 0 ? 100 : 40);

    if (what < 25)
        return word(m, some_field(m));
    if (what < 40)
        return spans        ? word(m, some_field(m))
               : what < 32  ? range(m)
               : what == 32 ? node(m, NIDX_NODE_ALL)
                            : keyword(m);
    if (what < 55) {
        struct nidx_node *n = phrase(m, depth - 1);
        set_fields(n, n->field);
        return n;
    }
    return what < 75 ? near(m, depth) : boolean(m, depth, spans);
}

static void read_back(const struct nidx_node *root, struct nidx_buf *out,
                      const char *from, uint64_t seed)
{
    struct nidx_tree again = {0};
    struct nidx_error err = {0};

    out->len = 0;
    nidx_tree_print(root, out);
    assert_false(out->oom);
    if (nidx_query_read((const char *)out->data, out->len, NULL, &again,
                        &err) != NIDX_OK)
        fail_msg("%s", err.message);
    if (!equal_tree(root, again.root)) {
        struct nidx_buf other = {0};
        nidx_tree_print(again.root, &other);
        fail_msg("seed %llu, %s: `%.*s` is read as `%.*s`",
                 (unsigned long long)seed, from, (int)out->len,
                 (const char *)out->data, (int)other.len,
                 (const char *)other.data);
    }
    nidx_tree_done(&again);
}

static void random_trees_are_read_as_they_are_printed(void **state)
{
    (void)state;
    struct nidx_buf out = {0};

    for (uint64_t seed = 1; seed <= 20000; seed++) {
        struct maker m = {.arena = nidx_arena_new(), .rng = {seed}};
        assert_non_null(m.arena);
        read_back(tree(&m, 1 + rng_below(&m.rng, 4), false), &out, "a tree",
                  seed);
        nidx_arena_free(m.arena);
    }
    nidx_buf_done(&out);
}

static const char *const pieces[] = {
    "a",
    "putin ",
    " ",
    "\"",
    "(",
    ")",
    " AND ",
    " OR ",
    "NOT ",
    " -",
    "+",
    "*",
    "?",
    "~",
    "~2",
    "^2",
    "^",
    "=",
    ":",
    "title:",
    "date:",
    "tags:",
    "2018",
    "..",
    " NEAR/3 ",
    " NEAR ",
    "/",
    "&",
    "-",
    ".",
    "\xc3\xa9",
    "\xe2\x80\x9c",
    "\xe2\x80\x94",
    "\xff",
    ">=",
    "'",
    "words:",
    " /s ",
    "url:",
};

static void random_texts_are_read_as_they_are_printed(void **state)
{
    (void)state;
    struct nidx_buf out = {0};
    char text[256];

    for (uint64_t seed = 1; seed <= 100000; seed++) {
        struct rng rng = {seed};
        const struct nidx_parse_options options = {.any = seed % 4 == 0};
        struct nidx_tree first = {0};
        struct nidx_error err = {0};
        size_t len = 0;
        for (uint32_t n = 1 + rng_below(&rng, 14); n > 0; n--) {
            const char *piece =
                pieces[rng_below(&rng, sizeof(pieces) / sizeof(*pieces))];
            memcpy(text + len, piece, strlen(piece));
            len += strlen(piece);
        }
        if (nidx_query_read(text, len, &options, &first, &err) != NIDX_OK)
            fail_msg("seed %llu: %s", (unsigned long long)seed, err.message);
        for (uint32_t i = 0; i < first.n_notes; i++)
            assert_true(first.notes[i].start <= first.notes[i].end &&
                        first.notes[i].end <= len);
        text[len] = 0;
        read_back(first.root, &out, text, seed);
        nidx_tree_done(&first);
    }
    nidx_buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_trees_are_read_as_they_are_printed),
        cmocka_unit_test(random_texts_are_read_as_they_are_printed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
