/* draw.c: random queries of every operator, of the words of a corpus.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/large/draw.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ----------------------------------------------------------------- words */

static void put(struct draw *d, const char *text)
{
    nidx_buf_put(&d->out, text, strlen(text));
}

__attribute__((format(printf, 2, 3))) static void print(struct draw *d,
                                                        const char *format, ...)
{
    char text[64];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    put(d, text);
}

static struct nidx_bytes form_of(const struct draw *d, uint64_t token)
{
    const struct texts *t = d->texts;

    return names_text(&t->names, t->form_of[t->tokens[token].form]);
}

/* Whether a form may be typed as it is: letters and digits only. */
static bool is_plain(struct nidx_bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        if (!(c >= 128 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')))
            return false;
    }
    return text.len > 0 && text.len < 60;
}

static uint64_t below(struct draw *d, uint64_t n)
{
    return rng_next(d->r) % n;
}

/* A token of a term whose frequency may be of any order. */
static uint64_t any_token(struct draw *d)
{
    const struct texts *t = d->texts;
    double most = log((double)texts_count(t, t->terms[t->n_terms - 1]) + 1);
    double wanted = exp(most * (double)rng_below(d->r, 10000) / 10000);
    uint32_t lo = 0, hi = t->n_terms - 1;

    while (lo < hi) {
        uint32_t middle = lo + (hi - lo) / 2;
        if ((double)texts_count(t, t->terms[middle]) < wanted)
            lo = middle + 1;
        else
            hi = middle;
    }
    /* Of all that are about as frequent. */
    uint32_t end = lo;
    while (end + 1 < t->n_terms &&
           (double)texts_count(t, t->terms[end]) < 2 * wanted)
        end++;
    uint32_t term = t->terms[lo + below(d, end - lo + 1)];
    return t->lists[t->starts[term] + below(d, texts_count(t, term))];
}

/* A token of a part of the article; UINT64_MAX where it has none. */
static uint64_t token_of(struct draw *d, unsigned part)
{
    const struct text_doc *doc = &d->texts->docs[d->doc];
    uint64_t first = doc->first;

    for (unsigned i = 0; i < part; i++)
        first += doc->n[i];
    return doc->n[part] ? first + below(d, doc->n[part]) : UINT64_MAX;
}

static void put_token(struct draw *d, uint64_t token)
{
    if (token == UINT64_MAX || !is_plain(form_of(d, token))) {
        d->failed = true;
        return;
    }
    struct nidx_bytes text = form_of(d, token);
    nidx_buf_put(&d->out, text.data, text.len);
}

/* Draws a few times: words that may be typed are the most. */
static void put_drawn(struct draw *d, uint64_t (*draw)(struct draw *))
{
    uint64_t token = draw(d);

    for (int i = 0;
         i < 50 && (token == UINT64_MAX || !is_plain(form_of(d, token))); i++)
        token = draw(d);
    put_token(d, token);
}

static void any_word(struct draw *d)
{
    put_drawn(d, any_token);
}

/* One of the article: three times out of four the rarer one of two. */
static uint64_t near_token(struct draw *d)
{
    const struct texts *t = d->texts;
    uint64_t a = token_of(d, TEXT_BODY), b = token_of(d, TEXT_BODY);

    if (a != UINT64_MAX && rng_percent(d->r, 75) &&
        texts_count(t, t->term_of[t->tokens[b].form]) <
            texts_count(t, t->term_of[t->tokens[a].form]))
        a = b;
    return a;
}

static void near_word(struct draw *d)
{
    put_drawn(d, near_token);
}

static void some_word(struct draw *d)
{
    if (rng_percent(d->r, 70))
        near_word(d);
    else
        any_word(d);
}

/* Neighbours from a token on: n tokens into run. */
static bool run_from(struct draw *d, uint64_t token, uint32_t n, uint64_t *run)
{
    const struct texts *t = d->texts;

    for (uint32_t i = 0; i < n; i++) {
        if (token >= t->n_tokens || !is_plain(form_of(d, token)))
            return false;
        run[i] = token;
        uint32_t pos = t->tokens[token].pos;
        while (++token < t->n_tokens && t->tokens[token].pos == pos)
            ;
        if (token < t->n_tokens && t->tokens[token].pos != pos + 1)
            token = UINT64_MAX;
    }
    return true;
}

static bool running(struct draw *d, unsigned part, uint32_t n, uint64_t *run)
{
    for (int i = 0; i < 50; i++) {
        if (run_from(d, token_of(d, part), n, run))
            return true;
    }
    d->failed = true;
    return false;
}

static void put_run(struct draw *d, const uint64_t *run, uint32_t n)
{
    put(d, "\"");
    for (uint32_t i = 0; i < n; i++) {
        put(d, i ? " " : "");
        put_token(d, run[i]);
    }
    put(d, "\"");
}

/* ------------------------------------------------------------- operators */

static void joined(struct draw *d, const char *by, void (*word)(struct draw *))
{
    uint32_t n = 2 + rng_below(d->r, 4);

    for (uint32_t i = 0; i < n; i++) {
        put(d, i ? by : "");
        word(d);
    }
}

static void draw_or(struct draw *d)
{
    joined(d, " OR ", rng_percent(d->r, 50) ? some_word : any_word);
}

static void draw_and(struct draw *d)
{
    joined(d, " ", rng_percent(d->r, 80) ? near_word : some_word);
}

static void draw_not(struct draw *d)
{
    near_word(d);
    put(d, " ");
    if (rng_percent(d->r, 50))
        near_word(d);
    put(d, rng_percent(d->r, 50) ? " -" : " NOT ");
    if (rng_percent(d->r, 70))
        any_word(d);
    else
        near_word(d);
}

static void draw_phrase(struct draw *d)
{
    uint64_t run[4];
    uint32_t n = 2 + rng_below(d->r, 3);

    if (running(d, rng_percent(d->r, 15) ? TEXT_TITLE : TEXT_BODY, n, run))
        put_run(d, run, n);
}

/* Words left out or changed about, and slop for about so many. */
static void draw_slop(struct draw *d)
{
    uint64_t run[6];
    uint32_t n = 3 + rng_below(d->r, 4);

    if (!running(d, TEXT_BODY, n, run))
        return;
    while (n > 2 && rng_percent(d->r, n > 4 ? 100 : 50)) {
        uint32_t i = 1 + rng_below(d->r, n - 2);
        memmove(run + i, run + i + 1, (--n - i) * sizeof(*run));
    }
    if (rng_percent(d->r, 30)) {
        uint64_t first = run[0];
        run[0] = run[1];
        run[1] = first;
    }
    put_run(d, run, n);
    print(d, "~%u", 1 + rng_below(d->r, 4));
}

static void draw_distance(struct draw *d, const char *name)
{
    uint64_t run[12];
    uint32_t n = 2 + rng_below(d->r, 10);

    if (!running(d, TEXT_BODY, n, run))
        return;
    bool swapped = rng_percent(d->r, 30);
    put_token(d, run[swapped ? n - 1 : 0]);
    print(d, " %s/%u ", name, n - 1 + rng_below(d->r, 2));
    put_token(d, run[swapped ? 0 : n - 1]);
}

static void draw_near(struct draw *d)
{
    draw_distance(d, "NEAR");
}

static void draw_before(struct draw *d)
{
    draw_distance(d, "BEFORE");
}

/* An operand: a word, a phrase, a group. */
static void operand(struct draw *d)
{
    uint32_t kind = rng_below(d->r, 6);
    uint64_t run[2];

    if (kind == 0 && running(d, TEXT_BODY, 2, run)) {
        put_run(d, run, 2);
    } else if (kind == 1 || kind == 2) {
        put(d, "(");
        near_word(d);
        put(d, kind == 1 ? " OR " : " AND ");
        some_word(d);
        put(d, ")");
    } else if (kind == 3) {
        put(d, "(");
        draw_near(d);
        put(d, ")");
    } else {
        near_word(d);
    }
}

/* An operand that holds in a run of three words. */
static void run_operand(struct draw *d, const uint64_t *run)
{
    uint32_t kind = rng_below(d->r, 6);

    if (kind == 0) {
        put_run(d, run, 2);
        return;
    }
    put(d, kind < 4 ? "(" : "");
    put_token(d, run[0]);
    if (kind == 1) {
        put(d, " OR ");
        some_word(d);
    } else if (kind < 4) {
        put(d, kind == 2 ? " AND " : " NEAR/2 ");
        put_token(d, run[2]);
    }
    put(d, kind < 4 ? ")" : "");
}

static void draw_nested(struct draw *d)
{
    uint64_t run[9];
    uint32_t n = 2 + rng_below(d->r, 2);

    if (!running(d, TEXT_BODY, 3 * n, run))
        return;
    for (uint32_t i = 0; i < n; i++) {
        if (i)
            print(d, " %s/%u ", rng_percent(d->r, 60) ? "NEAR" : "BEFORE",
                  2 + rng_below(d->r, 20));
        run_operand(d, run + 3 * i);
    }
}

static void cut_last(struct draw *d, size_t from)
{
    size_t len = d->out.len - from, kept = 2 + below(d, len + 1);

    /* The end of a whole character. */
    while (kept < len && (d->out.data[from + kept] & 0xC0) == 0x80)
        kept++;
    if (kept < len)
        d->out.len = from + kept;
    put(d, "*");
}

static void prefix(struct draw *d)
{
    size_t from = d->out.len;

    some_word(d);
    if (!d->failed)
        cut_last(d, from);
}

static void draw_prefix(struct draw *d)
{
    uint32_t kind = rng_below(d->r, 4);
    uint64_t run[2];

    if (kind == 0 && running(d, TEXT_BODY, 2, run)) {
        put_run(d, run, 2);
        d->out.len--;
        for (uint32_t i = 0;
             i < 2 && d->out.len > 4 && d->out.data[d->out.len - 1] < 128; i++)
            d->out.len--;
        put(d, "*\"");
        return;
    }
    prefix(d);
    put(d, kind == 1 ? " " : kind == 2 ? " NEAR/4 " : "");
    if (kind == 1 || kind == 2)
        near_word(d);
}

static void draw_exact(struct draw *d)
{
    uint64_t run[2];

    put(d, "=");
    if (rng_percent(d->r, 25) && running(d, TEXT_BODY, 2, run)) {
        put_run(d, run, 2);
        return;
    }
    some_word(d);
    if (rng_percent(d->r, 50)) {
        put(d, rng_percent(d->r, 50) ? " " : " OR ");
        near_word(d);
    }
}

static uint64_t title_token(struct draw *d)
{
    return token_of(d, TEXT_TITLE);
}

static void title_word(struct draw *d)
{
    put_drawn(d, title_token);
}

static void draw_field(struct draw *d)
{
    uint32_t kind = rng_below(d->r, 5);
    uint64_t run[2];

    put(d, kind == 3 ? "body:" : "title:");
    if (kind == 0 && running(d, TEXT_TITLE, 2, run)) {
        put_run(d, run, 2);
    } else if (kind == 1) {
        put(d, "(");
        joined(d, rng_percent(d->r, 50) ? " OR " : " ", title_word);
        put(d, ")");
    } else if (kind == 3) {
        near_word(d);
    } else {
        title_word(d);
    }
    if (rng_percent(d->r, 40)) {
        put(d, rng_percent(d->r, 50) ? " " : " OR ");
        near_word(d);
    }
}

/* Days about the article's date, or a number of words about its own. */
static void range(struct draw *d)
{
    const struct text_doc *doc = &d->texts->docs[d->doc];
    uint32_t words = doc->length[TEXT_TITLE] + doc->length[TEXT_BODY];
    time_t seconds = (time_t)(int64_t)(doc->date - (UINT64_C(1) << 62));
    struct tm day;

    if (!doc->date || rng_percent(d->r, 30)) {
        if (rng_percent(d->r, 50))
            print(d, "words:>%u", words / 2);
        else
            print(d, "words:%u..%u", words / 2, words * 2);
        return;
    }
    gmtime_r(&seconds, &day);
    int year = day.tm_year + 1900, month = day.tm_mon + 1;
    if (rng_percent(d->r, 30))
        print(d, "date:%d", year);
    else if (rng_percent(d->r, 50))
        print(d, "date:%d-%02d", year, month);
    else
        print(d, "date:%s%d-%02d-%02d", rng_percent(d->r, 50) ? ">=" : "<",
              year, month, day.tm_mday);
}

static void draw_range(struct draw *d)
{
    if (rng_percent(d->r, 10)) {
        range(d);
        return;
    }
    if (rng_percent(d->r, 30))
        draw_or(d);
    else if (rng_percent(d->r, 30))
        draw_phrase(d);
    else
        some_word(d);
    size_t end = d->out.len;
    put(d, rng_percent(d->r, 80) ? " AND " : " AND NOT ");
    range(d);
    /* The range bounds all of it. */
    if (!d->failed && !d->out.oom) {
        char *text = strndup((char *)d->out.data, d->out.len);
        d->out.len = 0;
        print(d, "%s", "(");
        nidx_buf_put(&d->out, text, end);
        put(d, ")");
        put(d, text + end);
        free(text);
    }
}

static void boosted(struct draw *d)
{
    if (rng_percent(d->r, 25))
        draw_phrase(d);
    else
        some_word(d);
    static const char *const boosts[] = {"^2",   "^0.5", "^7.25",
                                         "^100", "^0",   ""};
    put(d, boosts[rng_below(d->r, 6)]);
}

static void draw_boost(struct draw *d)
{
    joined(d, rng_percent(d->r, 60) ? " OR " : " ", boosted);
}

static void any_operator(struct draw *d);

static void draw_plain(struct draw *d)
{
    d->plain = true;
    any_operator(d);
}

static void draw_bm25(struct draw *d)
{
    static const double k1s[] = {0.01, 0.5, 0.9, 1.2, 2, 10};
    static const double bs[] = {-1, 0.3, 0.4, 0.75, 1};

    d->k1 = k1s[rng_below(d->r, 6)];
    d->b = bs[rng_below(d->r, 5)];
    d->plain = rng_percent(d->r, 30);
    any_operator(d);
}

/* ----------------------------------------------------------------- trees */

static void tree_leaf(struct draw *d)
{
    uint32_t kind = rng_below(d->r, 100);

    if (kind < 5)
        prefix(d);
    else if (kind < 12)
        draw_phrase(d);
    else if (kind < 16)
        range(d);
    else if (kind < 22)
        put(d, "title:");
    else if (kind < 26)
        put(d, "=");
    if (kind >= 16 || d->failed)
        some_word(d);
    if (rng_percent(d->r, 10))
        print(d, "^%u", rng_below(d->r, 9));
}

static void tree_operand(struct draw *d, uint32_t depth)
{
    if (depth == 0 || rng_percent(d->r, 50)) {
        operand(d);
        return;
    }
    bool near = rng_percent(d->r, 60);
    put(d, "(");
    tree_operand(d, depth - 1);
    if (near)
        print(d, " %s/%u ", rng_percent(d->r, 70) ? "NEAR" : "BEFORE",
              1 + rng_below(d->r, 30));
    else
        put(d, rng_percent(d->r, 50) ? " OR " : " AND ");
    tree_operand(d, depth - 1);
    put(d, ")");
}

void draw_tree(struct draw *d, uint32_t depth)
{
    static const char *const joints[] = {" OR ", " AND ", " AND NOT ", " "};

    if (depth == 0 || rng_percent(d->r, 15)) {
        tree_leaf(d);
        return;
    }
    if (rng_percent(d->r, 25)) {
        tree_operand(d, depth - 1);
        return;
    }
    const char *joint = joints[rng_below(d->r, 4)];
    uint32_t n = 2 + (rng_percent(d->r, 30) ? 1 : 0);
    put(d, "(");
    for (uint32_t i = 0; i < n; i++) {
        put(d, i ? joint : "");
        draw_tree(d, depth - 1);
    }
    put(d, ")");
    if (rng_percent(d->r, 10))
        put(d, "^1.5");
}

static void draw_depth_5(struct draw *d)
{
    draw_tree(d, 5);
}

/* ----------------------------------------------------------------- frame */

const struct draw_operator draw_operators[] = {
    {"word", any_word},      {"or", draw_or},         {"and", draw_and},
    {"not", draw_not},       {"phrase", draw_phrase}, {"slop", draw_slop},
    {"near", draw_near},     {"before", draw_before}, {"nested", draw_nested},
    {"prefix", draw_prefix}, {"exact", draw_exact},   {"field", draw_field},
    {"range", draw_range},   {"boost", draw_boost},   {"plain", draw_plain},
    {"bm25", draw_bm25},     {"tree", draw_depth_5},
};
const size_t draw_n_operators =
    sizeof(draw_operators) / sizeof(*draw_operators);

/* One of those that no other option goes with. */
static void any_operator(struct draw *d)
{
    draw_operators[rng_below(d->r, 14)].draw(d);
}

void draw_query(struct draw *d, void (*operator)(struct draw *d))
{
    for (;;) {
        d->out.len = 0;
        d->failed = d->plain = false;
        d->k1 = d->b = 0;
        do
            d->doc = rng_below(d->r, d->texts->n_docs);
        while (d->texts->docs[d->doc].deleted);
        operator(d);
        if (d->out.oom)
            abort();
        if (!d->failed && d->out.len > 0)
            break;
    }
    nidx_buf_u8(&d->out, 0);
    d->out.len--;
}
