/* publish.c: making pending segments and deletions visible, in one step.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/write/publish.h"

#include <stdlib.h>

#include "indexer/merge/kway.h"

/** A segment that takes part, published or pending. */
struct part {
    const struct nidx_segment *segment;
    uint64_t *deleted; /**< its bits as they will be; NULL: none */
    bool changed;      /**< they differ from what is stored */
    struct nidx_segment_info info;
};

struct publish {
    struct nidx_writer *w;
    struct nidx_catalog *catalog;
    struct nidx_segment **opened; /**< of the pending ones, owned */
    struct part *old, *new;       /**< n_old of the manifest, n_pending */
    uint32_t n_old, n_new;
    struct nidx_removal *removals; /**< by key; last of equal keys first */
    struct nidx_writer_counts counts;
};

/* ------------------------------------------------------------------ setup */

static struct nidx_bytes removal_key(const struct nidx_writer *w,
                                     const struct nidx_removal *r)
{
    return (struct nidx_bytes){w->removal_keys.data + r->offset, r->len};
}

static int by_key(const void *a, const void *b, void *context)
{
    const struct nidx_removal *x = a, *y = b;
    const struct nidx_writer *w = context;
    const int order = nidx_bytes_compare(removal_key(w, x), removal_key(w, y));

    if (order != 0)
        return order;
    return x->seq > y->seq ? -1 : x->seq < y->seq;
}

static bool sort_removals(struct publish *p)
{
    const struct nidx_writer *w = p->w;

    p->removals = calloc((size_t)w->n_removals + 1, sizeof(*p->removals));
    if (!p->removals)
        return false;
    if (w->n_removals > 0)
        memcpy(p->removals, w->removals, w->n_removals * sizeof(*p->removals));
    qsort_r(p->removals, w->n_removals, sizeof(*p->removals), by_key, p->w);
    return true;
}

/** Bits of n documents that the caller may change, as from says. */
static uint64_t *copy_bits(const uint64_t *from, uint32_t n)
{
    const size_t words = ((size_t)n + 63) / 64;
    uint64_t *bits = calloc(words + 1, sizeof(*bits));

    if (bits && from)
        memcpy(bits, from, words * sizeof(*bits));
    return bits;
}

static enum nidx_status open_new(struct publish *p, struct nidx_error *err)
{
    for (uint32_t i = 0; i < p->n_new; i++) {
        const struct nidx_pending *pending = &p->w->pending[i];
        struct part *part = &p->new[i];
        enum nidx_status status = nidx_segment_open(
            p->catalog->view, &pending->info, &p->opened[i], err);
        if (status != NIDX_OK)
            return status;
        part->segment = p->opened[i];
        part->info = pending->info;
        part->info.n_deleted = pending->n_buried;
        if (pending->deleted) {
            part->changed = true;
            part->deleted = copy_bits(pending->deleted, pending->info.n_docs);
            if (!part->deleted)
                return nidx_nomem(err);
        }
        p->counts.duplicates += pending->n_buried;
    }
    return NIDX_OK;
}

static enum nidx_status begin(struct publish *p, struct nidx_error *err)
{
    const struct nidx_writer *w = p->w;

    enum nidx_status status =
        nidx_catalog_open(w->index->store, &p->catalog, err);
    if (status != NIDX_OK)
        return status;
    p->n_old = p->catalog->manifest.n_segments;
    p->n_new = w->n_pending;
    p->old = calloc((size_t)p->n_old + 1, sizeof(*p->old));
    p->new = calloc((size_t)p->n_new + 1, sizeof(*p->new));
    p->opened = calloc((size_t)p->n_new + 1, sizeof(struct nidx_segment *));
    if (!p->old || !p->new || !p->opened || !sort_removals(p))
        return nidx_nomem(err);
    for (uint32_t i = 0; i < p->n_old; i++) {
        p->old[i].segment = p->catalog->segments[i];
        p->old[i].info = p->catalog->manifest.segments[i];
    }
    return open_new(p, err);
}

