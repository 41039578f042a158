/* postings_write.c: posting lists on their way to the file.
 *
 * The grammar stands in postings_impl.h. A block waits until the next posting
 * shows that it is not the list's last: only at the end is it known whether
 * the list is one block, or fits its dictionary entry.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/codec/postings_impl.h"

#include <assert.h>
#include <stdlib.h>

/* The chunk of a part that is being filled. */
struct chunk {
    enum nidx_part part;
    uint32_t number;
    struct nidx_buf buf;
};

struct address {
    uint32_t chunk, offset;
};

/* Arrays of the blocks of a run, or of the runs of a list. */
struct arrays {
    uint32_t n;
    struct nidx_buf lasts, impacts, chunks, offsets, blocks;
};

struct nidx_postings_writer {
    struct nidx_part_sink *sink;
    uint32_t n_docs, title_weight;
    uint8_t *codes, *plain_codes;     /* of documents' lengths in ALL */
    const uint8_t *lens, *plain_lens; /* codes of the field at hand */
    struct chunk docs, pos, dense;

    /* The list. */
    struct nidx_term_info info;
    bool may_be_dense;
    uint64_t *bitmap; /* of the list, where it may be dense */
    struct arrays runs;

    /* The run. */
    struct arrays blocks; /* chunks: of positions, less pos_chunk */
    struct nidx_buf bytes;
    uint32_t pos_chunk, first_block;
    nidx_impacts run_impacts;

    /* The block. */
    uint32_t n, before; /* before: documents begin here */
    uint32_t block_docs[NIDX_BLOCK], freqs[NIDX_BLOCK], titles[NIDX_BLOCK];
    uint32_t any_titles;
    struct nidx_impact_builder impacts;
    struct pos_block_writer positions;
    struct nidx_posting_entry entry; /* the list's first occurrences */
    struct nidx_buf scratch;
    struct nidx_posting_batch one; /* a document that comes alone */
};

static void arrays_empty(struct arrays *a)
{
    a->n = 0;
    a->lasts.len = a->impacts.len = a->chunks.len = 0;
    a->offsets.len = a->blocks.len = 0;
}

static void arrays_done(struct arrays *a)
{
    nidx_buf_done(&a->lasts);
    nidx_buf_done(&a->impacts);
    nidx_buf_done(&a->chunks);
    nidx_buf_done(&a->offsets);
    nidx_buf_done(&a->blocks);
}

static bool arrays_oom(const struct arrays *a)
{
    return a->lasts.oom || a->impacts.oom || a->chunks.oom || a->offsets.oom ||
           a->blocks.oom;
}

static bool encode_lengths(struct nidx_postings_writer *w, const uint32_t *lens,
                           const uint32_t *plain_lens)
{
    w->codes = malloc((size_t)w->n_docs + 1);
    w->plain_codes = malloc((size_t)w->n_docs + 1);
    if (!w->codes || !w->plain_codes)
        return false;
    for (uint32_t i = 0; i < w->n_docs; i++) {
        w->codes[i] = nidx_impact_len_code(lens[i]);
        w->plain_codes[i] = nidx_impact_len_code(plain_lens[i]);
    }
    nidx_postings_use_lengths(w, NULL);
    return true;
}

void nidx_postings_use_lengths(struct nidx_postings_writer *w,
                               const uint8_t *codes)
{
    w->lens = codes ? codes : w->codes;
    w->plain_lens = codes ? codes : w->plain_codes;
}

enum nidx_status nidx_postings_writer_new(struct nidx_part_sink *sink,
                                          uint32_t n_docs, const uint32_t *lens,
                                          const uint32_t *plain_lens,
                                          uint32_t title_weight,
                                          struct nidx_postings_writer **out,
                                          struct nidx_error *err)
{
    *out = NULL;
    if (title_weight == 0)
        return nidx_fail(err, NIDX_ERR_INVALID, "the title weight is 0");
    struct nidx_postings_writer *w = calloc(1, sizeof(*w));
    if (!w)
        return nidx_nomem(err);
    w->sink = sink;
    w->n_docs = n_docs;
    w->title_weight = title_weight;
    w->docs.part = NIDX_PART_DOCS;
    w->pos.part = NIDX_PART_POS;
    w->dense.part = NIDX_PART_DENSE;
    if (!encode_lengths(w, lens, plain_lens)) {
        nidx_postings_writer_free(w);
        return nidx_nomem(err);
    }
    *out = w;
    return NIDX_OK;
}

