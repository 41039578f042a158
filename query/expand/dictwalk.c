/* dictwalk.c: the forms of a segment that an automaton accepts.
 *
 * Neighbours in the dictionary share their beginnings, so the states behind
 * each character of the last spelling are kept, and only what is new is read.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "query/expand/dictwalk.h"

#include <stdlib.h>

#include "common/analysis/utf8.h"

/* Spellings in a row that cannot match, until a seek is worth its price. */
#define IDLE_MAX 12

/* A key begins with kind and field. */
#define HEAD 2

struct walk {
    struct nidx_dictwalk *w;
    struct nidx_strtab_cursor cursor;
    uint32_t *states; /* behind so many bytes of the spelling, where known */
    size_t cap;
    size_t known; /* bytes whose states are known */
    size_t dead;  /* no spelling with so many first bytes matches; or 0 */
    uint32_t idle;
    struct nidx_buf head; /* with which keys begin: the prefix as well */
    struct nidx_buf target;
};

struct nidx_form_entry nidx_form_entry_at(const struct nidx_strtab_cursor *c)
{
    struct nidx_form_entry e = {.value = c->value};

    nidx_form_key_split((struct nidx_bytes){c->key.data + 2, c->key.len - 2},
                        &e.folded, &e.form);
    return e;
}

static bool reserve(struct walk *k, size_t n)
{
    if (n <= k->cap)
        return true;
    uint32_t *states =
        realloc(k->states, nidx_mul_size(2 * n, sizeof(*states)));
    if (!states)
        return false;
    /* Bytes that are no UTF-8 may lead to places that were never written. */
    memset(states + k->cap, 0, (2 * n - k->cap) * sizeof(*states));
    k->states = states;
    k->cap = 2 * n;
    return true;
}

/* The start of the character in which, or behind which, byte `at` stands. */
static size_t char_start(const uint8_t *text, size_t at)
{
    while (at > 0 && (text[at] & 0xc0) == 0x80)
        at--;
    return at;
}

/* Reads the spelling from byte `at` on; true where it matches or may go on. */
static bool read_on(struct walk *k, struct nidx_bytes text, size_t at)
{
    struct nidx_automaton *a = k->w->automaton;

    if (at < text.len)
        at = char_start(text.data, at);
    k->dead = 0;
    while (at < text.len) {
        uint32_t c;
        const unsigned n =
            nidx_utf8_decode(text.data + at, text.data + text.len, &c);
        const uint32_t state =
            nidx_automaton_step(a, k->states[at], c & ~NIDX_UTF8_BAD);
        if (state == NIDX_DEAD) {
            k->known = at;
            k->dead = at + n;
            return false;
        }
        /* Bytes within a character have no state of their own. */
        at += n;
        k->states[at] = state;
    }
    k->known = at;
    return true;
}

/* The least spelling above the one that died which may match, into target. */
static bool find_target(struct walk *k, struct nidx_bytes text)
{
    for (size_t at = k->known;;) {
        uint32_t c;
        nidx_utf8_decode(text.data + at, text.data + text.len, &c);
        if (nidx_automaton_live(k->w->automaton, k->states[at],
                                (c & ~NIDX_UTF8_BAD) + 1, &c)) {
            k->target.len = HEAD;
            nidx_buf_put(&k->target, text.data, at);
            nidx_utf8_put(&k->target, c);
            k->known = at;
            return true;
        }
        if (at == 0)
            return false;
        at = char_start(text.data, at - 1);
    }
}

/* How many bytes behind the head key and target share. */
static size_t common(const struct walk *k)
{
    size_t n = HEAD;

    while (n < k->target.len && n < k->cursor.key.len &&
           k->target.data[n] == k->cursor.key.data[n])
        n++;
    return n - HEAD;
}

static struct nidx_bytes spelling(const struct walk *k)
{
    struct nidx_bytes text = {k->cursor.key.data + HEAD,
                              k->cursor.key.len - HEAD};
    const uint8_t *zero = text.len ? memchr(text.data, 0, text.len) : NULL;