/** Closes the view: a transaction with a view open cannot grow the map. */
static void close_view(struct publish *p)
{
    for (uint32_t i = 0; p->opened && i < p->n_new; i++) {
        nidx_segment_close(p->opened[i]);
        p->opened[i] = NULL;
    }
    nidx_catalog_close(p->catalog);
    p->catalog = NULL;
}

static void end(struct publish *p)
{
    close_view(p);
    for (uint32_t i = 0; p->old && i < p->n_old; i++)
        free(p->old[i].deleted);
    for (uint32_t i = 0; p->new &&i < p->n_new; i++)
        free(p->new[i].deleted);
    free(p->old);
    free(p->new);
    free(p->opened);
    free(p->removals);
}

/* -------------------------------------------------------------- conflicts */

/** Sets a document's bit; it was not set. */
static enum nidx_status set_deleted(struct part *p, nidx_docid doc,
                                    struct nidx_error *err)
{
    if (!p->deleted) {
        p->deleted = copy_bits(p->segment->deleted, p->info.n_docs);
        if (!p->deleted)
            return nidx_nomem(err);
    }
    p->deleted[doc >> 6] |= UINT64_C(1) << (doc & 63);
    p->info.n_deleted++;
    p->changed = true;
    return NIDX_OK;
}

static bool is_deleted(const struct part *p, nidx_docid doc)
{
    const uint64_t *bits = p->deleted ? p->deleted : p->segment->deleted;

    return bits && (bits[doc >> 6] >> (doc & 63) & 1);
}

static bool is_fresh(const struct nidx_origin *o, nidx_docid doc)
{
    return o->all || (o->fresh && (o->fresh[doc >> 6] >> (doc & 63) & 1));
}

/** What became of the published document of a key. */
enum old_state {
    OLD_NONE,
    OLD_FRESH,
    OLD_STALE
};

/** Deletes the live published document of key, if there is one. */
static enum nidx_status delete_old(struct publish *p, struct nidx_bytes key,
                                   enum old_state *state,
                                   struct nidx_error *err)
{
    *state = OLD_NONE;
    /* Younger segments first: what changes has mostly changed before. */
    for (uint32_t i = p->n_old; i-- > 0;) {
        bool found = false;
        nidx_docid doc = 0;
        enum nidx_status status =
            nidx_segment_find_key(p->old[i].segment, key, &found, &doc, err);
        if (status != NIDX_OK)
            return status;
        if (!found || is_deleted(&p->old[i], doc))
            continue;
        *state = is_fresh(&p->w->origins[i], doc) ? OLD_FRESH : OLD_STALE;
        return set_deleted(&p->old[i], doc, err);
    }
    return NIDX_OK;
}

/** The document of the entry that a cursor over keys stands on. */
static enum nidx_status doc_of(const struct part *p,
                               const struct nidx_strtab_cursor *c,
                               nidx_docid *doc, struct nidx_error *err)
{
    struct nidx_reader r = nidx_reader_of(c->value.data, c->value.len);

    *doc = nidx_read_varint32(&r);
    if (r.bad || *doc >= p->info.n_docs)
        return nidx_corrupt(err, "a key's document number");
    return NIDX_OK;
}

/** The pending documents of one key. */
struct rivals {
    uint32_t n;    /**< those that no other of their segment replaced */
    uint64_t last; /**< seq of the last of them, or of a later removal */
    bool stands;   /**< the last is a document */
};

/** Looks at the documents of the group; delete: at all but the last, which
 * get their bits. A buried document has a key that nobody asked for. */
static enum nidx_status look_at(struct publish *p, const struct nidx_kway *k,
                                struct rivals *r, bool delete,
                                struct nidx_error *err)
{
    for (uint32_t i = 0; i < k->n_group; i++) {
        const uint32_t n = k->group[i];
        nidx_docid doc = 0;
        enum nidx_status status = doc_of(&p->new[n], &k->cursors[n], &doc, err);
        if (status != NIDX_OK)
            return status;
        const uint64_t seq = p->w->pending[n].seqs[doc];
        if (is_deleted(&p->new[n], doc))
            continue;
        if (delete &&seq != r->last)
            status = set_deleted(&p->new[n], doc, err);
        if (status != NIDX_OK)
            return status;
        if (delete)
            continue;
        r->n++;
        if (seq > r->last) {
            r->last = seq;
            r->stands = true;
        }
    }
    return NIDX_OK;
}