void nidx_postings_writer_free(struct nidx_postings_writer *w)
{
    if (!w)
        return;
    nidx_buf_done(&w->docs.buf);
    nidx_buf_done(&w->pos.buf);
    nidx_buf_done(&w->dense.buf);
    nidx_buf_done(&w->bytes);
    nidx_buf_done(&w->scratch);
    arrays_done(&w->runs);
    arrays_done(&w->blocks);
    nidx_pos_block_done(&w->positions);
    nidx_posting_batch_done(&w->one);
    free(w->codes);
    free(w->plain_codes);
    free(w->bitmap);
    free(w);
}

/* -------------------------------------------------------------- chunks */

static enum nidx_status put_chunk(struct nidx_postings_writer *w,
                                  struct chunk *c, struct nidx_error *err)
{
    if (c->buf.oom)
        return nidx_nomem(err);
    if (c->buf.len == 0)
        return NIDX_OK;
    struct nidx_bytes payload = {c->buf.data, c->buf.len};
    enum nidx_status status =
        w->sink->put(w->sink, c->part, c->number, payload, err);
    c->buf.len = 0;
    c->number++;
    return status;
}

/* Where the next size bytes go, which do not cross chunks. */
static enum nidx_status place(struct nidx_postings_writer *w, struct chunk *c,
                              size_t size, struct address *at,
                              struct nidx_error *err)
{
    if (c->buf.len > 0 && c->buf.len + size > NIDX_CHUNK_MAX) {
        enum nidx_status status = put_chunk(w, c, err);
        if (status != NIDX_OK)
            return status;
    }
    at->chunk = c->number;
    at->offset = (uint32_t)c->buf.len;
    return NIDX_OK;
}

/* Places bytes and appends them. */
static enum nidx_status append(struct nidx_postings_writer *w, struct chunk *c,
                               const struct nidx_buf *bytes, struct address *at,
                               struct nidx_error *err)
{
    if (bytes->oom)
        return nidx_nomem(err);
    enum nidx_status status = place(w, c, bytes->len, at, err);
    if (status != NIDX_OK)
        return status;
    nidx_buf_put(&c->buf, bytes->data, bytes->len);
    return c->buf.oom ? nidx_nomem(err) : NIDX_OK;
}

/* ---------------------------------------------------------------- runs */

static void put_array(struct nidx_buf *to, const struct nidx_buf *array)
{
    nidx_buf_put(to, array->data, array->len);
}

/* Positions: chunk less the run's first in the upper half. */
static void put_pos_offsets(struct nidx_buf *to, const struct arrays *a,
                            uint32_t first)
{
    for (uint32_t i = 0; i < a->n; i++) {
        uint32_t chunk = nidx_load32(a->chunks.data + 4 * i) - first;
        nidx_buf_u32(to, chunk << 16 | nidx_load32(a->blocks.data + 4 * i));
    }
}

static void encode_run(struct nidx_postings_writer *w, struct nidx_buf *out)
{
    const struct arrays *a = &w->blocks;

    out->len = 0;
    out->oom |= arrays_oom(a) || w->bytes.oom;
    if (out->oom)
        return;
    uint32_t head = RUN_HEAD + RUN_BLOCK_BYTES * a->n;
    nidx_buf_u16(out, (uint16_t)a->n);
    nidx_buf_u32(out, w->pos_chunk);
    put_array(out, &a->lasts);
    put_array(out, &a->impacts);
    for (uint32_t i = 0; i < a->n; i++)
        nidx_buf_u16(out,
                     (uint16_t)(head + nidx_load32(a->offsets.data + 4 * i)));
    put_pos_offsets(out, a, w->pos_chunk);
    put_array(out, &w->bytes);
}

