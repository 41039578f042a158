/* lexicon.c: the words of a snapshot as written, over all segments.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "common/analysis/analyze.h"
#include "common/codec/forms.h"
#include "query/result/snapshot.h"

struct nidx_lexicon {
    struct nidx_commit_view *commit;
    struct nidx_buf prefix; /**< of keys in the dictionaries */
    struct nidx_buf key;    /**< of the word that was given last */
    struct nidx_strtab_cursor *cursors;
    uint32_t n_cursors;
};

static struct nidx_bytes key_of(const struct nidx_strtab_cursor *c)
{
    return (struct nidx_bytes){c->key.data, c->key.len};
}

static void end_behind_prefix(const struct nidx_lexicon *w,
                              struct nidx_strtab_cursor *c)
{
    if (!c->at_end && (c->key.len < w->prefix.len ||
                       memcmp(c->key.data, w->prefix.data, w->prefix.len) != 0))
        c->at_end = true;
}

static enum nidx_status open_cursors(struct nidx_lexicon *w,
                                     struct nidx_error *err)
{
    const struct nidx_catalog *catalog = w->commit->catalog;
    const struct nidx_bytes prefix = {w->prefix.data, w->prefix.len};

    w->cursors = calloc(catalog->manifest.n_segments + 1, sizeof(*w->cursors));
    if (!w->cursors)
        return nidx_nomem(err);
    for (uint32_t i = 0; i < catalog->manifest.n_segments; i++) {
        struct nidx_strtab_cursor *c = &w->cursors[w->n_cursors++];
        nidx_strtab_cursor_init(c, &catalog->segments[i]->terms);
        const enum nidx_status status = nidx_strtab_seek(c, prefix, err);
        if (status != NIDX_OK)
            return status;
        end_behind_prefix(w, c);
    }
    return NIDX_OK;
}

enum nidx_status nidx_lexicon_new(struct nidx_snapshot *s, const char *prefix,
                                  size_t len, struct nidx_lexicon **out,
                                  struct nidx_error *err)
{
    *out = NULL;
    struct nidx_lexicon *w = calloc(1, sizeof(*w));
    if (!w)
        return nidx_nomem(err);
    w->commit = nidx_commit_view_ref(s->commit);
    nidx_buf_u8(&w->prefix, NIDX_KIND_FORM);
    nidx_buf_u8(&w->prefix, NIDX_FIELD_ALL);
    nidx_analyze_normalise(prefix, len, true, &w->prefix);
    const enum nidx_status status =
        w->prefix.oom ? nidx_nomem(err) : open_cursors(w, err);
    if (status != NIDX_OK) {
        nidx_lexicon_free(w);
        return status;
    }
    *out = w;
    return NIDX_OK;
}

void nidx_lexicon_free(struct nidx_lexicon *w)
{
    if (!w)
        return;
    for (uint32_t i = 0; i < w->n_cursors; i++)
        nidx_strtab_cursor_done(&w->cursors[i]);
    free(w->cursors);
    nidx_buf_done(&w->prefix);
    nidx_buf_done(&w->key);
    nidx_commit_view_unref(w->commit);
    free(w);
}

/** Adds what a segment says of the word it stands on. */
static enum nidx_status add_counts(const struct nidx_strtab_cursor *c,
                                   size_t folded_len, uint64_t *docs,
                                   uint64_t *occurrences,
                                   struct nidx_error *err)
{
    struct nidx_reader r = nidx_reader_of(c->value.data, c->value.len);
    struct nidx_form_term t;

    while (nidx_form_value_next(&r, folded_len, &t)) {
        *docs += t.df;
        *occurrences += t.cf;
    }
    if (r.bad)
        return nidx_corrupt(err, "a form's entry in the dictionary");
    return NIDX_OK;
}

/** Takes the word of w->key off every segment that stands on it. */
static enum nidx_status take_word(struct nidx_lexicon *w, size_t folded_len,
                                  uint64_t *docs, uint64_t *occurrences,
                                  struct nidx_error *err)
{
    const struct nidx_bytes key = {w->key.data, w->key.len};
    enum nidx_status status = NIDX_OK;

    for (uint32_t i = 0; i < w->n_cursors && status == NIDX_OK; i++) {
        struct nidx_strtab_cursor *c = &w->cursors[i];
        if (c->at_end || nidx_bytes_compare(key_of(c), key) != 0)
            continue;
        status = add_counts(c, folded_len, docs, occurrences, err);
        if (status == NIDX_OK)
            status = nidx_strtab_next(c, err);
        end_behind_prefix(w, c);
    }
    return status;
}

static const struct nidx_strtab_cursor *least(const struct nidx_lexicon *w)
{
    const struct nidx_strtab_cursor *found = NULL;

    for (uint32_t i = 0; i < w->n_cursors; i++) {
        const struct nidx_strtab_cursor *c = &w->cursors[i];
        if (!c->at_end &&
            (!found || nidx_bytes_compare(key_of(c), key_of(found)) < 0))
            found = c;
    }
    return found;
}

enum nidx_status nidx_lexicon_next(struct nidx_lexicon *w, const char **word,
                                   size_t *len, uint64_t *docs,
                                   uint64_t *occurrences,
                                   struct nidx_error *err)
{
    const struct nidx_strtab_cursor *first = least(w);
    struct nidx_bytes folded, form;
    uint64_t n_docs = 0, n = 0;

    *word = NULL;
    *len = 0;
    if (!first)
        return NIDX_OK;
    w->key.len = 0;
    nidx_buf_put(&w->key, first->key.data, first->key.len);
    if (w->key.oom)
        return nidx_nomem(err);
    nidx_form_key_split((struct nidx_bytes){w->key.data + 2, w->key.len - 2},
                        &folded, &form);
    const enum nidx_status status = take_word(w, folded.len, &n_docs, &n, err);
    if (status != NIDX_OK)
        return status;
    *word = (const char *)form.data;
    *len = form.len;
    if (docs)
        *docs = n_docs;
    if (occurrences)
        *occurrences = n;
    return NIDX_OK;
}