    if (zero)
        text.len = (size_t)(zero - text.data);
    return text;
}

/* Goes on behind a spelling that cannot match; same receives how many bytes
 * of the next one have states. */
static bool pass(struct walk *k, size_t *same, enum nidx_status *status,
                 struct nidx_error *err)
{
    if (++k->idle < IDLE_MAX) {
        *status = nidx_strtab_next(&k->cursor, err);
        *same = k->cursor.shared > HEAD ? k->cursor.shared - HEAD : 0;
        return true;
    }
    if (!find_target(k, spelling(k)))
        return false;
    k->idle = 0;
    k->dead = 0;
    if (k->target.oom) {
        *status = nidx_nomem(err);
        return false;
    }
    *status = nidx_strtab_seek(
        &k->cursor, (struct nidx_bytes){k->target.data, k->target.len}, err);
    *same = *status == NIDX_OK && !k->cursor.at_end ? common(k) : 0;
    return true;
}

/* The spelling at the cursor, of which `same` bytes are as they were. */
static bool visit(struct walk *k, size_t same, enum nidx_status *status,
                  struct nidx_error *err)
{
    const struct nidx_bytes text = spelling(k);

    if (k->dead && same >= k->dead)
        return false;
    if (!reserve(k, text.len + 1)) {
        *status = nidx_nomem(err);
        return false;
    }
    k->states[0] = NIDX_START;
    same = same < k->known ? same : k->known;
    return read_on(k, text, same < text.len ? same : text.len);
}

static bool in_range(const struct walk *k)
{
    return !k->cursor.at_end && k->cursor.key.len >= k->head.len &&
           memcmp(k->cursor.key.data, k->head.data, k->head.len) == 0;
}

static enum nidx_status run(struct walk *k, struct nidx_error *err)
{
    enum nidx_status status = nidx_strtab_seek(
        &k->cursor, (struct nidx_bytes){k->head.data, k->head.len}, err);
    size_t same = 0;
    bool going = true;

    while (status == NIDX_OK && going && in_range(k)) {
        if (k->w->steps == 0)
            return nidx_fail(err, NIDX_ERR_LIMIT,
                             "a pattern looks at too many words");
        k->w->steps--;
        if (!visit(k, same, &status, err)) {
            going = status == NIDX_OK && pass(k, &same, &status, err);
            continue;
        }
        k->idle = 0;
        const uint32_t accepts =
            nidx_automaton_accepts(k->w->automaton, k->states[k->known]);
        if (accepts) {
            const struct nidx_form_entry e = nidx_form_entry_at(&k->cursor);
            going = k->w->found(k->w->context, &e, accepts);
        }
        status = nidx_strtab_next(&k->cursor, err);
        same = k->cursor.shared > HEAD ? k->cursor.shared - HEAD : 0;
    }
    if (status == NIDX_OK)
        status = nidx_automaton_status(k->w->automaton);
    return status;
}

enum nidx_status nidx_dictwalk(struct nidx_dictwalk *w,
                               const struct nidx_segment *segment,
                               uint8_t field, struct nidx_error *err)
{
    struct walk k = {.w = w};

    nidx_strtab_cursor_init(&k.cursor, &segment->terms);
    nidx_buf_u8(&k.head, NIDX_KIND_FORM);
    nidx_buf_u8(&k.head, field);
    nidx_buf_put(&k.head, w->prefix.data, w->prefix.len);
    if (!k.head.oom)
        nidx_buf_put(&k.target, k.head.data, HEAD);
    const enum nidx_status status =
        k.head.oom || k.target.oom ? nidx_nomem(err) : run(&k, err);
    nidx_strtab_cursor_done(&k.cursor);
    nidx_buf_done(&k.head);
    nidx_buf_done(&k.target);
    free(k.states);
    return status;
}