static enum nidx_status flush_run(struct nidx_postings_writer *w,
                                  struct nidx_error *err)
{
    struct address at;
    uint32_t n = w->blocks.n;

    encode_run(w, &w->scratch);
    enum nidx_status status = append(w, &w->docs, &w->scratch, &at, err);
    if (status != NIDX_OK)
        return status;
    nidx_buf_put(&w->runs.lasts, w->blocks.lasts.data + 4 * (n - 1), 4);
    nidx_buf_u64(&w->runs.impacts, w->run_impacts);
    nidx_buf_u32(&w->runs.chunks, at.chunk);
    nidx_buf_u32(&w->runs.offsets, at.offset);
    nidx_buf_u32(&w->runs.blocks, w->first_block);
    w->runs.n++;
    w->first_block += n;
    w->run_impacts = 0;
    w->bytes.len = 0;
    arrays_empty(&w->blocks);
    return NIDX_OK;
}

/* -------------------------------------------------------------- blocks */

/* Document gaps, frequencies, headline counts: what follows the flags. */
static void encode_block(const struct nidx_postings_writer *w, bool dense,
                         struct nidx_buf *out)
{
    uint32_t gaps[NIDX_BLOCK];

    if (!dense) {
        uint32_t next = w->before;
        for (uint32_t i = 0; i < w->n; i++) {
            gaps[i] = w->block_docs[i] - next;
            next = w->block_docs[i] + 1;
        }
        nidx_pack_write(out, gaps, w->n);
    }
    nidx_pack_write(out, w->freqs, w->n);
    if (w->any_titles)
        nidx_pack_write(out, w->titles, w->n);
}

static void empty_block(struct nidx_postings_writer *w)
{
    w->n = 0;
    w->any_titles = 0;
    nidx_impact_reset(&w->impacts);
}

static enum nidx_status write_positions(struct nidx_postings_writer *w,
                                        struct address *at,
                                        struct nidx_error *err)
{
    w->scratch.len = 0;
    nidx_pos_block_write(&w->positions, &w->scratch);
    return append(w, &w->pos, &w->scratch, at, err);
}

/* Moves the block, which is not the list's only one, into the run. */
static enum nidx_status flush_block(struct nidx_postings_writer *w,
                                    struct nidx_error *err)
{
    struct address at;
    enum nidx_status status = write_positions(w, &at, err);
    if (status != NIDX_OK)
        return status;
    w->scratch.len = 0;
    nidx_buf_u8(&w->scratch, w->any_titles ? BLOCK_TITLES : 0);
    encode_block(w, w->may_be_dense, &w->scratch);
    size_t size = RUN_HEAD + (size_t)RUN_BLOCK_BYTES * (w->blocks.n + 1) +
                  w->bytes.len + w->scratch.len;
    if (w->blocks.n > 0 &&
        (size > NIDX_CHUNK_MAX || at.chunk - w->pos_chunk > UINT16_MAX)) {
        struct nidx_buf block = w->scratch;
        w->scratch = (struct nidx_buf){0};
        status = flush_run(w, err);
        nidx_buf_done(&w->scratch);
        w->scratch = block;
        if (status != NIDX_OK)
            return status;
    }
    if (w->blocks.n++ == 0)
        w->pos_chunk = at.chunk;
    nidx_impacts impacts = nidx_impact_finish(&w->impacts);
    nidx_buf_u32(&w->blocks.lasts, w->block_docs[w->n - 1]);
    nidx_buf_u64(&w->blocks.impacts, impacts);
    nidx_buf_u32(&w->blocks.offsets, (uint32_t)w->bytes.len);
    nidx_buf_u32(&w->blocks.chunks, at.chunk);
    nidx_buf_u32(&w->blocks.blocks, at.offset);
    w->run_impacts = nidx_impact_merge(w->run_impacts, impacts);
    w->info.impacts = nidx_impact_merge(w->info.impacts, impacts);
    w->before = w->block_docs[w->n - 1] + 1;
    nidx_buf_put(&w->bytes, w->scratch.data, w->scratch.len);
    empty_block(w);
    return w->scratch.oom ? nidx_nomem(err) : NIDX_OK;
}