/** Everything about the key of the group at hand; removed is the seq of its
 * last removal, or 0. */
static enum nidx_status settle_key(struct publish *p, struct nidx_kway *k,
                                   uint64_t removed, struct nidx_error *err)
{
    struct rivals r = {.last = removed};
    enum old_state state = OLD_NONE;

    enum nidx_status status = look_at(p, k, &r, false, err);
    if (status == NIDX_OK && r.n > 0)
        status = look_at(p, k, &r, true, err);
    if (status == NIDX_OK && (r.n > 0 || removed > 0))
        status = delete_old(p, nidx_kway_key(k), &state, err);
    if (status != NIDX_OK)
        return status;
    p->counts.duplicates += r.n > 1 ? r.n - 1 : 0;
    if (!r.stands)
        p->counts.deleted += r.n > 0 || state != OLD_NONE;
    else if (state == OLD_FRESH)
        p->counts.duplicates++;
    else if (state == OLD_STALE)
        p->counts.updated++;
    else
        p->counts.added++;
    return NIDX_OK;
}

/** Removals whose keys no pending segment has, below key (NULL: all left). */
static enum nidx_status remove_below(struct publish *p, uint32_t *next,
                                     const struct nidx_bytes *key,
                                     struct nidx_error *err)
{
    for (; *next < p->w->n_removals; (*next)++) {
        const struct nidx_bytes at = removal_key(p->w, &p->removals[*next]);
        enum old_state state = OLD_NONE;
        if (key && nidx_bytes_compare(at, *key) >= 0)
            break;
        enum nidx_status status = delete_old(p, at, &state, err);
        if (status != NIDX_OK)
            return status;
        p->counts.deleted += state != OLD_NONE;
    }
    return NIDX_OK;
}

/** The seq of the last removal of key, and past all of them. */
static uint64_t take_removal(struct publish *p, uint32_t *next,
                             struct nidx_bytes key)
{
    uint64_t seq = 0;

    while (*next < p->w->n_removals &&
           nidx_bytes_compare(removal_key(p->w, &p->removals[*next]), key) ==
               0) {
        if (seq == 0)
            seq = p->removals[*next].seq;
        (*next)++;
    }
    return seq;
}

static enum nidx_status settle(struct publish *p, struct nidx_error *err)
{
    const struct nidx_strtab **tables =
        calloc((size_t)p->n_new + 1, sizeof(struct nidx_strtab *));
    struct nidx_kway k = {0};
    uint32_t next = 0;

    for (uint32_t i = 0; tables && i < p->n_new; i++)
        tables[i] = &p->new[i].segment->keys;
    enum nidx_status status =
        tables ? nidx_kway_init(&k, tables, p->n_new, err) : nidx_nomem(err);
    while (status == NIDX_OK) {
        status = nidx_kway_next(&k, err);
        if (status != NIDX_OK || k.n_group == 0)
            break;
        const struct nidx_bytes key = nidx_kway_key(&k);
        status = remove_below(p, &next, &key, err);
        if (status == NIDX_OK)
            status = settle_key(p, &k, take_removal(p, &next, key), err);
    }
    if (status == NIDX_OK)
        status = remove_below(p, &next, NULL, err);
    nidx_kway_done(&k);
    free(tables);
    return status;
}

/* ------------------------------------------------------------ transaction */

/** The manifest as it will be: what has live documents, in order of age. */
static enum nidx_status new_manifest(const struct publish *p,
                                     struct nidx_manifest *m,
                                     struct nidx_origin **origins,
                                     struct nidx_error *err)
{
    const struct nidx_writer *w = p->w;
    const size_t room = (size_t)p->n_old + p->n_new + 1;

