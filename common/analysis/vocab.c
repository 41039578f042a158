/* vocab.c: the distinct words of a text, and the terms they stem to.
 *
 * All strings lie in one pool: a form, behind it the folded form and the term
 * where they differ. Two tables find forms and terms by text. The hash is
 * seeded, so that nobody can write a text whose words all collide.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/analysis/vocab.h"

#include "common/analysis/fold.h"
#include "common/base/room.h"
#include "common/analysis/strset.h"

#include <libstemmer.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

/* What clear keeps: enough that small batches never grow it again. */
#define KEEP_SLOTS (1u << 16)
#define KEEP_BYTES ((size_t)1 << 21)

struct string {
    uint32_t offset;
    uint32_t len;
};

struct form {
    struct string text, folded;
    nidx_language language;
};

/* An array that grows: items of one size beside their number. */
struct forms {
    struct form *items;
    uint32_t *terms; /* beside items: it is handed out as a plain array */
    uint32_t n, cap;
};

struct terms {
    struct string *items;
    uint32_t n, cap;
};

struct nidx_vocab {
    struct nidx_strset form_set, term_set;
    struct forms forms;
    struct terms terms;
    struct nidx_buf pool;
    struct nidx_buf folded, term; /* of the form that is being interned */
    struct sb_stemmer *stemmers[NIDX_LANGUAGE_COUNT];
    uint64_t seed;
};

enum nidx_status nidx_vocab_new(struct nidx_vocab **out, struct nidx_error *err)
{
    struct nidx_vocab *v = calloc(1, sizeof(*v));

    *out = NULL;
    if (!v)
        return nidx_nomem(err);
    /* Without entropy an address still differs from run to run. */
    if (getentropy(&v->seed, sizeof(v->seed)) != 0)
        v->seed = (uint64_t)(uintptr_t)v;
    *out = v;
    return NIDX_OK;
}

static void drop_words(struct nidx_vocab *v)
{
    free(v->forms.items);
    free(v->forms.terms);
    free(v->terms.items);
    v->forms = (struct forms){0};
    v->terms = (struct terms){0};
}

void nidx_vocab_free(struct nidx_vocab *v)
{
    if (!v)
        return;
    for (size_t i = 0; i < NIDX_LANGUAGE_COUNT; i++) {
        if (v->stemmers[i])
            sb_stemmer_delete(v->stemmers[i]);
    }
    drop_words(v);
    nidx_strset_done(&v->form_set);
    nidx_strset_done(&v->term_set);
    nidx_buf_done(&v->pool);
    nidx_buf_done(&v->folded);
    nidx_buf_done(&v->term);
    free(v);
}

void nidx_vocab_clear(struct nidx_vocab *v)
{
    nidx_strset_clear(&v->form_set, KEEP_SLOTS);
    nidx_strset_clear(&v->term_set, KEEP_SLOTS);
    if (v->forms.cap > KEEP_SLOTS)
        drop_words(v);
    v->forms.n = 0;
    v->terms.n = 0;
    if (v->pool.cap > KEEP_BYTES)
        nidx_buf_done(&v->pool);
    v->pool.len = 0;
    v->pool.oom = v->folded.oom = v->term.oom = false;
}

size_t nidx_vocab_memory(const struct nidx_vocab *v)
{
    return sizeof(*v) + nidx_strset_memory(&v->form_set) +
           nidx_strset_memory(&v->term_set) +
           v->forms.cap * (sizeof(struct form) + sizeof(uint32_t)) +
           v->terms.cap * sizeof(struct string) + v->pool.cap;
}

uint32_t nidx_vocab_n_forms(const struct nidx_vocab *v)
{
    return v->forms.n;
}

uint32_t nidx_vocab_n_terms(const struct nidx_vocab *v)
{
    return v->terms.n;
}

static struct nidx_bytes bytes_of(const struct nidx_vocab *v, struct string s)
{
    return (struct nidx_bytes){v->pool.data + s.offset, s.len};
}

struct nidx_bytes nidx_vocab_form_text(const struct nidx_vocab *v,
                                       uint32_t form)
{
    return bytes_of(v, v->forms.items[form].text);
}

struct nidx_bytes nidx_vocab_form_folded(const struct nidx_vocab *v,
                                         uint32_t form)
{
    return bytes_of(v, v->forms.items[form].folded);
}

nidx_language nidx_vocab_form_language(const struct nidx_vocab *v,
                                       uint32_t form)
{
    return v->forms.items[form].language;
}

const uint32_t *nidx_vocab_form_terms(const struct nidx_vocab *v)
{
    return v->forms.terms;
}

struct nidx_bytes nidx_vocab_term_text(const struct nidx_vocab *v,
                                       uint32_t term)
{
    return bytes_of(v, v->terms.items[term]);
}

/* NULL when memory is out; languages without a stemmer are not stemmed. */
static struct sb_stemmer *stemmer_of(struct nidx_vocab *v,
                                     nidx_language language)
{
    if (!v->stemmers[language])
        v->stemmers[language] =
            sb_stemmer_new(nidx_language_name(language), "UTF_8");
    return v->stemmers[language];
}

/* Puts stem and folding of the stem in v->term; false: memory is out. */
static bool make_term(struct nidx_vocab *v, const char *form, size_t len,
                      nidx_language language)
{
    struct sb_stemmer *stemmer = stemmer_of(v, language);
    if (!stemmer)
        return false;
    const sb_symbol *stem =
        sb_stemmer_stem(stemmer, (const sb_symbol *)form, (int)len);
    if (!stem)
        return false;

    v->term.len = 0;
    nidx_fold_diacritics((const char *)stem, (size_t)sb_stemmer_length(stemmer),
                         &v->term);
    return !v->term.oom;
}