/* --------------------------------------------------------------- lists */

static enum nidx_status clear_bitmap(struct nidx_postings_writer *w,
                                     struct nidx_error *err)
{
    size_t words = ((size_t)w->n_docs + NIDX_DENSE_GROUP - 1) /
                   NIDX_DENSE_GROUP * (NIDX_DENSE_GROUP / 64);

    if (!w->bitmap) {
        w->bitmap = calloc(words, sizeof(*w->bitmap));
        return w->bitmap ? NIDX_OK : nidx_nomem(err);
    }
    memset(w->bitmap, 0, words * sizeof(*w->bitmap));
    return NIDX_OK;
}

enum nidx_status nidx_postings_begin(struct nidx_postings_writer *w,
                                     uint32_t max_df, uint32_t n_forms,
                                     struct nidx_error *err)
{
    w->info = (struct nidx_term_info){
        .n_forms = n_forms > 1 ? n_forms : 1,
        .title_weight = 1,
    };
    w->may_be_dense =
        max_df > NIDX_BLOCK && (uint64_t)max_df * NIDX_DENSE_RATIO >= w->n_docs;
    w->before = w->first_block = 0;
    w->run_impacts = 0;
    w->bytes.len = 0;
    w->positions.n = 0;
    w->positions.any_lens = w->positions.any_forms = false;
    arrays_empty(&w->blocks);
    arrays_empty(&w->runs);
    empty_block(w);
    return w->may_be_dense ? clear_bitmap(w, err) : NIDX_OK;
}

/* Both rankings; the plain pair alone where it covers the weighted one. */
static inline void add_impacts(struct nidx_postings_writer *w, nidx_docid doc,
                               uint32_t weighted, uint32_t plain)
{
    nidx_impact_add_code(&w->impacts, plain, w->plain_lens[doc]);
    if (weighted != plain || w->plain_lens[doc] > w->lens[doc])
        nidx_impact_add_code(&w->impacts, weighted, w->lens[doc]);
}

/* Keeps the first occurrences: they may be all. */
static void keep_for_entry(struct nidx_postings_writer *w,
                           const struct nidx_posting_batch *b, uint32_t i,
                           uint32_t at)
{
    const uint32_t d = w->info.df, n = b->freqs[i];
    struct nidx_occurrence *items = w->entry.items + w->info.cf;
    uint32_t pos = 0;

    if (w->info.cf + n > NIDX_ENTRY_MAX)
        return;
    w->entry.docs[d] = b->docs[i];
    w->entry.n[d] = n;
    w->entry.titles[d] = b->any_titles ? b->titles[i] : 0;
    for (uint32_t k = 0; k < n; k++) {
        pos += b->deltas[at + k];
        items[k] = (struct nidx_occurrence){
            .pos = pos,
            .len = (uint16_t)((b->any_lens ? b->lens[at + k] : 0) + 1),
            .form = (uint16_t)(b->any_forms ? b->forms[at + k] : 0)};
    }
}

static enum nidx_status too_long(struct nidx_error *err)
{
    return nidx_fail(err, NIDX_ERR_LIMIT, "a document has too many positions");
}

/* Adds the postings first .. first + n - 1, which the block has room for, and
 * whose occurrences begin at *at. */
static enum nidx_status add_postings(struct nidx_postings_writer *w,
                                     const struct nidx_posting_batch *b,
                                     uint32_t first, uint32_t n, uint32_t *at,
                                     struct nidx_error *err)
{
    const uint32_t from = *at;
    const uint64_t more = w->title_weight - 1u;