    *m = (struct nidx_manifest){.commit = w->manifest.commit + 1,
                                .next_id = w->next_id};
    m->segments = calloc(room, sizeof(*m->segments));
    *origins = calloc(room, sizeof(**origins));
    if (!m->segments || !*origins)
        return nidx_nomem(err);
    for (uint32_t i = 0; i < p->n_old; i++) {
        if (p->old[i].info.n_deleted >= p->old[i].info.n_docs)
            continue;
        (*origins)[m->n_segments] = w->origins[i];
        m->segments[m->n_segments++] = p->old[i].info;
    }
    for (uint32_t i = 0; i < p->n_new; i++) {
        if (p->new[i].info.n_deleted >= p->new[i].info.n_docs)
            continue;
        (*origins)[m->n_segments] =
            (struct nidx_origin){.segment = p->new[i].info.id, .all = true};
        m->segments[m->n_segments++] = p->new[i].info;
    }
    return NIDX_OK;
}

static enum nidx_status drop_parts(struct nidx_txn *t, uint32_t segment,
                                   struct nidx_error *err)
{
    uint8_t key[NIDX_SEGMENT_KEY];

    nidx_segment_key(key, segment);
    return nidx_txn_delete(t, (struct nidx_bytes){key, sizeof(key)}, err);
}

static enum nidx_status write_part(struct nidx_txn *t, const struct part *p,
                                   struct nidx_error *err)
{
    if (p->info.n_deleted < p->info.n_docs)
        return p->changed ? nidx_deletions_write(t, p->info.id, p->info.n_docs,
                                                 p->deleted, err)
                          : NIDX_OK;
    enum nidx_status status = drop_parts(t, p->info.id, err);
    if (status == NIDX_OK)
        status = nidx_deletions_drop(t, p->info.id, err);
    return status;
}

static enum nidx_status write_all(struct publish *p,
                                  const struct nidx_manifest *m,
                                  struct nidx_txn *t, struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;

    for (uint32_t i = 0; i < p->n_old && status == NIDX_OK; i++)
        status = write_part(t, &p->old[i], err);
    for (uint32_t i = 0; i < p->n_new && status == NIDX_OK; i++)
        status = write_part(t, &p->new[i], err);
    if (status == NIDX_OK)
        status = nidx_notes_write(&p->w->notes, t, err);
    if (status == NIDX_OK)
        status = nidx_manifest_write(t, m, err);
    return status;
}

/** Commits t where all went well so far, else aborts it. */
static enum nidx_status finish(struct nidx_txn *t, enum nidx_status status,
                               struct nidx_error *err)
{
    if (status == NIDX_OK)
        return nidx_txn_commit(t, err);
    nidx_txn_abort(t);
    return status;
}

static enum nidx_status transact(struct publish *p,
                                 const struct nidx_manifest *m,
                                 struct nidx_error *err)
{
    struct nidx_txn *t = NULL;

    pthread_mutex_lock(&p->w->store_mutex);
    enum nidx_status status = nidx_txn_begin(p->w->index->store, &t, err);
    if (status == NIDX_OK)
        status = finish(t, write_all(p, m, t, err), err);
    pthread_mutex_unlock(&p->w->store_mutex);
    return status;
}

static void add_counts(struct nidx_writer_counts *to,
                       const struct nidx_writer_counts *from)
{
    to->added += from->added;
    to->updated += from->updated;
    to->duplicates += from->duplicates;
    to->deleted += from->deleted;
}

/** The writer goes on from what was just published. */
static void adopt(struct publish *p, struct nidx_manifest *m,
                  struct nidx_origin *origins)
{
    struct nidx_writer *w = p->w;

    for (uint32_t i = 0; i < p->n_old; i++) {
        if (p->old[i].info.n_deleted >= p->old[i].info.n_docs)
            free(w->origins[i].fresh);
    }
    free(w->origins);
    w->origins = origins;
    nidx_manifest_done(&w->manifest);
    w->manifest = *m;
    for (uint32_t i = 0; i < w->n_pending; i++)
        nidx_pending_done(&w->pending[i]);
    w->n_pending = 0;
    w->n_removals = 0;
    w->removal_keys.len = 0;
    nidx_notes_clear(&w->notes);
    add_counts(&w->counts, &p->counts);
}

static int by_age(const void *a, const void *b)
{
    const struct nidx_pending *x = a, *y = b;

    return x->seqs[0] < y->seqs[0] ? -1 : 1;
}