/* A string of the pool, or one with offset UINT32_MAX when it is full. */
static struct string keep(struct nidx_vocab *v, const void *text, size_t len)
{
    if (v->pool.len > UINT32_MAX - 1 - len)
        v->pool.oom = true;
    const struct string s = {(uint32_t)v->pool.len, (uint32_t)len};
    nidx_buf_put(&v->pool, text, len);
    return s;
}

static bool reserve_form(struct forms *f)
{
    if (f->n < f->cap)
        return true;
    if (f->cap > UINT32_MAX / 4)
        return false;
    const uint32_t cap = f->cap ? f->cap * 2 : 1024;
    struct form *items = nidx_room_resize(f->items, f->n * sizeof(*items),
                                          nidx_mul_size(cap, sizeof(*items)));
    if (!items)
        return false;
    f->items = items;
    uint32_t *terms = nidx_room_resize(f->terms, f->n * sizeof(*terms),
                                       nidx_mul_size(cap, sizeof(*terms)));
    if (!terms)
        return false;
    f->terms = terms;
    f->cap = cap;
    return true;
}

static bool reserve_term(struct terms *t)
{
    if (t->n < t->cap)
        return true;
    if (t->cap > UINT32_MAX / 4)
        return false;
    const uint32_t cap = t->cap ? t->cap * 2 : 1024;
    struct string *items = nidx_room_resize(t->items, t->n * sizeof(*items),
                                            nidx_mul_size(cap, sizeof(*items)));
    if (!items)
        return false;
    t->items = items;
    t->cap = cap;
    return true;
}

static uint32_t hash_of(const struct nidx_vocab *v, const void *text,
                        size_t len, uint16_t tag)
{
    return (uint32_t)XXH3_64bits_withSeed(text, len, v->seed + tag);
}

/* The term's id; the text may be there already, in folded. */
static uint32_t intern_term(struct nidx_vocab *v, const uint8_t *text,
                            size_t len, struct string folded)
{
    const uint32_t hash = hash_of(v, text, len, 0);
    uint32_t id =
        nidx_strset_find(&v->term_set, v->pool.data, hash, text, len, 0);
    if (id != NIDX_STRSET_NONE)
        return id;
    if (!nidx_strset_reserve(&v->term_set) || !reserve_term(&v->terms))
        return UINT32_MAX;

    struct string s = folded;
    if (len != folded.len ||
        memcmp(text, v->pool.data + folded.offset, len) != 0)
        s = keep(v, text, len);
    if (v->pool.oom)
        return UINT32_MAX;
    id = v->terms.n++;
    v->terms.items[id] = s;
    nidx_strset_add(&v->term_set, (struct nidx_strset_slot){hash, id, s.offset,
                                                            (uint16_t)len, 0});
    return id;
}

/* A new form: folds, stems, and keeps all that came out. */
static uint32_t add_form(struct nidx_vocab *v, const char *text, size_t len,
                         nidx_language language, bool stem,
                         struct nidx_strset_slot slot)
{
    v->folded.len = 0;
    nidx_fold_diacritics(text, len, &v->folded);
    if (v->folded.oom || !nidx_strset_reserve(&v->form_set) ||
        !reserve_form(&v->forms) ||
        (stem && !make_term(v, text, len, language)))
        return UINT32_MAX;

    struct form form = {.language = language, .text = keep(v, text, len)};
    form.folded = form.text;
    /* A word of marks alone folds to nothing, and stays as it is. */
    if (v->folded.len > 0 &&
        (v->folded.len != len || memcmp(v->folded.data, text, len) != 0))
        form.folded = keep(v, v->folded.data, v->folded.len);
    if (v->pool.oom)
        return UINT32_MAX;

    uint32_t term;
    if (stem && v->term.len > 0 && v->term.len <= UINT16_MAX) {
        term = intern_term(v, v->term.data, v->term.len, form.folded);
    } else {
        struct nidx_bytes folded = bytes_of(v, form.folded);
        term = intern_term(v, folded.data, folded.len, form.folded);
    }
    if (term == UINT32_MAX)
        return UINT32_MAX;

    slot.id = v->forms.n++;
    slot.offset = form.text.offset;
    v->forms.items[slot.id] = form;
    v->forms.terms[slot.id] = term;
    nidx_strset_add(&v->form_set, slot);
    return slot.id;
}

/*
 * Only what is stemmed differs by how it was made, so the tag is the language
 * and whether it is stemmed in it. A failed add leaves bytes in the pool that
 * nothing names. After a want of memory all fails until clear.
 */
uint32_t nidx_vocab_intern(struct nidx_vocab *v, const char *form, size_t len,
                           nidx_language language, int stem)
{
    const bool stems = stem && nidx_language_name(language);
    const uint16_t tag = (uint16_t)(language << 1 | stems);
    const uint32_t hash = hash_of(v, form, len, tag);
    const uint32_t id =
        nidx_strset_find(&v->form_set, v->pool.data, hash, form, len, tag);

    if (id != NIDX_STRSET_NONE)
        return id;
    /* Folding may lengthen a word, never by more than three times. */
    if (len > UINT16_MAX / 4)
        return UINT32_MAX;
    struct nidx_strset_slot slot = {
        .hash = hash, .len = (uint16_t)len, .tag = tag};
    return add_form(v, form, len, language, stems, slot);
}