    for (uint32_t i = first; i < first + n; i++) {
        const nidx_docid doc = b->docs[i];
        const uint32_t titles = b->any_titles ? b->titles[i] : 0;
        const uint64_t weighted = b->freqs[i] + titles * more;
        assert(b->freqs[i] > 0 && titles <= b->freqs[i] && doc < w->n_docs);
        assert(doc >= (w->n ? w->block_docs[w->n - 1] + 1 : w->before));
        if (weighted > UINT32_MAX)
            return too_long(err);
        if (w->info.cf < NIDX_ENTRY_MAX)
            keep_for_entry(w, b, i, *at);
        w->block_docs[w->n] = doc;
        w->freqs[w->n] = (uint32_t)weighted - 1;
        w->titles[w->n++] = titles;
        w->any_titles |= titles;
        w->info.df++;
        w->info.cf += b->freqs[i];
        *at += b->freqs[i];
        add_impacts(w, doc, (uint32_t)weighted, b->freqs[i]);
        if (w->may_be_dense)
            w->bitmap[doc / 64] |= UINT64_C(1) << doc % 64;
    }
    w->info.titles |= w->any_titles > 0;
    return nidx_pos_block_add(&w->positions, b, from, *at - from)
               ? NIDX_OK
               : nidx_nomem(err);
}

enum nidx_status nidx_postings_add_batch(struct nidx_postings_writer *w,
                                         const struct nidx_posting_batch *b,
                                         struct nidx_error *err)
{
    uint32_t at = 0;

    if (!nidx_posting_batch_fits(b, NIDX_POS_MAX))
        return too_long(err);
    for (uint32_t i = 0; i < b->n;) {
        if (w->n == NIDX_BLOCK) {
            enum nidx_status status = flush_block(w, err);
            if (status != NIDX_OK)
                return status;
        }
        const uint32_t room = NIDX_BLOCK - w->n;
        const uint32_t n = b->n - i < room ? b->n - i : room;
        enum nidx_status status = add_postings(w, b, i, n, &at, err);
        if (status != NIDX_OK)
            return status;
        i += n;
    }
    return NIDX_OK;
}

enum nidx_status nidx_postings_add(struct nidx_postings_writer *w,
                                   nidx_docid doc, uint32_t n_title,
                                   const struct nidx_occurrence *occurrences,
                                   uint32_t n, struct nidx_error *err)
{
    struct nidx_posting_batch *b = &w->one;
    uint32_t before = 0;

    assert(n > 0 && n_title <= n);
    nidx_posting_batch_clear(b);
    if (!nidx_posting_batch_room(b, n))
        return nidx_nomem(err);
    b->n = 1;
    b->docs[0] = doc;
    b->freqs[0] = n;
    b->titles[0] = n_title;
    b->any_titles = b->any_lens = b->any_forms = true;
    for (uint32_t i = 0; i < n; i++) {
        assert(occurrences[i].pos >= before && occurrences[i].len > 0);
        b->deltas[i] = occurrences[i].pos - before;
        before = occurrences[i].pos;
        b->lens[i] = occurrences[i].len - 1u;
        b->forms[i] = occurrences[i].form;
    }
    b->n_values = n;
    return nidx_postings_add_batch(w, b, err);
}

static enum nidx_status end_block(struct nidx_postings_writer *w,
                                  struct nidx_error *err)
{
    struct address at;

    w->info.impacts = nidx_impact_finish(&w->impacts);
    w->scratch.len = 0;
    /* The list's flag says whether there are headline counts. */
    encode_block(w, false, &w->scratch);
    nidx_pos_block_write(&w->positions, &w->scratch);
    enum nidx_status status = append(w, &w->docs, &w->scratch, &at, err);
    w->info.docs_chunk = at.chunk;
    w->info.docs_offset = at.offset;
    return status;
}

static void encode_directory(const struct arrays *a, struct nidx_buf *out)
{
    out->len = 0;
    out->oom |= arrays_oom(a);
    nidx_buf_u32(out, a->n);
    put_array(out, &a->lasts);
    put_array(out, &a->impacts);
    put_array(out, &a->chunks);
    put_array(out, &a->offsets);
    put_array(out, &a->blocks);
}