enum nidx_status nidx_publish(struct nidx_writer *w, struct nidx_error *err)
{
    struct publish p = {.w = w};
    struct nidx_manifest m = {0};
    struct nidx_origin *origins = NULL;

    if (w->n_pending == 0 && w->n_removals == 0 && w->notes.bytes.len == 0)
        return NIDX_OK;
    if (w->n_pending > 1)
        qsort(w->pending, w->n_pending, sizeof(*w->pending), by_age);
    enum nidx_status status = begin(&p, err);
    if (status == NIDX_OK)
        status = settle(&p, err);
    close_view(&p);
    if (status == NIDX_OK)
        status = new_manifest(&p, &m, &origins, err);
    if (status == NIDX_OK)
        status = transact(&p, &m, err);
    if (status == NIDX_OK) {
        adopt(&p, &m, origins);
    } else {
        nidx_manifest_done(&m);
        free(origins);
    }
    end(&p);
    return status;
}

/* ----------------------------------------------------------------- merging */

static bool is_picked(const uint32_t *picked, uint32_t n, uint32_t i)
{
    for (uint32_t k = 0; k < n; k++) {
        if (picked[k] == i)
            return true;
    }
    return false;
}

/** The manifest with merged in the place of the first of its sources. */
static enum nidx_status merged_manifest(const struct nidx_writer *w,
                                        const struct nidx_segment_info *merged,
                                        const uint32_t *sources, uint32_t n,
                                        const struct nidx_origin *origin,
                                        struct nidx_manifest *m,
                                        struct nidx_origin **origins,
                                        struct nidx_error *err)
{
    const size_t room = (size_t)w->manifest.n_segments + 1;

    *m = (struct nidx_manifest){.commit = w->manifest.commit + 1,
                                .next_id = w->next_id};
    m->segments = calloc(room, sizeof(*m->segments));
    *origins = calloc(room, sizeof(**origins));
    if (!m->segments || !*origins)
        return nidx_nomem(err);
    for (uint32_t i = 0; i < w->manifest.n_segments; i++) {
        if (i == sources[0] && merged->n_docs > 0) {
            (*origins)[m->n_segments] = *origin;
            m->segments[m->n_segments++] = *merged;
        }
        if (!is_picked(sources, n, i)) {
            (*origins)[m->n_segments] = w->origins[i];
            m->segments[m->n_segments++] = w->manifest.segments[i];
        }
    }
    return NIDX_OK;
}

static enum nidx_status write_merged(struct nidx_writer *w,
                                     const struct nidx_manifest *m,
                                     const uint32_t *sources, uint32_t n,
                                     struct nidx_error *err)
{
    struct nidx_txn *t = NULL;

    enum nidx_status status = nidx_txn_begin(w->index->store, &t, err);
    if (status != NIDX_OK)
        return status;
    for (uint32_t i = 0; i < n && status == NIDX_OK; i++) {
        const uint32_t id = w->manifest.segments[sources[i]].id;
        status = drop_parts(t, id, err);
        if (status == NIDX_OK)
            status = nidx_deletions_drop(t, id, err);
    }
    if (status == NIDX_OK)
        status = nidx_manifest_write(t, m, err);
    return finish(t, status, err);
}

enum nidx_status nidx_publish_merged(struct nidx_writer *w,
                                     const struct nidx_segment_info *merged,
                                     const uint32_t *sources, uint32_t n,
                                     struct nidx_origin *origin,
                                     struct nidx_error *err)
{
    struct nidx_manifest m = {0};
    struct nidx_origin *origins = NULL;

    enum nidx_status status =
        merged_manifest(w, merged, sources, n, origin, &m, &origins, err);
    if (status == NIDX_OK) {
        pthread_mutex_lock(&w->store_mutex);
        status = write_merged(w, &m, sources, n, err);
        pthread_mutex_unlock(&w->store_mutex);
    }
    if (status != NIDX_OK) {
        nidx_manifest_done(&m);
        free(origins);
        return status;
    }
    for (uint32_t i = 0; i < n; i++)
        free(w->origins[sources[i]].fresh);
    free(w->origins);
    w->origins = origins;
    nidx_manifest_done(&w->manifest);
    w->manifest = m;
    return NIDX_OK;
}