static enum nidx_status end_runs(struct nidx_postings_writer *w,
                                 struct nidx_error *err)
{
    enum nidx_status status = flush_block(w, err);
    if (status == NIDX_OK)
        status = flush_run(w, err);
    if (status != NIDX_OK)
        return status;
    if (arrays_oom(&w->runs))
        return nidx_nomem(err);
    struct address at = {nidx_load32(w->runs.chunks.data),
                         nidx_load32(w->runs.offsets.data)};
    w->info.directory = w->runs.n > 1;
    if (w->info.directory) {
        encode_directory(&w->runs, &w->scratch);
        status = append(w, &w->docs, &w->scratch, &at, err);
    }
    w->info.docs_chunk = at.chunk;
    w->info.docs_offset = at.offset;
    return status;
}

/* One chunk's worth of groups from group g on. */
static uint32_t encode_groups(const struct nidx_postings_writer *w, uint32_t g,
                              uint32_t n, uint32_t count, struct nidx_buf *out)
{
    for (; n > 0; n--, g++) {
        const uint64_t *words = w->bitmap + (size_t)g * (NIDX_DENSE_GROUP / 64);
        nidx_buf_u32(out, count);
        for (uint32_t k = 0; k < NIDX_DENSE_GROUP / 64; k++) {
            nidx_buf_u64(out, words[k]);
            count += (uint32_t)__builtin_popcountll(words[k]);
        }
    }
    return count;
}

static enum nidx_status end_bitmap(struct nidx_postings_writer *w,
                                   struct nidx_error *err)
{
    uint32_t n = (uint32_t)(((uint64_t)w->n_docs + NIDX_DENSE_GROUP - 1) /
                            NIDX_DENSE_GROUP);
    uint32_t count = 0;

    w->info.dense = true;
    for (uint32_t g = 0; g < n; g += DENSE_PER_CHUNK) {
        uint32_t part = n - g < DENSE_PER_CHUNK ? n - g : DENSE_PER_CHUNK;
        struct address at;
        enum nidx_status status =
            n > DENSE_PER_CHUNK ? put_chunk(w, &w->dense, err) : NIDX_OK;
        if (status == NIDX_OK)
            status = place(w, &w->dense, (size_t)part * NIDX_DENSE_GROUP_BYTES,
                           &at, err);
        if (status != NIDX_OK)
            return status;
        if (g == 0) {
            w->info.dense_chunk = at.chunk;
            w->info.dense_offset = at.offset;
        }
        count = encode_groups(w, g, part, count, &w->dense.buf);
    }
    return w->dense.buf.oom ? nidx_nomem(err) : NIDX_OK;
}

enum nidx_status nidx_postings_end(struct nidx_postings_writer *w,
                                   struct nidx_buf *value,
                                   struct nidx_error *err)
{
    enum nidx_status status = NIDX_OK;

    assert(w->info.df > 0);
    w->info.in_entry = w->info.cf <= NIDX_ENTRY_MAX;
    if (w->info.titles)
        w->info.title_weight = w->title_weight;
    if (w->info.in_entry)
        w->info.impacts = nidx_impact_finish(&w->impacts);
    else if (w->info.df <= NIDX_BLOCK)
        status = end_block(w, err);
    else
        status = end_runs(w, err);
    if (status == NIDX_OK && w->may_be_dense && w->info.df > NIDX_BLOCK)
        status = end_bitmap(w, err);
    if (status != NIDX_OK)
        return status;
    nidx_term_info_write(value, &w->info, &w->entry);
    return value->oom ? nidx_nomem(err) : NIDX_OK;
}

enum nidx_status nidx_postings_writer_finish(struct nidx_postings_writer *w,
                                             struct nidx_error *err)
{
    enum nidx_status status = put_chunk(w, &w->docs, err);

    if (status == NIDX_OK)
        status = put_chunk(w, &w->pos, err);
    if (status == NIDX_OK)
        status = put_chunk(w, &w->dense, err);
    return status;
}
